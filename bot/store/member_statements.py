"""The statements of `bot.store.members`, built once: building one costs as much as five runs."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select

from bot.store.columns import Instant
from bot.store.rows import DialectInsert
from bot.store.seats import MAY_BE_ABSENT, SEATED, select_members
from bot.store.tables import cohorts, members, scores, spaces

# Read within the insert, so that joining asks nothing more.
_SPACE_OF_JOINING = (
    select(spaces.c.id)
    .where(
        spaces.c.platform == bindparam("joining_platform"),
        spaces.c.native == bindparam("joining_space"),
    )
    .scalar_subquery()
)
ENROL = DialectInsert(
    members,
    lambda insert: (
        insert.values(space_id=_SPACE_OF_JOINING)
        .on_conflict_do_update(
            index_elements=[members.c.cohort_id, members.c.account_id],
            # Somebody who comes back keeps their privacy, and is not named as new again.
            set_={
                "left_at": None,
                "shown": ~members.c.hidden,
                "joined_at": insert.excluded.joined_at,
                "space_id": insert.excluded.space_id,
                "moved_from": insert.excluded.moved_from,
            },
        )
        .returning(members)
    ),
)
SHOW_SCORES = (
    scores.update()
    .where(scores.c.member_id == bindparam("member"))
    .values(shown=bindparam("visible"))
)
SCHEDULE_MEMBER = (
    members.update()
    .where(
        members.c.id == bindparam("member"),
        or_(members.c.next_due_at.is_(None), members.c.next_due_at > bindparam("now")),
    )
    .values(
        looked_at=bindparam("now", type_=Instant),
        next_due_at=bindparam("due_at", type_=Instant),
    )
)
SAVE_OWN_WEEKS = (
    members.update()
    .where(members.c.id.in_(bindparam("ids", expanding=True)))
    .values(shift=bindparam("weeks"), catch_up=bindparam("words", type_=members.c.catch_up.type))
)
RESET_OWN_WEEKS = (
    members.update()
    .where(members.c.cohort_id == bindparam("cohort"))
    .values(shift=0, catch_up=bindparam("words", type_=members.c.catch_up.type))
)
RESTORE_MEMBERSHIPS = (
    members.update().where(members.c.id.in_(bindparam("ids", expanding=True))).values(left_at=None)
)
# A cohort without a limit has told everybody already.
LOOK_FOR_FREE_SEAT = (
    cohorts.update()
    .where(
        cohorts.c.id == bindparam("cohort"),
        cohorts.c.seats.is_not(None),
        cohorts.c.state.in_(("open", "running", "paused")),
        or_(cohorts.c.next_due_at.is_(None), cohorts.c.next_due_at > bindparam("now")),
    )
    .values(next_due_at=bindparam("now", type_=Instant))
)
COUNT_SEATS = select(func.count()).where(members.c.cohort_id == bindparam("cohort"), SEATED)
SELECT_SEATED_IDS = (
    select(members.c.id)
    .where(members.c.cohort_id == bindparam("cohort"), SEATED)
    .order_by(members.c.id)
)
SELECT_SEATED = (
    select_members()
    .where(members.c.cohort_id == bindparam("cohort"), SEATED)
    .order_by(members.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("skip"))
)
SELECT_MAYBE_ABSENT = select_members().where(
    members.c.cohort_id == bindparam("cohort_id"),
    members.c.shown,
    # Whoever has a later clock is waited for later.
    or_(MAY_BE_ABSENT, members.c.shift > 0),
)
SELECT_BY_ID = select_members().where(members.c.id.in_(bindparam("ids", expanding=True)))
