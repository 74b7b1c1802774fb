"""Interactions already answered, forms that wait, and marks.

The platforms deliver an interaction again if they believe it was lost. Its id is stored in the
same transaction as its effect, so a redelivery changes nothing and gets the same answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from bot.chat.message import Answer, Form, decode_answer, encode_answer
from bot.store.rows import build_claim, build_insert
from bot.store.tables import answers, drafts, heard, marks

WAITS = timedelta(days=1)  # how long a form waits for whoever began it


class AnswerQueries:
    """Queries about stored answers, begun forms and marks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # — interactions and events —

    async def load_answer(self, idempotency_key: str, account_id: int) -> Answer | None:
        """Return this account's answer to an interaction, or None."""
        query = select(answers.c.answer).where(
            answers.c.once == idempotency_key, answers.c.account_id == account_id
        )
        encoded = self._connection.execute(query).scalar()
        return decode_answer(encoded) if encoded else None

    async def claim_interaction(self, idempotency_key: str, account_id: int, now: datetime) -> bool:
        """Return True the first time; a second transaction waits here for the first to end."""
        # The empty answer holds the place. If the first transaction rolls back, its row goes
        # with it, and the second one is the first.
        row = {"once": idempotency_key, "account_id": account_id, "answer": "", "at": now}
        claim = build_claim(self._connection, answers, row)
        return self._connection.execute(claim).first() is not None

    async def save_answer(self, idempotency_key: str, answer: Answer) -> None:
        """Store the answer to an interaction claimed before."""
        change = answers.update().where(answers.c.once == idempotency_key)
        self._connection.execute(change.values(answer=encode_answer(answer)))

    async def delete_old_answers(self, before: datetime) -> None:
        """Delete answers and event ids older than an instant; no platform redelivers so late."""
        self._connection.execute(delete(answers).where(answers.c.at < before))
        self._connection.execute(delete(heard).where(heard.c.at < before))

    async def claim_event_id(self, event_id: str, now: datetime) -> bool:
        """Return True the first time a platform's event is claimed."""
        claim = build_claim(self._connection, heard, {"once": event_id, "at": now})
        return self._connection.execute(claim).first() is not None

    async def has_event_id(self, event_id: str) -> bool:
        """Return True if a platform's event was claimed before."""
        query = select(heard.c.once).where(heard.c.once == event_id)
        return self._connection.execute(query).first() is not None

    # — forms that wait —

    async def insert_form_draft(self, account_id: int, form: Form, now: datetime) -> int:
        """Store a form for an account, and return its number."""
        row = {"account_id": account_id, "form": encode_answer(form), "at": now}
        statement = drafts.insert().values(row).returning(drafts.c.id)
        return int(self._connection.execute(statement).scalar_one())

    async def load_form_draft(self, number: int, account_id: int, now: datetime) -> Form | None:
        """Return the form waiting for this account, or None after a day."""
        # The account is part of the match: numbers are easy to guess.
        query = select(drafts.c.form).where(
            drafts.c.id == number, drafts.c.account_id == account_id, drafts.c.at > now - WAITS
        )
        encoded = self._connection.execute(query).scalar()
        form = decode_answer(encoded) if encoded else None
        return form if isinstance(form, Form) else None

    async def delete_expired_drafts(self, now: datetime) -> None:
        """Delete forms that have waited for a day."""
        self._connection.execute(delete(drafts).where(drafts.c.at <= now - WAITS))

    # — marks —

    async def load_mark(self, name: str) -> str | None:
        """Return a mark's value, or None."""
        query = select(marks.c.value).where(marks.c.name == name)
        return self._connection.execute(query).scalar()

    async def save_mark(self, name: str, value: str) -> None:
        """Set a mark."""
        statement = build_insert(self._connection, marks).values(name=name, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": value})
        )
