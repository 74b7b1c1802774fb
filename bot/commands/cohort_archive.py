"""`cohort archive`: close a finished cohort or a draft for good, and free its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_homes


@command(moderators=True)
async def cohort_archive(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Close a finished cohort or a draft for good."""
    before = await call.lock_managed_cohort(cohort, "finished", "draft")
    _require_archivable_state(before)
    await _require_no_other_home(call, before)
    act = _build_archive_act(before)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    # With the id behind it the name is unique for ever, and a new cohort can take the old one.
    archived = replace(before, state="archived", name=f"{before.name}~{before.id}")
    await call.tx.schedule.save_changed_cohort(before, archived, call.now)
    return text_message(
        f"{format_cohort_name(before)} is archived. You can use its name again.",
        button_row(("A new cohort", "cohort create")),
    )


def _require_archivable_state(cohort: Cohort) -> None:
    if cohort.state == "archived":
        raise Refused(f"{cohort.name} is already archived.")
    if cohort.state not in {"finished", "draft"}:
        raise Refused(f"{cohort.name} is {cohort.state}: end it first with `cohort finish`.")


async def _require_no_other_home(call: Call, cohort: Cohort) -> None:
    """Raise `Refused` if the cohort also posts in another space."""
    # An end for good needs the moderators of each space, not only those here.
    here = (call.place.platform, call.place.space)
    others = []
    for home in await call.tx.cohorts.list_homes(cohort.id):
        if home.is_in_reach and (home.place.platform, home.place.space) != here:
            others.append(home.place)
    if others:
        raise Refused(
            f"{cohort.name} also posts {describe_homes(others, call.place)}: "
            "use `cohort unlink` here or there first."
        )


def _build_archive_act(cohort: Cohort) -> Act:
    head = (
        f"Archive {format_cohort_name(cohort)} for good? "
        "There are no more posts, and nobody can open its weeks, board or cards. "
        "Everybody keeps their ticks. You cannot undo this."
    )
    phrase = build_phrase("cohort archive", cohort=cohort.ref)
    return Act(head, "Archive it", phrase, is_final=True)
