"""`test`, `check` and `lock`: what whoever changes Jaarritme types."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from deploy.launch.environments import Environments
from deploy.launch.processes import ROOT, Stopped, StopRequest
from deploy.launch.progress import Problem, Voice

CHECKS = (
    ("Opmaak", ("ruff", "format", "--check", ".")),
    ("Regels", ("ruff", "check", ".")),
    ("Typen", ("mypy",)),
    ("Typen van de starter", ("mypy", "-p", "deploy.launch")),
    ("Wie wie mag aanroepen", ("lint-imports",)),
    ("Sjablonen", ("djlint", "--lint", "service")),
    ("Migraties op en neer", ("python", "-m", "service", "db", "check")),
    ("Tests", ("python", "-m", "pytest")),
)
COMPILE = (
    *("pip", "compile", "-q", "--universal", "--python-version=3.11", "--generate-hashes"),
    *("--no-annotate", "--no-header"),
)
OVERRIDES = ("--overrides", "deploy/requirements/overrides.in")
LOCKS = {  # environment → what it is resolved from; the tests run on what the application runs on
    "app": ("pyproject.toml", *OVERRIDES),
    "dev": ("pyproject.toml", "--group=dev", "-c", "deploy/requirements/app.txt", *OVERRIDES),
    "prefect": ("--group=prefect",),
    "peers": ("deploy/requirements/peers.in",),
    "installer": ("deploy/requirements/installer.in",),
}


def dev_environment(environments: Environments, environ: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of a test run: tests start a real Prefect server from its own Python."""
    bin_path = environments.python("dev").parent
    return {
        **{k: v for k, v in environ.items() if k not in {"PYTHONHOME", "PYTHONPATH"}},
        "PATH": f"{bin_path}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "JAARRITME_PREFECT_PYTHON": str(environments.python("prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def test(environments: Environments, words: Sequence[str]) -> int:
    """Become pytest."""
    environments.ensure("dev", "prefect")
    env = dev_environment(environments, os.environ)
    python = str(environments.python("dev"))
    os.chdir(ROOT)
    os.execve(python, [python, "-m", "pytest", *words], env)  # noqa: S606 -- our own interpreter


def check(environments: Environments, voice: Voice) -> int:
    """Run everything that CI runs; go on after a failure, so that one run tells all."""
    environments.ensure("dev", "prefect")
    env = dev_environment(environments, os.environ)
    failed = []
    for title, command in CHECKS:
        voice.say(f"\n→ {title}: {' '.join(command)}")
        program = str(environments.python("dev").with_name(command[0]))
        if _foreground([program, *command[1:]], env, environments.asked):
            failed.append(title)
    voice.say("\nNiet goed: " + ", ".join(failed) if failed else "\nAlles is goed.")
    return 1 if failed else 0


def _foreground(command: Sequence[str], env: Mapping[str, str], asked: StopRequest) -> int:
    process = subprocess.Popen(command, cwd=ROOT, env=dict(env))  # noqa: S603 -- ours
    try:
        while process.poll() is None:
            asked.pause(0.05)
    except Stopped:
        process.terminate()
        process.wait()
        raise
    return process.returncode


def lock(environments: Environments, voice: Voice, words: Sequence[str]) -> int:
    """Pin every dependency by hash; a lock names no host."""
    environments.ensure_installer()
    uv = environments.home / "installer/bin/uv"
    if not uv.exists():
        raise Problem("Vastzetten kan niet: uv is er niet voor deze machine.")
    env = environments.uv_environment() | {"UV_CUSTOM_COMPILE_COMMAND": "./jaarritme lock"}
    for name, source in LOCKS.items():
        path = f"deploy/requirements/{name}.txt"
        with voice.step(f"{path} vastzetten"):
            command = [str(uv), *COMPILE, *source, *words, "-o", path]
            result = subprocess.run(  # noqa: S603 -- our own uv
                command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
            )
        if result.returncode:
            raise Problem(result.stderr.strip())
        require_no_host(path, (ROOT / path).read_text())
    return 0


def require_no_host(name: str, text: str) -> None:
    """Refuse a lock that names a registry: the next machine may use another."""
    for line in text.splitlines():
        if "http://" in line or "https://" in line:
            raise Problem(f"{name} noemt een adres: {line.strip()}")
