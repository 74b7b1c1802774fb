"""The way in: a phrase → one transaction → one private answer.

An interaction delivered twice changes nothing and gets the same answer. A refusal, and a bug, leave nothing behind: the
person reads a sentence, and of a bug a number that the log knows.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bot.clock import Clock
from bot.command import Ask, Call, Command, Option, Parsed, Registry, Upload, ask, form_for, menu_at, parse, registry
from bot.message import Answer, Choice, Form, Message, Unfit, quote, say
from bot.pages import size_text
from bot.people import Caller, Lack, Person, Place, Refused, clean, presentable
from bot.platform import Attached, Files, Filled, Platform, SendError, TooLarge
from bot.roadmap import Roadmap
from bot.spaces import arrived, gone, left, present
from bot.store import Store, Tx

log = logging.getLogger(__name__)

KNOCKS = 120  # characters of an interaction's id that are kept
NAME = 40  # characters of a command's name that are logged
TROUBLES = 3  # lines that a moderator's answer opens with
FILES_AT_ONCE = 2  # that are fetched and read; each may take 100 MB while it is read
FILE_NAME = 100  # characters of a file's name that are kept
NOBODY: Mapping[str, Platform] = MappingProxyType({})
CLOSED = (
    "I could not send you a private message: allow them in the settings of your chat, or say `settings delivery=none` "
    "and I stop trying."
)


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
        """See `bot.platform.Core.answer`."""
        met = presentable(caller)
        try:
            try:
                return await self._answer(await self._understood(met, place, phrase, filled, files or {}), files, once)
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

    async def _understood(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None, brought: Collection[str] = ()
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
                        data = await _fetched(option, brought, option.reads.most)
                        upload = Upload(_file_name(brought.name), data)
                        read[option.name] = await asyncio.to_thread(option.reads.read, upload)
                    except Refused as refused:
                        raise Refused(refused.sentence, option.name) from None
        return read

    async def _run(self, asked: _Asked, person: Person, tx: Tx) -> Answer:
        command, place = asked.parsed.command, asked.place
        caller = await _with_rights(asked.caller, place, tx)
        if command.moderators:
            _checked(caller, command.name)
        call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, asked.parsed.given)
        call = replace(call, submitted=asked.submitted, lacking=asked.lacking)
        if (platform := self._platforms.get(place.platform)) is not None:
            call = replace(call, reveal_path=platform.reveal_path)
        if not person.zone and person.id and any(one.kind == "date" for one in command.options):
            found = [one.advanced(call.now) for one in await tx.cohorts.of_person(person)]
            going = [one for one in found if one.state != "finished"] or found
            call = replace(call, lives_in=going[0].zone if going else call.lives_in)
        answer = await self._said(asked, call)
        if command.moderators and place.space:
            for line in reversed([*await tx.cohorts.troubles(place)][:TROUBLES]):
                answer = _under(answer, line)
        return answer

    async def _said(self, asked: _Asked, call: Call) -> Answer:
        parsed = asked.parsed
        try:
            if parsed.missing:
                return await self._ask_for_missing(parsed, call)
            return await parsed.command.run(call, **parsed.values(call.today), **asked.read)
        except Ask as needed:
            return ask(parsed, needed.option, needed.sentence, needed.choices)

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

    async def menu(self, caller: Caller, place: Place) -> Sequence[tuple[str, Sequence[str]]]:
        """See `bot.platform.Core.menu`."""
        async with self._store.begin(write=False) as tx:
            caller = await _with_rights(presentable(caller), place, tx)
            person = await tx.people.known(caller)
            moment = await Call(caller, place, person, self._clock.now(), tx, self._roadmaps).moment()
        allowed = (one for one in self._known.commands.values() if caller.moderator or not one.moderators)
        return [(title, [one.name for one in found]) for title, found in menu_at(moment, allowed).shelves]

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


async def _fetched(option: Option, brought: Attached, most: int) -> bytes:
    """What is in a file. Raises `Refused`."""
    try:
        if brought.size > most:
            raise TooLarge(most)
        return await brought.read(most)
    except TooLarge:
        limit = f"I take files of up to {size_text(most)} for **{option.name}**"
        raise Refused(
            f"“{quote(_file_name(brought.name))}” is too large: {limit}, so please bring a smaller one."
        ) from None
    except SendError as lost:
        raise Refused(f"I could not fetch that file ({quote(lost.reason)}): please bring it once more.") from None


def _file_name(typed: str) -> str:
    """A file's name without its folders, safe to show and short; the ending stays."""
    words = clean(typed[-1000:].replace("\\", "/"), 1000, "A file's name")
    name = words.rpartition("/")[2].strip() or "file"
    stem, dot, letters = name.rpartition(".")
    ending = dot + letters if stem and len(letters) < NAME else ""
    return name.removesuffix(ending)[: FILE_NAME - len(ending)] + ending


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
