"""The way in: a phrase → one transaction → one private answer.

An interaction delivered twice changes nothing and gets the same answer. A refusal, and a bug, leave nothing behind: the
person reads a sentence, and of a bug a number that the log knows.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from bot.command import Ask, Call, Command, Parsed, ask, commands, form_for, parse
from bot.message import Answer, Choice, Form, say
from bot.people import Caller, Person, Place, Refused
from bot.platform import Filled
from bot.roadmap import Roadmap
from bot.store import Store, Tx

log = logging.getLogger(__name__)

KNOCKS = 120  # characters of an interaction's id that are kept


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime: ...


class Dispatch:
    """The core, as platforms see it."""

    def __init__(self, store: Store, clock: Clock, roadmaps: Mapping[str, Roadmap]) -> None:
        self._store = store
        self._clock = clock
        self._roadmaps = roadmaps

    async def answer(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None = None, *, once: str
    ) -> Answer:
        """See `bot.platform.Core.answer`."""
        try:
            return await self._answer(caller, place, phrase, filled, once)
        except Refused as refused:
            return await self._again(caller, place, phrase, filled, refused)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: “%s” could not be answered", ticket, phrase[:200])
            return say(
                f"Something went wrong on my side and nothing was changed. Please tell whoever runs me the number `{ticket}`."
            )

    async def _answer(self, caller: Caller, place: Place, phrase: str, filled: Filled | None, once: str) -> Answer:
        parsed = parse(phrase, commands(), filled)
        command = parsed.command
        if command.moderators and not caller.moderator:
            raise Refused(
                f"Only moderators can say `{command.name}` here: ask one of them, or see `help` for what you can do."
            )
        if command.reads:
            async with self._store.begin(write=False) as tx:
                return await self._run(parsed, caller, place, await tx.people.known(caller), tx, filled is not None)
        async with self._store.begin() as tx:
            person = await tx.people.meet(caller, self._clock.now())
            key = _knock(caller, once)
            if not await tx.answers.claim(key, person.account_id, self._clock.now()):
                return await tx.answers.given(key, person.account_id) or say("That has been done already.")
            answer = await self._run(parsed, caller, place, person, tx, filled is not None)
            await tx.answers.keep(key, answer)
            return answer

    async def _run(
        self, parsed: Parsed, caller: Caller, place: Place, person: Person, tx: Tx, submitted: bool
    ) -> Answer:
        call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, parsed.given, submitted)
        try:
            if parsed.missing:
                return await self._ask_for_missing(parsed, call)
            return await parsed.command.run(call, **_arguments(parsed, call))
        except Ask as asked:
            return ask(parsed, asked.option, asked.sentence, asked.choices)

    async def _ask_for_missing(self, parsed: Parsed, call: Call) -> Answer:
        parsed.values(call.today)  # what was said must be right before more is asked
        suggested = await self._suggested(parsed.command, call)
        if len(parsed.missing) == 1 and (choices := suggested.get(parsed.missing[0].name)):
            missing = parsed.missing[0]
            return ask(parsed, missing.name, missing.help + "?", choices)
        return form_for(parsed, suggested)

    async def _suggested(self, command: Command, call: Call) -> dict[str, Sequence[Choice]]:
        missing = [one for one in command.shown if not call.given.get(one.name)]
        return {
            one.name: await one.suggest(call, "") for one in missing if one.suggest is not None and one.kind != "zone"
        }

    async def _again(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None, refused: Refused
    ) -> Answer:
        """A refusal as the platform shows it: the sentence or, for a submitted form, the form with it beside the field."""
        if filled and refused.field in filled:
            with suppress(Refused):
                form = await self._answer(caller, place, phrase, None, f"again-{secrets.token_hex(8)}")
                if isinstance(form, Form) and any(one.name == refused.field for one in form.fields):
                    return form.refused(refused.field, refused.sentence, dict(filled))
        return say(refused.sentence)

    async def suggest(
        self, caller: Caller, place: Place, command: str, option: str, typed: str, given: Mapping[str, str]
    ) -> Sequence[Choice]:
        """See `bot.platform.Core.suggest`."""
        known = commands().get(command)
        wanted = known.option(option) if known else None
        if known is None or wanted is None or (known.moderators and not caller.moderator):
            return ()
        if wanted.suggest is None:
            return [Choice(one, one) for one in wanted.choices if one.startswith(typed.casefold())]
        try:
            async with self._store.begin(write=False) as tx:
                said = {name: (value,) for name, value in given.items()}
                person = await tx.people.known(caller)
                call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, said)
                return list(await wanted.suggest(call, typed))[:25]
        except (Refused, Ask):
            return ()


def _arguments(parsed: Parsed, call: Call) -> dict[str, object]:
    return dict(parsed.values(call.today))


def _knock(caller: Caller, once: str) -> str:
    key = f"{caller.account.platform}:{caller.account.tenant}:{once}"
    return key if len(key) <= KNOCKS else hashlib.sha256(key.encode()).hexdigest()
