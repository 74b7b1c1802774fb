"""Letters that moderators have the bot send to a member: entered once, and found again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from bot.chat.message import Message, encode_answer
from bot.group.attention import KIND_WORD, WAYS_KINDS
from bot.group.cohort import Cohort, Member
from bot.group.letters_by_hand import HandLetter
from bot.store.connection import TxConnection
from bot.store.gaps import GapQueries
from bot.store.letter import MAYBE_READ, OPEN, build_letter_row
from bot.store.rows import DialectInsert
from bot.store.seats import MEMBERSHIP_IDS, build_membership_params
from bot.store.tables import letters

_INSERT_LETTER = DialectInsert(letters, lambda insert: insert.on_conflict_do_nothing())
_IS_OFFER_OF_EDITION = and_(
    letters.c.kind.in_(sorted(WAYS_KINDS)), letters.c.edition == bindparam("edition")
)
_SELECT_LETTERS = (
    select(letters.c.kind, letters.c.ref, letters.c.moment, letters.c.ended_at, letters.c.state)
    .where(
        letters.c.member_id.in_(MEMBERSHIP_IDS),
        or_(letters.c.kind == bindparam("word"), _IS_OFFER_OF_EDITION),
    )
    .order_by(letters.c.id)
)


class HandLetterQueries:
    """Queries about letters by hand."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_hand_letters(self, member: Member, cohort: Cohort) -> Sequence[HandLetter]:
        """Return a member's kind words, and the offers of the ways back in this edition.

        Offers by the schedule are among them, and letters that were skipped.
        """
        wanted = {
            **build_membership_params(member),
            "word": KIND_WORD,
            "edition": cohort.edition,
        }
        return [
            HandLetter(
                row.kind,
                row.ref,
                row.ended_at or row.moment,
                row.state in OPEN,
                row.state in MAYBE_READ,
            )
            for row in self._connection.execute(_SELECT_LETTERS, wanted)
        ]

    async def enter_hand_letter(
        self,
        cohort: Cohort,
        member: Member,
        kind: str,
        ref: str,
        now: datetime,
        message: Message | None = None,
    ) -> None:
        """Enter a private letter to a member, due now. The cohort must be locked.

        `message`: its text; None for one that is written when it leaves.
        """
        row = build_letter_row(cohort, kind, ref, now, 0, member.id)
        await GapQueries(self._connection).mark_possibly_sent([row])
        if message is not None:
            row["message"] = encode_answer(message)
        self._connection.execute(_INSERT_LETTER.for_engine(self._connection), [row])
