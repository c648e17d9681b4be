"""The terminal door: ``python -m service <noun> <verb>``."""

import sys

import typer

from service.cli import db, demo, mail, person, rhythm, roster, school, web, year
from service.settings import SettingsError, settings

app = typer.Typer(
    name="jaarritme",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Jaarritme: het jaarritme van de intern begeleider.",
)
for door in (roster, year, rhythm, school, person, mail, db, demo):
    name = door.__name__.rpartition(".")[2]
    app.add_typer(door.app, name=name)
app.command("web")(web.serve)


def main() -> None:
    """Check the settings first, so that a wrong one is named and nothing half runs."""
    try:
        settings()
    except SettingsError as error:
        sys.exit(str(error))
    app(prog_name="./jaarritme")


if __name__ == "__main__":
    main()
