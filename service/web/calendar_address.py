"""An address of a calendar as it is shown, once: to copy, to click on, and to point a camera at."""

from dataclasses import dataclass
from urllib.parse import quote

import segno

from service.settings import settings

_GOOGLE = "https://calendar.google.com/calendar/r?cid="


@dataclass(frozen=True, slots=True)
class Shown:
    """An address that was just made, and the device it is for."""

    device: str
    address: str

    @property
    def webcal(self) -> str:
        """Return the address as calendar programs open it."""
        return f"webcal://{self.address.partition('://')[2]}"

    @property
    def google(self) -> str:
        """Return the page of Google on which one adds the calendar; it wants the address as webcal."""
        return _GOOGLE + quote(self.webcal, safe="")

    @property
    def code(self) -> str:
        """Return a QR code of the address as the source of a picture; phones open it as a subscription."""
        drawn = segno.make(self.webcal, micro=False, error="m")
        return str(drawn.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def shown(token: str, device: str) -> Shown:
    """Return an address from its token; nothing keeps it."""
    return Shown(" ".join(device.split()), f"{settings().base_url}/f/{token}.ics")
