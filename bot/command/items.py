"""Which items somebody means: by id, by title, or by enough of a title to be told what to type instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from bot.command.phrase import shown
from bot.people import Refused

NEAR = 3


def items_meant(said: Sequence[str], titles: Mapping[str, str], where: str, field: str) -> tuple[str, ...]:
    """The ids behind what was said, `titles` being what there is to pick from. Raises `Refused` with near matches.

    The words of one whole title are one item, with or without quotation marks.
    """
    by_title = {folded(title): item for item, title in titles.items()}
    if all(one.strip().casefold() in titles for one in said):
        return tuple(dict.fromkeys(one.strip().casefold() for one in said))
    if whole := by_title.get(folded(" ".join(said))):
        return (whole,)
    return tuple(dict.fromkeys(_meant(one, titles, by_title, where, field) for one in said))


def _meant(said: str, titles: Mapping[str, str], by_title: Mapping[str, str], where: str, field: str) -> str:
    wanted = said.strip().casefold()
    if wanted in titles:
        return wanted
    if found := by_title.get(folded(said)):
        return found
    near = _near(wanted, titles)
    hint = f"did you mean {near}?" if near else "`week` lists this week's, `roadmap` the whole plan."
    raise Refused(f"“{shown(said)}” is no item of {where}: {hint}", field)


def _near(wanted: str, titles: Mapping[str, str]) -> str:
    """Up to three ids to offer: what has the word in it, else what is spelt alike."""
    words = folded(wanted).split()
    holding = [
        item for item, title in titles.items() if words and all(word in f"{folded(title)} {item}" for word in words)
    ]
    ids = holding[:NEAR] or difflib.get_close_matches(wanted, titles, 1, 0.6)
    return " or ".join(f"`{item}`" for item in ids)


def folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
