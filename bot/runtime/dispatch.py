"""The way in: a phrase → one transaction → one private answer.

An interaction delivered twice changes nothing and gets the same answer. A refusal, and a bug, leave nothing behind: the
person reads a sentence, and of a bug a number that the log knows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from bot.chat.address import Caller, Lack, Place
from bot.chat.buttons import way_back
from bot.chat.errors import DatabaseAway, Refused
from bot.chat.message import Answer, Choice, Form, Message, Unfit, say
from bot.chat.platform import Files, Filled, Platform, space_word
from bot.chat.text import well_formed
from bot.clock import Clock
from bot.command import (
    Ask,
    Call,
    Command,
    Parsed,
    Registry,
    Upload,
    ask,
    ask_for_missing,
    form_to_edit,
    gather_offers,
    menu_at,
    parse,
    registry,
)
from bot.group.member import Person
from bot.host.failures import Repeats
from bot.roadmap import Roadmap
from bot.runtime.incoming import presentable, presentable_place, well_formed_values
from bot.runtime.records import Records, short_key
from bot.runtime.uploads import fetch_file, file_name
from bot.store import Store, Tx

log = logging.getLogger(__name__)

NAME = 40  # characters of a command's name that are logged
TROUBLES = 3  # lines that a moderator's answer opens with
FILES_AT_ONCE = 2  # that are fetched and read; each may take 100 MB while it is read
NOBODY: Mapping[str, Platform] = MappingProxyType({})
CLOSED = (
    "I could not send you a private message: allow them in the settings of your chat, or say `settings delivery=none` "
    "and I stop trying."
)
AWAY = (
    "I cannot reach my database right now, and nothing was changed: please try again in a minute, and tell whoever runs "
    "me if it stays like this."
)
IN_DOUBT = "I lost my database at the last moment: please look whether that was done, before you try it again."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A phrase that was understood, and what was known of it before its transaction; `read` is what files were read as, by
    option."""

    parsed: Parsed
    caller: Caller
    place: Place
    submitted: bool
    lacking: tuple[Lack, ...]
    read: Mapping[str, object] = field(default_factory=dict)


class Dispatch(Records):
    """The core, as platforms see it. `platforms` are asked what is missing where a command wants to post."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        roadmaps: Mapping[str, Roadmap],
        known: Registry = registry,
        *,
        platforms: Mapping[str, Platform] = NOBODY,
        repeats: Repeats | None = None,
    ) -> None:
        super().__init__(store, clock)
        self._repeats = repeats or Repeats(log)
        self._roadmaps = roadmaps
        self._known = known
        self._platforms = platforms
        self._reading = asyncio.Semaphore(FILES_AT_ONCE)

    async def answer(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None = None,
        *,
        once: str,
        files: Files | None = None,
    ) -> Answer:
        """See `bot.chat.platform.Core.answer`."""
        met, place, phrase, once = (
            presentable(caller),
            presentable_place(place),
            well_formed(phrase),
            well_formed(once),
        )
        filled = None if filled is None else well_formed_values(filled)
        try:
            try:
                return await self._answer(
                    await self._understood(met, place, phrase, filled, files or {}), files, once
                )
            except Refused as refused:
                return await self._again(met, place, phrase, filled, refused)
        except DatabaseAway as away:
            return say(IN_DOUBT if away.is_doubtful else AWAY)
        except Exception as bug:
            # What people say of themselves stays out of the log: the command's name has to do.
            sentence = f"“{''.join(phrase.split()[:1])[:NAME]} …” could not be answered"
            ticket = self._repeats.tell("answer", sentence, error=bug, has_ticket=True)
            return say(
                f"Something went wrong on my side and nothing was changed. Please tell whoever runs me the number `{ticket}`."
            )

    # — what was asked, by whom —

    async def _understood(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None,
        brought: Collection[str] = (),
    ) -> _Asked:
        """What a phrase asks for, with what has to be known before its transaction. Raises `Refused`."""
        try:
            parsed = parse(phrase, self._known.commands, filled, brought)
        except Refused:
            group = "".join(phrase.strip().removeprefix("/").casefold().split()[:1])
            within = [one for one in self._known.commands.values() if one.group == group]
            if within and all(one.moderators for one in within):
                async with self._store.begin(write=False) as tx:
                    _checked(await _with_rights(caller, place, tx), group)
            raise
        return _Asked(
            parsed, caller, place, filled is not None, await self._lacking(parsed.command, place)
        )

    async def _lacking(self, command: Command, place: Place) -> tuple[Lack, ...]:
        """What is missing at a place, where that matters to a command; nothing where it cannot be found out."""
        platform = self._platforms.get(place.platform)
        if platform is None or place.private or not command.announcing:
            return ()
        try:
            return tuple(await platform.check(place, ("thread", "event")))
        except Exception as bug:
            sentence = f"what is missing in a channel of {place.platform} could not be asked"
            self._repeats.tell("lacking", sentence, error=bug)
            return ()

    # — answering —

    async def _answer(self, asked: _Asked, files: Files | None, once: str) -> Answer:
        key = _knock(asked.caller, once)
        if files and not asked.parsed.missing:
            if before := await self._given(asked, key):
                return before
            asked = replace(asked, read=await self._all_read(asked.parsed, files))
        if asked.parsed.command.reads:
            return await self._read(asked, key)
        async with self._store.begin() as tx:
            person = await tx.people.meet(asked.caller, self._clock.now())
            if not await tx.answers.claim(key, person.account_id, self._clock.now()):
                return await tx.answers.given(key, person.account_id) or say(
                    "That has been done already."
                )
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
            if person.closed == "told" and (
                before := await tx.answers.given(key, person.account_id)
            ):
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

    # — files —

    async def _given(self, asked: _Asked, key: str) -> Answer | None:
        """The answer that was given before, for which nothing is fetched again. Raises `Refused` where nothing is to be
        fetched at all: for somebody who may not say this, and for what could not be understood."""
        command, place = asked.parsed.command, asked.place
        async with self._store.begin(write=False) as tx:
            if command.moderators:
                _checked(await _with_rights(asked.caller, place, tx), command.name)
            person = await tx.people.known(asked.caller)
            call = Call(asked.caller, place, person, self._clock.now(), tx, self._roadmaps)
            asked.parsed.values(call.today)
            return await tx.answers.given(key, person.account_id)

    async def _all_read(self, parsed: Parsed, files: Files) -> dict[str, object]:
        """What the files are read as, by option, in a thread; whoever comes while others are being read waits. Raises
        `Refused`, naming the option."""
        read: dict[str, object] = {}
        for option in parsed.command.options:
            if option.reads is not None and (brought := files.get(option.name)) is not None:
                async with self._reading:
                    try:
                        data = await fetch_file(option, brought, option.reads.most)
                        upload = Upload(file_name(brought.name), data)
                        read[option.name] = await asyncio.to_thread(option.reads.read, upload)
                    except Refused as refused:
                        raise Refused(refused.sentence, option.name) from None
        return read

    async def _run(self, asked: _Asked, person: Person, tx: Tx) -> Answer:
        command, place = asked.parsed.command, asked.place
        caller = await _with_rights(asked.caller, place, tx)
        if command.moderators:
            _checked(caller, command.name)
        call = Call(
            caller, place, person, self._clock.now(), tx, self._roadmaps, asked.parsed.given
        )
        call = replace(
            call, submitted=asked.submitted, lacking=asked.lacking, **self._habits(place.platform)
        )
        if not person.zone and person.id and any(one.kind == "date" for one in command.options):
            found = [one.advanced(call.now) for one in await tx.cohorts.of_person(person)]
            going = [one for one in found if one.state != "finished"] or found
            call = replace(call, lives_in=going[0].zone if going else call.lives_in)
        answer = await self._said(asked, call)
        if command.moderators and place.space:
            for line in reversed([*await tx.cohorts.troubles(place)][:TROUBLES]):
                answer = _under(answer, line)
        return answer

    def _habits(self, name: str) -> Mapping[str, Any]:
        """What a call knows of its platform, and of the threads on all of them."""
        here = self._platforms.get(name)
        threads = {other: platform.threads for other, platform in self._platforms.items()}
        path = here.reveal_path if here is not None else ""
        return {
            "space_word": space_word(self._platforms, name),
            "threads": threads,
            "reveal_path": path,
        }

    async def _said(self, asked: _Asked, call: Call) -> Answer:
        parsed = asked.parsed
        try:
            if parsed.missing:
                return await ask_for_missing(parsed, call)
            return await parsed.command.run(call, **parsed.values(call.today), **asked.read)
        except Ask as needed:
            return ask(parsed, needed.option, needed.sentence, needed.choices)

    async def _again(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None, refused: Refused
    ) -> Answer:
        """A refusal as the platform shows it: the sentence or, for a submitted form, the form with it beside the field."""
        if filled and refused.field in filled:
            form = await self._form(caller, place, phrase)
            if form is not None and any(one.name == refused.field for one in form.fields):
                return form.refused(refused.field, refused.sentence, dict(filled))
        if (
            refused.field
            and filled is None
            and (typed := await self._form_to_edit(caller, place, phrase, refused)) is not None
        ):
            return way_back(typed, await self.keep(caller, typed))
        return say(refused.sentence)

    async def _form_to_edit(
        self, caller: Caller, place: Place, phrase: str, refused: Refused
    ) -> Form | None:
        """The form in which a refused value of a typed phrase can be put right, if there is one."""
        try:
            parsed = parse(phrase, self._known.commands)
        except Refused:  # no form can hold what is not understood, or a file that was typed
            return None
        async with self._store.begin(write=False) as tx:
            person = await tx.people.known(caller)
            caller = await _with_rights(caller, place, tx)
            if parsed.command.moderators and not caller.moderator:
                return None
            call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, parsed.given)
            offers = await gather_offers(parsed.command.shown, call)
        return form_to_edit(parsed, refused, offers)

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
        self,
        caller: Caller,
        place: Place,
        command: str,
        option: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Sequence[Choice]:
        """See `bot.chat.platform.Core.suggest`."""
        place, typed = presentable_place(place), well_formed(typed)
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
                    return [
                        Choice(one, one)
                        for one in wanted.choices
                        if one.startswith(typed.casefold())
                    ]
                said = {well_formed(name): (well_formed(value),) for name, value in given.items()}
                person = await tx.people.known(caller)
                call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, said)
                return list(await wanted.suggest(call, typed))[:25]
        except (Refused, Ask, DatabaseAway):
            return ()
        except Exception as bug:
            sentence = f"nothing could be offered for “{command[:NAME]} {option[:NAME]}”"
            self._repeats.tell("suggest", sentence, error=bug)
            return ()

    async def menu(self, caller: Caller, place: Place) -> Sequence[tuple[str, Sequence[str]]]:
        """See `bot.chat.platform.Core.menu`."""
        async with self._store.begin(write=False) as tx:
            caller = await _with_rights(presentable(caller), place, tx)
            person = await tx.people.known(caller)
            moment = await Call(
                caller, place, person, self._clock.now(), tx, self._roadmaps
            ).moment()
        allowed = (
            one for one in self._known.commands.values() if caller.moderator or not one.moderators
        )
        return [
            (title, [one.name for one in found])
            for title, found in menu_at(moment, allowed).shelves
        ]

    async def keep(self, caller: Caller, form: Form) -> str:
        """See `bot.chat.platform.Core.keep`."""
        async with self._store.begin() as tx:
            person = await tx.people.meet(presentable(caller), self._clock.now())
            return (
                f"draft {await tx.answers.keep_draft(person.account_id, form, self._clock.now())}"
            )


async def _with_rights(caller: Caller, place: Place, tx: Tx) -> Caller:
    """A caller with the right that the moderators of this space have given them, if any; it is kept nowhere."""
    if caller.moderator or not place.space:
        return caller
    return replace(caller, moderator=await tx.rights.held(caller, place))


def _checked(caller: Caller, name: str) -> None:
    if not caller.moderator:
        raise Refused(
            f"Only moderators can say `{name}` here: ask one of them, or see `help` for what you can do."
        )


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
    return short_key(f"{caller.account.platform}:{caller.account.tenant}:{once}")
