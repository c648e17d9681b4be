"""Send through Apprise in a process of its own, that can reach nothing inside the building.

It runs as a file, apart from the service: it holds no settings and no database, and what a plugin prints
goes nowhere. Each line in is an order, each line out its outcome.
"""

import ipaddress
import json
import sys
from typing import Any

import apprise
from apprise.common import ContentLocation

_TIMEOUT = 20  # seconds for one service; whoever ordered gives up somewhat later
# What these do happens on this machine, out of sight of the guard.
_LOCAL = ("syslog", "dbus", "glib", "kde", "qt", "gnome", "macosx", "windows")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_SEND_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn")


class Guard:
    """An audit hook: it sees each address after DNS, so that no name or redirect leads around it."""

    def __init__(self) -> None:
        self.allow_private = False
        self.refused = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse programs, local sockets and, unless allowed, addresses that are not of the internet."""
        if event in _STARTS or (event in _SEND_EVENTS and not self._may_reach(arguments[1])):
            self.refused = True
            raise PermissionError(event)

    def _may_reach(self, address: Any) -> bool:
        if address is None:
            return True  # a datagram on a socket that is connected, and so was looked at already
        if not isinstance(address, tuple):
            return False
        return self.allow_private or is_public(str(address[0]))


def is_public(host: str) -> bool:
    """Tell whether an address lies on the internet, also when it is wrapped in another kind of address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = _inner(address) or address
    return address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to (mapped, 6to4, Teredo, NAT64)."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def main() -> None:
    """Carry out orders until there are no more."""
    guard = Guard()
    apprise.NotificationManager().disable(*_LOCAL)  # type: ignore[no-untyped-call]
    sys.addaudithook(guard)
    for line in sys.stdin:
        guard.refused = False
        order = json.loads(line)
        guard.allow_private = order["allow_private"]
        outcome = _outcome(order, guard)
        sys.stdout.write(outcome + "\n")
        sys.stdout.flush()


def _outcome(order: dict[str, Any], guard: Guard) -> str:
    """Return unknown, private, sent, timeout or failed; never a word of the address itself."""
    sender = _sender(order["url"])
    if sender is None:
        return "private" if guard.refused else "unknown"
    result = sender.notify(title=order["title"], body=order["body"], body_format="text")
    if result:
        return "sent"
    if guard.refused:
        return "private"
    return "timeout" if result.status == apprise.AppriseResultStatus.TIMEOUT else "failed"


def _sender(url: str) -> apprise.Apprise | None:
    asset = apprise.AppriseAsset(
        app_id="Jaarritme",
        http_redirects=False,
        allow_templates=False,  # they read this process's environment
        service_timeout=_TIMEOUT,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
    )
    sender = apprise.Apprise(asset=asset, location=ContentLocation.INACCESSIBLE)
    if not sender.add(url) or len(sender) != 1:
        return None
    for service in sender:
        service.redirects = False  # an address may ask for them; it does not get them
    return sender


if __name__ == "__main__":
    main()
