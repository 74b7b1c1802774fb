"""Interactions already answered, so that one delivered twice changes nothing and gets the same answer; forms that wait; and
marks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.message import Answer, Form, decode_answer, encode_answer
from bot.store.rows import build_insert
from bot.store.tables import answers, drafts, heard, marks

WAITS = timedelta(days=1)  # how long a form waits for whoever began it


class AnswerQueries:
    """Queries about answers given, forms begun and marks kept."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load_answer(self, idempotency_key: str, account_id: int) -> Answer | None:
        """The answer this account got to that interaction, or None."""
        asked = select(answers.c.answer).where(
            answers.c.once == idempotency_key, answers.c.account_id == account_id
        )
        found = (await self._connection.execute(asked)).scalar()
        return decode_answer(found) if found else None

    async def claim_interaction(self, idempotency_key: str, account_id: int, now: datetime) -> bool:
        """Whether this is the first time. A second transaction with the same interaction waits here for the first."""
        row = {"once": idempotency_key, "account_id": account_id, "answer": "", "at": now}
        made = (
            build_insert(self._connection, answers)
            .values(row)
            .on_conflict_do_nothing()
            .returning(answers.c.once)
        )
        return (await self._connection.execute(made)).first() is not None

    async def save_answer(self, idempotency_key: str, answer: Answer) -> None:
        """Remember the answer to an interaction claimed before."""
        await self._connection.execute(
            answers.update()
            .where(answers.c.once == idempotency_key)
            .values(answer=encode_answer(answer))
        )

    async def delete_old_answers(self, before: datetime) -> None:
        """Let go of answers and events older than that instant; no platform delivers again so late."""
        await self._connection.execute(delete(answers).where(answers.c.at < before))
        await self._connection.execute(delete(heard).where(heard.c.at < before))

    async def claim_event_id(self, event_id: str, now: datetime) -> bool:
        """Whether an event is heard for the first time."""
        made = (
            build_insert(self._connection, heard)
            .values(once=event_id, at=now)
            .on_conflict_do_nothing()
            .returning(heard.c.once)
        )
        return (await self._connection.execute(made)).first() is not None

    async def has_event_id(self, event_id: str) -> bool:
        """Whether an event was heard before."""
        asked = select(heard.c.once).where(heard.c.once == event_id)
        return (await self._connection.execute(asked)).first() is not None

    async def insert_form_draft(self, account_id: int, form: Form, now: datetime) -> int:
        """The number under which a form waits for an account."""
        row = {"account_id": account_id, "form": encode_answer(form), "at": now}
        return int(
            (
                await self._connection.execute(drafts.insert().values(row).returning(drafts.c.id))
            ).scalar_one()
        )

    async def load_form_draft(self, number: int, account_id: int, now: datetime) -> Form | None:
        """The form that waits for this account under a number, or None where none does or it has waited a day."""
        asked = select(drafts.c.form).where(
            drafts.c.id == number, drafts.c.account_id == account_id
        )
        found = (await self._connection.execute(asked.where(drafts.c.at > now - WAITS))).scalar()
        form = decode_answer(found) if found else None
        return form if isinstance(form, Form) else None

    async def delete_expired_drafts(self, now: datetime) -> None:
        """Let go of forms that have waited for a day."""
        await self._connection.execute(delete(drafts).where(drafts.c.at <= now - WAITS))

    async def load_mark(self, name: str) -> str | None:
        """A mark by its name."""
        return (
            await self._connection.execute(select(marks.c.value).where(marks.c.name == name))
        ).scalar()

    async def save_mark(self, name: str, value: str) -> None:
        """Set a mark."""
        made = build_insert(self._connection, marks).values(name=name, value=value)
        await self._connection.execute(
            made.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": value})
        )
