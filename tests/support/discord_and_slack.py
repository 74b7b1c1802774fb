"""A simulated Discord and a simulated Slack with one bot in both: one database, one core, one outbox, one clock.

The server on Discord is talked in as it always is, the workspace on Slack is `slack`; whatever is said, what is due leaves
on both. What people do and read on either, a `Side` says in the same words.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Self

import pytest

from adapters import PlatformConnection
from adapters.discord import custom_id
from adapters.discord.shards import Shards
from adapters.slack import conversation, letters
from bot.chat.platform import Platform
from tests.support.discord.request_checks import parts
from tests.support.discord.server import SELECT, Server, answered, raw, said
from tests.support.slack import block_text
from tests.support.slack.group import ONE, Group
from tests.support.slack.socket import SocketWire
from tests.support.slack.workspaces import Json, Sight

CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")


class Both(Server):
    """A server and a workspace, each with a #study-group, and in each Mona, who manages it, Ada, Bob and Cy."""

    slack: Group
    _made: PlatformConnection

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._hearing = AsyncExitStack()
        self.sides = {"discord": OnDiscord(self), "slack": OnSlack(self)}

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, way: str = ONE) -> AsyncIterator[Self]:
        """The bot lives on the database at a URL, and Slack reaches it in that way."""
        both = cls(url, Shards(1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(letters, "POST_EVERY", 0.0)  # it would be waited for in real seconds
            patch.setattr(conversation, "PATIENCE", 600.0)  # however slow this machine is
            async with SocketWire.on(both.clock) as wire:
                both.slack = Group(url, way, wire, both.clock)
                async with both.opened():
                    await both._hear()
                    try:
                        yield both
                    finally:
                        await both._hearing.aclose()

    def beside(self) -> Mapping[str, Platform]:
        self._made = self.slack.connects(self.store)
        return {"slack": self._made.platform}

    async def _hear(self) -> None:
        """Slack reaches the bot in a task of the test's: the simulated Discord waits for what its bot waits for."""
        self.slack.pulse = self.pulse
        await self._hearing.enter_async_context(self.slack.reached(self._made, self.core))

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database, both platforms having gone on."""
        await self._hearing.aclose()
        await super().restart()
        await self._hear()

    async def settles(self, cohort: str = "spring") -> str:
        """A cohort of the server gets a home in the workspace; what the moderator there reads."""
        (code,) = CODE.findall(await self.says("mona", "cohort link", cohort=cohort))
        return await self.slack.says("mona", f"cohort link {code} sure=yes")

    async def links(self, name: str) -> str:
        """Somebody's account on Discord and that of the same name on Slack become one person; what they read on Slack."""
        (code,) = set(CODE.findall(await self.says(name, "link")))
        return await self.slack.says(name, f"link {code}")


class Side(ABC):
    """One of the two platforms. Items go by their ids, people by their names; words are without their styles."""

    name: str
    home: int  # the number of the cohort's home

    def __init__(self, both: Both) -> None:
        self.both = both

    @abstractmethod
    async def asks(self, who: str, command: str, /, **options: object) -> str:
        """Somebody says a command in the channel; the words of the private answer."""

    @abstractmethod
    async def ticks(self, who: str, post: Any, items: Sequence[str]) -> str:
        """Somebody ticks items under a post; the words of the private answer."""

    @abstractmethod
    async def own_list(self, who: str, post: Any) -> tuple[Any, set[str]]:
        """Somebody has their own list shown; it, and the items that are ticked there."""

    @abstractmethod
    async def keeps(self, who: str, shown: Any, items: Sequence[str]) -> str:
        """They leave exactly these ticked in it; the words of the private answer."""

    @abstractmethod
    async def checks_in(self, who: str, post: Any, label: str, hours: float) -> str:
        """Somebody presses a button of a post, fills in the form and sends it; the words of the private answer."""

    @abstractmethod
    def posts(self) -> Sequence[Any]:
        """What stands in the channel, oldest first."""

    @abstractmethod
    def letters(self, who: str) -> Sequence[Any]:
        """What somebody was sent in private, oldest first."""

    @abstractmethod
    def reads(self, post: Any) -> str: ...

    @abstractmethod
    def offers(self, post: Any) -> list[str]:
        """What can be ticked under a post, as people read it."""

    @abstractmethod
    def mark(self, key: str) -> object:
        """How a letter's key stands in a post."""

    @abstractmethod
    def marked(self, post: Any) -> object:
        """The mark that a post bears."""

    @abstractmethod
    def sent_at(self, post: Any) -> datetime: ...

    @abstractmethod
    def native(self, who: str) -> str:
        """Somebody's id there."""

    def post(self, key: str) -> Any:
        """The one post of a letter."""
        (found,) = [one for one in self.posts() if self.marked(one) == self.mark(key)]
        return found


class OnDiscord(Side):
    name, home = "discord", 1

    async def asks(self, who: str, command: str, /, **options: object) -> str:
        return plain(await self.both.says(who, command, **options))

    async def ticks(self, who: str, post: Any, items: Sequence[str]) -> str:
        return plain(answered(await self.both.picks(who, post, items, "tick")))

    async def own_list(self, who: str, post: Any) -> tuple[Any, set[str]]:
        shown = await self.both.clicks(who, post, "My own list")
        return shown, {one["value"] for one in _options(shown) if one.get("default")}

    async def keeps(self, who: str, shown: Any, items: Sequence[str]) -> str:
        return await self.ticks(who, shown, items)

    async def checks_in(self, who: str, post: Any, label: str, hours: float) -> str:
        member = self.both.people[who]
        person = member if post.guild else member.user
        form = await person.click(post, label=label)
        sent = await person.submit_modal(form, {"hours": f"{hours:g}", "confidence": "4"})
        await self.both.pulse()
        return plain(answered(sent))

    def posts(self) -> Sequence[Any]:
        return self.both.posts()

    def letters(self, who: str) -> Sequence[Any]:
        return self.both.private(who)

    def reads(self, post: Any) -> str:
        return plain(said(post))

    def offers(self, post: Any) -> list[str]:
        return [one["label"] for one in _options(post)]

    def mark(self, key: str) -> object:
        return custom_id.compute_component_id(custom_id.compute_letter_mark(key))

    def marked(self, post: Any) -> object:
        return post.components[0].id

    def sent_at(self, post: Any) -> datetime:
        found: datetime = post.created_at
        return found

    def native(self, who: str) -> str:
        return str(self.both.people[who].id)


def _options(message: Any) -> Iterator[Json]:
    lists = (one for one in parts(raw(message)) if one["type"] == SELECT)
    return (option for one in lists for option in one["options"])


class OnSlack(Side):
    name, home = "slack", 2

    async def asks(self, who: str, command: str, /, **options: object) -> str:
        given = " ".join(f"{name}={value}" for name, value in options.items())
        return plain(await self.both.slack.says(who, f"{command} {given}"))

    async def ticks(self, who: str, post: Sight, items: Sequence[str]) -> str:
        seen = await self.both.slack.person(who).ticks(post, *_labels(post, items))
        await self.both.pulse()
        return plain(seen.sees)

    async def own_list(self, who: str, post: Sight) -> tuple[Any, set[str]]:
        shown = await self.both.slack.clicks(who, post, "My own list")
        lists = [one.get("initial_options", ()) for _, one in block_text.elements(shown.body)]
        return shown, {option["value"] for chosen in lists for option in chosen}

    async def keeps(self, who: str, shown: Sight, items: Sequence[str]) -> str:
        seen = await self.both.slack.person(who).picks(shown, *_labels(shown, items))
        await self.both.pulse()
        return plain(seen.sees)

    async def checks_in(self, who: str, post: Sight, label: str, hours: float) -> str:
        form = await self.both.slack.clicks(who, post, label)
        sent = await self.both.slack.fills(who, form, hours=f"{hours:g}", confidence="4 · good")
        return plain(sent.sees)

    def posts(self) -> Sequence[Sight]:
        return self.both.slack.posts()

    def letters(self, who: str) -> Sequence[Sight]:
        return self.both.slack.person(who).letters

    def reads(self, post: Sight) -> str:
        return plain(post.sees)

    def offers(self, post: Sight) -> list[str]:
        lists = [one.get("options", ()) for _, one in block_text.elements(post.body)]
        return [block_text.label(option["text"]) for options in lists for option in options]

    def mark(self, key: str) -> object:
        return key

    def marked(self, post: Sight) -> object:
        return post.body["metadata"]["event_payload"]["key"]

    def sent_at(self, post: Sight) -> datetime:
        return datetime.fromtimestamp(float(post.body["ts"]), UTC)

    def native(self, who: str) -> str:
        return self.both.slack.place.named(who).id


def _labels(shown: Sight, items: Sequence[str]) -> list[str]:
    options = {
        one["value"]: one
        for _, each in block_text.elements(shown.body)
        for one in each.get("options", ())
    }
    return [block_text.label(options[item]["text"]) for item in items]


def plain(words: str) -> str:
    """Words without the styles of either platform."""
    return re.sub(r"[*_`]|^## ", "", words, flags=re.MULTILINE)
