"""What people type after the slash command: every command there is, help, words that are spelt
wrong, mentions, marks.
"""

from __future__ import annotations

import re

from bot.command import Command, CommandOption, list_visible_commands
from tests.support.slack.group import Group, words

VALUES = {
    "text": "study",
    "number": "1",
    "date": "2026-03-02",
    "time": "10:00",
    "flag": "no",
    "who": "@bob",
}
OWN = {
    "cohort": "spring", "item": "bayes", "items": "bayes", "week": "1", "member": "bob",
    "zone": "Europe/Berlin",
    "roadmap": "ai-ml-engineer-12-weeks", "post": "recap", "name": "autumn", "quiet": "22:00-08:00",
    "seats": "30",
}  # fmt: skip
"""What somebody would say of an option by its name; of any other, by its kind."""


def value(option: CommandOption) -> str:
    return OWN.get(option.name) or (
        option.choices[0] if option.choices else VALUES.get(option.kind, "study")
    )


def typed(command: Command, *, in_full: bool) -> str:
    """A command with all its options, or with those alone that it needs."""
    given = (option for option in command.visible_options if in_full or option.required)
    return " ".join((command.name, *(f"{option.name}={value(option)}" for option in given)))


async def test_every_command_is_answered_in_private(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("mona", "bob")
        await group.passes(days=11)
        for in_full in (False, True):
            for command in list_visible_commands():
                seen = await group.person("mona").types(f"/study {typed(command, in_full=in_full)}")
                told = words(seen)
                assert seen.kind in {"ephemeral", "modal"}
                assert told.strip(), command.name
                assert "went wrong" not in told, command.name
                assert "I do not know the command" not in told, command.name
                assert in_full or "I need" not in told, command.name
            await group.says("mona", "join spring")
        await group.pulse()


async def test_help_is_given_at_every_level(url: str) -> None:
    async with Group.on(url) as group:
        assert (
            await group.says("ada", "")
            == await group.says("ada", "help")
            == await group.says("ada", "  help  ")
        )
        for command in list_visible_commands():
            told = await group.says("mona", f"help {command.name}")
            assert f"\n/study {command.usage}\n{command.help}" in told
            for option in command.visible_options:
                assert f"\n• {option.name} {option.help} (" in told, (
                    "an option is no command, whatever its name"
                )
        below = [
            f"/study {command.name} — {command.help}"
            for command in list_visible_commands()
            if command.group == "cohort"
        ]
        for asked in ("cohort help", "help cohort", "/cohort HELP"):
            assert await group.says("mona", asked) == "\n".join(["Cohort", *below])
        assert await group.says("mona", "cohort create help") == await group.says(
            "mona", "help cohort create"
        )
        assert "/study cohort" not in await group.says("ada", "help")


SAID = [
    ("jion", "I do not know the command “jion”: did you mean /study join?"),
    ("cohrot create", "I do not know the command “cohrot”: did you mean /study cohort create?"),
    (
        "cohort craete",
        "I do not know the command “cohort craete”: did you mean /study cohort create?",
    ),
    (
        "cohort",
        "Choose an action. /study help cohort explains them.",
    ),
    ("help chekin", "I have no command “chekin”: did you mean /study help checkin?"),
    ("join sprng", "There is no cohort “sprng” here: did you mean spring?"),
    ("tick byes", "There is no item “byes” in spring. Did you mean this one?"),
    ("progress bbo", "I found nobody called “bbo” in spring: did you mean bob?"),
    ("progress mmber=bob", "progress has no option “mmber”: did you mean member?"),
    ("checkin wek=1 hours=2", "checkin has no option “wek”: did you mean week?"),
    ("week soon", "“soon” is not a number I can use: write n like 3."),
    ("week 13", "spring has no week 13: choose 1 to 12."),
    ("@bob", "I do not know the command “@bob”: /study help lists all commands."),
    ("join @bob", "There is no cohort “@bob” here: choose spring."),
    ("#study-group", "I do not know the command “#study-group”: /study help lists all commands."),
    (
        "<!channel> & <@U0BOB>",
        "I do not know the command “<!channel>”: /study help lists all commands.",
    ),
    (
        "https://evil.example/?a=1&b=2",
        "I do not know the command “https://evil.example/?a=1&b=2”: /study help lists",
    ),
    ("\u202e\u200b\x00", "Type a command, for example /study help."),
    ("“", "I do not know the command ““”: /study help lists all commands."),
    ("help \x00", "What I can do"),
    ("x" * 4000, f"I do not know the command “{'x' * 40}”: /study help lists all commands."),
    (
        "checkin note=" + "y" * 4000,
        "That is 4,013 characters long, and I read up to 4,000: please shorten it.",
    ),
    (
        "checkin note=" + "y" * 2500,
        "The note can have 2,000 characters and this has 2,500: please shorten it.",
    ),
    ("/join spring", "You are in spring already."),
    ("JOIN Spring", "You are in spring already."),
    ('progress "bob"', "bob in spring"),
    ("progress “bob”", "bob in spring"),
    ("progress @bob", "bob in spring"),
    ("progress member=@bob cohort=spring", "bob in spring"),
    ("progress @ada", "Your progress in spring"),
    (
        "progress @cy",
        "I found nobody called “@cy” in spring: use /study progress board to see who is on it.",
    ),
    (
        "progress @channel",
        "I found nobody called “@channel” in spring: use /study progress board to see who is on "
        "it.",
    ),
    (
        "moderators add=@ada",
        "Only moderators can use /study moderators here: ask one of them, or see /study help for",
    ),
    (
        "cohort finish spring",
        "Only moderators can use /study cohort finish here: ask one of them, or see /study help",
    ),
]


async def test_whatever_is_typed_is_answered_with_a_sentence_that_helps(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada", "bob")
        await group.passes(days=11)
        await group.says("bob", "tick bayes")
        before = len(group.posts())
        for text, sentence in SAID:
            who = "mona" if text in {"cohort", "cohort craete"} else "ada"
            assert sentence in await group.says(who, text), text
        assert len(group.posts()) == before, "what is said to the bot is seen by nobody else"


async def test_quotation_marks_mentions_and_links_arrive_as_they_were_meant(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada", "bob")
        await group.passes(days=11)
        notes = {
            'note="it \\"went\\" well, thanks @bob" hours=3': 'it "went" well, thanks @bob',
            "note=“curly & <b>plain</b>” hours=3": "curly & <b>plain</b>",
            'note="see https://meet.example/a?b=1&c=2 in '
            '#study-group"': "see https://meet.example/a?b=1&c=2 in #study-group",
            'note="never closed, as on a telephone': "never closed, as on a telephone",
            'note="<!channel> <@U0BOB|bob>  *x* _y_ `z`"': "<!channel> <@U0BOB|bob>  *x* _y_ `z`",
        }
        for text, note in notes.items():
            told = await group.says("ada", f"checkin {text}")
            assert re.search("You are checked in|I have updated your check-in", told), text
            form = await group.types("ada", "checkin")
            assert form.body["blocks"][-1]["element"]["initial_value"] == note

        assert "ada can now manage all cohorts here." in await group.says(
            "mona", "moderators add=@ada"
        )
        group.place.named("ada").name = "lovelace"
        assert "members attention" in await group.says("ada", "help")
        assert "can no longer manage the cohorts here" in await group.says(
            "mona", "moderators remove=@lovelace"
        ), "by id, not by name"
        assert "Only moderators" in await group.says("ada", "moderators")
