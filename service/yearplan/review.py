"""What stands in a table as items of a year plan: what is clear, what must be asked, what isn't known."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from calendars.phrases import Choice, Problem, Proposal, Style, groups_of, in_words, rule_of
from calendars.plan import Frame
from calendars.yearplan.evaluate import Result
from calendars.yearplan.items import PlanItem
from service.school.pupil_names import NameCheck
from service.yearplan.dates import dated
from service.yearplan.draft import Answer, Draft, Line, lines_of
from service.yearplan.items import ItemError, fields_of, item_of, key_of
from service.yearplan.mistakes import mistakes_of
from service.yearplan.rows import Dated
from service.yearplan.years import without_years, written_years

News = Literal["new", "changed", "same"]
Status = Literal["ready", "question", "unknown", "dropped"]
UNASKED = "fixed"  # the question that one answer settles for every row
_NO_NAMES = "Wat in een item staat, komt in mails. Haal de naam weg."
_DEADLINES = {"until", "before"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the item that is proposed, what it comes to, and what is still asked."""

    line: Line
    item: PlanItem
    proposal: Proposal
    answer: Answer
    result: Result | None = None
    questions: tuple[Problem, ...] = ()
    full_name: bool = False
    news: News = "new"

    @property
    def status(self) -> Status:
        """Return in which list the row stands."""
        if self.answer.drop:
            return "dropped"
        if not self.proposal.recognised and "phrase" not in self.answer.settled and not self.answer.rule:
            return "unknown"
        return "question" if self.questions else "ready"

    @property
    def has_proposal(self) -> bool:
        """Tell whether the question at hand has an answer to propose; one about names or dates has none."""
        first = self.questions[0] if self.questions else None
        return first is not None and bool(first.fixes) and first.code not in {"pupil", "groups", UNASKED}


@dataclass(frozen=True, slots=True)
class Review:
    """All rows, and the questions about the table as a whole."""

    entries: tuple[Entry, ...]
    titles: Mapping[str, str]
    ask_style: Style | None = None
    fixed: int = 0
    ask_year: str = ""
    problem: str = ""
    counts: Mapping[Status, int] = field(default_factory=dict)

    def of(self, status: Status) -> list[Entry]:
        """Return the rows of one list."""
        return [entry for entry in self.entries if entry.status == status]

    @property
    def total(self) -> int:
        """Return how many rows there are."""
        return len(self.entries)

    @property
    def done(self) -> int:
        """Return how many rows need nothing any more."""
        return self.counts.get("ready", 0) + self.counts.get("dropped", 0)


def review(
    draft: Draft, frame: Frame, own: Iterable[PlanItem] = (), names: NameCheck | None = None
) -> Review:
    """Return what a table comes to in a school year, beside the items that the school has already."""
    have = {item.key: item for item in own}
    lines = lines_of(draft)
    keys = _keys(lines, draft)
    titles = {key: item.title for key, item in have.items()} | {
        keys[line.id]: _title(line, draft.answers.get(line.id)) for line in lines
    }
    entries = [_entry(line, keys[line.id], draft, frame.year.label, titles, names) for line in lines]
    asked = _with_mistakes(entries, have, frame)
    return Review(
        tuple(asked),
        titles,
        ask_style=_likely_style(asked) if _asks_style(draft, asked) else None,
        fixed=sum(entry.proposal.fixed for entry in asked),
        ask_year="" if draft.written_for else written_years(draft, lines, frame.year.label),
        counts=Counter(entry.status for entry in asked),
    )


def _keys(lines: Sequence[Line], draft: Draft) -> dict[str, str]:
    """Return a key for each row from its title; an exact double takes the next number."""
    taken: set[str] = set()
    found = {}
    for line in lines:
        found[line.id] = key_of(_title(line, draft.answers.get(line.id)), taken)
        taken.add(found[line.id])
    return found


def _title(line: Line, answer: Answer | None) -> str:
    return (answer.title if answer and answer.title is not None else line.title)[:200]


def _entry(
    line: Line,
    key: str,
    draft: Draft,
    label: str,
    titles: Mapping[str, str],
    names: NameCheck | None,
) -> Entry:
    answer = draft.answers.get(line.id, Answer())
    when = line.when if answer.when is None else answer.when
    when = without_years(when) if draft.ignore_years else when
    others = {other: title for other, title in titles.items() if other != key}
    of = draft.written_for or label
    # What holds this year only was written for another: then it is that week of this year.
    style: Style | None = "week" if draft.style == "once" and of != label else draft.style
    proposal = _with_deadline(rule_of(when, label=of, style=style, items=others), line, of, style)
    if draft.style == "once" and proposal.fixed:
        proposal = replace(proposal, extra={**proposal.extra, "only_years": [label]})
    said = _answered(proposal, answer)
    item = _item(key, line, said, answer)
    kept = " ".join((item.title, item.note, *item.also, str(said.rule.get("why", ""))))
    found = names.found(kept) if names else ""
    full = bool(names and names.sure(kept))
    asked = _questions(proposal, answer, line, found, full=full, styled=draft.style is not None)
    return Entry(line, item, proposal, answer, None, tuple(asked), full)


def _answered(proposal: Proposal, answer: Answer) -> Proposal:
    """Return a proposal as it was answered; a correction follows what fixed dates are, also said later."""
    if answer.rule is None:
        return proposal
    offered = [fix for problem in proposal.problems for fix in problem.fixes]
    chosen = next((fix.rule for fix in offered if fix.key == answer.choice), answer.rule)
    return replace(proposal, rule=chosen, extra={**proposal.extra, **answer.extra})


def _with_deadline(proposal: Proposal, line: Line, label: str, style: Style | None) -> Proposal:
    """Let work last until the deadline that has a column of its own."""
    if not line.deadline:
        return proposal
    last = rule_of(line.deadline, label=label, style=style)
    if not last.recognised or last.rule["rule"] == "open":
        return replace(proposal, rest="; ".join(filter(None, [proposal.rest, f"uiterlijk {line.deadline}"])))
    end = last.rule["day"] if last.rule["rule"] in _DEADLINES else last.rule
    rule = {"rule": "period", "first": _ref(proposal.rule), "last": _ref(end)}
    return replace(
        proposal, rule=rule, sure=proposal.sure and last.sure, problems=proposal.problems + last.problems
    )


def _ref(rule: object) -> object:
    return rule["day"] if isinstance(rule, dict) and rule["rule"] == "date" else rule


def _item(key: str, line: Line, proposal: Proposal, answer: Answer) -> PlanItem:
    groups = line.groups if answer.groups is None else answer.groups
    who = line.who if answer.who is None else answer.who
    title = _title(line, answer)
    fields = fields_of(title, proposal, groups=groups, who=who, note=line.note)
    try:
        return item_of(key, fields)
    except ItemError:
        return item_of(key, {"title": (title or "Zonder naam").ljust(2, "."), "note": line.note[:500]})


def _questions(
    proposal: Proposal, answer: Answer, line: Line, name: str, *, full: bool, styled: bool
) -> Iterable[Problem]:
    if name and ("pupil" not in answer.settled or full):
        yield Problem("pupil", f'"{name}" is de naam van een leerling. {_NO_NAMES}')
    said = groups_of(line.groups) if answer.groups is None else groups_of(answer.groups)
    if not said.sure and "groups" not in answer.settled:
        yield Problem("groups", f'Voor welke groepen is dit? Er staat: "{answer.groups or line.groups}".')
    if answer.rule is not None:
        offered = {fix.key for problem in proposal.problems for fix in problem.fixes}
        if answer.choice in offered and proposal.fixed and not styled:
            yield Problem(UNASKED, "Een vaste datum: zie de vraag bovenaan.")
        return
    for problem in proposal.problems:
        if problem.code not in answer.settled:
            yield problem
    if not proposal.question or "phrase" in answer.settled:
        return
    if proposal.fixed and not proposal.rest and _is_about_style(proposal):
        if UNASKED not in answer.settled:
            yield Problem(UNASKED, proposal.question, proposal.alternatives)
    else:
        yield Problem("phrase", proposal.question, proposal.alternatives or _as_is(proposal))


def _is_about_style(proposal: Proposal) -> bool:
    return any(choice.key == "once" for choice in proposal.alternatives)


def _as_is(proposal: Proposal) -> tuple[Choice, ...]:
    """Return the answers to what was left over of a phrase: a remark, or a condition."""
    if not proposal.rest or not proposal.recognised:
        return ()
    words = in_words(proposal.rule)
    judged = {"only_if": [{"judgement": proposal.rest[:100], "by": "ib"}]}
    return (
        Choice("note", f'{words}; "{proposal.rest}" wordt een opmerking', proposal.rule),
        Choice("judged", f'{words}, alleen als de IB\'er vindt: "{proposal.rest}"', proposal.rule, judged),
    )


def _with_mistakes(entries: Sequence[Entry], have: Mapping[str, PlanItem], frame: Frame) -> list[Entry]:
    kept = {entry.item.key: entry.item for entry in entries if not entry.answer.drop}
    results = dated([*(item for key, item in have.items() if key not in kept), *kept.values()], frame)
    rows = [Dated(e.line, e.item, results.get(e.item.key)) for e in entries if not e.answer.drop]
    found = mistakes_of(rows, frame)
    done = []
    for entry in entries:
        wrong = [p for p in found.get(entry.line.id, ()) if p.code not in entry.answer.settled]
        if any(problem.code != "duplicate" for problem in entry.proposal.problems) and entry.questions:
            wrong = [p for p in wrong if p.code == "duplicate"]  # first the days themselves
        done.append(replace(entry, result=results.get(entry.item.key), questions=(*entry.questions, *wrong)))
    return done


def _news(item: PlanItem, was: PlanItem | None) -> News:
    if was is None:
        return "new"
    return "same" if was == item else "changed"


def _asks_style(draft: Draft, entries: Iterable[Entry]) -> bool:
    return draft.style is None and any(
        question.code == UNASKED for entry in entries for question in entry.questions
    )


def _likely_style(entries: Sequence[Entry]) -> Style:
    """Return what fixed dates probably are: of this week, when nearly all of many are on school days."""
    days = [p.first for e in entries if e.proposal.fixed and e.result for p in e.result.placed if p.first]
    weekdays = sum(day.weekday() < 5 for day in days)  # noqa: PLR2004 -- Saturday
    return "week" if len(days) >= 3 and weekdays >= 0.9 * len(days) else "date"  # noqa: PLR2004 -- a pattern
