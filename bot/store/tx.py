"""A transaction: queries by subject, over one connection."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.post import PostRegistry, post_registry
from bot.store.accounts import AccountQueries
from bot.store.answers import AnswerQueries
from bot.store.codes import CodeQueries
from bot.store.cohorts import CohortQueries
from bot.store.events import EventQueries
from bot.store.gaps import GapQueries
from bot.store.greetings import GreetingQueries
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries
from bot.store.newcomers import NewcomerQueries
from bot.store.people import PeopleQueries
from bot.store.portfolio import PortfolioQueries
from bot.store.progress import ProgressQueries
from bot.store.rights import RightsQueries
from bot.store.roadmaps import RoadmapQueries
from bot.store.schedule import ScheduleQueries
from bot.store.secrets import SecretQueries
from bot.store.spaces import SpaceQueries


class Tx:
    """One transaction: everything that can be asked or changed has a name here.

    Its connection never leaves this package.
    """

    def __init__(
        self, connection: AsyncConnection, post_kinds: PostRegistry = post_registry
    ) -> None:
        self._connection = connection
        self.post_kinds = post_kinds

    @cached_property
    def people(self) -> PeopleQueries:
        return PeopleQueries(self._connection)

    @cached_property
    def accounts(self) -> AccountQueries:
        return AccountQueries(self._connection, self.post_kinds)

    @cached_property
    def cohorts(self) -> CohortQueries:
        return CohortQueries(self._connection)

    @cached_property
    def members(self) -> MemberQueries:
        return MemberQueries(self._connection, self.post_kinds)

    @cached_property
    def newcomers(self) -> NewcomerQueries:
        return NewcomerQueries(self._connection, self.post_kinds)

    @cached_property
    def progress(self) -> ProgressQueries:
        return ProgressQueries(self._connection)

    @cached_property
    def roadmaps(self) -> RoadmapQueries:
        return RoadmapQueries(self._connection)

    @cached_property
    def portfolio(self) -> PortfolioQueries:
        return PortfolioQueries(self._connection)

    @cached_property
    def ledger(self) -> LedgerQueries:
        return LedgerQueries(self._connection)

    @cached_property
    def gaps(self) -> GapQueries:
        return GapQueries(self._connection)

    @cached_property
    def events(self) -> EventQueries:
        return EventQueries(self._connection)

    @cached_property
    def greetings(self) -> GreetingQueries:
        return GreetingQueries(self._connection)

    @cached_property
    def schedule(self) -> ScheduleQueries:
        return ScheduleQueries(self._connection, self.post_kinds)

    @cached_property
    def spaces(self) -> SpaceQueries:
        return SpaceQueries(self._connection)

    @cached_property
    def rights(self) -> RightsQueries:
        return RightsQueries(self._connection)

    @cached_property
    def secrets(self) -> SecretQueries:
        return SecretQueries(self._connection)

    @cached_property
    def answers(self) -> AnswerQueries:
        return AnswerQueries(self._connection)

    @cached_property
    def codes(self) -> CodeQueries:
        return CodeQueries(self._connection)
