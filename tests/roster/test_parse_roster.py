from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from models import GroupKind
from service.roster import Roster, RosterFileError, parse
from tests.roster.edex_builder import Edex, G, P, S

EXAMPLES = Path(__file__).parents[2] / "deploy" / "example-school"


def problems(file: Edex | bytes) -> list[str]:
    with pytest.raises(RosterFileError) as refused:
        parse(file if isinstance(file, bytes) else file.bytes())
    return [problem.text for problem in refused.value.problems]


def only(roster: Roster) -> tuple[str, str, str]:
    [pupil] = roster.pupils
    return pupil.first_name, pupil.prefix, pupil.last_name


def test_a_file_gives_its_school_groups_pupils_and_staff() -> None:
    pupil = P("1001", "Anna", "Berg", "van den", "2018-02-03", "4", "g34", ("plus",), "2022-02-03")
    file = Edex(pupils=(pupil,), staff=(S("lk1", email="Nicole@School.example", groups=("g34",)),))

    roster = parse(file.bytes())

    assert (roster.school_year, roster.brin, roster.dependance) == ("2026-2027", "99XX", "00")
    assert [(g.key, g.kind, g.year_group) for g in roster.groups or ()] == [
        ("g5", GroupKind.BASE, "5"),
        ("g34", GroupKind.BASE, "C"),
        ("plus", GroupKind.COMPOSITE, ""),
    ]
    assert only(roster) == ("Anna", "van den", "Berg")
    assert (roster.pupils[0].born_on, roster.pupils[0].enrolled_on) == (date(2018, 2, 3), date(2022, 2, 3))
    assert (roster.pupils[0].group, roster.pupils[0].composites) == ("g34", ("plus",))
    assert [(s.key, s.name, s.email) for s in roster.staff or ()] == [
        ("lk1", "Nicole Bakker", "nicole@school.example")
    ]
    assert roster.warnings == ()


@pytest.mark.parametrize("version", ["1.03", "2.0", "2.1"])
def test_the_three_versions_are_read_without_a_remark(version: str) -> None:
    assert parse(Edex(version=version).bytes()).warnings == ()


@pytest.mark.parametrize("version", ["", "3.0"])
def test_another_version_is_read_with_a_remark(version: str) -> None:
    [warning] = parse(Edex(version=version).bytes()).warnings

    assert "versie" in warning.text


@pytest.mark.parametrize("year", ["2011-2012", "2026-2027", "2041-2042"])
def test_any_two_years_that_follow_each_other_are_a_school_year(year: str) -> None:
    assert parse(Edex(year=year).bytes()).school_year == year


@pytest.mark.parametrize(
    "year", ["2026", "2026-2028", "2027-2026", "26-27", "2026/2027", "0000-0001", "٢٠٢٦-٢٠٢٧"]
)
def test_anything_else_is_no_school_year(year: str) -> None:
    [text] = problems(Edex(year=year))

    assert "schooljaar" in text


@pytest.mark.parametrize("brin", ["99xx", "9XXX", "99XX00", "٩٩XX"])
def test_a_wrong_brin_is_refused(brin: str) -> None:
    assert "BRIN" in problems(Edex(brin=brin))[0]


@pytest.mark.parametrize("dependance", ["0", "1A", "001"])
def test_a_wrong_dependance_is_refused(dependance: str) -> None:
    assert "dependancecode" in problems(Edex(dependance=dependance))[0]


def test_no_dependance_is_the_main_location() -> None:
    assert parse(Edex(dependance="").bytes()).dependance == parse(Edex(dependance="00").bytes()).dependance


def test_the_pupils_own_year_wins_over_that_of_the_group() -> None:
    file = Edex(pupils=(P("1", year="3", group="g34"), P("2", year="6", group="g5"), P("3", group="g5")))

    assert [pupil.year_group for pupil in parse(file.bytes()).pupils] == ["3", "6", "5"]


def test_a_pupil_of_a_combination_class_without_an_own_year_gets_a_remark() -> None:
    roster = parse(Edex(pupils=(P("1", group="g34"), P("2", year="C", group="g34"))).bytes())

    assert [pupil.year_group for pupil in roster.pupils] == ["", ""]
    assert [warning.text for warning in roster.warnings] == [
        "Een leerling heeft geen eigen jaargroep. (op 2 plaatsen)"
    ]


def test_a_year_that_does_not_exist_is_refused() -> None:
    [text] = problems(Edex(pupils=(P("1", year="9", group="g5"),)))

    assert text.startswith("Deze code bestaat niet; kies uit 0, 1, 2,")


def test_spaces_around_a_key_mean_nothing() -> None:
    file = Edex(pupils=(P(" 1001 ", group="\u00a0g5 "),), groups=(G("  g5", "Groep 5"),))

    [pupil] = parse(file.bytes()).pupils

    assert (pupil.key, pupil.group) == ("1001", "g5")


def test_keys_that_differ_in_spaces_only_are_the_same_key() -> None:
    assert problems(Edex(pupils=(P("1001"), P(" 1001")))) == [
        "De sleutel '1001' staat ook op regel 7; een sleutel hoort bij één."
    ]


@pytest.mark.parametrize(
    "file",
    [
        Edex(pupils=(P("1"), P("1"))),
        Edex(groups=(G("g5"), G("g5"))),
        Edex(groups=(G("g5"), G("g5", year=None))),
        Edex(staff=(S("lk1"), S("lk1"))),
    ],
    ids=["pupils", "groups", "a group and a composite group", "staff"],
)
def test_a_key_stands_once(file: Edex) -> None:
    assert any("een sleutel hoort bij één" in text for text in problems(file))


def test_an_eckid_belongs_to_one_pupil() -> None:
    file = Edex(pupils=(P("1", eckid="https://id.example/a"), P("2", eckid="https://id.example/a")))

    [text] = problems(file)

    assert "ECK-iD" in text
    assert "id.example" not in text


@pytest.mark.parametrize(
    ("pupil", "told"),
    [
        (
            P("1", group="g9"),
            "De groep 'g9' staat niet bij de groepen; zet hem erbij of haal de verwijzing weg.",
        ),
        (P("1", group="plus"), "De groep 'plus' is een samengestelde groep, hier hoort een groep."),
        (P("1", composites=("g5",)), "De groep 'g5' is een groep, hier hoort een samengestelde groep."),
        (P("1", extra='<vestiging key="v"/>'), "De vestiging 'v' staat niet in dit bestand."),
    ],
)
def test_what_a_pupil_points_at_exists_and_is_of_the_right_kind(pupil: P, told: str) -> None:
    assert problems(Edex(pupils=(pupil,))) == [told]


def test_what_a_teacher_points_at_exists_and_is_of_the_right_kind() -> None:
    assert problems(Edex(staff=(S("lk1", groups=("g9", "plus")),))) == [
        "De groep 'g9' staat niet bij de groepen; zet hem erbij of haal de verwijzing weg.",
        "De groep 'plus' is een samengestelde groep, hier hoort een groep.",
    ]


@pytest.mark.parametrize("record", ["leerling", "groep", "leerkracht"])
@pytest.mark.parametrize("key", ["", ' key=""', ' key="  "', ' key="&#9;"'])
def test_a_record_without_a_key_is_refused(record: str, key: str) -> None:
    file = Edex(pupils=(P("K", group="g5"),), groups=(G("g5"), G("K")), staff=(S("K"),)).xml()
    broken = file.replace(f'<{record} key="K"', f"<{record}{key}")

    [text] = problems(broken.encode())

    assert text.startswith("De sleutel (key) ontbreekt")


def test_a_key_with_control_characters_is_refused() -> None:
    assert "stuurtekens" in problems(Edex(pupils=(P("10\u202e01"),)))[0]


def test_a_record_without_a_name_is_refused_by_key() -> None:
    file = Edex(
        pupils=(P("1", first="", last=""),),
        groups=(G("g5"),),
        staff=(S("lk1", first="", last=""),),
    )
    nameless = file.xml().replace("<naam>g5</naam>", "")

    assert problems(nameless.encode()) == [
        "De groep 'g5' heeft geen naam; vul die in.",
        "Leerling '1' heeft geen naam; vul die in.",
        "Leerkracht 'lk1' heeft geen naam; vul die in.",
    ]


def test_one_name_is_enough_and_first_names_stand_in_for_the_calling_name() -> None:
    given = P("3", first="", extra="<voornamen>Ada Maria</voornamen>")

    roster = parse(Edex(pupils=(P("1", first=""), P("2", last=""), given)).bytes())

    assert [pupil.name for pupil in roster.pupils] == ["Voorbeeld", "Anna", "Ada Maria Voorbeeld"]


def test_elements_out_of_order_are_read_with_a_remark() -> None:
    file = Edex().xml().replace("<achternaam>Voorbeeld</achternaam>", "")
    shuffled = file.replace("</roepnaam>", "</roepnaam><achternaam>Voorbeeld</achternaam>")

    roster = parse(shuffled.encode())

    assert only(roster) == ("Anna", "", "Voorbeeld")
    assert [warning.text for warning in roster.warnings] == [
        "Het element achternaam staat niet op zijn plaats."
    ]


@pytest.mark.parametrize("part", ["school", "groepen", "leerlingen"])
def test_a_part_that_stands_there_twice_is_refused(part: str) -> None:
    file = Edex().xml()
    start, end = file.index(f"<{part}>"), file.index(f"</{part}>") + len(part) + 3

    doubled = file[:end] + file[start:end] + file[end:]

    assert problems(doubled.encode()) == ["Dit element staat er meer dan één keer; één is de bedoeling."]


def test_a_pupil_has_one_base_group_and_one_name() -> None:
    pupil = P("1", group="g5", extra='<groep key="g34"/><roepnaam>Bea</roepnaam>')

    assert (
        problems(Edex(pupils=(pupil,)))
        == ["Dit element staat er meer dan één keer; één is de bedoeling."] * 2
    )


@pytest.mark.parametrize("part", ["school", "leerlingen"])
def test_a_part_that_is_missing_is_refused(part: str) -> None:
    file = Edex().xml()
    start, end = file.index(f"<{part}>"), file.index(f"</{part}>") + len(part) + 3

    [text] = problems((file[:start] + file[end:]).encode())

    assert text == f"Het deel {part} ontbreekt; vraag een volledige export op."


def test_a_file_without_pupils_is_refused() -> None:
    assert "geen enkele leerling" in problems(Edex(pupils=()))[0]


@pytest.mark.parametrize("value", ["2016-13-01", "01-05-2016", "gisteren", "2016-02-30", "0000-01-01"])
@pytest.mark.parametrize("field", ["born", "enrolled", "left"])
def test_a_day_that_does_not_exist_is_refused_without_repeating_it(field: str, value: str) -> None:
    [text] = problems(Edex(pupils=(replace(P("1"), **{field: value}),)))

    assert text == "Dit is geen datum; schrijf jjjj-mm-dd."


@pytest.mark.parametrize("value", ["2016-05-01", "2016-05-01Z", "2016-05-01+02:00", "2016-05-01T00:00:00"])
def test_a_day_may_carry_an_hour_and_a_zone(value: str) -> None:
    assert parse(Edex(pupils=(P("1", born=value),)).bytes()).pupils[0].born_on == date(2016, 5, 1)


def test_an_empty_element_is_as_good_as_none() -> None:
    file = Edex(pupils=(P("1", left="L", born="B"),)).xml()
    emptied = file.replace(">L<", "> <").replace("<geboortedatum>B</geboortedatum>", "<geboortedatum/>")

    [pupil] = parse(emptied.encode()).pupils

    assert (pupil.left_on, pupil.born_on) == (None, None)


def test_additions_of_a_supplier_are_passed_over_everywhere() -> None:
    block = (
        '<toevoegingen><blok xsi:type="VolgsysteemVOType"><code>X</code><leerling><groep key="?"/></leerling>'
        "</blok></toevoegingen>"
    )
    file = Edex(pupils=(P("1", group="g5", extra=block),)).xml()
    full = file.replace("</school>", f"{block}</school>").replace("</EDEX>", f"{block}</EDEX>")

    roster = parse(full.replace("</naam>", f"</naam>{block}", 1).encode())

    assert [pupil.key for pupil in roster.pupils] == ["1"]


def test_a_name_is_read_through_comments_and_quoted_text_and_put_on_one_line() -> None:
    name = "<roepnaam>\n An<!-- niet dit -->n<?ook dit?><![CDATA[a <b>]]>\n  Lotte\u202e </roepnaam>"
    file = Edex().xml().replace("<roepnaam>Anna</roepnaam>", name)

    assert parse(file.encode()).pupils[0].first_name == "Anna <b> Lotte"


def test_an_element_inside_a_name_is_refused() -> None:
    file = Edex().xml().replace("<roepnaam>Anna", "<roepnaam>An<b>na</b>")

    assert problems(file.encode()) == ["Hier hoort alleen tekst te staan, geen element."]


def test_an_unknown_element_is_passed_over_and_not_named() -> None:
    file = Edex(pupils=(P("1", year="5", extra="<GeheimeNaam>Anna</GeheimeNaam>"),))

    roster = parse(file.bytes())

    assert [str(warning) for warning in roster.warnings] == [
        "regel 7, EDEX/leerlingen/leerling: Een onbekend element is overgeslagen."
    ]


def test_a_long_prefix_gets_a_remark_and_an_endless_name_is_refused() -> None:
    long = parse(Edex(pupils=(P("1", prefix="van der van der"),)).bytes())

    assert "langer dan de 10 tekens" in long.warnings[0].text
    assert problems(Edex(pupils=(P("1", last="a" * 300),))) == [
        "De tekst is langer dan 256 tekens; kort hem in."
    ]


def test_an_address_that_is_none_is_left_out_with_a_remark() -> None:
    roster = parse(Edex(staff=(S("lk1", email="nicole(at)school"),)).bytes())

    assert [member.email for member in roster.staff or ()] == [None]
    assert [warning.text for warning in roster.warnings] == ["Dit is geen mailadres; het is weggelaten."]


def test_all_problems_are_told_with_line_and_path_fifty_at_most() -> None:
    pupils = tuple(P(str(n), group="g9", born="x") for n in range(40))

    with pytest.raises(RosterFileError) as refused:
        parse(Edex(pupils=pupils).bytes())

    told = refused.value.problems
    assert [problem.line for problem in told] == sorted([*range(7, 47), *range(7, 17)])
    assert (told[0].path, told[1].path) == (
        "EDEX/leerlingen/leerling/geboortedatum",
        "EDEX/leerlingen/leerling/groep",
    )


@pytest.mark.parametrize("name", ["edex.xml", "edex-2027-2028.xml", "edex-second.xml"])
def test_the_example_school_is_read_without_a_remark(name: str) -> None:
    assert parse((EXAMPLES / name).read_bytes()).warnings == ()
