"""`certificate add`: a certificate a member has earned, for the group to see."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message
from bot.command import Call, Past, Wordy, command
from bot.command.portfolio import CERTIFICATE, kept, led, meant, parted, taken_out, titled, told
from bot.command.suggestions import my_cohorts, plan_certificates
from bot.store.portfolio import Piece


@command(section="me", order=70, action="Add a certificate")
async def certificate_add(
    call: Call,
    title: Annotated[str, "What it is called", Wordy()],
    certificate: Annotated[
        str | None, "Which of the plan's certificates it is", plan_certificates
    ] = None,
    link: Annotated[str | None, "Where it can be checked"] = None,
    earned: Annotated[date | None, "When, if not today", Past()] = None,
    remove: Annotated[bool, "Take it out again"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
) -> Message:
    """Add a certificate you have earned."""
    found, _ = await call.membership(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    title, link = parted(title, link, CERTIFICATE)
    name, pieces = titled(title, CERTIFICATE), call.tx.portfolio.certificates
    if remove:
        news = await taken_out(call, pieces, found, name, CERTIFICATE)
        return await told(call, found, plan, news, CERTIFICATE)
    if earned is not None and earned > call.today:
        raise Refused("That day is yet to come: add the certificate when you have it.", "earned")
    known = meant(
        plan, plan.certificates, certificate or name, CERTIFICATE, asked=certificate is not None
    )
    about = known.id if known else ""
    piece = Piece(name, about, led(link), earned=earned or call.today)
    return await told(
        call, found, plan, await kept(call, pieces, found, piece, CERTIFICATE), CERTIFICATE, about
    )
