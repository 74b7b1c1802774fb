"""Bad weather on the wire to Slack: a post goes wrong on its way there, or the answer on its way
back, in every way in which that happens, in turn; and so do looks into the history.

It hangs over the simulated Slack (`Wire.skies`), and holds the bot to what Slack asks for: to be
left alone after a limit, and to be asked for history once a minute.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tests.support.slack.wire import (
    Asked,
    Fault,
    lost_connection,
    no_answer,
    rate_limit,
    refusal,
    status,
)

BEFORE, AFTER = "before", "after"
POST, LOOK, OPEN = "chat.postMessage", "conversations.history", "conversations.open"
NOT_JSON = Fault(body="<html>All is well</html>")
A_MINUTE = timedelta(minutes=1)

REFUSED: Mapping[str, Fault] = {
    "limited": rate_limit(17),
    "limited for long": rate_limit(400),
    "limited, for how long is not said": rate_limit(None),
    "ratelimited": refusal("ratelimited"),
    "rate_limited": refusal("rate_limited"),
    "not allowed": refusal("restricted_action"),
    "no such channel": refusal("channel_not_found"),
    "no scope": refusal("missing_scope", needed="chat:write", provided="commands"),
    "gate closed": status(403),
}
LIMITS = {"limited": 17, "limited for long": 400} | dict.fromkeys([*REFUSED][2:5], 60)  # seconds
FOR_GOOD = {"not allowed", "no such channel"}  # said of a private channel, it ends the letter
# With these nobody knows; after `killed` least of all, since it is the end of the process.
UNKNOWN: Mapping[str, Fault] = {
    "500": status(500),
    "503": status(503),
    "fatal_error": refusal("fatal_error"),
    "internal_error": refusal("internal_error"),
    "hung up": lost_connection(kept=False),
    "not JSON": NOT_JSON,
    "no answer": no_answer(),
    "killed": no_answer(),
}
WAYS = (*((BEFORE, how) for how in (*REFUSED, *UNKNOWN)), *((AFTER, how) for how in UNKNOWN))
LOOKS = (
    rate_limit(30),
    status(500),
    lost_connection(kept=False),
    refusal("internal_error"),
    NOT_JSON,
    rate_limit(None),
)


class Weather:
    """One post in four goes wrong, and every third look for one; `closed` users cannot be written
    to.

    `struck` are the keys of posts that went wrong at least once. `stuck`: no answer comes, and
    `how` that is to end: `no answer` in time, or the process `killed`. What the bot does though it
    was asked not to is kept in `rude`.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._coming: Iterator[tuple[str, str]] = itertools.cycle(
            self._random.sample(WAYS, len(WAYS))
        )
        self._next = next(self._coming)
        self._calm = 3
        self._looks = itertools.cycle(itertools.chain(*([None, None, look] for look in LOOKS)))
        self._silence: tuple[datetime, datetime] | None = None  # since when, until when
        self._looked: datetime | None = None
        self.closed: set[str] = set()
        self.struck: set[str] = set()
        self.met: Counter[tuple[str, str]] = Counter()
        self.rude: list[str] = []
        self.posts = 0
        self.stuck = asyncio.Event()
        self.how = ""

    def forgiven(self) -> None:
        """The bot has been started again: what it was asked before, it may have forgotten."""
        self._silence = self._looked = None

    def hushes(self) -> None:
        """The very next post is limited, for long."""
        self._coming = itertools.chain([self._next], self._coming)
        self._next, self._calm = (BEFORE, "limited for long"), 0

    def __call__(self, asked: Asked) -> Fault | None:
        """What befalls a request."""
        if asked.method == POST:
            return self._post(asked)
        if asked.method == LOOK:
            return self._look(asked)
        if asked.method == OPEN and asked.given["users"] in self.closed:
            return refusal("user_not_visible")
        return None

    def _look(self, asked: Asked) -> Fault | None:
        if self._looked and asked.at - self._looked < A_MINUTE:
            self.rude.append(f"a look at {asked.at}, after one at {self._looked}")
        self._looked = asked.at
        return next(self._looks)

    def _post(self, asked: Asked) -> Fault | None:
        self.posts += 1
        if (
            self._silence and self._silence[0] < asked.at < self._silence[1]
        ):  # at the same moment, it was on its way
            self.rude.append(
                f"a post at {asked.at}, though silence was asked for until {self._silence[1]}"
            )
        when, how = self._now(private=asked.given["channel"].startswith("D"))
        if not when:
            return None
        self.met[when, how] += 1
        self.struck.add(asked.given["metadata"]["event_payload"]["key"])
        if how in LIMITS:
            self._silence = asked.at, asked.at + timedelta(seconds=LIMITS[how])
        fault = replace({**REFUSED, **UNKNOWN}[how], kept=when == AFTER)
        if fault.hangs:
            self.how = how
            self.stuck.set()
        return fault

    def _now(self, *, private: bool) -> tuple[str, str]:
        """When and how the post of this moment goes wrong, if it does."""
        self._calm -= 1
        if self._calm > 0 or self.stuck.is_set() or (private and self._next[1] in FOR_GOOD):
            return "", ""
        self._calm = self._random.randint(2, 6)
        now, self._next = self._next, next(self._coming)
        return now
