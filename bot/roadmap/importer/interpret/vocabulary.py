"""The vocabulary: what headings, labels and first words of a study plan mean."""

from __future__ import annotations

import re
from typing import Final, get_args

from bot.roadmap import InfoKind, ItemKind
from bot.roadmap.importer.interpret.draft import clean_plain_text

_SIGNS = re.compile(r"[^\w&+/#' ]+")
_DECORATION = re.compile(
    "^(?:[0-9]\ufe0f?\u20e3|-(?=\\s)|[\\s*_|:;,•‣⁃∙·◦–—>…\ufe0f\u200d]|"
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff])+"
)
_NUMBERED = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*[.)]|\(\d{1,3}\)|\d{1,3}(?:\.\d{1,3})+)\s+(?=\S)")

KINDS: Final[tuple[str, ...]] = get_args(ItemKind)

_QUALITY = (
    "(?:key |core |main |new |weekly |suggested |recommended |required |optional |extra |bonus |useful |further |"
    "additional )*"
)
_LABELS: Final = {
    "review": r"(?:topics? )?to review|review(?: topics?)?|revise|revision|recap|revisit|repetition|wiederholung",
    "topic": r"(?:topics?|concepts?|ideas|subjects?|themes?|theory|contents?|lectures?|lessons?|"
    r"skills)(?: to (?:learn|study|cover|master)| covered)?|(?:what )?(?:to |you'll |you will |we'll |"
    r"we will )?(?:learn|study|cover)|focus(?: areas?| on)?|agenda|in class|themen|inhalte?|lernen|sujets|temas|"
    r"contenidos|argomenti",
    "practice": r"practi[cs]e|(?:practical |coding |practice |programming )?(?:exercises?|tasks?|assignments?|"
    r"problems?|drills?|activit(?:y|ies)|challenges?)|problem sets?|hands ?on|(?:hands on )?labs?|home ?work|"
    r"apply|in practice|try(?: it)?(?: out)?|practical(?: work)?|coding|übung(?:en)?|aufgaben|hausaufgaben?|"
    r"exercices|ejercicios|tareas|esercizi",
    "project": r"(?:mini |small |final |capstone |hands on )?(?:projects?|builds?)|what to build|capstone|"
    r"deliverables?|to build|projekte?|projets?|proyectos?|progetti",
    "reading": r"readings?|read|to read|chapters?|pages|lektüre|lesen|lectura|lettura|reading list|literature",
    "certificate": r"certifications?|certificates?|exams?",
    "action": r"actions?|action items?|to ?do|todos|next steps?|steps|do|prepare|preparation|before class|"
    r"logistics|set ?up",
    "checkpoint": r"checkpoints?|milestones?|quiz(?:zes)?|tests?|assessments?|self ?check|due|demo|check ?in",
    "outcomes": r"(?:learning )?(?:outcomes?|objectives?|goals?|results?|aims?)|takeaways?|by the end.*|"
    r"you will be able to|ziele?|objectifs|objetivos",
    "resources": r"(?:learning |study |online )?(?:resources?|materials?|links?|references?|videos?|courses?|"
    r"books?|tools?|docs|documentation|papers?|articles?|websites?|sites|playlists?|tutorials?|podcasts?|labs)|"
    r"how to learn|where to learn|watch|listen|further reading|learn more|see also|ressourcen|material(?:ien)?|"
    r"quellen|recursos|ressources|risorse|communit(?:y|ies)|forums?",
    "course": r"(?:main |primary )?(?:course|speciali[sz]ation|book|textbook|video|playlist|tutorial|website|"
    r"tool|paper|lecture series)",
    "platform": r"platform|where|site|host|hosted on|provider|available on",
    "author": r"author|instructor|teacher|by|taught by|lecturer",
    "cost": r"cost|price|fee",
    "link": r"link|url|website",
    "time": r"duration|time|estimated time|length|time (?:commitment|needed|required)|effort|hours|estimate|"
    r"dauer|durée|duración",
    "question": r"(?:recall|discussion|review|reflection|check|study)? ?questions?|recall|think about|"
    r"discuss(?:ion)?|ask yourself|frage",
    "note": r"notes?|tips?|hints?|summary|about|overview|description|why|goal of the week|hinweis|remember|"
    r"warning|important",
}  # fmt: skip
_LABEL: Final = {role: re.compile(f"{_QUALITY}(?:{words})") for role, words in _LABELS.items()}

_ROLES: Final = {
    "skip": r"^(?:table of )?contents$|^toc$|^on this page$|^navigation$",
    "fit": r"\bwho (?:is )?(?:this|it|the)\b|\bis (?:this|it) for\b|\baudience\b|\bwho should\b|\bfor whom\b|"
    r"\bis this (?:path |role )?right\b",
    "role": r"\broles?\b|\bposition\b|\bwhat (?:this|the) (?:career|job|role)\b|\bjob description\b|"
    r"\bcareer overview\b|\bday to day\b|\bwhat (?:does|do) an?\b",
    "certificates": r"\bcertificat(?:e|es|ion|ions)\b|\bcredentials?\b",
    "portfolio": r"\bportfolio\b|^projects?$|\bprojects? (?:to build|ideas?|list|suggestions)\b|\b(?:capstone|"
    r"practice|sample|example|suggested) projects$",
    "resources": r"\bresources?\b|\b(?:text ?)?books?\b|\breading\b|\breading list\b|\bbibliography\b|"
    r"^(?:useful |further )?references$|\blinks\b|\bdocumentation\b|^tools?\b|\bmaterials?\b|^(?:online |"
    r"recommended |free )*courses\b|\bliterature\b|\bcheat ?sheets?\b|\bpodcasts?\b|\byoutube channels?\b|"
    r"\bblogs\b",
    "before": r"\bpre ?requisites?\b|^before you (?:start|begin)\b|^requirements\b|\bwhat you (?:need|"
    r"should know)\b|\brequired knowledge\b|\bvoraussetzungen\b",
    "choice": r"\balternat(?:e|ive) (?:routes?|paths?|tracks?|ways?)\b|\bbranching\b|\bchoose (?:one|your|a|any|"
    r"two|between)\b|\bpick (?:one|your|a|any|two)\b|\b(?:one|any) of (?:the following|these)\b|^options$|"
    r"\belectives?\b",
    "ladder": r"\bprogression\b|\bladder\b|\bgrowth path\b|\bcareer (?:path|levels|stages)\b",
    "plan": r"\broadmap\b|\bcurriculum\b|\bsyllabus\b|\bschedule\b|\blearning path\b|\b(?:study|learning|weekly|"
    r"week by week|lesson) plan\b|\bpath to\b|\bwhich path\b|^(?:the )?(?:plan|path|weeks|programme|program|"
    r"timetable|modules|lessons|course outline|course plan|stages|phases|steps|zeitplan|lehrplan|programma|"
    r"temario)$|\bstep by step\b|\bcourse (?:content|outline|schedule)\b",
    "myths": r"\bmyths?\b|\bmisconceptions?\b",
    "difficulty": r"\breality check\b|\bdifficult|\bhow hard\b|\bstruggles?\b|\bchallenges\b",
    "next-steps": r"\bnext steps?\b|\bwhat(?:'s| is) next\b|\bafter (?:the|this|you)\b|\bwhere to go from here\b",
    "pitfalls": r"\bpitfalls?\b|\bmistakes\b|\bto avoid\b|^don'?ts\b|\banti ?patterns\b",
    "tips": r"\btips?\b|\bbest practices\b|\bhow to use\b|\brecommendations\b|\bdos and\b|\bhow (?:we|"
    r"this) works?\b|\brules\b|\bhints\b|\badvice for\b|\bhow to (?:succeed|study)\b",
    "metrics": r"\bmetrics\b|\bsuccess criteria\b|\bkpis?\b|\bgrading\b|\bassessment\b|\bmeasur|"
    r"\bevaluation criteria\b",
    "skills": r"\bskills?\b|\bcompetenc",
    "outcomes": r"\boutcomes?\b|\bobjectives?\b|^goals?\b|\blearning goals\b|\bwhat you(?:'ll| will)\b|"
    r"\bjob titles?\b|\bby the end\b|^lernziele$",
    "growth": r"\bgrowth\b|\bopportunit",
    "community": r"\bcommunit|\bnetwork(?:s|ing)?\b|\bmentor|\bconnections\b|\bmeetups?\b|\bcontribut",
    "experience": r"\bexperience\b",
    "learning": r"\bcontinu|\blifelong\b|\bkeep learning\b|\bstay(?:ing)? (?:current|up to date)\b",
    "advice": r"\badvice\b|\bfinal (?:thoughts|words|note)\b|\bclosing\b|\bconclusions?\b|\bwrap(?:ping)? up\b",
    "context": r"\bcontext\b|\bindustry\b|\bbackground\b|\bmarket\b|\bdemand\b|^why\b|\bmotivation\b",
    "summary": r"^(?:overview|introduction|intro|about|summary|description|welcome|abstract|einleitung|überblick|"
    r"course overview|course description|about (?:this|the) .*)$",
}  # fmt: skip
_ROLE: Final = {role: re.compile(words) for role, words in _ROLES.items()}
STRICT: Final = frozenset(
    {"metrics", "skills", "outcomes", "fit", "pitfalls", "certificates", "portfolio", "ladder"}
)
INFO: Final = frozenset(get_args(InfoKind)) - {"note"}

_VERBS: Final = {
    "reading": "read reread skim",
    "review": "review revise revisit recap repeat",
    "practice": "implement write solve practice practise code try apply exercise complete use compute calculate train draw "
    "analyze analyse perform load visualize visualise plot tune experiment handle run draft rewrite refactor translate "
    "answer sketch debug automate process reproduce cook play rehearse sing record",
    "project": "build create develop design deploy ship",
    "action": "join install register sign attend choose contact share post submit subscribe bring book buy set ask send "
    "meet follow brush participate contribute invite present download",
    "topic": "learn study understand master explore dive know discover get watch",
}  # fmt: skip
_VERB: Final = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split()}
_NOUNS: Final = (
    ("checkpoint", re.compile(r"^(?:checkpoint|milestone|quiz|test|mid-?term|final exam|exam|assessment|demo day)\b")),
    ("certificate", re.compile(r"^(?:get|earn|pass|take|sit|obtain|prepare for)\b.{0,80}\b(?:certificat\w*|certified|exam)\b")),
    ("project", re.compile(r"^(?:(?:mini|small|final|capstone|side|first|group|team)[- ])*(?:project|capstone)\b"
                           r"|^work(?:ing)? on\b.{0,60}\bprojects?\b")),
    ("practice", re.compile(r"^(?:exercises?|homework|assignment|lab|problem set|hands-on|kata|worksheet|problems?) ?[0-9:–-]")),
    ("reading", re.compile(r"^(?:chapters?|ch\.|pages|pp\.|reading:|kapitel|sections?) ?[0-9]")),
)  # fmt: skip

_LEVELS: Final = (
    ("advanced", re.compile(r"\b(?:advanced|expert|hard|professional[- ]level|senior)\b")),
    ("intermediate", re.compile(r"\b(?:intermediate|medium|mid[- ]?level)\b")),
    (
        "beginner",
        re.compile(
            r"\b(?:beginners?|basics?|entry[- ]level|easy|starter|foundational|fundamentals?|novice)\b"
        ),
    ),
)


def normalize_words(text: str) -> str:
    """Words alone, for comparing: lower case, without signs."""
    return " ".join(_SIGNS.sub(" ", text.casefold().replace("’", "'").replace("-", " ")).split())


def strip_decoration(text: str, *, has_number: bool = False) -> str:
    """A heading or entry in plain words, without the emoji and arrows before it and the colon behind it; where it is
    `numbered`, as headings are, without its number, too."""
    text = clean_plain_text(text)
    bare = _DECORATION.sub("", text).strip()
    if has_number:
        bare = _DECORATION.sub("", _NUMBERED.sub("", bare)).strip()
    return bare.rstrip(" :：").rstrip("\ufe0f\u200d") or text


def find_label_role(text: str) -> str:
    """What a label such as “Topics to learn” or “Duration” says about what follows it; empty if nothing."""
    words = normalize_words(text)
    if not words or len(words) > 50:
        return ""
    return next((role for role, pattern in _LABEL.items() if pattern.fullmatch(words)), "")


def find_section_role(title: str) -> str:
    """Where a section outside the weeks belongs; empty if its heading does not say."""
    words = normalize_words(title)
    if not words or len(words) > 100:
        return ""
    return next((role for role, pattern in _ROLE.items() if pattern.search(words)), "")


def find_item_kind(title: str) -> str:
    """The kind of an item by the words it begins with; a topic if they say nothing."""
    low = title.casefold()[:200]
    noun = next((kind for kind, pattern in _NOUNS if pattern.search(low)), "")
    first = low.split(maxsplit=1)[0].strip(".,:;") if low.strip() else ""
    return noun or _VERB.get(first, "topic")


def find_level(title: str) -> str:
    low = title.casefold()[:200]
    return next((level for level, pattern in _LEVELS if pattern.search(low)), "")
