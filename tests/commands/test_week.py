"""`week`: the list of a week, whichever week it is where the reader is."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.address import Place
from bot.chat.message import Checklist, Message
from tests.support.guided_plan import GUIDED
from tests.support.roadmap_versions import publishes
from tests.support.room import Room

REFRESHER = (
    "about 1 h · Linear algebra refresher "
    "(https://github.com/DataTalksClub/machine-learning-zoomcamp/blob/main/01-intro/08-linear-algebra.md)"
)
STATISTICS = (
    "about 1 h · A brief introduction to statistics and probability "
    "(https://github.com/microsoft/Data-Science-For-Beginners/blob/main/1-Introduction/04-stats-and-probability/README.md)"
)
NUMPY = (
    "about 1.5 h · NumPy: the absolute basics for beginners "
    "(https://numpy.org/doc/stable/user/absolute_beginners.html)"
)
DATASETS = (
    "about 1.5 h · Small datasets that come with scikit-learn "
    "(https://scikit-learn.org/stable/datasets/toy_dataset.html)"
)
START = (
    "The language everything else is written in, with NumPy to try it out.\n"
    f"Start here: Vectors, matrices and how to calculate with them · {REFRESHER}\n"
)
LIST = (
    "Your list: tick or untick:\n"
    f"  [ ] Vectors, matrices and how to calculate with them · {REFRESHER}\n"
    "Done when: You can multiply two small matrices by hand, and say which shapes fit together.\n"
    "  [x] First steps in probability, up to Bayes’ theorem\n"
    f"  [ ] Describing data with a few numbers · {STATISTICS}\n"
    "Done when: You have mean, median and standard deviation of ten numbers on paper, "
    "and know which one an outlier moves least.\n"
    f"  [ ] Write vector and matrix operations with NumPy · {NUMPY}\n"
    "Done when: A notebook of yours adds, transposes and multiplies matrices with NumPy, "
    "and one product agrees with your paper.\n"
    f"  [ ] Work out basic statistics for a few datasets · {DATASETS}\n"
    "Done when: For three columns from two datasets you have mean, median and standard deviation, "
    "and one sentence about each.\n"
)
TO_READ = (
    "To read\n"
    "• Matrix multiplication in pictures "
    "(https://www.3blue1brown.com/lessons/matrix-multiplication) by Grant Sanderson lectures\n"
    "• Bayes’ theorem in pictures "
    "(https://www.3blue1brown.com/lessons/bayes-theorem) by Grant Sanderson lectures\n"
    "• Seeing Theory: compound probability "
    "(https://seeing-theory.brown.edu/compound-probability/index.html) by Brown University site\n"
    "• Google Colab, notebooks in the browser "
    "(https://colab.research.google.com/notebooks/welcome.ipynb) by Google tool\n"
)


async def test_this_weeks_list_shows_what_is_done_and_the_ways_on(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("ada", "tick bayes")
    head = (
        "Week 1 of 12 · Basics of linear algebra and statistics\n"
        "Month 1: Foundations in mathematics and Python for ML · Mon 2 Mar 2026 to Sun 8 Mar 2026\n"
    )
    assert await room.says("ada", "week") == (
        f"{head}1 of 5 done · about 5 h left\n{START}{LIST}{TO_READ}"
        "[Check in] [Week 2] [My progress] [Resources]"
    )
    await room.says("ada", "checkin hours=2")
    assert (
        await room.says("ada", "week cohort=#1", place=Place("test", "space", native="ada"))
    ) == (
        f"{head}1 of 5 done · about 5 h left · checked in\n"
        f"{START}{LIST}{TO_READ}[Edit my check-in] [Week 2] [My progress] [Resources]"
    )


REFUSALS = {
    "week": ("spring starts on Mon 2 Mar 2026: use roadmap to see the whole plan."),
    "week 13": "spring has no week 13: choose 1 to 12.",
    "week 0": "spring has no week 0: choose 1 to 12.",
    "week n=-1": "spring has no week -1: choose 1 to 12.",
    "week two": "“two” is not a number I can use: write n like 3.",
    "week 99999999999999999999": (
        "“99999999999999999999” is not a number I can use: write n like 3."
    ),
    "week 1 autumn": "There is no cohort “autumn” here: choose spring.",
}


async def test_a_week_that_is_not_there_is_refused(quick_room: Room) -> None:
    await quick_room.spring("ada")
    assert {said: await quick_room.says("ada", said) for said in REFUSALS} == REFUSALS


async def test_a_stranger_pressing_a_members_button_learns_how_to_join_and_nothing_else(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    for said in (
        "week cohort=#1",
        "tick cohort=#1",
        "checkin week=linear-algebra cohort=#1",
        "progress cohort=#1",
    ):
        assert await room.says("eve", said) == "You are not in spring: use join spring first.", said
    alone = Place("test", "", native="eve")
    assert await room.says("eve", "week cohort=#1", place=alone) == (
        "There is no cohort “#1” here: use join to see the open ones."
    )


async def test_the_week_is_the_one_where_the_member_is(quick_room: Room) -> None:
    room = quick_room
    room.zones = {"east": "Pacific/Kiritimati", "west": "Pacific/Pago_Pago"}
    await room.spring("east", "west", "ada")
    await room.goes_to(datetime(2026, 3, 8, 11, tzinfo=UTC))
    assert (await room.says("east", "week")).startswith("Week 2 of 12 · ")
    assert (await room.says("ada", "week")).startswith("Week 1 of 12 · ")
    await room.goes_to(datetime(2026, 3, 9, 9, 30, tzinfo=UTC))
    assert (await room.says("west", "week")).startswith("Week 2 of 12 · ")
    assert "Week 1 has" not in await room.says("west", "checkin 1 hours=1")


async def test_a_week_ahead_can_be_seen_but_not_checked_in_for(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(datetime(2026, 3, 3, tzinfo=UTC))
    assert (await quick_room.says("ada", "week 12")).endswith("[Week 11] [My progress] [Resources]")


async def test_the_own_list_says_how_to_know_that_an_item_is_done(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, GUIDED, 1, 0, "dice.yaml")
    await room.spring("ada", more="roadmap=dice")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    head = (
        "Week 1 of 3 · Counting\nThe start · Mon 2 Mar 2026 to Sun 8 Mar 2026\n"
        "{counts}\nHow many ways there are, and why it matters.\n"
    )
    link = "Seeing chance (https://chance.example.org/dice)"
    spaces = f"about 3 h · {link}\nDone when: You can list all throws of two dice."
    dice = f"about 40 min · {link}\nDone when: You have written down 36 throws."
    assert await room.says("ada", "week") == (
        f"{head.format(counts='0 of 3 done · about 4 h')}"
        f"Start here: Throw two dice · about 40 min · {link}\n"
        "Your list: tick or untick:\n"
        f"  [ ] Sample spaces · {spaces}\n"
        f"  [ ] Throw two dice · {dice}\n"
        "  [ ] A page of history · about 10 min · if there is time\n"
        "To read\n"
        "• A book about chance by A. Writer book\n"
        "[Check in] [Week 2] [My progress] [Resources]"
    )
    told = await room.says("ada", "tick two-dice")
    assert "You have done 1 of 6 items" in told
    shown = await room.says("ada", "week")
    assert shown.startswith(head.format(counts="1 of 3 done · about 3 h left"))
    assert f"Start here: Sample spaces · about 3 h · {link}\n" in shown
    assert "  [x] Throw two dice\n" in shown
    await room.says("ada", "tick spaces")
    await room.says("ada", "tick history")
    shown = await room.says("ada", "week")
    assert "3 of 3 done\n" in shown
    assert "Start here" not in shown


async def test_a_tick_on_the_own_list_keeps_what_stands_beside_the_items(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, GUIDED, 1, 0, "dice.yaml")
    await room.spring("ada", more="roadmap=dice")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    answer = await room.answer("ada", "week")
    assert isinstance(answer, Message)
    (listed,) = [block for block in answer.blocks if isinstance(block, Checklist)]
    told = await room.says("ada", listed.says, {listed.name: ("two-dice",)})
    assert "Done when: You can list all throws of two dice." in told
    assert "Done when: You have written down 36 throws." not in told
