"""`cohort settings`: which posts come and when, how many may join, and the name. Alone it shows what is set.

Days are counted as people do: day 1 is the posting day; the days of posts around the plan's start and finish are a distance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Annotated, Literal

from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Choice,
    Field,
    Form,
    Message,
    Select,
    build_phrase,
    escape_text,
    text_message,
)
from bot.command import Act, Call, CohortRef, HiddenOption, NumberRange, Sure, command
from bot.command.suggestions import suggest_managed_cohorts, suggest_post_kinds
from bot.command.values import check_seat_count, parse_cohort_name
from bot.group.cohort import Cohort, PostSetting
from bot.post import (
    PostKind,
    convert_post_day_number,
    describe_post_day,
    get_post_day_number,
)
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots

NO_LIMIT = {"none", "no", "0", "-", "off"}


@command(moderators=True, form=True, order=50, action="Change the settings")
async def cohort_settings(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    post: Annotated[str | None, "Which kind of post", suggest_post_kinds] = None,
    on: Annotated[bool | None, "Whether it comes at all"] = None,
    day: Annotated[
        int | None, "Its day: 1 is the posting day of a week", NumberRange(0, 30)
    ] = None,
    at: Annotated[time | None, "Its time of day, like 18:00"] = None,
    usual: Annotated[bool, "Back to its usual day and time"] = False,
    seats: Annotated[str | None, "How many may join, or none for no limit"] = None,
    name: Annotated[str | None, "Another name"] = None,
    ask: Annotated[Literal["post", "seats"] | None, HiddenOption()] = None,
    sure: Sure = None,
) -> Answer:
    """Switch posts on or off, move them, set seats and name."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    kind = _resolve_post_option(
        call, post, has_changes=usual or any(one is not None for one in (on, day, at))
    )
    if ask is not None and not call.is_submitted:
        return _choose_settings_form(found, kind)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: nothing about it changes any more.")
    after = await _apply_name_option(call, await _apply_seats_option(call, found, seats), name)
    if kind is not None:
        after = _replace_post_setting(
            after, kind, PostSetting() if usual else _merge_post_setting(after, kind, on, day, at)
        )
    if after == found:
        return (
            _build_cohort_settings_page(call, found)
            if kind is None
            else _build_post_settings_page(found, kind)
        )
    if kind is not None:
        act = await _build_post_change_act(call, found, after, kind)
        if act.follow_ups and (seats is not None or name is not None):
            raise Refused(
                "That is a lot at once: change the post first, and then the seats and the name."
            )
        if act.follow_ups and not act.is_agreed(sure):
            return act.build_preview(sure, build_next_step_buttons(found))
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    return await _build_saved_settings_message(call, saved, kind)


def _format_known_kinds(call: Call) -> str:
    return ", ".join(f"`{name}`" for name in call.post_kinds.kinds)


def _resolve_post_option(call: Call, post: str | None, *, has_changes: bool) -> PostKind | None:
    if post is None and has_changes:
        raise Refused(
            f"Which post do you mean? Name it with `post=`: there is {_format_known_kinds(call)}.",
            "post",
        )
    return None if post is None else _parse_post_kind(call, post)


def _parse_post_kind(call: Call, said: str) -> PostKind:
    wanted = said.strip().casefold().replace("-", "_").replace(" ", "_")
    for kind in call.post_kinds.kinds.values():
        if wanted in {kind.name, kind.title.casefold().replace("-", "_").replace(" ", "_")}:
            return kind
    raise Refused(
        f"I know no kind of post “{escape_text(said[:40])}”: there is {_format_known_kinds(call)}.",
        "post",
    )


def _merge_post_setting(
    cohort: Cohort, kind: PostKind, on: bool | None, day: int | None, at: time | None
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
    moved = setting.day if day is None else convert_post_day_number(kind, day)
    if day is not None and moved == kind.days[0].day:
        moved = None
    wall = setting.at if at is None else (None if at == cohort.at else at)
    return PostSetting(setting.on if on is None else on, moved, wall)


def _replace_post_setting(cohort: Cohort, kind: PostKind, setting: PostSetting) -> Cohort:
    kept = {name: one for name, one in cohort.posts.items() if name != kind.name}
    return replace(cohort, posts=kept if setting == PostSetting() else {**kept, kind.name: setting})


async def _build_post_change_act(call: Call, found: Cohort, after: Cohort, kind: PostKind) -> Act:
    """What a change makes due at once: only then is there anything that everybody sees."""
    entered = await call.tx.ledger.list_posts_in_every_home(found)
    then = describe_immediate_posts(
        list_late_slots(found, after, call.now, entered, post_kinds=call.post_kinds),
        post_kinds=call.post_kinds,
    )
    head = f"**{escape_text(kind.title)}** would come {_describe_post_state(after, kind)}."
    return Act(head, "Save it", _build_post_setting_phrase(after, kind), follow_ups=then)


def _build_post_setting_phrase(cohort: Cohort, kind: PostKind) -> str:
    """The phrase that sets a kind of post to what is set."""
    setting = cohort.posts.get(kind.name, PostSetting())
    if setting == PostSetting():
        return build_phrase("cohort settings", cohort=cohort.ref, post=kind.name, usual="yes")
    day = None if setting.day is None else get_post_day_number(kind, setting)
    at = None if setting.at is None else f"{setting.at:%H:%M}"
    on = "yes" if setting.on else "no"
    return build_phrase("cohort settings", cohort=cohort.ref, post=kind.name, on=on, day=day, at=at)


async def _apply_seats_option(call: Call, cohort: Cohort, seats: str | None) -> Cohort:
    if seats is None:
        return cohort
    if seats.strip().casefold() in NO_LIMIT:
        return replace(cohort, seats=None)
    if not seats.strip().isdecimal() or len(seats.strip()) > 9:
        raise Refused(
            f"“{escape_text(seats[:40])}” is no number of seats: give it like 25, or `none` for no limit.",
            "seats",
        )
    count, taken = check_seat_count(int(seats)), await call.tx.members.count_seats_taken(cohort)
    if count < taken:
        raise Refused(
            f"{taken} seats are taken already, and nobody is sent away: choose {taken} or more.",
            "seats",
        )
    return replace(cohort, seats=count)


async def _apply_name_option(call: Call, cohort: Cohort, name: str | None) -> Cohort:
    if name is None or (chosen := parse_cohort_name(name)) == cohort.name:
        return cohort
    if await call.tx.cohorts.find_namesake(cohort, chosen):
        raise Refused(
            f"There is a cohort called {chosen} here already: choose another name.", "name"
        )
    return replace(cohort, name=chosen)


# — showing —


def _describe_post_state(cohort: Cohort, kind: PostKind) -> str:
    setting = cohort.posts.get(kind.name, PostSetting())
    if not setting.on:
        return "off"
    if not kind.is_dated:
        return describe_post_day(kind, setting)
    if kind.scope == "member":
        return f"{describe_post_day(kind, setting)}, at each member's own time"
    return f"{describe_post_day(kind, setting)}, {setting.at or cohort.at:%H:%M}"


def _build_cohort_settings_page(call: Call, cohort: Cohort, head: str = "") -> Message:
    lines = [
        f"• **{escape_text(kind.title)}**: {_describe_post_state(cohort, kind)}"
        for kind in call.post_kinds.kinds.values()
    ]
    seats = f"{cohort.seats} seats" if cohort.seats else "no limit of seats"
    about = f"{cohort.at:%H:%M} {cohort.zone} time unless a post says otherwise, {seats}."
    pick = tuple(Choice(kind.title, name) for name, kind in call.post_kinds.kinds.items())
    steps = (
        ("Seats and name", build_phrase("cohort settings", cohort=cohort.ref, ask="seats")),
        ("Dates and zone", build_phrase("cohort reschedule", cohort=cohort.ref)),
        ("Weekly call", build_phrase("cohort call", cohort=cohort.ref)),
        ("Threads", build_phrase("cohort threads", cohort=cohort.ref)),
    )
    select = Select(
        "Change a post", build_phrase("cohort settings", cohort=cohort.ref), "post", pick
    )
    told = f"{head}\n{about}".strip()
    return text_message(
        told,
        "\n".join(lines),
        select,
        build_next_step_buttons(cohort, *steps),
        title=f"Settings of {cohort.name}",
    )


def _build_post_settings_page(cohort: Cohort, kind: PostKind, head: str = "") -> Message:
    setting = cohort.posts.get(kind.name, PostSetting())
    way = {"cohort": cohort.ref, "post": kind.name}
    flip = ("Switch off", "no") if setting.on else ("Switch on", "yes")
    pairs = [(flip[0], build_phrase("cohort settings", **way, on=flip[1]))]
    if setting.on and kind.is_dated:
        pairs.append(("Another day or time", build_phrase("cohort settings", **way, ask="post")))
    if setting.day is not None or setting.at is not None:
        pairs.append(
            ("The usual day and time", build_phrase("cohort settings", **way, usual="yes"))
        )
    pairs.append(("All posts", build_phrase("cohort settings", cohort=cohort.ref)))
    text = f"{escape_text(kind.help)}\nNow: {_describe_post_state(cohort, kind)}."
    return text_message(
        *([head] if head else []), text, build_next_step_buttons(cohort, *pairs), title=kind.title
    )


async def _build_saved_settings_message(
    call: Call, cohort: Cohort, kind: PostKind | None
) -> Message:
    coming = describe_next_post(
        cohort,
        call.now,
        await call.tx.ledger.list_posts_in_every_home(cohort),
        post_kinds=call.post_kinds,
    )
    head = "Saved. " + ("" if cohort.state in {"draft", "finished"} else coming)
    return (
        _build_cohort_settings_page(call, cohort, head.strip())
        if kind is None
        else _build_post_settings_page(cohort, kind, head.strip())
    )


def _choose_settings_form(cohort: Cohort, kind: PostKind | None) -> Answer:
    if kind is None:
        return _build_seats_form(cohort)
    return (
        _build_post_time_form(cohort, kind)
        if kind.is_dated
        else _build_post_settings_page(cohort, kind)
    )


def _build_seats_form(cohort: Cohort) -> Form:
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
    return Form(
        "Seats and name", build_phrase("cohort settings", cohort=cohort.ref, ask="seats"), fields
    )


_DAYS: Mapping[str, str] = {
    "start": "Days before day one",
    "finish": "Days after the plan has ended",
    "after": "Day of the week that follows, 1 to 7",
}


def _build_post_time_form(cohort: Cohort, kind: PostKind) -> Form:
    setting = cohort.posts.get(kind.name, PostSetting())
    help = _DAYS.get(kind.days[0].anchor, "Day of the week, 1 is the posting day")
    fields = [
        Field(
            "day",
            "Day",
            "number",
            value=str(get_post_day_number(kind, setting)),
            help=help,
            least=0,
            most=30,
        )
    ]
    if kind.scope == "home":
        fields.append(Field("at", "Time", "time", value=f"{setting.at or cohort.at:%H:%M}"))
    says = build_phrase("cohort settings", cohort=cohort.ref, post=kind.name, ask="post")
    return Form(kind.title[:24], says, tuple(fields))
