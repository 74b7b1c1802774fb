"""Roles on a platform kept equal to who is a member, and to who wants to be notified.

A role is claimed like a letter, and put right a few accounts at a time, with a pause in between.
Nobody lists who has a role: that would need the right to read all members. What was given and
taken is written down, and given again now and then. Every step may be repeated, so that nothing
is lost in a crash or an outage, and a lost step is made up for at the next look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from bot.chat.errors import DatabaseUnavailableError, RoleGone, SendError
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.cohort import Cohort
from bot.host.failures import FailureLog
from bot.runtime.back_off import compute_back_off
from bot.store import Store, Tx
from bot.store.role_requests import Role
from bot.store.roles import RoleChanges

log = logging.getLogger(__name__)

BATCH = 10  # accounts in one step
PAUSE = timedelta(seconds=10)  # between two steps, so that one account a second is changed
STEP_TIMEOUT = 60.0  # seconds, shorter than the lease
REFUSED_WAIT = timedelta(minutes=15)  # after a refusal, which a moderator may mend
AWAY_WAIT = timedelta(minutes=15)  # for a platform that is not connected


@dataclass(frozen=True, slots=True)
class RolePlan:
    """What a role needs now. `is_wanted`: it is to be there at all."""

    is_wanted: bool
    changes: RoleChanges = field(default_factory=RoleChanges)


@dataclass(slots=True)
class RoleStep:
    """What one step has done on the platform, to be written down."""

    taken: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


class RoleKeeper:
    """Puts claimed roles right, each in a task of its own."""

    def __init__(
        self, store: Store, clock: Clock, platforms: Mapping[str, Platform], failures: FailureLog
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._failures = failures

    async def keep_role(self, role: Role) -> None:
        """Put a claimed role right. Raises nothing."""
        try:
            await self._carry_out(role)
        except DatabaseUnavailableError:
            # It is claimed again when its lease has ended, and a second step changes nothing.
            log.info("the role %s waits for the database", role.name)
        except Exception as bug:
            # A door: one role's bug stops no letter and no other role.
            sentence = f"the role {role.name} could not be put right"
            self._failures.log_failure("role", sentence, error=bug, has_ticket=True)
            with suppress(DatabaseUnavailableError):
                await self._postpone(role, compute_back_off(role.tries))

    async def _carry_out(self, role: Role) -> None:
        platform = self._platforms.get(role.place.platform)
        if platform is None:
            return await self._postpone(role, AWAY_WAIT, role.trouble)
        plan = await self._store.run(lambda tx: self._plan_role(tx, role), write=False)
        step = RoleStep()
        try:
            async with asyncio.timeout(STEP_TIMEOUT):
                native = await self._take_step(platform, role, plan, step)
        except RoleGone:
            await self._end_gone_role(role)
        except TimeoutError:
            await self._record_step(role, step)
            await self._postpone(role, compute_back_off(role.tries))
        except SendError as error:
            await self._record_step(role, step)
            await self._handle_error(role, error)
        else:
            await self._end_step(role, plan, step, native)

    async def _plan_role(self, tx: Tx, role: Role) -> RolePlan:
        cohort = await tx.cohorts.load_cohort(role.cohort_id)
        if cohort is None or not await self._is_wanted(tx, role, cohort):
            return RolePlan(is_wanted=False)
        if role.state == "gone":
            return RolePlan(is_wanted=True)
        return RolePlan(True, await tx.roles.list_changes(role, cohort, self._clock.now(), BATCH))

    async def _is_wanted(self, tx: Tx, role: Role, cohort: Cohort) -> bool:
        if role.state == "dropped" or cohort.state == "archived":
            return False
        for home in await tx.cohorts.list_homes(cohort.id):
            place = home.place
            if (place.platform, place.space) == (role.place.platform, role.place.space):
                return role.purpose == "member" or await tx.notify.has_role_choice(home)
        return False

    # — on the platform —

    async def _take_step(
        self, platform: Platform, role: Role, plan: RolePlan, step: RoleStep
    ) -> str:
        """Make the next changes and return the role's id. Raises `SendError`."""
        if not plan.is_wanted:
            if role.native and role.state != "gone":
                await platform.delete_role(role.place, role.native)
            return ""
        if role.state == "gone":
            return role.native
        native = await platform.settle_role(role.place, role.name, role.native, role.made_at)
        if native is None:
            raise RoleGone
        if native != role.native:
            # Written down first: after a crash it is not made again.
            await self._store.run(lambda tx: tx.roles.save_native(role, native))
        for account in plan.changes.taken:
            await platform.take_role(role.place, native, account)
            step.taken.append(account)
        for account in (*plan.changes.given, *plan.changes.again):
            is_there = await platform.give_role(role.place, native, account)
            (step.given if is_there else step.absent).append(account)
        return native

    # — afterwards —

    async def _record_step(self, role: Role, step: RoleStep) -> None:
        now = self._clock.now()

        async def record(tx: Tx) -> None:
            await tx.roles.record_taken(role, step.taken)
            await tx.roles.record_holders(role, step.given, now, held=True)
            await tx.roles.record_holders(role, step.absent, now, held=False)
            await tx.roles.forget_others(role, now)

        await self._store.run(record)

    async def _end_step(self, role: Role, plan: RolePlan, step: RoleStep, native: str) -> None:
        now = self._clock.now()
        if not plan.is_wanted:
            log.info("the role %s is deleted", role.name)
            await self._store.run(lambda tx: tx.roles.delete_role(role, now))
            return
        await self._record_step(role, step)
        if role.trouble:
            await self._store.run(lambda tx: self._end_home_trouble(tx, role))
        if plan.changes.count < BATCH:
            await self._store.run(lambda tx: tx.roles.rest_role(role, now))
        else:
            await self._store.run(lambda tx: tx.roles.continue_role(role, now + PAUSE))

    async def _end_home_trouble(self, tx: Tx, role: Role) -> None:
        """Take the role's trouble out of what moderators read of its homes: it is over."""
        for home in await tx.cohorts.list_homes(role.cohort_id):
            if home.place.space == role.place.space and role.trouble in home.trouble:
                left = home.trouble.replace(role.trouble, "").strip()
                await tx.cohorts.save_home_trouble(home, left, self._clock.now())

    async def _end_gone_role(self, role: Role) -> None:
        log.info("the role %s was deleted by somebody, and stays deleted", role.name)
        await self._store.run(lambda tx: tx.roles.mark_gone(role, self._clock.now()))

    async def _handle_error(self, role: Role, error: SendError) -> None:
        log.info("the role %s waits: %s", role.name, error.reason)
        if error.permanent:
            return await self._postpone(role, REFUSED_WAIT, error.reason)
        await self._postpone(role, error.after or compute_back_off(role.tries), role.trouble)

    async def _postpone(self, role: Role, wait: timedelta, trouble: str = "") -> None:
        until = self._clock.now() + wait
        await self._store.run(lambda tx: tx.roles.postpone_role(role, until, trouble))
