"""`away`: time off. Reminders stop and the streak waits, until a date or without an end."""

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

MAX_DAYS = 366  # a longer absence needs no date: it can stay open
OFFERED_DAYS = (("Three days", 2), ("A week", 6), ("Two weeks", 13))  # today counts as one more
EXAMPLE_DAYS = timedelta(days=20)  # the example is none of the dates on the buttons
ALL_COHORTS = 0  # stored instead of a cohort's id where an absence holds for all of them


@command(section="me", order=50, action="Take time off")
async def away(
    call: Call,
    until: Annotated[date | None, "Last day away, like 2026-03-15"] = None,
    back: Annotated[bool, "You are back"] = False,
    cohort: Annotated[str | None, "Only in this cohort", suggest_own_cohorts, CohortRef()] = None,
    open: Annotated[bool, HiddenOption()] = False,
) -> Message:
    """Take time off: no reminders, and you keep your streak."""
    only_cohort = await _find_only_cohort(call, cohort)
    if back:
        return await _finish_absence(call, only_cohort)
    if until is None and not open:
        return _build_away_question(call, only_cohort)
    if until is not None:
        _check_last_day(until, call.today)
    await _save_absence(call, until, only_cohort)
    return _build_away_message(until, only_cohort)


async def _find_only_cohort(call: Call, named: str | None) -> Cohort | None:
    if not named:
        return None
    own_cohort, _ = await call.resolve_membership(named)
    return own_cohort


def _check_last_day(until: date, current_date: date) -> None:
    if until < current_date:
        raise Refused(
            f"{until} is in the past: choose today, {current_date}, or a later day.", "until"
        )
    if (until - current_date).days > MAX_DAYS:
        raise Refused(
            "You can set up to a year: use `away` and press “Until I come back” instead.", "until"
        )


async def _save_absence(call: Call, until: date | None, only_cohort: Cohort | None) -> None:
    cohort_id = only_cohort.id if only_cohort else ALL_COHORTS
    # An absence for one cohort replaces only that cohort's; one for all of them replaces every one.
    replaced_ids = {cohort_id} if only_cohort else None
    await call.tx.absences.end_absences(call.person, call.today, replaced_ids)
    await call.tx.absences.insert_absence(call.person, call.today, until, call.now, cohort_id)


def _build_away_message(until: date | None, only_cohort: Cohort | None) -> Message:
    duration = "until you tell me you are back"
    if until is not None:
        duration = f"until the end of {format_day(until)}"
    return text_message(
        f"You are away{_format_away_cohort(only_cohort)} {duration}. "
        "I send you no reminders, and you keep your streak.",
        button_row(_build_back_button(only_cohort)),
    )


def _format_away_cohort(only_cohort: Cohort | None) -> str:
    if only_cohort is None:
        return ""
    return f" from **{escape_text(only_cohort.name)}**"


def _build_back_button(only_cohort: Cohort | None) -> tuple[str, str]:
    return "I am back", build_phrase("away", back="yes", cohort=_get_cohort_ref(only_cohort))


def _get_cohort_ref(only_cohort: Cohort | None) -> str | None:
    return only_cohort.ref if only_cohort else None


def _build_away_question(call: Call, only_cohort: Cohort | None) -> Message:
    buttons = _list_away_buttons(call.today, _get_cohort_ref(only_cohort))
    question = "How long will you be away, starting today?"
    if any(absence.is_active_on(call.today) for absence in call.person.away):
        question = "You are away now. Do you want to change that?"
        buttons.append(_build_back_button(only_cohort))
    example = call.today + EXAMPLE_DAYS
    return text_message(f"{question} For another date, use `away {example}`.", button_row(*buttons))


def _list_away_buttons(first_day: date, cohort_ref: str | None) -> list[tuple[str, str]]:
    buttons = []
    for label, days in OFFERED_DAYS:
        until = first_day + timedelta(days=days)
        buttons.append((label, build_phrase("away", until=until, cohort=cohort_ref)))
    buttons.append(("Until I come back", build_phrase("away", open="yes", cohort=cohort_ref)))
    return buttons


async def _finish_absence(call: Call, only_cohort: Cohort | None) -> Message:
    # An absence from all cohorts covers this one too, so it has to end with it.
    cohort_ids = {ALL_COHORTS, only_cohort.id} if only_cohort else None
    if not await call.tx.absences.end_absences(call.person, call.today, cohort_ids):
        raise Refused("You are not away: use `away` when you want to take time off.")
    return text_message(
        "Welcome back! Here is where you left off.",
        button_row(("This week's list", "week"), ("My progress", "progress")),
    )
