"""Show and change a cohort's posts: on or off, day and time.

Two commands share this: `posts settings` and the hidden options of `cohort settings`, its old name.
Days are counted from 1, the posting day. Around the plan's start and finish they are a distance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Choice,
    Field,
    Form,
    Message,
    Select,
    build_phrase,
    escape_text,
    text_message,
)
from bot.command.call import Call
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.confirm import Act
from bot.command.values import format_typed_text, join_with_or
from bot.group.cohort import Cohort, PostSetting
from bot.post import (
    PostKind,
    convert_post_day_number,
    describe_post_day,
    get_effective_setting,
    get_post_day_number,
)
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots

MOST_DAYS = 30  # Further from the start or finish than this, no post may stand.


@dataclass(frozen=True, slots=True)
class PostChange:
    """A change to one kind of post. None leaves a part unchanged."""

    post: str | None = None
    on: bool | None = None
    day: int | None = None
    at: time | None = None
    usual: bool = False

    @property
    def has_values(self) -> bool:
        """Return True if it changes anything; naming a post only shows its page."""
        return self.usual or self.on is not None or self.day is not None or self.at is not None


async def answer_post_settings(
    call: Call,
    cohort: Cohort,
    change: PostChange,
    *,
    opens_form: bool,
    sure: str | None,
    changed: Cohort | None = None,
) -> Answer:
    """Show the posts, one post or its form, or save a change.

    `changed` carries other changes to the cohort, saved in the same step.
    Raises `Refused`.
    """
    require_changeable_cohort(cohort)
    kind = _resolve_post_kind(call, change)
    if opens_form and not call.is_submitted:
        return _build_post_time_form_or_page(call, cohort, kind)
    after = changed or cohort
    if kind is not None:
        after = _change_post_setting(after, kind, change)
    if after == cohort:
        return _build_posts_or_post_page(call, cohort, kind)
    if kind is not None:
        preview = await _build_preview(call, cohort, after, kind, sure, bool(changed))
        if preview is not None:
            return preview
    saved = await call.tx.schedule.save_changed_cohort(cohort, after, call.now)
    return _build_posts_or_post_page(call, saved, kind, await describe_saved_cohort(call, saved))


async def describe_saved_cohort(call: Call, cohort: Cohort) -> str:
    """Return a sentence for saved settings, with the next post where one is coming."""
    if cohort.state in {"draft", "finished"}:
        return "Saved."
    entered = await call.tx.ledger.list_posts_in_every_home(cohort)
    return f"Saved. {describe_next_post(cohort, call.now, entered, post_kinds=call.post_kinds)}".strip()


# — reading the change —


def _resolve_post_kind(call: Call, change: PostChange) -> PostKind | None:
    if change.post is not None:
        return find_post_kind(call, change.post)
    if change.has_values:
        raise Refused(
            f"Choose a post to change: {join_kind_titles(_list_kind_titles(call))}.", "post"
        )
    return None


def find_post_kind(call: Call, typed: str) -> PostKind:
    """Return the kind of post by its name or title. Raises `Refused`."""
    titles = _list_kind_titles(call)
    name = find_kind_name(typed, titles)
    if name is None:
        raise Refused(
            f"I know no post “{format_typed_text(typed)}”: choose {join_kind_titles(titles)}.",
            "post",
        )
    return call.post_kinds.group_kinds[name]


def _list_kind_titles(call: Call) -> Mapping[str, str]:
    return {kind.name: kind.title for kind in call.post_kinds.group_kinds.values()}


def find_kind_name(typed: str, titles: Mapping[str, str]) -> str | None:
    """Return the kind of post, of those with these titles, by its name or title."""
    wanted = _fold_kind_name(typed.strip())
    for name, title in titles.items():
        if wanted in {name, _fold_kind_name(title)}:
            return name
    return None


def join_kind_titles(titles: Mapping[str, str]) -> str:
    """Return the titles of kinds of posts to choose from, as prose."""
    return join_with_or([f"**{escape_text(title)}**" for title in titles.values()])


def _fold_kind_name(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def _change_post_setting(cohort: Cohort, kind: PostKind, change: PostChange) -> Cohort:
    setting = PostSetting()
    if not change.usual:
        setting = _merge_post_setting(cohort, kind, change)
    posts = dict(cohort.posts)
    posts.pop(kind.name, None)
    # The usual setting is not stored: a kind whose default changes later follows it.
    if setting != PostSetting():
        posts[kind.name] = setting
    return replace(cohort, posts=posts)


def _merge_post_setting(cohort: Cohort, kind: PostKind, change: PostChange) -> PostSetting:
    setting = _get_post_setting(cohort, kind)
    if change.at is not None:
        _require_movable_time(kind)
        at = None if change.at == cohort.at else change.at
        setting = replace(setting, at=at)
    if change.day is not None:
        day = convert_post_day_number(kind, change.day)
        setting = replace(setting, day=None if day == kind.days[0].day else day)
    if change.on is not None:
        setting = replace(setting, on=change.on)
    return setting


def _require_movable_time(kind: PostKind) -> None:
    if kind.scope == "member":
        raise Refused(
            f"{kind.title} comes at each member's own time: members set it with `settings`.", "at"
        )
    if not kind.is_dated:
        raise Refused(
            f"{kind.title} is posted {kind.short_occasion}: you can only switch it on or off.", "at"
        )


def _get_post_setting(cohort: Cohort, kind: PostKind) -> PostSetting:
    return cohort.posts.get(kind.name, PostSetting())


# — asking first —


async def _build_preview(
    call: Call,
    before: Cohort,
    after: Cohort,
    kind: PostKind,
    sure: str | None,
    has_other_changes: bool,
) -> Message | None:
    """Return a preview if the change makes posts due at once, else None."""
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    late_slots = list_late_slots(before, after, call.now, entered, call.post_kinds)
    follow_ups = describe_immediate_posts(late_slots, call.post_kinds)
    if not follow_ups:
        return None
    # The button of a preview carries one change: a second one has no room in its phrase.
    if has_other_changes:
        raise Refused("Change the post first, then the seats or the name.")
    head = f"**{escape_text(kind.title)}** moves: {_describe_post_state(after, kind)}."
    phrase = _build_post_setting_phrase(after, kind)
    act = Act(head, "Save", phrase, follow_ups=follow_ups)
    if act.is_agreed(sure):
        return None
    return act.build_preview(sure, build_next_step_buttons(before))


def _build_post_setting_phrase(cohort: Cohort, kind: PostKind) -> str:
    """Return the phrase that sets a kind of post to its present setting."""
    setting = _get_post_setting(cohort, kind)
    if setting == PostSetting():
        return _build_post_phrase(cohort, kind, usual="yes")
    day = at = None
    if setting.day is not None:
        day = str(get_post_day_number(kind, setting))
    if setting.at is not None:
        at = f"{setting.at:%H:%M}"
    on = "yes" if setting.on else "no"
    return _build_post_phrase(cohort, kind, on=on, day=day, at=at)


def _build_post_phrase(cohort: Cohort, kind: PostKind, **options: str | None) -> str:
    return build_phrase("posts settings", cohort=cohort.ref, post=kind.name, **options)


# — showing —


def _build_posts_or_post_page(
    call: Call, cohort: Cohort, kind: PostKind | None, head: str = ""
) -> Message:
    if kind is None:
        return _build_posts_page(call, cohort)
    return _build_post_page(cohort, kind, head)


def _build_posts_page(call: Call, cohort: Cohort) -> Message:
    lines = []
    choices = []
    for kind in call.post_kinds.group_kinds.values():
        lines.append(f"• **{escape_text(kind.title)}**: {_describe_post_state(cohort, kind)}")
        choices.append(Choice(kind.title, kind.name))
    phrase = build_phrase("posts settings", cohort=cohort.ref)
    settings = ("Cohort settings", build_phrase("cohort settings", cohort=cohort.ref))
    notify = ("Whom they notify", build_phrase("posts notify", cohort=cohort.ref))
    return text_message(
        f"The usual time is {cohort.at:%H:%M} ({cohort.zone}).",
        "\n".join(lines),
        Select("Change a post", phrase, "post", tuple(choices)),
        build_next_step_buttons(cohort, settings, notify),
        title=f"Posts of {cohort.name}",
    )


def _build_post_page(cohort: Cohort, kind: PostKind, head: str) -> Message:
    text = f"{escape_text(kind.help)}\nNow: {_describe_post_state(cohort, kind)}."
    paragraphs = [head, text] if head else [text]
    pairs = _list_post_buttons(cohort, kind)
    return text_message(*paragraphs, build_next_step_buttons(cohort, *pairs), title=kind.title)


def _list_post_buttons(cohort: Cohort, kind: PostKind) -> list[tuple[str, str]]:
    setting = _get_post_setting(cohort, kind)
    pairs = []
    if setting.on:
        pairs.append(("Switch off", _build_post_phrase(cohort, kind, on="no")))
    else:
        pairs.append(("Switch on", _build_post_phrase(cohort, kind, on="yes")))
    if setting.on and kind.is_dated:
        pairs.append(("Change day or time", _build_post_phrase(cohort, kind, ask="post")))
    if setting.day is not None or setting.at is not None:
        pairs.append(("Usual day and time", _build_post_phrase(cohort, kind, usual="yes")))
    pairs.append(("All posts", build_phrase("posts settings", cohort=cohort.ref)))
    return pairs


def _describe_post_state(cohort: Cohort, kind: PostKind) -> str:
    setting = get_effective_setting(kind, cohort)
    if not setting.on:
        return "off"
    return _describe_post_time(cohort, kind, setting)


def _describe_post_time(cohort: Cohort, kind: PostKind, setting: PostSetting) -> str:
    day = describe_post_day(kind, setting)
    if not kind.is_dated:
        return day
    if kind.scope == "member":
        return f"{day}, at each member's own time"
    if kind.scope == "moderator":
        return f"{day}, {setting.at or cohort.at:%H:%M}, to moderators in private"
    return f"{day}, {setting.at or cohort.at:%H:%M}"


# — the form —


_DAY_HELPS: Mapping[str, str] = {
    "start": "Days before the start",
    "finish": "Days after the end",
    "after": "Day of the next week, 1 to 7",
}


def _build_post_time_form_or_page(call: Call, cohort: Cohort, kind: PostKind | None) -> Answer:
    if kind is None or not kind.is_dated:
        return _build_posts_or_post_page(call, cohort, kind)
    return _build_post_time_form(cohort, kind)


def _build_post_time_form(cohort: Cohort, kind: PostKind) -> Form:
    setting = get_effective_setting(kind, cohort)
    help = _DAY_HELPS.get(kind.days[0].anchor, "Day of the week, 1 is the posting day")
    day = str(get_post_day_number(kind, setting))
    fields = [Field("day", "Day", "number", value=day, help=help, least=0, most=MOST_DAYS)]
    if kind.scope != "member":
        at = f"{setting.at or cohort.at:%H:%M}"
        fields.append(Field("at", "Time", "time", value=at))
    return Form(kind.title[:24], _build_post_phrase(cohort, kind, ask="post"), tuple(fields))
