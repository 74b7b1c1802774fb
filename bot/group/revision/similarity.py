"""How near two titles are to each other."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from bot.group.revision.parts import normalize_title_words

ALIKE = 0.7  # share of equal letters in two titles that are close
WORD_ALIKE = 0.75  # share of equal letters in two spellings of a word
SHARED = 0.6  # share of the longer title's words, where the shorter is part of it


def compute_title_similarity(title: str, other: str) -> float:
    """Return how near two titles are, from 0 to 1.

    0 if a number sets them apart, or a word that is no spelling of the other's: `Quiz 1` is not
    `Quiz 2`, nor `Supervised learning` `Unsupervised learning`.
    """
    if re.findall(r"\d+", title) != re.findall(r"\d+", other):
        return 0
    words, other_words = normalize_title_words(title).split(), normalize_title_words(other).split()
    is_extended = _is_extended(words, other_words)
    if not (is_extended or _is_part(words, other_words) or _is_respelt(words, other_words)):
        return 0
    score = SequenceMatcher(None, " ".join(words), " ".join(other_words), autojunk=False).ratio()
    # A long addition at the end would lower the score, but the title is the same.
    if is_extended:
        return max(score, ALIKE)
    if score < ALIKE:
        return 0
    return score


def _is_part(words: list[str], other_words: list[str]) -> bool:
    """Return True if one title has all words in the other, and these are most of its words."""
    common = len(set(words) & set(other_words))
    shorter = min(len(set(words)), len(set(other_words)))
    longer = max(len(words), len(other_words))
    return common == shorter and common >= SHARED * longer


def _is_respelt(words: list[str], other_words: list[str]) -> bool:
    """Return True if each word is a spelling of the other title's word in its place."""
    if len(words) != len(other_words):
        return False
    return all(map(_is_spelling_variant, words, other_words))


def _is_extended(words: list[str], other_words: list[str]) -> bool:
    """Return True if something was added at the end of a title with two words or more."""
    shorter, longer = sorted((words, other_words), key=len)
    return len(shorter) > 1 and longer[: len(shorter)] == shorter


def _is_spelling_variant(word: str, other: str) -> bool:
    if word == other:
        return True
    # The first letter decides: "un-" and "in-" turn a word into its opposite.
    if word[0] != other[0]:
        return False
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= WORD_ALIKE
