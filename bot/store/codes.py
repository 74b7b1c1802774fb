"""One-time codes, of which only hashes are kept, and the wrong ones that somebody has tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

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
from bot.store.tables import accounts, codes, guesses


class CodeQueries:
    """Queries about one-time codes. `issued`: this transaction has made one, so what is said of it must not be kept."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.has_issued_code = False

    async def create_code(self, person: Person, cohort_id: int | None, now: datetime) -> str:
        """A new code, for a person's account or for a cohort, in place of the one of that kind this account had."""
        code = make_code()
        same_kind = (
            codes.c.cohort_id.is_(None) if cohort_id is None else codes.c.cohort_id.is_not(None)
        )
        await self._connection.execute(
            codes.delete().where(codes.c.account_id == person.account_id, same_kind)
        )
        row = {
            "hash": hash_code(code),
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "at": now,
        }
        await self._connection.execute(codes.insert().values(row))
        self.has_issued_code = True
        return code

    async def redeem_code(
        self, person: Person, typed: str, kind: CodeKind, now: datetime, *, is_trial: bool = False
    ) -> CodeRedemption | CodeRejection:
        """Use a code up or, as a trial, only look what it is for; a wrong one counts as a guess all the same.

        Of several who say it at once, one is right; a rolled back transaction leaves it as it was.

        The accounts of both persons stay locked until the transaction ends. Whoever was wrong `GUESSES` times within
        `WITHIN` has to wait, with whatever they type.
        """
        found = await self._find_code(typed)
        await self._lock_accounts(person.account_id, *([found.account_id] if found else []))
        if (until := await self._find_lockout_end(person, now)) is not None:
            here = format_moment(
                until, load_zone(person.zone or "UTC"), has_day=False, has_zone_name=not person.zone
            )
            return CodeRejection(f"Those were too many wrong codes: you can try again at {here}.")
        if found is not None and found.at > now - LIVES:
            if (found.cohort_id is None) != (kind == "person"):
                return reject_other_kind(kind)
            account = Account(found.platform, found.tenant, found.native)
            redeemed = CodeRedemption(account, found.cohort_id, found.name, found.account_id)
            if is_trial:
                return redeemed
            used = codes.delete().where(codes.c.hash == found.hash).returning(codes.c.hash)
            if (await self._connection.execute(used)).first() is not None:
                return redeemed
        await self._connection.execute(
            guesses.insert().values(account_id=person.account_id, at=now)
        )
        return reject_unknown_code(kind)

    async def _find_code(self, typed: str) -> Row[tuple[object, ...]] | None:
        if (hashed := hash_code(typed)) is None:
            return None
        named = (accounts.c.platform, accounts.c.tenant, accounts.c.native, accounts.c.name)
        asked = select(codes, *named).join(accounts, accounts.c.id == codes.c.account_id)
        return (await self._connection.execute(asked.where(codes.c.hash == hashed))).first()

    async def _lock_accounts(self, *account_ids: int) -> None:
        """Lock every account of these accounts' persons, in one order: nobody joins, parts or guesses for them meanwhile."""
        persons = select(accounts.c.person_id).where(accounts.c.id.in_(account_ids))
        theirs = (
            select(accounts.c.id).where(accounts.c.person_id.in_(persons)).order_by(accounts.c.id)
        )
        await self._connection.execute(theirs.with_for_update(key_share=True))

    async def _find_lockout_end(self, person: Person, now: datetime) -> datetime | None:
        asked = select(guesses.c.at).where(
            guesses.c.account_id == person.account_id, guesses.c.at > now - WITHIN
        )
        return find_retry_time(list((await self._connection.execute(asked)).scalars()))

    async def delete_expired_codes(self, now: datetime) -> None:
        """Let go of codes nobody used in time, and of guesses that no longer count."""
        await self._connection.execute(codes.delete().where(codes.c.at <= now - LIVES))
        await self._connection.execute(guesses.delete().where(guesses.c.at <= now - WITHIN))
