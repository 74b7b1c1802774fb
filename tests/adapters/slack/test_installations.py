"""Where tokens come from: the settings' one, or the vault's many, kept by the real library's
interfaces.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ClientError, web
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation

from adapters.public_server import serve_public_routes
from adapters.slack import api
from adapters.slack import tokens as tokens_of
from adapters.slack.api import Workspace
from adapters.slack.installations import (
    REMOVED,
    UNKNOWN_TOKEN,
    OAuthStateStore,
    SettingsTokenStore,
    VaultTokenStore,
)
from adapters.slack.tokens import TokenCache
from bot.chat.errors import CannotConnect
from bot.chat.platform import Vault
from bot.runtime.vault import Vaults, create_vault_key
from tests.support.room import Room
from tests.support.slack.wire import Wire, refusal, status
from tests.support.slack.workspaces import BOT, SCOPES, Token

HALL, OTHER = Workspace("T0HALL"), Workspace("T0OTHER")
WIDE = Workspace("", "E0")


@pytest.fixture
async def vault(quick_room: Room) -> Vault:
    return Vaults(quick_room.store, quick_room.clock, create_vault_key()).open_vault("slack")


def installed(
    team: str | None = "T0HALL", enterprise: str | None = None, token: str = "xoxb-1"
) -> Installation:
    return Installation(
        app_id="A0STUDY",
        enterprise_id=enterprise,
        team_id=team,
        team_name="Study Hall",
        bot_token=token,
        bot_id="B0BOT",
        bot_user_id=BOT,
        bot_scopes="chat:write,commands",
        user_id="U0MONA",
        user_token="xoxp-of-mona",
        incoming_webhook_url="https://hooks.example.org/secret",
        is_enterprise_install=team is None,
        installed_at=1000.5,
    )


async def tokens(many: VaultTokenStore | TokenCache, *workspaces: Workspace) -> list[str | None]:
    return [
        token.bot_token if (token := await many.find_token(workspace)) else None
        for workspace in workspaces
    ]


async def find_known(
    many: SettingsTokenStore | VaultTokenStore | TokenCache, workspace: Workspace
) -> api.BotToken:
    """Return the token of a workspace that has one."""
    token = await many.find_token(workspace)
    assert token is not None
    return token


# — many —


async def test_an_installation_comes_back_with_the_bots_token_alone(vault: Vault) -> None:
    many = VaultTokenStore(vault)
    await many.async_save(installed())
    token = await find_known(many, HALL)
    assert (token.bot_token, token.bot_user, token.installer, token.app) == (
        "xoxb-1",
        BOT,
        "U0MONA",
        "A0STUDY",
    )
    assert (set(token.scopes), token.installed_at) == ({"chat:write", "commands"}, 1000.5)
    bot = await VaultTokenStore(vault).async_find_bot(enterprise_id=None, team_id="T0HALL")
    assert bot is not None
    assert (bot.bot_token, bot.bot_id, bot.team_name, bot.bot_scopes) == (
        "xoxb-1", "B0BOT", "Study Hall", ["chat:write", "commands"],
    )  # fmt: skip
    kept = [await vault.read_secret(name) or "" for name in await vault.list_secret_names("")]
    assert not [secret for secret in kept if "xoxp" in secret or "hooks" in secret]


async def test_installing_again_takes_the_place_of_what_was_there(vault: Vault) -> None:
    many = VaultTokenStore(vault)
    for token in ("xoxb-1", "xoxb-2"):
        await many.async_save(installed(token=token))
    assert (await tokens(many, HALL, OTHER), len(await vault.list_secret_names(""))) == (
        ["xoxb-2", None],
        1,
    )


async def test_a_workspace_of_an_enterprise_falls_back_to_what_the_enterprise_installed(
    vault: Vault,
) -> None:
    many = VaultTokenStore(vault)
    await many.async_save(installed(team=None, enterprise="E0", token="xoxb-wide"))
    await many.async_save(installed(team="T1", enterprise="E0", token="xoxb-1"))
    asked = (
        Workspace("T1", "E0"),
        Workspace("T2", "E0"),
        WIDE,
        Workspace("T2", "E9"),
        Workspace("T2"),
        Workspace("T1"),
    )
    assert await tokens(many, *asked) == ["xoxb-1", "xoxb-wide", "xoxb-wide", None, None, None]
    bot = await many.async_find_bot(enterprise_id="E0", team_id="T1", is_enterprise_install=True)
    assert bot is not None
    assert bot.bot_token == "xoxb-wide"
    assert (await many.list_installed_workspaces(), await many.list_installations()) == (
        [Workspace("T1", "E0")],
        [WIDE, Workspace("T1", "E0")],
    )


async def test_where_no_enterprise_is_known_nobodys_token_is_found(vault: Vault) -> None:
    many = VaultTokenStore(vault)
    await many.async_save(installed())
    assert await many.find_token(Workspace("")) is None
    assert await many.async_find_bot(enterprise_id=None, team_id=None) is None


async def test_the_app_is_removed_from_one_workspace_and_stays_in_the_others(vault: Vault) -> None:
    many = VaultTokenStore(vault)
    for team, enterprise in (("T0HALL", None), ("T0OTHER", None), (None, "E0"), ("T1", "E0")):
        await many.async_save(installed(team, enterprise, f"xoxb-{team}"))
    await many.async_delete_installation(enterprise_id=None, team_id="T0HALL", user_id="U0MONA")
    assert await tokens(many, HALL) == ["xoxb-T0HALL"]
    await many.async_delete_all(enterprise_id=None, team_id="T0HALL")
    await many.async_delete_bot(enterprise_id="E0", team_id="T1")
    assert await tokens(many, HALL, OTHER, Workspace("T1", "E0")) == [
        None,
        "xoxb-T0OTHER",
        "xoxb-None",
    ]
    await many.forget_token(WIDE)
    await many.forget_token(OTHER)
    assert await many.list_installations() == []


async def test_another_process_sees_at_once_what_was_installed_and_removed(vault: Vault) -> None:
    first, another = VaultTokenStore(vault), VaultTokenStore(vault)
    await first.async_save(installed())
    assert await tokens(another, HALL) == ["xoxb-1"]
    await first.forget_token(HALL)
    assert await tokens(another, HALL) == [None]


async def test_installations_that_no_key_opens_are_known_by_name(quick_room: Room) -> None:
    many = VaultTokenStore(
        Vaults(quick_room.store, quick_room.clock, create_vault_key()).open_vault("slack")
    )
    await many.async_save(installed())
    assert await many.list_unreadable_installations() == []
    other = VaultTokenStore(
        Vaults(quick_room.store, quick_room.clock, create_vault_key()).open_vault("slack")
    )
    await other.async_save(installed("T0OTHER"))
    assert (await other.list_unreadable_installations(), await tokens(other, HALL, OTHER)) == (
        [HALL],
        [None, "xoxb-1"],
    )


# — states —


async def test_a_state_is_good_once_and_for_ten_minutes(quick_room: Room, vault: Vault) -> None:
    states = OAuthStateStore(vault)
    first, second = await states.async_issue(), await states.async_issue()
    assert first != second
    assert min(len(first), len(second)) > 40
    assert [await states.async_consume(first) for _ in range(2)] == [True, False]
    quick_room.clock.at += timedelta(minutes=10)
    assert await states.async_consume(second) is False


async def test_of_two_who_come_back_with_one_state_one_is_let_in(vault: Vault) -> None:
    states = OAuthStateStore(vault)
    state = await states.async_issue()
    assert sorted(await asyncio.gather(*(states.async_consume(state) for _ in range(2)))) == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    "state", [None, "", "made-up", "x" * 5000, "a\0b", "bot//T0HALL", "../bot", "é"]
)
async def test_what_was_never_issued_is_no_state_and_takes_nothing_away(
    vault: Vault, state: str | None
) -> None:
    await VaultTokenStore(vault).async_save(installed())
    states = OAuthStateStore(vault)
    assert await states.async_consume(state) is False  # type: ignore[arg-type]  # or None
    assert len(await vault.list_secret_names("")) == 1


# — one —


async def test_the_token_of_the_settings_is_for_its_own_workspace_and_slack_is_asked_once(
    wire: Wire,
) -> None:
    single = SettingsTokenStore("xoxb-T0HALL", base_url=wire.api)
    found = await asyncio.gather(
        *(
            single.find_token(workspace)
            for workspace in (HALL, OTHER, HALL, Workspace("T0HALL", "E0"))
        )
    )
    assert [token and token.bot_token for token in found] == [
        "xoxb-T0HALL",
        None,
        "xoxb-T0HALL",
        "xoxb-T0HALL",
    ]
    assert found[0] is not None
    assert (found[0].bot_user, found[0].scopes, found[0].installer) == (BOT, SCOPES, "")
    assert await single.list_installed_workspaces() == [HALL]
    assert len(wire.calls("auth.test")) == 1


async def test_the_token_of_a_whole_enterprise_is_for_its_workspaces(wire: Wire) -> None:
    wire.founds("Uni", "T0UNI", "E0", installed=False)
    wire.tokens["xoxb-wide"] = Token("xoxb-wide", "", "E0")
    single = SettingsTokenStore("xoxb-wide", base_url=wire.api)
    assert [
        await single.find_token(workspace) is not None
        for workspace in (Workspace("T0UNI", "E0"), WIDE, HALL)
    ] == [
        True,
        True,
        False,
    ]
    assert await single.list_installed_workspaces() == []


@pytest.mark.parametrize(
    ("dead", "sentence"),
    [("invalid_auth", UNKNOWN_TOKEN), ("account_inactive", REMOVED), ("token_revoked", REMOVED)],
)
async def test_a_token_that_is_no_good_is_no_token_and_says_so_where_one_connects(
    wire: Wire, dead: str, sentence: str
) -> None:
    wire.tokens["xoxb-T0HALL"].dead = dead
    single = SettingsTokenStore("xoxb-T0HALL", base_url=wire.api)
    assert await single.find_token(HALL) is None
    with pytest.raises(CannotConnect) as closed:
        await single.list_installed_workspaces()
    assert str(closed.value) == sentence


async def test_a_token_that_was_forgotten_is_asked_about_again(wire: Wire) -> None:
    single = SettingsTokenStore("xoxb-T0HALL", base_url=wire.api)
    assert await single.find_token(HALL)
    wire.tokens["xoxb-T0HALL"].dead = "token_revoked"
    await single.forget_token(HALL)
    assert await single.find_token(HALL) is None


async def test_a_slack_in_trouble_is_asked_again_and_not_believed(wire: Wire) -> None:
    single = SettingsTokenStore("xoxb-T0HALL", base_url=wire.api)
    wire.fails("auth.test", refusal("internal_error"))
    wire.fails("auth.test", status(503))
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await single.find_token(HALL)
    assert (await find_known(single, HALL)).bot_token == "xoxb-T0HALL"


async def test_a_page_that_is_not_slacks_is_an_answer_that_was_lost() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="Please log in to this network.")

    async with serve_public_routes([web.post("/api/auth.test", page)], "127.0.0.1", 0) as port:
        with pytest.raises(ClientError):
            await SettingsTokenStore(
                "xoxb-T0HALL", base_url=f"http://127.0.0.1:{port}/api/"
            ).find_token(HALL)


# — what is kept for a while —


class CountingTokenStore:
    """The vault's installations, counting how often they are asked for.

    Shut, nobody gets an answer.
    """

    def __init__(self, many: VaultTokenStore) -> None:
        self.many, self.asked, self.open = many, 0, asyncio.Event()
        self.open.set()
        self.forget_token, self.list_installed_workspaces = (
            many.forget_token,
            many.list_installed_workspaces,
        )

    async def find_token(self, workspace: Workspace) -> api.BotToken | None:
        self.asked += 1
        found = await self.many.find_token(workspace)
        await self.open.wait()
        return found


async def test_a_token_is_asked_for_once_in_five_minutes_and_that_there_is_none_every_time(
    vault: Vault,
) -> None:
    counted, now = CountingTokenStore(VaultTokenStore(vault)), [0.0]
    cache = TokenCache(counted, lambda: now[0])
    assert [await cache.find_token(HALL) for _ in range(2)] == [None, None]
    assert (cache.get_cached_token(HALL), counted.asked) == (None, 2)
    await counted.many.async_save(installed())
    assert {(await find_known(cache, HALL)).bot_token for _ in range(3)} == {"xoxb-1"}
    cached = cache.get_cached_token(HALL)
    assert cached is not None
    assert (cached.bot_token, counted.asked) == ("xoxb-1", 3)
    now[0] = tokens_of.LASTS
    assert (
        cache.get_cached_token(HALL),
        (await find_known(cache, HALL)).bot_token,
        counted.asked,
    ) == (None, "xoxb-1", 4)


async def test_a_removal_clears_what_is_kept_and_so_does_a_new_installation_even_while_one_is_asked(
    vault: Vault,
) -> None:
    counted = CountingTokenStore(VaultTokenStore(vault))
    cache = TokenCache(counted, lambda: 0.0)
    for team, enterprise in (("T0HALL", None), ("T1", "E0"), (None, "E0")):
        await counted.many.async_save(installed(team, enterprise, f"xoxb-{team}"))
    east, west = Workspace("T1", "E0"), Workspace("T2", "E0")
    assert await tokens(cache, HALL, east, west) == ["xoxb-T0HALL", "xoxb-T1", "xoxb-None"]
    await cache.forget_token(WIDE)
    assert [cache.get_cached_token(workspace) is None for workspace in (HALL, east, west)] == [
        False,
        True,
        True,
    ]
    assert await tokens(cache, HALL, east, west) == ["xoxb-T0HALL", "xoxb-T1", None]

    cache.drop_cached_tokens(HALL)
    counted.open.clear()
    asking = asyncio.create_task(cache.find_token(HALL))
    await asyncio.sleep(0.05)
    await counted.many.async_save(installed(token="xoxb-2"))
    cache.drop_cached_tokens(HALL)
    counted.open.set()
    asked = await asking
    assert asked is not None
    assert asked.bot_token == "xoxb-T0HALL"
    assert await tokens(cache, HALL) == ["xoxb-2"], "what was asked before is not kept"


async def test_a_token_that_another_process_has_replaced_is_asked_for_anew(
    vault: Vault, wire: Wire
) -> None:
    many = VaultTokenStore(vault)
    await many.async_save(installed(token="xoxb-T0HALL"))
    async with api.SlackApi(many, base_url=wire.api, time=lambda: 0.0) as slack:
        await slack.call_method(HALL, "auth.test")
        wire.tokens["xoxb-T0HALL"].dead = "token_revoked"
        with pytest.raises(SlackApiError):
            await slack.call_method(HALL, "auth.test")
        wire.installs("T0HALL")
        await many.async_save(installed(token="xoxb-T0HALL-again"))
        await slack.call_method(HALL, "auth.test")
        asked = [call.token for call in wire.asked]
    assert asked == [*["xoxb-T0HALL"] * 3, "xoxb-T0HALL-again"]
