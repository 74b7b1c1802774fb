"""The room's guard: pages from this very address come in, everything else is turned away.

It covers every route, the event stream included.
Every refusal becomes JSON with a sentence in `problem`.
"""

from __future__ import annotations

import logging
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import ValidationError

from bot.chat.errors import Refused

BODY = 64 * 1024  # bytes in a request without a file

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FOREIGN_HOST = "The room answers only at its own address: open the one it printed."
_FOREIGN_PAGE = "The room does not answer other websites: open it at its own address."
_NO_JSON = "The room takes JSON only: send it with the content type application/json."
_log = logging.getLogger(__name__)


def build_problem_response(status: int, sentence: str, field: str = "") -> web.Response:
    """Return a refusal; `field` is the form field it is about, if any."""
    return web.json_response({"problem": sentence, "field": field}, status=status)


def make_room_guard(hosts: frozenset[str]) -> Middleware:
    """Return the middleware for a room with these values in the Host header."""
    origins = {f"http://{host}" for host in hosts}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = _verify_request(request, hosts, origins)
        if refusal is not None:
            return refusal
        try:
            return await handler(request)
        except ConnectionError:  # the other side has gone, and nobody reads an answer
            raise
        # A door: the page shows every error in words, a bug with its ticket number.
        except Exception as error:
            return _build_error_response(error)

    return guard


async def set_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers for every response: no foreign scripts, and no stored answers."""
    response.headers.update(_HEADERS)
    # `no-cache` lets the browser keep the page's files, but it must ask whether they changed.
    policy = "no-store" if request.path.startswith("/api/") else "no-cache"
    response.headers.setdefault("Cache-Control", policy)


def _build_error_response(error: Exception) -> web.Response:
    match error:
        case Refused():
            return build_problem_response(422, error.sentence, error.field)
        case ValidationError():
            return build_problem_response(400, _format_validation_error(error))
        case web.HTTPException():
            return build_problem_response(error.status, _describe_http_status(error.status))
        case _:
            return _report_room_bug(error)


def _report_room_bug(error: Exception) -> web.Response:
    ticket = secrets.token_hex(3)
    _log.error("A request failed, ticket %s", ticket, exc_info=error)
    return build_problem_response(
        500, f"Something went wrong in the room: please try again (ticket {ticket})."
    )


def _verify_request(
    request: web.Request, hosts: frozenset[str], origins: set[str]
) -> web.Response | None:
    """Return the refusal for a request from elsewhere, or None."""
    # Any website can point a name of its own at 127.0.0.1 (DNS rebinding). Only the Host
    # header shows it, for to the browser both are one origin.
    if request.headers.get("Host", "").lower() not in hosts:
        return build_problem_response(403, _FOREIGN_HOST)
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in origins:
        return build_problem_response(403, _FOREIGN_PAGE)
    # A plain GET from another site has no Origin. `same-site` is another port of this machine.
    # `none` is a person who typed the address.
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.path.startswith("/api/") and site not in {"same-origin", "none"}:
        return build_problem_response(403, _FOREIGN_PAGE)
    # A form on another site can post without asking, but not with this content type.
    if request.method == "POST" and request.content_type != "application/json":
        return build_problem_response(415, _NO_JSON)
    return None


def _format_validation_error(error: ValidationError) -> str:
    # Without the input: an answer never repeats what somebody sent.
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the request"
    return f"The room could not read “{field}” ({first['msg'].lower()}): load the page again."


def _describe_http_status(status: int) -> str:
    match status:
        case 404:
            return "There is nothing at this address: go to the room's first page."
        case 413:
            return "That is too large: send at most 64 kB, or a file of 1 MB."
        case 405:
            return "This address does not take such a request: use the room's page."
        case _:
            return "The room could not do that: load the page again."
