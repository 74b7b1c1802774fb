"""Every post of every week fits every platform, in the bundled roadmaps and in the largest plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot import post
from bot.__main__ import load_bundled_roadmaps
from bot.chat.message import Message, decode_answer, encode_answer
from bot.command.call import DEFAULT_ROADMAP
from bot.group.attention import (
    NEEDS,
    BotActs,
    CohortNeeds,
    LastReport,
    MemberNeed,
    NeedReason,
)
from bot.group.calendar import Break, Syllabus
from bot.group.cohort import Cohort, Member, WeeklyCall
from bot.group.fit import choose_default_week_count, fit_roadmap
from bot.group.honours import Honour
from bot.group.journey import NextCohort, Portfolio
from bot.group.member import Person
from bot.group.progress import MemberSample, Standing
from bot.group.recall import TopicRecall
from bot.group.silence import Silence
from bot.post import (
    ActivityCounts,
    DigestReadings,
    GroupTotals,
    HelpFinding,
    HelpNeed,
    HomeFacts,
    HomeReadings,
    LetterTrouble,
    MemberFacts,
    MemberReadings,
    MemberWays,
    MilestoneNews,
    ModeratorFacts,
    NewMembers,
    PostBoard,
    PostSlot,
    Recipient,
    RememberedTopic,
    SharedThanks,
    SharedWords,
    ThanksList,
    WeekFigures,
    WeekPulse,
    list_post_slots,
    post_registry,
)
from bot.roadmap import Roadmap, parse_roadmap
from bot.roadmap.check import MOST_ITEMS, MOST_ITEMS_IN_A_WEEK, MOST_WEEKS

post.discover_post_kinds()

WILD = "*_`[<\\"  # each needs an escape, so prose doubles
LINK = f"https://example.org/{'a' * 480}"
SITE = {"id": "site", "kind": "site", "title": (WILD * 40)[:200], "link": LINK}
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BUNDLED = load_bundled_roadmaps()
ROADMAPS = {DEFAULT_ROADMAP: BUNDLED[DEFAULT_ROADMAP], **BUNDLED}


ASKED = "x" * 32  # the longest id of an item
QUESTION = parse_roadmap(
    json.dumps(
        {
            "title": "A question",
            "summary": "The longest question with the longest answer.",
            "resources": [
                {
                    "id": "book",
                    "kind": "book",
                    "title": (WILD * 20)[:75],
                    "author": "A. Uthor",
                    "link": f"https://example.org/{'a' * 400}",
                }
            ],
            "stages": [
                {
                    "id": "stage",
                    "title": "Stage",
                    "weeks": [
                        {
                            "id": "week",
                            "title": "Week",
                            "items": [
                                {
                                    "id": ASKED,
                                    "kind": "topic",
                                    "title": (WILD * 20)[:75],
                                    "resources": ["book"],
                                    "recall": {
                                        "question": (WILD * 40)[:200],
                                        "answer": (WILD * 200)[:1000],
                                    },
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    ),
    "question.yaml",
)


def largest() -> Roadmap:
    """Build a plan with the most weeks and items, and the longest ids and titles, all markup."""
    title = (WILD * 20)[:75]
    left = MOST_ITEMS
    weeks = []
    for n in range(MOST_WEEKS):
        count = min(MOST_ITEMS_IN_A_WEEK, left)
        left -= count
        items = [
            {
                "id": f"item-{n:03}-{k:02}-".ljust(32, "x"),
                "title": title,
                "kind": "topic",
                "parts": [title],
                "estimate": "9999 hours",
                "done_when": (WILD * 40)[:200],
                "resources": ["site"],
            }
            for k in range(count)
        ]
        kind = {"kind": "capstone"} if items else {"kind": "break"}
        week_id, summary = f"week-{n:03}-".ljust(24, "x"), (WILD * 100)[:600]
        weeks.append({"id": week_id, "title": title, "summary": summary, **kind, "items": items})
    stages = [{"id": f"stage-{n}", "title": title, "weeks": weeks[n::10]} for n in range(10)]
    return parse_roadmap(
        json.dumps({"title": title, "summary": title, "stages": stages, "resources": [SITE]}),
        f"{'largest-'.ljust(32, 'x')}.yaml",
    )


def every_post(
    plan: Roadmap, syllabus: Syllabus | None = None
) -> Iterator[tuple[PostSlot, Message]]:
    """Yield each kind of post for each week, with as much to say as there may be.

    The plan is fitted as usual, unless a syllabus is given.
    """
    breaks = (Break(date(2026, 3, 10), date(2026, 3, 20)),)
    cohort = Cohort(
        999_999_999,
        "a" * 32,
        1,
        1,
        plan.slug,
        syllabus or fit_roadmap(plan, choose_default_week_count(plan)).syllabus,
        date(2026, 3, 2),
        "UTC",
        time(9),
        "running",
        breaks=breaks,
        threads=True,
        call=WeeklyCall(0, time(23), 480, (WILD * 20)[:100]),
    )
    name = (WILD * 10)[:40]
    member = Member(1, 1, Person(1, name), NOW)
    undated = (
        PostSlot(kind.name, "1-99", NOW)
        for kind in post_registry.kinds.values()
        if not kind.is_dated and not kind.is_kept
    )
    kept = (
        PostSlot(kind.name, "1", NOW, week)
        for kind in post_registry.kinds.values()
        for week in (None, cohort.calendar.weeks[0])
        if kind.is_kept
    )
    slots = (
        *list_post_slots(cohort),
        *list_post_slots(cohort, member),
        *list_post_slots(cohort, scope="moderator"),
        *undated,
        *kept,
    )
    for slot in slots:
        items = len(slot.week.week.items) if slot.week else len(cohort.syllabus.all_items)
        kind = post_registry.kinds[slot.kind]
        if kind.is_personal:
            yield write_question(cohort, member)
            continue
        if kind.scope == "moderator":
            yield slot, kind.writer(fill_moderator_facts(cohort, plan, slot, member))
            continue
        if kind.scope == "member":
            # At the end all but one item is done: both what is done and what is left are told.
            ticked = frozenset(cohort.syllabus.all_items[:-1]) if slot.week is None else frozenset()
            recipient = Recipient(member, items, ticked=ticked)
            readings_of_member = fill_member_readings(cohort)
            private = MemberFacts(cohort, plan, slot, NOW, recipient, readings_of_member)
            yield slot, kind.writer(private)
            continue
        readings = HomeReadings(
            ActivityCounts(100_000, 99_999, 100_000, 99_998, 100_000),
            fill_board(name, len(cohort.syllabus.all_items)),
            fill_board(name, items),
            (
                Honour(MemberSample((name,) * 6, 100_000), "finished every item"),
                Honour(MemberSample((name,) * 6, 100_000), "checked in 12 weeks in a row"),
            ),
            NewMembers((name,) * 3, 100_000),
            GroupTotals(1_000_000, 100_000, 999_999.5, 1_000, 100_000, 100_000),
            last_counts=ActivityCounts(100_000, 99_999, 100_000, 99_999, 100_000),
            has_starters=True,
            former_posts=100_000,
            pulse=WeekPulse(100_000, 1_000_000, 100_000),
            milestones=tuple(list_news(name, cohort)),
            help=HelpFinding(HelpNeed(99_999, cohort.syllabus.all_items[0])),
            thanks=ThanksList((SharedThanks(name, name, "_" * 120),) * 40, 100_000),
            shared_notes=(SharedWords(name, "_" * 2000),) * 30,
        )
        weeks_folded = tuple(range(1, len(cohort.syllabus.weeks) + 1))
        yield slot, kind.writer(HomeFacts(cohort, plan, slot, NOW, readings, weeks_folded))


def write_question(cohort: Cohort, member: Member) -> tuple[PostSlot, Message]:
    """Write the longest question, by the longest ids."""
    slot = PostSlot("recall", f"{ASKED}/1", NOW)
    topic = RememberedTopic(TopicRecall(QUESTION.slug, ASKED, date(2026, 2, 23)))
    readings = MemberReadings(topic=topic)
    private = MemberFacts(cohort, QUESTION, slot, NOW, Recipient(member), readings)
    return slot, post_registry.kinds["recall"].writer(private)


def fill_member_readings(cohort: Cohort) -> MemberReadings:
    """Return as much about a member as a private post can be given."""
    week_ids = [week.id for week in cohort.syllabus.weeks]
    return MemberReadings(
        ways=MemberWays(),
        silence=Silence(2),
        checkin_hours=dict.fromkeys(week_ids, 99.5),
        portfolio=Portfolio((WILD * 17,) * 50, (WILD * 28,) * 50),
        next_cohorts=tuple(
            NextCohort(f"#{number}", "a" * 32, date(2026, 6, 1), cohort.roadmap)
            for number in range(999_999_990, 999_999_999)
        ),
        help=HelpFinding(HelpNeed(99_999, cohort.syllabus.all_items[0])),
    )


def fill_moderator_facts(
    cohort: Cohort, plan: Roadmap, slot: PostSlot, member: Member
) -> ModeratorFacts:
    """Return the facts for a digest: as many people, words and letters as there may be."""
    assert slot.week is not None
    day = date(2026, 3, 2)
    reasons = tuple(NeedReason(need, day) for need in NEEDS)
    acts = BotActs(99, day, day, day, day)
    report = LastReport(NOW, 1, (WILD * 400)[:2000])
    in_need = MemberNeed(member, reasons, report, (), None, Silence(9), acts)
    week = WeekFigures(slot.week, 99_999, 100_000, 999_999, 99_999.5, 4.5)
    troubles = tuple(
        LetterTrouble(10**9 - number, "topics", slot.week.id, "unsure", (WILD * 50)[:200])
        for number in range(5)
    )
    readings = DigestReadings(
        week,
        CohortNeeds((in_need,) * 20, is_complete=False),
        week,
        troubles,
        coming=tuple(PostSlot("topics", "", NOW + timedelta(hours=hour)) for hour in range(9)),
    )
    return ModeratorFacts(cohort, plan, slot, NOW, readings, titles={"topics": (WILD * 20)[:40]})


def list_news(name: str, cohort: Cohort) -> Iterator[MilestoneNews]:
    """Return every milestone a day can have, with long names."""
    for week in cohort.syllabus.weeks:
        yield MilestoneNews("week", week.id)
        for kind in ("plan", "half", "stage"):
            yield MilestoneNews(kind, week.id, (name,) * 3, 100_000)


def fill_board(name: str, done: int) -> PostBoard:
    """Return the largest board a post can be given."""
    return PostBoard(tuple(Standing(n, name, done, n) for n in range(1, 12)), 100_000)


@pytest.mark.parametrize("plan", [*ROADMAPS.values(), largest()], ids=[*ROADMAPS, "the-largest"])
def test_every_post_of_every_week_is_within_every_platforms_limits(plan: Roadmap) -> None:
    written = list(every_post(plan))
    assert {slot.kind for slot, _ in written} == set(post_registry.kinds)
    for slot, message in written:
        assert decode_answer(encode_answer(message)) == message
        assert slot.week is None or str(slot.week.number) in message.to_plain_text()
        assert bool(message.thread) == (slot.kind == "topics")
        assert message.event is None or slot.kind == "topics"
    assert any(message.event for _, message in written)
