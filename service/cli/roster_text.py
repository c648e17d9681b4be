"""Say in Dutch what an import changes; with names, so for the school's own terminal only."""

from collections.abc import Iterator

from service.roster import Change, Changes, RosterDiff

MOST = 25

_KINDS = {
    "new": ("nieuw", "+"),
    "changed": ("gewijzigd", "~"),
    "left": ("vertrokken", "-"),
    "returned": ("terug", "+"),
    "moved": ("naar een andere groep", ">"),
}
_GROUP_KINDS = _KINDS | {"left": ("niet meer in het bestand", "-")}
_STAFF_KINDS = _GROUP_KINDS
_FIELDS = {
    "key": "sleutel",
    "eckid": "ECK-iD",
    "first_name": "voornaam",
    "prefix": "voorvoegsel",
    "last_name": "achternaam",
    "born_on": "geboortedatum",
    "year_group": "jaargroep",
    "enrolled_on": "instroomdatum",
    "left_on": "uitstroomdatum",
    "name": "naam",
    "kind": "soort",
    "email": "mailadres",
    "person_id": "gekoppeld aan een account",
}


def described(school: str, difference: RosterDiff, *, dry_run: bool) -> str:
    """Return the difference as lines for a terminal."""
    return "\n".join(_lines(school, difference, dry_run=dry_run))


def _lines(school: str, difference: RosterDiff, *, dry_run: bool) -> Iterator[str]:
    yield f"{school}, schooljaar {difference.school_year}"
    if difference.empty:
        yield "Er verandert niets: alles in dit bestand stond er al zo."
    yield from _part("Leerlingen", difference.pupils, _KINDS)
    yield from _part("Groepen", difference.groups, _GROUP_KINDS)
    yield from _part("Medewerkers", difference.staff, _STAFF_KINDS)
    if difference.warnings:
        yield "Let op:"
        yield from (f"  {warning}" for warning in difference.warnings)
    if difference.objections:
        yield "Bezwaar (klopt het toch, gebruik dan --force):"
        yield from (f"  {objection}" for objection in difference.objections)
    if not difference.empty:
        yield "Proef: er is niets geschreven." if dry_run else "Ingelezen."


def _part(title: str, changes: Changes, kinds: dict[str, tuple[str, str]]) -> Iterator[str]:
    for kind, found in changes.kinds():
        if not found:
            continue
        word, mark = kinds[kind]
        yield f"{title}, {word}: {len(found)}"
        yield from (f"  {mark} {_change(change)}" for change in found[:MOST])
        if len(found) > MOST:
            yield f"    … en nog {len(found) - MOST}"


def _change(change: Change) -> str:
    told = f"{change.key}  {change.name}"
    if change.was:
        told += f" (was {change.was})"
    if change.last_day:
        told += f", laatste dag {change.last_day:%d-%m-%Y}"
    elif change.fields:
        told += f": {', '.join(_FIELDS[name] for name in change.fields)}"
    if change.from_groups or change.to_groups:
        told += f": {_list(change.from_groups)} → {_list(change.to_groups)}"
    return told


def _list(groups: tuple[str, ...]) -> str:
    return ", ".join(groups) or "geen groep"
