"""The promises about one member's private letters over a season."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WEEK = timedelta(days=7)
DELAY = timedelta(hours=12)  # at most, where something goes wrong
CROWDED = "reminded often enough this week"
PRIVATE = "SELECT kind, ref, state, reason, moment FROM letters WHERE member_id = {seat}"
NOT_COUNTED = {"recall"}  # members asked for these, so they take no reminder's place


@dataclass(frozen=True)
class LedgerRow:
    """A letter to a member, as the ledger keeps it, and the mark it leaves in a post."""

    kind: str
    ref: str
    state: str
    reason: str
    moment: datetime
    mark: object


def list_ledger_rows(
    rows: Iterable[Sequence[str]], compute_mark: Callable[[str, str], object]
) -> list[LedgerRow]:
    """Return the letters of rows `(kind, ref, state, reason, moment)`, in their order."""
    return [
        LedgerRow(
            kind,
            ref,
            state,
            reason or "",
            datetime.fromisoformat(moment).replace(tzinfo=UTC),
            compute_mark(kind, ref),
        )
        for kind, ref, state, reason, moment in rows
    ]


def check_private_letters(
    rows: Sequence[LedgerRow],
    standing: Sequence[tuple[object, datetime]],
    due: Iterable[str],
    most: int,
) -> None:
    """Check that each letter stands there once, and that reminders come as the script says.

    `standing` holds the mark and the instant of each private message, and `due` the refs of the
    reminders that somebody needs. One of them may stay away only where `most` letters, the
    number a member wants in a week, came in the seven days before it.
    """
    marks = [mark for mark, _ in standing]
    certain = {row.mark for row in rows if row.state == "sent"}
    possible = certain | {row.mark for row in rows if row.state == "unsure"}
    assert len(set(marks)) == len(marks)
    assert certain <= set(marks) <= possible
    reminders = [row for row in rows if row.kind == "reminder"]
    sent = {row.ref for row in reminders if row.state == "sent"}
    crowded = [row for row in reminders if row.reason == CROWDED]
    assert sent | {row.ref for row in crowded} == set(due)
    counted = {row.mark for row in rows if row.kind not in NOT_COUNTED}
    instants = [at for mark, at in standing if mark in counted]
    for row in crowded:
        assert sum(row.moment - WEEK <= at <= row.moment for at in instants) >= most, row
    reminded = [at for mark, at in standing if mark in {row.mark for row in reminders}]
    for at in reminded:
        assert sum(at - WEEK + DELAY < other <= at for other in instants) <= most, at
    for kind in ("ways", "last_reminder", "farewell"):
        assert sum(row.kind == kind and row.mark in marks for row in rows) <= 1, kind
