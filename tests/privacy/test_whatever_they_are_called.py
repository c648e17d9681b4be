"""Whatever pupils are called and wherever their names were typed: none is in anything that leaves."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import connect, unit_of_work
from tests.notices.push_service import Browser, PushService
from tests.privacy.busy_day import NOW, answer_and_change, ask_and_open, subscribe
from tests.privacy.going_out import (
    Caught,
    Listener,
    everywhere,
    fetch,
    listened_to,
    look_at_runs,
    net_of,
    push_entries,
    rename,
    run_timers,
    send,
)

SYLLABLES = "zwo quir xan plof ubb yfk wib öx rië jho vlae çem ñu gru dijk smo kwee brat oef lurp".split()
WORD = st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=4).map(lambda s: "".join(s).capitalize())
NAME = st.tuples(
    st.one_of(WORD, st.builds("{}-{}".format, WORD, WORD)),
    st.sampled_from(["", "van der", "el", "'t"]),
    st.one_of(WORD, st.builds("{} {}".format, WORD, WORD)),
)
NAMES = st.lists(NAME, min_size=6, max_size=6)


@pytest.fixture(scope="module")
def opened(opened_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which both schools of the cast have reached November."""
    path = tmp_path_factory.mktemp("november") / "jaarritme.db"
    shutil.copy(opened_sqlite, path)
    engine = connect(f"sqlite:///{path}")
    run_timers(engine, NOW - timedelta(days=1))
    engine.dispose()
    return path


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    service = PushService(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.authority))
    yield service
    service.close()


HARD = [
    ("Zwaantje", "van der", "Buitengaats"),
    ("Anne-Flœur", "", "Ñuñez Öxlurp"),
    ("Bo", "'t", "Hoen"),
    ("Çemrië", "el", "Jhovlaegru"),
    ("Jürgen", "", "Straße"),
    ("Quir Xan", "", "O'Kwee"),
]


def leaks(
    opened: Path, folder: Path, names: list[tuple[str, str, str]], service: PushService
) -> dict[str, list[str]]:
    """Return the names that left on a busy day, by the way they went."""
    database = folder / "jaarritme.db"
    shutil.copy(opened, database)
    engine = connect(f"sqlite:///{database}")
    try:
        caught = a_busy_day(engine, folder, names, service)
        assert is_lively(caught)
        return caught.leaks(net_of(engine))
    finally:
        engine.dispose()


def test_no_name_leaves_on_a_busy_day(opened: Path, tmp_path: Path, service: PushService) -> None:
    assert leaks(opened, tmp_path, HARD, service) == {}


@pytest.mark.acceptance
@pytest.mark.timeout(900)
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(names=NAMES)
def test_no_name_leaves_whatever_pupils_are_called(
    names: list[tuple[str, str, str]], opened: Path, tmp_path: Path, service: PushService
) -> None:
    assert leaks(opened, tmp_path, names, service) == {}


def a_busy_day(engine: Engine, home: Path, names: list[tuple[str, str, str]], service: PushService) -> Caught:
    """Type the names everywhere, then do all that makes post, feeds, reports and logs."""
    caught, phone = Caught(), Browser(f"{service.origin}/wpush/v2/apparaat")
    rename(engine, names)
    first, prefix, last = names[0]
    words = f"Over {first} {prefix} {last} ({first[0]}.{last[0]}.): {' en '.join(n for n, *_ in names)}"
    listener, before = Listener(caught.posts), len(service.got)
    try:
        with listened_to(caught.logs):
            tokens = subscribe(engine, home, listener.port, phone)
            ask_and_open(engine, words)
            _type(engine, words)
            run_timers(engine, NOW)
            send(engine, NOW + timedelta(minutes=5), home, caught)
            answer_and_change(engine, home, words)
            _type(engine, words)
            run_timers(engine, NOW + timedelta(days=1))
            send(engine, NOW + timedelta(days=1, minutes=5), home, caught)
            fetch(engine, tokens, caught)
    finally:
        listener.close()
    for pushed in service.got[before:]:
        caught.posts += [pushed.path.encode(), str(pushed.headers).encode()]
        caught.pushed.append(phone.read(pushed.body).encode())
    push_entries(engine, NOW + timedelta(days=1), caught)
    look_at_runs(engine, caught)
    return caught


def _type(engine: Engine, words: str) -> None:
    with unit_of_work(engine) as session:
        everywhere(session, words)


def is_lively(caught: Caught) -> bool:
    """Tell whether there was something to look at in every direction."""
    subjects = b"\n".join(caught.mails)
    return (
        len(caught.mails) >= 15
        and all(kind in subjects for kind in (b"method=REQUEST", b"method=CANCEL", b"method=DECLINECOUNTER"))
        and len(caught.posts) >= 3
        and len(caught.pushed) >= 1
        and sum(b"BEGIN:VEVENT" in body for body in caught.feeds) >= 3
        and len(caught.entries) >= 40
        and len(caught.reports) >= 20
        and len(caught.logs) >= 3
    )
