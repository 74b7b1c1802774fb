"""`help`: what can be said here, in the words of the commands themselves, and what helps today before all else.

Moderators find buttons for what they may do: they work as well where the platform does not show the commands to them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    LABEL,
    OPTIONS,
    ROW,
    Block,
    Button,
    Buttons,
    Choice,
    Message,
    Select,
    Text,
    phrase,
    quote,
    say,
)
from bot.chat.text import short
from bot.command import Call, Command, Hidden, Menu, command, listed, menu_at
from bot.command.grammar import shown
from bot.command.registry import OptionKind, spoken_range

KINDS: Mapping[OptionKind, str] = {
    "text": "text",
    "number": "number",
    "date": "date",
    "time": "time of day",
    "zone": "time zone",
    "list": "one or more",
    "flag": "yes or no",
    "who": "somebody",
    "file": "a file",
}
INTRO = "I take your group through a plan, week by week. Tick what you do, check in once a week, and I keep the board."
PICK = "Choose something to do"


@command(reads=True, section="settings", order=90)
async def help(
    call: Call,
    about: Annotated[str | None, "A command, like checkin"] = None,
    more: Annotated[bool, Hidden()] = False,
) -> Message:
    """What I can do, or how one command is used."""
    known = listed(call.caller.moderator)
    wanted = " ".join((about or "").casefold().removeprefix("/").split())
    if not wanted:
        menu = menu_at(await call.moment(), known)
        return _more(menu) if more and menu.rest else _all(menu)
    meant = [one for one in known if one.name == wanted] or [
        one for one in known if one.group == wanted
    ]
    if not meant:
        near = difflib.get_close_matches(
            wanted, [name for one in known for name in (one.name, one.group) if name], 1, 0.6
        )
        hint = f"did you mean `help {near[0]}`?" if near else "`help` lists them."
        raise Refused(f"I know no command “{shown(wanted)}”: {hint}", "about")
    return (
        _one(meant[0])
        if len(meant) == 1
        else say("\n".join(_line(one) for one in meant), title=wanted.capitalize())
    )


def _all(menu: Menu) -> Message:
    parts = [_part(title, commands) for title, commands in menu.parts]
    blocks: list[Block] = [Text(INTRO), *parts]
    if menu.today:
        blocks.insert(2, _today(menu.today[:ROW]))
    if menu.moderators:
        blocks += [_part("For moderators", menu.most_used), *_presses(menu)]
    return say(*blocks, title="What I can do")


def _part(title: str, commands: Sequence[Command]) -> Text:
    return Text("\n".join((f"**{title}**", *map(_line, commands))))


def _today(commands: Sequence[Command]) -> Buttons:
    first, *others = commands
    return Buttons(
        (
            Button(first.label, first.name, "primary"),
            *(Button(entry.label, entry.name) for entry in others),
        )
    )


def _presses(menu: Menu) -> Iterator[Buttons]:
    """What moderators do most as buttons, and one for the rest; none is the main one, for some act in public."""
    offers = [Button(entry.label, entry.name) for entry in menu.most_used]
    if menu.rest:
        offers.append(Button(f"{len(menu.rest)} more for moderators", phrase("help", more="yes")))
    for start in range(0, len(offers), ROW):
        yield Buttons(tuple(offers[start : start + ROW]))


def _more(menu: Menu) -> Message:
    """What moderators do less often, and every command of theirs to choose."""
    choices = [
        Choice(entry.label, entry.name, short(entry.help, LABEL)) for entry in menu.moderators
    ]
    parts = [choices[start : start + OPTIONS] for start in range(0, len(choices), OPTIONS)]
    picks = (Select(PICK, "help", "about", tuple(part)) for part in parts)
    back = Buttons((Button("Back", "help"),))
    return say("\n".join(map(_line, menu.rest)), *picks, back, title="More for moderators")


def _line(one: Command) -> str:
    return f"`{one.name}` — {quote(one.help)}"


def _one(one: Command) -> Message:
    rows = [f"`{one.usage}`", quote(one.help)]
    for option in one.shown:
        kind = " or ".join(option.choices) if option.kind == "choice" else KINDS[option.kind]
        kind += f", {spoken_range(option.range)}" if option.range else ""
        rows.append(
            f"• **{option.name}** {quote(option.help)} _({kind}{'' if option.required else ', optional'})_"
        )
    return say("\n".join(rows), *_ways(one), title=one.name.capitalize())


def _ways(one: Command) -> Iterator[Buttons]:
    """Buttons that say a command alone or open a form with its options, for whoever is not shown it, or types little."""
    if one.name == "help":
        return
    offers = [Button(one.label, one.name)]
    if any(option.name != "cohort" for option in one.shown) and not any(
        option.required for option in one.shown
    ):
        offers.append(Button("Fill in a form", phrase("form", about=one.name)))
    yield Buttons(tuple(offers))
