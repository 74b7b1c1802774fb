"""Who may come in: pages of this very address only. Everything else is turned away with one sentence.

Holds for every route, the event stream included, and turns every refusal into JSON with a sentence in `problem`.
"""

from __future__ import annotations

import logging
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import ValidationError

from bot.chat.errors import Refused

BODY = 64 * 1024

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_log = logging.getLogger(__name__)


def build_problem_response(status: int, sentence: str, field: str = "") -> web.Response:
    return web.json_response({"problem": sentence, "field": field}, status=status)


def make_room_guard(hosts: frozenset[str]) -> Middleware:
    """The middleware for a room that answers under these values of the Host header."""
    origins = {f"http://{host}" for host in hosts}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (refusal := _verify_request(request, hosts, origins)) is not None:
            return refusal
        try:
            return await handler(request)
        except ConnectionError:  # whoever asked has gone, and nobody can be told anything
            raise
        except Exception as wrong:
            return _build_error_response(wrong)

    return guard


async def set_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """What every response carries: nothing from elsewhere runs in the page, and no answer is kept."""
    response.headers.update(_HEADERS)
    response.headers.setdefault(
        "Cache-Control", "no-store" if request.path.startswith("/api/") else "no-cache"
    )


def _build_error_response(wrong: Exception) -> web.Response:
    match wrong:
        case Refused():
            return build_problem_response(422, wrong.sentence, wrong.field)
        case ValidationError():
            return build_problem_response(400, _format_validation_error(wrong))
        case web.HTTPException():
            return build_problem_response(wrong.status, _describe_http_status(wrong.status))
        case _:
            ticket = secrets.token_hex(3)
            _log.error("A request failed, ticket %s", ticket, exc_info=wrong)
            return build_problem_response(
                500,
                f"Something went wrong in the room: please try again (ticket {ticket} in the log).",
            )


def _verify_request(
    request: web.Request, hosts: frozenset[str], origins: set[str]
) -> web.Response | None:
    if request.headers.get("Host", "").lower() not in hosts:
        return build_problem_response(
            403,
            "The room answers only under its own address on this machine: open the one it printed.",
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in origins:
        return build_problem_response(
            403, "The room does not talk to pages from elsewhere: open it under its own address."
        )
    if request.path.startswith("/api/") and request.headers.get("Sec-Fetch-Site", "none") not in {
        "same-origin",
        "none",
    }:
        return build_problem_response(
            403, "The room does not talk to pages from elsewhere: open it under its own address."
        )
    if request.method == "POST" and request.content_type != "application/json":
        return build_problem_response(
            415, "The room takes JSON only: send it with the content type application/json."
        )
    return None


def _format_validation_error(wrong: ValidationError) -> str:
    first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the request"
    return f"The room could not read “{where}” ({first['msg'].lower()}): load the page again and retry."


def _describe_http_status(status: int) -> str:
    match status:
        case 404:
            return "There is nothing here: the room is at its first page."
        case 413:
            return "That is more than the room takes at once, 64 kB or a file of 1 MB: please make it shorter."
        case 405:
            return "That is not how this is asked for: use the room's page."
        case _:
            return "The room could not do that: load the page again."
