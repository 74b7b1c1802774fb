"""New members: one post names all who have joined since the last one.

Members who are hidden, away or gone again are left out.
"""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message, escape_text, text_message
from bot.chat.text import join_names
from bot.post import HomeFacts, LatePolicy, PostDay, post

NAMED = 3  # new members who are all named; of more, all but two are counted


def _find_new_members_skip_reason(facts: HomeFacts) -> str | None:
    if facts.new_members.count == 0:
        return "nobody new is to be named"
    return None


@post(
    PostDay("join"),
    title="New members",
    late=LatePolicy(max_delay=timedelta(days=7)),
    order=15,
    skip=_find_new_members_skip_reason,
    uses=("new_members",),
)
def new_members(facts: HomeFacts) -> Message:
    """When people join: one post for all of them, at most once an hour."""
    newcomers = facts.new_members
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
