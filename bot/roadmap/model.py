"""The roadmap and its parts: frozen values, with lookups by id."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
)

from bot.roadmap.added import Added
from bot.roadmap.library import (
    ADDED,
    Certificate,
    Ids,
    Info,
    Lines,
    PortfolioProject,
    Provenance,
    Resource,
    RoadmapEntry,
    RoadmapValue,
    Track,
)
from bot.roadmap.text import (
    Audience,
    ItemId,
    Line,
    ShortText,
    Slug,
    StepId,
    Subject,
    Text,
    Time,
    Title,
    WeekId,
    build_sentence_error,
)
from bot.roadmap.validation import validate_json

ItemKind = Literal[
    "topic", "review", "practice", "project", "reading", "certificate", "action", "checkpoint"
]
Kind = Literal["normal", "review", "break", "capstone"]


_COUNT = re.compile("[2-9]|[1-9][0-9]")


def _parse_pick(value: object) -> object:
    if value in ("one", "any"):
        return value
    if isinstance(value, int | str) and _COUNT.fullmatch(str(value)):
        return int(value)
    raise build_sentence_error("Write one, any, or a number such as 2.")


Pick = Annotated[
    Literal["one", "any"] | int,
    BeforeValidator(_parse_pick),
    WithJsonSchema({"anyOf": [{"enum": ["one", "any"]}, {"type": "integer", "minimum": 2}]}),
]


class Recall(RoadmapValue):
    """A question to see whether an item stuck, with its answer.

    In a file, the question alone may stand as a bare line.
    """

    question: Line
    answer: ShortText | None = Field(
        None, description="What people see after they have tried to answer."
    )

    @model_serializer(mode="wrap")
    def _write_bare_question(self, write_fields: SerializerFunctionWrapHandler) -> object:
        # Older versions of the format knew the question alone, as text: their digests must stay.
        if self.answer is None:
            return self.question
        return write_fields(self)


def _parse_recall(value: object) -> object:
    if isinstance(value, str):
        return {"question": value}
    if isinstance(value, Mapping | Recall):
        return value
    raise build_sentence_error(
        "Write a question here, or question: and answer:, each on its own line."
    )


RecallQuestion = Annotated[
    Recall, BeforeValidator(_parse_recall, json_schema_input_type=Line | Recall)
]


class Item(RoadmapEntry):
    """One thing to tick."""

    id: ItemId = Field(
        description="Its name for ever: ticks are kept under it. Never change or reuse it."
    )
    kind: ItemKind
    title: Title = Field(
        description="What stands in the list people tick: one line, at most 75 characters."
    )
    essential: bool = Field(True, description="false: may be left out when time is short.")
    estimate: Time | None = Field(
        None, description="How long it takes, such as 90 minutes or 2-3 hours."
    )
    summary: Text | None = None
    parts: Lines = Field((), description="What belongs to it: every one of them.")
    examples: Lines = Field(
        (), description="What it could be: any one of them, or something like it."
    )
    done_when: Line | None = Field(
        None, description="How people know that it is done: something they can see or do."
    )
    recall: RecallQuestion | None = Field(
        None, description="A question to see whether it stuck, alone or with its answer."
    )
    resources: Ids = Field(
        (), description="Ids from the list of resources. The first one is where to start."
    )
    requires: Ids = Field((), description="Ids of stages, weeks or items that come first.")
    track: Slug | None = Field(None, description="Only for members on this track.")
    earns: Slug | None = Field(None, description="The id of the certificate it ends with.")
    builds: Slug | None = Field(None, description="The id of the portfolio project it builds.")
    added: Added | None = Field(None, description=ADDED)

    @property
    def minutes(self) -> int | None:
        """The estimate in minutes: the middle of its range, or its lower end; None without one."""
        span = self.estimate
        if span is None or span.unit not in ("minutes", "hours"):
            return None
        return round(span.typical_length * (60 if span.unit == "hours" else 1))


class Week(RoadmapEntry):
    """A cohort's items from one weekly post to the next."""

    id: WeekId = Field(
        description="Its name for ever: check-ins are kept under it. Prefer a word to a number."
    )
    title: Title
    kind: Kind = Field("normal", description="break: a week off, which may be without items.")
    summary: Text | None = None
    resources: Ids = ()
    items: tuple[Item, ...] = ()
    added: Added | None = Field(None, description=ADDED)


class ChoiceOption(RoadmapValue):
    """One option in a choice: the items or stages it takes."""

    id: Slug
    title: Title | None = None
    takes: Ids = Field(
        min_length=1, description="Ids of the stages, weeks or items it consists of."
    )
    requires: Ids = ()
    track: Slug | None = None


class RoadmapChoice(RoadmapValue):
    """Several options; members take one, any, or n."""

    id: Slug
    title: Title
    summary: Text | None = None
    pick: Pick = Field("one", description="one, any, or how many.")
    default: Ids = Field((), description="Ids of the options taken by who does not choose.")
    options: Annotated[tuple[ChoiceOption, ...], Field(min_length=2, max_length=40)]


class Stage(RoadmapEntry):
    """A phase, month or module.

    It holds weeks, or items and smaller stages to be spread over weeks.
    """

    id: StepId
    title: Title
    kind: Kind = "normal"
    summary: Text | None = None
    time: Time | None = Field(
        None, description="The time its author states, such as 4 weeks or 6+ months."
    )
    track: Slug | None = None
    requires: Ids = ()
    parallel_with: Ids = Field((), description="Ids of stages that may be done at the same time.")
    outcomes: Lines = ()
    resources: Ids = ()
    choices: tuple[RoadmapChoice, ...] = ()
    weeks: tuple[Week, ...] = ()
    items: tuple[Item, ...] = ()
    stages: tuple[Stage, ...] = ()
    added: Added | None = Field(None, description=ADDED)


class Roadmap(RoadmapValue):
    """A whole learning plan. The slug is its file's name; all else stands in the file."""

    slug: Slug = Field(description="Leave it out: the file's name is taken.")
    title: Title
    summary: Text
    subject: Subject | None = Field(
        None, description="The group it stands in among other plans, such as Programming."
    )
    audience: Audience | None = Field(
        None, description="For whom it is, such as people who have never written a program."
    )
    provenance: Provenance | None = None
    tracks: Annotated[tuple[Track, ...], Field(max_length=40)] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    choices: tuple[RoadmapChoice, ...] = ()
    equivalents: tuple[Annotated[Ids, Field(min_length=2)], ...] = Field(
        (),
        description="Lists of item ids: "
        "finishing any item of a list is as good as finishing the others.",
    )
    resources: Annotated[tuple[Resource, ...], Field(max_length=400)] = ()
    portfolio: Annotated[tuple[PortfolioProject, ...], Field(max_length=100)] = ()
    certificates: Annotated[tuple[Certificate, ...], Field(max_length=100)] = ()
    info: Annotated[tuple[Info, ...], Field(max_length=100)] = ()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return a roadmap from `to_json`. Raises `RoadmapError` if it is incomplete."""
        return validate_json(cls, text)

    def to_json(self) -> str:
        """Return canonical JSON: equal roadmaps give equal text."""
        # Leaving defaults out keeps the digest of an old version when the format gains a field.
        data = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """The identity for this version: the SHA-256 over `to_json()`, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @cached_property
    def all_stages(self) -> tuple[Stage, ...]:
        """Every stage at any depth, each before the stages inside it."""
        return tuple(_walk_stages(self.stages))

    @cached_property
    def all_choices(self) -> tuple[RoadmapChoice, ...]:
        """The roadmap's own choices, then those in its stages."""
        choices = list(self.choices)
        for stage in self.all_stages:
            choices += stage.choices
        return tuple(choices)

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """Every week in the file, in order; empty for a plan in stages only."""
        return tuple(week for stage in self.all_stages for week in stage.weeks)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by id, in the file's order, from weeks and from stages."""
        items: dict[str, Item] = {}
        for stage in self.all_stages:
            for week in stage.weeks:
                items.update((item.id, item) for item in week.items)
            items.update((item.id, item) for item in stage.items)
        return MappingProxyType(items)

    def list_entries(self) -> Iterator[Stage | Week | Item | Resource]:
        """Yield everything that may say what was added to the source."""
        for stage in self.all_stages:
            yield stage
            yield from stage.weeks
        yield from self.items.values()
        yield from self.resources

    def get_stage_of_week(self, week_id: str) -> Stage:
        """Return the stage around a week. Raises KeyError for an unknown week."""
        return self._stage_by_week[week_id]

    def get_week(self, week_id: str) -> Week:
        """Return a week. Raises KeyError for an unknown one."""
        return self._week_by_id[week_id]

    def find_week_of_item(self, item_id: str) -> Week | None:
        """Return the week around an item; None for an item in a stage only."""
        return self._week_by_item.get(item_id)

    def get_item_path(self, item_id: str) -> tuple[Stage | Week, ...]:
        """Return the stages around an item, outermost first, then its week if it has one.

        Raises KeyError for an unknown item.
        """
        return self._path_by_item[item_id]

    def get_resource(self, resource_id: str) -> Resource:
        """Return a resource. Raises KeyError for an unknown one."""
        return self._resource_by_id[resource_id]

    def find_first_link(self, item: Item) -> Resource | None:
        """Return the item's first resource that has a link and is still offered; None without."""
        for resource_id in item.resources:
            resource = self.get_resource(resource_id)
            if resource.link and not resource.retired:
                return resource
        return None

    @cached_property
    def _stage_by_week(self) -> dict[str, Stage]:
        return {week.id: stage for stage in self.all_stages for week in stage.weeks}

    @cached_property
    def _week_by_id(self) -> dict[str, Week]:
        return {week.id: week for week in self.weeks}

    @cached_property
    def _week_by_item(self) -> dict[str, Week]:
        return {item.id: week for week in self.weeks for item in week.items}

    @cached_property
    def _path_by_item(self) -> dict[str, tuple[Stage | Week, ...]]:
        paths: dict[str, tuple[Stage | Week, ...]] = {}
        for stage in self.stages:
            paths.update((item.id, path) for item, path in _walk_item_paths(stage, ()))
        return paths

    @cached_property
    def _resource_by_id(self) -> dict[str, Resource]:
        return {resource.id: resource for resource in self.resources}

    def __copy__(self) -> Self:
        # pydantic updates a copy in place, so cached lookups must not come along.
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


def _walk_stages(stages: tuple[Stage, ...]) -> Iterator[Stage]:
    for stage in stages:
        yield stage
        yield from _walk_stages(stage.stages)


def _walk_item_paths(
    stage: Stage, around: tuple[Stage | Week, ...]
) -> Iterator[tuple[Item, tuple[Stage | Week, ...]]]:
    path = (*around, stage)
    for week in stage.weeks:
        for item in week.items:
            yield item, (*path, week)
    for item in stage.items:
        yield item, path
    for inner in stage.stages:
        yield from _walk_item_paths(inner, path)
