"""The words of Dutch year plans, and how a phrase is made even before it is read."""

import re
import unicodedata

from calendars.derivation import MONTHS_NL, WEEKDAYS_NL

LONGEST = 200  # characters; a longer cell is a story, not a moment
_MONTHS = {
    **{name: name for name in MONTHS_NL},
    "jan": "januari",
    "feb": "februari",
    "febr": "februari",
    "mrt": "maart",
    "apr": "april",
    "jun": "juni",
    "jul": "juli",
    "aug": "augustus",
    "sep": "september",
    "sept": "september",
    "okt": "oktober",
    "oct": "oktober",
    "nov": "november",
    "dec": "december",
}
_WEEKDAYS = dict(zip("ma di wo do vr za zo".split(), WEEKDAYS_NL, strict=True)) | {"vrij": "vrijdag"}
_ORDER = {
    "eerste": 1,
    "tweede": 2,
    "derde": 3,
    "vierde": 4,
    "vijfde": 5,
    "zesde": 6,
    "zevende": 7,
    "achtste": 8,
    "negende": 9,
    "tiende": 10,
    "elfde": 11,
    "twaalfde": 12,
}
_NUMBERS = dict(
    zip("twee drie vier vijf zes zeven acht negen tien elf twaalf".split(), range(2, 13), strict=True)
)
_HALVES = {"ochtend": "ochtend", "morgen": "ochtend", "middag": "middag", "avond": "avond"}
MONTH = {name: number for number, name in enumerate(MONTHS_NL, start=1)}
MONTH_RE = "|".join(MONTHS_NL)
WEEKDAY_RE = "|".join(WEEKDAYS_NL)
SCHOOL_DAYS_RE = "|".join(WEEKDAYS_NL[:5])
NTH_RE = r"(?:[1-9]|1\d)e|laatste|voorlaatste|een na laatste"


def _either(words: dict[str, object] | dict[str, str] | dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SMALL = (
    (re.compile(r"[\u2010-\u2015\u2212]"), "-"),
    (re.compile(r"[\u2018\u2019\u02bc`\u00b4]"), "'"),
    (re.compile(r"\b(?:tot en met|tot & met|t/m|t\.?e\.?m\.?(?= )|t\.m\.|tm)(?=\s|\d|$)"), " t/m "),
    (re.compile(r"(?<!\w)(?:&|\+)(?!\w)|(?<=\s)[&+](?=\S)"), " en "),
    (re.compile(rf"\b({_either(_WEEKDAYS)}|{_either(_MONTHS)}|wk|gr|max|min|ca|evt|nr)\."), r"\1 "),
    (re.compile(rf"(?<=\d)({_either(_MONTHS)})\b"), r" \1"),
    (
        re.compile(
            r"\b(?:kalender)?(?:weeknummers?|weeknrs?|week ?nrs?|weken|wkn|wk|week|"
            r"w)\.?:?\s*(?=\d{1,2}(?!\d))"
        ),
        "week ",
    ),
    (re.compile(r"\b(\d{1,2})\s?(?:ste|de|e)\b"), r"\1e"),
    (re.compile(r"\b(\d{1,2})\s?(?:x|keer|maal)\b"), r"\1 keer"),
    (re.compile(r"\b(?:eenmaal|een keer|eens)\b"), "1 keer"),
)
_WORDS = (
    (re.compile(rf"\b({_either(_MONTHS)})\b"), _MONTHS),
    (re.compile(rf"\b({_either(_WEEKDAYS)})(?=,? \d|$)|\b(ma|di|wo|do|vr)(?=[ ,])"), _WEEKDAYS),
    (re.compile(rf"\b({_either(_ORDER)})\b"), {word: f"{n}e" for word, n in _ORDER.items()}),
    (
        re.compile(rf"\b({_either(_NUMBERS)})(?=maal\b|wekelijks|maandelijks)"),
        {w: f"{n} " for w, n in _NUMBERS.items()},
    ),
    (re.compile(rf"\b({_either(_NUMBERS)})\b"), {word: str(n) for word, n in _NUMBERS.items()}),
)
_SPACES = re.compile(r"\s+")
_HALF_DAY = re.compile(rf"\b({WEEKDAY_RE})({_either(_HALVES)})\b")


def tidy(text: str) -> str:
    """Return a phrase in small letters, with whole words for months, weekdays, weeks and numbers."""
    even = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    even = "".join(c for c in even if not unicodedata.combining(c) and (c.isprintable() or c.isspace()))
    even = _SPACES.sub(" ", even).strip()
    for pattern, words in _WORDS:
        even = pattern.sub(lambda match, words=words: words[match[0]], even)  # type: ignore[misc]
    for pattern, by in _SMALL:
        even = pattern.sub(by, even)
    for pattern, words in _WORDS:  # again: a dot may have hidden some
        even = pattern.sub(lambda match, words=words: words[match[0]], even)  # type: ignore[misc]
    even = _HALF_DAY.sub(r"\1 \2", even)
    return _SPACES.sub(" ", even).strip(" .;:,")


def nth(word: str) -> int:
    """Return the number of "3e" or "laatste" (-1); raise ``ValueError`` for another word."""
    if word in {"laatste", "allerlaatste"}:
        return -1
    if word in {"voorlaatste", "een na laatste"}:
        return -2
    return int(word.removesuffix("e"))
