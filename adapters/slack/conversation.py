"""What people of Slack say, and what they are answered: one door for commands, clicks, lists, forms and the App Home.

Everything an interaction needs rides in it, so any process may answer any interaction at any time, and one that comes
twice is the core's to recognise. Slack is answered before anything is asked of the database. A modal for what may be a form
is opened as soon as the token is known, since its `trigger_id` lives for three seconds (Slack: Modals), and shows the answer.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError

from adapters.slack import ids
from adapters.slack.api import SlackApi, get_error_code
from adapters.slack.errors import BROKEN
from adapters.slack.files import SCOPE, UNGRANTED, build_slack_files, has_file_field
from adapters.slack.home import SlackAppHomes, get_first_text_line
from adapters.slack.intake import ACKNOWLEDGED_WITHIN
from adapters.slack.interaction import HOME, MODAL, SlackInteraction
from adapters.slack.modal import (
    ViewMetadata,
    build_field_errors,
    build_form_view,
    build_loading_view,
    build_message_view,
    parse_action_values,
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
LOST = "I could not show you the answer. Please tell whoever runs me the number"
FAILED = "Something went wrong on my side. Please tell whoever runs me the number"
UNKNOWN = "Slack does not tell me at the moment who manages this workspace: please say that again in a minute."

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[object]]


class SlackConversation:
    """The way of an interaction to the core and of the answer back to whoever made it."""

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
        """A slash command."""
        await ack()
        await self._run_and_log_failure(
            interaction,
            self._answer_slack_phrase(interaction, parse_command_text(str(body.get("text") or ""))),
        )

    async def handle_block_action(
        self, ack: Ack, interaction: SlackInteraction, body: Json
    ) -> None:
        """A button, or a list."""
        await ack()
        action: Json = next(iter(body.get("actions") or ()), {})
        if (said := _parse_block_action(body, action)) is not None:
            await self._run_and_log_failure(
                interaction, self._answer_slack_phrase(interaction, *said)
            )

    async def handle_view_submission(
        self, ack: Ack, interaction: SlackInteraction, body: Json
    ) -> None:
        """A form that was sent."""
        await self._run_and_log_failure(
            interaction, self._answer_submission(ack, interaction, body.get("view") or {})
        )

    async def handle_home_opened(self, interaction: SlackInteraction) -> None:
        """Somebody has opened the App Home."""
        await self._run_and_log_failure(interaction, self._publish_opened_home(interaction))

    async def _run_and_log_failure(
        self, told: SlackInteraction, answering: Awaitable[None]
    ) -> None:
        try:
            await answering
        except DuplicateInteractionError:
            log.info("interaction %s came twice and was answered before", told.idempotency_key)
        except BROKEN as lost:
            log.warning("interaction %s could not be answered: %s", told.idempotency_key, lost)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception(
                "ticket %s: interaction %s could not be answered", ticket, told.idempotency_key
            )
            with suppress(*BROKEN):
                await EphemeralReply(self._api, told, self._command).show_reply(
                    text_message(f"{LOST} `{ticket}`.")
                )

    # — answering —

    async def _answer_slack_phrase(
        self, told: SlackInteraction, phrase: str, values: Filled | None = None
    ) -> None:
        stage = (
            None
            if _is_home_change(told, phrase, values)
            else await self._choose_surface(told, phrase, values)
        )
        caller, answer = await self._ask_core_or_apologise(told, phrase, values)
        if stage is None:
            return await self._homes.publish_app_home(
                told, caller, get_first_text_line(answer), force=True
            )
        await self._show_on_surface(told, stage, caller, answer)
        await self._homes.refresh_app_home(told, caller, phrase)

    async def _show_on_surface(
        self, told: SlackInteraction, stage: ReplySurface, caller: Caller, answer: Answer
    ) -> None:
        """Show an answer on its stage or, where that has gone meanwhile, as a private message."""
        if has_file_field(answer) and not await self._can_read_files(told):
            answer = text_message(UNGRANTED)
        if isinstance(answer, Form) and not stage.can_show_forms:
            answer = build_form_retry_message(answer, await self._core.save_form(caller, answer))
        try:
            await stage.show_reply(answer)
        except ModalClosedError:
            await self._show_on_surface(
                told, EphemeralReply(self._api, told, self._command), caller, answer
            )

    async def _can_read_files(self, told: SlackInteraction) -> bool:
        """Whether the app may read files, as far as is known: only then Slack shows a form that asks for one."""
        granted = (await self._api.get_token(told.workspace)).scopes
        return not granted or SCOPE in granted

    async def _choose_surface(
        self, told: SlackInteraction, phrase: str, values: Filled | None
    ) -> ReplySurface:
        """Where the answer will be shown: in the modal at hand, in one that is opened now, or as a private message."""
        is_modal = told.view_type == MODAL
        leads_on = told.is_root_modal and values is None and _is_lookup_phrase(phrase)
        if (
            leads_on
            or told.view_type == HOME
            or (not is_modal and can_phrase_open_form(phrase, get_commands(), values))
        ):
            modal = await open_loading_modal(self._api, told, self._command)
            if modal is not None:
                return modal
        if is_modal:
            return ModalReply(self._api, told, self._command, told.view_id)
        return EphemeralReply(self._api, told, self._command)

    async def _ask_core_or_apologise(
        self, told: SlackInteraction, phrase: str, values: Filled | None, files: Files | None = None
    ) -> tuple[Caller, Answer]:
        """Ask, and answer with a ticket where even that fails."""
        try:
            return await self._ask_core(told, phrase, values, files)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception(
                "ticket %s: interaction %s could not be asked", ticket, told.idempotency_key
            )
            return Caller(told.account, told.name), text_message(f"{FAILED} `{ticket}`.")

    async def _ask_core(
        self, told: SlackInteraction, phrase: str, values: Filled | None, files: Files | None
    ) -> tuple[Caller, Answer]:
        if await self._api.tokens.find_token(told.workspace) is None:
            return Caller(told.account, told.name), text_message(REMOVED)
        command = find_command(phrase, get_commands())
        caller = await self._people.fetch_caller(
            told, needs_rights=command is not None and command.moderators
        )
        if caller is None:
            return Caller(told.account, told.name), text_message(UNKNOWN)
        return caller, await self._core.answer_phrase(
            caller, told.place, phrase, values, idempotency_key=told.idempotency_key, files=files
        )

    # — forms and the App Home —

    async def _answer_submission(self, ack: Ack, told: SlackInteraction, view: Json) -> None:
        says, values = ViewMetadata.from_view(view).says, parse_view_values(view)
        files = build_slack_files(self._api, told.workspace, parse_view_files(view))
        asking = asyncio.ensure_future(self._ask_core_or_apologise(told, says, values, files))
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            if asking.done():
                caller, answer = asking.result()
                shown = build_answer_view(answer, told.place.channel, self._command)
                await ack(**_build_submission_response(answer, says, shown, self._command))
            else:
                await ack(response_action="update", view=build_loading_view())
                caller, answer = await asking
                modal = ModalReply(self._api, told, self._command, told.view_id)
                await self._show_on_surface(told, modal, caller, answer)
        finally:
            asking.cancel()
        await self._homes.refresh_app_home(told, caller, says)

    async def _publish_opened_home(self, told: SlackInteraction) -> None:
        if (caller := await self._people.fetch_caller(told)) is not None:
            await self._homes.publish_app_home(told, caller, force=True)


def _is_lookup_phrase(phrase: str) -> bool:
    """Whether a button leads to something to look at, from which people want to come back; a page only turns."""
    try:
        parsed = parse_phrase(phrase, get_commands())
    except Refused:
        return False
    return parsed.command.reads and not parsed.command.hidden and not parsed.has_value("page")


def _is_home_change(told: SlackInteraction, phrase: str, values: Filled | None) -> bool:
    """Whether a list of the App Home was changed, which then shows it; what is only looked up opens before it."""
    command = find_command(phrase, get_commands())
    return (
        told.view_type == HOME and values is not None and command is not None and not command.reads
    )


def _parse_block_action(body: Json, action: Json) -> tuple[str, Filled | None] | None:
    """What pressing something says, and what was picked with it; None for what is not ours."""
    if action.get("type") == "button":
        value = action.get("value")
        return (value, None) if isinstance(value, str) and value else None
    pressed = ids.parse_action_id(str(action.get("action_id", "")))
    if pressed is None or not pressed.option:
        return None
    return pressed.phrase, {pressed.option: parse_action_values(body, action)}


def _build_submission_response(
    answer: Answer, says: str, view: Json, command: str
) -> dict[str, Any]:
    """What a submitted form is answered with: errors beside its fields, or a view in its place (Slack: Modals)."""
    wrong = (
        build_field_errors(answer, command)
        if isinstance(answer, Form) and answer.says == says
        else {}
    )
    return (
        {"response_action": "errors", "errors": wrong}
        if wrong
        else {"response_action": "update", "view": view}
    )


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
