"""One-time codes that join two accounts, or give a cohort another home: how they look, how long they live, how often
somebody may be wrong. What is kept of one is its hash alone."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.chat.address import Account

ALPHABET = "2345679ACDEFGHJKMNPQRTVWXY"  # nothing that looks like another: neither 0 nor O, 1, I nor L, 8 nor B, S, Z, U
LENGTH = 10  # of 26 letters and digits: 47 bits, far beyond what five guesses an hour find in a quarter of one
LIVES = timedelta(minutes=15)
GUESSES = 5  # wrong codes an account may try within `WITHIN`
WITHIN = timedelta(hours=1)

CodeKind = Literal["person", "cohort"]

_FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_PARTS = str.maketrans("", "", " \t\n\u00a0-\u2010\u2011\u2012\u2013\u2014_.`*")
_WHERE = {"person": "`link` on the other platform", "cohort": "`cohort link` on the other platform"}
_LONGEST = 40  # characters typed that may still be a code with whatever is put between its letters


@dataclass(frozen=True, slots=True)
class CodeRedemption:
    """A code that was right and is used up now, unless the transaction is rolled back: the account it was made by, what
    that account is called, and for a cohort's code which cohort it is for."""

    account: Account
    cohort_id: int | None = None
    name: str = ""
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class CodeRejection:
    """A code that was not right, as a sentence of prose. To be answered, not raised: a refusal would not count the guess."""

    sentence: str


def make_code() -> str:
    """A new code, in two groups: `K7QF2-M9XRT`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"


def hash_code(code: str) -> str | None:
    """The hash of a code as typed, its case and whatever parts its groups forgiven; None for what cannot be one."""
    if len(code) > _LONGEST:
        return None
    plain = code.translate(_PARTS).upper()
    return hashlib.sha256(plain.encode()).hexdigest() if _FORM.fullmatch(plain) else None


def find_retry_time(guesses: Sequence[datetime]) -> datetime | None:
    """When somebody who was wrong at these instants of the last hour may try again; None for at once."""
    return sorted(guesses)[-GUESSES] + WITHIN if len(guesses) >= GUESSES else None


def reject_unknown_code(kind: CodeKind) -> CodeRejection:
    """What is said of a code that is none, used up or too old; it does not tell which."""
    minutes = LIVES // timedelta(minutes=1)
    return CodeRejection(
        f"That is no code I know: each works once, within {minutes} minutes. Say {_WHERE[kind]} to get a new one."
    )


def reject_other_kind(kind: CodeKind) -> CodeRejection:
    """What is said of a code that is right, but for something else than `kind`."""
    if kind == "person":
        return CodeRejection(
            "That code gives a cohort another home: a moderator says it to `cohort link`, in the channel for it."
        )
    return CodeRejection(
        "That code joins the two accounts of one person: say it to `link`, and to nobody else."
    )
