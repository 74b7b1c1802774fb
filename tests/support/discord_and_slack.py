"""A simulated Discord and a simulated Slack with one bot: one database, one core, one clock.

`Both` is the server on Discord; its `slack` is the workspace.
A `Side` has the same words for what people do and read on either.
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
from bot.post import PostRegistry, post_registry
from tests.support.discord.request_checks import parts
from tests.support.discord.server import SELECT, Server, answered, raw, said
from tests.support.slack import block_text
from tests.support.slack.group import ONE, Group
from tests.support.slack.socket import SocketWire
from tests.support.slack.workspaces import Json, Sight

CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")


class Both(Server):
    """A server and a workspace, each with a #study-group, with Ada, Bob, Cy, and Mona.

    Mona manages both.
    """

    slack: Group
    _made: PlatformConnection

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._hearing = AsyncExitStack()
        self.sides = {"discord": OnDiscord(self), "slack": OnSlack(self)}

    @classmethod
    @asynccontextmanager
    async def on(  # type: ignore[override]  # a server alone takes shards, both take Slack's way
        cls, url: str, way: str = ONE, post_kinds: PostRegistry = post_registry
    ) -> AsyncIterator[Self]:
        """Run the bot on the database at a URL; Slack reaches it in that way."""
        both = cls(url, Shards(1), post_kinds)
        with pytest.MonkeyPatch.context() as patch:
            # Both are waited for in real seconds: the first for nothing, the second on a slow
            # machine for too short.
            patch.setattr(letters, "POST_EVERY", 0.0)
            patch.setattr(conversation, "PATIENCE", 600.0)
            async with SocketWire.on(both.clock) as wire:
                both.slack = Group(url, way, wire, both.clock, post_kinds)
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
        """Let Slack reach the bot, in a task of the test's.

        In the bot's own task, the simulated Discord would wait for Slack.
        """
        self.slack.pulse = self.pulse
        await self._hearing.enter_async_context(self.slack.reached(self._made, self.core))

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database; the platforms go on."""
        await self._hearing.aclose()
        await super().restart()
        await self._hear()

    async def settles(self, cohort: str = "spring") -> str:
        """Give a cohort a home in the workspace, and return the words its moderator reads."""
        (code,) = CODE.findall(await self.says("mona", "cohort link", cohort=cohort))
        return await self.slack.says("mona", f"cohort link {code} sure=yes")

    async def links(self, name: str) -> str:
        """Connect somebody's accounts on Discord and Slack, and return the words on Slack."""
        (code,) = set(CODE.findall(await self.says(name, "link")))
        return await self.slack.says(name, f"link {code}")


class Side(ABC):
    """One of the two platforms.

    Items go by their ids, people by their names; words are without their styles.
    """

    name: str
    home: int  # the number of the cohort's home

    def __init__(self, both: Both) -> None:
        self.both = both

    @abstractmethod
    async def asks(self, who: str, command: str, /, **options: object) -> str:
        """Say a command in the channel, and return the private answer's words."""

    @abstractmethod
    async def ticks(self, who: str, post: Any, items: Sequence[str]) -> str:
        """Tick items under a post, and return the private answer's words."""

    @abstractmethod
    async def own_list(self, who: str, post: Any) -> tuple[Any, set[str]]:
        """Open one's own list, and return it with the items ticked there."""

    @abstractmethod
    async def keeps(self, who: str, shown: Any, items: Sequence[str]) -> str:
        """Leave exactly these items ticked, and return the private answer's words."""

    @abstractmethod
    async def checks_in(self, who: str, post: Any, label: str, hours: float) -> str:
        """Press a post's button, send the form, and return the private answer's words."""

    @abstractmethod
    def posts(self) -> Sequence[Any]:
        """Return the posts in the channel, oldest first."""

    @abstractmethod
    def letters(self, who: str) -> Sequence[Any]:
        """Return somebody's private messages from the bot, oldest first."""

    @abstractmethod
    def reads(self, post: Any) -> str: ...

    @abstractmethod
    def offers(self, post: Any) -> list[str]:
        """Return the labels to tick under a post."""

    @abstractmethod
    def mark(self, key: str) -> object:
        """Return the mark that a letter's key leaves in a post."""

    @abstractmethod
    def marked(self, post: Any) -> object:
        """Return the mark in a post."""

    @abstractmethod
    def sent_at(self, post: Any) -> datetime: ...

    @abstractmethod
    def native(self, who: str) -> str:
        """Return somebody's id there."""

    def post(self, key: str) -> Any:
        """Return a letter's one post."""
        (post,) = [post for post in self.posts() if self.marked(post) == self.mark(key)]
        return post


class OnDiscord(Side):
    name, home = "discord", 1

    async def asks(self, who: str, command: str, /, **options: object) -> str:
        return plain(await self.both.says(who, command, **options))

    async def ticks(self, who: str, post: Any, items: Sequence[str]) -> str:
        return plain(answered(await self.both.picks(who, post, items, "tick")))

    async def own_list(self, who: str, post: Any) -> tuple[Any, set[str]]:
        shown = await self.both.clicks(who, post, "My own list")
        return shown, {option["value"] for option in _options(shown) if option.get("default")}

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
        return [option["label"] for option in _options(post)]

    def mark(self, key: str) -> object:
        return custom_id.compute_component_id(custom_id.compute_letter_mark(key))

    def marked(self, post: Any) -> object:
        return post.components[0].id

    def sent_at(self, post: Any) -> datetime:
        created_at: datetime = post.created_at
        return created_at

    def native(self, who: str) -> str:
        return str(self.both.people[who].id)


def _options(message: Any) -> Iterator[Json]:
    selects = (part for part in parts(raw(message)) if part["type"] == SELECT)
    return (option for select in selects for option in select["options"])


class OnSlack(Side):
    name, home = "slack", 2

    async def asks(self, who: str, command: str, /, **options: object) -> str:
        words = " ".join(f"{name}={value}" for name, value in options.items())
        return plain(await self.both.slack.says(who, f"{command} {words}"))

    async def ticks(self, who: str, post: Sight, items: Sequence[str]) -> str:
        seen = await self.both.slack.person(who).ticks(post, *_labels(post, items))
        await self.both.pulse()
        return plain(seen.sees)

    async def own_list(self, who: str, post: Sight) -> tuple[Any, set[str]]:
        shown = await self.both.slack.clicks(who, post, "My own list")
        elements = [element for _, element in block_text.elements(shown.body)]
        chosen = [option for element in elements for option in element.get("initial_options", ())]
        return shown, {option["value"] for option in chosen}

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
        return [block_text.label(option["text"]) for option in _list_slack_options(post)]

    def mark(self, key: str) -> object:
        return key

    def marked(self, post: Sight) -> object:
        return post.body["metadata"]["event_payload"]["key"]

    def sent_at(self, post: Sight) -> datetime:
        return datetime.fromtimestamp(float(post.body["ts"]), UTC)

    def native(self, who: str) -> str:
        return self.both.slack.place.named(who).id


def _labels(shown: Sight, items: Sequence[str]) -> list[str]:
    options = {option["value"]: option for option in _list_slack_options(shown)}
    return [block_text.label(options[item]["text"]) for item in items]


def _list_slack_options(shown: Sight) -> list[Json]:
    elements = [element for _, element in block_text.elements(shown.body)]
    return [option for element in elements for option in element.get("options", ())]


def plain(words: str) -> str:
    """Return words without either platform's styles."""
    return re.sub(r"[*_`]|^## ", "", words, flags=re.MULTILINE)
