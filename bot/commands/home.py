"""`home`: a person's own page with everything at a glance, for platforms with such a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat.buttons import button_row
from bot.chat.message import (
    LABEL,
    MESSAGE_PROSE,
    OPTIONS,
    Block,
    Checklist,
    Choice,
    InvalidMessageError,
    Message,
    Progress,
    Select,
    Text,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call, command
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.route import Route, build_route
from bot.views.dates import describe_cohort_state
from bot.views.notices import format_finish_notice, list_join_buttons
from bot.views.timeline import describe_next_post
from bot.views.week_list import add_item_details, build_own_checklists

WELCOME = "Welcome! I guide study groups through a plan, week by week. You are not in a cohort yet."
NO_OPEN_COHORT = "No cohort is open here yet. A moderator can create one."
NO_COHORT = "There is no cohort yet. Type `cohort create` in the group's channel."
MODERATOR_HEADING = "**For moderators**"
MAX_LISTS = 2  # cohorts with this week's list; every other one has a line
LIST_ROOM = MESSAGE_PROSE // 3  # characters for a list's titles, times and links
MAX_JOINABLE = 4
MAX_TROUBLES = 3
MAX_LINES = 10


@command(reads=True, hidden=True)
async def home(call: Call) -> Message:
    """Show your cohorts, this week's list and your settings."""
    own_cohorts = await _list_shown_cohorts(call)
    blocks: list[Block] = []
    for own_cohort in own_cohorts[:MAX_LISTS]:
        blocks.extend(await _build_own_cohort_blocks(call, own_cohort))
    blocks.extend(_build_other_cohort_blocks(call, own_cohorts[MAX_LISTS:]))
    # True without any cohort as well: then joining one is all there is to do.
    if all(own_cohort.state == "finished" for own_cohort in own_cohorts):
        blocks.extend(await _build_joinable_blocks(call, own_cohorts))
    blocks.extend(_build_settings_blocks(call.person))
    if call.caller.is_moderator:
        blocks.extend(await _build_moderator_blocks(call))
    return _fit_home(blocks, _choose_home_title(own_cohorts))


def _fit_home(blocks: Sequence[Block], title: str) -> Message:
    """Return the home with what stands beside items, or without it where there is no room."""
    try:
        return text_message(*blocks, title=title)
    except InvalidMessageError:
        return text_message(*map(_drop_details, blocks), title=title)


def _drop_details(block: Block) -> Block:
    if not isinstance(block, Checklist):
        return block
    return replace(block, choices=tuple(replace(choice, detail="") for choice in block.choices))


def _choose_home_title(own_cohorts: Sequence[Cohort]) -> str:
    if len(own_cohorts) < 2:
        return "Your study group"
    return "Your study groups"


async def _list_shown_cohorts(call: Call) -> list[Cohort]:
    """Return the caller's cohorts in progress, or else their finished ones."""
    if not call.person.id:
        return []
    stored_cohorts = await call.tx.cohorts.list_cohorts_of_person(call.person)
    own_cohorts = _advance_states(stored_cohorts, call)
    unfinished = [own_cohort for own_cohort in own_cohorts if own_cohort.state != "finished"]
    return unfinished or own_cohorts


def _advance_states(stored_cohorts: Iterable[Cohort], call: Call) -> list[Cohort]:
    # The stored state may be older than the clock: a start or an end can have passed since.
    return [stored_cohort.advance_state(call.now) for stored_cohort in stored_cohorts]


# — own cohorts —


async def _build_own_cohort_blocks(call: Call, cohort: Cohort) -> Sequence[Block]:
    """Return a cohort seen by its member: its state, the next post, and this week's list.

    Times are in the member's own zone.
    """
    member = await call.tx.members.find_member(cohort, call.person)
    if member is None:
        return ()
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    whole_bar = Progress("The whole plan", route.count_done_slots(done), route.count_slots())
    if member.has_finished_roadmap(cohort, call.now):
        return _build_finished_blocks(cohort, whole_bar)
    heading = Text(await _format_cohort_heading(call, cohort, member))
    current_week = member.get_current_week(cohort, call.now)
    if current_week is None:
        return heading, whole_bar, _build_plan_button(cohort)
    checkin_report = await call.tx.progress.load_checkin(member, current_week.id)
    has_reported = checkin_report is not None
    lists = build_own_checklists(roadmap, cohort, current_week, done, route)
    return (
        heading,
        _build_current_week_bar(route, current_week, done, has_reported),
        whole_bar,
        *add_item_details(roadmap, lists, LIST_ROOM),
        _build_week_actions(cohort, current_week, has_reported),
    )


def _build_finished_blocks(cohort: Cohort, whole_bar: Progress) -> Sequence[Block]:
    list_button = ("My list", build_phrase("week", cohort=cohort.ref))
    actions = button_row(list_button, _build_progress_button(cohort))
    return Text(format_finish_notice(cohort)), whole_bar, actions


async def _format_cohort_heading(call: Call, cohort: Cohort, member: Member) -> str:
    posts = await call.tx.ledger.list_posts_in_every_home(cohort)
    zone_name = member.get_zone_name(cohort)
    next_post = describe_next_post(cohort, call.now, posts, zone_name, post_kinds=call.post_kinds)
    return f"{_format_standing_line(cohort, call)}\n{next_post}"


def _build_plan_button(cohort: Cohort) -> Block:
    return button_row(("The whole plan", build_phrase("roadmap show", cohort=cohort.ref)))


def _build_current_week_bar(
    route: Route, current_week: CalendarWeek, done: frozenset[str], has_reported: bool
) -> Progress:
    return Progress(
        shorten(current_week.title_with_number),
        route.count_done_slots(done, current_week.id),
        route.count_slots(current_week.id),
        "checked in" if has_reported else "",
        strong=True,
    )


def _build_week_actions(cohort: Cohort, current_week: CalendarWeek, has_reported: bool) -> Block:
    label = "Edit my check-in" if has_reported else "Check in"
    checkin_phrase = build_phrase("checkin", week=current_week.id, cohort=cohort.ref)
    return button_row((label, checkin_phrase), _build_progress_button(cohort))


def _build_progress_button(cohort: Cohort) -> tuple[str, str]:
    return "My progress", build_phrase("progress", cohort=cohort.ref)


def _build_other_cohort_blocks(call: Call, other_cohorts: Sequence[Cohort]) -> Sequence[Block]:
    if not other_cohorts:
        return ()
    return (Text(_format_standing_lines(other_cohorts[:MAX_LINES], call)),)


def _format_standing_lines(shown_cohorts: Iterable[Cohort], call: Call) -> str:
    return "\n".join(_format_standing_line(cohort, call) for cohort in shown_cohorts)


def _format_standing_line(cohort: Cohort, call: Call) -> str:
    return f"**{escape_text(cohort.name)}** {describe_cohort_state(cohort, call.now)}."


# — cohorts to join —


async def _build_joinable_blocks(call: Call, own_cohorts: Sequence[Cohort]) -> Sequence[Block]:
    joinable_cohorts = (await call.list_joinable_cohorts())[:MAX_JOINABLE]
    if joinable_cohorts:
        heading = "**What's next?**" if own_cohorts else WELCOME
        lines = _format_standing_lines(joinable_cohorts, call)
        buttons = list_join_buttons(joinable_cohorts, MAX_JOINABLE)
        return Text(f"{heading}\n{lines}"), button_row(*buttons)
    if own_cohorts:
        return ()
    return (Text(f"{WELCOME}\n{NO_OPEN_COHORT}"),)


# — settings —


def _build_settings_blocks(person: Person) -> Sequence[Block]:
    text = Text(f"**Settings**\n{_describe_reminders(person)}")
    return text, button_row(("Settings", "settings"), ("What I can do", "help"))


def _describe_reminders(person: Person) -> str:
    if person.delivery == "none" or not person.reminders_a_week:
        return "You get no reminders."
    count = format_count(person.reminders_a_week, "reminder")
    return (
        f"I send you up to {count} a week, at {_format_reminder_time(person)}. "
        "I stop when I have not seen you for two weeks, until you use a command."
    )


def _format_reminder_time(person: Person) -> str:
    zone_name = person.zone or "your cohort's time zone"
    return f"{person.reminder_at:%H:%M} ({escape_text(zone_name)})"


# — for moderators —


async def _build_moderator_blocks(call: Call) -> Sequence[Block]:
    """Return the cohorts a moderator looks after here, and the problems with their channels."""
    stored_cohorts = await call.tx.cohorts.list_cohorts_in_space(call.place)
    managed_cohorts = _advance_states(stored_cohorts, call)
    if not managed_cohorts:
        return (Text(f"{MODERATOR_HEADING}\n{NO_COHORT}"),)
    lines = [MODERATOR_HEADING, _format_standing_lines(managed_cohorts[:MAX_LINES], call)]
    troubles = list(await call.tx.cohorts.list_home_troubles(call.place))
    lines.extend(troubles[:MAX_TROUBLES])
    choices = tuple(map(_build_timeline_choice, managed_cohorts[:OPTIONS]))
    return (
        Text("\n".join(lines)),
        Select("Open a timeline", "posts timeline", "cohort", choices),
    )


def _build_timeline_choice(cohort: Cohort) -> Choice:
    return Choice(shorten(cohort.name, LABEL), cohort.ref, cohort.state)
