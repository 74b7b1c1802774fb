"""Validation: plain data becomes a roadmap, or every problem with its remedy at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.roadmap.check import Finding, find_inconsistencies
from bot.roadmap.problem import (
    MOST_PROBLEMS,
    Loc,
    Problem,
    RoadmapError,
    format_loc,
    shorten_author_text,
)

M = TypeVar("M", bound=BaseModel)
LineOf = Callable[[Loc], int]

_LIST = "Write this as a list, each entry on its own line after a dash, or remove the field."
_FIELDS = "Write this as fields, such as title: Gradient descent, each on its own line."
_SENTENCES = {
    "string_type": "Write a plain text here, and put quotes around it if it contains a colon.",
    "string_too_short": "Write something here, or remove the field.",
    "string_unicode": "Delete the broken character from this text.",
    "bool_parsing": "Write true or false.",
    "bool_type": "Write true or false.",
    "int_parsing": "Write a whole number, such as 20.",
    "int_type": "Write a whole number, such as 20.",
    "int_from_float": "Write a whole number, such as 20.",
    "date_parsing": "Write a date as year-month-day, such as 2024-07-13.",
    "date_from_datetime_parsing": "Write a date as year-month-day, such as 2024-07-13.",
    "date_from_datetime_inexact": "Write a date without a time, such as 2024-07-13.",
    "date_type": "Write a date as year-month-day, such as 2024-07-13.",
    "missing": 'Add the field "{field}" here.',
    "literal_error": "Write one of these: {expected}.",
    "string_too_long": "Shorten this to {max_length} characters: it has {has}.",
    "too_long": "Shorten this list to {max_length} entries.",
    "too_short": "Write more here: at least {min_length}.",
    "greater_than_equal": "Write a number of at least {ge}.",
    "less_than_equal": "Write a number of at most {le}.",
    "tuple_type": _LIST,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
}


def validate_json(model: type[M], text: str, file: str = "roadmap.json") -> M:
    """Return the model from JSON. Raises `RoadmapError`, with all problems on line 1."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        sentence = "Store this version again: it is not complete JSON."
        raise RoadmapError([Problem(file, 1, format_loc(()), sentence)]) from None
    return validate_data(model, data, file, lambda loc: 1)


def validate_data(
    model: type[M], data: object, file: str, line_of: LineOf, problems: Iterable[Problem] = ()
) -> M:
    """Return the model from plain data.

    Raises `RoadmapError` with every problem, those handed in included.
    """
    reasons = list(problems)
    known_paths = {problem.path for problem in reasons}
    roadmap: M | None = None
    try:
        roadmap = model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            loc = detail["loc"]
            path = format_loc(loc)
            if _is_duplicate_error(detail) or path in known_paths:
                continue
            sentence = _format_error_sentence(model, detail)
            reasons.append(Problem(file, line_of(loc), path, sentence))
    # These findings come from the plain data, so one wrong field does not hide them.
    for finding in islice(find_inconsistencies(data), MOST_PROBLEMS):
        sentence = finding.sentence.replace("{there}", _format_other_place(finding, line_of))
        reasons.append(Problem(file, line_of(finding.loc), format_loc(finding.loc), sentence))
    if roadmap is None or reasons:
        raise RoadmapError(reasons)
    return roadmap


def _is_duplicate_error(detail: ErrorDetails) -> bool:
    # pydantic counts only valid entries, so a list with a wrong entry is "too short" as well.
    if detail["type"] != "too_short" or not isinstance(detail["input"], list | tuple):
        return False
    least: int = detail.get("ctx", {}).get("min_length", 0)
    return len(detail["input"]) >= least


def _format_other_place(finding: Finding, line_of: LineOf) -> str:
    if finding.other_loc is None:
        return "there"
    line = line_of(finding.other_loc)
    # JSON may hold everything on one line: there the path says more.
    if line == line_of(finding.loc):
        return f"at {format_loc(finding.other_loc)}"
    return f"on line {line}"


def _format_error_sentence(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, loc = detail["type"], detail["loc"]
    if kind == "sentence":
        return detail["msg"]
    if kind == "extra_forbidden":
        return _format_unknown_field(model, loc)
    if kind not in _SENTENCES:
        return f"Write this another way: {detail['msg']}."
    values = dict(detail.get("ctx", {}))
    values["expected"] = str(values.get("expected", "")).replace("'", "")
    values["field"] = loc[-1] if loc else ""
    values["has"] = len(detail["input"]) if isinstance(detail["input"], str) else 0
    return _SENTENCES[kind].format(**values)


def _format_unknown_field(model: type[BaseModel], loc: Loc) -> str:
    fields = _find_model_at(model, loc[:-1]).model_fields
    close = get_close_matches(str(loc[-1]), fields, n=1, cutoff=0.7)
    if close:
        return (
            f'Write "{close[0]}" instead of "{shorten_author_text(loc[-1])}", or remove this field.'
        )
    return f'Remove the field "{shorten_author_text(loc[-1])}": here may be {", ".join(fields)}.'


def _find_model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = next(_list_models_in(model.model_fields[step].annotation), model)
    return model


def _list_models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _list_models_in(inner)
