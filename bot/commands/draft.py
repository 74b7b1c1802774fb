"""`draft`: a stored form with everything typed into it, said by the button to open it again."""

from __future__ import annotations

import re
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.command import Call, command


@command(form=True, hidden=True, reads=True)
async def draft(call: Call, number: Annotated[str, "Which form"] = "") -> Form:
    """Open a form again with everything you typed."""
    stored_form = None
    # Anybody can type a number: nine digits fit every column, and a draft opens for its owner only.
    if re.fullmatch(r"[0-9]{1,9}", number):
        stored_form = await call.tx.answers.load_form_draft(
            int(number), call.person.account_id, call.now
        )
    if stored_form is None:
        raise Refused("That form has expired: use its command again to get a new one.")
    return stored_form
