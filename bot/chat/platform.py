"""What a chat must be able to do for the bot: listen, send, find, check. It speaks chat, never product.

A platform renders neutral messages and classifies its own errors; it knows no cohort and sees no database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat.address import Caller, Extra, Place, SetupProblem, Threads
from bot.chat.message import Answer, Choice, Event, Form, Message

Filled = Mapping[str, tuple[str, ...]]


class Attachment(Protocol):
    """A file somebody brought with a command or a form. It is fetched only where it is wanted."""

    @property
    def name(self) -> str:
        """What they call it: whatever somebody typed. It may be known only once the file is read."""
        ...

    @property
    def size(self) -> int:
        """Its bytes, as the platform says; 0 where it does not."""
        ...

    async def download(self, max_bytes: int) -> bytes:
        """What is in it. Raises `TooLarge` where it has more than `most` bytes, `SendError` where it cannot be fetched, and
        `Refused` where whoever brought it can do something about that."""
        ...


Files = Mapping[str, Attachment]
"""What was brought along, by the names of the options it is for."""


class Core(Protocol):
    """The bot as a platform sees it: something to say phrases to.

    `keep`, `noted`, `note`, `first` and the claims of greetings raise `DatabaseAway` while the database cannot be used.
    What happens to spaces is kept then, and written down when it can be.
    """

    async def answer_phrase(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Filled | None = None,
        *,
        idempotency_key: str,
        files: Files | None = None,
    ) -> Answer:
        """The private answer to what `caller` said at `place`.

        `phrase` is what was typed, or what a button, list, select or form says. `filled` holds the fields of a submitted
        form or the picked values of a list, by option name; None where nothing was filled in. `files` are what was brought
        along, read only where they are wanted. `once` is the platform's own id of the interaction: the same one again
        changes nothing and gets the same answer. Never raises for anything a person can do.
        """
        ...

    async def suggest_values(
        self,
        caller: Caller,
        place: Place,
        command: str,
        option: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Sequence[Choice]:
        """At most 25 values for an option, given what is typed of it and of the other options so far."""
        ...

    async def save_form(self, caller: Caller, form: Form) -> str:
        """The phrase that opens this form again as it stands, with all that was typed, for a day and for this account."""
        ...

    async def load_note(self, platform: str, name: str) -> str:
        """What the platform has noted for itself under a name; empty if nothing."""
        ...

    async def save_note(self, platform: str, name: str, value: str) -> None:
        """Keep a word for the platform across restarts."""
        ...

    async def build_menu(self, caller: Caller, place: Place) -> Sequence[tuple[str, Sequence[str]]]:
        """The names of the commands that somebody may say, in the order of their use: what helps them today, then the
        other parts, each under its title."""
        ...

    async def record_event(self, platform: str, event: str) -> bool:
        """Whether an event of the platform, by its id, is heard for the first time. Remembered for two days."""
        ...

    async def has_recorded_event(self, platform: str, event: str) -> bool:
        """Whether `first` was told of an event of the platform, by its id, within two days."""
        ...

    async def claim_greeting(self, caller: Caller, place: Place) -> bool:
        """Whether to greet at a place now, which is claimed by that: one caller of several hears yes, and once for as long
        as the bot is there.

        A private place is its person, who is not greeted as a member of a cohort. A place without a channel is its
        whole space, which is not greeted where there is a cohort.
        """
        ...

    async def release_greeting(self, place: Place) -> None:
        """Give back a claim whose greeting has surely not got through: somebody may greet there again."""
        ...

    async def sync_spaces(
        self, platform: str, spaces: Collection[str], is_own_space: Callable[[str], bool]
    ) -> None:
        """Told at each connection: the bot is in these `spaces` now, and of those that are `mine` in no other."""
        ...

    # What happens to spaces is kept however long the database is away. Where the platform tells it again (`again`), these
    # raise `DatabaseAway` instead, so that it does.

    async def handle_space_joined(self, place: Place, *, can_redeliver: bool = False) -> None:
        """The bot has been brought (back) into the space of a place or, where it names none, into its whole tenant."""
        ...

    async def handle_space_left(self, place: Place, *, can_redeliver: bool = False) -> None:
        """The bot has been removed from there: the posts pause, and after thirty days the data is erased."""
        ...

    async def handle_channel_deleted(
        self, place: Place, reason: str, *, can_redeliver: bool = False
    ) -> None:
        """A channel is there no more: posts to it pause, and moderators are told why, `reason` being a sentence."""
        ...


class Vault(Protocol):
    """What a platform has to keep secret, encrypted at rest. Each sees its own alone; names have 200 characters at most."""

    async def store_secret(self, name: str, value: str, lifetime: timedelta | None = None) -> None:
        """Keep a secret under a name, in place of the one that was there; for ever, or as long as it `lasts`."""
        ...

    async def read_secret(self, name: str) -> str | None:
        """The secret of that name, or None where none is kept, its time is over, or no key of ours opens it."""
        ...

    async def pop_secret(self, name: str) -> str | None:
        """The same, and drop it: of several that ask at once, one gets it."""
        ...

    async def delete_secret(self, name: str) -> None:
        """Let go of a secret, if it is there."""
        ...

    async def list_secret_names(self, prefix: str) -> Sequence[str]:
        """The names of the secrets kept that begin like that, sorted; those whose time is over are left out."""
        ...


A_SPACE = "space"  # on a platform that does not run here, and whose own word is not known


def get_space_word(platforms: Mapping[str, Platform], name: str) -> str:
    """Return what people of a platform, by its name, call one space of it."""
    platform = platforms.get(name)
    return A_SPACE if platform is None else platform.space_word


class Platform(Protocol):
    """One chat platform. `space_word` is what its people call one space of it: server, workspace; `threads` says which
    threads its posts can have."""

    name: str
    space_word: str
    threads: Threads
    reveal_path: str
    """Where moderators' commands are shown to somebody the platform hides them from, as a path through its settings;
    empty where it hides none."""

    async def listen(self, core: Core) -> None:
        """Take people's words to `core` and its answers back, until cancelled. Raises `CannotConnect` where only the
        operator can help."""
        ...

    async def send(self, place: Place, message: Message, key: str) -> str:
        """Post a message and return the platform's id of it. The same `key` again must not post twice where the platform
        can help it. Raises `SendError`."""
        ...

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """Open the thread of a message that was sent. Doing so again changes nothing. Raises `SendError`."""
        ...

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """Have an event stand in the space of `place` as it is given, or none where it is None; return the platform's id.

        It is made, edited or cancelled, and doing so again changes nothing. `native` is its id, empty where that is not
        known: then it is looked for by its old `title` and the new one, and none of `others` is taken for it.
        Returns None where none stands there: it was cancelled, somebody has deleted it, or the platform has no events.
        Raises `SendError`.
        """
        ...

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """The id of the message sent under `key` since that instant, or None if it is not there. Raises `CannotLook`,
        or `SendError` where looking itself failed."""
        ...

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """What is missing at `place` for posting, and for the extras wanted there: the blocking ones first. Asks nothing
        that takes long, for it is asked before each post."""
        ...

    async def is_in_space(self, place: Place) -> bool:
        """Whether the account of a private place is still in its space. Raises `SendError` where asking failed."""
        ...
