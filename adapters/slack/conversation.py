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
from typing import Any

from adapters.slack import ids
from adapters.slack.api import Api
from adapters.slack.attached import SCOPE, UNGRANTED, asks_for_file, held
from adapters.slack.home import Homes, first_line
from adapters.slack.intake import ACKNOWLEDGED_WITHIN
from adapters.slack.modal import Carried, brought, errors, filled, loading_view, pressed_values
from adapters.slack.people import People
from adapters.slack.rights import REMOVED
from adapters.slack.said import phrase_of
from adapters.slack.stage import Gone, Modal, Private, Stage, Twice, drawn, opened
from adapters.slack.told import HOME, MODAL, Told
from adapters.slack.trouble import BROKEN
from bot.chat.address import Caller
from bot.chat.buttons import way_back
from bot.chat.errors import Refused
from bot.chat.message import Answer, Form, say
from bot.chat.platform import Core, Files, Filled
from bot.command import command_of, commands, may_open_form, parse

PATIENCE = ACKNOWLEDGED_WITHIN  # a form that takes longer says so, and then shows its answer
LOST = "I could not show you the answer. Please tell whoever runs me the number"
FAILED = "Something went wrong on my side. Please tell whoever runs me the number"
UNKNOWN = "Slack does not tell me at the moment who manages this workspace: please say that again in a minute."

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[object]]


class Conversation:
    """The way of an interaction to the core and of the answer back to whoever made it."""

    def __init__(self, core: Core, api: Api, people: People, command: str) -> None:
        self._core = core
        self._api = api
        self._people = people
        self._command = command
        self._homes = Homes(core, api, command)

    # — what comes in: none of these raises —

    async def typed(self, ack: Ack, told: Told, body: Json) -> None:
        """A slash command."""
        await ack()
        await self._guarded(told, self._answer(told, phrase_of(str(body.get("text") or ""))))

    async def pressed(self, ack: Ack, told: Told, body: Json) -> None:
        """A button, or a list."""
        await ack()
        action: Json = next(iter(body.get("actions") or ()), {})
        if (said := _said(body, action)) is not None:
            await self._guarded(told, self._answer(told, *said))

    async def submitted(self, ack: Ack, told: Told, body: Json) -> None:
        """A form that was sent."""
        await self._guarded(told, self._submit(ack, told, body.get("view") or {}))

    async def looked_at(self, told: Told) -> None:
        """Somebody has opened the App Home."""
        await self._guarded(told, self._open_home(told))

    async def _guarded(self, told: Told, answering: Awaitable[None]) -> None:
        try:
            await answering
        except Twice:
            log.info("interaction %s came twice and was answered before", told.once)
        except BROKEN as lost:
            log.warning("interaction %s could not be answered: %s", told.once, lost)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: interaction %s could not be answered", ticket, told.once)
            with suppress(*BROKEN):
                await Private(self._api, told, self._command).show(say(f"{LOST} `{ticket}`."))

    # — answering —

    async def _answer(self, told: Told, phrase: str, values: Filled | None = None) -> None:
        stage = (
            None
            if _ticks_at_home(told, phrase, values)
            else await self._stage(told, phrase, values)
        )
        caller, answer = await self._surely_asked(told, phrase, values)
        if stage is None:
            return await self._homes.publish(told, caller, first_line(answer), again=True)
        await self._show(told, stage, caller, answer)
        await self._homes.refresh(told, caller, phrase)

    async def _show(self, told: Told, stage: Stage, caller: Caller, answer: Answer) -> None:
        """Show an answer on its stage or, where that has gone meanwhile, as a private message."""
        if asks_for_file(answer) and not await self._reads_files(told):
            answer = say(UNGRANTED)
        if isinstance(answer, Form) and not stage.takes_forms:
            answer = way_back(answer, await self._core.keep(caller, answer))
        try:
            await stage.show(answer)
        except Gone:
            await self._show(told, Private(self._api, told, self._command), caller, answer)

    async def _reads_files(self, told: Told) -> bool:
        """Whether the app may read files, as far as is known: only then Slack shows a form that asks for one."""
        granted = (await self._api.token(told.workspace)).scopes
        return not granted or SCOPE in granted

    async def _stage(self, told: Told, phrase: str, values: Filled | None) -> Stage:
        """Where the answer will be shown: in the modal at hand, in one that is opened now, or as a private message."""
        is_modal = told.view_type == MODAL
        leads_on = told.is_root and values is None and _leads_on(phrase)
        if (
            leads_on
            or told.view_type == HOME
            or (not is_modal and may_open_form(phrase, commands(), values))
        ):
            modal = await opened(self._api, told, self._command)
            if modal is not None:
                return modal
        if is_modal:
            return Modal(self._api, told, self._command, told.view_id)
        return Private(self._api, told, self._command)

    async def _surely_asked(
        self, told: Told, phrase: str, values: Filled | None, files: Files | None = None
    ) -> tuple[Caller, Answer]:
        """Ask, and answer with a ticket where even that fails."""
        try:
            return await self._asked(told, phrase, values, files)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: interaction %s could not be asked", ticket, told.once)
            return Caller(told.account, told.name), say(f"{FAILED} `{ticket}`.")

    async def _asked(
        self, told: Told, phrase: str, values: Filled | None, files: Files | None
    ) -> tuple[Caller, Answer]:
        if await self._api.tokens.of(told.workspace) is None:
            return Caller(told.account, told.name), say(REMOVED)
        command = command_of(phrase, commands())
        caller = await self._people.meet(told, rights=command is not None and command.moderators)
        if caller is None:
            return Caller(told.account, told.name), say(UNKNOWN)
        return caller, await self._core.answer(
            caller, told.place, phrase, values, once=told.once, files=files
        )

    # — forms and the App Home —

    async def _submit(self, ack: Ack, told: Told, view: Json) -> None:
        says, values = Carried.of(view).says, filled(view)
        files = held(self._api, told.workspace, brought(view))
        asking = asyncio.ensure_future(self._surely_asked(told, says, values, files))
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            if asking.done():
                caller, answer = asking.result()
                shown = drawn(answer, told.place.channel, self._command)
                await ack(**_response(answer, says, shown, self._command))
            else:
                await ack(response_action="update", view=loading_view())
                caller, answer = await asking
                modal = Modal(self._api, told, self._command, told.view_id)
                await self._show(told, modal, caller, answer)
        finally:
            asking.cancel()
        await self._homes.refresh(told, caller, says)

    async def _open_home(self, told: Told) -> None:
        if (caller := await self._people.meet(told)) is not None:
            await self._homes.publish(told, caller, again=True)


def _leads_on(phrase: str) -> bool:
    """Whether a button leads to something to look at, from which people want to come back; a page only turns."""
    try:
        parsed = parse(phrase, commands())
    except Refused:
        return False
    return parsed.command.reads and not parsed.command.hidden and not parsed.says("page")


def _ticks_at_home(told: Told, phrase: str, values: Filled | None) -> bool:
    """Whether a list of the App Home was changed, which then shows it; what is only looked up opens before it."""
    command = command_of(phrase, commands())
    return (
        told.view_type == HOME and values is not None and command is not None and not command.reads
    )


def _said(body: Json, action: Json) -> tuple[str, Filled | None] | None:
    """What pressing something says, and what was picked with it; None for what is not ours."""
    if action.get("type") == "button":
        value = action.get("value")
        return (value, None) if isinstance(value, str) and value else None
    pressed = ids.read(str(action.get("action_id", "")))
    if pressed is None or not pressed.option:
        return None
    return pressed.says, {pressed.option: pressed_values(body, action)}


def _response(answer: Answer, says: str, view: Json, command: str) -> dict[str, Any]:
    """What a submitted form is answered with: errors beside its fields, or a view in its place (Slack: Modals)."""
    wrong = errors(answer, command) if isinstance(answer, Form) and answer.says == says else {}
    return (
        {"response_action": "errors", "errors": wrong}
        if wrong
        else {"response_action": "update", "view": view}
    )
