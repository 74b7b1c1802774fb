"""Late forms: they wait in memory for a click.

A modal must be the first response to an interaction. A form that is ready only after the deferred
answer can be shown to the next interaction alone, and that one is answered from here, without a
query. A restart loses these forms.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.message import Form

# As long as the answer with its button can be changed (Discord: Receiving and Responding).
LASTS = timedelta(minutes=15)
MAX_FORMS = 1000
MAX_FORMS_EACH = 5  # so that one person cannot crowd out the others
OPENS = "form:"  # the beginning of a button's phrase; no command has this name
GONE = "That form is no longer here: please use its command again to get a fresh one."


@dataclass(frozen=True, slots=True)
class CachedForm:
    """A form with its user and the instant it began to wait."""

    form: Form
    user: int
    cached_at: datetime


class FormCache:
    """Waiting forms by the random word on their button, the oldest first."""

    def __init__(self, max_forms: int = MAX_FORMS, max_forms_each: int = MAX_FORMS_EACH) -> None:
        self._max_forms = max_forms
        self._max_forms_each = max_forms_each
        self._waiting: dict[str, CachedForm] = {}

    def add_cached_form(self, form: Form, user: int, now: datetime) -> str:
        """Keep a form for a user and return its button's phrase."""
        self._drop_expired_forms(now)
        own_words = [word for word, cached in self._waiting.items() if cached.user == user]
        if len(own_words) >= self._max_forms_each:
            del self._waiting[own_words[0]]
        elif len(self._waiting) >= self._max_forms:
            del self._waiting[next(iter(self._waiting))]
        word = secrets.token_urlsafe(9)
        self._waiting[word] = CachedForm(form, user, now)
        return OPENS + word

    def find_cached_form(self, phrase: str, user: int, now: datetime) -> Form | None:
        """Return a button's form, or None if it has expired or belongs to somebody else."""
        self._drop_expired_forms(now)
        cached = self._waiting.get(phrase.removeprefix(OPENS))
        if cached is None or cached.user != user:
            return None
        return cached.form

    def _drop_expired_forms(self, now: datetime) -> None:
        for word, cached in list(self._waiting.items()):
            if now - cached.cached_at > LASTS:
                del self._waiting[word]
