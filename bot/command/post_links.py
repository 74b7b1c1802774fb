"""Links to posts that the bot has sent, for somebody who reads in the same space."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.address import Place
from bot.command.call import Call
from bot.store.help_requests import HelpPost


def build_post_link(call: Call, posts: Sequence[HelpPost]) -> str:
    """Return a link to the newest of these posts that the caller can open; empty without one."""
    for post in reversed(posts):
        is_here = (post.platform, post.space) == (call.place.platform, call.place.space)
        build_link = call.post_links.get(post.platform)
        if not is_here or build_link is None or not post.sent_ref:
            continue
        place = Place(post.platform, post.space, post.channel, tenant=post.tenant)
        return build_link(place, post.sent_ref)
    return ""


def group_solved_posts(posts: Sequence[HelpPost]) -> Sequence[tuple[str, Sequence[HelpPost]]]:
    """Return posts by the item they are about, the first solved one first."""
    by_item: dict[str, list[HelpPost]] = {}
    for post in posts:
        by_item.setdefault(post.item, []).append(post)
    return list(by_item.items())
