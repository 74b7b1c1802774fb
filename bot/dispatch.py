"""The way in: a phrase → one transaction → one private answer.

An interaction delivered twice changes nothing and gets the same answer. A refusal, and a bug, leave nothing behind: the
person reads a sentence, and of a bug a number that the log knows.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.clock import Clock
from bot.command import Ask, Call, Command, Parsed, Registry, ask, form_for, parse, registry
from bot.message import Answer, Choice, Form, Message, Unfit, say
from bot.people import Caller, Lack, Person, Place, Refused, presentable
from bot.platform import Filled, Platform
from bot.roadmap import Roadmap
from bot.spaces import arrived, gone, left, present
from bot.store import Store, Tx

log = logging.getLogger(__name__)

KNOCKS = 120  # characters of an interaction's id that are kept
NAME = 40  # characters of a command's name that are logged
TROUBLES = 3  # lines that a moderator's answer opens with
NOBODY: Mapping[str, Platform] = MappingProxyType({})
CLOSED = (
    "I could not send you a private message: allow them in the settings of your chat, or say `settings delivery=none` "
    "and I stop trying."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A phrase that was understood, and what was known of it before its transaction."""

    parsed: Parsed
    caller: Caller
    place: Place
    submitted: bool
    lacking: tuple[Lack, ...]


class Dispatch:
    """The core, as platforms see it. `platforms` are asked what is missing where a command wants to post."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        roadmaps: Mapping[str, Roadmap],
        known: Registry = registry,
        *,
        platforms: Mapping[str, Platform] = NOBODY,
    ) -> None:
        self._store = store
        self._clock = clock
        self._roadmaps = roadmaps
        self._known = known
        self._platforms = platforms

    async def answer(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None = None, *, once: str
    ) -> Answer:
        """See `bot.platform.Core.answer`."""
        met = presentable(caller)
        try:
            try:
                return await self._answer(met, place, phrase, filled, once)
            except Refused as refused:
                return await self._again(met, place, phrase, filled, refused)
        except Exception:
            # What people say of themselves stays out of the log: the command's name has to do.
            ticket, said = secrets.token_hex(3), phrase.split()[:1]
            log.exception("ticket %s: “%s …” could not be answered", ticket, "".join(said)[:NAME])
            return say(
                f"Something went wrong on my side and nothing was changed. Please tell whoever runs me the number `{ticket}`."
            )

    # — what was asked, by whom —

    async def _understood(self, caller: Caller, place: Place, phrase: str, filled: Filled | None) -> _Asked:
        """What a phrase asks for, with what has to be known before its transaction. Raises `Refused`."""
        try:
            parsed = parse(phrase, self._known.commands, filled)
        except Refused:
            group = "".join(phrase.strip().removeprefix("/").casefold().split()[:1])
            within = [one for one in self._known.commands.values() if one.group == group]
            if within and all(one.moderators for one in within):
                async with self._store.begin(write=False) as tx:
                    _checked(await _with_rights(caller, place, tx), group)
            raise
        return _Asked(parsed, caller, place, filled is not None, await self._lacking(parsed.command, place))

    async def _lacking(self, command: Command, place: Place) -> tuple[Lack, ...]:
        """What is missing at a place, where that matters to a command; nothing where it cannot be found out."""
        platform = self._platforms.get(place.platform)
        if platform is None or place.private or not command.announcing:
            return ()
        try:
            return tuple(await platform.check(place, ("thread", "event")))
        except Exception:
            log.exception("what is missing in a channel of %s could not be asked", place.platform)
            return ()

    # — answering —

    async def _answer(self, caller: Caller, place: Place, phrase: str, filled: Filled | None, once: str) -> Answer:
        asked = await self._understood(caller, place, phrase, filled)
        key = _knock(caller, once)
        if asked.parsed.command.reads:
            return await self._read(asked, key)
        async with self._store.begin() as tx:
            person = await tx.people.meet(caller, self._clock.now())
            if not await tx.answers.claim(key, person.account_id, self._clock.now()):
                return await tx.answers.given(key, person.account_id) or say("That has been done already.")
            answer = await self._run(asked, person, tx)
            opened = _with_news(answer, person)
            if opened is not answer and await tx.people.told(person):
                answer = opened
            if not tx.codes.issued:  # a one-time code is stored nowhere but as its hash
                await tx.answers.keep(key, answer)
            return answer

    async def _read(self, asked: _Asked, key: str) -> Answer:
        """The answer of a command that changes nothing; what it adds of its own accord is written down afterwards."""
        async with self._store.begin(write=False) as tx:
            person = await tx.people.known(asked.caller)
            if person.closed == "told" and (before := await tx.answers.given(key, person.account_id)):
                return before
            answer = await self._run(asked, person, tx)
        opened = _with_news(answer, person)
        if opened is answer:
            return answer
        async with self._store.begin() as tx:
            if not await tx.people.told(person):
                return await tx.answers.given(key, person.account_id) or answer
            if await tx.answers.claim(key, person.account_id, self._clock.now()):
                await tx.answers.keep(key, opened)
            return opened

    async def _run(self, asked: _Asked, person: Person, tx: Tx) -> Answer:
        command, place = asked.parsed.command, asked.place
        caller = await _with_rights(asked.caller, place, tx)
        if command.moderators:
            _checked(caller, command.name)
        call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, asked.parsed.given)
        call = replace(call, submitted=asked.submitted, lacking=asked.lacking)
        if not person.zone and person.id and any(one.kind == "date" for one in command.options):
            found = [one.advanced(call.now) for one in await tx.cohorts.of_person(person)]
            going = [one for one in found if one.state != "finished"] or found
            call = replace(call, lives_in=going[0].zone if going else call.lives_in)
        answer = await self._said(asked.parsed, call)
        if command.moderators and place.space:
            for line in reversed([*await tx.cohorts.troubles(place)][:TROUBLES]):
                answer = _under(answer, line)
        return answer

    async def _said(self, parsed: Parsed, call: Call) -> Answer:
        try:
            if parsed.missing:
                return await self._ask_for_missing(parsed, call)
            return await parsed.command.run(call, **parsed.values(call.today))
        except Ask as asked:
            return ask(parsed, asked.option, asked.sentence, asked.choices)

    async def _ask_for_missing(self, parsed: Parsed, call: Call) -> Answer:
        parsed.values(call.today)  # what was said must be right before more is asked
        for one in parsed.missing:
            if one.name in call.given:
                raise Refused(f"I need **{one.name}** for that: {one.help}.", one.name)
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
            form = await self._form(caller, place, phrase)
            if form is not None and any(one.name == refused.field for one in form.fields):
                return form.refused(refused.field, refused.sentence, dict(filled))
        return say(refused.sentence)

    async def _form(self, caller: Caller, place: Place, phrase: str) -> Form | None:
        """The form a phrase is answered with, if any; whatever else it would do is rolled back."""
        answer: Answer | None = None
        with suppress(Refused):
            asked = await self._understood(caller, place, phrase, None)
            async with self._store.begin() as tx:
                person = await tx.people.meet(caller, self._clock.now())
                answer = await self._run(asked, person, tx)
                raise Refused("This was only to see the form again.")
        return answer if isinstance(answer, Form) else None

    async def suggest(
        self, caller: Caller, place: Place, command: str, option: str, typed: str, given: Mapping[str, str]
    ) -> Sequence[Choice]:
        """See `bot.platform.Core.suggest`."""
        known = self._known.commands.get(command)
        wanted = known.option(option) if known else None
        if known is None or wanted is None:
            return ()
        try:
            async with self._store.begin(write=False) as tx:
                caller = await _with_rights(presentable(caller), place, tx)
                if known.moderators and not caller.moderator:
                    return ()
                if wanted.suggest is None:
                    return [Choice(one, one) for one in wanted.choices if one.startswith(typed.casefold())]
                said = {name: (value,) for name, value in given.items()}
                person = await tx.people.known(caller)
                call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, said)
                return list(await wanted.suggest(call, typed))[:25]
        except (Refused, Ask):
            return ()
        except Exception:
            log.exception("nothing could be offered for “%s %s”", command[:NAME], option[:NAME])
            return ()

    async def noted(self, platform: str, name: str) -> str:
        """See `bot.platform.Core.noted`."""
        async with self._store.begin(write=False) as tx:
            return await tx.answers.mark(f"{platform}.{name}") or ""

    async def note(self, platform: str, name: str, value: str) -> None:
        """See `bot.platform.Core.note`."""
        async with self._store.begin() as tx:
            await tx.answers.set_mark(f"{platform}.{name}", value)

    async def first(self, platform: str, event: str) -> bool:
        """See `bot.platform.Core.first`."""
        async with self._store.begin() as tx:
            return await tx.answers.hear(_short(f"{platform}:{event}"), self._clock.now())

    async def present(self, platform: str, spaces: Collection[str], mine: Callable[[str], bool]) -> None:
        """See `bot.platform.Core.present`."""
        await present(self._store, self._clock, platform, spaces, mine)

    async def arrived(self, place: Place) -> None:
        """See `bot.platform.Core.arrived`."""
        await arrived(self._store, self._clock, place)

    async def left(self, place: Place) -> None:
        """See `bot.platform.Core.left`."""
        await left(self._store, self._clock, place)

    async def gone(self, place: Place, reason: str) -> None:
        """See `bot.platform.Core.gone`."""
        await gone(self._store, self._clock, place, reason)

    async def keep(self, caller: Caller, form: Form) -> str:
        """See `bot.platform.Core.keep`."""
        async with self._store.begin() as tx:
            person = await tx.people.meet(presentable(caller), self._clock.now())
            return f"draft {await tx.answers.keep_draft(person.account_id, form, self._clock.now())}"


async def _with_rights(caller: Caller, place: Place, tx: Tx) -> Caller:
    """A caller with the right that the moderators of this space have given them, if any; it is kept nowhere."""
    if caller.moderator or not place.space:
        return caller
    return replace(caller, moderator=await tx.rights.held(caller, place))


def _checked(caller: Caller, name: str) -> None:
    if not caller.moderator:
        raise Refused(f"Only moderators can say `{name}` here: ask one of them, or see `help` for what you can do.")


def _with_news(answer: Answer, person: Person) -> Answer:
    """The answer with word of private messages that cannot arrive, for somebody who has not been told yet."""
    return _under(answer, CLOSED) if person.closed == "untold" else answer


def _under(answer: Answer, line: str) -> Answer:
    """A message with a line on top; unchanged where that would not fit, and where it is a form."""
    try:
        return answer.under(line) if isinstance(answer, Message) else answer
    except Unfit:
        return answer


def _knock(caller: Caller, once: str) -> str:
    return _short(f"{caller.account.platform}:{caller.account.tenant}:{once}")


def _short(key: str) -> str:
    return key if len(key) <= KNOCKS else hashlib.sha256(key.encode()).hexdigest()
