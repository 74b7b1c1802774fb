"""People that a moderator names: picked from the chat's list, or typed."""

from __future__ import annotations

from bot.chat.errors import Refused
from bot.chat.text import has_visible_text
from bot.command.call import Call
from bot.command.options import PersonOrRole
from bot.command.values import format_typed_text
from bot.store.rights import Grant

NAMELESS = {"person": "Somebody", "role": "A role"}


async def find_named_person(call: Call, picked: PersonOrRole, option: str) -> Grant:
    """Return whom an option means, as moderators are named. Raises `Refused`."""
    if picked.native:
        # A name of invisible letters alone would leave a gap in the list.
        name = picked.name if has_visible_text(picked.name) else NAMELESS[picked.kind]
        return Grant(picked.kind, picked.native, name)
    candidates = await call.tx.rights.find_grant_candidates(
        call.caller.account, call.place, picked.name
    )
    if len(candidates) == 1:
        return candidates[0]
    raise Refused(_describe_unclear_name(picked.name, is_shared=bool(candidates)), option)


def _describe_unclear_name(name: str, *, is_shared: bool) -> str:
    typed = format_typed_text(name)
    if is_shared:
        return f"Several people here are called “{typed}”: pick one from the list of your chat."
    return (
        f"I do not know “{typed}” here yet: pick them from the list of your chat, "
        "or have them `join`."
    )
