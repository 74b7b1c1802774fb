"""The facts about the members whom a claim's private posts go to, read together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.group.attention import WAYS_KINDS
from bot.group.cohort import Cohort, Member
from bot.group.journey import NextCohort, Portfolio
from bot.group.recall import TopicRecall, parse_question_ref
from bot.group.route import build_route
from bot.group.silence import MemberActivity, PastLetter, Silence, judge_silence
from bot.post import (
    HELP_ASKED,
    RECALL,
    HelpFinding,
    HelpNeed,
    MemberFacts,
    MemberReadings,
    MemberUse,
    MemberWays,
    PostKind,
    PostSlot,
    Recipient,
    RememberedTopic,
)
from bot.roadmap import Roadmap
from bot.store import Tx

# A week of reminders, less the hours a clock change or a slow minute can shift one by.
REMINDER_WINDOW = timedelta(days=6, hours=12)
# Questions come because people asked for them: they take no reminder's place.
_ASKED_FOR = frozenset({RECALL, HELP_ASKED})
_USES_OF_ALL_LETTERS: frozenset[MemberUse] = frozenset({"silence", "ways"})


@dataclass(frozen=True, slots=True)
class PrivatePost:
    """A private post that is still wanted."""

    kind: PostKind
    slot: PostSlot
    cohort: Cohort
    member: Member


class MemberFactReader:
    """Reads what private posts use: each thing in one query for all members of a claim."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._ticks: Mapping[tuple[int, str], frozenset[str]] = {}
        # Member ids and week ids.
        self._checked_in: frozenset[tuple[int, str]] = frozenset()
        # Persons that wait to move, and the cohorts they wait in.
        self._movers: frozenset[tuple[int, int]] = frozenset()
        # Person ids, roadmaps and items.
        self._topics: Mapping[tuple[int, str, str], TopicRecall] = {}
        self._checkin_hours: Mapping[int, Mapping[str, float | None]] = {}
        self._portfolios: Mapping[int, Portfolio] = {}
        self._next_cohorts: Mapping[int, Sequence[NextCohort]] = {}
        self._activity: Mapping[int, MemberActivity] = {}
        self._past_letters: Mapping[int, Sequence[PastLetter]] = {}
        self._needs: Mapping[str, HelpNeed] = {}

    async def read_facts(self, posts: Sequence[PrivatePost]) -> None:
        """Read what these posts use. To be called once, before any facts are built."""
        if not posts:
            return
        person_ids = {post.member.person.id for post in posts}
        roadmaps = {post.cohort.roadmap for post in posts}
        member_ids = [post.member.id for post in posts]
        week_ids = {post.slot.week.id for post in posts if post.slot.week}
        self._ticks = await self._tx.progress.load_ticks_of_people(person_ids, roadmaps)
        self._checked_in = await self._tx.progress.find_checked_in(member_ids, week_ids)
        self._past_letters = await self._read_past_letters(posts, person_ids)
        moving = {post.cohort.id for post in posts if "ways" in post.kind.uses}
        self._movers = await self._tx.waiting.find_movers(moving)
        asking = [post for post in posts if "topic" in post.kind.uses]
        self._topics = await self._tx.recalls.load_topics_of_people(
            {post.member.person.id for post in asking},
            {parse_question_ref(post.slot.ref)[0] for post in asking},
        )
        reporting_ids = _list_member_ids(posts, "checkin_hours")
        self._checkin_hours = await self._tx.progress.load_checkin_hours(reporting_ids)
        building_ids = _list_member_ids(posts, "portfolio")
        self._portfolios = await self._tx.portfolio.load_portfolios(building_ids)
        free_ids = _list_member_ids(posts, "next_cohorts")
        self._next_cohorts = await self._tx.next_cohorts.find_next_cohorts(free_ids)
        silent = {post.member.person.id for post in posts if "silence" in post.kind.uses}
        self._activity = await self._tx.sightings.load_activity(silent)
        helping = {post.slot.ref for post in posts if "help" in post.kind.uses}
        self._needs = await self._tx.help.load_needs(helping)

    async def _read_past_letters(
        self, posts: Sequence[PrivatePost], person_ids: Collection[int]
    ) -> Mapping[int, Sequence[PastLetter]]:
        # The weekly cap counts those of the last week. Who was told that reminders stop, or was
        # offered the ways back, is told once, however long ago: that needs all of them.
        if any(post.kind.uses & _USES_OF_ALL_LETTERS for post in posts):
            return await self._tx.ledger.list_past_letters(person_ids)
        return await self._tx.ledger.list_past_letters(person_ids, self._now - REMINDER_WINDOW)

    def build_facts(self, post: PrivatePost, roadmap: Roadmap) -> MemberFacts:
        """Return the facts for one post, from what was read for all."""
        recipient = self._build_recipient(post, roadmap)
        readings = self._build_readings(post)
        return MemberFacts(post.cohort, roadmap, post.slot, self._now, recipient, readings)

    def _build_recipient(self, post: PrivatePost, roadmap: Roadmap) -> Recipient:
        member, week = post.member, post.slot.week
        week_id = week.id if week else None
        ticked = self._ticks.get((member.person.id, post.cohort.roadmap), frozenset())
        route = build_route(roadmap, post.cohort.syllabus, member.picks)
        return Recipient(
            member,
            route.count_done_slots(ticked, week_id),
            week_id is not None and (member.id, week_id) in self._checked_in,
            self._count_recent_letters(member.person.id),
            ticked,
        )

    def _count_recent_letters(self, person_id: int) -> int:
        """Count a person's private letters of the last week, in all their cohorts.

        Letters that may have been sent count too: the weekly cap errs on the quiet side.
        """
        since = self._now - REMINDER_WINDOW
        count = 0
        for letter in self._past_letters.get(person_id, ()):
            if letter.at >= since and letter.kind not in _ASKED_FOR:
                count += 1
        return count

    def _build_readings(self, post: PrivatePost) -> MemberReadings:
        uses, member_id = post.kind.uses, post.member.id
        readings = MemberReadings()
        if "ways" in uses:
            readings = replace(readings, ways=self._build_ways(post))
        if "topic" in uses:
            readings = replace(readings, topic=self._find_topic(post))
        if "silence" in uses:
            readings = replace(readings, silence=self._build_silence(post))
        if "help" in uses:
            need = self._needs.get(post.slot.ref)
            readings = replace(readings, help=HelpFinding(need))
        if "checkin_hours" in uses:
            hours = self._checkin_hours.get(member_id, {})
            readings = replace(readings, checkin_hours=hours)
        if "portfolio" in uses:
            portfolio = self._portfolios.get(member_id, Portfolio())
            readings = replace(readings, portfolio=portfolio)
        if "next_cohorts" in uses:
            next_cohorts = tuple(self._next_cohorts.get(member_id, ()))
            readings = replace(readings, next_cohorts=next_cohorts)
        return readings

    def _build_silence(self, post: PrivatePost) -> Silence:
        person_id = post.member.person.id
        activity = self._activity.get(person_id, MemberActivity(post.member.joined_at))
        letters = self._past_letters.get(person_id, ())
        return judge_silence(post.member, post.cohort, activity, letters, self._now)

    def _build_ways(self, post: PrivatePost) -> MemberWays:
        person_id, cohort = post.member.person.id, post.cohort
        was_offered = any(
            letter.kind in WAYS_KINDS
            and (letter.cohort_id, letter.edition) == (cohort.id, cohort.edition)
            for letter in self._past_letters.get(person_id, ())
        )
        return MemberWays(was_offered, (person_id, cohort.id) in self._movers)

    def _find_topic(self, post: PrivatePost) -> RememberedTopic:
        item, _ = parse_question_ref(post.slot.ref)
        key = post.member.person.id, post.cohort.roadmap, item
        return RememberedTopic(self._topics.get(key))


def _list_member_ids(posts: Sequence[PrivatePost], use: MemberUse) -> list[int]:
    """Return the ids of members with a post that uses this, each once."""
    return sorted({post.member.id for post in posts if use in post.kind.uses})
