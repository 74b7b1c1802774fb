"""The delivery of one claimed letter: find its destination, look for it, write it, send it.

Whether a letter is still needed is judged at the last moment, from fresh facts. A letter with an
unknown outcome is looked for first; where the platform cannot look, it ends `unsure` and is never
sent again by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.chat.errors import (
    CannotReadHistory,
    DatabaseUnavailableError,
    NotConnected,
    SendError,
)
from bot.chat.message import Message
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.host.failures import FailureLog
from bot.runtime.compose import Delay, Skip, write_letter
from bot.runtime.destination import (
    Destination,
    build_left_skip,
    describe_lost_extras,
    format_ledger_reason,
    list_wanted_extras,
)
from bot.runtime.gathering import GatheredLetter, gather_letter, gather_letters
from bot.runtime.letter_life import TryOutcome, TryResult
from bot.runtime.moderator_letters import NO_MODERATOR, ModeratorLetter, write_for_moderator
from bot.runtime.moderators import find_moderator_seat
from bot.runtime.outcomes import LetterOutcomes
from bot.runtime.prepared import ClosedHome, PreparedLetter, ReadyLetter
from bot.runtime.spaces import ask_member_present, list_setup_problems, record_member_presence
from bot.store import Store
from bot.store.cohorts import WAITS
from bot.store.ledger import Letter

log = logging.getLogger(__name__)

# Seconds. Looking and sending together are shorter than the lease: whoever claims the letter next
# finds the outcome of this try written down.
SEARCH_TIMEOUT = 50.0
SEND_TIMEOUT = 60.0
THREAD_TIMEOUT = 20.0

# Facts that are older when the letter is sent are gathered again.
MAX_FACT_AGE = timedelta(seconds=2)

RIGHTS_RETRY = timedelta(minutes=5)  # after a platform did not say who is a moderator

NO_ANSWER = "no answer in time"


class LetterDelivery:
    """Delivers claimed letters, each in a task of its own."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        failures: FailureLog,
        outcomes: LetterOutcomes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._failures = failures
        self._outcomes = outcomes

    async def gather_batch(self, letters: Sequence[Letter]) -> Mapping[int, GatheredLetter]:
        """Return what is known about claimed letters, by their ids, for `deliver_letter`.

        A letter left out is gathered when it is delivered. Raises nothing.
        """
        try:
            return await self._store.run(
                lambda tx: gather_letters(tx, letters, self._clock.now()), write=False
            )
        except Exception:
            # A door: whatever it was, each letter meets it again by itself, and reports it there.
            return {}

    async def deliver_letter(self, letter: Letter, gathered: GatheredLetter | None = None) -> None:
        """Send a claimed letter, or record why not. Raises nothing."""
        try:
            await self._route_letter(letter, gathered)
        except DatabaseUnavailableError:
            # This comes only from before the letter was handed over: what became of it afterwards
            # is written however long the database is away.
            await self._outcomes.retry_untried_letter(letter, "the database was away")
        except Exception as bug:
            # A door: one letter's bug stops no other letter. It may have come after the letter was
            # handed over, so its outcome is unknown.
            await self._report_letter_bug(letter, "lost", "could not be sent", bug)

    async def _report_letter_bug(
        self, letter: Letter, outcome: TryOutcome, failure: str, bug: Exception
    ) -> None:
        """Log a bug under a ticket and retry the letter later."""
        sentence = f"letter {letter.natural_key} {failure}"
        ticket = self._failures.log_failure(failure, sentence, error=bug, has_ticket=True)
        await self._record(letter, outcome, f"a bug, ticket {ticket}")

    async def _record(
        self,
        letter: Letter,
        outcome: TryOutcome,
        reason: str = "",
        after: timedelta | None = None,
    ) -> bool:
        return await self._outcomes.record_result(letter, TryResult(outcome, reason, after))

    async def _route_letter(self, letter: Letter, gathered: GatheredLetter | None) -> None:
        if gathered is None or not self._is_fresh(gathered):
            gathered = await self._gather_or_report(letter)
            if gathered is None:
                return None
        to = gathered.to
        if isinstance(to, Skip):
            await self._record(letter, "needless", to.reason)
            return None
        platform = self._platforms.get(to.place.platform)
        if platform is None:
            reason = f"{to.place.platform} is not connected"
            return await self._outcomes.retry_untried_letter(letter, reason)
        # First of all, because a letter that has got through must not be judged again: it may not
        # be needed any more, and would be recorded as skipped.
        if letter.is_search_required and await self._resolve_unknown_outcome(
            platform, to, letter, gathered
        ):
            return None
        try:
            prepared = await self._prepare_letter(platform, to, letter, gathered)
        except DatabaseUnavailableError:
            raise
        except Exception as bug:
            # A door: kinds of posts are files anybody adds. Nothing was handed over yet, which is
            # why this is told from a bug in sending.
            return await self._report_letter_bug(letter, "failed", "could not be written", bug)
        await self._handle_prepared_letter(platform, to, letter, prepared)

    # — facts —

    async def _gather_or_report(self, letter: Letter) -> GatheredLetter | None:
        """Gather a letter by itself; after a bug, retry it later and return None."""
        try:
            return await self._gather_letter(letter)
        except DatabaseUnavailableError:
            raise
        except Exception as bug:
            # A door: the facts are read by rules that anybody adds to. This try has handed nothing
            # over, and has learned nothing about the tries before it.
            await self._report_letter_bug(letter, "untried", "could not be written", bug)
            return None

    async def _gather_letter(self, letter: Letter) -> GatheredLetter:
        return await self._store.run(
            lambda tx: gather_letter(tx, letter, self._clock.now()), write=False
        )

    def _is_fresh(self, gathered: GatheredLetter) -> bool:
        """Tell if facts are new enough to judge a letter by. A clock set back makes them old."""
        return timedelta() <= self._clock.now() - gathered.at <= MAX_FACT_AGE

    async def _handle_prepared_letter(
        self, platform: Platform, to: Destination, letter: Letter, prepared: PreparedLetter
    ) -> None:
        match prepared:
            case Skip(reason):
                await self._record(letter, "needless", reason)
            case Delay(until, reason):
                result = TryResult("quiet_hours", reason, until=until)
                await self._outcomes.record_result(letter, result)
            case ClosedHome(reason, trouble):
                await self._outcomes.hold_for_home(letter, to.home, reason, trouble)
            case ReadyLetter():
                await self._send_to_platform(platform, to, prepared, letter)

    # — an unknown outcome —

    async def _resolve_unknown_outcome(
        self, platform: Platform, to: Destination, letter: Letter, gathered: GatheredLetter
    ) -> bool:
        """Look for a letter an earlier try may have sent. Return True where this try is over.

        False means it is not there, or was never tried: it may be sent now.
        """
        since = letter.began_at or letter.moment
        try:
            async with asyncio.timeout(SEARCH_TIMEOUT):
                sent_ref = await platform.find_message(to.place, letter.natural_key, since)
        except TimeoutError:
            await self._outcomes.retry_untried_letter(letter, NO_ANSWER)
        except CannotReadHistory:
            reason = "it may have been sent, and I cannot look"
            return await self._record(letter, "unreadable", reason)
        except NotConnected as away:
            await self._record(letter, "away_at_search", away.reason, away.after)
        except SendError as error:
            await self._outcomes.retry_untried_letter(letter, error.reason, error.after)
        else:
            if sent_ref is None:
                return False
            await self._record_found_letter(platform, to, letter, gathered, sent_ref)
        return True

    async def _record_found_letter(
        self,
        platform: Platform,
        to: Destination,
        letter: Letter,
        gathered: GatheredLetter,
        sent_ref: str,
    ) -> None:
        # Only to know its thread: the text that was sent stays as it is.
        message = write_letter(gathered.content)
        if isinstance(message, Message):
            await self._open_letter_thread(platform, to, letter, message, sent_ref)
        result = TryResult("found", "found after an unknown outcome", sent_ref=sent_ref)
        await self._outcomes.record_result(letter, result, has_call=True)

    # — writing —

    async def _prepare_letter(
        self, platform: Platform, to: Destination, letter: Letter, gathered: GatheredLetter
    ) -> PreparedLetter:
        """Return a letter written from fresh facts, if its reader is there and its home is open."""
        if to.moderator is not None:
            return await self._prepare_moderator_letter(platform, to.moderator, letter, gathered)
        was_missing = to.seat is not None and to.seat.missing_since is not None
        # Asked before anything is written: a member back in the space is not away any more, and
        # the letter is written for somebody who is there.
        if was_missing and not await self._is_back(platform, to):
            return build_left_skip(platform)
        if was_missing or not self._is_fresh(gathered):
            gathered = await self._gather_letter(letter)
        message = write_letter(gathered.content)
        if not isinstance(message, Message):
            return message
        if to.home is not None:
            prepared = await self._prepare_home_letter(
                platform, to, message, has_pending_event=gathered.has_pending_event
            )
        # For all others only now: the platform need not be asked about a letter nobody needs.
        else:
            prepared = await self._prepare_private_letter(platform, to, message)
        if not isinstance(prepared, ReadyLetter) or self._is_fresh(gathered):
            return prepared
        return await self._write_again(to, letter, prepared)

    async def _write_again(
        self, to: Destination, letter: Letter, ready: ReadyLetter
    ) -> PreparedLetter:
        """Judge and write a letter from new facts: the platform took long to answer."""
        gathered = await self._gather_letter(letter)
        if isinstance(gathered.to, Skip):
            return gathered.to
        if gathered.to.place != to.place:
            # The platform was asked about another place. The next try asks about this one.
            return Delay(self._clock.now())
        message = write_letter(gathered.content)
        return replace(ready, message=message) if isinstance(message, Message) else message

    async def _prepare_home_letter(
        self, platform: Platform, to: Destination, message: Message, *, has_pending_event: bool
    ) -> PreparedLetter:
        assert to.home is not None
        if not to.home.is_in_reach:
            reason = f"I am not in the {platform.space_word} any more"
            return ClosedHome(reason, to.home.trouble)
        wanted = list_wanted_extras(to, message, is_pending=has_pending_event)
        problems = await list_setup_problems(platform, to.place, wanted)
        blocking = [problem.sentence for problem in problems if problem.is_blocking]
        if blocking:
            return ClosedHome(format_ledger_reason(blocking[0]), WAITS + " ".join(blocking))
        return ReadyLetter(message, describe_lost_extras(to, problems))

    async def _prepare_private_letter(
        self, platform: Platform, to: Destination, message: Message
    ) -> PreparedLetter:
        if to.seat is None or to.seat.missing_since is not None:
            return ReadyLetter(message)
        is_present = await ask_member_present(self._clock, platform, to.seat)
        if is_present is None:
            return ReadyLetter(message)
        if is_present:
            # Kept together with the letter's end: it changes nothing but the next question.
            return ReadyLetter(message, seen=to.seat)
        await record_member_presence(self._store, self._clock, to.cohort, to.seat, is_present=False)
        return build_left_skip(platform)

    async def _prepare_moderator_letter(
        self,
        platform: Platform,
        reader: ModeratorLetter,
        letter: Letter,
        gathered: GatheredLetter,
    ) -> PreparedLetter:
        """Return a letter to somebody who is a moderator now. Until that is known, it waits."""
        contact = reader.contact
        try:
            seat = await find_moderator_seat(
                self._store, platform, contact.account, contact.person.name, reader.places
            )
        except (SendError, TimeoutError) as error:
            log.info("%s does not say who is a moderator: %s", platform.name, error)
            return Delay(self._clock.now() + RIGHTS_RETRY, f"{platform.name} does not answer")
        if seat is None:
            return NO_MODERATOR
        if not self._is_fresh(gathered):
            gathered = await self._gather_letter(letter)
            if isinstance(gathered.to, Skip):
                return gathered.to
        message = write_for_moderator(gathered.content, seat)
        return ReadyLetter(message) if isinstance(message, Message) else message

    async def _is_back(self, platform: Platform, to: Destination) -> bool:
        """Tell if a member who had left is in the space again. Without an answer, they are."""
        assert to.seat is not None
        is_present = await ask_member_present(self._clock, platform, to.seat)
        if is_present is None:
            return True
        await record_member_presence(
            self._store, self._clock, to.cohort, to.seat, is_present=is_present
        )
        return is_present

    # — sending —

    async def _send_to_platform(
        self, platform: Platform, to: Destination, ready: ReadyLetter, letter: Letter
    ) -> None:
        # A lease checked any earlier may be over by now: the process may have been frozen, or the
        # platform slow to answer. Then somebody else may be sending this very letter.
        if not self._has_time_to_send(letter):
            await self._record(letter, "failed", "it took too long to write")
            return
        await self._record_named_call(to, ready.message, letter)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                sent_ref = await platform.send(to.place, ready.message, letter.natural_key)
        except SendError as error:
            return await self._handle_send_error(to, letter, error)
        except TimeoutError:
            # The request is on its way, and may still arrive.
            await self._record(letter, "lost", NO_ANSWER)
            return
        # The thread first: after a crash in between, the letter is found and its thread opened.
        await self._open_letter_thread(platform, to, letter, ready.message, sent_ref)
        has_call = ready.message.event is not None
        result = TryResult("sent", sent_ref=sent_ref)
        await self._outcomes.record_result(letter, result, has_call=has_call, seen=ready.seen)
        await self._outcomes.update_home_trouble(to.home, ready.trouble)

    def _has_time_to_send(self, letter: Letter) -> bool:
        needed = timedelta(seconds=SEND_TIMEOUT + THREAD_TIMEOUT)
        return self._clock.now() + needed <= letter.leased_until

    async def _record_named_call(self, to: Destination, message: Message, letter: Letter) -> None:
        # Before sending: after a crash, the event is made for a call members may have read of.
        home, event = to.home, message.event
        if event is not None and home is not None:
            await self._store.run(lambda tx: tx.events.record_named_call(letter, home, event))

    async def _handle_send_error(self, to: Destination, letter: Letter, error: SendError) -> None:
        if isinstance(error, NotConnected):
            await self._record(letter, "away_at_sending", error.reason, error.after)
        elif error.permanent and to.home is not None:
            await self._outcomes.handle_home_refusal(to.home, letter, error.reason)
        elif error.permanent:
            await self._record(letter, "private_refused", error.reason)
        elif error.perhaps_sent:
            await self._record(letter, "lost", error.reason, error.after)
        else:
            await self._record(letter, "failed", error.reason, error.after)

    async def _open_letter_thread(
        self, platform: Platform, to: Destination, letter: Letter, message: Message, sent_ref: str
    ) -> None:
        """Open the thread below a message in a home. A failure costs the thread alone."""
        if to.home is None or not message.thread:
            return
        sentence = f"letter {letter.natural_key}: its thread is missing"
        try:
            async with asyncio.timeout(THREAD_TIMEOUT):
                await platform.open_thread(to.place, message, sent_ref)
        except (SendError, TimeoutError) as error:
            log.warning("%s: %s", sentence, error or NO_ANSWER)
        except Exception as bug:
            # A door: the message is out. A bug that went on from here would leave its outcome
            # unknown, and it would meet the same bug again at every later try.
            self._failures.log_failure("beside", sentence, error=bug)
