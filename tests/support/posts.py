"""The kinds of posts that tests compare whole plans of: a new file in bot/posts changes none."""

from __future__ import annotations

from bot.post import PostRegistry, discover_post_kinds

USUAL_NAMES = (
    "starts_soon",
    "new_members",
    "kick_off",
    "recap",
    "topics",
    "nudge",
    "check_in",
    "reminder",
    "finale",
)


def build_usual_registry() -> PostRegistry:
    """Return a registry with these kinds alone."""
    kinds = discover_post_kinds().kinds
    return PostRegistry(kinds[name] for name in USUAL_NAMES)


USUAL_POSTS = build_usual_registry()
