"""Kinds of resources by their words, and platforms by their address."""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import urlsplit

from bot.roadmap import ResourceKind
from bot.roadmap.importer.interpret.vocabulary import normalize_words

ResourceHint = ResourceKind | Literal[""]
"""A kind of resource from a heading, a label or words; empty if they name none."""

# The order decides: “book club videos” is a book, “video tutorials” are lectures.
_KIND_WORDS: Final[tuple[tuple[ResourceKind, str], ...]] = (
    (
        "specialisation",
        r"speciali[sz]ations?|professional certificate|nanodegree|micro ?masters?",
    ),
    ("book", r"(?:text ?)?books?|e ?books?|novel|library"),
    ("paper", r"papers?|preprint"),
    ("lectures", r"lectures?|videos?|playlists?|talks?|podcasts?|youtube|webinars?|channels?"),
    (
        "docs",
        r"docs|documentation|manual|reference|api|cheat ?sheets?|specification|handbook",
    ),
    (
        "lab",
        r"labs?|sandbox|playground|(?:hands on|practice) projects?|hands on .* projects?",
    ),
    (
        "community",
        r"communit(?:y|ies)|forums?|discord|slack|subreddit|reddit|meetups?|groups?|"
        r"mailing list|stack overflow|networks?",
    ),
    (
        "course",
        r"courses?|bootcamps?|mooc|opencourseware|tutorials?|lessons?|classes",
    ),
    (
        "tool",
        r"tools?|frameworks?|librar(?:y|ies)|apps?|notebooks?|colab|ide|editors?|packages?",
    ),
    ("site", r"sites?|websites?|blogs?|links?|pages?|newsletters?|online|articles?"),
)
_KIND_PATTERNS: Final = tuple(
    (kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _KIND_WORDS
)
_HOSTS: Final[dict[str, tuple[str, ResourceKind]]] = {
    "coursera.org": ("Coursera", "course"),
    "udemy.com": ("Udemy", "course"),
    "edx.org": ("edX", "course"),
    "youtube.com": ("YouTube", "lectures"),
    "youtu.be": ("YouTube", "lectures"),
    "udacity.com": ("Udacity", "course"),
    "khanacademy.org": ("Khan Academy", "course"),
    "futurelearn.com": ("FutureLearn", "course"),
    "linkedin.com": ("LinkedIn", "site"),
    "pluralsight.com": ("Pluralsight", "course"),
    "freecodecamp.org": ("freeCodeCamp", "course"),
    "codecademy.com": ("Codecademy", "course"),
    "datacamp.com": ("DataCamp", "course"),
    "arxiv.org": ("arXiv", "paper"),
    "reddit.com": ("Reddit", "community"),
    "discord.gg": ("Discord", "community"),
    "discord.com": ("Discord", "community"),
    "stackoverflow.com": ("Stack Overflow", "community"),
    "kaggle.com": ("Kaggle", "community"),
    "github.com": ("GitHub", "site"),
    "readthedocs.io": ("Read the Docs", "docs"),
    "medium.com": ("Medium", "site"),
    "oreilly.com": ("O’Reilly", "book"),
}
PLATFORMS: Final = {name.casefold(): name for name, _ in _HOSTS.values()} | {
    "pluralsight": "Pluralsight",
    "skillshare": "Skillshare",
}
# Everything is on GitHub: naming it says nothing about a resource.
_SILENT_PLATFORMS: Final = ("GitHub", "Read the Docs")
_PROFILE_PATH = re.compile(r"/(?:user|instructor|search)/")


def find_resource_kind(title: str) -> ResourceHint:
    """Return the kind of resource named in the words; empty for none."""
    words = normalize_words(title)
    for kind, pattern in _KIND_PATTERNS:
        if pattern.search(words):
            return kind
    return ""


def choose_resource_kind(
    title: str, target: str, hint: ResourceHint, bracket_kind: ResourceHint
) -> ResourceKind:
    """Return the resource's kind from its heading, its title and its address, in this order.

    `hint` comes from the heading or label above; `bracket_kind` from “(book)” after the title.
    """
    title_kind = find_resource_kind(title)
    if hint == "book" and title_kind == "docs":
        # “Books” often lists a handbook or a reference too.
        return "docs"
    if hint:
        return hint
    _, host_kind = find_platform(target)
    # A course called “Build an app” is no tool: the vaguer words give way to the address.
    if host_kind and title_kind in ("tool", "site", "community"):
        title_kind = ""
    if host_kind == "course" and _PROFILE_PATH.search(target):
        host_kind = "site"
    return bracket_kind or title_kind or host_kind or "site"


def find_named_platform(target: str, title: str) -> str:
    """Return the platform worth naming beside the title; empty for none."""
    platform, _ = find_platform(target)
    if platform in _SILENT_PLATFORMS or platform.casefold() == normalize_words(title):
        return ""
    return platform


def find_platform(target: str) -> tuple[str, ResourceHint]:
    """Return the platform's name and its usual kind of resource, both empty if unknown."""
    host = parse_host(target)
    domain = host
    # A subdomain belongs to its platform: en.khanacademy.org.
    while domain:
        if domain in _HOSTS:
            return _HOSTS[domain]
        domain = domain.partition(".")[2]
    if host.startswith("docs.") or "/docs" in target:
        return "", "docs"
    if host.startswith("forum"):
        return "", "community"
    return "", ""


def parse_host(target: str) -> str:
    """Return the address's host without “www.”; empty for none."""
    return (urlsplit(target).hostname or "").removeprefix("www.")


def find_site_name(target: str) -> str:
    """Return the name for an address: its platform, else its host."""
    return find_platform(target)[0] or parse_host(target)
