"""The operator's commands for Slack: a sentence for each missing thing, else silence."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from adapters import import_platform_module
from adapters.inflight import InflightTasks
from adapters.public_server import serve_public_routes
from adapters.slack import cli, connection_mode
from adapters.slack.connection_mode import ConnectionMode
from adapters.slack.installations import REMOVED, UNKNOWN_TOKEN, VaultTokenStore
from adapters.slack.intake import Intake
from adapters.slack.socket import UNKNOWN_TOKEN as UNKNOWN_APP_TOKEN
from adapters.slack.verify import SlackEndpoint
from bot.chat.address import Place
from bot.chat.errors import CannotConnect
from bot.chat.platform import Vault
from bot.runtime.vault import Vaults, create_vault_key
from bot.settings import Settings
from tests.support.room import Room
from tests.support.slack.wire import Wire, lost_connection, status
from tests.support.slack.workspaces import (
    APP_TOKEN,
    BOT,
    CLIENT_ID,
    CLIENT_SECRET,
    SCOPES,
    SIGNING_SECRET,
)

SLACK = import_platform_module("slack")
HOME = Place("slack", "T0HALL", "C0STUDY", tenant="T0HALL")
BOT_TOKEN = "xoxb-T0HALL"
MORE, BASIC = (
    "Some settings for Slack are missing: set",
    "from the Basic Information page of your app",
)
SECRETS = {
    "slack_signing_secret": SIGNING_SECRET,
    "slack_client_id": CLIENT_ID,
    "slack_client_secret": CLIENT_SECRET,
}


@pytest.fixture(autouse=True)
def here(wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of its own in an environment that says nothing, and a Slack to ask."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "BASE_URL", wire.api)


@pytest.fixture
def through_socket(here: None) -> Settings:
    return Settings(slack_bot_token=BOT_TOKEN, slack_app_token=APP_TOKEN)


@pytest.fixture
def called(here: None) -> Settings:
    """Settings of a bot that Slack calls, on a port nobody uses yet."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    at = {"public_url": f"http://127.0.0.1:{port}", "public_host": "127.0.0.1", "public_port": port}
    return Settings(slack_bot_token=BOT_TOKEN, slack_signing_secret=SIGNING_SECRET, **at)


@pytest.fixture
def for_many(called: Settings) -> Settings:
    more = {**SECRETS, "slack_bot_token": "", "vault_key": create_vault_key()}
    return Settings(**{**called.model_dump(), **more})


@pytest.fixture
async def vault(quick_room: Room, for_many: Settings) -> Vault:
    return Vaults(
        quick_room.store, quick_room.clock, for_many.vault_key.get_secret_value()
    ).open_vault("slack")


async def install(vault: Vault, scopes: frozenset[str] = SCOPES) -> None:
    installation = Installation(
        team_id="T0HALL", bot_token=BOT_TOKEN, bot_id="B0BOT", bot_user_id=BOT,
            bot_scopes=sorted(scopes), user_id="U0MONA",
    )  # fmt: skip
    await VaultTokenStore(vault).async_save(installation)


# — which way —


@pytest.mark.parametrize(
    ("given", "way"),
    [
        ({"slack_app_token": "xapp-1", "slack_bot_token": "xoxb-1"}, ConnectionMode.SOCKET),
        (
            {
                "slack_app_token": "xapp-1",
                "slack_bot_token": "xoxb-1",
                **SECRETS,
                "public_url": "https://x.org",
            },
            ConnectionMode.SOCKET,
        ),
        (
            {
                "slack_bot_token": "xoxb-1",
                "slack_signing_secret": "s",
                "public_url": "https://x.org",
            },
            ConnectionMode.ONE,
        ),
        (
            {
                "slack_bot_token": "xoxb-1",
                **SECRETS,
                "public_url": "https://x.org",
                "vault_key": create_vault_key(),
            },
            ConnectionMode.ONE,
        ),
        (
            {**SECRETS, "public_url": "https://x.org", "vault_key": create_vault_key()},
            ConnectionMode.MANY,
        ),
    ],
)
def test_the_settings_say_how_slack_and_the_bot_speak(
    given: dict[str, Any], way: ConnectionMode
) -> None:
    settings = Settings(**given)
    assert (connection_mode.choose_connection_mode(settings), SLACK.is_configured(settings)) == (
        way,
        True,
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"slack_app_token": "xapp-1"},
            f"{MORE} SLACK_BOT_TOKEN (from the OAuth & Permissions page of your app, after you "
            "install it).",
        ),
        ({"slack_bot_token": "xoxb-1"}, connection_mode.ALONE),
        ({"slack_bot_token": "xoxb-1", "public_url": "https://x.org"}, connection_mode.ALONE),
        (
            {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s"},
            f"{MORE} PUBLIC_URL (the https address that leads to PUBLIC_PORT).",
        ),
        (
            {"slack_client_id": "1.2"},
            f"{MORE} SLACK_SIGNING_SECRET ({BASIC}), SLACK_CLIENT_SECRET ({BASIC}), "
            "PUBLIC_URL (the https address that leads to PUBLIC_PORT), "
            "VAULT_KEY (`syllabot slack key` prints one).",
        ),
        (
            {**SECRETS, "public_url": "https://x.org"},
            f"{MORE} VAULT_KEY (`syllabot slack key` prints one).",
        ),
    ],
)
async def test_what_the_settings_lack_is_one_sentence(given: dict[str, Any], sentence: str) -> None:
    settings = Settings(**given)
    with pytest.raises(CannotConnect) as refusal:
        connection_mode.choose_connection_mode(settings)
    assert str(refusal.value) == sentence
    assert SLACK.is_configured(settings)
    assert await SLACK.run_doctor(settings, [HOME], None) == [sentence]


@pytest.mark.parametrize(
    "given",
    [{}, {"public_url": "https://x.org", "vault_key": create_vault_key(), "discord_token": "x"}],
)
def test_without_anything_of_slacks_slack_is_left_alone(given: dict[str, Any]) -> None:
    assert not SLACK.is_configured(Settings(**given))


# — tokens —


async def test_nothing_is_missing_where_the_app_was_installed_as_it_asked(
    wire: Wire, through_socket: Settings
) -> None:
    assert await SLACK.run_doctor(through_socket, [HOME], None) == []
    assert [call.token for call in wire.asked][:2] == [APP_TOKEN, BOT_TOKEN]
    assert not [call for call in wire.asked if call.method.startswith(("chat.", "views."))]


async def test_an_app_level_token_that_opens_no_connection_is_named(
    wire: Wire, through_socket: Settings
) -> None:
    wire.tokens[APP_TOKEN].scopes = frozenset()
    assert await cli.find_slack_setup_problems(through_socket, [], None) == [UNKNOWN_APP_TOKEN]
    other = Settings(slack_bot_token=BOT_TOKEN, slack_app_token="xapp-other")
    assert await cli.find_slack_setup_problems(other, [], None) == [UNKNOWN_APP_TOKEN]


@pytest.mark.parametrize(
    ("dead", "sentence"), [("invalid_auth", UNKNOWN_TOKEN), ("account_inactive", REMOVED)]
)
async def test_a_bot_token_that_is_no_good_is_named_and_nothing_is_said_of_its_homes(
    wire: Wire, through_socket: Settings, dead: str, sentence: str
) -> None:
    wire.tokens[BOT_TOKEN].dead = dead
    assert await cli.find_slack_setup_problems(through_socket, [HOME], None) == [sentence]


async def test_a_slack_out_of_reach_is_one_sentence(wire: Wire, through_socket: Settings) -> None:
    wire.fails("*", lost_connection(kept=False), times=2)
    assert await cli.find_slack_setup_problems(through_socket, [HOME], None) == [
        "the connection to Slack was lost: try again later."
    ]
    wire.fails("apps.connections.open", status(503))
    (said,) = await cli.find_slack_setup_problems(through_socket, [HOME], None)
    assert said.endswith(": try again later.")


async def test_each_scope_that_is_missing_is_named_once_with_what_it_is_for(
    wire: Wire, through_socket: Settings
) -> None:
    wire.tokens[BOT_TOKEN].scopes = SCOPES - {"im:write", "channels:history"}
    found = await cli.find_slack_setup_problems(through_socket, [HOME, HOME], None)
    advice = "add it under OAuth & Permissions, and install the app again"
    assert found == [
        "workspace T0HALL: I lack the scope im:write, so I cannot open the private conversation "
        f"for reminders: {advice}.",
        "workspace T0HALL: I lack the scope channels:history, so I cannot look for my own post in "
        f"a public channel if Slack did not say whether it arrived: {advice}.",
    ]


# — homes —


async def test_homes_the_bot_cannot_post_in_are_named(wire: Wire, through_socket: Settings) -> None:
    wire.hall.channels["C0STUDY"].members.discard(BOT)
    wire.hall.channel("C0OLD", "old").archived = True
    gone, elsewhere = (
        Place("slack", "T0HALL", "C0GONE", tenant="T0HALL"),
        Place("slack", "T9", "C0STUDY", tenant="T9"),
    )
    old = Place("slack", "T0HALL", "C0OLD", tenant="T0HALL")
    found = await cli.find_slack_setup_problems(through_socket, [HOME, old, gone, elsewhere], None)
    assert [sentence.partition(": ")[0] for sentence in found] == ["workspace T0HALL"] * 3 + [
        "workspace T9"
    ]
    assert "/invite @syllabot" in found[0]
    assert "#old is archived" in found[1]
    assert "is gone, or private" in found[2]
    assert "does not let me into this workspace" in found[3]


# — the public address —


@pytest.fixture
async def running(called: Settings, wire: Wire) -> AsyncIterator[SlackEndpoint]:
    """The bot's own door, with the real library behind it."""
    door = SlackEndpoint(SIGNING_SECRET)
    app = AsyncApp(
        signing_secret=SIGNING_SECRET,
        token=BOT_TOKEN,
        client=AsyncWebClient(BOT_TOKEN, base_url=wire.api),
    )
    door.start_serving(Intake(app, InflightTasks()))
    async with serve_public_routes(
        door.build_slack_routes(can_install=False), called.public_host, called.public_port
    ):
        yield door


async def test_a_public_address_that_leads_to_the_running_bot_is_right(
    called: Settings, running: SlackEndpoint
) -> None:
    assert await cli.find_slack_setup_problems(called, [HOME], None) == []


async def test_a_bot_with_another_signing_secret_is_named(
    called: Settings, running: SlackEndpoint
) -> None:
    other = Settings(**{**called.model_dump(), "slack_signing_secret": "another"})
    (said,) = await cli.find_slack_setup_problems(other, [], None)
    assert said.startswith(f"The bot at {called.public_url} has a different SLACK_SIGNING_SECRET: ")


async def test_a_public_address_is_checked_while_the_bot_does_not_run(called: Settings) -> None:
    assert await cli.find_slack_setup_problems(called, [HOME], None) == []
    async with serve_public_routes([], called.public_host, called.public_port):
        pass  # and the port is free again


async def test_a_public_address_that_leads_nowhere_or_elsewhere_is_named(called: Settings) -> None:
    async with serve_public_routes([], "127.0.0.1", 0) as port:
        elsewhere = f"http://127.0.0.1:{port}"
        (said,) = await cli.find_slack_setup_problems(
            called.model_copy(update={"public_url": elsewhere}), [], None
        )
        advice = f"point it at port {called.public_port} of this machine."
        assert said == f"Something else answers at {elsewhere}/slack/events (status 404): {advice}"
        plain = f"https://127.0.0.1:{port}"
        (said,) = await cli.find_slack_setup_problems(
            called.model_copy(update={"public_url": plain}), [], None
        )
        assert said.startswith(f"{plain} has no trusted certificate")
    (said,) = await cli.find_slack_setup_problems(
        called.model_copy(update={"public_url": elsewhere}), [], None
    )
    assert said == f"I cannot reach PUBLIC_URL from here ({elsewhere}): {advice}"


async def test_whatever_else_is_sent_to_the_stand_in_is_to_come_again(called: Settings) -> None:
    other = Settings(**{**called.model_dump(), "slack_signing_secret": "another"})
    async with cli._serve_challenge(called, "the-one-that-was-sent"):
        status_, said = await cli._send_challenge(other, "another-one")
    assert (status_, said) == (503, "")


# — many —


async def test_nothing_is_missing_for_many_workspaces_once_one_has_installed_it(
    for_many: Settings, vault: Vault
) -> None:
    await install(vault)
    assert await cli.find_slack_setup_problems(for_many, [HOME], vault) == []


async def test_where_nobody_has_installed_it_the_address_to_do_so_is_told(
    for_many: Settings, vault: Vault
) -> None:
    page = f"{for_many.public_url}/slack/install"
    sentence = f"No workspace has installed me yet: start me, then open {page}."
    for known in (None, vault):
        assert await cli.find_slack_setup_problems(for_many, [], known) == [sentence]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"slack_client_id": "1.2"}, "invalid_client_id"),
        ({"slack_client_secret": "other"}, "bad_client_secret"),
    ],
)
async def test_a_client_that_slack_does_not_know_is_named(
    for_many: Settings, vault: Vault, given: dict[str, Any], error: str
) -> None:
    await install(vault)
    wrong = Settings(**{**for_many.model_dump(), **given})
    assert await cli.find_slack_setup_problems(wrong, [], vault) == [cli.UNKNOWN_CLIENT[error]]


async def test_what_a_workspace_did_not_grant_and_where_it_is_no_more_is_named(
    for_many: Settings, vault: Vault
) -> None:
    await install(vault, SCOPES - {"im:write"})
    elsewhere = Place("slack", "T9", "C0STUDY", tenant="T9")
    found = await cli.find_slack_setup_problems(for_many, [HOME, elsewhere], vault)
    assert ["lack the scope im:write" in found[0], "does not let me into" in found[1]] == [
        True,
        True,
    ]
    assert [sentence.partition(": ")[0] for sentence in found] == [
        "workspace T0HALL",
        "workspace T9",
    ]


async def test_a_key_that_was_changed_without_keeping_the_former_is_named(
    quick_room: Room, for_many: Settings, vault: Vault
) -> None:
    await install(vault)
    other = Vaults(quick_room.store, quick_room.clock, create_vault_key()).open_vault("slack")
    assert await cli.find_slack_setup_problems(for_many, [HOME], other) == [
        "No VAULT_KEY opens the token of workspace T0HALL: set VAULT_KEY to the new key, a comma "
        "and the old key."
    ]
