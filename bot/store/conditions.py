"""Conditions and selects several query modules share."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, select

from bot.chat.address import Place
from bot.store.tables import accounts, spaces


def match_space(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Match a place's space, by its platform and native id."""
    return spaces.c.platform == place.platform, spaces.c.native == place.space


def select_account_ids(person_id: int) -> Select[tuple[int]]:
    """Select the ids for all accounts a person has."""
    return select(accounts.c.id).where(accounts.c.person_id == person_id)
