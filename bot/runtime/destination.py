"""The destination for a letter, and the extras its home has to offer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.chat.address import Extra, Place
from bot.chat.message import Message, strip_markup
from bot.chat.platform import Platform
from bot.group.cohort import Cohort
from bot.runtime.compose import Skip
from bot.runtime.moderator_letters import ModeratorLetter
from bot.store.cohorts import Home
from bot.store.ledger import Letter
from bot.store.members import ContactRows, MemberContact, choose_contact


@dataclass(frozen=True, slots=True)
class Destination:
    """The place for a letter: a home of its cohort, or somebody's private messages.

    `moderator`: it goes to them as a moderator, if they are one still.
    """

    cohort: Cohort
    place: Place
    home: Home | None = None
    seat: MemberContact | None = None
    moderator: ModeratorLetter | None = None


PLACE_GONE = Skip("its place is gone")


def choose_destination(
    letter: Letter, cohort: Cohort, homes: Sequence[Home], contact_rows: ContactRows
) -> Destination | Skip:
    """Return a letter's place as it is now, or why it goes nowhere.

    `homes`: its cohort's. `contact_rows`: the accounts of its member.
    """
    if letter.member_id:
        return _choose_private_destination(cohort, homes, contact_rows)
    for home in homes:
        if home.id == letter.home_id:
            return Destination(cohort, home.place, home=home)
    return PLACE_GONE


def _choose_private_destination(
    cohort: Cohort, homes: Sequence[Home], contact_rows: ContactRows
) -> Destination | Skip:
    if not contact_rows:
        return PLACE_GONE
    seat = choose_contact(contact_rows, homes)
    if not seat.places:
        return Skip("the bot is no longer there")
    return Destination(cohort, seat.places[0], seat=seat)


def list_wanted_extras(cohort: Cohort, message: Message, *, is_pending: bool) -> Collection[Extra]:
    """Return the extras a home is asked for. All its posts want the same ones.

    Else its trouble would come and go with the posts.
    `is_pending`: the event for a dropped call has yet to be cancelled.
    """
    wanted: set[Extra] = set()
    if cohort.threads or message.thread:
        wanted.add("thread")
    if cohort.call is not None or message.event is not None or is_pending:
        wanted.add("event")
    return frozenset(wanted)


def build_left_skip(platform: Platform) -> Skip:
    """Return the reason for a member who has left the space."""
    return Skip(f"has left the {platform.space_word}")


def format_ledger_reason(problem: str) -> str:
    """Return a setup problem in plain text for the ledger, without advice that names a command.

    Moderators read that advice in a line of its own, with the command as typed on their platform.
    """
    reason, _, advice = problem.partition(": ")
    return strip_markup(reason if "`" in advice else problem)
