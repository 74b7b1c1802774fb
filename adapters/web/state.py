"""The clock and the people as the page shows them, as JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from adapters.web.clock import ClockMover
from adapters.web.html_text import format_clock_text
from adapters.web.lines import HUES
from adapters.web.records import Figure


def build_clock_card(mover: ClockMover) -> dict[str, object]:
    """Return the clock for the page: its time, its zone, its move."""
    now, due, zone = mover.clock.now(), mover.due, mover.zone.key
    shown_due = ""
    # Work due now needs no announcement; it is being done.
    if due is not None and due > now:
        shown_due = format_clock_text(due, zone, has_year=False)
    return {
        "at": int(now.timestamp()),
        "text": format_clock_text(now, zone),
        "zone": zone,
        "due": shown_due,
        "moving": mover.moving,
        "remark": mover.remark,
    }


def build_people_cards(
    figures: Iterable[Figure], now: datetime, newest_seqs: Mapping[str, int]
) -> list[dict[str, object]]:
    """Return the people for the page.

    `newest_seqs` has the number for each person's newest private message.
    """
    return [
        {
            "native": figure.native,
            "name": figure.name,
            "zone": figure.zone,
            "moderator": figure.moderator,
            "temper": figure.temper,
            "hears": figure.hears,
            # The same colour as in the lines, see `build_line_event`.
            "hue": number % HUES,
            "local": format_clock_text(now, figure.zone),
            "newest": newest_seqs.get(figure.native, 0),
        }
        for number, figure in enumerate(figures)
    ]
