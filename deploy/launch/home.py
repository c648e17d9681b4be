"""The state directory of one installation: its settings, its secrets and its lock."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.launch.probes import LOOPBACK
from deploy.launch.processes import ROOT
from deploy.launch.progress import Problem

PREFECT_USER = "beheer"
LOG_LIMIT = 5_000_000  # bytes
PREFECT_DEFAULTS = {  # each may be overridden from the environment
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_UI_ENABLED": "true",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Home:
    """Where one installation keeps its state, and on which ports it answers."""

    path: Path
    port: int
    prefect_port: int

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Home":
        """Read the three settings that decide everything; refuse a wrong one by name."""
        given = environ.get("JAARRITME_HOME")
        port = _port(environ, "JAARRITME_PORT", 8000)
        prefect_port = _port(environ, "JAARRITME_PREFECT_PORT", 4200)
        if port == prefect_port:
            raise Problem(f"JAARRITME_PORT en JAARRITME_PREFECT_PORT zijn allebei {port}.", 2)
        path = Path(given).expanduser().absolute() if given else ROOT / ".state"
        return cls(path, port, prefect_port)

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.path / "logs"

    @property
    def prefect_url(self) -> str:
        """Where Prefect's server and its dashboard answer."""
        return f"http://{LOOPBACK}:{self.prefect_port}"

    @property
    def web_url(self) -> str:
        """Where the pages answer on this machine."""
        return f"http://{LOOPBACK}:{self.port}"

    def make(self) -> None:
        """Make the directories, for the owner's eyes only."""
        try:
            for part in (self.path, self.logs, self.path / "secrets", self.path / "prefect"):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Problem(f"JAARRITME_HOME kan niet worden gemaakt: {error}") from error

    def password(self) -> str:
        """Read Prefect's password, made up on the first start."""
        kept = self.path / "secrets/prefect-password"
        if not kept.exists():
            new = kept.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(18))
            new.replace(kept)
        return kept.read_text().strip()

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Make the environment in which every process of this installation runs."""
        outside = {k: v for k, v in environ.items() if k not in {"PYTHONHOME", "PYTHONPATH"}}
        auth = f"{PREFECT_USER}:{self.password()}"
        origins = f"{self.prefect_url},http://localhost:{self.prefect_port}"
        return {
            **PREFECT_DEFAULTS,
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": origins,
            **outside,
            "JAARRITME_HOME": str(self.path),
            "JAARRITME_PORT": str(self.port),
            "JAARRITME_PREFECT_PORT": str(self.prefect_port),
            "PREFECT_HOME": str(self.path / "prefect"),
            "PREFECT_API_URL": f"{self.prefect_url}/api",
            "PREFECT_API_AUTH_STRING": auth,
            "PREFECT_SERVER_API_AUTH_STRING": auth,
            "PYTHONUNBUFFERED": "1",
        }

    def remembered(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Add what a running demo told its processes, so that a word typed beside it agrees."""
        kind, mail = self.path / "kind", self.path / "smtp-url"
        demo = {"JAARRITME_DEMO": "1"} if kind.exists() and kind.read_text() == "demo" else {}
        url = {"JAARRITME_SMTP_URL": mail.read_text()} if mail.exists() else {}
        return {**demo, **url, **environ}

    def log(self, name: str) -> Path:
        """Name a log, after moving a long one aside."""
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    def start_over(self) -> None:
        """Forget what Prefect and the mail catcher of an earlier demo kept."""
        if (self.path / "prefect/prefect.db").exists():
            shutil.rmtree(self.path / "prefect")
        for message in (self.path / "mail").glob("*.eml"):
            message.unlink()
        self.make()

    def claim(self, kind: str) -> int:
        """Take this directory for one launcher; return the open lock.

        A demo never runs on a school's own data.
        """
        kept = self.path / "kind"
        if kind == "demo" and kept.exists() and kept.read_text() != "demo":
            message = f"In {self.path} staan de gegevens van een school. Kies voor de demo een andere"
            raise Problem(f"{message} map met JAARRITME_HOME.")
        lock = os.open(self.path / "launcher.pid", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.read(lock, 20).decode()
            message = f"Jaarritme draait al op {self.path} (proces {pid})."
            raise Problem(f"{message} Kies voor een tweede een andere JAARRITME_HOME.") from error
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        if not kept.exists():
            kept.write_text(kind)
        return lock


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**16):
        raise Problem(f"{name} moet een poortnummer zijn (1-65535), niet {value!r}.", 2)
    return int(value)
