"""Whom the posts of a home notify: read from what was typed, changed, and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Choice,
    Message,
    NotifyWay,
    Ping,
    Select,
    build_phrase,
    escape_text,
    text_message,
)
from bot.command.call import Call
from bot.command.post_homes import find_home_here
from bot.command.post_settings import find_kind_name, join_kind_titles
from bot.command.suggestions import match_choices
from bot.command.values import format_typed_text, join_with_or
from bot.group.bulletins import BULLETIN
from bot.group.cohort import Cohort
from bot.group.notify import NotifyChoice, build_role_name, is_way, parse_group
from bot.store.cohorts import Home
from bot.store.role_requests import Role
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_setup_problems
from bot.views.notify import describe_ping

NOBODY = "nobody"
ROLE_EXPLAINED = (
    "I make a role that gives no rights, and people take it with the button _Notify me_ below the "
    "posts. Nobody but me can notify it."
)
HERE_EXPLAINED = "@here notifies everybody in the channel who is active when the post comes."
GROUP_EXPLAINED = (
    "For a user group, type its name behind the command: "
    "`posts notify post=topics how=@mentors`. If your workspace lets only some people notify user "
    "groups, or the group is deleted, my post shows its name and notifies nobody."
)


# — which home, which post, whom —


async def find_notifying_home(call: Call, cohort: Cohort, command: str = "posts notify") -> Home:
    """Return the home in this channel, else the only one in this space. Raises `Refused`."""
    homes = await call.tx.cohorts.list_homes(cohort.id)
    space = (call.place.platform, call.place.space)
    near = [home for home in homes if (home.place.platform, home.place.space) == space]
    if len(near) == 1:
        return near[0]
    return find_home_here(call, cohort, near, command)


def list_notifying_kinds(call: Call) -> Mapping[str, str]:
    """Return the titles of the posts that may notify somebody, by their kinds."""
    titles = {}
    for kind in call.post_kinds.group_kinds.values():
        if kind.scope == "home":
            titles[kind.name] = kind.title
    return {**titles, BULLETIN: "Announcements"}


def find_notifying_kind(call: Call, typed: str) -> str:
    """Return the kind of post by its name or title. Raises `Refused`."""
    titles = list_notifying_kinds(call)
    name = find_kind_name(typed, titles)
    if name is None:
        raise Refused(
            f"I know no such post “{format_typed_text(typed)}”: choose {join_kind_titles(titles)}.",
            "post",
        )
    return name


def parse_notified(call: Call, home: Home, typed: str) -> Ping | None:
    """Return whom a text means, None for nobody. Raises `Refused`."""
    ways = call.notify_ways.get(home.place.platform, ())
    if typed.strip().casefold() in {NOBODY, "no", "none", "nothing"}:
        return None
    for way in ways:
        if way != "group" and is_way(typed, way):
            return Ping(way)
    group = parse_group(typed)
    if group is not None and "group" in ways:
        return group
    raise Refused(_describe_unknown_way(home, ways, typed), "how")


def _describe_unknown_way(home: Home, ways: Sequence[NotifyWay], typed: str) -> str:
    platform = home.place.platform.capitalize()
    names = [f"`{NOBODY}`", *(f"`{way}`" for way in ways if way != "group")]
    if "group" in ways:
        names.append("a user group by its @name")
    return (
        f"On {platform} posts cannot notify “{format_typed_text(typed)}”: "
        f"choose {join_with_or(names)}."
    )


async def suggest_notified(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest whom posts can notify here."""
    return match_choices(_list_way_choices(call.notify_ways.get(call.place.platform, ())), typed)


async def suggest_notifying_kinds(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the posts that may notify somebody."""
    pairs = list_notifying_kinds(call).items()
    return match_choices([Choice(title, name) for name, title in pairs], typed)


def _list_way_choices(ways: Sequence[NotifyWay]) -> list[Choice]:
    labels = {"role": "Those with a role they take", "here": "Everybody active: @here"}
    choices = [Choice("Nobody", NOBODY)]
    choices += [Choice(labels[way], way) for way in ways if way in labels]
    return choices


# — changing —


async def change_notified(
    call: Call, cohort: Cohort, home: Home, kind: str, ping: Ping | None
) -> None:
    """Have a kind of post notify somebody, or nobody. The cohort must be locked."""
    if ping is None:
        await call.tx.notify.delete_choice(home, kind)
    else:
        await call.tx.notify.save_choice(home, NotifyChoice(kind, ping))
    if ping is not None and ping.way == "role":
        name = build_role_name(cohort.name, "news")
        await call.tx.role_requests.keep_role(home, "news", name, call.now)
    elif not await call.tx.notify.has_role_choice(home):
        await call.tx.role_requests.drop_role(home, "news", call.now)


# — showing —


async def build_notify_page(
    call: Call, cohort: Cohort, home: Home, kind: str | None, head: str = ""
) -> Message:
    """Return whom the posts of a home notify, or one kind of post with its choices."""
    pings = {choice.kind: choice.ping for choice in await call.tx.notify.list_choices(home)}
    role = await call.tx.role_requests.find_role(cohort.id, home.place, "news")
    if kind is None:
        return _build_overview(call, cohort, pings, _list_role_troubles(call, pings, role))
    ping = pings.get(kind)
    title = list_notifying_kinds(call)[kind]
    lines = [f"**{escape_text(title)}** of {format_cohort_name(cohort)}: {describe_ping(ping)}."]
    ways = call.notify_ways.get(home.place.platform, ())
    if ping is not None and ping.way == "role":
        lines += _list_role_troubles(call, pings, role)
    texts = [head] if head else []
    texts += ["\n".join(lines), " ".join(_explain_ways(ways))]
    row = _build_way_buttons(cohort, kind, ways, ping)
    everything = ("All posts", build_phrase("posts notify", cohort=cohort.ref))
    return text_message(*texts, row, build_next_step_buttons(cohort, everything))


def _build_overview(
    call: Call, cohort: Cohort, pings: Mapping[str, Ping], troubles: Sequence[str]
) -> Message:
    lines = []
    choices = []
    for name, title in list_notifying_kinds(call).items():
        lines.append(f"• **{escape_text(title)}**: {describe_ping(pings.get(name))}")
        choices.append(Choice(title, name))
    phrase = build_phrase("posts notify", cohort=cohort.ref)
    blocks: list[str | Block] = ["\n".join(lines), *troubles]
    blocks.append(Select("Change a post", phrase, "post", tuple(choices)))
    settings = ("All posts", build_phrase("posts settings", cohort=cohort.ref))
    blocks.append(build_next_step_buttons(cohort, settings))
    return text_message(*blocks, title=f"Whom posts of {cohort.name} notify")


def _list_role_troubles(call: Call, pings: Mapping[str, Ping], role: Role | None) -> Sequence[str]:
    """Return what keeps the role from its work, a line each."""
    if not any(ping.way == "role" for ping in pings.values()):
        return ()
    lacking = [problem for problem in call.setup_problems if problem.extra in {"role", "mention"}]
    lines = [*describe_setup_problems(lacking)]
    if role is not None and role.state == "gone":
        lines.append("Somebody has deleted the role: choose it again to have it made anew.")
    elif role is not None and role.trouble and not lacking:
        lines.append(role.trouble)
    return lines


def _explain_ways(ways: Sequence[NotifyWay]) -> Sequence[str]:
    texts = {"role": ROLE_EXPLAINED, "here": HERE_EXPLAINED, "group": GROUP_EXPLAINED}
    if not ways:
        return ["Posts can notify nobody here."]
    return [texts[way] for way in ways]


def _build_way_buttons(
    cohort: Cohort, kind: str, ways: Sequence[NotifyWay], ping: Ping | None
) -> Buttons:
    labels = {"role": "A role people take", "here": "@here"}
    buttons = []
    for way in ways:
        if way in labels:
            phrase = build_phrase("posts notify", cohort=cohort.ref, post=kind, how=way)
            buttons.append(Button(labels[way], phrase))
    phrase = build_phrase("posts notify", cohort=cohort.ref, post=kind, how=NOBODY)
    buttons.append(Button("Nobody", phrase))
    return Buttons(tuple(buttons))
