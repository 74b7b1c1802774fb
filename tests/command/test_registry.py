"""The registry reads commands off their functions, and refuses what some platform could not show."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal

import pytest

from bot.chat.message import Choice, Message, say
from bot.command import (
    Call,
    Hidden,
    Option,
    Registry,
    Who,
    Zone,
    command,
    commands,
    listed,
    may_open_form,
    table,
)
from bot.command.registry import Unfit


async def dishes(call: Call, typed: str) -> list[Choice]:
    return [Choice("Soup", "soup")]


def test_name_help_and_options_are_read_off_the_function() -> None:
    known = Registry()

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
        guest: Annotated[Who | None, "For whom"] = None,
        page: Annotated[int | None, Hidden()] = None,
    ) -> Message:
        """Order something.

        This is for whoever reads the code.
        """
        return say("served")

    read = known.commands["menu order"]
    assert read.options == (
        Option("dish", "What", "text", True, suggest=dishes, label="Dish"),
        Option("many", "How many", "number", False, whole=True, label="Many"),
        Option("price", "At most", "number", False, label="Price"),
        Option("day", "When", "date", False, label="Day"),
        Option("at", "What time", "time", False, label="At"),
        Option("where", "Where", "zone", False, label="Where"),
        Option("size", "How large", "choice", False, ("small", "large"), label="Size"),
        Option("extras", "What else", "list", False, label="Extras"),
        Option("hot", "Hot", "flag", False, label="Hot"),
        Option("guest", "For whom", "who", False, label="Guest"),
        Option("page", "", "number", False, hidden=True, whole=True, label="Page"),
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
    known = Registry()

    @command(into=known)
    async def first(call: Call, dish: Annotated[str, "What"]) -> Message:
        """Needs a word that nobody can offer."""
        return say("")

    @command(into=known, form=True)
    async def second(call: Call) -> Message:
        """Says that it opens one."""
        return say("")

    @command(into=known)
    async def third(call: Call, dish: Annotated[str | None, "What"] = None) -> Message:
        """Needs nothing."""
        return say("")

    said = ("first", "first dish=soup", "second", "third", "third dish=soup", "fourth")
    assert [one for one in said if may_open_form(one, known.commands)] == ["first", "second"]
    assert not may_open_form("first", known.commands, {"dish": ("soup",)})


def declared(name: str, doc: str = "Does it.", **options: Any) -> None:
    """Register a command that is called `name`."""

    async def run(call: Call) -> Message:
        return say("done")

    run.__name__, run.__doc__ = name, doc
    run.__annotations__.update(options)
    command(into=KNOWN)(run)


KNOWN = Registry()
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
    with pytest.raises(Unfit) as unfit:
        declared(name, doc)
    assert str(unfit.value) == sentence
    assert set(KNOWN.commands) == {"menu show", "wait"}


def test_an_option_needs_a_help_line_and_a_type_that_can_be_typed() -> None:
    with pytest.raises(Unfit, match="has 0 characters"):

        @command(into=KNOWN)
        async def mute(call: Call, dish: str) -> Message:
            """Has an option nobody explains."""
            return say("")

    with pytest.raises(
        Unfit, match="use str, int, float, date, time, Zone, Who, bool, Literal or tuple"
    ):

        @command(into=KNOWN)
        async def odd(call: Call, dish: Annotated[dict[str, str], "What"]) -> Message:
            """Has an option nobody can type."""
            return say("")


def test_no_two_files_may_declare_the_same_command() -> None:
    async def wait(call: Call) -> Message:
        """Is another one."""
        return say("")

    wait.__module__ = "somewhere.else_"
    with pytest.raises(Unfit, match="Two commands are called “wait”"):
        command(into=KNOWN)(wait)


def test_what_a_command_promises_is_kept_with_it() -> None:
    known = Registry()

    @command(announcing=True, hidden=True, form=True, into=known)
    async def call(call: Call) -> Message:
        """Calls everybody to table."""
        return say("")

    read = known.commands["call"]
    assert (read.announcing, read.hidden, read.opens_form, read.moderators, read.reads) == (
        True,
        True,
        True,
        False,
        False,
    )


def test_a_hidden_command_is_known_and_listed_nowhere() -> None:
    assert commands()["draft"].hidden
    assert "draft" not in [one.name for one in listed()]
    assert "`/draft" not in table()


def test_every_command_there_is_explains_itself_and_hides_what_only_buttons_say() -> None:
    shown = table()
    for one in listed():
        assert f"| `/{one.usage}` | {one.help} |" in shown
        assert one.help.endswith("."), one.name
        assert all(option.help and option.kind for option in one.shown), one.name
        assert one.moderators or not {option.name for option in one.shown} & {
            "page",
            "ask",
            "open",
        }, one.name
        assert len({option.name for option in one.options}) == len(one.options)
