"""`db migrate`, `db check` and `db revision`: the tables of the database."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from models import migrate as tables
from models.database import connect
from service import clock
from service.settings import settings

app = typer.Typer(no_args_is_help=True, help="De database.")


@app.command()
def migrate() -> None:
    """Breng de database bij; van een SQLite-bestand wordt eerst een kopie gemaakt."""
    url = settings().database_url
    settings().home.mkdir(parents=True, exist_ok=True)
    engine = connect(url)
    behind = tables.current(engine) != tables.newest()
    fresh = tables.current(engine) == ""
    engine.dispose()
    if not behind:
        typer.echo("De database is bij.")
        return
    if url.startswith("sqlite") and not fresh:
        copy = tables.back_up(Path(url.removeprefix("sqlite:///")), settings().home / "backups", clock.now())
        typer.echo(f"Kopie gemaakt: {copy.name}")
    tables.upgrade(url)
    typer.echo(f"De database is bijgewerkt tot {tables.newest()}.")


@app.command()
def check() -> None:
    """Voer in een lege database alle migraties uit, vergelijk met de code, en draai ze terug."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/check.db"
        tables.upgrade(url)
        tables.check(url)
        tables.downgrade(url)
    typer.echo("Migraties heen en terug: in orde.")


@app.command()
def revision(title: Annotated[str, typer.Argument(help="Wat er verandert, in het Engels.")]) -> None:
    """Schrijf een migratie voor wat in de code veranderde; lees haar daarna zelf na."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/revision.db"
        tables.upgrade(url)
        tables.revision(url, title)
