"""The scheduler: due posts enter the ledger once, in one transaction for each cohort.

A tick costs only due posts, however many cohorts there are. A cohort with a bug is logged and stops
no other.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from bot.chat.errors import DatabaseUnavailableError
from bot.clock import Clock, compute_zone_data_digest
from bot.group.member import Person
from bot.host.failures import FailureLog
from bot.post import PostRegistry
from bot.store import Store, Tx
from bot.views.notices import build_restore_notice

log = logging.getLogger(__name__)

# A space may be left by mistake: until then, inviting the bot again brings everything back.
LEFT_SPACE_RETENTION = timedelta(days=30)
ANSWER_RETENTION = timedelta(days=2)  # no platform repeats an interaction later
DRAFT_RETENTION = timedelta(days=7)  # for an announcement nobody has agreed to


@dataclass(frozen=True, slots=True)
class Retention:
    """How long data is kept that nobody uses any more; None for ever.

    `cohorts`: after a cohort's last day. `people`: after the last sign of somebody who has neither
    a seat nor a right.
    """

    cohorts: timedelta | None = None
    people: timedelta | None = None


KEEP_EVERYTHING = Retention()

DueScope = Literal["cohort", "members", "recalls", "news"]
"""Home posts follow the cohort's clock, private ones each member's own, questions a person's.

News have no clock: something has happened in a cohort.
"""


RECOMPUTATION = "recomputation"  # the mark that tells how far it has come; empty when it is done
TOGETHER = 8  # cohorts whose posts are entered at once on SQLite, where they share a commit
SLICE = 100  # cohorts


@dataclass(frozen=True, slots=True)
class Recomputation:
    """How far the schedule is computed again: cohorts up to the id `done_to`."""

    done_to: int
    began_at: datetime
    has_new_kinds: bool

    def format_mark(self) -> str:
        return f"{self.done_to} {int(self.has_new_kinds)} {self.began_at.isoformat()}"


def parse_recomputation(mark: str) -> Recomputation:
    """Return what `format_mark` wrote."""
    done_to, new_kinds, began_at = mark.split(" ", 2)
    return Recomputation(int(done_to), datetime.fromisoformat(began_at), new_kinds == "1")


class PostScheduler:
    """Enters the posts of due cohorts and members in the ledger."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        repeats: FailureLog | None = None,
        retention: Retention = KEEP_EVERYTHING,
    ) -> None:
        self._store = store
        self._retention = retention
        self._clock = clock
        self._failures = repeats or FailureLog(log)
        self._is_recomputing = False
        # On Postgres each has a commit of its own, and eight at once would hold the letters up.
        self._together = TOGETHER if store.is_exclusive else 1

    async def prepare_schedule(self) -> None:
        """Have the schedule computed again after a change in post kinds or zone data.

        Due times are only a cache, so a start with new rules drops them, in slices beside what is
        due (`schedule_due_posts`). A start that is cut short goes on where it was.
        """
        await self._store.run(self._record_copy_gap)
        self._is_recomputing = await self._store.run(self._begin_recomputation)

    async def _begin_recomputation(self, tx: Tx) -> bool:
        """Note what is to be computed again, if anything; return True if something is."""
        changed = await _find_changed_digests(tx, self._store.post_kinds)
        if not changed:
            return bool(await tx.answers.load_mark(RECOMPUTATION))
        for name, digest in changed.items():
            await tx.answers.save_mark(name, digest)
        beginning = Recomputation(0, self._clock.now(), "kinds" in changed)
        await tx.answers.save_mark(RECOMPUTATION, beginning.format_mark())
        return True

    async def _recompute_slice(self, tx: Tx, due_ids: Collection[int]) -> bool:
        """Have the next cohorts, and these, looked at again; return False after the last one."""
        mark = await tx.answers.load_mark(RECOMPUTATION)
        if not mark:
            return False
        progress = parse_recomputation(mark)
        cohort_ids = await tx.schedule.list_ticking_cohort_ids(progress.done_to, SLICE)
        # By the instant of the start: posts of a new kind count from there in every slice.
        await tx.schedule.reset_due_times(
            sorted({*cohort_ids, *due_ids}), progress.began_at, new_kinds=progress.has_new_kinds
        )
        next_mark = ""
        if cohort_ids:
            next_mark = replace(progress, done_to=cohort_ids[-1]).format_mark()
        await tx.answers.save_mark(RECOMPUTATION, next_mark)
        return bool(cohort_ids)

    async def _record_copy_gap(self, tx: Tx) -> None:
        """Mark the days a restored copy knows nothing of, and tell the groups.

        Letters due in those days may have been sent: they are looked for first.
        """
        now, copied = self._clock.now(), await tx.gaps.pop_copy_mark()
        if copied is None:
            return
        await tx.gaps.record_gap(copied.at, now)
        log.warning(
            "the database is a copy of %s: posts due since then are looked for before they are sent",
            copied.at,
        )
        if copied.is_told:
            await self._announce_restore(tx, copied.at, now)

    async def _announce_restore(self, tx: Tx, copied_at: datetime, now: datetime) -> None:
        for cohort in await tx.cohorts.list_active_cohorts():
            homes = await tx.cohorts.list_homes(cohort.id)
            notice = build_restore_notice(copied_at, cohort)
            await tx.ledger.enter_announcement(cohort, "restored/1", notice, homes, now)

    async def schedule_due_posts(self) -> None:
        """Enter everything due now. Raises `DatabaseUnavailableError`."""
        broken: set[tuple[DueScope, int]] = set()
        # Entering posts sets the next due time, which may have passed already: after a long stop,
        # the same cohort is due again at once.
        while True:
            now = self._clock.now()
            due = await self._list_due(now) - broken
            if self._is_recomputing:
                # What is due comes first, and has its dates computed again before it is entered.
                await self._recompute(_list_cohort_ids(due))
            elif not due:
                return
            waiting = sorted(due)
            for start in range(0, len(waiting), self._together):
                broken |= await self._enter_posts_together(
                    waiting[start : start + self._together], now
                )

    async def _recompute(self, due_ids: Collection[int]) -> None:
        self._is_recomputing = await self._store.run(lambda tx: self._recompute_slice(tx, due_ids))

    async def _list_due(self, now: datetime) -> set[tuple[DueScope, int]]:
        ids = await self._store.run(lambda tx: tx.schedule.list_due_ids(now), write=False)
        due: set[tuple[DueScope, int]] = set()
        for cohort_id in ids.cohorts:
            due.add(("cohort", cohort_id))
        for cohort_id in ids.members:
            due.add(("members", cohort_id))
        for account_id in ids.recalls:
            due.add(("recalls", account_id))
        for cohort_id in ids.news:
            due.add(("news", cohort_id))
        return due

    async def _enter_posts_together(
        self, due: Sequence[tuple[DueScope, int]], now: datetime
    ) -> set[tuple[DueScope, int]]:
        """Enter what is due at a few of these, and return those where a bug was met."""
        works = [self._enter_due_posts(scope, due_id, now) for scope, due_id in due]
        # All of them end before an error goes on: none is left running behind it.
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        broken = set()
        for key, outcome in zip(due, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            if not outcome:
                broken.add(key)
        return broken

    async def _enter_due_posts(self, scope: DueScope, due_id: int, now: datetime) -> bool:
        """Enter the due posts of a cohort, or the question to the person behind an account.

        Return False after a bug, which is logged.
        """
        try:
            if scope == "cohort":
                await self._store.run(lambda tx: tx.schedule.enter_cohort_posts(due_id, now))
            elif scope == "members":
                await self._store.run(lambda tx: tx.schedule.enter_member_posts(due_id, now))
            elif scope == "news":
                await self._store.run(lambda tx: tx.schedule.enter_news_posts(due_id, now))
            else:
                await self._store.run(
                    lambda tx: tx.recall_schedule.enter_due_questions(due_id, now)
                )
        except DatabaseUnavailableError:
            # There is no use in asking for the next cohort.
            raise
        except Exception as bug:
            # A door: one cohort's odd data must not silence all others.
            owner = "account" if scope == "recalls" else "cohort"
            sentence = f"the {scope} of {owner} {due_id} could not be looked at"
            self._failures.log_failure(sentence, sentence, error=bug)
            return False
        return True

    async def find_next_moment(self) -> datetime | None:
        """Return the next instant with anything due, or None. It has come if anything is due now."""
        now = self._clock.now()
        return await self._store.run(lambda tx: tx.schedule.find_next_due(now), write=False)

    def has_come(self, moment: datetime | None) -> bool:
        """Tell if there is anything to do now, by what `find_next_moment` has returned.

        While the schedule is computed again, there always is.
        """
        return self._is_recomputing or (moment is not None and moment <= self._clock.now())

    async def delete_expired_data(self) -> None:
        """Delete old answers, drafts, secrets, codes and imports, and what is kept no longer."""
        now = self._clock.now()
        await self._store.run(lambda tx: _delete_expired_rows(tx, now))
        # Apart from the rest, because erasing a large space takes long.
        erased = await self._store.run(
            lambda tx: tx.spaces.erase_old_spaces(now - LEFT_SPACE_RETENTION)
        )
        if erased:
            log.info("%d spaces were erased, thirty days after the bot had left them", erased)
        await self._delete_unneeded_data(now)

    async def _delete_unneeded_data(self, now: datetime) -> None:
        """Delete what the operator wants kept no longer, each person in a transaction of their own."""
        cohort_age, people_age = self._retention.cohorts, self._retention.people
        if cohort_age is not None:
            before = (now - cohort_age).date()
            count = await self._store.run(
                lambda tx: tx.retention.delete_finished_cohorts(now, before)
            )
            if count:
                log.info("%d finished cohorts were deleted, as KEEP_COHORTS_DAYS says", count)
        if people_age is None:
            return
        since = now - people_age
        unneeded = await self._store.run(
            lambda tx: tx.retention.list_unneeded_people(since), write=False
        )
        for person in unneeded:
            await self._store.run(partial(_erase_if_unneeded, person=person, since=since, now=now))
        if unneeded:
            log.info("%d people were erased, as KEEP_PEOPLE_DAYS says", len(unneeded))


async def _erase_if_unneeded(tx: Tx, person: Person, since: datetime, now: datetime) -> None:
    await tx.personal.lock_accounts(person)
    # Asked again under the lock: they may have come back in between.
    unneeded = await tx.retention.list_unneeded_people(since)
    if any(other.id == person.id for other in unneeded):
        await tx.personal.erase_person(person, now)


def _list_cohort_ids(due: Collection[tuple[DueScope, int]]) -> set[int]:
    return {due_id for scope, due_id in due if scope != "recalls"}


async def _delete_expired_rows(tx: Tx, now: datetime) -> None:
    await tx.answers.delete_old_answers(now - ANSWER_RETENTION)
    await tx.answers.delete_expired_drafts(now)
    await tx.secrets.delete_expired_secrets(now)
    await tx.bulletins.delete_old_drafts(now - DRAFT_RETENTION)
    await tx.codes.delete_expired_codes(now)
    await tx.roadmaps.delete_expired_imports(now)


async def _find_changed_digests(tx: Tx, post_kinds: PostRegistry) -> dict[str, str]:
    changed = {}
    for name, digest in _compute_schedule_digests(post_kinds).items():
        if await tx.answers.load_mark(name) != digest:
            changed[name] = digest
    return changed


def _compute_schedule_digests(post_kinds: PostRegistry) -> dict[str, str]:
    """Return digests of everything the schedule is computed from, by name."""
    rows = [f"{kind.name} {kind.days} {kind.scope}" for kind in post_kinds.kinds.values()]
    return {
        "zone data": compute_zone_data_digest(),
        "kinds": hashlib.sha256("\n".join(rows).encode()).hexdigest(),
    }
