"""The grammar: words, clicks and fields become a command and its options, or helpful advice."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.errors import Refused
from bot.chat.message import (
    Button,
    Buttons,
    InvalidMessageError,
    Message,
    build_phrase,
    text_message,
)
from bot.command import (
    CohortRef,
    CommandRegistry,
    HiddenOption,
    MissingAction,
    PersonOrRole,
    Zone,
    build_action_menu,
    command,
    parse_phrase,
)
from bot.command.call import Call, MissingChoice
from bot.command.item_finder import ItemFinder
from bot.command.values import parse_date, parse_time_of_day

MONDAY = date(2026, 3, 2)

known = CommandRegistry()


@command(into=known)
async def order(
    call: Call,
    dish: Annotated[str, "What to eat"],
    many: Annotated[int | None, "How many"] = None,
    price: Annotated[float | None, "At most"] = None,
    day: Annotated[date | None, "When"] = None,
    at: Annotated[time | None, "What time"] = None,
    where: Annotated[Zone | None, "Where"] = None,
    size: Annotated[Literal["small", "large"] | None, "How large"] = None,
    extras: Annotated[tuple[str, ...], "What else"] = (),
    hot: Annotated[bool, "Hot"] = False,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Order something to eat."""
    return text_message("served")


@command(into=known)
async def look(
    call: Call,
    topic: Annotated[str | None, "At what"] = None,
    cohort: Annotated[str | None, "Whose", CohortRef()] = None,
) -> Message:
    """Look at something."""
    return text_message("seen")


@command(into=known)
async def rest(
    call: Call,
    until: Annotated[date | None, "Last day"] = None,
    back: Annotated[bool, "Back again"] = False,
    cohort: Annotated[str | None, "Whose", CohortRef()] = None,
) -> Message:
    """Take a rest."""
    return text_message("rested")


@command(into=known)
async def invite(
    call: Call, guest: Annotated[PersonOrRole, "Whom"], at: Annotated[time | None, "When"] = None
) -> Message:
    """Invite somebody."""
    return text_message("invited")


@command(into=known, hidden=True)
async def rested(call: Call) -> Message:
    """Is said by a button."""
    return text_message("")


@command(into=known)
async def menu_show(call: Call, n: Annotated[int | None, "Which"] = None) -> Message:
    """Show the menu."""
    return text_message("shown")


@command(into=known)
async def menu_print(call: Call) -> Message:
    """Print the menu."""
    return text_message("printed")


def said(text: str, filled: dict[str, tuple[str, ...]] | None = None) -> dict[str, object]:
    return dict(parse_phrase(text, known.commands, filled).convert_options(MONDAY))


def refusal(text: str, filled: dict[str, tuple[str, ...]] | None = None) -> str:
    with pytest.raises(Refused) as refused:
        said(text, filled)
    return refused.value.sentence


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("order soup", {"dish": "soup"}),
        ("/order soup 3", {"dish": "soup", "many": 3}),
        ("ORDER Dish=soup MANY=3", {"dish": "soup", "many": 3}),
        ("order dish:soup", {"dish": "soup"}),
        ('order "pea soup" many=2', {"dish": "pea soup", "many": 2}),
        ("order dish=“pea soup” many=2", {"dish": "pea soup", "many": 2}),
        ('order dish="pea soup', {"dish": "pea soup"}),
        (r'order dish="a \"good\" soup"', {"dish": 'a "good" soup'}),
        ("order soup many= price=2", {"dish": "soup", "price": 2.0}),
        ("order soup extras=salt,bread", {"dish": "soup", "extras": ("salt", "bread")}),
        ("order soup 1 2,50 tomorrow 6pm berlin large salt, bread", {
            "dish": "soup", "many": 1, "price": 2.5, "day": date(2026, 3, 3), "at": time(18),
            "where": "Europe/Berlin", "size": "large", "extras": ("salt", "bread"),
        }),
        ("order soup hot=yes page=3", {"dish": "soup", "hot": True, "page": 3}),
        ("look deep learning", {"topic": "deep learning"}),
        ("look deep learning cohort=spring", {"topic": "deep learning", "cohort": "spring"}),
        ("look cohort spring", {"cohort": "spring"}),
        ("look https://example.org/?a=b", {"topic": "https://example.org/?a=b"}),
        ("rest until monday", {"until": date(2026, 3, 9)}),
        ("rest back", {"back": True}),
        ("rest back no", {"back": False}),
        ("rest 2026-03-15 spring", {"until": date(2026, 3, 15), "cohort": "spring"}),
        ("menu 3", {"n": 3}),
        ("menu n 3", {"n": 3}),
        ("menu show 3", {"n": 3}),
        ("menu print", {}),
        ("invite ada", {"guest": PersonOrRole("person", "", "ada")}),
        ("invite @Ada", {"guest": PersonOrRole("person", "", "Ada")}),
        ("invite guest Ada", {"guest": PersonOrRole("person", "", "Ada")}),
        ('invite guest="person:17 Ada Lovelace" at=18:00', {
            "guest": PersonOrRole("person", "17", "Ada Lovelace"), "at": time(18),
        }),
        ('invite "role:42 @Hosts"', {"guest": PersonOrRole("role", "42", "@Hosts")}),
        ("invite role:42", {"guest": PersonOrRole("role", "42", "")}),
        ('invite "person:1 \u202eAda\n\u200b x"', {"guest": PersonOrRole("person", "1", "Ada x")}),
        (f'invite "person:1 {"x" * 500}"', {"guest": PersonOrRole("person", "1", "x" * 80)}),
        (f"invite person:{'1' * 65}", {"guest": PersonOrRole("person", "", f"person:{'1' * 65}")}),
        ("invite team:9", {"guest": PersonOrRole("person", "", "team:9")}),
        ("rested", {}),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_options(text: str, options: dict[str, object]) -> None:
    assert said(text) == options


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type a command, for example `help`."),
        ("\u202e\u200b", "Type a command, for example `help`."),
        ('look a="person:U1 ada"', "`look` has no option “a”: use one of **topic**, **cohort**."),
        ('order soup "person:U1 ada"', "“@ada” is not a number I can use: write **many** like 3."),
        ("ordr soup", "I do not know the command “ordr”: did you mean `order`?"),
        ("restedd", "I do not know the command “restedd”: did you mean `rest`?"),
        ("invite @", "I need a name for that: write it like `Ada`."),
        ("dance", "I do not know the command “dance”: `help` lists all commands."),
        ("**dance**", r"I do not know the command “\*\*dance\*\*”: `help` lists all commands."),
        ("order soup manny=3", "`order` has no option “manny”: did you mean **many**?"),
        ("look a=b", "`look` has no option “a”: use one of **topic**, **cohort**."),
        ("menu print all",
         "`menu print` cannot use “all”: it has no options, just type `menu print`."),
        ("order soup three", "“three” is not a number I can use: write **many** like 3."),
        ("order soup 1.5", "“1.5” is not a number I can use: write **many** like 3."),
        ("order soup price=**", r"“\*\*” is not a number I can use: write **price** like 2.5."),
        ("order soup size=huge",
         "“huge” does not work for **size**: choose **small** or **large**."),
        ("order soup hot=maybe", "“maybe” does not work for **hot**: choose **yes** or **no**."),
        ("order soup at=25:00", "“25:00” is not a time: write it like 18:00 or 6pm."),
        ("order soup day=2026-02-30",
         "The date 2026-02-30 does not exist: check the day and the month."),
        ("order soup day=2026-02-29",
         "The date 2026-02-29 does not exist: check the day and the month."),
        ("order soup day=0000-01-01",
         "The date 0000-01-01 does not exist: check the day and the month."),
        ("order soup day=1999-01-01",
         "1999-01-01 is more than two years away: choose a date closer to today, 2026-03-02."),
        ("order soup day=9999-12-31",
         "9999-12-31 is more than two years away: choose a date closer to today, 2026-03-02."),
        ("order soup day=soon",
         "“soon” is not a date I can read: write it like 2026-03-02, `tomorrow` or `monday`."),
        ("order soup day=02/03/2026",
         "“02/03/2026” is not a date I can read: "
         "write it like 2026-03-02, `tomorrow` or `monday`."),
        ("order soup where=Berlln",
         "I do not know the time zone “Berlln”: did you mean Europe/Berlin?"),
        ("order soup where=nowhere",
         "I do not know the time zone “nowhere”: give it like Europe/Berlin or Asia/Kolkata."),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_told_in_a_sentence_that_helps(
    text: str, sentence: str
) -> None:
    assert refusal(text) == sentence


def test_a_group_without_a_show_command_offers_its_commands() -> None:
    without = {"menu print": known.commands["menu print"]}
    with pytest.raises(MissingAction) as missing:
        parse_phrase("menu", without)
    assert [action.name for action in missing.value.actions] == ["menu print"]
    assert build_action_menu("menu", missing.value.actions) == text_message(
        "Choose an action. `help menu` explains them.", Buttons((Button("Print", "menu print"),))
    )
    with pytest.raises(
        Refused, match="I do not know the command “menu pritn”: did you mean `menu print`"
    ):
        parse_phrase("menu pritn", without)


def test_a_phrase_that_is_far_too_long_is_refused_and_not_cut() -> None:
    assert refusal("look " + "x" * 10_000) == (
        "That is 10,005 characters long, and I read up to 4,000: please shorten it."
    )


def test_a_filled_field_is_checked_like_a_typed_option_and_names_its_field() -> None:
    with pytest.raises(Refused) as refused:
        said("order", {"dish": ("soup",), "many": ("x",)})
    assert refused.value.field == "many"
    assert refusal("order", {"<b>": ("1",)}) == (
        r"`order` has no option “\<b\>”: use one of **dish**, **many**, **price**, "
        "**day**, **at**, "
        "**where**, **size**, **extras**, **hot**."
    )


def test_an_empty_field_says_nothing() -> None:
    assert said("order soup", {"many": ("",), "extras": (), "day": (" ",)}) == {"dish": "soup"}
    assert [
        option.name
        for option in parse_phrase("order", known.commands, {"dish": (" ",)}).missing_options
    ] == ["dish"]


def test_text_loses_what_would_break_a_layout_and_keeps_every_letter() -> None:
    assert said("look", {"topic": ("a\u202eb\x00\u2066c\r\nשלום 👩‍👩‍👧 é",)}) == {
        "topic": "abc\nשלום 👩‍👩‍👧 é"
    }


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.integers(-99, 999),
    st.lists(st.text("abcxyz-0123456789", min_size=1, max_size=6), max_size=3),
)
def test_a_phrase_that_was_put_together_is_taken_apart_again(
    dish: str, many: int, extras: list[str]
) -> None:
    try:
        made = build_phrase("order", dish=dish or None, many=many, extras=",".join(extras) or None)
    except InvalidMessageError:
        return
    parsed = parse_phrase(made, known.commands)
    assert parsed.option_texts.get("dish", ("",)) == (dish,)
    assert parsed.option_texts["many"] == (str(many),)
    assert parsed.option_texts.get("extras", ()) == tuple(extras)


def answered(text: str) -> str:
    try:
        said(text)
    except Refused as refused:
        return refused.sentence
    return "This was understood."


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_refused_in_one_sentence(text: str) -> None:
    for start in ("", "order ", "look ", "rest ", "menu "):
        sentence = answered(start + text)
        assert 10 < len(sentence) < 400
        assert sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("today", MONDAY),
        ("tomorrow", date(2026, 3, 3)),
        ("monday", date(2026, 3, 9)),
        ("next wed", date(2026, 3, 4)),
        ("2026-3-9", date(2026, 3, 9)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_dates_are_read_as_people_say_them(text: str, read: date) -> None:
    assert parse_date(text, MONDAY) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("18:00", time(18)),
        ("18", time(18)),
        ("6pm", time(18)),
        ("12am", time(0)),
        ("12 PM", time(12)),
        ("7.30", time(7, 30)),
    ],
)
def test_times_are_read_as_people_say_them(text: str, read: time) -> None:
    assert parse_time_of_day(text) == read


TITLES = {
    "bayes": "First steps, up to Bayes’ theorem",
    "vectors": "Vectors, matrices",
    "gd": "Gradient descent",
    "bay": "Gd",
    "numpy-matrices": "Multiply matrices with NumPy",
}
SPRING = ItemFinder(TITLES, ("gd", "vectors"), "spring")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (("bayes",), ("bayes",)),
        (("Bayes", "GD", "bayes"), ("bayes", "gd")),
        (("gradient", "descent"), ("gd",)),
        (("vectors", "matrices"), ("vectors",)),
        (("first steps, up to Bayes’ theorem",), ("bayes",)),
        (("theorem",), ("bayes",)),
        (("numpy",), ("numpy-matrices",)),
        (("matrices",), ("vectors",)),  # it stands in the list, and the other one does not
        (("steps", "theorem"), ("bayes",)),
        (("1",), ("gd",)),
        (("#2", "1"), ("vectors", "gd")),
        (("numpy", "1"), ("numpy-matrices", "gd")),
        ((), ()),
    ],
)
def test_an_item_is_meant_by_its_id_its_title_its_number_or_words(
    said: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    assert SPRING.find_item_ids(said, "item") == meant


@pytest.mark.parametrize(
    ("said", "sentence", "offered"),
    [
        (
            ("vektors",),
            "There is no item “vektors” in spring. Did you mean this one?",
            {"Vectors, matrices": "vectors"},
        ),
        (
            ("gd", "grad"),
            "There is no item “grad” in spring. Did you mean this one?",
            {"Gradient descent": "gd"},
        ),
    ],
)
def test_near_items_are_offered_by_their_titles(
    said: tuple[str, ...], sentence: str, offered: dict[str, str]
) -> None:
    with pytest.raises(MissingChoice) as asked:
        SPRING.find_item_ids(said, "item")
    assert (asked.value.sentence, {each.label: each.value for each in asked.value.choices}) == (
        sentence,
        offered,
    )


def test_a_word_of_several_titles_asks_which_one() -> None:
    with pytest.raises(MissingChoice) as asked:
        ItemFinder(TITLES, (), "spring").find_item_ids(("matrices",), "item")
    assert (
        asked.value.sentence == "“matrices” could be one of several items. Which one do you mean?"
    )
    assert [each.label for each in asked.value.choices] == [
        "Vectors, matrices",
        "Multiply matrices with NumPy",
    ]


@pytest.mark.parametrize(
    ("said", "listed", "sentence"),
    [
        (
            "opera",
            ("gd",),
            "There is no item “opera” in spring: "
            "`week` lists this week's items, `roadmap` lists all of them.",
        ),
        (
            "<@123>",
            ("gd",),
            r"There is no item “\<@123\>” in spring: "
            "`week` lists this week's items, `roadmap` lists all of them.",
        ),
        ("0", ("gd",), "There is no item 0: the list has 1 item, so write the item's title."),
        (
            "3",
            ("gd", "bay"),
            "There is no item 3: the list has 2 items, so write the item's title.",
        ),
        ("1", (), "There is no numbered list yet: write the item's title."),
    ],
)
def test_what_is_no_item_is_refused(said: str, listed: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        ItemFinder(TITLES, listed, "spring").find_item_ids((said,), "item")
    assert (refused.value.sentence, refused.value.field) == (sentence, "item")


@given(
    st.lists(st.text(max_size=30), max_size=4),
    st.lists(st.sampled_from(sorted(TITLES)), unique=True),
)
def test_only_items_of_the_plan_are_ever_found(said: list[str], listed: list[str]) -> None:
    try:
        found = ItemFinder(TITLES, listed, "spring").find_item_ids(said, "item")
    except MissingChoice as asked:
        found = tuple(item for each in asked.choices for item in each.value.split(","))
    except Refused:
        return
    assert set(found) <= set(TITLES)
