"""What the process that sends may reach: the internet, and nothing inside the building."""

import ipaddress
from typing import Any

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 §2.5.5.1
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214 §6.1
_SEND_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn")


class Guard:
    """An audit hook: it sees each address after DNS, so that no name or redirect leads around it.

    ``here`` also lets this machine itself be reached, for a demo or a test.
    """

    def __init__(self, *, here: bool = False) -> None:
        self._here = here
        self.refused = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse programs, local sockets and addresses that are not of the internet."""
        if event in _STARTS or (event in _SEND_EVENTS and not self._may_reach(arguments[1])):
            self.refused = True
            raise PermissionError(event)

    def _may_reach(self, address: Any) -> bool:
        if address is None:
            return True  # a datagram on a socket that is connected, and so was looked at already
        if not isinstance(address, tuple):
            return False
        host = str(address[0])
        return is_public(host) or (self._here and is_loopback(host))


def is_public(host: str) -> bool:
    """Tell whether an address lies on the internet, also when it is wrapped in another kind of address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.is_site_local:
            return False
        address = _inner(address) or address
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to."""
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64 or address in _V4_COMPATIBLE or int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return last
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
