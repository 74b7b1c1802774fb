"""Reading the ledger: sent, skipped and waiting letters, without changing any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from bot.group.bulletins import BULLETIN
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.letter import IS_UNSENT, MAYBE_READ, Letter, build_letter
from bot.store.tables import homes, letters

# The bot's news and the moderators' words are entered by people, everything else by the plan.
_IS_SCHEDULED = letters.c.kind.not_in(("announcement", BULLETIN))
_IS_TO_HOME = letters.c.home_id != 0
_WAITING_LIMIT = 20  # letters that one look at a home reads; the others follow at the next
_SELECT_HOME_LETTER = select(letters).where(
    letters.c.cohort_id == bindparam("cohort"), letters.c.id == bindparam("letter"), _IS_TO_HOME
)
_COUNT_POSTS_OF_KIND = select(func.count()).where(
    letters.c.cohort_id == bindparam("cohort"),
    letters.c.kind == bindparam("kind"),
    letters.c.home_id == bindparam("home"),
    letters.c.moment < bindparam("before"),
    letters.c.state.in_(MAYBE_READ),
)


class LetterHistoryQueries:
    """Queries that read letters."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_waiting_letters(self, home: Home) -> Sequence[Letter]:
        """Return up to 20 letters waiting for a home, oldest first.

        Only letters that have certainly not got through.
        """
        waiting = and_(letters.c.home_id == home.id, letters.c.state == "due", IS_UNSENT)
        query = select(letters).where(waiting).order_by(letters.c.id).limit(_WAITING_LIMIT)
        return [build_letter(row) for row in self._connection.execute(query)]

    async def list_home_letters(self, cohort: Cohort, limit: int = 200) -> Sequence[Letter]:
        """Return up to `limit` letters to a cohort's homes, newest first, in any state."""
        query = (
            select(letters)
            .where(letters.c.cohort_id == cohort.id, _IS_TO_HOME)
            .order_by(letters.c.moment.desc(), letters.c.id.desc())
            .limit(limit)
        )
        return [build_letter(row) for row in self._connection.execute(query)]

    async def find_home_letter(self, cohort: Cohort, letter_id: int) -> Letter | None:
        """Return a letter to one of a cohort's homes by its id, or None."""
        row = self._connection.execute(
            _SELECT_HOME_LETTER, {"cohort": cohort.id, "letter": letter_id}
        ).first()
        return build_letter(row) if row is not None else None

    async def count_posts_of_kind(
        self, cohort: Cohort, kind: str, home_id: int, before: datetime
    ) -> int:
        """Return how many posts of a kind, due before an instant, a home may have read."""
        wanted = {"cohort": cohort.id, "kind": kind, "home": home_id, "before": before}
        count: int = self._connection.execute(_COUNT_POSTS_OF_KIND, wanted).scalar_one()
        return count

    async def list_posts_in_every_home(self, cohort: Cohort) -> frozenset[tuple[str, str]]:
        """Return kind and ref for the posts already entered for every home in this edition.

        None of them is sent again.
        """
        query = select(homes.c.id).where(homes.c.cohort_id == cohort.id)
        every_home = frozenset(self._connection.execute(query).scalars())
        homes_by_post = await self.group_homes_by_post(cohort)
        return frozenset(post for post, reached in homes_by_post.items() if reached >= every_home)

    async def group_homes_by_post(
        self, cohort: Cohort
    ) -> Mapping[tuple[str, str], AbstractSet[int]]:
        """Return home ids by kind and ref for the posts entered in this edition.

        Homes that were taken away are among them.
        """
        query = select(letters.c.kind, letters.c.ref, letters.c.home_id).where(
            *_match_edition(cohort), _IS_SCHEDULED, _IS_TO_HOME
        )
        homes_by_post: dict[tuple[str, str], set[int]] = defaultdict(set)
        for row in self._connection.execute(query):
            homes_by_post[row.kind, row.ref].add(row.home_id)
        return homes_by_post


def _match_edition(cohort: Cohort) -> tuple[ColumnElement[bool], ...]:
    return letters.c.cohort_id == cohort.id, letters.c.edition == cohort.edition
