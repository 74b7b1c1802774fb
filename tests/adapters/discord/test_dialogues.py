"""People talk to the bot in a simulated Discord server, through commands, buttons, lists and forms, and restarts in between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import simcord

from adapters.discord.shards import Shards
from bot.command import Command, get_commands
from tests.support.discord.request_checks import parts
from tests.support.discord.server import (
    COMMAND,
    PRESSED,
    SELECT,
    Server,
    answered,
    modal,
    raw,
    response,
    said,
)
from tests.support.posts import USUAL_POSTS

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 1, 10, 18, 0, tzinfo=UTC)
BERLIN, PLAN = "Europe/Berlin", "ai-ml-engineer-12-weeks"
MODERATORS = {"custom_id": "moderators|~", "component_type": 2}
BAYES = "First steps in probability, up to Bayes’ theorem"


def chosen(component: Mapping[str, Any]) -> list[str]:
    """What is picked in a list of options."""
    return [option["value"] for option in component["options"] if option.get("default")]


def ticked(message: Any) -> list[str]:
    """What is ticked in the lists of a message."""
    return [value for one in parts(raw(message)) if one["type"] == SELECT for value in chosen(one)]


def fields(shown: Any) -> dict[str, Any]:
    """What a form starts with, by the name of the field: what is typed in it, or what is picked."""
    asked = {}
    for one in parts(modal(shown)["components"]):
        if "options" in one:
            asked[one["custom_id"]] = chosen(one)
        elif "custom_id" in one:
            asked[one["custom_id"]] = one.get("value", "")
    return asked


async def test_a_member_walks_a_week_by_buttons_lists_and_forms(database: str) -> None:
    async with Server.on(database) as server:
        await server.spring("bob")
        joined = await server.clicks("ada", server.post("is open"), "Join")
        assert answered(joined).startswith(
            "You are in **spring** 🎉\nIt starts on Mon 5 Jan 2026 and takes 12 weeks."
        )
        await server.passes(hours=1)
        assert said(server.post("**Ada** has joined")) == "**Ada** has joined **spring**. Welcome!"
        start = await a_newcomer_takes_three_steps(server, joined)
        plan = await server.clicks("ada", start, "The whole plan")
        assert (
            "Basics of linear algebra and statistics · 5 items · from Mon 5 Jan 2026"
            in answered(plan)
        )

        await server.goes_to(MONDAY)
        await lists_are_ticked(server)
        await a_week_is_checked_in(server)

        card = await server.slash("ada", "progress")
        assert "**Streak**: 1 week" in answered(card)
        assert "1. Ada" in answered(await server.clicks("ada", card, "The board"))
        assert "2 of 5" in await server.says("bob", "progress", member="Ada")


async def a_newcomer_takes_three_steps(server: Server, joined: Any) -> Any:
    """Ada picks her clock, skips nothing, and reads it all in one message."""
    assert "**Step 1 of 3: your time zone**" in answered(joined)
    remind = await server.picks("ada", joined, [BERLIN], "steps")
    assert answered(remind).startswith("Saved: your time zone is Europe/Berlin.")
    await server.restart()
    start = await server.clicks("ada", remind, "Evening, 18:00")
    assert answered(start).startswith("Saved: reminders come at 18:00.")
    assert "**Start here:** Vectors, matrices" in answered(start)
    assert response(start).id == response(joined).id, "the message changes in place"
    return start


async def lists_are_ticked(server: Server) -> None:
    topics = server.post("Week 1 of 12 · ")
    own = await server.clicks("ada", topics, "My own list")
    assert "0 of 5 done" in answered(own)
    assert ticked(own) == []
    saved = await server.picks("ada", own, ["vectors-matrices", "bayes"])
    assert response(saved).id == response(own).id, "the list is saved in place"
    assert "You have done 2 of 5 items in week 1." in answered(saved)
    assert ticked(saved) == ["vectors-matrices", "bayes"]
    await server.restart()
    unticked = await server.picks("ada", saved, ["vectors-matrices"])
    assert f"Unticked **{BAYES}**." in answered(unticked)
    for name, values in (("ada", ["bayes"]), ("bob", ["vectors-matrices", "bayes"])):
        shown = await server.picks(name, topics, values, "tick")
        assert ticked(shown) == ["vectors-matrices", "bayes"], "the list of all only ever adds"
    assert "was already ticked" in answered(await server.picks("bob", topics, ["bayes"], "tick"))
    assert ticked(server.post("Week 1 of 12 · ")) == [], "the list of all shows nobody's state"


async def a_week_is_checked_in(server: Server) -> None:
    form = await server.clicks("ada", server.post("Week 1 of 12 · "), "Check in")
    assert modal(form)["title"] == "Check-in, week 1"
    await server.restart()
    said_of_it = {"hours": "4.5", "confidence": "4", "blockers": "", "note": "It *went* well 🎉"}
    told = await server.submits("ada", form, **said_of_it)
    assert answered(told).startswith(
        "Thank you! You are checked in for **week 1**: 2 of 5 items done."
    )
    again = await server.clicks("ada", told, "Edit")
    assert fields(again) == {"items": [], **said_of_it, "confidence": ["4"]}
    assert "I have updated your check-in for **week 1**" in answered(
        await server.submits("ada", again, hours="5", confidence="4")
    )
    assert fields(await server.slash("ada", "checkin"))["note"] == ""


async def test_a_member_sets_how_they_are_treated_and_leaves(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        shown = await server.slash("ada", "settings")
        form = await server.clicks("ada", shown, "Times and reminders")
        assert fields(form)["delivery"] == ["private"]
        saved = await server.submits(
            "ada",
            form,
            zone="berlin",
            reminder="17:30",
            quiet="22:00-08:00",
            reminders="1",
            delivery="none",
        )
        assert "**Time zone**: Europe/Berlin" in answered(saved)
        assert "**Reminders**: off\n" in answered(saved)
        form = await server.clicks("ada", saved, "Name and privacy")
        assert "hidden" in answered(
            await server.submits("ada", form, alias="Countess", hidden="yes")
        )
        assert "Europe/Berlin" in await server.is_offered("ada", "settings", "zone", "berl")

        asked = await server.slash("ada", "away")
        gone = await server.clicks("ada", asked, "Two weeks")
        assert "You are away until the end of" in answered(gone)
        assert "Welcome back!" in answered(await server.clicks("ada", gone, "I am back"))

        left = await server.slash("ada", "leave")
        assert "You have left **spring**" in answered(left)
        assert "You are in **spring**" in answered(await server.clicks("ada", left, "Join again"))


async def test_a_moderator_makes_moves_and_ends_a_cohort(quick_database: str) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        options = {
            "roadmap": "ai-ml-engineer-12-weeks",
            "zone": "Europe/Berlin",
            "at": "18:00",
            "seats": 25,
        }
        assert await server.is_offered(
            "mona", "cohort create", "zone", "berl", **options | {"name": "x"}
        ) == [BERLIN]
        draft = await server.slash(
            "mona", "cohort create", name="spring", start="2026-01-05", **options
        )
        opened = await server.clicks(
            "mona", await server.clicks("mona", draft, "Open it"), "Open it"
        )
        assert "**spring** is open. I have invited everybody here." in answered(opened)
        timeline = await server.clicks("mona", opened, "Timeline")
        assert "Mon 5 Jan 2026, 18:00 · **Kick-off**" in answered(timeline)
        later = await server.clicks("mona", timeline, "11 more")
        assert response(later).id == response(timeline).id, "a page is turned in place"
        assert "○ Mon 2 Feb 2026 · **Week 5** · 4 coming" in answered(later)
        await server.says("ada", "join")

        await settings_are_changed(server)
        await moderators_speak(server)
        await dates_are_moved(server)
        await server.goes_to(FRIDAY)
        await it_pauses_and_goes_on(server)
        old, server.channel = server.channel, server.guild.create_text_channel("the-other")
        assert "now posts in this channel" in await server.says("mona", "cohort move")

        asked = await server.slash("mona", "cohort finish")
        done = await server.clicks("mona", asked, "Finish it now")
        assert said(server.post("## spring has finished")).endswith(
            "[My progress]\n[My farewell]\n[For moderators: the survey]"
        )
        assert not [one for one in server.posts(old) if "has finished" in said(one)]
        archived = await server.clicks(
            "mona", await server.clicks("mona", done, "Archive it"), "Archive it"
        )
        assert "**spring** is archived" in answered(archived)
        await a_cohort_is_made_by_form(
            server, await server.clicks("mona", archived, "A new cohort")
        )


async def it_pauses_and_goes_on(server: Server) -> None:
    posted = len(server.posts())
    preview = await server.slash("mona", "cohort pause")
    assert "Everyone will see:" in answered(preview)
    assert len(server.posts()) == posted
    paused = await server.clicks("mona", preview, "Pause it")
    assert "is paused from Fri 9 Jan 2026" in answered(paused)
    preview = await server.clicks("mona", paused, "Resume")
    assert "continues and is in week 1 of 12" in answered(
        await server.clicks("mona", preview, "Resume it")
    )


async def settings_are_changed(server: Server) -> None:
    shown = await server.slash("mona", "posts settings")
    nudge = await server.picks("mona", shown, ["nudge"])
    assert "Now: off." in answered(await server.clicks("mona", nudge, "Switch off"))
    recap = await server.slash("mona", "posts settings", post="recap")
    moments = await server.clicks("mona", recap, "Change day or time")
    assert fields(moments) == {"day": "1", "at": "18:00"}
    moved = await server.submits("mona", moments, day="2", at="20:00")
    assert "Now: day 2 of the next week, 20:00." in answered(moved)
    seats = await server.clicks(
        "mona", await server.slash("mona", "cohort settings"), "Seats and name"
    )
    assert "**Seats**: 30" in answered(
        await server.submits("mona", seats, seats="30", name="spring")
    )


async def moderators_speak(server: Server) -> None:
    form = await server.slash("mona", "posts announce")
    assert fields(form) == {"text": "", "day": "", "at": ""}
    typed = "@everyone <@1> **bold** see https://example.org/a_b"
    preview = await server.submits("mona", form, text=typed, day="", at="")
    # `answered` takes escapes away; the golden files hold them.
    assert "@\u200beveryone <@1> **bold** see" in answered(preview)
    assert "(https://example.org/a_b)" in answered(preview)
    posted = len(server.posts())
    done = await server.clicks("mona", preview, "Post it now")
    assert "I am posting it here." in answered(done)
    await server.passes(seconds=5)
    assert len(server.posts()) == posted + 1
    shown = await server.slash("mona", "posts preview", post="recap")
    assert "its buttons do nothing" in answered(shown)
    pressed = await server.clicks("mona", shown, "My progress")
    assert "The buttons of a preview do nothing." in answered(pressed)


async def dates_are_moved(server: Server) -> None:
    form = await server.slash("mona", "cohort reschedule")
    assert fields(form) == {"start": "2026-01-05", "at": "18:00", "zone": BERLIN, "weekday": []}
    preview = await server.submits("mona", form, start="2026-01-12", at="19:00", zone=BERLIN)
    assert "Nothing has changed yet." in answered(preview)
    await server.restart()
    assert "Moved, and I have told everybody." in answered(
        await server.clicks("mona", preview, "Move it")
    )
    assert "Week 1 moves from Mon 5 Jan 2026" in said(server.post("has changed"))
    assert "a call every Monday" in await server.says(
        "mona", "cohort call", at="20:00", where="the library"
    )
    preview = await server.slash("mona", "cohort break", first="2026-02-09", last="2026-02-10")
    told = await server.clicks("mona", preview, "Add the break")
    assert "Week 5 moves from Mon 9 Feb 2026 to Mon 16 Feb 2026" in answered(told)
    preview = await server.clicks("mona", told, "Remove it again")
    assert "is removed" in answered(await server.clicks("mona", preview, "Remove it"))
    assert "**Ada** · 0 of 57 done" in await server.says("mona", "members list")
    assert "starts by itself" in await server.confirms(
        "mona", "cohort start", "Start on Mon 5 Jan 2026", on="2026-01-05"
    )


async def a_cohort_is_made_by_form(server: Server, form: Any) -> None:
    """What is wrong in a form is told, and the form comes back as it was filled in: by a button, which a restart leaves."""
    wrong = await server.submits(
        "mona", form, name="two words", start="2026-02-02", roadmap=[PLAN], zone="berlin"
    )
    assert answered(wrong).startswith("A cohort's name is one word of up to 32 letters")
    assert answered(wrong).endswith("[Edit]")
    await server.restart()
    again = await server.clicks("mona", wrong, "Edit")
    typed = {
        "name": "two words",
        "start": "2026-02-02",
        "roadmap": [PLAN],
        "zone": "berlin",
        "weeks": "",
    }
    assert fields(again) == typed
    made = await server.submits("mona", again, **typed | {"name": "autumn"})
    assert "**autumn** is a draft" in answered(made)
    seats = await server.clicks(
        "mona", await server.slash("mona", "cohort settings", cohort="autumn"), "Seats and name"
    )
    wrong = await server.submits("mona", seats, seats="many", name="autumn")
    assert answered(wrong).startswith("“many” is not a number of seats")
    await server.passes(hours=25)
    late = await server.clicks("mona", wrong, "Edit")
    assert answered(late) == "That form has expired: use its command again to get a new one."


# — elsewhere —


async def test_private_messages_do_as_well_as_the_channel(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        ada = server.people["ada"].user
        assert "cohort create" not in ada.available_commands()
        assert {"week", "checkin", "progress", "settings"} <= set(ada.available_commands())
        await server.goes_to(SATURDAY)
        (reminder,) = server.private("ada")
        assert said(reminder).startswith("A small step is a good start to week 1 of **spring**.")
        await server.restart()
        form = await ada.click(reminder, label="Check in")
        assert "You are checked in for **week 1**: 0 of 5 items done." in answered(
            await ada.submit_modal(form, {"hours": "3"})
        )
        listed = await ada.slash("week")
        menu = next(one["custom_id"] for one in parts(raw(listed)) if one["type"] == SELECT)
        assert ticked(await ada.select(response(listed), ["bayes"], custom_id=menu)) == ["bayes"]
        assert [one["value"] for one in await ada.autocomplete("week", "n", "")] == ["1"]
        assert "You are not in a cohort yet" in answered(
            await server.people["bob"].user.slash("progress")
        )
        assert "Only moderators" in answered(
            await server.sends("mona", PRESSED, MODERATORS, mona_in_private(server))
        )
        await server.passes(weeks=1)
        assert len(server.private("ada")) == 2


def mona_in_private(server: Server) -> Any:
    return server.people["mona"].user.dm_channel


async def test_servers_of_every_shard_are_served(quick_database: str) -> None:
    async with Server.on(quick_database, Shards(2)) as server:
        for shard in (0, 1):
            server.founds(f"Hall {shard}", shard_id=shard)
            await server.spring("ada")
        assert {one.shard_id for one in server.platform.client.guilds} == {0, 1}
        await server.goes_to(MONDAY)
        for hall in server.halls[1:]:
            channel = hall.channels["study-group"]
            (topics,) = [one for one in server.posts(channel) if "## Week 1" in said(one)]
            ada = simcord.MemberActor(server.env, hall, server.people["ada"].user)
            assert "My progress" in answered(await ada.click(topics, label="My own list"))


# — everything —


def is_required(command: Command, name: str) -> bool:
    option = command.find_option(name)
    return option is not None and option.required


async def plausible(server: Server, command: Command) -> dict[str, Any]:
    """A value for each option of a command, as somebody would fill them all in: the first of what is offered."""
    values: dict[str, Any] = {}
    for option in command.visible_options:
        if option.has_suggestions:
            choices = await server.people["mona"].autocomplete(
                server.channel, command.name, option.name, ""
            )
            values |= {option.name: choices[0]["value"]} if choices else {}
        elif option.choices:
            values[option.name] = option.choices[0]
        elif option.range is not None:
            values[option.name] = int(option.range.most or option.range.least)
        else:
            values[option.name] = (
                server.people["bob"] if option.kind == "who" else VALUES[option.kind]
            )
    return values


VALUES = {"text": "study", "number": 1, "date": "2026-03-02", "time": "10:00", "flag": False}
VALUES["file"] = ("plan.md", b"# A plan\n")


@pytest.mark.parametrize("in_full", [False, True], ids=["alone", "in full"])
async def test_every_command_is_answered_in_private(quick_database: str, in_full: bool) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("mona", "ada")
        await server.says("mona", "moderators", add=server.people["cy"])
        await server.goes_to(MONDAY)
        shown = [one for one in get_commands().values() if not one.hidden]
        assert {one.name for one in shown} == set(
            server.people["mona"].available_commands(server.channel)
        )
        for command in sorted(shown, key=lambda one: one.name == "leave"):
            options = await plausible(server, command)
            needed = {
                name: value
                for name, value in options.items()
                if in_full or is_required(command, name)
            }
            result = await server.slash("mona", command.name, **needed)
            told = result.modal["title"] if result.modal else answered(result)
            assert told.strip(), command.name
            assert "Something went wrong" not in told, command.name
            assert in_full or not told.startswith("I need"), command.name


# — what moderators who were named can reach —


async def test_whoever_was_named_uses_buttons_where_discord_hides_the_commands(
    quick_database: str,
) -> None:
    async with Server.on(quick_database) as server:
        ada = server.people["ada"]
        told = await server.says("mona", "moderators", add=ada)
        assert told == (
            "**Ada** can now manage all cohorts here.\n"
            f"They find buttons for all of it in {linked(server, 'help')}. To show them the commands too: "
            "Server Settings → Integrations → Syllabot → choose the command → add the person."
        )
        assert "cohort" not in {
            name.partition(" ")[0] for name in ada.available_commands(server.channel)
        }
        shown = await server.slash("ada", "help")
        assert f"{linked(server, 'cohort create')} — Make a cohort in this channel" in answered(
            shown
        )
        form = await server.clicks("ada", shown, "Create a cohort")
        made = await server.submits("ada", form, name="spring", start="2026-01-05")
        assert "**spring** is a draft" in answered(made)
        assert "is open" in answered(await server.clicks("ada", made, "Open it"))
        shown = await server.slash("ada", "help")
        (label,) = re.findall(r"\[(\d+ more for moderators)\]", answered(shown))
        more = await server.clicks("ada", shown, label)
        chosen = await server.picks("ada", more, ["cohort reschedule"])
        assert f"{linked(server, 'cohort reschedule')}" not in answered(chosen), (
            "a usage cannot be clicked"
        )
        form = await server.clicks("ada", chosen, "Fill in a form")
        assert "Mon 12 Jan 2026" in answered(await server.submits("ada", form, start="2026-01-12"))
        assert "For moderators" not in await server.says("bob", "help")


async def test_commands_can_be_clicked_after_a_restart_too(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        first = await server.says("ada", "help")
        assert f"{linked(server, 'join')} — Join a cohort" in first
        await server.restart()
        assert await server.says("ada", "help") == first
        await server.spring()
        await server.goes_to(MONDAY)
        assert f"or with {linked(server, 'week')}. Check in once a week" in said(
            server.post("Here we go")
        )


def linked(server: Server, name: str) -> str:
    """A command as Discord lets it be clicked."""
    found = server.env.backend.find_command(name.partition(" ")[0], None)
    assert found is not None
    return f"</{name}:{found['id']}>"


JOIN = {"id": "1", "name": "join", "type": 1, "options": []}


async def test_the_language_of_a_client_is_a_guess_at_its_zone(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring()
        asked = answered(await server.sends("ada", COMMAND, JOIN, locale="ja"))
        assert "for you now (Asia/Tokyo time)?" in asked
        asked = answered(await server.sends("bob", COMMAND, JOIN, locale="en-US"))
        assert "What time is it for you now?" in asked
        # A language that Discord has only just learned.
        asked = answered(await server.sends("cy", COMMAND, JOIN, locale="xx-YY"))
        assert "What time is it for you now?" in asked
