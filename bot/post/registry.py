"""The registry: kinds of posts by name, each declared with `@post` in a file of its own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, overload

from bot.chat.text import join_names
from bot.post.kinds import (
    WEEKLY,
    Activity,
    HomeNeeded,
    HomeUse,
    HomeWrite,
    LatePolicy,
    MemberNeeded,
    MemberUse,
    MemberWrite,
    ModeratorNeeded,
    ModeratorWrite,
    PostDay,
    PostKind,
    Scope,
    is_always_needed,
    is_never_held,
)

Writer = TypeVar("Writer")
HomeWriter = TypeVar("HomeWriter", bound=HomeWrite)
MemberWriter = TypeVar("MemberWriter", bound=MemberWrite)
ModeratorWriter = TypeVar("ModeratorWriter", bound=ModeratorWrite)

_USES: Mapping[Scope, tuple[str, ...]] = {
    "home": get_args(HomeUse),
    "member": get_args(MemberUse),
    "moderator": (),
}

WITHIN_A_WEEK = LatePolicy()
"""The usual policy after an outage: a post is sent up to seven days late."""


class InvalidPostKindError(ValueError):
    """A kind of post declared in a way that cannot work."""


class PostRegistry:
    """Kinds of posts by name.

    Filled while files are discovered, read-only from then on.
    """

    def __init__(self, kinds: Iterable[PostKind] = ()) -> None:
        self._kinds: dict[str, PostKind] = {}
        for kind in kinds:
            self.add_kind(kind)

    def add_kind(self, kind: PostKind) -> None:
        """Take a kind in. Raises `InvalidPostKindError` for one that could never come."""
        known = self._kinds.get(kind.name)
        # A module that is imported twice registers the same kind again: that is no clash.
        if known and known.writer.__module__ != kind.writer.__module__:
            raise InvalidPostKindError(f"Two kinds of post are called “{kind.name}”: rename one.")
        if not kind.days or not kind.help:
            raise InvalidPostKindError(f"The post “{kind.name}” needs a moment and a docstring.")
        for post_day in kind.days:
            _check_week_number(kind.name, post_day)
        _check_uses(kind)
        kinds = {**self._kinds, kind.name: kind}
        # Sorted here, once, because every tick of the scheduler goes through all of them.
        self._kinds = dict(sorted(kinds.items(), key=lambda pair: (pair[1].order, pair[0])))

    @property
    def kinds(self) -> Mapping[str, PostKind]:
        """Every kind by its name, in the order for posts at one moment."""
        return MappingProxyType(self._kinds)

    @property
    def group_kinds(self) -> Mapping[str, PostKind]:
        """The kinds that moderators may switch off: all but those somebody asks for."""
        kinds = {}
        for name, kind in self._kinds.items():
            if not (kind.is_personal or kind.is_kept):
                kinds[name] = kind
        return MappingProxyType(kinds)


def _check_week_number(kind_name: str, post_day: PostDay) -> None:
    if post_day.week_number is None:
        return
    if post_day.anchor not in WEEKLY or post_day.week_number < 1:
        raise InvalidPostKindError(
            f"The post “{kind_name}” names week {post_day.week_number}: weeks count from 1, "
            "and only a day of a week has one."
        )


def _check_uses(kind: PostKind) -> None:
    known = _USES[kind.scope]
    for use in sorted(kind.uses):
        if use not in known:
            raise InvalidPostKindError(
                f"The post “{kind.name}” uses “{use}”, which is never read for a {kind.scope}: "
                f"choose among {join_names(known)}."
            )


post_registry = PostRegistry()
"""The kinds in `bot/posts`, for everybody who is handed no other registry."""


def list_post_kinds(post_kinds: PostRegistry = post_registry) -> Mapping[str, PostKind]:
    """Return every kind by its name, in the order for posts at one moment."""
    return post_kinds.kinds


@overload
def post(
    *days: PostDay,
    title: str,
    late: LatePolicy = ...,
    scope: Literal["home"] = ...,
    order: int = ...,
    skip: HomeNeeded | None = ...,
    uses: tuple[HomeUse, ...] = ...,
    counts: tuple[Activity, ...] = ...,
    into: PostRegistry = ...,
) -> Callable[[HomeWriter], HomeWriter]: ...


@overload
def post(
    *days: PostDay,
    title: str,
    late: LatePolicy = ...,
    scope: Literal["member"],
    order: int = ...,
    skip: MemberNeeded | None = ...,
    uses: tuple[MemberUse, ...] = ...,
    hold: MemberNeeded | None = ...,
    into: PostRegistry = ...,
) -> Callable[[MemberWriter], MemberWriter]: ...


@overload
def post(
    *days: PostDay,
    title: str,
    late: LatePolicy = ...,
    scope: Literal["moderator"],
    order: int = ...,
    skip: ModeratorNeeded | None = ...,
    follows: str = ...,
    into: PostRegistry = ...,
) -> Callable[[ModeratorWriter], ModeratorWriter]: ...


def post(  # noqa: PLR0913  # a declaration: each has a name and a default
    *days: PostDay,
    title: str,
    late: LatePolicy = WITHIN_A_WEEK,
    scope: Scope = "home",
    order: int = 50,
    skip: Callable[[Any], str | None] | None = None,
    uses: tuple[HomeUse | MemberUse, ...] = (),
    hold: MemberNeeded | None = None,
    counts: tuple[Activity, ...] = (),
    follows: str = "",
    into: PostRegistry = post_registry,
) -> Callable[[Writer], Writer]:
    """Register a pure function as a kind of post; its first docstring line is the help.

    `skip` and `hold` are asked at the moment of sending: why is it not needed, why does it wait?
    `uses`: what the writer and `skip` ask the facts for, beside cohort, roadmap, week, recipient.
    Raises `InvalidPostKindError` for a kind that could never come.
    """

    def register(writer: Any) -> Any:
        kind = PostKind(
            writer.__name__,
            title,
            _read_help_line(writer),
            days,
            writer,
            late,
            scope,
            order,
            skip or is_always_needed,
            frozenset(uses),
            hold or is_never_held,
            frozenset(counts),
            follows,
        )
        into.add_kind(kind)
        return writer

    return register


def _read_help_line(function: Any) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]


def discover_post_kinds(package: str = "bot.posts") -> PostRegistry:
    """Import every file in a package, so that its kinds are registered.

    Returns the registry they are in.
    """
    folder = importlib.import_module(package)
    for module in pkgutil.iter_modules(folder.__path__, f"{package}."):
        importlib.import_module(module.name)
    return post_registry
