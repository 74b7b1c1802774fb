"""Bad weather on the wire to Discord: a post goes wrong on its way there, or the answer on its way back, in every way in which
that happens, in turn.

It stands where the library hands a request over to its connection: on either side of it everything is as it always is.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
import discord
from discord.http import Route

BEFORE, AFTER = "before", "after"
MESSAGES, PRIVATE = "/channels/{channel_id}/messages", "/users/@me/channels"
MESSAGE = f"{MESSAGES}/{{message_id}}"
CLOSED = 50007  # cannot send messages to this user (Discord: Opcodes and Status Codes, JSON)


@dataclass
class Response:
    """What the library reads of a response that tells of an error."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def _refusal(
    kind: type[discord.HTTPException], status: int, code: int = 0, **headers: str
) -> discord.HTTPException:
    response: Any = Response(
        status, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    return kind(response, {"code": code, "message": "no"})


# What the library raises then; `killed` is the end of the process, after which nobody knows.
ERRORS: Mapping[str, Callable[[], BaseException]] = {
    "not allowed": lambda: _refusal(discord.Forbidden, 403, 50013),
    "no such channel": lambda: _refusal(discord.NotFound, 404, 10003),
    "gate closed": lambda: _refusal(discord.Forbidden, 403),
    "limited": lambda: _refusal(discord.HTTPException, 429, Retry_After="17"),
    "limited for long": lambda: discord.RateLimited(400.0),
    "500": lambda: _refusal(discord.DiscordServerError, 500),
    "503": lambda: _refusal(discord.DiscordServerError, 503),
    "hung up": aiohttp.ServerDisconnectedError,
    "reset": lambda: aiohttp.ClientOSError(104, "Connection reset by peer"),
    "no answer": TimeoutError,
    "killed": asyncio.CancelledError,
}
FOR_GOOD = {"not allowed", "no such channel"}  # said of a private channel, it ends the letter
UNKNOWN = ("500", "503", "hung up", "reset", "no answer", "killed")
WAYS = (*((BEFORE, how) for how in ERRORS), *((AFTER, how) for how in UNKNOWN))


class Weather:
    """One post in six goes wrong, and every third look for one; private messages to `closed` users never arrive.

    `struck` are the marks of posts that went wrong at least once, `lost` of those that had arrived all the same. `killed`: the
    process has ended since somebody last looked.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._coming = itertools.cycle(self._random.sample(WAYS, len(WAYS)))
        self._next = next(self._coming)
        self._calm = 3
        self._private: dict[str, int] = {}
        self._looks = itertools.count(1)
        self.closed: set[int] = set()
        self.struck: set[str] = set()
        self.lost: set[str] = set()
        self.met: Counter[tuple[str, str]] = Counter()
        self.posts = 0
        self.killed = False
        self.now: Callable[[], datetime] | None = None
        self.edits: list[tuple[int, datetime]] = []  # messages that were edited, and when

    def over(self, client: discord.Client) -> None:
        """From now on it stands between a client and Discord."""
        real = client.http.request

        async def request(route: Route, **more: Any) -> Any:
            if (route.method, route.path) == ("POST", MESSAGES):
                return await self._post(
                    lambda: real(route, **more), str(route.channel_id), more["json"]["nonce"]
                )
            if (route.method, route.path) == ("GET", MESSAGES) and next(self._looks) % 3 == 0:
                raise ERRORS["reset"]()
            answer = await real(route, **more)
            if (route.method, route.path) == ("PATCH", MESSAGE) and self.now is not None:
                self.edits.append((int(answer["id"]), self.now()))
            if route.path == PRIVATE:
                self._private[answer["id"]] = int(more["json"]["recipient_id"])
            return answer

        client.http.request = request  # type: ignore[method-assign]

    async def _post(self, send: Callable[[], Any], channel: str, mark: str) -> Any:
        self.posts += 1
        if self._private.get(channel) in self.closed:
            raise _refusal(discord.Forbidden, 403, CLOSED)
        when, how = self._now(private=channel in self._private)
        if when:
            self.met[when, how] += 1
            self.struck.add(mark)
            self.killed |= how == "killed"
        if when == BEFORE:
            raise ERRORS[how]()
        answer = await send()
        if when == AFTER:
            self.lost.add(mark)
            raise ERRORS[how]()
        return answer

    def _now(self, *, private: bool) -> tuple[str, str]:
        """When and how the post of this moment goes wrong, if it does."""
        self._calm -= 1
        if self._calm > 0 or (private and self._next[1] in FOR_GOOD):
            return "", ""
        self._calm = self._random.randint(3, 9)
        now, self._next = self._next, next(self._coming)
        return now
