"""One phrase prepared and run: its rights, its files, its place, and the command itself.

Everything slow happens before the transaction: asking the platform, fetching and reading files.
A write transaction on SQLite keeps every other writer waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from bot.chat.address import Caller, Place, SetupProblem
from bot.chat.errors import Refused, SendError
from bot.chat.message import Answer, InvalidMessageError, Message
from bot.chat.platform import Files, Filled, Platform, get_space_word
from bot.clock import Clock
from bot.command import (
    Call,
    Command,
    CommandOption,
    CommandRegistry,
    MissingChoice,
    NamedRights,
    ParsedPhrase,
    Upload,
    ask_for_missing_options,
    ask_for_option,
    parse_phrase,
)
from bot.group.gallery import RoadmapShelf
from bot.group.member import Person
from bot.host.failures import FailureLog
from bot.roadmap import Roadmap
from bot.runtime.act_log import record_moderator_act
from bot.runtime.examples import write_example
from bot.runtime.moderators import ModeratorRights, add_granted_rights
from bot.runtime.uploads import clean_file_name, fetch_upload
from bot.store import Store, Tx

MAX_TROUBLE_LINES = 3  # above a moderator's answer
MAX_FILES_AT_ONCE = 2  # being fetched and read; reading one may take 100 MB of memory


@dataclass(frozen=True, slots=True)
class PhraseRequest:
    """A parsed phrase, with everything learned before its transaction.

    `named_rights`: of whom the phrase names, for a command that asks for them.
    `file_values`: the values read from files, by option.
    """

    parsed: ParsedPhrase
    caller: Caller
    place: Place
    is_submitted: bool
    setup_problems: tuple[SetupProblem, ...]
    named_rights: NamedRights | None = None
    file_values: Mapping[str, object] = field(default_factory=dict)


class PhraseRunner:
    """Prepares phrases and runs their commands, for any platform."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        roadmaps: Mapping[str, Roadmap],
        command_registry: CommandRegistry,
        platforms: Mapping[str, Platform],
        failures: FailureLog,
    ) -> None:
        self._store = store
        self._clock = clock
        self._roadmaps = RoadmapShelf.from_roadmaps(roadmaps)
        self._registry = command_registry
        self._platforms = platforms
        self._failures = failures
        self._moderation = ModeratorRights(store, platforms, failures)
        self._file_slots = asyncio.Semaphore(MAX_FILES_AT_ONCE)

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by name."""
        return self._registry.commands

    def build_call(
        self,
        caller: Caller,
        place: Place,
        person: Person,
        tx: Tx,
        option_texts: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Call:
        """Return a call at this moment, without the facts only a running command needs."""
        return Call(
            caller,
            place,
            person,
            self._clock.now(),
            tx,
            self._roadmaps,
            option_texts or {},
            write_example=write_example,
        )

    # — before the transaction —

    async def prepare_request(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None,
        file_options: Collection[str] = (),
    ) -> PhraseRequest:
        """Parse a phrase and ask its platform about the place. Raises `Refused`."""
        try:
            parsed = parse_phrase(phrase, self.commands, filled, file_options)
        except Refused:
            await self._refuse_moderator_group(caller, place, phrase)
            raise
        caller, place = await self._moderation.resolve_private_place(parsed, caller, place)
        setup_problems = await self._check_announcing_place(parsed.command, place)
        named_rights = await self._moderation.ask_named_rights(parsed, caller, place)
        return PhraseRequest(
            parsed, caller, place, filled is not None, setup_problems, named_rights
        )

    async def _refuse_moderator_group(self, caller: Caller, place: Place, phrase: str) -> None:
        """Raise `Refused` for a member with a mistake in a moderators' group: advice is no use."""
        group = "".join(phrase.strip().removeprefix("/").casefold().split()[:1])
        if self._is_moderator_group(group):
            known = await self._store.run(
                lambda tx: add_granted_rights(caller, place, tx), write=False
            )
            require_moderator(known, group)

    def _is_moderator_group(self, group: str) -> bool:
        members = [command for command in self.commands.values() if command.group == group]
        return bool(members) and all(command.moderators for command in members)

    async def _check_announcing_place(
        self, command: Command, place: Place
    ) -> tuple[SetupProblem, ...]:
        """Return missing rights at a place, for a command with posts there; else nothing."""
        platform = self._platforms.get(place.platform)
        if platform is None or place.is_private or not command.announcing:
            return ()
        try:
            return tuple(await platform.check_place(place, ("thread", "event", "pin")))
        except (SendError, OSError) as error:
            # The command can do without: the post itself will tell, and moderators are told then.
            sentence = f"what is missing in a channel of {place.platform} could not be asked"
            self._failures.log_failure("lacking", sentence, error=error)
            return ()

    async def read_files(self, parsed: ParsedPhrase, files: Files) -> dict[str, object]:
        """Return the values read from files, by option. Raises `Refused` with the option's name."""
        values: dict[str, object] = {}
        for option in parsed.command.options:
            if option.file_reader is not None and option.name in files:
                try:
                    values[option.name] = await self._read_file(option, files)
                except Refused as refused:
                    raise Refused(refused.sentence, option.name) from None
        return values

    async def _read_file(self, option: CommandOption, files: Files) -> object:
        assert option.file_reader is not None
        attachment = files[option.name]
        async with self._file_slots:
            content = await fetch_upload(option, attachment, option.file_reader.max_bytes)
            # The name may be known only once the file is here.
            upload = Upload(clean_file_name(attachment.name), content)
            # Parsing a large document takes seconds: the loop must go on.
            return await asyncio.to_thread(option.file_reader.read, upload)

    # — inside the transaction —

    async def run_request(self, request: PhraseRequest, person: Person, tx: Tx) -> Answer:
        """Run a command and return its answer. Raises `Refused`."""
        command, place = request.parsed.command, request.place
        caller = await add_granted_rights(request.caller, place, tx)
        if command.moderators:
            require_moderator(caller, command.name)
        call = self._add_request_facts(
            self.build_call(caller, place, person, tx, request.parsed.option_texts), request
        )
        call = await self._add_default_zone(call, command)
        answer = await self._execute_command(request, call)
        await tx.edits.request_count_edits(call.now)
        await record_moderator_act(call, request.parsed)
        if command.moderators and place.space:
            return await self._add_home_troubles(answer, place, tx)
        return answer

    async def _add_home_troubles(self, answer: Answer, place: Place, tx: Tx) -> Answer:
        """Return a moderator's answer with the troubles of the homes in their space on top."""
        troubles = [*await tx.cohorts.list_home_troubles(place)][:MAX_TROUBLE_LINES]
        # Each line goes on top, so the last one is added first.
        for line in reversed(troubles):
            answer = add_top_line(answer, line)
        return answer

    def _add_request_facts(self, call: Call, request: PhraseRequest) -> Call:
        name = request.place.platform
        platform = self._platforms.get(name)
        return replace(
            call,
            is_submitted=request.is_submitted,
            setup_problems=request.setup_problems,
            named_rights=request.named_rights,
            space_word=get_space_word(self._platforms, name),
            threads={other: platform.threads for other, platform in self._platforms.items()},
            post_links={
                other: platform.build_post_link for other, platform in self._platforms.items()
            },
            reveal_path="" if platform is None else platform.reveal_path,
        )

    async def _add_default_zone(self, call: Call, command: Command) -> Call:
        """Return the call with the zone of its caller's cohort, where a date needs one."""
        has_date = any(option.kind == "date" for option in command.options)
        # Without a date nobody pays for the query.
        if call.person.zone or not call.person.id or not has_date:
            return call
        cohorts = await call.list_own_cohorts()
        unfinished = [cohort for cohort in cohorts if cohort.state != "finished"]
        for cohort in unfinished or cohorts:
            return replace(call, default_zone=cohort.zone)
        return call

    async def _execute_command(self, request: PhraseRequest, call: Call) -> Answer:
        parsed = request.parsed
        try:
            if parsed.missing_options:
                return await ask_for_missing_options(parsed, call)
            values = parsed.convert_options(call.today)
            return await parsed.command.run(call, **values, **request.file_values)
        except MissingChoice as missing:
            return ask_for_option(parsed, missing.option, missing.sentence, missing.choices)


def require_moderator(caller: Caller, command_name: str) -> None:
    """Raise `Refused` for a caller without the right to moderate."""
    if not caller.is_moderator:
        raise Refused(
            f"Only moderators can use `{command_name}` here: "
            "ask one of them, or see `help` for what you can do."
        )


def add_top_line(answer: Answer, line: str) -> Answer:
    """Return a message with a line on top; a form or a full message stays as it is."""
    if not isinstance(answer, Message):
        return answer
    try:
        return answer.add_top_line(line)
    except InvalidMessageError:
        return answer
