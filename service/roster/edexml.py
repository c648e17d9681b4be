"""Read an EDEXML file (2.1, 2.0, 1.03) into a roster, or refuse it with every reason.

The standard's lists are followed where we use what they hold; what we don't use is not looked at.
"""

import re
from dataclasses import replace

from models import GroupKind
from service.roster import fields
from service.roster.markup import TEXT, Node, Shape, read
from service.roster.problems import Report, shown
from service.roster.references import resolve
from service.roster.roster import COMBINATION, GroupLine, PupilLine, Roster, StaffLine, full_name

VERSIONS = frozenset({"1.03", "2.0", "2.1"})
PUPIL_YEARS = frozenset({"B", "D", "S", "V", "N", "H", *map(str, range(9)), *map(str, range(11, 17))})
GROUP_YEARS = PUPIL_YEARS | {COMBINATION}
_BRIN = re.compile(r"\d{2}[A-Z]{2}", re.ASCII)
_DEPENDANCE = re.compile(r"\d{2}", re.ASCII)

_PERSON: dict[str, Shape | None] = dict.fromkeys(
    ("achternaam", "voorvoegsel", "voornamen", "voorletters-1", "roepnaam"), TEXT
)
_SCHOOL = Shape(
    {
        "schooljaar": TEXT,
        "peildatum": TEXT,
        "brincode": TEXT,
        "dependancecode": TEXT,
        "instellingsnummer": None,
        "schoolkey": None,
        "aanmaakdatum": TEXT,
        "auteur": None,
        "xsdversie": TEXT,
        "commentaar": None,
        "toevoegingen": None,
    }
)
_SITE = Shape({"naam": None, "omschrijving": None, "toevoegingen": None, "mutatiedatum": None})
_GROUP = Shape(
    {"naam": TEXT, "jaargroep": TEXT, "omschrijving": None, "toevoegingen": None, "mutatiedatum": None}
)
_PUPIL = Shape(
    {
        **_PERSON,
        "geboortedatum": TEXT,
        "geslacht": None,
        "start_ondw_jgr3": None,
        "jaargroep": TEXT,
        "groep": TEXT,
        "samengestelde_groepen": Shape({"samengestelde_groep": TEXT}),
        "vestiging": TEXT,
        "gebruikersnaam": None,
        "emailadres": None,
        "fotourl": None,
        "etniciteit": None,
        "land": None,
        "land_vader": None,
        "land_moeder": None,
        "sofinummer": None,
        "bsn": None,
        "onderwijsnummer": None,
        "bsn_ondwnr-4": None,
        "rijksregisternummer": None,
        "gewicht_nieuw": None,
        "gewicht": None,
        "postcodenl": None,
        "postnummerbe": None,
        "postcodeoverig": None,
        "instroomdatum": TEXT,
        "uitstroomdatum": TEXT,
        "toevoegingen": None,
        "mutatiedatum": None,
    }
)
_TAUGHT = Shape({"rol": None, "rolomschrijving": None}, any_order=True)
_STAFF = Shape(
    {
        **_PERSON,
        "gebruikersnaam": None,
        "emailadres": TEXT,
        "rol": None,
        "rolomschrijving": None,
        "groepen": Shape({"groep": _TAUGHT, "samengestelde_groep": _TAUGHT}, any_order=True),
        "toevoegingen": None,
        "mutatiedatum": None,
    }
)
EDEX = Shape(
    {
        "school": _SCHOOL,
        "vestigingen": Shape({"vestiging": _SITE}),
        "groepen": Shape({"groep": _GROUP, "samengestelde_groep": _GROUP}, any_order=True),
        "leerlingen": Shape({"leerling": _PUPIL}),
        "leerkrachten": Shape({"leerkracht": _STAFF}),
    }
)


def parse(data: bytes) -> Roster:
    """Return the roster in ``data``; raise ``RosterFileError`` with all that is wrong (50 at most)."""
    report = Report()
    root = read(data, "EDEX", EDEX, report)
    parts = fields.singles(root, report)
    for name in ("school", "leerlingen"):
        if name not in parts:
            report.refuse(root.line, root.path, f"Het deel {name} ontbreekt; vraag een volledige export op.")
    report.settle()
    roster = _roster(parts, report)
    roster = resolve(roster, parts, report)
    report.settle()
    return replace(roster, warnings=report.warnings)


def _roster(parts: dict[str, Node], report: Report) -> Roster:
    school = _header(parts["school"], report)
    pupils = tuple(_pupil(node, report) for node in parts["leerlingen"].children)
    if not pupils:
        node = parts["leerlingen"]
        report.refuse(
            node.line, node.path, "Er staat geen enkele leerling in; vraag een volledige export op."
        )
    groups = parts.get("groepen")
    staff = parts.get("leerkrachten")
    if groups is None:
        report.warn(0, "EDEX", "Het bestand noemt geen groepen; die blijven zoals ze waren.")
    return replace(
        school,
        pupils=pupils,
        groups=tuple(_group(node, report) for node in groups.children) if groups else None,
        staff=tuple(_staff(node, report) for node in staff.children) if staff else None,
    )


def _header(node: Node, report: Report) -> Roster:
    found = fields.singles(node, report)
    year = ""
    if "schooljaar" in found:
        year = fields.school_year(found["schooljaar"], report)
    else:
        report.refuse(node.line, node.path, "Het schooljaar ontbreekt; vraag een volledige export op.")
    version = fields.text(found.get("xsdversie"), report, usual=32)
    if version not in VERSIONS:
        report.warn(
            node.line, node.path, "De versie van het bestand ontbreekt of is nieuw; we lazen het als 2.1."
        )
    asked = fields.day(found.get("peildatum"), report)
    made = fields.day(found.get("aanmaakdatum"), report)
    brin = _pattern(
        found.get("brincode"), _BRIN, "Dit is geen BRIN (twee cijfers, twee hoofdletters).", report
    )
    part = _pattern(found.get("dependancecode"), _DEPENDANCE, "Dit is geen dependancecode (00-99).", report)
    return Roster(year, brin, part or "00", asked or made, ())


def _pattern(node: Node | None, pattern: re.Pattern[str], wrong: str, report: Report) -> str:
    value = fields.text(node, report, usual=32)
    if node and value and not pattern.fullmatch(value):
        report.refuse(node.line, node.path, f"{wrong} Vraag een nieuwe export op.")
    return value


def _group(node: Node, report: Report) -> GroupLine:
    found = fields.singles(node, report)
    key = fields.key(node, report) or ""
    name = fields.text(found.get("naam"), report, usual=64)
    if not name:
        report.refuse(node.line, node.path, f"De groep {fields.named(key)} heeft geen naam; vul die in.")
    kind = GroupKind.BASE if node.name == "groep" else GroupKind.COMPOSITE
    year = fields.code(found.get("jaargroep"), GROUP_YEARS, report) if kind is GroupKind.BASE else ""
    if kind is GroupKind.BASE and not year:
        report.warn(node.line, node.path, "Een groep heeft geen jaargroep.")
    return GroupLine(key, name, kind, year, node.line)


def _pupil(node: Node, report: Report) -> PupilLine:
    found = fields.singles(node, report)
    key = fields.key(node, report) or ""
    names = _names(found, report)
    if not (names["roepnaam"] or names["achternaam"]):
        report.refuse(node.line, node.path, f"Leerling {fields.named(key)} heeft geen naam; vul die in.")
    composites = found.get("samengestelde_groepen")
    return PupilLine(
        key=key,
        eckid=fields.eckid(node, report),
        first_name=names["roepnaam"] or names["voornamen"] or names["voorletters-1"],
        prefix=names["voorvoegsel"],
        last_name=names["achternaam"],
        born_on=fields.day(found.get("geboortedatum"), report),
        year_group=fields.code(found.get("jaargroep"), GROUP_YEARS, report),
        group=fields.key(found["groep"], report) if "groep" in found else None,
        composites=_keys(composites, report),
        enrolled_on=fields.day(found.get("instroomdatum"), report),
        left_on=fields.day(found.get("uitstroomdatum"), report),
        line=node.line,
    )


def _staff(node: Node, report: Report) -> StaffLine:
    found = fields.singles(node, report)
    key = fields.key(node, report) or ""
    names = _names(found, report)
    if not (names["roepnaam"] or names["achternaam"]):
        report.refuse(node.line, node.path, f"Leerkracht {shown(key)} heeft geen naam; vul die in.")
    first = names["roepnaam"] or names["voornamen"] or names["voorletters-1"]
    return StaffLine(
        key=key,
        name=full_name(first, names["voorvoegsel"], names["achternaam"]),
        email=fields.email(found.get("emailadres"), report),
        groups=_keys(found.get("groepen"), report),
        line=node.line,
    )


def _names(found: dict[str, Node], report: Report) -> dict[str, str]:
    usual = {"achternaam": 200, "voorvoegsel": 10, "voornamen": 200, "voorletters-1": 6, "roepnaam": 64}
    return {name: fields.text(found.get(name), report, usual=most) for name, most in usual.items()}


def _keys(node: Node | None, report: Report) -> tuple[str, ...]:
    found = (fields.key(child, report) for child in node.children) if node else ()
    return tuple(dict.fromkeys(key for key in found if key))
