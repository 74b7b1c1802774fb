"""`cohort unlink`: stop a cohort's posts here, while it continues elsewhere with all members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_homes

STAY = "People who joined here stay members and keep their progress."


@command(moderators=True)
async def cohort_unlink(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Stop the posts here of a cohort that also posts elsewhere."""
    managed = await call.lock_managed_cohort(
        cohort, "draft", "open", "running", "paused", "finished"
    )
    require_changeable_cohort(managed)
    leaving, staying = await _split_homes_by_space(call, managed)
    act = _build_unlink_act(call, managed, leaving, staying)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(managed))
    await _delete_homes(call, managed, leaving)
    for notice in act.announcements:
        await call.tx.ledger.enter_numbered_announcement(
            managed, "unlinked", notice, staying, call.now
        )
    there = describe_homes((home.place for home in staying), call.place)
    return text_message(
        f"{format_cohort_name(managed)} now posts only {there}. {STAY} "
        "They can still use `tick` and `checkin`. "
        "To bring it back, a moderator there gets a code with `cohort link`."
    )


async def _split_homes_by_space(
    call: Call, cohort: Cohort
) -> tuple[Sequence[Home], Sequence[Home]]:
    """Return the homes in this space and all others. Raises `Refused` if none could go on."""
    here = (call.place.platform, call.place.space)
    leaving, staying = [], []
    for home in await call.tx.cohorts.list_homes(cohort.id):
        if (home.place.platform, home.place.space) == here:
            leaving.append(home)
        else:
            staying.append(home)
    if not staying:
        raise Refused(
            f"{cohort.name} posts only here: use `cohort move` for another channel, "
            "or `cohort finish` to end it."
        )
    # Without one in reach the cohort would be lost: nobody could manage it any more.
    if not any(home.is_in_reach for home in staying):
        raise Refused(
            f"I cannot post in the other places of {cohort.name} now: "
            "have me invited there again, or end it with `cohort finish`."
        )
    return leaving, staying


def _build_unlink_act(
    call: Call, cohort: Cohort, leaving: Sequence[Home], staying: Sequence[Home]
) -> Act:
    name = format_cohort_name(cohort)
    there = describe_homes((home.place for home in staying), call.place)
    head = (
        f"Stop the posts of {name} here? It then posts only {there}. {STAY} "
        "But they get no more private messages from me here, and moderators here cannot manage it."
    )
    notices: tuple[Message, ...] = ()
    if cohort.state in {"open", "running", "paused"}:
        notices = (_build_unlink_notice(cohort, leaving, staying),)
    phrase = build_phrase("cohort unlink", cohort=cohort.ref)
    return Act(head, "Stop it here", phrase, notices, is_final=True)


def _build_unlink_notice(
    cohort: Cohort, leaving: Sequence[Home], staying: Sequence[Home]
) -> Message:
    gone = describe_homes((home.place for home in leaving), staying[0].place)
    return text_message(
        f"{format_cohort_name(cohort)} no longer posts {gone}. "
        "People who joined there stay members."
    )


async def _delete_homes(call: Call, cohort: Cohort, homes: Sequence[Home]) -> None:
    # Letters and events point to their home: they end before it goes.
    await call.tx.ledger.close_home_letters(homes, call.now)
    await call.tx.events.cancel_home_events(homes, call.now)
    await call.tx.cohorts.delete_homes(cohort, homes)
