"""`when`: what files of rules say, for a region and a school year. No database, no school needed."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn, get_args

import typer

from calendars.official import Region
from calendars.rulefile.cautions import unknown_days, warnings_of
from calendars.rulefile.looser import refuse_looser
from calendars.rulefile.reading import Typed, located, placed_in, read_all, typed
from calendars.rulefile.world import world_of
from calendars.schoolyear import is_year_label
from calendars.yearplan.evaluate import RuleFileError, evaluate
from service.cli.usage_nl import DutchCommand as Command
from service.cli.when_text import Answer, as_data, as_text
from service.cli.when_why import told

__all__ = ["Command", "when"]

_WRONG_FILE = 1
_WRONG_USE = 2


def when(
    files: Annotated[
        list[str], typer.Argument(metavar="REGELS.toml…", help="Bestanden met regels, van ruim naar smal.")
    ],
    region: Annotated[str, typer.Option(help="noord, midden of zuid.")] = "",
    year: Annotated[str, typer.Option(help="Schooljaar, bijvoorbeeld 2026-2027.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Alles als JSON.")] = False,
    today: Annotated[str, typer.Option(help="Reken alsof het deze dag is: 2027-03-24.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Alleen nakijken of de bestanden kloppen.")] = False,
) -> None:
    """Zeg van bestanden met regels welke datums eruit komen, en waarom. Er wordt niets bewaard."""
    named, region = [Path(name) for name in files], region.casefold()
    if missing := [path for path in named if not path.is_file()]:
        _stop(f"{missing[0]} is er niet, of is geen bestand.", _WRONG_USE)
    if not check:
        _ask_for_the_right_year(region, year)
    on = _day(today)
    layers: list[Typed] = []
    try:
        layers += (typed(path, path.name) for path in named)
        if check:
            count = len(read_all(layers).item)
            typer.echo(f"{', '.join(path.name for path in named)}: dit klopt, {_count(count)}.")
            return
        answer = _answer(layers, region, year, on)
    except RuleFileError as error:
        _stop(str(located(error, layers)), _WRONG_FILE)
    except OSError as error:
        _stop(f"{error.filename} is niet te lezen.", _WRONG_USE)
    typer.echo(json.dumps(as_data(answer), ensure_ascii=False, indent=1) if as_json else as_text(answer))


def _count(items: int) -> str:
    return "één item" if items == 1 else f"{items} items"


def _answer(layers: Sequence[Typed], region: str, label: str, today: date | None) -> Answer:
    whole = read_all(layers)
    tried = world_of(whole, _region(region), label, today)
    refuse_looser(layers, tried.world)
    results = evaluate(whole, tried.world)
    warned = placed_in(
        [*warnings_of(whole, results, tried.world.year), *unknown_days(whole, tried.world)], layers
    )
    return Answer(
        file=", ".join(layer.source.name for layer in layers),
        title=whole.title,
        region=region,
        year=label,
        results=told(results, whole, label),
        general=tried.warnings,
        warned=tuple(warned),
    )


def _ask_for_the_right_year(region: str, year: str) -> None:
    regions = ", ".join(get_args(Region))
    if not region:
        _stop(f"Noem de regio: --region met {regions}.", _WRONG_USE)
    if region not in get_args(Region):
        _stop(f"{region!r} is geen regio. Kies uit: {regions}.", _WRONG_USE)
    if not year:
        _stop("Noem het schooljaar, bijvoorbeeld --year 2026-2027.", _WRONG_USE)
    if not is_year_label(year):
        _stop(f"{year!r} is geen schooljaar; schrijf bijvoorbeeld 2026-2027.", _WRONG_USE)


def _region(name: str) -> Region:
    return next(region for region in get_args(Region) if region == name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        _stop(f"{text!r} is geen dag; schrijf bijvoorbeeld 2027-03-24.", _WRONG_USE)


def _stop(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
