from pathlib import Path

import pytest

from deploy.launch.home import Home
from deploy.launch.main import is_for_the_application, main, wishes
from deploy.launch.progress import Problem
from deploy.launch.start import Wishes
from deploy.launch.workshop import require_no_host


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_word(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = main(words)

    shown = capsys.readouterr().out
    assert code == 0
    assert [w for w in ("demo", "up", "test", "check", "lock") if f"./jaarritme {w}" not in shown] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["demo"], Wishes(demo=True)),
        (["demo", "--fresh"], Wishes(demo=True, fresh=True)),
        (["demo", "--at", "2027-01-11T06:30"], Wishes(demo=True, at="2027-01-11T06:30")),
        (["demo", "--at=2027-01-11T06:30", "--fresh"], Wishes(demo=True, at="2027-01-11T06:30", fresh=True)),
        (["up"], Wishes(demo=False)),
    ],
)
def test_options_are_read(words: list[str], expected: Wishes) -> None:
    assert wishes(words) == expected


@pytest.mark.parametrize("words", [["demo", "--at"], ["demo", "--verse"], ["up", "--fresh"]])
def test_unknown_options_are_refused_with_code_2(words: list[str]) -> None:
    with pytest.raises(Problem) as refused:
        wishes(words)

    assert refused.value.code == 2


def test_demo_followed_by_a_word_goes_to_the_application() -> None:
    assert is_for_the_application(["demo", "logins"])
    assert not is_for_the_application(["demo", "--fresh"])


@pytest.mark.parametrize("value", ["abc", "0", "65536", "-1", "80.5"])
def test_a_wrong_port_is_refused_by_name(value: str) -> None:
    with pytest.raises(Problem, match="JAARRITME_PREFECT_PORT"):
        Home.read({"JAARRITME_PREFECT_PORT": value})


def test_equal_ports_are_refused() -> None:
    with pytest.raises(Problem, match="allebei 4200"):
        Home.read({"JAARRITME_PORT": "4200"})


def test_the_password_is_kept_for_the_owner_only(tmp_path: Path) -> None:
    home = Home.read({"JAARRITME_HOME": str(tmp_path / "home")})
    home.make()

    password = home.password()

    assert len(password) >= 20
    assert Home.read({"JAARRITME_HOME": str(tmp_path / "home")}).password() == password
    assert (tmp_path / "home/secrets/prefect-password").stat().st_mode & 0o777 == 0o600


def test_every_process_gets_the_same_addresses(tmp_path: Path) -> None:
    home = Home.read({"JAARRITME_HOME": str(tmp_path), "JAARRITME_PREFECT_PORT": "4999"})
    home.make()

    env = home.environment({"PYTHONPATH": "/elsewhere", "PREFECT_API_URL": "http://other.example"})

    assert env["PREFECT_API_URL"] == "http://127.0.0.1:4999/api"
    assert env["PREFECT_API_AUTH_STRING"] == env["PREFECT_SERVER_API_AUTH_STRING"]
    assert env["JAARRITME_HOME"] == str(tmp_path)
    assert "PYTHONPATH" not in env


def test_a_long_log_is_moved_aside(tmp_path: Path) -> None:
    home = Home.read({"JAARRITME_HOME": str(tmp_path)})
    home.make()
    (home.logs / "web.log").write_bytes(b"x" * 5_000_001)

    log = home.log("web")

    assert not log.exists()
    assert (home.logs / "web.log.1").stat().st_size == 5_000_001


def test_a_demo_refuses_a_directory_with_a_school_in_it(tmp_path: Path) -> None:
    home = Home.read({"JAARRITME_HOME": str(tmp_path)})
    home.make()
    (tmp_path / "kind").write_text("up")

    with pytest.raises(Problem, match="gegevens van een school"):
        home.claim("demo")


def test_a_lock_that_names_a_host_is_refused() -> None:
    with pytest.raises(Problem, match=r"app\.txt noemt een adres"):
        require_no_host("app.txt", "fine==1\n--index-url https://index.example/simple\n")


def test_starting_over_forgets_prefect_and_the_mail_and_nothing_else(tmp_path: Path) -> None:
    home = Home.read({"JAARRITME_HOME": str(tmp_path)})
    home.make()
    (tmp_path / "mail").mkdir()
    for name in ("prefect/prefect.db", "mail/1.eml", "mail/notes.txt", "jaarritme.db"):
        (tmp_path / name).touch()

    home.start_over()

    kept = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert kept == ["jaarritme.db", "mail/notes.txt"]
