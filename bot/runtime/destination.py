"""Where a letter goes, and what its home has to offer beside the message."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.chat.address import Extra, Place
from bot.chat.message import Message, strip_markup
from bot.chat.platform import Platform
from bot.group.cohort import Cohort
from bot.runtime.compose import Skip
from bot.store import Tx
from bot.store.cohorts import Home
from bot.store.ledger import Letter
from bot.store.members import MemberContact


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a letter goes: to a home of its cohort, or in private to a member's seat."""

    cohort: Cohort
    place: Place
    home: Home | None = None
    seat: MemberContact | None = None


GONE = Skip("its place is gone")


async def find_destination(tx: Tx, letter: Letter) -> Destination | Skip:
    """Return the cohort of a letter as it is now and where the letter goes, or why it goes nowhere."""
    cohort = await tx.cohorts.load_cohort(letter.cohort_id)
    homes = await tx.cohorts.list_homes(letter.cohort_id)
    if cohort is None:
        return GONE
    if not letter.member_id:
        home = next((home for home in homes if home.id == letter.home_id), None)
        return Destination(cohort, home.place, home=home) if home else GONE
    if (seat := await tx.members.find_member_contact(letter.member_id, homes)) is None:
        return GONE
    return (
        Destination(cohort, seat.places[0], seat=seat)
        if seat.places
        else Skip("the bot is no longer there")
    )


def list_wanted_extras(cohort: Cohort, message: Message, *, is_pending: bool) -> Collection[Extra]:
    """What a home is asked for beside the message: the same for all its posts, lest its trouble come and go with them.

    `is_pending`: an event of a call that is no more has yet to be cancelled.
    """
    extras: dict[Extra, bool] = {
        "thread": cohort.threads or bool(message.thread),
        "event": cohort.call is not None or message.event is not None or is_pending,
    }
    return frozenset(extra for extra, wished in extras.items() if wished)


def build_left_skip(platform: Platform) -> Skip:
    """Why a letter is not sent to somebody who is not in the space any more."""
    return Skip(f"has left the {platform.space_word}")


def format_ledger_reason(lack: str) -> str:
    """What is missing, in plain text for the ledger.

    Advice that names a command is left to the moderators' own line, where it is written as it is typed on their platform.
    """
    wrong, _, advice = lack.partition(": ")
    return strip_markup(wrong if "`" in advice else lack)
