"""What version 0.1.0 sent and stored is still understood: see `tests/recorded/record.py`.

Whoever renames something keeps the old name beside the new one where it is sent or stored; these
tests hold nothing but what was recorded, and what people were told then.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from bot.chat.errors import Refused
from bot.command import find_command, get_commands
from bot.command.grammar import parse_phrase
from bot.post import list_post_kinds
from bot.roadmap import Roadmap
from tests.recorded.replay import FOLDER, do, list_posts, read_here, reopen, write_answers

NAMES = json.loads((FOLDER / "names.json").read_text())


async def test_everything_that_could_be_pressed_is_answered_as_it_was(tmp_path: Path) -> None:
    async with reopen(tmp_path / "acts.db") as both:
        acts = json.loads(read_here("acts.json", both))
        answers = [(await do(both, act)).told(act) for act in acts]
        if os.environ.get("GOLDEN"):
            write_answers(answers, both)
            acts = json.loads(read_here("acts.json", both))
    assert not [told for told in answers if "Something went wrong" in told]
    changed = [{**act, "now": told} for act, told in zip(acts, answers, strict=True)]
    assert [act for act in changed if act["told"] != act["now"]] == []


async def test_a_recorded_list_ticks_and_what_was_heard_before_is_answered_alike(
    tmp_path: Path,
) -> None:
    async with reopen(tmp_path / "heard.db") as both:
        for heard in json.loads(read_here("heard.json", both)):
            again = await do(both, heard["act"], heard["once"])
            assert again.told(heard["act"]) == heard["told"]
            assert "already ticked" in (await do(both, heard["act"])).words
        acts = json.loads(read_here("acts.json", both))
        ticks = [act for act in acts if act["kind"] == "list" and "Ticked" in act["told"]]
        told = [(act["on"], (await do(both, act)).words) for act in ticks]
        assert {on for on, words in told if "Ticked" in words} == {"discord", "slack"}


async def test_nothing_is_posted_twice_and_every_name_stays(tmp_path: Path) -> None:
    async with reopen(tmp_path / "ahead.db") as both:
        await both.passes(weeks=1)
        assert list_posts(both) == json.loads((FOLDER / "ahead.json").read_text())
    with closing(sqlite3.connect(tmp_path / "ahead.db")) as file:
        for column, known in NAMES["stored"].items():
            table, name = column.split(".")
            found = {row[0] for row in file.execute(f"SELECT DISTINCT {name} FROM {table}")}
            assert found <= set(known), f"{column}: write a new name down in names.json"


def test_every_command_is_understood_with_every_option() -> None:
    refused = []
    for said in NAMES["said"]:
        try:
            values = parse_phrase(said, get_commands()).convert_options(date(2026, 1, 14))
        except Refused as why:
            refused.append(f"{said}: {why.sentence}")
            continue
        if len(values) != said.count("="):
            refused.append(f"{said}: {values}")
    assert refused == []


def test_every_option_and_every_kind_of_post_is_known() -> None:
    known = {}
    for name in NAMES["options"]:
        command = find_command(name, get_commands())
        # An old name may be an alias today.
        known[name] = {option.name for option in command.options} if command else set()
    for name, options in NAMES["options"].items():
        assert set(options) <= known[name], name
    assert set(NAMES["posts"]) <= set(list_post_kinds())


def test_every_stored_plan_keeps_its_digest_when_the_format_grows(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "plans.db")) as file:
        file.executescript((FOLDER / "database.sql").read_text())
        plans = file.execute("SELECT source, digest FROM plans").fetchall()
    assert plans
    for source, digest in plans:
        plan = Roadmap.from_json(source)
        assert (plan.to_json(), plan.digest) == (source, digest)
