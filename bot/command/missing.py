"""What a phrase left out is gathered and asked for: the choices there are, and what applies where nothing is said."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.errors import Refused
from bot.chat.message import Answer
from bot.command.call import Call
from bot.command.grammar import Parsed
from bot.command.questions import Offer, ask, form_for
from bot.command.registry import Option


async def ask_for_missing(parsed: Parsed, call: Call) -> Answer:
    """Ask for the required options that were not said.

    Raises `Refused` for what was said already and cannot be used, and for a field that was left empty.
    """
    parsed.values(call.today)
    for option in parsed.missing:
        if option.name in call.given:
            raise Refused(f"I need **{option.name}** for that: {option.help}.", option.name)
    open_ones = [option for option in parsed.command.shown if not call.given.get(option.name)]
    offers = await gather_offers(open_ones, call)
    if len(parsed.missing) == 1 and (choices := offers[parsed.missing[0].name].choices):
        missing = parsed.missing[0]
        return ask(parsed, missing.name, missing.help + "?", choices)
    return form_for(parsed, offers)


async def gather_offers(options: Sequence[Option], call: Call) -> dict[str, Offer]:
    """What a form can tell of these options, by name."""
    offers = {}
    for option in options:
        # There are hundreds of zones: a form has no room for them.
        choices = await option.suggest(call, "") if option.suggest and option.kind != "zone" else ()
        offers[option.name] = Offer(
            choices, option.default.describe(call) if option.default else ""
        )
    return offers
