"""Facts about many letters, each read in one query: what the ledger says about all of a claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select, union_all

from bot.clock import LONG_AGO
from bot.group.silence import PastLetter
from bot.store.letter import MAYBE_READ, OPEN
from bot.store.letter_history import LetterHistoryQueries
from bot.store.letter_states import IS_MAYBE_READ, match_states
from bot.store.tables import accounts, letters, members

_LETTER, _OTHER = letters.alias("letter"), letters.alias("other")
_IS_ASKED_FOR = _LETTER.c.id.in_(bindparam("letter_ids", expanding=True))
_IS_SAME_SERIES = (
    _OTHER.c.cohort_id == _LETTER.c.cohort_id,
    _OTHER.c.kind == _LETTER.c.kind,
    _OTHER.c.home_id == _LETTER.c.home_id,
    _OTHER.c.member_id == _LETTER.c.member_id,
    _OTHER.c.account_id == _LETTER.c.account_id,
)
_SERIES_COLUMNS = (_LETTER.c.id, _OTHER.c.id.label("other_id"), _OTHER.c.ref, _OTHER.c.state)
_NEWER_OPEN = select(*_SERIES_COLUMNS).where(
    _IS_ASKED_FOR, *_IS_SAME_SERIES, _OTHER.c.id > _LETTER.c.id, match_states(_OTHER, OPEN)
)
_FOLDED = select(*_SERIES_COLUMNS).where(
    _IS_ASKED_FOR,
    *_IS_SAME_SERIES,
    _OTHER.c.edition == _LETTER.c.edition,
    _OTHER.c.state == "skipped",
    # The reason is the only note of a fold; `gathering` writes it.
    _OTHER.c.reason.startswith("folded"),
    _OTHER.c.ended_at >= _LETTER.c.moment,
)
# Two selects, because each has an index of its own.
_SELECT_SERIES = union_all(_NEWER_OPEN, _FOLDED).order_by("other_id")

_OWN, _OWNS = accounts.alias("own"), accounts.alias("owns")
_SEAT, _SEATS = members.alias("seat"), members.alias("seats")
_SELECT_SENT_ELSEWHERE = (
    select(_LETTER.c.id)
    .join(_SEAT, _SEAT.c.id == _LETTER.c.member_id)
    .join(_OWN, _OWN.c.id == _SEAT.c.account_id)
    .join(_OWNS, _OWNS.c.person_id == _OWN.c.person_id)
    .join(_SEATS, _SEATS.c.account_id == _OWNS.c.id)
    .join(_OTHER, _OTHER.c.member_id == _SEATS.c.id)
    .where(
        _IS_ASKED_FOR,
        _SEATS.c.id != _SEAT.c.id,
        _SEATS.c.cohort_id == _LETTER.c.cohort_id,
        _OTHER.c.cohort_id == _LETTER.c.cohort_id,
        _OTHER.c.edition == _LETTER.c.edition,
        _OTHER.c.kind == _LETTER.c.kind,
        _OTHER.c.ref == _LETTER.c.ref,
        _OTHER.c.home_id == 0,
        match_states(_OTHER, ("sent", "unsure")),
    )
)
_SELECT_PAST_LETTERS = (
    select(
        accounts.c.person_id,
        letters.c.kind,
        letters.c.ended_at,
        letters.c.cohort_id,
        letters.c.edition,
    )
    .join(members, members.c.account_id == accounts.c.id)
    .join(letters, letters.c.member_id == members.c.id)
    .where(
        accounts.c.person_id.in_(bindparam("person_ids", expanding=True)),
        IS_MAYBE_READ,
        letters.c.ended_at >= bindparam("since"),
    )
)
_COUNT_FORMER_POSTS = (
    select(_LETTER.c.id, func.count().label("size"))
    .join(
        _OTHER,
        and_(
            # The cohort comes first in the index of keys, and a home stays with its cohort.
            _OTHER.c.cohort_id == _LETTER.c.cohort_id,
            _OTHER.c.kind == _LETTER.c.kind,
            _OTHER.c.home_id == _LETTER.c.home_id,
        ),
    )
    .where(_IS_ASKED_FOR, _OTHER.c.id != _LETTER.c.id, match_states(_OTHER, MAYBE_READ))
    .group_by(_LETTER.c.id)
)

_SELECT_LAST_MOMENTS = (
    select(_LETTER.c.id, func.max(_OTHER.c.moment).label("last_at"))
    .join(
        _OTHER,
        and_(
            _OTHER.c.cohort_id == _LETTER.c.cohort_id,
            _OTHER.c.edition == _LETTER.c.edition,
            _OTHER.c.kind == _LETTER.c.kind,
            _OTHER.c.home_id == _LETTER.c.home_id,
        ),
    )
    .where(_IS_ASKED_FOR, _OTHER.c.id < _LETTER.c.id, match_states(_OTHER, MAYBE_READ))
    .group_by(_LETTER.c.id)
)


@dataclass(frozen=True, slots=True)
class LetterSeries:
    """What became of a letter's own series: those with its kind and destination.

    `next_open_ref`: the ref of the next letter that is open, None if there is none.
    `folded_refs`: letters it stands for, oldest first: they were skipped because it is newer.
    """

    next_open_ref: str | None = None
    folded_refs: tuple[str, ...] = ()


class LetterReadingQueries(LetterHistoryQueries):
    """Queries about many letters at once."""

    async def load_series(self, letter_ids: Collection[int]) -> Mapping[int, LetterSeries]:
        """Return the series of letters by their ids, where there is anything to know of it."""
        if not letter_ids:
            return {}
        next_open: dict[int, str] = {}
        folded: dict[int, list[str]] = {letter_id: [] for letter_id in letter_ids}
        for row in self._connection.execute(_SELECT_SERIES, {"letter_ids": list(letter_ids)}):
            if row.state == "skipped":
                folded[row.id].append(row.ref)
            else:
                # Oldest first: the next one is the first.
                next_open.setdefault(row.id, row.ref)
        return {
            letter_id: LetterSeries(next_open.get(letter_id), tuple(refs))
            for letter_id, refs in folded.items()
        }

    async def find_sent_elsewhere(self, letter_ids: Collection[int]) -> frozenset[int]:
        """Return which private letters the member got, or may have got, by another account."""
        if not letter_ids:
            return frozenset()
        wanted = {"letter_ids": list(letter_ids)}
        return frozenset(self._connection.execute(_SELECT_SENT_ELSEWHERE, wanted).scalars())

    async def list_past_letters(
        self, person_ids: Collection[int], since: datetime = LONG_AGO
    ) -> Mapping[int, Sequence[PastLetter]]:
        """Return the private letters that persons may have read, in all their cohorts.

        Letters that may have been sent are among them.
        """
        past_letters: dict[int, list[PastLetter]] = defaultdict(list)
        if person_ids:
            wanted = {"person_ids": sorted(set(person_ids)), "since": since}
            for row in self._connection.execute(_SELECT_PAST_LETTERS, wanted):
                letter = PastLetter(row.kind, row.ended_at, row.cohort_id, row.edition)
                past_letters[row.person_id].append(letter)
        return past_letters

    async def count_former_posts(self, letter_ids: Collection[int]) -> Mapping[int, int]:
        """Count, by letter id, the posts of its kind that its home may have read before.

        Letters without any are left out.
        """
        if not letter_ids:
            return {}
        rows = self._connection.execute(_COUNT_FORMER_POSTS, {"letter_ids": sorted(letter_ids)})
        return {row.id: row.size for row in rows}

    async def find_last_moments(self, letter_ids: Collection[int]) -> Mapping[int, datetime]:
        """Return, by letter id, when the post of its kind before it fell due in its home.

        Letters without one are left out.
        """
        if not letter_ids:
            return {}
        rows = self._connection.execute(_SELECT_LAST_MOMENTS, {"letter_ids": sorted(letter_ids)})
        return {row.id: row.last_at for row in rows}
