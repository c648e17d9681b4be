"""Read what was typed and hand it to the right part."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.launch import workshop
from deploy.launch.environments import Environments
from deploy.launch.home import Home
from deploy.launch.processes import ROOT, Stopped, StopRequest
from deploy.launch.progress import Problem, Voice
from deploy.launch.start import Programs, Start, Wishes

HELP = """\
Jaarritme: het jaarritme van de intern begeleider.

  ./jaarritme demo [--at MOMENT] [--fresh]
                      de voorbeeldschool, met alles erbij: pagina's, wekkers,
                      Prefect en een mailvanger die niets naar buiten laat
                        --at 2027-01-11T06:30   de klok begint op dit moment
                        --fresh                 begin opnieuw, zonder wat er was
  ./jaarritme up      hetzelfde voor de eigen school, zonder voorbeelden

  ./jaarritme test [wat pytest kent]
                      de tests
  ./jaarritme check   alles wat CI controleert: opmaak, regels, typen, imports,
                      sjablonen, migraties en tests
  ./jaarritme lock [--upgrade]
                      de afhankelijkheden opnieuw vastzetten

  ./jaarritme hulp    wat de toepassing zelf kan
  Elk ander woord gaat naar de toepassing, bijvoorbeeld:
                      ./jaarritme roster import EDEX.XML --dry-run

Instellingen:
  JAARRITME_HOME           waar alles wordt bewaard (.state)
  JAARRITME_PORT           poort van de pagina's (8000)
  JAARRITME_PREFECT_PORT   poort van Prefect (4200)
  JAARRITME_SMTP_URL       waarlangs mail vertrekt (alleen voor up; de demo vangt alles op)

De eerste start haalt wat nodig is op en duurt ongeveer een minuut. Ctrl-C stopt alles."""


def main(words: Sequence[str]) -> int:
    """Do what was typed; return the exit code."""
    voice, asked = Voice(), StopRequest()
    try:
        return _dispatch(list(words), voice, asked)
    except Problem as problem:
        sys.stdout.flush()
        Voice(sys.stderr).say(("\n" if voice.unfinished else "") + str(problem))
        return problem.code
    except Stopped:
        voice.say("Gestopt.")
        return 130


def _dispatch(words: list[str], voice: Voice, asked: StopRequest) -> int:
    command, rest = (words[0], words[1:]) if words else ("--help", [])
    if command in {"-h", "--help", "help"}:
        print(HELP)  # noqa: T201 -- this is what was asked for
        return 0
    asked.listen()
    environments = Environments(voice, asked)
    commands: dict[str, Callable[[], int]] = {
        "demo": lambda: _start(wishes(words), environments, voice),
        "up": lambda: _start(wishes(words), environments, voice),
        "test": lambda: workshop.test(environments, rest),
        "check": lambda: workshop.check(environments, voice),
        "lock": lambda: workshop.lock(environments, voice, rest),
    }
    is_ours = command in commands and not is_for_the_application(words)
    return commands[command]() if is_ours else _application(words, environments)


def is_for_the_application(words: Sequence[str]) -> bool:
    """Tell ``demo load``, a word of the application, from ``demo --fresh``, a word of ours."""
    return words[0] == "demo" and len(words) > 1 and not words[1].startswith("-")


def wishes(words: Sequence[str]) -> Wishes:
    """Read the options of ``demo`` and ``up``; refuse what we do not know."""
    command, rest, at, fresh = words[0], list(words[1:]), None, False
    while rest:
        option, is_joined, value = rest.pop(0).partition("=")
        if command == "demo" and option == "--fresh" and not is_joined:
            fresh = True
        elif command == "demo" and option == "--at" and (value or rest):
            at = value or rest.pop(0)
        elif command == "demo" and option == "--at":
            raise Problem("--at vraagt een moment, bijvoorbeeld --at 2027-01-11T06:30.", 2)
        else:
            raise Problem(f"'{command}' kent {option} niet. Zie ./jaarritme --help.", 2)
    return Wishes(demo=command == "demo", at=at, fresh=fresh)


def _start(wanted: Wishes, environments: Environments, voice: Voice) -> int:
    home, programs = Home.read(os.environ), Programs.installed(environments)
    return Start(wanted, home, programs, environments, voice).run()


def _application(words: Sequence[str], environments: Environments) -> int:
    """Become the application; its output is its own, so we speak on the other stream."""
    environments.voice.stream = sys.stderr
    name = "app"
    if environments.python("app").exists() or not environments.python("dev").exists():
        environments.ensure("app")
    else:
        name = "dev"
    home = Home.read(os.environ)
    home.make()
    env = home.environment(home.remembered(os.environ))
    python = str(environments.python(name))
    arguments = ["--help"] if words[0] == "hulp" else _absolute(words)
    os.chdir(ROOT)
    os.execve(python, [python, "-m", "service", *arguments], env)  # noqa: S606 -- our interpreter


def _absolute(words: Sequence[str]) -> list[str]:
    """Keep file names true: the application runs from the root of the clone."""
    if Path.cwd() == ROOT:
        return list(words)
    return [str(Path(word).absolute()) if Path(word).is_file() else word for word in words]
