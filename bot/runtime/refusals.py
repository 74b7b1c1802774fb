"""Answers to refused phrases: a sentence, buttons, or the form again with the sentence in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat.address import Caller, Place
from bot.chat.buttons import build_form_retry_message
from bot.chat.errors import Refused
from bot.chat.message import Answer, Form, text_message
from bot.chat.platform import Filled
from bot.clock import Clock
from bot.command import (
    MissingAction,
    build_action_menu,
    build_edit_form,
    gather_offers,
    parse_phrase,
)
from bot.runtime.moderators import add_granted_rights
from bot.runtime.phrase_runner import PhraseRequest, PhraseRunner
from bot.store import Store, Tx

SaveForm = Callable[[Caller, Form], Awaitable[str]]


class RefusalAnswers:
    """Builds the answer to a refused phrase. `save_form` returns the phrase that reopens a form."""

    def __init__(
        self, store: Store, clock: Clock, runner: PhraseRunner, save_form: SaveForm
    ) -> None:
        self._store = store
        self._clock = clock
        self._runner = runner
        self._save_form = save_form

    async def build_refusal_answer(
        self, caller: Caller, place: Place, phrase: str, filled: Filled | None, refused: Refused
    ) -> Answer:
        """Return a submitted form with its problem, an edit button, or the sentence alone."""
        if isinstance(refused, MissingAction):
            return await self._build_action_answer(caller, place, refused)
        if filled and refused.field in filled:
            form = await self._find_phrase_form(caller, place, phrase)
            if form is not None and _has_field(form, refused.field):
                return form.restore_with_problem(refused.field, refused.sentence, dict(filled))
        if refused.field and filled is None:
            form = await self._find_edit_form(caller, place, phrase, refused)
            if form is not None:
                return build_form_retry_message(form, await self._save_form(caller, form))
        return text_message(refused.sentence)

    async def _build_action_answer(
        self, caller: Caller, place: Place, missing: MissingAction
    ) -> Answer:
        known = await self._store.run(lambda tx: add_granted_rights(caller, place, tx), write=False)
        actions = [
            action for action in missing.actions if known.is_moderator or not action.moderators
        ]
        if not actions:
            return text_message(missing.sentence)
        return build_action_menu(missing.group, actions)

    async def _find_edit_form(
        self, caller: Caller, place: Place, phrase: str, refused: Refused
    ) -> Form | None:
        """Return a form to correct a value in a typed phrase, or None."""
        try:
            parsed = parse_phrase(phrase, self._runner.commands)
        except Refused:
            # No form can hold a phrase beyond the grammar, or a file typed as text.
            return None

        async def build_form(tx: Tx) -> Form | None:
            person = await tx.people.find_person(caller, place)
            known = await add_granted_rights(caller, place, tx)
            if parsed.command.moderators and not known.is_moderator:
                return None
            call = self._runner.build_call(known, place, person, tx, parsed.option_texts)
            offers = await gather_offers(parsed.command.visible_options, call)
            return build_edit_form(parsed, refused, offers)

        return await self._store.run(build_form, write=False)

    async def _find_phrase_form(self, caller: Caller, place: Place, phrase: str) -> Form | None:
        """Return the form a phrase is answered with, or None. Nothing is changed.

        A command makes its own form from fresh facts, so only running it can show that form. The
        trial transaction is never committed, whatever else the command does on its way.
        """
        try:
            request = await self._runner.prepare_request(caller, place, phrase, None)
            command = request.parsed.command
            if not request.parsed.missing_options and not command.opens_form:
                # Its answer is no form, so there is nothing to try.
                return None
            answer = await self._store.run(
                lambda tx: self._answer_trial(request, tx), is_trial=True
            )
        except Refused:
            return None
        return answer if isinstance(answer, Form) else None

    async def _answer_trial(self, request: PhraseRequest, tx: Tx) -> Answer:
        person = await tx.people.load_or_create_person(
            request.caller, self._clock.now(), request.place
        )
        return await self._runner.run_request(request, person, tx)


def _has_field(form: Form, name: str) -> bool:
    return any(field.name == name for field in form.fields)
