"""The log of what moderators did: written with every act, from the phrase that asked for it.

What people typed freely is not in it, unless the option says that all moderators may read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

from bot.chat.text import shorten
from bot.command import Call, CommandOption, ParsedPhrase
from bot.command.values import Value

MAX_DETAIL = 300  # characters, as the column has them
MAX_VALUE = 60
NOT_SHOWN = "…"


async def record_moderator_act(call: Call, parsed: ParsedPhrase) -> None:
    """Write down what a moderator's command has changed, if it has changed anything."""
    command = parsed.command
    if command.reads or not command.moderators or not call.tx.acts.has_happened:
        return
    detail = shorten(" ".join(_list_details(call, parsed)), MAX_DETAIL)
    await call.tx.acts.record_act(call.person, call.place, command.name, detail, call.now)


def _list_details(call: Call, parsed: ParsedPhrase) -> Iterator[str]:
    values = parsed.convert_options(call.today)
    for option in parsed.command.visible_options:
        if option.is_cohort or not parsed.has_value(option.name):
            continue
        yield f"{option.name}={_format_value(option, values.get(option.name))}"


def _format_value(option: CommandOption, value: Value | None) -> str:
    if not option.is_logged or value is None:
        return NOT_SHOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    # It is shown as something to type: on one line, and without the mark that ends it.
    return shorten(" ".join(str(value).replace("`", "'").split()), MAX_VALUE)
