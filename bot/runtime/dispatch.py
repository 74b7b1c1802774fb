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

from bot.chat.address import Caller, Place, SetupProblem
from bot.chat.buttons import build_form_retry_message
from bot.chat.errors import DatabaseUnavailableError, Refused
from bot.chat.message import Answer, Choice, Form, InvalidMessageError, Message, text_message
from bot.chat.platform import Files, Filled, Platform, get_space_word
from bot.chat.text import repair_surrogates
from bot.clock import Clock
from bot.command import (
    Call,
    Command,
    CommandRegistry,
    MissingChoice,
    ParsedPhrase,
    Upload,
    ask_for_missing_options,
    ask_for_option,
    build_command_menu,
    build_edit_form,
    gather_offers,
    parse_phrase,
    registry,
)
from bot.group.member import Person
from bot.host.failures import FailureLog
from bot.roadmap import Roadmap
from bot.runtime.incoming import clean_caller, clean_place, repair_form_values
from bot.runtime.records import CoreRecords, shorten_key
from bot.runtime.uploads import clean_file_name, fetch_upload
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
class _Request:
    """A phrase that was understood, and what was known of it before its transaction; `read` is what files were read as, by
    option."""

    parsed: ParsedPhrase
    caller: Caller
    place: Place
    is_submitted: bool
    setup_problems: tuple[SetupProblem, ...]
    file_values: Mapping[str, object] = field(default_factory=dict)


class Dispatch(CoreRecords):
    """The core, as platforms see it. `platforms` are asked what is missing where a command wants to post."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        roadmaps: Mapping[str, Roadmap],
        known: CommandRegistry = registry,
        *,
        platforms: Mapping[str, Platform] = NOBODY,
        repeats: FailureLog | None = None,
    ) -> None:
        super().__init__(store, clock)
        self._repeats = repeats or FailureLog(log)
        self._roadmaps = roadmaps
        self._known = known
        self._platforms = platforms
        self._reading = asyncio.Semaphore(FILES_AT_ONCE)

    async def answer_phrase(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None = None,
        *,
        idempotency_key: str,
        files: Files | None = None,
    ) -> Answer:
        """See `bot.chat.platform.Core.answer`."""
        met, place, phrase, idempotency_key = (
            clean_caller(caller),
            clean_place(place),
            repair_surrogates(phrase),
            repair_surrogates(idempotency_key),
        )
        filled = None if filled is None else repair_form_values(filled)
        try:
            try:
                return await self._answer_request(
                    await self._prepare_request(met, place, phrase, filled, files or {}),
                    files,
                    idempotency_key,
                )
            except Refused as refused:
                return await self._build_refusal_answer(met, place, phrase, filled, refused)
        except DatabaseUnavailableError as away:
            return text_message(IN_DOUBT if away.is_doubtful else AWAY)
        except Exception as bug:
            # What people say of themselves stays out of the log: the command's name has to do.
            sentence = f"“{''.join(phrase.split()[:1])[:NAME]} …” could not be answered"
            ticket = self._repeats.log_failure("answer", sentence, error=bug, has_ticket=True)
            return text_message(
                f"Something went wrong on my side and nothing was changed. Please tell whoever runs me the number `{ticket}`."
            )

    # — what was asked, by whom —

    async def _prepare_request(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None,
        brought: Collection[str] = (),
    ) -> _Request:
        """What a phrase asks for, with what has to be known before its transaction. Raises `Refused`."""
        try:
            parsed = parse_phrase(phrase, self._known.commands, filled, brought)
        except Refused:
            group = "".join(phrase.strip().removeprefix("/").casefold().split()[:1])
            within = [one for one in self._known.commands.values() if one.group == group]
            if within and all(one.moderators for one in within):
                async with self._store.transaction(write=False) as tx:
                    _require_moderator(await _add_granted_rights(caller, place, tx), group)
            raise
        return _Request(
            parsed,
            caller,
            place,
            filled is not None,
            await self._check_announcing_place(parsed.command, place),
        )

    async def _check_announcing_place(
        self, command: Command, place: Place
    ) -> tuple[SetupProblem, ...]:
        """What is missing at a place, where that matters to a command; nothing where it cannot be found out."""
        platform = self._platforms.get(place.platform)
        if platform is None or place.is_private or not command.announcing:
            return ()
        try:
            return tuple(await platform.check_place(place, ("thread", "event")))
        except Exception as bug:
            sentence = f"what is missing in a channel of {place.platform} could not be asked"
            self._repeats.log_failure("lacking", sentence, error=bug)
            return ()

    # — answering —

    async def _answer_request(
        self, asked: _Request, files: Files | None, idempotency_key: str
    ) -> Answer:
        key = _build_idempotency_key(asked.caller, idempotency_key)
        if files and not asked.parsed.missing_options:
            if before := await self._load_earlier_answer(asked, key):
                return before
            asked = replace(asked, file_values=await self._read_files(asked.parsed, files))
        if asked.parsed.command.reads:
            return await self._answer_read_only(asked, key)
        async with self._store.transaction() as tx:
            person = await tx.people.load_or_create_person(asked.caller, self._clock.now())
            if not await tx.answers.claim_interaction(key, person.account_id, self._clock.now()):
                return await tx.answers.load_answer(key, person.account_id) or text_message(
                    "That has been done already."
                )
            answer = await self._run_request(asked, person, tx)
            opened = _add_delivery_notice(answer, person)
            if opened is not answer and await tx.people.claim_closed_notice(person):
                answer = opened
            if not tx.codes.has_issued_code:  # a one-time code is stored nowhere but as its hash
                await tx.answers.save_answer(key, answer)
            return answer

    async def _answer_read_only(self, asked: _Request, key: str) -> Answer:
        """The answer of a command that changes nothing; what it adds of its own accord is written down afterwards."""
        async with self._store.transaction(write=False) as tx:
            person = await tx.people.find_person(asked.caller)
            if person.closed == "told" and (
                before := await tx.answers.load_answer(key, person.account_id)
            ):
                return before
            answer = await self._run_request(asked, person, tx)
        opened = _add_delivery_notice(answer, person)
        if opened is answer:
            return answer
        async with self._store.transaction() as tx:
            if not await tx.people.claim_closed_notice(person):
                return await tx.answers.load_answer(key, person.account_id) or answer
            if await tx.answers.claim_interaction(key, person.account_id, self._clock.now()):
                await tx.answers.save_answer(key, opened)
            return opened

    # — files —

    async def _load_earlier_answer(self, asked: _Request, key: str) -> Answer | None:
        """The answer that was given before, for which nothing is fetched again. Raises `Refused` where nothing is to be
        fetched at all: for somebody who may not say this, and for what could not be understood."""
        command, place = asked.parsed.command, asked.place
        async with self._store.transaction(write=False) as tx:
            if command.moderators:
                _require_moderator(await _add_granted_rights(asked.caller, place, tx), command.name)
            person = await tx.people.find_person(asked.caller)
            call = Call(asked.caller, place, person, self._clock.now(), tx, self._roadmaps)
            asked.parsed.convert_options(call.today)
            return await tx.answers.load_answer(key, person.account_id)

    async def _read_files(self, parsed: ParsedPhrase, files: Files) -> dict[str, object]:
        """What the files are read as, by option, in a thread; whoever comes while others are being read waits. Raises
        `Refused`, naming the option."""
        read: dict[str, object] = {}
        for option in parsed.command.options:
            if option.file_reader is not None and (brought := files.get(option.name)) is not None:
                async with self._reading:
                    try:
                        data = await fetch_upload(option, brought, option.file_reader.max_bytes)
                        upload = Upload(clean_file_name(brought.name), data)
                        read[option.name] = await asyncio.to_thread(option.file_reader.read, upload)
                    except Refused as refused:
                        raise Refused(refused.sentence, option.name) from None
        return read

    async def _run_request(self, asked: _Request, person: Person, tx: Tx) -> Answer:
        command, place = asked.parsed.command, asked.place
        caller = await _add_granted_rights(asked.caller, place, tx)
        if command.moderators:
            _require_moderator(caller, command.name)
        call = Call(
            caller, place, person, self._clock.now(), tx, self._roadmaps, asked.parsed.option_texts
        )
        call = replace(
            call,
            is_submitted=asked.is_submitted,
            setup_problems=asked.setup_problems,
            **self._get_platform_values(place.platform),
        )
        if not person.zone and person.id and any(one.kind == "date" for one in command.options):
            found = [
                one.advance_state(call.now)
                for one in await tx.cohorts.list_cohorts_of_person(person)
            ]
            going = [one for one in found if one.state != "finished"] or found
            call = replace(call, default_zone=going[0].zone if going else call.default_zone)
        answer = await self._execute_command(asked, call)
        if command.moderators and place.space:
            for line in reversed([*await tx.cohorts.list_home_troubles(place)][:TROUBLES]):
                answer = _add_answer_line(answer, line)
        return answer

    def _get_platform_values(self, name: str) -> Mapping[str, Any]:
        """What a call knows of its platform, and of the threads on all of them."""
        here = self._platforms.get(name)
        threads = {other: platform.threads for other, platform in self._platforms.items()}
        path = here.reveal_path if here is not None else ""
        return {
            "space_word": get_space_word(self._platforms, name),
            "threads": threads,
            "reveal_path": path,
        }

    async def _execute_command(self, asked: _Request, call: Call) -> Answer:
        parsed = asked.parsed
        try:
            if parsed.missing_options:
                return await ask_for_missing_options(parsed, call)
            return await parsed.command.run(
                call, **parsed.convert_options(call.today), **asked.file_values
            )
        except MissingChoice as needed:
            return ask_for_option(parsed, needed.option, needed.sentence, needed.choices)

    async def _build_refusal_answer(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None, refused: Refused
    ) -> Answer:
        """A refusal as the platform shows it: the sentence or, for a submitted form, the form with it beside the field."""
        if filled and refused.field in filled:
            form = await self._find_phrase_form(caller, place, phrase)
            if form is not None and any(one.name == refused.field for one in form.fields):
                return form.restore_with_problem(refused.field, refused.sentence, dict(filled))
        if (
            refused.field
            and filled is None
            and (typed := await self._find_edit_form(caller, place, phrase, refused)) is not None
        ):
            return build_form_retry_message(typed, await self.save_form(caller, typed))
        return text_message(refused.sentence)

    async def _find_edit_form(
        self, caller: Caller, place: Place, phrase: str, refused: Refused
    ) -> Form | None:
        """The form in which a refused value of a typed phrase can be put right, if there is one."""
        try:
            parsed = parse_phrase(phrase, self._known.commands)
        except Refused:  # no form can hold what is not understood, or a file that was typed
            return None
        async with self._store.transaction(write=False) as tx:
            person = await tx.people.find_person(caller)
            caller = await _add_granted_rights(caller, place, tx)
            if parsed.command.moderators and not caller.is_moderator:
                return None
            call = Call(
                caller, place, person, self._clock.now(), tx, self._roadmaps, parsed.option_texts
            )
            offers = await gather_offers(parsed.command.visible_options, call)
        return build_edit_form(parsed, refused, offers)

    async def _find_phrase_form(self, caller: Caller, place: Place, phrase: str) -> Form | None:
        """The form a phrase is answered with, if any; whatever else it would do is rolled back."""
        answer: Answer | None = None
        with suppress(Refused):
            asked = await self._prepare_request(caller, place, phrase, None)
            async with self._store.transaction() as tx:
                person = await tx.people.load_or_create_person(caller, self._clock.now())
                answer = await self._run_request(asked, person, tx)
                raise Refused("This was only to see the form again.")
        return answer if isinstance(answer, Form) else None

    async def suggest_values(
        self,
        caller: Caller,
        place: Place,
        command: str,
        option: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Sequence[Choice]:
        """See `bot.chat.platform.Core.suggest`."""
        place, typed = clean_place(place), repair_surrogates(typed)
        known = self._known.commands.get(command)
        wanted = known.find_option(option) if known else None
        if known is None or wanted is None:
            return ()
        try:
            async with self._store.transaction(write=False) as tx:
                caller = await _add_granted_rights(clean_caller(caller), place, tx)
                if known.moderators and not caller.is_moderator:
                    return ()
                if wanted.suggest is None:
                    return [
                        Choice(one, one)
                        for one in wanted.choices
                        if one.startswith(typed.casefold())
                    ]
                said = {
                    repair_surrogates(name): (repair_surrogates(value),)
                    for name, value in given.items()
                }
                person = await tx.people.find_person(caller)
                call = Call(caller, place, person, self._clock.now(), tx, self._roadmaps, said)
                return list(await wanted.suggest(call, typed))[:25]
        except (Refused, MissingChoice, DatabaseUnavailableError):
            return ()
        except Exception as bug:
            sentence = f"nothing could be offered for “{command[:NAME]} {option[:NAME]}”"
            self._repeats.log_failure("suggest", sentence, error=bug)
            return ()

    async def build_menu(self, caller: Caller, place: Place) -> Sequence[tuple[str, Sequence[str]]]:
        """See `bot.chat.platform.Core.menu`."""
        async with self._store.transaction(write=False) as tx:
            caller = await _add_granted_rights(clean_caller(caller), place, tx)
            person = await tx.people.find_person(caller)
            moment = await Call(
                caller, place, person, self._clock.now(), tx, self._roadmaps
            ).load_member_moment()
        allowed = (
            one
            for one in self._known.commands.values()
            if caller.is_moderator or not one.moderators
        )
        return [
            (title, [one.name for one in found])
            for title, found in build_command_menu(moment, allowed).all_sections
        ]

    async def save_form(self, caller: Caller, form: Form) -> str:
        """See `bot.chat.platform.Core.keep`."""
        async with self._store.transaction() as tx:
            person = await tx.people.load_or_create_person(clean_caller(caller), self._clock.now())
            return f"draft {await tx.answers.insert_form_draft(person.account_id, form, self._clock.now())}"


async def _add_granted_rights(caller: Caller, place: Place, tx: Tx) -> Caller:
    """A caller with the right that the moderators of this space have given them, if any; it is kept nowhere."""
    if caller.is_moderator or not place.space:
        return caller
    return replace(caller, is_moderator=await tx.rights.has_grant(caller, place))


def _require_moderator(caller: Caller, name: str) -> None:
    if not caller.is_moderator:
        raise Refused(
            f"Only moderators can say `{name}` here: ask one of them, or see `help` for what you can do."
        )


def _add_delivery_notice(answer: Answer, person: Person) -> Answer:
    """The answer with word of private messages that cannot arrive, for somebody who has not been told yet."""
    return _add_answer_line(answer, CLOSED) if person.closed == "untold" else answer


def _add_answer_line(answer: Answer, line: str) -> Answer:
    """A message with a line on top; unchanged where that would not fit, and where it is a form."""
    try:
        return answer.add_top_line(line) if isinstance(answer, Message) else answer
    except InvalidMessageError:
        return answer


def _build_idempotency_key(caller: Caller, interaction_id: str) -> str:
    return shorten_key(f"{caller.account.platform}:{caller.account.tenant}:{interaction_id}")
