"""What fails again and again: once in full in the log, then counted."""

from __future__ import annotations

import logging

import pytest

from tests.support.room import Room

log = logging.getLogger("tests.repeats")


def fail(kind: type[Exception]) -> Exception:
    try:
        raise kind("there is no paper")
    except kind as error:
        return error


def test_a_failure_is_told_in_full_counted_and_summed_up_each_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from bot.host.failures import FailureLog

    now = [0.0]
    repeats = FailureLog(log, lambda: now[0])
    for _ in range(1201):
        now[0] += 0.04
        repeats.log_failure("print", "the page was not printed", error=fail(OSError))
    repeats.log_failure("print", "the page was not printed", error=fail(ValueError))
    now[0] = 61
    repeats.log_summaries()
    repeats.log_failure("print", "the page was not printed", error=fail(OSError))
    now[0] = 125
    repeats.log_summaries()
    now[0] = 190
    repeats.log_summaries()
    repeats.log_failure("print", "the page was not printed", error=fail(OSError))
    assert [(one.getMessage(), bool(one.exc_info)) for one in caplog.records] == [
        ("the page was not printed", True),
        ("the page was not printed", True),
        ("the page was not printed: the same 1,200 times in the last minute", False),
        ("the page was not printed: the same once more in the last minute", False),
        ("the page was not printed", True),
    ]


def test_ever_new_failures_do_not_fill_the_memory() -> None:
    from bot.host.failures import FailureLog

    repeats = FailureLog(log)
    for number in range(1000):
        repeats.log_failure(f"number {number}", "no")
    assert len(repeats._failures) == 200


async def test_a_bug_that_many_people_meet_has_one_ticket(
    quick_room: Room, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick_room.spring("ada")

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.store.progress.ProgressQueries.list_board_standings", broken)
    monkeypatch.setattr("bot.store.cohorts.CohortQueries.list_cohorts_of_person", broken)
    answers = {(await quick_room.answer("ada", "progress")).to_plain_text() for _ in range(20)}
    (answer,) = answers
    (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    ticket = record.getMessage().split()[1].removesuffix(":")
    assert f"the number {ticket}" in answer.replace("`", "")
