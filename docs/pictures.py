"""Draw pictures of the bot on a simulated Discord server, in a browser. This needs chromium.

`make pictures` draws the two in the README.
`make pictures ARGS=folder` draws every main message into that folder.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)

from playwright.async_api import async_playwright  # noqa: E402

from bot import command, post  # noqa: E402
from tests.support.discord.server import Server  # noqa: E402

DOCS = Path(__file__).resolve().parent
IN_README = {"discord-week", "discord-ticked"}
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ZONE = "Europe/Berlin"


class Easel:
    """A server in a browser, and the folder for its pictures."""

    def __init__(self, server: Server, preview: Any, folder: Path) -> None:
        self.server = server
        self.preview = preview
        self.folder = folder

    async def draw(self, name: str, who: str, shown: Any = None) -> None:
        """Draw what somebody sees: an answer, a form or a message.

        If `shown` is left out, draw the newest post in the channel.
        """
        if self.folder == DOCS and name not in IN_README:
            return
        target = shown if shown is not None else self.server.posts()[-1]
        path = self.folder / f"{name}.png"
        await self.preview.screenshot(
            path, viewer=self.server.people[who], target=target, viewport=(680, 1400)
        )


@asynccontextmanager
async def easel(folder: Path) -> AsyncIterator[Easel]:
    """Open an easel with a new server, on a temporary database."""
    command.discover_commands()
    post.discover_post_kinds()
    chromium = shutil.which("chromium")
    assert chromium, "install Debian's chromium"
    with tempfile.TemporaryDirectory() as kept:
        async with (
            Server.on(f"sqlite+aiosqlite:///{kept}/syllabot.db") as server,
            async_playwright() as playwright,
        ):
            server.env.backend.bot_user.name = "Syllabot"
            seen = server.env.preview(
                server.channel, viewers=list(server.people.values()), timezone=ZONE
            )
            browser = await playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
            async with seen as preview:
                # The preview would look for a chromium of its own. Use the machine's.
                preview._capture_manager._browser = browser
                yield Easel(server, preview, folder)


async def main(folder: Path) -> None:
    """Play the first two weeks of a cohort, and draw the messages."""
    async with easel(folder) as at:
        server = at.server
        await at.draw(
            "discord-greeting", "mona", (await server.slash("mona", "help")).followups[-1]
        )
        created = await server.slash(
            "mona", "cohort create", name="spring", start="2026-01-05", zone=ZONE
        )
        await at.draw("discord-create", "mona", created)
        await at.draw(
            "discord-open", "mona", await server.slash("mona", "cohort open", cohort="spring")
        )
        await server.confirms("mona", "cohort open", "Open it", cohort="spring")
        for name in ("ada", "bob", "cy"):
            await server.says(name, "join", cohort="spring")
        await server.passes(hours=2)
        await at.draw("discord-new-members", "ada")
        await server.passes(days=4.4)
        await at.draw("discord-week", "ada")
        listed = await server.slash("ada", "week")
        await at.draw("discord-list", "ada", listed)
        ticked = await server.picks("ada", listed, ["vectors-matrices", "bayes"])
        await at.draw("discord-ticked", "ada", ticked)
        asked = await server.slash("ada", "checkin")
        await at.draw("discord-check-in", "ada", asked)
        checked = await server.submits(
            "ada", asked, hours="4", confidence="4", note="Bayes clicked at last."
        )
        await at.draw("discord-checked-in", "ada", checked)
        await server.passes(days=7)
        recap = [
            message
            for message in server.posts()
            if "Week 1" in str([part.to_dict() for part in message.components])
        ][-1]
        await at.draw("discord-recap", "bob", recap)
        await at.draw("discord-progress", "ada", await server.slash("ada", "progress"))
        await at.draw("discord-settings", "ada", await server.slash("ada", "settings"))
        await at.draw("discord-timeline", "mona", await server.slash("mona", "posts timeline"))
        await at.draw("discord-posts", "mona", await server.slash("mona", "posts settings"))
        await at.draw("discord-help", "mona", await server.slash("mona", "help"))
        await moderate(at)


async def moderate(at: Easel) -> None:
    """Draw the previews that a moderator confirms."""
    server = at.server
    await server.says("mona", "cohort call", day=3, at="19:00", where="Library")
    await server.passes(days=7)
    await at.draw("discord-call", "mona", await server.slash("mona", "cohort call", day=4))
    await at.draw("discord-pause", "mona", await server.slash("mona", "cohort pause"))
    await at.draw(
        "discord-late",
        "mona",
        await server.slash("mona", "cohort create", name="late", start="2026-01-05"),
    )
    await at.draw(
        "discord-late-open", "mona", await server.slash("mona", "cohort open", cohort="late")
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS))
