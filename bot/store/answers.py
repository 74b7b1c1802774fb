"""Interactions already answered, forms that wait, and marks.

The platforms deliver an interaction again if they believe it was lost. Its id is stored in the
same transaction as its effect, so a redelivery changes nothing and gets the same answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.chat.message import Answer, Form, decode_answer, encode_answer
from bot.store.connection import TxConnection
from bot.store.rows import DialectInsert, build_claim
from bot.store.tables import answers, drafts, heard, marks

WAITS = timedelta(days=1)  # how long a form waits for whoever began it

_SELECT_ANSWER = select(answers.c.answer).where(
    answers.c.once == bindparam("once"), answers.c.account_id == bindparam("account_id")
)
_CLAIM_ANSWER = build_claim(answers)
_UPDATE_ANSWER = (
    answers.update()
    .where(answers.c.once == bindparam("claimed"))
    .values(answer=bindparam("new_answer"))
)
_DELETE_OLD_ANSWERS = answers.delete().where(answers.c.at < bindparam("before"))
_CLAIM_EVENT_ID = build_claim(heard)
_SELECT_EVENT_ID = select(heard.c.once).where(heard.c.once == bindparam("once"))
_DELETE_OLD_EVENT_IDS = heard.delete().where(heard.c.at < bindparam("before"))

_INSERT_DRAFT = drafts.insert().returning(drafts.c.id)
# The account is part of the match: numbers are easy to guess.
_SELECT_DRAFT = select(drafts.c.form).where(
    drafts.c.id == bindparam("id"),
    drafts.c.account_id == bindparam("account_id"),
    drafts.c.at > bindparam("after"),
)
_DELETE_EXPIRED_DRAFTS = drafts.delete().where(drafts.c.at <= bindparam("until"))

_SELECT_MARK = select(marks.c.value).where(marks.c.name == bindparam("name"))
_UPSERT_MARK = DialectInsert(
    marks,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[marks.c.name], set_={"value": insert.excluded.value}
    ),
)


class AnswerQueries:
    """Queries about stored answers, begun forms and marks."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — interactions and events —

    async def load_answer(self, idempotency_key: str, account_id: int) -> Answer | None:
        """Return this account's answer to an interaction, or None."""
        wanted = {"once": idempotency_key, "account_id": account_id}
        encoded = self._connection.execute(_SELECT_ANSWER, wanted).scalar()
        return decode_answer(encoded) if encoded else None

    async def claim_interaction(self, idempotency_key: str, account_id: int, now: datetime) -> bool:
        """Return True the first time; a second transaction waits here for the first to end."""
        # The empty answer holds the place. If the first transaction rolls back, its row goes
        # with it, and the second one is the first.
        row = {"once": idempotency_key, "account_id": account_id, "answer": "", "at": now}
        claim = _CLAIM_ANSWER.for_engine(self._connection)
        return self._connection.execute(claim, row).first() is not None

    async def save_answer(self, idempotency_key: str, answer: Answer) -> None:
        """Store the answer to an interaction claimed before."""
        change = {"claimed": idempotency_key, "new_answer": encode_answer(answer)}
        self._connection.execute(_UPDATE_ANSWER, change)

    async def delete_old_answers(self, before: datetime) -> None:
        """Delete answers and event ids older than an instant; no platform redelivers so late."""
        self._connection.execute(_DELETE_OLD_ANSWERS, {"before": before})
        self._connection.execute(_DELETE_OLD_EVENT_IDS, {"before": before})

    async def claim_event_id(self, event_id: str, now: datetime) -> bool:
        """Return True the first time a platform's event is claimed."""
        claim = _CLAIM_EVENT_ID.for_engine(self._connection)
        row = {"once": event_id, "at": now}
        return self._connection.execute(claim, row).first() is not None

    async def has_event_id(self, event_id: str) -> bool:
        """Return True if a platform's event was claimed before."""
        return self._connection.execute(_SELECT_EVENT_ID, {"once": event_id}).first() is not None

    # — forms that wait —

    async def insert_form_draft(self, account_id: int, form: Form, now: datetime) -> int:
        """Store a form for an account, and return its number."""
        row = {"account_id": account_id, "form": encode_answer(form), "at": now}
        return int(self._connection.execute(_INSERT_DRAFT, row).scalar_one())

    async def load_form_draft(self, number: int, account_id: int, now: datetime) -> Form | None:
        """Return the form waiting for this account, or None after a day."""
        wanted = {"id": number, "account_id": account_id, "after": now - WAITS}
        encoded = self._connection.execute(_SELECT_DRAFT, wanted).scalar()
        form = decode_answer(encoded) if encoded else None
        return form if isinstance(form, Form) else None

    async def delete_expired_drafts(self, now: datetime) -> None:
        """Delete forms that have waited for a day."""
        self._connection.execute(_DELETE_EXPIRED_DRAFTS, {"until": now - WAITS})

    # — marks —

    async def load_mark(self, name: str) -> str | None:
        """Return a mark's value, or None."""
        return self._connection.execute(_SELECT_MARK, {"name": name}).scalar()

    async def save_mark(self, name: str, value: str) -> None:
        """Set a mark."""
        upsert = _UPSERT_MARK.for_engine(self._connection)
        self._connection.execute(upsert, {"name": name, "value": value})
