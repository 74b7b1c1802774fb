"""The public address as the world finds it: who has not Slack's signature is turned away, and
whatever bears it does no harm, told once more or told in pieces.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from adapters.slack import verify
from tests.support.slack import block_text
from tests.support.slack.delivery import COMMAND, FORM, JSON, Http, Retry, encoded, slash
from tests.support.slack.group import ONE, Group
from tests.support.slack.workspaces import Json, Sight


@pytest.fixture
async def group(empty_file: Path, tmp_path: Path) -> AsyncIterator[Group]:
    async with Group.on(f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}", ONE) as opened:
        yield opened


def http(group: Group) -> Http:
    assert isinstance(group.delivery, Http)
    return group.delivery


async def test_who_has_not_slacks_signature_is_turned_away_and_counted_and_nothing_is_read(
    group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    slack, now = http(group), int(time.time())
    said = slash(
        group.wire,
        group.place,
        group.place.named("ada"),
        group.channel,
        "/study",
        "settings alias=sesame",
    )
    raw, _ = encoded(COMMAND, said)
    good = slack.signed(raw)
    wrong: list[dict[str, str]] = [
        {},
        {"Content-Type": FORM},
        slack.signed(raw, secret="another"),
        slack.signed(raw + "&more=1"),
        *(slack.signed(raw, at=str(at)) for at in (now - 400, now + 400)),
        *(slack.signed(raw, at=at) for at in ("soon", "", "٣", "1" * 400, "-1", f"{now}.0", "nan")),
        *(
            {**good, "X-Slack-Signature": signature}
            for signature in ("", "v0=", "v1" + good["X-Slack-Signature"][2:], "v0=é")
        ),
        *(
            {key: value for key, value in good.items() if key != gone}
            for gone in good
            if gone != "Content-Type"
        ),
    ]
    caplog.set_level(logging.INFO)
    before = group.rows()
    for headers in wrong:
        assert (await slack.post(raw, headers)).status == 401, headers
    assert group.rows() == before
    assert turned_away(caplog) == ["1 (the last from 127.0.0.1)"], "at once"
    assert not {"sesame", good["X-Slack-Signature"]} & set(caplog.text.split())
    assert (await slack.post(raw, good)).status == 200


def turned_away(caplog: pytest.LogCaptureFixture) -> list[str]:
    """How many unsigned requests the log tells of, line by line."""
    beginning = "requests that Slack has not signed were turned away: "
    lines = [record.getMessage() for record in caplog.records]
    return [line.removeprefix(beginning) for line in lines if line.startswith(beginning)]


async def test_unsigned_requests_are_told_of_once_a_minute_and_at_the_end(
    group: Group, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "A_MINUTE", 0.2)
    for _ in range(4):
        assert (await http(group).post("text=week", {"Content-Type": FORM})).status == 401
    await group.wire.until(lambda: len(turned_away(caplog)) == 2)
    assert turned_away(caplog) == [f"{count} (the last from 127.0.0.1)" for count in (1, 3)]
    await asyncio.sleep(0.3)
    monkeypatch.setattr(verify, "A_MINUTE", 60)
    for _ in range(3):
        await http(group).post("text=week", {"Content-Type": FORM})
    await group.end()
    assert turned_away(caplog)[2:] == [f"{count} (the last from 127.0.0.1)" for count in (1, 2)]


async def test_slack_may_ask_whether_the_address_is_ours_and_its_certificate_good(
    group: Group,
) -> None:
    raw = json.dumps({"type": "url_verification", "token": "legacy", "challenge": "3eZbrw"})
    answer = await http(group).post(raw, http(group).signed(raw, JSON))
    assert (answer.status, answer.payload) == (200, {"challenge": "3eZbrw"})
    assert (
        await http(group).post("ssl_check=1&token=legacy", {"Content-Type": FORM})
    ).status == 200
    assert (await http(group).post("x" * 1_000_000, {"Content-Type": FORM})).status == 413


async def test_what_is_told_once_more_within_five_minutes_changes_nothing(group: Group) -> None:
    await group.spring("ada", "bob")
    await group.passes(days=12)
    ada, den = group.person("ada"), group.place.channel("C0DEN", "den")
    await ada.opens_home()
    await ada.ticks(ada.home, _first_label(ada.home))
    form = await ada.types("/study checkin")
    await ada.fills(form, {"hours": "4", "note": "Done"})
    await ada.types("/study checkin hours=400")
    for name, said in (
        ("bob", "leave"),
        ("bob", "join"),
        ("mona", "moderators add=@ada"),
        ("ada", "away until=2026-03-20"),
    ):
        await group.types(name, said)
    await group.types("mona", "cohort move", den)
    await http(group).archives(group.place, den)
    for name, said in (
        ("bob", "link"),
        ("bob", "link 22222-22222"),
        ("mona", "cohort link"),
        ("mona", "cohort pause"),
    ):
        await group.types(name, said)
    told, rows, posts = (
        list(http(group).told),
        group.rows(),
        [len(channel.messages) for channel in group.place.channels.values()],
    )
    for heard in (*told, *reversed(told)):
        assert (
            await http(group).again(heard, Retry() if heard.sent[0].startswith("{") else None)
        ).status == 200
    await group.pulse()
    await group.end()  # whatever is still on its way arrives
    assert [len(channel.messages) for channel in group.place.channels.values()] == posts
    assert group.rows() == rows


WHO: Json = {"user": {"id": "U0ADA"}, "team": {"id": "T0HALL"}, "trigger_id": "none"}
SLASH = "command=/study&team_id=T0HALL&user_id=U0ADA&"
EVENT: Json = {"type": "event_callback", "team_id": "T0HALL", "event_id": "Ev1"}
STRANGE: list[object] = [None, [], "", 7, ["x"], {"x": []}, {"x": {"y": {"type": []}}}]


def pieces() -> Iterator[tuple[str, str]]:
    """What bears Slack's signature and is not what Slack says."""
    yield from (
        (raw, kind)
        for kind in (FORM, JSON, "", "text/plain")
        for raw in ("", "{", "[]", "null", "7", '"x"', "{}")
    )
    yield from (
        (f"payload={raw}", FORM)
        for raw in ("", "{", "[]", "null", "7", '"x"', "{}", "%ff", "[" * 5000)
    )
    yield from (
        (raw, FORM)
        for raw in ("command=/study", f"{SLASH}text=week", f"{SLASH}text=%00%ff&channel_id=%00")
    )
    yield from (
        (f"{SLASH}response_url={url}&text=week", FORM)
        for url in ("x", "http://[", "file:///etc/passwd")
    )
    said: list[Json] = [
        {"type": kind} for kind in ("block_actions", "view_submission", "shortcut", "", "x")
    ]
    for odd in STRANGE:
        said += [
            {**WHO, "type": "block_actions", key: odd}
            for key in ("actions", "user", "team", "container", "channel")
        ]
        said += [
            {
                **WHO,
                "type": "block_actions",
                "actions": [{"action_id": odd, "type": odd, "value": odd}],
            }
        ]
        said += [
            {
                **WHO,
                "type": "block_actions",
                "actions": [{"action_id": "week|n~"}],
                "view": odd,
                "state": odd,
            }
        ]
        said += [{**WHO, "type": "view_submission", "view": view} for view in _views(odd)]
    yield from ((urlencode({"payload": json.dumps(line)}), FORM) for line in said)
    for odd in STRANGE:
        yield from (
            (json.dumps({**EVENT, key: odd}), JSON)
            for key in ("event", "team_id", "event_id", "authorizations")
        )
        kinds = ("app_home_opened", "channel_deleted", "tokens_revoked", "team_access_revoked")
        events = [
            {"type": kind, key: odd}
            for kind in kinds
            for key in ("user", "channel", "tokens", "team_ids", "tab")
        ]
        yield from (
            (json.dumps({**EVENT, "event_id": f"Ev{event}", "event": event}), JSON)
            for event in events
        )


def _views(odd: object) -> list[object]:
    view = {"callback_id": "form", "type": "modal"}
    return [
        odd,
        {**view, "private_metadata": odd},
        {**view, "state": odd},
        {**view, "state": {"values": odd}},
    ]


async def test_what_slack_would_not_say_does_no_harm_although_it_is_signed(group: Group) -> None:
    await group.spring("ada")
    rows, answers = group.rows(), dict[tuple[str, str], int]()
    for raw, kind in pieces():
        answers[raw, kind] = (await http(group).post(raw, http(group).signed(raw, kind))).status
    assert {
        piece: status for piece, status in answers.items() if status not in {200, 400, 404}
    } == {}
    assert len(answers) > 200
    await group.end()
    assert {**group.rows(), "heard": []} == {**rows, "heard": []}


def _first_label(sight: Sight) -> str:
    lists = (
        element for _, element in block_text.elements(sight.body) if element["type"] == "checkboxes"
    )
    return block_text.label(next(lists)["options"][0]["text"])
