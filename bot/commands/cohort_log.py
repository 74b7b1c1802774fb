"""`cohort log`: what moderators did with a cohort. It is written by itself, and nobody edits it."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated

from bot.chat.message import Message, build_phrase, escape_text, paginate, text_message
from bot.chat.text import shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.zones import load_zone
from bot.store.acts import ModeratorAct
from bot.views.dates import format_day
from bot.views.notices import build_next_step_buttons

SHOWN = 15  # acts on a page
NAME, DETAIL = 40, 90  # Characters shown. With every one escaped, a page still fits a message.
FORMER = "a former moderator"


@command(moderators=True, reads=True, order=90, action="What moderators did")
async def cohort_log(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page; the first is the newest", NumberRange(1)] = None,
) -> Message:
    """See what moderators did, newest first."""
    managed = await call.find_managed_cohort(cohort)
    count = await call.tx.acts.count_acts(managed.id, call.place)
    places = paginate(range(count), page or 1, SHOWN)
    acts = []
    if places.entries:
        size, first = len(places.entries), places.entries[0]
        acts = [*await call.tx.acts.list_acts(managed.id, call.place, size, first)]
    zone = load_zone(managed.zone)
    lines = [_format_act(act, zone) for act in acts]
    return text_message(
        f"Only moderators see this, and nobody can change it. Times are in the zone {managed.zone}.",
        "\n".join(lines) or "Nobody has changed anything yet.",
        *places.build_page_buttons(build_phrase("cohort log", cohort=managed.ref)),
        build_next_step_buttons(managed),
        title=shorten(f"What moderators did with {managed.name}"),
    )


def _format_act(act: ModeratorAct, zone: tzinfo) -> str:
    at = act.at.astimezone(zone)
    who = FORMER if act.name is None else f"**{escape_text(shorten(act.name, NAME))}**"
    phrase = shorten(f"{act.command} {act.detail}".strip(), DETAIL)
    return f"• {format_day(at.date())}, {at:%H:%M} · {who} · `{phrase}`"
