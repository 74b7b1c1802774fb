"""`help`: what can be said here, in the words of the commands themselves."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Annotated

from bot.command import Call, Command, command, listed
from bot.command.phrase import shown
from bot.command.registry import OptionKind, spoken_range
from bot.message import Message, quote, say
from bot.pages import buttons
from bot.people import Refused

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


@command(reads=True)
async def help(call: Call, about: Annotated[str | None, "A command, like checkin"] = None) -> Message:
    """What I can do, or how one command is used."""
    known = listed(call.caller.moderator)
    wanted = " ".join((about or "").casefold().removeprefix("/").split())
    if not wanted:
        return _all(known)
    meant = [one for one in known if one.name == wanted] or [one for one in known if one.group == wanted]
    if not meant:
        near = difflib.get_close_matches(
            wanted, [name for one in known for name in (one.name, one.group) if name], 1, 0.6
        )
        hint = f"did you mean `help {near[0]}`?" if near else "`help` lists them."
        raise Refused(f"I know no command “{shown(wanted)}”: {hint}", "about")
    return _one(meant[0]) if len(meant) == 1 else say("\n".join(_line(one) for one in meant), title=wanted.capitalize())


def _all(known: Sequence[Command]) -> Message:
    members = "\n".join(_line(one) for one in known if not one.moderators)
    moderators = "\n".join(_line(one) for one in known if one.moderators)
    intro = (
        "I take your group through a plan, week by week. Tick what you do, check in once a week, and I keep the board."
    )
    parts = [intro, members, *([f"**For moderators**\n{moderators}"] if moderators else [])]
    return say(*parts, buttons(("Join a cohort", "join"), ("This week's list", "week")), title="What I can do")


def _line(one: Command) -> str:
    return f"`{one.name}` — {quote(one.help)}"


def _one(one: Command) -> Message:
    rows = [f"`{one.usage}`", quote(one.help)]
    for option in one.shown:
        kind = " or ".join(option.choices) if option.kind == "choice" else KINDS[option.kind]
        kind += f", {spoken_range(option.range)}" if option.range else ""
        rows.append(f"• **{option.name}** {quote(option.help)} _({kind}{'' if option.required else ', optional'})_")
    return say("\n".join(rows), title=one.name.capitalize())
