"""`away`: leave without questions. Reminders stop and the streak is frozen until the date, or until they say so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import suggest_own_cohorts
from bot.group.cohort import Cohort
from bot.views.dates import format_day

LONGEST = 366  # days


@command(section="me", order=50, action="Take time off")
async def away(
    call: Call,
    until: Annotated[date | None, "Last day away, like 2026-03-15"] = None,
    back: Annotated[bool, "You are back"] = False,
    cohort: Annotated[str | None, "Only in this cohort", suggest_own_cohorts, CohortRef()] = None,
    open: Annotated[bool, HiddenOption()] = False,
) -> Message:
    """Take time off: no reminders, and your streak waits for you."""
    only = (await call.resolve_membership(cohort))[0] if cohort else None
    if back:
        return await _finish_absence(call, only)
    if until is None and not open:
        return _build_away_question(call, only)
    if until is not None and until < call.today:
        raise Refused(
            f"{until} is past: give the last day you will be away, today being {call.today}.",
            "until",
        )
    if until is not None and (until - call.today).days > LONGEST:
        raise Refused(
            "That is more than a year: say `away` and press “Until I say so” instead.", "until"
        )
    # What was said of one cohort replaces what was said of that one; what holds for all of them stays.
    await call.tx.people.end_absences(call.person, call.today, {only.id} if only else None)
    await call.tx.people.insert_absence(
        call.person, call.today, until, call.now, only.id if only else 0
    )
    how_long = f"until the end of {format_day(until)}" if until else "until you say you are back"
    return text_message(
        f"You are away{_format_away_cohort(only)} {how_long}. Nobody will remind you, and your streak waits.",
        button_row(
            ("I am back", build_phrase("away", back="yes", cohort=only.ref if only else None))
        ),
    )


def _format_away_cohort(cohort: Cohort | None) -> str:
    return f" from **{escape_text(cohort.name)}**" if cohort else ""


def _build_away_question(call: Call, only: Cohort | None) -> Message:
    ref = only.ref if only else None
    spans = (("Three days", 2), ("A week", 6), ("Two weeks", 13))
    pairs = [
        (label, build_phrase("away", until=call.today + timedelta(days=days), cohort=ref))
        for label, days in spans
    ]
    pairs.append(("Until I say so", build_phrase("away", open="yes", cohort=ref)))
    if any(one.is_active_on(call.today) for one in call.person.away):
        pairs.append(("I am back", build_phrase("away", back="yes", cohort=ref)))
    question = (
        "You are away at the moment. Change that?"
        if len(pairs) == 5
        else "How long will you be away, from today on?"
    )
    another = call.today + timedelta(days=20)
    return text_message(f"{question} Another last day: `away {another}`.", button_row(*pairs))


async def _finish_absence(call: Call, only: Cohort | None) -> Message:
    ended = await call.tx.people.end_absences(
        call.person, call.today, {0, only.id} if only else None
    )
    if not ended:
        raise Refused("You were not away: `away` with a last day sets that.")
    return text_message(
        "Welcome back! Here is where you left off.",
        button_row(("This week's list", "week"), ("My progress", "progress")),
    )
