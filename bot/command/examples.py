"""Examples of posts: written by the code that sends them, and handed to commands by what runs.

The outbox reads the facts of a post, so its reader lives above the commands. They get the function
with their call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.message import Message, Ping
from bot.group.cohort import Cohort, Member
from bot.post import PostSlot

if TYPE_CHECKING:
    from bot.store import Tx


@dataclass(frozen=True, slots=True)
class ExampleRequest:
    """A post to be written as an example, at its own moment.

    `home_id`: the home it goes to; 0 for a private post, to `member`.
    `former_count`: the posts of its kind that come before it.
    """

    cohort: Cohort
    slot: PostSlot
    home_id: int = 0
    member: Member | None = None
    former_count: int = 0


@dataclass(frozen=True, slots=True)
class PostExample:
    """A post as it would be sent.

    `message` is None where the facts give nothing to write. `objection`: why by these facts it
    would not be sent; empty if it would. `ping`: whom it would notify.
    """

    message: Message | None
    objection: str = ""
    ping: Ping | None = None


WriteExample = Callable[["Tx", ExampleRequest], Awaitable[PostExample]]


async def write_nothing(tx: Tx, request: ExampleRequest) -> PostExample:
    """Return no example: for a call that nothing runs behind."""
    return PostExample(None, "nothing is there to write it")
