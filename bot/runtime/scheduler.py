"""Time passing: what fell due goes to the ledger, once, in one transaction for each cohort.

A tick costs what is due, not what exists; a cohort that cannot be looked at is logged and stops nobody else.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.chat.errors import DatabaseUnavailableError
from bot.clock import Clock, compute_zone_data_digest
from bot.host.failures import FailureLog
from bot.post import PostRegistry
from bot.store import Store, Tx
from bot.views.notices import build_restore_notice

log = logging.getLogger(__name__)

SPACES_KEPT = timedelta(
    days=30
)  # how long a space is kept that the bot has left: it may be invited again
REMEMBERED = timedelta(days=2)  # how long answers to interactions are kept


class PostScheduler:
    """Takes the cohorts and members whose moment has come, and enters their posts."""

    def __init__(self, store: Store, clock: Clock, repeats: FailureLog | None = None) -> None:
        self._store = store
        self._clock = clock
        self._repeats = repeats or FailureLog(log)

    async def prepare_schedule(self) -> None:
        """Have the schedule computed again if the kinds of posts or the zone data have changed since the last start."""
        async with self._store.transaction() as tx:
            await self._record_copy_gap(tx)
        async with self._store.transaction() as tx:
            changed = {
                name: mark
                for name, mark in _compute_schedule_digests(self._store.post_kinds).items()
                if await tx.answers.load_mark(name) != mark
            }
            if changed:
                await tx.schedule.reset_due_times(self._clock.now(), new_kinds="kinds" in changed)
            for name, mark in changed.items():
                await tx.answers.save_mark(name, mark)

    async def _record_copy_gap(self, tx: Tx) -> None:
        """Where the database is a copy that was put in place, doubt what it cannot know, and tell the groups."""
        now, copied = self._clock.now(), await tx.gaps.pop_copy_mark()
        if copied is None:
            return
        await tx.gaps.record_gap(copied.at, now)
        log.warning(
            "the database is a copy of %s: what fell due since then is looked for before it is sent",
            copied.at,
        )
        if copied.is_told:
            for cohort in await tx.cohorts.list_active_cohorts():
                homes = await tx.cohorts.list_homes(cohort.id)
                await tx.ledger.enter_announcement(
                    cohort, "restored/1", build_restore_notice(copied.at, cohort), homes, now
                )

    async def schedule_due_posts(self) -> None:
        """Enter everything that is due now. Raises `DatabaseAway`."""
        broken: set[tuple[str, int]] = set()
        while True:
            now = self._clock.now()
            async with self._store.transaction(write=False) as tx:
                cohorts, members = await tx.schedule.list_due_cohort_ids(now)
            todo = {("cohort", one) for one in cohorts} | {("members", one) for one in members}
            if not todo - broken:
                return
            for what, cohort_id in sorted(todo - broken):
                if not await self._enter_posts_of_cohort(what, cohort_id, now):
                    broken.add((what, cohort_id))

    async def _enter_posts_of_cohort(self, what: str, cohort_id: int, now: datetime) -> bool:
        look: Callable[[Tx], Awaitable[object]] = (
            (lambda tx: tx.schedule.enter_cohort_posts(cohort_id, now))
            if what == "cohort"
            else (lambda tx: tx.schedule.enter_member_posts(cohort_id, now))
        )
        try:
            async with self._store.transaction() as tx:
                await look(tx)
        except DatabaseUnavailableError:
            raise  # there is no use in asking for the next one
        except Exception as bug:
            sentence = f"the {what} of cohort {cohort_id} could not be looked at"
            self._repeats.log_failure(sentence, sentence, error=bug)
            return False
        return True

    async def find_next_moment(self) -> datetime | None:
        """The next instant at which anything falls due."""
        async with self._store.transaction(write=False) as tx:
            return await tx.schedule.find_next_due()

    async def delete_expired_data(self) -> None:
        """Let go of what is no longer needed."""
        async with self._store.transaction() as tx:
            await tx.answers.delete_old_answers(self._clock.now() - REMEMBERED)
            await tx.answers.delete_expired_drafts(self._clock.now())
            await tx.secrets.delete_expired_secrets(self._clock.now())
            await tx.codes.delete_expired_codes(self._clock.now())
            await tx.roadmaps.delete_expired_imports(self._clock.now())
        async with self._store.transaction() as tx:
            if erased := await tx.spaces.erase_old_spaces(self._clock.now() - SPACES_KEPT):
                log.info("%d spaces were erased, thirty days after the bot had left them", erased)


def _compute_schedule_digests(post_kinds: PostRegistry) -> dict[str, str]:
    known = "\n".join(f"{kind.name} {kind.days} {kind.scope}" for kind in post_kinds.kinds.values())
    return {
        "zone data": compute_zone_data_digest(),
        "kinds": hashlib.sha256(known.encode()).hexdigest(),
    }
