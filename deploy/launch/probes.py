"""Ask a port or a page whether it is there."""

import base64
import errno
import json
import socket
from contextlib import suppress
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from deploy.launch.progress import Problem

LOOPBACK = "127.0.0.1"
DIRECT = build_opener(ProxyHandler({}))  # a proxy has no business on this machine


def require_free(port: int, name: str) -> None:
    """Refuse a port that another program has."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            reason = "is al in gebruik" if error.errno == errno.EADDRINUSE else "mag hier niet"
            raise Problem(f"Poort {port} {reason}. Kies een andere met {name}.") from error


def free_port() -> int:
    """Find a port nobody has."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(url: str, *, any_code: bool = False) -> bool:
    """Tell whether a page answers well; with ``any_code`` a complaint is an answer too."""
    try:
        with DIRECT.open(url, timeout=5):
            return True
    except HTTPError as error:
        error.close()
        return any_code
    except (OSError, HTTPException):
        return False


def listens(port: int) -> bool:
    """Tell whether something accepts connections on a port of this machine."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def deployments(api: str, auth: str) -> int:
    """Count the flows that Prefect's server knows; none while it does not answer."""
    header = "Basic " + base64.b64encode(auth.encode()).decode()
    headers = {"Authorization": header, "Content-Type": "application/json"}
    request = Request(f"{api}/deployments/count", b"{}", headers)  # noqa: S310 -- our own address
    with suppress(OSError, HTTPException, ValueError), DIRECT.open(request, timeout=5) as reply:
        return int(json.load(reply))
    return 0
