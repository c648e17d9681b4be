"""Write many rows at once, past the ORM: values as the column types make them, the driver's fast lane."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import JSON, Column, Connection, Dialect
from sqlmodel import Session, SQLModel

Values = Mapping[str, Any]


@cache
def defaults_of(table: type[SQLModel]) -> Values:
    """Return what the columns of a table hold when nothing is said: all but its key; shared objects."""
    fields = {n: field for n, field in table.model_fields.items() if n != "id" and not field.is_required()}
    return {n: field.get_default(call_default_factory=True) for n, field in fields.items()}


def insert_all(session: Session, table: type[SQLModel], rows: Sequence[Values]) -> None:
    """Insert rows in the session's transaction; all name the same columns, the rest have a default."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    columns: list[Column[Any]] = list(table.__table__.columns)  # type: ignore[attr-defined]
    values = zip(*_converted(connection, columns, rows, defaults_of(table)), strict=False)
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(str(table.__tablename__))} ({', '.join(quote(c.name) for c in columns)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, into, values)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"insert into {into} values ({marks})", list(values))  # noqa: S608 -- names of ours


def _converted(
    connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[Values], defaults: Values
) -> Iterator[Iterable[Any]]:
    """Yield the values of each column as the driver wants them; a default goes on for ever."""
    for column in columns:
        name = column.name
        values = [row[name] for row in rows] if name in rows[0] else None
        convert = _converter(column, connection.dialect)
        if values is None:
            yield repeat(convert(defaults[name]) if convert else defaults[name])
        else:
            yield _each(convert, values) if convert else values


def _converter(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSON):
        return json.dumps  # as text, for COPY too
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _each(convert: Callable[[Any], Any], values: Sequence[Any]) -> Iterator[Any]:
    """Convert values, the very same object only once: many rows share their case, group and words."""
    known: dict[int, Any] = {}
    for value in values:
        key = id(value)
        if key not in known:
            known[key] = convert(value)
        yield known[key]


def _copy(connection: Connection, into: str, values: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy(f"copy {into} from stdin") as copy:
        for row in values:
            copy.write_row(row)
