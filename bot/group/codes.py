"""One-time codes that connect two accounts, or give a cohort another home.

Here is how they look, how long they live and how often somebody may be wrong.
Only the hash of a code is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.chat.address import Account

# Without 0 and O, 1, I and L, 8 and B, S, Z and U: codes are read aloud and typed by hand.
ALPHABET = "2345679ACDEFGHJKMNPQRTVWXY"
# Ten of 26 signs are 47 bits: far beyond what five guesses an hour find in a quarter of an hour.
LENGTH = 10
LIVES = timedelta(minutes=15)
GUESSES = 5  # wrong codes an account may try within `WITHIN`
WITHIN = timedelta(hours=1)

CodeKind = Literal["person", "cohort"]

_FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
# Phones and chat programs turn a hyphen into other dashes, and people copy the markup with it.
_SEPARATORS = str.maketrans("", "", " \t\n\u00a0-\u2010\u2011\u2012\u2013\u2014_.`*")
_SOURCES: Mapping[CodeKind, str] = {"person": "`link`", "cohort": "`cohort link`"}
_LONGEST = 40  # characters typed that may still be a code, separators included


@dataclass(frozen=True, slots=True)
class CodeRedemption:
    """A code that was right and is used up now, unless the transaction is rolled back.

    `account`, `account_id` and `name` say by whom it was made.
    A cohort's code has the `cohort_id`.
    """

    account: Account
    cohort_id: int | None = None
    name: str = ""
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class CodeRejection:
    """A code that was not right, as a sentence of prose.

    Answer with it, do not raise it: a refusal rolls back, and the guess would not count.
    """

    sentence: str


def make_code() -> str:
    """Make a new code in two groups: `K7QF2-M9XRT`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    middle = LENGTH // 2
    return f"{letters[:middle]}-{letters[middle:]}"


def hash_code(code: str) -> str | None:
    """Return the hash for a typed code, None for a text that cannot be one.

    Letter case and separators make no difference.
    """
    if len(code) > _LONGEST:
        return None
    plain = code.translate(_SEPARATORS).upper()
    if not _FORM.fullmatch(plain):
        return None
    return hashlib.sha256(plain.encode()).hexdigest()


def find_retry_time(guesses: Sequence[datetime]) -> datetime | None:
    """Return the instant at which somebody may try again; None for at once.

    `guesses` are the instants of their wrong codes in the last hour, in any order.
    """
    if len(guesses) < GUESSES:
        return None
    # The next try is free when the oldest of the last five falls out of the hour.
    return sorted(guesses)[-GUESSES] + WITHIN


def reject_unknown_code(kind: CodeKind) -> CodeRejection:
    """Reject a code that does not exist, is used up or too old.

    The sentence does not say which: it must not help somebody who guesses.
    """
    minutes = LIVES // timedelta(minutes=1)
    return CodeRejection(
        f"I do not know that code: get a new one with {_SOURCES[kind]} on the other platform. "
        f"A code works once, for {minutes} minutes."
    )


def reject_other_kind(kind: CodeKind) -> CodeRejection:
    """Reject a right code that is not for `kind`."""
    if kind == "person":
        return CodeRejection(
            "That code is for a cohort: a moderator uses it with `cohort link`, in the channel "
            "where the cohort should post."
        )
    return CodeRejection(
        "That code connects your own accounts: use it with `link`, and show it to nobody."
    )
