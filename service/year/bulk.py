"""Write many rows at once, past the ORM: values as the column types make them, the driver's fast lane."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection
from sqlmodel import Session, SQLModel

Values = Mapping[str, Any]


@cache
def defaults_of(table: type[SQLModel]) -> Values:
    """Return what the columns of a table hold when nothing is said: all but its key; shared objects."""
    fields = {n: field for n, field in table.model_fields.items() if n != "id" and not field.is_required()}
    return {n: field.get_default(call_default_factory=True) for n, field in fields.items()}


def insert_all(session: Session, table: type[SQLModel], rows: Sequence[Values]) -> None:
    """Insert rows in the session's transaction; each holds every column that has no default."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    columns: list[Column[Any]] = list(table.__table__.columns)  # type: ignore[attr-defined]
    named = {c.name: c for c in columns}
    values = zip(*_converted(connection, columns, rows, defaults_of(table)), strict=True)
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(str(table.__tablename__))} ({', '.join(quote(name) for name in named)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, into, values)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"insert into {into} values ({marks})", list(values))  # noqa: S608 -- names of ours


def _converted(
    connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[Values], defaults: Values
) -> Iterator[Sequence[Any]]:
    """Yield the values of each column as the driver wants them."""
    for column in columns:
        default = defaults.get(column.name)
        values = [row.get(column.name, default) for row in rows]
        convert = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        yield [convert(value) for value in values] if convert else values


def _copy(connection: Connection, into: str, values: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy(f"copy {into} from stdin") as copy:
        for row in values:
            copy.write_row(row)
