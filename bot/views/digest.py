"""The weekly digest in words: one minute for a moderator with no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Fact,
    Fields,
    Message,
    Text,
    build_phrase,
    escape_text,
    format_moment,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, join_names, shorten
from bot.group.attention import CohortNeeds, MemberNeed
from bot.group.progress import Viewer
from bot.group.zones import load_zone
from bot.post import LetterTrouble, ModeratorFacts, WeekFigures
from bot.views.attention import NeedText, format_member_name, format_need_line
from bot.views.cohort_texts import format_cohort_name

# Lines and characters of each part. Together with the figures they fit a message, whatever is in
# them: names and words full of markup leave room for fewer.
PEOPLE, PEOPLE_PROSE = 5, 1400
BLOCKERS, BLOCKERS_PROSE = 5, 900
TROUBLES, TROUBLES_PROSE = 5, 500
MOST_COMING = 4
WORDS, REASON, TITLE = 160, 60, 40  # characters of each; escaped, they may be twice as many
MOST_AGAIN = 3  # buttons
NOT_SAID = "not said"  # a figure that nobody gave


def build_digest(facts: ModeratorFacts) -> Message:
    """Return the digest of a week; in a group that has gone quiet, the question what to do."""
    if facts.is_quiet and not facts.is_so_far:
        return _build_quiet_letter(facts)
    needs = find_readable_needs(facts)
    return text_message(
        _format_head(facts),
        Fields(tuple(_list_figures(facts))),
        *_list_people_blocks(facts, needs),
        *_list_word_blocks(facts, needs),
        *_list_trouble_blocks(facts),
        *_list_coming_blocks(facts),
        button_row(
            ("Who needs me", build_phrase("members attention", cohort=facts.cohort.ref)),
            ("Members", build_phrase("members list", cohort=facts.cohort.ref)),
            ("Timeline", build_phrase("posts timeline", cohort=facts.cohort.ref)),
        ),
        title=shorten(f"{facts.cohort.name} · {facts.post_week.title_with_number}", 150),
    )


def find_readable_needs(facts: ModeratorFacts) -> CohortNeeds:
    """Return who needs somebody, as far as this reader may know; never the reader themselves."""
    space_id = facts.reader_space_id if facts.readings.is_shared else None
    needs = facts.readings.needs.hide_foreign_words(space_id)
    others = [entry for entry in needs.members if entry.member.person.id != facts.reader_id]
    return CohortNeeds(tuple(others), needs.is_complete)


# — the figures —


def _format_head(facts: ModeratorFacts) -> str:
    week = facts.post_week
    last = facts.readings.last_week
    beside = f" In brackets: week {last.week.number}." if last is not None else ""
    if facts.is_so_far:
        return f"**Week {week.number}** so far.{beside}"
    if facts.cohort.state == "finished":
        return f"**Week {week.number}** was the last one.{beside}"
    return f"**Week {week.number}** is over.{beside}"


def _list_figures(facts: ModeratorFacts) -> Iterator[Fact]:
    this, last = facts.readings.this_week, facts.readings.last_week
    for label, describe in _FIGURES.items():
        # Hours and confidence are optional in a check-in.
        if not describe(this) and (last is None or not describe(last)):
            continue
        before = "" if last is None else f" ({describe(last) or NOT_SAID})"
        yield Fact(label, f"**{describe(this) or NOT_SAID}**{before}")


def _format_checkins(week: WeekFigures) -> str:
    return f"{week.checked_in} of {week.expected}"


def _format_items(week: WeekFigures) -> str:
    return f"{week.items}"


def _format_hours(week: WeekFigures) -> str:
    return f"{week.hours:g}" if week.hours else ""


def _format_confidence(week: WeekFigures) -> str:
    return "" if week.confidence is None else f"{week.confidence:.1f} of 5"


_FIGURES: Mapping[str, Callable[[WeekFigures], str]] = {
    "Checked in": _format_checkins,
    "Items done": _format_items,
    "Hours": _format_hours,
    "Confidence": _format_confidence,
}

# — people —


def _list_people_blocks(facts: ModeratorFacts, needs: CohortNeeds) -> Iterator[Block]:
    if not needs.members:
        if facts.readings.this_week.checked_in:
            yield Text("Nobody needs you right now.")
        return
    text = _build_need_text(facts)
    # Their words have a place of their own, with more room.
    lines = [format_need_line(_drop_words(entry), text) for entry in needs.members[:PEOPLE]]
    page = paginate_lines(lines, 1, PEOPLE, PEOPLE_PROSE)
    left = len(needs.members) - len(page.entries)
    more = []
    if left:
        least = "" if needs.is_complete else "at least "
        more.append(f"• and {least}{left} more: `members attention` shows them all")
    yield Text("\n".join(["**They may need you**", *page.entries, *more]))


def _build_need_text(facts: ModeratorFacts) -> NeedText:
    viewer = Viewer(facts.reader_id, is_moderator=True)
    return NeedText(viewer, facts.roadmap, facts.cohort.get_cohort_date(facts.now))


def _drop_words(entry: MemberNeed) -> MemberNeed:
    return replace(entry, report=None, stuck=())


def _list_word_blocks(facts: ModeratorFacts, needs: CohortNeeds) -> Iterator[Block]:
    text = _build_need_text(facts)
    lines = []
    for entry in needs.list_with_need("blocked"):
        report = entry.report
        if report is not None and report.blockers.strip():
            # On one line, however they were typed: a list item has no second one.
            words = escape_text(shorten(" ".join(report.blockers.split()), WORDS))
            lines.append(f"• {format_member_name(entry, text)}: “{words}”")
    if lines:
        page = paginate_lines(lines, 1, BLOCKERS, BLOCKERS_PROSE)
        more = [f"• and {page.left} more"] if page.left else []
        yield Text("\n".join(["**What blocks them, in their words**", *page.entries, *more]))


# — letters —


def _list_trouble_blocks(facts: ModeratorFacts) -> Iterator[Block]:
    troubles = facts.readings.troubles
    if not troubles:
        return
    lines = [_format_trouble(trouble, facts) for trouble in troubles]
    page = paginate_lines(lines, 1, TROUBLES, TROUBLES_PROSE)
    more = [f"• and {page.left} more: `posts timeline` shows them all"] if page.left else []
    yield Text("\n".join(["**Posts that did not go well**", *page.entries, *more]))
    buttons = []
    for trouble in troubles[:MOST_AGAIN]:
        label = shorten(f"Send again: {_format_trouble_title(trouble, facts)}")
        buttons.append((label, build_resend_phrase(facts.cohort.ref, trouble.letter_id)))
    yield button_row(*buttons, has_main=False)


def build_resend_phrase(cohort_ref: str, letter_id: int) -> str:
    """Return the phrase that has a post sent again."""
    return build_phrase("posts resend", letter=str(letter_id), cohort=cohort_ref)


def _format_trouble(trouble: LetterTrouble, facts: ModeratorFacts) -> str:
    reason = escape_text(shorten(trouble.reason, REASON))
    what = "failed" if trouble.state == "failed" else "may be there or not"
    return f"• {escape_text(_format_trouble_title(trouble, facts))} {what}: {reason}"


def _format_trouble_title(trouble: LetterTrouble, facts: ModeratorFacts) -> str:
    if trouble.kind == "announcement":
        return shorten(f"Announcement, {trouble.ref.partition('/')[0]}", TITLE)
    title = facts.titles.get(trouble.kind, trouble.kind)
    number = facts.cohort.syllabus.get_week_number(trouble.ref.partition(".")[0])
    return f"{title}, week {number}" if number else title


# — what comes —


def _list_coming_blocks(facts: ModeratorFacts) -> Iterator[Block]:
    lines = [*_describe_next_week(facts), *_list_coming_lines(facts)]
    if lines:
        yield Text("\n".join(["**What comes next**", *lines]))


def _list_coming_lines(facts: ModeratorFacts) -> list[str]:
    """Return a line for each moment with posts, and one for those that have no room."""
    if facts.cohort.state == "paused":
        return ["The plan is paused: I post nothing until you resume it."]
    titles: dict[datetime, list[str]] = {}
    for slot in facts.readings.coming:
        titles.setdefault(slot.at, []).append(facts.titles.get(slot.kind, slot.kind))
    zone = load_zone(facts.cohort.zone)
    lines = []
    for at, names in titles.items():
        lines.append(f"• {format_moment(at, zone)} · {escape_text(join_names(names))}")
    return lines[:MOST_COMING]


def _describe_next_week(facts: ModeratorFacts) -> Iterator[str]:
    week = facts.cohort.calendar.find_next_week(facts.post_week)
    if facts.cohort.state == "finished":
        yield "The plan is over. Late ticks and check-ins still count."
    elif week is not None and week.week.kind == "break":
        yield f"Week {week.number} is a week off."
    elif week is not None:
        count = format_count(len(week.week.items), "item")
        yield f"Week {week.number}, _{escape_text(week.week.title)}_, has {count}."


# — a group that has gone quiet —


def _build_quiet_letter(facts: ModeratorFacts) -> Message:
    ref = facts.cohort.ref
    return text_message(
        f"Nobody in {format_cohort_name(facts.cohort)} has checked in for two weeks.",
        *_list_ticks_all_the_same(facts),
        "What helps most is a word from you: ask them what is in the way. You can also give "
        "everybody a rest, move the dates, or end it here. "
        "I stop counting check-ins in public, and write again when somebody checks in.",
        *_list_trouble_blocks(facts),
        button_row(
            ("Pause", build_phrase("cohort pause", cohort=ref)),
            ("Reschedule", build_phrase("cohort reschedule", cohort=ref)),
            ("Finish", build_phrase("cohort finish", cohort=ref)),
            ("Who needs me", build_phrase("members attention", cohort=ref)),
            has_main=False,
        ),
        title=shorten(f"{facts.cohort.name} has gone quiet", 150),
    )


def _list_ticks_all_the_same(facts: ModeratorFacts) -> Sequence[str]:
    count = facts.readings.this_week.items
    if not count:
        return ()
    return (
        f"{format_count(count, 'item')} of week {facts.post_week.number} are ticked all the same.",
    )
