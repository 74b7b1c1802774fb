"""Which route somebody means: a track and options of choices, named in words, by id or by title, or picked in a form."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.chat.errors import Refused
from bot.chat.message import FIELD_LABEL, OPTIONS, Choice, Field, Form, phrase, quote
from bot.chat.text import names, short
from bot.command.grammar import shown
from bot.command.item_finder import folded
from bot.group.route import NOTHING, Picks, most, option_title, taken, title_of
from bot.roadmap import Choice as Fork
from bot.roadmap import Option, Roadmap

FIELDS = ("first", "second", "third", "fourth")
"""The fields of a form for the choices of a plan, beside that for the track."""

NONE = "none"
OFFERED = 6  # words that a refusal names
TOLD = 110  # characters of what somebody picked in one cohort


def offered(plan: Roadmap) -> dict[str, str]:
    """What a plan leaves to pick: what it is said by, and its title. An option that shares its id needs its choice as well."""
    shared = Counter(
        [*(option.id for _, option in _options(plan)), *(track.id for track in plan.tracks), NONE]
    )
    found = {track.id: track.title for track in plan.tracks}
    for choice, option in _options(plan):
        word = option.id if shared[option.id] == 1 else f"{choice.id}/{option.id}"
        found[word] = f"{choice.title}: {option_title(plan, option)}"
    return found


def picked(said: Sequence[str], plan: Roadmap, before: Picks, where: str) -> Picks:
    """What somebody has picked after saying this: a new track, or other options of the choices that they name. Raises
    `Refused` for what the plan of `where`, a cohort's name, does not have."""
    if [word.casefold() for word in said] == [NONE]:
        return Picks()
    pairs = [word.partition("/") for word in _meant(said, plan, where)]
    tracks = list(dict.fromkeys(name for name, slash, _ in pairs if not slash))
    if len(tracks) > 1:
        raise Refused(
            f"One track at a time: name {names(f'`{one}`' for one in tracks)} alone.", "track"
        )
    options: dict[str, set[str]] = {}
    for choice, slash, option in pairs:
        if slash:
            options.setdefault(choice, set()).add(option)
    return _after(plan, before, tracks[0] if tracks else None, options)


def submitted(
    track: Sequence[str] | None,
    fields: Mapping[str, Sequence[str] | None],
    plan: Roadmap,
    before: Picks,
    where: str,
) -> Picks:
    """What somebody has picked after sending a form. A field left as it was says nothing, so that a new track takes its
    options along. Raises `Refused`."""
    options: dict[str, set[str]] = {}
    for name, choice in zip(FIELDS, _asked(plan), strict=False):
        if (values := fields.get(name)) is None:
            continue
        chosen = (
            {word.partition("/")[2] for word in _meant(values, plan, where)} if values else set()
        )
        if chosen != {one.id for one in taken(choice, before)}:
            options[choice.id] = chosen or ({NOTHING} if choice.pick == "any" else set())
    meant = [] if not track or list(track) == [NONE] else _meant(track, plan, where)
    return _after(plan, before, None if track is None else "".join(meant[:1]), options)


def form(cohort_ref: str, plan: Roadmap, picks: Picks) -> Form:
    """A field for the track and one for each of the first choices, as they stand. Raises `Refused` where none fits a form."""
    fields = [_track_field(plan, picks)] if plan.tracks else []
    asked = _asked(plan)
    fields += [
        _field(name, choice, plan, picks) for name, choice in zip(FIELDS, asked, strict=False)
    ]
    if not fields:
        raise Refused(
            f"There is more to pick from than a form can hold: say it like `settings track={next(iter(offered(plan)))}`."
        )
    left = len(plan.all_choices) - len(asked)
    more = f"{left} more to choose in words: settings track=…" if left else ""
    return Form(
        "My route", phrase("settings", ask="route", cohort=cohort_ref), tuple(fields), note=more
    )


def told(plan: Roadmap, picks: Picks, total: int) -> str:
    """What somebody has picked, in a line of prose, and how many items that makes."""
    chosen = [track.title for track in plan.tracks if track.id == picks.track]
    for choice in filter(picks.said, plan.all_choices):
        chosen += [option_title(plan, one) for one in taken(choice, picks)] or [
            f"nothing of {choice.title}"
        ]
    said = short(", ".join(chosen), TOLD) or "the usual one"
    return f"{quote(said)} ({'1 item' if total == 1 else f'{total} items'})"


def _options(plan: Roadmap) -> list[tuple[Fork, Option]]:
    return [(choice, option) for choice in plan.all_choices for option in choice.options]


def _after(
    plan: Roadmap, before: Picks, track: str | None, options: Mapping[str, set[str]]
) -> Picks:
    changed = set(options)
    if track is not None and track != before.track:
        changed |= {choice.id for choice, option in _options(plan) if option.track == track}
    for choice in plan.all_choices:
        if len(options.get(choice.id, ())) > most(choice):
            few = "one option" if most(choice) == 1 else f"{most(choice)} options"
            raise Refused(
                f"**{quote(choice.title)}** leaves you {few}: name no more of them.", "track"
            )
    kept = {pair for pair in before.options if pair[0] not in changed}
    new = {(choice, option) for choice, chosen in options.items() for option in chosen}
    return Picks(before.track if track is None else track, frozenset(kept | new))


def _meant(said: Sequence[str], plan: Roadmap, where: str) -> list[str]:
    """The words behind what was said, as picks are stored. The words of one whole title are one."""
    known = _names(plan)
    if found := known.get(folded(" ".join(said))):
        return [found]
    for word in said:
        if folded(word) not in known:
            raise Refused(
                f"“{shown(word)}” is no track or option of {where}: {_hint(word, plan)}", "track"
            )
    return [known[folded(word)] for word in said]


def _names(plan: Roadmap) -> dict[str, str]:
    """Everything that a track or an option can be called, and what it is stored as. What two share names neither; ids go
    before titles."""
    ids: list[tuple[str, str]] = [(track.id, track.id) for track in plan.tracks]
    titles = [(track.title, track.id) for track in plan.tracks]
    for choice, option in _options(plan):
        stored, title = f"{choice.id}/{option.id}", option_title(plan, option)
        ids += [(stored, stored), (option.id, stored)]
        titles += [(title, stored), (f"{choice.title}: {title}", stored)]
    return _unshared(titles) | _unshared(ids)


def _unshared(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, stored in pairs:
        found.setdefault(folded(name), set()).add(stored)
    return {name: next(iter(stored)) for name, stored in found.items() if len(stored) == 1}


def _hint(word: str, plan: Roadmap) -> str:
    there = list(offered(plan))
    if not there:
        return "its plan has one route for everybody."
    if near := difflib.get_close_matches(word.casefold()[:100], there, 1, 0.6):
        return f"did you mean `{near[0]}`?"
    more = [f"{len(there) - OFFERED} more"] if len(there) > OFFERED else []
    return f"there is {names([*(f'`{one}`' for one in there[:OFFERED]), *more])}."


# — the form —


def _asked(plan: Roadmap) -> list[Fork]:
    """The choices that a form has room for."""
    fit = (one for one in plan.all_choices if len(one.options) <= OPTIONS)
    return list(fit)[: len(FIELDS)]


def _track_field(plan: Roadmap, picks: Picks) -> Field:
    known = any(track.id == picks.track for track in plan.tracks)
    tracks = [
        Choice(one.title, one.id, chosen=one.id == picks.track)
        for one in plan.tracks[: OPTIONS - 1]
    ]
    return Field(
        "track", "Track", "one", choices=(*tracks, Choice("No track", NONE, chosen=not known))
    )


def _field(name: str, choice: Fork, plan: Roadmap, picks: Picks) -> Field:
    own = {option.id for option in taken(choice, picks)}
    choices = tuple(
        Choice(
            short(option_title(plan, option)),
            f"{choice.id}/{option.id}",
            short(f"after {', '.join(title_of(plan, step) for step in option.requires)}")
            if option.requires
            else "",
            chosen=option.id in own,
        )
        for option in choice.options
    )
    label = short(choice.title, FIELD_LABEL)
    if choice.pick == "one":
        return Field(name, label, "one", choices=choices)
    many = "As many as you like" if choice.pick == "any" else f"Up to {most(choice)}"
    return Field(name, label, "any", choices=choices, help=many)
