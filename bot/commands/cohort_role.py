"""`cohort role`: a role for every member who is not hidden. Alone it shows the setting."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.notify_posts import find_notifying_home
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.group.notify import build_role_name
from bot.store.role_requests import Role
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_setup_problems


@command(moderators=True, announcing=True, extras=("role",))
async def cohort_role(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    on: Annotated[bool | None, "A role for every member, or none"] = None,
) -> Message:
    """Give every member a role here, or take it away again."""
    managed = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    home = await find_notifying_home(call, managed, "cohort role")
    if "role" not in call.notify_ways.get(home.place.platform, ()):
        platform = home.place.platform.capitalize()
        raise Refused(
            f"{platform} has no roles: use `members list` to see who is in {managed.name}."
        )
    if on:
        require_changeable_cohort(managed)
        name = build_role_name(managed.name, "member")
        await call.tx.role_requests.keep_role(home, "member", name, call.now)
    elif on is False:
        await call.tx.role_requests.drop_role(home, "member", call.now)
    role = await call.tx.role_requests.find_role(managed.id, home.place, "member")
    return _build_page(call, managed, role)


def _build_page(call: Call, cohort: Cohort, role: Role | None) -> Message:
    name = format_cohort_name(cohort)
    if role is None or role.state == "dropped":
        phrase = build_phrase("cohort role", cohort=cohort.ref, on="yes")
        text = f"Members of {name} get no role."
        return text_message(text, build_next_step_buttons(cohort, ("Give them a role", phrase)))
    lacking = [problem for problem in call.setup_problems if problem.extra == "role"]
    lines = [
        f"Members of {name} have the role **{escape_text(role.name)}**, which gives no rights. "
        "Everybody here sees who has it. Hidden members never get it, and whoever leaves loses it. "
        "Changes may take minutes.",
        *describe_setup_problems(lacking),
    ]
    acts = [("No role any more", build_phrase("cohort role", cohort=cohort.ref, on="no"))]
    if role.state == "gone":
        lines = [f"Somebody has deleted the role of {name}."]
        acts.append(("Make it again", build_phrase("cohort role", cohort=cohort.ref, on="yes")))
    elif role.trouble and not lacking:
        lines.append(role.trouble)
    return text_message("\n".join(lines), build_next_step_buttons(cohort, acts=acts))
