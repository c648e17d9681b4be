"""Ask Prefect's server whether it is there."""

from http.client import HTTPException
from urllib.request import ProxyHandler, build_opener

from service.settings import settings

_DIRECT = build_opener(ProxyHandler({}))  # a proxy has no business on this machine


def prefect_answers(patience: float = 1) -> bool:
    """Tell whether Prefect's server answers within so many seconds."""
    try:
        with _DIRECT.open(f"{settings().prefect_url}/api/health", timeout=patience):
            return True
    except (OSError, HTTPException):
        return False
