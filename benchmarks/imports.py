"""What the largest plans cost that an import accepts, and the worst it has to refuse.

Figures are seconds, and the peak of memory that the reading added.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

from benchmarks.databases import Databases
from benchmarks.figures import Figure, Target
from bot.roadmap import RoadmapError
from bot.roadmap.importer import import_document

BYTES = 1_000_000
MAX_SECONDS, MAX_MEGABYTES = 0.8, 15.0
CROWDS = ("[", "*a **a ", "<b>", "&#", "> ", "](<", "âœ… ", "[[toc]] ")
PROSE = "A *line* with a [link](https://example.org), and then some.\n"


def measure_imports(_databases: Databases) -> Iterator[Figure]:
    """Yield the time and the memory of each plan."""
    import_document(b"# Plan\n- read\n", "plan.md")  # the parsers are loaded once
    for name, text in generate_roadmap_texts():
        data = text.encode()
        seconds, outcome = measure_seconds(data)
        megabytes = measure_megabytes(data)
        title = f"import, {len(data) // 1000} kB, {name}"
        yield Figure(
            f"{title}: time",
            f"{seconds:.2f} s; {outcome[:40]}",
            None,
            Target(MAX_SECONDS, "s"),
            seconds,
        )
        yield Figure(
            f"{title}: memory", f"{megabytes:.0f} MB", None, Target(MAX_MEGABYTES, "MB"), megabytes
        )


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
    yield "sixty weeks of 24 items", "# Plan\n\n" + "".join(weeks)
    yield "a page of prose", "# Plan\n- read\n\n" + PROSE * 9_900
    yield "every third line damaged", "# Plan\n- read\n\n" + ("donâ€™t\n\ndo\n" * 2_900)
    for crowd in CROWDS:
        lines = (crowd * (1_900 // len(crowd)) + "\n\n") * (BYTES // 2_000)
        text = ("# Plan\n- read\n\n" + lines).encode()[:BYTES].decode(errors="ignore")
        yield f"a crowd of {crowd}", text


def measure_seconds(data: bytes) -> tuple[float, str]:
    """Return the seconds of an import, and what came of it."""
    started = time.perf_counter()
    outcome = _try_import(data)
    return time.perf_counter() - started, outcome


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
