"""A small plan in two versions, for tests that bring one as a file and take cohorts from one version to the other."""

from __future__ import annotations

from tests.support.room import Room
from tests.support.uploads import Brought

FIRST = """
title: Rust together
summary: Three weeks of Rust.
stages:
  - id: basics
    title: Basics
    weeks:
      - id: start
        title: A start
        items:
          - {id: install, kind: action, title: Install Rust}
          - {id: hello, kind: practice, title: Say hello}
      - id: owning
        title: Owning things
        items:
          - {id: owner, kind: topic, title: Ownership, parts: [moves, borrowing]}
          - {id: quiz, kind: checkpoint, title: A quiz}
      - id: ending
        title: An ending
        items:
          - {id: talk, kind: action, title: Give a talk}
"""

SECOND = (
    FIRST.replace("parts: [moves, borrowing]", "parts: [moves]")
    .replace(
        """          - {id: quiz, kind: checkpoint, title: A quiz}
""",
        """          - {id: borrow, kind: topic, title: Borrowing}
""",
    )
    .replace(
        "{id: hello, kind: practice, title: Say hello}",
        "{id: book, kind: reading, title: Read a chapter}",
    )
    .replace(
        """          - {id: talk, kind: action, title: Give a talk}
""",
        """          - {id: hello, kind: practice, title: Say hello}
      - id: show
        title: A show
        items:
          - {id: talk, kind: action, title: Give a talk}
""",
    )
)


def file(text: str, name: str = "rust.yaml") -> dict[str, Brought]:
    """A file as `roadmap import` gets it."""
    return {"file": Brought(text.encode(), name)}


async def publishes(room: Room, text: str, number: int, over: int, name: str = "rust.yaml") -> str:
    """Bring a plan and publish it: import number `number`, over version `over`."""
    await room.says("mona", "roadmap import", files=file(text, name))
    return await room.says("mona", f"roadmap publish number={number} over={over}")
