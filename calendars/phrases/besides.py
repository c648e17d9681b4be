"""What stands beside a moment: an hour, a part of the day, the groups that it is for."""

import re

from calendars.phrases.grammar import Pattern, Reader, around, written
from calendars.phrases.proposal import OPEN, Found

_CLOCK = (
    r"(?P<first>\d{1,2})(?:[:.](?P<minutes>\d\d))(?: ?(?:-|tot|"
    r"t/m) ?(?P<last>\d{1,2})[:.](?P<more>\d\d))?(?: ?(?:u|uur|h))?"
)


@written(rf"(?P<when>.+?),? ?(?:om |van |vanaf )?{_CLOCK}")
def at_a_time(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "12 november 19:00-21:00"."""
    found = reader.read(match["when"])
    if not found or int(match["first"]) > 23 or int(match["minutes"]) > 59:  # noqa: PLR2004 -- a clock
        return None
    time = {"at": f"{int(match['first']):02}:{match['minutes']}"}
    if match["last"] and int(match["last"]) <= 23:  # noqa: PLR2004 -- a clock
        end = f"{int(match['last']):02}:{match['more']}"
        time |= {"until": end} if end > time["at"] and end[3:] < "60" else {}
    return around(found, found.tree, extra={**found.extra, "time": time})


@written(
    r"(?P<when>.+?),? (?:in de |'s )?(?P<part>ochtend|morgen|morgens|middag|middags|avond|avonds|na "
    r"schooltijd)"
)
def part_of_day(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "12 november na schooltijd"."""
    found = reader.read(match["when"])
    part = match["part"].removesuffix("s").replace("morgen", "ochtend").replace(" ", "-")
    return around(found, found.tree, extra={**found.extra, "time": {"part": part}}) if found else None


@written(r"(?:in de )?(?P<part>ochtend|middag|avond) van (?P<when>.+)")
def part_of_that_day(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "ochtend van 20 november"."""
    found = reader.read(match["when"])
    return (
        around(found, found.tree, extra={**found.extra, "time": {"part": match["part"]}}) if found else None
    )


@written(
    r"(?P<when>.+?),? \(?(?:in |van |voor |bij )?(?P<from>vanaf )?(?P<groups>(?:groep|groepen|gr) "
    r"?[1-8].*?)\)?|"
    r"(?P<since>vanaf )?(?P<more>groep [1-8].*?)[:,] (?P<then>.+)"
)
def for_groups(match: re.Match[str], reader: Reader) -> Found | None:
    """Read "januari groep 8"."""
    found = reader.read(match["when"] or match["then"])
    said = match["groups"] or match["more"]
    if not found or not said:
        return None
    text = f"vanaf {said}" if match["from"] or match["since"] else said
    return around(found, found.tree, extra={**found.extra, "groups_text": text})


@written(
    r"(?P<edge>begin|start|eind|einde|halverwege|in|vanaf)? ?(?P<groups>(?:groep|gr) ?[1-8](?:(?: en |/|-| "
    r"t/m )[1-8])?)"
)
def edge_of_group(match: re.Match[str], _: Reader) -> Found:
    """Read "eind groep 7": that part of the year, for that group."""
    edge = {"begin": "begin", "start": "start", "eind": "eind", "einde": "eind"}.get(match["edge"] or "")
    groups = {"groups_text": f"{'vanaf ' if match['edge'] == 'vanaf' else ''}{match['groups']}"}
    if edge:
        return Found({"rule": "phase", "phase": edge}, groups)
    return Found(dict(OPEN), groups, question=f"Wanneer in {match['groups']}?")


FIRST: tuple[Pattern, ...] = (at_a_time, part_of_day, part_of_that_day)
PATTERNS: tuple[Pattern, ...] = (edge_of_group, for_groups)
