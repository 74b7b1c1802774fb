"""The largest plans that an import accepts, and the worst it has to refuse, beside bare Markdown.

Figures are seconds, and the peak of memory that the reading added. The ratio of a plan is to the
Markdown library alone, on the same text; the rest would keep that library busy for minutes.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Iterator

from markdown_it import MarkdownIt

from benchmarks.databases import Databases
from benchmarks.figures import Figure, Target
from bot.roadmap import RoadmapError
from bot.roadmap.importer import import_document

BYTES = 1_000_000
ROUNDS = 3
PLANS = SIXTY_WEEKS, A_PAGE = "sixty weeks of 24 items", "a page of prose"
MAX_SECONDS, MAX_MEGABYTES = 0.8, 15.0
CROWDS = ("[", "*a **a ", "<b>", "&#", "> ", "](<", "âœ… ", "[[toc]] ")
PROSE = "A *line* with a [link](https://example.org), and then some.\n"


def measure_imports(_databases: Databases) -> Iterator[Figure]:
    """Yield the time and the memory of each plan."""
    import_document(b"# Plan\n- read\n", "plan.md")  # the parsers are loaded once
    for name, text in generate_roadmap_texts():
        data = text.encode()
        seconds, ratio, outcome = measure_seconds(data, text if name in PLANS else None)
        megabytes = measure_megabytes(data)
        shown = f"{seconds:.2f} s; {megabytes:.0f} MB; {outcome[:40]}"
        title = f"import, {len(data) // 1000} kB, {name}"
        yield Figure(title, shown, ratio, Target(MAX_SECONDS, "s"), seconds)
        if megabytes > MAX_MEGABYTES:
            most = Target(MAX_MEGABYTES, "MB")
            yield Figure(f"{title}: memory", f"{megabytes:.0f} MB", None, most, megabytes)


def generate_roadmap_texts() -> Iterator[tuple[str, str]]:
    """Yield texts of up to a megabyte, by name."""
    words = "words about this and that, and a few more of them. " * 11
    weeks = []
    for week in range(1, 61):
        items = "".join(
            f"- [ ] **Topic {week}.{n}**: see [this](https://example.org/{week}/{n}) {words}\n"
            for n in range(24)
        )
        weeks.append(f"## Week {week}: Something **bold**\n\n{words}\n\n{items}")
    yield SIXTY_WEEKS, "# Plan\n\n" + "".join(weeks)
    yield A_PAGE, "# Plan\n- read\n\n" + PROSE * 9_900
    yield "every third line damaged", "# Plan\n- read\n\n" + ("donâ€™t\n\ndo\n" * 2_900)
    for crowd in CROWDS:
        lines = (crowd * (1_900 // len(crowd)) + "\n\n") * (BYTES // 2_000)
        text = ("# Plan\n- read\n\n" + lines).encode()[:BYTES].decode(errors="ignore")
        yield f"a crowd of {crowd}", text


def measure_seconds(data: bytes, text: str | None) -> tuple[float, float | None, str]:
    """Return the seconds of an import, and what came of it.

    Between them, with a `text`, how many times the bare library's time the import took.
    """
    seconds, ratios = [], []
    outcome = ""
    for _ in range(ROUNDS):
        started = time.perf_counter()
        outcome = _try_import(data)
        seconds.append(time.perf_counter() - started)
        if text is not None:
            started = time.perf_counter()
            MarkdownIt().parse(text)
            ratios.append(seconds[-1] / (time.perf_counter() - started))
    ratio = statistics.median(ratios) if ratios else None
    return statistics.median(seconds), ratio, outcome


def measure_megabytes(data: bytes) -> float:
    """Return the peak of memory during an import, in MB."""
    tracemalloc.start()
    try:
        _try_import(data)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _try_import(data: bytes) -> str:
    try:
        import_document(data, "plan.md")
    except RoadmapError as error:
        return error.problems[0].sentence
    return "read"
