"""`settings`: a person's times, their privacy and their route, each in a module of its own.

This module reads the options, asks the other modules for the change, and stores the result.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Annotated, Literal

from bot.chat.message import Answer, Form, Message
from bot.command import Call, CohortRef, HiddenOption, NumberRange, Zone, command
from bot.command.own_times import Delivery, TypedTimes, refresh_reminders, save_times
from bot.command.recall_choice import start_questions, stop_questions
from bot.command.routes import build_route_form
from bot.command.suggestions import suggest_own_cohorts, suggest_routes, suggest_zones
from bot.commands.settings.page import build_settings_page
from bot.commands.settings.privacy import (
    OWN_NAME,
    PrivacyChange,
    TypedPrivacy,
    build_privacy_form,
    change_privacy,
)
from bot.commands.settings.route import TypedRoute, change_route
from bot.commands.settings.seats import (
    CohortSeat,
    find_seat_with_routes,
    list_own_seats,
)
from bot.commands.settings.times import MAX_REMINDERS, build_times_form
from bot.group.member import Person
from bot.group.route import Picks

Topic = Literal["times", "privacy", "route"]
ChoiceValues = tuple[str, ...] | None


# Reminders already sent carry buttons that say `settings ask=times`, and route forms name their
# fields `first` to `fourth`: these option names can never change.
@command(form=True, section="settings", order=10, helps=("waiting",), action="My settings")
async def settings(
    call: Call,
    zone: Annotated[Zone | None, "Your time zone", suggest_zones] = None,
    reminder: Annotated[time | None, "When to remind you, like 18:00"] = None,
    quiet: Annotated[str | None, "Quiet hours, like 22:00-08:00, or none"] = None,
    reminders: Annotated[int | None, "Most reminders a week", NumberRange(0, MAX_REMINDERS)] = None,
    delivery: Annotated[Delivery | None, "How you get reminders"] = None,
    alias: Annotated[str | None, "The name others see, or - for your own name"] = None,
    hidden: Annotated[bool | None, "Hide from every board"] = None,
    recall: Annotated[bool | None, "Ask me about finished topics again"] = None,
    helps: Annotated[bool | None, "Ask me when others are stuck on something"] = None,
    track: Annotated[ChoiceValues, "Your route: a track, options, or none", suggest_routes] = None,
    cohort: Annotated[
        str | None,
        "Change name, boards and route in this cohort only",
        suggest_own_cohorts,
        CohortRef(),
    ] = None,
    ask: Annotated[Topic | None, HiddenOption()] = None,
    first: Annotated[ChoiceValues, HiddenOption()] = None,
    second: Annotated[ChoiceValues, HiddenOption()] = None,
    third: Annotated[ChoiceValues, HiddenOption()] = None,
    fourth: Annotated[ChoiceValues, HiddenOption()] = None,
) -> Answer:
    """Change your time zone, reminders, quiet hours, privacy and route."""
    if ask is not None and not call.is_submitted:
        return await _build_topic_form(call, ask, cohort)
    sentence = ""
    # The route is stored first: the seats loaded below must already carry the new picks.
    if track is not None or ask == "route":
        choices = (first, second, third, fourth) if ask == "route" else None
        sentence = await _save_route(call, cohort, TypedRoute(track, choices))
    if recall is not None:
        call, sentence = await _save_recall(call, is_wanted=recall)
    if helps is not None:
        call, sentence = await _save_helps(call, is_wanted=helps)
    times = TypedTimes(zone, reminder, quiet, reminders, delivery, _has_cleared_zone(call, zone))
    privacy = TypedPrivacy(_read_alias(call, alias), hidden, is_cohort_only=cohort is not None)
    seats = await list_own_seats(call, cohort)
    return await _save_and_show(call, seats, times, privacy, sentence)


async def _save_and_show(
    call: Call,
    seats: list[CohortSeat],
    typed_times: TypedTimes,
    typed_privacy: TypedPrivacy,
    sentence: str,
) -> Message:
    """Store times and privacy where any were typed, and return the page below a sentence."""
    if not (typed_times.has_times or typed_privacy.has_privacy):
        return await build_settings_page(call, call.person, seats, sentence)
    person, time_sentence = await save_times(call, typed_times)
    if typed_privacy.has_privacy:
        person, seats = await _save_privacy(call, person, seats, typed_privacy)
    await refresh_reminders(call, person)
    return await build_settings_page(call, person, seats, sentence or time_sentence)


async def _build_topic_form(call: Call, topic: Topic, typed_cohort: str | None) -> Form:
    if topic == "times":
        return build_times_form(call.person)
    if topic == "privacy":
        return build_privacy_form(call.person, await list_own_seats(call, typed_cohort))
    return await _build_own_route_form(call, typed_cohort)


async def _build_own_route_form(call: Call, typed_cohort: str | None) -> Form:
    seat, roadmap = await find_seat_with_routes(call, typed_cohort)
    return build_route_form(seat.cohort.ref, roadmap, Picks.parse_picks(seat.member.picks))


def _has_cleared_zone(call: Call, zone: str | None) -> bool:
    return zone is None and call.is_field_cleared("zone") and call.person.zone is not None


def _read_alias(call: Call, alias: str | None) -> str | None:
    # An emptied form field arrives without a value, though it means "use my own name again".
    if alias is None and call.is_field_cleared("alias"):
        return OWN_NAME
    return alias


async def _save_route(call: Call, typed_cohort: str | None, typed_route: TypedRoute) -> str:
    """Store a member's picks, count their items anew, and return the sentence about it."""
    seat, roadmap = await find_seat_with_routes(call, typed_cohort)
    cleared = frozenset(filter(call.is_field_cleared, call.option_texts))
    done = await call.tx.progress.load_ticked_items(call.person, seat.cohort.roadmap)
    picks, sentence = change_route(seat, roadmap, typed_route, cleared, done)
    await call.tx.people.save_picks(call.person, seat.cohort.id, picks.words_to_store, call.now)
    await call.tx.progress.update_member_scores(seat.cohort, seat.member)
    return sentence


async def _save_recall(call: Call, *, is_wanted: bool) -> tuple[Call, str]:
    """Store if a person wants questions; return the call with that person, and the sentence."""
    await call.lock_person()
    sentence = await start_questions(call) if is_wanted else await stop_questions(call)
    person = replace(call.person, recall="yes" if is_wanted else "no")
    return replace(call, person=person), sentence


async def _save_helps(call: Call, *, is_wanted: bool) -> tuple[Call, str]:
    """Store if a person may be asked for help; return the call with that person, and a sentence."""
    await call.tx.people.save_setting(call.person, "helps", _format_flag(is_wanted), call.now)
    sentence = "Thank you! I will ask you in private when others are stuck, at most once a week."
    if not is_wanted:
        sentence = "I will not ask you for help any more."
    return replace(call, person=replace(call.person, helps=is_wanted)), sentence


async def _save_privacy(
    call: Call, person: Person, seats: list[CohortSeat], typed_privacy: TypedPrivacy
) -> tuple[Person, list[CohortSeat]]:
    """Store the name and boards of a person; return the person and their seats after it."""
    change = change_privacy(person, seats, typed_privacy)
    if not typed_privacy.is_cohort_only:
        await _save_person_privacy(call, change, typed_privacy)
    for seat in change.seats:
        await _save_seat_privacy(call, change.person, seat)
    return change.person, change.seats


async def _save_person_privacy(
    call: Call, change: PrivacyChange, typed_privacy: TypedPrivacy
) -> None:
    # Kept for the person as well, because it holds for the cohorts they join later.
    if typed_privacy.hidden is not None:
        hidden = _format_flag(typed_privacy.hidden)
        await call.tx.people.save_setting(change.person, "hidden", hidden, call.now)
    if typed_privacy.alias is not None:
        await call.tx.people.save_setting(change.person, "alias", change.person.alias, call.now)


async def _save_seat_privacy(call: Call, person: Person, seat: CohortSeat) -> None:
    member = seat.member
    hidden = _format_flag(member.hidden)
    await call.tx.people.save_setting(person, "hidden", hidden, call.now, seat.cohort.id)
    await call.tx.members.update_member_privacy(member, hidden=member.hidden, alias=member.alias)


def _format_flag(is_set: bool) -> str:
    if is_set:
        return "yes"
    return "no"
