"""The people in a new room, the classmates' habits, and their ticks and answers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Literal

from adapters.web.records import Figure, Temper
from adapters.web.scenes import list_scenes
from bot.chat.message import Field
from bot.group.zones import load_zone

ActionKind = Literal["tick", "check in", "away", "phrase", "chat", "press"]

PLAYED = (
    Figure("ada", "Ada", "Asia/Kolkata"),
    Figure("bob", "Bob", "America/Los_Angeles"),
    Figure("cy", "Cy", "Pacific/Auckland"),
    Figure("mona", "Mona", "Europe/Berlin", moderator=True),
)
CLASSMATES = (
    Figure("noor", "Noor", "Asia/Dubai", temper="eager"),
    Figure("tomas", "Tomás", "America/Bogota", temper="steady"),
    Figure("kwame", "Kwame", "Africa/Accra", temper="weekend"),
    Figure("yuki", "Yuki", "Asia/Tokyo", temper="late"),
    Figure("sefa", "Sefa", "Europe/Istanbul", temper="silent"),
    Figure("lena", "Lena", "Europe/Stockholm", temper="away"),
    Figure("amir", "Amir", "Europe/London", temper="stuck"),
)
INVENTED = frozenset(figure.native for figure in (*PLAYED, *CLASSMATES))
"""The ids of people who are nobody's."""
NOTES = (
    "Slower than planned, but it makes sense now.",
    "The exercises helped more than the videos.",
    "I had to read the middle part twice.",
    "I drew it on paper first, and that helped.",
    "Good week. I like where this is going.",
    "Work was busy, so I did what I could.",
    "I explained it to a friend, and then I understood it.",
    "The second example made it clear to me.",
    "Less time than I hoped, but I am in it.",
    "I found a small mistake of mine and learned a lot from it.",
    "Reading first and coding after works better for me.",
    "I want to look at the last part again.",
    "The project is fun now that it runs.",
)


@dataclass(frozen=True, slots=True)
class ClassmateAction:
    """A classmate's action at an instant, in UTC.

    `day` is the classmate's local date.
    `share` is the part of a list they tick, from 0 to 1.
    `age` is the least age of the post they press, in days.
    `words` belong to a scene: see `adapters.web.scenes`. `scene` is its number.
    """

    figure: Figure
    at: datetime
    kind: ActionKind
    day: date
    share: float = 1.0
    age: int = 0
    words: str = ""
    scene: int = 0

    @property
    def idempotency_key(self) -> str:
        """Return the interaction id, the same after a restart."""
        if self.words:
            return f"cast/{self.figure.native}/{self.day}/{self.kind}/{self.scene}"
        return f"cast/{self.figure.native}/{self.day}/{self.kind}"


@dataclass(frozen=True, slots=True)
class Habit:
    """Something a classmate does every week.

    `weekday` is 0 on Monday; `wall` is their local time.
    """

    weekday: int
    wall: time
    kind: ActionKind
    share: float = 1.0
    age: int = 0


_HABITS: Mapping[Temper, tuple[Habit, ...]] = {
    "eager": (
        Habit(1, time(20, 10), "tick", share=0.6),
        Habit(3, time(19, 40), "tick"),
        Habit(6, time(10, 30), "check in"),
    ),
    "steady": (
        Habit(2, time(19, 5), "tick", share=0.5),
        Habit(5, time(11, 15), "tick", share=0.9),
        Habit(6, time(18, 20), "check in"),
    ),
    "weekend": (
        Habit(5, time(14, 45), "tick", share=0.8),
        Habit(6, time(20, 35), "check in"),
    ),
    # Last week's post: this one's came out a day ago.
    "late": (
        Habit(1, time(21, 25), "tick", share=0.7, age=3),
        Habit(1, time(21, 50), "check in", age=2),
    ),
    "silent": (
        Habit(3, time(18, 55), "tick", share=0.7),
        Habit(6, time(16, 25), "check in"),
    ),
    "away": (
        Habit(2, time(20, 50), "tick", share=0.9),
        Habit(6, time(19, 15), "check in"),
    ),
    "stuck": (
        Habit(4, time(18, 20), "tick", share=0.6),
        Habit(6, time(17, 10), "check in"),
    ),
}
_SILENT_WEEKS = range(3, 6)
_WEEK_AWAY = 7


def list_classmate_actions(figure: Figure, day: date, start: date) -> Iterator[ClassmateAction]:
    """Yield a classmate's actions on a local day, in a cohort with this start date."""
    week = (day - start).days // 7
    if figure.temper == "silent" and week in _SILENT_WEEKS:
        return
    if figure.temper == "away" and week == _WEEK_AWAY:
        if day.weekday() == 0:
            yield ClassmateAction(figure, _convert_local_time(day, time(8, 5), figure), "away", day)
        return
    if day < start:
        return
    yield from _list_scene_actions(figure, day, week)
    for habit in _HABITS.get(figure.temper, ()):
        if habit.weekday == day.weekday():
            at = _convert_local_time(day, habit.wall, figure)
            yield ClassmateAction(figure, at, habit.kind, day, habit.share, habit.age)


def _list_scene_actions(figure: Figure, day: date, week: int) -> Iterator[ClassmateAction]:
    for number, scene in list_scenes(figure.temper, week, day.weekday()):
        at = _convert_local_time(day, scene.wall, figure)
        yield ClassmateAction(figure, at, scene.kind, day, words=scene.words, scene=number)


def _convert_local_time(day: date, wall: time, figure: Figure) -> datetime:
    return datetime.combine(day, wall, load_zone(figure.zone)).astimezone(UTC)


def compute_chance(*words: object) -> float:
    """Return a number from 0 up to 1, always the same for the same words."""
    # Not `hash`: it differs from one process to the next.
    digest = sha256("/".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def does_share(action: ClassmateAction) -> bool:
    """Return True if a classmate shares the note they wrote."""
    return compute_chance(action.figure.native, action.day, "share") < 0.7


def compute_field_values(field: Field, action: ClassmateAction) -> tuple[str, ...]:
    """Return a classmate's entry in a field."""
    native = action.figure.native
    luck = compute_chance(native, action.day, field.name)
    match field.kind:
        case "number":
            return (_choose_number(field, luck),)
        case "one":
            return (_choose_value(field, luck),)
        case "any":
            return tuple(
                choice.value
                for choice in field.choices
                if choice.chosen or compute_chance(native, choice.value) < 0.7
            )
        case "line" | "text":
            return _choose_note(field, luck)
        case _:
            return (field.value,) if field.value else ()


def _choose_number(field: Field, luck: float) -> str:
    least, most = field.least or 0, field.most or 10
    return str(int(min(most, max(least, 2 + 7 * luck))))


def _choose_value(field: Field, luck: float) -> str:
    # Choices such as 1 to 5 go from worst to best. The first third is left out, so that the
    # group in the room has good weeks.
    count = len(field.choices)
    position = int(count * (0.35 + 0.65 * luck))
    return field.choices[min(count - 1, position)].value


def _choose_note(field: Field, luck: float) -> tuple[str, ...]:
    is_written = field.required or (field.name == "note" and luck < 0.4)
    if not is_written:
        return ()
    return (NOTES[int(luck * 10_000) % len(NOTES)],)
