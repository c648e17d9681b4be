"""The rows an import will write, collected first and written in bulk."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam

from service.roster.known import GROUP, PLACEMENT, PUPIL, STAFF

Values = dict[str, Any]
# Pupils and groups come before the placements that point at them.
_ORDER = (GROUP, PUPIL, STAFF, PLACEMENT)


@dataclass
class Writes:
    """Rows to delete, change and add, per table; every change names the same columns."""

    deletes: dict[Table, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[Table, list[Values]] = field(default_factory=lambda: defaultdict(list))
    inserts: dict[Table, list[Values]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return any(any(rows.values()) for rows in (self.deletes, self.updates, self.inserts))

    def execute(self, connection: Connection) -> None:
        """Write all of it with one statement per table and kind."""
        for table in _ORDER:
            if gone := self.deletes.get(table):
                statement = table.delete().where(table.c.id == bindparam("row"))
                connection.execute(statement, [{"row": row} for row in gone])
            if changed := self.updates.get(table):
                columns: Values = {name: bindparam(name) for name in changed[0] if name != "row"}
                connection.execute(
                    table.update().where(table.c.id == bindparam("row")).values(columns), changed
                )
            if added := self.inserts.get(table):
                connection.execute(table.insert(), added)
