"""Letters by hand: their texts, the words proposed for one, and why one is not sent."""

from __future__ import annotations

from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.group.attention import KIND_WORD, MemberNeed, Need
from bot.group.backlog import Backlog
from bot.group.cohort import Cohort, Member
from bot.group.letters_by_hand import (
    BETWEEN_WORDS,
    HandLetter,
    Objection,
    find_last_letter,
)
from bot.group.zones import load_zone
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day
from bot.views.ways_back import build_ways_offer

MAX_NAME = 40  # characters of a member's name
MAX_WORD = 600  # characters of a kind word

_WORDS: dict[Need, str] = {
    "blocked": (
        "You wrote that something is blocking you. You are not alone with it. "
        "Tell us where you are, and we look at it together."
    ),
    "unsure": (
        "You wrote that you do not feel sure yet. Most of us have been there. "
        "Ask us anything, however small."
    ),
    "silent": (
        "We have not seen you for a while, and that is fine. You can come back at any time. "
        "Is there anything we can do for you?"
    ),
    "behind": (
        "Some weeks are full, and nobody minds. One short item is enough to be back. "
        "If you need another pace, use `behind`: it shows three ways."
    ),
    "back": "Welcome back. Start with this week: the rest can wait.",
}
_NO_NEED = "We are glad that you are with us. Is there anything we can do for you?"


def propose_word(entry: MemberNeed) -> str:
    """Return the words proposed for a member, as plain text: about their strongest need."""
    name = shorten(entry.member.name_in_cohort, MAX_NAME)
    words = _WORDS[entry.reasons[0].need] if entry.reasons else _NO_NEED
    return f"Hello {name}. {words}"


def build_kind_word(cohort: Cohort, words: str) -> Message:
    """Return the letter with a moderator's words."""
    return text_message(
        f"A moderator of {format_cohort_name(cohort)} asked me to give you this:",
        escape_text(words),
        button_row(
            ("My list", build_phrase("week", cohort=cohort.ref)),
            ("Ways back", build_phrase("behind", cohort=cohort.ref)),
            ("I need a break", "away"),
            has_main=False,
        ),
    )


def build_offer_by_hand(cohort: Cohort, member: Member, backlog: Backlog, now: datetime) -> Message:
    """Return the offer of the ways back that a moderator asked for."""
    opening = "Your moderators thought that this may help."
    return build_ways_offer(cohort, member, backlog, now, opening=opening)


def describe_objection(
    objection: Objection, entry: MemberNeed, cohort: Cohort, earlier: list[HandLetter]
) -> str:
    """Return a sentence: why the bot does not write to a member, and what to do."""
    name = f"**{escape_text(shorten(entry.member.person.name, MAX_NAME))}**"
    if objection == "recent":
        return _describe_last_word(name, cohort, earlier)
    count = entry.silence.letter_count
    sentences: dict[Objection, str] = {
        "over": f"{format_cohort_name(cohort)} is not running: write to {name} yourself.",
        "away": f"{name} is away, and I leave them alone until they are back: wait for that.",
        "closed": f"{name} has closed private messages: greet them in the channel instead.",
        "declined": f"{name} wants no letters from me: greet them in the channel instead.",
        "letters": (
            f"{name} has had {count} letters without an answer, and I send five at most: "
            "write to them yourself."
        ),
        "offered": f"{name} has been offered the ways back already: send a kind word instead.",
        "chosen": f"{name} has chosen a way back already: send a kind word instead.",
        "stands_still": "The plan stands still: offer the ways back when it goes on.",
        "on_time": f"{name} is not behind: send a kind word instead.",
    }
    return sentences[objection]


def _describe_last_word(name: str, cohort: Cohort, earlier: list[HandLetter]) -> str:
    last = find_last_letter(earlier, KIND_WORD)
    assert last is not None
    zone = load_zone(cohort.zone)
    next_day = (last.at + BETWEEN_WORDS).astimezone(zone).date()
    day = format_day(last.at.astimezone(zone).date())
    fate = "has one on its way" if last.is_open else f"got the last one on {day}"
    return (
        f"One kind word a week is enough, and {name} {fate}: "
        f"send the next from {format_day(next_day)} on."
    )
