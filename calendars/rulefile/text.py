"""Read TOML (v1.0.0) that a person typed: measured before it is parsed, errors in Dutch with their line."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MAX_OCTETS = 1_000_000
MAX_DEPTH = 24  # tables and lists inside one another; no rule that a person means goes so deep

_AT = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")
_CURLY = re.compile("[\u201c\u201d\u201e\u2018\u2019\u201a]")
_NO = {"nee", "onwaar", "no", "nein", "false"}
_YES = {"ja", "waar", "yes", "true"}
_LINE = 120  # characters of a line that is written over
_TOO_DEEP = "de regels zitten te diep in elkaar"


class TomlTextError(Exception):
    """A text that can't be read, with the line (from 1) and what to write instead."""

    def __init__(self, line: int, text: str, write: str = "") -> None:
        self.line, self.text, self.write = line, text, write
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a parser stopped: its line, and what follows on that line."""

    line: str
    rest: str
    message: str


def text_of(data: bytes | str) -> str:
    """Return the text of a file with one kind of line end; raise ``TomlTextError`` when it is no text."""
    if len(data) > MAX_OCTETS:
        raise TomlTextError(1, f"het bestand is te groot: hooguit {MAX_OCTETS // 1000} kB", "Verdeel het.")
    text = _decoded(data) if isinstance(data, bytes) else data
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise TomlTextError(1, "het bestand is leeg", "Neem een voorbeeld uit de documentatie over.")
    return text


def _decoded(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise TomlTextError(1, "dit is een Excel- of Word-bestand", "Bewaar het als gewone tekst.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TomlTextError(1, "het bestand is bewaard als UTF-16", "Bewaar het als UTF-8.")
    if b"\0" in data:
        raise TomlTextError(1, "dit is geen tekstbestand", "Geef een bestand met regels (.toml).")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TomlTextError(
            line, "een teken op deze regel is geen UTF-8", "Bewaar het bestand als UTF-8."
        ) from error


def parsed(text: str) -> dict[str, Any]:
    """Return the data of a TOML text; raise ``TomlTextError`` for what isn't TOML."""
    if line := _long_name(text):
        raise TomlTextError(line, _TOO_DEEP, _SPLIT)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _in_dutch(str(error), text) from error
    except RecursionError as error:
        raise TomlTextError(1, _TOO_DEEP, _SPLIT) from error
    except ValueError as error:  # a number of thousands of digits
        raise TomlTextError(1, "er staat een veel te lang getal in", "Schrijf een kleiner getal.") from error
    if _depth(data) > MAX_DEPTH:
        raise TomlTextError(1, _TOO_DEEP, _SPLIT)
    return data


_SPLIT = 'Maak van een deel een eigen item en verwijs daarnaar met "item.<key>".'


def _long_name(text: str) -> int:
    """Return the line of a name of too many parts ("a.b.c."), or 0: Python's reader would choke on it."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAX_DEPTH:
            parts = line.split("=")
            names = parts if line.lstrip().startswith("[") else parts[:-1]
            if any(re.split(r"[{,]", name)[-1].count(".") > MAX_DEPTH for name in names):
                return number
    return 0


def _depth(data: dict[str, Any]) -> int:
    """Return how deep tables and lists lie in one another, without recursion of our own."""
    layer: list[Any] = [data]
    depth = 0
    while layer and depth <= MAX_DEPTH:
        layer = [inner for part in layer for inner in _inside(part)]
        depth += 1
    return depth


def _inside(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, list):
        yield from part


def _in_dutch(said: str, text: str) -> TomlTextError:
    found = _AT.search(said)
    lines = text.split("\n")
    number, column = (int(found[1]), int(found[2])) if found and found[1] else (len(lines), 1)
    line = lines[min(number, len(lines)) - 1]
    if found and not found[1]:
        column = len(line) + 1
        number, line = _last_said(lines)
    spot = _Spot(line, line[column - 1 :], _AT.sub("", said))
    for answer in _ANSWERS:
        if words := answer(spot):
            return TomlTextError(number, *words)
    return TomlTextError(number, "dit is geen geldige TOML", "Vergelijk de regel met een voorbeeld.")


def _last_said(lines: list[str]) -> tuple[int, str]:
    number = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
    return number, lines[number - 1]


_Words = tuple[str, str] | None


def _curly(spot: _Spot) -> _Words:
    if not _CURLY.search(spot.line) or "Cannot" in spot.message or "Duplicate" in spot.message:
        return None
    return "er staan gekrulde aanhalingstekens", 'Gebruik rechte aanhalingstekens: "zo".'


def _twice(spot: _Spot) -> _Words:
    if found := re.search(r"Cannot declare \('(\w+)',\) twice", spot.message):
        return f"[{found[1]}] staat er twee keer", f"Schrijf [[{found[1]}]], met dubbele haken."
    if "Cannot" not in spot.message and "Duplicate" not in spot.message:
        return None
    found = re.search(r"key '([^']+)'", spot.message) or re.match(r"\s*\[*\s*([\w.-]+)", spot.line)
    name = found[1] if found else "een key"
    return f"'{name}' staat er dubbel", "Laat er één staan; een nieuw item begint met [[item]]."


def _unquoted_day(spot: _Spot) -> _Words:
    if spot.message.startswith(("Cannot", "Duplicate", "Illegal")):
        return None
    if found := re.search(r"[=\[,]\s*(\d{1,4}-\d{1,2}(?:-\d{1,4})?)(?![\d\"'])", spot.line):
        if spot.message.startswith("Invalid date"):
            return f"{found[1]} bestaat niet op de kalender", "Schrijf een dag die bestaat."
        return f"de dag {found[1]} staat niet tussen aanhalingstekens", f'Schrijf "{found[1]}".'
    if found := re.search(r"[=\[,]\s*(\d{1,2}:\d\d)(?!:?\d)", spot.line):
        return f"de tijd {found[1]} staat niet tussen aanhalingstekens", f'Schrijf "{found[1]}".'
    if found := re.search(r"[=\[,]\s*0+(\d+)\b", spot.line):
        return "een getal begint niet met een nul", f"Schrijf {found[1]}."
    return None


def _remark(spot: _Spot) -> _Words:
    """Answer for a remark as in another language: // or -- or ;."""
    found = re.match(r"\s*(?://|--|;|/\*)\s*(.*)", spot.line) or re.match(r"\s*(?://|--)\s*(.*)", spot.rest)
    if not found:
        return None
    return (
        "zo schrijf je geen opmerking",
        f"Een opmerking begint met #: # {found[1].strip()[:40]}".rstrip() + ".",
    )


def _comma(spot: _Spot) -> _Words:
    """Answer for a number with a comma in it, such as an age."""
    found = re.search(r"\b(\w+)\s*=\s*(\d+)[,;](\d+)\s*[,}]", spot.line)
    if not found or spot.message.startswith(("Cannot", "Duplicate")):
        return None
    if found[1] in {"years", "jaar", "jaren", "age"}:
        return f"{found[2]},{found[3]} is geen getal", f"Schrijf years = {found[2]}, months = {found[3]}."
    return f"{found[2]},{found[3]} is geen getal", f"Schrijf een heel getal: {found[1]} = {found[2]}."


def _bare_rule(spot: _Spot) -> _Words:
    """Answer for a rule without the signs around it, or a value in it without its key."""
    if found := re.match(r"\s*(\w+)\s*=\s*(rule\s*=.*)", spot.line):
        inside = found[2].strip().strip("{}").strip()
        return "om een regel horen { en }", f"Schrijf {found[1]} = {{ {inside} }}."
    found = re.search(r"rule\s*=\s*\"([\w-]+)\"\s*,\s*(\"[^\"]*\")", spot.line)
    if found and spot.message.startswith(("Expected '='", "Invalid initial")):
        return f"voor {found[2]} hoort een key met =", f'Schrijf {{ rule = "{found[1]}", day = {found[2]} }}.'
    return None


def _bare_word(spot: _Spot) -> _Words:
    if spot.message != "Invalid value":
        return None
    word = re.split(r"[,\]}#]", spot.rest)[0].strip()
    if not word:
        return "achter = staat niets", "Vul een waarde in, of haal de regel weg."
    if word.casefold() in _YES | _NO:
        return f"{word} kan hier niet", f"Schrijf {'true' if word.casefold() in _YES else 'false'}."
    return f"{word} staat niet tussen aanhalingstekens", f'Schrijf "{word.strip(chr(34) + chr(39))}".'


def _colon(spot: _Spot) -> _Words:
    if not spot.message.startswith("Expected '='"):
        return None
    if spot.rest.lstrip().startswith(":"):
        return "er staat : in plaats van =", _with_equals(spot.line)
    return "achter een key hoort = en een waarde", 'Schrijf bijvoorbeeld title = "Rapport".'


def _with_equals(line: str) -> str:
    """Return a line with the sign that belongs between a key and its value."""
    right = re.sub(r"(^\s*\w+|[{,]\s*\w+)\s*:\s*", r"\1 = ", line).strip()
    right = re.sub(r"^(\w+ = )(?!true$|false$)([^\W\d][^\"\[{]*)$", r'\1"\2"', right)
    return f"Schrijf {right}." if len(right) <= _LINE else 'Schrijf bijvoorbeeld title = "Rapport".'


def _inline(spot: _Spot) -> _Words:
    if spot.message.startswith("Invalid initial character"):
        if spot.rest.startswith("}"):
            return "er staat een komma vóór }", "Haal die komma weg."
        if not spot.rest.strip():
            return "een regel tussen { } loopt door op de volgende regel", _ONE_LINE
        return "hier hoort een key", 'Schrijf bijvoorbeeld title = "Rapport".'
    if spot.message.startswith("Unclosed inline table"):
        return "tussen { } ontbreekt een komma, of } ontbreekt", 'Schrijf { rule = "week", number = 46 }.'
    if spot.message.startswith("Unclosed array"):
        return "tussen [ ] ontbreekt een komma, of ] ontbreekt", 'Schrijf bijvoorbeeld ["3", "4"].'
    return None


_ONE_LINE = "Zet alles tussen { } op één regel; alleen tussen [ ] mag je afbreken."


def _string(spot: _Spot) -> _Words:
    if spot.message.startswith(("Illegal character '\\n'", "Unterminated", "Expected '\"", "Expected \"'")):
        return "een aanhalingsteken aan het eind ontbreekt", 'Sluit de tekst af met ".'
    if spot.message.startswith(("Unescaped", "Invalid hex", "Escaped")):
        return "een \\ kan hier niet zo", "Schrijf / of \\\\ in plaats van \\."
    if spot.message.startswith(("Illegal", "Found invalid")):
        return "er staat een teken dat niet kan", "Haal het onzichtbare of vreemde teken weg."
    return None


def _header(spot: _Spot) -> _Words:
    if spot.message.startswith(("Expected ']'", "Expected ']]'")):
        return "de haken van deze kop kloppen niet", "Schrijf [[item]], of [facts]."
    if spot.message.startswith("Invalid statement"):
        return "deze regel begint met een teken dat niet kan", 'Schrijf bijvoorbeeld title = "Rapport".'
    if spot.message.startswith("Expected newline"):
        return (
            "achter de waarde staat nog iets",
            "Zet elke key op een eigen regel; een opmerking begint met #.",
        )
    return None


_ANSWERS: tuple[Callable[[_Spot], _Words], ...] = (
    *(_curly, _remark, _comma, _bare_rule, _unquoted_day, _twice, _bare_word, _colon, _inline, _string),
    _header,
)
