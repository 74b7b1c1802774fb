"""Erased persons whom the platforms are still to forget.

Each is a mark, stored with the erasure and deleted once the platforms have been told. So it is
there after a crash, and gone within moments otherwise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.chat.address import Account
from bot.store.answers import AnswerQueries
from bot.store.connection import TxConnection
from bot.store.tables import marks

_PREFIX = "erased."
_DIGEST = 30  # characters: a mark's name has forty

_SELECT_ERASURES = (
    select(marks.c.value)
    .where(marks.c.name.startswith(_PREFIX, autoescape=True))
    .order_by(marks.c.name)
)
_DELETE_ERASURE = marks.delete().where(marks.c.name == bindparam("mark"))


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """A person whose rows are gone, for the platforms that keep something themselves."""

    accounts: Sequence[Account]
    names: Sequence[str]

    @property
    def mark(self) -> str:
        """The name of the mark: the same for the same accounts."""
        natives = [f"{own.platform} {own.tenant} {own.native}" for own in self.accounts]
        digest = hashlib.sha256("\n".join(sorted(natives)).encode()).hexdigest()
        return f"{_PREFIX}{digest[:_DIGEST]}"


class ErasureQueries:
    """Queries about erasures that the platforms do not know of yet."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def save_erasure(self, erased: ErasedPerson) -> None:
        """Note whom the platforms are to forget."""
        accounts = [[own.platform, own.tenant, own.native] for own in erased.accounts]
        value = json.dumps({"accounts": accounts, "names": list(erased.names)})
        await AnswerQueries(self._connection).save_mark(erased.mark, value)

    async def list_erasures(self) -> Sequence[ErasedPerson]:
        """Return whom the platforms are still to forget."""
        erasures = []
        for value in self._connection.execute(_SELECT_ERASURES).scalars():
            known = json.loads(value)
            accounts = [Account(*parts) for parts in known["accounts"]]
            erasures.append(ErasedPerson(accounts, known["names"]))
        return erasures

    async def delete_erasure(self, erased: ErasedPerson) -> None:
        """Note that every platform has forgotten somebody."""
        self._connection.execute(_DELETE_ERASURE, {"mark": erased.mark})
