"""What is typed after the slash command, as a phrase."""

from __future__ import annotations

import pytest

from adapters.slack.payload import parse_command_text
from bot.command import get_commands, parse_phrase


@pytest.mark.parametrize(
    ("typed", "phrase"),
    [
        ("", "help"),
        ("   ", "help"),
        ("join spring", "join spring"),
        ('cohort create name="my spring" '
         'start=monday', 'cohort create name="my spring" start=monday'),
        ("moderators add=<@U1|ada>", 'moderators add="person:U1 ada"'),
        ("moderators <@W9>", "moderators person:W9"),
        ("cohort call "
         "where=<https://meet.example/us>", "cohort call where=https://meet.example/us"),
        ("cohort call "
         "where=<https://meet.example/us|meet>", "cohort call where=https://meet.example/us"),
        ('checkin note="thanks <@U1|ada> in <#C1|general>, see <https://x.example|x>"',
         'checkin note="thanks @ada in #general, see https://x.example"'),
        ("checkin note=“a &lt;b&gt; &amp;amp; c”", "checkin note=“a <b> &amp; c”"),
        ("tick <!channel> <!subteam^S1|@all>", "tick @channel @all"),
        ("posts notify post=topics how=<!subteam^S1|@all>",
         'posts notify post=topics how="group:S1 @all"'),
        ("posts notify topics <!subteam^S1>", "posts notify topics group:S1"),
        ("posts announce Hello <!subteam^S1|@all>", "posts announce Hello @all"),
        ("mail <mailto:ada@x.example|ada@x.example>", "mail ada@x.example"),
        ("tick < not a token", "tick < not a token"),
        ('note="never closed <@U1|ada>', 'note="never closed @ada'),
    ],
)  # fmt: skip
def test_what_slack_sends_is_the_phrase_that_was_typed(typed: str, phrase: str) -> None:
    assert parse_command_text(typed) == phrase


@pytest.mark.parametrize("typed", ['<@U1|a"b c>', "<@U1|a\\\\>", "<@U1|>", "<@|x>", "<>"])
def test_whatever_a_name_holds_a_mention_stays_one_word(typed: str) -> None:
    parsed = parse_phrase(
        parse_command_text(f"progress member={typed} cohort=spring"), get_commands()
    )
    assert parsed.option_texts["cohort"] == ("spring",)
    assert set(parsed.option_texts) == {"member", "cohort"}
