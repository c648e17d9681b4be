"""`demo` and `up`: install, start everything in order, watch it, end it in reverse order."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.launch import processes
from deploy.launch.environments import Environments
from deploy.launch.home import PREFECT_USER, Home
from deploy.launch.probes import (
    LOOPBACK,
    answers,
    deployments,
    free_port,
    listens,
    require_free,
)
from deploy.launch.processes import StopRequest
from deploy.launch.progress import Problem, Voice
from deploy.launch.supervise import Child, Patience, Supervisor

FLOWS_PATIENCE = 30  # seconds
NO_PREFECT = "Let op: Prefect doet het niet. De pagina's werken zonder; de reserve neemt de stromen over."
NO_MAIL = "Let op: JAARRITME_SMTP_URL is niet gezet. Mail is niet ingesteld; berichten blijven wachten."
DEMO_DATA = "Let op: in deze map staat de voorbeeldschool. Kies voor de eigen school een andere map."


@dataclass(frozen=True)
class Programs:
    """The commands that make up Jaarritme."""

    prefect: Sequence[str]
    service: Sequence[str]
    flows: Sequence[str]

    @classmethod
    def installed(cls, environments: Environments) -> "Programs":
        """Name the programs in their environments."""
        app = str(environments.python("app"))
        prefect = str(environments.python("prefect"))
        return cls((prefect, "-m", "prefect"), (app, "-m", "service"), (app, "-m", "flows"))


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    demo: bool
    at: str | None = None
    fresh: bool = False


class Start:
    """One start of Jaarritme, from nothing to pages that answer."""

    def __init__(
        self,
        wishes: Wishes,
        home: Home,
        programs: Programs,
        environments: Environments,
        voice: Voice,
        patience: Patience | None = None,
    ) -> None:
        self.wishes, self.home, self.programs = wishes, home, programs
        self.environments, self.voice = environments, voice
        self.asked: StopRequest = environments.asked
        self.boss = Supervisor(voice, self.asked, patience)
        self.env: dict[str, str] = {}
        self.logins = ""

    def run(self) -> int:
        """Start, watch until somebody asks to stop, and end everything."""
        self.home.make()
        lock = self.home.claim("demo" if self.wishes.demo else "up")
        begun = time.monotonic()
        try:
            self._start()
            self._announce(time.monotonic() - begun)
            self.boss.watch()
        except processes.Stopped:
            self.voice.say("Jaarritme stopt …")
        finally:
            self.boss.stop()
            (self.home.path / "smtp-url").unlink(missing_ok=True)
            os.close(lock)
        self.voice.say("Alles is gestopt.")
        return 0

    def _start(self) -> None:
        require_free(self.home.port, "JAARRITME_PORT")
        require_free(self.home.prefect_port, "JAARRITME_PREFECT_PORT")
        processes.adopt_orphans()
        self.voice.say("Jaarritme start" + (" (demo)" if self.wishes.demo else "") + " …")
        self._prepare()
        self.environments.ensure("prefect")
        prefect = self._start_prefect()
        self.environments.ensure("app")
        if self.wishes.demo:
            mail = self._keep("mail", *self.programs.service, "mail", "catch")
            self._fill()
            self._load(mail)
        else:
            self._fill()
        patience = FLOWS_PATIENCE if self._prefect_answers(prefect) else 0
        with self.voice.step("Pagina's openen"):
            web = self._keep("web", *self.programs.service, "web")
            self.boss.wait_until(web, lambda: answers(f"{self.home.web_url}/health", any_code=True))
        with self.voice.step("Ritmes en wekkers starten"):
            self._start_flows(patience)

    def _prepare(self) -> None:
        environ = dict(os.environ)
        if self.wishes.fresh:
            self.home.start_over()
        if self.wishes.demo:
            url = f"smtp://{LOOPBACK}:{free_port()}"
            environ |= {"JAARRITME_DEMO": "1", "JAARRITME_SMTP_URL": url}
            (self.home.path / "smtp-url").write_text(url)
        else:
            environ.pop("JAARRITME_DEMO", None)
            self._warn()
        self.env = self.home.environment(environ)

    def _warn(self) -> None:
        if not os.environ.get("JAARRITME_SMTP_URL"):
            self.voice.say(NO_MAIL)
        if (self.home.path / "kind").read_text() == "demo":
            self.voice.say(DEMO_DATA)

    def _start_prefect(self) -> Child:
        port = str(self.home.prefect_port)
        options = ("server", "start", "--host", LOOPBACK, "--port", port)
        return self._keep("prefect", *self.programs.prefect, *options, is_spare=True)

    def _prefect_answers(self, prefect: Child) -> bool:
        """Wait until Prefect answers; a school does not close because it doesn't."""
        try:
            with self.voice.step("Prefect wakker laten worden"):
                self.boss.wait_until(prefect, lambda: answers(f"{self.home.prefect_url}/api/health"))
        except Problem as problem:
            self.voice.say(f"{problem}\n{NO_PREFECT}")
            return False
        return True

    def _fill(self) -> None:
        """Bring the database up to date."""
        with self.voice.step("Database bijwerken"):
            self._once("migrate", "db", "migrate")

    def _load(self, mail: Child) -> None:
        """Load the example school at its time, and wait for the mail catcher."""
        words = ["demo", "load", "--logins"]
        words += ["--at", self.wishes.at] if self.wishes.at else []
        words += ["--fresh"] if self.wishes.fresh else []
        at = f" op {self.wishes.at}" if self.wishes.at else ""
        with self.voice.step(f"Voorbeeldschool laden{at}"):
            command = [*self.programs.service, *words]
            code, output = processes.run(command, self.env, self.home.log("load"), self.asked)
            if code:
                raise Problem(f"De voorbeeldschool laden mislukte:\n{processes.last_lines(output)}", code)
        self.logins = output.partition("\n\n")[2]
        port = int(self.env["JAARRITME_SMTP_URL"].rpartition(":")[2])
        self.boss.wait_until(mail, lambda: listens(port))

    def _start_flows(self, patience: float) -> None:
        """Wait until Prefect knows the flows; without them the pages work too."""
        child = self._keep("flows", *self.programs.flows, is_spare=True)
        deadline = time.monotonic() + patience
        with suppress(TimeoutError):
            self.boss.wait_until(child, lambda: self._deployed(deadline))

    def _deployed(self, deadline: float) -> bool:
        if time.monotonic() > deadline:
            raise TimeoutError
        return deployments(self.env["PREFECT_API_URL"], self.env["PREFECT_API_AUTH_STRING"]) > 0

    def _keep(self, name: str, *command: str, is_spare: bool = False) -> Child:
        return self.boss.start(name, command, self.env, self.home.log(name), is_spare=is_spare)

    def _once(self, name: str, *words: str) -> str:
        command = [*self.programs.service, *words]
        failed = f"'{' '.join(words)}' mislukte:"
        return processes.run_or_stop(command, self.env, self.home.log(name), self.asked, failed)

    def _announce(self, seconds: float) -> None:
        say, home = self.voice.say, self.home
        base = (os.environ.get("JAARRITME_BASE_URL") or home.web_url).rstrip("/")
        say(f"\nJaarritme draait, na {seconds:.0f} s. Stoppen: Ctrl-C.\n")
        say(f"  Pagina's     {base}")
        if self.wishes.demo:
            say(f"  Mailvanger   {base}/demo/mail")
        say(f"  Prefect      {home.prefect_url}   (inloggen met {self._key()})")
        say(f"  Logboeken    {_short(home.logs)}")
        if self.logins:
            say(f"\n{self.logins.rstrip()}")
        say()

    def _key(self) -> str:
        """Say how to enter Prefect; what `up` says stays in the machine's journal, no place for a secret."""
        if self.wishes.demo:
            return f"{PREFECT_USER}:{self.home.password()}"
        return f"{PREFECT_USER}: en het wachtwoord uit {_short(self.home.path / 'secrets/prefect-password')}"


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
