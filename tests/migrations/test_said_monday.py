"""A published rule keeps meaning what it meant when the meaning of its words changes."""

from pathlib import Path

from sqlalchemy import text

from models import migrate
from models.database import connect

_BEFORE = "f92f273f9a52"
_PUBLISHED = """
insert into procedure_version (id, key, digest, definition, published_at)
values ('0123456789abcdef0123456789abcdef', 'oud', 'x',
        '{"task": [{"due": {"rule": "week", "number": 46}}, {"due": {"rule": "date", "day": "06-01"}}]}',
        '2026-08-01 00:00:00')
"""


def test_a_week_that_was_published_without_a_weekday_stays_a_monday(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    migrate.upgrade(url, _BEFORE)
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text(_PUBLISHED))

    migrate.upgrade(url)

    with engine.connect() as connection:
        kept = connection.execute(text("select definition from procedure_version")).scalar_one()
    engine.dispose()
    assert kept.count('"weekday": "maandag"') == 1
    assert kept.count("weekday") == 1
