"""Members: joining, leaving and privacy; and the lists moderators read.

A person may have several memberships in a cohort, by several accounts. They are read as one: the
earliest that has not ended speaks. Only that one is shown, counted and reminded; the others are
silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, false, or_, select

from bot.chat.address import Place
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import is_excused
from bot.group.shift import move_clock
from bot.post import PostRegistry, find_next_post_moment, post_registry
from bot.store import member_statements as sql
from bot.store.connection import TxConnection
from bot.store.contacts import ContactQueries, ContactRows, MemberContact, choose_contact
from bot.store.count_edits import note_audience
from bot.store.memberships import build_membership, load_memberships
from bot.store.people import PeopleQueries
from bot.store.recalls import RecallQueries
from bot.store.rows import build_member
from bot.store.seats import (
    SEATED,
    build_absence_params,
    copy_inherited_values,
    match_spelling,
    select_members,
    select_membership_ids,
    select_memberships,
)
from bot.store.tables import accounts, members, settings

__all__ = ["BATCH", "ContactRows", "MemberContact", "MemberQueries", "choose_contact"]

# Members whose settings are read at once: a database takes only so many values in one query.
BATCH = 500
NOWHERE = Place("", "")  # for a membership that nobody joins at a place
_NAMESAKE_LIMIT = 100  # rows that are compared with a name

_OTHERS = accounts.alias("others")


class MemberQueries(ContactQueries):
    """Queries about members."""

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        super().__init__(connection)
        self._post_kinds = post_kinds

    # — joining and leaving —

    async def enrol_person(
        self,
        cohort: Cohort,
        person: Person,
        now: datetime,
        place: Place = NOWHERE,
        moved_from: int | None = None,
    ) -> Member:
        """Make a person a member, or a member again, and return the member.

        `place`: where they join. `moved_from`: the id of the cohort they leave for this one.
        Locks the person. The caller counts their scores afterwards (`update_member_scores`).
        """
        # The lock comes before the look at earlier memberships: an account that is being linked
        # in another transaction might bring one.
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        picks = await PeopleQueries(self._connection).load_picks_by_cohort(person_id)
        own_picks = picks.get(cohort.id, ())
        inherited = self._find_inherited_values(cohort, person_id)
        if inherited:
            # Somebody with an earlier membership was welcomed then, and is not named again.
            values = {**inherited, "newcomer": False, "moved_from": moved_from}
            row = self._upsert_membership(cohort, person, values, now, place)
            member = build_member(row, person, own_picks)
            await self._seat_again(cohort, member, person_id, now)
        else:
            expected = Member(0, cohort.id, person, now, picks=own_picks, moved_from=moved_from)
            member = self._insert_first_membership(cohort, expected, person_id, place)
        note_audience(self._connection, cohort.id, cohort)
        if person.recall == "yes":
            # Questions ended when the last cohort with that roadmap was left.
            await RecallQueries(self._connection).start_questions(person, now)
        return member

    async def _seat_again(
        self, cohort: Cohort, member: Member, person_id: int, now: datetime
    ) -> None:
        """Have a returned member's posts and scores go on."""
        await self._schedule_next_post(cohort, member, now)
        await self._update_score_visibility(member.id, not member.hidden)
        await self.choose_speaking_membership(cohort, person_id, now)

    def _insert_first_membership(
        self, cohort: Cohort, expected: Member, person_id: int, place: Place
    ) -> Member:
        person, now = expected.person, expected.joined_at
        due_at = find_next_post_moment(cohort, now, expected, self._post_kinds)
        clock = {"looked_at": now, "next_due_at": due_at, "moved_from": expected.moved_from}
        # Read before the insert, which makes the connection forget them: they are still true.
        earlier = load_memberships(self._connection, person_id)
        row = self._upsert_membership(cohort, person, clock, now, place)
        seat = build_membership(row, row.id, cohort, person.name, row.space_id)
        self._connection.note("seats", person_id, (*earlier, seat))
        return build_member(row, person, expected.picks)

    def _upsert_membership(
        self, cohort: Cohort, person: Person, values: dict[str, Any], now: datetime, place: Place
    ) -> Row[Any]:
        row = {
            "joining_platform": place.platform,
            "joining_space": place.space,
            "cohort_id": cohort.id,
            "account_id": person.account_id,
            "joined_at": now,
            "catch_up": [],
            "hidden": False,
            "newcomer": True,
            "shown": True,
            "moved_from": None,
        }
        statement = sql.ENROL.for_engine(self._connection)
        return self._connection.execute(statement, {**row, **values}).one()

    def _find_inherited_values(self, cohort: Cohort, person_id: int) -> dict[str, Any]:
        """Return the values a person's latest membership passes on; empty without one."""
        memberships = load_memberships(self._connection, person_id)
        earlier = [found for found in memberships if found.cohort_id == cohort.id]
        return copy_inherited_values(earlier[-1]) if earlier else {}

    async def choose_speaking_membership(
        self, cohort: Cohort, person_id: int, now: datetime
    ) -> None:
        """Make a person's earliest live membership in a cohort speak for all the others.

        Call it after their accounts or memberships changed, with the person locked.
        The caller counts their scores afterwards.
        """
        columns = (members.c.id, members.c.left_at, members.c.hidden)
        query = select_memberships(cohort.id, person_id, *columns)
        rows = self._connection.execute(query).all()
        voice = next((row.id for row in rows if row.left_at is None), None)
        for row in rows:
            shown = row.id == voice and not row.hidden
            await self._update_voice(row.id, voice, shown=shown)
            await self._update_score_visibility(row.id, shown)
        if voice is not None:
            await self._schedule_seat(voice, cohort, now)

    async def _update_voice(self, member_id: int, voice: int | None, *, shown: bool) -> None:
        values: dict[str, Any] = {"voice_id": voice, "shown": shown}
        if member_id == voice:
            values["voice_id"] = None
        else:
            # A silent membership gets no posts, or the person would get each of them twice.
            values["next_due_at"] = None
        self._connection.execute(members.update().where(members.c.id == member_id).values(values))

    async def end_membership(self, member: Member, now: datetime) -> None:
        """End a membership, by every account; its ticks and check-ins stay for a return.

        Whoever waits for a seat is told at the next look.
        """
        # Before the membership: everybody who changes both locks in this order.
        await self.look_for_free_seats(member.cohort_id, now)
        is_theirs = members.c.id.in_(await self._list_membership_ids(member))
        # One that ended before keeps its date.
        self._connection.execute(
            members.update().where(is_theirs, members.c.left_at.is_(None)).values(left_at=now)
        )
        self._connection.execute(
            members.update().where(is_theirs).values(shown=False, next_due_at=None, voice_id=None)
        )
        await self._update_score_visibility(member.id, False)
        note_audience(self._connection, member.cohort_id)

    async def look_for_free_seats(self, cohort_id: int, now: datetime) -> None:
        """Have a cohort with a limit looked at again; locks it.

        Whoever gives a seat back and whoever begins to wait both call it, so that the look after
        the later of the two sees both.
        """
        self._connection.execute(sql.LOOK_FOR_FREE_SEAT, {"cohort": cohort_id, "now": now})

    # — privacy and the member's own clock —

    async def update_member_privacy(self, member: Member, *, hidden: bool, alias: str) -> None:
        """Change a member's privacy, for every account."""
        is_theirs = members.c.id.in_(await self._list_membership_ids(member))
        shown = false() if hidden else SEATED
        self._connection.execute(
            members.update().where(is_theirs).values(hidden=hidden, alias=alias, shown=shown)
        )
        await self._update_score_visibility(member.id, not hidden)
        note_audience(self._connection, member.cohort_id)

    async def _list_membership_ids(self, member: Member) -> list[int]:
        return list(self._connection.execute(select_membership_ids(member)).scalars())

    async def _update_score_visibility(self, member_id: int, shown: bool) -> None:
        # Weekly boards read `scores` alone, so the flag is kept there too, in this transaction.
        self._connection.execute(sql.SHOW_SCORES, {"member": member_id, "visible": shown})

    async def restore_membership(self, cohort: Cohort, person: Person, now: datetime) -> None:
        """Make a person's last membership go on as if it had never ended, by every account.

        Locks the person. The cohort must be locked: a seat is taken.
        """
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        earlier = [
            found
            for found in load_memberships(self._connection, person_id)
            if found.cohort_id == cohort.id and found.left_at is not None
        ]
        ended_at = max((found.left_at for found in earlier if found.left_at), default=None)
        ids = [found.id for found in earlier if found.left_at == ended_at]
        self._connection.execute(sql.RESTORE_MEMBERSHIPS, {"ids": ids})
        await self.choose_speaking_membership(cohort, person_id, now)

    async def shift_member_clock(
        self, member: Member, weeks: int, cohort: Cohort, now: datetime
    ) -> Member:
        """Set a member's own clock to `weeks` later than the cohort's, for every account.

        With another clock a catch-up plan ends.
        """
        moved = move_clock(member, weeks)
        await self._save_own_weeks(moved)
        await self._schedule_seat(member.id, cohort, now)
        return moved

    async def save_catch_up(self, member: Member, words: tuple[str, ...]) -> Member:
        """Store a member's catch-up plan, for every account; without words it ends."""
        planned = replace(member, catch_up=words)
        await self._save_own_weeks(planned)
        return planned

    async def reset_own_weeks(self, cohort: Cohort) -> None:
        """Give everybody the cohort's own weeks, without a plan: it starts again."""
        self._connection.execute(sql.RESET_OWN_WEEKS, {"cohort": cohort.id, "words": []})

    async def _save_own_weeks(self, member: Member) -> None:
        ids = await self._list_membership_ids(member)
        values = {"ids": ids, "weeks": member.shift, "words": list(member.catch_up)}
        self._connection.execute(sql.SAVE_OWN_WEEKS, values)

    async def refresh_reminders(self, person: Person, cohort: Cohort, now: datetime) -> None:
        """Compute a person's coming reminders in a cohort again, after they changed a setting."""
        member = await self.find_member(cohort, person)
        if member is not None:
            await self._schedule_seat(member.id, cohort, now)

    async def _schedule_seat(self, member_id: int, cohort: Cohort, now: datetime) -> None:
        # Read anew, by the account that joined: the schedule sees the member that way too, and
        # the account that is calling may have another zone.
        loaded = await self.load_members_by_id([member_id], cohort.id)
        await self._schedule_next_post(cohort, loaded[member_id], now)

    async def _schedule_next_post(self, cohort: Cohort, member: Member, now: datetime) -> None:
        due_at = find_next_post_moment(cohort, now, member, self._post_kinds)
        # A post that is due already is entered at the next look, which also finds the next
        # moment. Moving `looked_at` past it here would lose it.
        values = {"member": member.id, "now": now, "due_at": due_at}
        self._connection.execute(sql.SCHEDULE_MEMBER, values)

    # — looking up —

    async def find_member(self, cohort: Cohort, person: Person) -> Member | None:
        """Return a person's earliest live membership in a cohort, or None.

        It bears the name of the account that joined, though another account may be speaking.
        """
        own = [
            membership
            for membership in load_memberships(self._connection, person.id)
            if membership.cohort_id == cohort.id and membership.left_at is None
        ]
        if not own:
            return None
        known = await PeopleQueries(self._connection).load_people_settings([person.id], cohort.id)
        away = tuple(known.away.get(person.id, ()))
        seen = replace(person, name=own[0].account_name, away=away)
        return build_member(own[0], seen, known.get_cohort_picks(person.id))

    async def count_seats_taken(self, cohort: Cohort) -> int:
        """Count the seats that are taken, one for each person."""
        return int(self._connection.execute(sql.COUNT_SEATS, {"cohort": cohort.id}).scalar_one())

    async def list_seated_member_ids(self, cohort: Cohort) -> Sequence[int]:
        """Return the ids of a cohort's members, one for each person, the first to join first."""
        rows = self._connection.execute(sql.SELECT_SEATED_IDS, {"cohort": cohort.id})
        return list(rows.scalars())

    async def list_excused_member_ids(
        self, cohort: Cohort, week: CalendarWeek | None, now: datetime
    ) -> frozenset[int]:
        """Return the ids for visible members nobody waits for in a week.

        Only this function decides who is away when members are counted.
        See `bot.group.progress.is_excused` for the rule.
        """
        values = build_absence_params(cohort, week, now)
        rows = self._connection.execute(sql.SELECT_MAYBE_ABSENT, values).all()
        excused: set[int] = set()
        for start in range(0, len(rows), BATCH):
            batch = await self.read_member_rows(rows[start : start + BATCH], cohort.id)
            excused.update(member.id for member in batch if is_excused(member, week, cohort, now))
        return frozenset(excused)

    async def list_seated_members(
        self, cohort: Cohort, limit: int, skip: int = 0
    ) -> Sequence[Member]:
        """Return a page from a cohort's members, in the order they joined."""
        values = {"cohort": cohort.id, "limit": limit, "skip": skip}
        rows = self._connection.execute(sql.SELECT_SEATED, values).all()
        return await self.read_member_rows(rows, cohort.id)

    async def find_members_by_name(self, cohort: Cohort, name: str) -> Sequence[Member]:
        """Return the members somebody can mean by a name, in any letter case.

        Compared with the name others see, never with a name hidden behind an alias.
        """
        typed = name.strip().removeprefix("@")
        has_alias = (
            select(settings.c.account_id)
            .join(_OTHERS, _OTHERS.c.id == settings.c.account_id)
            .where(_OTHERS.c.person_id == accounts.c.person_id, settings.c.cohort_id == 0)
            .where(settings.c.name == "alias", match_spelling(settings.c.value, typed))
            .correlate(accounts)
            .exists()
        )
        is_meant = or_(
            match_spelling(members.c.alias, typed),
            match_spelling(accounts.c.name, typed),
            has_alias,
        )
        query = select_members().where(members.c.cohort_id == cohort.id, SEATED, is_meant)
        namesakes = await self.fetch_members(query.limit(_NAMESAKE_LIMIT), cohort.id)
        # The query also matches an account's name under an alias: only the visible name counts.
        folded = typed.casefold()
        return [member for member in namesakes if member.name_in_cohort.casefold() == folded]

    async def load_members_by_id(self, ids: Sequence[int], cohort_id: int) -> dict[int, Member]:
        """Return members by their ids, also those who have left."""
        if not ids:
            return {}
        rows = self._connection.execute(sql.SELECT_BY_ID, {"ids": ids}).all()
        return {member.id: member for member in await self.read_member_rows(rows, cohort_id)}

    async def load_members_in_cohorts(self, ids: Sequence[int]) -> dict[int, Member]:
        """Return members of any cohorts by their ids, also those who have left."""
        if not ids:
            return {}
        rows = self._connection.execute(sql.SELECT_BY_ID, {"ids": ids}).all()
        person_ids = [row.person_id for row in rows]
        cohort_ids = {row.cohort_id for row in rows}
        queries = PeopleQueries(self._connection)
        settings_by_cohort = await queries.load_settings_in_cohorts(person_ids, cohort_ids)
        loaded = {}
        for row in rows:
            known = settings_by_cohort[row.cohort_id]
            person = known.build_person_from_row(row)
            loaded[row.id] = build_member(row, person, known.get_cohort_picks(row.person_id))
        return loaded

    async def fetch_members(self, query: Select[Any], cohort_id: int) -> list[Member]:
        """Run a query made by `select_members`; return members with their settings."""
        return await self.read_member_rows(self._connection.execute(query).all(), cohort_id)

    async def read_member_rows(self, rows: Sequence[Row[Any]], cohort_id: int) -> list[Member]:
        """Return the members in rows made by `select_members`, with their settings.

        The same few queries however many rows there are.
        """
        person_ids = [row.person_id for row in rows]
        known = await PeopleQueries(self._connection).load_people_settings(person_ids, cohort_id)
        read_members = []
        for row in rows:
            person = known.build_person_from_row(row)
            read_members.append(build_member(row, person, known.get_cohort_picks(row.person_id)))
        return read_members
