"""The operator's desk: what is printed, what Discord is given, and a sentence for whatever is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from pydantic import SecretStr

from adapters import import_platform_module
from adapters.discord import cli, rights
from adapters.discord.client import REFUSED_INTENTS, UNKNOWN_TOKEN, describe_close_code
from adapters.discord.commands import build_commands_payload
from bot.chat.address import Place
from bot.chat.errors import CannotConnect
from bot.command import get_commands
from bot.settings import Settings
from tests.support.discord.gateway import APPLICATION, INVITED, Gateway
from tests.support.discord.wire import CHANNEL, GUILD, TOKEN
from tests.support.room import Clock

HOME = Place("discord", str(GUILD), str(CHANNEL))
DISCORD = import_platform_module("discord")
ELSEWHERE = 1 << 22  # a server that the second of two shards holds


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(discord_token=TOKEN)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway.on(Clock()) as opened:
        yield opened


def without(*taken: rights.DiscordRight) -> int:
    """The rights of the invitation without these."""
    return INVITED & ~sum(bits(one) for one in taken)


def bits(right: rights.DiscordRight) -> int:
    return discord.Permissions(**{right.name: True}).value


# — doctor —


async def test_nothing_is_missing_where_the_bot_was_invited_as_it_asked(
    gateway: Gateway, settings: Settings
) -> None:
    assert await DISCORD.run_doctor(settings, [HOME], None) == []
    assert [one["intents"] for one in gateway.identified] == [1]


async def test_a_token_that_discord_does_not_know_is_named(
    gateway: Gateway, settings: Settings
) -> None:
    gateway.fails("GET /users/@me", 401)
    assert await cli.run_discord_doctor(settings, []) == [UNKNOWN_TOKEN]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (4004, UNKNOWN_TOKEN),
        (4011, describe_close_code(4011)),
        (4014, REFUSED_INTENTS),
        (4012, describe_close_code(4012)),
    ],
)
async def test_a_gateway_that_closes_for_good_says_why(
    code: int, sentence: str, gateway: Gateway, settings: Settings
) -> None:
    gateway.refuses = code
    assert await cli.run_discord_doctor(settings, []) == [sentence]


async def test_a_gateway_that_cannot_be_found_or_says_nothing_is_waited_for_in_vain(
    gateway: Gateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.fails("GET /gateway/bot", 400)
    assert await cli.run_discord_doctor(settings, []) == [
        f"{cli.NO_GATEWAY}: see its status page, then try again."
    ]
    gateway.late = "GET */gateway"
    monkeypatch.setattr(cli, "PATIENCE", 0.2)
    assert await cli.run_discord_doctor(settings, []) == [
        f"{cli.NO_GATEWAY} within 0 seconds: see its status page, then try again."
    ]


async def test_discord_out_of_reach_is_one_sentence(gateway: Gateway, settings: Settings) -> None:
    gateway.fails("GET /users/@me", 403)
    assert await cli.run_discord_doctor(settings, []) == [
        "Discord is closed to me (403): try again later."
    ]


async def test_a_bot_in_no_server_is_told_how_to_be_invited(
    gateway: Gateway, settings: Settings
) -> None:
    gateway.members.clear()
    (said,) = await cli.run_discord_doctor(settings, [])
    assert said.startswith("I am in no server yet: `syllabot discord invite`")


async def test_an_endpoint_that_takes_the_interactions_away_is_named(
    gateway: Gateway, settings: Settings
) -> None:
    gateway.endpoint = "https://example.org/interactions"
    (said,) = await cli.run_discord_doctor(settings, [])
    assert "Interactions Endpoint URL" in said


async def test_what_is_missing_in_a_server_and_at_a_home_is_named_once(
    gateway: Gateway, settings: Settings
) -> None:
    gateway.rights = without(rights.EVENTS)
    gateway.denied[CHANNEL] = bits(rights.HISTORY)
    found = await cli.run_discord_doctor(settings, [HOME, HOME])
    assert [
        (said.startswith("Study Hall: "), "Create Events" in said, "Read Message History" in said)
        for said in found
    ] == [
        (True, True, False),
        (True, False, True),
    ]


async def test_links_and_files_are_not_missed_as_nothing_of_ours_needs_them(
    gateway: Gateway, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    unused = discord.Permissions(embed_links=True, attach_files=True).value
    assert INVITED & unused == 0
    gateway.denied[CHANNEL] = unused
    assert await cli.run_discord_doctor(settings, [HOME]) == []
    await cli.print_invite_url(settings)
    told = capsys.readouterr().out
    assert ("Embed Links" in told, "Attach Files" in told) == (False, False)


async def test_homes_that_are_gone_are_named(gateway: Gateway, settings: Settings) -> None:
    found = await cli.run_discord_doctor(
        settings, [Place("discord", str(GUILD), "201"), Place("discord", "555", "5")]
    )
    assert found == [f"Study Hall: {rights.GONE}", f"server 555: {rights.REMOVED}"]


async def test_only_the_servers_of_this_processs_shards_are_looked_at(
    gateway: Gateway, settings: Settings
) -> None:
    gateway.members[ELSEWHERE] = {900}
    gateway.rights = without(rights.EVENTS)
    second = settings.model_copy(update={"discord_shard_count": 2, "discord_shard_ids": (1,)})
    (said,) = await cli.run_discord_doctor(second, [HOME])
    assert "Create Events" in said
    assert [one["shard"] for one in gateway.identified] == [[1, 2]]


# — invite —


async def test_the_invitation_asks_for_the_least_and_explains_each_right(
    gateway: Gateway, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await cli.print_invite_url(settings) == 0
    link, _, opening, *explained = capsys.readouterr().out.splitlines()
    assert f"client_id={APPLICATION}" in link
    assert f"permissions={INVITED}" in link
    assert (INVITED & bits(rights.VIEW), INVITED & 8) == (bits(rights.VIEW), 0)
    assert opening.startswith("Open it, choose a server")
    assert explained == [f"  {name}: {reason}" for name, reason in rights.list_right_reasons()]


async def test_without_a_token_there_is_no_desk(settings: Settings) -> None:
    with pytest.raises(CannotConnect) as refused:
        await cli.print_invite_url(settings.model_copy(update={"discord_token": SecretStr("")}))
    assert str(refused.value) == cli.NO_TOKEN


# — sync —


async def test_the_commands_are_given_to_all(
    gateway: Gateway, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await cli.sync_discord_commands(settings, [], clear=False) == 0
    assert gateway.commands == build_commands_payload(get_commands())
    assert capsys.readouterr().out.startswith(
        f"Every server has {len(gateway.commands)} commands and groups"
    )


async def test_a_server_for_development_gets_them_at_once_and_gives_them_back(
    gateway: Gateway, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await cli.sync_discord_commands(settings, [GUILD], clear=False)
    assert (gateway.commands, gateway.known_in[GUILD]) == (
        [],
        build_commands_payload(get_commands()),
    )
    await cli.sync_discord_commands(settings, [GUILD], clear=True)
    assert gateway.known_in[GUILD] == []
    assert (
        capsys.readouterr().out.splitlines()[1] == f"The server {GUILD} has 0 commands and groups."
    )


async def test_what_sync_cannot_do_is_a_sentence(gateway: Gateway, settings: Settings) -> None:
    async def refusal(*servers: int, clear: bool = False) -> str:
        with pytest.raises(CannotConnect) as refused:
            await cli.sync_discord_commands(settings, servers, clear=clear)
        return str(refused.value)

    assert (
        await refusal(clear=True)
        == "Name the servers to remove the commands from: those for everybody stay."
    )
    gateway.fails("PUT */guilds/*", 403, 50001)
    assert await refusal(5) == "I am not in the server 5: invite me there first."
    gateway.fails("PUT */commands", 400, 30034)
    assert (await refusal()).startswith("Discord refused it (30034)")
