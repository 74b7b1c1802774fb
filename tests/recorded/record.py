"""Record what Syllabot sends and stores, for `tests/test_recorded.py` to press it later.

The files beside this were recorded with version 0.1.0:

- `database.sql`: a database mid-way, with a cohort that has homes on Discord and Slack;
- `acts.json`: every press, pick, form and command that could be done then, each with its answer;
- `heard.json`: acts that the database has answered already, with the ids of their interactions;
- `ahead.json`: what is posted in the week after, with the keys of the letters;
- `names.json`: the names that are stored or typed: post kinds, settings, states, options.

They are what people of that version still have before them, so they are never recorded anew for a
rename: an old name that is sent or stored stays understood. After a change of words alone
`python -m tests.recorded.record told` writes how answers begin now, and leaves the rest.
`python -m tests.recorded.record` records everything, from scratch, which another version may do
into a folder of its own.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import command, post
from bot.chat.address import Account, Caller
from bot.chat.message import Buttons, Message
from bot.command import Command, get_commands
from tests.recorded.replay import (
    FOLDER,
    MOMENT,
    do,
    list_natives,
    list_posts,
    read_discord,
    read_here,
    read_slack,
    reopen,
)
from tests.support.discord_and_slack import Both
from tests.support.roadmap_versions import FIRST, SECOND, file

Act = dict[str, Any]
LAST = ("cohort finish", "cohort archive", "cohort start", "cohort unlink", "unlink", "leave")
LATE = ("cohort ", "join", "away", "settings", "moderators")
SAID = (
    "week 1",
    "tick derivatives undo=yes",
    "checkin week=1 items=vectors hours=3 confidence=4 blockers=none note=Fine",
    "settings zone=Europe/Berlin reminder=18:30 quiet=22:00-07:00 reminders=1 delivery=none",
    "settings alias=Bo hidden=yes cohort=spring",
    "settings delivery=private hidden=no alias=- quiet=none cohort=spring",
    "progress board=yes",
    "progress Ada",
    "roadmap 3",
    "roadmap show about=resources",
    'project add title="A parser" level=beginner link=https://example.org/parser',
    'project add title="A parser" remove=yes',
    'certificate add title="Calculus" earned=2025-12-01',
    "help about=checkin",
)
FORGOTTEN = {"link", "cohort link", "form", "draft"}
EXAMPLES = {"text": "spring", "date": "2026-03-02", "time": "19:00", "zone": "Europe/Berlin"}
EXAMPLES |= {"list": "a,b", "flag": "yes", "who": "Ada"}
COLUMNS = {
    "cohorts": ["state"],
    "letters": ["kind", "state"],
    "events": ["state"],
    "settings": ["name"],
    "marks": ["name"],
    "grants": ["kind"],
    "accounts": ["platform"],
}


async def live(both: Both) -> tuple[list[Act], list[Act]]:
    """Live up to the moment: what a group does in its first days. Return what was heard last, and
    what a plan that waits to be published offers."""
    await _set_up(both)
    await _walk_a_week(both)
    return await _stop(both)


async def _set_up(both: Both) -> None:
    await both.spring("ada", seats=20)
    said = both.slack.says
    await both.settles()
    assert "You are in" in await said("bob", "join spring")
    call = {"cohort": "spring", "day": 3, "at": "19:00", "where": "Hall"}
    await both.confirms("mona", "cohort call", "Set it", **call)
    for text in (
        "cohort threads spring on=yes sure=yes",
        "cohort settings spring post=recap day=6 at=17:00 sure=yes",
        "cohort settings spring post=nudge on=no sure=yes",
        "cohort break spring first=2026-02-09 last=2026-02-15 sure=yes",
        "cohort create name=later start=2026-03-02 seats=9",
        "cohort open later sure=yes",
        "cohort create name=draft start=2026-04-06",
        "cohort create name=over start=2026-01-02",
        "cohort open over sure=yes",
    ):
        assert "I do not know" not in await said("mona", text), text
    await both.slash("mona", "moderators", add=both.people["cy"])
    (publish, *_) = await _bring(both, FIRST)
    assert "version 1" in (await do(both, publish)).words


async def _walk_a_week(both: Both) -> None:
    await both.goes_to(MOMENT - timedelta(days=6))
    await both.links("cy")
    for name, options in (
        ("join", {"cohort": "spring"}),
        ("settings", {"alias": "Cyan", "quiet": "23:00-07:00", "reminder": "19:00"}),
        ("project add", {"title": "A chatbot", "link": "https://example.org/chat"}),
        ("certificate add", {"title": "A course"}),
    ):
        await both.says("cy", name, **options)
    await do(both, _list_of(both, 1))
    await both.pulse()
    await both.says("ada", "checkin", week="1", hours=4, confidence=4, note="Fine")
    await both.slack.says("bob", "checkin week=1 hours=2 confidence=3 blockers=time")
    await both.slack.says("bob", "settings zone=Europe/Berlin reminders=1 hidden=no")
    await both.says("ada", "settings", zone="Asia/Kolkata", reminders=1, delivery="private")
    await both.slack.says("mona", "cohort finish over sure=yes")


def _list_of(both: Both, week: int) -> Act:
    """Find the list below the topics of a week."""
    answers = [read_discord(topics, "ada") for topics in both.posts()]
    (topics, *_) = [one for one in answers if f"## Week {week}:" in one.words]
    return next(act for act in topics.acts if act["kind"] == "list")


async def _stop(both: Both) -> tuple[list[Act], list[Act]]:
    """Leave things as they are found in the middle of something."""
    await both.goes_to(MOMENT - timedelta(minutes=2))
    await both.says("ada", "away", until="2026-01-15")
    first = _list_of(both, 2)
    kept = [one for one in both.slack.posts() if "Week 2" in one.sees and "[ ]" in one.sees]
    second = next(one for one in read_slack(kept[0], "bob").acts if one["kind"] == "list")
    heard = [await _hear(both, first), await _hear(both, second)]
    form = (await do(both, _typed("discord", "ada", "checkin"))).acts[0]
    for row in form["data"]["components"]:
        if row["component"]["custom_id"] == "hours":
            row["component"]["value"] = "many"
    spoiled = await do(both, form)
    assert "Edit" in spoiled.words  # it waits as a draft
    publish, _, changes, *_ = await _bring(both, SECOND)
    # Nothing is sent any more: what is announced now waits in the ledger.
    await both.people["bob"].slash(both.channel, "join", cohort="spring")
    return heard, [*spoiled.acts, changes, publish]


async def _bring(both: Both, text: str) -> list[Act]:
    """Bring a plan as a file, which the simulated Discord cannot hold. Return what is offered."""
    mona = Caller(Account("discord", "", str(both.people["mona"].id)), "Mona", True)
    once = str(len(text))
    asked = (mona, both.place, "roadmap import", {"file": ()})
    answer = await both.core.answer_phrase(*asked, idempotency_key=once, files=file(text))
    assert isinstance(answer, Message)
    rows = [block for block in answer.blocks if isinstance(block, Buttons)]
    buttons = [button for row in rows for button in row.buttons]
    base = {"on": "discord", "who": "mona", "kind": "button"}
    datas = [{"custom_id": f"{one.says}|~", "component_type": 2} for one in buttons]
    return [base | {"data": data} for data in datas]


async def _hear(both: Both, act: Act) -> Act:
    seen = await do(both, act)
    given = both.env.backend.interactions if act["on"] == "discord" else both.slack.wire.triggers
    once = str([*given][-1])
    return {"once": once, "act": act, "told": seen.told(act)}


def _typed(on: str, who: str, name: str) -> Act:
    if on == "slack":
        return {"on": on, "who": who, "kind": "typed", "text": name}
    first, _, second = name.partition(" ")
    within = {"options": [{"type": 1, "name": second, "options": []}]} if second else {}
    return {"on": on, "who": who, "kind": "typed", "data": {"type": 1, "name": first, **within}}


def list_first(both: Both) -> Iterator[Act]:
    """List what can be done at first: below every post and reminder, and every command."""
    yield from _list_below(both)
    yield from _list_commands()


def _list_below(both: Both) -> Iterator[Act]:
    for one in reversed(both.posts()):
        yield from read_discord(one, "ada").acts
    for sight in reversed(both.slack.posts()):
        yield from read_slack(sight, "bob").acts
    for who in ("ada", "cy"):
        for one in both.private(who):
            yield from read_discord(one, who, private=True).acts
    for sight in both.slack.person("bob").letters:
        yield from read_slack(sight, "bob", private=True).acts


def _list_commands() -> Iterator[Act]:
    for known in get_commands().values():
        who = ("mona", "mona") if known.moderators else ("ada", "bob")
        if known.name not in FORGOTTEN:
            yield _typed("slack", who[1], known.name)
        if known.name not in FORGOTTEN and not known.hidden:
            yield _typed("discord", who[0], known.name)
    for on in ("discord", "slack"):
        yield _typed(on, "mona", "help")
    yield _typed("discord", "cy", "settings")
    for text in SAID:
        yield _typed("slack", "bob", text)
    for kind in post.list_post_kinds():
        yield _typed("slack", "mona", f"cohort settings later post={kind}")


def weigh(act: Act) -> int:
    """Say how late an act comes: what changes much comes last."""
    said = phrase_of(act)
    if act.get("home"):
        return -2 if act["kind"] == "list" else -1
    if said.startswith(LAST):
        return 3 if said.startswith("cohort") else 4
    found = command.find_command(said, get_commands())
    if act["kind"] == "typed" or found is None or found.reads:
        return 0
    return 2 if said.startswith(LATE) and act["kind"] == "form" else 1


def phrase_of(act: Act) -> str:
    """Return the phrase that an act says."""
    if act["kind"] == "typed":
        if act["on"] == "slack":
            return str(act["text"])
        second = act["data"].get("options", [{"name": ""}])[0]["name"]
        return f"{act['data']['name']} {second}".strip()
    if act["on"] == "discord":
        return str(act["data"]["custom_id"]).rpartition("|")[0]
    if act["kind"] == "form":
        return str(json.loads(act["view"]["private_metadata"])["says"])
    action = act["action"]
    return str(action.get("value") or action["action_id"].rpartition("|")[0])


async def crawl(both: Both, first: list[Act]) -> list[Act]:
    """Do everything that can be done, from what is there at first to what its answers offer."""
    numbers, seen, done = itertools.count(), set(), []
    waiting = [(weigh(act), next(numbers), act) for act in first]
    heapq.heapify(waiting)
    while waiting:
        _, _, act = heapq.heappop(waiting)
        said = phrase_of(act)
        like = re.sub(r"#\d+|(?<=page=|sure=|seen=)\w+|(?<=n=)\d+|[\d-]{10}", "", said)
        who = act["who"] if act["kind"] == "typed" else ""
        key = (act["on"], act["kind"], like, act.get("home", False), who)
        if key in seen or said.split(" ")[0] == "link" or said.startswith("cohort link"):
            continue
        seen.add(key)
        answer = await do(both, act)
        done.append({**act, "told": answer.told(act)})
        for following in answer.acts:
            heapq.heappush(waiting, (weigh(following), next(numbers), following))
    return done


def read_names(path: Path) -> Act:
    """Read the names that a database holds, by table and column, and what people type."""
    stored: Act = {}
    with closing(sqlite3.connect(path)) as file:
        for table, columns in COLUMNS.items():
            for column in columns:
                rows = file.execute(f"SELECT DISTINCT {column} FROM {table} ORDER BY 1")
                stored[f"{table}.{column}"] = [row[0] for row in rows]
    phrases = [said for known in get_commands().values() for said in say_all(known)]
    options = {name: [one.name for one in known.options] for name, known in get_commands().items()}
    return {
        "stored": stored,
        "posts": sorted(post.list_post_kinds()),
        "options": options,
        "said": phrases,
    }


def say_all(known: Command) -> Iterator[str]:
    """Say a command with every option that is typed, once for each of the choices it has."""
    typed = [one for one in known.options if one.kind != "file"]
    for turn in range(max([len(one.choices) for one in typed] or [0]) or 1):
        values = []
        for one in typed:
            least = f"{max(1, one.range.least):g}" if one.range else "1"
            example = {**EXAMPLES, "number": least}.get(one.kind)
            value = example or one.choices[turn % len(one.choices)]
            values.append(f"{one.name}={value}")
        yield " ".join((known.name, *values))


def write(name: str, what: object) -> None:
    """Write a recorded file."""
    text = json.dumps(what, indent=1, ensure_ascii=False, sort_keys=True)
    (FOLDER / name).write_text(f"{text}\n")


async def record(folder: Path) -> None:
    """Record everything."""
    path = folder / "first.db"
    async with Both.on(f"sqlite+aiosqlite:///{path}") as both:
        heard, offered = await live(both)
        write("heard.json", heard)
        first = [*list_first(both), *offered]
        first += read_slack(await both.slack.person("bob").opens_home(), "bob").acts
        write("natives.json", list_natives(both))
    with closing(sqlite3.connect(path)) as file:
        (FOLDER / "database.sql").write_text("\n".join(file.iterdump()) + "\n")
    async with reopen(folder / "ahead.db") as both:
        await both.passes(weeks=1)
        write("ahead.json", list_posts(both))
    write("names.json", read_names(folder / "ahead.db"))
    async with reopen(folder / "acts.db") as both:
        write("acts.json", await crawl(both, first))


async def retell(folder: Path) -> None:
    """Write how answers begin now."""
    async with reopen(folder / "acts.db") as both:
        acts = json.loads(read_here("acts.json", both))
        write("acts.json", [{**act, "told": (await do(both, act)).told(act)} for act in acts])


if __name__ == "__main__":
    command.discover_commands()
    post.discover_post_kinds()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run((retell if sys.argv[1:] == ["told"] else record)(Path(made)))
