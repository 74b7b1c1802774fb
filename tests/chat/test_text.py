"""What people type and what platforms say of them becomes something that cannot break a layout or trick a reader."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.address import Account, Caller
from bot.chat.errors import Refused
from bot.chat.text import clean_text, has_visible_text
from bot.group.member import Away, Person
from bot.group.zones import list_zones, load_zone, parse_zone
from bot.runtime.incoming import clean_caller

ADA = Account("test", "", "ada")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words ", "two words"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("null\x00 bell\x07 tab\tline\nend", "null bell tab line end"),
        ("e\u0301", "é"),
        ("שלום עולם", "שלום עולם"),
        ("می‌خواهم", "می‌خواهم"),
        ("👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("@everyone <@123> **x**", "@everyone <@123> **x**"),
    ],
)
def test_text_keeps_its_letters_and_loses_its_tricks(typed: str, kept: str) -> None:
    assert clean_text(typed, 100, "It") == kept


def test_lines_stay_lines_where_there_may_be_several() -> None:
    assert (
        clean_text("one\r\ntwo\n\nthree\u2028four\x0bfive\n", 100, "It", is_multiline=True)
        == "one\ntwo\n\nthree four five"
    )


def test_too_much_text_is_refused_with_both_numbers() -> None:
    with pytest.raises(Refused) as refused:
        clean_text("x" * 10_000, 2000, "A note")
    assert (
        refused.value.sentence
        == "A note can have 2,000 characters and this has 10,000: please shorten it."
    )


@given(st.text())
def test_what_was_cleaned_stays_as_it_is(text: str) -> None:
    for lines in (True, False):
        once = clean_text(text, 10_000, "It", is_multiline=lines)
        assert clean_text(once, 10_000, "It", is_multiline=lines) == once
        once.encode()


@pytest.mark.parametrize(
    ("text", "seen"),
    [("a", True), ("1", True), ("😀", True), ("-", True), (" ", False), ("\u200d\u0301", False)],
)
def test_a_name_of_nothing_is_told_from_a_name(text: str, seen: bool) -> None:
    assert has_visible_text(text) is seen


def test_a_caller_gets_a_name_that_can_be_shown_and_a_zone_there_is() -> None:
    assert clean_caller(Caller(ADA, "Ada", True, "Asia/Kolkata")) == Caller(
        ADA, "Ada", True, "Asia/Kolkata"
    )
    assert clean_caller(Caller(ADA, "\u202eadA\n\n", zone="Mars/Olympus")) == Caller(ADA, "adA")
    assert clean_caller(Caller(ADA, "\u200b \u200d")).name == "Somebody"
    assert clean_caller(Caller(ADA, "x" * 5000)).name == "x" * 80


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("kolkata", "Asia/Kolkata"),
        ("New York", "America/New_York"),
        ("america/argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_known_by_its_name_or_its_city(typed: str, name: str) -> None:
    assert parse_zone(typed) == name


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Berlln", "I do not know the time zone “Berlln”: did you mean Europe/Berlin?"),
        ("", "I do not know the time zone “”: give it like Europe/Berlin or Asia/Kolkata."),
        (
            "../../etc/passwd",
            "I do not know the time zone “../../etc/passwd”: give it like Europe/Berlin or Asia/Kolkata.",
        ),
        (
            "**x**",
            r"I do not know the time zone “\*\*x\*\*”: give it like Europe/Berlin or Asia/Kolkata.",
        ),
    ],
)
def test_an_unknown_zone_is_refused_with_what_is_near(typed: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_zone(typed)
    assert refused.value.sentence == sentence


def test_every_zone_that_may_be_named_can_be_used() -> None:
    assert len(list_zones()) > 400
    assert all(load_zone(name) is not None for name in list_zones())


def test_quiet_hours_may_go_over_midnight_or_be_none() -> None:
    night = Person(1, "Ada")
    assert [night.can_be_messaged_at(time(hour)) for hour in (7, 8, 21, 22)] == [
        False,
        True,
        True,
        False,
    ]
    noon = Person(1, "Ada", quiet_from=time(12), quiet_until=time(14))
    assert [noon.can_be_messaged_at(time(hour)) for hour in (11, 12, 13, 14)] == [
        True,
        False,
        False,
        True,
    ]
    assert Person(1, "Ada", quiet_from=time(0), quiet_until=time(0)).can_be_messaged_at(time(0))


def test_an_absence_covers_both_its_days_and_may_have_no_end() -> None:
    away = Away(date(2026, 3, 2), date(2026, 3, 4))
    assert [away.is_active_on(date(2026, 3, day)) for day in (1, 2, 4, 5)] == [
        False,
        True,
        True,
        False,
    ]
    assert Away(date(2026, 3, 2)).is_active_on(date(2036, 1, 1))
