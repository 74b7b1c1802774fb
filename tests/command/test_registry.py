"""The registry reads commands off their functions and refuses impossible ones."""

from __future__ import annotations

import string
from datetime import date, time
from typing import Annotated, Any, Literal

import pytest

from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, text_message
from bot.command import (
    Call,
    CommandOption,
    CommandRegistry,
    HiddenOption,
    PersonOrRole,
    Zone,
    can_phrase_open_form,
    command,
    find_command,
    format_command_table,
    get_commands,
    list_visible_commands,
    parse_mention,
    parse_phrase,
)
from bot.command.options import InvalidCommandError


async def dishes(call: Call, typed: str) -> list[Choice]:
    return [Choice("Soup", "soup")]


def test_name_help_and_options_are_read_off_the_function() -> None:
    known = CommandRegistry()

    @command(moderators=True, reads=True, into=known)
    async def menu_order(
        call: Call,
        dish: Annotated[str, "What", dishes],
        many: Annotated[int | None, "How many"] = None,
        price: Annotated[float | None, "At most"] = None,
        day: Annotated[date | None, "When"] = None,
        at: Annotated[time | None, "What time"] = None,
        where: Annotated[Zone | None, "Where"] = None,
        size: Annotated[Literal["small", "large"] | None, "How large"] = None,
        extras: Annotated[tuple[str, ...], "What else"] = (),
        hot: Annotated[bool, "Hot"] = False,
        guest: Annotated[PersonOrRole | None, "For whom"] = None,
        page: Annotated[int | None, HiddenOption()] = None,
    ) -> Message:
        """Order something.

        This is for whoever reads the code.
        """
        return text_message("served")

    read = known.commands["menu order"]
    assert read.options == (
        CommandOption("dish", "What", "text", True, suggest=dishes, label="Dish"),
        CommandOption(
            "many", "How many", "number", False, is_integer=True, is_logged=True, label="Many"
        ),
        CommandOption("price", "At most", "number", False, is_logged=True, label="Price"),
        CommandOption("day", "When", "date", False, is_logged=True, label="Day"),
        CommandOption("at", "What time", "time", False, is_logged=True, label="At"),
        CommandOption("where", "Where", "zone", False, is_logged=True, label="Where"),
        CommandOption(
            "size", "How large", "choice", False, ("small", "large"), is_logged=True, label="Size"
        ),
        CommandOption("extras", "What else", "list", False, label="Extras"),
        CommandOption("hot", "Hot", "flag", False, is_logged=True, label="Hot"),
        CommandOption("guest", "For whom", "who", False, label="Guest"),
        CommandOption(
            "page", "", "number", False, hidden=True, is_integer=True, is_logged=True, label="Page"
        ),
    )
    assert (read.help, read.group, read.moderators, read.reads) == (
        "Order something.",
        "menu",
        True,
        True,
    )
    assert (
        read.usage
        == "menu order dish [many] [price] [day] [at] [where] [size] [extras] [hot] [guest]"
    )


def test_whether_a_form_may_open_is_known_before_any_query() -> None:
    known = CommandRegistry()

    @command(into=known)
    async def first(call: Call, dish: Annotated[str, "What"]) -> Message:
        """Needs a word that nobody can offer."""
        return text_message("")

    @command(into=known, form=True)
    async def second(call: Call) -> Message:
        """Says that it opens one."""
        return text_message("")

    @command(into=known)
    async def third(call: Call, dish: Annotated[str | None, "What"] = None) -> Message:
        """Needs nothing."""
        return text_message("")

    said = ("first", "first dish=soup", "second", "third", "third dish=soup", "fourth")
    assert [phrase for phrase in said if can_phrase_open_form(phrase, known.commands)] == [
        "first",
        "second",
    ]
    assert not can_phrase_open_form("first", known.commands, {"dish": ("soup",)})


def declared(name: str, doc: str = "Does it.", **options: Any) -> None:
    """Register a command that is called `name`."""

    async def run(call: Call) -> Message:
        return text_message("done")

    run.__name__, run.__doc__ = name, doc
    run.__annotations__.update(options)
    command(into=KNOWN)(run)


KNOWN = CommandRegistry()
declared("menu_show")
declared("wait")


@pytest.mark.parametrize(
    ("name", "doc", "sentence"),
    [
        (
            "menu",
            "Does it.",
            "“menu” is both a command and a group: Discord and Slack cannot show that, rename one.",
        ),
        (
            "wait_long",
            "Does it.",
            "“wait” is both a command and a group: Discord and Slack cannot show that, rename one.",
        ),
        (
            "menu_show_all",
            "Does it.",
            "“menu show_all” is no command name: one or two words of lower-case letters.",
        ),
        ("Menu", "Does it.", "“Menu” is no command name: one or two words of lower-case letters."),
        (
            "menu2",
            "Does it.",
            "“menu2” is no command name: one or two words of lower-case letters.",
        ),
        (
            "x" * 33,
            "Does it.",
            f"“{'x' * 33}” is no command name: one or two words of lower-case letters.",
        ),
        ("look", "", "The help of “look” has 0 characters and may have 1 to 100."),
        ("look", "x" * 101, "The help of “look” has 101 characters and may have 1 to 100."),
    ],
)
def test_what_a_platform_could_not_show_is_refused(name: str, doc: str, sentence: str) -> None:
    with pytest.raises(InvalidCommandError) as unfit:
        declared(name, doc)
    assert str(unfit.value) == sentence
    assert set(KNOWN.commands) == {"menu show", "wait"}


def test_an_option_needs_a_help_line_and_a_type_that_can_be_typed() -> None:
    with pytest.raises(InvalidCommandError, match="has 0 characters"):

        @command(into=KNOWN)
        async def mute(call: Call, dish: str) -> Message:
            """Has an option nobody explains."""
            return text_message("")

    with pytest.raises(
        InvalidCommandError,
        match="use str, int, float, date, time, Zone, PersonOrRole, bool, Literal or tuple",
    ):

        @command(into=KNOWN)
        async def odd(call: Call, dish: Annotated[dict[str, str], "What"]) -> Message:
            """Has an option nobody can type."""
            return text_message("")


def test_no_two_files_may_declare_the_same_command() -> None:
    async def wait(call: Call) -> Message:
        """Is another one."""
        return text_message("")

    wait.__module__ = "somewhere.else_"
    with pytest.raises(InvalidCommandError, match="Two commands are called “wait”"):
        command(into=KNOWN)(wait)


def test_what_a_command_promises_is_kept_with_it() -> None:
    known = CommandRegistry()

    @command(announcing=True, hidden=True, form=True, into=known)
    async def call(call: Call) -> Message:
        """Calls everybody to table."""
        return text_message("")

    read = known.commands["call"]
    assert (read.announcing, read.hidden, read.opens_form, read.moderators, read.reads) == (
        True,
        True,
        True,
        False,
        False,
    )


def test_a_hidden_command_is_known_and_listed_nowhere() -> None:
    assert get_commands()["draft"].hidden
    assert "draft" not in [command.name for command in list_visible_commands()]
    assert "`/draft" not in format_command_table()


def test_every_command_there_is_explains_itself_and_hides_what_only_buttons_say() -> None:
    shown = format_command_table()
    for each in list_visible_commands():
        assert f"| `/{each.usage}` | {each.help} |" in shown
        assert each.help.endswith("."), each.name
        assert all(option.help and option.kind for option in each.visible_options), each.name
        assert each.moderators or not {option.name for option in each.visible_options} & {
            "page",
            "ask",
            "open",
        }, each.name
        assert len({option.name for option in each.options}) == len(each.options)


def test_an_alias_is_parsed_like_the_command_and_shown_nowhere() -> None:
    known = CommandRegistry()

    @command(into=known, aliases=("menu order", "order"))
    async def dish_order(call: Call, dish: Annotated[str, "Which dish"]) -> Message:
        """Order a dish."""
        return text_message("")

    @command(into=known)
    async def help(call: Call, about: Annotated[str | None, "Which command"] = None) -> Message:
        """Explain."""
        return text_message("")

    phrases = ("menu order soup", "/Menu  Order soup", "order soup", "dish order dish=soup")
    for phrase in phrases:
        parsed = parse_phrase(phrase, known.commands)
        assert (parsed.command.name, parsed.option_texts) == ("dish order", {"dish": ("soup",)})
        assert find_command(phrase, known.commands) is parsed.command
    asked = parse_phrase("menu order help", known.commands)
    assert (asked.command.name, asked.option_texts) == ("help", {"about": ("dish order",)})
    mention = parse_mention("menu order dish=soup", known.commands)
    assert mention is not None
    assert (mention.phrase, mention.name) == ("dish order dish=soup", "dish order")
    assert set(known.commands) == {"dish order", "help"}
    # A group that only aliases have is no group that people are shown.
    with pytest.raises(Refused, match="I do not know the command “menu”"):
        parse_phrase("menu", known.commands)


@pytest.mark.parametrize(
    ("name", "aliases", "sentence"),
    [
        ("look", ("wait",), "“wait” is the name or an alias of a command already: choose another."),
        ("look", ("look",), "“look” is the name or an alias of a command already: choose another."),
        ("look", ("watch",),
         "“watch” is the name or an alias of a command already: choose another."),
        ("watch", (), "“watch” is the name or an alias of a command already: choose another."),
        ("look", ("menu",), "“menu” is both a command and a group: "
         "Discord and Slack cannot show that, rename one."),
        ("look", ("stay long",), "“stay” is both a command and a group: "
         "Discord and Slack cannot show that, rename one."),
        ("look", ("Watch2",),
         "“Watch2” is no command name: one or two words of lower-case letters."),
    ],
)  # fmt: skip
def test_an_alias_that_means_something_already_is_refused(
    name: str, aliases: tuple[str, ...], sentence: str
) -> None:
    known = CommandRegistry()
    _register("menu_show", known)
    _register("wait", known, aliases=("watch",))
    _register("stay", known)
    with pytest.raises(InvalidCommandError) as invalid:
        _register(name, known, aliases=aliases)
    assert str(invalid.value) == sentence
    assert set(known.commands) == {"menu show", "stay", "wait"}


def test_a_group_has_no_more_commands_than_discord_shows() -> None:
    known = CommandRegistry()
    for letter in string.ascii_lowercase[:25]:
        _register(f"menu_{letter}", known)
    _register("menu_hidden", known, hidden=True)
    _register("menu_a", known)  # the same module imported anew
    with pytest.raises(InvalidCommandError, match="“menu” has 26 commands and Discord shows 25"):
        _register("menu_z", known)


def _register(name: str, known: CommandRegistry, **promises: Any) -> None:
    async def run(call: Call) -> Message:
        """Does it."""
        return text_message("")

    run.__name__ = name
    command(into=known, **promises)(run)
