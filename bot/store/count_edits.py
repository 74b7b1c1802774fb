"""What members do in a transaction, and the one statement that has posts count along with it.

A tick or a check-in is noted when it is written. At the end of a command, one statement asks for
the edits of all posts whose numbers it has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    case,
    exists,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.group.cohort import Cohort
from bot.post import Activity, PostRegistry, is_week_open, list_week_refs
from bot.store.columns import Instant
from bot.store.connection import TxConnection
from bot.store.letter_states import match_states
from bot.store.rows import DialectInsert
from bot.store.tables import edits, letters

# A letter that may have been written before the tick. One that is only due is written after it.
_MAY_BE_OUT = match_states(letters, ("sent", "claimed"))


@dataclass(frozen=True, slots=True)
class CountingPosts:
    """The natural keys of posts whose numbers have changed, but for their homes.

    `weekly`: cohort, edition, kind and ref. `kept`: cohort, edition and kind.
    """

    weekly: Collection[tuple[int, int, str, str]]
    kept: Collection[tuple[int, int, str]]


def note_activity(
    connection: TxConnection, activity: Activity, cohort: Cohort, week_ids: Iterable[str]
) -> None:
    """Note that a visible member has changed what a cohort's posts count."""
    for week_id in week_ids:
        noted = (activity, cohort, week_id)
        connection.note("activity", (activity, cohort.id, week_id), noted)


def note_audience(connection: TxConnection, cohort_id: int, cohort: Cohort | None = None) -> None:
    """Note that a cohort has one visible member more, or one less.

    `cohort`: the cohort itself, where it is at hand: it is not read again.
    """
    connection.note("audience", cohort_id, (cohort_id, cohort))


def note_all_weeks(connection: TxConnection, cohort: Cohort) -> None:
    """Note that every number of a cohort's posts may have changed."""
    week_ids = [week.id for week in cohort.syllabus.weeks]
    note_activity(connection, "ticks", cohort, week_ids)
    note_activity(connection, "checkins", cohort, week_ids)


def list_counting_posts(
    connection: TxConnection, post_kinds: PostRegistry, now: datetime
) -> CountingPosts | None:
    """Return the posts that count what was noted; None if there are none.

    A weekly post counts along until its week has closed.
    """
    weekly: set[tuple[int, int, str, str]] = set()
    kept: set[tuple[int, int, str]] = set()
    # Most kinds count nothing, and whoever joins changes the numbers of every week.
    counting_kinds = [kind for kind in post_kinds.kinds.values() if kind.counts]
    for activity, cohort, week_id in connection.list_noted("activity").values():
        week = cohort.calendar.find_week(week_id)
        is_open = week is not None and is_week_open(cohort, week, now)
        for kind in counting_kinds:
            if activity not in kind.counts:
                continue
            if kind.is_kept:
                # It outlives an edition.
                editions = range(1, cohort.edition + 1)
                kept.update((cohort.id, edition, kind.name) for edition in editions)
            elif is_open and week is not None:
                refs = list_week_refs(kind, week)
                weekly.update((cohort.id, cohort.edition, kind.name, ref) for ref in refs)
    if not weekly and not kept:
        return None
    return CountingPosts(sorted(weekly), sorted(kept))


def _match_any(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, expanding=True))


_WEEKLY, _KEPT = letters.alias("weekly"), letters.alias("kept")
_SELECT_WEEKLY = select(_WEEKLY.c.id).where(
    # One by one, so that the index of keys is used; then together, for several cohorts.
    _match_any(_WEEKLY.c.cohort_id, "cohort_ids"),
    _match_any(_WEEKLY.c.edition, "editions"),
    _match_any(_WEEKLY.c.kind, "kinds"),
    _match_any(_WEEKLY.c.ref, "refs"),
    tuple_(_WEEKLY.c.cohort_id, _WEEKLY.c.edition, _WEEKLY.c.kind, _WEEKLY.c.ref).in_(
        bindparam("weekly", expanding=True)
    ),
)
_SELECT_KEPT = (
    select(_KEPT.c.id)
    .join(edits, edits.c.letter_id == _KEPT.c.id)
    .where(
        _match_any(_KEPT.c.cohort_id, "kept_cohort_ids"),
        _match_any(_KEPT.c.edition, "kept_editions"),
        _match_any(_KEPT.c.kind, "kept_kinds"),
        edits.c.life == literal_column("'kept'"),
    )
)
# A request that waits already is not touched: in a busy group, nobody waits for that row. It may
# be on its way at this very moment, and miss this tick: the next one, or the last edit, has it.
_NEEDS_NO_REQUEST = exists().where(
    edits.c.letter_id == letters.c.id,
    or_(
        and_(edits.c.tries == 0, edits.c.changes > 0),
        edits.c.life.in_([literal_column("'remove'"), literal_column("'ended'")]),
    ),
)
_NOW = bindparam("now", type_=Instant)
_SELECT_COUNTING = (
    select(letters.c.id, _NOW, literal_column("1", Integer), literal("week", String))
    .where(
        letters.c.id.in_(union_all(_SELECT_WEEKLY, _SELECT_KEPT)),
        letters.c.home_id != 0,
        _MAY_BE_OUT,
        ~_NEEDS_NO_REQUEST,
    )
    # Two commands meet the same rows in the same order, so that none waits for the other.
    .order_by(letters.c.id)
)
_NEXT_ALLOWED = case((edits.c.free_at > _NOW, edits.c.free_at), else_=_NOW)
REQUEST_COUNT_EDITS = DialectInsert(
    edits,
    lambda insert: insert.from_select(
        ["letter_id", "due_at", "changes", "life"], _SELECT_COUNTING
    ).on_conflict_do_update(
        index_elements=[edits.c.letter_id],
        set_={
            "changes": edits.c.changes + 1,
            "due_at": case(
                # Claimed, or in trouble: its sender sees the change when it is done.
                (edits.c.tries > 0, edits.c.due_at),
                # The last edit comes before this one could.
                (edits.c.due_at < _NEXT_ALLOWED, edits.c.due_at),
                else_=_NEXT_ALLOWED,
            ),
        },
    ),
)
"""Has the posts written again as soon as they may be: one statement for all of them."""


def build_request_params(posts: CountingPosts, now: datetime) -> Mapping[str, Any]:
    """Return the parameters of `REQUEST_COUNT_EDITS`."""
    # An empty list has no types for a tuple, so there is one key that no letter has.
    weekly = list(posts.weekly) or [(0, 0, "", "")]
    cohort_ids, editions, kinds, refs = (
        sorted(set(values)) for values in zip(*weekly, strict=True)
    )
    kept = list(posts.kept) or [(0, 0, "")]
    kept_cohort_ids, kept_editions, kept_kinds = (
        sorted(set(values)) for values in zip(*kept, strict=True)
    )
    return {
        "weekly": weekly,
        "cohort_ids": cohort_ids,
        "editions": editions,
        "kinds": kinds,
        "refs": refs,
        "kept_cohort_ids": kept_cohort_ids,
        "kept_editions": kept_editions,
        "kept_kinds": kept_kinds,
        "now": now,
    }
