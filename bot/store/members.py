"""Members: joining, leaving, privacy; and the lists moderators read.

Several memberships of one person in a cohort, by several accounts, are read as one: the earliest that has not ended speaks,
which is the only one that is shown, counted and reminded, and the others are silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Place
from bot.group.calendar import DAY, CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import is_excused
from bot.post import PostRegistry, find_next_post_moment, post_registry
from bot.store.cohorts import Home
from bot.store.people import PeopleQueries
from bot.store.rows import build_insert, build_member
from bot.store.tables import absences, accounts, members, scores, settings

BATCH = 500  # members whose settings are read at once: a database takes so many values in a query and no more

SEATED = and_(members.c.left_at.is_(None), members.c.voice_id.is_(None))
"""Has not left, and speaks: one membership of each person in a cohort."""


@dataclass(frozen=True, slots=True)
class MemberContact:
    """How a member is reached: `places` are private ones, one for each space that they may share with the bot, all of
    the account `account_id`; unless `only`, another account of theirs could be reached as well.

    `looked_for_at` is when a platform was last asked whether they are still there, `missing_since` since when they are not.
    """

    member_id: int
    account_id: int
    cohort_id: int
    places: tuple[Place, ...]
    looked_for_at: datetime | None
    missing_since: datetime | None
    is_only_account: bool = True


class MemberQueries:
    """Queries about members."""

    def __init__(
        self, connection: AsyncConnection, post_kinds: PostRegistry = post_registry
    ) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def find_member(self, cohort: Cohort, person: Person) -> Member | None:
        """A person's membership of a cohort, the earliest of their accounts' and under that one's name, though another may
        be speaking; None for those who left or never joined."""
        asked = (
            select(members, accounts.c.name)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(
                members.c.cohort_id == cohort.id,
                accounts.c.person_id == person.id,
                members.c.left_at.is_(None),
            )
            .order_by(members.c.joined_at, members.c.id)
            .limit(1)
        )
        row = (await self._connection.execute(asked)).first()
        if row is None:
            return None
        said = await PeopleQueries(self._connection).load_people_settings([person.id], cohort.id)
        away = tuple(said.away.get(person.id, ()))
        return build_member(
            row, replace(person, name=row.name, away=away), said.get_cohort_picks(person.id)
        )

    async def count_seats_taken(self, cohort: Cohort) -> int:
        """How many seats are taken: one by each person."""
        asked = select(func.count()).where(members.c.cohort_id == cohort.id, SEATED)
        return int((await self._connection.execute(asked)).scalar_one())

    async def enrol_person(self, cohort: Cohort, person: Person, now: datetime) -> Member:
        """Make a person a member, or a member again; their scores follow by `Progress.recount`."""
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        before = await self._load_inherited_values(cohort, person_id)
        row = {
            "cohort_id": cohort.id,
            "account_id": person.account_id,
            "joined_at": now,
            "catch_up": [],
            "hidden": False,
            "newcomer": not before,
        }
        made = build_insert(self._connection, members).values({**row, "shown": True, **before})
        again = {"left_at": None, "shown": ~members.c.hidden, "joined_at": now}
        key = [members.c.cohort_id, members.c.account_id]
        enrolled = await self._connection.execute(
            made.on_conflict_do_update(index_elements=key, set_=again).returning(members)
        )
        picks = (await PeopleQueries(self._connection).load_picks_by_cohort(person_id)).get(
            cohort.id, ()
        )
        member = build_member(enrolled.one(), person, picks)
        await self._schedule_next_post(cohort, member, now)
        await self._update_score_visibility(member.id, not member.hidden)
        if before:
            await self.choose_speaking_membership(cohort, person_id, now)
        return member

    async def _load_inherited_values(self, cohort: Cohort, person_id: int) -> dict[str, Any]:
        """What a person's latest membership of a cohort, by any account, hands on to a new one; nothing without one."""
        asked = (
            select(members)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(members.c.cohort_id == cohort.id, accounts.c.person_id == person_id)
            .order_by(members.c.joined_at.desc(), members.c.id.desc())
            .limit(1)
        )
        row = (await self._connection.execute(asked)).first()
        return copy_inherited_values(row) if row else {}

    async def choose_speaking_membership(
        self, cohort: Cohort, person_id: int, now: datetime
    ) -> None:
        """Have one membership of a person speak for all they have in a cohort, by the accounts they have now; to be called
        when these have changed. Their scores follow by `Progress.recount`."""
        asked = select(members.c.id, members.c.left_at, members.c.hidden).order_by(
            members.c.joined_at, members.c.id
        )
        asked = asked.join(accounts, accounts.c.id == members.c.account_id)
        theirs = asked.where(members.c.cohort_id == cohort.id, accounts.c.person_id == person_id)
        rows = (await self._connection.execute(theirs)).all()
        voice = next((row.id for row in rows if row.left_at is None), None)
        for row in rows:
            shown = row.id == voice and not row.hidden
            values: dict[str, Any] = {"voice_id": voice, "shown": shown, "next_due_at": None}
            if row.id == voice:
                values = {"voice_id": None, "shown": shown}
            await self._connection.execute(
                members.update().where(members.c.id == row.id).values(values)
            )
            await self._update_score_visibility(row.id, shown)
        if voice is not None:
            await self._schedule_next_post(
                cohort, (await self.load_members_by_id([voice], cohort.id))[voice], now
            )

    async def _schedule_next_post(self, cohort: Cohort, member: Member, now: datetime) -> None:
        due = find_next_post_moment(cohort, now, member, self._post_kinds)
        # What is due already is entered at the next look, and its next moment computed there.
        settled = or_(members.c.next_due_at.is_(None), members.c.next_due_at > now)
        changed = members.update().where(members.c.id == member.id, settled)
        await self._connection.execute(changed.values(looked_at=now, next_due_at=due))

    async def end_membership(self, member: Member, now: datetime) -> None:
        """End a membership, by every account; its ticks and check-ins stay for whoever comes back."""
        here = members.c.id.in_(await self._list_membership_ids(member))
        changed = members.update().where(here, members.c.left_at.is_(None)).values(left_at=now)
        await self._connection.execute(changed)
        await self._connection.execute(
            members.update().where(here).values(shown=False, next_due_at=None, voice_id=None)
        )
        await self._update_score_visibility(member.id, False)

    async def update_member_privacy(self, member: Member, *, hidden: bool, alias: str) -> None:
        """Change a member's privacy, for every account."""
        here = members.c.id.in_(await self._list_membership_ids(member))
        shown = SEATED if not hidden else false()
        await self._connection.execute(
            members.update().where(here).values(hidden=hidden, alias=alias, shown=shown)
        )
        await self._update_score_visibility(member.id, not hidden)

    async def _list_membership_ids(self, member: Member) -> list[int]:
        return [row.id for row in await self._connection.execute(select_membership_ids(member))]

    async def _update_score_visibility(self, member_id: int, shown: bool) -> None:
        await self._connection.execute(
            scores.update().where(scores.c.member_id == member_id).values(shown=shown)
        )

    async def shift_member_clock(
        self, member: Member, weeks: int, cohort: Cohort, now: datetime
    ) -> Member:
        """Move a member's own clock to `weeks` later than the cohort's, for every account."""
        here = members.c.id.in_(await self._list_membership_ids(member))
        await self._connection.execute(members.update().where(here).values(shift=weeks))
        moved = (await self.load_members_by_id([member.id], cohort.id))[member.id]
        await self._schedule_next_post(cohort, moved, now)
        return replace(member, shift=weeks)

    async def refresh_reminders(self, person: Person, cohort: Cohort, now: datetime) -> None:
        """Compute a person's coming reminders in a cohort again, after a setting of theirs changed."""
        if (member := await self.find_member(cohort, person)) is not None:
            # As whoever enters them will see the member: by the account that joined, not by the one that speaks now.
            await self._schedule_next_post(
                cohort, (await self.load_members_by_id([member.id], cohort.id))[member.id], now
            )

    async def list_excused_member_ids(
        self, cohort: Cohort, week: CalendarWeek | None, now: datetime
    ) -> frozenset[int]:
        """The ids of the visible members for whom nobody waits in a week: see `bot.group.progress.is_excused`.

        This is the one place that decides who is away when members are counted.
        """
        asked = select_members().where(
            members.c.cohort_id == cohort.id,
            members.c.shown,
            build_absence_condition(cohort, week, now),
        )
        rows = (await self._connection.execute(asked)).all()
        found: set[int] = set()
        for start in range(0, len(rows), BATCH):
            read = await self.read_member_rows(rows[start : start + BATCH], cohort.id)
            found.update(member.id for member in read if is_excused(member, week, cohort, now))
        return frozenset(found)

    async def list_seated_members(
        self, cohort: Cohort, limit: int, skip: int = 0
    ) -> Sequence[Member]:
        """The members of a cohort in the order in which they joined."""
        return await self.fetch_members(
            select_members()
            .where(members.c.cohort_id == cohort.id, SEATED)
            .order_by(members.c.id)
            .limit(limit)
            .offset(skip),
            cohort.id,
        )

    async def find_members_by_name(self, cohort: Cohort, name: str) -> Sequence[Member]:
        """The members somebody means by a name: by what others see of them, letter case forgiven."""
        said = name.strip().removeprefix("@")
        others = accounts.alias("others")
        whose = select(settings.c.account_id).join(others, others.c.id == settings.c.account_id)
        whose = whose.where(others.c.person_id == accounts.c.person_id, settings.c.cohort_id == 0)
        alias = (
            whose.where(settings.c.name == "alias", _match_spelling(settings.c.value, said))
            .correlate(accounts)
            .exists()
        )
        meant = or_(
            _match_spelling(members.c.alias, said), _match_spelling(accounts.c.name, said), alias
        )
        asked = select_members().where(members.c.cohort_id == cohort.id, SEATED, meant)
        found = await self.fetch_members(asked.limit(100), cohort.id)
        return [member for member in found if member.name_in_cohort.casefold() == said.casefold()]

    async def load_members_by_id(self, ids: Sequence[int], cohort_id: int) -> dict[int, Member]:
        """Members by their ids, whether they have left or not."""
        if not ids:
            return {}
        found = await self.fetch_members(select_members().where(members.c.id.in_(ids)), cohort_id)
        return {member.id: member for member in found}

    async def fetch_members(self, query: Select[Any], cohort_id: int) -> list[Member]:
        """Members of a query made by `with_account`, with what they have set."""
        return await self.read_member_rows((await self._connection.execute(query)).all(), cohort_id)

    async def read_member_rows(self, rows: Sequence[Row[Any]], cohort_id: int) -> list[Member]:
        """The members of rows made by `with_account`, with what they have set; the same few queries however many they are."""
        said = await PeopleQueries(self._connection).load_people_settings(
            [row.person_id for row in rows], cohort_id
        )
        return [
            build_member(row, said.build_person_from_row(row), said.get_cohort_picks(row.person_id))
            for row in rows
        ]

    async def find_member_contact(
        self, member_id: int, homes: Sequence[Home]
    ) -> MemberContact | None:
        """How to reach a member, in the spaces they share with these homes: through the account they joined with or, where
        that is out of reach or has left, through another of theirs."""
        whose = select(accounts.c.person_id).join(members, members.c.account_id == accounts.c.id)
        own = accounts.c.id == members.c.account_id
        asked = (
            select(
                members,
                accounts.c.id.label("reached"),
                accounts.c.platform,
                accounts.c.tenant,
                accounts.c.native,
            )
            .join(
                accounts,
                accounts.c.person_id == whose.where(members.c.id == member_id).scalar_subquery(),
            )
            .where(members.c.id == member_id)
            .order_by(own.desc(), accounts.c.id)
        )
        rows = (await self._connection.execute(asked)).all()
        reached = [(row, places) for row in rows if (places := _list_shared_places(row, homes))]
        only = len(reached) < 2
        for row, places in reached:
            if row.reached != row.account_id:
                return MemberContact(row.id, row.reached, row.cohort_id, places, None, None, only)
            if only or row.missing_since is None:
                return MemberContact(
                    row.id,
                    row.account_id,
                    row.cohort_id,
                    places,
                    row.looked_for_at,
                    row.missing_since,
                    only,
                )
        if not rows:
            return None
        joined = rows[0]
        return MemberContact(
            joined.id,
            joined.account_id,
            joined.cohort_id,
            (),
            joined.looked_for_at,
            joined.missing_since,
        )

    async def record_member_present(
        self, contact: MemberContact, today: date, now: datetime
    ) -> None:
        """Note that a member is in the space, `today` being the date where they are. One who had left is back."""
        await self._update_presence_check(contact, now, None)
        await self.end_missing_absence(contact, today)

    async def end_missing_absence(self, contact: MemberContact, today: date) -> None:
        """The absence that was noted when a member left the space ends before `today`, the date where they are."""
        if contact.missing_since is not None:
            noted = and_(
                absences.c.account_id == contact.account_id,
                absences.c.cohort_id == contact.cohort_id,
            )
            theirs = and_(noted, absences.c.at == contact.missing_since, absences.c.last.is_(None))
            await self._connection.execute(
                absences.delete().where(theirs, absences.c.first >= today)
            )
            await self._connection.execute(absences.update().where(theirs).values(last=today - DAY))

    async def record_member_missing(
        self, contact: MemberContact, today: date, now: datetime
    ) -> None:
        """Note that a member has left the space; unless that was known, or they can be reached in another, they are away
        from the cohort from `today` on."""
        await self._update_presence_check(contact, now, contact.missing_since or now)
        if contact.missing_since is None and contact.is_only_account:
            away = {
                "account_id": contact.account_id,
                "cohort_id": contact.cohort_id,
                "first": today,
                "at": now,
            }
            await self._connection.execute(absences.insert().values(away))

    async def _update_presence_check(
        self, seat: MemberContact, now: datetime, missing_since: datetime | None
    ) -> None:
        """What is kept of a membership is about the account that joined; of another that stood in for it nothing is."""
        own = and_(members.c.id == seat.member_id, members.c.account_id == seat.account_id)
        changed = members.update().where(own)
        await self._connection.execute(
            changed.values(looked_for_at=now, missing_since=missing_since)
        )


def select_members() -> Select[Any]:
    return select(
        members, accounts.c.person_id, accounts.c.name, accounts.c.zone.label("account_zone")
    ).join(accounts, accounts.c.id == members.c.account_id)


def build_absence_condition(
    cohort: Cohort, week: CalendarWeek | None, now: datetime
) -> ColumnElement[bool]:
    """Whether the person of `accounts` has noted an absence that may cover today, or a day of the week."""
    since = (
        min([cohort.get_cohort_date(now), *([week.first] if week else [])]) - DAY
    )  # where they are, it may still be yesterday
    own = accounts.alias("own")
    noted = select(own.c.person_id).join(absences, absences.c.account_id == own.c.id)
    lasting = or_(absences.c.last.is_(None), absences.c.last >= since)
    return accounts.c.person_id.in_(noted.where(absences.c.cohort_id.in_([0, cohort.id]), lasting))


def select_membership_ids(member: Member) -> Select[tuple[int]]:
    """Every membership the person of a member has in this cohort, by any of their accounts."""
    seat, own = members.alias("seat"), accounts.alias("own")
    whose = (
        select(own.c.person_id)
        .join(seat, seat.c.account_id == own.c.id)
        .where(seat.c.id == member.id)
    )
    return (
        select(members.c.id)
        .join(accounts, accounts.c.id == members.c.account_id)
        .where(
            members.c.cohort_id == member.cohort_id, accounts.c.person_id == whose.scalar_subquery()
        )
    )


def copy_inherited_values(row: Row[Any]) -> dict[str, Any]:
    """What a membership by another account of the same person begins with: their privacy and their own clock."""
    return {name: getattr(row, name) for name in ("hidden", "alias", "shift", "catch_up")} | {
        "shown": not row.hidden
    }


def _list_shared_places(row: Row[Any], homes: Sequence[Home]) -> tuple[Place, ...]:
    """The private places of an account, in the spaces it shares with these homes."""
    theirs = (row.platform, row.tenant)
    shared = [
        home.place
        for home in homes
        if home.is_in_reach and (home.place.platform, home.place.tenant) == theirs
    ]
    spaces = dict.fromkeys(place.space for place in shared)
    return tuple(
        Place(row.platform, space, native=row.native, tenant=row.tenant) for space in spaces
    )


def _match_spelling(text: ColumnElement[str], said: str) -> ColumnElement[bool]:
    """A name as somebody said it, letter case forgiven."""
    # SQLite folds the case of ASCII alone: of other letters the usual spellings are looked for as well.
    spelt = {said, said.lower(), said.upper(), said.title(), said.capitalize()}
    return or_(func.lower(text) == said.lower(), text.in_(spelt))
