"""`certificate add`: add a certificate for the group to see, or remove one."""

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
from bot.roadmap import Roadmap
from bot.store.portfolio import PortfolioPiece


@command(section="me", order=70, action="Add a certificate")
async def certificate_add(
    call: Call,
    title: Annotated[str, "Its name", RestOfLine()],
    certificate: Annotated[
        str | None, "The same certificate in the plan", suggest_certificates
    ] = None,
    link: Annotated[str | None, "Web address of the certificate"] = None,
    earned: Annotated[date | None, "The day you earned it, if not today", PastDate()] = None,
    remove: Annotated[bool, "Remove it from the list"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Add a certificate you have earned."""
    own_cohort, _ = await call.resolve_membership(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    typed_title, typed_link = split_title_and_link(title, link, CERTIFICATE)
    clean_title = clean_piece_title(typed_title, CERTIFICATE)
    queries = call.tx.portfolio.certificates
    if remove:
        sentence = await delete_caller_piece(call, queries, own_cohort, clean_title, CERTIFICATE)
        return await build_piece_message(call, own_cohort, roadmap, sentence, CERTIFICATE)
    earned_on = _check_earned_date(earned, call.today)
    certificate_id = _find_certificate_id(roadmap, clean_title, certificate)
    web_address = parse_piece_link(typed_link)
    piece = PortfolioPiece(clean_title, certificate_id, web_address, earned=earned_on)
    sentence = await save_caller_piece(call, queries, own_cohort, piece, CERTIFICATE)
    return await build_piece_message(
        call, own_cohort, roadmap, sentence, CERTIFICATE, certificate_id
    )


def _check_earned_date(earned: date | None, current_date: date) -> date:
    if earned is None:
        return current_date
    if earned > current_date:
        raise Refused(
            "That day is in the future: add the certificate when you have earned it.", "earned"
        )
    return earned


def _find_certificate_id(roadmap: Roadmap, clean_title: str, named: str | None) -> str:
    # A title that happens to be one of the roadmap's is matched too, but only a name is required.
    suggested = find_suggested_piece(
        roadmap,
        roadmap.certificates,
        named or clean_title,
        CERTIFICATE,
        is_required=named is not None,
    )
    return suggested.id if suggested else ""
