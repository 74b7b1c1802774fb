"""New members: one post names all who have joined since the last one. Who is hidden, away or gone again is not among them."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message, quote, say
from bot.chat.text import names
from bot.post import Facts, Late, NewMembers, When, post

NAMED = 3  # new members who are all named; of more, all but two are counted


def _newcomers(facts: Facts) -> NewMembers:
    if facts.new_members is None:
        raise LookupError("a post about new members is written from who has joined")
    return facts.new_members


def _needless(facts: Facts) -> str | None:
    return None if _newcomers(facts).count else "nobody new is to be named"


@post(
    When("join"), title="New members", late=Late(within=timedelta(days=7)), order=15, skip=_needless
)
def new_members(facts: Facts) -> Message:
    """When people join: one post for all of them, at most once an hour."""
    newcomers = _newcomers(facts)
    named = [f"**{quote(name)}**" for name in newcomers.names]
    if newcomers.count > NAMED:
        named = [*named[:2], f"{newcomers.count - len(named[:2])} more"]
    verb = "has" if newcomers.count == 1 else "have"
    return say(f"{names(named)} {verb} joined **{quote(facts.cohort.name)}**. Welcome!")
