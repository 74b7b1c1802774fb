"""What the bot says as Discord shows it: every block, field and post, held by files under `tests/golden/discord`.

`GOLDEN=1 pytest tests/adapters/discord/test_render.py` writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import custom_id
from adapters.discord.markdown import (
    escape_markdown_label,
    render_markdown,
    render_terse_markdown,
    render_terse_markdown_label,
)
from adapters.discord.modal import build_modal, parse_modal_values
from adapters.discord.render import build_layout_view
from bot.chat.message import (
    Answer,
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Field,
    Fields,
    Form,
    InvalidMessageError,
    Message,
    Progress,
    Select,
    Text,
    compute_note_limit,
    escape_text,
    format_link,
    format_moment,
    strip_markup,
    text_message,
)
from bot.post import list_post_kinds
from tests.posts.test_limits import ROADMAPS, WILD, every_post, largest
from tests.support.discord.limits import check_message, check_modal
from tests.support.goldens import WIDTHLESS, Golden
from tests.support.strategies import BLOCKS, CROWDED, FIELDS, PHRASES, wild

GOLDEN = Golden("discord")
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MARK = custom_id.compute_letter_mark("a letter")


def draw(message: Message, mark: str = "") -> list[dict[str, Any]]:
    """The components of a message, as they are sent."""
    components: list[dict[str, Any]] = build_layout_view(message, mark).to_components()  # type: ignore[no-untyped-call]
    return components


HOSTILE = "@everyone <@1> # **bold** [x](https://evil.example) https://evil.example ||x|| `code` :smile: שלום"
TWO = (
    Choice("Bayes’ theorem", "bayes", "topic: probability"),
    Choice("C# *and* _more_", "c-sharp"),
)

SAMPLES: dict[str, Answer] = {
    "text": text_message(
        f"**Week 2** of _Spring_ begins {format_moment(AT, BERLIN)}, at {format_moment(AT, BERLIN, has_day=False)}.\n"
        f"`/week` shows it; see {format_link('the book', 'https://example.org/book?a=1&b=2')}.",
        title="Week 2: calculus & optimisation in C#",
    ),
    "fields": text_message(Fields((Fact("Pace", "on time"), Fact("Streak", "**3** weeks in a row")))),
    "progress": text_message(
        Progress("1. Noor", 5, 5, "first"), Progress("2. Ada", 1, 100, "you", strong=True), Progress("nothing", 0, 0),
        "_Everybody_ is on the way.", Progress("3. Max", 99, 100),
    ),
    "checklist-for-everybody": text_message(Checklist("Tick what you have done", "tick cohort=c1", "item", TWO)),
    "checklists-with-one-phrase": text_message(
        "One week, two lists.",
        Checklist("Tick what you have done", "tick cohort=c1", "item", TWO),
        Checklist("Tick what you have done", "tick cohort=c1", "item", (Choice("Last", "last"),)),
    ),
    "checklist-of-ones-own": text_message(
        Checklist("Your list", "tick cohort=c1 page=1", "item", (Choice("Bayes", "bayes", "", True), TWO[1]), private=True)
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
    "select": text_message(Select("Which cohort?", "join", "cohort", (TWO[0], Choice("Autumn", "autumn", " ", chosen=True)))),
    "buttons": text_message(
        Buttons((Button("Check in", "checkin week=w2", "primary"), Button("Leave", "leave", "danger"), Button("Help", "help")))
    ),
    "hostile": text_message(
        escape_text(HOSTILE),
        Fields((Fact(HOSTILE[:70], escape_text(HOSTILE)),)),
        Progress(HOSTILE[:70], 1, 2, escape_text(HOSTILE)),
        Checklist(HOSTILE[:70], 'tick "x"', "item", (Choice(HOSTILE[:70], "~|~", HOSTILE[:70]),)),
        Select(HOSTILE[:70], "join", "cohort", (Choice(HOSTILE[:70], "~|~"),)),
        Buttons((Button(HOSTILE[:70], "a|b~c"),)),
        title=HOSTILE,
    ),
    "so-many-escapes-that-lookalikes-take-their-place": text_message(
        Text("~" * 1900 + f" <{int(AT.timestamp())}|Mon 2 Mar 2026, 09:00> {format_link('a link', 'https://example.org/~ada')}"),
        Fields((Fact("Pace", "||"),)), Progress("1. Noor", 2, 3, "you", strong=True), Text("- |" + "|" * 1700),
        Checklist("Tick", "tick", "item", TWO), title="# one",
    ),
    "form": Form(
        "Check-in",
        "checkin week=w2",
        (
            Field("hours", "Hours", "number", value="x", least=0, most=100, problem="“x” is no number for `hours`: give 2.5."),
            Field("note", "Note", "text", value="\nsecond line", longest=2000, help="Only moderators read it"),
            Field("blockers", "In your way", "line", required=True),
            Field("until", "Until", "date", value="2026-03-09"),
            Field("at", "At", "time", problem="so " * 40, help="Local time"),
        ),
        note="Week 2: **calculus**",
    ),
    "form-of-choices": Form(
        "Choose",
        "settings",
        (
            Field("items", "Done this week", "any", choices=TWO),
            Field("sure", "How sure?", "one", choices=TWO, problem="so " * 40),
            Field("only", "Only one?", "one", choices=TWO[:1], help="There is one"),
            Field("member", "Who?", "one", choices=tuple(Choice(f"P{n}", f"p{n}", "", n == 3) for n in range(11)), required=True),
        ),
        note=f"Week 2: **calculus**, {escape_text('*wild*')}",
    ),
}  # fmt: skip


def payload(message: Message) -> dict[str, Any]:
    """A message as it is posted."""
    components = draw(message, MARK)
    return {
        "flags": 1 << 15,
        "nonce": MARK,
        "allowed_mentions": {"parse": []},
        "components": components,
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_drawn_as_in_its_golden_file(name: str) -> None:
    answer = SAMPLES[name]
    if isinstance(answer, Form):
        assert check_modal(build_modal(answer).to_dict()) == []
        GOLDEN.holds(name, build_modal(answer).to_dict())
    else:
        assert check_message(payload(answer)) == []
        GOLDEN.holds(name, draw(answer, MARK))


def first_posts() -> dict[str, Message]:
    """One post of each kind, of the second week on where it has one, of the first bundled roadmap."""
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
        GOLDEN.holds(f"post-{kind.replace('_', '-')}", draw(post, MARK))


def test_no_golden_file_is_left_over() -> None:
    wanted = set(SAMPLES) | {f"post-{kind.replace('_', '-')}" for kind in list_post_kinds()}
    GOLDEN.are(wanted | {"commands"})


def test_discord_takes_every_post_of_every_week_of_every_plan() -> None:
    for plan in (*ROADMAPS.values(), largest()):
        for slot, post in every_post(plan):
            assert check_message(payload(post)) == [], (
                f"{slot.kind} {slot.week and slot.week.number} of {plan.slug}"
            )
            if not plan.title.startswith(WILD):
                written = "".join(texts(post))
                assert all(
                    escape_markdown_label(choice.label) in written for choice in choices(post)
                )


# — what can be built can be sent —


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in components:
        yield one
        yield from walk(one.get("components", []))


def texts(message: Message) -> list[str]:
    return [one["content"] for one in walk(draw(message)) if "content" in one]


def choices(message: Message) -> list[Choice]:
    return [
        choice
        for block in message.blocks
        if isinstance(block, Checklist)
        for choice in block.choices
    ]


@settings(max_examples=60)
@given(st.lists(BLOCKS, min_size=1, max_size=8), st.one_of(st.just(""), wild(150)))
def test_whatever_message_can_be_built_can_be_sent(blocks: list[Block], title: str) -> None:
    try:
        message = Message(tuple(blocks), title)
    except InvalidMessageError:
        return
    assert check_message(payload(message)) == []


@pytest.mark.parametrize("what", CROWDED)
def test_the_most_crowded_message_can_be_sent(what: str) -> None:
    message = Message(tuple(CROWDED[what]), "#" * 150)
    assert check_message(payload(message)) == []
    with pytest.raises(InvalidMessageError):
        message.add_top_line("x" * 400)


@settings(max_examples=60)
@given(st.lists(FIELDS, min_size=1, max_size=5), wild(24), PHRASES, wild(100))
def test_whatever_form_can_be_built_can_be_opened_and_shows_its_note(
    fields: list[Field], title: str, says: str, note: str
) -> None:
    named = tuple(replace(field, name=f"f{number}") for number, field in enumerate(fields))
    note = note[: compute_note_limit(named)].strip()
    drawn = build_modal(Form(title, says, named, escape_text(note))).to_dict()
    assert check_modal(drawn) == []
    below = [one.get("description") for one in drawn["components"] if "component" in one]
    for field, words in list(zip(named, below, strict=True))[1:]:
        assert words in {field.help.strip() or None, strip_markup(field.problem).strip()}, (
            "of itself alone"
        )
    shown = [one.get("content") or one.get("description") or "" for one in drawn["components"]]
    crowded = len(named) == 5 and len(note) + 3 + len(
        strip_markup(named[0].problem).strip()
    ) > 100 >= len(strip_markup(named[0].problem))
    assert crowded or any(
        note.strip() in words or render_markdown(escape_text(note)) in words for words in shown
    )


# — nothing acts —

STYLE = r"[*_`~|<\[]|\bhttps?://|@(?=everyone|here)|:[\w+-]+:"
LINE = r"^\s*(?:#{1,3}|-#|[-*+]|>|>>>|\d+[.)])(?=\s|\Z)"
ACTS = re.compile(f"{STYLE}|{LINE}", re.MULTILINE)


def unescaped(shown: str) -> str:
    """What Discord makes of backslashes: one before a sign shows the sign."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown).replace(WIDTHLESS, "")


def left_to_act(shown: str) -> list[str]:
    return ACTS.findall(re.sub(r"\\[^0-9A-Za-z\s]", "\0", shown))


@given(wild(200) | st.text(min_size=1))
def test_what_somebody_typed_is_shown_as_typed_and_never_acts(typed: str) -> None:
    expected = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f]", "\ufffd", re.sub(r"\r\n?", "\n", typed).replace("\f", " ")
    )
    shown = render_markdown(escape_text(typed))
    assert (
        unescaped(shown).replace(WIDTHLESS, "") == expected.replace(WIDTHLESS, "")
        or not typed.strip()
    )
    for written in (
        shown,
        escape_markdown_label(typed),
        render_terse_markdown(escape_text(typed)),
        render_terse_markdown_label(typed),
    ):
        assert left_to_act(written) == []


@given(wild(500))
def test_the_terse_hand_never_needs_more_room_than_the_core_has_counted(body: str) -> None:
    assert len(render_terse_markdown(body)) <= len(body)
    assert len(render_terse_markdown_label(body)) <= len(body)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("**bold** _italic_ `code`", "**bold** _italic_ `code`"),
        ("**a****b**", f"**a**{WIDTHLESS}**b**"),
        ("`a``b`", f"`a`{WIDTHLESS}`b`"),
        ("`two\nlines`", "`two lines`"),
        (escape_text("**a**") + "**b**", rf"\*\*a\*\*{WIDTHLESS}**b**"),
        ("- one\n12. two\n# three\n> four\n3.5 hours", "\\- one\n12\\. two\n\\# three\n\\> four\n3.5 hours"),
        ("<1772438400|Mon 2 Mar 2026, 09:00> at <1772438400|09:00>", "<t:1772438400:F> at <t:1772438400:t>"),
        ("<99999999999999999|x*> at 09:00", r"x\* at 09:00"),
        ("[the *book*](https://example.org/a_b)", r"[the \*book\*](https://example.org/a_b)"),
        ("[a](https://x/`<@1>\\b(c|d\")", "[a](https://x/%60%3C@1%3E%5Cb%28c%7Cd%22)"),
        ("[https://a.org](https://b.org)", r"https\://a.org <https://b.org>"),
        ("@everyone <@1>", rf"@{WIDTHLESS}everyone \<@1\>"),
        ("https://a.org :tada: 12:30:45", r"https\://a.org \:tada: 12\:30:45"),
        ("\\ ", WIDTHLESS),
    ],
)  # fmt: skip
def test_the_bots_markup_becomes_discords(body: str, shown: str) -> None:
    assert render_markdown(body) == shown


# — what comes back —


async def test_the_library_keeps_nothing_that_was_sent() -> None:
    view, sheet = (
        build_layout_view(text_message(Buttons((Button("Go", "go"),)))),
        build_modal(Form("Ask", "go", (Field("a", "A", "line"),))),
    )
    assert view.is_finished()
    assert view.timeout is None
    assert sheet.is_finished()


def test_every_component_says_its_phrase_and_a_letter_is_found_by_its_mark() -> None:
    message = text_message(
        Checklist("A", "tick cohort=c1", "item", TWO),
        Checklist("B", "tick cohort=c1", "item", TWO),
        Select("C", "join", "cohort", TWO),
        Buttons((Button("D", "help"),)),
    )
    drawn = list(walk(draw(message, MARK)))
    assert [custom_id.parse_custom_id(one["custom_id"]) for one in drawn if "custom_id" in one] == [
        custom_id.DiscordCustomId("tick cohort=c1", "item", MARK),
        custom_id.DiscordCustomId("tick cohort=c1", "item", MARK),
        custom_id.DiscordCustomId("join", "cohort", MARK),
        custom_id.DiscordCustomId("help", "", MARK),
    ]
    assert [one["id"] for one in drawn if "id" in one] == [custom_id.compute_component_id(MARK)]
    assert all("id" not in one for one in walk(draw(message)))


def test_a_submitted_form_gives_back_what_was_filled_in() -> None:
    submitted = {
        "custom_id": "checkin|~",
        "components": [
            {"type": 10, "id": 1},
            {"type": 18, "component": {"type": 4, "custom_id": "note", "value": ""}},
            {"type": 18, "component": {"type": 21, "custom_id": "sure", "value": None}},
            {"type": 18, "component": {"type": 21, "custom_id": "really", "value": "yes"}},
            {"type": 18, "component": {"type": 22, "custom_id": "items", "values": ["a", "b"]}},
            {"type": 18, "component": {"type": 3, "custom_id": "member", "values": []}},
            {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "x"}]},
        ],
    }
    assert parse_modal_values(submitted) == {
        "note": ("",), "sure": (), "really": ("yes",), "items": ("a", "b"), "member": (), "old": ("x",),
    }  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "components", "component", "custom_id", "value", "values"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.just("components"), JSON))
def test_whatever_comes_back_is_understood_or_left_out(data: dict[str, Any]) -> None:
    assert all(
        isinstance(text, str) for values in parse_modal_values(data).values() for text in values
    )
