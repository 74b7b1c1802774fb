"""The statements by which letters are claimed, each in its turn.

The letters to one home or one person are sent one by one: the first open one is on turn, and the
others wait for it. A claimed letter is open until its sender has stored how it ended.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from bot.store.columns import Instant
from bot.store.letter import OPEN
from bot.store.letter_states import IS_CLAIMED, IS_DUE, match_states
from bot.store.tables import accounts, letters, members

_HERE, _OTHER = letters.alias("here"), letters.alias("other")
_IS_OTHER_OPEN = match_states(_OTHER, OPEN)


# Both ask for the lowest id, which is one step into the index of open letters. To ask if there is
# an earlier letter would read all of them for each letter that waits.
def _select_first_at_place() -> ScalarSelect[int]:
    """Select the first open letter to the same home, member or account."""
    first = select(func.min(_OTHER.c.id)).where(
        _OTHER.c.home_id == _HERE.c.home_id,
        _OTHER.c.member_id == _HERE.c.member_id,
        _OTHER.c.account_id == _HERE.c.account_id,
        _IS_OTHER_OPEN,
    )
    return first.correlate(_HERE).scalar_subquery()


def _select_first_to_person() -> ScalarSelect[int]:
    """Select the first open private letter to the same person, in any cohort."""
    # The weekly cap is the person's, not the membership's. Two senders that count at the same
    # time would each see room for one more letter, so a person's letters go one by one.
    own, others = accounts.alias("own"), accounts.alias("others")
    seat, seats = members.alias("seat"), members.alias("seats")
    path = (
        seat.join(own, own.c.id == seat.c.account_id)
        .join(others, others.c.person_id == own.c.person_id)
        .join(seats, seats.c.account_id == others.c.id)
    )
    # A select of its own for each membership, so that no plan joins every open letter.
    first_of_seat = select(func.min(_OTHER.c.id)).where(
        _OTHER.c.home_id == 0,
        _OTHER.c.member_id == seats.c.id,
        _OTHER.c.account_id == 0,
        _IS_OTHER_OPEN,
    )
    first = select(func.min(first_of_seat.correlate(seats).scalar_subquery())).select_from(path)
    return first.where(seat.c.id == _HERE.c.member_id).correlate(_HERE).scalar_subquery()


def _is_first_to_person() -> ColumnElement[bool]:
    # A letter to a home, or to a member whose row is gone, has no person to wait for.
    first = func.coalesce(_select_first_to_person(), _HERE.c.id)
    return or_(_HERE.c.member_id == 0, first >= _HERE.c.id)


_ON_TURN = and_(
    match_states(_HERE, OPEN), _HERE.c.id == _select_first_at_place(), _is_first_to_person()
)
# Both read due letters in order and end at the limit.
_IN_ORDER = (_HERE.c.due_at, _HERE.c.id)
# A letter that waits for its turn does not count until its turn comes.
SELECT_NEXT_LETTER_DUE = select(_HERE.c.due_at).where(_ON_TURN).order_by(*_IN_ORDER).limit(1)

# A claimed letter is ready as well once its lease is over: its sender died or hangs.
# SKIP LOCKED lets several processes share the work: none waits for a letter another one takes.
# A CTE runs once. A subquery may run again for each letter claimed; on Postgres it would then skip
# the letters already claimed, and go beyond the limit.
LEFT_OUT = ("left_out_1", "left_out_2", "left_out_3", "left_out_4")
_READY = (
    select(_HERE.c.id)
    .where(
        _HERE.c.due_at <= bindparam("now"),
        # Values and no list: one statement, and one plan, however many are left out.
        _HERE.c.cohort_id.not_in([bindparam(name) for name in LEFT_OUT]),
        _ON_TURN,
    )
    .order_by(*_IN_ORDER)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("ready")
)
# One statement selects and claims, so no other process can come in between.
CLAIM_LETTERS = (
    letters.update()
    .where(letters.c.id.in_(select(_READY.c.id)))
    .values(
        state=literal_column("'claimed'"),
        tries=letters.c.tries + 1,
        due_at=bindparam("leased_until"),
        began_at=func.coalesce(letters.c.began_at, bindparam("now", type_=Instant())),
    )
    .returning(letters)
)
IS_LETTER_DUE = select(_HERE.c.id).where(_HERE.c.due_at <= bindparam("now"), _ON_TURN).exists()
RESET_CLAIMS = (
    letters.update()
    .where(IS_CLAIMED)
    .values(state=literal_column("'due'"), due_at=bindparam("now"))
)

# — the holder's word, and letters that wait —

# `tries` is the fencing token: after the lease another sender has raised it.
LOCK_CLAIMED_LETTERS = (
    select(letters.c.id, letters.c.tries)
    .where(
        letters.c.id.in_(bindparam("letter_ids", expanding=True)),
        letters.c.state == literal_column("'claimed'"),
    )
    .order_by(letters.c.id)
    .with_for_update()
)
_IS_OVER = bindparam("is_over", type_=Boolean)
_AT = bindparam("at", type_=Instant)
# The next claim of a try given back gives out the same number again. That is safe: every change
# fences on the number, and whoever held an earlier lease had a smaller one.
_TRIES_LEFT = letters.c.tries - bindparam("tries_returned", type_=Integer)
# What a change does not name stays as the row has it: an end keeps its `due_at`, a wait all that
# tells of an end.
UPDATE_CLAIMED_LETTERS = (
    letters.update()
    .where(
        letters.c.id == bindparam("letter_id"),
        letters.c.tries == bindparam("claimed_try"),
        letters.c.state == literal_column("'claimed'"),
    )
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        sent_ref=case(
            (_IS_OVER, bindparam("new_sent_ref", type_=letters.c.sent_ref.type)),
            else_=letters.c.sent_ref,
        ),
        ended_at=case((_IS_OVER, _AT), else_=letters.c.ended_at),
        due_at=case((_IS_OVER, letters.c.due_at), else_=_AT),
        tries=_TRIES_LEFT,
        settled=case(
            (bindparam("is_settled", type_=Boolean), _TRIES_LEFT), else_=letters.c.settled
        ),
    )
)
_IS_WAITING = and_(IS_DUE, letters.c.due_at > bindparam("now"))
MAKE_HOME_LETTERS_DUE = (
    letters.update()
    .where(letters.c.home_id.in_(bindparam("home_ids", expanding=True)), _IS_WAITING)
    .values(due_at=bindparam("now"))
)
SELECT_WAITING = select(letters.c.id, letters.c.kind, letters.c.due_at, letters.c.moment).where(
    _IS_WAITING
)
# The old `due_at` is part of the match: another process may have changed the row.
SHIFT_WAITING_LETTER = (
    letters.update()
    .where(letters.c.id == bindparam("letter_id"), letters.c.due_at == bindparam("old_due_at"))
    .values(due_at=bindparam("sooner"))
)
