"""Every column with words in it, and what it has to do with pupils."""

from collections.abc import Iterator

from sqlalchemy import JSON, Column, Enum, String, Table
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

# People type these, or they are typed of pupils; a name may stand in each, and from each none may leave.
INSIDE = {
    "attendee": "comment",
    "caldav_target": "name",
    "case_event": "reason data",
    "channel": "name",
    "consent": "purpose recipient scope given_by method",
    "counter_proposal": "location comment",
    "feed": "name",
    "inbound_mail": "reason data",
    "layer_rule": "reason",
    "ledger_entry": "reason",
    "own_item": "source",
    "plan_import": "file_name",
    "slot_proposal": "title",
    "task": "note",
    "trial": "name",
}
# These leave as they are. The door where people type them refuses a pupil's name; the rest we write.
LEAVES = {
    "case": "title code",
    "closure": "name",
    "meeting": "title location uid",
    "message": "to_name subject body html calendar message_id to_address",
    "own_item": "definition",
    "person": "name email",
    "replan": "reason",
    "room": "name",
    "school": "name mailbox",
    "school_group": "name",
    "task": "title",
    "timer_run": "counts error",
}
# Keys, codes, digests, seals, addresses, and what the product notes for itself: no sentence of a person.
OURS = {
    "attendee": "email name partstat answered_via delegated_to",  # of outsiders: "Ouder(s)" or "Gast"
    "caldav_target": "secret error known",
    "case": "school_year procedure occurrence key stage outcome",
    "case_event": "verb",
    "channel": "secret_url",
    "closure": "replaces groups",
    "delivery_gate": "account reason",
    "feed": "token_hash fetched_by",
    "feed_bytes": "etag",
    "inbound_mail": "source fingerprint sender kind secret_body",
    "layer_rule": "scope school_year procedure task definition",
    "ledger_entry": "rung",
    "login_failure": "email address",
    "login_session": "token_hash",
    "mail_alias": "email",
    "mailbox_cursor": "mailbox error",
    "meeting": "wishes",
    "membership": "unit",
    "message": "dedupe_key kind calendar_method last_error",
    "own_item": "key",
    "password_link": "token_hash",
    "person": "password_hash language",
    "plan_import": "school_year lines",
    "procedure_version": "key digest definition",
    "pupil": "key eckid first_name prefix last_name year_group",
    "replan": "school_year moves",
    "roster_import": "school_year digest counts",
    "school": "brin dependance region board partnership",
    "school_group": "school_year key year_group",
    "slot_proposal": "school_year asked progress result",
    "staff_key": "key name email",
    "task": "key stage role unit law derivation outcome",
    "timer_run": "timer flow_run_id",
    "trial": "school_year wishes outcome",
    "year": "label without",
}


def said(about: dict[str, str]) -> set[tuple[str, str]]:
    """Return a list of columns as pairs of table and column."""
    return {(table, name) for table, names in about.items() for name in names.split()}


def with_words() -> Iterator[tuple[Table, Column[str]]]:
    """Yield every column of the tables in which words can stand."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, AutoString | String | JSON) and not isinstance(column.type, Enum):
                yield table, column
