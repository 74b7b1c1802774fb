"""Who looks after a cohort: its first moderator, and who wants its weekly digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, literal_column, select

from bot.chat.address import Account
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.store.connection import TxConnection
from bot.store.people import PeopleQueries
from bot.store.rows import DialectInsert
from bot.store.tables import accounts, first_moderators, settings

DIGEST = "digest"
"""The setting, for one cohort, that says if an account gets its weekly digest."""
ON = "on"  # and `off`

_COLUMNS = (
    accounts.c.id.label("account_id"),
    accounts.c.person_id,
    accounts.c.name,
    accounts.c.zone.label("account_zone"),
    accounts.c.platform,
    accounts.c.tenant,
    accounts.c.native,
)
_SELECT_FIRST = (
    select(*_COLUMNS)
    .join(first_moderators, first_moderators.c.account_id == accounts.c.id)
    .where(first_moderators.c.cohort_id == bindparam("cohort"))
)
_SAVE_FIRST = DialectInsert(
    first_moderators,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[first_moderators.c.cohort_id],
        set_={"account_id": insert.excluded.account_id},
    ),
)
# With the name as a literal, so that the index of these settings serves.
_SELECT_CHOICES = (
    select(settings.c.account_id, accounts.c.person_id, settings.c.value)
    .join(accounts, accounts.c.id == settings.c.account_id)
    .where(
        settings.c.name == literal_column(f"'{DIGEST}'"),
        settings.c.cohort_id == bindparam("cohort"),
    )
    .order_by(settings.c.at, settings.c.account_id)
)
_SELECT_ACCOUNTS = select(*_COLUMNS).where(
    accounts.c.id.in_(bindparam("account_ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class ModeratorContact:
    """Somebody who may be a moderator, by one account. The right is asked elsewhere."""

    person: Person
    account: Account


class ModerationQueries:
    """Queries about a cohort's moderators, as far as the bot knows them."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def find_first_moderator(self, cohort: Cohort) -> ModeratorContact | None:
        """Return who made a cohort or took it over; None once they are erased."""
        row = self._connection.execute(_SELECT_FIRST, {"cohort": cohort.id}).first()
        return None if row is None else await self._build_contact(row)

    async def save_first_moderator(self, cohort: Cohort, account_id: int) -> None:
        """Hand a cohort over. The cohort must be new or locked."""
        row = {"cohort_id": cohort.id, "account_id": account_id}
        self._connection.execute(_SAVE_FIRST.for_engine(self._connection), row)

    async def list_digest_readers(self, cohort: Cohort) -> Sequence[int]:
        """Return the accounts that get the digest, one for each person.

        The first moderator gets it unless they do not want it, and so does whoever wants it.
        """
        readers: dict[int, int] = {}
        first = self._connection.execute(_SELECT_FIRST, {"cohort": cohort.id}).first()
        if first is not None:
            readers[first.person_id] = first.account_id
        # Oldest first: of several accounts the newest choice counts.
        for row in self._connection.execute(_SELECT_CHOICES, {"cohort": cohort.id}):
            readers.pop(row.person_id, None)
            if row.value == ON:
                readers[row.person_id] = row.account_id
        return sorted(readers.values())

    async def load_contacts(self, account_ids: Sequence[int]) -> dict[int, ModeratorContact]:
        """Return these accounts with their persons, by account id."""
        if not account_ids:
            return {}
        wanted = {"account_ids": sorted(set(account_ids))}
        rows = self._connection.execute(_SELECT_ACCOUNTS, wanted).all()
        return {row.account_id: await self._build_contact(row) for row in rows}

    async def _build_contact(self, row: Row[Any]) -> ModeratorContact:
        known = await PeopleQueries(self._connection).load_people_settings([row.person_id])
        account = Account(row.platform, row.tenant, row.native)
        return ModeratorContact(known.build_person_from_row(row), account)
