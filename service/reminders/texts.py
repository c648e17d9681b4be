"""The words of a digest; no pupil's name, and a link to the details behind the login."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from calendars.derivation import day_nl, joined
from models import Case, Person, Task, TaskState

Entry = tuple[str, str, str]
Block = tuple[str, list[Entry]]
_HEADS = (("Te laat", -1), ("Voor vandaag", 0), ("Komt eraan", 1))


@dataclass(frozen=True, slots=True)
class Line:
    """One task in a digest; ``mine`` is False when it is someone else's and the reader guards it.

    ``kind`` is the step of the ladder by which it comes.
    """

    task: Task
    case: Case
    owner: str | None
    mine: bool
    kind: str = "after"


@dataclass(frozen=True, slots=True)
class News:
    """A task that the reader was told of and that has changed since, and how."""

    task: Task
    case: Case
    words: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The words of one mail."""

    subject: str
    text: str
    html: str


def write(
    person: Person,
    lines: Sequence[Line],
    today: date,
    *,
    base_url: str,
    workplace: str,
    news: Sequence[News] = (),
    helper: str = "",
) -> Digest:
    """Write a digest of at least one line or news; ``workplace`` names the school and the days worked there.

    ``helper`` is who would like to help.
    """
    own = [line for line in lines if line.mine]
    others = [line for line in lines if not line.mine]
    asked = [line for line in own if line.kind == "question"]
    rest = [line for line in own if line.kind != "question"]
    blocks = [
        (head, _entries([x for x in rest if _side(x.task, today) == side], today, base_url))
        for head, side in _HEADS
    ]
    question = f"Kan ik helpen? Laat het {helper} weten" if helper else "Kan ik helpen?"
    blocks.append((question, _entries(asked, today, base_url)))
    blocks.append(("Veranderd", [_changed(one, base_url) for one in news]))
    blocks.append(("Let op bij een ander", _entries(others, today, base_url)))
    kept = [(head, entries) for head, entries in blocks if entries]
    foot = f"Je krijgt dit bericht alleen op je eigen werkdagen bij {workplace}."
    text, html = _text(person, kept, base_url, foot), _html(person, kept, base_url, foot)
    subject = _subject(own, others, today) if lines else _subject_of_news(news, today)
    return Digest(subject, text, html)


def _changed(one: News, base_url: str) -> Entry:
    return _title(one.task, one.case), one.words, f"{base_url}/taken/{one.task.id}"


def _subject_of_news(news: Sequence[News], today: date) -> str:
    noun = "taak" if len(news) == 1 else "taken"
    return f"Jaarritme, {day_nl(today)}: {len(news)} {noun} veranderd"


def _side(task: Task, today: date) -> int:
    day = task.target_on or today
    return (day > today) - (day < today)


def _subject(own: Sequence[Line], others: Sequence[Line], today: date) -> str:
    count = len(own) or len(others)
    noun = "taak" if count == 1 else "taken"
    what = f"{count} {noun}" if own else f"{count} {noun} om te volgen"
    return f"Jaarritme, {day_nl(today)}: {what}"


def _entries(lines: Sequence[Line], today: date, base_url: str) -> list[Entry]:
    """Join tasks that are alike into one entry: (what, when and whose, address)."""
    alike: dict[tuple[str, date | None], list[Line]] = defaultdict(list)
    for line in lines:
        alike[_what(line), line.task.target_on].append(line)
    ordered = sorted(alike.items(), key=lambda pair: (pair[0][1] or date.max, pair[0][0]))
    return [_entry(same, today, base_url) for _, same in ordered]


def _what(line: Line) -> str:
    return f"{line.task.title} ({line.case.title})"


def _name(same: Sequence[Line]) -> str:
    """Name an entry; a case about a pupil by its code, for the name stays behind the login."""
    first = same[0]
    if len(same) > 1:
        return f"{_what(first)} – {len(same)} keer"
    return _title(first.task, first.case)


def _title(task: Task, case: Case) -> str:
    code = f", {case.code}" if case.pupil_id else ""
    return f"{task.title} ({case.title}{code})"


def _entry(same: Sequence[Line], today: date, base_url: str) -> Entry:
    first = same[0]
    address = f"{base_url}/taken/{first.task.id}" if len(same) == 1 else f"{base_url}/vandaag"
    return _name(same), _when(first, today), address


def _when(line: Line, today: date) -> str:
    words = [_due(line.task, today)]
    if line.task.latest_on:
        words.append(f"wettelijk uiterlijk {day_nl(line.task.latest_on)}")
    if line.task.state == TaskState.PLANNED:
        words.append("wacht nog op een eerdere stap")
    if line.mine and line.kind == "escalation":
        words.append("de IB'er kijkt nu mee")
    if not line.mine:
        words.append(f"bij {line.owner}" if line.owner else "nog van niemand")
    elif not line.task.owner_id:
        words.append("nog van niemand: pak op als je kunt")
    return "; ".join(words)


def _due(task: Task, today: date) -> str:
    if task.target_on is None:
        return "nog te plannen"
    if task.target_on == today:
        return "vandaag"
    return f"{'was voor' if task.target_on < today else 'voor'} {day_nl(task.target_on)}"


def _text(person: Person, blocks: Iterable[Block], base_url: str, foot: str) -> str:
    parts = [f"Dag {person.name.split()[0]},", ""]
    for head, entries in blocks:
        parts += [head if head.endswith("?") else f"{head}:"]
        for what, when, address in entries:
            parts += [f"- {what}", f"  {when}", f"  {address}"]
        parts += [""]
    parts += [f"Alles op een rij: {base_url}/vandaag", "", foot]
    return "\n".join(parts) + "\n"


def _html(person: Person, blocks: Iterable[Block], base_url: str, foot: str) -> str:
    parts = [f"<p>Dag {escape(person.name.split()[0])},</p>"]
    for head, entries in blocks:
        parts.append(f"<h3>{escape(head)}</h3>{_list(entries)}")
    parts.append(f'<p><a href="{escape(base_url)}/vandaag">Alles op een rij</a></p>')
    parts.append(f"<p><small>{escape(foot)}</small></p>")
    return "".join(parts)


def _list(entries: Iterable[Entry]) -> str:
    rows = "".join(
        f'<li><a href="{escape(address)}">{escape(what)}</a><br><small>{escape(when)}</small></li>'
        for what, when, address in entries
    )
    return f"<ul>{rows}</ul>"


def by_hand(
    person: Person, by: Sequence[str], lines: Sequence[Line], today: date, *, base_url: str
) -> Digest:
    """Write a reminder that colleagues give by hand, about one task or more."""
    several = len(by) > 1
    who, verb, can = joined(by), "herinneren" if several else "herinnert", "kunnen" if several else "kan"
    what = "een taak" if len(lines) == 1 else f"{len(lines)} taken"
    hello, ask = f"{who} {verb} je aan {what}.", f"Lukt het niet, of {can} {who} helpen? Zeg het gerust."
    entries = _entries(lines, today, base_url)
    first = person.name.split()[0]
    listed = "".join(f"- {name}\n  {when}\n  {address}\n" for name, when, address in entries)
    text = f"Dag {first},\n\n{hello}\n\n{listed}\n{ask}\n"
    html = f"<p>Dag {escape(first)},</p><p>{escape(hello)}</p>{_list(entries)}<p>{escape(ask)}</p>"
    return Digest(f"Jaarritme: {who} {verb} je aan {what}", text, html)
