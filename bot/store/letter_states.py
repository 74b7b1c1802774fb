"""Conditions on a letter's state, with the states as literals.

A bound parameter would keep the engines from using the indexes that hold only open letters.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, literal_column, or_

from bot.store.letter import IS_DOUBTFUL, MAYBE_READ, OPEN
from bot.store.tables import letters


def match_states(table: FromClause, states: tuple[str, ...]) -> ColumnElement[bool]:
    """Match rows in one of these states, in a table or an alias of it."""
    return table.c.state.in_([_build_literal(state) for state in states])


def _build_literal(state: str) -> ColumnElement[str]:
    return literal_column(f"'{state}'")


IS_OPEN = match_states(letters, OPEN)
# SQLite does not see that what is due is open, so it is told.
IS_DUE = and_(IS_OPEN, letters.c.state == literal_column("'due'"))
IS_CLAIMED = and_(IS_OPEN, letters.c.state == literal_column("'claimed'"))
IS_MAYBE_READ = match_states(letters, MAYBE_READ)
IS_MAYBE_READ_BY_NOW = or_(IS_MAYBE_READ, and_(IS_OPEN, IS_DOUBTFUL))
