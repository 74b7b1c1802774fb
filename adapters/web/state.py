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
    now, zone = mover.clock.now(), mover.zone.key
    return {
        "at": int(now.timestamp()),
        "text": format_clock_text(now, zone),
        "zone": zone,
        "due": _format_coming_due(mover, now),
        "moving": mover.moving,
        "remark": mover.remark,
    }


def _format_coming_due(mover: ClockMover, now: datetime) -> str:
    # Work due now needs no announcement; it is being done.
    if mover.due is None or mover.due <= now:
        return ""
    return format_clock_text(mover.due, mover.zone.key, has_year=False)


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
