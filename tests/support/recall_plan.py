"""A plan whose first week has questions, with a project in its third, and dialogues with it."""

from __future__ import annotations

from bot.chat.message import Buttons, Message
from bot.roadmap import parse_roadmap
from tests.support.room import Room, Sent

_QUESTIONS = """
          - {{id: {name}, kind: topic, title: Learn {name}, resources: [handbook],
             recall: {{question: "What is {name}?", answer: "It is _{name}_."}}}}"""
_WEEK = """
      - id: week-{number}
        title: Week {number}
        items:
          - {{id: read-{number}, kind: reading, title: Read chapter {number}}}"""

NAMES = ("loops", "lists", "sets", "trees", "graphs")

RECALLED = parse_roadmap(
    "title: To remember\nsummary: Twelve weeks.\n"
    "resources:\n"
    "  - {id: handbook, kind: book, title: The handbook, link: 'https://example.org/book'}\n"
    "stages:\n  - id: all\n    title: All\n    weeks:\n"
    "      - id: first\n        title: First\n        items:"
    + "".join(_QUESTIONS.format(name=name) for name in NAMES)
    + "\n          - {id: bare, kind: topic, title: A bare question, recall: Why?}"
    + "\n          - {id: silent, kind: topic, title: Nothing to ask}"
    + _WEEK.format(number=2)
    + "\n      - id: build\n        title: Build\n        items:"
    + "\n          - {id: app, kind: project, title: Build an app}"
    + "".join(_WEEK.format(number=number) for number in range(4, 13))
    + "\n",
    "to-remember.yaml",
)


async def begin_recall(room: Room, *members: str, start: str = "2026-03-02") -> None:
    """Begin a cohort on this plan on a Monday, and go to its Wednesday."""
    room.roadmaps = {RECALLED.slug: RECALLED}
    room.core = type(room.core)(room.store, room.clock, room.roadmaps, platforms=room.chats)
    await room.spring(*members, start=start, more=f"roadmap={RECALLED.slug}")
    await room.passes(days=12, hours=2)


async def finish_topic(room: Room, name: str, item: str = "loops") -> None:
    """Tick a topic, and ask for its question to come again."""
    await room.says(name, f"tick {item}")
    assert "I will ask you" in await room.says(name, "recall start")


def list_questions_to(room: Room, name: str) -> list[Sent]:
    """Return the questions that somebody got, on any platform."""
    sent = [letter for chat in room.chats.values() for letter in chat.sent]
    found = [letter for letter in sent if letter.kind == "recall" and letter.place.native == name]
    return sorted(found, key=lambda letter: letter.at)


def list_question_days(room: Room, name: str) -> list[str]:
    """Return the moment in UTC and the ref of each question that somebody got."""
    return [f"{letter.at:%m-%d %H:%M} {letter.ref}" for letter in list_questions_to(room, name)]


def find_phrase(message: Message, label: str) -> str:
    """Return what a button below a message says."""
    for block in message.blocks:
        if isinstance(block, Buttons):
            for button in block.buttons:
                if button.label == label:
                    return button.says
    raise AssertionError(f"no button {label} below {message.to_plain_text()}")


async def answer_last_question(room: Room, name: str, label: str) -> str:
    """Press a button below the newest question that somebody got."""
    question = list_questions_to(room, name)[-1]
    place = question.place
    return await room.says(name, find_phrase(question.message, label), place=place)
