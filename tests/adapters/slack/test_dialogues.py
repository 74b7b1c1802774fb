"""People talk with the bot in a simulated Slack: by commands, buttons, lists and forms, and it is
restarted in between.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.support.posts import USUAL_POSTS
from tests.support.slack import block_text
from tests.support.slack.group import SOCKET, Group, words
from tests.support.slack.workspaces import Sight

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 18, 30, tzinfo=UTC)
WEEK_1 = "Week 1 of 12 · Basics of linear algebra and statistics"
VECTORS, BAYES = (
    "Vectors, matrices and how to calculate with them",
    "First steps in probability, up to Bayes’ theorem",
)
PLAN = "AI/ML engineer in twelve weeks"


def ticked(sight: Sight) -> list[str]:
    """What is ticked in the lists of a message or view."""
    options = [
        element.get("initial_options", ())
        for _, element in block_text.elements(sight.body)
        if element["type"] == "checkboxes"
    ]
    return [block_text.label(option["text"]) for chosen in options for option in chosen]


def fields(sight: Sight) -> dict[str, Any]:
    """What a form starts with, by the name of the field: what is typed in it, or the labels of what
    is picked.
    """
    held = block_text.state(sight.body)
    return {name: _held(next(iter(elements.values()))) for name, elements in held.items()}


def _held(state: Any) -> Any:
    value = next(value for key, value in state.items() if key != "type")
    picked = value if isinstance(value, list) else [value] if isinstance(value, dict) else None
    return (
        value or "" if picked is None else [block_text.label(option["text"]) for option in picked]
    )


async def test_a_member_walks_a_week_by_buttons_lists_and_forms(url: str) -> None:
    async with Group.on(url, SOCKET) as group:
        await group.spring("bob")
        joined = await group.clicks("ada", group.post("is open"), "Join")
        assert words(joined).startswith(
            "You are in spring 🎉\nIt starts on Mon 2 Mar 2026 and takes 12 weeks."
        )
        await group.passes(hours=1)
        assert words(group.post("ada has joined")) == "ada has joined spring. Welcome!"
        start = await a_newcomer_takes_three_steps(group, joined)
        plan = await group.clicks("ada", start, "The whole plan")
        assert "Basics of linear algebra and statistics · 5 items · from Mon 2 Mar 2026" in words(
            plan
        )

        await group.goes_to(MONDAY)
        await lists_are_ticked(group)
        await a_week_is_checked_in(group)

        card = await group.types("ada", "progress")
        assert "Streak: 1 week" in words(card)
        assert "1. ada · 2 of 57 · you" in words(await group.clicks("ada", card, "The board"))
        assert "2 of 5" in await group.says("bob", "progress @ada")


async def a_newcomer_takes_three_steps(group: Group, joined: Sight) -> Sight:
    """Ada confirms the clock that Slack knows, skips the reminders, and reads it in one message."""
    assert "Step 1 of 3: your time zone" in words(joined)
    remind = await group.clicks("ada", joined, "Yes, 10:00")
    assert words(remind).startswith("Saved: your time zone is")
    start = await group.clicks("ada", remind, "Skip")
    assert words(start).startswith("Step 3 of 3: your first item\nStart here: Vectors, matrices")
    assert start.body["ts"] == joined.body["ts"], "the message changes in place"
    return start


async def lists_are_ticked(group: Group) -> None:
    topics = group.post(WEEK_1)
    ada, bob = group.person("ada"), group.person("bob")
    own = await group.clicks("ada", topics, "My own list")
    assert "0 of 5 done" in words(own)
    assert ticked(own) == []
    saved = await ada.ticks(own, VECTORS, BAYES)
    assert saved.body["ts"] == own.body["ts"], "the list is saved in place"
    assert "You have done 2 of 5 items in week 1." in words(saved)
    await group.restart()
    ada, bob = group.person("ada"), group.person("bob")
    unticked = await ada.unticks(saved, BAYES)
    assert f"Unticked {BAYES}." in words(unticked)
    assert ticked(unticked) == [VECTORS]
    assert ticked(await ada.ticks(topics, BAYES)) == [VECTORS, BAYES], (
        "the list of all only ever adds"
    )
    assert ticked(await bob.ticks(topics, VECTORS, BAYES)) == [VECTORS, BAYES]
    kept = await ada.unticks(topics, BAYES)
    assert "You chose nothing, so nothing changed. You can remove ticks here." in words(kept)
    assert ticked(kept) == [VECTORS, BAYES]
    assert ticked(group.post(WEEK_1)) == [], "the list of all shows nobody's state"


async def a_week_is_checked_in(group: Group) -> None:
    form = await group.clicks("ada", group.post(WEEK_1), "Check in")
    assert words(form).startswith("Check-in, week 1\nBasics of linear algebra and statistics\n")
    await group.restart()
    filled = {
        "hours": "4.5",
        "confidence": "4 · good",
        "blockers": "",
        "note": "It *went* well 🎉 <!channel>",
    }
    told = await group.fills("ada", form, **filled)
    assert told.kind == "modal"
    assert "Thank you! You are checked in for week 1: 2 of 5 items done." in words(told)
    again = await group.clicks("ada", told, "Edit")
    assert fields(again) == {"items": [], **filled, "confidence": ["4 · good"]}
    assert "I have updated your check-in" in words(await group.fills("ada", again, hours="5"))
    assert fields(await group.types("ada", "checkin"))["hours"] == "5"
    emptied = await group.fills("ada", await group.types("ada", "checkin"), note=None, hours=None)
    assert "I have updated your check-in" in words(emptied)
    assert fields(await group.types("ada", "checkin")) == {
        "items": [], "hours": "", "confidence": ["4 · good"], "blockers": "", "note": "",
    }  # fmt: skip


async def test_a_member_sets_how_they_are_treated_and_leaves(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        shown = await group.types("ada", "settings")
        form = await group.clicks("ada", shown, "Times and reminders")
        assert fields(form)["delivery"] == ["By private message"]
        wrong = await group.fills("ada", form, zone="berlln", reminder="17:30", quiet="late")
        assert dict(wrong.errors) == {
            "Time zone": "I do not know the time zone “berlln”: did you mean Europe/Berlin?"
        }
        wrong = await group.fills("ada", form, zone="berlin")
        assert dict(wrong.errors) == {"Quiet hours": "Write quiet hours like 22:00-08:00, or none."}
        saved = await group.fills(
            "ada", form, quiet="23:00-07:00", reminders="1", delivery="Not at all"
        )
        assert "Saved.\nTime zone: Europe/Berlin, where it is 11:00" in words(saved)
        assert "\nReminders: off\nQuiet hours: 23:00-07:00\n" in words(saved)
        form = await group.clicks("ada", saved, "Name and privacy")
        assert "hidden" in words(
            await group.fills("ada", form, alias="Countess", hidden="Hide me from every board")
        )
        shown = await group.types("ada", "settings")
        times = fields(await group.clicks("ada", shown, "Times and reminders"))
        kept = (times["reminder"], times["reminders"], times["delivery"])
        assert kept == ("17:30", "1", ["Not at all"])

        asked = await group.types("ada", "away")
        gone = await group.clicks("ada", asked, "Two weeks")
        assert "You are away until the end of" in words(gone)
        assert "Welcome back!" in words(await group.clicks("ada", gone, "I am back"))

        left = await group.types("ada", "leave")
        assert "You have left spring" in words(left)
        assert "You are in spring" in words(await group.clicks("ada", left, "Join again"))


async def test_a_moderator_makes_moves_and_ends_a_cohort(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        draft = await a_cohort_is_made_by_form(group)
        opened = await group.clicks("mona", await group.clicks("mona", draft, "Open it"), "Open it")
        assert "spring is open. I have invited everybody here." in words(opened)
        timeline = await group.clicks("mona", opened, "Timeline")
        assert "Mon 2 Mar 2026, 18:00 · Kick-off" in words(timeline)
        await group.restart()
        later = await group.clicks("mona", timeline, "11 more")
        assert "○ Mon 30 Mar 2026 · Week 5 · 4 coming" in words(later)
        await group.says("ada", "join")

        await settings_are_changed(group)
        await dates_are_moved(group)
        await group.goes_to(datetime(2026, 3, 13, 12, tzinfo=UTC))
        posted = len(group.posts())
        preview = await group.types("mona", "cohort pause")
        assert "Everyone will see:" in words(preview)
        assert len(group.posts()) == posted
        paused = await group.clicks("mona", preview, "Pause it")
        assert "is paused from Fri 13 Mar 2026" in words(paused)
        preview = await group.clicks("mona", paused, "Resume")
        assert "continues and is in week 1 of 12" in words(
            await group.clicks("mona", preview, "Resume it")
        )
        group.place.channel("C0OTHER", "the-other")
        assert "now posts in this channel" in await group.says("mona", "cohort move", "the-other")

        asked = await group.types("mona", "cohort finish", "the-other")
        done = await group.clicks("mona", asked, "Finish it now")
        (finale,) = [
            post
            for post in group.posts(group.place.channels["C0OTHER"])
            if "has finished" in words(post)
        ]
        assert words(finale).endswith("[My progress]\n[My farewell]\n[For moderators: the survey]")
        archived = await group.clicks(
            "mona", await group.clicks("mona", done, "Archive it"), "Archive it"
        )
        assert "spring is archived" in words(archived)
        assert words(await group.clicks("mona", archived, "A new cohort")).startswith(
            "Create a cohort\n"
        )


async def test_what_is_looked_at_from_a_modal_lies_on_top_of_it(url: str) -> None:
    async with Group.on(url) as group:
        made = await a_cohort_is_made_by_form(group)
        weeks = await group.clicks("mona", made, "The weeks")
        assert "Basics of linear algebra" in words(weeks)
        assert "Join" not in words(weeks)
        assert len(group.person("mona").user.modals) == 2
        group.person("mona").closes()
        (left,) = group.person("mona").user.modals
        assert "spring is a draft" in words(Sight("modal", left)), "closing it leads back"
        weeks = await group.clicks("mona", made, "The weeks")
        dates = await group.clicks("mona", weeks, "Back to the dates")
        assert "Timeline of spring" in words(dates)
        assert len(group.person("mona").user.modals) == 2, (
            "no third one, of which Slack allows no more"
        )


async def a_cohort_is_made_by_form(group: Group) -> Sight:
    """What is wrong in a form is told beside its fields, and what was typed stays, whatever happens
    meanwhile.
    """
    form = await group.types("mona", "cohort create at=18:00")
    typed = {
        "name": "two words",
        "start": "2026-03-02",
        "roadmap": PLAN,
        "zone": "berlin",
        "weeks": "12",
    }
    assert set((await group.fills("mona", form)).errors) == {"Name", "Start"}, (
        "Slack itself asks for what is required"
    )
    wrong = await group.fills("mona", form, **typed)
    assert list(wrong.errors) == ["Name"]
    assert wrong.errors["Name"].startswith("A cohort's name is one word of up to 32 letters")
    await group.restart()
    wrong = await group.fills(
        "mona", Sight("modal", form.body), **{**typed, "name": "spring", "start": "1999-01-01"}
    )
    assert dict(wrong.errors) == {
        "Start": "1999-01-01 is more than two years away: choose a date closer to today, "
        "2026-02-20."
    }
    made = await group.fills("mona", form, **{**typed, "name": "spring"})
    assert "spring is a draft" in words(made)
    return made


async def settings_are_changed(group: Group) -> None:
    await moderators_speak(group)
    mona = group.person("mona")
    nudge = await mona.picks(await group.types("mona", "posts settings"), "Mid-week nudge")
    assert "Now: off." in words(await group.clicks("mona", nudge, "Switch off"))
    recap = await group.types("mona", "posts settings post=recap")
    moments = await group.clicks("mona", recap, "Change day or time")
    assert fields(moments) == {"day": "1", "at": "18:00"}
    moved = await group.fills("mona", moments, day="2", at="20:00")
    assert "Now: day 2 of the next week, 20:00." in words(moved)
    seats = await group.clicks(
        "mona", await group.types("mona", "cohort settings"), "Seats and name"
    )
    assert list((await group.fills("mona", seats, seats="many")).errors) == ["Seats"]
    assert "Seats: 30" in words(await group.fills("mona", seats, seats="30", name="spring"))


async def moderators_speak(group: Group) -> None:
    form = await group.types("mona", "posts announce")
    assert list(fields(form)) == ["text", "day", "at"]
    typed = "<!channel> @here *bold* see https://example.org/a_b"
    preview = await group.fills("mona", form, text=typed)
    assert "From the moderators of spring" in words(preview)
    assert "Post this now, here?" in words(preview)
    done = await group.clicks("mona", preview, "Post it now")
    assert "I am posting it here." in words(done)
    shown = await group.types("mona", "posts preview recap")
    assert "its buttons do nothing" in words(shown)
    pressed = await group.clicks("mona", shown, "My progress")
    assert "The buttons of a preview do nothing." in words(pressed)


async def dates_are_moved(group: Group) -> None:
    assert "On Slack every post already has a thread" in await group.says(
        "mona", "cohort threads on=yes"
    )
    form = await group.types("mona", "cohort reschedule")
    assert fields(form) == {
        "start": "2026-03-02",
        "at": "18:00",
        "zone": "Europe/Berlin",
        "weekday": "",
    }
    preview = await group.fills("mona", form, start="2026-03-09", at="19:00")
    assert "Nothing has changed yet." in words(preview)
    await group.restart()
    assert "Moved, and I have told everybody." in words(
        await group.clicks("mona", preview, "Move it")
    )
    assert "Week 1 moves from Mon 2 Mar 2026" in words(group.post("has changed"))
    assert "a call every Monday" in await group.says(
        "mona", 'cohort call at=20:00 where="the library"'
    )
    told = await group.types("mona", "cohort break first=2026-04-06 last=2026-04-07 sure=yes")
    assert "Week 5 moves from Mon 6 Apr 2026 to Mon 13 Apr 2026" in words(told)
    preview = await group.clicks("mona", told, "Remove it again")
    assert "is removed" in words(await group.clicks("mona", preview, "Remove it"))
    assert "ada · 0 of 57 done" in await group.says("mona", "members list")


# — elsewhere —


async def test_private_messages_do_as_well_as_the_channel(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(SATURDAY)
        (reminder,) = group.person("ada").letters
        assert words(reminder).startswith("A small step is a good start to week 1 of spring.")
        await group.restart()
        form = await group.clicks("ada", reminder, "Check in")
        assert "You are checked in" in words(await group.fills("ada", form, hours="3"))
        listed = await group.types("ada", "week", "direct")
        assert ticked(await group.person("ada").ticks(listed, BAYES)) == [BAYES]
        assert "You are not in a cohort yet" in await group.says("bob", "progress", "direct")
        assert (
            await group.says("mona", "cohort create name=x start=monday", "direct")
            == "Use /study cohort create in the channel for the posts, not in private."
        )
        assert "Moderators" in await group.says("mona", "moderators", "direct"), (
            "a workspace is known in private too"
        )
        await group.passes(weeks=1)
        assert len(group.person("ada").letters) == 2


async def test_notifications_and_screen_readers_read_commands_as_they_are_typed(url: str) -> None:
    async with Group.on(url) as group:
        refusal = await group.types("ada", "week")
        assert (
            refusal.body["text"]
            == "You are not in a cohort yet: use /study join to see the open ones."
        )
        await group.spring("ada")
        await group.goes_to(MONDAY)
        text = str(group.post("Here we go").body["text"])
        assert "under the post or with /study week. Check in once a week" in text
        assert "Tell me with /study away" in text


async def test_a_list_in_a_modal_is_ticked_and_its_pages_are_turned_there(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        form = await group.types("ada", "checkin")
        told = await group.fills("ada", form, items=(VECTORS,), hours="1")
        card = await group.clicks("ada", told, "My progress")
        own = await group.clicks("ada", card, "My list")
        assert {sight.kind for sight in (told, card, own)} == {"modal"}
        assert ticked(own) == [VECTORS]
        ada = group.person("ada")
        assert ticked(await ada.ticks(own, BAYES)) == [VECTORS, BAYES]
        assert ticked(await ada.picks(ada.modal or own, BAYES)) == [BAYES]
