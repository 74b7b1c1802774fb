"""Recall in words: a question, its answer, and the topics to look at again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import date

from bot.chat.buttons import button_row
from bot.chat.message import Block, Message, Text, build_phrase, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.group.calendar import WEEK, SyllabusWeek
from bot.group.cohort import Cohort
from bot.group.first_item import list_open_items
from bot.group.recall import RecallResult, TopicRecall, list_weak_topics
from bot.roadmap import Item, Roadmap
from bot.views.resources import format_resource_line

MAX_TOPICS = 3  # that a sentence names
MAX_TOPIC = 60  # characters
PROMISE = "after about one, three and seven weeks, in private, and at most two questions a week."
_LABELS: tuple[tuple[str, RecallResult], ...] = (
    ("Knew it", "knew"),
    ("Partly", "partly"),
    ("No", "no"),
)
_VERDICTS = {
    "knew": "Good: you still know it.",
    "partly": "Part of it is there. Look at the answer once more.",
    "no": "That is what the question is for.",
}


def format_topic_title(title: str) -> str:
    """Return a topic's title for a sentence."""
    return f"**{escape_text(shorten(title, MAX_TOPIC))}**"


# — a question —


def build_question(cohort: Cohort, item: Item, opening: str, ref: str) -> Message:
    """Return a question with its three buttons. `ref`: the item, and the round that asks."""
    assert item.recall is not None
    return text_message(
        f"{opening}\n{escape_text(item.recall.question)}",
        _build_result_buttons(cohort, ref),
    )


def _build_result_buttons(cohort: Cohort, ref: str) -> Block:
    pairs = []
    for label, result in _LABELS:
        # At most 80 characters, with the longest id of an item and of a cohort.
        phrase = build_phrase("recall", answer=result, item=ref, cohort=cohort.ref)
        pairs.append((label, phrase))
    return button_row(*pairs, has_main=False)


def format_round_opening(item: Item, recall: TopicRecall, today: date, asked: str) -> str:
    """Return the sentence above a question that comes by itself."""
    title = format_topic_title(item.title)
    if not asked.isdecimal():
        return f"Once more about {title}. Do you know it now?"
    opening = f"{_format_age(recall.since, today)} you finished {title}. Do you still know this?"
    if asked == "1":
        opening += " `recall stop` ends these questions."
    return opening


def _format_age(since: date, today: date) -> str:
    weeks = max(1, round((today - since) / WEEK))
    return "About a week ago" if weeks == 1 else f"About {weeks} weeks ago"


# — an answer —


def build_recall_answer(
    cohort: Cohort, roadmap: Roadmap, item: Item, result: RecallResult, *, comes_again: bool
) -> Message:
    """Return the answer to a question, and how it went. `comes_again`: it is asked once more."""
    assert item.recall is not None
    verdict = _VERDICTS[result]
    if comes_again:
        verdict = f"{verdict} I will ask you once more in a week."
    paragraphs = [verdict, f"**{escape_text(item.recall.question)}**\n{_format_answer(item)}"]
    link = roadmap.find_first_link(item)
    if link is not None and result != "knew":
        paragraphs.append(format_resource_line(link))
    next_phrase = build_phrase("recall", cohort=cohort.ref)
    return text_message(*paragraphs, button_row(("Another question", next_phrase)))


def _format_answer(item: Item) -> str:
    assert item.recall is not None
    if item.recall.answer is None:
        return f"The plan has no answer to it: look at {format_topic_title(item.title)} again."
    return escape_text(item.recall.answer)


# — the offer —


def build_recall_offer() -> tuple[Block, ...]:
    """Return the offer to be asked about finished topics, with its button."""
    offer = f"Shall I ask you about the topics you finish? I would ask {PROMISE}"
    return Text(offer), button_row(("Ask me again later", "recall start"), has_main=False)


# — weak topics —


def build_weak_topics(
    roadmap: Roadmap, weak_items: Iterable[str], ticked: Set[str]
) -> tuple[Block, ...]:
    """Return a line with the topics to look at again, for their own reader; none without any."""
    titles = list_weak_topics(roadmap, weak_items, ticked)
    if not titles:
        return ()
    return (Text(f"Look again at {_join_topics(titles)}. Practise with `recall`."),)


def has_open_project(roadmap: Roadmap, weeks: Iterable[SyllabusWeek], ticked: Set[str]) -> bool:
    """Return True if one of these weeks has a project to do, or is a capstone with work left."""
    for week in weeks:
        open_items = list_open_items(roadmap, week.items, ticked)
        is_capstone = week.kind == "capstone" and bool(open_items)
        if is_capstone or any(item.kind == "project" for item in open_items):
            return True
    return False


def build_project_hint(
    roadmap: Roadmap, weak_items: Iterable[str], ticked: Set[str]
) -> tuple[Block, ...]:
    """Return a line with the topics to look at before a project; none without weak ones."""
    titles = list_weak_topics(roadmap, weak_items, ticked)
    if not titles:
        return ()
    return (Text(f"Before the project, look at {_join_topics(titles)} again."),)


def _join_topics(titles: Sequence[str]) -> str:
    names = [format_topic_title(title) for title in titles[:MAX_TOPICS]]
    hidden_count = len(titles) - MAX_TOPICS
    if hidden_count > 0:
        names.append(f"{hidden_count} more")
    return join_names(names)
