"""Start Python again and again from a process that is itself small.

A process counts the memory of the one that started it as its own peak: started from a benchmark
that holds much, every program would seem to need as much.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence

PEAK = "\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
# Linux counts in KiB, macOS in bytes.
UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024

Start = tuple[float, float]
"""The seconds of a start until its process has ended, and the peak of its memory in MiB."""


def measure_starts(sources: Sequence[str], rounds: int) -> list[list[Start]]:
    """Run sources in turns, and return the starts of each. Raises `CalledProcessError`."""
    request = json.dumps({"sources": sources, "rounds": rounds})
    launcher = subprocess.run(
        [sys.executable, "-m", "benchmarks.launcher"],
        input=request,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: list[list[Start]] = json.loads(launcher.stdout)
    return answer


def main() -> None:
    """Answer one request on the standard input."""
    request = json.load(sys.stdin)
    starts: list[list[Start]] = [[] for _ in request["sources"]]
    for number in range(request["rounds"] + 1):
        for place, source in enumerate(request["sources"]):
            start = _start_python(source)
            # The first one may have to compile the modules.
            if number:
                starts[place].append(start)
    json.dump(starts, sys.stdout)


def _start_python(source: str) -> Start:
    started = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", source + PEAK], stdout=subprocess.PIPE, text=True, check=True
    )
    seconds = time.perf_counter() - started
    return seconds, int(child.stdout) / UNIT


if __name__ == "__main__":
    main()
