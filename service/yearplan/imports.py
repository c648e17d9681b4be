"""Imports under way: begin one from a file, find it back, answer its questions, leave it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.phrases import STYLES, Choice, Style
from calendars.plan import Frame
from calendars.schoolyear import is_year_label
from models import PlanImport
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.school.pupil_names import name_check
from service.yearplan.columns import PARTS, header_at, parts_of
from service.yearplan.draft import Answer, Draft, sheets_of
from service.yearplan.own import own_rows, plan_items
from service.yearplan.review import Entry, Review, review
from service.yearplan.table import Sheet

PASTED = "geplakte tabel"
_LONGEST = 120  # characters of a file name
_OTHER_WORDS = 200  # characters of what is typed in the place of a cell


def begin(
    session: Session,
    school_id: UUID,
    label: str,
    file_name: str,
    sheets: Sequence[Sheet],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> PlanImport:
    """Keep a table that was read; a file of the same name finds its earlier answers back."""
    kept = prepared(session, school_id, label, file_name, sheets, actor_id=actor_id, at=at)
    session.add(kept)
    session.flush()
    return kept


def prepared(
    session: Session,
    school_id: UUID,
    label: str,
    file_name: str,
    sheets: Sequence[Sheet],
    *,
    actor_id: UUID | None,
    at: datetime,
) -> PlanImport:
    """Return an import that isn't kept yet."""
    name = clean_name(file_name)
    draft = Draft(sheets=sheets_of(sheets), sheet=_fullest(sheets), file_name=name)
    look(draft)
    earlier = _earlier(session, school_id, name)
    if earlier:
        _as_before(draft, Draft.model_validate(earlier.lines[0]), same_year=earlier.school_year == label)
    kept = PlanImport(school_id=school_id, school_year=label, file_name=name, made_by=actor_id, made_at=at)
    save(kept, draft)
    return kept


def clean_name(file_name: str) -> str:
    """Return the name of a file, without its folders and what can't be printed."""
    name = PurePath(file_name.replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable())[:_LONGEST] or PASTED


def _fullest(sheets: Sequence[Sheet]) -> str:
    return max(sheets, key=lambda sheet: sum(bool(cell) for row in sheet.rows for cell in row)).name


def look(draft: Draft) -> None:
    """Find the header and what the columns of the chosen sheet are."""
    draft.head = header_at(draft.rows())
    draft.parts = parts_of(draft.rows(), draft.head)


def _earlier(session: Session, school_id: UUID, name: str) -> PlanImport | None:
    query = select(PlanImport).where(PlanImport.school_id == school_id, PlanImport.file_name == name)
    return session.exec(query.order_by(col(PlanImport.made_at).desc()).limit(1)).first()


def _as_before(draft: Draft, earlier: Draft, *, same_year: bool) -> None:
    draft.answers = earlier.answers
    if len(earlier.parts) == len(draft.parts) and earlier.mapped:
        draft.parts = earlier.parts
    if same_year:
        draft.style, draft.written_for = earlier.style, earlier.written_for
        draft.ignore_years = earlier.ignore_years


def save(kept: PlanImport, draft: Draft) -> None:
    """Keep a draft in its row."""
    kept.lines = [draft.model_dump(mode="json")]


def find_import(session: Session, school_id: UUID, import_id: UUID) -> tuple[PlanImport, Draft]:
    """Return an import of this school and its draft."""
    kept = session.get(PlanImport, import_id)
    if kept is None or kept.school_id != school_id or not kept.lines:
        raise NotOfThisSchoolError
    return kept, Draft.model_validate(kept.lines[0])


def imports_of(session: Session, school_id: UUID) -> list[PlanImport]:
    """Return the imports of a school, the newest first."""
    query = select(PlanImport).where(PlanImport.school_id == school_id)
    return list(session.exec(query.order_by(col(PlanImport.made_at).desc()).limit(20)))


def reviewed(session: Session, school_id: UUID, draft: Draft, frame: Frame) -> Review:
    """Return what an import comes to, beside what the school has."""
    own = plan_items(own_rows(session, school_id))
    return review(draft, frame, own, name_check(session, school_id))


def choose_columns(draft: Draft, sheet: str, head: int, parts: Sequence[str]) -> None:
    """Set which sheet is read, under which header, and what its columns are."""
    if sheet != draft.sheet:
        if sheet not in draft.sheets:
            raise SchoolError("Dit werkblad is er niet.")
        draft.sheet, draft.mapped = sheet, False
        look(draft)
        return
    if head != draft.head and -1 <= head < len(draft.rows()):
        draft.head = head
        draft.parts = parts_of(draft.rows(), head)
        return
    if len(parts) != len(draft.parts) or any(part not in PARTS for part in parts):
        raise SchoolError("Kies voor elke kolom wat erin staat.")
    if not {"what", "cell"} & set(parts):
        raise SchoolError("Kies in welke kolom staat wát er gebeurt.")
    draft.parts, draft.mapped = list(parts), True


def choose_style(draft: Draft, style: str) -> None:
    """Set what fixed dates are in other years."""
    found: Style | None = next((known for known in STYLES if known == style), None)
    if found is None:
        raise SchoolError("Kies wat de datums volgend jaar zijn.")
    draft.style = found


def choose_year(draft: Draft, how: str, written: str, label: str) -> None:
    """Set what dates of another school year mean: that week, that date, a slip, or what they say."""
    if how not in {"week", "date", "slip", "keep"}:
        raise SchoolError("Kies wat er met de datums van het andere jaar moet.")
    if how in {"week", "date"} and not is_year_label(written):
        raise SchoolError("Kies van welk schooljaar de datums zijn.")
    draft.written_for = written if how in {"week", "date"} else label
    draft.ignore_years = how == "slip"
    if how in {"week", "date"}:
        draft.style = "week" if how == "week" else "date"


def settle(draft: Draft, entry: Entry, code: str, choice: str) -> None:
    """Answer one question of a row: with one of its choices, or by leaving it as it is."""
    answer = draft.answers.setdefault(entry.line.id, Answer())
    question = next((q for q in entry.questions if q.code == code), None)
    if question is None:
        raise SchoolError("Deze vraag is al beantwoord.")
    found = next((fix for fix in question.fixes if fix.key == choice), None)
    if choice == "keep":
        _keep(answer, entry, code)
    elif choice == "drop":
        answer.drop = True
    elif found is None:
        raise SchoolError("Kies een van de antwoorden.")
    else:
        _choose(answer, found, code)


def _keep(answer: Answer, entry: Entry, code: str) -> None:
    if code == "pupil" and entry.full_name:
        raise SchoolError("De naam van een leerling kan niet mee. Pas de tekst aan.")
    answer.settled = [*answer.settled, code]


def _choose(answer: Answer, found: Choice, code: str) -> None:
    answer.choice, answer.rule, answer.extra = found.key, found.rule, dict(found.extra)
    answer.settled = [*answer.settled, code]


def reword(draft: Draft, line_id: str, *, when: str, title: str, groups: str, who: str) -> None:
    """Take other words in the place of the cells of a row; its questions are asked anew."""
    answer = draft.answers.get(line_id, Answer())
    before = (answer.when, answer.title)
    answer.when, answer.title = when[:_OTHER_WORDS], title[:_OTHER_WORDS]
    answer.groups, answer.who, answer.drop = groups[:_OTHER_WORDS], who[:_OTHER_WORDS], False
    if before[0] != answer.when:
        answer.rule, answer.choice, answer.extra, answer.settled = None, "", {}, []
    else:
        answer.settled = [code for code in answer.settled if code not in {"pupil", "groups"}]
    draft.answers[line_id] = answer


def forget_answer(draft: Draft, line_id: str) -> None:
    """Ask everything about a row again, as the table has it."""
    draft.answers.pop(line_id, None)


def accept_all(draft: Draft, look_again: Callable[[Draft], Review], most: int = 4) -> int:
    """Answer every question that has a proposal with it; return how many rows that settled."""
    found = look_again(draft)
    before = found.done
    for _ in range(most):  # an answer may lead to a next question
        if not _accept(draft, found):
            break
        found = look_again(draft)
    return found.done - before


def _accept(draft: Draft, found: Review) -> bool:
    any_ = False
    for entry in found.entries:
        if entry.has_proposal:
            question = entry.questions[0]
            settle(draft, entry, question.code, question.fixes[0].key)
            any_ = True
    return any_
