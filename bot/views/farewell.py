"""The farewell: a member's way in numbers, a certificate in text, a survey, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Buttons,
    Fact,
    Fields,
    Message,
    Text,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.text import format_count, join_names, shorten
from bot.group.cohort import Cohort, Member
from bot.group.journey import Journey, NextCohort, Portfolio
from bot.group.survey import MIN_ANSWERS
from bot.roadmap import Item, Roadmap
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day
from bot.views.durations import format_duration

MAX_NAME = 80  # characters of a member's name
FEW_ITEMS = 5  # so many are "only" so many
MAX_TITLE = 60  # characters of a project, a certificate or an item
MAX_TITLES = 3  # of each kind; the others are counted
MAX_NEXT = 2  # cohorts that are offered

# Each title says no more than is true for everybody who gets it.
_TITLES = {
    "all": "You finished the whole plan",
    "essentials": "You did everything essential",
    "part": "Your way so far",
    "nothing": "The door stays open",
}


@dataclass(frozen=True, slots=True)
class FarewellFacts:
    """What a farewell is written from."""

    cohort: Cohort
    roadmap: Roadmap
    member: Member
    journey: Journey
    portfolio: Portfolio
    next_cohorts: tuple[NextCohort, ...]
    now: datetime

    @property
    def has_finished(self) -> bool:
        return self.journey.end in {"all", "essentials"}

    @property
    def plan(self) -> str:
        """The plan's title in prose."""
        return escape_text(self.roadmap.title)

    @property
    def offers(self) -> Sequence[NextCohort]:
        """The cohorts worth a word: another plan after a finish, else the same plan first."""
        cohorts = self.next_cohorts
        if self.has_finished:
            cohorts = tuple(other for other in cohorts if other.roadmap != self.cohort.roadmap)
        same_first = sorted(cohorts, key=lambda other: other.roadmap != self.cohort.roadmap)
        return same_first[:MAX_NEXT]

    @property
    def can_wait(self) -> bool:
        """True for somebody with a rest to do, while no other group has the same plan."""
        if self.has_finished:
            return False
        return all(other.roadmap != self.cohort.roadmap for other in self.offers)


def build_farewell(facts: FarewellFacts) -> Message:
    """Return the farewell for a member."""
    return text_message(*_build_blocks(facts), title=_TITLES[facts.journey.end])


def _build_blocks(facts: FarewellFacts) -> Iterator[Block]:
    yield Text(_describe_end(facts))
    if numbers := _list_numbers(facts):
        yield Fields(numbers)
    if facts.journey.done:
        yield Text(_format_certificate(facts))
    yield Text("\n".join(_list_next_steps(facts)))
    yield _build_next_buttons(facts)
    yield Text(
        f"**Would you do it again?** Moderators see totals once {MIN_ANSWERS} people have "
        "answered, and never a name."
    )
    yield build_again_buttons(facts.cohort)


def build_again_buttons(cohort: Cohort) -> Buttons:
    """Return the buttons that answer the survey's first question."""
    ref = cohort.ref
    return button_row(
        ("Yes", build_phrase("survey", again="yes", cohort=ref)),
        ("Maybe", build_phrase("survey", again="maybe", cohort=ref)),
        ("No", build_phrase("survey", again="no", cohort=ref)),
        has_main=False,
    )


# — the end —


def _describe_end(facts: FarewellFacts) -> str:
    match facts.journey.end:
        case "all":
            return (
                f"All {_format_items(facts)} of **{facts.plan}** are done. "
                "That takes patience, and you had it. Congratulations. 🎓"
            )
        case "essentials":
            return (
                f"Everything essential {_describe_scope(facts)} is done. "
                "That is what counts most. Congratulations. 🎓"
            )
        case "part":
            return _describe_part(facts)
        case "nothing":
            return _describe_nothing(facts)


def _format_items(facts: FarewellFacts) -> str:
    return format_count(facts.journey.total, "item")


def _describe_scope(facts: FarewellFacts) -> str:
    """Return the part of the plan that the essential items are from."""
    if facts.journey.joined_late:
        return f"in **{facts.plan}** since you joined"
    if facts.journey.ended_early:
        return f"from our weeks of **{facts.plan}**"
    return f"in **{facts.plan}**"


def _describe_close(facts: FarewellFacts) -> str:
    name = format_cohort_name(facts.cohort)
    if facts.journey.ended_early:
        return f"{name} has stopped early."
    return f"Your last week of {name} is over."


def _describe_part(facts: FarewellFacts) -> str:
    journey = facts.journey
    return (
        f"{_describe_close(facts)} You did {journey.done} of {_format_items(facts)}, "
        "and they stay yours. The rest can wait: late ticks still count."
    )


def _describe_nothing(facts: FarewellFacts) -> str:
    sentences = [_describe_close(facts)]
    if facts.journey.reported_count:
        weeks = format_count(facts.journey.reported_count, "week")
        sentences.append(f"You checked in for {weeks}, though no item is ticked yet.")
    else:
        sentences.append("It was not the right time, and that is fine.")
    sentences.append("The plan stays open for you, and late ticks still count.")
    return " ".join(sentences)


# — the numbers —


def _list_numbers(facts: FarewellFacts) -> tuple[Fact, ...]:
    journey, portfolio = facts.journey, facts.portfolio
    numbers = []
    if journey.done:
        numbers.append(Fact("Items", f"{journey.done} of {journey.total}"))
    if journey.reported_count:
        numbers.append(Fact("Checked in", _format_reported_weeks(journey)))
    if journey.hours:
        numbers.append(Fact("Hours you reported", f"{journey.hours:g}"))
    if journey.longest_streak > 1:
        numbers.append(Fact("Longest streak", format_count(journey.longest_streak, "week")))
    if portfolio.projects:
        numbers.append(Fact("You built", _format_titles(portfolio.projects)))
    if portfolio.certificates:
        numbers.append(Fact("You earned", _format_titles(portfolio.certificates)))
    return tuple(numbers)


def _format_reported_weeks(journey: Journey) -> str:
    return f"{journey.reported_count} of {format_count(journey.week_count, 'week')}"


def _format_titles(titles: Sequence[str]) -> str:
    return join_names([escape_text(shorten(title, MAX_TITLE)) for title in titles], MAX_TITLES)


# — the certificate —


def _format_certificate(facts: FarewellFacts) -> str:
    """Return the certificate: who, what, when and how much, as it is today."""
    name = escape_text(shorten(facts.member.person.name, MAX_NAME))
    group = escape_text(facts.cohort.name)
    today = format_day(facts.member.get_member_date(facts.cohort, facts.now))
    return (
        "**Certificate**\n"
        f"**{name}** {_describe_deed(facts)} with the group **{group}**"
        f"{_format_dates(facts.journey)}.\n"
        f"{_format_amounts(facts.journey)}\n"
        f"_Issued on {today}._"
    )


def _describe_deed(facts: FarewellFacts) -> str:
    journey = facts.journey
    plan = f"**{facts.plan}**"
    if journey.end == "all":
        return f"completed {plan}"
    # Only somebody who was there from the first week to the last has done all that is essential.
    if journey.end == "essentials" and not (journey.joined_late or journey.ended_early):
        return f"completed the essential items of {plan}"
    return f"took part in {plan}"


def _format_dates(journey: Journey) -> str:
    if journey.first is None or journey.last is None:
        return ""
    return f" from {format_day(journey.first)} to {format_day(journey.last)}"


def _format_amounts(journey: Journey) -> str:
    amounts = [f"{journey.done} of {format_count(journey.total, 'item')} done"]
    if journey.reported_count:
        amounts.append(f"checked in for {_format_reported_weeks(journey)}")
    if journey.hours:
        amounts.append(f"{_format_hours(journey.hours)} by their own count")
    return " · ".join(amounts)


def _format_hours(hours: float) -> str:
    return "1 hour" if hours == 1 else f"{hours:g} hours"


# — what next —


def _list_next_steps(facts: FarewellFacts) -> Iterator[str]:
    yield "**What's next?**"
    if not facts.has_finished:
        yield from _list_open_steps(facts)
    for other in facts.offers:
        yield f"• {_describe_offer(facts, other)}"
    if facts.has_finished:
        yield "• Pick another plan: `roadmap list` shows them."
    if facts.journey.done:
        yield "• Show what you have built: `project add` puts it into your portfolio."


def _list_open_steps(facts: FarewellFacts) -> Iterator[str]:
    backlog, first_item = facts.journey.backlog, facts.journey.first_item
    if first_item is not None:
        yield f"• Start here: {_format_item(first_item)}."
    # A long rest in numbers would be a reproach.
    if 0 < len(backlog.open_items) <= facts.journey.done:
        count = format_count(len(backlog.open_items), "essential item")
        time = f", {format_duration(backlog.time.minutes)}" if backlog.time.is_mostly_known else ""
        only = "Only " if len(backlog.open_items) <= FEW_ITEMS else ""
        yield f"• {only}{count} left{time}: at your own pace, whenever you like."
    if not facts.journey.ended_early:
        yield "• Need more time? `behind` moves your own weeks, and your reminders with them."
    if facts.can_wait:
        yield "• Would you rather have a group? Wait for the next one with this plan, and I will tell you."


def _format_item(item: Item) -> str:
    title = f"**{escape_text(shorten(item.title, MAX_TITLE))}**"
    if item.minutes is None:
        return title
    return f"{title}, {format_duration(item.minutes)}"


def _describe_offer(facts: FarewellFacts, other: NextCohort) -> str:
    start = f"**{escape_text(other.name)}** starts on {format_day(other.start)}"
    if other.roadmap == facts.cohort.roadmap:
        return f"{start} with the same plan, and your ticks come along."
    return f"{start} with another plan."


def _build_next_buttons(facts: FarewellFacts) -> Buttons:
    ref = facts.cohort.ref
    pairs = []
    for other in facts.offers:
        label = shorten(f"Join {other.name}")
        pairs.append((label, build_phrase("join", cohort=other.ref)))
    if not facts.has_finished:
        pairs.append(("My list", build_phrase("week", cohort=ref)))
    if facts.can_wait:
        pairs.append(("Wait for a group", build_phrase("waitlist", cohort=ref)))
    pairs.append(("My progress", build_phrase("progress", cohort=ref)))
    if facts.has_finished:
        pairs.append(("My portfolio", build_phrase("project list", mine="yes", cohort=ref)))
    return button_row(*pairs, has_main=not facts.has_finished)
