"""Read XML that a stranger wrote: within limits, without a DTD, and keeping only what was asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from service.roster.problems import Report, RosterFileError, refusal

MAX_BYTES = 20 * 1024 * 1024
MAX_ELEMENTS = 1_000_000
MAX_KEPT = 400_000
MAX_DEPTH = 32
MAX_TEXT = 4_000

_ENCODING = "De tekenset van het bestand is onbekend; exporteer het als UTF-8."
_LIMIT = "Een rooster van een school is kleiner; vraag een nieuwe export op."
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"  # byte order marks and white space, in UTF-8 and UTF-16
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]{0,40})["']""")
_READ = re.compile(rb"utf-?(8|16)|us-ascii|ascii|latin-?1|(iso-8859|windows)-\d{1,4}|cp125\d", re.IGNORECASE)
_ELSEWHERE = frozenset({"leerlinggegevens", "leerlinggegevens_antwoord", "envelope"})


@dataclass(frozen=True)
class Shape:
    """What may stand inside an element, in its order; ``None`` marks what is passed over unread."""

    inside: Mapping[str, "Shape | None"] = field(default_factory=dict)
    any_order: bool = False


TEXT = Shape()


@dataclass(slots=True)
class Node:
    """An element that was kept."""

    name: str
    path: str
    line: int
    key: str | None
    eckid: str | None
    text: str = field(default="", repr=False)
    children: list["Node"] = field(default_factory=list)


def read(data: bytes, root: str, shape: Shape, report: Report) -> Node:
    """Return the root element of ``data``; whatever has no place in ``shape`` is passed over."""
    _refuse_what_is_no_text(data)
    handler = _Handler(root, shape, report)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)
    try:
        parser.feed(data)  # at once: in pieces, one huge token costs expat quadratic time
        parser.close()
    except DefusedXmlException:
        raise refusal(
            "Het bestand bevat een DOCTYPE of entiteiten. Die horen niet in EDEXML en kunnen kwaad; "
            "vraag een nieuwe export op.",
            line=handler.line,
        ) from None
    except SAXParseException as error:
        raise _unreadable(error.getLineNumber() or 0, error.getMessage()) from None
    except (ValueError, LookupError):
        raise refusal(_ENCODING, line=1) from None
    return handler.result


def _refuse_what_is_no_text(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise refusal(f"Het bestand is groter dan {MAX_BYTES // 1024**2} MB. {_LIMIT}")
    if not data.strip():
        raise refusal("Het bestand is leeg.")
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise refusal("Dit is een ingepakt bestand; pak het uit en kies het bestand EDEX.XML.")
    if not data.lstrip(_BEFORE_XML).startswith(b"<"):
        raise refusal(
            "Dit is geen XML; kies in het leerlingadministratiesysteem de export EDEXML (EDEX.XML)."
        )
    declared = _DECLARED.match(data[:400].removeprefix(b"\xef\xbb\xbf"))
    if declared and not _READ.fullmatch(declared[1]):  # Python knows stranger ones, none of them meant here
        raise refusal(_ENCODING, line=1)


def _unreadable(line: int, message: str) -> RosterFileError:
    if "no element found" in message or "unclosed" in message:
        text = "Het bestand houdt halverwege op; haal de export opnieuw op."
    elif "invalid token" in message or "encoding" in message:
        text = "Hier staan tekens die niet bij de tekenset passen of niet mogen; exporteer opnieuw als UTF-8."
    else:
        text = "Dit is geen geldige XML; haal de export opnieuw op en verander er niets in."
    return refusal(text, line=line)


@dataclass(slots=True)
class _Open:
    node: Node
    shape: Shape
    text: list[str] = field(default_factory=list)
    length: int = 0
    last: int = 0


class _Handler(ContentHandler):
    """Builds nodes; counts everything, keeps what has a shape."""

    def __init__(self, root: str, shape: Shape, report: Report) -> None:
        super().__init__()
        self._root, self._shape, self._report = root, shape, report
        self._open: list[_Open] = []
        self._order: dict[int, dict[str, int]] = {}
        self._passing = self._elements = self._kept = 0

    @property
    def line(self) -> int:
        """Return the line that is being read."""
        return int(self._locator.getLineNumber() or 0)  # type: ignore[attr-defined]

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 -- SAX calls it so
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise refusal(f"Het bestand heeft meer dan {MAX_ELEMENTS} elementen. {_LIMIT}", line=self.line)
        if len(self._open) + self._passing >= MAX_DEPTH:
            raise refusal(f"Het bestand is dieper genest dan {MAX_DEPTH}. {_LIMIT}", line=self.line)
        if self._passing:
            self._passing += 1
        elif not self._open:
            self._begin(name, attrs)
        else:
            self._inside(self._open[-1], name, attrs)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 -- SAX calls it so
        if self._passing:
            self._passing -= 1
            return
        done = self._open.pop()
        done.node.text = "".join(done.text)
        if not self._open:
            self.result = done.node

    def characters(self, content: str) -> None:
        """Keep the text of an element without children."""
        if self._passing or self._open[-1].shape.inside:
            return
        top = self._open[-1]
        if top.length <= MAX_TEXT:
            top.text.append(content[: MAX_TEXT + 1])
            top.length += len(content)
            if top.length > MAX_TEXT:
                raise refusal("De tekst is veel te lang; kort hem in.", line=self.line, path=top.node.path)

    def _begin(self, name: str, attrs: AttributesImpl) -> None:
        if name != self._root:
            inner = name.rpartition(":")[2].casefold()
            hint = (
                "Dit is een bericht van een koppeling (UWLR), geen exportbestand; kies in het "
                if inner in _ELSEWHERE
                else f"Dit is geen EDEXML-bestand (het begint niet met {self._root}); kies in het "
            )
            raise refusal(f"{hint}leerlingadministratiesysteem de export EDEXML (EDEX.XML).", line=self.line)
        if attrs.get("xmlns"):
            raise refusal("EDEXML kent geen naamruimte (xmlns); vraag een gewone export op.", line=self.line)
        self._keep(name, name, attrs, self._shape)

    def _inside(self, top: _Open, name: str, attrs: AttributesImpl) -> None:
        shape = top.shape.inside.get(name, _UNKNOWN)
        if shape is _UNKNOWN:
            self._pass_unknown(top, name)
            return
        self._watch_order(top, name)
        if shape is None:
            self._passing = 1
        else:
            self._keep(name, f"{top.node.path}/{name}", attrs, shape)

    def _keep(self, name: str, path: str, attrs: AttributesImpl, shape: Shape) -> None:
        self._kept += 1
        if self._kept > MAX_KEPT:
            raise refusal(f"Het bestand is voor tienduizenden leerlingen. {_LIMIT}", line=self.line)
        node = Node(name, path, self.line, attrs.get("key"), attrs.get("eckid"))
        if self._open:
            self._open[-1].node.children.append(node)
        self._open.append(_Open(node, shape))

    def _pass_unknown(self, top: _Open, name: str) -> None:
        self._passing = 1
        if name == "toevoegingen":
            return
        if top.shape is TEXT:
            self._report.refuse(self.line, top.node.path, "Hier hoort alleen tekst te staan, geen element.")
        else:
            self._report.warn(self.line, top.node.path, "Een onbekend element is overgeslagen.")

    def _watch_order(self, top: _Open, name: str) -> None:
        if top.shape.any_order:
            return
        order = self._order.get(id(top.shape))
        if order is None:
            order = self._order[id(top.shape)] = {each: at for at, each in enumerate(top.shape.inside)}
        if order[name] < top.last:
            self._report.warn(self.line, top.node.path, f"Het element {name} staat niet op zijn plaats.")
        top.last = max(top.last, order[name])


_UNKNOWN: Any = object()
