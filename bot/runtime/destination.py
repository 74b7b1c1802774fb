"""The destination for a letter, and the extras its home has to offer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.message import Message, strip_markup
from bot.chat.platform import Platform
from bot.group.cohort import Cohort
from bot.runtime.compose import Skip
from bot.runtime.moderator_letters import ModeratorLetter
from bot.store.cohorts import Home
from bot.store.ledger import Letter
from bot.store.members import ContactRows, MemberContact, choose_contact
from bot.store.notify_choices import NOBODY, HomeNotices


@dataclass(frozen=True, slots=True)
class Destination:
    """The place for a letter: a home of its cohort, or somebody's private messages.

    `moderator`: it goes to them as a moderator, if they are one still.
    `notices`: whom the posts of a home notify.
    """

    cohort: Cohort
    place: Place
    home: Home | None = None
    seat: MemberContact | None = None
    moderator: ModeratorLetter | None = None
    notices: HomeNotices = NOBODY


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


def add_home_notices(to: Destination | Skip, notices: HomeNotices) -> Destination | Skip:
    """Return a destination with whom its home's posts notify."""
    return to if isinstance(to, Skip) else replace(to, notices=notices)


def list_wanted_extras(to: Destination, message: Message, *, is_pending: bool) -> Collection[Extra]:
    """Return the extras a home is asked for. All its posts want the same ones.

    Else its trouble would come and go with the posts.
    `is_pending`: the event for a dropped call has yet to be cancelled.
    """
    wanted: set[Extra] = set()
    cohort = to.cohort
    if cohort.threads or message.thread:
        wanted.add("thread")
    if cohort.call is not None or message.event is not None or is_pending:
        wanted.add("event")
    if to.notices.has_role:
        wanted |= {"role", "mention"}
    return frozenset(wanted)


def describe_lost_extras(to: Destination, problems: Sequence[SetupProblem]) -> str:
    """Return what a home's posts lack, as prose for moderators; empty if nothing."""
    sentences = [problem.sentence for problem in problems if problem.extra]
    if to.notices.trouble and to.notices.trouble not in sentences:
        sentences.append(to.notices.trouble)
    return " ".join(sentences)


def build_left_skip(platform: Platform) -> Skip:
    """Return the reason for a member who has left the space."""
    return Skip(f"has left the {platform.space_word}")


def format_ledger_reason(problem: str) -> str:
    """Return a setup problem in plain text for the ledger, without advice that names a command.

    Moderators read that advice in a line of its own, with the command as typed on their platform.
    """
    reason, _, advice = problem.partition(": ")
    return strip_markup(reason if "`" in advice else problem)
