"""Changes to the breaks of a cohort: a new one is checked, a pause is ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.chat.errors import Refused
from bot.group.calendar import Break

LONGEST_BREAK = 180  # days
BREAKS = 20


def check_new_break(
    cohort_name: str, breaks: Sequence[Break], new_break: Break, first_free: date
) -> None:
    """Raise `Refused` for a break with dates past, upside down or taken, and for one too many.

    `first_free` is the first local date that has not been posted yet.
    """
    first, last = new_break.first, new_break.last
    if any(known.first == first for known in breaks):
        raise Refused(
            f"A break already starts on {first}: remove it with `cohort break` first.", "first"
        )
    if last is not None and last < first:
        raise Refused(
            f"The break ends on {last}, before it starts on {first}: swap the two dates.", "last"
        )
    if first < first_free:
        raise Refused(
            f"It is too late for a break on {first}: choose {first_free} or a later day.", "first"
        )
    if last is not None and (last - first).days >= LONGEST_BREAK:
        raise Refused(
            f"A break can last {LONGEST_BREAK} days: use `cohort pause` for a longer one.", "last"
        )
    if len(breaks) >= BREAKS:
        raise Refused(
            f"{cohort_name} already has {BREAKS} breaks: remove one with `cohort break` first."
        )


def end_open_pause(breaks: Sequence[Break], last: date) -> tuple[Break, ...]:
    """Return the breaks with the pause nobody had ended as one that ends on `last`."""
    ended = []
    for pause in breaks:
        if pause.last is not None:
            ended.append(pause)
        # A pause that is resumed on the day it began leaves no trace.
        elif pause.first <= last:
            ended.append(replace(pause, last=last))
    return tuple(ended)
