"""What the bot says as Slack shows it: every block and post, held by files under
`tests/golden/slack`.

`GOLDEN=1 pytest tests/adapters/slack/test_render.py tests/adapters/slack/test_modal.py` writes them
anew; look at the difference before keeping it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import ids
from adapters.slack.mrkdwn import (
    format_mrkdwn,
)
from adapters.slack.render import TEXT, render_blocks, render_fallback_text
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Fields,
    InvalidMessageError,
    Message,
    Progress,
    Select,
    Text,
    escape_text,
    format_link,
    format_moment,
    text_message,
)
from bot.post import list_post_kinds
from tests.posts.test_limits import ROADMAPS, every_post, largest
from tests.support.goldens import Golden, seen
from tests.support.slack import limits
from tests.support.strategies import BLOCKS, CROWDED, wild

GOLDEN = Golden("slack")
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
STUDY = "/study"
HOSTILE = "<!channel> <@U1> @here *b* _i_ ~s~ `c` > q :tada: http://evil &amp; </> שלום\n> a quote"
TWO = (
    Choice("Bayes’ theorem", "bayes", "topic: probability"),
    Choice("C# *and* _more_", "c-sharp"),
)
TWELVE = tuple(Choice(f"Item {n}", f"i{n}", "", n % 4 == 0) for n in range(12))
MANY = tuple(Choice("x" * 75, f"i{n}") for n in range(25))

SAMPLES: dict[str, Message] = {
    "text": text_message(
        f"**Week 2** of _Spring_ begins {format_moment(AT, BERLIN)}, at "
        f"{format_moment(AT, BERLIN, has_day=False)}.\n"
        f"`/week` shows it, `week n=3` the next; see "
        f"{format_link('the book', 'https://example.org/book?a=1&b=2')}.",
        title="Week 2: calculus & optimisation in C#",
    ),
    "fields": text_message(Fields((Fact("Pace", "on time"), Fact("Streak", "**3** weeks in a "
                                                                           "row")))),
    "progress": text_message(
        Progress("1. "
                 "Noor", 5, 5, "first"), Progress("2. Ada", 1, 100, "you", strong=True),
                 Progress("nothing", 0, 0),
        "_Everybody_ is on the way.", Progress("3. Max", 99, 100),
    ),
    "checklist-for-everybody": text_message(
        "One week, two lists.",
        Checklist("Tick what you have done", "tick cohort=c1", "item", TWO),
        Checklist("Tick what you have done", "tick cohort=c1", "item", (Choice("Last", "last"),)),
    ),
    "checklist-of-ones-own": text_message(
        Checklist("Your list", "tick cohort=c1 page=1", "item", TWELVE, private=True)
    ),
    "checklist-with-details": text_message(
        Checklist(
            "Your list",
            "tick cohort=c1 page=1",
            "item",
            (
                Choice("Bayes *", "bayes", "topic",
                       detail="about 2 h · [A \\*book](https://b.org/a_b?c=1&d)\n_Done when:_ you can"),
                Choice("Dice", "dice", "practice", True),
                Choice("Odds", "odds", detail=escape_text(HOSTILE)),
            ),
            private=True,
        )
    ),
    "select": text_message(Select("Which "
                                  "cohort?", "join", "cohort", (TWO[0], Choice("Autumn", "autumn",
                                  " ", chosen=True)))),
    "buttons": text_message(
        Buttons((Button("Check in", "checkin "
                                    "week=w2", "primary"), Button("Leave", "leave", "danger"),
                                    Button("Help", "help"))),
        Buttons((Button("Settings", "settings"),)),
    ),
    "hostile": text_message(
        escape_text(HOSTILE), f"**{escape_text(HOSTILE)}** _{escape_text(HOSTILE)}_ `<!channel> & "
                              f"<@U1>`", escape_text("> first"),
        Fields((Fact(HOSTILE[:70], escape_text(HOSTILE)),)),
        Progress(HOSTILE[:70], 1, 2, escape_text(HOSTILE)),
        Checklist(HOSTILE[:70], 'tick "x"', "item", (Choice(HOSTILE[:70], "~|~", HOSTILE[:70]),)),
        Select(HOSTILE[:70], "join", "cohort", (Choice(HOSTILE[:70], "~|~"),)),
        Buttons((Button(HOSTILE[:70], "a|b~c"),)),
        title=HOSTILE,
    ),
    "so-many-escapes-that-lookalikes-take-their-place": text_message(
        Text("&" * 2900 + f" <{int(AT.timestamp())}|Mon 2 Mar 2026, 09:00> "
             + format_link("a link", "https://example.org/~ada")),
        Fields((Fact("Pace", "<>"),)), Progress("1. "
                                                "Noor", 2, 3, "you", strong=True), Checklist("Tick",
                                                "tick", "item", TWO),
        title="# one",
    ),
    "so-many-choices-that-buttons-take-their-place": text_message(
        *(Checklist(f"List {n}", f"tick page={n}", "item", MANY) for n in range(7)),
        Select("One of many", "join", "cohort", TWO),
    ),
}  # fmt: skip


def payload(message: Message) -> dict[str, Any]:
    """A message as it is posted."""
    return {
        "channel": "C1",
        "text": render_fallback_text(message, STUDY),
        "blocks": render_blocks(message, STUDY),
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_drawn_as_in_its_golden_file(name: str) -> None:
    drawn = payload(SAMPLES[name])
    assert limits.message(drawn) == []
    GOLDEN.holds(name, seen(drawn))


def first_posts() -> dict[str, Message]:
    """One post of each kind from the first bundled roadmap, from its second week if any."""
    posts = [
        (slot, post)
        for slot, post in every_post(next(iter(ROADMAPS.values())))
        if slot.week is None or slot.week.number >= 2
    ]
    return {slot.kind: post for slot, post in reversed(posts)}


def test_a_post_of_each_kind_is_drawn_as_in_its_golden_file() -> None:
    posts = first_posts()
    assert set(posts) == set(list_post_kinds())
    for kind, post in posts.items():
        GOLDEN.holds(f"post-{kind.replace('_', '-')}", seen(payload(post)))


def test_slack_takes_every_post_of_every_week_of_every_plan_with_every_choice() -> None:
    for plan in (*ROADMAPS.values(), largest()):
        for slot, post in every_post(plan):
            drawn = payload(post)
            assert limits.message(drawn) == [], (
                f"{slot.kind} {slot.week and slot.week.number} of {plan.slug}"
            )
            assert offered(drawn) == [
                choice.value for block in post.blocks for choice in choices(block)
            ]


# — what can be built can be sent —


def walk(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        yield found
    for inner in (
        found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    ):
        yield from walk(inner)


def offered(drawn: object) -> list[str]:
    return [option["value"] for node in walk(drawn) for option in node.get("options", ())]


def choices(block: Block) -> tuple[Choice, ...]:
    return block.choices if isinstance(block, Checklist | Select) else ()


def said(drawn: object) -> list[str]:
    """The phrases that can be said, without what is picked."""
    pressed = (
        ids.parse_action_id(node["action_id"]) for node in walk(drawn) if "action_id" in node
    )
    buttons = (node["value"] for node in walk(drawn) if node.get("type") == "button")
    return [*(element.phrase for element in pressed if element), *buttons]


@settings(max_examples=60)
@given(st.lists(BLOCKS, min_size=1, max_size=8), st.one_of(st.just(""), wild(150)))
def test_whatever_message_can_be_built_can_be_sent_and_says_all_its_phrases(
    blocks: list[Block], title: str
) -> None:
    try:
        message = Message(tuple(blocks), title)
    except InvalidMessageError:
        return
    drawn = payload(message)
    assert limits.message(drawn) == []
    phrases = {block.says for block in blocks if isinstance(block, Checklist | Select)}
    assert phrases | {
        button.says for block in blocks if isinstance(block, Buttons) for button in block.buttons
    } == set(said(drawn))


@pytest.mark.parametrize("what", CROWDED)
def test_the_most_crowded_message_can_be_sent(what: str) -> None:
    message = Message(tuple(CROWDED[what]), "#" * 150)
    drawn = payload(message)
    assert limits.message(drawn) == []
    assert (
        sum(
            len(node["text"]) for node in walk(drawn["blocks"]) if isinstance(node.get("text"), str)
        )
        <= TEXT
    )
    assert len(drawn["blocks"]) <= 50


def test_a_long_text_is_parted_between_lines_and_keeps_its_times() -> None:
    link = format_link("here", "https://example.org/?a=1&b=2")
    line = f"• **{escape_text('a & b')}** {format_moment(AT, BERLIN)}, {link}"
    drawn = render_blocks(text_message("\n".join([line] * 28)), STUDY)
    texts = [block["text"]["text"] for block in drawn]
    assert len(texts) == 2
    assert all(len(text) <= 3000 for text in texts)
    assert "\n".join(texts) == "\n".join([format_mrkdwn(line, STUDY)] * 28)


def test_a_line_too_long_for_a_section_is_parted_between_words_and_loses_none() -> None:
    words = " ".join(f"word{n}" for n in range(480))
    texts = [
        block["text"]["text"]
        for block in render_blocks(text_message(Progress("Long", 1, 2, words)), STUDY)
    ]
    assert len(texts) == 2
    assert "".join(texts).split() == ["Long:", "1/2", *words.split()]


def test_the_fallback_says_everything_or_as_much_as_there_is_room_for() -> None:
    assert render_fallback_text(text_message("& <b>"), STUDY) == "&amp; &lt;b&gt;"
    assert render_fallback_text(text_message("&" * 1200), STUDY) == "＆" * 1200
    assert render_fallback_text(
        text_message("Lists.", *(Checklist(f"List {n}", "tick", "item", MANY) for n in range(3))),
        STUDY,
    ) == ("Lists.\nList 0\nList 1\nList 2")
    bars = [Progress("~" * 75, 10**6, 10**6, "~" * 13)] * 35
    longest = render_fallback_text(Message(tuple(bars), "#" * 150), STUDY)
    assert longest.startswith("#" * 150)
    assert len(longest) == 4000
    assert longest.endswith("…")


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_bar_is_full_only_when_all_is_done_and_empty_only_when_nothing_is(
    done: int, more: int
) -> None:
    bar = re.search(
        "[█░]+",
        json.dumps(
            render_blocks(text_message(Progress("a", done, done + more)), STUDY), ensure_ascii=False
        ),
    )
    assert bar is not None
    assert len(bar[0]) == 10
    assert ("░" not in bar[0]) == (done > 0 and more == 0)
    assert ("█" not in bar[0]) == (done == 0)


# — what comes back —


def test_every_element_says_its_phrase_and_no_two_have_one_id() -> None:
    message = text_message(
        Checklist("A", "tick cohort=c1", "item", TWO),
        Checklist("B", "tick cohort=c1", "item", TWO),
        Checklist(
            "Own",
            "tick cohort=c1 page=1",
            "item",
            tuple(Choice("x", f"{n}") for n in range(11)),
            private=True,
        ),
        Select("C", "join", "cohort", TWO),
        Buttons((Button("D", "help"), Button("E", "week"))),
    )
    pressable = [node for node in walk(render_blocks(message, STUDY)) if "action_id" in node]
    assert len({element["action_id"] for element in pressable}) == len(pressable)
    assert [
        (ids.parse_action_id(element["action_id"]), element.get("value")) for element in pressable
    ] == [
        (ids.SlackActionId("tick cohort=c1", "item"), None),
        (ids.SlackActionId("tick cohort=c1", "item"), None),
        (ids.SlackActionId("tick cohort=c1 page=1", "item", is_own=True), None),
        (ids.SlackActionId("tick cohort=c1 page=1", "item", is_own=True), None),
        (ids.SlackActionId("join", "cohort"), None),
        (None, "help"),
        (None, "week"),
    ]


@given(wild(70), st.sampled_from(["item", "cohort"]), st.integers(0, 40), st.booleans())
def test_what_an_element_carries_is_read_back(
    says: str, option: str, again: int, own: bool
) -> None:
    carried = ids.build_action_id(says, option, again, is_own=own)
    assert ids.parse_action_id(carried) == ids.SlackActionId(says, option, own)
    assert len(carried) <= 255
    assert ids.parse_action_id(ids.build_button_id(again)) is None
