"""`cohort archive`: a finished or drafted cohort is put away for good, and its name is free again."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.views.notices import build_next_step_buttons, describe_homes


@command(moderators=True)
async def cohort_archive(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Put a finished cohort or a draft away for good."""
    found = await call.lock_managed_cohort(cohort, "finished", "draft")
    if found.state == "archived":
        raise Refused(f"{found.name} is archived already: there is nothing left to do.")
    if found.state not in {"finished", "draft"}:
        raise Refused(
            f"{found.name} is {found.state}: `cohort finish` ends it, and then it can be archived."
        )
    await _require_no_other_home(call, found)
    act = Act(
        f"**{escape_text(found.name)}** would be put away for good: nothing comes any more, and its weeks, board and "
        "cards can no longer be read. What people ticked stays theirs. It cannot be undone.",
        "Archive it",
        build_phrase("cohort archive", cohort=found.ref),
        is_final=True,
    )
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    archived = replace(found, state="archived", name=f"{found.name}~{found.id}")
    await call.tx.schedule.save_changed_cohort(found, archived, call.now)
    return text_message(
        f"**{escape_text(found.name)}** is archived, and its name is free again.",
        button_row(("A new cohort", "cohort create")),
    )


async def _require_no_other_home(call: Call, found: Cohort) -> None:
    """Raises `Refused` where the cohort has another home: what ends for good needs the moderators of each."""
    here = (call.place.platform, call.place.space)
    homes = [one for one in await call.tx.cohorts.list_homes(found.id) if one.is_in_reach]
    if others := [one.place for one in homes if (one.place.platform, one.place.space) != here]:
        raise Refused(
            f"{found.name} lives {describe_homes(others, call.place)} as well: say `cohort unlink` to take it away from here, "
            "or have a moderator there do the same first."
        )
