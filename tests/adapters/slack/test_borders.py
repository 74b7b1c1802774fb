"""Two workspaces whose people and channels have the same ids: neither sees, nor changes, anything of the other.

Whatever can be said is tried across the border: every command of the registry with everything it could be told of the
neighbours, and every button, list and form that they were ever shown. A new command is tried without a word here.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from bot.command import Command, Option, commands
from bot.message import Field, Form
from bot.people import Account, Caller
from bot.store.tables import metadata
from tests.adapters.slack import reading
from tests.adapters.slack.group import MANY, Group, words
from tests.adapters.slack.people import ANSWER, Person
from tests.adapters.slack.workspaces import Json, Sight, Workspace

SECRET = "velvet"  # stands in all that the neighbours have and nobody names across the border
COHORT, MEMBER = "spring", "Quillbob"  # what is theirs and is named
OTHER = "#99"  # of a cohort that nobody has
PICKED = 3  # options of a menu that are tried

SLACKS = ("id", "team_id", "app_installed_team_id", "hash", "root_view_id", "previous_view_id")
"""What Slack writes into a view, whatever the bot has said."""

OWNERS = {
    **dict.fromkeys(("account_id", "made_by", "added_by", "by"), "accounts"),
    **dict.fromkeys(("member_id", "voice_id"), "members"),
    **{"space_id": "spaces", "person_id": "persons", "cohort_id": "cohorts", "home_id": "homes"},
}
"""By which columns a row belongs to somebody, and the tables of those."""
NOBODYS = {"plans", "heard", "marks"}
"""What belongs to no workspace: plans are immutable and the same for all, the rest are the bot's own notes."""


class Stranger(Person):
    """Somebody who presses and sends what others were shown, as though it had been before them."""

    async def presses(self, sight: Sight, action: Json) -> Sight:
        """An element of a message, of a modal or of an App Home, in one of their own."""
        if sight.kind in {"modal", "home"}:
            sight = await self._forged(sight)
        return await self._acts(sight, action, action)

    async def sends(self, view: Json) -> Sight:
        """A form, with all that it held but for prose."""
        forged = (await self._forged(Sight("modal", view))).body
        values = self._values(Sight("modal", forged))
        for held in (one for block in values.values() for one in block.values()):
            if held["type"] == "plain_text_input":
                held["value"] = "plain"
        self._read = len(self.user.sights)
        heard = await self.delivery.submit(self.place, self.user, forged, values)
        self._heard(heard, view)
        return self._take(forged, heard.payload or {})

    async def _forged(self, sight: Sight) -> Sight:
        """The view of somebody else in place of their own, with all that it carries; Slack itself says which it is."""
        own = self.home if sight.kind == "home" else self.modal or await self.types("/study settings ask=times")
        return Sight(sight.kind, {**sight.body, **{key: own.body[key] for key in SLACKS}})


class Border:
    """A busy workspace, `there`, and another of the same ids from which everything is tried, `here`."""

    def __init__(self, group: Group, there: Workspace, here: Workspace) -> None:
        self.group = group
        self.there = there
        self.here = here
        self.codes: list[str] = []
        self.draft = ""
        self._people: dict[str, Stranger] = {}

    async def grows(self) -> None:
        """Both have a cohort that is running, and the neighbours all that people leave behind."""
        for place in (self.there, self.here):
            self.group.place = place
            assert (await self.group.installs(place)).status == 200
            for name in ("mona", "ada", "bob", "cy"):
                self.group.person(name).user.name += f" {SECRET}" if place is self.there else ""
            await self.group.types(
                "mona", f"cohort create name={COHORT if place is self.there else 'harbour'} start=2026-03-02"
            )
            await self.group.types("mona", "cohort open")
            for name in ("mona", "bob") if place is self.here else ("mona", "ada", "bob", "cy"):
                await self.group.types(name, "join")
        await self.group.passes(days=12)
        self.group.place = self.there
        for name, said in self._life():
            await self.group.types(name, said)
        for name in ("mona", "bob"):
            home = await self.group.person(name).opens_home()
        await self.group.person("bob").ticks(home, reading.label(_lists(home)[0]["options"][0]["text"]))
        await self._walks()
        for name, said in (("mona", "cohort open"), ("bob", "link"), ("mona", f"cohort link cohort={COHORT}")):
            self.codes += re.findall(r"code is (\S+)\.|cohort link (\S{11}) to", await self.group.says(name, said))
        self.codes = ["".join(found) for found in self.codes]
        form = Form(SECRET, "checkin", (Field("note", "Note", "text", value=SECRET),))
        bob = Caller(Account("slack", self.there.id, "U0BOB"), f"bob {SECRET}")
        self.draft = (await self.group.core.keep(bob, form)).split()[1]
        self.group.place = self.here

    def _life(self) -> Sequence[tuple[str, str]]:
        return (
            ("bob", f"settings alias={MEMBER} cohort={COHORT}"),
            ("bob", f'checkin hours=3 note="{SECRET} note" blockers="{SECRET} wall"'),
            ("cy", f'settings alias="{SECRET} cy"'),
            ("cy", "away until=2026-03-20"),
            ("cy", "link 22222-22222"),
            ("mona", f'cohort call day=2 at=19:00 where="{SECRET} room"'),
            ("mona", f"moderators add=@bob {SECRET}"),
            ("mona", f"cohort create name={SECRET} start=2026-04-06"),
        )

    async def _walks(self) -> None:
        """The neighbours say every command, and so are shown what can be pressed and sent."""
        for one in _every():
            for name in ("mona",) if one.moderators else ("mona", "ada"):
                await self.group.person(name).types(f"/study {one.name}")
        await self.group.pulse()

    # — what is tried —

    async def says(self, name: str, phrase: str, *, direct: bool = False) -> str:
        """What somebody is answered who says a phrase here."""
        return words(await self._person(name).types(f"/study {phrase}", "direct" if direct else "study-group"))

    def _person(self, name: str) -> Stranger:
        if name not in self._people:
            self._people[name] = Stranger(self.group.delivery, self.here, name)
        return self._people[name]

    async def names_their_cohorts(self) -> None:
        """By its name or number, it is answered like one that does not exist."""
        for place, (one, option) in enumerate(_options()):
            if option.name != "cohort":
                continue
            said = [f"{one.name} cohort={name}" for name in (COHORT, "sprout", "#1", OTHER)]
            theirs, nobodys, number, unknown = [
                await self.says(_who(one), phrase, direct=place % 2 == 0) for phrase in said
            ]
            assert theirs == nobodys.replace("sprout", COHORT), said[0]
            assert number == unknown.replace(OTHER, "#1"), said[2]

    async def names_whatever_is_theirs(self) -> None:
        """Codes, members, drafts and people of theirs, for whatever takes words; and every command alone."""
        things = (*self.codes, MEMBER, self.draft, "person:U0ADA")
        said = [(one, f'{one.name} {option.name}="{thing}"') for thing in things for one, option in _options()]
        for one, phrase in said + [(one, one.name) for one in _every()]:
            assert SECRET not in await self.says(_who(one), phrase), phrase

    async def manages_by_a_grant_of_theirs(self) -> None:
        for one in _every():
            if one.moderators:
                assert "Only moderators can say" in await self.says("bob", one.name)

    async def presses_what_they_were_shown(self) -> None:
        shown = self.shown_there()
        pressed = {key: (sight, action) for sight in shown for key, action in _pressed(sight)}
        sent = {one.body["private_metadata"]: one.body for one in shown if one.body.get("submit")}
        assert len(pressed) > 40
        assert len(sent) > 2
        for name in ("bob", "mona"):
            person = self._person(name)
            await person.opens_home()
            for sight, action in pressed.values():
                assert SECRET not in words(await person.presses(sight, action)), action
            for view in sent.values():
                for channel in ("C0STUDY", "C0OTHER"):
                    carried = json.dumps({**json.loads(view["private_metadata"]), "channel": channel})
                    assert SECRET not in words(await person.sends({**view, "private_metadata": carried})), carried

    # — what there is to be seen —

    def shown_there(self) -> Sequence[Sight]:
        """All that the neighbours were ever shown, to one of them or to everybody."""
        private = [one for user in self.there.users.values() for one in user.sights if one.kind != "closed"]
        return private + [one for channel in self.there.channels.values() for one in self.group.posts(channel)]

    def seen_there(self) -> int:
        """How much that is."""
        return len(self.shown_there())

    def told(self) -> Sequence[str]:
        """What was ever told here and holds something of theirs."""
        private = [one for user in self.here.users.values() for one in user.sights]
        public = [one for channel in self.here.channels.values() for one in self.group.posts(channel)]
        return [text for one in (*private, *public) if SECRET in (text := json.dumps(one.body))]

    # — what is kept —

    def theirs(self) -> Mapping[str, Sequence[Any]]:
        """Every row of the database that is the neighbours', by its table."""
        with closing(sqlite3.connect(make_url(self.group.url).database or "")) as file:
            file.row_factory = sqlite3.Row
            rows = {name: [dict(row) for row in file.execute(f"SELECT * FROM {name}")] for name in metadata.tables}
        mine: dict[str, set[int]] = defaultdict(set)
        mine["spaces"] = {row["id"] for row in rows["spaces"] if row["native"] == self.there.id}
        mine["accounts"] = {row["id"] for row in rows["accounts"] if row["tenant"] == self.there.id}
        mine["persons"] = {row["person_id"] for row in rows["accounts"] if row["id"] in mine["accounts"]}
        for name in ("cohorts", "members", "homes"):
            mine[name] = {row["id"] for row in rows[name] if _belongs(row, mine)}
        return {
            name: [row for row in found if row.get("id") in mine[name] or _belongs(row, mine)]
            for name, found in rows.items()
        } | {"secrets": [row for row in rows["secrets"] if self.there.id in row["name"]]}


def _belongs(row: Mapping[str, Any], mine: Mapping[str, set[int]]) -> bool:
    return any(row[column] in mine[table] for column, table in OWNERS.items() if row.get(column))


def _every() -> Sequence[Command]:
    """What only reads first, so that what it could read is still there."""
    return sorted(commands().values(), key=lambda one: not one.reads)


def _options() -> Iterator[tuple[Command, Option]]:
    """Every option that takes words, with its command."""
    words = {"text", "who", "list"}
    yield from ((one, option) for one in _every() for option in one.options if option.kind in words)


def _who(one: Command) -> str:
    """Who may say a command here; Bob is a moderator there."""
    return "mona" if one.moderators else "bob"


def _lists(sight: Sight) -> Sequence[Json]:
    return [one for _, one in reading.elements(sight.body) if one["type"] == "checkboxes"]


def _pressed(sight: Sight) -> Iterator[tuple[object, Json]]:
    """Everything that can be pressed in a message or view, as Slack says it, with what tells it from the others."""
    for block, one in reading.elements(sight.body):
        if block["type"] == "input":
            continue
        action = {key: one[key] for key in ("type", "action_id", "value") if key in one} | {
            "block_id": block["block_id"]
        }
        if one["type"] == "button":
            yield one.get("value"), action
        elif one["type"] == "checkboxes":
            yield one["action_id"], action | reading.held(one, one["options"])
        else:
            for option in one["options"][:PICKED]:
                yield (one["action_id"], option["value"]), action | reading.held(one, option)


@pytest.fixture
async def border(empty_file: Path, tmp_path: Path) -> AsyncIterator[Border]:
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"
    async with Group.on(url, MANY) as group:
        made = Border(group, group.wire.hall, group.wire.founds("Next Door", "T0NEXT", installed=False))
        await made.grows()
        yield made


def test_every_row_belongs_to_somebody() -> None:
    known = {name for name, table in metadata.tables.items() if set(OWNERS) & set(table.columns.keys())}
    assert set(metadata.tables) - known - {"spaces", "accounts", "persons", "secrets"} == NOBODYS


async def test_nothing_of_a_workspace_is_seen_or_changed_from_another_with_the_same_ids(border: Border) -> None:
    before, seen_before = border.theirs(), border.seen_there()
    assert [name for name in {*before} - NOBODYS if not before[name]] == [], "they are busy"
    await border.names_their_cohorts()
    await border.names_whatever_is_theirs()
    await border.manages_by_a_grant_of_theirs()
    await border.presses_what_they_were_shown()
    await border.group.pulse()
    assert border.told() == []
    assert border.theirs() == before
    assert border.seen_there() == seen_before
