"""The app manifest: what Slack takes, derived from the registry and the settings, with the least
scopes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters import import_platform_module
from adapters.slack import cli
from adapters.slack.events import CHANNEL_NEWS, REVOKED, TEAM_NEWS, UNINSTALLED
from adapters.slack.greeter import MEETINGS
from adapters.slack.manifest import OPTIONAL, SCOPES, build_manifest, format_usage_hint
from bot import command
from bot.chat.message import Message
from bot.command import Command
from bot.runtime.vault import create_vault_key
from bot.settings import RESERVED, Settings
from tests.support.slack import manifest_rules as rules
from tests.support.slack.workspaces import SCOPES as LEAST

URL = "https://study.example.org"


@pytest.fixture
def known() -> Sequence[Command]:
    command.discover_commands()
    return command.list_visible_commands()


@pytest.mark.parametrize("url", ["", URL])
def test_slack_takes_the_manifest_both_ways(known: Sequence[Command], url: str) -> None:
    assert rules.manifest(build_manifest(known, "/study", url)) == []


def test_it_names_the_command_and_addresses_of_the_settings(known: Sequence[Command]) -> None:
    made = build_manifest(known, "/cohort-7", URL)
    (slash,) = made["features"]["slash_commands"]
    assert (slash["command"], slash["url"], slash["should_escape"]) == (
        "/cohort-7",
        f"{URL}/slack/events",
        True,
    )
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]
    assert made["settings"]["socket_mode_enabled"] is False
    assert URL not in json.dumps(build_manifest(known, "/cohort-7"))
    assert build_manifest(known, "/cohort-7")["settings"]["socket_mode_enabled"] is True


def test_it_asks_for_the_least_scopes_and_lets_people_decline_what_the_bot_can_do_without(
    known: Sequence[Command],
) -> None:
    scopes = build_manifest(known, "/study")["oauth_config"]["scopes"]
    assert frozenset(scopes["bot"]) == LEAST
    assert scopes["bot"] == list(SCOPES)
    declined = [
        name
        for name in SCOPES
        if name.endswith(":history")
        or name in {"app_mentions:read", "files:read", "files:write", "pins:write"}
    ]
    assert scopes["bot_optional"] == list(OPTIONAL) == declined


def test_it_subscribes_to_what_is_listened_to_and_answers_where_it_says(
    known: Sequence[Command],
) -> None:
    events = build_manifest(known, "/study")["settings"]["event_subscriptions"]["bot_events"]
    met = MEETINGS - {"message"} | {"message.im"}
    assert set(events) == met | {UNINSTALLED, REVOKED} | CHANNEL_NEWS | TEAM_NEWS
    assert {"app_home_opened", "member_joined_channel", "app_mention"} <= set(events)


async def answer_nothing(call: object) -> Message:
    raise NotImplementedError("only the names of these commands are read")


def test_the_hint_names_every_first_word_and_stays_short_enough_for_any_registry(
    known: Sequence[Command],
) -> None:
    words = format_usage_hint(known).split(" | ")
    assert set(words) == {command.name.partition(" ")[0] for command in known}
    assert words.index("week") < words.index("cohort")
    many = [
        command.Command(
            f"{'x' * 20}{chr(97 + n // 26)}{chr(97 + n % 26)}", "help", (), answer_nothing
        )
        for n in range(200)
    ]
    assert 900 < len(format_usage_hint(many)) <= 1000
    assert format_usage_hint(many).endswith(" | …")
    assert rules.manifest(build_manifest(many, "/study")) == []


def test_every_name_that_slack_keeps_for_itself_is_refused_before_there_is_a_manifest() -> None:
    assert {f"/{name}" for name in rules.RESERVED} <= set(RESERVED.split())


async def test_it_is_printed_alone_so_that_it_can_be_piped_and_explained_beside(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert await cli.print_manifest(Settings(public_url=URL, slack_command="/cohort-7")) == 0
    printed, beside = capsys.readouterr()
    assert json.loads(printed) == build_manifest(command.list_visible_commands(), "/cohort-7", URL)
    assert f"Slack will call {URL}." in beside
    assert all(f"  {name}: {reason}" in beside for name, reason in SCOPES.items())


@pytest.mark.parametrize(
    ("given", "is_wide"),
    [
        ({}, False),
        ({"public_url": URL}, False),
        ({"public_url": URL, "vault_key": create_vault_key()}, True),
        (
            {
                "public_url": URL,
                "slack_client_id": "1.2",
                "slack_client_secret": "x",
                "vault_key": create_vault_key(),
            },
            True,
        ),
        ({"public_url": URL, "vault_key": create_vault_key(), "slack_bot_token": "xoxb-1"}, False),
        ({"public_url": URL, "vault_key": create_vault_key(), "slack_app_token": "xapp-1"}, False),
        ({"vault_key": create_vault_key()}, False),
    ],
)
async def test_a_whole_enterprise_may_install_what_is_for_many_workspaces(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    is_wide: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    await cli.print_manifest(Settings(**given))
    printed, beside = capsys.readouterr()
    made = json.loads(printed)
    assert made["settings"]["org_deploy_enabled"] is is_wide
    assert rules.manifest(made) == []
    assert ("A whole enterprise can install it" in beside) is is_wide
    assert ("For a whole enterprise, set PUBLIC_URL and VAULT_KEY" in beside) is not is_wide


async def test_with_an_app_level_token_slack_speaks_through_socket_mode_whatever_the_address(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await cli.print_manifest(Settings(public_url=URL, slack_app_token="xapp-1"))
    assert json.loads(capsys.readouterr().out)["settings"]["socket_mode_enabled"] is True


async def test_a_key_is_printed_that_the_settings_take(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert await cli.print_vault_key() == 0
    key = capsys.readouterr().out.strip()
    assert Settings(vault_key=key).vault_key.get_secret_value() == key


def test_both_words_can_be_typed() -> None:
    parser = argparse.ArgumentParser()
    import_platform_module("slack").add_cli_commands(parser.add_subparsers(dest="word").add_parser)
    assert [parser.parse_args(["slack", word]).slack_word for word in ("manifest", "key")] == [
        "manifest",
        "key",
    ]
