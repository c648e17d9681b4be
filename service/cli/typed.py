"""What is typed behind a command: days and ids, refused in words when they are something else."""

from datetime import date
from uuid import UUID

import typer


def day_typed(text: str) -> date:
    """Return a day as it was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is geen datum; schrijf jjjj-mm-dd.") from error


def id_typed(text: str, where: str) -> UUID:
    """Return an id as it was typed; ``where`` is the command that lists them."""
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is geen nummer; zie {where}.") from error
