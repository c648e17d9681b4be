"""The terminal door: ``python -m service <noun> <verb>``."""

import sys
from importlib import import_module

import typer

from service.settings import SettingsError, settings

NOUNS = (
    *("roster", "year", "trial", "replan", "slots", "yearplan", "rules", "when"),
    *("rhythm", "school", "person", "mail", "replies", "db", "demo", "web"),
)
_VERBS = {"when": "when", "web": "serve"}  # nouns that are one command


def build(words: list[str]) -> typer.Typer:
    """Put the doors on; only the one that is named, for each brings half of the service along."""
    app = typer.Typer(
        name="jaarritme",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Jaarritme: het jaarritme van de intern begeleider.",
    )
    app.callback()(_all)
    named = [noun for noun in words[:1] if noun in NOUNS]
    for noun in named or NOUNS:
        door = import_module(f"service.cli.{noun}")
        if noun in _VERBS:
            app.command(noun, cls=getattr(door, "Command", None))(getattr(door, _VERBS[noun]))
        else:
            app.add_typer(door.app, name=noun)
    return app


def _all() -> None:
    """Jaarritme: het jaarritme van de intern begeleider."""


def main() -> None:
    """Check the settings first, so that a wrong one is named and nothing half runs."""
    try:
        settings()
    except SettingsError as error:
        sys.exit(str(error))
    build(sys.argv[1:])(prog_name="./jaarritme")


if __name__ == "__main__":
    main()
