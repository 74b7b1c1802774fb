"""People read their own platform's word for a space: a server, a workspace, the room."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.discord_and_slack import Both, plain
from tests.support.room_server import text, whole_bot

NAMED = "Whoever runs this {} may manage its cohorts, and nobody else is named: "


async def test_one_bot_says_server_on_discord_and_workspace_on_slack(
    empty_file: Path, tmp_path: Path
) -> None:
    async with Both.on(f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}") as both:
        for side, word in ((both.sides["discord"], "server"), (both.sides["slack"], "workspace")):
            assert NAMED.format(word) in await side.asks("mona", "moderators")
        assert NAMED.format("workspace") in plain(
            await both.slack.says("mona", "moderators", "direct")
        )


async def test_the_room_says_room(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as local:
        assert NAMED.format("room") in text(await local.says("mona", "moderators"))
