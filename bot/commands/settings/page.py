"""The page that `settings` answers with: every setting, and the buttons to change it."""

from __future__ import annotations

from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.message import Block, Fact, Fields, Message, build_phrase, escape_text, text_message
from bot.command import Call
from bot.command.routes import format_picks
from bot.commands.settings.seats import CohortSeat, list_seats_with_routes
from bot.commands.settings.times import format_quiet_hours
from bot.group.member import Person
from bot.group.route import Picks, build_route
from bot.group.zones import load_zone
from bot.roadmap import Roadmap

MAX_SEATS = 5  # cohorts whose boards are shown
MAX_ROUTES = 3  # cohorts whose route is shown: two buttons of a row are taken already


async def build_settings_page(
    call: Call, person: Person, seats: list[CohortSeat], sentence: str
) -> Message:
    """Return the page of a person's settings, below a sentence unless that is empty."""
    facts = [*_list_time_facts(person, call.now), *_list_privacy_facts(person, seats)]
    buttons = [
        ("Times and reminders", "settings ask=times"),
        ("Name and privacy", "settings ask=privacy"),
    ]
    routed_seats = (await list_seats_with_routes(call, seats[:MAX_SEATS]))[:MAX_ROUTES]
    has_several = len(routed_seats) > 1
    for seat, roadmap in routed_seats:
        label = f" in {seat.cohort.name}" if has_several else ""
        facts.append(Fact(f"Route{label}", _format_own_route(seat, roadmap)))
        buttons.append((f"My route{label}", _build_route_phrase(seat)))
    blocks: list[Block | str] = [Fields(tuple(facts)), button_row(*buttons)]
    if sentence:
        blocks.insert(0, sentence)
    return text_message(*blocks, title="Your settings")


def _list_time_facts(person: Person, at: datetime) -> list[Fact]:
    return [
        Fact("Time zone", _format_own_zone(person, at)),
        Fact("Reminders", _format_reminders(person)),
        Fact("Quiet hours", format_quiet_hours(person)),
        Fact("Questions", _format_questions(person)),
        Fact("Helping", _format_helping(person)),
    ]


def _format_own_zone(person: Person, at: datetime) -> str:
    if person.zone is None:
        return "not set, so your cohort's"
    local_now = at.astimezone(load_zone(person.zone))
    return f"{person.zone}, where it is {local_now:%H:%M}"


def _format_reminders(person: Person) -> str:
    if person.delivery == "none" or not person.reminders_a_week:
        return "off"
    limit = f"at most {person.reminders_a_week} a week"
    return f"at {person.reminder_at:%H:%M}, {limit}, by private message"


def _format_questions(person: Person) -> str:
    if person.recall == "yes":
        return "on, about what I have finished"
    return "off, start them with `recall start`"


def _format_helping(person: Person) -> str:
    if person.helps:
        return "on, I may ask you when others are stuck, at most once a week"
    return "off, offer it with `settings helps=yes`"


def _list_privacy_facts(person: Person, seats: list[CohortSeat]) -> list[Fact]:
    facts = [Fact("Name", escape_text(person.display_name))]
    boards = ", ".join(map(_format_board_entry, seats[:MAX_SEATS]))
    if boards:
        facts.append(Fact("Boards", escape_text(boards)))
    return facts


def _format_board_entry(seat: CohortSeat) -> str:
    if seat.member.hidden:
        return f"{seat.cohort.name}: hidden"
    return f"{seat.cohort.name}: shown as {seat.member.name_in_cohort}"


def _format_own_route(seat: CohortSeat, roadmap: Roadmap) -> str:
    picks = seat.member.picks
    item_count = build_route(roadmap, seat.cohort.syllabus, picks).count_slots()
    return format_picks(roadmap, Picks.parse_picks(picks), item_count)


def _build_route_phrase(seat: CohortSeat) -> str:
    return build_phrase("settings", ask="route", cohort=seat.cohort.ref)
