"""Time passing: what fell due goes to the ledger, once, in one transaction for each cohort.

A tick costs what is due, not what exists; a cohort that cannot be looked at is logged and stops nobody else.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.chat.errors import DatabaseAway
from bot.clock import Clock, zone_data_digest
from bot.host.failures import Repeats
from bot.post import kinds
from bot.store import Store, Tx
from bot.views.notices import restoration

log = logging.getLogger(__name__)

SPACES_KEPT = timedelta(
    days=30
)  # how long a space is kept that the bot has left: it may be invited again
REMEMBERED = timedelta(days=2)  # how long answers to interactions are kept


class Clockwork:
    """Takes the cohorts and members whose moment has come, and enters their posts."""

    def __init__(self, store: Store, clock: Clock, repeats: Repeats | None = None) -> None:
        self._store = store
        self._clock = clock
        self._repeats = repeats or Repeats(log)

    async def begin(self) -> None:
        """Have the schedule computed again if the kinds of posts or the zone data have changed since the last start."""
        async with self._store.begin() as tx:
            await self._note_gap(tx)
        async with self._store.begin() as tx:
            changed = {
                name: mark
                for name, mark in _fingerprints().items()
                if await tx.answers.mark(name) != mark
            }
            if changed:
                await tx.schedule.compute_again(self._clock.now(), new_kinds="kinds" in changed)
            for name, mark in changed.items():
                await tx.answers.set_mark(name, mark)

    async def _note_gap(self, tx: Tx) -> None:
        """Where the database is a copy that was put in place, doubt what it cannot know, and tell the groups."""
        now, copied = self._clock.now(), await tx.gaps.take_mark()
        if copied is None:
            return
        await tx.gaps.open(copied.at, now)
        log.warning(
            "the database is a copy of %s: what fell due since then is looked for before it is sent",
            copied.at,
        )
        if copied.is_told:
            for cohort in await tx.cohorts.list_active():
                homes = await tx.cohorts.homes(cohort.id)
                await tx.ledger.announce(
                    cohort, "restored/1", restoration(copied.at, cohort), homes, now
                )

    async def tick(self) -> None:
        """Enter everything that is due now. Raises `DatabaseAway`."""
        broken: set[tuple[str, int]] = set()
        while True:
            now = self._clock.now()
            async with self._store.begin(write=False) as tx:
                cohorts, members = await tx.schedule.due(now)
            todo = {("cohort", one) for one in cohorts} | {("members", one) for one in members}
            if not todo - broken:
                return
            for what, cohort_id in sorted(todo - broken):
                if not await self._look(what, cohort_id, now):
                    broken.add((what, cohort_id))

    async def _look(self, what: str, cohort_id: int, now: datetime) -> bool:
        look: Callable[[Tx], Awaitable[object]] = (
            (lambda tx: tx.schedule.look(cohort_id, now))
            if what == "cohort"
            else (lambda tx: tx.schedule.look_at_members(cohort_id, now))
        )
        try:
            async with self._store.begin() as tx:
                await look(tx)
        except DatabaseAway:
            raise  # there is no use in asking for the next one
        except Exception as bug:
            sentence = f"the {what} of cohort {cohort_id} could not be looked at"
            self._repeats.tell(sentence, sentence, error=bug)
            return False
        return True

    async def next_due(self) -> datetime | None:
        """The next instant at which anything falls due."""
        async with self._store.begin(write=False) as tx:
            return await tx.schedule.next_due()

    async def tidy(self) -> None:
        """Let go of what is no longer needed."""
        async with self._store.begin() as tx:
            await tx.answers.forget(self._clock.now() - REMEMBERED)
            await tx.answers.drop_drafts(self._clock.now())
            await tx.secrets.tidy(self._clock.now())
            await tx.codes.tidy(self._clock.now())
            await tx.roadmaps.tidy(self._clock.now())
        async with self._store.begin() as tx:
            if erased := await tx.spaces.erase(self._clock.now() - SPACES_KEPT):
                log.info("%d spaces were erased, thirty days after the bot had left them", erased)


def _fingerprints() -> dict[str, str]:
    known = "\n".join(f"{kind.name} {kind.when} {kind.scope}" for kind in kinds().values())
    return {"zone data": zone_data_digest(), "kinds": hashlib.sha256(known.encode()).hexdigest()}
