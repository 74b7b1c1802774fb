"""`cohort link`: one cohort on several platforms. A moderator gets a code here, and says it there, in the channel that becomes
another home. Posts come to each home from then on; nothing that was sent before is sent there again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.address import Account
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, SecretText, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.codes import LIVES, CodeRedemption, CodeRejection
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.notices import (
    build_invitation,
    build_next_step_buttons,
    describe_homes,
    describe_setup_problems,
)
from bot.views.timeline import describe_next_post

MOST = 5  # homes of a cohort: each post is a letter to each of them
JOINABLE = {"open", "running", "paused"}


@command(moderators=True, announcing=True)
async def cohort_link(
    call: Call,
    code: Annotated[
        str | None, "The code you were given on the other platform", SecretText()
    ] = None,
    cohort: Annotated[
        str | None, "Which cohort to get a code for", suggest_managed_cohorts, CohortRef()
    ] = None,
    sure: Sure = None,
) -> Message:
    """Have a cohort live on another platform too: get a code here, say it there."""
    if code is not None and cohort is None and await _is_cohort_reference(call, code):
        code, cohort = None, code
    if code is None:
        return await _create_cohort_code(
            call,
            _require_linkable_cohort(
                await call.lock_managed_cohort(cohort, "draft", *sorted(JOINABLE))
            ),
        )
    if call.place.is_private:
        raise Refused(
            "A cohort lives in a channel: say `cohort link` and the code where its posts should appear."
        )
    redeemed = await call.tx.codes.redeem_code(call.person, code, "cohort", call.now, is_trial=True)
    match redeemed:
        case CodeRejection(sentence):  # an answer, as a refusal would not count the guess
            return text_message(sentence)
        case CodeRedemption(account, cohort_id):
            locked = await call.tx.cohorts.lock_cohort(cohort_id or 0)
            if locked is None:
                raise Refused(
                    "The cohort of that code is there no more: ask for another one.", "code"
                )
            return await _link_cohort_here(
                call, _require_linkable_cohort(locked.advance_state(call.now)), account, code, sure
            )


async def _is_cohort_reference(call: Call, said: str) -> bool:
    """Whether what was typed behind `cohort link` is no code but a cohort of this space."""
    name = said.strip().casefold()
    return name.startswith("#") or any(
        one.name == name for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
    )


def _require_linkable_cohort(found: Cohort) -> Cohort:
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: `cohort create` makes a new cohort.")
    if found.state == "finished":
        raise Refused(
            f"{found.name} has finished: a moderator says `cohort start again=yes` first, and then links it."
        )
    return found


async def _create_cohort_code(call: Call, found: Cohort) -> Message:
    _require_room_for_home(found, await call.tx.cohorts.list_homes(found.id))
    code = await call.tx.codes.create_code(call.person, found.id, call.now)
    minutes = int(LIVES.total_seconds() // 60)
    return text_message(
        f"**{escape_text(found.name)}** can live on another platform too. There, in the channel where its posts should appear, "
        f"a moderator says **cohort link {code}** to me.",
        f"The code works once, within {minutes} minutes. The cohort stays one: the same plan and dates, one board with "
        "everybody's names, and the moderators of both sides manage it.",
        build_next_step_buttons(found),
    )


def _require_room_for_home(found: Cohort, homes: Sequence[Home]) -> None:
    if len(homes) >= MOST:
        raise Refused(
            f"{found.name} has {MOST} homes, and that is as many as I serve: `cohort unlink` takes one away."
        )


async def _link_cohort_here(
    call: Call, found: Cohort, account: Account, code: str, sure: str | None
) -> Message:
    homes = await call.tx.cohorts.list_homes(found.id)
    _check_can_live_here(call, found, account, homes)
    _require_room_for_home(found, homes)
    space_id = await call.tx.people.ensure_space_id(call.place)
    if await call.tx.cohorts.find_cohort_by_name(space_id, found.name):
        raise Refused(
            f"There is another cohort called {found.name} here: give one of them another name with `cohort settings name=`, "
            "and then say this again.",
            "code",
        )
    act = _build_link_act(call, found, homes, code)
    if not act.is_agreed(sure):
        call.tx.codes.has_issued_code = (
            True  # the button carries the code on: no answer with one is kept
        )
        return act.build_preview(sure)
    if isinstance(
        used := await call.tx.codes.redeem_code(call.person, code, "cohort", call.now),
        CodeRejection,
    ):
        return text_message(used.sentence)  # somebody else was quicker
    if found.state != "draft":
        await call.tx.schedule.enter_cohort_posts(
            found.id, call.now
        )  # what is due by now belongs to the homes it had
    home = await call.tx.cohorts.insert_home(found.id, space_id, call.place, call.person)
    await _announce_new_home(call, found, home, homes, act.announcements)
    return await _build_link_welcome(call, found, homes)


def _check_can_live_here(
    call: Call, found: Cohort, account: Account, homes: Sequence[Home]
) -> None:
    if account.platform == call.place.platform:
        raise Refused(
            "That code was made on this platform, and it is for another one: say it there. Here, `cohort move` takes a "
            "cohort to another channel.",
            "code",
        )
    if not any(
        (home.place.platform, home.place.tenant) == (account.platform, account.tenant)
        for home in homes
    ):
        raise Refused(
            f"{found.name} does not live any more where that code was made: ask a moderator of it for another one.",
            "code",
        )
    if any(
        (home.place.platform, home.place.space) == (call.place.platform, call.place.space)
        for home in homes
    ):
        raise Refused(
            f"{found.name} lives here already: `cohort move` takes it to another channel.", "code"
        )


def _build_link_act(call: Call, found: Cohort, homes: Sequence[Home], code: str) -> Act:
    """Everybody is told: people here can join, and those who are in know with whom they share the board."""
    news: tuple[Message, ...] = ()
    if found.state in JOINABLE:
        there = describe_homes([call.place], homes[0].place)
        shared = text_message(
            f"**{escape_text(found.name)}** lives {there} as well from now on: one cohort, one plan, one board."
        )
        news = (build_invitation(found, call.now), shared)
    where = describe_homes((home.place for home in homes), call.place)
    then = (f"The first of these is posted here, the second {where}.",) if news else ()
    head = f"**{escape_text(found.name)}** would live in this channel too, and still {where}."
    return Act(head, "Have it live here", build_phrase("cohort link", code=code), news, then)


async def _announce_new_home(
    call: Call, found: Cohort, home: Home, homes: Sequence[Home], news: tuple[Message, ...]
) -> None:
    if news:
        invited, shared = news
        await call.tx.ledger.enter_announcement(
            found, f"open/{found.edition}", invited, [home], call.now
        )
        await call.tx.ledger.enter_numbered_announcement(found, "linked", shared, homes, call.now)


async def _build_link_welcome(call: Call, found: Cohort, homes: Sequence[Home]) -> Message:
    there = describe_homes((home.place for home in homes), call.place)
    told = f"**{escape_text(found.name)}** lives in this channel now, and still {there}."
    lacking = describe_setup_problems(one for one in call.setup_problems if one.is_blocking)
    if found.state == "draft":
        coming = "It is a draft: nobody is told until you open it."
    else:
        invited = "my invitation waits" if lacking else "I have invited everybody here"
        entered = await call.tx.ledger.list_posts_in_every_home(found)
        next_post = describe_next_post(found, call.now, entered, post_kinds=call.post_kinds)
        coming = f"What was posted before is not posted again; {invited}. {next_post}"
    join = ("Join it yourself", build_phrase("join", cohort=found.ref))
    more = (join,) if found.state in JOINABLE else ()
    return text_message(
        "\n".join((f"{told} {coming}", *lacking)), build_next_step_buttons(found, *more)
    )
