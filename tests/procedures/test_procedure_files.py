"""The five procedures say what a school does; a file that can't be right is refused by name."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from calendars.ladder import STANDARD
from calendars.legal import legal_dates
from calendars.procedure import Procedure, Stage, TaskRule, unknown_elsewhere
from calendars.rules import Legal
from service.procedures import MEETINGS, RHYTHMS, ProcedureFileError, read, read_all

FILES = Path(__file__).parents[2] / "flows" / "procedures"
PROCEDURES = {p.key: p for p in read_all()}
OCCURRENCES = [(p.key, o.key) for p in PROCEDURES.values() for o in p.occurrence]
ABBREVIATIONS = {"OPP", "OOGO", "ROD", "PO-VO-kalender", "OSO", "ISB'er", "TLV"}


def small() -> dict[str, Any]:
    """Return a small procedure that is right, to break in one place."""
    text = {"nl": "Doe iets", "en": "Do something"}
    offset = {"rule": "offset", "after": "opening", "school_days": 2}
    first = {"key": "eerst", "title": text, "role": "ib", "due": offset}
    then = {"key": "dan", "title": text, "role": "teacher", "outcome": [{"key": "ja", "title": text}]}
    return {
        "key": "proef",
        "title": text,
        "occurrence": [{"key": "een", "title": text, "per": "pupil", "opened_by": "person"}],
        "stage": [
            {"key": "begin", "title": text, "phase": "signaleren", "task": [first]},
            {
                "key": "eind",
                "title": text,
                "phase": "evalueren",
                "gate": {"all_done": ["eerst"]},
                "task": [then],
            },
        ],
    }


def test_there_is_a_file_for_each_of_the_five_rhythms_and_no_other() -> None:
    assert {path.stem for path in FILES.glob("*.toml")} == {*RHYTHMS, MEETINGS}
    assert set(PROCEDURES) == {*RHYTHMS, MEETINGS}


def test_every_round_that_is_counted_from_exists() -> None:
    assert list(unknown_elsewhere(PROCEDURES.values())) == []


def test_a_round_of_another_procedure_that_does_not_exist_is_found() -> None:
    without = [p for p in PROCEDURES.values() if p.key != "test-calendar"]

    found = dict(unknown_elsewhere(without))

    assert set(found) == {"group-discussions", "plan-reviews"}


@pytest.mark.parametrize("key", RHYTHMS)
def test_every_procedure_has_a_gate(key: str) -> None:
    gates = [stage.gate for stage in PROCEDURES[key].stage if stage.gate and stage.gate.all_done]

    assert gates


@pytest.mark.parametrize(("procedure", "occurrence"), OCCURRENCES)
def test_every_occurrence_ends_with_an_outcome_that_closes_it(procedure: str, occurrence: str) -> None:
    last = PROCEDURES[procedure].stages_of(occurrence)[-1]
    tasks = [t for t in PROCEDURES[procedure].tasks_of(occurrence, last) if t.required]

    assert any(o.closes for task in tasks for o in task.outcome)
    assert all(o.closes for o in tasks[-1].outcome), "no way of finishing leaves the case open"


@pytest.mark.parametrize(("procedure", "occurrence"), OCCURRENCES)
def test_no_required_task_lacks_a_moment(procedure: str, occurrence: str) -> None:
    tasks = [t for t in PROCEDURES[procedure].tasks_of(occurrence) if t.required]

    assert [t.key for t in tasks if not t.rules(occurrence)] == []


@pytest.mark.parametrize("key", RHYTHMS)
def test_a_person_is_reminded_four_times_at_most_and_then_spoken_to(key: str) -> None:
    ladder = PROCEDURES[key].remind

    assert ladder == STANDARD
    assert sum("owner" in rung.to for rung in ladder) == 4
    assert [rung.to for rung in ladder if rung.kind == "escalation"] == [("owner", "ib"), ("director",)]


@pytest.mark.parametrize("key", RHYTHMS)
def test_titles_are_short_plain_and_without_a_name(key: str) -> None:
    procedure = PROCEDURES[key]
    titles = [t.title for t in procedure.tasks()] + [s.title for s in procedure.stage]
    titles += [o.title for o in procedure.occurrence] + [
        o.title for t in procedure.tasks() for o in t.outcome
    ]

    for title in titles:
        words = title.nl.replace("(", "").replace(")", "").replace(",", "").split()
        capitals = [w for w in words[1:] if re.match(r"[A-Z]", w)]
        assert len(title.nl) <= 60, title.nl
        assert title.en
        assert title.nl[0].isupper()
        assert set(capitals) <= ABBREVIATIONS, "a capital inside a title may be somebody's name"
        assert not title.nl.endswith(".")


@pytest.mark.parametrize("label", ["2026-2027", "2027-2028"])
def test_every_legal_date_that_is_named_is_known(label: str) -> None:
    rules = [
        r
        for p in PROCEDURES.values()
        for o in p.occurrence
        for t in p.tasks_of(o.key)
        for r in t.rules(o.key)
    ]

    named = {rule.key for rule in rules if isinstance(rule, Legal)}

    assert named
    assert named <= set(legal_dates(label))


def stages_that_send(procedure: Procedure) -> list[tuple[Stage, TaskRule]]:
    return [(s, t) for s in procedure.stage for t in s.task if t.needs_consent]


def test_nothing_leaves_the_school_without_a_recorded_consent() -> None:
    referrals = PROCEDURES["external-referrals"]

    sending = {t.key: s.gate for s, t in stages_that_send(referrals)}

    assert set(sending) == {"onderzoek-aanvraag", "arrangement-indienen", "jeugdhulp-delen"}
    assert all(gate and gate.consent and "ouders-toestemming" in gate.all_done for gate in sending.values())
    assert referrals.task("ouders-toestemming").records_consent


def test_a_tlv_waits_for_consultation_and_the_parents_view_instead_of_consent() -> None:
    tlv = PROCEDURES["external-referrals"].tasks_of("tlv")
    asked = next(s for s in PROCEDURES["external-referrals"].stages_of("tlv") if s.key == "tlv-aanvragen")

    assert not any(task.needs_consent or task.records_consent for task in tlv)
    assert asked.gate is not None
    assert {"ouders-overleg", "tlv-zienswijze", "kind-betrekken"} <= set(asked.gate.all_done)


def test_an_opp_is_settled_only_with_the_consent_to_its_action_part() -> None:
    ((stage, task),) = stages_that_send(PROCEDURES["plan-reviews"])

    assert task.key == "opp-vaststellen"
    assert task.latest is not None
    assert stage.gate is not None
    assert stage.gate.consent
    assert PROCEDURES["plan-reviews"].task("opp-instemming").records_consent


def test_an_advice_that_stays_below_the_test_needs_a_reason() -> None:
    outcomes = {o.key: o for o in PROCEDURES["exit-pupils"].task("heroverweging").outcome}

    assert outcomes["niet-bijgesteld"].reason_required
    assert not outcomes["bijgesteld"].reason_required


def test_the_transfer_file_waits_until_the_parents_could_read_it() -> None:
    stage = next(s for s in PROCEDURES["exit-pupils"].stage if s.key == "versturen")

    assert stage.gate is not None
    assert "inzage" in stage.gate.all_done


def test_the_management_reads_before_it_decides_and_its_decision_closes_the_round() -> None:
    *_, reading, deciding = PROCEDURES["test-calendar"].stages_of("M")

    assert [t.key for t in reading.task] == ["directie-lezen"]
    assert deciding.gate is not None
    assert deciding.gate.all_done == ("directie-lezen",)
    assert all(o.closes for o in deciding.task[0].outcome)


def test_the_teacher_owns_most_work_on_pupils_and_groups() -> None:
    tasks = PROCEDURES["exit-pupils"].tasks_of("leerling")

    assert [t.role for t in tasks if t.role not in {"teacher", "administration"}] == []


def test_the_small_procedure_is_right_before_it_is_broken() -> None:
    assert Procedure.model_validate(small()).key == "proef"


BROKEN = [
    ("stage.0.task.0.due.after", "task.dan", "vaststaat: \\['task.dan'\\]"),
    ("stage.0.task.0.due.after", "task.bestaat-niet", "taak 'eerst' bij 'een' telt vanaf iets"),
    ("stage.0.task.0.due.after", "window.last", "vaststaat: \\['window.last'\\]"),
    ("stage.0.task.0.due.after", "proef.twee.last", "een periode die er niet is"),
    ("stage.0.task.0.due.after", "proef.een.last", "een periode die er niet is"),
    ("stage.1.gate.all_done", ["dan"], "wacht op taken die niet in een eerdere fase staan"),
    ("stage.1.gate.all_done", ["bestaat-niet"], "wacht op taken die niet in een eerdere fase staan"),
    ("stage.1.gate.since", {"rule": "offset", "after": "task.dan", "school_days": 1}, "fase 'eind'"),
    ("stage.1.task.0.key", "eerst", "taken met dezelfde key"),
    ("stage.1.task.0.only", ["drie"], "noemt onbekende"),
    ("stage.1.task.0.latest", {"rule": "year", "edge": "last"}, "latest en law horen bij elkaar"),
    ("stage.1.task.0.role", "zoldermeester", "Input should be"),
    ("stage.1.task.0.colour", "rood", "Extra inputs are not permitted"),
    ("occurrence.0.opened_by", "year", "noem met opens wanneer het jaarplan dit opent"),
    ("occurrence.0.opens", {"rule": "offset", "after": "window.first", "school_days": 1}, "opens van 'een'"),
    ("occurrence.0.key", "een periode", "String should match pattern"),
    ("stage.0.phase", "afwachten", "Input should be"),
]


@pytest.mark.parametrize(("place", "value", "said"), BROKEN)
def test_a_procedure_that_cannot_work_is_refused(place: str, value: object, said: str) -> None:
    broken: Any = deepcopy(small())
    *path, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    inner = broken
    for part in path:
        inner = inner[part]
    inner[last] = value

    with pytest.raises(ValidationError, match=said):
        Procedure.model_validate(broken)


def test_a_task_may_count_back_from_a_meeting_that_comes_later() -> None:
    procedure = small()
    ends = {edge: {"rule": "date", "day": day} for edge, day in (("first", "10-01"), ("last", "10-20"))}
    procedure["stage"][1]["task"][0]["meeting"] = {"minutes": 45, "within": ends}
    procedure["stage"][0]["task"][0]["due"] = {"rule": "offset", "before": "task.dan", "school_days": 5}

    assert Procedure.model_validate(procedure).task("dan").meeting is not None


def test_a_wrong_file_is_refused_with_its_name_and_the_place(tmp_path: Path) -> None:
    path = tmp_path / "test-calendar.toml"
    text = (FILES / "test-calendar.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('role  = "director"', 'role  = "koning"', 1), encoding="utf-8")

    line = path.read_text(encoding="utf-8").splitlines().index('role  = "koning"') + 1
    with pytest.raises(ProcedureFileError) as caught:
        read(path)

    told = str(caught.value)
    assert told.startswith(f"test-calendar.toml, regel {line}, fase '")
    assert "taak '" in told
    assert "'koning' kan niet bij role. Kies uit: ib, teacher, director" in told


def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "kapot.toml"
    path.write_text("key = ", encoding="utf-8")

    with pytest.raises(ProcedureFileError, match=r"kapot\.toml, regel 1: achter = staat niets"):
        read(path)


def test_a_school_replaces_a_procedure_by_its_key(tmp_path: Path) -> None:
    text = (FILES / "group-discussions.toml").read_text(encoding="utf-8")
    (tmp_path / "onze-besprekingen.toml").write_text(text.replace("minutes = 45", "minutes = 60"), "utf-8")

    found = {p.key: p for p in read_all(tmp_path)}

    meeting = found["group-discussions"].task("bespreking").meeting
    assert meeting is not None
    assert meeting.minutes == 60
    assert set(found) == {*RHYTHMS, MEETINGS}


@pytest.mark.parametrize("key", RHYTHMS)
def test_a_procedure_survives_being_published_and_read_back(key: str) -> None:
    stored = PROCEDURES[key].model_dump(mode="json", exclude_defaults=True)

    assert Procedure.model_validate(stored) == PROCEDURES[key]
