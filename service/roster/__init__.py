"""The roster room: read the file of the school's administration, compare it, and take it over.

roster = parse(data)                    # refuses with RosterFileError(problems)
diff(session, school, roster, on)       # what would change
apply(session, school, roster, actor_id=…, at=…, digest=fingerprint(data))

markup → fields → edexml → references: a file becomes a ``Roster``.
recognise → groups, pupils, staff, placements → diff: a roster beside the tables becomes changes and writes.
"""

from service.roster.apply import apply, fingerprint
from service.roster.changes import Change, Changes, RosterDiff
from service.roster.check import check
from service.roster.diff import diff
from service.roster.edexml import parse
from service.roster.markup import MAX_BYTES
from service.roster.problems import Problem, RosterFileError
from service.roster.roster import GroupLine, PupilLine, Roster, StaffLine

__all__ = [
    "MAX_BYTES",
    "Change",
    "Changes",
    "GroupLine",
    "Problem",
    "PupilLine",
    "Roster",
    "RosterDiff",
    "RosterFileError",
    "StaffLine",
    "apply",
    "check",
    "diff",
    "fingerprint",
    "parse",
]
