"""`settings`: how the bot treats a person (zone, reminders, quiet hours, name), what others see of them in a cohort, and
which route through its plan is theirs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from typing import Annotated, Literal

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Choice,
    Fact,
    Field,
    Fields,
    Form,
    Message,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.text import clean_text, has_visible_text, join_names
from bot.command import Call, CohortRef, HiddenOption, NumberRange, Zone, command
from bot.command.routes import (
    FIELDS,
    apply_route_form,
    apply_route_words,
    build_route_form,
    format_picks,
)
from bot.command.suggestions import suggest_own_cohorts, suggest_routes, suggest_zones
from bot.command.values import parse_time_of_day
from bot.group.cohort import Cohort, Member
from bot.group.member import DELIVERIES, NAME_LENGTH, Person
from bot.group.route import Picks, build_route, has_route_choices, list_unmet_requirements
from bot.group.zones import load_zone as zone_named
from bot.roadmap import Roadmap

MOST_REMINDERS = 7
ROUTES = 3  # cohorts whose route is shown
HINTS = 3  # what comes before a route, as far as it is named


@command(form=True, section="settings", order=10, helps=("waiting",), action="My settings")
async def settings(
    call: Call,
    zone: Annotated[Zone | None, "Your time zone", suggest_zones] = None,
    reminder: Annotated[time | None, "When to remind you, like 18:00"] = None,
    quiet: Annotated[str | None, "Quiet hours, like 22:00-08:00, or none"] = None,
    reminders: Annotated[
        int | None, "Reminders a week at most", NumberRange(0, MOST_REMINDERS)
    ] = None,
    delivery: Annotated[Literal["private", "none"] | None, "How reminders reach you"] = None,
    alias: Annotated[str | None, "The name others see; - for your own"] = None,
    hidden: Annotated[bool | None, "Stay off every board"] = None,
    track: Annotated[
        tuple[str, ...] | None, "Your route: a track or options of choices, or none", suggest_routes
    ] = None,
    cohort: Annotated[
        str | None, "Name, boards and route in this cohort only", suggest_own_cohorts, CohortRef()
    ] = None,
    ask: Annotated[Literal["times", "privacy", "route"] | None, HiddenOption()] = None,
    first: Annotated[tuple[str, ...] | None, HiddenOption()] = None,
    second: Annotated[tuple[str, ...] | None, HiddenOption()] = None,
    third: Annotated[tuple[str, ...] | None, HiddenOption()] = None,
    fourth: Annotated[tuple[str, ...] | None, HiddenOption()] = None,
) -> Answer:
    """Your time zone, reminders, quiet hours, privacy and route."""
    alias = "-" if alias is None and call.is_field_cleared("alias") else alias
    forgets = zone is None and call.is_field_cleared("zone") and call.person.zone is not None
    said = (zone, reminder, quiet, reminders, delivery, alias, hidden, forgets or None)
    if ask is not None and not call.is_submitted:
        return await _build_settings_form(call, ask, cohort)
    news = ""
    if track is not None or ask == "route":
        news = await _save_route_picks(
            call, cohort, track, (first, second, third, fourth) if ask == "route" else None
        )
    mine = await _list_own_seats(call, cohort)
    if all(one is None for one in said):
        return await _build_settings_page(call, call.person, mine, news)
    before = call.person
    if forgets:
        await call.tx.people.delete_setting(before, "zone")
        before = await call.tx.people.find_person(call.caller)
    person = _apply_person_options(before, zone, reminder, quiet, reminders, delivery)
    await _save_person_settings(call, before, person)
    if alias is not None or hidden is not None:
        person, mine = await _save_privacy_settings(
            call, person, mine, alias, hidden, is_cohort_only=cohort is not None
        )
    for one in await call.tx.cohorts.list_cohorts_of_person(person):
        await call.tx.members.refresh_reminders(person, one, call.now)
    return await _build_settings_page(call, person, mine, news or "Saved.")


async def _list_own_seats(call: Call, said: str | None) -> list[tuple[Cohort, Member]]:
    if said:
        return [await call.resolve_membership(said)]
    found = await call.tx.cohorts.list_cohorts_of_person(call.person) if call.person.id else []
    seats = [(one, await call.tx.members.find_member(one, call.person)) for one in found]
    return [(one, seat) for one, seat in seats if seat is not None]


async def _build_settings_form(call: Call, ask: str, cohort: str | None) -> Form:
    if ask == "times":
        return _build_times_form(call.person)
    if ask == "privacy":
        return _build_privacy_form(call.person, await _list_own_seats(call, cohort))
    found, member, plan = await _find_cohort_with_routes(call, cohort)
    return build_route_form(found.ref, plan, Picks.parse_picks(member.picks))


async def _find_cohort_with_routes(call: Call, said: str | None) -> tuple[Cohort, Member, Roadmap]:
    """The cohort in which somebody has something to pick. Raises `Refused` or `Ask`."""
    there = await _filter_seats_with_routes(call, await _list_own_seats(call, said))
    if len(there) == 1:
        return there[0]
    found, member = await call.resolve_membership(said, certain=True)
    if not there:
        raise Refused(f"{found.name} has one route for everybody: there is nothing to pick.")
    return found, member, await call.tx.cohorts.load_roadmap_by_id(found.plan_id)


async def _filter_seats_with_routes(
    call: Call, mine: list[tuple[Cohort, Member]]
) -> list[tuple[Cohort, Member, Roadmap]]:
    plans = [
        (cohort, seat, await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id))
        for cohort, seat in mine
    ]
    return [one for one in plans if has_route_choices(one[2])]


async def _save_route_picks(
    call: Call,
    said: str | None,
    track: tuple[str, ...] | None,
    chosen: tuple[tuple[str, ...] | None, ...] | None,
) -> str:
    """Keep what somebody has picked, in words or with the fields of a form, and count them anew. What they are told."""
    cohort, member, plan = await _find_cohort_with_routes(call, said)
    before = Picks.parse_picks(member.picks)
    if chosen is None:
        after = apply_route_words(track or (), plan, before, cohort.name)
    else:
        given = zip(FIELDS, chosen, strict=True)
        fields = {name: () if call.is_field_cleared(name) else values for name, values in given}
        after = apply_route_form(track, fields, plan, before, cohort.name)
    await call.tx.people.save_picks(call.person, cohort.id, after.words_to_store, call.now)
    await call.tx.progress.update_member_scores(cohort, member)
    total = build_route(plan, cohort.syllabus, after.words_to_store).count_slots()
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    first = [
        f"**{escape_text(title)}**"
        for title in list_unmet_requirements(plan, cohort.syllabus, after.words_to_store, done)
    ]
    hint = (
        f" Do {join_names(first[:HINTS])} first: what you have picked builds on it."
        if first
        else ""
    )
    return f"Saved. Your route has {total} {'item' if total == 1 else 'items'} now.{hint}"


def _apply_person_options(
    person: Person,
    zone: str | None,
    reminder: time | None,
    quiet: str | None,
    reminders: int | None,
    delivery: str | None,
) -> Person:
    if delivery is not None and delivery not in DELIVERIES:
        raise Refused(
            "Reminders come as private messages or not at all: choose `private` or `none`.",
            "delivery",
        )
    changed = replace(
        person,
        zone=zone or person.zone,
        reminder_at=reminder or person.reminder_at,
        reminders_a_week=person.reminders_a_week if reminders is None else reminders,
        delivery=delivery or person.delivery,
    )
    if quiet is not None:
        start, end = _parse_quiet_hours(quiet)
        changed = replace(changed, quiet_from=start, quiet_until=end)
    if not changed.can_be_messaged_at(changed.reminder_at):
        hours = f"{changed.quiet_from:%H:%M} to {changed.quiet_until:%H:%M}"
        field = "reminder" if reminder is not None else "quiet"
        raise Refused(
            f"{changed.reminder_at:%H:%M} lies in your quiet hours, {hours}: move one of the two.",
            field,
        )
    return changed


def _parse_quiet_hours(said: str) -> tuple[time, time]:
    if said.strip().casefold() in {"none", "off", "-", "no"}:
        return time(0), time(0)
    parts = re.split(r"\s*(?:-|–|—|to|until)\s*", said.strip())
    if len(parts) != 2:
        raise Refused("Give quiet hours like 22:00-08:00, or `none`.", "quiet")
    try:
        return parse_time_of_day(parts[0]), parse_time_of_day(parts[1])
    except Refused as refused:
        raise Refused(refused.sentence, "quiet") from None


async def _save_person_settings(call: Call, before: Person, after: Person) -> None:
    for name in (
        "zone",
        "reminder_at",
        "quiet_from",
        "quiet_until",
        "reminders_a_week",
        "delivery",
    ):
        value = getattr(after, name)
        if value != getattr(before, name):
            text = value.isoformat() if isinstance(value, time) else str(value)
            await call.tx.people.save_setting(after, name, text, call.now)


async def _save_privacy_settings(
    call: Call,
    person: Person,
    mine: list[tuple[Cohort, Member]],
    alias: str | None,
    hidden: bool | None,
    *,
    is_cohort_only: bool,
) -> tuple[Person, list[tuple[Cohort, Member]]]:
    """Set what others see: the alias for all cohorts or for one, hiding for the cohorts at hand."""
    shown = None if alias is None else _parse_alias(alias)
    if hidden is not None and not is_cohort_only:  # for the cohorts they join later as well
        await call.tx.people.save_setting(person, "hidden", "yes" if hidden else "no", call.now)
    if shown is not None and not is_cohort_only:
        person = replace(person, alias=shown)
        await call.tx.people.save_setting(person, "alias", shown, call.now)
    changed = []
    for cohort, seat in mine:
        now_hidden = seat.hidden if hidden is None else hidden
        now_alias = shown if is_cohort_only and shown is not None else seat.alias
        await call.tx.people.save_setting(
            person, "hidden", "yes" if now_hidden else "no", call.now, cohort.id
        )
        await call.tx.members.update_member_privacy(seat, hidden=now_hidden, alias=now_alias)
        changed.append((cohort, replace(seat, person=person, hidden=now_hidden, alias=now_alias)))
    return person, changed


def _parse_alias(said: str) -> str:
    try:
        name = clean_text(said, NAME_LENGTH, "A name")
    except Refused as refused:
        raise Refused(refused.sentence, "alias") from None
    if name and not has_visible_text(name):
        raise Refused(
            "Others would see nothing of that name: give it a letter or a digit, or `-` for your own.",
            "alias",
        )
    return "" if name in {"-", ""} else name


def _format_quiet_hours(person: Person) -> str:
    return (
        "none"
        if person.quiet_from == person.quiet_until
        else f"{person.quiet_from:%H:%M}-{person.quiet_until:%H:%M}"
    )


async def _build_settings_page(
    call: Call, person: Person, mine: list[tuple[Cohort, Member]], head: str
) -> Message:
    zone_known = (
        f"{person.zone}, where it is {call.now.astimezone(zone_named(person.zone)):%H:%M}"
        if person.zone
        else "not set: the cohort's"
    )
    privacy = ", ".join(
        f"{cohort.name}: {'hidden' if seat.hidden else 'shown as ' + seat.name_in_cohort}"
        for cohort, seat in mine[:5]
    )
    way = "by private message" if person.delivery == "private" else "off"
    reminders = f"at {person.reminder_at:%H:%M}, {person.reminders_a_week} a week at most, {way}"
    facts = [
        Fact("Time zone", zone_known),
        Fact("Reminders", reminders),
        Fact("Quiet hours", _format_quiet_hours(person)),
    ]
    facts.append(Fact("Name", escape_text(person.display_name)))
    if privacy:
        facts.append(Fact("Boards", escape_text(privacy)))
    more = [
        ("Times and reminders", "settings ask=times"),
        ("Name and privacy", "settings ask=privacy"),
    ]
    routed = await _filter_seats_with_routes(call, mine[:5])
    for cohort, seat, plan in routed[:ROUTES]:
        total = build_route(plan, cohort.syllabus, seat.picks).count_slots()
        where = f" in {cohort.name}" if len(routed) > 1 else ""
        facts.append(
            Fact(f"Route{where}", format_picks(plan, Picks.parse_picks(seat.picks), total))
        )
        more.append((f"My route{where}", build_phrase("settings", ask="route", cohort=cohort.ref)))
    return text_message(
        *([head] if head else []), Fields(tuple(facts)), button_row(*more), title="Your settings"
    )


def _build_times_form(person: Person) -> Form:
    deliveries = tuple(
        Choice(label, value, chosen=person.delivery == value)
        for label, value in (("By private message", "private"), ("Not at all", "none"))
    )
    fields = (
        Field(
            "zone",
            "Time zone",
            "line",
            value=person.zone or "",
            help="Like Europe/Berlin or Asia/Kolkata",
        ),
        Field("reminder", "Remind me at", "time", value=f"{person.reminder_at:%H:%M}"),
        Field(
            "quiet",
            "Quiet hours",
            "line",
            value=_format_quiet_hours(person),
            help="Like 22:00-08:00, or none",
        ),
        Field(
            "reminders",
            "Reminders a week",
            "number",
            value=str(person.reminders_a_week),
            least=0,
            most=MOST_REMINDERS,
        ),
        Field("delivery", "Reminders come", "one", choices=deliveries),
    )
    return Form("Times and reminders", "settings ask=times", fields)


def _build_privacy_form(person: Person, mine: list[tuple[Cohort, Member]]) -> Form:
    hidden = bool(mine) and all(seat.hidden for _, seat in mine)
    choices = (
        Choice("Show me on boards", "no", chosen=not hidden),
        Choice("Keep me off every board", "yes", chosen=hidden),
    )
    fields = (
        Field(
            "alias",
            "Name others see",
            "line",
            value=person.alias,
            longest=NAME_LENGTH,
            help="Leave it open for your own name",
        ),
        Field("hidden", "Boards", "one", choices=choices),
    )
    return Form("Name and privacy", "settings ask=privacy", fields)
