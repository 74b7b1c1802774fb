"""`certificate add`: a certificate a member has earned, for the group to see."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message
from bot.command import Call, CohortRef, PastDate, RestOfLine, command
from bot.command.portfolio import (
    CERTIFICATE,
    build_piece_message,
    clean_piece_title,
    delete_caller_piece,
    find_suggested_piece,
    parse_piece_link,
    save_caller_piece,
    split_title_and_link,
)
from bot.command.suggestions import suggest_certificates, suggest_own_cohorts
from bot.store.portfolio import PortfolioPiece


@command(section="me", order=70, action="Add a certificate")
async def certificate_add(
    call: Call,
    title: Annotated[str, "What it is called", RestOfLine()],
    certificate: Annotated[
        str | None, "Which of the plan's certificates it is", suggest_certificates
    ] = None,
    link: Annotated[str | None, "Where it can be checked"] = None,
    earned: Annotated[date | None, "When, if not today", PastDate()] = None,
    remove: Annotated[bool, "Take it out again"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Add a certificate you have earned."""
    found, _ = await call.resolve_membership(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    title, link = split_title_and_link(title, link, CERTIFICATE)
    name, pieces = clean_piece_title(title, CERTIFICATE), call.tx.portfolio.certificates
    if remove:
        news = await delete_caller_piece(call, pieces, found, name, CERTIFICATE)
        return await build_piece_message(call, found, plan, news, CERTIFICATE)
    if earned is not None and earned > call.today:
        raise Refused("That day is yet to come: add the certificate when you have it.", "earned")
    known = find_suggested_piece(
        plan,
        plan.certificates,
        certificate or name,
        CERTIFICATE,
        is_required=certificate is not None,
    )
    about = known.id if known else ""
    piece = PortfolioPiece(name, about, parse_piece_link(link), earned=earned or call.today)
    return await build_piece_message(
        call,
        found,
        plan,
        await save_caller_piece(call, pieces, found, piece, CERTIFICATE),
        CERTIFICATE,
        about,
    )
