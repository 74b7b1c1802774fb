"""Which items somebody means: by id, title, number in their list, or a few words of a title."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.chat.message import ROW, Choice
from bot.chat.text import counted, short
from bot.command.call import Ask
from bot.command.grammar import shown

SPELT_ALIKE = 0.75  # how alike two spellings are, from 0 to 1, so that one is offered for the other


@dataclass(frozen=True, slots=True)
class Items:
    """The items to pick from.

    `titles` are all of them by id, in the order of the plan.
    `listed` are the ids of one week, in the order its reader sees them: their numbers count from 1.
    `where` says whose they are, as the end of a sentence.
    """

    titles: Mapping[str, str]
    listed: Sequence[str]
    where: str

    def find(self, said: Sequence[str], option: str) -> tuple[str, ...]:
        """Return the ids behind what was said for an option.

        The words of one title are one item, with or without quotation marks.
        Raises `Ask` with the items that are near, and `Refused` where none is.
        """
        if not said or all(word.strip().casefold() in self.titles for word in said):
            return tuple(dict.fromkeys(word.strip().casefold() for word in said))
        if len(said) > 1 and (whole := self._find_by_words(" ".join(said))):
            return (whole,)
        found: dict[str, None] = {}
        for word in said:
            if (item := self._find_one(word, option)) is None:
                raise self._question(word, [*found], option)
            found[item] = None
        return tuple(found)

    def _find_one(self, word: str, option: str) -> str | None:
        wanted = word.strip().casefold()
        if wanted in self.titles:
            return wanted
        if item := self._find_by_words(word):
            return item
        if wanted.removeprefix("#").isdecimal() and len(wanted) <= 4:
            return self._find_by_number(int(wanted.removeprefix("#")), option)
        return None

    def _find_by_number(self, number: int, option: str) -> str:
        if not self.listed:
            raise Refused("There is no list to count in yet: name the item by its title.", option)
        if not 1 <= number <= len(self.listed):
            has = counted(len(self.listed), "item")
            raise Refused(
                f"There is no item {number}: the list has {has}, so name one by its title.", option
            )
        return self.listed[number - 1]

    def _find_by_words(self, text: str) -> str | None:
        """The only item with this title or, if no title is the same, with all these words in its title.

        An item of the list goes before all others, because that is what its reader looks at.
        """
        words = folded(text)
        same = [item for item, title in self.titles.items() if folded(title) == words]
        if same:
            return same[0]
        holding = self._holding(words.split())
        in_list = [item for item in holding if item in self.listed]
        meant = in_list or holding
        return meant[0] if len(meant) == 1 else None

    def _holding(self, words: Sequence[str]) -> list[str]:
        """The items whose titles hold all these words, those of the list first."""
        if not words or all(word.isdecimal() for word in words):
            return []
        holding = [
            item for item, title in self.titles.items() if set(words) <= set(folded(title).split())
        ]
        return sorted(holding, key=lambda item: item not in self.listed)

    def _question(self, word: str, found: Sequence[str], option: str) -> Ask | Refused:
        """What to answer where a word means no item, or several; the items that were found are kept."""
        words = folded(word)
        holding = self._holding(words.split())
        near = holding or self._beginning(words) or self._alike(words)
        if not near:
            hint = "`week` lists this week's, `roadmap` the whole plan."
            return Refused(f"“{shown(word)}” is no item of {self.where}: {hint}", option)
        choices = [Choice(short(self.titles[item]), _listed([*found, item])) for item in near[:ROW]]
        if holding:
            return Ask(
                option,
                f"“{shown(word)}” could be one of several items. Which one do you mean?",
                choices,
            )
        which = "this one" if len(choices) == 1 else "one of these"
        return Ask(
            option, f"“{shown(word)}” is no item of {self.where}. Did you mean {which}?", choices
        )

    def _beginning(self, text: str) -> list[str]:
        """The items in whose titles or ids the text stands, as the beginning of a word."""
        named = {
            item: f" {folded(title)} {folded(item.replace('-', ' '))}"
            for item, title in self.titles.items()
        }
        return [item for item, name in named.items() if text and f" {text}" in name]

    def _alike(self, text: str) -> list[str]:
        """The items whose title, a word of it, or whose id is spelt much like the text."""
        names: dict[str, list[str]] = {}
        for item, title in self.titles.items():
            for name in dict.fromkeys((item, folded(title), *folded(title).split())):
                names.setdefault(name, []).append(item)
        close = difflib.get_close_matches(text, names, ROW, SPELT_ALIKE)
        return list(dict.fromkeys(item for name in close for item in names[name]))


def folded(text: str) -> str:
    """The words of a text in lower case, without signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _listed(items: Sequence[str]) -> str:
    """Items as one value of an option that takes several, each of them once."""
    return ",".join(dict.fromkeys(items))
