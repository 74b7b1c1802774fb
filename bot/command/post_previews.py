"""Posts shown to a moderator alone: those to come, and those in the timeline.

They are written by the code that sends them, from today's facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Block,
    Choice,
    Message,
    Select,
    build_phrase,
    escape_text,
    format_moment,
    text_message,
)
from bot.command.call import Call
from bot.command.examples import ExampleRequest
from bot.group.cohort import Cohort, Member, PostSetting
from bot.group.member import Person
from bot.group.zones import load_zone
from bot.post import WEEKLY, PostKind, PostSlot, list_post_slots
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons
from bot.views.notify import describe_ping
from bot.views.post_preview import PRESSED, build_preview_page
from bot.views.timeline import format_slot_title

ONLY_YOU = "Only you see this, and its buttons do nothing."
NOBODY = "0-0"  # the ref of a post about new members where there are none


@dataclass(frozen=True, slots=True)
class PostPreview:
    """A post to be shown, in a cohort in which its kind is switched on.

    `slots`: the posts of its kind that are still to come, by time, if it is to come itself.
    `is_off`: it is switched off in fact.
    """

    cohort: Cohort
    kind: PostKind
    slot: PostSlot
    slots: Sequence[PostSlot] = ()
    member: Member | None = None
    is_off: bool = False


async def preview_post(
    call: Call, cohort: Cohort, kind: PostKind | None, week: int | None, *, is_pressed: bool = False
) -> Message:
    """Return the next post, of a kind or in a week if one is given. Raises `Refused`."""
    _require_week(cohort, week)
    if kind is None:
        kind = _choose_kind(call, cohort, week)
    if not _is_weekly(kind) and week is not None:
        raise Refused(f"{kind.title} belongs to no week: leave **week** out.", "week")
    if kind.scope == "moderator":
        return _build_digest_page(cohort, kind)
    preview = await _find_preview(call, cohort, kind, week)
    if preview is None:
        return _build_nothing_page(cohort, kind)
    return await show_preview(call, preview, is_pressed=is_pressed)


def _require_week(cohort: Cohort, week: int | None) -> None:
    count = len(cohort.syllabus.weeks)
    if week is not None and not 1 <= week <= count:
        raise Refused(
            f"{format_cohort_name(cohort)} has weeks 1 to {count}: choose one of them.", "week"
        )


def _is_weekly(kind: PostKind) -> bool:
    return any(day.anchor in WEEKLY for day in kind.days)


# — which post —


def _choose_kind(call: Call, cohort: Cohort, week: int | None) -> PostKind:
    slots = _list_slots(call, cohort)
    if week is not None:
        slots = [slot for slot in slots if slot.week and slot.week.number == week]
    slot = _choose_slot(slots, call.now)
    if slot is None:
        raise Refused("All posts are switched off: choose a **post** to see it all the same.")
    return call.post_kinds.kinds[slot.kind]


def _list_slots(call: Call, cohort: Cohort, member: Member | None = None) -> list[PostSlot]:
    """Return all posts, past ones too, in the order in which they are sent."""
    kinds = call.post_kinds.kinds
    slots = list_post_slots(cohort, member, is_unfiltered=True, post_kinds=call.post_kinds)
    return sorted(slots, key=lambda slot: (slot.at, kinds[slot.kind].order, slot.kind))


def _choose_slot(slots: Sequence[PostSlot], now: datetime) -> PostSlot | None:
    """Return the first post to come, else the last one that was; None without any."""
    for slot in slots:
        if slot.at > now:
            return slot
    return slots[-1] if slots else None


async def _find_preview(
    call: Call, cohort: Cohort, kind: PostKind, week: int | None = None
) -> PostPreview | None:
    setting = cohort.get_post_setting(kind.name)
    shown = switch_on(cohort, kind.name)
    if not kind.is_dated:
        slot = await _find_undated_slot(call, shown, kind)
        return PostPreview(shown, kind, slot, is_off=not setting.on) if slot else None
    member = build_example_member(shown, call.now) if kind.scope == "member" else None
    slots = [slot for slot in _list_slots(call, shown, member) if slot.kind == kind.name]
    fitting = [slot for slot in slots if week is None or (slot.week and slot.week.number == week)]
    slot = _choose_slot(fitting, call.now)
    if slot is None:
        return None
    return PostPreview(shown, kind, slot, slots, member, not setting.on)


def switch_on(cohort: Cohort, kind_name: str) -> Cohort:
    """Return the cohort with a kind of post switched on: a preview may come before that."""
    setting = cohort.posts.get(kind_name, PostSetting())
    return replace(cohort, posts={**cohort.posts, kind_name: replace(setting, on=True)})


async def _find_undated_slot(call: Call, cohort: Cohort, kind: PostKind) -> PostSlot | None:
    """Return the next post about new members; None for kinds of which nothing is known ahead."""
    if kind.scope == "member" or any(day.anchor != "join" for day in kind.days):
        return None
    for slot, _ in await call.tx.schedule.list_newcomer_posts(cohort, call.now):
        if slot.kind == kind.name:
            return slot
    return PostSlot(kind.name, NOBODY, call.now)


def build_example_member(cohort: Cohort, now: datetime) -> Member:
    """Return somebody who has just joined: a private post is shown as written to them.

    Nobody has their id, so nothing of a real member is ever shown.
    """
    return Member(0, cohort.id, Person(0, "you"), now)


# — showing it —


async def show_preview(
    call: Call, preview: PostPreview, *, is_pressed: bool = False, head: str = ""
) -> Message:
    """Return a post with what there is to say about it. `head` says it in other words."""
    request = await _build_request(call, preview)
    example = await call.write_example(call.tx, request)
    title = format_slot_title(preview.slot, call.post_kinds)
    name = f"**{escape_text(title)}**"
    sentences = [f"{PRESSED} {name}:" if is_pressed else head or _describe_moment(call, preview)]
    if example.objection:
        sentences.append(f"By today's facts I would leave it out: {example.objection}.")
    if example.ping is not None:
        sentences.append(f"It notifies {describe_ping(example.ping)}.")
    steps = _build_steps(call, preview)
    # Without anybody to name, a post about people would be nonsense.
    if example.message is None or (example.objection and not preview.kind.is_dated):
        return text_message(" ".join(sentences), *steps, title="Preview")
    notes = (" ".join((*sentences, ONLY_YOU)), f"{name}. {ONLY_YOU}", name)
    return build_preview_page(example.message, _build_own_phrase(preview), notes, steps)


async def _build_request(call: Call, preview: PostPreview) -> ExampleRequest:
    cohort, slot = preview.cohort, preview.slot
    if preview.member is not None:
        return ExampleRequest(cohort, slot, member=preview.member)
    home_id = await find_home_nearby(call, cohort)
    count = sum(call.now < other.at < slot.at for other in preview.slots)
    # Those of the past may have been left out, so the letters are counted.
    count += await call.tx.ledger.count_posts_of_kind(cohort, slot.kind, home_id, before=slot.at)
    return ExampleRequest(cohort, slot, home_id, former_count=count)


async def find_home_nearby(call: Call, cohort: Cohort) -> int:
    """Return the id of the home in this channel, or of the oldest one; 0 without any."""
    homes = await call.tx.cohorts.list_homes(cohort.id)
    for home in homes:
        if home.place == call.place:
            return home.id
    return homes[0].id if homes else 0


def _describe_moment(call: Call, preview: PostPreview) -> str:
    title = f"**{escape_text(format_slot_title(preview.slot, call.post_kinds))}**"
    moment = format_moment(preview.slot.at, load_zone(preview.cohort.zone))
    if preview.member is not None:
        off = " It is switched off." if preview.is_off else ""
        return (
            f"{title} goes to members in private, each at their own time. This is an example, "
            f"as somebody reads it who has done nothing yet.{off}"
        )
    if not preview.kind.is_dated:
        return f"{title} comes when people join."
    if preview.slot.at <= call.now:
        return f"{title} was due on {moment}. This is how it reads by what I know today."
    if preview.is_off:
        return f"{title} is switched off. It would come on {moment}."
    verb = "would come" if preview.cohort.state == "draft" else "comes"
    return f"{title} {verb} on {moment}."


def _build_own_phrase(preview: PostPreview) -> str:
    week = preview.slot.week.number if preview.slot.week else None
    return _build_preview_phrase(preview.cohort, preview.kind, week)


def _build_preview_phrase(cohort: Cohort, kind: PostKind, week: int | None) -> str:
    return build_phrase("posts preview", cohort=cohort.ref, post=kind.name, week=week)


# — the steps from here —


def _build_steps(call: Call, preview: PostPreview) -> list[Block]:
    """Return the way to other previews: first what a full message can spare."""
    return [build_kind_select(call, preview.cohort), _build_step_buttons(preview)]


def build_kind_select(call: Call, cohort: Cohort) -> Select:
    """Return the list of all kinds of posts, to see one of them."""
    kinds = list(call.post_kinds.group_kinds.values())[:OPTIONS]
    choices = tuple(Choice(kind.title, kind.name) for kind in kinds)
    return Select("Another post", build_phrase("posts preview", cohort=cohort.ref), "post", choices)


def _build_step_buttons(preview: PostPreview) -> Block:
    cohort, week = preview.cohort, preview.slot.week
    pairs = []
    if week is not None:
        count = len(cohort.syllabus.weeks)
        for number in (week.number - 1, week.number + 1):
            if 1 <= number <= count:
                phrase = _build_preview_phrase(cohort, preview.kind, number)
                pairs.append((f"Week {number}", phrase))
    timeline = ("Timeline", build_phrase("posts timeline", cohort=cohort.ref))
    return button_row(*pairs, timeline, has_main=False)


def _build_digest_page(cohort: Cohort, kind: PostKind) -> Message:
    return text_message(
        f"**{escape_text(kind.title)}** goes to moderators in private. "
        "`cohort digest` shows it as it stands now.",
        build_next_step_buttons(
            cohort, ("The digest", build_phrase("cohort digest", cohort=cohort.ref))
        ),
        title="Preview",
    )


def _build_nothing_page(cohort: Cohort, kind: PostKind) -> Message:
    return text_message(
        f"**{escape_text(kind.title)}** has nothing to show yet. {escape_text(kind.help)}",
        build_next_step_buttons(cohort),
        title="Preview",
    )
