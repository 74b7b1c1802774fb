"""Items by name: by id, title, number in a list, or a few words from a title."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.chat.message import ROW, Choice
from bot.chat.text import format_count, shorten
from bot.command.call import MissingChoice
from bot.command.values import format_typed_text

# From 0 to 1: how alike two spellings are before one is offered for the other. Lower values offer
# words with nothing in common but their length.
SIMILARITY = 0.75
MAX_NUMBER_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ItemFinder:
    """The items to choose from.

    `titles`: all titles by id, in the roadmap's order.
    `week_item_ids`: the ids in one week's list, in its reader's order. Numbers count from 1.
    `owner_name`: the cohort or week, for the end of a sentence.
    """

    titles: Mapping[str, str]
    week_item_ids: Sequence[str]
    owner_name: str

    def find_item_ids(self, words: Sequence[str], option: str) -> tuple[str, ...]:
        """Return the ids of all items named in an option, each once.

        The words of one title are one item, with or without quotation marks.
        Raises `MissingChoice` with similar items, and `Refused` without any.
        """
        ids = [word.strip().casefold() for word in words]
        if all(item_id in self.titles for item_id in ids):
            return tuple(dict.fromkeys(ids))
        # The whole first: `gradient descent` is one title before it is two words.
        if len(words) > 1 and (whole := self._find_item_by_words(" ".join(words))):
            return (whole,)
        # A dict keeps the order and each item once.
        known_ids: dict[str, None] = {}
        for word in words:
            item_id = self._find_item_id(word, option)
            if item_id is None:
                raise self._build_item_question(word, [*known_ids], option)
            known_ids[item_id] = None
        return tuple(known_ids)

    def _find_item_id(self, word: str, option: str) -> str | None:
        wanted = word.strip().casefold()
        if wanted in self.titles:
            return wanted
        if item_id := self._find_item_by_words(word):
            return item_id
        # Last, because a title may well be a number.
        number = _parse_place_in_list(wanted)
        return None if number is None else self._find_item_by_number(number, option)

    def _find_item_by_number(self, number: int, option: str) -> str:
        if not self.week_item_ids:
            raise Refused("There is no numbered list yet: write the item's title.", option)
        if not 1 <= number <= len(self.week_item_ids):
            size = format_count(len(self.week_item_ids), "item")
            raise Refused(
                f"There is no item {number}: the list has {size}, so write the item's title.",
                option,
            )
        return self.week_item_ids[number - 1]

    def _find_item_by_words(self, text: str) -> str | None:
        """Return the item with this title, else the only one with all these words in its title.

        Items in the list win over others: their reader is looking at it.
        """
        words = fold_words(text)
        if item_id := self._find_item_by_title(words):
            return item_id
        matching = self._list_items_with_words(words.split())
        candidates = [item_id for item_id in matching if item_id in self.week_item_ids] or matching
        return candidates[0] if len(candidates) == 1 else None

    def _find_item_by_title(self, words: str) -> str | None:
        for item_id, title in self.titles.items():
            if fold_words(title) == words:
                return item_id
        return None

    def _list_items_with_words(self, words: Sequence[str]) -> list[str]:
        """Return the items with all these words in their titles, those in the list first."""
        # Numbers alone mean a place in the list, not "Python 3".
        if not words or all(word.isdecimal() for word in words):
            return []
        matching = self._filter_items_with_words(set(words))
        return sorted(matching, key=lambda item_id: item_id not in self.week_item_ids)

    def _filter_items_with_words(self, words: set[str]) -> list[str]:
        return [
            item_id
            for item_id, title in self.titles.items()
            if words <= set(fold_words(title).split())
        ]

    def _build_item_question(
        self, word: str, known_ids: Sequence[str], option: str
    ) -> MissingChoice | Refused:
        """Return the question after a word for no item or for several.

        Its choices keep the items already found.
        """
        folded, typed = fold_words(word), format_typed_text(word)
        matching = self._list_items_with_words(folded.split())
        near = (matching or self._list_items_by_prefix(folded) or self._list_similar_items(folded))[
            :ROW
        ]
        if not near:
            return Refused(
                f"There is no item “{typed}” in {self.owner_name}: "
                "`week` lists this week's items, `roadmap` lists all of them.",
                option,
            )
        choices = self._build_item_choices(near, known_ids)
        if matching:
            sentence = f"“{typed}” could be one of several items. Which one do you mean?"
        else:
            guess = "this one" if len(choices) == 1 else "one of these"
            sentence = f"There is no item “{typed}” in {self.owner_name}. Did you mean {guess}?"
        return MissingChoice(option, sentence, choices)

    def _build_item_choices(
        self, item_ids: Sequence[str], known_ids: Sequence[str]
    ) -> list[Choice]:
        choices = []
        for item_id in item_ids:
            value = ",".join(dict.fromkeys([*known_ids, item_id]))
            choices.append(Choice(shorten(self.titles[item_id]), value))
        return choices

    def _list_items_by_prefix(self, text: str) -> list[str]:
        """Return the items with a word in their title or id beginning with the text."""
        if not text:
            return []
        return [
            item_id
            for item_id, title in self.titles.items()
            if _has_word_with_prefix(title, item_id, text)
        ]

    def _list_similar_items(self, text: str) -> list[str]:
        """Return the items with an id, a title or a word in it spelt much like the text."""
        ids_by_name: dict[str, list[str]] = {}
        for item_id, title in self.titles.items():
            folded = fold_words(title)
            for name in dict.fromkeys((item_id, folded, *folded.split())):
                ids_by_name.setdefault(name, []).append(item_id)
        similar: dict[str, None] = {}
        for name in difflib.get_close_matches(text, ids_by_name, ROW, SIMILARITY):
            similar.update(dict.fromkeys(ids_by_name[name]))
        return list(similar)


def fold_words(text: str) -> str:
    """Return the words in a text in lower case, without punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _has_word_with_prefix(title: str, item_id: str, prefix: str) -> bool:
    names = f" {fold_words(title)} {fold_words(item_id.replace('-', ' '))}"
    return f" {prefix}" in names


def _parse_place_in_list(wanted: str) -> int | None:
    digits = wanted.removeprefix("#")
    if digits.isdecimal() and len(wanted) <= MAX_NUMBER_DIGITS:
        return int(digits)
    return None
