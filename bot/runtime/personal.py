"""Somebody's own data on its way: files to them alone, and word to the platforms of an erasure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.address import Caller, Place
from bot.chat.errors import DatabaseUnavailableError, SendError
from bot.chat.message import Message, text_message
from bot.chat.platform import Platform
from bot.chat.text import join_names
from bot.clock import Clock
from bot.host.failures import FailureLog
from bot.runtime.phrase_runner import add_top_line
from bot.store import Store
from bot.store.erasures import ErasedPerson

log = logging.getLogger(__name__)

FILE_TIMEOUT = 25.0  # seconds
RETRY = timedelta(minutes=1)
AS_TEXT = "I could not send you files here, so this is all of it as text."


class PersonalDelivery:
    """Hands people their own data, and tells platforms whom to forget."""

    def __init__(
        self, store: Store, clock: Clock, platforms: Mapping[str, Platform], failures: FailureLog
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._failures = failures
        # The process before may have been killed between an erasure and its word to a platform.
        self._next_look_at: datetime | None = clock.now()

    async def deliver_files(
        self, caller: Caller, place: Place, message: Message, key: str
    ) -> Message:
        """Send a message's files to its reader in private, and return what to answer.

        It is the message itself where no file can be sent.
        """
        account = caller.account
        private = Place(account.platform, place.space, native=account.native, tenant=account.tenant)
        names = join_names([file.name for file in message.files])
        platform = self._platforms.get(account.platform)
        try:
            if platform is None:
                raise SendError("not connected")
            async with asyncio.timeout(FILE_TIMEOUT):
                await platform.send_files(private, message.files, f"Your data: {names}", key)
        except (SendError, TimeoutError) as error:
            reason = error.reason if isinstance(error, SendError) else "no answer in time"
            log.info("files could not be sent on %s: %s", account.platform, reason)
            answer = add_top_line(replace(message, files=()), AS_TEXT)
            assert isinstance(answer, Message)
            return answer
        return text_message(f"I have sent you a private message with {names}.")

    async def finish_erasures(self) -> None:
        """Have the platforms forget whoever they have not been told of. Raises nothing."""
        if self._next_look_at is None or self._clock.now() < self._next_look_at:
            return
        self._next_look_at = None
        try:
            erasures = await self._store.run(lambda tx: tx.erasures.list_erasures(), write=False)
        except DatabaseUnavailableError:
            self._next_look_at = self._clock.now() + RETRY
            return
        for erased in erasures:
            await self.forget_person(erased)

    async def forget_person(self, erased: ErasedPerson) -> None:
        """Have every platform forget an erased person. Raises nothing.

        A platform that fails is told again later, also after a restart.
        """
        if not await self._tell_platforms(erased):
            self._next_look_at = self._clock.now() + RETRY
            return
        try:
            await self._store.run(lambda tx: tx.erasures.delete_erasure(erased))
        except DatabaseUnavailableError:
            self._next_look_at = self._clock.now() + RETRY

    async def _tell_platforms(self, erased: ErasedPerson) -> bool:
        """Return True once every connected platform has forgotten somebody."""
        has_failed = False
        for account in erased.accounts:
            platform = self._platforms.get(account.platform)
            if platform is None:
                continue
            try:
                await platform.forget_account(account, erased.names)
            except Exception as bug:
                # A door: the erasure is committed, and its receipt must reach the person.
                sentence = f"{platform.name} could not forget an account"
                self._failures.log_failure(sentence, sentence, error=bug)
                has_failed = True
        return not has_failed
