"""The vault: secrets are encrypted, opened by any key, short-lived, and each platform's own."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.platform import Vault
from bot.runtime.vault import Vaults, build_cipher
from tests.support.room import Room

OLD, NEW = (
    f"{'A' * 43}=",
    f"{'B' * 42}A=",
)  # the same in every process, since tests are named by them
TOKEN = "xoxb-a-token-nobody-may-read"


def vault(room: Room, keys: str = OLD, platform: str = "slack") -> Vault:
    return Vaults(room.store, room.clock, keys).open_vault(platform)


async def test_what_was_kept_last_is_there_until_it_is_dropped(room: Room) -> None:
    kept = vault(room)
    for value in ("first", TOKEN):
        await kept.store_secret("bot/E1/T1", value)
    await room.restart()
    kept = vault(room)
    assert (await kept.read_secret("bot/E1/T1"), await kept.read_secret("bot/E1/T2")) == (
        TOKEN,
        None,
    )
    await kept.delete_secret("bot/E1/T1")
    await kept.delete_secret("bot/E1/T1")
    assert await kept.read_secret("bot/E1/T1") is None


async def test_a_token_lies_nowhere_in_the_database(quick_room: Room) -> None:
    await vault(quick_room).store_secret("bot//T1", TOKEN)
    files = list(Path(quick_room.url.partition("///")[2]).parent.glob("*.db*"))
    written = b"".join(path.read_bytes() for path in files)
    assert (b"bot//T1" in written, TOKEN.encode() in written, OLD.encode() in written) == (
        True,
        False,
        False,
    )


async def test_a_key_is_replaced_by_naming_the_new_one_first(quick_room: Room) -> None:
    await vault(quick_room, OLD).store_secret("before", "1")
    both = vault(quick_room, f"{NEW}, {OLD}")
    await both.store_secret("after", "2")
    assert (await both.read_secret("before"), await both.read_secret("after")) == ("1", "2")
    assert await vault(quick_room, NEW).read_secret("after") == "2"


async def test_what_no_key_opens_is_not_there_but_stays_and_is_named_in_the_log(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await vault(quick_room, OLD).store_secret("bot//T1", TOKEN)
    for keys in (NEW, ""):
        assert await vault(quick_room, keys).read_secret("bot//T1") is None
        assert await vault(quick_room, keys).list_secret_names("bot/") == ["bot//T1"]
    assert [
        record.getMessage() for record in caplog.records if record.name == "bot.runtime.vault"
    ] == ["no VAULT_KEY opens the secret “bot//T1” of slack: name the key it was locked with"]
    assert await vault(quick_room, OLD).read_secret("bot//T1") == TOKEN


async def test_without_a_key_nothing_is_kept_in_the_open(quick_room: Room) -> None:
    with pytest.raises(RuntimeError, match="set VAULT_KEY"):
        await vault(quick_room, "").store_secret("bot//T1", TOKEN)
    assert await vault(quick_room).list_secret_names("") == []


async def test_a_secret_ends_at_its_time_and_is_swept_away(room: Room) -> None:
    kept = vault(room)
    await kept.store_secret("state/1", "issued", timedelta(minutes=10))
    await kept.store_secret("bot//T1", TOKEN)
    room.clock.at += timedelta(minutes=9, seconds=59)
    assert (await kept.read_secret("state/1"), await kept.list_secret_names("")) == (
        "issued",
        ["bot//T1", "state/1"],
    )
    room.clock.at += timedelta(seconds=1)
    assert (
        await kept.read_secret("state/1"),
        await kept.pop_secret("state/1"),
        await kept.list_secret_names(""),
    ) == (
        None,
        None,
        ["bot//T1"],
    )
    await kept.store_secret("state/2", "issued", timedelta(minutes=10))
    room.clock.at += timedelta(minutes=10)
    await room.clockwork.delete_expired_data()
    room.clock.at -= timedelta(minutes=10)
    assert await kept.list_secret_names("") == ["bot//T1"]


async def test_a_secret_that_is_kept_anew_forgets_when_it_was_to_end(quick_room: Room) -> None:
    kept = vault(quick_room)
    await kept.store_secret("one", "short", timedelta(minutes=1))
    await kept.store_secret("one", "long")
    quick_room.clock.at += timedelta(days=400)
    assert await kept.read_secret("one") == "long"


async def test_of_many_who_take_a_secret_at_once_one_gets_it(room: Room) -> None:
    kept = vault(room)
    await kept.store_secret("state/1", "issued")
    taken = await asyncio.gather(*(vault(room).pop_secret("state/1") for _ in range(8)))
    assert Counter(taken) == {"issued": 1, None: 7}
    assert await kept.list_secret_names("") == []


async def test_a_platform_sees_its_own_secrets_alone(quick_room: Room) -> None:
    slack, discord = vault(quick_room), vault(quick_room, platform="discord")
    await slack.store_secret("one", "of slack")
    await discord.store_secret("one", "of discord")
    await discord.store_secret("two", "of discord")
    assert (
        await slack.read_secret("one"),
        await slack.read_secret("two"),
        await slack.list_secret_names(""),
    ) == (
        "of slack",
        None,
        ["one"],
    )
    await slack.delete_secret("one")
    assert (await slack.pop_secret("two"), await discord.read_secret("one")) == (None, "of discord")


async def test_names_are_found_by_how_they_begin_whatever_letters_that_has(room: Room) -> None:
    kept = vault(room)
    for name in ("bot/E_1/T1", "bot/EX1/T1", "bot/%/T1", "state/1"):
        await kept.store_secret(name, "x")
    assert await kept.list_secret_names("bot/E_1/") == ["bot/E_1/T1"]
    assert await kept.list_secret_names("bot/%") == ["bot/%/T1"]
    assert list(await kept.list_secret_names("bot/")) == sorted(
        await kept.list_secret_names("bot/")
    )


@pytest.mark.parametrize("keys", ["short", f"{OLD},short", "ü" * 44])
def test_what_is_no_key_locks_nothing(keys: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — what it says is for `Settings` to say
        build_cipher(keys)
