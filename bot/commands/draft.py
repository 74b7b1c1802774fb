"""`draft`: a form that waits, with all that was typed into it; said by the button that opens it again."""

from __future__ import annotations

import re
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.command import Call, command


@command(form=True, hidden=True, reads=True)
async def draft(call: Call, number: Annotated[str, "Which form"] = "") -> Form:
    """Open a form again as you left it."""
    found = None
    if re.fullmatch(r"[0-9]{1,9}", number):
        found = await call.tx.answers.load_form_draft(int(number), call.person.account_id, call.now)
    if found is None:
        raise Refused("That form is no longer here: say its command again to get a fresh one.")
    return found
