"""Ask Prefect's server whether it is there."""

from http.client import HTTPException
from urllib.request import ProxyHandler, build_opener

from service.settings import settings

_PATIENCE = 1  # second
_DIRECT = build_opener(ProxyHandler({}))  # a proxy has no business on this machine


def prefect_answers() -> bool:
    """Tell whether Prefect's server answers within a second."""
    try:
        with _DIRECT.open(f"{settings().prefect_url}/api/health", timeout=_PATIENCE):
            return True
    except (OSError, HTTPException):
        return False
