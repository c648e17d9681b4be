"""`yearplan`: a school's own year plan, from its table to rules."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from calendars.phrases import in_words, spans_nl
from calendars.plan import Frame
from calendars.schoolyear import OutsideCalendarError, is_year_label
from calendars.yearplan.evaluate import Result
from calendars.yearplan.items import PlanItem
from models import PlanImport, School
from models.database import connect, reading, unit_of_work
from service import clock
from service.cli.schools import chosen_school
from service.school.errors import SchoolError
from service.settings import settings
from service.year.frame import frame_of, label_on
from service.yearplan.dates import dated, dates_nl, first_day, why_nl
from service.yearplan.draft import Draft
from service.yearplan.imports import choose_style, choose_year, prepared, reviewed, save
from service.yearplan.own import own_rows, plan_items
from service.yearplan.review import Entry, Review
from service.yearplan.table import MAX_OCTETS, read_table
from service.yearplan.takeover import Taken, take_over
from service.yearplan.toml import as_toml

app = typer.Typer(no_args_is_help=True, help="Het eigen jaarplan.")

Brin = Annotated[str, typer.Option("--school", metavar="BRIN", help="Welke school, als er meer zijn.")]
AsJson = Annotated[bool, typer.Option("--json", help="Alles als JSON.")]
YearLabel = Annotated[str, typer.Option("--year", metavar="JAAR", help="Schooljaar; anders het huidige.")]
_LISTS = (("ready", "Klaar"), ("question", "Vraag"), ("unknown", "Niet herkend"))


@app.callback()
def _yearplan() -> None:
    """Het eigen jaarplan: een tabel inlezen, laten zien, wegschrijven als regels."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="Tabel: .xlsx, .ods, .xls of .csv.", exists=True, dir_okay=False)
    ],
    *,
    year: YearLabel = "",
    school: Brin = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Alleen laten zien; niets bewaren.")] = False,
    fixed: Annotated[
        str, typer.Option("--fixed", help="Vaste datums zijn elk jaar: date, week of month-weekday; of once.")
    ] = "",
    moved: Annotated[
        str, typer.Option("--moved", help="Datums van een ander schooljaar: week, date, slip of keep.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Lees een jaarplan in: neem over wat duidelijk is, en noem de rest."""
    engine = connect(settings().database_url)
    with _told(), reading(engine) if dry_run else unit_of_work(engine) as session:
        found = chosen_school(session, school)
        frame = _frame(session, found, year)
        kept = _read(session, found, frame, file)
        draft = _answered(session, kept, frame, fixed, moved)
        review, taken = reviewed(session, found.id, draft, frame), None
        told = _as_data(found, kept, draft, review)
        if not dry_run:
            session.add(kept)
            taken = take_over(session, kept, draft, review.entries, actor_id=None, at=clock.now())
    if as_json:
        _print_json(told | {"taken": _taken_data(kept, taken)})
    else:
        _print(review, taken, str(kept.id))


def _read(session: Session, school: School, frame: Frame, file: Path) -> PlanImport:
    with file.open("rb") as opened:
        sheets = read_table(opened.read(MAX_OCTETS + 1))
    return prepared(session, school.id, frame.year.label, file.name, sheets, actor_id=None, at=clock.now())


def _answered(session: Session, kept: PlanImport, frame: Frame, fixed: str, moved: str) -> Draft:
    """Answer the questions about the table as a whole with what the command says."""
    draft = Draft.model_validate(kept.lines[0])
    draft.mapped = True
    if moved:
        written = reviewed(session, kept.school_id, draft, frame).ask_year
        if written:
            choose_year(draft, moved, written, frame.year.label)
    if fixed:
        choose_style(draft, fixed)
    save(kept, draft)
    return draft


@app.command("list")
def list_(school: Brin = "", year: YearLabel = "", as_json: AsJson = False) -> None:
    """Noem de eigen items, met hun datums van een schooljaar."""
    with _told(), reading(connect(settings().database_url)) as session:
        found = chosen_school(session, school)
        frame = _frame(session, found, year)
        items = list(plan_items(own_rows(session, found.id)))
        results = dated(items, frame)
    titles = {item.key: item.title for item in items}
    rows = [_item_data(item, results.get(item.key), titles) for item in items]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['title']} > {row['words']} > {row['dates']}")
    if not rows:
        typer.echo("Nog geen eigen items. Lees een tabel in: jaarritme yearplan import BESTAND")


def _item_data(item: PlanItem, result: Result | None, titles: dict[str, str]) -> dict[str, Any]:
    first = first_day(result)
    return {
        "key": item.key,
        "title": item.title,
        "groups": list(item.groups),
        "owner": list(item.owner),
        "words": in_words(_when(item.model_dump(mode="json", exclude_defaults=True)), titles),
        "first": first.isoformat() if first else None,
        "dates": dates_nl(result),
        "why": why_nl(result),
    }


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Waarheen, bijvoorbeeld jaarplan.toml.", dir_okay=False)],
    school: Brin = "",
) -> None:
    """Schrijf de eigen items als bestand met regels, dat `jaarritme when` leest."""
    with _told(), reading(connect(settings().database_url)) as session:
        found = chosen_school(session, school)
        items = list(plan_items(own_rows(session, found.id)))
        text = as_toml(items, f"Jaarplan {found.name}")
    file.write_text(text, encoding="utf-8")
    typer.echo(f"{len(items)} items geschreven naar {file}.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (SchoolError, OutsideCalendarError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _frame(session: Session, school: School, label: str) -> Frame:
    if label and not is_year_label(label):
        raise SchoolError(f"{label} is geen schooljaar; schrijf bijvoorbeeld 2026-2027.")
    return frame_of(session, school, label or label_on(clock.today()))


def _when(data: dict[str, Any]) -> object:
    return data.get("when", {"rule": "open"})


def _as_data(school: School, kept: PlanImport, draft: Draft, review: Review) -> dict[str, Any]:
    columns = [{"header": h, "part": p} for h, p in zip(draft.headers(), draft.parts, strict=False)]
    return {
        "school": school.brin,
        "year": kept.school_year,
        "file": kept.file_name,
        "columns": columns,
        "asks_style": review.ask_style,
        "seems_of_year": review.ask_year or None,
        "counts": {status: len(review.of(status)) for status in ("ready", "question", "unknown", "dropped")},
        "rows": [_row_data(entry, review) for entry in review.entries],
    }


def _taken_data(kept: PlanImport, taken: Taken | None) -> dict[str, Any] | None:
    if taken is None:
        return None
    return {
        "import": str(kept.id),
        "added": list(taken.added),
        "changed": list(taken.changed),
        "unchanged": list(taken.unchanged),
        "absent": list(taken.absent),
    }


def _row_data(entry: Entry, review: Review) -> dict[str, Any]:
    definition = entry.item.model_dump(mode="json", exclude_defaults=True)
    return {
        "row": entry.line.number,
        "when": entry.line.when,
        "status": entry.status,
        "item": definition,
        "words": in_words(_when(definition), review.titles),
        "dates": dates_nl(entry.result),
        "why": why_nl(entry.result),
        "questions": [
            {
                "code": question.code,
                "text": question.text,
                "choices": [{"key": fix.key, "words": fix.words, "rule": fix.rule} for fix in question.fixes],
            }
            for question in entry.questions
        ],
    }


def _print(review: Review, taken: Taken | None, import_id: str) -> None:
    for status, words in _LISTS:
        entries = review.of(status)  # type: ignore[arg-type]  # one of the closed list
        if entries:
            typer.echo(f"\n{words}: {len(entries)}")
        for entry in entries:
            _print_entry(entry, review)
    if review.ask_year:
        typer.echo(f"\nDit plan lijkt van {review.ask_year}. Kies met --moved: week, date, slip of keep.")
    if review.ask_style:
        typer.echo(f"\n{review.fixed} vaste datums. Kies met --fixed; voorstel: {review.ask_style}.")
    if taken is None:
        typer.echo("\nEr is niets bewaard.")
        return
    counts = f"{len(taken.added)} nieuw, {len(taken.changed)} veranderd, {len(taken.unchanged)} waren al zo"
    typer.echo(f"\nOvergenomen: {counts}. De rest staat klaar op /jaarplan/inlezen/{import_id}.")


def _print_entry(entry: Entry, review: Review) -> None:
    groups = spans_nl(entry.item.groups) or "school"
    words = in_words(_when(entry.item.model_dump(mode="json", exclude_defaults=True)), review.titles)
    typer.echo(f"  {entry.line.number:4} {entry.item.title} ({groups}) > {words} > {dates_nl(entry.result)}")
    for question in entry.questions:
        typer.echo(f"       ? {question.text} {' / '.join(fix.words for fix in question.fixes)}".rstrip())


def _print_json(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
