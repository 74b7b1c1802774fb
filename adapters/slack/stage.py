"""Where an answer is shown: to its reader alone, in a channel or in a modal."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError

from adapters.slack.api import Api, word
from adapters.slack.attached import UNGRANTED, asks_for_file
from adapters.slack.modal import Carried, form_view, loading_view, message_view
from adapters.slack.render import blocks, fallback
from adapters.slack.told import MODAL, Told
from adapters.slack.trouble import BROKEN
from bot.chat.message import Answer, Form, say

CLOSED = {
    "not_found",
    "view_not_found",
}  # errors of `views.update` for a modal that is not open any more
UNFIT = {
    "missing_scope",
    "invalid_arguments",
}  # and for a view that this app may not show; Slack tells no word of its own
EXCHANGED = (
    "exchanged_trigger_id"  # what `views.open` says to a trigger that has opened a modal before
)

log = logging.getLogger(__name__)


class Twice(Exception):
    """The interaction came before, and opened its modal then."""


class Gone(Exception):
    """The modal was closed before the answer came."""


class Stage(Protocol):
    """A place for one answer."""

    takes_forms: bool

    async def show(self, answer: Answer) -> None:
        """Show it. Raises `Gone`, and what `Api` raises."""
        ...


class Private:
    """A message that only its reader sees. One that came before gives way to the next, as pages of a book do."""

    takes_forms = False

    def __init__(self, api: Api, told: Told, command: str) -> None:
        self._api = api
        self._told = told
        self._command = command

    async def show(self, answer: Answer) -> None:
        if isinstance(answer, Form) or not self._told.response_url:
            log.warning("interaction %s has no place for its answer", self._told.once)
            return
        await self._api.respond(
            self._told.response_url,
            response_type="ephemeral",
            replace_original=self._told.unseen and answer.asks,
            text=fallback(answer, self._command),
            blocks=blocks(answer, self._command),
        )


class Modal:
    """A view that is open, and shows a message or a form."""

    takes_forms = True

    def __init__(self, api: Api, told: Told, command: str, view_id: str) -> None:
        self._api = api
        self._told = told
        self._command = command
        self._view_id = view_id

    async def show(self, answer: Answer) -> None:
        view = drawn(answer, self._told.place.channel, self._command)
        try:
            await self._api.call(
                self._told.workspace, "views.update", view_id=self._view_id, view=view
            )
        except SlackApiError as refused:
            if word(refused) in UNFIT and asks_for_file(answer):
                return await self.show(say(UNGRANTED))
            if word(refused) not in CLOSED:
                raise
            raise Gone from refused


def drawn(answer: Answer, channel: str, command: str) -> dict[str, Any]:
    """An answer as a view, which knows the channel it was opened in."""
    if isinstance(answer, Form):
        return form_view(answer, Carried(answer.says, channel), command)
    return message_view(answer, Carried("", channel), command)


async def opened(api: Api, told: Told, command: str) -> Modal | None:
    """A modal that shows that something is coming, opened before anything else is asked.

    Where there is a modal already it lies on top of that one, and closing it leads back.
    None where Slack does not open it. Raises `Twice`.
    """
    if not told.trigger:
        return None
    method = "views.push" if told.view_type == MODAL else "views.open"
    try:
        answer = await api.call(
            told.workspace, method, trigger_id=told.trigger, view=loading_view()
        )
    except BROKEN as refused:
        if isinstance(refused, SlackApiError) and word(refused) == EXCHANGED:
            raise Twice from refused
        log.info("interaction %s opened no modal: %s", told.once, refused)
        return None
    view = answer.get("view") or {}
    return Modal(api, told, command, str(view.get("id", "")))
