"""Once a week, a private letter to each moderator who wants it: how the group does, who needs them.

It comes on the recap's day. A group that has gone quiet gets one letter with three choices instead,
and no digest until somebody checks in again.
"""

from __future__ import annotations

from bot.chat.message import Message
from bot.post import QUIET_TOLD, LatePolicy, ModeratorFacts, PostDay, post
from bot.views.digest import build_digest


def _find_skip_reason(facts: ModeratorFacts) -> str | None:
    this_week = facts.readings.this_week
    if not this_week.expected and not this_week.checked_in:
        return "nobody is there to write about"
    if facts.is_quiet and facts.was_told_quiet:
        return QUIET_TOLD
    return None


@post(
    PostDay("after"),
    title="Weekly digest",
    late=LatePolicy(can_fold=True),
    scope="moderator",
    order=31,
    skip=_find_skip_reason,
    follows="recap",
)
def digest(facts: ModeratorFacts) -> Message:
    """When a week is over, to moderators in private: its figures, and who needs them."""
    return build_digest(facts)
