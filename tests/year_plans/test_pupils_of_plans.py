"""The pupils in the year plans: who is meant and on which day, by days counted by hand."""

from datetime import date

from calendars.resolve import Context
from calendars.yearplan.evaluate import Result
from calendars.yearplan.matching import matches
from tests.year_plans.support import load, world

Days = dict[str | None, date | None]


def results(stem: str, key: str, label: str = "") -> list[Result]:
    return [r for r in load(stem).results(label) if r.item.key == key]


def plan_days(stem: str, key: str, label: str = "") -> Days:
    """Return the day to do an item on, of every pupil that has one in that year."""
    return {r.pupil: r.placed[0].plan_on for r in results(stem, key, label) if r.placed}


def meant(stem: str, key: str, label: str = "") -> dict[str | None, tuple[date | None, date | None]]:
    """Return the first and last day that is meant, of every pupil that has one in that year."""
    return {r.pupil: (r.placed[0].first, r.placed[0].last) for r in results(stem, key, label) if r.placed}


def about(stem: str, key: str) -> set[str | None]:
    """Return the pupils that an item is about, also those without a day yet."""
    return {r.pupil for r in results(stem, key) if r.status != "not-this-year"}


def test_45_five_weeks_before_four_is_before_a_holiday_when_it_falls_in_one() -> None:
    # 26 and 27 April are in the May holiday, which begins on Saturday 24 April.
    assert plan_days("45", "contact-voor-vier") == {
        "november": date(2026, 10, 14),
        "eind-mei": date(2027, 4, 23),
        "begin-juni": date(2027, 4, 23),
        "begin-oktober": date(2026, 8, 27),
        "twee-oktober": date(2026, 8, 28),
        "zomer": date(2027, 7, 8),
    }


def test_45_five_weeks_before_a_fourth_birthday_on_the_leap_day() -> None:
    # Four on 29 February 2028, which there is: 35 days earlier is 25 January.
    assert plan_days("45", "contact-voor-vier", "2027-2028")["schrikkeldag"] == date(2028, 1, 25)


def test_45_who_begins_after_the_summer_joins_in_at_most_five_school_days_before_that_summer() -> None:
    found = meant("45", "meedraaien")

    assert found["zomer"] == (date(2027, 7, 19), date(2027, 7, 23))
    assert found["november"] == (date(2026, 11, 11), date(2026, 11, 17))
    assert found["begin-juni"] == (date(2027, 5, 25), date(2027, 5, 31))


def test_45_who_turns_four_from_1_june_until_1_october_meets_together_and_not_alone() -> None:
    plan = load("45")
    together = next(item for item in plan.file.item if item.key == "kennismaking-samen")
    there = world(plan.file, plan.label, plan.region)
    context = Context(there.calendar, there.year, there.legal, {})

    joint = {p.key for p in plan.file.pupil if matches(together, p, together.groups, context)}

    assert joint == {"begin-juni", "begin-oktober", "zomer"}
    assert about("45", "kennismaking") == {"november", "eind-mei", "twee-oktober", "schrikkeldag"}


def test_51_the_day_of_entry_settles_the_round_and_1_july_is_of_the_second() -> None:
    # Who enters in February 2027 comes after the round of October, and is of the next one.
    assert meant("51", "quickscan-oktober") == dict.fromkeys(
        ("nieuwjaar", "eind-juni"), (date(2026, 10, 1), date(2026, 10, 31))
    )
    assert meant("51", "quickscan-maart") == dict.fromkeys(
        ("begin-juli", "eind-december"), (date(2027, 3, 1), date(2027, 3, 31))
    )


def test_51_in_groups_3_and_5_the_scan_is_only_for_who_was_chosen_in_the_talk_before() -> None:
    # 28 February 2027 is the last day of the spring holiday, so Friday 19 February.
    assert plan_days("51", "quickscan-groep-3") == {"groep-3-gekozen": date(2027, 2, 19)}
    assert plan_days("51", "quickscan-groep-5") == {"groep-5-gekozen": date(2026, 11, 30)}


def test_51_what_follows_is_settled_after_the_scan_that_the_child_had() -> None:
    assert plan_days("51", "vervolg") == {
        "nieuwjaar": date(2026, 11, 2),
        "eind-juni": date(2026, 11, 2),
        "begin-juli": date(2027, 4, 1),
        "eind-december": date(2027, 4, 1),
        "groep-3-gekozen": date(2027, 3, 1),
        "groep-5-gekozen": date(2026, 12, 1),
    }


def test_51_each_child_takes_the_way_that_was_chosen_for_it() -> None:
    ways = ("signaleringslijst", "doortoetsen")
    taken = {(r.pupil, key) for key in ways for r in results("51", key) if r.placed and not r.conditions}

    assert taken == {("nieuwjaar", "signaleringslijst"), ("eind-juni", "doortoetsen")}


def test_53_four_to_six_weeks_after_the_start_of_group_1_for_who_is_new_this_year() -> None:
    assert meant("53", "quickscan-nieuw") == {
        "eerste-dag": (date(2026, 9, 28), date(2026, 10, 12)),
        "vlak-voor-kerst": (date(2027, 1, 11), date(2027, 1, 25)),
    }


def test_53_a_signal_starts_it_at_once_and_parents_hear_of_the_advice_to_look_further() -> None:
    assert plan_days("53", "quickscan-bij-signaal") == {"met-signaal": date(2026, 11, 12)}
    assert plan_days("53", "signalering-bespreken") == {"eerste-dag": date(2026, 10, 13)}


def test_59_six_weeks_after_the_start_for_who_is_new_this_year() -> None:
    # 28 December is in the Christmas holiday, until 3 January.
    assert plan_days("59", "nieuwe-leerling-bespreken") == {
        "eerste-dag": date(2026, 10, 12),
        "november": date(2027, 1, 4),
    }


def test_59_everyone_is_discussed_at_least_once_and_the_plan_of_who_has_one() -> None:
    assert about("59", "leerlingbespreking") == {"eerste-dag", "vorig-jaar", "november"}
    assert about("59", "opp-volgen") == {"eerste-dag"}


def test_61_within_six_weeks_after_the_start_by_law_so_never_after_the_holiday() -> None:
    found = {r.pupil: (r.placed[0].plan_on, r.legal_on) for r in results("61", "opp-vaststellen")}

    assert found == {
        "met-opp": (date(2026, 11, 2), date(2026, 11, 2)),
        "met-opp-november": (date(2026, 12, 18), date(2026, 12, 28)),
    }


def test_65_on_the_fifth_birthday_or_the_first_school_day_after_it() -> None:
    assert plan_days("65", "logopedie-5") == {
        "vijf-op-1-augustus": date(2026, 8, 31),
        "vijf-op-16-juli": date(2027, 7, 16),
    }
    assert plan_days("65", "logopedie-5", "2027-2028") == {"vijf-na-de-zomer": date(2027, 8, 30)}


def test_65_who_is_born_on_the_leap_day_is_five_on_1_march() -> None:
    # Saturday 1 March 2025, in the spring holiday until Sunday 2 March.
    assert plan_days("65", "logopedie-5", "2024-2025") == {"schrikkeldag-zes": date(2025, 3, 3)}


def test_65_between_five_and_six_ends_on_the_day_before_the_sixth_birthday() -> None:
    found = meant("65", "onderzoek-5-6", "2025-2026")

    assert found["schrikkeldag-zes"] == (date(2025, 3, 1), date(2026, 2, 28))
    assert found["opgevallen"] == (date(2026, 4, 14), date(2027, 4, 13))


def test_65_at_nine_on_a_day_with_school() -> None:
    # Thursday 6 May 2027 is Ascension Day; the Friday after it is closed, too.
    assert plan_days("65", "vaccinatie-9") == {"negen": date(2027, 5, 10)}


def test_65_the_talk_is_about_who_stood_out_and_parents_who_object_are_heard() -> None:
    assert about("65", "screening-uitslaggesprek") == {"opgevallen"}
    statuses = {r.pupil: r.status for r in results("65", "uitslag-delen")}

    assert (statuses["schrikkeldag-zes"], statuses["opgevallen"]) == ("not-now", "planned")


def test_75_two_months_before_four_is_before_a_weekend_or_holiday_when_it_falls_in_one() -> None:
    # Sundays 10 January and 16 May; 28 February (there is no 30th) is in the spring holiday, too.
    assert plan_days("75", "kennismaking") == {
        "maart": date(2027, 1, 8),
        "eind-april": date(2027, 2, 19),
        "zomer": date(2027, 6, 10),
        "laatste-schooldag": date(2027, 5, 14),
        "na-de-zomer": date(2027, 6, 30),
    }


def test_75_four_half_days_before_the_birthday_and_before_the_summer_that_it_falls_in() -> None:
    last = {"maart": date(2027, 3, 9), "zomer": date(2027, 7, 16), "laatste-schooldag": date(2027, 7, 15)}

    found = {r.pupil: [p.last for p in r.placed] for r in results("75", "wennen")}

    assert {len(days) for days in found.values()} == {4}
    assert {key: found[key][-1] for key in last} == last


def test_75_with_a_birthday_that_may_be_in_the_summer_parents_choose_before_it() -> None:
    assert plan_days("75", "wennen-voor-de-zomer") == dict.fromkeys(
        ("zomer", "laatste-schooldag", "na-de-zomer"), date(2027, 7, 16)
    )


def test_75_the_list_is_of_the_first_day_at_school() -> None:
    assert plan_days("75", "ontwikkelingslijst") == {
        "maart": date(2027, 3, 10),
        "eind-april": date(2027, 5, 3),
        "laatste-schooldag": date(2027, 7, 16),
    }
    assert plan_days("75", "ontwikkelingslijst", "2027-2028") == {
        "zomer": date(2027, 8, 30),
        "na-de-zomer": date(2027, 8, 30),
    }


def test_77_who_turns_six_in_group_2_this_year_is_for_the_first_day_after_the_summer() -> None:
    assert plan_days("77", "aanmelden-groep-3") == dict.fromkeys(
        ("zes-op-1-augustus", "zes-op-31-juli"), date(2027, 8, 30)
    )


def test_77_who_is_six_in_group_3_goes_at_once_and_else_on_the_sixth_birthday() -> None:
    # 24 December is in the Christmas holiday, until 3 January.
    assert plan_days("77", "aanmelden-direct") == {
        "al-zes": date(2026, 11, 2),
        "nog-vijf": date(2027, 1, 4),
    }


def test_77_thirteen_from_1_september_until_1_july_with_both_days() -> None:
    assert about("77", "nog-toelaatbaar") == {"dertien-op-1-september", "dertien-op-1-juli"}


def test_77_four_weeks_from_the_start_and_then_a_judgement() -> None:
    assert meant("77", "observatieperiode")["al-zes"] == (date(2026, 11, 2), date(2026, 11, 30))
    assert plan_days("77", "observatie-oordeel")["al-zes"] == date(2026, 11, 30)


def test_79_at_three_and_a_half_only_for_who_needs_much_support() -> None:
    # Saturday 14 November; Sunday 28 February, in the spring holiday.
    assert plan_days("79", "overdracht-complex") == {
        "complex": date(2026, 11, 16),
        "eind-augustus": date(2027, 3, 1),
    }


def test_79_at_three_years_and_nine_months_for_everyone() -> None:
    # Sunday 14 February; Saturday 8 August, in the summer holiday of the north until 16 August.
    assert plan_days("79", "overdracht") == {
        "complex": date(2027, 2, 15),
        "gewoon": date(2027, 2, 15),
        "eind-augustus": date(2027, 5, 31),
        "zomer": date(2026, 8, 17),
    }


def test_79_months_after_the_leap_day_keep_its_number() -> None:
    # 29 August 2027 is a Sunday after the summer of the north; 29 November a Monday.
    assert plan_days("79", "overdracht-complex", "2027-2028") == {"schrikkeldag": date(2027, 8, 30)}
    assert plan_days("79", "overdracht", "2027-2028") == {"schrikkeldag": date(2027, 11, 29)}


def test_79_the_talk_follows_the_first_form_there_is() -> None:
    found = plan_days("79", "overdracht-bespreken")

    assert (found["complex"], found["gewoon"]) == (date(2026, 11, 16), date(2027, 2, 15))


def test_79_either_worries_or_an_indication_is_enough_for_a_talk() -> None:
    assert about("79", "warme-overdracht") == {"complex", "eind-augustus"}


def test_81_born_from_october_until_december_is_placed_at_four_and_moves_on_after_the_summer() -> None:
    assert plan_days("81", "herfstkind-groep-1") == {
        "groep-1-1-oktober": date(2026, 10, 1),
        "groep-1-31-december": date(2027, 1, 4),
    }
    assert plan_days("81", "herfstkind-groep-2") == dict.fromkeys(
        ("groep-1-1-oktober", "groep-1-31-december"), date(2027, 8, 30)
    )


def test_81_six_before_1_october_after_the_summer_goes_to_group_3() -> None:
    assert about("81", "naar-groep-3-oktober") == {
        "groep-2-31-augustus",
        "groep-2-1-september",
        "groep-2-30-september",
    }


def test_81_another_school_draws_the_line_at_31_december() -> None:
    of_group_2 = {p.key for p in load("81").file.pupil if p.group == "2"}

    assert about("81", "naar-groep-3-december") == of_group_2 - {"groep-2-31-december"}


def test_81_from_1_october_it_is_looked_into_whether_group_3_fits() -> None:
    cohort = {"groep-2-1-oktober", "groep-2-30-december", "groep-2-31-december"}

    assert about("81", "past-groep-3") == cohort
    assert about("81", "besluit-doorstroom") == cohort


def test_81_a_cohort_that_begins_in_september_has_1_september_in_it() -> None:
    assert about("81", "protocol-najaarskind") == {
        p.key for p in load("81").file.pupil if p.key not in {"groep-1-1-januari", "groep-2-31-augustus"}
    }


def test_85_a_report_in_group_1_for_who_was_four_before_january() -> None:
    assert about("85", "rapport-groep-1") == {"vier-op-31-december", "lang-vier"}
