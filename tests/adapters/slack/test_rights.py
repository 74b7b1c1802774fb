"""Rights in a simulated workspace: what is missing is named with what to type, and nothing else is
claimed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from adapters.slack import rights
from adapters.slack.rights import ADD, MOVE, SlackRights
from bot.chat.address import Extra, SetupProblem
from tests.adapters.slack.conftest import Moment
from tests.support.slack.api import ADA, STUDY, open_wire_api
from tests.support.slack.wire import Fault, Wire, lost_connection, rate_limit, refusal, status
from tests.support.slack.workspaces import BOT, SCOPES, Channel

EVERYTHING: tuple[Extra, ...] = ("thread", "event")


@pytest.fixture
async def checked(wire: Wire) -> AsyncIterator[SlackRights]:
    async with open_wire_api(wire, scoped=True) as api:
        yield SlackRights(api)


@pytest.fixture
def study(wire: Wire) -> Channel:
    return wire.hall.channels["C0STUDY"]


def told(lacks: Sequence[SetupProblem]) -> list[tuple[str, bool]]:
    return [(lack.sentence, lack.is_blocking) for lack in lacks]


async def test_in_a_channel_with_the_bot_nothing_is_missing_not_even_threads_and_events(
    wire: Wire, checked: SlackRights
) -> None:
    assert await checked.list_place_problems(STUDY, EVERYTHING) == ()
    assert await checked.list_place_problems(ADA, EVERYTHING) == ()
    assert len(wire.asked) == 1, "nothing is asked about a private place"


async def test_a_channel_that_takes_no_post_is_named_with_what_to_type(
    wire: Wire, checked: SlackRights, study: Channel, moment: Moment
) -> None:
    async def sentence() -> str:
        moment.passes(minutes=2)
        ((found, blocks),) = told(await checked.list_place_problems(STUDY))
        assert blocks
        return found

    study.read_only = True
    allow = "open its details → Settings → Posting permissions and allow me"
    assert await sentence() == f"Not everybody may post in #study-group: {allow}, or {MOVE}."
    study.members.remove(BOT)
    assert await sentence() == "I am not in #study-group: type `/invite @syllabot` there."
    study.private = True
    unknown = "The channel is gone, or private and without me: type `/invite @syllabot` there"
    assert await sentence() == f"{unknown}, or {MOVE}."
    study.private, study.archived, study.name = False, True, "a*b"
    assert await sentence() == rf"The channel #a\*b is archived: unarchive it, or {MOVE}."
    del wire.hall.channels[study.id]
    assert await sentence() == f"{unknown}, or {MOVE}."


async def test_what_slack_tells_by_itself_is_said_in_the_same_words() -> None:
    assert (
        rights.describe_slack_channel_deleted("a*b") == rf"The channel #a\*b was deleted: {MOVE}."
    )
    assert rights.describe_slack_channel_deleted() == f"The channel was deleted: {MOVE}."
    assert (
        rights.describe_bot_outside_channel("`x`")
        == "I am not in the channel: type `/invite @'x'` there."
    )


@pytest.mark.parametrize(
    ("lost", "private", "sentence", "blocks"),
    [
        (
            "chat:write",
            False,
            f"I lack the scope `chat:write`, so I cannot post: {ADD}.",
            True,
        ),
        (
            "channels:history",
            False,
            f"I lack the scope `channels:history`, {rights.UNSURE}: {ADD}.",
            False,
        ),
        (
            "groups:history",
            True,
            f"I lack the scope `groups:history`, {rights.UNSURE}: {ADD}.",
            False,
        ),
        (
            "channels:read",
            False,
            f"I lack the scope `channels:read`, so I cannot see whether this channel is open to "
            f"me: {ADD}.",
            False,
        ),
    ],
)
async def test_a_scope_that_is_missing_is_named_with_what_is_lost(
    wire: Wire,
    checked: SlackRights,
    study: Channel,
    lost: str,
    private: bool,
    sentence: str,
    blocks: bool,
) -> None:
    wire.installs("T0HALL", SCOPES - {lost})
    study.private = private
    assert told(await checked.list_place_problems(STUDY)) == [(sentence, blocks)]


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_a_workspace_that_knows_the_bot_no_more_takes_no_post(
    wire: Wire, checked: SlackRights, error: str
) -> None:
    wire.fails("conversations.info", refusal(error))
    assert told(await checked.list_place_problems(STUDY)) == [(rights.REMOVED, True)]
    nowhere = replace(STUDY, space="T0GONE", tenant="T0GONE")
    assert told(await checked.list_place_problems(nowhere)) == [(rights.REMOVED, True)]


@pytest.mark.parametrize(
    "how",
    [
        status(500),
        status(403),
        rate_limit(),
        lost_connection(kept=False),
        refusal("internal_error"),
        Fault(body="no"),
    ],
)
async def test_where_slack_does_not_say_nothing_is_claimed_and_it_is_asked_again(
    wire: Wire, checked: SlackRights, study: Channel, moment: Moment, how: Fault
) -> None:
    study.archived = True
    wire.fails("conversations.info", how)
    assert await checked.list_place_problems(STUDY) == ()
    moment.passes(seconds=30)
    assert len(await checked.list_place_problems(STUDY)) == 1


async def test_what_was_said_holds_for_a_minute_or_until_it_is_forgotten(
    wire: Wire, checked: SlackRights, study: Channel, moment: Moment
) -> None:
    assert await checked.list_place_problems(STUDY) == ()
    study.archived = True
    moment.passes(seconds=59)
    assert await checked.list_place_problems(STUDY) == ()
    checked.forget_place_problems(replace(STUDY, channel="C0ELSE"))
    assert await checked.list_place_problems(STUDY) == ()
    for changed in (STUDY, replace(STUDY, channel="")):
        checked.forget_place_problems(changed)
        assert len(await checked.list_place_problems(STUDY)) == study.archived
        study.archived = not study.archived
    moment.passes(seconds=61)
    assert len(await checked.list_place_problems(STUDY)) == 1
