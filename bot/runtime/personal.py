"""Somebody's own data on its way: files to them alone, and word to the platforms of an erasure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.chat.address import Caller, Place
from bot.chat.errors import SendError
from bot.chat.message import Message, text_message
from bot.chat.platform import Platform
from bot.chat.text import join_names
from bot.host.failures import FailureLog
from bot.runtime.phrase_runner import add_top_line
from bot.store.personal import ErasedPerson

log = logging.getLogger(__name__)

FILE_TIMEOUT = 25.0  # seconds
AS_TEXT = "I could not send you files here, so this is all of it as text."


class PersonalDelivery:
    """Hands people their own data, and tells platforms whom to forget."""

    def __init__(self, platforms: Mapping[str, Platform], failures: FailureLog) -> None:
        self._platforms = platforms
        self._failures = failures

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

    async def forget_person(self, erased: ErasedPerson) -> None:
        """Have every platform forget an erased person. Raises nothing."""
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
