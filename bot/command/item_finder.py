"""Which items somebody means: by id, title, number in their list, or a few words of a title."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.chat.message import ROW, Choice
from bot.chat.text import format_count, shorten
from bot.command.call import MissingChoice
from bot.command.grammar import format_typed_text

SPELT_ALIKE = 0.75  # how alike two spellings are, from 0 to 1, so that one is offered for the other


@dataclass(frozen=True, slots=True)
class ItemFinder:
    """The items to pick from.

    `titles` are all of them by id, in the order of the plan.
    `listed` are the ids of one week, in the order its reader sees them: their numbers count from 1.
    `where` says whose they are, as the end of a sentence.
    """

    titles: Mapping[str, str]
    week_item_ids: Sequence[str]
    owner_name: str

    def find_item_ids(self, said: Sequence[str], option: str) -> tuple[str, ...]:
        """Return the ids behind what was said for an option.

        The words of one title are one item, with or without quotation marks.
        Raises `Ask` with the items that are near, and `Refused` where none is.
        """
        if not said or all(word.strip().casefold() in self.titles for word in said):
            return tuple(dict.fromkeys(word.strip().casefold() for word in said))
        if len(said) > 1 and (whole := self._find_item_by_words(" ".join(said))):
            return (whole,)
        found: dict[str, None] = {}
        for word in said:
            if (item := self._find_item_id(word, option)) is None:
                raise self._build_item_question(word, [*found], option)
            found[item] = None
        return tuple(found)

    def _find_item_id(self, word: str, option: str) -> str | None:
        wanted = word.strip().casefold()
        if wanted in self.titles:
            return wanted
        if item := self._find_item_by_words(word):
            return item
        if wanted.removeprefix("#").isdecimal() and len(wanted) <= 4:
            return self._find_item_by_number(int(wanted.removeprefix("#")), option)
        return None

    def _find_item_by_number(self, number: int, option: str) -> str:
        if not self.week_item_ids:
            raise Refused("There is no list to count in yet: name the item by its title.", option)
        if not 1 <= number <= len(self.week_item_ids):
            has = format_count(len(self.week_item_ids), "item")
            raise Refused(
                f"There is no item {number}: the list has {has}, so name one by its title.", option
            )
        return self.week_item_ids[number - 1]

    def _find_item_by_words(self, text: str) -> str | None:
        """The only item with this title or, if no title is the same, with all these words in its title.

        An item of the list goes before all others, because that is what its reader looks at.
        """
        words = fold_words(text)
        same = [item for item, title in self.titles.items() if fold_words(title) == words]
        if same:
            return same[0]
        holding = self._list_items_with_words(words.split())
        in_list = [item for item in holding if item in self.week_item_ids]
        meant = in_list or holding
        return meant[0] if len(meant) == 1 else None

    def _list_items_with_words(self, words: Sequence[str]) -> list[str]:
        """The items whose titles hold all these words, those of the list first."""
        if not words or all(word.isdecimal() for word in words):
            return []
        holding = [
            item
            for item, title in self.titles.items()
            if set(words) <= set(fold_words(title).split())
        ]
        return sorted(holding, key=lambda item: item not in self.week_item_ids)

    def _build_item_question(
        self, word: str, found: Sequence[str], option: str
    ) -> MissingChoice | Refused:
        """What to answer where a word means no item, or several; the items that were found are kept."""
        words = fold_words(word)
        holding = self._list_items_with_words(words.split())
        near = holding or self._list_items_by_prefix(words) or self._list_similar_items(words)
        if not near:
            hint = "`week` lists this week's, `roadmap` the whole plan."
            return Refused(
                f"“{format_typed_text(word)}” is no item of {self.owner_name}: {hint}", option
            )
        choices = [
            Choice(shorten(self.titles[item]), _join_item_ids([*found, item]))
            for item in near[:ROW]
        ]
        if holding:
            return MissingChoice(
                option,
                f"“{format_typed_text(word)}” could be one of several items. Which one do you mean?",
                choices,
            )
        which = "this one" if len(choices) == 1 else "one of these"
        return MissingChoice(
            option,
            f"“{format_typed_text(word)}” is no item of {self.owner_name}. Did you mean {which}?",
            choices,
        )

    def _list_items_by_prefix(self, text: str) -> list[str]:
        """The items in whose titles or ids the text stands, as the beginning of a word."""
        named = {
            item: f" {fold_words(title)} {fold_words(item.replace('-', ' '))}"
            for item, title in self.titles.items()
        }
        return [item for item, name in named.items() if text and f" {text}" in name]

    def _list_similar_items(self, text: str) -> list[str]:
        """The items whose title, a word of it, or whose id is spelt much like the text."""
        names: dict[str, list[str]] = {}
        for item, title in self.titles.items():
            for name in dict.fromkeys((item, fold_words(title), *fold_words(title).split())):
                names.setdefault(name, []).append(item)
        close = difflib.get_close_matches(text, names, ROW, SPELT_ALIKE)
        return list(dict.fromkeys(item for name in close for item in names[name]))


def fold_words(text: str) -> str:
    """The words of a text in lower case, without signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _join_item_ids(items: Sequence[str]) -> str:
    """Items as one value of an option that takes several, each of them once."""
    return ",".join(dict.fromkeys(items))
