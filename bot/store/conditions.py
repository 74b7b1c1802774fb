"""Conditions and selects several query modules share."""

from __future__ import annotations

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, bindparam, select

from bot.chat.address import Place
from bot.store.tables import accounts, spaces


def match_space(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Match a place's space, by its platform and native id."""
    return spaces.c.platform == place.platform, spaces.c.native == place.space


IS_SPACE = (
    spaces.c.platform == bindparam("space_platform"),
    spaces.c.native == bindparam("space_native"),
)
"""The same for statements that are built once, with `build_space_params`."""


def build_space_params(place: Place) -> dict[str, str]:
    """Return the parameters of `IS_SPACE` for a place."""
    return {"space_platform": place.platform, "space_native": place.space}


def select_account_ids(person_id: int | BindParameter[int]) -> Select[tuple[int]]:
    """Select the ids for all accounts a person has."""
    return select(accounts.c.id).where(accounts.c.person_id == person_id)


OWN_ACCOUNTS = select_account_ids(bindparam("person"))
"""The same for statements that are built once, with the parameter `person`."""


def match_seen_since(account: FromClause) -> ColumnElement[bool]:
    """Match accounts whose person used the bot, by any account, since the parameter `since`."""
    other = accounts.alias()
    return (
        select(other.c.id)
        .where(other.c.person_id == account.c.person_id, other.c.seen_at >= bindparam("since"))
        .exists()
    )
