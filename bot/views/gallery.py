"""The plans that a group can choose among, by subject: lines for a list and choices for a menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.chat.message import OPTIONS, Choice
from bot.chat.text import format_count, shorten
from bot.group.gallery import RoadmapCard
from bot.views.durations import format_duration

NO_SUBJECT = "Other plans"


def sort_cards(cards: Iterable[RoadmapCard]) -> list[RoadmapCard]:
    """Sort cards by subject, those without one last. Within a subject their order stays."""
    return sorted(cards, key=lambda card: (not card.subject, card.subject.casefold()))


def map_headings(cards: Sequence[RoadmapCard]) -> dict[str, str]:
    """Return the heading each card stands under, by slug; empty where no plan says a subject.

    Two spellings of one subject are one heading.
    """
    if not any(card.subject for card in cards):
        return {card.slug: "" for card in cards}
    spellings: dict[str, str] = {}
    headings = {}
    for card in cards:
        subject = card.subject or NO_SUBJECT
        headings[card.slug] = spellings.setdefault(subject.casefold(), subject)
    return headings


def list_plan_choices(
    cards: Iterable[RoadmapCard], own_slugs: Iterable[str], most: int = OPTIONS
) -> list[Choice]:
    """Return a choice for each plan, by subject.

    Where there are more than a menu holds, the group's own plans are kept first.
    """
    owned = set(own_slugs)
    kept = sorted(cards, key=lambda card: card.slug not in owned)[:most]
    sorted_cards = sort_cards(sorted(kept, key=lambda card: card.title.casefold()))
    headings = map_headings(sorted_cards)
    return [
        Choice(
            shorten(card.title),
            card.slug,
            shorten(" · ".join(list_card_facts(card))),
            group=headings[card.slug],
        )
        for card in sorted_cards
    ]


def list_card_facts(card: RoadmapCard) -> list[str]:
    """Return how long a plan is and how much work: `12 weeks`, `about 5 h a week`."""
    weeks = format_count(card.week_count, "week")
    if card.length == "any":
        facts = ["any length"]
        if card.minutes:
            facts.append(f"{format_duration(card.minutes)} in all")
        return facts
    facts = [weeks if card.length == "stated" else f"about {weeks}"]
    if card.weekly_minutes:
        facts.append(f"{format_duration(card.weekly_minutes)} a week")
    return facts
