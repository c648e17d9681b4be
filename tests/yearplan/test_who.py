import pytest

from calendars.phrases import groups_of, spans_nl, who_of


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("gr 3 t/m 8", "345678"),
        ("gr. 3 t/m 8", "345678"),
        ("3-8", "345678"),
        ("3,4", "34"),
        ("3/4/5", "345"),
        ("gr. 1/2", "12"),
        ("groep 8", "8"),
        ("groepen 6, 7 en 8", "678"),
        ("1 t/m 3 en 8", "1238"),
        ("vanaf groep 6", "678"),
        ("t/m groep 2", "12"),
        ("onderbouw", "12"),
        ("middenbouw", "345"),
        ("bovenbouw", "678"),
        ("kleuters", "12"),
        ("OB + groep 8", "128"),
        ("6A en 6B", "6"),
        ("leerlingen groep 4", "4"),
    ],
)
def test_groups_are_read_as_schools_write_them(text: str, groups: str) -> None:
    found = groups_of(text)

    assert (found.groups, found.sure) == (tuple(groups), True)


@pytest.mark.parametrize("text", ["", "alle", "school", "hele school", "1 t/m 8", "1-8", "alle groepen"])
def test_everyone_is_the_school(text: str) -> None:
    assert groups_of(text).groups == ("school",)


@pytest.mark.parametrize("text", ["plusgroep", "twijfelleerlingen", "groep 3 en zwakke lezers"])
def test_what_is_no_year_group_is_not_sure(text: str) -> None:
    assert not groups_of(text).sure


@pytest.mark.parametrize(
    ("text", "owner", "also"),
    [
        ("lk", ("leerkracht",), ()),
        ("IB", ("ib",), ()),
        ("ib'er", ("ib",), ()),
        ("intern begeleider", ("ib",), ()),
        ("dir", ("directie",), ()),
        ("leerkrachten + IB", ("leerkracht", "ib"), ()),
        ("lk/ib", ("leerkracht", "ib"), ()),
        ("leerkracht, ouders", ("leerkracht",), ("ouders",)),
        ("ouders", (), ("ouders",)),
        ("RT'er en lkr", ("rt", "leerkracht"), ()),
        ("bouwcoördinator", ("bouwcoordinator",), ()),
        ("", (), ()),
    ],
)
def test_who_is_read_as_roles_and_others_by_their_own_words(
    text: str, owner: tuple[str, ...], also: tuple[str, ...]
) -> None:
    found = who_of(text)

    assert (found.owner, found.also) == (owner, also)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ("345678", "3 t/m 8"),
        ("12", "1 en 2"),
        ("128", "1, 2 en 8"),
        ("8", "8"),
        ("", ""),
        ("1357", "1, 3, 5 en 7"),
    ],
)
def test_groups_are_said_shortly(groups: str, words: str) -> None:
    assert spans_nl(groups) == words
