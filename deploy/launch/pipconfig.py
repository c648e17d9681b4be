"""Hand pip's own settings to uv, which does not read them.

A school network may have its own package index or certificate, and it told pip.
"""

import ast
from collections.abc import Mapping

UV_NAMES = {  # pip's option → uv's variable, and what separates several values there
    "index-url": ("UV_INDEX_URL", " "),
    "extra-index-url": ("UV_EXTRA_INDEX_URL", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
}
SECTIONS = ("global", "install", ":env:")  # the later one wins
UV_BASE = {
    "UV_INDEX_STRATEGY": "unsafe-best-match",  # as pip does; the hashes keep it safe
    "UV_LINK_MODE": "copy",
    "UV_NO_CACHE": "1",
    "UV_NO_CONFIG": "1",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
}


def parse(listing: str) -> dict[str, str]:
    """Read ``pip config list``: the value that counts for ``pip install``, by option."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if section in found:
            found[section][option] = _unquote(value)
    return {option: value for section in SECTIONS for option, value in found[section].items()}


def _unquote(value: str) -> str:
    try:
        return str(ast.literal_eval(value))
    except (SyntaxError, ValueError):
        return value


def uv_environment(listing: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Make the environment in which uv installs as pip would; a UV_ variable of yours wins."""
    translated = {
        UV_NAMES[option][0]: UV_NAMES[option][1].join(value.split())
        for option, value in parse(listing).items()
        if option in UV_NAMES and value.strip()
    }
    return {**UV_BASE, **translated, **environ}
