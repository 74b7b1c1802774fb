"""One-time codes, kept only by their hashes, and the wrong codes somebody has tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.chat.address import Account
from bot.chat.message import format_moment
from bot.group.codes import (
    LIVES,
    WITHIN,
    CodeKind,
    CodeRedemption,
    CodeRejection,
    find_retry_time,
    hash_code,
    make_code,
    reject_other_kind,
    reject_unknown_code,
)
from bot.group.member import Person
from bot.group.zones import load_zone
from bot.store.connection import TxConnection
from bot.store.tables import accounts, codes, guesses

_OWN_CODES = codes.delete().where(codes.c.account_id == bindparam("account_id"))
_DELETE_COHORT_CODES = _OWN_CODES.where(codes.c.cohort_id.is_not(None))
_DELETE_PERSON_CODES = _OWN_CODES.where(codes.c.cohort_id.is_(None))
_INSERT_CODE = codes.insert()
_SELECT_CODE = (
    select(codes, accounts.c.platform, accounts.c.tenant, accounts.c.native, accounts.c.name)
    .join(accounts, accounts.c.id == codes.c.account_id)
    .where(codes.c.hash == bindparam("hash"))
)
_DELETE_CODE = codes.delete().where(codes.c.hash == bindparam("hash")).returning(codes.c.hash)
_DELETE_EXPIRED_CODES = codes.delete().where(codes.c.at <= bindparam("until"))

_THEIR_PERSON_IDS = select(accounts.c.person_id).where(
    accounts.c.id.in_(bindparam("account_ids", expanding=True))
)
# One order for all: two people who redeem each other's codes do not wait for each other.
# The key is left alone (FOR NO KEY UPDATE), so rows that refer to an account, ticks for
# instance, can still be inserted.
_LOCK_ACCOUNTS = (
    select(accounts.c.id)
    .where(accounts.c.person_id.in_(_THEIR_PERSON_IDS))
    .order_by(accounts.c.id)
    .with_for_update(key_share=True)
)

_INSERT_GUESS = guesses.insert()
_SELECT_GUESSES = select(guesses.c.at).where(
    guesses.c.account_id == bindparam("account_id"), guesses.c.at > bindparam("after")
)
_DELETE_OLD_GUESSES = guesses.delete().where(guesses.c.at <= bindparam("until"))


class CodeQueries:
    """Queries about one-time codes.

    `has_issued_code`: this transaction has made one, so its answer must not be stored.
    """

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection
        self.has_issued_code = False

    async def create_code(self, person: Person, cohort_id: int | None, now: datetime) -> str:
        """Return a new code for a cohort or, without one, for a person's account.

        It replaces the code for the same use this account had.
        """
        removal = _DELETE_PERSON_CODES if cohort_id is None else _DELETE_COHORT_CODES
        self._connection.execute(removal, {"account_id": person.account_id})
        code = make_code()
        row = {
            "hash": hash_code(code),
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "at": now,
        }
        self._connection.execute(_INSERT_CODE, row)
        self.has_issued_code = True
        return code

    async def redeem_code(
        self, person: Person, typed: str, kind: CodeKind, now: datetime, *, is_trial: bool = False
    ) -> CodeRedemption | CodeRejection:
        """Use a code up and return its meaning, or a rejection.

        As a trial, a right code stays usable; a wrong one counts as a guess all the same.
        If several people send it at once, one of them is right.
        Locks the accounts of both persons until the transaction ends.
        After `GUESSES` wrong codes within `WITHIN` every code is rejected, right or wrong.
        """
        row = await self._find_code(typed)
        account_ids = [person.account_id]
        if row is not None:
            account_ids.append(row.account_id)
        # The lock comes before the guesses are counted, or many guesses sent at once would all
        # be counted as the first.
        await self._lock_accounts(account_ids)
        if (until := await self._find_lockout_end(person, now)) is not None:
            return _reject_locked_out(person, until)
        if row is not None and row.at > now - LIVES:
            # A code for another use is no guess: whoever has it was given it.
            if (row.cohort_id is None) != (kind == "person"):
                return reject_other_kind(kind)
            # A trial leaves the code. Otherwise the deletion decides: it was read before the
            # lock, and somebody else may have used it up since.
            if is_trial or await self._delete_code(row.hash):
                return _build_redemption(row)
        # The rejection is returned and not raised: an error would roll this guess back.
        guess = {"account_id": person.account_id, "at": now}
        self._connection.execute(_INSERT_GUESS, guess)
        return reject_unknown_code(kind)

    async def _find_code(self, typed: str) -> Row[Any] | None:
        if (hashed := hash_code(typed)) is None:
            return None
        return self._connection.execute(_SELECT_CODE, {"hash": hashed}).first()

    async def _delete_code(self, hashed: str) -> bool:
        return self._connection.execute(_DELETE_CODE, {"hash": hashed}).first() is not None

    async def _lock_accounts(self, account_ids: list[int]) -> None:
        """Lock every account these accounts' persons have, by id.

        Until the transaction ends nobody links, parts or guesses for them.
        """
        self._connection.execute(_LOCK_ACCOUNTS, {"account_ids": account_ids})

    async def _find_lockout_end(self, person: Person, now: datetime) -> datetime | None:
        wanted = {"account_id": person.account_id, "after": now - WITHIN}
        return find_retry_time(list(self._connection.execute(_SELECT_GUESSES, wanted).scalars()))

    async def delete_expired_codes(self, now: datetime) -> None:
        """Delete codes nobody used in time, and guesses that no longer count."""
        self._connection.execute(_DELETE_EXPIRED_CODES, {"until": now - LIVES})
        self._connection.execute(_DELETE_OLD_GUESSES, {"until": now - WITHIN})


def _build_redemption(row: Row[Any]) -> CodeRedemption:
    account = Account(row.platform, row.tenant, row.native)
    return CodeRedemption(account, row.cohort_id, row.name, row.account_id)


def _reject_locked_out(person: Person, until: datetime) -> CodeRejection:
    zone = load_zone(person.zone or "UTC")
    # The zone is named only if it is not the person's own.
    retry_at = format_moment(until, zone, has_day=False, has_zone_name=not person.zone)
    return CodeRejection(f"You tried too many wrong codes: try again at {retry_at}.")
