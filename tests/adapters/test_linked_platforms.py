"""One bot and one cohort on Discord and Slack: it comes to the other side and leaves it again.

Somebody has an account on each.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.discord_and_slack import CODE, Both, plain
from tests.support.posts import USUAL_POSTS
from tests.support.slack.group import ONE, SOCKET


@pytest.fixture
def url(empty_file: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


async def test_a_cohort_comes_to_slack_by_a_code_and_goes_from_there_while_it_goes_on_on_discord(
    url: str,
) -> None:
    async with Both.on(url, SOCKET, post_kinds=USUAL_POSTS) as both:
        discord, slack = both.sides.values()
        await both.spring("ada")
        (code,) = CODE.findall(await both.says("mona", "cohort link", cohort="spring"))
        assert "Only moderators" in await slack.asks("bob", f"cohort link {code} sure=yes")
        assert "now posts in this channel too, and still on Discord" in await slack.asks(
            "mona", f"cohort link {code} sure=yes"
        )
        assert "A code works once" in await slack.asks("mona", f"cohort link {code} sure=yes")
        (invitation,) = slack.posts()
        assert "starting on Mon 5 Jan 2026, 09:00" in slack.reads(invitation)
        assert "now also posts on Slack" in discord.reads(discord.posts()[-1])
        await both.slack.clicks("bob", invitation, "Join")
        await both.passes(days=5)
        week = slack.posts()[-1]
        assert slack.reads(week).startswith("Week 1 of 12 · ")
        await slack.ticks("bob", week, ["vectors-matrices"])

        asked = await both.slack.types("mona", "cohort unlink spring")
        stood = slack.posts()
        gone = await both.slack.clicks("mona", asked, "Stop it here")
        assert plain(gone.sees).startswith("spring now posts only on Discord.")
        await both.passes(days=7)
        assert slack.posts() == stood
        assert slack.letters("bob") == []
        told = [discord.reads(one) for one in discord.posts()]
        at = told.index("spring no longer posts on Slack. People who joined there stay members.")
        assert [one[:11] for one in told[at + 1 :]] == [
            "Half of wee",
            "How did wee",
            "Week 1 is d",
            "Week 2 of 1",
        ]
        assert "1. bob · 1 of 57" in await discord.asks("ada", "progress", board=True)
        assert "Vectors, matrices" in await slack.asks("bob", "tick vectors-matrices undo=yes")
        assert "no cohort here" in await slack.asks("mona", "posts timeline")


async def test_who_has_two_accounts_is_reminded_once_and_on_slack_when_gone_from_discord(
    url: str,
) -> None:
    async with Both.on(url, ONE, post_kinds=USUAL_POSTS) as both:
        discord, slack = both.sides.values()
        await both.spring("ada", "bob")
        await both.settles()
        assert "You are now connected" in await both.links("ada")
        await both.passes(days=5)
        items = ["vectors-matrices", "bayes"]
        await slack.ticks("ada", slack.posts()[-1], items)
        shown, chosen = await discord.own_list("ada", discord.posts()[-1])
        assert chosen == set(items)
        await discord.keeps("ada", shown, items[:1])
        assert "1 of 5 done" in await slack.asks("ada", "week")
        await both.passes(days=7)
        assert (len(discord.letters("ada")), len(slack.letters("ada"))) == (1, 0)
        both.guild.remove_member(both.people["ada"])
        await both.passes(days=7)
        await slack.asks("ada", "week")
        await both.passes(days=7)
        assert len(discord.letters("ada")) == 1
        await slack.checks_in("ada", slack.letters("ada")[-1], "Check in", 3)
        assert "1 of 57" in await slack.asks("ada", "progress")
        letters = [slack.reads(letter) for letter in slack.letters("ada")]
        assert ["eek 2" in letters[0], "eek 3" in letters[-1]] == [True, True]
