"""The facts a post is written from, gathered right before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.honours import Honour
from bot.group.journey import NextCohort, Portfolio
from bot.group.progress import Standing
from bot.group.recall import TopicRecall
from bot.group.silence import Silence
from bot.post.kinds import HomeUse, MemberUse, PostSlot
from bot.roadmap import Roadmap

Fact = TypeVar("Fact")


class UndeclaredUseError(LookupError):
    """A kind of post asked for facts that its declaration does not name."""


@dataclass(frozen=True, slots=True)
class ActivityCounts:
    """Numbers that may be said aloud: they count visible members only.

    Members who are away are in neither number of a pair (count and total), unless they did it all
    the same; then they are in both.
    `members`: all who have joined.
    """

    members: int = 0
    checked_in_count: int = 0
    check_in_total: int = 0
    ticked_count: int = 0
    tick_total: int = 0


@dataclass(frozen=True, slots=True)
class WeekPulse:
    """What visible members have done in a week so far.

    `members`: all who have joined. `items`: ticked by all of them together.
    `finishers`: how many have done the whole week; None where too many would have to be asked.
    """

    members: int = 0
    items: int = 0
    finishers: int | None = 0


@dataclass(frozen=True, slots=True)
class PostBoard:
    """The top of a board: one row more than a post shows, and the number of all rows there are."""

    rows: tuple[Standing, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class NewMembers:
    """Members who have joined since the last post that named new ones.

    `names`: some of them, visible ones alone. `count`: all.
    """

    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class GroupTotals:
    """What visible members have done together in a cohort.

    `hours`: reported with check-ins, by `hour_reporters` of them.
    `projects`, `certificates`: those they have added on the cohort's roadmap.
    """

    items: int = 0
    checkins: int = 0
    hours: float = 0
    hour_reporters: int = 0
    projects: int = 0
    certificates: int = 0


@dataclass(frozen=True, slots=True)
class MilestoneNews:
    """A milestone, and who has reached it: some names, visible ones alone, and the count of all.

    `kind`: half, stage, plan, or week for one for which everybody has checked in.
    `subject`: the id of a week; for a stage, of its first one.
    """

    kind: str
    subject: str
    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class SharedThanks:
    """Thanks that everybody may read. `giver` is empty for one who is not to be named."""

    giver: str
    receiver: str
    reason: str


@dataclass(frozen=True, slots=True)
class ThanksList:
    """Some thanks, the oldest first, and the count of all."""

    thanks: tuple[SharedThanks, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The note of a check-in that its writer shares with the group."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class HelpNeed:
    """An item that a group is asked to help with; `request` is the number of the request."""

    request: int
    item: str
    is_solved: bool = False


@dataclass(frozen=True, slots=True)
class HelpFinding:
    """What is known of the request that a post is about; nothing if it is gone."""

    need: HelpNeed | None = None


@dataclass(frozen=True, slots=True)
class HomeReadings:
    """What was read for a home's post, by the names in `uses`. None was not read."""

    counts: ActivityCounts | None = None
    board: PostBoard | None = None
    week_board: PostBoard | None = None
    honours: tuple[Honour, ...] | None = None
    new_members: NewMembers | None = None
    totals: GroupTotals | None = None
    last_counts: ActivityCounts | None = None
    has_starters: bool | None = None
    former_posts: int | None = None
    pulse: WeekPulse | None = None
    milestones: tuple[MilestoneNews, ...] | None = None
    help: HelpFinding | None = None
    thanks: ThanksList | None = None
    shared_notes: tuple[SharedWords, ...] | None = None


NOBODY_THERE = HomeReadings(
    counts=ActivityCounts(),
    board=PostBoard(),
    week_board=PostBoard(),
    honours=(),
    new_members=NewMembers(),
    totals=GroupTotals(),
    last_counts=ActivityCounts(),
    has_starters=False,
    former_posts=0,
    pulse=WeekPulse(),
    milestones=(),
    help=HelpFinding(),
    thanks=ThanksList(),
    shared_notes=(),
)
"""What there is to read in a cohort that nobody has joined."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The member a private post goes to.

    `ticked`: the ids of all items they have ticked on the roadmap.
    `done_count`: the slots they have done in the post's week, or overall for a post without one.
    """

    member: Member
    done_count: int = 0
    has_checked_in: bool = False
    reminder_count: int = 0
    ticked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MemberWays:
    """The ways back as far as a member's own row does not tell.

    `was_offered`: a letter has offered them in this edition. `is_waiting`: for the next cohort.
    """

    was_offered: bool = False
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class RememberedTopic:
    """What the recipient remembers of the post's topic; nothing without one."""

    recall: TopicRecall | None = None


@dataclass(frozen=True, slots=True)
class MemberReadings:
    """What was read for a private post, by the names in `uses`. None was not read."""

    ways: MemberWays | None = None
    topic: RememberedTopic | None = None
    checkin_hours: Mapping[str, float | None] | None = None
    portfolio: Portfolio | None = None
    next_cohorts: tuple[NextCohort, ...] | None = None
    silence: Silence | None = None
    help: HelpFinding | None = None


@dataclass(frozen=True, slots=True)
class CommonFacts:
    """What every post may be written from.

    `now`: the instant the facts are true at.
    """

    cohort: Cohort
    roadmap: Roadmap
    slot: PostSlot
    now: datetime

    @property
    def post_week(self) -> CalendarWeek:
        """The post's week. Only weekly kinds may ask; raises `LookupError` for others."""
        if self.slot.week is None:
            raise LookupError(f"a {self.slot.kind} post belongs to no week")
        return self.slot.week

    def _require(self, use: HomeUse | MemberUse, value: Fact | None) -> Fact:
        if value is None:
            raise UndeclaredUseError(
                f"the post “{self.slot.kind}” asks for {use} without saying so: "
                f'add "{use}" to `uses` in its @post(…)'
            )
        return value


@dataclass(frozen=True, slots=True)
class HomeFacts(CommonFacts):
    """The facts for a post to a home.

    What is read of the members only on demand has to be declared with `uses`; each of these
    properties raises `UndeclaredUseError` otherwise.
    `weeks_folded`: numbers of the weeks it stands for, beside its own.
    """

    readings: HomeReadings = HomeReadings()
    weeks_folded: tuple[int, ...] = ()

    @property
    def counts(self) -> ActivityCounts:
        return self._require("counts", self.readings.counts)

    @property
    def last_counts(self) -> ActivityCounts:
        """The counts of the week before the post's; zeros for the first week."""
        return self._require("last_counts", self.readings.last_counts)

    @property
    def is_quiet(self) -> bool:
        """True if nobody has checked in for two weeks: a count would only say so again."""
        counts, last_counts = self.counts, self.last_counts
        has_missed = last_counts.check_in_total > 0 and last_counts.checked_in_count == 0
        return has_missed and counts.checked_in_count == 0

    @property
    def has_starters(self) -> bool:
        """True if somebody who has not begun the week is there to be won: not away, not silent."""
        return self._require("starters", self.readings.has_starters)

    @property
    def former_posts(self) -> int:
        """The number of posts of this kind that the home has got before."""
        return self._require("former_posts", self.readings.former_posts)

    @property
    def board(self) -> PostBoard:
        """The board of the whole plan."""
        return self._require("board", self.readings.board)

    @property
    def week_board(self) -> PostBoard:
        """The board of the post's week; empty for a post without one."""
        return self._require("week_board", self.readings.week_board)

    @property
    def honours(self) -> tuple[Honour, ...]:
        """The honours of the post's week; of the whole plan for a post without one."""
        return self._require("honours", self.readings.honours)

    @property
    def new_members(self) -> NewMembers:
        return self._require("new_members", self.readings.new_members)

    @property
    def pulse(self) -> WeekPulse:
        """The numbers of the post's week; zeros for a post without one."""
        return self._require("pulse", self.readings.pulse)

    @property
    def milestones(self) -> tuple[MilestoneNews, ...]:
        """What the group is told on the day that the post's ref names."""
        return self._require("milestones", self.readings.milestones)

    @property
    def help(self) -> HelpFinding:
        """The request for help that the post's ref names."""
        return self._require("help", self.readings.help)

    @property
    def thanks(self) -> ThanksList:
        """Thanks given since the recap before this one."""
        return self._require("thanks", self.readings.thanks)

    @property
    def shared_notes(self) -> tuple[SharedWords, ...]:
        """Notes on the post's week that members share with the group."""
        return self._require("shared_notes", self.readings.shared_notes)

    @property
    def totals(self) -> GroupTotals:
        return self._require("totals", self.readings.totals)


@dataclass(frozen=True, slots=True)
class MemberFacts(CommonFacts):
    """The facts for a private post to a member.

    What is read only on demand has to be declared with `uses`; each of these properties raises
    `UndeclaredUseError` otherwise.
    """

    recipient: Recipient
    readings: MemberReadings = MemberReadings()

    @property
    def ways(self) -> MemberWays:
        return self._require("ways", self.readings.ways)

    @property
    def topic(self) -> RememberedTopic:
        """What the member remembers of the topic that the post's ref names."""
        return self._require("topic", self.readings.topic)

    @property
    def checkin_hours(self) -> Mapping[str, float | None]:
        """The hours reported with each check-in of the member, by the week's id."""
        return self._require("checkin_hours", self.readings.checkin_hours)

    @property
    def portfolio(self) -> Portfolio:
        """What the member has built and earned on the cohort's roadmap."""
        return self._require("portfolio", self.readings.portfolio)

    @property
    def next_cohorts(self) -> tuple[NextCohort, ...]:
        """The cohorts the member could join now, the next one first."""
        return self._require("next_cohorts", self.readings.next_cohorts)

    @property
    def silence(self) -> Silence:
        """What the member's last act, and the letters since then, mean for this one."""
        return self._require("silence", self.readings.silence)

    @property
    def help(self) -> HelpFinding:
        """The request for help that the post's ref names."""
        return self._require("help", self.readings.help)
