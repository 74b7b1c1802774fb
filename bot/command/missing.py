"""Options left out of a phrase: their choices and defaults are gathered, then asked for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.errors import Refused
from bot.chat.message import Answer, Choice
from bot.command.call import Call
from bot.command.grammar import ParsedPhrase
from bot.command.options import CommandOption
from bot.command.questions import Offer, ask_for_option, build_missing_form


async def ask_for_missing_options(parsed: ParsedPhrase, call: Call) -> Answer:
    """Return the question for missing required options: buttons, a list or a form.

    Raises `Refused` for an unusable value, and for a required field sent empty.
    """
    # Before any question: nobody should fill in a form for a phrase with a mistake in it.
    parsed.convert_options(call.today)
    for option in parsed.missing_options:
        if option.name in call.option_texts:
            raise Refused(f"I need **{option.name}** for that: {option.help}.", option.name)
    open_options = [
        option
        for option in parsed.command.visible_options
        if not call.option_texts.get(option.name)
    ]
    offers = await gather_offers(open_options, call)
    if len(parsed.missing_options) == 1:
        missing = parsed.missing_options[0]
        choices = offers[missing.name].choices
        if choices:
            return ask_for_option(parsed, missing.name, missing.help + "?", choices)
    return build_missing_form(parsed, offers)


async def gather_offers(options: Sequence[CommandOption], call: Call) -> dict[str, Offer]:
    """Return a form's choices and defaults for these options, by name."""
    offers = {}
    for option in options:
        offers[option.name] = await _build_offer(option, call)
    return offers


async def _build_offer(option: CommandOption, call: Call) -> Offer:
    choices = await _list_form_suggestions(option, call)
    default = option.default.describe(call) if option.default is not None else ""
    return Offer(choices, default)


async def _list_form_suggestions(option: CommandOption, call: Call) -> Sequence[Choice]:
    # There are hundreds of zones, and a form has room for twenty-five choices.
    if option.suggest is None or option.kind == "zone":
        return ()
    return await option.suggest(call, "")
