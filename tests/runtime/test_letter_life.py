"""The life of a letter: after every end of a try, whatever was known before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.message import text_message
from bot.runtime.letter_life import MAX_TRIES, OUTCOMES, TryOutcome, TryResult, build_letter_change
from bot.store.letter import Letter, LetterChange

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=8)
ENDS = {"sent": "sent", "found": "sent", "needless": "skipped", "private_refused": "skipped"}
SECONDS = {
    "failed": 10,
    "lost": 10,
    "untried": 10,
    "away_at_search": 10,
    "away_at_sending": 10,
    "home_closed": 900,
    "home_refused": 900,
    "quiet_hours": 10,
}
RETURNED = {"away_at_search", "away_at_sending", "home_closed"}
GIVEN_UP = {"failed", "lost", "untried", "home_refused"}


def build_letter(
    *, tries: int = 1, in_doubt: bool = False, announced: datetime | None = None
) -> Letter:
    return Letter(
        id=1,
        cohort_id=1,
        edition=1,
        kind="topics",
        ref="week-1",
        home_id=1,
        member_id=0,
        moment=announced or NOW,
        tries=tries,
        state="claimed",
        reason="",
        message=text_message("Hear, hear") if announced else None,
        leased_until=NOW + timedelta(minutes=2),
        began_at=NOW,
        ended_at=None,
        is_outcome_unknown=in_doubt,
    )


def keeps_doubt(outcome: TryOutcome, in_doubt: bool) -> bool:
    """Tell if the letter may have got through after such a try."""
    if outcome == "lost":
        return True
    return in_doubt and outcome in {"untried", "away_at_search", "unreadable"}


def change(letter: Letter, outcome: TryOutcome, **more: object) -> LetterChange | None:
    return build_letter_change(letter, TryResult(outcome, "why", **more), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_ends_a_letter_or_has_it_wait(outcome: TryOutcome, in_doubt: bool) -> None:
    letter = build_letter(in_doubt=in_doubt)
    found = change(letter, outcome)
    if outcome == "unreadable":
        # Where nobody knows of a try, a platform without a history keeps no letter back.
        expected = LetterChange(letter, "unsure", "why", NOW) if in_doubt else None
    elif outcome in ENDS:
        expected = LetterChange(letter, ENDS[outcome], "why", NOW)  # type: ignore[arg-type]
    else:
        expected = LetterChange(
            letter,
            "due",
            "why",
            NOW + timedelta(seconds=SECONDS[outcome]),
            is_settled=not keeps_doubt(outcome, in_doubt),
            is_try_returned=outcome in RETURNED,
        )
    assert found == expected


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_tries_that_count_are_ever_given_up(outcome: TryOutcome, in_doubt: bool) -> None:
    found = change(build_letter(tries=MAX_TRIES, in_doubt=in_doubt), outcome)
    if outcome in GIVEN_UP:
        assert found is not None
        # What may have been read is never called failed.
        state = "unsure" if keeps_doubt(outcome, in_doubt) else "failed"
        assert (found.state, found.reason) == (state, "given up: why")
    else:
        assert found is None or not found.reason.startswith("given up")


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 10), (2, 60), (3, 300), (4, 1800), (5, 7200), (99, 7200)]
)
def test_the_wait_grows_with_the_tries(tries: int, seconds: int) -> None:
    found = change(build_letter(tries=tries), "failed")
    assert found is not None
    assert found.at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("outcome", sorted(SECONDS))
def test_the_platforms_wish_and_a_certain_instant_come_first(outcome: TryOutcome) -> None:
    wish = change(build_letter(), outcome, after=timedelta(minutes=17))
    certain = change(build_letter(), outcome, until=LATER)
    assert wish is not None
    assert certain is not None
    assert wish.at == NOW + timedelta(minutes=17)
    assert certain.at == LATER


def test_an_announcement_waits_a_week_for_its_home_and_a_post_by_its_own_rule() -> None:
    old = change(build_letter(announced=NOW - timedelta(days=7, seconds=1)), "home_closed")
    young = change(build_letter(announced=NOW - timedelta(days=7)), "home_closed")
    assert old is not None
    assert young is not None
    assert (old.state, old.reason) == ("skipped", "its place could not be posted to")
    assert young.state == "due"
