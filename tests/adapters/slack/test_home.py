"""The App Home: everything of one's own at a glance, to tick, to check in and to set.

And always as it is.
"""

from __future__ import annotations

import asyncio
from functools import partial

from tests.adapters.slack.test_dialogues import BAYES, MONDAY, VECTORS, WEEK_1, ticked
from tests.support.posts import USUAL_POSTS
from tests.support.slack.group import SOCKET, Group, has_more_calls, words
from tests.support.slack.wire import lost_connection, refusal, slowness, status
from tests.support.slack.workspaces import Sight

BAR_1 = "Week 1: Basics of linear algebra and statistics"
SETTINGS = """Settings
I send you up to 1 reminder a week, at 18:00 (Europe/London). \
I stop when I have not seen you for two weeks, until you use a command.
[Settings]
[What I can do]"""


async def opened(group: Group, name: str) -> str:
    """What somebody reads who opens their App Home."""
    return words(await group.person(name).opens_home())


async def shows(group: Group, name: str, text: str) -> Sight:
    """Somebody's App Home, once it says so; it follows what was done elsewhere a moment later."""
    await group.wire.until(lambda: text in words(group.person(name).home))
    return group.person(name).home


async def test_newcomers_members_and_moderators_see_what_is_theirs(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        welcome = (
            "Your study group\nWelcome! I guide study groups through a plan, week by week. "
            "You are not in a cohort yet.\n"
        )
        nothing = f"{welcome}No cohort is open here yet. A moderator can create one.\n{SETTINGS}"
        assert await opened(group, "ada") == nothing
        assert await opened(group, "mona") == (
            f"{nothing}\nFor moderators\nThere is no cohort yet. Type /study cohort create in the "
            f"group's channel."
        )
        await group.spring("mona")
        await group.says("mona", "cohort create name=autumn start=2026-03-02")
        assert (
            await opened(group, "bob")
            == f"{welcome}spring starts on Mon 2 Mar 2026.\n[Join spring]\n{SETTINGS}"
        )
        landed = await group.clicks("bob", group.person("bob").home, "Join spring")
        assert landed.kind == "modal"
        assert "You are in spring" in words(landed)
        assert words(await shows(group, "bob", "The next post")) == (
            "Your study group\nspring starts on Mon 2 Mar 2026.\nThe next post is Starts soon on "
            "Sat 28 Feb 2026, 09:00.\n"
            f"░░░░░░░░░░ The whole plan · 0 of 57\n[The whole plan]\n{SETTINGS}"
        )
        await group.goes_to(MONDAY)
        assert (await opened(group, "mona")).endswith(
            "For moderators\nspring is in week 1 of 12.\nautumn would be in week 1 of 12.\n"
            "Open a timeline\n(spring: running)\n(autumn: draft)"
        )
        timeline = await group.person("mona").picks(group.person("mona").home, "spring")
        assert timeline.kind == "modal"
        assert words(timeline).startswith("Timeline of spring\nspring is in week 1 of 12.")
        await group.delivery.archives(group.place, group.channel)
        await group.learns("mona", "members list", "Posts of spring wait: ")
        assert "Posts of spring wait: " in await opened(group, "mona"), (
            "a moderator's corner names what is wrong"
        )
        assert "Posts of" not in await opened(group, "bob")


async def test_of_several_cohorts_two_lists_are_shown_and_what_has_finished_leads_on(
    url: str,
) -> None:
    async with Group.on(url) as group:
        for name in ("spring", "summer", "autumn"):
            await group.says("mona", f"cohort create name={name} start=2026-03-02")
            await group.says("mona", f"cohort open {name} sure=yes")
        await group.says("ada", "join spring")
        await group.says("ada", "join summer")
        await group.goes_to(MONDAY)
        two = await group.person("ada").opens_home()
        assert words(two).startswith("Your study groups\nspring is in week 1 of 12.")
        assert words(two).count("Your list: tick or untick") == 2
        await group.says("ada", "join autumn")
        three = await shows(group, "ada", "autumn is in week 1 of 12.")
        assert words(three).count("Your list: tick or untick") == 2
        await group.says("ada", "leave summer")
        await group.says("ada", "leave autumn")
        await group.says("mona", "cohort finish spring sure=yes")
        ended = await opened(group, "ada")
        assert "spring has finished. Late ticks and check-ins still count." in ended
        assert "What's next?\nsummer is in week 1 of 12.\nautumn is in week 1 of 12." in ended
        assert "[Join spring]" not in ended


async def test_a_week_is_ticked_checked_in_and_settings_are_made_from_the_home(url: str) -> None:
    async with Group.on(url, SOCKET, post_kinds=USUAL_POSTS) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        before = await group.person("ada").opens_home()
        assert f"░░░░░░░░░░ {BAR_1} · 0 of 5\n" in words(before)
        once = await group.person("ada").ticks(before, VECTORS, BAYES)
        assert words(once).startswith(
            f"Your study group\nTicked {BAYES} and {VECTORS}.\nspring is in week 1"
        )
        await group.restart()
        again = await group.person("ada").unticks(group.person("ada").home, VECTORS)
        assert f"Unticked {VECTORS}.\n" in words(again)
        assert f"██░░░░░░░░ {BAR_1} · 1 of 5\n" in words(again)
        assert ticked(again) == [BAYES]

        form = await group.clicks("ada", again, "Check in")
        assert words(form).startswith("Check-in, week 1\n")
        assert words(await group.fills("ada", form, hours="4")).startswith(
            "Syllabot\nThank you! You are checked in"
        )
        after = await shows(group, "ada", "1 of 5 · checked in")
        assert "Unticked" not in words(after), "old news goes"
        assert words(await group.clicks("ada", after, "Edit my check-in")).startswith(
            "Check-in, week 1\n"
        )

        shown = await group.clicks("ada", after, "Settings")
        form = await group.clicks("ada", shown, "Times and reminders")
        await group.fills("ada", form, zone="berlin", reminder="17:30")
        told = words(
            await shows(
                group, "ada", "I send you up to 1 reminder a week, at 17:30 (Europe/Berlin)."
            )
        )
        assert "The next post is Mid-week nudge, week 1 on Thu 5 Mar 2026, 10:00." in told, (
            "in one's own zone"
        )
        helped = await group.clicks("ada", group.person("ada").home, "What I can do")
        assert words(await group.clicks("ada", helped, "This week's list")).startswith(
            f"Syllabot\n{WEEK_1}"
        )


async def test_a_home_that_was_opened_follows_what_is_done_elsewhere(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada", "bob")
        await group.goes_to(MONDAY)
        topics = group.post(WEEK_1)
        ada, bob = group.person("ada"), group.person("bob")
        await ada.opens_home()
        await ada.ticks(topics, BAYES)
        assert ticked(await shows(group, "ada", f"{BAR_1} · 1 of 5")) == [BAYES]
        await bob.ticks(topics, BAYES)
        assert bob.user.home is None, "nobody gets a home who has not looked at it"
        published = len(group.wire.calls("views.publish"))
        for said in ("week", "progress", "help", "tick bayes"):
            await group.says("ada", said)
        await group.says("ada", "tick undo=yes bayes")
        await shows(group, "ada", f"{BAR_1} · 0 of 5")
        assert len(group.wire.calls("views.publish")) == published + 1, (
            "what looks the same is not drawn again"
        )


async def test_the_newest_home_is_the_last_one_however_slow_slack_was_with_the_one_before(
    url: str,
) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        await group.person("ada").opens_home()
        published = len(group.wire.calls("views.publish"))
        first_may_land = asyncio.Event()
        group.wire.fails("views.publish", slowness(first_may_land))
        await group.says("ada", "tick vectors-matrices")
        await group.wire.until(partial(has_more_calls, group, "views.publish", published))
        await group.says("ada", "tick bayes")
        await group.says("ada", "tick undo=yes vectors-matrices")
        # Whatever could overtake the first view has had the time to.
        for _ in range(3):
            await group.says("ada", "week")
        first_may_land.set()
        # A stop waits for what is being answered.
        await group.restart()
        home = group.person("ada").home
        assert f"{BAR_1} · 1 of 5" in words(home)
        assert ticked(home) == [BAYES]


async def test_a_home_that_slack_does_not_take_harms_nothing_and_comes_with_the_next_look(
    url: str,
) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        ada = group.person("ada")
        home = await ada.opens_home()
        for fault in (
            status(500),
            lost_connection(kept=True),
            refusal("internal_error", kept=True),
        ):
            published = len(group.wire.calls("views.publish"))
            group.wire.fails("views.publish", fault)
            told = await group.says("ada", "tick vectors-matrices")
            assert "You have done 1 of 57 items in the whole plan." in told
            await group.wire.until(partial(has_more_calls, group, "views.publish", published))
            await group.says("ada", "tick undo=yes vectors-matrices")
            await group.wire.until(partial(has_more_calls, group, "views.publish", published + 1))
            await shows(group, "ada", f"{BAR_1} · 0 of 5")
        group.wire.fails("views.open", refusal("expired_trigger_id"))
        assert words(await ada.ticks(home, BAYES)).startswith("Your study group\nTicked"), (
            "a list needs no modal"
        )
        assert f"{BAR_1} · 1 of 5" in await opened(group, "ada")
