"""Whatever the core can build, for hypothesis: messages and forms full of text that could act on some platform."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Field,
    Fields,
    Progress,
    Select,
    Text,
)

LETTERS = st.sampled_from(
    [
        *"ab 1.-#>+|~*_`\\[]()<>@:&＊＿\n\r\f\x00",
        "@here",
        "<!channel>",
        "<@U1>",
        "&lt;",
        "https://",
        ":x:",
        "<0|x>",
        "<t:1:R>",
        "**a**",
        "`c`",
        "[a](https://b)",
    ]
)


def wild(most: int) -> st.SearchStrategy[str]:
    """Text of up to `most` characters in which much could act."""
    some = st.lists(LETTERS, min_size=1, max_size=30).map("".join)
    long = st.tuples(some, st.integers(1, most)).map(lambda both: both[0] * both[1])
    return st.one_of(some, long).map(lambda text: text[:most]).filter(str.strip)


PHRASES = wild(70)
CHOICES = st.builds(
    lambda count, label, note, detail, groups: tuple(
        Choice(label, f"{n}{label}", note, detail=detail[: 1200 // count], group=groups[n // 9]) for n in range(count)),
    st.integers(1, 25), wild(75), wild(75), st.just("") | wild(1200),
    st.just([""] * 3) | st.lists(st.just("") | wild(75), min_size=3, max_size=3),
)  # fmt: skip
BLOCKS = st.one_of(
    st.builds(Text, wild(3000)),
    st.lists(st.builds(Fact, wild(75), wild(1000)), min_size=1, max_size=10).map(lambda facts: Fields(tuple(facts))),
    st.builds(lambda label, done, more, note: Progress(label, done, done + more, note), wild(75), st.integers(0, 10**6),
              st.integers(0, 10**6), wild(500)),
    st.builds(lambda label, says, among: Checklist(label, says, "item", among), wild(75), PHRASES, CHOICES),
    st.builds(lambda label, says, among: Select(label, says, "item", among), wild(75), PHRASES, CHOICES),
    st.lists(st.builds(Button, wild(75), PHRASES), min_size=1, max_size=5, unique_by=lambda one: one.says).map(
        lambda buttons: Buttons(tuple(buttons))),
)  # fmt: skip


# The most that the core lets stand in a message, of each thing that grows on its way to a platform.
CROWDED: dict[str, list[Block]] = {
    "escapes": [Text("~" * 3000), Text("|" * 800)],
    "ampersands": [Text("&" * 3000), Text("<" * 800)],
    "one line": [Progress("&", 1, 2, "& " * 1800)],
    "one address": [Progress("a", 1, 2, f"[a](https://{'&' * 3600})")],
    "addresses": [Text(f"[a](https://{'<' * 2900})"), Text("[a](https://b)" * 57)],
    "times": [Text("<0|x>" * 600), Text("<0|x>" * 160)],
    "facts": [Fields((Fact("~", "~" * 7),) * 10)] * 34,
    "bars": [Progress("~" * 75, 999_999, 999_999, "~" * 13, strong=True)] * 35,
    "selects": [
        Text("&" * 2900),
        *(
            Select(
                "&" * 75,
                f"join {n}",
                "item",
                tuple(Choice("&" * 75, f"i{m}", "<" * 75) for m in range(25)),
            )
            for n in range(11)
        ),
    ],
    "buttons": [
        Text("&" * 2900),
        Text("<" * 800),
        *(Buttons(tuple(Button("&" * 75, f"say {n} {m}") for m in range(5))) for n in range(5)),
    ],
    "lists": [
        *(
            Checklist(
                "~" * 75, f"tick {n}", "item", tuple(Choice("~" * 75, f"i{m}") for m in range(25))
            )
            for n in range(11)
        ),
        Text("~" * 2900),
    ],
}


FIELDS = st.builds(
    lambda label, kind, required, value, among, words: Field(
        "x", label, kind, required, value, among, words[0][:100], max(1, len(value) % 2001), 0, 9, words[1]),
    wild(45), st.sampled_from(["line", "text", "number", "date", "time", "one", "any", "file"]), st.booleans(), wild(5000),
    CHOICES, st.tuples(wild(100), wild(300)),
)  # fmt: skip


# What a plan may hold and a YAML file has to be careful with.
MARKS = st.sampled_from(
    [*"aé #:-?!&*|>%@`'\"{}[],=~<\\/\u00a0\u3000\ufffe😀", "no", "null", "1.0", "0x1f", "2024-07-13", "<<", ": ", " #",
     "- ", "---", "...", "one word after the other ", "\\n", "$ref", "🏳️‍🌈"]
)  # fmt: skip


def _words(most: int) -> st.SearchStrategy[str]:
    return (
        st.lists(MARKS, min_size=1, max_size=12)
        .map(lambda parts: "".join(parts)[:most].strip())
        .filter(bool)
    )


TITLES, LINES = _words(75), _words(200)
SUBJECTS, AUDIENCES = _words(40), _words(100)
TEXTS = st.lists(_words(400), min_size=1, max_size=4).map("\n".join) | st.lists(
    LINES, min_size=2, max_size=3
).map("\n\n  ".join)
SPANS = st.sampled_from(
    ["90 minutes", "2-3 months", "6+ months", "1 week", "1.25 hours", "0.5-9999 days"]
)


@st.composite
def worded_plans(draw: st.DrawFn) -> dict[str, object]:
    """Plans as data in which every field may be filled, with text that could act in a file."""

    def some(**fields: st.SearchStrategy[object]) -> dict[str, object]:
        return {name: draw(value) for name, value in fields.items() if draw(st.booleans())}

    lists = st.lists(LINES, max_size=4)
    links = st.sampled_from(
        ["https://example.org/a?b=1&c=#d", "http://[::1]:80/", "https://exämple.org/%20'x'"]
    )
    days = st.dates().map(str)
    linked = {"link": links, "checked": days, "retired": LINES}
    added = st.sampled_from([True, ["title"]])
    places = st.sampled_from(["https://a.example/?b=c#d", "owner/name", "owner/na.me/a b: c #d/é"])
    item = {"id": "bayes", "kind": "topic", "title": draw(TITLES), "resources": ["book"]} | some(
        essential=st.booleans(), estimate=SPANS, summary=TEXTS, parts=lists, examples=lists,
        done_when=LINES, recall=LINES | st.fixed_dictionaries({"question": LINES}, optional={"answer": TEXTS.map(
            lambda text: text[:1000].strip())}),
        track=st.just("fast"), earns=st.just("paper"), builds=st.just("app"), added=added,
    )  # fmt: skip
    other = {"id": "odds", "kind": "review", "title": draw(TITLES), "requires": ["bayes"]}
    week = {"id": "chance", "title": draw(TITLES), "items": [item]} | some(
        summary=TEXTS, added=added
    )
    off = {"id": "off", "title": draw(TITLES), "kind": "break"}
    options = [
        {"id": "one", "takes": ["bayes"]} | some(title=TITLES),
        {"id": "two", "takes": ["odds"]},
    ]
    choice = {"id": "way", "title": draw(TITLES), "options": options} | some(
        summary=TEXTS, pick=st.sampled_from(["any", 2]), default=st.just(["one"])
    )
    inner = {"id": "inner", "title": draw(TITLES), "items": [other], "choices": [choice]}
    first = {"id": "first", "title": draw(TITLES), "weeks": [week, off]} | some(
        time=SPANS, outcomes=lists, added=added
    )
    second = {"id": "second", "title": draw(TITLES), "stages": [inner]} | some(
        parallel_with=st.just(["first"])
    )
    book = {"id": "book", "kind": "book", "title": draw(LINES)} | some(
        author=LINES,
        cost=LINES,
        time=SPANS,
        count=st.integers(1, 10_000),
        summary=TEXTS,
        topics=lists,
        added=added,
        **linked,
    )
    if "link" in book:
        book |= some(seen=places)
    return {
        "slug": "plan", "title": draw(TITLES), "summary": draw(TEXTS), "stages": [first, second], "resources": [book],
        "tracks": [{"id": "fast", "title": draw(TITLES)}],
        "portfolio": [{"id": "app", "title": draw(TITLES)} | some(level=st.just("beginner"), parts=lists)],
        "certificates": [{"id": "paper", "title": draw(LINES)} | some(focus=LINES, **linked)],
        "equivalents": draw(st.sampled_from([[], [["bayes", "odds"]]])),
        "info": [{"kind": "myths", "text": draw(TEXTS), "pairs": [{"about": draw(LINES), "says": draw(TEXTS)}]}],
        **some(subject=SUBJECTS, audience=AUDIENCES),
        "provenance": some(title=LINES, published=days, tags=lists, notes=st.lists(TEXTS, max_size=3)),
    }  # fmt: skip
