"""A private question to a member who has offered help: some of the group are stuck on an item."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Message, text_message
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.cohort_texts import format_cohort_name
from bot.views.help_wanted import format_item_name
from bot.views.private_posts import find_rest


def _find_skip_reason(facts: MemberFacts) -> str | None:
    need, recipient = facts.help.need, facts.recipient
    if need is None or need.item not in facts.roadmap.items:
        return "the plan has no such item any more"
    if need.is_solved:
        return "it is solved"
    if not recipient.member.person.helps:
        return "offers no help any more"
    return find_rest(facts)


@post(
    PostDay("event", occasion="when help is wanted, to two members who have offered it"),
    title="A question to helpers",
    late=LatePolicy(max_delay=timedelta(days=2)),
    scope="member",
    order=75,
    skip=_find_skip_reason,
    uses=("help",),
)
def help_asked(facts: MemberFacts) -> Message:
    """To at most two members who have offered help: what some are stuck on."""
    need, recipient = facts.help.need, facts.recipient
    assert need is not None
    name = format_item_name(facts.roadmap.items[need.item])
    group = format_cohort_name(facts.cohort)
    known = " You have done it." if need.item in recipient.ticked else ""
    return text_message(
        f"Some members of {group} are stuck on {name}.{known} You offered to help: "
        "could you write a hint below my post in the channel?",
        button_row(
            ("I can help", f"assist request={need.request}"),
            ("Stop asking me", "settings helps=no"),
        ),
    )
