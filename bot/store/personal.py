"""Everything about one person, to be handed over or to be erased, whatever accounts it came by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, or_, select, union_all, update

from bot.chat.message import encode_answer, escape_text, text_message
from bot.group.member import Person
from bot.post import PostRegistry, post_registry
from bot.store.accounts import AccountQueries
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.connection import TxConnection
from bot.store.edits import EditQueries
from bot.store.erasures import ErasedPerson, ErasureQueries
from bot.store.letter import OPEN
from bot.store.letter_states import match_states
from bot.store.members import MemberQueries
from bot.store.memberships import Membership, load_memberships
from bot.store.newcomers import parse_newcomer_range
from bot.store.personal_tables import (
    IMPERSONAL_TABLES,
    PERSONAL_TABLES,
    ImpersonalTable,
    PersonalTable,
)
from bot.store.roadmaps import RoadmapQueries
from bot.store.tables import accounts, answers, grants, imports, letters, members, plans, settings

Row = Mapping[str, Any]

MATCHED_LENGTH = 20  # characters of a name that are looked for: longer ones may have been cut
WELCOME = "welcome/"  # the ref of a letter of older versions, which named one new member
WELCOMED = text_message("Somebody has joined. Welcome!")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Everything about a person: rows by section, in the order of the export."""

    sections: Mapping[str, Sequence[Row]]
    memberships: Sequence[Membership]


@dataclass(frozen=True, slots=True)
class PersonalCounts:
    """How much there is about a person: rows by their noun, and the posts that may name them."""

    by_noun: Mapping[str, int]
    posts: int = 0

    @property
    def is_empty(self) -> bool:
        """True if there is nothing but accounts, by which they may just have been met."""
        return not any(count for noun, count in self.by_noun.items() if noun != "account")


def _build_count(table: PersonalTable) -> Any:
    return (
        select(literal(table.noun).label("noun"), func.count().label("size"))
        .select_from(table.table)
        .where(table.match)
    )


def _build_rows(table: PersonalTable) -> Any:
    columns = [table.table.c[name] for name in table.columns] or list(table.table.c)
    order = list(table.table.primary_key.columns)
    return select(*columns).where(table.match).order_by(*order)


def _build_made_rows(table: ImpersonalTable) -> Any:
    columns = [table.table.c[name] for name in table.columns]
    is_made = or_(*(maker.in_(OWN_ACCOUNTS) for maker in table.makers))
    return select(*columns).where(is_made).order_by(*table.table.primary_key.columns)


def _build_erasure(table: PersonalTable) -> Any:
    if table.cleared:
        return update(table.table).where(table.match).values(**table.cleared)
    return table.table.delete().where(table.match)


_COUNTED = tuple(table for table in PERSONAL_TABLES if table.noun)
_COUNT_ROWS = union_all(*(_build_count(table) for table in _COUNTED))
_EXPORTED = tuple((table, _build_rows(table)) for table in PERSONAL_TABLES if table.section)
_MADE = tuple((table, _build_made_rows(table)) for table in IMPERSONAL_TABLES if table.makers)
_ERASURES = tuple(_build_erasure(table) for table in PERSONAL_TABLES)

# The names by which others may have read of them: on the platform, and those they chose.
_SELECT_NAMES = union_all(
    select(accounts.c.name.label("name")).where(accounts.c.person_id == bindparam("person")),
    select(members.c.alias).where(members.c.account_id.in_(OWN_ACCOUNTS)),
    select(settings.c.value).where(
        settings.c.account_id.in_(OWN_ACCOUNTS), settings.c.name == "alias"
    ),
    select(grants.c.name).where(
        next(table.match for table in PERSONAL_TABLES if table.table is grants)
    ),
)
_SELECT_IMPORTED_PLANS = select(imports.c.plan_id).where(imports.c.account_id.in_(OWN_ACCOUNTS))
# The whole lock first, while this transaction holds nothing else: a command of the same person
# then waits for us, or we for it, and never each for the other.
_LOCK_ACCOUNTS = (
    select(accounts.c.id)
    .where(accounts.c.person_id == bindparam("person"))
    .order_by(accounts.c.id)
    .with_for_update()
)
# A letter that is on its way may have been written before the erasure.
_MAY_BE_OUT = or_(letters.c.state == "sent", and_(match_states(letters, OPEN), letters.c.tries > 0))
_SELECT_HOME_LETTERS = select(
    letters.c.id, letters.c.cohort_id, letters.c.kind, letters.c.ref, letters.c.ended_at
).where(
    letters.c.cohort_id.in_(bindparam("cohort_ids", expanding=True)),
    letters.c.home_id != 0,
    letters.c.kind.in_(bindparam("kinds", expanding=True)),
    _MAY_BE_OUT,
)
_BLANK_WELCOMES = (
    letters.update()
    .where(letters.c.id.in_(bindparam("letter_ids", expanding=True)))
    .values(message=bindparam("new_message"))
)


class PersonalQueries:
    """Queries about everything there is about a person.

    `erased`: whom this transaction has erased, for whoever commits it.
    """

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self._connection = connection
        self._post_kinds = post_kinds
        self.erased: ErasedPerson | None = None

    # — handing over —

    async def load_personal_data(self, person: Person) -> PersonalData:
        """Return every row about a person, by whichever account it came, and what they made."""
        wanted = {"person": person.id}
        memberships = load_memberships(self._connection, person.id)
        cohort_names = {seat.cohort_id: seat.cohort.name for seat in memberships}
        seat_names = {seat.id: seat.cohort.name for seat in memberships}
        sections: dict[str, Sequence[Row]] = {}
        # What is erased last, the accounts, is handed over first.
        for table, query in reversed(_EXPORTED):
            rows = self._connection.execute(query, wanted).mappings()
            named = [_name_cohorts(dict(row), cohort_names, seat_names) for row in rows]
            sections[table.section] = [_convert_row(row, table) for row in named]
        for made, query in _MADE:
            rows = self._connection.execute(query, wanted).mappings()
            sections[made.section] = [_name_cohorts(dict(row), cohort_names, {}) for row in rows]
        return PersonalData(sections, memberships)

    # — erasing —

    async def count_personal_data(self, person: Person) -> PersonalCounts:
        """Count what there is about a person, and the posts in their homes that may name them."""
        by_noun = dict.fromkeys((table.noun for table in _COUNTED), 0)
        for row in self._connection.execute(_COUNT_ROWS, {"person": person.id}):
            by_noun[row.noun] += row.size
        return PersonalCounts(by_noun, len(await self._find_naming_letters(person)))

    async def lock_accounts(self, person: Person) -> None:
        """Lock a person's accounts, so that until the transaction ends nothing refers to them anew.

        It comes before any other lock, and before anything that refers to an account is written.
        """
        self._connection.execute(_LOCK_ACCOUNTS, {"person": person.id})
        self._connection.forget("lock", "owner", "seats", "settings", "ticks", "reports", "grants")

    async def erase_person(self, person: Person, now: datetime) -> None:
        """Erase everything about a person, by all their accounts.

        Posts in their homes that may name them are to be written again, and the platforms are to
        forget them.
        The accounts must be locked (`lock_accounts`). Locks their cohorts, then the person.
        """
        owned = {"person": person.id}
        await AccountQueries(self._connection, self._post_kinds).lock_cohorts_and_person(person.id)
        letter_ids = await self._find_naming_letters(person)
        plan_ids = list(self._connection.execute(_SELECT_IMPORTED_PLANS, owned).scalars())
        self.erased = await self._describe_person(person)
        await self._end_memberships(person, now)
        await self._blank_welcomes(person)
        for statement in _ERASURES:
            self._connection.execute(statement, owned)
        if plan_ids:
            await RoadmapQueries(self._connection).delete_unused_plans(plans.c.id.in_(plan_ids))
        self._blank_answers(self.erased)
        await ErasureQueries(self._connection).save_erasure(self.erased)
        await EditQueries(self._connection).request_edits(letter_ids, now)
        self._connection.forget("lock", "owner", "seats", "settings", "ticks", "reports", "grants")

    async def _describe_person(self, person: Person) -> ErasedPerson:
        linked = await AccountQueries(self._connection).list_linked_accounts(person.account_id)
        rows = self._connection.execute(_SELECT_NAMES, {"person": person.id})
        names = {row.name.strip() for row in rows}
        own_accounts = [account.account for account in linked]
        return ErasedPerson(own_accounts, sorted(name for name in names if name))

    async def _end_memberships(self, person: Person, now: datetime) -> None:
        """Leave every cohort as `leave` does, so that whoever waits for a seat gets it."""
        queries = MemberQueries(self._connection, self._post_kinds)
        for seat in load_memberships(self._connection, person.id):
            if seat.left_at is not None:
                continue
            member = await queries.find_member(seat.cohort, person)
            if member is not None:
                await queries.end_membership(member, now)

    async def _find_naming_letters(self, person: Person) -> Sequence[int]:
        """Return the letters to homes that may have named a person since they joined."""
        seats = load_memberships(self._connection, person.id)
        kinds = [kind.name for kind in self._post_kinds.kinds.values() if kind.can_name_members]
        if not seats:
            return ()
        wanted = {
            "cohort_ids": sorted({seat.cohort_id for seat in seats}),
            "kinds": [*kinds, "announcement"],
        }
        found = []
        for row in self._connection.execute(_SELECT_HOME_LETTERS, wanted):
            if any(self._may_name(row, seat) for seat in seats):
                found.append(int(row.id))
        return found

    def _may_name(self, row: Any, seat: Membership) -> bool:
        if row.cohort_id != seat.cohort_id:
            return False
        if row.kind == "announcement":
            return bool(row.ref == f"{WELCOME}{seat.id}")
        if row.ended_at is not None and row.ended_at < seat.joined_at:
            return False
        kind = self._post_kinds.kinds[row.kind]
        if not kind.is_joining:
            return True
        first, last = parse_newcomer_range(row.ref)
        return first <= seat.id <= last

    async def _blank_welcomes(self, person: Person) -> None:
        """Take the name out of stored letters of older versions, which welcomed one member each."""
        seats = load_memberships(self._connection, person.id)
        if not seats:
            return
        refs = [f"{WELCOME}{seat.id}" for seat in seats]
        query = select(letters.c.id).where(
            letters.c.kind == "announcement",
            letters.c.ref.in_(refs),
            letters.c.cohort_id.in_([seat.cohort_id for seat in seats]),
        )
        letter_ids = list(self._connection.execute(query).scalars())
        if letter_ids:
            new_text = {"letter_ids": letter_ids, "new_message": encode_answer(WELCOMED)}
            self._connection.execute(_BLANK_WELCOMES, new_text)

    def _blank_answers(self, erased: ErasedPerson) -> None:
        """Forget answers to others that name the person. A repeat of one says it has been done."""
        if not erased.names:
            return
        is_naming = or_(*(match_name(answers.c.answer, name) for name in erased.names))
        # Only where they could be read of: elsewhere somebody else may have the same name.
        is_near = [
            and_(accounts.c.platform == own.platform, accounts.c.tenant == own.tenant)
            for own in erased.accounts
        ]
        readers = select(accounts.c.id).where(or_(*is_near))
        # The row stays: without it, a repeated interaction would be carried out again.
        change = answers.update().where(answers.c.account_id.in_(readers), is_naming)
        self._connection.execute(change.values(answer=""))


def match_name(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Match encoded messages with a name in them, as typed or with its markup escaped."""
    begun = name[:MATCHED_LENGTH]
    spellings = {json.dumps(text, ensure_ascii=False)[1:-1] for text in (begun, escape_text(begun))}
    return or_(*(column.contains(spelling, autoescape=True) for spelling in sorted(spellings)))


def _convert_row(row: Row, table: PersonalTable) -> Row:
    converted = dict(row)
    for name, convert in table.convert.items():
        converted[name] = convert(converted[name])
    return converted


def _name_cohorts(
    named: dict[str, Any], cohort_names: Mapping[int, str], seat_names: Mapping[int, str]
) -> dict[str, Any]:
    """Return a row with the name of its cohort in place of numbers nobody else knows."""
    if "member_id" in named:
        named["cohort"] = seat_names.get(named.pop("member_id"))
    if "cohort_id" in named:
        cohort_id = named.pop("cohort_id")
        named["cohort"] = cohort_names.get(cohort_id) if cohort_id else "all"
    return named
