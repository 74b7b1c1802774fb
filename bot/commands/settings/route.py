"""Route: the track and the options a member has picked in one cohort. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from bot.chat.message import escape_text
from bot.chat.text import format_count, join_names
from bot.command.routes import FIELDS, apply_route_form, apply_route_words
from bot.commands.settings.seats import CohortSeat
from bot.group.route import Picks, build_route, list_unmet_requirements
from bot.roadmap import Roadmap

MAX_HINTS = 3  # items that a sentence names


@dataclass(frozen=True, slots=True)
class TypedRoute:
    """The values typed for a route; None where nothing was typed.

    `choices` are the fields of the route form in order, None outside a form.
    """

    track: tuple[str, ...] | None
    choices: tuple[tuple[str, ...] | None, ...] | None


def change_route(
    seat: CohortSeat,
    roadmap: Roadmap,
    typed_route: TypedRoute,
    cleared_fields: Collection[str],
    done: Set[str],
) -> tuple[Picks, str]:
    """Return the picks after a change, and the sentence to answer with.

    `done` are the ids of the member's ticked items.
    Raises `Refused` for a track or option unknown to the roadmap.
    """
    before = Picks.parse_picks(seat.member.picks)
    where = seat.cohort.name
    if typed_route.choices is None:
        picks = apply_route_words(typed_route.track or (), roadmap, before, where)
    else:
        fields = _map_form_fields(typed_route.choices, cleared_fields)
        picks = apply_route_form(typed_route.track, fields, roadmap, before, where)
    return picks, _describe_route(seat, roadmap, picks, done)


def _map_form_fields(
    choices: tuple[tuple[str, ...] | None, ...], cleared_fields: Collection[str]
) -> Mapping[str, tuple[str, ...] | None]:
    fields: dict[str, tuple[str, ...] | None] = {}
    for field_name, values in zip(FIELDS, choices, strict=True):
        # An emptied field means no option at all, a missing one leaves the choice alone.
        fields[field_name] = () if field_name in cleared_fields else values
    return fields


def _describe_route(seat: CohortSeat, roadmap: Roadmap, picks: Picks, done: Set[str]) -> str:
    words = picks.words_to_store
    item_count = build_route(roadmap, seat.cohort.syllabus, words).count_slots()
    sentence = f"Saved. Your route now has {format_count(item_count, 'item')}."
    unmet = list_unmet_requirements(roadmap, seat.cohort.syllabus, words, done)
    if not unmet:
        return sentence
    titles = (f"**{escape_text(item_title)}**" for item_title in unmet[:MAX_HINTS])
    return f"{sentence} Do {join_names(titles)} first: your choice builds on it."
