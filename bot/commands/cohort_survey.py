"""`cohort survey`: what members said at the end, in sums and without names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.message import (
    Block,
    Message,
    Page,
    Progress,
    Text,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.group.survey import (
    AGAIN,
    HELPED,
    MIN_ANSWERS,
    MIN_NEW_ANSWERS,
    SurveySums,
    are_sums_due,
    list_readable_texts,
    sum_answers,
)
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons

PAGE_SIZE = 10  # texts on a page
PAGE_TEXT = 1500  # characters: the sums stand above


@command(moderators=True, action="What people said")
async def cohort_survey(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page", NumberRange(1)] = None,
) -> Message:
    """Read what members said at the end, without names."""
    managed = await call.lock_managed_cohort(cohort, "finished")
    sums, texts = await _load_survey(call, managed)
    title = shorten(f"What people said about {managed.name}")
    if sums is None:
        return text_message(
            f"Fewer than {MIN_ANSWERS} members of {format_cohort_name(managed)} have answered: "
            "with so few, you could tell who said what.",
            build_next_step_buttons(managed),
            title=title,
        )
    lines = [f"• {_format_words(words)}" for words in texts]
    shown = paginate_lines(lines, page or 1, PAGE_SIZE, PAGE_TEXT)
    return text_message(*_build_blocks(managed, sums, shown), title=title)


async def _load_survey(call: Call, cohort: Cohort) -> tuple[SurveySums | None, Sequence[str]]:
    """Return the sums and texts that moderators may see, renewed now if that is due."""
    sums = await call.tx.surveys.load_sums(cohort)
    answers = await call.tx.surveys.list_answers(cohort)
    if are_sums_due(sums, answers):
        sums = sum_answers(answers)
        await call.tx.surveys.save_sums(cohort, sums, answers)
        answers = [replace(answer, is_summed=True) for answer in answers]
    return sums, list_readable_texts(answers)


def _format_words(words: str) -> str:
    # On one line, however it was typed: a list item has no second one.
    return escape_text(" ".join(words.split()))


def _build_blocks(cohort: Cohort, sums: SurveySums, shown: Page[str]) -> Iterator[Block]:
    yield Text(f"**{format_count(sums.count, 'answer')}** · Would you do it again?")
    for word in AGAIN:
        yield Progress(word.capitalize(), sums.again.get(word, 0), sums.count)
    yield Text("**What helped**")
    for helper, label in HELPED.items():
        yield Progress(label, sums.helped.get(helper, 0), sums.count)
    if shown.entries:
        yield Text("**What should change**, in no order")
        yield Text("\n".join(shown.entries))
    else:
        yield Text("Nobody has shared their own words.")
    yield Text(
        f"_New answers are added when {MIN_NEW_ANSWERS} or more have come in, "
        "so that nobody can be singled out._"
    )
    yield from shown.build_page_buttons(build_phrase("cohort survey", cohort=cohort.ref))
    yield build_next_step_buttons(cohort)
