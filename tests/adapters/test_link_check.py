"""Links are asked politely, and every way to answer has its sentence: over real HTTP, on this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.link_check import Manners, ask_addresses
from bot.roadmap.links import LinkAnswer

HERE = Manners(pause=0, asks_private=True)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    """A site with statuses, redirects or handlers by path. `asked` has each request."""

    address: str = ""
    pages: dict[str, int | str | Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        self.agents.add(request.headers.get("User-Agent", ""))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            page = self.pages.get(request.path, 404)
            if isinstance(page, int):
                return web.Response(status=page)
            if isinstance(page, str):
                status, _, target = page.partition(" ")
                return web.Response(status=int(status), headers={"Location": target})
            return await page(request)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def open_site(context: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site, app = Site(), web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    site.address = f"{'https' if context else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_raw_server(reply: bytes) -> AsyncIterator[str]:
    """Serve the same bytes to everybody, whatever is asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def make_certificate(folder: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate that nobody signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def ask(address: str, manners: Manners = HERE) -> LinkAnswer:
    return (await ask_addresses([address], manners))[address]


# Every site here is served without encryption, so a page that answers is insecure at best.
PLAIN = LinkAnswer("insecure", "is not encrypted: write https:// if the site has it.")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, PLAIN),
        (204, PLAIN),
        (404, LinkAnswer("dead", "answers 404 Not Found.")),
        (410, LinkAnswer("dead", "answers 410 Gone.")),
        (500, LinkAnswer("dead", "answers 500 Internal Server Error.")),
        (799, LinkAnswer("dead", "answers 799.")),
        (403, LinkAnswer("unsure", "refuses programs (403): open it in a browser.")),
        (999, LinkAnswer("unsure", "refuses programs (999): open it in a browser.")),
        (429, LinkAnswer("unsure", "asks us to come back later (429).")),
        # A redirect that names no place.
        (302, LinkAnswer("dead", "answers 302 Found.")),
    ],
)
async def test_a_status_says_if_a_page_is_there(status: int, answer: LinkAnswer) -> None:
    async with open_site() as site:
        site.pages["/page"] = status
        assert await ask(f"{site.address}/page") == answer


async def test_a_head_is_enough_and_names_the_project() -> None:
    async with open_site() as site:
        site.pages["/page"] = 200
        await ask(f"{site.address}/page")
        assert site.asked == ["HEAD /page"]
        assert site.agents == {"Syllabot (looks if the links of a study plan still work)"}


@pytest.mark.parametrize("refusal", [400, 403, 404, 405, 501])
async def test_where_a_head_is_refused_the_page_is_asked_for(refusal: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=refusal if request.method == "HEAD" else 200)

    async with open_site() as site:
        site.pages["/page"] = answer
        assert await ask(f"{site.address}/page") == PLAIN
        assert site.asked == ["HEAD /page", "GET /page"]


async def test_whoever_asks_us_to_wait_is_not_asked_again_at_once() -> None:
    async with open_site() as site:
        site.pages["/page"] = 429
        await ask(f"{site.address}/page")
        assert site.asked == ["HEAD /page"]


async def test_a_body_without_an_end_is_not_read() -> None:
    written = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=405 if request.method == "HEAD" else 200)
        await response.prepare(request)
        while request.method == "GET":
            await response.write(b"x" * 65_536)
            written += 65_536
        return response

    async with open_site() as site:
        site.pages["/flood"] = pour
        assert await ask(f"{site.address}/flood") == PLAIN
    # What the buffers of two sockets take, and no more.
    assert written < 50_000_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(status: int) -> None:
    async with open_site() as site:
        site.pages |= {"/old": f"{status} /new", "/new": 404}
        assert await ask(f"{site.address}/old") == LinkAnswer("dead", "answers 404 Not Found.")
        assert site.asked == ["HEAD /old", "HEAD /new", "GET /new"]


async def test_a_page_that_has_moved_for_good_names_its_new_address(tmp_path: Path) -> None:
    async with open_site(make_certificate(tmp_path)) as site, open_site() as plain:
        trust = ssl.create_default_context(cafile=tmp_path / "server.pem")
        site.pages |= {
            "/page": 200,
            "/old": "301 /older",
            "/older": "308 /page",
            # The page for a guest: the address itself stays right.
            "/guest": "302 /page",
            "/half": "301 /guest",
            "/open": f"302 {plain.address}/back",
        }
        plain.pages |= {"/back": f"301 {site.address}/page"}
        paths = ("/page", "/old#part", "/guest", "/half", "/open")
        addresses = [f"{site.address}{path}" for path in paths] + [f"{plain.address}/back"]
        answers = await ask_addresses(addresses, HERE, trust)
        assert [answers[address] for address in addresses] == [
            LinkAnswer("fine"),
            LinkAnswer("moved", f"has moved for good: write {site.address}/page#part"),
            LinkAnswer("fine"),
            LinkAnswer("moved", f"has moved for good: write {site.address}/guest"),
            LinkAnswer("insecure", f"leads over {plain.address}/back."),
            LinkAnswer("insecure", f"is not encrypted: write {site.address}/page"),
        ]


async def test_redirects_in_a_circle_or_without_an_end_are_told() -> None:
    async with open_site() as site:
        site.pages |= {"/a": "301 /b", "/b": "302 /a"}
        site.pages |= {f"/step-{number}": f"301 /step-{number + 1}" for number in range(9)}
        assert await ask(f"{site.address}/a") == LinkAnswer("dead", "leads in a circle.")
        answer = await ask(f"{site.address}/step-0")
        assert answer == LinkAnswer("dead", "is passed on more than 5 times.")
        assert site.asked[-1] == "HEAD /step-5"


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "ftp://a.example/", "http://[", "mailto:a@b.example"]
)
async def test_a_redirect_to_something_else_than_a_web_page_is_not_followed(target: str) -> None:
    async with open_site() as site:
        site.pages["/page"] = f"301 {target}"
        answer = await ask(f"{site.address}/page")
        assert answer == LinkAnswer("dead", "leads to something that is no web address.")


async def test_a_redirect_sends_no_user_name() -> None:
    async with open_site() as site:
        host = site.address.removeprefix("http://")
        seen: list[str | None] = []

        async def answer(request: web.Request) -> web.Response:
            seen.append(request.headers.get("Authorization"))
            return web.Response()

        site.pages |= {"/page": f"301 http://me:secret@{host}/new", "/new": answer}
        await ask(f"{site.address}/page")
        assert seen == [None]


async def test_whoever_gives_no_answer_in_time_is_dead() -> None:
    async def wait(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with open_site() as site:
        site.pages["/page"] = wait
        manners = Manners(patience=0.1, pause=0, asks_private=True)
        answer = await ask(f"{site.address}/page", manners)
        assert answer == LinkAnswer("dead", "gives no answer in 0.1 seconds.")


async def test_a_certificate_that_nobody_signed_is_told(tmp_path: Path) -> None:
    async with open_site(make_certificate(tmp_path)) as site:
        site.pages["/page"] = 200
        answer = await ask(f"{site.address}/page")
        assert answer == LinkAnswer("dead", "has no valid certificate, so browsers warn of it.")
        assert site.asked == []


async def test_a_host_that_takes_no_connections_is_dead() -> None:
    async with open_site() as site:
        address = f"{site.address}/page"
    assert await ask(address) == LinkAnswer("dead", "takes no connections.")


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (b"", "breaks off the connection."),
        (b"hello\r\n\r\n", "gives an answer that no browser understands."),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n", "gives an answer that no browser understands."),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n", "gives an answer that no browser understands."),
        (b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", "gives an answer that no browser understands."),
    ],
    ids=["nothing", "no HTTP", "many headers", "a long header", "a hidden letter"],
)  # fmt: skip
async def test_an_answer_that_makes_no_sense_is_dead(reply: bytes, sentence: str) -> None:
    async with open_raw_server(reply) as address:
        assert await ask(address) == LinkAnswer("dead", sentence)


async def test_no_letter_of_a_stranger_acts_on_the_terminal() -> None:
    async with open_site() as site:
        port = site.address.rpartition(":")[2]
        target = f"http://localhost:{port}/\x1b[31m\u202e{'x' * 3000}".encode()
        reply = b"HTTP/1.1 301 Moved\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"
        async with open_raw_server(reply) as address:
            answer = await ask(address)
    assert answer.sentence.isprintable()
    assert len(answer.sentence) < 300


async def test_hosts_are_asked_side_by_side_and_each_one_request_after_the_other() -> None:
    async with open_site() as first, open_site() as second:
        met = asyncio.Barrier(2)

        async def meet(request: web.Request) -> web.Response:
            # It only goes on when the other host is asked at the same time.
            await met.wait()
            return web.Response()

        for site in (first, second):
            site.pages |= {f"/{number}": 200 for number in range(5)}
            site.pages["/0"] = meet
        # The second site's pages are also reached from the first.
        second.pages["/1"] = f"302 {first.address}/2"
        addresses = [f"{site.address}/{number}" for site in (first, second) for number in range(5)]
        answers = await ask_addresses(addresses, HERE)
        assert answers == dict.fromkeys(addresses, PLAIN)
        assert (first.most_at_once, second.most_at_once) == (1, 1)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[2002:7f00:1::]",
        "0x7f.1",
    ],
)
async def test_a_private_network_is_not_asked_unless_it_is_wanted(host: str) -> None:
    answer = await ask(f"http://{host}:1/", Manners(pause=0))
    assert answer == LinkAnswer(
        "unsure", "is in a private network, so I did not ask it: add --private if you want that."
    )


async def test_an_address_that_nobody_can_ask_is_dead_and_stops_no_other() -> None:
    async with open_site() as site:
        site.pages["/page"] = 200
        wrong = ["https://", "http://[::1", "ftp://a.example/", "http://2130706433/"]
        answers = await ask_addresses([*wrong, f"{site.address}/page"], HERE)
        impossible = LinkAnswer("dead", "cannot be asked: correct it.")
        assert answers == {**dict.fromkeys(wrong, impossible), f"{site.address}/page": PLAIN}


async def test_a_host_without_an_address_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    answer = await ask("https://a.example/")
    assert answer == LinkAnswer("unreachable", "has a host that cannot be found.")
