"""Where an answer is shown: to its reader alone, in a channel or in a modal."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError

from adapters.slack.api import SlackApi, get_error_code
from adapters.slack.attached import UNGRANTED, has_file_field
from adapters.slack.modal import (
    ViewMetadata,
    build_form_view,
    build_loading_view,
    build_message_view,
)
from adapters.slack.render import render_blocks, render_fallback_text
from adapters.slack.told import MODAL, SlackInteraction
from adapters.slack.trouble import BROKEN
from bot.chat.message import Answer, Form, text_message

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


class DuplicateInteractionError(Exception):
    """The interaction came before, and opened its modal then."""


class ModalClosedError(Exception):
    """The modal was closed before the answer came."""


class ReplySurface(Protocol):
    """A place for one answer."""

    can_show_forms: bool

    async def show_reply(self, answer: Answer) -> None:
        """Show it. Raises `Gone`, and what `Api` raises."""
        ...


class EphemeralReply:
    """A message that only its reader sees. One that came before gives way to the next, as pages of a book do."""

    can_show_forms = False

    def __init__(self, api: SlackApi, interaction: SlackInteraction, command: str) -> None:
        self._api = api
        self._told = interaction
        self._command = command

    async def show_reply(self, answer: Answer) -> None:
        if isinstance(answer, Form) or not self._told.response_url:
            log.warning("interaction %s has no place for its answer", self._told.idempotency_key)
            return
        await self._api.send_to_response_url(
            self._told.response_url,
            response_type="ephemeral",
            replace_original=self._told.is_ephemeral and answer.is_interactive,
            text=render_fallback_text(answer, self._command),
            blocks=render_blocks(answer, self._command),
        )


class ModalReply:
    """A view that is open, and shows a message or a form."""

    can_show_forms = True

    def __init__(
        self, api: SlackApi, interaction: SlackInteraction, command: str, view_id: str
    ) -> None:
        self._api = api
        self._told = interaction
        self._command = command
        self._view_id = view_id

    async def show_reply(self, answer: Answer) -> None:
        view = build_answer_view(answer, self._told.place.channel, self._command)
        try:
            await self._api.call_method(
                self._told.workspace, "views.update", view_id=self._view_id, view=view
            )
        except SlackApiError as refused:
            if get_error_code(refused) in UNFIT and has_file_field(answer):
                return await self.show_reply(text_message(UNGRANTED))
            if get_error_code(refused) not in CLOSED:
                raise
            raise ModalClosedError from refused


def build_answer_view(answer: Answer, channel: str, command: str) -> dict[str, Any]:
    """An answer as a view, which knows the channel it was opened in."""
    if isinstance(answer, Form):
        return build_form_view(answer, ViewMetadata(answer.says, channel), command)
    return build_message_view(answer, ViewMetadata("", channel), command)


async def open_loading_modal(
    api: SlackApi, interaction: SlackInteraction, command: str
) -> ModalReply | None:
    """A modal that shows that something is coming, opened before anything else is asked.

    Where there is a modal already it lies on top of that one, and closing it leads back.
    None where Slack does not open it. Raises `Twice`.
    """
    if not interaction.trigger_id:
        return None
    method = "views.push" if interaction.view_type == MODAL else "views.open"
    try:
        answer = await api.call_method(
            interaction.workspace,
            method,
            trigger_id=interaction.trigger_id,
            view=build_loading_view(),
        )
    except BROKEN as refused:
        if isinstance(refused, SlackApiError) and get_error_code(refused) == EXCHANGED:
            raise DuplicateInteractionError from refused
        log.info("interaction %s opened no modal: %s", interaction.idempotency_key, refused)
        return None
    view = answer.get("view") or {}
    return ModalReply(api, interaction, command, str(view.get("id", "")))
