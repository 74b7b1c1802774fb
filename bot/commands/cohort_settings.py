"""`cohort settings`: which posts come and when, how many may join, and the name. Alone it shows what is set.

Days are counted as people do: day 1 is the posting day; the days of posts around the plan's start and finish are a distance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Annotated, Literal

from bot.chat.errors import Refused
from bot.chat.message import Answer, Choice, Field, Form, Message, Select, phrase, quote, say
from bot.command import Act, Call, Hidden, Range, Sure, command
from bot.command.grammar import read_name, read_seats
from bot.command.suggestions import managed_cohorts, post_kinds
from bot.group.cohort import Cohort, PostSetting
from bot.post import Kind, counted, kinds, moved_to, stands_on
from bot.views.notices import onward
from bot.views.timeline import comes_at_once, late_posts, next_post

NO_LIMIT = {"none", "no", "0", "-", "off"}


@command(moderators=True, form=True, order=50, action="Change the settings")
async def cohort_settings(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    post: Annotated[str | None, "Which kind of post", post_kinds] = None,
    on: Annotated[bool | None, "Whether it comes at all"] = None,
    day: Annotated[int | None, "Its day: 1 is the posting day of a week", Range(0, 30)] = None,
    at: Annotated[time | None, "Its time of day, like 18:00"] = None,
    usual: Annotated[bool, "Back to its usual day and time"] = False,
    seats: Annotated[str | None, "How many may join, or none for no limit"] = None,
    name: Annotated[str | None, "Another name"] = None,
    ask: Annotated[Literal["post", "seats"] | None, Hidden()] = None,
    sure: Sure = None,
) -> Answer:
    """Switch posts on or off, move them, set seats and name."""
    found = await call.managed(cohort, "draft", "open", "running", "paused")
    kind = _meant(post, changes=usual or any(one is not None for one in (on, day, at)))
    if ask is not None and not call.submitted:
        return _asked(found, kind)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    after = await _renamed(call, await _seated(call, found, seats), name)
    if kind is not None:
        after = _posted(after, kind, PostSetting() if usual else _said(after, kind, on, day, at))
    if after == found:
        return _shown(found) if kind is None else _one(found, kind)
    if kind is not None:
        act = await _act(call, found, after, kind)
        if act.then and (seats is not None or name is not None):
            raise Refused(
                "That is a lot at once: change the post first, and then the seats and the name."
            )
        if act.then and not act.is_agreed(sure):
            return act.preview(sure, onward(found))
    saved = await call.tx.schedule.change(found, after, call.now)
    return await _saved(call, saved, kind)


def _known() -> str:
    return ", ".join(f"`{name}`" for name in kinds())


def _meant(post: str | None, *, changes: bool) -> Kind | None:
    if post is None and changes:
        raise Refused(f"Which post do you mean? Name it with `post=`: there is {_known()}.", "post")
    return None if post is None else _kind(post)


def _kind(said: str) -> Kind:
    wanted = said.strip().casefold().replace("-", "_").replace(" ", "_")
    for kind in kinds().values():
        if wanted in {kind.name, kind.title.casefold().replace("-", "_").replace(" ", "_")}:
            return kind
    raise Refused(f"I know no kind of post “{quote(said[:40])}”: there is {_known()}.", "post")


def _said(
    cohort: Cohort, kind: Kind, on: bool | None, day: int | None, at: time | None
) -> PostSetting:
    setting = cohort.posts.get(kind.name, PostSetting())
    if at is not None and kind.scope == "member":
        raise Refused(
            f"{kind.title} comes at the time each member has set: `settings reminder=` is theirs to say.",
            "at",
        )
    if at is not None and not kind.is_dated:
        raise Refused(
            f"The post {kind.title} comes when people join: switch it on or off with `on=`.", "at"
        )
    moved = setting.day if day is None else moved_to(kind, day)
    if day is not None and moved == kind.when[0].day:
        moved = None
    wall = setting.at if at is None else (None if at == cohort.at else at)
    return PostSetting(setting.on if on is None else on, moved, wall)


def _posted(cohort: Cohort, kind: Kind, setting: PostSetting) -> Cohort:
    kept = {name: one for name, one in cohort.posts.items() if name != kind.name}
    return replace(cohort, posts=kept if setting == PostSetting() else {**kept, kind.name: setting})


async def _act(call: Call, found: Cohort, after: Cohort, kind: Kind) -> Act:
    """What a change makes due at once: only then is there anything that everybody sees."""
    entered = await call.tx.ledger.entered(found)
    then = comes_at_once(late_posts(found, after, call.now, entered))
    head = f"**{quote(kind.title)}** would come {_state(after, kind)}."
    return Act(head, "Save it", _says(after, kind), then=then)


def _says(cohort: Cohort, kind: Kind) -> str:
    """The phrase that sets a kind of post to what is set."""
    setting = cohort.posts.get(kind.name, PostSetting())
    if setting == PostSetting():
        return phrase("cohort settings", cohort=cohort.ref, post=kind.name, usual="yes")
    day = None if setting.day is None else counted(kind, setting)
    at = None if setting.at is None else f"{setting.at:%H:%M}"
    on = "yes" if setting.on else "no"
    return phrase("cohort settings", cohort=cohort.ref, post=kind.name, on=on, day=day, at=at)


async def _seated(call: Call, cohort: Cohort, seats: str | None) -> Cohort:
    if seats is None:
        return cohort
    if seats.strip().casefold() in NO_LIMIT:
        return replace(cohort, seats=None)
    if not seats.strip().isdecimal() or len(seats.strip()) > 9:
        raise Refused(
            f"“{quote(seats[:40])}” is no number of seats: give it like 25, or `none` for no limit.",
            "seats",
        )
    count, taken = read_seats(int(seats)), await call.tx.members.taken(cohort)
    if count < taken:
        raise Refused(
            f"{taken} seats are taken already, and nobody is sent away: choose {taken} or more.",
            "seats",
        )
    return replace(cohort, seats=count)


async def _renamed(call: Call, cohort: Cohort, name: str | None) -> Cohort:
    if name is None or (chosen := read_name(name)) == cohort.name:
        return cohort
    if await call.tx.cohorts.namesake(cohort, chosen):
        raise Refused(
            f"There is a cohort called {chosen} here already: choose another name.", "name"
        )
    return replace(cohort, name=chosen)


# — showing —


def _state(cohort: Cohort, kind: Kind) -> str:
    setting = cohort.posts.get(kind.name, PostSetting())
    if not setting.on:
        return "off"
    if not kind.is_dated:
        return stands_on(kind, setting)
    if kind.scope == "member":
        return f"{stands_on(kind, setting)}, at each member's own time"
    return f"{stands_on(kind, setting)}, {setting.at or cohort.at:%H:%M}"


def _shown(cohort: Cohort, head: str = "") -> Message:
    lines = [f"• **{quote(kind.title)}**: {_state(cohort, kind)}" for kind in kinds().values()]
    seats = f"{cohort.seats} seats" if cohort.seats else "no limit of seats"
    about = f"{cohort.at:%H:%M} {cohort.zone} time unless a post says otherwise, {seats}."
    pick = tuple(Choice(kind.title, name) for name, kind in kinds().items())
    steps = (
        ("Seats and name", phrase("cohort settings", cohort=cohort.ref, ask="seats")),
        ("Dates and zone", phrase("cohort reschedule", cohort=cohort.ref)),
        ("Weekly call", phrase("cohort call", cohort=cohort.ref)),
        ("Threads", phrase("cohort threads", cohort=cohort.ref)),
    )
    select = Select("Change a post", phrase("cohort settings", cohort=cohort.ref), "post", pick)
    told = f"{head}\n{about}".strip()
    return say(
        told, "\n".join(lines), select, onward(cohort, *steps), title=f"Settings of {cohort.name}"
    )


def _one(cohort: Cohort, kind: Kind, head: str = "") -> Message:
    setting = cohort.posts.get(kind.name, PostSetting())
    way = {"cohort": cohort.ref, "post": kind.name}
    flip = ("Switch off", "no") if setting.on else ("Switch on", "yes")
    pairs = [(flip[0], phrase("cohort settings", **way, on=flip[1]))]
    if setting.on and kind.is_dated:
        pairs.append(("Another day or time", phrase("cohort settings", **way, ask="post")))
    if setting.day is not None or setting.at is not None:
        pairs.append(("The usual day and time", phrase("cohort settings", **way, usual="yes")))
    pairs.append(("All posts", phrase("cohort settings", cohort=cohort.ref)))
    text = f"{quote(kind.help)}\nNow: {_state(cohort, kind)}."
    return say(*([head] if head else []), text, onward(cohort, *pairs), title=kind.title)


async def _saved(call: Call, cohort: Cohort, kind: Kind | None) -> Message:
    coming = next_post(cohort, call.now, await call.tx.ledger.entered(cohort))
    head = "Saved. " + ("" if cohort.state in {"draft", "finished"} else coming)
    return _shown(cohort, head.strip()) if kind is None else _one(cohort, kind, head.strip())


def _asked(cohort: Cohort, kind: Kind | None) -> Answer:
    if kind is None:
        return _place(cohort)
    return _moments(cohort, kind) if kind.is_dated else _one(cohort, kind)


def _place(cohort: Cohort) -> Form:
    fields = (
        Field(
            "seats",
            "Seats",
            "line",
            value=str(cohort.seats or "none"),
            help="A number, or none for no limit",
        ),
        Field("name", "Name", "line", value=cohort.name, help="One word"),
    )
    return Form("Seats and name", phrase("cohort settings", cohort=cohort.ref, ask="seats"), fields)


_DAYS: Mapping[str, str] = {
    "start": "Days before day one",
    "finish": "Days after the plan has ended",
    "after": "Day of the week that follows, 1 to 7",
}


def _moments(cohort: Cohort, kind: Kind) -> Form:
    setting = cohort.posts.get(kind.name, PostSetting())
    help = _DAYS.get(kind.when[0].anchor, "Day of the week, 1 is the posting day")
    fields = [
        Field(
            "day", "Day", "number", value=str(counted(kind, setting)), help=help, least=0, most=30
        )
    ]
    if kind.scope == "home":
        fields.append(Field("at", "Time", "time", value=f"{setting.at or cohort.at:%H:%M}"))
    says = phrase("cohort settings", cohort=cohort.ref, post=kind.name, ask="post")
    return Form(kind.title[:24], says, tuple(fields))
