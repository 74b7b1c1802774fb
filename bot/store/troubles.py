"""Posts that failed or may have been sent, and that a moderator has sent again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, select

from bot.group.cohort import Cohort
from bot.store.connection import TxConnection
from bot.store.letter import Letter, build_letter
from bot.store.letter_states import match_states
from bot.store.tables import letters

_IS_TROUBLE = and_(
    letters.c.id == bindparam("letter_id"),
    letters.c.cohort_id == bindparam("cohort"),
    letters.c.edition == bindparam("of_edition"),
    letters.c.home_id != 0,
    match_states(letters, ("failed", "unsure")),
)
_SELECT_TROUBLE = select(letters).where(_IS_TROUBLE)
# Whatever its tries did, a moderator has decided: it counts as never sent, and is not looked for.
# `tries` stays, as the fencing token it is.
_REOPEN = (
    letters.update()
    .where(_IS_TROUBLE, letters.c.tries == bindparam("known_tries"))
    .values(
        state="due",
        due_at=bindparam("now", type_=letters.c.due_at.type),
        settled=letters.c.tries,
        reason="",
        ended_at=None,
    )
)


class TroubleQueries:
    """Queries about posts that need a moderator's decision."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def find_troubled_post(self, cohort: Cohort, letter_id: int) -> Letter | None:
        """Return a post to a home of this cohort that failed or is unsure, or None."""
        wanted = {"letter_id": letter_id, "cohort": cohort.id, "of_edition": cohort.edition}
        row = self._connection.execute(_SELECT_TROUBLE, wanted).first()
        return None if row is None else build_letter(row)

    async def reopen_post(self, cohort: Cohort, letter: Letter, now: datetime) -> bool:
        """Make such a post due again; return False if somebody else has done it."""
        wanted = {"letter_id": letter.id, "cohort": cohort.id, "of_edition": cohort.edition}
        values = {**wanted, "known_tries": letter.tries, "now": now}
        return self._connection.execute(_REOPEN, values).rowcount > 0
