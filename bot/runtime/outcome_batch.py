"""What becomes of letters, written to the ledger many at a time.

Whoever finds nobody writing writes for all that wait: while one batch is written, the next one
gathers. So a letter waits no longer than for the batch before its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from bot.chat.errors import DatabaseUnavailableError
from bot.store import Store, Tx, TxWork, retry_while_unavailable
from bot.store.ledger import Letter, LetterChange
from bot.store.members import MemberContact

Result = TypeVar("Result")

MAX_WRITTEN_TOGETHER = 50


class LetterEnding:
    """A change that waits to be written, with what else its delivery has learned.

    `is_reached`: whether the private message arrived, None for all others.
    `seen`: its member, if the platform has just said that they are there.
    `is_ours`: None until it is written, then False if the lease was lost.
    """

    def __init__(
        self,
        change: LetterChange,
        now: datetime,
        is_reached: bool | None = None,
        seen: MemberContact | None = None,
    ) -> None:
        self.change = change
        self.now = now
        self.is_reached = is_reached
        self.seen = seen
        self.is_ours: bool | None = None
        self.error: Exception | None = None

    @property
    def is_written(self) -> bool:
        return self.is_ours is not None or self.error is not None


class OutcomeBatch:
    """Writes outcomes, however long the database is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[LetterEnding] = deque()
        self._turn = asyncio.Lock()
        self._batch_ended = asyncio.Event()
        self._unwritten = 0

    @property
    def has_unwritten(self) -> bool:
        """Tell if outcomes wait for the database."""
        return self._unwritten > 0

    async def write_ending(self, ending: LetterEnding) -> bool:
        """Write what becomes of a letter, with the others that wait.

        Returns False if the lease was lost: then nothing was written.
        """
        self._waiting.append(ending)
        while not ending.is_written:
            if self._turn.locked():
                await self._batch_ended.wait()
                continue
            async with self._turn:
                # Those that end at the same moment come along.
                await asyncio.sleep(0)
                await self._write_waiting()
        if ending.error is not None:
            raise ending.error
        return bool(ending.is_ours)

    async def _write_waiting(self) -> None:
        batch: list[LetterEnding] = []
        while self._waiting and len(batch) < MAX_WRITTEN_TOGETHER:
            batch.append(self._waiting.popleft())
        try:
            if batch:
                await self._write_batch(batch)
        finally:
            # Cancelled in the middle of it: one of those that still wait writes for all.
            self._waiting.extendleft(ending for ending in reversed(batch) if not ending.is_written)
            # All of them go on in the same turn of the loop, so that their slots are free together.
            ended, self._batch_ended = self._batch_ended, asyncio.Event()
            ended.set()

    async def _write_batch(self, batch: Sequence[LetterEnding]) -> None:
        try:
            held = await self.write(lambda tx: write_endings(tx, batch))
        except Exception as error:
            # A door: one that cannot be written must not take the others with it.
            if len(batch) == 1:
                batch[0].error = error
                return
            for ending in batch:
                await self._write_batch([ending])
            return
        for ending in batch:
            ending.is_ours = ending.change.fence in held

    async def write(self, work: TxWork[Result]) -> Result:
        """Run a write, and repeat it while the database is away.

        Only this process knows the outcome.
        A second run changes nothing: each names its try, and the first run has ended that one.
        """
        try:
            return await self._store.run(work)
        except DatabaseUnavailableError:
            self._unwritten += 1
        try:
            return await retry_while_unavailable(lambda: self._store.run(work))
        finally:
            self._unwritten -= 1


async def write_endings(tx: Tx, endings: Sequence[LetterEnding]) -> frozenset[tuple[int, int]]:
    """Write changes in a transaction; return the fences of those whose lease was not lost."""
    held = await tx.ledger.write_letter_changes([ending.change for ending in endings])
    seen = [ending.seen for ending in endings if ending.seen is not None]
    await tx.members.record_members_present(seen, endings[0].now)
    reached, refused = [], []
    for ending in endings:
        # After a lost lease the next sender has found what we sent, and tells the rest.
        if ending.is_reached is None or ending.change.fence not in held:
            continue
        if ending.is_reached:
            reached.append(ending.change.letter)
        else:
            refused.append(ending.change.letter)
    await tx.deliveries.record_private_deliveries(
        _list_member_ids(reached), _list_member_ids(refused), endings[0].now
    )
    await tx.deliveries.record_account_deliveries(
        _list_account_ids(reached), _list_account_ids(refused), endings[0].now
    )
    return held


def _list_member_ids(letters: Sequence[Letter]) -> list[int]:
    return [letter.member_id for letter in letters if letter.member_id]


def _list_account_ids(letters: Sequence[Letter]) -> list[int]:
    return [letter.account_id for letter in letters if letter.account_id]
