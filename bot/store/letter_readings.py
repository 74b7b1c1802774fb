"""Facts about many letters, each read in one query: what the ledger says about all of a claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, select

from bot.group.silence import PastLetter
from bot.post import HELP_ASKED, RECALL
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
_SELECT_NEXT_OPEN = (
    select(_LETTER.c.id, _OTHER.c.ref)
    .where(_IS_ASKED_FOR, *_IS_SAME_SERIES, _OTHER.c.id > _LETTER.c.id, match_states(_OTHER, OPEN))
    # Newest first: the last one that is read is the next.
    .order_by(_OTHER.c.id.desc())
)
_SELECT_FOLDED = (
    select(_LETTER.c.id, _OTHER.c.ref)
    .where(
        _IS_ASKED_FOR,
        *_IS_SAME_SERIES,
        _OTHER.c.edition == _LETTER.c.edition,
        _OTHER.c.state == "skipped",
        # The reason is the only note of a fold; `gathering` writes it.
        _OTHER.c.reason.startswith("folded"),
        _OTHER.c.ended_at >= _LETTER.c.moment,
    )
    .order_by(_OTHER.c.id)
)

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
_ASKED_FOR_KINDS: Sequence[ColumnElement[str]] = [
    literal_column(f"'{RECALL}'"),
    literal_column(f"'{HELP_ASKED}'"),
]
_COUNT_PRIVATE = (
    select(accounts.c.person_id, func.count().label("size"))
    .join(members, members.c.account_id == accounts.c.id)
    .join(letters, letters.c.member_id == members.c.id)
    .where(
        accounts.c.person_id.in_(bindparam("person_ids", expanding=True)),
        IS_MAYBE_READ,
        # Questions come because people asked for them: they take no reminder's place.
        letters.c.kind.not_in(_ASKED_FOR_KINDS),
        letters.c.ended_at >= bindparam("since"),
    )
    .group_by(accounts.c.person_id)
)
_SELECT_REACHED = (
    select(accounts.c.person_id, letters.c.cohort_id, letters.c.edition)
    .distinct()
    .join(members, members.c.account_id == accounts.c.id)
    .join(letters, letters.c.member_id == members.c.id)
    .where(
        accounts.c.person_id.in_(bindparam("person_ids", expanding=True)),
        letters.c.kind.in_(bindparam("kinds", expanding=True)),
        IS_MAYBE_READ,
    )
)
_SELECT_PAST_LETTERS = (
    select(accounts.c.person_id, letters.c.kind, letters.c.ended_at)
    .join(members, members.c.account_id == accounts.c.id)
    .join(letters, letters.c.member_id == members.c.id)
    .where(accounts.c.person_id.in_(bindparam("person_ids", expanding=True)), IS_MAYBE_READ)
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


class LetterReadingQueries(LetterHistoryQueries):
    """Queries about many letters at once."""

    async def find_next_open_refs(self, letter_ids: Collection[int]) -> Mapping[int, str]:
        """Return, by letter id, the ref of the next open letter with its kind and destination."""
        if not letter_ids:
            return {}
        rows = self._connection.execute(_SELECT_NEXT_OPEN, {"letter_ids": list(letter_ids)})
        return {row.id: row.ref for row in rows}

    async def list_folded_refs(self, letter_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
        """Return, by letter id, the refs of letters it stands for, oldest first.

        They were skipped because it is newer.
        """
        refs: dict[int, list[str]] = defaultdict(list)
        if letter_ids:
            wanted = {"letter_ids": list(letter_ids)}
            for row in self._connection.execute(_SELECT_FOLDED, wanted):
                refs[row.id].append(row.ref)
        return refs

    async def find_sent_elsewhere(self, letter_ids: Collection[int]) -> frozenset[int]:
        """Return which private letters the member got, or may have got, by another account."""
        if not letter_ids:
            return frozenset()
        wanted = {"letter_ids": list(letter_ids)}
        return frozenset(self._connection.execute(_SELECT_SENT_ELSEWHERE, wanted).scalars())

    async def find_reached_by_kinds(
        self, person_ids: Collection[int], kinds: Collection[str]
    ) -> frozenset[tuple[int, int, int]]:
        """Return who may have read a private letter of these kinds: person, cohort and edition."""
        if not person_ids:
            return frozenset()
        wanted = {"person_ids": sorted(set(person_ids)), "kinds": sorted(kinds)}
        rows = self._connection.execute(_SELECT_REACHED, wanted)
        return frozenset((row.person_id, row.cohort_id, row.edition) for row in rows)

    async def list_past_letters(
        self, person_ids: Collection[int]
    ) -> Mapping[int, Sequence[PastLetter]]:
        """Return the private letters that persons may have read, in all their cohorts."""
        past_letters: dict[int, list[PastLetter]] = defaultdict(list)
        if person_ids:
            wanted = {"person_ids": sorted(set(person_ids))}
            for row in self._connection.execute(_SELECT_PAST_LETTERS, wanted):
                past_letters[row.person_id].append(PastLetter(row.kind, row.ended_at))
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

    async def count_private_letters(
        self, person_ids: Collection[int], since: datetime
    ) -> Mapping[int, int]:
        """Count persons' private letters since an instant, in all their cohorts.

        Letters that may have been sent count too: the weekly cap errs on the quiet side.
        Persons without any are left out.
        """
        if not person_ids:
            return {}
        wanted = {"person_ids": list(person_ids), "since": since}
        return {row.person_id: row.size for row in self._connection.execute(_COUNT_PRIVATE, wanted)}
