"""`cohort link`: let one cohort post on several platforms.

A moderator gets a code here and types it in the other channel. From then on every post comes to
both. Nothing sent before is sent there again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.address import Account
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, SecretText, Sure, command
from bot.command.cohort_checks import require_changeable_cohort, require_channel
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.codes import LIVES, CodeRedemption, CodeRejection
from bot.group.cohort import JOINABLE_STATES, Cohort
from bot.store.cohorts import Home
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import (
    build_invitation,
    build_next_step_buttons,
    describe_homes,
    describe_setup_problems,
)
from bot.views.timeline import describe_next_post

MOST = 5  # homes of a cohort: each post is one letter to each of them


@command(moderators=True, announcing=True)
async def cohort_link(
    call: Call,
    code: Annotated[str | None, "The code from the other platform", SecretText()] = None,
    cohort: Annotated[
        str | None, "Which cohort to get a code for", suggest_managed_cohorts, CohortRef()
    ] = None,
    sure: Sure = None,
) -> Message:
    """Let a cohort post on another platform too, with a code."""
    # People type `cohort link spring`: the first word may be a cohort.
    if code is not None and cohort is None and await _is_cohort_reference(call, code):
        code, cohort = None, code
    if code is None:
        managed = await call.lock_managed_cohort(cohort, "draft", *sorted(JOINABLE_STATES))
        return await _create_cohort_code(call, managed)
    require_channel(call, "cohort link")
    # A trial leaves the code valid: it is used up only after the preview is agreed to.
    result = await call.tx.codes.redeem_code(call.person, code, "cohort", call.now, is_trial=True)
    match result:
        case CodeRejection(sentence):
            # A refusal would roll back the count of wrong guesses.
            return text_message(sentence)
        case CodeRedemption(account, cohort_id):
            locked = await _lock_cohort_of_code(call, cohort_id)
            return await _link_cohort_here(call, locked, account, code, sure)


async def _is_cohort_reference(call: Call, typed: str) -> bool:
    name = typed.strip().casefold()
    if name.startswith("#"):
        return True
    cohorts = await call.tx.cohorts.list_cohorts_in_space(call.place)
    return any(cohort.name == name for cohort in cohorts)


async def _lock_cohort_of_code(call: Call, cohort_id: int | None) -> Cohort:
    locked = await call.tx.cohorts.lock_cohort(cohort_id or 0)
    if locked is None:
        raise Refused("The cohort for this code is gone: ask for another code.", "code")
    call.tx.acts.note_cohort(locked.id)
    return locked.advance_state(call.now)


def _require_linkable_cohort(cohort: Cohort) -> None:
    require_changeable_cohort(cohort)
    if cohort.state == "finished":
        raise Refused(f"{cohort.name} has finished: start it again with `cohort start` first.")


def _require_room_for_home(cohort: Cohort, homes: Sequence[Home]) -> None:
    if len(homes) >= MOST:
        raise Refused(
            f"{cohort.name} already posts in {MOST} places: stop one with `cohort unlink` first."
        )


# — here: the code —


async def _create_cohort_code(call: Call, cohort: Cohort) -> Message:
    _require_linkable_cohort(cohort)
    _require_room_for_home(cohort, await call.tx.cohorts.list_homes(cohort.id))
    code = await call.tx.codes.create_code(call.person, cohort.id, call.now)
    minutes = int(LIVES.total_seconds() // 60)
    return text_message(
        f"To post {format_cohort_name(cohort)} on another platform too, "
        f"a moderator there types **cohort link {code}** in the channel for the posts.",
        f"The code works once, within {minutes} minutes. It stays one cohort: "
        "the same plan and dates, one board with all names. "
        "Moderators of both sides can manage it. What members write in check-ins stays with the "
        "moderators of their own side.",
        build_next_step_buttons(cohort),
    )


# — there: the new home —


async def _link_cohort_here(
    call: Call, cohort: Cohort, account: Account, code: str, sure: str | None
) -> Message:
    _require_linkable_cohort(cohort)
    homes = await call.tx.cohorts.list_homes(cohort.id)
    _require_other_place(call, cohort, account, homes)
    _require_room_for_home(cohort, homes)
    space_id = await _find_space_without_namesake(call, cohort)
    act = _build_link_act(call, cohort, homes, code)
    if not act.is_agreed(sure):
        # The button carries the code: an answer with one is stored nowhere.
        call.tx.codes.has_issued_code = True
        return act.build_preview(sure)
    result = await call.tx.codes.redeem_code(call.person, code, "cohort", call.now)
    if isinstance(result, CodeRejection):
        # Somebody else was quicker with the same code.
        return text_message(result.sentence)
    home = await _insert_home_here(call, cohort, space_id)
    await _announce_new_home(call, cohort, home, homes, act.announcements)
    return await _build_link_answer(call, cohort, homes)


def _require_other_place(
    call: Call, cohort: Cohort, account: Account, homes: Sequence[Home]
) -> None:
    """Raise `Refused` for a stale code, one of this platform, or a cohort already here."""
    if account.platform == call.place.platform:
        raise Refused(
            "This code is for another platform: type it there, "
            "or use `cohort move` for another channel here.",
            "code",
        )
    tenants = {(home.place.platform, home.place.tenant) for home in homes}
    if (account.platform, account.tenant) not in tenants:
        raise Refused(
            f"{cohort.name} has left the place of this code: ask its moderators for another one.",
            "code",
        )
    spaces = {(home.place.platform, home.place.space) for home in homes}
    if (call.place.platform, call.place.space) in spaces:
        raise Refused(
            f"{cohort.name} already posts here: use `cohort move` for another channel.", "code"
        )


async def _find_space_without_namesake(call: Call, cohort: Cohort) -> int:
    """Return the id of this space. Raises `Refused` if another cohort here has this name."""
    space_id = await call.tx.people.ensure_space_id(call.place)
    if await call.tx.cohorts.find_cohort_by_name(space_id, cohort.name):
        raise Refused(
            f"There is another cohort called {cohort.name} here: "
            "rename one with `cohort settings`, then type the code again.",
            "code",
        )
    return space_id


def _build_link_act(call: Call, cohort: Cohort, homes: Sequence[Home], code: str) -> Act:
    where = describe_homes((home.place for home in homes), call.place)
    name = format_cohort_name(cohort)
    head = (
        f"Post {name} in this channel too? It also stays {where}. Moderators of both sides see "
        "every member's progress. What members write in check-ins stays with the moderators of "
        "their own side."
    )
    notices: tuple[Message, ...] = ()
    follow_ups: tuple[str, ...] = ()
    if cohort.state in JOINABLE_STATES:
        # People here can join; those already in should know with whom they share the board.
        there = describe_homes([call.place], homes[0].place)
        shared = text_message(f"{name} now also posts {there}: one cohort, one plan, one board.")
        notices = (build_invitation(cohort, call.now), shared)
        follow_ups = (f"The first of these is posted here, the second {where}.",)
    phrase = build_phrase("cohort link", code=code)
    return Act(head, "Post here too", phrase, notices, follow_ups)


async def _insert_home_here(call: Call, cohort: Cohort, space_id: int) -> Home:
    # Posts due by now belong to the homes there were; without this the new one would get them too.
    if cohort.state != "draft":
        await call.tx.schedule.enter_cohort_posts(cohort.id, call.now)
    return await call.tx.cohorts.insert_home(cohort.id, space_id, call.place, call.person)


async def _announce_new_home(
    call: Call, cohort: Cohort, home: Home, homes: Sequence[Home], notices: Sequence[Message]
) -> None:
    if not notices:
        return
    invitation, shared = notices
    ledger = call.tx.ledger
    key = f"open/{cohort.edition}"
    await ledger.enter_announcement(cohort, key, invitation, [home], call.now)
    await ledger.enter_numbered_announcement(cohort, "linked", shared, homes, call.now)


async def _build_link_answer(call: Call, cohort: Cohort, homes: Sequence[Home]) -> Message:
    there = describe_homes((home.place for home in homes), call.place)
    blocking = [problem for problem in call.setup_problems if problem.is_blocking]
    problems = describe_setup_problems(blocking)
    coming = await _describe_coming_posts(call, cohort, has_problems=bool(problems))
    head = f"{format_cohort_name(cohort)} now posts in this channel too, and still {there}."
    buttons = []
    if cohort.state in JOINABLE_STATES:
        buttons.append(("Join it yourself", build_phrase("join", cohort=cohort.ref)))
    return text_message(
        "\n".join((f"{head} {coming}", *problems)), build_next_step_buttons(cohort, *buttons)
    )


async def _describe_coming_posts(call: Call, cohort: Cohort, *, has_problems: bool) -> str:
    if cohort.state == "draft":
        return "It is a draft, so nobody is told until you open it."
    invited = "I have invited everybody here."
    if has_problems:
        invited = "My invitation waits until I can post."
    entered = await call.tx.ledger.list_posts_in_every_home(cohort)
    coming = describe_next_post(cohort, call.now, entered, post_kinds=call.post_kinds)
    return f"{invited} Earlier posts are not posted again. {coming}"
