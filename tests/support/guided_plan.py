"""A small plan with times, links, ends and questions, and one with hostile words in all of them."""

from __future__ import annotations

import json

GUIDED = """
title: Dice
summary: Three weeks of chance.
stages:
  - id: start
    title: The start
    summary: We begin with coins and dice.
    weeks:
      - id: counting
        title: Counting
        summary: How many ways there are, and why it matters.
        items:
          - id: spaces
            kind: topic
            title: Sample spaces
            estimate: 2-4 hours
            done_when: You can list all throws of two dice.
            resources: [gone, reading, site]
          - id: two-dice
            kind: practice
            title: Throw two dice
            estimate: 40 minutes
            done_when: You have written down 36 throws.
            resources: [site]
          - id: history
            kind: reading
            title: A page of history
            estimate: 10 minutes
            essential: false
      - id: off
        title: A week off
        kind: break
      - id: bets
        title: Bets
        items:
          - {id: odds, kind: topic, title: Odds, estimate: 1 hour, resources: [odds-site]}
          - {id: game, kind: project, title: Write a game, estimate: 3 hours}
          - {id: show, kind: action, title: Show your game}
resources:
  - {id: gone, kind: site, title: An old site, link: "https://old.example.org", retired: It closed.}
  - {id: reading, kind: book, title: A book about chance, author: A. Writer}
  - {id: site, kind: site, title: Seeing chance, link: "https://chance.example.org/dice"}
  - {id: odds-site, kind: docs, title: odds, link: "https://odds.example.org"}
"""

HOSTILE = "[x](https://evil.example) @everyone <!channel> **b** `c` _i_"


def write_hostile_plan(weeks: int) -> str:
    """Return a plan in which every text of an item and of its resource tries to act."""
    item_fields = {
        "kind": "topic",
        "title": HOSTILE,
        "estimate": "1 hour",
        "done_when": HOSTILE,
        "resources": ["site"],
    }
    plan_weeks = [
        {
            "id": f"part-{number}",
            "title": HOSTILE,
            "summary": HOSTILE,
            "items": [{"id": f"item-{number}", **item_fields}],
        }
        for number in range(1, weeks + 1)
    ]
    stage = {"id": "all", "title": HOSTILE, "weeks": plan_weeks}
    site = {"id": "site", "kind": "site", "title": HOSTILE, "link": "https://a.example.org/(b)"}
    return json.dumps(
        {"title": "Hostile", "summary": HOSTILE, "stages": [stage], "resources": [site]}
    )
