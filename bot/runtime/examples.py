"""Examples of posts, gathered and written by the same code as the letters that are sent."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.message import Message
from bot.command.examples import ExampleRequest, PostExample
from bot.post import HomeFacts
from bot.runtime.compose import PostDraft
from bot.runtime.gathering import LetterGathering, PostOutline, build_outline_readings
from bot.store import Tx
from bot.store.ledger import Letter
from bot.views.notify import add_ping


async def write_example(tx: Tx, request: ExampleRequest) -> PostExample:
    """Return a post as it would be sent by today's facts, at its own moment. Sends nothing."""
    kind = tx.post_kinds.kinds[request.slot.kind]
    notices = await tx.notify.load_notices([request.home_id] if request.home_id else [])
    readings = build_outline_readings(request.cohort, notices)
    gathering = LetterGathering(tx, request.slot.at, readings)
    outline = PostOutline(kind, request.slot, request.member)
    draft = await gathering.draft_outlined_post(_build_letter(request), request.cohort, outline)
    draft = _count_former_posts(draft, request.former_count)
    # An example to nobody in particular waits for nobody's hours, and is never left out.
    objection = ""
    if request.member is None:
        objection = kind.skip(draft.facts) or ""
    message = _write_draft(draft, has_objection=bool(objection))
    if message is not None:
        message = add_ping(message, draft.ping, request.cohort)
    return PostExample(message, objection, draft.ping)


def _build_letter(request: ExampleRequest) -> Letter:
    """Return the letter that an example would be: no row has its id, and nothing claims it."""
    cohort, slot = request.cohort, request.slot
    return Letter(
        id=0,
        cohort_id=cohort.id,
        edition=cohort.edition,
        kind=slot.kind,
        ref=slot.ref,
        home_id=request.home_id,
        member_id=request.member.id if request.member else 0,
        moment=slot.at,
        tries=1,
        state="due",
        reason="",
        message=None,
        leased_until=slot.at,
        began_at=None,
        ended_at=None,
        is_outcome_unknown=False,
    )


def _count_former_posts(draft: PostDraft, count: int) -> PostDraft:
    """Return the draft with the number of posts before it, which no letter counts yet."""
    facts = draft.facts
    if not isinstance(facts, HomeFacts) or facts.readings.former_posts is None:
        return draft
    readings = replace(facts.readings, former_posts=count)
    return replace(draft, facts=replace(facts, readings=readings))


def _write_draft(draft: PostDraft, *, has_objection: bool) -> Message | None:
    if not has_objection:
        return draft.kind.writer(draft.facts)
    try:
        return draft.kind.writer(draft.facts)
    except Exception:
        # A door: a kind need not be able to write what it says it would leave out.
        return None
