"""Two workspaces whose people and channels have the same ids: neither sees, nor changes, anything
of the other.

Whatever can be said is tried across the border: every command of the registry with everything it
could be told of the neighbours, and every button, list and form that they were ever shown. A new
command is tried without a word here.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import Account, Caller, Place
from bot.chat.message import Field, Form
from bot.command import Command, find_command, get_commands
from bot.store.tables import metadata
from tests.support.database import execute_sql
from tests.support.roadmap_versions import FIRST
from tests.support.slack import block_text
from tests.support.slack.files import uploads
from tests.support.slack.group import MANY, Group, words
from tests.support.slack.people import ANSWER, Person
from tests.support.slack.workspaces import Json, Sight, Workspace

SECRET = "velvet"  # stands in all that the neighbours have and nobody names across the border
COHORT, MEMBER = "spring", "Quillbob"  # what is theirs and is named
UNKNOWN = {COHORT: "sprout", "#1": "#99"}  # how it is named, and how one that nobody has
PICKED = 3  # options of a menu that are tried

SLACKS = ("id", "team_id", "app_installed_team_id", "hash", "root_view_id", "previous_view_id")
"""What Slack writes into a view, whatever the bot has said."""

OWNERS = {
    **dict.fromkeys(("account_id", "made_by", "added_by", "by"), "accounts"),
    **dict.fromkeys(("member_id", "voice_id"), "members"),
    **{"space_id": "spaces", "person_id": "persons", "cohort_id": "cohorts", "home_id": "homes"},
    "letter_id": "letters",
}
"""By which columns a row belongs to somebody, and the tables of those."""
NOBODYS = {"plans", "heard", "marks"}
"""What belongs to no workspace: plans are immutable and the same for all, the rest are the bot's
own notes.
"""


# What nobody leaves behind within twelve days: a question, a survey, a place on a list, an edit.
_BOB = (
    "FROM members JOIN accounts ON accounts.id = members.account_id "
    "JOIN cohorts ON cohorts.id = members.cohort_id WHERE tenant = :team AND native = 'U0BOB'"
)
_NOW = "'2026-03-04 12:00:00.000000'"
LATER_TABLES = (
    "INSERT INTO recalls (account_id, roadmap, item, since) "
    f"SELECT account_id, cohorts.roadmap, 'bayes', '2026-03-04' {_BOB}",
    "INSERT INTO surveys (member_id, cohort_id, edition, helped, at) "
    f"SELECT members.id, cohort_id, 1, '[]', {_NOW} {_BOB}",
    "INSERT INTO survey_sums (cohort_id, edition, answer_count, again, helped) "
    f"SELECT cohort_id, 1, 5, '{{}}', '{{}}' {_BOB}",
    "INSERT INTO waiting (account_id, space_id, roadmap, at) "
    f"SELECT account_id, cohorts.space_id, cohorts.roadmap, {_NOW} {_BOB}",
    "INSERT INTO thanks (cohort_id, edition, account_id, member_id, reason, at) "
    f"SELECT cohort_id, 1, account_id, members.id, '{SECRET} words', {_NOW} {_BOB}",
    "INSERT INTO milestones (cohort_id, edition, kind, subject, member_id, at) "
    f"SELECT cohort_id, 1, 'half', '', members.id, {_NOW} {_BOB}",
    "INSERT INTO help_members (request_id, member_id, part, at) "
    f"SELECT help_requests.id, members.id, 'stuck', {_NOW} FROM help_requests "
    "JOIN members ON members.cohort_id = help_requests.cohort_id "
    "JOIN accounts ON accounts.id = members.account_id "
    "WHERE tenant = :team AND native = 'U0BOB'",
    "INSERT INTO bulletins (cohort_id, made_by, made_at, body, day, at, zone, state) "
    f"SELECT cohorts.id, made_by, {_NOW}, 'velvet', '2030-01-01', '12:00:00.000000', 'UTC', 'coming' "
    "FROM cohorts JOIN spaces ON spaces.id = cohorts.space_id WHERE spaces.tenant = :team",
    "INSERT INTO edits (letter_id, due_at) SELECT letters.id, '2030-01-01 12:00:00.000000' "
    "FROM letters JOIN cohorts ON cohorts.id = letters.cohort_id "
    "JOIN spaces ON spaces.id = cohorts.space_id "
    "WHERE spaces.tenant = :team AND letters.state = 'sent' LIMIT 1",
)


class Stranger(Person):
    """Somebody who presses and sends what others were shown, as though it had been before them."""

    async def presses(self, sight: Sight, action: Json) -> Sight:
        """An element of a message, of a modal or of an App Home, in one of their own."""
        if sight.kind in {"modal", "home"}:
            sight = await self._forged(sight)
        self._read = len(self.user.sights)
        self._heard(
            await self.delivery.action(self.place, self.user, sight, action, self._values(sight)),
            action,
        )
        listed = sight.kind == "home" and action["type"] != "button"
        return await self._next(ANSWER | {"home"} if listed else ANSWER, action)

    async def sends(self, view: Json) -> Sight:
        """A form, with all that it held but for prose."""
        forged = (await self._forged(Sight("modal", view))).body
        values = self._values(Sight("modal", forged))
        for held in (value for block in values.values() for value in block.values()):
            if held["type"] == "plain_text_input":
                held["value"] = "plain"
        self._read = len(self.user.sights)
        heard = await self.delivery.submit(self.place, self.user, forged, values)
        self._heard(heard, view)
        return self._take(forged, heard.payload or {})

    async def _forged(self, sight: Sight) -> Sight:
        """The view of somebody else in place of their own, with all that it carries.

        Slack itself says which it is.
        """
        own = (
            self.home
            if sight.kind == "home"
            else self.modal or await self.types("/study settings ask=times")
        )
        return Sight(sight.kind, {**sight.body, **{key: own.body[key] for key in SLACKS}})


class Border:
    """A busy workspace, `there`, and another of the same ids from which everything is tried,
    `here`.
    """

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
            place.channel("C0DEN", "den")
            assert (await self.group.installs(place)).status == 200
            for name in ("mona", "ada", "bob", "cy"):
                self.group.person(name).user.name += f" {SECRET}" if place is self.there else ""
            await self.group.types(
                "mona",
                f"cohort create name={COHORT if place is self.there else 'harbour'} "
                f"start=2026-03-02",
            )
            await self.group.types("mona", "cohort open sure=yes")
            for name in ("mona", "bob") if place is self.here else ("mona", "ada", "bob", "cy"):
                await self.group.types(name, "join")
        self.group.place = self.there
        await self.group.types("mona", f'cohort call day=2 at=19:00 where="{SECRET} room"')
        await self.group.passes(days=12)
        for name, said in self._life():
            await self.group.types(name, said)
        await self._plans()
        await self.group.types("mona", f"cohort create name={SECRET} start=2026-04-06")
        for name in ("mona", "bob"):
            home = await self.group.person(name).opens_home()
        await self.group.person("bob").ticks(
            home, block_text.label(_lists(home)[0]["options"][0]["text"])
        )
        await asyncio.gather(*(self._walks(name) for name in ("ada", "mona")))
        await self.group.types("mona", f"cohort move {SECRET}", "den")
        await self.group.core.handle_channel_deleted(
            Place("slack", self.there.id, "C0DEN"), f"The {SECRET} den is no more."
        )
        for name, said in (
            ("mona", "cohort open sure=yes"),
            ("bob", "link"),
            ("mona", f"cohort link cohort={COHORT}"),
        ):
            self.codes += re.findall(
                r"code is (\S+)\.|cohort link (\S{11}) to", await self.group.says(name, said)
            )
        self.codes = ["".join(found) for found in self.codes]
        form = Form(SECRET, "checkin", (Field("note", "Note", "text", value=SECRET),))
        bob = Caller(Account("slack", self.there.id, "U0BOB"), f"bob {SECRET}")
        for statement in LATER_TABLES:
            await execute_sql(self.group.store, statement, {"team": self.there.id})
        self.draft = (await self.group.core.save_form(bob, form)).split()[1]
        self.group.place = self.here

    def _life(self) -> Sequence[tuple[str, str]]:
        return (
            ("bob", f"settings alias={MEMBER} cohort={COHORT}"),
            ("bob", f'checkin hours=3 note="{SECRET} note" blockers="{SECRET} wall"'),
            ("cy", f'settings alias="{SECRET} cy"'),
            ("cy", "away until=2026-03-20"),
            ("cy", "link 22222-22222"),
            ("mona", f"moderators add=@bob {SECRET}"),
            ("bob", f"project add {SECRET} robot https://bob.example/robot"),
            ("bob", f"certificate add {SECRET} diploma"),
            ("bob", "stuck bayes"),
        )

    async def _plans(self) -> None:
        """They have a roadmap of their own, and another that nobody has published yet."""
        for title in (f"Rust, {SECRET}", f"More Rust, {SECRET}"):
            form = await self.group.types("mona", "roadmap import")
            text = FIRST.replace("Rust together", title).encode()
            brought = uploads(self.group.wire, self.there.id, "rust.yaml", text)
            preview = await self.group.fills("mona", form, file=brought)
            if "More" not in title:
                await self.group.clicks("mona", preview, "Publish")

    async def _walks(self, name: str) -> None:
        """A neighbour says every command, and so is shown what can be pressed and sent."""
        for user in _every():
            if name == "mona" or not user.moderators:
                await self.group.person(name).types(f"/study {user.name}")

    # — what is tried —

    async def says(self, name: str, phrase: str, *, direct: bool = False) -> str:
        """What somebody is answered who says a phrase here."""
        return words(
            await self._person(name).types(
                f"/study {phrase}", "direct" if direct else "study-group"
            )
        )

    def _person(self, name: str) -> Stranger:
        if name not in self._people:
            self._people[name] = Stranger(self.group.delivery, self.here, name)
        return self._people[name]

    async def tries_all(self, name: str) -> None:
        """Somebody tries everything: as the admin what moderators say, else the rest, and to manage
        by a grant of theirs.
        """
        mine = [user for user in _every() if user.moderators is (name == "mona")]
        await self._names_their_cohorts(name, mine)
        await self._names_whatever_is_theirs(name, mine)
        for one in () if name == "mona" else _every():
            if one.moderators:
                assert "Only moderators can use" in await self.says(name, one.name)
        await self._presses_what_they_were_shown(name)

    async def _names_their_cohorts(self, name: str, mine: Sequence[Command]) -> None:
        """By its name or number, it is answered like one that does not exist."""
        unknown = {
            said: (await self.says(name, f"resources cohort={none}")).replace(none, said)
            for said, none in UNKNOWN.items()
        }
        assert all(
            f"There is no cohort “{said}” here" in sentence for said, sentence in unknown.items()
        )
        for sight in mine:
            needed = " ".join(f"{option.name}=plain" for option in sight.options if option.required)
            for said, sentence in unknown.items() if sight.find_option("cohort") else ():
                answer = await self.says(
                    name, f"{sight.name} {needed} cohort={said}", direct=sight.reads
                )
                assert answer.removeprefix("Syllabot\n").removesuffix("\n[Edit]") == sentence, (
                    sight.name
                )

    async def _names_whatever_is_theirs(self, name: str, mine: Sequence[Command]) -> None:
        """Codes, members, drafts and people of theirs, for whatever takes words.

        And every command alone.
        """
        things = {"who": (MEMBER, "person:U0ADA")} | dict.fromkeys(
            ("text", "list"), (*self.codes, MEMBER, self.draft)
        )
        said = [
            f'{sight.name} {option.name}="{thing}"'
            for sight in mine
            for option in sight.options
            for thing in things.get(option.kind, ())
            if option.name != "cohort"
        ]
        for phrase in (*said, *(sight.name for sight in mine)):
            assert SECRET not in await self.says(name, phrase), phrase

    async def _presses_what_they_were_shown(self, name: str) -> None:
        person, shown = self._person(name), self.shown_there()
        pressed = {
            key: (text, action)
            for text in shown
            if text.kind != "home"
            for key, action in _pressed(text)
        }
        at_home = {
            key: (text, action)
            for text in shown
            if text.kind == "home"
            for key, action in _pressed(text)
        }
        sent = {_carried(text)["says"]: text for text in shown if text.body.get("submit")}
        assert (len(pressed) > 40, len(at_home) > 5, len(sent) > 2) == (True, True, True), (
            "there is enough to try"
        )
        for says, form in sent.items():
            for channel in ("C0STUDY", "C0OTHER") if _who(says) == name else ():
                carried = json.dumps({**_carried(form), "channel": channel})
                sent_back = await person.sends({**form.body, "private_metadata": carried})
                # Beside the errors of a form stands the form as it was forged.
                assert SECRET not in (
                    str(sent_back.errors) if sent_back.errors else words(sent_back)
                ), carried
        for presses in (
            pressed,
            at_home,
        ):  # from its first opening on the App Home is drawn again after each of them
            for sight, action in presses.values():
                if _who(action.get("value") or action["action_id"]) == name:
                    assert SECRET not in words(await person.presses(sight, action)), action
            await person.opens_home()

    # — what there is to be seen —

    def shown_there(self) -> Sequence[Sight]:
        """All that the neighbours were ever shown, to one of them or to everybody."""
        private = [
            sight
            for user in self.there.users.values()
            for sight in user.sights
            if sight.kind != "closed"
        ]
        return private + [
            post for channel in self.there.channels.values() for post in self.group.posts(channel)
        ]

    def seen_there(self) -> int:
        """How much that is."""
        return len(self.shown_there())

    def told(self) -> Sequence[str]:
        """What was ever told here and holds something of theirs."""
        private = [sight for user in self.here.users.values() for sight in user.sights]
        public = [
            post for channel in self.here.channels.values() for post in self.group.posts(channel)
        ]
        return [text for body in (*private, *public) if SECRET in (text := json.dumps(body.body))]

    # — what is kept —

    def theirs(self) -> Mapping[str, Sequence[Any]]:
        """Every row of the database that is the neighbours', by its table."""
        rows = self.group.rows()
        mine: dict[str, set[int]] = defaultdict(set)
        mine["spaces"] = {row["id"] for row in rows["spaces"] if row["native"] == self.there.id}
        mine["accounts"] = {row["id"] for row in rows["accounts"] if row["tenant"] == self.there.id}
        mine["persons"] = {
            row["person_id"] for row in rows["accounts"] if row["id"] in mine["accounts"]
        }
        for name in ("cohorts", "members", "homes", "letters"):
            mine[name] = {row["id"] for row in rows[name] if _belongs(row, mine)}
        return {
            name: [row for row in found if row.get("id") in mine[name] or _belongs(row, mine)]
            for name, found in rows.items()
        } | {
            "secrets": [row for row in rows["secrets"] if self.there.id in row["name"]],
            "greetings": [row for row in rows["greetings"] if row["space"] == self.there.id],
        }


def _belongs(row: Mapping[str, Any], mine: Mapping[str, set[int]]) -> bool:
    return any(row[column] in mine[table] for column, table in OWNERS.items() if row.get(column))


def _every() -> Sequence[Command]:
    """What only reads first, so that what it could read is still there."""
    return sorted(get_commands().values(), key=lambda command: not command.reads)


def _who(phrase: str) -> str:
    """Who may say that here; there, Bob is a moderator."""
    command = find_command(phrase.partition("|")[0], get_commands())
    assert command is not None, phrase
    return "mona" if command.moderators else "bob"


def _carried(sight: Sight) -> Json:
    found: Json = json.loads(sight.body["private_metadata"])
    return found


def _lists(sight: Sight) -> Sequence[Json]:
    return [
        element for _, element in block_text.elements(sight.body) if element["type"] == "checkboxes"
    ]


def _pressed(sight: Sight) -> Iterator[tuple[object, Json]]:
    """Everything that can be pressed in a message or view, as Slack says it, with what tells it
    from the others.
    """
    for block, element in block_text.elements(sight.body):
        if block["type"] == "input":
            continue
        action = {key: element[key] for key in ("type", "action_id", "value") if key in element} | {
            "block_id": block["block_id"]
        }
        if element["type"] == "button":
            yield element.get("value"), action
        elif element["type"] == "checkboxes":
            yield element["action_id"], action | block_text.held(element, element["options"])
        else:
            for option in [*block_text.list_options(element)][:PICKED]:
                yield (
                    (element["action_id"], option["value"]),
                    action | block_text.held(element, option),
                )


@pytest.fixture
async def border(empty_file: Path, tmp_path: Path) -> AsyncIterator[Border]:
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"
    async with Group.on(url, MANY) as group:
        made = Border(
            group, group.wire.hall, group.wire.founds("Next Door", "T0NEXT", installed=False)
        )
        await made.grows()
        yield made


def test_every_row_belongs_to_somebody() -> None:
    known = {
        name for name, table in metadata.tables.items() if set(OWNERS) & set(table.columns.keys())
    }
    assert (
        set(metadata.tables) - known - {"spaces", "accounts", "persons", "secrets", "greetings"}
        == NOBODYS
    )


async def test_nothing_of_a_workspace_is_seen_or_changed_from_another_with_the_same_ids(
    border: Border,
) -> None:
    before, seen_before = border.theirs(), border.seen_there()
    assert [name for name in {*before} - NOBODYS if not before[name]] == [], "they are busy"
    await asyncio.gather(*(border.tries_all(name) for name in ("bob", "mona")))
    await border.group.pulse()
    await border.group.end()  # whatever is still on its way arrives
    assert border.told() == []
    assert border.theirs() == before
    assert border.seen_there() == seen_before
