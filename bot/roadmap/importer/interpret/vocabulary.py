"""The vocabulary of study plans: the meaning of headings, labels and first words."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeGuard, get_args

from bot.roadmap import InfoKind, ItemKind
from bot.roadmap.importer.interpret.draft import clean_plain_text

LabelRole = (
    ItemKind
    | Literal[
        "", "outcomes", "resources", "course", "platform", "author", "cost", "link", "time",
        "question", "note",
    ]
)  # fmt: skip
"""The text after a label is this; empty if the label is no label."""
SectionRole = (
    InfoKind
    | Literal[
        "", "skip", "certificates", "portfolio", "resources", "before", "choice", "plan", "summary",
    ]
)  # fmt: skip
"""A section belongs here; empty if its heading does not say."""
Level = Literal["", "beginner", "intermediate", "advanced"]

_SIGNS = re.compile(r"[^\w&+/#' ]+")
_DECORATION = re.compile(
    "^(?:[0-9]\ufe0f?\u20e3|-(?=\\s)|[\\s*_|:;,•‣⁃∙·◦–—>…\ufe0f\u200d]|"
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff])+"
)
_LIST_NUMBER = re.compile(
    r"^(?:\d{1,3}(?:\.\d{1,3})*[.)]|\(\d{1,3}\)|\d{1,3}(?:\.\d{1,3})+)\s+(?=\S)"
)
_LONGEST_LABEL = 50
_LONGEST_SECTION_TITLE = 100
_LOOKED_AT = 200

KINDS: Final[tuple[str, ...]] = get_args(ItemKind)
INFO: Final[frozenset[str]] = frozenset(get_args(InfoKind)) - {"note"}
# A list of one of these decides the role of all headings inside it.
STRICT: Final[frozenset[str]] = frozenset(
    {"metrics", "skills", "outcomes", "fit", "pitfalls", "certificates", "portfolio", "ladder"}
)

_QUALITY = (
    "(?:key |core |main |new |weekly |suggested |recommended |required |optional |extra |bonus |"
    "useful |further |additional )*"
)
# The order decides: the first role with a pattern for the whole label wins.
_LABEL_WORDS: Final[dict[LabelRole, str]] = {
    "review": (
        "(?:topics? )?to review|review(?: topics?)?|revise|revision|recap|revisit|repetition|"
        "wiederholung"
    ),
    "topic": (
        "(?:topics?|concepts?|ideas|subjects?|themes?|theory|contents?|lectures?|lessons?|"
        "skills)(?: to (?:learn|study|cover|master)| covered)?|(?:what )?(?:to |you'll |"
        "you will |we'll |we will )?(?:learn|study|cover)|focus(?: areas?| on)?|agenda|"
        "in class|themen|inhalte?|lernen|sujets|temas|contenidos|argomenti"
    ),
    "practice": (
        "practi[cs]e|(?:practical |coding |practice |programming )?(?:exercises?|tasks?|"
        "assignments?|problems?|drills?|activit(?:y|ies)|challenges?)|problem sets?|"
        "hands ?on|(?:hands on )?labs?|home ?work|apply|in practice|try(?: it)?(?: out)?|"
        "practical(?: work)?|coding|übung(?:en)?|aufgaben|hausaufgaben?|exercices|ejercicios|"
        "tareas|esercizi"
    ),
    "project": (
        "(?:mini |small |final |capstone |hands on )?(?:projects?|builds?)|what to build|"
        "capstone|deliverables?|to build|projekte?|projets?|proyectos?|progetti"
    ),
    "reading": (
        "readings?|read|to read|chapters?|pages|lektüre|lesen|lectura|lettura|reading list|"
        "literature"
    ),
    "certificate": "certifications?|certificates?|exams?",
    "action": (
        "actions?|action items?|to ?do|todos|next steps?|steps|do|prepare|preparation|"
        "before class|logistics|set ?up"
    ),
    "checkpoint": (
        "checkpoints?|milestones?|quiz(?:zes)?|tests?|assessments?|self ?check|due|demo|check ?in"
    ),
    "outcomes": (
        "(?:learning )?(?:outcomes?|objectives?|goals?|results?|aims?)|takeaways?|"
        "by the end.*|you will be able to|ziele?|objectifs|objetivos"
    ),
    "resources": (
        "(?:learning |study |online )?(?:resources?|materials?|links?|references?|videos?|"
        "courses?|books?|tools?|docs|documentation|papers?|articles?|websites?|sites|"
        "playlists?|tutorials?|podcasts?|labs)|how to learn|where to learn|watch|listen|"
        "further reading|learn more|see also|ressourcen|material(?:ien)?|quellen|recursos|"
        "ressources|risorse|communit(?:y|ies)|forums?"
    ),
    "course": (
        "(?:main |primary )?(?:course|speciali[sz]ation|book|textbook|video|playlist|"
        "tutorial|website|tool|paper|lecture series)"
    ),
    "platform": "platform|where|site|host|hosted on|provider|available on",
    "author": "author|instructor|teacher|by|taught by|lecturer",
    "cost": "cost|price|fee",
    "link": "link|url|website",
    "time": (
        "duration|time|estimated time|length|time (?:commitment|needed|required)|effort|"
        "hours|estimate|dauer|durée|duración"
    ),
    "question": (
        "(?:recall|discussion|review|reflection|check|study)? ?questions?|recall|think about|"
        "discuss(?:ion)?|ask yourself|frage"
    ),
    "note": (
        "notes?|tips?|hints?|summary|about|overview|description|why|goal of the week|hinweis|"
        "remember|warning|important|instructions?|directions|anleitung|consignes"
    ),
}
_LABEL_PATTERNS: Final = {
    role: re.compile(f"{_QUALITY}(?:{words})") for role, words in _LABEL_WORDS.items()
}

# The order decides here, too: “Who this role is for” is about fit, before it is about a role.
_SECTION_WORDS: Final[dict[SectionRole, str]] = {
    "skip": "^(?:table of )?contents$|^toc$|^on this page$|^navigation$",
    "fit": (
        r"\bwho (?:is )?(?:this|it|the)\b|\bis (?:this|it) for\b|\baudience\b|\bwho should\b|"
        r"\bfor whom\b|\bis this (?:path |role )?right\b"
    ),
    "role": (
        r"\broles?\b|\bposition\b|\bwhat (?:this|the) (?:career|job|role)\b|"
        r"\bjob description\b|\bcareer overview\b|\bday to day\b|\bwhat (?:does|do) an?\b"
    ),
    "certificates": r"\bcertificat(?:e|es|ion|ions)\b|\bcredentials?\b",
    "portfolio": (
        r"\bportfolio\b|^projects?$|\bprojects? (?:to build|ideas?|list|suggestions)\b|"
        r"\b(?:capstone|practice|sample|example|suggested) projects$"
    ),
    "resources": (
        r"\bresources?\b|\b(?:text ?)?books?\b|\breading\b|\breading list\b|\bbibliography\b|"
        r"^(?:useful |further )?references$|\blinks\b|\bdocumentation\b|^tools?\b|"
        r"\bmaterials?\b|^(?:online |recommended |free )*courses\b|\bliterature\b|"
        r"\bcheat ?sheets?\b|\bpodcasts?\b|\byoutube channels?\b|\bblogs\b"
    ),
    "before": (
        r"\bpre ?requisites?\b|^before you (?:start|begin)\b|^requirements\b|"
        r"\bwhat you (?:need|should know)\b|\brequired knowledge\b|\bvoraussetzungen\b"
    ),
    "choice": (
        r"\balternat(?:e|ive) (?:routes?|paths?|tracks?|ways?)\b|\bbranching\b|"
        r"\bchoose (?:one|your|a|any|two|between)\b|\bpick (?:one|your|a|any|two)\b|\b(?:one|"
        r"any) of (?:the following|these)\b|^options$|\belectives?\b"
    ),
    "ladder": r"\bprogression\b|\bladder\b|\bgrowth path\b|\bcareer (?:path|levels|stages)\b",
    "plan": (
        r"\broadmap\b|\bcurriculum\b|\bsyllabus\b|\bschedule\b|\blearning path\b|\b(?:study|"
        r"learning|weekly|week by week|lesson) plan\b|\bpath to\b|\bwhich path\b|"
        "^(?:the )?(?:plan|path|weeks|programme|program|timetable|modules|lessons|"
        "course outline|course plan|stages|phases|steps|zeitplan|lehrplan|programma|"
        r"temario)$|\bstep by step\b|\bcourse (?:content|outline|schedule)\b"
    ),
    "myths": r"\bmyths?\b|\bmisconceptions?\b",
    "difficulty": r"\breality check\b|\bdifficult|\bhow hard\b|\bstruggles?\b|\bchallenges\b",
    "next-steps": (
        r"\bnext steps?\b|\bwhat(?:'s| is) next\b|\bafter (?:the|this|you)\b|"
        r"\bwhere to go from here\b"
    ),
    "pitfalls": r"\bpitfalls?\b|\bmistakes\b|\bto avoid\b|^don'?ts\b|\banti ?patterns\b",
    "tips": (
        r"\btips?\b|\bbest practices\b|\bhow to use\b|\brecommendations\b|\bdos and\b|"
        r"\bhow (?:we|this) works?\b|\brules\b|\bhints\b|\badvice for\b|\bhow to (?:succeed|"
        r"study)\b"
    ),
    "metrics": (
        r"\bmetrics\b|\bsuccess criteria\b|\bkpis?\b|\bgrading\b|\bassessment\b|\bmeasur|"
        r"\bevaluation criteria\b"
    ),
    "skills": r"\bskills?\b|\bcompetenc",
    "outcomes": (
        r"\boutcomes?\b|\bobjectives?\b|^goals?\b|\blearning goals\b|\bwhat you(?:'ll|"
        r" will)\b|\bjob titles?\b|\bby the end\b|^lernziele$"
    ),
    "growth": r"\bgrowth\b|\bopportunit",
    "community": (
        r"\bcommunit|\bnetwork(?:s|ing)?\b|\bmentor|\bconnections\b|\bmeetups?\b|\bcontribut"
    ),
    "experience": r"\bexperience\b",
    "learning": (
        r"\bcontinu|\blifelong\b|\bkeep learning\b|\bstay(?:ing)? (?:current|up to date)\b"
    ),
    "advice": (
        r"\badvice\b|\bfinal (?:thoughts|words|note)\b|\bclosing\b|\bconclusions?\b|"
        r"\bwrap(?:ping)? up\b"
    ),
    "context": (
        r"\bcontext\b|\bindustry\b|\bbackground\b|\bmarket\b|\bdemand\b|^why\b|\bmotivation\b"
    ),
    "summary": (
        "^(?:overview|introduction|intro|about|summary|description|welcome|abstract|"
        "einleitung|überblick|course overview|course description|about (?:this|the) .*)$"
    ),
}
_SECTION_PATTERNS: Final = {role: re.compile(words) for role, words in _SECTION_WORDS.items()}

_VERB_WORDS: Final[dict[ItemKind, str]] = {
    "reading": "read reread skim",
    "review": "review revise revisit recap repeat",
    "practice": (
        "implement write solve practice practise code try apply exercise complete use "
        "compute calculate train draw analyze analyse perform load visualize visualise plot "
        "tune experiment handle run draft rewrite refactor translate answer sketch debug "
        "automate process reproduce cook play rehearse sing record"
    ),
    "project": "build create develop design deploy ship",
    "action": (
        "join install register sign attend choose contact share post submit subscribe bring "
        "book buy set ask send meet follow brush participate contribute invite present "
        "download"
    ),
    "topic": "learn study understand master explore dive know discover get watch",
}
_KIND_BY_VERB: Final[dict[str, ItemKind]] = {
    verb: kind for kind, verbs in _VERB_WORDS.items() for verb in verbs.split()
}
_NOUN_PATTERNS: Final[tuple[tuple[ItemKind, re.Pattern[str]], ...]] = (
    (
        "checkpoint",
        re.compile(
            "^(?:checkpoint|milestone|quiz|test|mid-?term|final exam|exam|assessment|"
            r"demo day)\b"
        ),
    ),
    (
        "certificate",
        re.compile(
            r"^(?:get|earn|pass|take|sit|obtain|prepare for)\b.{0,80}\b(?:certificat\w*|"
            r"certified|exam)\b"
        ),
    ),
    (
        "project",
        re.compile(
            "^(?:(?:mini|small|final|capstone|side|first|group|team)[- ])*(?:project|"
            r"capstone)\b|^work(?:ing)? on\b.{0,60}\bprojects?\b"
        ),
    ),
    (
        "practice",
        re.compile(
            "^(?:exercises?|homework|assignment|lab|problem set|hands-on|kata|worksheet|"
            "problems?) ?[0-9:–-]"
        ),
    ),
    ("reading", re.compile(r"^(?:chapters?|ch\.|pages|pp\.|reading:|kapitel|sections?) ?[0-9]")),
)

# From the top: “advanced basics” is advanced.
_LEVEL_PATTERNS: Final[tuple[tuple[Level, re.Pattern[str]], ...]] = (
    ("advanced", re.compile(r"\b(?:advanced|expert|hard|professional[- ]level|senior)\b")),
    ("intermediate", re.compile(r"\b(?:intermediate|medium|mid[- ]?level)\b")),
    (
        "beginner",
        re.compile(
            r"\b(?:beginners?|basics?|entry[- ]level|easy|starter|foundational|fundamentals?|"
            r"novice)\b"
        ),
    ),
)


def normalize_words(text: str) -> str:
    """Return the words alone, for comparing: lower case, without signs."""
    plain = text.casefold().replace("’", "'").replace("-", " ")
    return " ".join(_SIGNS.sub(" ", plain).split())


def strip_decoration(text: str, *, has_number: bool = False) -> str:
    """Return a heading or entry without emoji and arrows before it and the colon after it.

    With `has_number`, as for headings, a list number goes too.
    """
    text = clean_plain_text(text)
    bare = _DECORATION.sub("", text).strip()
    if has_number:
        bare = _DECORATION.sub("", _LIST_NUMBER.sub("", bare)).strip()
    bare = bare.rstrip(" :：").rstrip("\ufe0f\u200d")
    # A heading of emoji alone keeps them: something has to stand there.
    return bare or text


def is_item_kind(role: LabelRole) -> TypeGuard[ItemKind]:
    """Return True for a label above items of one kind."""
    return role in KINDS


def is_info_kind(role: SectionRole) -> TypeGuard[InfoKind]:
    """Return True for the role of an info block."""
    return role in INFO


def find_label_role(text: str) -> LabelRole:
    """Return the role of a label such as “Topics to learn” or “Duration”; empty for no label."""
    words = normalize_words(text)
    if not words or len(words) > _LONGEST_LABEL:
        return ""
    for role, pattern in _LABEL_PATTERNS.items():
        if pattern.fullmatch(words):
            return role
    return ""


def find_section_role(title: str) -> SectionRole:
    """Return the role of a section outside the weeks; empty if its heading does not say."""
    words = normalize_words(title)
    if not words or len(words) > _LONGEST_SECTION_TITLE:
        return ""
    for role, pattern in _SECTION_PATTERNS.items():
        if pattern.search(words):
            return role
    return ""


def find_item_kind(title: str) -> ItemKind:
    """Return the kind of an item by its first words; a topic without a known word."""
    low = title.casefold()[:_LOOKED_AT]
    for kind, pattern in _NOUN_PATTERNS:
        if pattern.search(low):
            return kind
    return _find_kind_by_verb(low)


def _find_kind_by_verb(title: str) -> ItemKind:
    words = title.split(maxsplit=1)
    if not words:
        return "topic"
    return _KIND_BY_VERB.get(words[0].strip(".,:;"), "topic")


def find_level(title: str) -> Level:
    """Return the level named in a title; empty for none."""
    low = title.casefold()[:_LOOKED_AT]
    for level, pattern in _LEVEL_PATTERNS:
        if pattern.search(low):
            return level
    return ""
