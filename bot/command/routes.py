"""Routes through a roadmap: a track and options, named in words, by id or title, or in a form."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.chat.errors import Refused
from bot.chat.message import FIELD_LABEL, OPTIONS, Choice, Field, Form, build_phrase, escape_text
from bot.chat.text import format_count, join_names, shorten
from bot.command.item_finder import fold_words
from bot.command.values import format_typed_text, join_with_or
from bot.command.words import SIMILARITY
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
"""A form's fields for the roadmap's choices, beside the one for the track."""

NONE = "none"
MAX_OFFERED_WORDS = 6  # in a refusal
MAX_PICKS_LENGTH = 110  # characters of one cohort's picks in a line


# — words —


def list_route_words(roadmap: Roadmap) -> dict[str, str]:
    """Return the words for a route's tracks and options, each with its title.

    An option with a shared id needs its choice in front: `cloud/aws`.
    """
    shared = _count_route_ids(roadmap)
    titles = {track.id: track.title for track in roadmap.tracks}
    for choice, option in _list_choice_options(roadmap):
        word = option.id
        if shared[option.id] > 1:
            word = f"{choice.id}/{option.id}"
        titles[word] = f"{choice.title}: {get_option_title(roadmap, option)}"
    return titles


def _count_route_ids(roadmap: Roadmap) -> Counter[str]:
    # `none` counts as one of them: an option of that id must not hide the word for no route.
    ids = Counter([NONE])
    ids.update(track.id for track in roadmap.tracks)
    ids.update(option.id for _, option in _list_choice_options(roadmap))
    return ids


def apply_route_words(
    words: Sequence[str], roadmap: Roadmap, before: Picks, cohort_name: str
) -> Picks:
    """Return the picks after these words: a new track, or options for the choices they name.

    Raises `Refused` for a word this cohort's roadmap does not know.
    """
    if [word.casefold() for word in words] == [NONE]:
        return Picks()
    tracks: dict[str, None] = {}
    options: dict[str, set[str]] = {}
    for stored in _resolve_route_words(words, roadmap, cohort_name):
        choice_id, slash, option_id = stored.partition("/")
        if slash:
            options.setdefault(choice_id, set()).add(option_id)
        else:
            tracks[stored] = None
    if len(tracks) > 1:
        offered = join_with_or([f"`{track}`" for track in tracks])
        raise Refused(f"You can follow one track at a time: choose {offered}.", "track")
    return _merge_picks(roadmap, before, next(iter(tracks), None), options)


def apply_route_form(
    track: Sequence[str] | None,
    fields: Mapping[str, Sequence[str] | None],
    roadmap: Roadmap,
    before: Picks,
    cohort_name: str,
) -> Picks:
    """Return the picks after a form. Raises `Refused`.

    An unchanged field says nothing, so that a new track brings its own options.
    """
    options: dict[str, set[str]] = {}
    for name, choice in zip(FIELDS, _list_form_choices(roadmap), strict=False):
        values = fields.get(name)
        if values is None:
            continue
        chosen = _resolve_option_ids(values, roadmap, cohort_name)
        if chosen != _list_own_option_ids(choice, before):
            # Leaving all of an "any" choice unticked is an answer too, and is kept as one.
            nothing = {NOTHING} if choice.pick == "any" else set()
            options[choice.id] = chosen or nothing
    if track is None:
        return _merge_picks(roadmap, before, None, options)
    track_ids: Sequence[str] = ()
    if track and list(track) != [NONE]:
        track_ids = _resolve_route_words(track, roadmap, cohort_name)
    return _merge_picks(roadmap, before, "".join(track_ids[:1]), options)


def _resolve_option_ids(values: Sequence[str], roadmap: Roadmap, cohort_name: str) -> set[str]:
    # An empty field would be looked up as a word without letters.
    if not values:
        return set()
    stored = _resolve_route_words(values, roadmap, cohort_name)
    return {word.partition("/")[2] for word in stored}


def _list_own_option_ids(choice: Fork, picks: Picks) -> set[str]:
    return {option.id for option in list_member_options(choice, picks)}


def format_picks(roadmap: Roadmap, picks: Picks, total: int) -> str:
    """Return the picks and their number of items in one line."""
    titles = []
    for track in roadmap.tracks:
        if track.id == picks.track:
            titles.append(track.title)
    for choice in filter(picks.has_pick, roadmap.all_choices):
        titles += _list_picked_titles(choice, roadmap, picks)
    line = shorten(", ".join(titles), MAX_PICKS_LENGTH) or "the usual one"
    return f"{escape_text(line)} ({format_count(total, 'item')})"


def _list_picked_titles(choice: Fork, roadmap: Roadmap, picks: Picks) -> list[str]:
    own = list_member_options(choice, picks)
    if not own:
        return [f"nothing of {choice.title}"]
    return [get_option_title(roadmap, option) for option in own]


def _list_choice_options(roadmap: Roadmap) -> list[tuple[Fork, ChoiceOption]]:
    return [(choice, option) for choice in roadmap.all_choices for option in choice.options]


def _merge_picks(
    roadmap: Roadmap, before: Picks, track: str | None, options: Mapping[str, set[str]]
) -> Picks:
    """Return the picks with a new track and new options. None keeps the track."""
    _check_option_counts(roadmap, options)
    changed = set(options)
    if track is not None and track != before.track:
        # The new track makes these choices itself: an older pick would override it.
        for choice, option in _list_choice_options(roadmap):
            if option.track == track:
                changed.add(choice.id)
    pairs = {pair for pair in before.options if pair[0] not in changed}
    for choice_id, option_ids in options.items():
        for option_id in option_ids:
            pairs.add((choice_id, option_id))
    return Picks(before.track if track is None else track, frozenset(pairs))


def _check_option_counts(roadmap: Roadmap, options: Mapping[str, set[str]]) -> None:
    """Raise `Refused` for more options than a choice allows."""
    for choice in roadmap.all_choices:
        allowed = get_max_options(choice)
        if len(options.get(choice.id, ())) > allowed:
            raise Refused(_describe_option_limit(choice, allowed), "track")


def _describe_option_limit(choice: Fork, allowed: int) -> str:
    size = "one option" if allowed == 1 else f"up to {allowed} options"
    return f"You can take {size} for **{escape_text(choice.title)}**: choose fewer."


def _resolve_route_words(words: Sequence[str], roadmap: Roadmap, cohort_name: str) -> list[str]:
    """Return the words as picks are stored. The words of one whole title are one pick."""
    stored_by_name = _map_route_names(roadmap)
    if whole := stored_by_name.get(fold_words(" ".join(words))):
        return [whole]
    resolved = []
    for word in words:
        stored = stored_by_name.get(fold_words(word))
        if stored is None:
            raise Refused(
                f"There is no track or option “{format_typed_text(word)}” in {cohort_name}: "
                f"{_describe_route_words(word, roadmap)}",
                "track",
            )
        resolved.append(stored)
    return resolved


def _map_route_names(roadmap: Roadmap) -> dict[str, str]:
    """Return every name of a track or option, and its stored form.

    A name shared by two means neither. Ids win over titles.
    """
    ids: list[tuple[str, str]] = []
    titles: list[tuple[str, str]] = []
    for track in roadmap.tracks:
        ids.append((track.id, track.id))
        titles.append((track.title, track.id))
    for choice, option in _list_choice_options(roadmap):
        stored, title = f"{choice.id}/{option.id}", get_option_title(roadmap, option)
        ids += [(stored, stored), (option.id, stored)]
        titles += [(title, stored), (f"{choice.title}: {title}", stored)]
    return _drop_shared_names(titles) | _drop_shared_names(ids)


def _drop_shared_names(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    own = {}
    for name, stored_forms in _group_stored_forms(pairs).items():
        if len(stored_forms) == 1:
            own[name] = stored_forms.pop()
    return own


def _group_stored_forms(pairs: Sequence[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the stored forms that each folded name may mean."""
    meanings: dict[str, set[str]] = {}
    for name, stored in pairs:
        meanings.setdefault(fold_words(name), set()).add(stored)
    return meanings


def _describe_route_words(typed: str, roadmap: Roadmap) -> str:
    words = list(list_route_words(roadmap))
    if not words:
        return "its plan has one route for everyone."
    if near := difflib.get_close_matches(typed.casefold()[:100], words, 1, SIMILARITY):
        return f"did you mean `{near[0]}`?"
    offered = [f"`{word}`" for word in words]
    if len(offered) > MAX_OFFERED_WORDS:
        return f"choose one of {join_names(offered, MAX_OFFERED_WORDS)}."
    return f"choose {join_with_or(offered)}."


# — the form —


def build_route_form(cohort_ref: str, roadmap: Roadmap, picks: Picks) -> Form:
    """Return a form with the track and the first choices as they stand.

    Raises `Refused` for a roadmap with no choice small enough for a form.
    """
    fields = _build_route_fields(roadmap, picks)
    if not fields:
        example = next(iter(list_route_words(roadmap)))
        raise Refused(
            "A form is too small for this plan's options: "
            f"type `settings` with **track** and an option, like **{example}**."
        )
    phrase = build_phrase("settings", ask="route", cohort=cohort_ref)
    return Form("My route", phrase, tuple(fields), note=_format_route_note(roadmap))


def _build_route_fields(roadmap: Roadmap, picks: Picks) -> list[Field]:
    fields = []
    if roadmap.tracks:
        fields.append(_build_track_field(roadmap, picks))
    for name, choice in zip(FIELDS, _list_form_choices(roadmap), strict=False):
        fields.append(_build_choice_field(name, choice, roadmap, picks))
    return fields


def _format_route_note(roadmap: Roadmap) -> str:
    left = len(roadmap.all_choices) - len(_list_form_choices(roadmap))
    if not left:
        return ""
    return f"{format_count(left, 'more choice')}: type settings with track and its name."


def _list_form_choices(roadmap: Roadmap) -> list[Fork]:
    """Return the choices a form has room for."""
    fitting = [choice for choice in roadmap.all_choices if len(choice.options) <= OPTIONS]
    return fitting[: len(FIELDS)]


def _build_track_field(roadmap: Roadmap, picks: Picks) -> Field:
    choices = []
    for track in roadmap.tracks[: OPTIONS - 1]:
        choices.append(Choice(track.title, track.id, chosen=track.id == picks.track))
    # A track may have gone in a newer version of the roadmap.
    is_known = any(track.id == picks.track for track in roadmap.tracks)
    choices.append(Choice("No track", NONE, chosen=not is_known))
    return Field("track", "Track", "one", choices=tuple(choices))


def _build_choice_field(name: str, choice: Fork, roadmap: Roadmap, picks: Picks) -> Field:
    own_ids = _list_own_option_ids(choice, picks)
    offered = []
    for option in choice.options:
        title = shorten(get_option_title(roadmap, option))
        note = _format_requirements(option, roadmap)
        stored = f"{choice.id}/{option.id}"
        offered.append(Choice(title, stored, note, chosen=option.id in own_ids))
    choices, label = tuple(offered), shorten(choice.title, FIELD_LABEL)
    if choice.pick == "one":
        return Field(name, label, "one", choices=choices)
    help_text = f"Up to {get_max_options(choice)}"
    if choice.pick == "any":
        help_text = "As many as you like"
    return Field(name, label, "any", choices=choices, help=help_text)


def _format_requirements(option: ChoiceOption, roadmap: Roadmap) -> str:
    if not option.requires:
        return ""
    steps = ", ".join(get_step_title(roadmap, step) for step in option.requires)
    return shorten(f"after {steps}")
