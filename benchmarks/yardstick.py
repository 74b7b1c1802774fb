"""The yardstick: one committed insert as most bots make it, alone and behind two bare libraries.

It has its own engine and its own database, so that it neither waits for the bot nor warms it up.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import discord
from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import Column, Integer, MetaData, String, Table, event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.stopwatch import Work

SECRET = "signing-secret"
notes = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("value", String(80), nullable=False),
)
_INSERT = insert(notes)
_COUNT = select(func.count()).select_from(notes)


class Yardstick:
    """One async Core insert in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._made = 0

    async def insert_row(self) -> None:
        """Insert a row and commit it."""
        self._made += 1
        row = {"name": f"name-{self._made}", "value": "value"}
        async with self._engine.begin() as connection:
            await connection.execute(_INSERT, row)

    async def check_rows(self) -> None:
        """Assert that every insert is there."""
        async with self._engine.connect() as connection:
            assert (await connection.execute(_COUNT)).scalar_one() == self._made


@asynccontextmanager
async def open_yardstick(url: str) -> AsyncIterator[Yardstick]:
    """Open the yardstick on an empty database; at the end every insert has to be there."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        # The same promises as the bot's own file.
        @event.listens_for(engine.sync_engine, "connect")
        def prepare_file(connection: Any, _record: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}").close()

    try:
        async with engine.begin() as connection:
            await connection.run_sync(notes.metadata.create_all)
        yardstick = Yardstick(engine)
        yield yardstick
        await yardstick.check_rows()
    finally:
        await engine.dispose()


# — Bolt —


def make_bolt_app(yardstick: Yardstick | None, *, answers_first: bool = False) -> AsyncApp:
    """Make an app with one command, which inserts a row. `answers_first` is Bolt as it comes."""

    async def authorize(**_others: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1")

    app = AsyncApp(
        signing_secret=SECRET, authorize=authorize, process_before_response=not answers_first
    )

    @app.command("/note")
    async def note(ack: Any) -> None:
        if yardstick is not None:
            await yardstick.insert_row()
        await ack("Noted.")

    return app


def build_slash_command() -> tuple[str, dict[str, str]]:
    """Return the body and the headers of a signed slash command."""
    body = urlencode(
        {
            "team_id": "T1",
            "channel_id": "C1",
            "user_id": "U1",
            "user_name": "ada",
            "command": "/note",
            "text": "something done",
            "api_app_id": "A1",
            "trigger_id": "1.2.3",
            "response_url": "https://slack.example/response",
        }
    )
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={signature}",
    }
    return body, headers


def make_bolt_work(yardstick: Yardstick) -> Work:
    """Return the work of a bare Bolt handler with one insert, from the request to its answer."""
    app = make_bolt_app(yardstick)

    async def dispatch_command() -> None:
        body, headers = build_slash_command()
        listed: dict[str, str | Sequence[str]] = {**headers}
        response = await app.async_dispatch(AsyncBoltRequest(body=body, headers=listed))
        assert (response.status, response.body) == (200, "Noted.")

    return dispatch_command


# — discord.py —


class ReplyCounter(AsyncWebhookAdapter):
    """The end of discord.py's way out: it counts replies and sends nothing."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # discord.py
        self.count = 0

    async def create_interaction_response(  # type: ignore[override]
        self, interaction_id: int, token: str, **_others: object
    ) -> dict[str, Any]:
        self.count += 1
        return {"interaction": {"id": str(interaction_id), "type": 2}}


def make_discord_work(yardstick: Yardstick) -> Work:
    """Return the work of a bare discord.py handler with one insert, from the payload's text on."""
    client = discord.Client(intents=discord.Intents.none())
    tree = discord.app_commands.CommandTree(client)
    replies = ReplyCounter()
    text = json.dumps(_build_interaction())

    @tree.command(name="note", description="Note something")
    async def note(interaction: discord.Interaction, text: str) -> None:
        await yardstick.insert_row()
        await interaction.response.send_message("Noted.", ephemeral=True)

    async def handle_payload() -> None:
        async_context.set(replies)
        before = replies.count
        state = client._connection
        interaction: Any = discord.Interaction(data=json.loads(text), state=state)
        await tree._call(interaction)
        assert replies.count == before + 1

    return handle_payload


def _build_interaction() -> dict[str, Any]:
    """Return the payload of a slash command (Discord: Receiving an Interaction)."""
    user = {"id": "80", "username": "ada", "discriminator": "0", "avatar": None}
    option = {"type": 3, "name": "text", "value": "something done"}
    return {
        "id": "1",
        "type": 2,
        "token": "token",
        "version": 1,
        "application_id": "900",
        "attachment_size_limit": 1,
        "locale": "en-GB",
        "app_permissions": "0",
        "channel": {"id": "200", "type": 1, "recipients": [user]},
        "user": user,
        "data": {"id": "7", "type": 1, "name": "note", "options": [option]},
    }
