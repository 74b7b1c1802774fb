"""A letter: one post for one destination as the ledger keeps it, and the states it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row

from bot.chat.message import Message, decode_answer
from bot.group.cohort import Cohort
from bot.store.tables import letters

LetterState = Literal["due", "claimed", "sent", "unsure", "skipped", "failed"]

# Longer than one look and one send together (see the limits in `bot.runtime.outbox`): whoever
# claims the letter next finds the outcome of a sender that lives.
LEASE = timedelta(seconds=120)
OPEN: tuple[LetterState, ...] = ("due", "claimed")
# Of an unsure letter we do not know that it was not read, so both count.
MAYBE_READ: tuple[LetterState, ...] = ("sent", "unsure")

_REASON_LENGTH = 200  # characters, as the column has them


@dataclass(frozen=True, slots=True)
class Letter:
    """A post that fell due, or an announcement (`message` set), with its natural key.

    `moment`: the instant it fell due.
    `leased_until`: a claimed letter is ours until then.
    `is_outcome_unknown`: an earlier try may have got through.
    `began_at`: the first try; if it is before `moment`, the letter may have been sent in days
    that were lost (see `bot.store.gaps`).
    """

    id: int
    cohort_id: int
    edition: int
    kind: str
    ref: str
    home_id: int
    member_id: int
    moment: datetime
    tries: int
    state: LetterState
    reason: str
    message: Message | None
    leased_until: datetime
    began_at: datetime | None
    ended_at: datetime | None
    is_outcome_unknown: bool
    account_id: int = 0

    @property
    def natural_key(self) -> str:
        """Return the natural key as text, the same for ever."""
        destination = f"{self.home_id}.{self.member_id}"
        if self.account_id:
            destination = f"0.a{self.account_id}"
        return f"{self.cohort_id}.{self.edition}.{self.kind}.{self.ref}.{destination}"

    @property
    def is_search_required(self) -> bool:
        """Return True if the letter must be looked for before it is sent.

        Where a platform cannot be searched, only a letter with an unknown outcome stays unsent.
        """
        if self.is_outcome_unknown:
            return True
        return self.began_at is not None and self.began_at < self.moment


def build_account_ref(account_id: int, subject: str) -> str:
    """Return the ref of a letter to an account, which stands in it so that the key tells it."""
    return f"{account_id}/{subject}"


def parse_account_ref(ref: str) -> str:
    """Return the subject in a letter's ref, which for a letter to an account stands behind it."""
    return ref.partition("/")[2] or ref


@dataclass(frozen=True, slots=True)
class LetterChange:
    """What becomes of a claimed letter. It fences on the try the letter was claimed with.

    `at`: the instant it ended, or is due again.
    `sent_ref`: the platform's id for the message.
    `is_settled`: all tries so far have certainly not got through.
    `is_try_returned`: this try does not count.
    """

    letter: Letter
    state: LetterState
    reason: str
    at: datetime
    sent_ref: str | None = None
    is_settled: bool = False
    is_try_returned: bool = False

    @property
    def fence(self) -> tuple[int, int]:
        """Return the letter's id and the try the change is about."""
        return self.letter.id, self.letter.tries


def build_letter(row: Row[Any]) -> Letter:
    """Return the letter in a row from the ledger."""
    message = decode_answer(row.message) if row.message else None
    return Letter(
        id=row.id,
        cohort_id=row.cohort_id,
        edition=row.edition,
        kind=row.kind,
        ref=row.ref,
        home_id=row.home_id,
        member_id=row.member_id,
        account_id=row.account_id,
        moment=row.moment,
        tries=row.tries,
        state=row.state,
        reason=row.reason,
        message=message if isinstance(message, Message) else None,
        leased_until=row.due_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        # Claiming has counted the present try, so only the tries before it can be in doubt.
        is_outcome_unknown=row.tries - 1 > row.settled,
    )


def build_letter_row(  # noqa: PLR0913  # the parts of a natural key
    cohort: Cohort,
    kind: str,
    ref: str,
    at: datetime,
    home_id: int,
    member_id: int,
    account_id: int = 0,
) -> dict[str, Any]:
    """Return the ledger's row for a new letter, due at `at`."""
    return {
        "cohort_id": cohort.id,
        "edition": cohort.edition,
        "kind": kind,
        "ref": ref,
        "home_id": home_id,
        "member_id": member_id,
        "account_id": account_id,
        "moment": at,
        "due_at": at,
        "state": "due",
    }


def shorten_reason(reason: str) -> str:
    """Return a reason cut to the length of its column."""
    return reason[:_REASON_LENGTH]


# A try after the last settled one may have got through.
IS_UNSENT = letters.c.tries <= letters.c.settled
IS_DOUBTFUL = letters.c.tries > letters.c.settled
