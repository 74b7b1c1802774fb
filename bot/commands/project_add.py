"""`project add`: something a member has built joins their portfolio, for the group to see."""

from __future__ import annotations

from typing import Annotated, Literal

from bot.chat.message import Message
from bot.command import Call, Wordy, command
from bot.command.portfolio import PROJECT, kept, led, meant, parted, taken_out, titled, told
from bot.command.suggestions import my_cohorts, portfolio_projects
from bot.store.portfolio import Piece


@command(section="me", order=60, action="Add a project")
async def project_add(
    call: Call,
    title: Annotated[str, "What you have built", Wordy()],
    link: Annotated[str | None, "Where it can be seen"] = None,
    project: Annotated[str | None, "Which of the plan's projects it is", portfolio_projects] = None,
    level: Annotated[
        Literal["beginner", "intermediate", "advanced"] | None, "How hard it was"
    ] = None,
    remove: Annotated[bool, "Take it out again"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
) -> Message:
    """Add something you have built to your portfolio."""
    found, _ = await call.membership(cohort)
    title, link = parted(title, link, PROJECT)
    name, pieces = titled(title, PROJECT), call.tx.portfolio.projects
    plan = await call.tx.cohorts.plan(found.plan_id)
    if remove:
        return await told(
            call, found, plan, await taken_out(call, pieces, found, name, PROJECT), PROJECT
        )
    known = meant(plan, plan.portfolio, project or name, PROJECT, asked=project is not None)
    about = known.id if known else ""
    piece = Piece(name, about, led(link), level or (known.level if known else None) or "")
    return await told(
        call, found, plan, await kept(call, pieces, found, piece, PROJECT), PROJECT, about
    )
