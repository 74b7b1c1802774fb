"""`mydata erase`: everything kept about whoever asks is erased, by all their accounts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count, join_names, shorten
from bot.command import Act, Call, Sure, command
from bot.store.accounts import LinkedAccount
from bot.store.personal import PersonalCounts
from bot.views.cohort_texts import format_cohort_name

MAX_NAMES = 5  # accounts or cohorts that a sentence names
MAX_NAME = 60  # characters
UNKNOWN = "I keep nothing about you."


# An answer would be kept with the account, and so keep the account.
@command(section="settings", order=51, action="Erase my data", keeps_answer=False)
async def mydata_erase(call: Call, sure: Sure = None) -> Message:
    """Erase everything I keep about you, from all your accounts."""
    # Locked before anything is counted: of two at once, the second finds nothing.
    await call.tx.personal.lock_accounts(call.person)
    counts = await call.tx.personal.count_personal_data(call.person)
    if counts.is_empty:
        # Asking alone has made the bot meet them: that goes as well.
        await call.tx.personal.erase_person(call.person, call.now)
        return text_message(UNKNOWN)
    act = await _build_erase_act(call, counts)
    if not act.is_agreed(sure):
        return act.build_preview(sure, button_row(("Export first", "mydata export")))
    await call.tx.personal.erase_person(call.person, call.now)
    return _build_receipt(counts)


async def _build_erase_act(call: Call, counts: PersonalCounts) -> Act:
    linked = await call.tx.accounts.list_person_accounts(call.person)
    head = f"This would erase everything I keep about you: {_format_counts(counts)}."
    return Act(
        f"{head} Nobody can bring it back.",
        "Erase it all",
        build_phrase("mydata erase"),
        follow_ups=(
            *_describe_accounts(linked),
            *await _describe_memberships(call),
            *_describe_posts(counts),
        ),
        is_final=True,
    )


def _describe_accounts(linked: Sequence[LinkedAccount]) -> Sequence[str]:
    if len(linked) < 2:
        return ()
    names = [_format_account(account) for account in linked[:MAX_NAMES]]
    return (
        f"All your accounts go: {join_names(names)}.",
        "To erase this one only, use `unlink` first.",
    )


def _format_account(linked: LinkedAccount) -> str:
    name = escape_text(shorten(linked.name, MAX_NAME))
    return f"**{name}** on {linked.account.platform.capitalize()}"


async def _describe_memberships(call: Call) -> Sequence[str]:
    own = await call.tx.cohorts.list_cohorts_of_person(call.person)
    names = [format_cohort_name(cohort) for cohort in own if cohort.state != "archived"]
    if not names:
        return ()
    return (f"You leave {join_names(names[:MAX_NAMES])}.",)


def _describe_posts(counts: PersonalCounts) -> Sequence[str]:
    if not counts.posts:
        return ()
    posts = format_count(counts.posts, "post")
    return (f"I write {posts} again without your name, where the platform lets me.",)


def _build_receipt(counts: PersonalCounts) -> Message:
    sentences = [f"Everything is erased: {_format_counts(counts)}."]
    sentences += _describe_posts(counts)
    sentences.append("If you come back, you start anew.")
    return text_message(" ".join(sentences))


def _format_counts(counts: PersonalCounts) -> str:
    """Return the numbers of what there is, largest things first as they are declared."""
    kept = [(noun, size) for noun, size in counts.by_noun.items() if size]
    return join_names([format_count(size, noun) for noun, size in reversed(kept)])
