"""`posts announce`: moderators speak to their whole group, now or at a local time.

It shows what everybody will see. Nothing is posted before somebody has agreed to that.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Answer
from bot.chat.text import clean_text, has_visible_text
from bot.command import Call, CohortRef, HiddenOption, RestOfLine, Sure, command
from bot.command.bulletins import (
    agree_to_bulletin,
    build_bulletin_form,
    choose_wall_time,
    find_own_bulletin,
    require_changeable_bulletin,
    require_speaking_cohort,
)
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.bulletins import MAX_BODY, Bulletin, build_bulletin


@command(moderators=True, form=True, announcing=True, action="Announce something")
async def posts_announce(
    call: Call,
    text: Annotated[str | None, "What everybody will read", RestOfLine()] = None,
    day: Annotated[date | None, "Its day; without day and time it is posted now"] = None,
    at: Annotated[time | None, "Its time, like 18:00, in the cohort's zone"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    number: Annotated[int | None, HiddenOption()] = None,
    ask: Annotated[bool, HiddenOption()] = False,
    sure: Sure = None,
) -> Answer:
    """Say something to everybody, now or later; you see it first."""
    managed = await call.lock_managed_cohort(cohort, "open", "running", "paused", "finished")
    require_speaking_cohort(managed)
    former = None
    if number is not None:
        former = await find_own_bulletin(call, managed, number)
        await require_changeable_bulletin(call, former)
    is_form_sent = ask and call.is_submitted
    if not is_form_sent and (ask or text is None):
        return build_bulletin_form(managed, former)
    body = clean_text(text or "", MAX_BODY, "The text", is_multiline=True)
    if not has_visible_text(body):
        raise Refused("Write the text of the announcement first.", "text")
    # A text with too many signs is refused before it is stored.
    build_bulletin(managed, body)
    when = choose_wall_time(call, managed, day, at)
    draft = await call.tx.bulletins.save_draft(
        managed,
        body,
        when,
        call.person.account_id,
        call.now,
        replaces=_find_replaced_id(former),
    )
    return await agree_to_bulletin(call, managed, draft, sure)


def _find_replaced_id(former: Bulletin | None) -> int:
    """Return the id of the bulletin that a changed text takes the place of; 0 for none."""
    if former is None or former.state == "withdrawn":
        return 0
    # A draft of a change is changed again: the posted one is still the same.
    return former.replaces if former.state == "draft" else former.id
