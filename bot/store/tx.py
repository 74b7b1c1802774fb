"""A transaction: queries by subject over one connection."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.accounts import Accounts
from bot.store.answers import Answers
from bot.store.codes import Codes
from bot.store.cohorts import Cohorts
from bot.store.events import Events
from bot.store.gaps import Gaps
from bot.store.greetings import Greetings
from bot.store.ledger import Ledger
from bot.store.members import Members
from bot.store.newcomers import Newcomers
from bot.store.people import People
from bot.store.portfolio import Portfolio
from bot.store.progress import Progress
from bot.store.rights import Rights
from bot.store.roadmaps import Roadmaps
from bot.store.schedule import Schedule
from bot.store.secrets import Secrets
from bot.store.spaces import Spaces


class Tx:
    """One transaction. Its connection is nobody's business: everything that can be asked or changed has a name here."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @cached_property
    def people(self) -> People:
        return People(self._connection)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self._connection)

    @cached_property
    def cohorts(self) -> Cohorts:
        return Cohorts(self._connection)

    @cached_property
    def members(self) -> Members:
        return Members(self._connection)

    @cached_property
    def newcomers(self) -> Newcomers:
        return Newcomers(self._connection)

    @cached_property
    def progress(self) -> Progress:
        return Progress(self._connection)

    @cached_property
    def roadmaps(self) -> Roadmaps:
        return Roadmaps(self._connection)

    @cached_property
    def portfolio(self) -> Portfolio:
        return Portfolio(self._connection)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self._connection)

    @cached_property
    def gaps(self) -> Gaps:
        return Gaps(self._connection)

    @cached_property
    def events(self) -> Events:
        return Events(self._connection)

    @cached_property
    def greetings(self) -> Greetings:
        return Greetings(self._connection)

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(self._connection)

    @cached_property
    def spaces(self) -> Spaces:
        return Spaces(self._connection)

    @cached_property
    def rights(self) -> Rights:
        return Rights(self._connection)

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(self._connection)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self._connection)

    @cached_property
    def codes(self) -> Codes:
        return Codes(self._connection)
