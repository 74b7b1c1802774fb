"""Slack's mrkdwn: nothing a person typed acts in it, and the bot's own markup does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.mrkdwn import (
    format_compact_lines,
    format_compact_mrkdwn,
    format_compact_plain_text,
    format_mrkdwn,
    format_plain_mrkdwn,
    format_slack_command,
    format_slack_label,
    format_text_lines,
    format_unstyled_text,
)
from adapters.slack.render import render_blocks
from bot.chat.message import (
    escape_text,
    text_message,
)
from bot.command import get_commands
from tests.support.goldens import WIDTHLESS
from tests.support.slack import mrkdwn_rules
from tests.support.strategies import wild

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STUDY = "/study"


# — nothing acts —

# Slack: Formatting text. Wide letters act as their narrow brothers do.
STYLE = r"(?<![A-Za-z0-9])[*_~](?=\S)|[*_~](?![A-Za-z0-9])|[`＊＿｀]"
ACTS = re.compile(
    rf"<|{STYLE}|:[\w+'-]+:|@(?:here|channel|everyone)|^\s*(?:&gt;|＞|>)", re.MULTILINE
)
LOOKS = str.maketrans("∗ˍ∼ˋ‹›＆∣∶＠", "*_~`<>&|:@")
WIDE = str.maketrans("＊＿｀＞", "*_`>")


def read(shown: str) -> str:
    """What somebody sees, lookalikes taken for what they look like."""
    entities = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return entities.replace(WIDTHLESS, "").translate(LOOKS).translate(WIDE)


def clean(typed: str) -> str:
    broken = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", typed).replace("\f", " ")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\ufffd", broken)


def even(typed: str) -> str:
    return clean(typed).translate(LOOKS).translate(WIDE).replace(WIDTHLESS, "")


@given(wild(200) | st.text(min_size=1))
def test_what_somebody_typed_is_shown_as_typed_and_never_acts(typed: str) -> None:
    shown = format_mrkdwn(escape_text(typed), STUDY)
    assert read(shown) == even(typed) or not typed.strip()
    for written in (
        shown,
        format_plain_mrkdwn(typed),
        format_text_lines(typed),
        format_compact_mrkdwn(escape_text(typed)),
        format_compact_plain_text(typed),
        format_unstyled_text(escape_text(typed)),
    ):
        assert ACTS.findall(written) == []
        assert written.strip()
    folded = " ".join(even(typed).split())
    assert [read(format_plain_mrkdwn(typed)), read(format_compact_plain_text(typed))] == [
        folded,
        folded,
    ]
    assert (
        format_slack_label(typed).translate(LOOKS)
        == " ".join(clean(typed).split()).translate(LOOKS)
        or not folded
    )
    assert not re.search("<[@#!]|&(?:amp|lt|gt);", format_slack_label(typed))


@given(wild(200) | st.text(min_size=1))
def test_the_bots_own_style_begins_and_ends_where_the_bot_says(typed: str) -> None:
    for style, sign in (("**", "*"), ("_", "_")):
        shown = format_mrkdwn(f"{style}{escape_text(typed)}{style}", STUDY)
        assert shown.count(sign) == 2 * sum(bool(line.strip()) for line in even(typed).split("\n"))
        assert "<" not in shown


@given(wild(500))
def test_the_terse_hands_never_need_more_room_than_the_core_has_counted(body: str) -> None:
    for write in (
        format_compact_mrkdwn,
        format_compact_plain_text,
        format_unstyled_text,
        format_slack_label,
        format_compact_lines,
    ):
        assert len(write(body)) <= len(body)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("**bold** _italic_ `code`", "*bold* _italic_ `code`"),
        ("**a****b**", f"*a*{WIDTHLESS}*b*"),
        ("pre**a**fix, “**b**”, (**c**).", f"pre{WIDTHLESS}*a*{WIDTHLESS}fix, "
                                           f"“{WIDTHLESS}*b*{WIDTHLESS}”, (*c*)."),
        ("** two\nlines **", " *two*\n*lines* "),
        ("`two\nlines` `a``b`", f"`two lines` `a`{WIDTHLESS}`b`"),
        (escape_text("2*3 snake_case *args f(*) __init__ "
                     "~100"), "2*3 snake_case ∗args f(∗) ˍˍinitˍˍ ∼100"),
        (f"**{escape_text('2*3 a_b')}** _{escape_text('2*3 a_b')}_", "*2∗3 a_b* _2*3 aˍb_"),
        ("> one\n  >>> two\n3 > 2 & 1", "› one\n  ›&gt;&gt; two\n3 &gt; 2 &amp; 1"),
        ("- one\n2. two\n• three", "- one\n2. two\n• three"),
        ("<1772438400|Mon 2 Mar 2026, 09:00> at <1772438400|09:00>",
         "<!date^1772438400^{date_short_pretty} {time}|Mon 2 Mar 2026, 09:00> at "
         "<!date^1772438400^{time}|09:00>"),
        ("<1772438400|a | b < c & :x:>", "<!date^1772438400^{date_short_pretty} {time}|a ∣ b ‹ c ＆ "
                                         "∶x:>"),
        ("<99999999999999999|x*> at 09:00", "x∗ at 09:00"),
        ("[the *book*|](https://example.org/a_b?c=1&d=2)",
            "<https://example.org/a_b?c=1&amp;d=2|the ∗book∗∣>"),
        ("[a](https://x/`<@1>|b)", "<https://x/%60%3C@1%3E%7Cb|a>"),
        ("[https://a.org](https://b.org) "
         "[b](http:///x)", "https://a.org <https://b.org> b (http:///x)"),
        ("<!channel> <@U1> <#C1> @Here @ada", f"&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt; "
                                              f"@{WIDTHLESS}Here @ada"),
        (":tada: 12:30:45 :)", f":{WIDTHLESS}tada: 12:{WIDTHLESS}30:45 :)"),
        ("\\ ", WIDTHLESS),
    ],
)  # fmt: skip
def test_the_bots_markup_becomes_slacks(body: str, shown: str) -> None:
    assert format_mrkdwn(body, STUDY) == shown
    assert list(mrkdwn_rules.mrkdwn(shown)) == []


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("week n=3", "/learn week n=3"),
        ("/week", "/learn week"),
        ("checkin week=", "/learn checkin week="),
        ("cohort create name start", "/learn cohort create name start"),
        (
            "cohort break [cohort] [first] [last] [remove]",
            "/learn cohort break [cohort] [first] [last] [remove]",
        ),
        ("home", "home"),
        ("n=3", "n=3"),
        ("week nonsense=3", "week nonsense=3"),
        ("2026-03-02", "2026-03-02"),
    ],
)
def test_a_phrase_is_shown_as_it_is_typed_after_the_slash_command(named: str, shown: str) -> None:
    assert format_slack_command(named, get_commands(), "/learn") == shown
    assert format_mrkdwn(f"Say `{named}`.", "/learn") == f"Say `{shown}`."
    assert f"`{shown}`" in json.dumps(render_blocks(text_message(f"Say `{named}`."), "/learn"))
