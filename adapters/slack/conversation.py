"""The way of an interaction to the core, and of the answer back to its sender.

Commands, clicks, lists, forms and the App Home all come through here. An interaction carries
everything it needs, so any process may answer it; the core recognises one that comes twice.
Slack is answered before the database is asked. For a phrase that may open a form, a modal is
opened first and filled afterwards: its `trigger_id` lives for three seconds (Slack: Modals).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError

from adapters.slack.api import SlackApi, get_error_code
from adapters.slack.errors import SLACK_FAILURES
from adapters.slack.files import SCOPE, UNGRANTED, build_slack_files, has_file_field
from adapters.slack.home import SlackAppHomes, get_first_text_line
from adapters.slack.intake import ACKNOWLEDGED_WITHIN
from adapters.slack.interaction import HOME, MODAL, SlackInteraction
from adapters.slack.modal import (
    ViewMetadata,
    build_answer_view,
    build_loading_view,
    build_submission_response,
    parse_block_action,
    parse_view_files,
    parse_view_values,
)
from adapters.slack.payload import parse_command_text
from adapters.slack.people import SlackPeople
from adapters.slack.render import render_blocks, render_fallback_text
from adapters.slack.rights import REMOVED
from bot.chat.address import Caller
from bot.chat.buttons import build_form_retry_message
from bot.chat.errors import Refused
from bot.chat.message import Answer, Form, text_message
from bot.chat.platform import Core, Files, Filled
from bot.command import can_phrase_open_form, find_command, get_commands, parse_phrase

PATIENCE = ACKNOWLEDGED_WITHIN  # a form that takes longer says so, and then shows its answer
LOST = "I could not show you the answer. Please tell the person who runs this bot the number"
FAILED = "Something went wrong on my side. Please tell the person who runs this bot the number"
UNKNOWN = "Slack cannot tell me right now who manages this workspace: please try again in a minute."

# Errors of `views.update` for a modal that was closed.
CLOSED_VIEW_ERRORS = {"not_found", "view_not_found"}
# And for a view that this app may not show: Slack has no code of its own for a missing scope.
FORBIDDEN_VIEW_ERRORS = {"missing_scope", "invalid_arguments"}
# The answer of `views.open` to a trigger that has opened a modal before.
USED_TRIGGER_ERROR = "exchanged_trigger_id"

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[object]]


class DuplicateInteractionError(Exception):
    """The interaction came before, and opened its modal then."""


class ModalClosedError(Exception):
    """The modal was closed before the answer came."""


class ReplySurface(Protocol):
    """A place for one answer."""

    can_show_forms: bool

    async def show_reply(self, answer: Answer) -> None:
        """Show the answer.

        Raises `ModalClosedError`, and the errors of `SlackApi.call_method`.
        """
        ...


class EphemeralReply:
    """A message that only its reader sees. A new page replaces the one before it."""

    can_show_forms = False

    def __init__(self, api: SlackApi, interaction: SlackInteraction, command: str) -> None:
        self._api = api
        self._interaction = interaction
        self._command = command

    async def show_reply(self, answer: Answer) -> None:
        interaction = self._interaction
        if isinstance(answer, Form) or not interaction.response_url:
            log.warning("interaction %s has no place for its answer", interaction.idempotency_key)
            return
        await self._api.send_to_response_url(
            interaction.response_url,
            response_type="ephemeral",
            # A plain notice does not replace the list it came from: the list may be needed still.
            replace_original=interaction.is_ephemeral and answer.is_interactive,
            text=render_fallback_text(answer, self._command),
            blocks=render_blocks(answer, self._command),
        )


class ModalReply:
    """An open view that shows a message or a form."""

    can_show_forms = True

    def __init__(
        self, api: SlackApi, interaction: SlackInteraction, command: str, view_id: str
    ) -> None:
        self._api = api
        self._interaction = interaction
        self._command = command
        self._view_id = view_id

    async def show_reply(self, answer: Answer) -> None:
        interaction = self._interaction
        view = build_answer_view(answer, interaction.place.channel, self._command)
        try:
            await self._api.call_method(
                interaction.workspace, "views.update", view_id=self._view_id, view=view
            )
        except SlackApiError as error:
            code = get_error_code(error)
            if code in FORBIDDEN_VIEW_ERRORS and has_file_field(answer):
                return await self.show_reply(text_message(UNGRANTED))
            if code not in CLOSED_VIEW_ERRORS:
                raise
            raise ModalClosedError from error


async def open_loading_modal(
    api: SlackApi, interaction: SlackInteraction, command: str
) -> ModalReply | None:
    """Open a modal that says an answer is coming, before anything else is asked.

    On top of another modal, it lies above it, and closing it leads back.
    Returns None if Slack does not open it. Raises `DuplicateInteractionError`.
    """
    if not interaction.trigger_id:
        return None
    method = "views.open"
    if interaction.view_type == MODAL:
        method = "views.push"
    try:
        answer = await api.call_method(
            interaction.workspace,
            method,
            trigger_id=interaction.trigger_id,
            view=build_loading_view(),
        )
    except SLACK_FAILURES as error:
        # A trigger works once, so a used one proves that another process has this interaction.
        if isinstance(error, SlackApiError) and get_error_code(error) == USED_TRIGGER_ERROR:
            raise DuplicateInteractionError from error
        log.info("interaction %s opened no modal: %s", interaction.idempotency_key, error)
        return None
    view = answer.get("view") or {}
    return ModalReply(api, interaction, command, str(view.get("id", "")))


class SlackConversation:
    """Takes interactions to the core and answers back to their senders."""

    def __init__(self, core: Core, api: SlackApi, people: SlackPeople, command: str) -> None:
        self._core = core
        self._api = api
        self._people = people
        self._command = command
        self._homes = SlackAppHomes(core, api, command)

    # — what comes in: none of these raises —

    async def handle_slash_command(
        self, ack: Ack, interaction: SlackInteraction, body: Json
    ) -> None:
        """Answer a slash command."""
        await ack()
        phrase = parse_command_text(str(body.get("text") or ""))
        await self._run_and_log_failure(interaction, self._answer_slack_phrase(interaction, phrase))

    async def handle_block_action(
        self, ack: Ack, interaction: SlackInteraction, body: Json
    ) -> None:
        """Answer a button or a list."""
        await ack()
        action: Json = next(iter(body.get("actions") or ()), {})
        parsed = parse_block_action(body, action)
        if parsed is None:
            return
        phrase, values = parsed
        await self._run_and_log_failure(
            interaction, self._answer_slack_phrase(interaction, phrase, values)
        )

    async def handle_view_submission(
        self, ack: Ack, interaction: SlackInteraction, body: Json
    ) -> None:
        """Answer a submitted form."""
        # Not acknowledged here: the acknowledgement itself may show the answer.
        await self._run_and_log_failure(
            interaction, self._answer_submission(ack, interaction, body.get("view") or {})
        )

    async def handle_home_opened(self, interaction: SlackInteraction) -> None:
        """Publish the App Home for a person who has opened it."""
        await self._run_and_log_failure(interaction, self._publish_opened_home(interaction))

    async def _run_and_log_failure(
        self, interaction: SlackInteraction, answering: Awaitable[None]
    ) -> None:
        key = interaction.idempotency_key
        try:
            await answering
        except DuplicateInteractionError:
            log.info("interaction %s came twice and was answered before", key)
        except SLACK_FAILURES as error:
            log.warning("interaction %s could not be answered: %s", key, error)
        except Exception:
            # A door: whatever is wrong with our code, the person is told, and others go on.
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: interaction %s could not be answered", ticket, key)
            reply = EphemeralReply(self._api, interaction, self._command)
            with suppress(*SLACK_FAILURES):
                await reply.show_reply(text_message(f"{LOST} `{ticket}`."))

    # — answering —

    async def _answer_slack_phrase(
        self, interaction: SlackInteraction, phrase: str, values: Filled | None = None
    ) -> None:
        if _is_home_change(interaction, phrase, values):
            caller, answer = await self._ask_core_or_apologise(interaction, phrase, values)
            # The home itself shows the change, with the answer's first line on top.
            notice = get_first_text_line(answer)
            await self._homes.publish_app_home(interaction, caller, notice, force=True)
            return
        # The surface comes before the question: a trigger does not wait for a database.
        surface = await self._choose_surface(interaction, phrase, values)
        caller, answer = await self._ask_core_or_apologise(interaction, phrase, values)
        await self._show_on_surface(interaction, surface, caller, answer)
        await self._homes.refresh_app_home(interaction, caller, phrase)

    async def _show_on_surface(
        self, interaction: SlackInteraction, surface: ReplySurface, caller: Caller, answer: Answer
    ) -> None:
        """Show an answer on its surface, or in a private message if that was closed."""
        if has_file_field(answer) and not await self._can_read_files(interaction):
            answer = text_message(UNGRANTED)
        if isinstance(answer, Form) and not surface.can_show_forms:
            form_phrase = await self._core.save_form(caller, answer)
            answer = build_form_retry_message(answer, form_phrase)
        try:
            await surface.show_reply(answer)
        except ModalClosedError:
            reply = EphemeralReply(self._api, interaction, self._command)
            await self._show_on_surface(interaction, reply, caller, answer)

    async def _can_read_files(self, interaction: SlackInteraction) -> bool:
        # Without the scope, Slack refuses a form with a file field. Unknown scopes are tried.
        token = await self._api.get_token(interaction.workspace)
        return not token.scopes or SCOPE in token.scopes

    async def _choose_surface(
        self, interaction: SlackInteraction, phrase: str, values: Filled | None
    ) -> ReplySurface:
        """Return the place for the answer: a new modal, the open one, or a private message."""
        if _needs_new_modal(interaction, phrase, values):
            modal = await open_loading_modal(self._api, interaction, self._command)
            if modal is not None:
                return modal
        if interaction.view_type == MODAL:
            return ModalReply(self._api, interaction, self._command, interaction.view_id)
        return EphemeralReply(self._api, interaction, self._command)

    async def _ask_core_or_apologise(
        self,
        interaction: SlackInteraction,
        phrase: str,
        values: Filled | None,
        files: Files | None = None,
    ) -> tuple[Caller, Answer]:
        try:
            return await self._ask_core(interaction, phrase, values, files)
        except Exception:
            # A door: the modal is open already, and must not say "One moment" for ever.
            ticket = secrets.token_hex(3)
            log.exception(
                "ticket %s: interaction %s could not be asked", ticket, interaction.idempotency_key
            )
            return _make_plain_caller(interaction), text_message(f"{FAILED} `{ticket}`.")

    async def _ask_core(
        self, interaction: SlackInteraction, phrase: str, values: Filled | None, files: Files | None
    ) -> tuple[Caller, Answer]:
        if await self._api.tokens.find_token(interaction.workspace) is None:
            return _make_plain_caller(interaction), text_message(REMOVED)
        command = find_command(phrase, get_commands())
        needs_rights = command is not None and command.moderators
        caller = await self._people.fetch_caller(interaction, needs_rights=needs_rights)
        if caller is None:
            return _make_plain_caller(interaction), text_message(UNKNOWN)
        answer = await self._core.answer_phrase(
            caller,
            interaction.place,
            phrase,
            values,
            idempotency_key=interaction.idempotency_key,
            files=files,
        )
        return caller, answer

    # — forms and the App Home —

    async def _answer_submission(self, ack: Ack, interaction: SlackInteraction, view: Json) -> None:
        phrase = ViewMetadata.from_view(view).says
        values = parse_view_values(view)
        files = build_slack_files(self._api, interaction.workspace, parse_view_files(view))
        asking = asyncio.ensure_future(
            self._ask_core_or_apologise(interaction, phrase, values, files)
        )
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            if asking.done():
                caller, answer = asking.result()
                channel = interaction.place.channel
                await ack(**build_submission_response(answer, phrase, channel, self._command))
            else:
                # Slack waits three seconds for this acknowledgement, so the answer comes after.
                await ack(response_action="update", view=build_loading_view())
                caller, answer = await asking
                modal = ModalReply(self._api, interaction, self._command, interaction.view_id)
                await self._show_on_surface(interaction, modal, caller, answer)
        finally:
            asking.cancel()
        await self._homes.refresh_app_home(interaction, caller, phrase)

    async def _publish_opened_home(self, interaction: SlackInteraction) -> None:
        caller = await self._people.fetch_caller(interaction)
        if caller is not None:
            await self._homes.publish_app_home(interaction, caller, force=True)


def _make_plain_caller(interaction: SlackInteraction) -> Caller:
    """Return the caller without rights, zone or language."""
    return Caller(interaction.account, interaction.name)


def _needs_new_modal(interaction: SlackInteraction, phrase: str, values: Filled | None) -> bool:
    if interaction.view_type == HOME:
        return True  # the App Home has no place for an answer
    if interaction.view_type == MODAL:
        # Something to read lies on top of the first modal, so that closing it leads back.
        return interaction.is_root_modal and values is None and _is_lookup_phrase(phrase)
    return can_phrase_open_form(phrase, get_commands(), values)


def _is_lookup_phrase(phrase: str) -> bool:
    """Return True for a phrase that only shows something new; turning a page does not."""
    try:
        parsed = parse_phrase(phrase, get_commands())
    except Refused:
        return False
    return parsed.command.reads and not parsed.command.hidden and not parsed.has_value("page")


def _is_home_change(interaction: SlackInteraction, phrase: str, values: Filled | None) -> bool:
    """Return True if a list in the App Home was changed."""
    if interaction.view_type != HOME or values is None:
        return False
    command = find_command(phrase, get_commands())
    return command is not None and not command.reads
