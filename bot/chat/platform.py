"""The protocols between the core and a platform, and what they hand over.

A platform renders neutral messages and classifies its own errors.
It knows no cohort and sees no database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat.address import (
    Account,
    AccountRights,
    Caller,
    Extra,
    Place,
    SetupProblem,
    Threads,
)
from bot.chat.message import Answer, Choice, Event, File, Form, Message, NotifyWay

# The values from a submitted form or a list, by option name.
Filled = Mapping[str, tuple[str, ...]]


class Attachment(Protocol):
    """A file with a command or a form. It is downloaded only on demand."""

    @property
    def name(self) -> str:
        """Its name, typed by somebody. Some platforms know it only after the download."""
        ...

    @property
    def size(self) -> int:
        """Its size in bytes according to the platform; 0 if unknown."""
        ...

    async def download(self, max_bytes: int) -> bytes:
        """Return its content.

        Raises `FileTooLarge` above `max_bytes`, `SendError` if the download failed, and
        `Refused` if the person can do something about it.
        """
        ...


# Attachments by option name.
Files = Mapping[str, Attachment]


class Core(Protocol):
    """The bot from a platform's side: it answers phrases.

    Notes, events, forms and greetings raise `DatabaseUnavailableError` without a database.
    Changes to spaces are remembered then, and stored later.
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
        """Return the private answer to a phrase from `caller` at `place`.

        `phrase` was typed, or comes from a button, a list, a select or a form.
        `filled`: the values from a form or a list; None without either.
        `files`: downloaded only for a command with a file option.
        `idempotency_key`: the platform's own id for the interaction. The same key again changes
        nothing and gets the same answer.
        Never raises for anything a person can do.
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
        """Return at most 25 values for an option, from its beginning and the other options."""
        ...

    async def save_form(self, caller: Caller, form: Form) -> str:
        """Return a phrase to open this form again, with its values; good for a day."""
        ...

    async def load_note(self, platform: str, name: str) -> str:
        """Return the platform's own note with this name; empty if there is none."""
        ...

    async def save_note(self, platform: str, name: str, value: str) -> None:
        """Keep a note for the platform across restarts."""
        ...

    async def build_menu(self, caller: Caller, place: Place) -> Sequence[tuple[str, Sequence[str]]]:
        """Return command names by section title, the most useful ones today first.

        A command is left out if the caller may not use it.
        """
        ...

    async def record_event(self, platform: str, event: str) -> bool:
        """Record a platform event by its id; return True the first time within two days."""
        ...

    async def has_recorded_event(self, platform: str, event: str) -> bool:
        """Return True if `record_event` got this id within two days."""
        ...

    async def claim_greeting(self, caller: Caller, place: Place) -> bool:
        """Claim the greeting at a place; return True for one caller out of several.

        A private place stands for its person, and a place without a channel for its whole space.
        Neither a member of a cohort nor a space with a cohort is greeted.
        """
        ...

    async def release_greeting(self, place: Place) -> None:
        """Give back a claim after its greeting has certainly failed."""
        ...

    async def sync_spaces(
        self, platform: str, spaces: Collection[str], is_own_space: Callable[[str], bool]
    ) -> None:
        """Compare the spaces with the platform's list, at each connection.

        `is_own_space`: True for a space in this process's share of the shards.
        """
        ...

    # The next three wait for the database however long it is away: no platform repeats them. With
    # `can_redeliver` they raise `DatabaseUnavailableError` instead, so that the platform does.

    async def handle_space_joined(self, place: Place, *, can_redeliver: bool = False) -> None:
        """Note a space with the bot in it, or a whole tenant if the place names no space."""
        ...

    async def handle_space_left(self, place: Place, *, can_redeliver: bool = False) -> None:
        """Pause the posts in a space without the bot; after thirty days its data is erased."""
        ...

    async def handle_channel_deleted(
        self, place: Place, reason: str, *, can_redeliver: bool = False
    ) -> None:
        """Pause the posts to a deleted channel; `reason` is a sentence for moderators."""
        ...


class Vault(Protocol):
    """A platform's secrets, encrypted at rest.

    Each platform sees only its own. Names have at most 200 characters.
    """

    async def store_secret(self, name: str, value: str, lifetime: timedelta | None = None) -> None:
        """Store a secret in place of the former one; for ever without a lifetime."""
        ...

    async def read_secret(self, name: str) -> str | None:
        """Return a secret; None if there is none, it has expired, or no key decrypts it."""
        ...

    async def pop_secret(self, name: str) -> str | None:
        """Return and delete a secret. Only one of several callers gets it."""
        ...

    async def delete_secret(self, name: str) -> None:
        """Delete a secret, if there is one."""
        ...

    async def list_secret_names(self, prefix: str) -> Sequence[str]:
        """Return the sorted names with a prefix; expired secrets are left out."""
        ...


@dataclass(frozen=True, slots=True)
class EditPace:
    """How often a message may be written again only to count along.

    `gap`: between two edits. `old_gap`: between two edits of a message that is `old_after` old.
    """

    gap: timedelta = timedelta(minutes=5)
    old_after: timedelta | None = None
    old_gap: timedelta = timedelta(hours=1)

    def find_next_edit(self, sent_at: datetime, now: datetime) -> datetime:
        """Return the earliest instant for another edit, after one at `now`."""
        if self.old_after is not None and now + self.gap >= sent_at + self.old_after:
            return now + self.old_gap
        return now + self.gap


A_SPACE = "space"  # for a platform that this process does not run


def get_space_word(platforms: Mapping[str, Platform], name: str) -> str:
    """Return the word for a space on a platform: server, workspace."""
    platform = platforms.get(name)
    return A_SPACE if platform is None else platform.space_word


def build_no_link(place: Place, sent_ref: str) -> str:
    """Return nothing, for a platform whose messages have no links."""
    return ""


class Platform(Protocol):
    """One chat platform.

    `space_word`: its people's word for a space, like server or workspace.
    `threads`: the threads its posts can have.
    `reveal_path`: the path through its settings that shows moderators' commands to others;
    empty if it hides none.
    `edit_pace`: how often its messages may count along.
    `notify_ways`: whom its posts can notify, the usual way first.
    """

    name: str
    space_word: str
    threads: Threads
    reveal_path: str
    edit_pace: EditPace
    notify_ways: Sequence[NotifyWay]

    async def listen(self, core: Core) -> None:
        """Carry phrases to `core` and answers back, until cancelled.

        Raises `CannotConnect` if only the operator can help.
        """
        ...

    async def send(self, place: Place, message: Message, key: str) -> str:
        """Post a message and return its native id.

        The same `key` must not post twice, wherever the platform can prevent it.
        Raises `SendError`.
        """
        ...

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        """Put a message in the place of one sent before under `key`. The last one stays.

        The same message again changes nothing, so an edit with an unknown outcome is repeated.
        `sent_ref`: the id `send` has returned.
        Raises `SendError`: `MessageGone`, `TooOldToEdit`, or a permanent one if it may not be
        changed any more.
        """
        ...

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        """Show a sent message on top of its channel; a repeated call changes nothing.

        Return False without the right to, or where nothing can be on top. Raises `SendError`.
        """
        ...

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        """Delete a message sent under `key`. Raises `SendError`, `MessageGone` if it is gone."""
        ...

    def build_post_link(self, place: Place, sent_ref: str) -> str:
        """Return a link to a message sent before; empty where messages have none."""
        ...

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """Open the thread below a sent message, once. Raises `SendError`."""
        ...

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """Make, edit or cancel (None) an event in the space of `place`; return its native id.

        A repeated call changes nothing.
        `native`: its id, or empty if unknown. Then it is found by its old `title` or its new one,
        and never among `others`.
        Return None without an event: cancelled, deleted by somebody, or no events on this platform.
        Raises `SendError`.
        """
        ...

    async def settle_role(
        self, place: Place, name: str, native: str, since: datetime
    ) -> str | None:
        """Make a role without any right in the space of `place`, and return its native id.

        A repeated call changes nothing: without a `native` it finds its own role by its name,
        made after `since`. Return None if the role `native` was deleted by somebody.
        Raises `SendError`; its reason is a sentence where a moderator can help.
        """
        ...

    async def give_role(self, place: Place, role: str, native: str) -> bool:
        """Give a role of ours to an account. Return False if the account is not in the space.

        A repeated call changes nothing. Raises `SendError`, `RoleGone` without the role.
        """
        ...

    async def take_role(self, place: Place, role: str, native: str) -> None:
        """Take a role of ours from an account, which need not have it.

        Raises `SendError`, `RoleGone` without the role.
        """
        ...

    async def delete_role(self, place: Place, role: str) -> None:
        """Delete a role of ours. A repeated call changes nothing. Raises `SendError`."""
        ...

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """Return the id of the message sent under `key` since that instant, or None.

        Raises `CannotReadHistory`, or `SendError` if the search itself failed.
        """
        ...

    async def send_files(self, place: Place, files: Sequence[File], text: str, key: str) -> None:
        """Send files to one person, below a line of plain text.

        The same `key` must not send twice, wherever the platform can prevent it.
        Raises `SendError`, a permanent one where no file can be sent.
        """
        ...

    async def forget_account(self, account: Account, names: Collection[str]) -> None:
        """Forget whatever the platform itself keeps about somebody whose data was erased.

        `names`: how others may have called them. A repeated call changes nothing.
        """
        ...

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """Return the problems with posting at `place` and with its extras, blocking ones first.

        It must be fast: it runs before each post.
        """
        ...

    async def is_in_space(self, place: Place) -> bool:
        """Return True if a private place's account is still in its space. Raises `SendError`."""
        ...

    async def ask_rights(self, place: Place) -> AccountRights:
        """Return what a private place's account may do in its space, asked anew.

        Raises `SendError`.
        """
        ...
