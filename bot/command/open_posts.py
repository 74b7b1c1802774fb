"""What a timeline opens: a post as it was sent, one that is to come, or an announcement."""

from __future__ import annotations

from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command.bulletins import find_own_bulletin, show_bulletin
from bot.command.call import Call
from bot.command.post_previews import ONLY_YOU, PostPreview, show_preview, switch_on
from bot.group.bulletins import BULLETIN
from bot.group.cohort import Cohort
from bot.post import build_post_slot, list_coming_slots
from bot.store.ledger import Letter
from bot.views.notices import build_next_step_buttons
from bot.views.post_preview import build_preview_page
from bot.views.timeline_lines import format_moment_in_zone
from bot.views.timeline_past import describe_letter_outcome, format_past_title

UNKNOWN = "I know no such post any more: see `posts timeline`."


async def open_post(call: Call, cohort: Cohort, value: str) -> Message:
    """Return what a value of the timeline's list names. Raises `Refused`."""
    form, _, name = value.partition("/")
    number = int(name) if name.isdecimal() and len(name) < 10 else 0
    if form == "bulletin" and number:
        return await show_bulletin(call, cohort, await find_own_bulletin(call, cohort, number))
    if form == "letter" and number:
        return await _open_letter(call, cohort, number)
    if form == "slot":
        return await _open_slot(call, cohort, name)
    raise Refused(UNKNOWN)


async def _open_slot(call: Call, cohort: Cohort, name: str) -> Message:
    kind_name, _, ref = name.partition("/")
    kind = call.post_kinds.kinds.get(kind_name)
    slots = list_coming_slots(cohort, call.now, post_kinds=call.post_kinds)
    of_kind = [slot for slot in slots if slot.kind == kind_name]
    slot = next((slot for slot in of_kind if slot.ref == ref), None)
    if kind is None or slot is None:
        raise Refused(UNKNOWN)
    return await show_preview(call, PostPreview(cohort, kind, slot, of_kind))


async def _open_letter(call: Call, cohort: Cohort, number: int) -> Message:
    letter = await call.tx.ledger.find_home_letter(cohort, number)
    if letter is None:
        raise Refused(UNKNOWN)
    if letter.kind == BULLETIN and letter.state == "due" and letter.ref.isdecimal():
        # While it waits, it can still be withdrawn.
        bulletin = await find_own_bulletin(call, cohort, int(letter.ref))
        return await show_bulletin(call, cohort, bulletin)
    if letter.message is not None:
        return _show_sent_message(call, cohort, letter, letter.message)
    kind = call.post_kinds.kinds.get(letter.kind)
    is_readable = letter.state != "skipped" and letter.edition == cohort.edition
    if kind is None or not is_readable:
        head = f"{_describe_outcome(call, cohort, letter)} There is no text to show."
        return text_message(head, build_next_step_buttons(cohort), title="A past post")
    shown = switch_on(cohort, kind.name)
    slot = build_post_slot(shown, kind.name, letter.ref, letter.moment)
    return await _show_former_post(call, PostPreview(shown, kind, slot), letter)


async def _show_former_post(call: Call, preview: PostPreview, letter: Letter) -> Message:
    head = (
        f"{_describe_outcome(call, preview.cohort, letter)} "
        "I keep no copy of it: this is how it reads by what I know today."
    )
    return await show_preview(call, preview, head=head)


def _show_sent_message(call: Call, cohort: Cohort, letter: Letter, message: Message) -> Message:
    head = _describe_outcome(call, cohort, letter)
    phrase = build_phrase("posts timeline", cohort=cohort.ref, open=f"letter/{letter.id}")
    steps = (build_next_step_buttons(cohort),)
    return build_preview_page(message, phrase, (f"{head} {ONLY_YOU}", head), steps)


def _describe_outcome(call: Call, cohort: Cohort, letter: Letter) -> str:
    title = escape_text(format_past_title(letter, cohort, call.post_kinds))
    moment = format_moment_in_zone(letter.moment, cohort)
    outcome = escape_text(describe_letter_outcome(letter, cohort))
    return f"**{title}**, {moment}: {outcome}."
