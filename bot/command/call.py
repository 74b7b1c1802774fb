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

from bot.chat.address import Caller, Place, SetupProblem, Threads
from bot.chat.errors import Refused
from bot.chat.message import Choice, escape_text
from bot.command.grammar import format_typed_text, parse_date
from bot.command.registry import Moment
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import Viewer
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.store.roadmaps import AvailableRoadmap

if TYPE_CHECKING:
    from bot.post import PostRegistry
    from bot.store import Tx


DEFAULT_ROADMAP = "ai-ml-engineer-12-weeks"
SHOWN = 6  # slugs that a refusal names


class MissingChoice(Exception):
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
    option_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_submitted: bool = False
    default_zone: str = "UTC"
    setup_problems: tuple[SetupProblem, ...] = ()
    space_word: str = "space"
    threads: Mapping[str, Threads] = field(default_factory=dict)
    reveal_path: str = ""

    @property
    def today(self) -> date:
        """The date where the caller is: by their own zone, their cohort's, or UTC."""
        return self.now.astimezone(load_zone(self.person.zone or self.default_zone)).date()

    def parse_local_date(self, option: str, zone_name: str) -> date | None:
        """Return what was said of a date, counted from today in a zone; None where nothing was said.

        `today` and `monday` are another day in the zone of a cohort than where a moderator lives.
        Raises `Refused`.
        """
        text = "".join(self.option_texts.get(option, ())[:1]).strip()
        if not text:
            return None
        try:
            return parse_date(text, self.now.astimezone(load_zone(zone_name)).date())
        except Refused as refused:
            raise Refused(refused.sentence, option) from None

    @property
    def post_kinds(self) -> PostRegistry:
        """The kinds of posts that this bot knows."""
        return self.tx.post_kinds

    async def load_available_roadmaps(self) -> Mapping[str, AvailableRoadmap]:
        """The roadmaps that a cohort here can take, by their slugs: those that come with the bot, and the space's own, which
        go before."""
        bundled = {slug: AvailableRoadmap(plan, slug) for slug, plan in self.roadmaps.items()}
        space_id = await self.tx.people.find_space_id(self.place)
        return (
            bundled
            if space_id is None
            else {**bundled, **await self.tx.roadmaps.load_space_roadmaps(space_id)}
        )

    async def find_available_roadmap(self, said: str | None) -> AvailableRoadmap:
        """The roadmap somebody means; without a word, the twelve weeks. Raises `Refused`."""
        there = await self.load_available_roadmaps()
        wanted = (said or DEFAULT_ROADMAP).strip().casefold()
        if (found := there.get(wanted)) is None:
            raise Refused(
                f"I know no roadmap “{format_typed_text(wanted)}”: {_describe_known_roadmaps(wanted, tuple(there))}",
                "roadmap",
            )
        return found

    def is_field_cleared(self, option: str) -> bool:
        """Whether a form was sent with a field left empty, which takes back what was there."""
        return (
            self.is_submitted
            and option in self.option_texts
            and not any(text.strip() for text in self.option_texts[option])
        )

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.person.id, self.caller.is_moderator)

    async def resolve_cohort(self, said: str | None, *, certain: bool = False) -> Cohort:
        """The cohort a member means. Raises `Refused` or `Ask`.

        Without a word it is one of this channel, else one of theirs: the only one that goes on, or the only one that has
        begun. Unless `certain`, one that has begun goes before those that have not.
        """
        if said:
            return _require_readable_cohort(await self._find_named_cohort(said))
        mine = (
            [
                one.advance_state(self.now)
                for one in await self.tx.cohorts.list_cohorts_of_person(self.person)
            ]
            if self.person.id
            else []
        )
        if not mine:
            raise Refused("You are in no cohort yet: say `join` to see which are open.")
        here = (
            {
                one.id
                for one in await self.tx.cohorts.list_cohorts_in_space(
                    self.place, is_channel_only=True
                )
            }
            if not self.place.is_private
            else set()
        )
        return _require_single_cohort(
            _filter_likely_cohorts([one for one in mine if one.id in here] or mine, certain),
            "Which cohort do you mean?",
        )

    async def load_member_moment(self) -> Moment:
        """Where somebody stands with their cohorts, which decides what helps them today."""
        cohorts = (
            await self.tx.cohorts.list_cohorts_of_person(self.person) if self.person.id else ()
        )
        states = {cohort.advance_state(self.now).state for cohort in cohorts}
        if states & {"running", "paused"}:
            return "running"
        if states & {"draft", "open"}:
            return "waiting"
        return "over" if states else "outside"

    async def resolve_membership(
        self, said: str | None, *, certain: bool = False
    ) -> tuple[Cohort, Member]:
        """The cohort a member means and their seat in it. Raises `Refused` or `Ask`.

        `certain` asks wherever they may mean another one: for what they would regret in the wrong one.
        """
        cohort = await self.resolve_cohort(said, certain=certain)
        member = await self.tx.members.find_member(cohort, self.person) if self.person.id else None
        if member is None:
            raise Refused(
                f"You are not in {escape_text(cohort.name)}: say `join {cohort.name}` first."
            )
        return cohort, member

    async def list_joinable_cohorts(self) -> Sequence[Cohort]:
        """The cohorts of this space that somebody may still join."""
        there = await self.tx.cohorts.list_cohorts_in_space(self.place) if self.place.space else ()
        mine = await self.tx.cohorts.list_cohorts_of_person(self.person) if self.person.id else ()
        held = {cohort.id for cohort in mine}
        fresh = [cohort.advance_state(self.now) for cohort in there if cohort.id not in held]
        return [cohort for cohort in fresh if cohort.state in {"open", "running", "paused"}]

    async def lock_managed_cohort(self, said: str | None, *states: str) -> Cohort:
        """The cohort a moderator means, in this space; without a word the one of this channel, or the only one.

        Its row stays locked until the command has ended. With `states`, only cohorts in one of them are offered.
        """
        if not self.caller.is_moderator:
            raise Refused("Only moderators can do that here: ask one of them.")
        if said:
            found = await self._find_named_cohort(said)
            if not await self.tx.cohorts.is_cohort_in_space(found.id, self.place):
                raise Refused(_format_unknown_cohort(said))
        else:
            found = await self._resolve_managed_cohort(states)
        locked = await self.tx.cohorts.lock_cohort(found.id)
        if locked is None:
            raise Refused(_format_unknown_cohort(found.name))
        return locked.advance_state(self.now)

    async def _resolve_managed_cohort(self, states: Sequence[str]) -> Cohort:
        there = [
            one.advance_state(self.now)
            for one in await self.tx.cohorts.list_cohorts_in_space(self.place)
        ]
        if not there:
            raise Refused("There is no cohort here yet: `cohort create` makes one.")
        fitting = [one for one in there if one.state in states] or there
        here = {
            one.id
            for one in await self.tx.cohorts.list_cohorts_in_space(self.place, is_channel_only=True)
        }
        return _require_single_cohort(
            [one for one in fitting if one.id in here] or fitting, "Which cohort do you mean?"
        )

    async def _find_named_cohort(self, said: str) -> Cohort:
        if said.startswith("#"):
            number = re.fullmatch(r"#([0-9]{1,9})", said.strip())
            cohort = await self.tx.cohorts.load_cohort(int(number[1])) if number else None
            if cohort and await self._can_see_cohort(cohort):
                return cohort.advance_state(self.now)
            raise Refused(_format_unknown_cohort(said))
        there = await self.tx.cohorts.list_cohorts_in_space(self.place)
        mine = await self.tx.cohorts.list_cohorts_of_person(self.person) if self.person.id else ()
        named = {one.id: one for one in (*there, *mine) if one.name == said.strip().casefold()}
        if len(named) > 1:
            named = {key: one for key, one in named.items() if one in there} or named
        if named:
            return next(iter(named.values())).advance_state(self.now)
        told = [one.name for one in there if one.state != "draft" or self.caller.is_moderator]
        raise Refused(
            _format_unknown_cohort(
                said, _describe_known_cohorts(said, [*told, *(one.name for one in mine)])
            ),
            "cohort",
        )

    async def _can_see_cohort(self, cohort: Cohort) -> bool:
        if await self.tx.cohorts.is_cohort_in_space(cohort.id, self.place):
            return True
        return (
            bool(self.person.id)
            and await self.tx.members.find_member(cohort, self.person) is not None
        )


def _require_readable_cohort(cohort: Cohort) -> Cohort:
    if cohort.state == "archived":
        raise Refused(
            "That cohort is archived and can no longer be read: say `join` to see which are open."
        )
    return cohort


def _filter_likely_cohorts(cohorts: Sequence[Cohort], certain: bool) -> Sequence[Cohort]:
    """Which of their cohorts somebody may mean: the only one that is under way, else all that have not finished, else all.

    Moderators are not second-guessed like this: they work on drafts while others run, and what they do is public.
    """
    going = [cohort for cohort in cohorts if cohort.state in {"running", "paused"}]
    if len(going) == 1 and not certain:
        return going
    return [cohort for cohort in cohorts if cohort.state != "finished"] or cohorts


def _require_single_cohort(cohorts: Sequence[Cohort], sentence: str) -> Cohort:
    if len(cohorts) == 1:
        return cohorts[0]
    raise MissingChoice(
        "cohort", sentence, [Choice(one.name, one.ref, one.state) for one in cohorts[:25]]
    )


def _describe_known_cohorts(said: str, names: Sequence[str]) -> str:
    if near := difflib.get_close_matches(said.casefold(), names, 1, 0.6):
        return f"did you mean **{escape_text(near[0])}**?"
    known = ", ".join(f"**{escape_text(name)}**" for name in list(dict.fromkeys(names))[:5])
    return f"there is {known}." if known else "ask a moderator to make one."


def _describe_known_roadmaps(said: str, slugs: Sequence[str]) -> str:
    if near := difflib.get_close_matches(said[:48], slugs, 1, 0.6):
        return f"did you mean `{near[0]}`?"
    more = "; `roadmap list` has them all." if len(slugs) > SHOWN else "."
    return f"there is {', '.join(f'`{slug}`' for slug in slugs[:SHOWN])}{more}"


def _format_unknown_cohort(said: str, hint: str = "say `join` to see which are open.") -> str:
    return f"I know no cohort “{format_typed_text(said)}” here: {hint}"
