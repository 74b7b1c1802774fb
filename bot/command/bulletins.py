"""Bulletins between writing and sending: the form, the preview, agreeing, and taking back.

Two commands share this: `posts announce` writes, `posts announcement` is behind the buttons.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from bot.chat.errors import Refused
from bot.chat.message import Buttons, Field, Form, Message, Text, build_phrase, text_message
from bot.chat.text import join_names
from bot.command.call import Call
from bot.command.confirm import Act
from bot.command.post_homes import describe_home_ids, describe_waiting_problems
from bot.group.bulletins import (
    BULLETIN,
    MAX_BODY,
    MAX_COMING,
    Bulletin,
    WallTime,
    build_bulletin,
    require_coming_time,
)
from bot.group.cohort import Cohort
from bot.store.ledger import OPEN, Letter
from bot.views.bulletin import describe_bulletin_moment
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons, describe_homes
from bot.views.notify import describe_ping

GONE = "That announcement was changed or withdrawn meanwhile: see `posts timeline`."


def require_speaking_cohort(cohort: Cohort) -> None:
    """Raise `Refused` for a cohort that nobody reads."""
    name = format_cohort_name(cohort)
    if cohort.state == "draft":
        raise Refused(f"{name} is a draft, and nobody reads it: open it first with `cohort open`.")
    if cohort.state == "archived":
        raise Refused(f"{name} is archived, and nobody reads it: choose another cohort.")


async def find_own_bulletin(call: Call, cohort: Cohort, number: int) -> Bulletin:
    """Return a cohort's bulletin for a moderator. Raises `Refused`.

    A draft is shown to its writer alone.
    """
    bulletin = await call.tx.bulletins.find_bulletin(cohort, number)
    if bulletin is None:
        raise Refused(GONE)
    if bulletin.state == "draft" and bulletin.made_by != call.person.account_id:
        raise Refused(GONE)
    return bulletin


# — writing —


def build_bulletin_form(cohort: Cohort, bulletin: Bulletin | None = None) -> Form:
    """Return the form for a new bulletin, or for a change to one."""
    body = day = at = ""
    number = None
    if bulletin is not None:
        body, number = bulletin.body, bulletin.id
        if bulletin.when is not None:
            day, at = f"{bulletin.when.day}", f"{bulletin.when.at:%H:%M}"
    fields = (
        Field("text", "Text", "text", required=True, value=body, longest=MAX_BODY),
        Field("day", "Day", "date", value=day, help="Leave it out for today"),
        Field("at", "Time", "time", value=at, help=f"Leave it out for {cohort.at:%H:%M}"),
    )
    return Form(
        "Announce something",
        build_phrase("posts announce", cohort=cohort.ref, number=number, ask="yes"),
        fields,
        note=f"Without day and time it is posted at once. Times are in {cohort.zone}.",
    )


def choose_wall_time(
    call: Call, cohort: Cohort, day: date | None, at: time | None
) -> WallTime | None:
    """Return the local time of a bulletin, None to post it at once. Raises `Refused`."""
    if day is None and at is None:
        return None
    # By the cohort's own date: today may be another day where the moderator is.
    local_day = call.parse_local_date("day", cohort.zone) or cohort.get_cohort_date(call.now)
    when = WallTime(local_day, cohort.at if at is None else at, cohort.zone)
    require_coming_time(when, call.now)
    return when


# — showing —


async def show_bulletin(
    call: Call, cohort: Cohort, bulletin: Bulletin, sure: str | None = None
) -> Message:
    """Return a bulletin's page: a preview for a draft, its text and state for others."""
    if bulletin.state == "draft":
        act = await _build_posting_act(call, cohort, bulletin)
        return act.build_preview(sure, _build_draft_buttons(cohort, bulletin))
    if bulletin.state in {"withdrawn", "replaced"}:
        raise Refused(GONE)
    letters: Sequence[Letter] = ()
    if bulletin.state == "entered":
        letters = await call.tx.bulletins.list_letters(bulletin)
    head = await _describe_state(call, cohort, bulletin, letters)
    return _build_bulletin_page(cohort, bulletin, head, is_open=_is_waiting(bulletin, letters))


def _is_waiting(bulletin: Bulletin, letters: Sequence[Letter]) -> bool:
    """Return True while something of a bulletin is to come."""
    return bulletin.state == "coming" or any(letter.state in OPEN for letter in letters)


async def _describe_state(
    call: Call, cohort: Cohort, bulletin: Bulletin, letters: Sequence[Letter]
) -> str:
    if bulletin.when is not None and bulletin.state == "coming":
        when = describe_bulletin_moment(bulletin.when)
        where = await _describe_every_home(call, cohort)
        return f"I post this on {when}, {where}. Until then you can change or withdraw it."
    waiting = {letter.home_id for letter in letters if letter.state in OPEN}
    sent = {letter.home_id for letter in letters if letter.state == "sent"}
    sentences = []
    if sent:
        sentences.append(f"This is posted {await describe_home_ids(call, cohort, sent)}.")
    if waiting:
        where = await describe_home_ids(call, cohort, waiting)
        sentences.append(f"It waits to be posted {where}. You can still withdraw it there.")
    return " ".join(sentences) or "This was not posted: `posts timeline` says why."


def _build_bulletin_page(
    cohort: Cohort, bulletin: Bulletin, head: str, *, is_open: bool, notes: Sequence[str] = ()
) -> Message:
    pairs = []
    if is_open:
        pairs.append(("Change it", _build_change_phrase(cohort, bulletin)))
        pairs.append(("Withdraw it", build_bulletin_phrase(cohort, bulletin, withdraw="yes")))
    posted = build_bulletin(cohort, bulletin.body)
    return text_message(
        "\n".join((head, *notes)), *posted.blocks, build_next_step_buttons(cohort, *pairs)
    )


def build_bulletin_phrase(cohort: Cohort, bulletin: Bulletin, **options: str | None) -> str:
    """Return the phrase that shows a bulletin, or does something to it."""
    return build_phrase("posts announcement", number=bulletin.id, cohort=cohort.ref, **options)


def _build_change_phrase(cohort: Cohort, bulletin: Bulletin) -> str:
    return build_phrase("posts announce", cohort=cohort.ref, number=bulletin.id, ask="yes")


def _build_draft_buttons(cohort: Cohort, bulletin: Bulletin) -> Buttons:
    change = ("Change it", _build_change_phrase(cohort, bulletin))
    drop = ("Drop it", build_bulletin_phrase(cohort, bulletin, withdraw="yes"))
    return build_next_step_buttons(cohort, change, drop)


async def _describe_every_home(call: Call, cohort: Cohort) -> str:
    homes = await call.tx.cohorts.list_homes(cohort.id)
    return describe_homes((home.place for home in homes), call.place)


async def _describe_notified(call: Call, cohort: Cohort) -> str:
    """Return a sentence about whom a bulletin notifies in any of its homes."""
    homes = await call.tx.cohorts.list_homes(cohort.id)
    notices = await call.tx.notify.load_notices([home.id for home in homes])
    pings = [found.pings[BULLETIN] for found in notices.values() if BULLETIN in found.pings]
    if not pings:
        return "Nobody is notified by it."
    return f"It notifies {join_names(dict.fromkeys(map(describe_ping, pings)))}."


async def _build_posting_act(call: Call, cohort: Cohort, bulletin: Bulletin) -> Act:
    where = await _describe_every_home(call, cohort)
    head, label = f"Post this now, {where}?", "Post it now"
    follow_up = await _describe_notified(call, cohort)
    if bulletin.when is not None:
        head = f"Post this on {describe_bulletin_moment(bulletin.when)}, {where}?"
        label = "Post it then"
        follow_up += " Until then you can change or withdraw it."
    if bulletin.replaces:
        follow_up = f"It takes the place of the former text. {follow_up}"
    return Act(
        head,
        label,
        build_bulletin_phrase(cohort, bulletin),
        (build_bulletin(cohort, bulletin.body),),
        (follow_up,),
    )


# — agreeing —


async def agree_to_bulletin(
    call: Call, cohort: Cohort, bulletin: Bulletin, sure: str | None
) -> Message:
    """Post a draft, now or at its time, if its preview was agreed to; else show the preview.

    The cohort must be locked. Raises `Refused`.
    """
    if bulletin.state != "draft":
        # The button was pressed twice, or another one of it was.
        return await show_bulletin(call, cohort, bulletin)
    act = await _build_posting_act(call, cohort, bulletin)
    if not act.is_agreed(sure):
        return act.build_preview(sure, _build_draft_buttons(cohort, bulletin))
    if bulletin.when is not None:
        require_coming_time(bulletin.when, call.now)
    await _require_room(call, cohort)
    await _end_replaced_bulletin(call, cohort, bulletin)
    where = await _describe_every_home(call, cohort)
    if bulletin.when is None:
        await call.tx.bulletins.enter_bulletin(cohort, bulletin, call.now)
        problems = await describe_waiting_problems(call, cohort)
        head = f"I am posting it {where}."
        if problems:
            head = "It waits until I can post."
        return _build_bulletin_page(cohort, bulletin, head, is_open=bool(problems), notes=problems)
    await call.tx.bulletins.set_state(bulletin, "coming")
    await call.tx.schedule.schedule_look(cohort, bulletin.when.moment)
    when = describe_bulletin_moment(bulletin.when)
    head = f"I post it on {when}, {where}. Until then you can change or withdraw it."
    return _build_bulletin_page(cohort, bulletin, head, is_open=True)


async def _require_room(call: Call, cohort: Cohort) -> None:
    if len(await call.tx.bulletins.list_coming(cohort)) >= MAX_COMING:
        raise Refused(
            f"{MAX_COMING} announcements are still to come: withdraw one of them first, "
            "in `posts timeline`."
        )


async def _end_replaced_bulletin(call: Call, cohort: Cohort, bulletin: Bulletin) -> None:
    """Take back the bulletin that this one replaces. Raises `Refused` if it was read."""
    if not bulletin.replaces:
        return
    former = await call.tx.bulletins.find_bulletin(cohort, bulletin.replaces)
    if former is None:
        raise Refused(GONE)
    await require_changeable_bulletin(call, former)
    await call.tx.bulletins.close_letters(former, "changed by a moderator", call.now)
    await call.tx.bulletins.set_state(former, "replaced")


async def require_changeable_bulletin(call: Call, bulletin: Bulletin) -> None:
    """Raise `Refused` for a bulletin that somebody may have read, or that is taken back."""
    if bulletin.state == "replaced":
        raise Refused(GONE)
    if bulletin.state != "entered":
        return
    states = {letter.state for letter in await call.tx.bulletins.lock_letters(bulletin)}
    if "claimed" in states:
        raise Refused("It is being posted right now: look at `posts timeline` in a minute.")
    if states - {"due"}:
        raise Refused("It is posted already: write a new one with `posts announce`.")


# — taking back —


async def withdraw_bulletin(call: Call, cohort: Cohort, bulletin: Bulletin) -> Message:
    """Take a bulletin back wherever it was not posted yet. Raises `Refused`.

    The cohort must be locked.
    """
    if bulletin.state in {"withdrawn", "replaced"}:
        raise Refused(GONE)
    letters: Sequence[Letter] = ()
    if bulletin.state == "entered":
        letters = await call.tx.bulletins.lock_letters(bulletin)
        _require_waiting_letter(letters)
    await call.tx.bulletins.close_letters(bulletin, "withdrawn by a moderator", call.now)
    await call.tx.bulletins.set_state(bulletin, "withdrawn")
    read = {letter.home_id for letter in letters if letter.state != "due"}
    head = "Withdrawn: nobody has seen it."
    if bulletin.state == "draft":
        head = "Dropped: nobody has seen it."
    if read:
        where = await describe_home_ids(call, cohort, read)
        head = (
            f"Withdrawn where it was still waiting. It is posted already {where}: delete it there."
        )
    again = ("Write it again", _build_change_phrase(cohort, bulletin))
    return text_message(Text(head), build_next_step_buttons(cohort, again))


def _require_waiting_letter(letters: Sequence[Letter]) -> None:
    states = {letter.state for letter in letters}
    if "due" in states:
        return
    if "claimed" in states:
        raise Refused("It is being posted right now: look at `posts timeline` in a minute.")
    raise Refused("It is posted already: delete it in the channel if it must go.")
