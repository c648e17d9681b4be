"""Which services a channel may use, and what may not stand in its address."""

import re
from urllib.parse import parse_qsl

# All of these speak https and nothing else; what each is called in a school.
SERVICES = {
    "workflows": "Microsoft Teams",
    "slack": "Slack",
    "gchat": "Google Chat",
    "nctalks": "Nextcloud Talk",
    "zulip": "Zulip",
    "matrixs": "Matrix",
    "mmosts": "Mattermost",
    "rockets": "Rocket.Chat",
    "wxteams": "Webex",
    "discord": "Discord",
    "tgram": "Telegram",
    "signals": "Signal",
    "threema": "Threema",
    "ntfys": "ntfy",
    "gotifys": "Gotify",
    "pover": "Pushover",
    "jsons": "webhook",
}
# The same without encryption: for a demo or a test, on this machine only.
PLAIN = ("json", "ntfy", "gotify", "mmost", "rocket", "nctalk", "matrix")
# Parameters by which an address would send or read a file, weaken the connection, or send more than once.
FORBIDDEN = frozenset(
    "attach attachment filename image avatar avatar_url icon_url footer_logo file_url template keyfile "
    "subfile verify redirect rto cto retry wait overflow store batch".split()
)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]{1,30})://\S+", re.IGNORECASE)


class AddressError(Exception):
    """Dit adres kan geen kanaal zijn."""


def schema_of(address: str, *, plain: bool = False) -> str:
    """Return the service an address is for; raise ``AddressError`` that says what is wrong, in Dutch."""
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise AddressError("Dit is geen Apprise-adres; het begint met een soort en ://, zoals ntfys://.")
    schema = match[1].lower()
    if schema not in allowed(plain=plain):
        raise AddressError(_not_allowed(schema))
    if wrong := forbidden_in(address):
        raise AddressError(f"In het adres kan „{wrong}” niet. Laat dat deel weg.")
    return schema


def allowed(*, plain: bool) -> tuple[str, ...]:
    """Return the services that may be used; ``plain`` adds those without encryption."""
    return (*SERVICES, *PLAIN) if plain else tuple(SERVICES)


def forbidden_in(address: str) -> str | None:
    """Return the first parameter of an address that may not be there."""
    names = (name.strip().lower() for name, _ in parse_qsl(address.partition("?")[2], keep_blank_values=True))
    return next((name for name in names if name in FORBIDDEN), None)


def _not_allowed(schema: str) -> str:
    if schema in {"mailto", "mailtos", "email", "o365"}:
        return "Mail gaat al vanzelf; kies een ander soort kanaal."
    if schema + "s" in SERVICES:
        return f"{schema}:// is niet versleuteld. Gebruik {schema}s://."
    choices = ", ".join(f"{name} ({key}://)" for key, name in SERVICES.items())
    return f"{schema}:// staat niet op de lijst van diensten die mogen. Wel kunnen: {choices}."
