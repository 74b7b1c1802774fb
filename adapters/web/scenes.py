"""What happens once in the classmates' twelve weeks: thanks, help, and coming back. Pure.

Beside their habits of every week, so that the group reads like one of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

from adapters.web.records import Temper

SceneKind = Literal["phrase", "chat", "press"]


@dataclass(frozen=True, slots=True)
class Scene:
    """Something a classmate does once.

    `week` counts from 0; `weekday` is 0 on Monday, and `wall` their local time.
    `words`: a phrase, a line of chat, or the label of the button they press.
    """

    week: int
    weekday: int
    wall: time
    kind: SceneKind
    words: str


# In the week of help, all three are stuck before any of them ticks.
_STUCK, _STUCK_WEEK = "stuck 4", 2

_SCENES: Mapping[Temper, tuple[Scene, ...]] = {
    "eager": (
        Scene(0, 3, time(20, 15), "phrase", "settings helps=yes"),
        Scene(_STUCK_WEEK, 2, time(18, 40), "press", "I can help"),
        Scene(
            _STUCK_WEEK,
            2,
            time(18, 45),
            "chat",
            "It was unclear to me too, until I did the smallest example by hand: three numbers, "
            "on paper, one step at a time. Then the formula reads like a sentence.",
        ),
        Scene(5, 4, time(19, 20), "phrase", 'thanks who="Kwame" what="the notes from the call"'),
    ),
    "steady": (
        Scene(1, 4, time(18, 30), "phrase", 'thanks who="Noor" what="the good start in week one"'),
        Scene(_STUCK_WEEK, 1, time(7, 30), "phrase", _STUCK),
        Scene(8, 4, time(18, 10), "phrase", 'thanks who="Amir" what="reading my project"'),
    ),
    "weekend": (
        Scene(_STUCK_WEEK, 1, time(12, 20), "phrase", _STUCK),
        Scene(6, 5, time(16, 5), "phrase", 'thanks who="Sefa" what="coming back"'),
    ),
    "stuck": (
        Scene(_STUCK_WEEK, 1, time(11, 5), "phrase", _STUCK),
        Scene(_STUCK_WEEK, 3, time(20, 30), "press", "Solved"),
        Scene(
            _STUCK_WEEK,
            3,
            time(20, 35),
            "phrase",
            'thanks who="Noor" what="the example with three numbers"',
        ),
    ),
    "silent": (
        Scene(
            6,
            1,
            time(19, 15),
            "chat",
            "I am back. Work ate my last three weeks. I begin again with this week.",
        ),
        Scene(6, 1, time(19, 20), "phrase", "behind"),
    ),
    "away": (
        Scene(9, 4, time(19, 45), "phrase", 'thanks who="Tomás" what="the calm explanations"'),
    ),
}


def list_scenes(temper: Temper, week: int, weekday: int) -> Iterator[tuple[int, Scene]]:
    """Yield a classmate's scenes on a day, each with its number, which is the same for ever."""
    for number, scene in enumerate(_SCENES.get(temper, ())):
        if (scene.week, scene.weekday) == (week, weekday):
            yield number, scene
