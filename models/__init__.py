"""The tables, and nothing that acts on them."""

from models.access import Feed, FeedBytes, LoginFailure, LoginSession, PasswordLink
from models.cases import (
    CLOSED_STATES,
    OPEN_STATES,
    Case,
    CaseEvent,
    CaseState,
    Consent,
    Task,
    TaskKind,
    TaskState,
)
from models.meetings import Attendee, Meeting, MeetingState
from models.outbox import Channel, LedgerEntry, LedgerOutcome, Message, MessageState
from models.people import (
    Half,
    Membership,
    Person,
    Presence,
    Role,
    School,
    StaffKey,
    Teaching,
)
from models.planning import PlanImport, Replan, Trial
from models.procedures import ProcedureVersion
from models.roster import Group, GroupKind, Placement, Pupil, RosterImport
from models.rules import Layer, LayerRule, OwnItem
from models.runs import RunState, RunVia, TimerRun
from models.years import Closure, ClosureSource, Year

__all__ = [
    "CLOSED_STATES",
    "OPEN_STATES",
    "Attendee",
    "Case",
    "CaseEvent",
    "CaseState",
    "Channel",
    "Closure",
    "ClosureSource",
    "Consent",
    "Feed",
    "FeedBytes",
    "Group",
    "GroupKind",
    "Half",
    "Layer",
    "LayerRule",
    "LedgerEntry",
    "LedgerOutcome",
    "LoginFailure",
    "LoginSession",
    "Meeting",
    "MeetingState",
    "Membership",
    "Message",
    "MessageState",
    "OwnItem",
    "PasswordLink",
    "Person",
    "Placement",
    "PlanImport",
    "Presence",
    "ProcedureVersion",
    "Pupil",
    "Replan",
    "Role",
    "RosterImport",
    "RunState",
    "RunVia",
    "School",
    "StaffKey",
    "Task",
    "TaskKind",
    "TaskState",
    "Teaching",
    "TimerRun",
    "Trial",
    "Year",
]
