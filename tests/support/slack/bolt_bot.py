"""A small bot made with the real Bolt, for tests of the simulated Slack itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.slack.delivery import Delivery, Http
from tests.support.slack.socket import Sockets, SocketWire
from tests.support.slack.workspaces import (
    APP_TOKEN,
    SIGNING_SECRET,
    Json,
)

PUBLIC = "https://study.example"


def text(said: str) -> Json:
    return {"type": "plain_text", "text": said}


def section(said: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": said}}


def button(label: str) -> Json:
    return {
        "type": "actions",
        "elements": [{"type": "button", "text": text(label), "value": label, "action_id": "press"}],
    }


def group(number: int, *chosen: str) -> Json:
    options = [{"text": text(f"{number}{option}"), "value": f"{number}{option}"} for option in "ab"]
    initial = [option for option in options if option["value"] in chosen]
    box = {"type": "checkboxes", "action_id": f"tick{number}", "options": options}
    return {
        "type": "actions",
        "elements": [box | ({"initial_options": initial} if initial else {})],
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": text("Check in"), "blocks": list(blocks), **more}


def field_of(name: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "label": text(label),
        "element": {"action_id": f"v-{name}", **element},
        **more,
    }


WAIT = modal(section("One moment …"))
FORM = modal(
    field_of(
        "hours", "Hours", {"type": "number_input", "is_decimal_allowed": True, "min_value": "0"}
    ),
    field_of("note", "Note", {"type": "plain_text_input", "initial_value": "fine"}, optional=True),
    field_of("day", "Day", {"type": "datepicker"}, optional=True),
    submit=text("Send"),
    private_metadata="checkin",
)


@dataclass
class Bot:
    """A small bot on Bolt, and the way Slack reaches it."""

    wire: SocketWire
    app: AsyncApp
    delivery: Delivery
    address: str = ""
    said: list[Json] = field(default_factory=list)  # bodies, each with its headers for retries


def listens(app: AsyncApp, said: list[Json]) -> None:
    """What the bot does."""

    @app.middleware
    async def note(body: Json, req: Any, next: Any) -> None:
        said.append({**body, "retry": req.headers.get("x-slack-retry-num")})
        await next()

    @app.command("/study")
    async def study(ack: Any, body: Json, client: AsyncWebClient, respond: Any) -> None:
        await ack(**({"text": "At once"} if body["text"] == "here" else {}))
        if body["text"] == "checkin":
            opened = await client.views_open(trigger_id=body["trigger_id"], view=WAIT)
            await client.views_update(view_id=opened["view"]["id"], view=FORM)
        elif body["text"] != "here":
            blocks = [
                section("You *said* it &amp; I &lt;heard&gt;"),
                button("More"),
                group(1),
                group(2, "2b"),
            ]
            await respond(text="You said it", blocks=blocks)

    _hears_clicks(app)
    _hears_forms(app)


def _hears_clicks(app: AsyncApp) -> None:
    @app.action("press")
    async def press(ack: Any, body: Json, respond: Any, client: AsyncWebClient) -> None:
        await ack()
        if "view" in body:
            await client.views_publish(
                user_id=body["user"]["id"], view={"type": "home", "blocks": [section("Later")]}
            )
        else:
            await respond(
                text=f"{'message' in body}", replace_original=body["container"]["is_ephemeral"]
            )

    @app.action("tick1")
    @app.action("tick2")
    async def tick(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        values = [held for block in body["state"]["values"].values() for held in block.values()]
        await respond(
            text=" ".join(
                [
                    "Ticked",
                    *(option["value"] for held in values for option in held["selected_options"]),
                ]
            )
        )


def _hears_forms(app: AsyncApp) -> None:
    @app.view("")
    async def sent(ack: Any, view: Json) -> None:
        values = {block: held[f"v-{block}"] for block, held in view["state"]["values"].items()}
        if float(values["hours"]["value"]) > 100:
            await ack(response_action="errors", errors={"hours": "That is too long."})
            return
        day = values["day"]["selected_date"]
        said = f"{view['private_metadata']}: {values['note']['value']} {day}"
        await ack(response_action="update", view=modal(section(said)))

    @app.event("app_home_opened")
    async def home(body: Json, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [section("Now"), button("More")]}
        await client.views_publish(user_id=body["event"]["user"], view=view)

    @app.event("app_uninstalled")
    @app.event("tokens_revoked")
    @app.event("channel_archive")
    @app.event("group_left")
    @app.event("channel_deleted")
    async def gone() -> None:
        pass


@asynccontextmanager
async def listening(app: AsyncApp) -> AsyncIterator[str]:
    """Bolt behind an address, as an adapter would mount it."""

    async def posted(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def looked_at(request: web.Request) -> web.Response:
        flow, asked = app.oauth_flow, await to_bolt_request(request)
        assert flow is not None
        handle = (
            flow.handle_installation if request.path == "/slack/install" else flow.handle_callback
        )
        return await to_aiohttp_response(await handle(asked))

    served = web.Application()
    pages = [web.get(path, looked_at) for path in ("/slack/install", "/slack/oauth_redirect")]
    served.add_routes([web.post("/slack/events", posted), *pages])
    runner = web.AppRunner(served, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(wire: SocketWire, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Bolt on a websocket."""
    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt


@asynccontextmanager
async def over(wire: SocketWire, mode: str) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            "xoxb-T0HALL", base_url=wire.api, session=session, retry_handlers=[]
        )
        app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)
        said: list[Json] = []
        listens(app, said)
        if mode == "http":
            async with listening(app) as address:
                yield Bot(wire, app, Http(wire, f"{address}/slack/events"), address, said)
        else:
            async with connected(wire, app):
                yield Bot(wire, app, Sockets(wire), said=said)
