"""Survey answers, one for each member and edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.group.cohort import Cohort, Member
from bot.group.survey import SurveyAnswer, SurveySums
from bot.store.checkins import SPEAKER
from bot.store.connection import TxConnection
from bot.store.rows import DialectInsert
from bot.store.tables import members, survey_sums, surveys

_VALUES = ("again", "helped", "change", "consent", "at")
_SAVE_ANSWER = DialectInsert(
    surveys,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[surveys.c.member_id, surveys.c.edition],
        set_={name: insert.excluded[name] for name in _VALUES},
    ),
)
_SELECT_ANSWER = select(surveys).where(
    surveys.c.member_id == bindparam("member"), surveys.c.edition == bindparam("edition")
)
_SELECT_ANSWERS = (
    select(surveys, SPEAKER.label("speaker"))
    .join(members, members.c.id == surveys.c.member_id)
    .where(surveys.c.cohort_id == bindparam("cohort"), surveys.c.edition == bindparam("edition"))
    .order_by(surveys.c.at, surveys.c.id)
)


_SELECT_SUMS = select(survey_sums).where(
    survey_sums.c.cohort_id == bindparam("cohort"), survey_sums.c.edition == bindparam("edition")
)
_SUMS = ("answer_count", "again", "helped")
_SAVE_SUMS = DialectInsert(
    survey_sums,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[survey_sums.c.cohort_id, survey_sums.c.edition],
        set_={name: insert.excluded[name] for name in _SUMS},
    ),
)
_MARK_SUMMED = (
    surveys.update()
    .where(surveys.c.id.in_(bindparam("answer_ids", expanding=True)), ~surveys.c.summed)
    .values(summed=True)
)


class SurveyQueries:
    """Queries about survey answers."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def load_answer(self, cohort: Cohort, member: Member) -> SurveyAnswer:
        """Return a member's answer in the cohort's edition; an empty one without any."""
        wanted = {"member": member.id, "edition": cohort.edition}
        row = self._connection.execute(_SELECT_ANSWER, wanted).first()
        return SurveyAnswer() if row is None else _build_answer(row)

    async def save_answer(
        self, cohort: Cohort, member: Member, answer: SurveyAnswer, now: datetime
    ) -> None:
        """Store a member's answer in the cohort's edition, in place of an earlier one."""
        row = {
            "member_id": member.id,
            "cohort_id": cohort.id,
            "edition": cohort.edition,
            "again": answer.again,
            "helped": list(answer.helped),
            "change": answer.change,
            "consent": answer.consent,
            "at": now,
        }
        self._connection.execute(_SAVE_ANSWER.for_engine(self._connection), row)

    async def list_answers(self, cohort: Cohort) -> Sequence[SurveyAnswer]:
        """Return the answers in the cohort's edition, one for each person: their newest."""
        wanted = {"cohort": cohort.id, "edition": cohort.edition}
        newest = {}
        # Two accounts may have answered before they were linked. The newest comes last.
        for row in self._connection.execute(_SELECT_ANSWERS, wanted):
            newest[row.speaker] = _build_answer(row)
        return list(newest.values())

    async def load_sums(self, cohort: Cohort) -> SurveySums | None:
        """Return the sums that moderators of the cohort's edition see; None before the first."""
        wanted = {"cohort": cohort.id, "edition": cohort.edition}
        row = self._connection.execute(_SELECT_SUMS, wanted).first()
        return None if row is None else SurveySums(row.answer_count, row.again, row.helped)

    async def save_sums(
        self, cohort: Cohort, sums: SurveySums, answers: Sequence[SurveyAnswer]
    ) -> None:
        """Store the sums that moderators see from now on, and mark the answers in them."""
        row = {
            "cohort_id": cohort.id,
            "edition": cohort.edition,
            "answer_count": sums.count,
            "again": dict(sums.again),
            "helped": dict(sums.helped),
        }
        self._connection.execute(_SAVE_SUMS.for_engine(self._connection), row)
        answer_ids = sorted(answer.id for answer in answers)
        self._connection.execute(_MARK_SUMMED, {"answer_ids": answer_ids})


def _build_answer(row: Row[Any]) -> SurveyAnswer:
    return SurveyAnswer(row.again, tuple(row.helped), row.change, row.consent, row.id, row.summed)
