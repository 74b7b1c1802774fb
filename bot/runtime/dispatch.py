"""The way in: a phrase runs in one transaction and gets one private answer.

A repeated interaction changes nothing and gets the same answer. A refusal and a bug change nothing
either: the person reads a sentence and, for a bug, its number in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.chat.address import Caller, Place
from bot.chat.errors import DatabaseUnavailableError, Refused
from bot.chat.message import OPTIONS, Answer, Choice, Form, Message, text_message
from bot.chat.platform import Files, Filled, Platform
from bot.chat.text import repair_surrogates
from bot.clock import Clock
from bot.command import (
    CommandRegistry,
    MissingChoice,
    build_command_menu,
    registry,
)
from bot.command.options import CommandOption
from bot.command.registry import Command, Moment
from bot.group.member import Person
from bot.host.failures import FailureLog
from bot.roadmap import Roadmap
from bot.runtime.incoming import clean_caller, clean_place, repair_form_values
from bot.runtime.moderators import add_granted_rights
from bot.runtime.personal import PersonalDelivery
from bot.runtime.phrase_runner import (
    PhraseRequest,
    PhraseRunner,
    add_top_line,
    require_moderator,
)
from bot.runtime.records import CoreRecords, shorten_key
from bot.runtime.refusals import RefusalAnswers
from bot.runtime.sightings import Sightings
from bot.store import Store, Tx
from bot.store.erasures import ErasedPerson

log = logging.getLogger(__name__)

MAX_LOGGED_NAME = 40  # characters of a command's name in the log
NO_PLATFORMS: Mapping[str, Platform] = MappingProxyType({})
PRIVATE_CLOSED = (
    "I could not send you a private message: "
    "allow them in your chat's settings, or turn them off in my `settings`."
)
DATABASE_AWAY = (
    "I cannot reach my database right now, and nothing has changed: please try again in a minute, "
    "and tell the person who runs this bot if it stays like this."
)
DATABASE_LOST = (
    "I lost my database at the last moment: please check if that worked before you try again."
)
ALREADY_DONE = "That has been done already."


class Dispatch(CoreRecords):
    """The core, seen from platforms. Before public posts, `platforms` are asked about rights."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        roadmaps: Mapping[str, Roadmap],
        command_registry: CommandRegistry = registry,
        *,
        platforms: Mapping[str, Platform] = NO_PLATFORMS,
        repeats: FailureLog | None = None,
    ) -> None:
        super().__init__(store, clock)
        self._failures = repeats or FailureLog(log)
        self._runner = PhraseRunner(
            store, clock, roadmaps, command_registry, platforms, self._failures
        )
        self._personal = PersonalDelivery(store, clock, platforms, self._failures)
        self._refusals = RefusalAnswers(store, clock, self._runner, self.save_form)
        self._sightings = Sightings(store, clock, self._failures)

    async def write_sightings(self, *, is_last: bool = False) -> None:
        """Store who used a command, at most once a minute. Raises nothing."""
        await self._sightings.write_sightings(is_last=is_last)

    async def finish_erasures(self) -> None:
        """Have the platforms forget whoever they have not been told of. Raises nothing."""
        await self._personal.finish_erasures()

    # — phrases —

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
        """See `bot.chat.platform.Core.answer_phrase`."""
        phrase = repair_surrogates(phrase)
        try:
            answer = await self._answer_or_refuse(
                clean_caller(caller),
                clean_place(place),
                phrase,
                None if filled is None else repair_form_values(filled),
                repair_surrogates(idempotency_key),
                files or {},
            )
            if isinstance(answer, Message) and answer.files:
                key = _build_idempotency_key(caller, idempotency_key)
                return await self._personal.deliver_files(caller, place, answer, key)
            return answer
        except DatabaseUnavailableError as unavailable:
            return text_message(DATABASE_LOST if unavailable.is_doubtful else DATABASE_AWAY)
        except Exception as bug:
            # A door: a bug in any command ends here, and the platform still gets an answer.
            return self._report_bug(phrase, bug)

    def _report_bug(self, phrase: str, bug: Exception) -> Answer:
        """Log a bug under a ticket, and return an answer with its number."""
        # People's own words stay out of the log, so the command's name has to do.
        name = "".join(phrase.split()[:1])[:MAX_LOGGED_NAME]
        sentence = f"“{name} …” could not be answered"
        ticket = self._failures.log_failure("answer", sentence, error=bug, has_ticket=True)
        return text_message(
            "Something went wrong on my side, and nothing has changed: "
            f"please tell the person who runs this bot the number `{ticket}`."
        )

    async def _answer_or_refuse(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None,
        idempotency_key: str,
        files: Files,
    ) -> Answer:
        try:
            request = await self._runner.prepare_request(caller, place, phrase, filled, files)
            return await self._answer_request(request, files, idempotency_key)
        except Refused as refused:
            return await self._refusals.build_refusal_answer(caller, place, phrase, filled, refused)

    async def _answer_request(
        self, request: PhraseRequest, files: Files, idempotency_key: str
    ) -> Answer:
        key = _build_idempotency_key(request.caller, idempotency_key)
        if files and not request.parsed.missing_options:
            # A repeat is answered before anything is fetched: its file may be gone by now.
            earlier = await self._load_earlier_answer(request, key)
            if earlier is not None:
                return earlier
            file_values = await self._runner.read_files(request.parsed, files)
            request = replace(request, file_values=file_values)
        if request.parsed.command.reads:
            return await self._answer_read_only(request, key)
        return await self._answer_once(request, key)

    async def _answer_once(self, request: PhraseRequest, key: str) -> Answer:
        """Run a command that may change something, at most once for this key.

        The claim, the changes and the answer are in one transaction: after a crash either all of
        them are there or none, and the platform's repeat is answered accordingly.
        """

        erased: ErasedPerson | None = None

        async def answer_once(tx: Tx) -> Answer:
            nonlocal erased
            person = await tx.people.load_or_create_person(
                request.caller, self._clock.now(), request.place
            )
            self._sightings.note_sighting(person.account_id)
            if not request.parsed.command.keeps_answer:
                answer = await self._runner.run_request(request, person, tx)
                erased = tx.personal.erased
                return answer
            # Two deliveries at once: the second waits here until the first has committed.
            if not await tx.answers.claim_interaction(key, person.account_id, self._clock.now()):
                earlier = await tx.answers.load_answer(key, person.account_id)
                return earlier or text_message(ALREADY_DONE)
            answer = await self._runner.run_request(request, person, tx)
            with_notice = _add_delivery_notice(answer, person)
            # The notice is claimed, because two answers at once must not both carry it.
            if with_notice is not answer and await tx.deliveries.claim_closed_notice(person):
                answer = with_notice
            # A one-time code is stored nowhere but as its hash, so its answer cannot be kept.
            if not tx.codes.has_issued_code:
                await tx.answers.save_answer(key, answer)
            return answer

        answer = await self._store.run(answer_once)
        if erased is not None:
            await self._personal.forget_person(erased)
        return answer

    async def _answer_read_only(self, request: PhraseRequest, key: str) -> Answer:
        """Run a command without changes, and without the write lock.

        Only an answer with a delivery notice is kept: any other may be given again from new facts.
        """

        async def answer_read_only(tx: Tx) -> tuple[Answer, Person]:
            person = await tx.people.find_person(request.caller, request.place)
            self._sightings.note_sighting(person.account_id)
            if person.closed == "told":
                # This may be a repeat of the answer that told them.
                earlier = await tx.answers.load_answer(key, person.account_id)
                if earlier is not None:
                    return earlier, person
            return await self._runner.run_request(request, person, tx), person

        answer, person = await self._store.run(answer_read_only, write=False)
        with_notice = _add_delivery_notice(answer, person)
        if with_notice is answer:
            return answer

        async def claim_notice(tx: Tx) -> Answer:
            if not await tx.deliveries.claim_closed_notice(person):
                # Another answer told them in between; if it was a repeat of this one, it is kept.
                return await tx.answers.load_answer(key, person.account_id) or answer
            if await tx.answers.claim_interaction(key, person.account_id, self._clock.now()):
                await tx.answers.save_answer(key, with_notice)
            return with_notice

        return await self._store.run(claim_notice)

    async def _load_earlier_answer(self, request: PhraseRequest, key: str) -> Answer | None:
        """Return the earlier answer for this key, or None.

        Raises `Refused` before any file is fetched: for a caller without the right, and for a
        value the command could not use.
        """
        command, place = request.parsed.command, request.place

        async def load_answer(tx: Tx) -> Answer | None:
            person = await tx.people.find_person(request.caller, place)
            if command.moderators:
                caller = await add_granted_rights(request.caller, place, tx)
                require_moderator(caller, command.name)
            call = self._runner.build_call(request.caller, place, person, tx)
            request.parsed.convert_options(call.today)
            return await tx.answers.load_answer(key, person.account_id)

        return await self._store.run(load_answer, write=False)

    # — completion —

    async def suggest_values(
        self,
        caller: Caller,
        place: Place,
        command: str,
        option: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Sequence[Choice]:
        """See `bot.chat.platform.Core.suggest_values`."""
        known_command = self._runner.commands.get(command)
        known_option = known_command.find_option(option) if known_command else None
        if known_command is None or known_option is None:
            return ()
        try:
            return await self._suggest_option_values(
                clean_caller(caller),
                clean_place(place),
                known_command,
                known_option,
                repair_surrogates(typed),
                {name: (text,) for name, text in given.items()},
            )
        except (Refused, MissingChoice, DatabaseUnavailableError):
            return ()
        except Exception as bug:
            # A door: suggestions are a help, and typing must go on without them.
            name = f"{command[:MAX_LOGGED_NAME]} {option[:MAX_LOGGED_NAME]}"
            sentence = f"nothing could be offered for “{name}”"
            self._failures.log_failure("suggest", sentence, error=bug)
            return ()

    async def _suggest_option_values(
        self,
        caller: Caller,
        place: Place,
        command: Command,
        option: CommandOption,
        typed: str,
        texts: Filled,
    ) -> Sequence[Choice]:
        async def suggest(tx: Tx) -> Sequence[Choice]:
            person = await tx.people.find_person(caller, place)
            known = await add_granted_rights(caller, place, tx)
            if command.moderators and not known.is_moderator:
                return ()
            if option.suggest is None:
                return _match_fixed_choices(option, typed)
            call = self._runner.build_call(known, place, person, tx, repair_form_values(texts))
            return list(await option.suggest(call, typed))[:OPTIONS]

        return await self._store.run(suggest, write=False)

    # — menus and forms —

    async def build_menu(self, caller: Caller, place: Place) -> Sequence[tuple[str, Sequence[str]]]:
        """See `bot.chat.platform.Core.build_menu`."""
        asking = clean_caller(caller)

        async def load_moment(tx: Tx) -> tuple[Caller, Moment]:
            person = await tx.people.find_person(asking, place)
            known = await add_granted_rights(asking, place, tx)
            call = self._runner.build_call(known, place, person, tx)
            return known, await call.load_member_moment()

        known, moment = await self._store.run(load_moment, write=False)
        allowed = [
            command
            for command in self._runner.commands.values()
            if known.is_moderator or not command.moderators
        ]
        sections = []
        for title, commands in build_command_menu(moment, allowed).all_sections:
            sections.append((title, [command.name for command in commands]))
        return sections

    async def save_form(self, caller: Caller, form: Form) -> str:
        """See `bot.chat.platform.Core.save_form`."""
        now = self._clock.now()

        async def insert_draft(tx: Tx) -> int:
            person = await tx.people.load_or_create_person(clean_caller(caller), now)
            return await tx.answers.insert_form_draft(person.account_id, form, now)

        return f"draft {await self._store.run(insert_draft)}"


def _add_delivery_notice(answer: Answer, person: Person) -> Answer:
    """Return the answer with news about closed private messages, for a person not yet told.

    The same object comes back where nothing was added.
    """
    if person.closed != "untold":
        return answer
    return add_top_line(answer, PRIVATE_CLOSED)


def _match_fixed_choices(option: CommandOption, typed: str) -> Sequence[Choice]:
    wanted = typed.casefold()
    return [Choice(value, value) for value in option.choices if value.startswith(wanted)]


def _build_idempotency_key(caller: Caller, interaction_id: str) -> str:
    account = caller.account
    return shorten_key(f"{account.platform}:{account.tenant}:{interaction_id}")
