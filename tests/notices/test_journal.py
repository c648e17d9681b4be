import os
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from models import MessageState
from models.database import unit_of_work
from service.notices.claiming import claim
from service.notices.delivery import LEASE, deliver
from service.notices.journal import Epoch, Journal, identity
from service.notices.restored import PAUSED, Choice, release
from tests.notices.sink import Sink
from tests.notices.world import AT, Office, World

MINUTE = timedelta(minutes=1)
NAMES = [f"{number:032x}" for number in range(1, 4)]


def test_what_was_noted_is_known_afterwards_and_nothing_else(tmp_path: Path) -> None:
    writer = Journal(tmp_path)
    for name in NAMES[:2]:
        writer.note(name, AT)
    writer.close()

    known = Journal(tmp_path).known(NAMES)

    assert known == {NAMES[0]: AT, NAMES[1]: AT}


def test_a_line_that_a_power_cut_broke_off_counts_for_nothing_and_spoils_none_after_it(
    tmp_path: Path,
) -> None:
    first = Journal(tmp_path)
    first.note(NAMES[0], AT)
    first.close()
    file = tmp_path / "outbox" / "sent.journal"
    file.write_bytes(file.read_bytes() + NAMES[1].encode()[:20])

    second = Journal(tmp_path)
    second.note(NAMES[2], AT)
    second.close()

    assert set(Journal(tmp_path).known(NAMES)) == {NAMES[0], NAMES[2]}


def test_the_journal_names_no_one_and_is_for_its_owner_alone(
    world: World, office: Office, tmp_path: Path
) -> None:
    world.post("a")
    deliver(world.engine, AT, office(), journal=Journal(tmp_path))

    files = [path for path in (tmp_path / "outbox").iterdir() if path.is_file()]

    assert not any(b"@" in path.read_bytes() or b"Ineke" in path.read_bytes() for path in files)
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0


def test_an_epoch_never_goes_back(tmp_path: Path) -> None:
    journal, ours = Journal(tmp_path), uuid4()

    for number in (3, 5, 4):
        journal.advance(Epoch(ours, number, AT))

    kept = journal.epoch()
    assert kept is not None
    assert kept.number == 5


@pytest.mark.parametrize(
    "damaged", ["[]", "null", '"a"', "{", "{}", '{"installation": 1, "epoch": 1, "beat_at": 1}']
)
def test_a_damaged_state_holds_the_post_until_somebody_decides_and_mends_itself(
    light_world: World, sink: Sink, tmp_path: Path, damaged: str
) -> None:
    engine, journal = light_world.engine, Journal(tmp_path)
    light_world.post("a")
    deliver(engine, AT, light_world.post_office(sink.url), journal=journal)
    light_world.post("b")
    (tmp_path / "outbox" / "state.json").write_text(damaged)

    held = deliver(engine, AT + MINUTE, light_world.post_office(sink.url), journal=journal)
    with unit_of_work(engine) as session:
        release(session, journal, Choice.SEND, actor_id=None, at=AT + MINUTE)
    later = deliver(engine, AT + 2 * MINUTE, light_world.post_office(sink.url), journal=journal)

    assert (held.sent, held.problem, later.sent) == (0, PAUSED, 1)
    assert len(sink.accepted) == 2


def test_who_died_between_journal_and_mark_leaves_nothing_to_send_again(
    world: World, engine: Engine, sink: Sink, office: Office, tmp_path: Path
) -> None:
    for key in "ab":
        world.post(key)
    with unit_of_work(engine) as session:
        held = claim(session, AT, limit=10, lease=LEASE).parcels
    journal = Journal(tmp_path)
    left = next(parcel for parcel in held if parcel.message_id == world.message("a").message_id)
    journal.note(identity(left.message_id), AT)

    done = deliver(engine, AT + LEASE + MINUTE, office(), journal=journal)

    assert (done.sent, done.known) == (1, 1)
    assert sink.message_ids == [f"<{world.message('b').message_id}>"]
    assert (world.message("a").state, world.message("a").sent_at) == (MessageState.SENT, AT)


def test_marks_that_go_together_are_all_there_when_the_run_ends(
    world: World, engine: Engine, office: Office, tmp_path: Path
) -> None:
    for number in range(60):
        world.post(f"m{number}")

    done = deliver(engine, AT, office(), journal=Journal(tmp_path))

    states = {world.message(f"m{number}").state for number in range(60)}
    assert (done.sent, states) == (60, {MessageState.SENT})


def test_a_journal_that_cannot_be_written_stops_no_mail(
    world: World, engine: Engine, sink: Sink, office: Office, tmp_path: Path
) -> None:
    world.post("a")
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "sent.journal").mkdir()

    done = deliver(engine, AT, office(), journal=Journal(tmp_path))

    assert (done.sent, len(sink.accepted)) == (1, 1)
    assert world.told("a") == ("sent", None)


@pytest.mark.parametrize("times", [200])
def test_every_line_that_was_noted_survives_a_kill(tmp_path: Path, times: int) -> None:
    program = (
        "import sys, pathlib, datetime\n"
        "from service.notices.journal import Journal\n"
        "journal = Journal(pathlib.Path(sys.argv[1]))\n"
        "for number in range(100000):\n"
        "    journal.note(f'{number:032x}', datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC))\n"
        "    print(number, flush=True)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-c", program, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = [process.stdout.readline().strip() for _ in range(times)]
        process.send_signal(signal.SIGKILL)

    names = [f"{int(number):032x}" for number in said]
    assert set(Journal(tmp_path).known(names)) == set(names)
    assert datetime(2026, 11, 25, tzinfo=UTC) in Journal(tmp_path).known(names).values()


def test_a_disk_that_takes_half_a_line_is_an_error_and_spoils_no_later_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.note("a" * 32, AT)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60, hard))
    try:
        with pytest.raises(OSError, match="No space left"):
            journal.note("b" * 32, AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)

    journal.note("c" * 32, AT)
    journal.close()

    assert set(journal.known(["a" * 32, "b" * 32, "c" * 32])) == {"a" * 32, "c" * 32}
