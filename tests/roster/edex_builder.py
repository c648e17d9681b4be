"""Write small EDEXML files for tests; everyone in them is invented."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True)
class G:
    """A group; ``year`` is None for a composite group."""

    key: str
    name: str = ""
    year: str | None = "5"

    def xml(self) -> str:
        tag = "groep" if self.year is not None else "samengestelde_groep"
        year = f"<jaargroep>{self.year}</jaargroep>" if self.year else ""
        return f"<{tag} key={quoteattr(self.key)}><naam>{escape(self.name or self.key)}</naam>{year}</{tag}>"


@dataclass(frozen=True)
class P:
    """A pupil; ``extra`` is written as it is, at the end."""

    key: str
    first: str = "Anna"
    last: str = "Voorbeeld"
    prefix: str = ""
    born: str = "2016-05-01"
    year: str = ""
    group: str = ""
    composites: tuple[str, ...] = ()
    enrolled: str = ""
    left: str = ""
    eckid: str = ""
    extra: str = ""

    def xml(self) -> str:
        eckid = f" eckid={quoteattr(self.eckid)}" if self.eckid else ""
        inside = "".join(f"<samengestelde_groep key={quoteattr(key)}/>" for key in self.composites)
        return "".join(
            (
                f"<leerling key={quoteattr(self.key)}{eckid}>",
                element("achternaam", self.last),
                element("voorvoegsel", self.prefix),
                element("roepnaam", self.first),
                element("geboortedatum", self.born),
                element("jaargroep", self.year),
                f"<groep key={quoteattr(self.group)}/>" if self.group else "",
                f"<samengestelde_groepen>{inside}</samengestelde_groepen>" if inside else "",
                element("instroomdatum", self.enrolled),
                element("uitstroomdatum", self.left),
                self.extra,
                "</leerling>\n",
            )
        )


@dataclass(frozen=True)
class S:
    """A member of staff, with the groups and roles the file claims."""

    key: str
    first: str = "Nicole"
    last: str = "Bakker"
    email: str = ""
    groups: tuple[str, ...] = ()
    role: str = "LRK"

    def xml(self) -> str:
        inside = "".join(f"<groep key={quoteattr(key)}><rol>IB</rol></groep>" for key in self.groups)
        return "".join(
            (
                f"<leerkracht key={quoteattr(self.key)}>",
                element("achternaam", self.last),
                element("roepnaam", self.first),
                element("emailadres", self.email),
                element("rol", self.role),
                f"<groepen>{inside}</groepen>" if inside else "",
                "</leerkracht>\n",
            )
        )


@dataclass(frozen=True)
class Edex:
    """A whole file; a part that is None is left out."""

    pupils: tuple[P, ...] = (P("1001", group="g5"),)
    groups: tuple[G, ...] | None = (G("g5", "Groep 5"), G("g34", "Groep 3/4", "C"), G("plus", "Plus", None))
    staff: tuple[S, ...] | None = None
    year: str = "2026-2027"
    brin: str = "99XX"
    dependance: str = ""
    asked: str = ""
    made: str = "2026-09-01T08:00:00"
    version: str = "2.1"
    extra: str = field(default="", repr=False)

    def xml(self) -> str:
        school = "".join(
            (
                element("schooljaar", self.year),
                element("peildatum", self.asked),
                element("brincode", self.brin),
                element("dependancecode", self.dependance),
                element("aanmaakdatum", self.made),
                element("xsdversie", self.version),
            )
        )
        return "".join(
            (
                '<?xml version="1.0" encoding="UTF-8"?>\n<EDEX>\n',
                f"<school>{school}</school>\n",
                _part("groepen", self.groups),
                _part("leerlingen", self.pupils),
                _part("leerkrachten", self.staff),
                f"{self.extra}</EDEX>\n",
            )
        )

    def bytes(self) -> bytes:
        return self.xml().encode()


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _part(name: str, records: tuple[G, ...] | tuple[P, ...] | tuple[S, ...] | None) -> str:
    if records is None:
        return ""
    return f"<{name}>\n{''.join(record.xml() for record in records)}</{name}>\n"
