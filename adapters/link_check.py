"""Asking web addresses if they still answer, politely, for `syllabot roadmap links`.

One request at a time for each host, and no body is read. Private networks are only asked when the
caller wants it: a file from a stranger may name the machines around the operator's own.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    ServerDisconnectedError,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.roadmap.links import LinkAnswer

AGENT = "Syllabot (looks if the links of a study plan still work)"
MOST_REDIRECTS = 5
LONGEST_SHOWN = 200  # characters of an address in a sentence
READ_AHEAD = 4096  # bytes; the body is thrown away
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
LEAST_ERROR = 400
# Statuses that programs get where people may get the page; 999 is LinkedIn's own.
REFUSES_PROGRAMS = frozenset({401, 403, 406, 451, 999})
ASKS_TO_WAIT = frozenset({429, 503})
NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})

PRIVATE = LinkAnswer(
    "unsure", "is in a private network, so I did not ask it: add --private if you want that."
)
UNKNOWN_HOST = LinkAnswer("unreachable", "has a host that cannot be found.")
BAD_CERTIFICATE = LinkAnswer("dead", "has no valid certificate, so browsers warn of it.")
REFUSES_CONNECTIONS = LinkAnswer("dead", "takes no connections.")
BREAKS_OFF = LinkAnswer("dead", "breaks off the connection.")
NONSENSE = LinkAnswer("dead", "gives an answer that no browser understands.")
IMPOSSIBLE = LinkAnswer("dead", "cannot be asked: correct it.")
CIRCLE = LinkAnswer("dead", "leads in a circle.")
TOO_FAR = LinkAnswer("dead", f"is passed on more than {MOST_REDIRECTS} times.")
NOWHERE = LinkAnswer("dead", "leads to something that is no web address.")


@dataclass(frozen=True, slots=True)
class Manners:
    """How addresses are asked: `patience` and `pause` are seconds for one request."""

    patience: float = 20
    pause: float = 0.5
    hosts_at_once: int = 4
    asks_private: bool = False


async def ask_addresses(
    addresses: Iterable[str], manners: Manners = Manners(), trust: SSLContext | bool = True
) -> Mapping[str, LinkAnswer]:
    """Return what each address answered. `trust` says whose certificates are valid."""
    by_host: dict[str, list[str]] = defaultdict(list)
    answers: dict[str, LinkAnswer] = {}
    for address in addresses:
        try:
            by_host[_get_host(URL(address))].append(address)
        except ValueError:
            answers[address] = IMPOSSIBLE
    resolver = ThreadedResolver() if manners.asks_private else _PublicResolver()
    async with ClientSession(
        connector=TCPConnector(resolver=resolver, force_close=True, ssl=trust),
        # No cookie, no proxy and no password of the machine goes to a stranger.
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": AGENT, "Accept": "*/*"},
        timeout=ClientTimeout(total=manners.patience),
        auto_decompress=False,
        read_bufsize=READ_AHEAD,
    ) as session:
        asker = _Asker(session, manners)
        async with asyncio.TaskGroup() as group:
            for host_addresses in by_host.values():
                group.create_task(asker.ask_one_by_one(host_addresses, answers))
    return answers


def _get_host(url: URL) -> str:
    if url.host is None or url.scheme not in ("http", "https"):
        raise ValueError
    return f"{url.host}:{url.port}"


@dataclass(frozen=True, slots=True)
class _Reply:
    """The status of an answer, and where it leads; empty without a redirect."""

    status: int
    location: str


class _PrivateAddressError(OSError):
    """A host in a private network."""


class _UnusableError(Exception):
    """An address that no answer came from."""

    def __init__(self, answer: LinkAnswer) -> None:
        super().__init__(answer.sentence)
        self.answer = answer


class _PublicResolver(AbstractResolver):
    """Finds hosts by name, and only in public networks.

    The connection takes the addresses found here: a name cannot mean another host a moment later.
    """

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [result for result in found if not _is_private_number(result["host"])]
        if not public:
            raise _PrivateAddressError(host)
        return public

    async def close(self) -> None:
        await self._resolver.close()


def _is_private_number(host: str) -> bool:
    """Tell if a host is written as a number, and that one is not public."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        # An IPv4 number may stand inside one of IPv6.
        number = number.ipv4_mapped or number.sixtofour or number
    return not number.is_global or number.is_multicast


class _Asker:
    """Asks addresses, each host one request after the other."""

    def __init__(self, session: ClientSession, manners: Manners) -> None:
        self._session = session
        self._manners = manners
        self._seats = asyncio.Semaphore(manners.hosts_at_once)
        # Redirects lead to hosts whose own addresses are asked at the same time.
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ask_one_by_one(self, addresses: list[str], answers: dict[str, LinkAnswer]) -> None:
        """Ask addresses of one host, and add what they answered."""
        async with self._seats:
            for address in addresses:
                try:
                    answers[address] = await self._judge_address(URL(address))
                except _UnusableError as error:
                    answers[address] = error.answer

    async def _judge_address(self, address: URL) -> LinkAnswer:
        """Follow an address to its end. Raises `_UnusableError`."""
        chain = [address]
        settled = address
        is_settling = True
        reply = await self._request(address)
        while reply.status in REDIRECTS and reply.location:
            target = _parse_target(chain[-1], reply.location)
            if target in chain:
                return CIRCLE
            if len(chain) > MOST_REDIRECTS:
                return TOO_FAR
            # Only redirects for good say that the author should write another address.
            is_settling = is_settling and reply.status in PERMANENT
            if is_settling:
                settled = target
            chain.append(target)
            reply = await self._request(target)
        return _judge_end(chain, settled, reply.status)

    async def _request(self, address: URL) -> _Reply:
        """Ask for the head of a page, or for the page where heads are refused."""
        if not self._manners.asks_private and _is_private_number(address.host or ""):
            raise _UnusableError(PRIVATE)
        async with self._turns[_get_host(address)]:
            reply = await self._send_head(address)
            if reply is None or (reply.status >= LEAST_ERROR and reply.status not in ASKS_TO_WAIT):
                await asyncio.sleep(self._manners.pause)
                reply = await self._send("GET", address)
            await asyncio.sleep(self._manners.pause)
            return reply

    async def _send_head(self, address: URL) -> _Reply | None:
        """Return the answer to HEAD; None where it makes no sense, as some servers do."""
        try:
            return await self._send("HEAD", address)
        except _UnusableError as error:
            if error.answer in (BREAKS_OFF, NONSENSE):
                return None
            raise

    async def _send(self, method: str, address: URL) -> _Reply:
        try:
            async with self._session.request(method, address, allow_redirects=False) as response:
                reply = _Reply(response.status, response.headers.get("Location", ""))
                # The status is enough: a body may be without an end.
                response.close()
                return reply
        except TimeoutError:
            seconds = f"{self._manners.patience:g} seconds"
            raise _UnusableError(LinkAnswer("dead", f"gives no answer in {seconds}.")) from None
        except (ClientError, OSError, ValueError) as error:
            raise _UnusableError(_explain_error(error)) from None


def _explain_error(error: Exception) -> LinkAnswer:
    match error:
        case ClientConnectorDNSError():
            is_private = isinstance(error.os_error, _PrivateAddressError)
            return PRIVATE if is_private else UNKNOWN_HOST
        case ClientSSLError():
            return BAD_CERTIFICATE
        case ClientConnectorError():
            has_no_route = error.os_error.errno in NO_ROUTE
            return UNKNOWN_HOST if has_no_route else REFUSES_CONNECTIONS
        case ServerDisconnectedError() | ClientOSError():
            return BREAKS_OFF
        case InvalidURL() | ValueError():
            return IMPOSSIBLE
        case _:
            return NONSENSE


def _parse_target(source: URL, location: str) -> URL:
    """Return where a redirect leads. Raises `_UnusableError` if that is no web address."""
    try:
        target = source.join(URL(location)).with_user(None)
        _get_host(target)
    except ValueError:
        raise _UnusableError(NOWHERE) from None
    if source.fragment and not target.fragment:
        # Browsers keep the place in the page as well.
        return target.with_fragment(source.fragment)
    return target


def _judge_end(chain: list[URL], settled: URL, status: int) -> LinkAnswer:
    """Judge the last answer of a chain of redirects."""
    if status >= LEAST_ERROR or status in REDIRECTS:
        return _judge_refusal(status)
    if chain[0].scheme == "http":
        return _judge_insecure(chain)
    for address in chain:
        if address.scheme == "http":
            return LinkAnswer("insecure", f"leads over {_format_address(address)}.")
    if settled != chain[0]:
        return LinkAnswer("moved", f"has moved for good: write {_format_address(settled)}")
    return LinkAnswer("fine")


def _judge_refusal(status: int) -> LinkAnswer:
    if status in ASKS_TO_WAIT:
        return LinkAnswer("unsure", f"asks us to come back later ({status}).")
    if status in REFUSES_PROGRAMS:
        return LinkAnswer("unsure", f"refuses programs ({status}): open it in a browser.")
    return LinkAnswer("dead", f"answers {_format_status(status)}.")


def _judge_insecure(chain: list[URL]) -> LinkAnswer:
    for address in chain:
        if address.scheme == "https":
            return LinkAnswer("insecure", f"is not encrypted: write {_format_address(address)}")
    return LinkAnswer("insecure", "is not encrypted: write https:// if the site has it.")


def _format_status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _format_address(address: URL) -> str:
    """Return a stranger's address for a terminal: visible letters, and not too many."""
    # An URL's text is quoted: no control character stands in it as such.
    text = str(address)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
