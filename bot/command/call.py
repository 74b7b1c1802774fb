"""A command being carried out: who asked, where and when, the transaction, and which cohort they mean.

Belonging and rights are decided here, once: a cohort is found only in its own spaces or by its members, and managed only by
a moderator of a space it lives in. What is not yours to see is refused with the same words as what does not exist.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from bot.chat.address import Caller, Lack, Place, Threads
from bot.chat.errors import Refused
from bot.chat.message import Choice, quote
from bot.command.grammar import read_date, shown
from bot.command.registry import Moment
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import Viewer
from bot.group.zones import zone
from bot.roadmap import Roadmap
from bot.store.roadmaps import Shelved

if TYPE_CHECKING:
    from bot.store import Tx


DEFAULT_ROADMAP = "ai-ml-engineer-12-weeks"
SHOWN = 6  # slugs that a refusal names


class Ask(Exception):
    """An option that must be picked before the command can go on, with what there is to pick from."""

    def __init__(self, option: str, sentence: str, choices: Sequence[Choice]) -> None:
        super().__init__(sentence)
        self.option = option
        self.sentence = sentence
        self.choices = tuple(choices)


@dataclass(frozen=True)
class Call:
    """One command on its way. `given` is what was said of the options, as text; `submitted`, that a form or list was;
    `lives_in`, the zone of their cohort for somebody who has named none; `lacking`, what is missing at this place for
    posts and what may stand beside them, asked before for the commands that are `announcing`; `space_word`, what people
    here call the place they talk in: server, workspace; `threads`, by platform, which threads its posts have;
    `reveal_path`, how the platform shows moderators' commands to whom it hides them from, empty where it hides none."""

    caller: Caller
    place: Place
    person: Person
    now: datetime
    tx: Tx
    roadmaps: Mapping[str, Roadmap]
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    submitted: bool = False
    lives_in: str = "UTC"
    lacking: tuple[Lack, ...] = ()
    space_word: str = "space"
    threads: Mapping[str, Threads] = field(default_factory=dict)
    reveal_path: str = ""

    @property
    def today(self) -> date:
        """The date where the caller is: by their own zone, their cohort's, or UTC."""
        return self.now.astimezone(zone(self.person.zone or self.lives_in)).date()

    def local_date(self, option: str, zone_name: str) -> date | None:
        """Return what was said of a date, counted from today in a zone; None where nothing was said.

        `today` and `monday` are another day in the zone of a cohort than where a moderator lives.
        Raises `Refused`.
        """
        text = "".join(self.given.get(option, ())[:1]).strip()
        if not text:
            return None
        try:
            return read_date(text, self.now.astimezone(zone(zone_name)).date())
        except Refused as refused:
            raise Refused(refused.sentence, option) from None

    async def shelf(self) -> Mapping[str, Shelved]:
        """The roadmaps that a cohort here can take, by their slugs: those that come with the bot, and the space's own, which
        go before."""
        bundled = {slug: Shelved(plan, slug) for slug, plan in self.roadmaps.items()}
        space_id = await self.tx.people.space(self.place)
        return (
            bundled if space_id is None else {**bundled, **await self.tx.roadmaps.shelf(space_id)}
        )

    async def roadmap(self, said: str | None) -> Shelved:
        """The roadmap somebody means; without a word, the twelve weeks. Raises `Refused`."""
        there = await self.shelf()
        wanted = (said or DEFAULT_ROADMAP).strip().casefold()
        if (found := there.get(wanted)) is None:
            raise Refused(
                f"I know no roadmap “{shown(wanted)}”: {_one_of(wanted, tuple(there))}", "roadmap"
            )
        return found

    def cleared(self, option: str) -> bool:
        """Whether a form was sent with a field left empty, which takes back what was there."""
        return (
            self.submitted
            and option in self.given
            and not any(text.strip() for text in self.given[option])
        )

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.person.id, self.caller.moderator)

    async def cohort(self, said: str | None, *, certain: bool = False) -> Cohort:
        """The cohort a member means. Raises `Refused` or `Ask`.

        Without a word it is one of this channel, else one of theirs: the only one that goes on, or the only one that has
        begun. Unless `certain`, one that has begun goes before those that have not.
        """
        if said:
            return _readable(await self._found(said))
        mine = (
            [one.advanced(self.now) for one in await self.tx.cohorts.of_person(self.person)]
            if self.person.id
            else []
        )
        if not mine:
            raise Refused("You are in no cohort yet: say `join` to see which are open.")
        here = (
            {one.id for one in await self.tx.cohorts.in_space(self.place, channel=True)}
            if not self.place.private
            else set()
        )
        return _the_one(
            _meant([one for one in mine if one.id in here] or mine, certain),
            "Which cohort do you mean?",
        )

    async def moment(self) -> Moment:
        """Where somebody stands with their cohorts, which decides what helps them today."""
        cohorts = await self.tx.cohorts.of_person(self.person) if self.person.id else ()
        states = {cohort.advanced(self.now).state for cohort in cohorts}
        if states & {"running", "paused"}:
            return "running"
        if states & {"draft", "open"}:
            return "waiting"
        return "over" if states else "outside"

    async def membership(self, said: str | None, *, certain: bool = False) -> tuple[Cohort, Member]:
        """The cohort a member means and their seat in it. Raises `Refused` or `Ask`.

        `certain` asks wherever they may mean another one: for what they would regret in the wrong one.
        """
        cohort = await self.cohort(said, certain=certain)
        member = await self.tx.members.of(cohort, self.person) if self.person.id else None
        if member is None:
            raise Refused(f"You are not in {quote(cohort.name)}: say `join {cohort.name}` first.")
        return cohort, member

    async def joinable(self) -> Sequence[Cohort]:
        """The cohorts of this space that somebody may still join."""
        there = await self.tx.cohorts.in_space(self.place) if self.place.space else ()
        mine = await self.tx.cohorts.of_person(self.person) if self.person.id else ()
        held = {cohort.id for cohort in mine}
        fresh = [cohort.advanced(self.now) for cohort in there if cohort.id not in held]
        return [cohort for cohort in fresh if cohort.state in {"open", "running", "paused"}]

    async def managed(self, said: str | None, *states: str) -> Cohort:
        """The cohort a moderator means, in this space; without a word the one of this channel, or the only one.

        Its row stays locked until the command has ended. With `states`, only cohorts in one of them are offered.
        """
        if not self.caller.moderator:
            raise Refused("Only moderators can do that here: ask one of them.")
        if said:
            found = await self._found(said)
            if not await self.tx.cohorts.lives_in(found.id, self.place):
                raise Refused(_unknown(said))
        else:
            found = await self._only_managed(states)
        locked = await self.tx.cohorts.lock(found.id)
        if locked is None:
            raise Refused(_unknown(found.name))
        return locked.advanced(self.now)

    async def _only_managed(self, states: Sequence[str]) -> Cohort:
        there = [one.advanced(self.now) for one in await self.tx.cohorts.in_space(self.place)]
        if not there:
            raise Refused("There is no cohort here yet: `cohort create` makes one.")
        fitting = [one for one in there if one.state in states] or there
        here = {one.id for one in await self.tx.cohorts.in_space(self.place, channel=True)}
        return _the_one(
            [one for one in fitting if one.id in here] or fitting, "Which cohort do you mean?"
        )

    async def _found(self, said: str) -> Cohort:
        if said.startswith("#"):
            number = re.fullmatch(r"#([0-9]{1,9})", said.strip())
            cohort = await self.tx.cohorts.by_id(int(number[1])) if number else None
            if cohort and await self._may_see(cohort):
                return cohort.advanced(self.now)
            raise Refused(_unknown(said))
        there = await self.tx.cohorts.in_space(self.place)
        mine = await self.tx.cohorts.of_person(self.person) if self.person.id else ()
        named = {one.id: one for one in (*there, *mine) if one.name == said.strip().casefold()}
        if len(named) > 1:
            named = {key: one for key, one in named.items() if one in there} or named
        if named:
            return next(iter(named.values())).advanced(self.now)
        told = [one.name for one in there if one.state != "draft" or self.caller.moderator]
        raise Refused(
            _unknown(said, _there_is(said, [*told, *(one.name for one in mine)])), "cohort"
        )

    async def _may_see(self, cohort: Cohort) -> bool:
        if await self.tx.cohorts.lives_in(cohort.id, self.place):
            return True
        return bool(self.person.id) and await self.tx.members.of(cohort, self.person) is not None


def _readable(cohort: Cohort) -> Cohort:
    if cohort.state == "archived":
        raise Refused(
            "That cohort is archived and can no longer be read: say `join` to see which are open."
        )
    return cohort


def _meant(cohorts: Sequence[Cohort], certain: bool) -> Sequence[Cohort]:
    """Which of their cohorts somebody may mean: the only one that is under way, else all that have not finished, else all.

    Moderators are not second-guessed like this: they work on drafts while others run, and what they do is public.
    """
    going = [cohort for cohort in cohorts if cohort.state in {"running", "paused"}]
    if len(going) == 1 and not certain:
        return going
    return [cohort for cohort in cohorts if cohort.state != "finished"] or cohorts


def _the_one(cohorts: Sequence[Cohort], sentence: str) -> Cohort:
    if len(cohorts) == 1:
        return cohorts[0]
    raise Ask("cohort", sentence, [Choice(one.name, one.ref, one.state) for one in cohorts[:25]])


def _there_is(said: str, names: Sequence[str]) -> str:
    if near := difflib.get_close_matches(said.casefold(), names, 1, 0.6):
        return f"did you mean **{quote(near[0])}**?"
    known = ", ".join(f"**{quote(name)}**" for name in list(dict.fromkeys(names))[:5])
    return f"there is {known}." if known else "ask a moderator to make one."


def _one_of(said: str, slugs: Sequence[str]) -> str:
    if near := difflib.get_close_matches(said[:48], slugs, 1, 0.6):
        return f"did you mean `{near[0]}`?"
    more = "; `roadmap list` has them all." if len(slugs) > SHOWN else "."
    return f"there is {', '.join(f'`{slug}`' for slug in slugs[:SHOWN])}{more}"


def _unknown(said: str, hint: str = "say `join` to see which are open.") -> str:
    return f"I know no cohort “{shown(said)}” here: {hint}"
