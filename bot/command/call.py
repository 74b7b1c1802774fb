"""A command in progress: its caller, place and moment, the transaction, and the cohort in question.

Rights are decided here, once. A cohort is found only in its own spaces or by its members, and
managed only by a moderator in one of its spaces. A hidden cohort gets the same refusal as a
missing one, so that nobody learns its name by guessing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from bot.chat.address import Account, AccountRights, Caller, Place, SetupProblem, Threads
from bot.chat.errors import Refused
from bot.chat.message import OPTIONS, Choice, escape_text
from bot.command.examples import WriteExample, write_nothing
from bot.command.registry import Moment
from bot.command.values import format_typed_text, has_text, join_with_or, parse_date
from bot.command.words import SIMILARITY
from bot.group.cohort import JOINABLE_STATES, Cohort, Member
from bot.group.gallery import RoadmapShelf
from bot.group.member import Person
from bot.group.progress import Viewer
from bot.group.zones import load_zone
from bot.store.roadmaps import AvailableRoadmap

if TYPE_CHECKING:
    from bot.post import PostRegistry
    from bot.store import Tx


DEFAULT_ROADMAP = "ai-ml-engineer-12-weeks"
MAX_LISTED_ROADMAPS = 6  # in a refusal
MAX_LISTED_COHORTS = 5  # in a refusal
SEE_OPEN_COHORTS = "use `join` to see the open ones."
ASK_WHICH_COHORT = "Which cohort do you mean?"


@dataclass(frozen=True, slots=True)
class NamedRights:
    """What a platform said, before the transaction, about somebody an option names."""

    account: Account
    rights: AccountRights


class MissingChoice(Exception):
    """An option to pick before the command can go on, with the choices for it."""

    def __init__(self, option: str, sentence: str, choices: Sequence[Choice]) -> None:
        super().__init__(sentence)
        self.option = option
        self.sentence = sentence
        self.choices = tuple(choices)


@dataclass(frozen=True)
class Call:
    """One command in progress.

    `option_texts`: the options as text.
    `is_submitted`: a form or list was sent.
    `default_zone`: the zone of the caller's cohort, for a caller without a zone.
    `setup_problems`: missing rights at this place, asked before an `announcing` command.
    `named_rights`: of whom an `asks_rights_of` command names; None if nobody could say.
    `space_word`: the local word for a space: server, workspace.
    `threads`: the threads under posts, by platform.
    `post_links`: how a link to a sent post is built, by platform.
    `reveal_path`: the settings path to moderators' commands; empty where nothing is hidden.
    `write_example`: writes a post as it would be sent.
    """

    caller: Caller
    place: Place
    person: Person
    now: datetime
    tx: Tx
    roadmaps: RoadmapShelf
    option_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_submitted: bool = False
    default_zone: str = "UTC"
    setup_problems: tuple[SetupProblem, ...] = ()
    named_rights: NamedRights | None = None
    space_word: str = "space"
    threads: Mapping[str, Threads] = field(default_factory=dict)
    post_links: Mapping[str, Callable[[Place, str], str]] = field(default_factory=dict)
    reveal_path: str = ""
    write_example: WriteExample = write_nothing

    @property
    def today(self) -> date:
        """The date in the caller's own zone, else in their cohort's, else in UTC."""
        return self.now.astimezone(load_zone(self.person.zone or self.default_zone)).date()

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.person.id, self.caller.is_moderator)

    def parse_local_date(self, option: str, zone_name: str) -> date | None:
        """Return an option's date, counted from today in a zone; None without a text.

        `today` and `monday` differ between a cohort's zone and its moderator's.
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
        """The kinds of posts this bot knows."""
        return self.tx.post_kinds

    def is_field_cleared(self, option: str) -> bool:
        """Tell if a form was sent with this field empty, to remove an earlier value."""
        texts = self.option_texts.get(option)
        if not self.is_submitted or texts is None:
            return False
        return not has_text(texts)

    # — roadmaps —

    async def load_available_roadmaps(self) -> Mapping[str, AvailableRoadmap]:
        """Return the roadmaps for cohorts here, by slug. The space's own win over bundled ones."""
        available = {}
        for slug in self.roadmaps:
            available[slug] = AvailableRoadmap(self.roadmaps, slug, slug)
        space_id = await self.tx.people.find_space_id(self.place)
        if space_id is not None:
            available.update(await self.tx.roadmaps.load_space_roadmaps(space_id))
        return available

    async def find_available_roadmap(self, slug: str | None) -> AvailableRoadmap:
        """Return the roadmap with this slug, or the default one for None. Raises `Refused`."""
        available = await self.load_available_roadmaps()
        wanted = (slug or DEFAULT_ROADMAP).strip().casefold()
        if wanted not in available:
            hint = _describe_known_roadmaps(wanted, tuple(available))
            raise Refused(f"There is no roadmap “{format_typed_text(wanted)}”: {hint}", "roadmap")
        return available[wanted]

    # — cohorts —

    async def list_own_cohorts(self) -> list[Cohort]:
        """Return the caller's cohorts, in their states now."""
        if not self.person.id:
            return []
        return self._advance_states(await self.tx.cohorts.list_cohorts_of_person(self.person))

    async def list_local_cohorts(self) -> list[Cohort]:
        """Return the cohorts in this space, in their states now."""
        return self._advance_states(await self.tx.cohorts.list_cohorts_in_space(self.place))

    def _advance_states(self, cohorts: Iterable[Cohort]) -> list[Cohort]:
        # A stored state is only as new as its last write: cohorts start and finish by themselves.
        return [cohort.advance_state(self.now) for cohort in cohorts]

    async def list_open_cohorts(self) -> list[Cohort]:
        """Return the cohorts in this space that take members, the caller's own included."""
        local_cohorts = await self.list_local_cohorts()
        return [cohort for cohort in local_cohorts if cohort.state in JOINABLE_STATES]

    async def list_joinable_cohorts(self) -> Sequence[Cohort]:
        """Return the cohorts in this space still open for the caller."""
        if not self.place.space:
            return []
        own_ids = {cohort.id for cohort in await self.list_own_cohorts()}
        return [cohort for cohort in await self.list_open_cohorts() if cohort.id not in own_ids]

    async def resolve_cohort(self, name: str | None, *, certain: bool = False) -> Cohort:
        """Return the cohort a member means. Raises `Refused` or `MissingChoice`.

        Without a name: one in this channel, else one of the caller's own.
        A cohort under way wins over others, unless `certain`.
        """
        if name:
            return _require_readable_cohort(await self._find_named_cohort(name))
        own = await self.list_own_cohorts()
        if not own:
            raise Refused(f"You are not in a cohort yet: {SEE_OPEN_COHORTS}")
        if not self.place.is_private and len(own) > 1:
            own = await self._prefer_channel_cohorts(own)
        return _require_single_cohort(_filter_likely_cohorts(own, certain), ASK_WHICH_COHORT)

    async def _prefer_channel_cohorts(self, cohorts: list[Cohort]) -> list[Cohort]:
        """Return the cohorts living in this channel, or all where none does."""
        in_channel = await self.tx.cohorts.list_cohorts_in_space(self.place, is_channel_only=True)
        channel_ids = {cohort.id for cohort in in_channel}
        return [cohort for cohort in cohorts if cohort.id in channel_ids] or cohorts

    async def lock_person(self) -> None:
        """Lock the caller's person until the end, before their seats and ticks are read.

        A command that also locks a cohort locks it first.
        """
        if self.person.id:
            await self.tx.people.lock_person(self.person.account_id)

    async def load_member_moment(self) -> Moment:
        """Return the caller's standing with their cohorts, which decides the help they need."""
        states = {cohort.state for cohort in await self.list_own_cohorts()}
        if states & {"running", "paused"}:
            return "running"
        if states & {"draft", "open"}:
            return "waiting"
        return "over" if states else "outside"

    async def resolve_membership(
        self, name: str | None, *, certain: bool = False
    ) -> tuple[Cohort, Member]:
        """Return the cohort a member means and their seat. Raises `Refused` or `MissingChoice`.

        `certain` asks wherever another cohort is possible: for actions with regrets.
        """
        cohort = await self.resolve_cohort(name, certain=certain)
        member = await self._find_own_seat(cohort)
        if member is None:
            raise Refused(
                f"You are not in {escape_text(cohort.name)}: use `join {cohort.name}` first."
            )
        return cohort, member

    async def find_managed_cohort(self, name: str | None, *states: str) -> Cohort:
        """Return a cohort in this space for its moderator, to be read.

        Without a name: the one in this channel, else the only one.
        With `states`, cohorts in one of these are preferred.
        Raises `Refused` or `MissingChoice`.
        """
        return (await self._find_stored_cohort(name, states)).advance_state(self.now)

    async def lock_managed_cohort(self, name: str | None, *states: str) -> Cohort:
        """Return what `find_managed_cohort` does, to be changed: locked until the end."""
        cohort = await self._find_stored_cohort(name, states)
        # Read again under the lock: another moderator may have changed it in between.
        locked = await self.tx.cohorts.lock_cohort(cohort.id)
        if locked is None:
            raise Refused(_format_unknown_cohort(cohort.name))
        return locked.advance_state(self.now)

    async def _find_stored_cohort(self, name: str | None, states: Sequence[str]) -> Cohort:
        if not self.caller.is_moderator:
            raise Refused("Only moderators can do that here: ask one of them.")
        if not name:
            return await self._resolve_managed_cohort(states)
        cohort = await self._find_named_cohort(name)
        if not await self.tx.cohorts.is_cohort_in_space(cohort.id, self.place):
            raise Refused(_format_unknown_cohort(name))
        self.tx.acts.note_cohort(cohort.id)
        return cohort

    async def _resolve_managed_cohort(self, states: Sequence[str]) -> Cohort:
        local = await self.list_local_cohorts()
        if not local:
            raise Refused("There is no cohort here yet: create one with `cohort create`.")
        fitting = [cohort for cohort in local if cohort.state in states] or local
        preferred = await self._prefer_channel_cohorts(fitting)
        cohort = _require_single_cohort(preferred, ASK_WHICH_COHORT)
        self.tx.acts.note_cohort(cohort.id)
        return cohort

    async def _find_named_cohort(self, name: str) -> Cohort:
        if name.startswith("#"):
            return await self._load_cohort_by_ref(name)
        wanted = name.strip().casefold()
        # Names are unique only within a space: somebody in two spaces may have two of one name,
        # and then means the one where they are talking.
        local = await self.list_local_cohorts()
        for cohort in local:
            if cohort.name == wanted:
                return cohort
        own = await self.list_own_cohorts()
        for cohort in own:
            if cohort.name == wanted:
                return cohort
        names = []
        for cohort in local:
            if cohort.state != "draft" or self.caller.is_moderator:
                names.append(cohort.name)
        names += [cohort.name for cohort in own]
        raise Refused(_format_unknown_cohort(name, _describe_known_cohorts(name, names)), "cohort")

    async def _load_cohort_by_ref(self, ref: str) -> Cohort:
        """Return the cohort with a reference like `#12`, which buttons carry."""
        cohort = await self._find_cohort_by_ref(ref)
        # Anybody can type a number, so it opens no more than a name would.
        if cohort is not None and await self._can_see_cohort(cohort):
            return cohort.advance_state(self.now)
        raise Refused(_format_unknown_cohort(ref))

    async def _find_cohort_by_ref(self, ref: str) -> Cohort | None:
        number = re.fullmatch(r"#([0-9]{1,9})", ref.strip())
        if number is None:
            return None
        return await self.tx.cohorts.load_cohort(int(number[1]))

    async def _can_see_cohort(self, cohort: Cohort) -> bool:
        if await self.tx.cohorts.is_cohort_in_space(cohort.id, self.place):
            return True
        if await self._find_own_seat(cohort) is not None:
            return True
        # A private chat may belong to no space. A letter there can offer the next cohort all the
        # same, to somebody who is a member of one in that space.
        if self.place.space or not self.person.id:
            return False
        return await self.tx.next_cohorts.is_in_reach(cohort.id, self.person.id)

    async def _find_own_seat(self, cohort: Cohort) -> Member | None:
        if not self.person.id:
            return None
        return await self.tx.members.find_member(cohort, self.person)


def _require_readable_cohort(cohort: Cohort) -> Cohort:
    if cohort.state == "archived":
        raise Refused(f"That cohort is archived and can no longer be read: {SEE_OPEN_COHORTS}")
    return cohort


def _filter_likely_cohorts(cohorts: Sequence[Cohort], certain: bool) -> Sequence[Cohort]:
    """Return the only cohort under way, else all unfinished ones, else all.

    Members only: moderators work on drafts while others run, and their actions are public.
    """
    under_way = [cohort for cohort in cohorts if cohort.state in {"running", "paused"}]
    if len(under_way) == 1 and not certain:
        return under_way
    return [cohort for cohort in cohorts if cohort.state != "finished"] or cohorts


def _require_single_cohort(cohorts: Sequence[Cohort], sentence: str) -> Cohort:
    if len(cohorts) == 1:
        return cohorts[0]
    choices = [Choice(cohort.name, cohort.ref, cohort.state) for cohort in cohorts[:OPTIONS]]
    raise MissingChoice("cohort", sentence, choices)


def _describe_known_cohorts(typed: str, names: Sequence[str]) -> str:
    if near := difflib.get_close_matches(typed.casefold(), names, 1, SIMILARITY):
        return f"did you mean **{escape_text(near[0])}**?"
    if not names:
        return "ask a moderator to create one."
    return f"choose {_format_cohort_names(names)}."


def _format_cohort_names(names: Sequence[str]) -> str:
    listed = list(dict.fromkeys(names))[:MAX_LISTED_COHORTS]
    return join_with_or([f"**{escape_text(name)}**" for name in listed])


def _describe_known_roadmaps(typed: str, slugs: Sequence[str]) -> str:
    if near := difflib.get_close_matches(typed[:48], slugs, 1, SIMILARITY):
        return f"did you mean `{near[0]}`?"
    return f"choose one of {_format_offered_slugs(slugs)}."


def _format_offered_slugs(slugs: Sequence[str]) -> str:
    offered = ", ".join(f"`{slug}`" for slug in slugs[:MAX_LISTED_ROADMAPS])
    if len(slugs) > MAX_LISTED_ROADMAPS:
        return f"{offered}, or see them all with `roadmap list`"
    return offered


def _format_unknown_cohort(typed: str, hint: str = SEE_OPEN_COHORTS) -> str:
    return f"There is no cohort “{format_typed_text(typed)}” here: {hint}"
