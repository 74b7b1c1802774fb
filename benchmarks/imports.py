"""What the largest plans cost that an import accepts, and the worst it has to refuse: seconds, and memory beside the bot's."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

from benchmarks.crowd import print_table
from bot.roadmap import RoadmapError
from bot.roadmap.importer import import_document

BYTES = 1_000_000


def generate_roadmap_texts() -> Iterator[tuple[str, str]]:
    """Texts of up to a megabyte."""
    words = "words about this and that, and a few more of them. " * 11
    weeks = [
        f"## Week {week}: Something **bold**\n\n{words}\n\n"
        + "".join(
            f"- [ ] **Topic {week}.{n}**: see [this](https://example.org/{week}/{n}) {words}\n"
            for n in range(24)
        )
        for week in range(1, 61)
    ]
    yield "sixty weeks, 1,440 items", "# Plan\n\n" + "".join(weeks)
    yield (
        "a page of prose",
        "# Plan\n- read\n\n"
        + "A *line* with a [link](https://example.org), and then some.\n" * 9_900,
    )
    yield "every third line damaged", "# Plan\n- read\n\n" + ("donâ€™t\n\ndo\n" * 2_900)
    for crowd in ("[", "*a **a ", "<b>", "&#", "> ", "](<", "âœ… ", "[[toc]] "):
        lines = (crowd * (1_900 // len(crowd)) + "\n\n") * (BYTES // 2_000)
        yield (
            f"a crowd of {crowd}",
            ("# Plan\n- read\n\n" + lines).encode()[:BYTES].decode(errors="ignore"),
        )


def measure_import(text: str) -> tuple[float, float, str]:
    """Seconds, megabytes at the peak, and what came of it."""
    data, came = text.encode(), "read"
    begun = time.perf_counter()
    try:
        import_document(data, "plan.md")
    except RoadmapError as error:
        came = error.problems[0].sentence
    seconds = time.perf_counter() - begun
    tracemalloc.start()
    try:
        import_document(data, "plan.md")
    except RoadmapError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return seconds, peak / 1e6, came


def run_import_benchmark() -> None:
    """Print the figures."""
    import_document(b"# Plan\n- read\n", "plan.md")  # the parsers are loaded once
    rows = []
    for name, text in generate_roadmap_texts():
        seconds, peak, came = measure_import(text)
        rows.append(
            (
                name,
                f"{len(text.encode()) / 1000:.0f} kB",
                f"{seconds:.2f} s",
                f"{peak:.0f} MB",
                came[:60],
            )
        )
    print_table("Importing a file", ("plan", "size", "time", "memory", "came to"), rows)
