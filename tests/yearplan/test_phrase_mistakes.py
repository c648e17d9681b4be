import pytest

from calendars.phrases import Proposal, rule_of

YEAR = "2026-2027"


def fixes(found: Proposal) -> list[str]:
    [problem] = found.problems
    return [fix.words for fix in problem.fixes]


def codes(found: Proposal) -> list[str]:
    return [problem.code for problem in found.problems]


def test_a_wrong_weekday_offers_the_nearest_one_first_and_then_the_date() -> None:
    found = rule_of("maandag 4 juni", label=YEAR)

    assert (codes(found), found.sure) == (["weekday"], False)
    assert found.problems[0].text == "4 juni 2027 is een vrijdag, geen maandag."
    assert fixes(found) == ["maandag 7 juni", "vrijdag 4 juni"]


def test_a_right_weekday_is_no_problem() -> None:
    assert codes(rule_of("vrijdag 4 juni", label=YEAR)) == []


def test_the_nearest_weekday_may_lie_before() -> None:
    assert fixes(rule_of("ma 12 nov", label=YEAR))[0] == "maandag 9 november"


def test_the_29th_of_february_offers_january_first() -> None:
    found = rule_of("29 februari", label=YEAR)

    assert (codes(found), found.problems[0].text) == (["no-such-day"], "29 februari 2027 bestaat niet.")
    assert fixes(found) == ["vrijdag 29 januari", "zondag 28 februari", "maandag 1 maart"]


def test_the_29th_of_february_is_a_day_in_a_leap_year() -> None:
    assert codes(rule_of("29 februari", label="2027-2028")) == []


def test_a_day_that_no_month_has_is_left_open() -> None:
    found = rule_of("31 april", label=YEAR)

    assert (codes(found), found.rule) == (["no-such-day"], {"rule": "open"})
    assert fixes(found) == ["vrijdag 30 april", "zaterdag 1 mei"]


def test_a_date_of_last_year_moves_to_the_same_week_and_weekday() -> None:
    found = rule_of("12-11-2025", label=YEAR, style="week")

    assert codes(found) == ["other-year"]
    [same_week, same_date] = found.problems[0].fixes
    assert same_week.rule == {"rule": "week", "number": 46, "weekday": "woensdag"}
    assert same_date.rule == {"rule": "week", "number": 46, "weekday": "donderdag"}


def test_both_ends_of_a_period_of_last_year_move_alike() -> None:
    found = rule_of("10-11-2025 t/m 14-11-2025", label=YEAR, style="week")

    assert codes(found) == ["other-year"]
    assert found.problems[0].fixes[0].rule == {"rule": "week", "number": 46}


def test_a_week_of_another_year_is_that_week_of_this_one() -> None:
    found = rule_of("2018-W45/W46", label=YEAR)

    assert [fix.rule for fix in found.problems[0].fixes] == [{"rule": "week", "number": 45, "until": 46}]


def test_an_end_before_its_start_offers_to_turn_them_around() -> None:
    found = rule_of("20 t/m 16 nov", label=YEAR)

    assert codes(found) == ["end-before-start"]
    assert fixes(found)[0] == "van maandag 16 november tot en met vrijdag 20 november"


def test_a_period_over_new_year_is_in_order() -> None:
    assert codes(rule_of("14 december t/m 8 januari", label=YEAR, style="date")) == []


def test_weeks_in_the_wrong_order_offer_to_turn_them_around() -> None:
    assert fixes(rule_of("week 10 t/m 8", label=YEAR)) == ["week 8 tot en met 10"]


def test_weeks_over_new_year_are_in_order() -> None:
    assert codes(rule_of("week 50 t/m 2", label=YEAR)) == []


@pytest.mark.parametrize(("label", "wrong"), [("2026-2027", []), ("2027-2028", ["week-53"])])
def test_week_53_is_there_in_a_long_year_only(label: str, wrong: list[str]) -> None:
    assert codes(rule_of("week 53", label=label)) == wrong


def test_week_53_in_an_ordinary_year_offers_the_weeks_beside_it() -> None:
    assert fixes(rule_of("week 53", label="2027-2028")) == ["week 52", "week 1"]


def test_a_correction_is_what_fixed_dates_are() -> None:
    found = rule_of("ma 12 nov", label=YEAR, style="month-weekday")

    assert found.problems[0].fixes[0].rule == {
        "rule": "weekday",
        "weekday": "maandag",
        "nth": 2,
        "month": 11,
    }
