"""Empty the demo's database; never one that holds anything but the example schools."""

from pathlib import Path

from sqlalchemy import inspect
from sqlmodel import select

from models import School, migrate
from models.database import connect, reading

EXAMPLES = frozenset({"99ZW", "99KM"})


class RealDataError(Exception):
    """In deze database staat een andere school dan de voorbeeldscholen. Er is niets gewist."""

    def __str__(self) -> str:
        """Return the message for the screen."""
        return (self.__doc__ or "").strip()


def start_afresh(url: str) -> None:
    """Take all tables away and make them anew; raise ``RealDataError`` when a real school is in them."""
    engine = connect(url)
    if inspect(engine).has_table("school"):
        with reading(engine) as session:
            if set(session.exec(select(School.brin))) - EXAMPLES:
                raise RealDataError
    engine.dispose()
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    else:
        migrate.downgrade(url)
    migrate.upgrade(url)
