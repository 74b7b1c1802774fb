"""A transaction: queries by subject, over one connection."""

from __future__ import annotations

from functools import cached_property

from bot.post import PostRegistry, post_registry
from bot.store.absences import AbsenceQueries
from bot.store.accounts import AccountQueries
from bot.store.activity import ActivityQueries
from bot.store.acts import ActQueries
from bot.store.answers import AnswerQueries
from bot.store.attention import AttentionQueries
from bot.store.bulletins import BulletinQueries
from bot.store.codes import CodeQueries
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.deliveries import DeliveryQueries
from bot.store.digests import DigestQueries
from bot.store.edits import EditQueries
from bot.store.erasures import ErasureQueries
from bot.store.events import EventQueries
from bot.store.gaps import GapQueries
from bot.store.greetings import GreetingQueries
from bot.store.hand_letters import HandLetterQueries
from bot.store.hard_items import HardItemQueries
from bot.store.help_requests import HelpQueries
from bot.store.kept_posts import KeptPostQueries
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries
from bot.store.milestones import MilestoneQueries
from bot.store.moderation import ModerationQueries
from bot.store.newcomers import NewcomerQueries
from bot.store.next_cohorts import NextCohortQueries
from bot.store.notify_choices import NotifyQueries
from bot.store.people import PeopleQueries
from bot.store.personal import PersonalQueries
from bot.store.portfolio import PortfolioQueries
from bot.store.progress import ProgressQueries
from bot.store.pulse import PulseQueries
from bot.store.recall_schedule import RecallScheduleQueries
from bot.store.recalls import RecallQueries
from bot.store.retention import RetentionQueries
from bot.store.rights import RightsQueries
from bot.store.roadmaps import RoadmapQueries
from bot.store.role_requests import RoleRequestQueries
from bot.store.roles import RoleQueries
from bot.store.roster import RosterQueries
from bot.store.schedule import ScheduleQueries
from bot.store.secrets import SecretQueries
from bot.store.shared_notes import SharedNoteQueries
from bot.store.sightings import SightingQueries
from bot.store.spaces import SpaceQueries
from bot.store.stuck import StuckQueries
from bot.store.surveys import SurveyQueries
from bot.store.thanks import ThanksQueries
from bot.store.totals import TotalQueries
from bot.store.troubles import TroubleQueries
from bot.store.waiting import WaitingQueries


class Tx:
    """One transaction: everything that can be asked or changed has a name here.

    `connection` is for the queries: nobody outside this package uses it.
    """

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self.connection = connection
        self.post_kinds = post_kinds

    @cached_property
    def totals(self) -> TotalQueries:
        return TotalQueries(self.connection)

    @cached_property
    def next_cohorts(self) -> NextCohortQueries:
        return NextCohortQueries(self.connection)

    @cached_property
    def surveys(self) -> SurveyQueries:
        return SurveyQueries(self.connection)

    @cached_property
    def people(self) -> PeopleQueries:
        return PeopleQueries(self.connection)

    @cached_property
    def erasures(self) -> ErasureQueries:
        return ErasureQueries(self.connection)

    @cached_property
    def absences(self) -> AbsenceQueries:
        return AbsenceQueries(self.connection)

    @cached_property
    def deliveries(self) -> DeliveryQueries:
        return DeliveryQueries(self.connection)

    @cached_property
    def accounts(self) -> AccountQueries:
        return AccountQueries(self.connection, self.post_kinds)

    @cached_property
    def cohorts(self) -> CohortQueries:
        return CohortQueries(self.connection)

    @cached_property
    def members(self) -> MemberQueries:
        return MemberQueries(self.connection, self.post_kinds)

    @cached_property
    def newcomers(self) -> NewcomerQueries:
        return NewcomerQueries(self.connection, self.post_kinds)

    @cached_property
    def progress(self) -> ProgressQueries:
        return ProgressQueries(self.connection)

    @cached_property
    def stuck(self) -> StuckQueries:
        return StuckQueries(self.connection)

    @cached_property
    def attention(self) -> AttentionQueries:
        return AttentionQueries(self.connection)

    @cached_property
    def hard_items(self) -> HardItemQueries:
        return HardItemQueries(self.connection)

    @cached_property
    def roster(self) -> RosterQueries:
        return RosterQueries(self.connection)

    @cached_property
    def thanks(self) -> ThanksQueries:
        return ThanksQueries(self.connection)

    @cached_property
    def shared_notes(self) -> SharedNoteQueries:
        return SharedNoteQueries(self.connection)

    @cached_property
    def milestones(self) -> MilestoneQueries:
        return MilestoneQueries(self.connection)

    @cached_property
    def help(self) -> HelpQueries:
        return HelpQueries(self.connection)

    @cached_property
    def recalls(self) -> RecallQueries:
        return RecallQueries(self.connection)

    @cached_property
    def recall_schedule(self) -> RecallScheduleQueries:
        return RecallScheduleQueries(self.connection)

    @cached_property
    def activity(self) -> ActivityQueries:
        return ActivityQueries(self.connection)

    @cached_property
    def roadmaps(self) -> RoadmapQueries:
        return RoadmapQueries(self.connection)

    @cached_property
    def portfolio(self) -> PortfolioQueries:
        return PortfolioQueries(self.connection)

    @cached_property
    def personal(self) -> PersonalQueries:
        return PersonalQueries(self.connection, self.post_kinds)

    @cached_property
    def retention(self) -> RetentionQueries:
        return RetentionQueries(self.connection)

    @cached_property
    def ledger(self) -> LedgerQueries:
        return LedgerQueries(self.connection)

    @cached_property
    def hand_letters(self) -> HandLetterQueries:
        return HandLetterQueries(self.connection)

    @cached_property
    def bulletins(self) -> BulletinQueries:
        return BulletinQueries(self.connection)

    @cached_property
    def gaps(self) -> GapQueries:
        return GapQueries(self.connection)

    @cached_property
    def events(self) -> EventQueries:
        return EventQueries(self.connection)

    @cached_property
    def edits(self) -> EditQueries:
        return EditQueries(self.connection, self.post_kinds)

    @cached_property
    def notify(self) -> NotifyQueries:
        return NotifyQueries(self.connection)

    @cached_property
    def roles(self) -> RoleQueries:
        return RoleQueries(self.connection)

    @cached_property
    def role_requests(self) -> RoleRequestQueries:
        return RoleRequestQueries(self.connection)

    @cached_property
    def kept_posts(self) -> KeptPostQueries:
        return KeptPostQueries(self.connection)

    @cached_property
    def pulse(self) -> PulseQueries:
        return PulseQueries(self.connection)

    @cached_property
    def greetings(self) -> GreetingQueries:
        return GreetingQueries(self.connection)

    @cached_property
    def schedule(self) -> ScheduleQueries:
        return ScheduleQueries(self.connection, self.post_kinds)

    @cached_property
    def sightings(self) -> SightingQueries:
        return SightingQueries(self.connection)

    @cached_property
    def spaces(self) -> SpaceQueries:
        return SpaceQueries(self.connection)

    @cached_property
    def acts(self) -> ActQueries:
        return ActQueries(self.connection)

    @cached_property
    def moderation(self) -> ModerationQueries:
        return ModerationQueries(self.connection)

    @cached_property
    def digests(self) -> DigestQueries:
        return DigestQueries(self.connection, self.post_kinds)

    @cached_property
    def troubles(self) -> TroubleQueries:
        return TroubleQueries(self.connection)

    @cached_property
    def rights(self) -> RightsQueries:
        return RightsQueries(self.connection)

    @cached_property
    def waiting(self) -> WaitingQueries:
        return WaitingQueries(self.connection)

    @cached_property
    def secrets(self) -> SecretQueries:
        return SecretQueries(self.connection)

    @cached_property
    def answers(self) -> AnswerQueries:
        return AnswerQueries(self.connection)

    @cached_property
    def codes(self) -> CodeQueries:
        return CodeQueries(self.connection)
