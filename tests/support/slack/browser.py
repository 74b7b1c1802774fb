"""A person's browser, as an app is installed: from the bot's page to Slack's, which is played here,
and back to the bot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from tests.support.slack.wire import LATEST, Wire
from tests.support.slack.workspaces import CLIENT_ID, Workspace

AUTHORIZE = "/oauth/v2/authorize"


@dataclass(frozen=True)
class Page:
    """What the bot's address answered: the status, the text, and where it leads."""

    status: int
    text: str
    leads: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Browser:
    """A browser with its cookies, of somebody who may install apps. `address` is where the bot
    listens for the test, whatever address it believes to be public; `wide`: they install for the
    whole enterprise.
    """

    wire: Wire
    address: str
    place: Workspace
    user: str = "mona"
    wide: bool = False
    cookies: dict[str, str] = field(default_factory=dict)

    async def installs(
        self, *, denies: bool = False, state: str = "", keeps_cookies: bool = True
    ) -> Page:
        """From *Add to Slack* to the page that says it is done. They may deny it, come back with
        another `state`, or with another browser.
        """
        back = self.agrees(await self.begins(), denies=denies, state=state)
        if not keeps_cookies:
            self.cookies.clear()
        return await self.gets(back)

    async def begins(self, path: str = "/slack/install") -> str:
        """Slack's address to which the bot sends whoever wants to install it."""
        page = await self.gets(path)
        links = re.findall(r"""href=["']([^"']+)""", page.text)
        found = [
            link for link in (page.leads, *map(unescape, links)) if urlsplit(link).path == AUTHORIZE
        ]
        assert found, f"{path} leads to no page of Slack's: {page}"
        return found[0]

    def agrees(self, authorize: str, *, denies: bool = False, state: str = "") -> str:
        """Slack's own page, where they agree or not; the address it sends them back to."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(authorize).query).items()}
        assert asked["client_id"] == CLIENT_ID
        if denies:
            refusal = urlencode({"error": "access_denied", "state": asked["state"]})
            return f"{asked['redirect_uri']}?{refusal}"
        code = self.wire.number("code")
        granted = {
            "scopes": frozenset(asked["scope"].split(",")),
            "redirect_uri": asked["redirect_uri"],
        }
        self.wire.codes[code] = {
            **granted,
            "team": self.place.id,
            "user": self.place.named(self.user).id,
            "wide": self.wide,
        }
        return (
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': state or asked['state']})}"
        )

    async def gets(self, url: str) -> Page:
        """A page of the bot's.

        Cookies are kept and sent although they are Secure and the test's address is not.
        """
        parts = urlsplit(url)
        here = f"{self.address}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        held = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if self.cookies
            else {}
        )
        limit, jar = aiohttp.ClientTimeout(total=LATEST), aiohttp.DummyCookieJar()
        async with (
            aiohttp.ClientSession(timeout=limit, cookie_jar=jar) as session,
            session.get(here, headers=held, allow_redirects=False) as answer,
        ):
            given = {name: cookie.OutputString() for name, cookie in answer.cookies.items()}
            self.cookies |= {name: cookie.value for name, cookie in answer.cookies.items()}
            for name in [name for name, value in self.cookies.items() if value == "deleted"]:
                del self.cookies[name]
            return Page(
                answer.status, await answer.text(), answer.headers.get("Location", ""), given
            )
