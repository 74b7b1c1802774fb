"""What the bot says as Slack's Block Kit: one pure function per block, held by golden files.

Whatever the core can build fits: nothing is cut and nothing raises. A section has 3000 characters after escaping and a
message 50 blocks (Slack: Block Kit); all text of a message together has a limit that Slack does not tell, and which has been
met between 11 000 and 13 000 characters (slackapi/bolt-js, issues 2509 and 2867).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from textwrap import TextWrapper
from typing import Any, Literal, assert_never

from adapters.slack import ids
from adapters.slack.prose import (
    label,
    lines,
    mrkdwn,
    plain,
    spelling,
    strong,
    terse,
    terse_lines,
    terse_plain,
    unstyled,
)
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fields,
    Message,
    Progress,
    Select,
    Text,
)

TEXT = 9000  # characters of a message, as far as is known to be taken
SECTION = 3000  # characters (Slack: Section block)
CONTEXT = 2000  # characters of an element (Slack: Context block)
FALLBACK = 4000  # characters of a message's own `text` (Slack: chat.postMessage)
GROUP = 10  # options (Slack: Checkboxes)
DIVIDERS = 3  # 50 blocks (Slack: Block Kit), of which the core takes 36 and long texts some
ONLY_ADDS = "Boxes here only add. Your own list comes back in private."
OPEN = "Open the list"

Style = Literal["full", "terse", "none"]
Json = dict[str, Any]

STYLES: tuple[Style, ...] = ("full", "terse", "none")


@dataclass(frozen=True, slots=True)
class Hand:
    """How prose and labels are written, and whether choices come with their notes, or at all."""

    command: str
    style: Style = "full"
    notes: bool = True
    lists: bool = True

    def prose(self, body: str) -> str:
        match self.style:
            case "full":
                return mrkdwn(body, self.command)
            case "terse":
                return terse(body, self.command)
            case "none":
                return unstyled(body, self.command)
            case _:
                assert_never(self.style)

    def plain(self, text: str) -> str:
        return plain(text) if self.style == "full" else terse_plain(text)

    def strong(self, text: str) -> str:
        return strong(text) if self.style == "full" else terse_plain(text)


def blocks(message: Message, command: str) -> list[Json]:
    """A message as the blocks of a post, an answer or a view. `command` is the slash command's name."""
    brief = Hand(command, notes=False)
    # From the most telling to the one in which every message fits.
    for hand in (Hand(command), brief, replace(brief, style="terse")):
        drawn = _drawn(message, hand)
        if _length(drawn) <= TEXT:
            return drawn
    last = replace(brief, style="terse", lists=False)
    drawn = _drawn(message, last)
    # A text that is nothing but names of commands would grow beyond any room with the slash command before each.
    return drawn if _length(drawn) <= TEXT else _drawn(message, replace(last, command=""))


def fallback(message: Message, command: str) -> str:
    """A message's own `text`: what notifications and screen readers read. What has no room there stands in the blocks."""
    said, brief = message.plain(spelling(command)), _brief(message, command)
    for text in (lines(said), terse_lines(said), terse_lines(brief)):
        if len(text) <= FALLBACK:
            return text
    return text[: FALLBACK - 1] + "…"


def plain_text(text: str) -> Json:
    """A text that Slack does not format (Slack: Text object)."""
    return {"type": "plain_text", "text": label(text), "emoji": False}


def formatted(text: str) -> Json:
    """A text that Slack formats, of which it makes no links of its own."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def option(choice: Choice, notes: bool = True) -> Json:
    """A choice as Slack offers it (Slack: Option object)."""
    made = {"text": plain_text(choice.label), "value": choice.value}
    return (
        {**made, "description": plain_text(choice.note)} if notes and choice.note.strip() else made
    )


def parts(write: Callable[[Hand], str], hand: Hand, room: int = SECTION) -> list[str]:
    """What is written, in as many texts of up to `room` characters as it needs, parted between lines, since whatever acts
    begins and ends in one. A line that is longer by itself is written with less style."""
    for style in STYLES[STYLES.index(hand.style) :]:
        written = write(replace(hand, style=style)).split("\n")
        if max(map(len, written)) <= room:
            break
    made: list[str] = []
    for line in (piece for one in written for piece in _chopped(one, room)):
        if made and len(made[-1]) + 1 + len(line) <= room:
            made[-1] += f"\n{line}"
        else:
            made.append(line)
    return [one for one in made if one.strip()]


def _chopped(line: str, room: int) -> list[str]:
    """A line in pieces that fit, parted between words; nothing is left out."""
    if len(line) <= room:
        return [line]
    return TextWrapper(
        room, expand_tabs=False, replace_whitespace=False, drop_whitespace=False
    ).wrap(line)


def _drawn(message: Message, hand: Hand) -> list[Json]:
    drawn = Drawn(hand)
    shown: list[Json] = []
    if message.title.strip():
        shown.append({"type": "header", "text": plain_text(message.title)})
    for bars, group in groupby(message.blocks, lambda block: isinstance(block, Progress)):
        among = list(group)
        # Bars that follow each other are lines of one text, or they would stand far apart.
        shown += (
            _sections(partial(_bars, among), hand)
            if bars
            else [one for each in among for one in drawn.blocks(each)]
        )
    return shown[1:] if shown[0]["type"] == "divider" else shown


def _length(found: object) -> int:
    """How many characters of text stand in blocks, those of options included."""
    if isinstance(found, dict):
        text = found.get("text")
        return (len(text) if isinstance(text, str) else 0) + sum(
            _length(inner) for inner in found.values()
        )
    return sum(_length(inner) for inner in found) if isinstance(found, list) else 0


def _brief(message: Message, command: str) -> str:
    """A message in plain text without what there is to press and to pick."""
    said = [message.title]
    for block in message.blocks:
        if isinstance(block, Checklist | Select):
            said.append(block.label)
        elif not isinstance(block, Buttons):
            said.append(Message((block,)).plain(spelling(command)))
    return "\n".join(said).strip()


# — one block —


@dataclass(slots=True)
class Drawn:
    """The Slack blocks of a message's blocks, in order. Elements that carry the same are counted, since no two of a message
    may have one `action_id` (Slack: Block elements)."""

    hand: Hand
    used: Counter[str] = field(default_factory=Counter)
    lists: int = 0
    explained: bool = False

    def blocks(self, block: Block) -> Iterator[Json]:
        match block:
            case Text():
                yield from _sections(lambda hand: hand.prose(block.body), self.hand)
            case Fields():
                yield from _sections(partial(_facts, block), self.hand)
            case Progress():
                yield from _sections(partial(_bars, [block]), self.hand)
            case Checklist():
                yield from self._checklist(block)
            case Select():
                yield self._select(block)
            case Buttons():
                yield {
                    "type": "actions",
                    "elements": [self._button(button) for button in block.buttons],
                }
            case _:
                assert_never(block)

    def _checklist(self, block: Checklist) -> Iterator[Json]:
        """A list for everybody says that its boxes show nobody's state; one's own shows what is done."""
        if self.lists < DIVIDERS:
            yield {"type": "divider"}
        self.lists += 1
        if not self.hand.lists:
            yield self._opener(block)
            return
        yield _section(self.hand.strong(block.label))
        if not block.private and not self.explained:
            self.explained = True
            yield {"type": "context", "elements": [formatted(ONLY_ADDS)]}
        groups = [
            block.choices[start : start + GROUP] for start in range(0, len(block.choices), GROUP)
        ]
        yield {"type": "actions", "elements": [self._boxes(block, among) for among in groups]}

    def _boxes(self, block: Checklist, among: Sequence[Choice]) -> Json:
        options = [option(choice, self.hand.notes) for choice in among]
        chosen = [made for made, choice in zip(options, among, strict=True) if choice.chosen]
        boxes = {
            "type": "checkboxes",
            "action_id": self._action_id(block.says, block.name, own=block.private),
            "options": options,
        }
        return {**boxes, "initial_options": chosen} if chosen else boxes

    def _select(self, block: Select) -> Json:
        if not self.hand.lists:
            return self._opener(block)
        options = [option(choice, self.hand.notes) for choice in block.choices]
        chosen = next(
            (made for made, choice in zip(options, block.choices, strict=True) if choice.chosen),
            None,
        )
        menu = {
            "type": "static_select",
            "action_id": self._action_id(block.says, block.name),
            "placeholder": plain_text("Choose one"),
            "options": options,
        }
        return _section(
            self.hand.strong(block.label), {**menu, "initial_option": chosen} if chosen else menu
        )

    def _opener(self, block: Checklist | Select) -> Json:
        """In place of more choices than a message can hold: the phrase said without any, which asks for one."""
        return _section(self.hand.strong(block.label), self._button(Button(OPEN, block.says)))

    def _button(self, button: Button) -> Json:
        self.used[ids.PRESS] += 1
        made = {
            "type": "button",
            "action_id": ids.button_id(self.used[ids.PRESS]),
            "text": plain_text(button.label),
            "value": button.says,
        }
        return made if button.style == "plain" else {**made, "style": button.style}

    def _action_id(self, says: str, option: str, *, own: bool = False) -> str:
        first = ids.action_id(says, option)
        self.used[first] += 1
        return ids.action_id(says, option, self.used[first] - 1, own=own)


def _section(text: str, beside: Json | None = None) -> Json:
    made: Json = {"type": "section", "text": formatted(text)}
    return {**made, "accessory": beside} if beside else made


def _sections(write: Callable[[Hand], str], hand: Hand) -> list[Json]:
    return [_section(text) for text in parts(write, hand)]


def _facts(block: Fields, hand: Hand) -> str:
    """One below the other: side by side they would be cut short on a telephone."""
    return "\n".join(f"{hand.strong(fact.name)}: {hand.prose(fact.value)}" for fact in block.facts)


def _bars(among: Sequence[Block], hand: Hand) -> str:
    return "\n".join(_bar(block, hand) for block in among if isinstance(block, Progress))


def _bar(block: Progress, hand: Hand) -> str:
    note = hand.prose(block.note) if block.note.strip() else ""
    if hand.style != "full":
        return f"{hand.plain(block.label)}: {block.done}/{block.total} {note}".rstrip()
    name = hand.strong(block.label) if block.strong else hand.plain(block.label)
    said = f"`{block.bar}` {name} · {block.done} of {block.total}"
    return f"{said} · {note}" if note else said
