"""Finished forms that came too late to be shown: they wait in memory for the click that opens them.

A modal must be the first response to an interaction, so a form that is ready after the answer was deferred can only be
shown to the next one. That one is answered from here, without a query. What waits here does not survive a restart.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.message import Form

LASTS = timedelta(
    minutes=15
)  # as long as the answer that offers it can be changed (Discord: Receiving and Responding)
MOST = 1000  # forms of all people
MOST_EACH = 5  # forms of one person, who cannot crowd out the others
OPENS = "form:"  # begins what a button says that opens a kept form; no command is called so
GONE = "That form is no longer here: please say its command again to get a fresh one."


@dataclass(frozen=True, slots=True)
class CachedForm:
    """A form, whom it was made for, and since when it waits."""

    form: Form
    user: int
    cached_at: datetime


class FormCache:
    """The forms that wait, by the random word that their button carries; the oldest come first."""

    def __init__(self, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self._most = most
        self._most_each = most_each
        self._waiting: dict[str, CachedForm] = {}

    def add_cached_form(self, form: Form, user: int, now: datetime) -> str:
        """Keep a form for a user and return what the button says that opens it."""
        self._drop_expired_forms(now)
        theirs = [word for word, kept in self._waiting.items() if kept.user == user]
        if len(theirs) >= self._most_each:
            del self._waiting[theirs[0]]
        elif len(self._waiting) >= self._most:
            del self._waiting[next(iter(self._waiting))]
        word = secrets.token_urlsafe(9)
        self._waiting[word] = CachedForm(form, user, now)
        return OPENS + word

    def find_cached_form(self, phrase: str, user: int, now: datetime) -> Form | None:
        """Return the form that a button opens, or None where it waits no more or is somebody else's."""
        self._drop_expired_forms(now)
        kept = self._waiting.get(phrase.removeprefix(OPENS))
        return kept.form if kept is not None and kept.user == user else None

    def _drop_expired_forms(self, now: datetime) -> None:
        old = [word for word, kept in self._waiting.items() if now - kept.cached_at > LASTS]
        for word in old:
            del self._waiting[word]
