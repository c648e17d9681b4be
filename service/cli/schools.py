"""Which school a command is about: the only one, or the one that is named."""

import typer
from sqlmodel import Session, select

from models import School


def chosen_school(session: Session, brin: str) -> School:
    """Return the school with this number, or the only school; exit with a clear word otherwise."""
    schools = session.exec(select(School).order_by(School.brin)).all()
    if brin:
        schools = [s for s in schools if s.brin == brin.upper()]
    if len(schools) == 1:
        return schools[0]
    if not schools:
        typer.echo(
            f"School {brin} is er niet."
            if brin
            else "Er is nog geen school. Maak er een aan: jaarritme school create --help",
            err=True,
        )
    else:
        known = ", ".join(s.brin for s in schools)
        typer.echo(f"Kies een school met --school: {known}.", err=True)
    raise typer.Exit(2)
