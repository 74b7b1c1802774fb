"""Which route somebody means: a track and options of choices, named in words, by id or by title, or picked in a form."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.chat.errors import Refused
from bot.chat.message import FIELD_LABEL, OPTIONS, Choice, Field, Form, build_phrase, escape_text
from bot.chat.text import join_names, shorten
from bot.command.grammar import format_typed_text
from bot.command.item_finder import fold_words
from bot.group.route import (
    NOTHING,
    Picks,
    get_max_options,
    get_option_title,
    get_step_title,
    list_member_options,
)
from bot.roadmap import ChoiceOption, Roadmap
from bot.roadmap import RoadmapChoice as Fork

FIELDS = ("first", "second", "third", "fourth")
"""The fields of a form for the choices of a plan, beside that for the track."""

NONE = "none"
OFFERED = 6  # words that a refusal names
TOLD = 110  # characters of what somebody picked in one cohort


def list_route_words(plan: Roadmap) -> dict[str, str]:
    """What a plan leaves to pick: what it is said by, and its title. An option that shares its id needs its choice as well."""
    shared = Counter(
        [
            *(option.id for _, option in _list_choice_options(plan)),
            *(track.id for track in plan.tracks),
            NONE,
        ]
    )
    found = {track.id: track.title for track in plan.tracks}
    for choice, option in _list_choice_options(plan):
        word = option.id if shared[option.id] == 1 else f"{choice.id}/{option.id}"
        found[word] = f"{choice.title}: {get_option_title(plan, option)}"
    return found


def apply_route_words(said: Sequence[str], plan: Roadmap, before: Picks, where: str) -> Picks:
    """What somebody has picked after saying this: a new track, or other options of the choices that they name. Raises
    `Refused` for what the plan of `where`, a cohort's name, does not have."""
    if [word.casefold() for word in said] == [NONE]:
        return Picks()
    pairs = [word.partition("/") for word in _resolve_route_words(said, plan, where)]
    tracks = list(dict.fromkeys(name for name, slash, _ in pairs if not slash))
    if len(tracks) > 1:
        raise Refused(
            f"One track at a time: name {join_names(f'`{one}`' for one in tracks)} alone.", "track"
        )
    options: dict[str, set[str]] = {}
    for choice, slash, option in pairs:
        if slash:
            options.setdefault(choice, set()).add(option)
    return _merge_picks(plan, before, tracks[0] if tracks else None, options)


def apply_route_form(
    track: Sequence[str] | None,
    fields: Mapping[str, Sequence[str] | None],
    plan: Roadmap,
    before: Picks,
    where: str,
) -> Picks:
    """What somebody has picked after sending a form. A field left as it was says nothing, so that a new track takes its
    options along. Raises `Refused`."""
    options: dict[str, set[str]] = {}
    for name, choice in zip(FIELDS, _list_form_choices(plan), strict=False):
        if (values := fields.get(name)) is None:
            continue
        chosen = (
            {word.partition("/")[2] for word in _resolve_route_words(values, plan, where)}
            if values
            else set()
        )
        if chosen != {one.id for one in list_member_options(choice, before)}:
            options[choice.id] = chosen or ({NOTHING} if choice.pick == "any" else set())
    meant = [] if not track or list(track) == [NONE] else _resolve_route_words(track, plan, where)
    return _merge_picks(plan, before, None if track is None else "".join(meant[:1]), options)


def build_route_form(cohort_ref: str, plan: Roadmap, picks: Picks) -> Form:
    """A field for the track and one for each of the first choices, as they stand. Raises `Refused` where none fits a form."""
    fields = [_build_track_field(plan, picks)] if plan.tracks else []
    asked = _list_form_choices(plan)
    fields += [
        _build_choice_field(name, choice, plan, picks)
        for name, choice in zip(FIELDS, asked, strict=False)
    ]
    if not fields:
        raise Refused(
            f"There is more to pick from than a form can hold: say it like `settings track={next(iter(list_route_words(plan)))}`."
        )
    left = len(plan.all_choices) - len(asked)
    more = f"{left} more to choose in words: settings track=…" if left else ""
    return Form(
        "My route",
        build_phrase("settings", ask="route", cohort=cohort_ref),
        tuple(fields),
        note=more,
    )


def format_picks(plan: Roadmap, picks: Picks, total: int) -> str:
    """What somebody has picked, in a line of prose, and how many items that makes."""
    chosen = [track.title for track in plan.tracks if track.id == picks.track]
    for choice in filter(picks.has_pick, plan.all_choices):
        chosen += [get_option_title(plan, one) for one in list_member_options(choice, picks)] or [
            f"nothing of {choice.title}"
        ]
    said = shorten(", ".join(chosen), TOLD) or "the usual one"
    return f"{escape_text(said)} ({'1 item' if total == 1 else f'{total} items'})"


def _list_choice_options(plan: Roadmap) -> list[tuple[Fork, ChoiceOption]]:
    return [(choice, option) for choice in plan.all_choices for option in choice.options]


def _merge_picks(
    plan: Roadmap, before: Picks, track: str | None, options: Mapping[str, set[str]]
) -> Picks:
    changed = set(options)
    if track is not None and track != before.track:
        changed |= {
            choice.id for choice, option in _list_choice_options(plan) if option.track == track
        }
    for choice in plan.all_choices:
        if len(options.get(choice.id, ())) > get_max_options(choice):
            few = (
                "one option"
                if get_max_options(choice) == 1
                else f"{get_max_options(choice)} options"
            )
            raise Refused(
                f"**{escape_text(choice.title)}** leaves you {few}: name no more of them.", "track"
            )
    kept = {pair for pair in before.options if pair[0] not in changed}
    new = {(choice, option) for choice, chosen in options.items() for option in chosen}
    return Picks(before.track if track is None else track, frozenset(kept | new))


def _resolve_route_words(said: Sequence[str], plan: Roadmap, where: str) -> list[str]:
    """The words behind what was said, as picks are stored. The words of one whole title are one."""
    known = _map_route_names(plan)
    if found := known.get(fold_words(" ".join(said))):
        return [found]
    for word in said:
        if fold_words(word) not in known:
            raise Refused(
                f"“{format_typed_text(word)}” is no track or option of {where}: {_describe_route_words(word, plan)}",
                "track",
            )
    return [known[fold_words(word)] for word in said]


def _map_route_names(plan: Roadmap) -> dict[str, str]:
    """Everything that a track or an option can be called, and what it is stored as. What two share names neither; ids go
    before titles."""
    ids: list[tuple[str, str]] = [(track.id, track.id) for track in plan.tracks]
    titles = [(track.title, track.id) for track in plan.tracks]
    for choice, option in _list_choice_options(plan):
        stored, title = f"{choice.id}/{option.id}", get_option_title(plan, option)
        ids += [(stored, stored), (option.id, stored)]
        titles += [(title, stored), (f"{choice.title}: {title}", stored)]
    return _drop_shared_names(titles) | _drop_shared_names(ids)


def _drop_shared_names(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, stored in pairs:
        found.setdefault(fold_words(name), set()).add(stored)
    return {name: next(iter(stored)) for name, stored in found.items() if len(stored) == 1}


def _describe_route_words(word: str, plan: Roadmap) -> str:
    there = list(list_route_words(plan))
    if not there:
        return "its plan has one route for everybody."
    if near := difflib.get_close_matches(word.casefold()[:100], there, 1, 0.6):
        return f"did you mean `{near[0]}`?"
    more = [f"{len(there) - OFFERED} more"] if len(there) > OFFERED else []
    return f"there is {join_names([*(f'`{one}`' for one in there[:OFFERED]), *more])}."


# — the form —


def _list_form_choices(plan: Roadmap) -> list[Fork]:
    """The choices that a form has room for."""
    fit = (one for one in plan.all_choices if len(one.options) <= OPTIONS)
    return list(fit)[: len(FIELDS)]


def _build_track_field(plan: Roadmap, picks: Picks) -> Field:
    known = any(track.id == picks.track for track in plan.tracks)
    tracks = [
        Choice(one.title, one.id, chosen=one.id == picks.track)
        for one in plan.tracks[: OPTIONS - 1]
    ]
    return Field(
        "track", "Track", "one", choices=(*tracks, Choice("No track", NONE, chosen=not known))
    )


def _build_choice_field(name: str, choice: Fork, plan: Roadmap, picks: Picks) -> Field:
    own = {option.id for option in list_member_options(choice, picks)}
    choices = tuple(
        Choice(
            shorten(get_option_title(plan, option)),
            f"{choice.id}/{option.id}",
            shorten(f"after {', '.join(get_step_title(plan, step) for step in option.requires)}")
            if option.requires
            else "",
            chosen=option.id in own,
        )
        for option in choice.options
    )
    label = shorten(choice.title, FIELD_LABEL)
    if choice.pick == "one":
        return Field(name, label, "one", choices=choices)
    many = "As many as you like" if choice.pick == "any" else f"Up to {get_max_options(choice)}"
    return Field(name, label, "any", choices=choices, help=many)
