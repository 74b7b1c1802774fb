"""Badges: links with a picture in the place of words."""

from __future__ import annotations

import pytest

from tests.support.imports import import_resource, import_roadmap, list_remarks

BADGE = "[![Chat](https://img.shields.io/x.svg)](https://discord.gg/abc)"


@pytest.mark.parametrize("heading", ["Community", "Resources", "Links"])
def test_a_badge_is_a_link_without_words(heading: str) -> None:
    resource = import_resource(f"- We have a chat server! {BADGE} Say hello.", heading)
    assert (resource.title, resource.kind, resource.link) == (
        "Discord",
        "community",
        "https://discord.gg/abc",
    )
    assert resource.summary == "We have a chat server! Say hello."


def test_an_entry_that_is_only_a_badge_is_called_by_its_picture() -> None:
    assert import_resource("- [![A course](a.svg)](https://example.org/a)").title == "A course"
    assert import_resource("- [![](a.svg)](https://example.org/a)").link == "https://example.org/a"


def test_a_badge_beside_something_to_do_is_its_resource() -> None:
    roadmap = import_roadmap(
        f"# Loops\n\n## Week 1\n\n- Say hello {BADGE} to all\n\n## Certificates\n\n"
        f"- Get one {BADGE}\n"
    )
    (item,) = roadmap.items.values()
    assert (item.title, [roadmap.get_resource(ref).title for ref in item.resources]) == (
        "Say hello to all",
        ["Discord"],
    )
    assert [(certificate.title, certificate.link) for certificate in roadmap.certificates] == [
        ("Get one", "https://discord.gg/abc")
    ]


def test_a_badge_that_leads_nowhere_is_named_in_the_report() -> None:
    assert list_remarks(
        "# Loops\n\n## Week 1\n\n- Walk ![a](b.svg) on\n- Talk [![a](b.svg)](ftp://x) on\n"
    ) == [
        "6 odd: I left out the address of a link without text: "
        "use one that starts with https:// or http://."
    ]
