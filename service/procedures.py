"""Procedure files: read and check them, and publish each as an immutable version."""

import hashlib
import json
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import ValidationError
from sqlmodel import Session, select

from calendars.procedure import Procedure, unknown_elsewhere
from calendars.rulefile.errors import problems_of
from calendars.rulefile.problems import RulesError
from calendars.rulefile.reading import source_of
from models import ProcedureVersion
from service.settings import settings

RHYTHMS = ("test-calendar", "group-discussions", "plan-reviews", "exit-pupils", "external-referrals")
MEETINGS = "meetings"  # no rhythm: a person opens each of them
_FILES = Path(__file__).parents[1] / "flows" / "procedures"
_AT_HAND = 64  # versions: a school has six procedures, and a handful of versions of each that still run
_READ: dict[str, Procedure] = {}  # digest → what it stands for


class ProcedureFileError(Exception):
    """Een procedurebestand klopt niet."""


def read(path: Path) -> Procedure:
    """Read and check one procedure file; errors name the file, the line, the task and what to write."""
    try:
        source = source_of(path, path.name)
    except RulesError as error:
        raise ProcedureFileError(str(error)) from error
    try:
        return Procedure.model_validate(source.data)
    except ValidationError as error:
        raise ProcedureFileError(str(RulesError(problems_of(error, source, Procedure)))) from error


def read_all(own: Path | None = None) -> list[Procedure]:
    """Return the procedures of the product, each overridden by the school's own file of that key."""
    files = [_FILES / f"{key}.toml" for key in (*RHYTHMS, MEETINGS)]
    found = {p.key: p for p in (read(f) for f in files)}
    if own and own.is_dir():
        found |= {p.key: p for p in (read(f) for f in sorted(own.glob("*.toml")))}
    if unknown := sorted(unknown_elsewhere(found.values())):
        lines = [f"{key}.toml: {name!r} is geen ronde van een procedure" for key, name in unknown]
        raise ProcedureFileError("\n".join(lines))
    return list(found.values())


@cache
def current() -> tuple[Procedure, ...]:
    """Return the procedures as this process runs them, the school's own files included."""
    return tuple(read_all(settings().procedures))


def publish(session: Session, procedure: Procedure, at: datetime) -> ProcedureVersion:
    """Keep a procedure as a version; the same content is the same version."""
    definition = procedure.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(definition, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = session.exec(
        select(ProcedureVersion).where(
            ProcedureVersion.key == procedure.key, ProcedureVersion.digest == digest
        )
    ).one_or_none()
    if known:
        return known
    version = ProcedureVersion(key=procedure.key, digest=digest, definition=definition, published_at=at)
    session.add(version)
    session.flush()
    return version


def of_version(version: ProcedureVersion) -> Procedure:
    """Return the procedure as it was when this version was published; read once, for it never changes."""
    known = _READ.get(version.digest)
    if known is None:
        if len(_READ) >= _AT_HAND:
            _READ.clear()
        known = _READ[version.digest] = Procedure.model_validate(version.definition)
    return known
