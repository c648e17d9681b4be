"""Hold the parts of a roster against each other: keys are unique, and what is pointed at exists."""

from collections.abc import Iterable
from dataclasses import replace

from models import GroupKind
from service.roster import fields
from service.roster.markup import Node
from service.roster.problems import Report, shown
from service.roster.roster import COMBINATION, GroupLine, PupilLine, Roster

_BASE, _COMPOSITE = GroupKind.BASE, GroupKind.COMPOSITE
_WORD = {_BASE: "groep", _COMPOSITE: "samengestelde groep"}


def resolve(roster: Roster, parts: dict[str, Node], report: Report) -> Roster:
    """Return the roster with each pupil's year filled in; report keys that are double or lead nowhere."""
    groups = {group.key: group for group in roster.groups or ()}
    for name in ("vestigingen", "groepen", "leerlingen", "leerkrachten"):
        _unique(parts[name].children if name in parts else [], report)
    _check_sites(parts, report)
    for pupil, node in zip(roster.pupils, parts["leerlingen"].children, strict=True):
        _check_pupil(pupil, node, groups, report)
    if "leerkrachten" in parts:
        for node in parts["leerkrachten"].children:
            for taught in _children(node, "groepen"):
                kind = _BASE if taught.name == "groep" else _COMPOSITE
                _check_group((taught.key or "").strip(), kind, groups, taught, report)
    return replace(roster, pupils=tuple(_with_year(pupil, groups, report) for pupil in roster.pupils))


def _children(node: Node, name: str) -> list[Node]:
    return [inner for child in node.children if child.name == name for inner in child.children]


def _unique(nodes: Iterable[Node], report: Report) -> None:
    seen: dict[str, int] = {}
    eckids: dict[str, int] = {}
    for node in nodes:
        key = (node.key or "").strip()
        if key and key in seen:
            text = f"De sleutel {shown(key)} staat ook op regel {seen[key]}; een sleutel hoort bij één."
            report.refuse(node.line, node.path, text)
        seen.setdefault(key, node.line)
        eckid = fields.clean(node.eckid or "")
        if eckid and eckid in eckids:
            text = (
                f"Het ECK-iD bij {shown(key)} staat ook op regel {eckids[eckid]}; het hoort bij één persoon."
            )
            report.refuse(node.line, node.path, text)
        eckids.setdefault(eckid, node.line)


def _check_sites(parts: dict[str, Node], report: Report) -> None:
    sites = (
        {(site.key or "").strip() for site in parts["vestigingen"].children}
        if "vestigingen" in parts
        else set()
    )
    for site in parts["vestigingen"].children if "vestigingen" in parts else ():
        fields.key(site, report)
    for pupil in parts["leerlingen"].children:
        for node in pupil.children:
            if node.name != "vestiging":
                continue
            key = fields.key(node, report)
            if key and key not in sites:
                report.refuse(node.line, node.path, f"De vestiging {shown(key)} staat niet in dit bestand.")


def _check_pupil(pupil: PupilLine, node: Node, groups: dict[str, GroupLine], report: Report) -> None:
    for child in node.children:
        if child.name == "groep":
            _check_group((child.key or "").strip(), _BASE, groups, child, report)
    for child in _children(node, "samengestelde_groepen"):
        _check_group((child.key or "").strip(), _COMPOSITE, groups, child, report)
    if pupil.left_on and pupil.enrolled_on and pupil.left_on < pupil.enrolled_on:
        report.warn(pupil.line, node.path, "De uitstroomdatum ligt vóór de instroomdatum.")


def _check_group(key: str, kind: GroupKind, groups: dict[str, GroupLine], node: Node, report: Report) -> None:
    if not key:
        return
    if key not in groups:
        text = f"De groep {shown(key)} staat niet bij de groepen; zet hem erbij of haal de verwijzing weg."
        report.refuse(node.line, node.path, text)
    elif groups[key].kind is not kind:
        text = f"De groep {shown(key)} is een {_WORD[groups[key].kind]}, hier hoort een {_WORD[kind]}."
        report.refuse(node.line, node.path, text)


def _with_year(pupil: PupilLine, groups: dict[str, GroupLine], report: Report) -> PupilLine:
    year = pupil.year_group if pupil.year_group != COMBINATION else ""
    if not year and pupil.group in groups:
        year = groups[pupil.group].year_group
    if year in ("", COMBINATION):
        report.warn(pupil.line, "EDEX/leerlingen/leerling", "Een leerling heeft geen eigen jaargroep.")
        year = ""
    return pupil if year == pupil.year_group else replace(pupil, year_group=year)
