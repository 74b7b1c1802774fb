"""New members: one post names all who have joined since the last one.

Members who are hidden, away or gone again are left out.
"""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message, escape_text, text_message
from bot.chat.text import join_names
from bot.post import LatePolicy, NewMembers, PostDay, PostFacts, post

NAMED = 3  # new members who are all named; of more, all but two are counted


def _require_new_members(facts: PostFacts) -> NewMembers:
    if facts.new_members is None:
        raise LookupError("a post about new members is written from who has joined")
    return facts.new_members


def _find_new_members_skip_reason(facts: PostFacts) -> str | None:
    if _require_new_members(facts).count == 0:
        return "nobody new is to be named"
    return None


@post(
    PostDay("join"),
    title="New members",
    late=LatePolicy(max_delay=timedelta(days=7)),
    order=15,
    skip=_find_new_members_skip_reason,
)
def new_members(facts: PostFacts) -> Message:
    """When people join: one post for all of them, at most once an hour."""
    newcomers = _require_new_members(facts)
    names = [f"**{escape_text(name)}**" for name in newcomers.names]
    if newcomers.count > NAMED:
        names = names[: NAMED - 1]
        # Some have no name here, so the rest is counted from the names that are left.
        names.append(f"{newcomers.count - len(names)} more")
    verb = "have"
    if newcomers.count == 1:
        verb = "has"
    return text_message(
        f"{join_names(names)} {verb} joined **{escape_text(facts.cohort.name)}**. Welcome!"
    )
