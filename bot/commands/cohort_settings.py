"""`cohort settings`: the cohort's name and seats. Alone it shows them.

It once changed the posts too. Its hidden options still do, for the buttons sent before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Annotated, Literal

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Block,
    Field,
    Form,
    Message,
    build_phrase,
    escape_text,
    text_message,
)
from bot.command import Call, CohortRef, HiddenOption, LoggedText, NumberRange, Sure, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.newer_plan import build_newer_plan_offer
from bot.command.post_settings import (
    MOST_DAYS,
    PostChange,
    answer_post_settings,
    describe_saved_cohort,
)
from bot.command.suggestions import suggest_managed_cohorts
from bot.command.values import check_seat_count, format_typed_text, parse_cohort_name
from bot.group.cohort import Cohort
from bot.views.notices import build_next_step_buttons

NO_LIMIT = {"none", "no", "0", "-", "off"}
SEAT_DIGITS = 9  # More digits than this are refused before they become a number.


@command(moderators=True, form=True, action="Change the settings")
async def cohort_settings(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    post: Annotated[str | None, HiddenOption()] = None,
    on: Annotated[bool | None, HiddenOption()] = None,
    day: Annotated[int | None, HiddenOption(), NumberRange(0, MOST_DAYS)] = None,
    at: Annotated[time | None, HiddenOption()] = None,
    usual: Annotated[bool, HiddenOption()] = False,
    seats: Annotated[str | None, "How many can join, or none for no limit", LoggedText()] = None,
    name: Annotated[str | None, "A new name", LoggedText()] = None,
    ask: Annotated[Literal["post", "seats"] | None, HiddenOption()] = None,
    sure: Sure = None,
) -> Answer:
    """Change the name of a cohort and how many can join."""
    managed = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    require_changeable_cohort(managed)
    change = PostChange(post, on, day, at, usual)
    is_about_posts = change != PostChange()
    if ask is not None and not call.is_submitted and not is_about_posts:
        return _build_seats_form(managed)
    changed = await _change_seats(call, managed, seats)
    changed = await _change_name(call, changed, name)
    if is_about_posts:
        return await answer_post_settings(
            call,
            managed,
            change,
            opens_form=ask is not None,
            sure=sure,
            changed=changed if changed != managed else None,
        )
    if changed == managed:
        return _build_settings_page(managed, offer=await build_newer_plan_offer(call, managed))
    saved = await call.tx.schedule.save_changed_cohort(managed, changed, call.now)
    return _build_settings_page(saved, await describe_saved_cohort(call, saved))


async def _change_seats(call: Call, cohort: Cohort, seats: str | None) -> Cohort:
    if seats is None:
        return cohort
    typed = seats.strip()
    if typed.casefold() in NO_LIMIT:
        return replace(cohort, seats=None)
    if not typed.isdecimal() or len(typed) > SEAT_DIGITS:
        raise Refused(
            f"“{format_typed_text(typed)}” is not a number of seats: "
            "write a number like 25, or `none` for no limit.",
            "seats",
        )
    count = check_seat_count(int(typed))
    taken = await call.tx.members.count_seats_taken(cohort)
    if count < taken:
        raise Refused(
            f"{taken} members have joined already: choose {taken} seats or more.", "seats"
        )
    return replace(cohort, seats=count)


async def _change_name(call: Call, cohort: Cohort, name: str | None) -> Cohort:
    if name is None:
        return cohort
    chosen = parse_cohort_name(name)
    if chosen == cohort.name:
        return cohort
    await _refuse_taken_name(call, cohort, chosen)
    return replace(cohort, name=chosen)


async def _refuse_taken_name(call: Call, cohort: Cohort, chosen: str) -> None:
    if await call.tx.cohorts.find_namesake(cohort, chosen):
        raise Refused(
            f"There is a cohort called {chosen} here already: choose another name.", "name"
        )


# — showing —


def _build_settings_page(cohort: Cohort, head: str = "", offer: Sequence[Block] = ()) -> Message:
    seats = str(cohort.seats or "no limit")
    lines = [
        f"• **Name**: {escape_text(cohort.name)}",
        f"• **Seats**: {seats}",
        f"• **Time of posts**: {cohort.at:%H:%M} ({cohort.zone})",
    ]
    paragraphs = [head] if head else []
    links = [
        ("Seats and name", build_phrase("cohort settings", cohort=cohort.ref, ask="seats")),
        ("Dates and zone", build_phrase("cohort reschedule", cohort=cohort.ref)),
        ("Weekly call", build_phrase("cohort call", cohort=cohort.ref)),
        ("Threads", build_phrase("cohort threads", cohort=cohort.ref)),
    ]
    return text_message(
        *paragraphs,
        "\n".join(lines),
        *offer,
        button_row(*links, has_main=False),
        build_next_step_buttons(
            cohort, ("Posts", build_phrase("posts settings", cohort=cohort.ref))
        ),
        title=f"Settings of {cohort.name}",
    )


def _build_seats_form(cohort: Cohort) -> Form:
    seats = str(cohort.seats or "none")
    help = "A number, or none for no limit"
    fields = (
        Field("seats", "Seats", "line", value=seats, help=help),
        Field("name", "Name", "line", value=cohort.name, help="One word"),
    )
    phrase = build_phrase("cohort settings", cohort=cohort.ref, ask="seats")
    return Form("Seats and name", phrase, fields)
