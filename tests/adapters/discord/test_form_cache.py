"""Forms that wait in memory: for whom they were made, for a while, and not too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.discord.form_cache import FormCache
from bot.chat.message import Field, Form

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_kept_forms_are_bounded_for_all_and_for_each() -> None:
    forms, form = (
        FormCache(max_forms=4, max_forms_each=2),
        Form("Check-in", "checkin", (Field("note", "Note", "line"),)),
    )
    ada = [forms.add_cached_form(form, 1, MONDAY) for _ in range(3)]
    assert [forms.find_cached_form(says, 1, MONDAY) for says in ada] == [None, form, form]
    others = [forms.add_cached_form(form, user, MONDAY) for user in (2, 3, 4)]
    assert [forms.find_cached_form(says, 1, MONDAY) for says in ada] == [None, None, form]
    assert [
        forms.find_cached_form(says, user, MONDAY)
        for user, says in zip((2, 3, 4), others, strict=True)
    ] == [form] * 3
    assert forms.find_cached_form(others[0], 2, MONDAY + timedelta(minutes=15)) == form
    assert forms.find_cached_form(others[0], 2, MONDAY + timedelta(minutes=15, seconds=1)) is None
