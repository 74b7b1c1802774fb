"""What a phrase left out is gathered and asked for: the choices there are, and what applies where nothing is said."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.errors import Refused
from bot.chat.message import Answer
from bot.command.call import Call
from bot.command.grammar import ParsedPhrase
from bot.command.options import CommandOption
from bot.command.questions import Offer, ask_for_option, build_missing_form


async def ask_for_missing_options(parsed: ParsedPhrase, call: Call) -> Answer:
    """Ask for the required options that were not said.

    Raises `Refused` for what was said already and cannot be used, and for a field that was left empty.
    """
    parsed.convert_options(call.today)
    for option in parsed.missing_options:
        if option.name in call.option_texts:
            raise Refused(f"I need **{option.name}** for that: {option.help}.", option.name)
    open_ones = [
        option
        for option in parsed.command.visible_options
        if not call.option_texts.get(option.name)
    ]
    offers = await gather_offers(open_ones, call)
    if len(parsed.missing_options) == 1 and (
        choices := offers[parsed.missing_options[0].name].choices
    ):
        missing = parsed.missing_options[0]
        return ask_for_option(parsed, missing.name, missing.help + "?", choices)
    return build_missing_form(parsed, offers)


async def gather_offers(options: Sequence[CommandOption], call: Call) -> dict[str, Offer]:
    """What a form can tell of these options, by name."""
    offers = {}
    for option in options:
        # There are hundreds of zones: a form has no room for them.
        choices = await option.suggest(call, "") if option.suggest and option.kind != "zone" else ()
        offers[option.name] = Offer(
            choices, option.default.describe(call) if option.default else ""
        )
    return offers
