"""Say in Dutch what is wrong with a file that doesn't fit the language, and what to write instead.

Translates the errors of pydantic (v2) by their type; none of its English reaches the screen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from calendars.rulefile.advice import about_moment, advice, loose_keys, part_at
from calendars.rulefile.examples import EXAMPLES, KEYS, OF_A_PUPIL, OWN
from calendars.rulefile.places import Place
from calendars.rulefile.problems import LISTS, Problem, Source, path_in, short, value_at
from calendars.rulefile.words import meant
from calendars.rules import UNITS
from calendars.yearplan.items import RuleFile

_MOST = 200  # errors of one file that are put into words; who made more made one mistake often
_MOST_TEXTS = 4  # things that are wrong with one key


def problems_of(error: ValidationError, source: Source, model: type[BaseModel]) -> list[Problem]:
    """Return every error of a check as a problem in Dutch, in the order of the file."""
    found: dict[tuple[Place, ...], Problem] = {}
    errors = error.errors(include_url=False)[:_MOST]
    unknown = [e for e in errors if e["type"] == "extra_forbidden"]
    meant_keys = {(path_in(source.data, e["loc"])[:-1], k) for e in unknown for k in _meant(e, source, model)}
    for one in errors:
        path = path_in(source.data, one["loc"])
        if one["type"] == "missing" and (path[:-1], str(path[-1])) in meant_keys:
            continue  # its key is there, under another name
        if one["type"] == "too_short" and _is_long_enough(one, value_at(source.data, path)):
            continue  # enough of them, but one is wrong
        found.setdefault(path, source.problem(path, *_words(one, path, source, model)))
    mended = found if model is not RuleFile else _advised(found, source)
    return sorted(mended.values(), key=lambda problem: problem.line)


def _advised(found: dict[tuple[Place, ...], Problem], source: Source) -> dict[tuple[Place, ...], Problem]:
    """Return the problems with what to write for a whole key, where that is known: each line once."""
    told: dict[tuple[Place, ...], Problem] = {}
    known: dict[tuple[Place, ...], str] = {}
    lines: dict[tuple[tuple[Place, ...], str], tuple[Place, ...]] = {}
    for path, problem in found.items():
        part = part_at(path)
        write = known[part] if part in known else known.setdefault(part, advice(part, source))
        first = lines.setdefault((path[:2], write), path) if write else path
        if first in told and write and loose_keys(path, source):
            continue
        if first in told and write:
            both = dict.fromkeys([*told[first].text.split("; "), *problem.text.split("; ")])
            told[first] = replace(told[first], text="; ".join([*both][:_MOST_TEXTS]))
        else:
            text = loose_keys(path, source) or problem.text
            told[path] = replace(problem, text=text, write=write or problem.write)
    return told


def _is_long_enough(one: ErrorDetails, value: object) -> bool:
    return isinstance(value, list) and len(value) >= int(one["ctx"]["min_length"])


def _model_at(model: type[BaseModel], data: object, path: Sequence[Place]) -> type[BaseModel] | None:
    """Return the part of the language that a path in the data leads to."""
    found: list[type[BaseModel]] = [model]
    here: list[Any] = []
    for n, part in enumerate(path):
        if isinstance(part, str):
            field = next((m.model_fields[part] for m in found if part in m.model_fields), None)
            here = [field.annotation, *field.metadata] if field else here
        inner = value_at(data, path[: n + 1])
        if isinstance(inner, dict):
            found = [m for m in _models(here) if _fits(m, inner)] or found
    return found[0] if len(found) == 1 else None


def _models(annotations: Iterable[Any]) -> Iterator[type[BaseModel]]:
    for one in annotations:
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one
        else:
            yield from _models(get_args(one))


def _fits(model: type[BaseModel], data: dict[str, Any]) -> bool:
    rule = model.model_fields.get("rule")
    return data.get("rule") in get_args(rule.annotation) if rule else "rule" not in data


def _meant(one: ErrorDetails, source: Source, model: type[BaseModel]) -> list[str]:
    path = path_in(source.data, one["loc"])
    return meant(str(path[-1]), _allowed(source, path[:-1], model), "key")


def _allowed(source: Source, path: Sequence[Place], model: type[BaseModel]) -> list[str]:
    there = _model_at(model, source.data, path)
    return list(there.model_fields) if there else []


_Words = tuple[str, str]


def _words(one: ErrorDetails, path: tuple[Place, ...], source: Source, model: type[BaseModel]) -> _Words:
    """Return what is wrong and what to write instead."""
    kind, name = one["type"], _name(path)
    if kind == "extra_forbidden":
        return _unknown_key(one, path, source, model)
    if kind == "missing":
        return _missing(path, source)
    if kind == "value_error":
        return _own_words(one, path, source)
    if kind.startswith(("union_tag", "model_")):
        return _wrong_rule(one, name, path)
    return _wrong_word(one, name) if kind == "literal_error" else _wrong_value(one, name, path)


def _name(path: Sequence[Place]) -> str:
    return next((str(part) for part in reversed(path) if isinstance(part, str)), "het bestand")


def _unknown_key(
    one: ErrorDetails, path: tuple[Place, ...], source: Source, model: type[BaseModel]
) -> _Words:
    allowed = _allowed(source, path[:-1], model)
    holder = value_at(source.data, path[:-1])
    at = f" bij rule = {short(holder['rule'])}" if isinstance(holder, dict) and "rule" in holder else ""
    likely = " of ".join(repr(key) for key in _meant(one, source, model))
    text = f"{short(path[-1])} bestaat niet{at}"
    may = f"Dit kan: {', '.join(key for key in allowed if key != 'rule')}." if allowed else "Haal het weg."
    return f"{text}; bedoelde je {likely}?" if likely else text, may


def _missing(path: tuple[Place, ...], source: Source) -> _Words:
    holder, name = value_at(source.data, path[:-1]), str(path[-1])
    rule = holder.get("rule") if isinstance(holder, dict) else None
    if isinstance(rule, str) and rule in EXAMPLES:
        return f"{name!r} ontbreekt bij rule = {rule!r}", f"Schrijf bijvoorbeeld {EXAMPLES[rule]}."
    return f"{name!r} ontbreekt", f"Schrijf bijvoorbeeld {KEYS[name]}." if name in KEYS else "Vul het in."


def _wrong_rule(one: ErrorDetails, name: str, path: tuple[Place, ...]) -> _Words:
    if one["type"] == "union_tag_not_found":
        return "hier ontbreekt rule", f"Schrijf bijvoorbeeld {EXAMPLES['week']}."
    if one["type"] != "union_tag_invalid":
        example = (OF_A_PUPIL if path[:1] == ("pupil",) else KEYS).get(name) if name != "when" else None
        example = example or f"{name} = {EXAMPLES['week']}"
        return f"{short(one['input'])} kan niet bij {name}", f"Schrijf bijvoorbeeld {example}."
    tag = str(one["ctx"]["tag"])
    likely = meant(tag, list(EXAMPLES), "rule")
    if not likely:
        return f"rule = {short(tag)} bestaat niet", f"Kies uit: {', '.join(EXAMPLES)}."
    asked = " of ".join(repr(rule) for rule in likely)
    return f"rule = {short(tag)} bestaat niet; bedoelde je {asked}?", f"Schrijf {EXAMPLES[likely[0]]}."


def _wrong_word(one: ErrorDetails, name: str) -> _Words:
    choices = one["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    likely = meant(str(one["input"]), choices, "value")
    text = f"{short(one['input'])} kan niet bij {name}"
    if likely:
        text += f"; bedoelde je {likely[0]!r}?"
    return text, f"Kies uit: {', '.join(choices)}."


def _own_words(one: ErrorDetails, path: tuple[Place, ...], source: Source) -> _Words:
    """Return what the language itself says; for a moment and for units, what to write as well."""
    text = str(one["ctx"]["error"])
    value = value_at(source.data, path)
    if isinstance(value, str) and ("geen dag" in text or "kalender" in text):
        wrong, write = about_moment(value, str(path[-1]))
        return wrong or f"{short(value)} is geen dag en geen naam die hier kan", write
    if text.startswith("noem precies één eenheid") and isinstance(value, dict):
        given = [unit for unit in UNITS if unit in value]
        now = f"{' en '.join(given)} staan door elkaar" if given else "er is geen eenheid genoemd"
        return now, f"Noem er precies één: {', '.join(UNITS)}."
    first, _, write = text.partition("; ")
    if write:
        return first, f"{write[:1].upper()}{write[1:]}."
    rule = value.get("rule") if isinstance(value, dict) else None
    example = next((more for start, more in OWN.items() if text.startswith(start)), None)
    example = example or (EXAMPLES.get(rule) if isinstance(rule, str) else None)
    return text, f"Schrijf bijvoorbeeld {example}." if example else ""


def _wrong_value(one: ErrorDetails, name: str, path: tuple[Place, ...]) -> _Words:
    keys = {**KEYS, **OF_A_PUPIL} if path[:1] == ("pupil",) else KEYS
    kind, given, ctx = one["type"], one["input"], one.get("ctx", {})
    if kind in _RANGES:
        text, write = _RANGES[kind]
        return text.format(given=short(given), name=name), write.format(**ctx)
    if kind in {"tuple_type", "list_type"}:
        return _no_list(name, keys)
    text = f"{short(given)} kan niet bij {name}"
    if kind == "string_pattern_mismatch":
        text = f"{short(given)} is geen goede naam" if "[key]" in one["loc"] else text
    for start, write in _TYPES.items():
        if kind.startswith(start):
            return text, write.format(name=name, example=keys.get(name, f'{name} = "…"'))
    return (
        text,
        f"Schrijf bijvoorbeeld {keys[name]}." if name in keys else "Kijk in docs/rules.md wat hier mag.",
    )


def _no_list(name: str, keys: Mapping[str, str]) -> _Words:
    if name in LISTS:
        return f"[{name}] hoort met dubbele haken", f"Schrijf [[{name}]]."
    example = keys.get(name) or f'{name} = ["…", "…"]'
    return f"{name} is een lijst", f"Schrijf bijvoorbeeld {example}."


_RANGES = {
    "less_than_equal": ("{given} is te groot voor {name}", "Hooguit {le}."),
    "greater_than_equal": ("{given} is te klein voor {name}", "Minstens {ge}."),
    "string_too_short": ("{given} is te kort voor {name}", "Minstens {min_length} tekens."),
    "string_too_long": ("{given} is te lang voor {name}", "Hooguit {max_length} tekens."),
    "too_short": ("{name} noemt er te weinig", "Noem er minstens {min_length}."),
    "too_long": ("{name} noemt er te veel", "Noem er hooguit {max_length}."),
}
_TYPES = {
    "int": "Schrijf een heel getal zonder aanhalingstekens, zoals {name} = 3.",
    "string_pattern": 'Gebruik kleine letters, cijfers en streepjes: "rapport-1".',
    "string": "Zet tekst tussen aanhalingstekens, bijvoorbeeld {example}.",
    "bool": "Schrijf true of false.",
    "date": "Schrijf een hele dag zonder aanhalingstekens, zoals {name} = 2026-10-05.",
    "time": 'Schrijf uren en minuten, zoals {name} = "13:00".',
    "dict": "Schrijf bijvoorbeeld {example}.",
}
