from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from service.roster import Roster, RosterFileError, parse
from tests.roster.edex_builder import Edex, P, S

FILE = Edex(
    pupils=(P("1", group="g5", composites=("plus",), left="2026-10-01"), P("#2", "Bram", group="g34")),
    staff=(S("lk1", email="n@v.example", groups=("g5",)),),
).bytes()
places = st.integers(0, len(FILE))
PIECES = st.sampled_from(
    (
        *(
            b"",
            b"\0",
            b"\xff\xfe",
            b"<!--",
            b"]]>",
            b"<![CDATA[",
            b"<?x ?>",
            b"&#xD83D;",
            b"&amp;",
            b"<!DOCTYPE a []>",
        ),
        *(
            b"<leerling>",
            b"</leerlingen>",
            b"<groep/>",
            b"<school/>",
            b"<bsn>1</bsn>",
            b'key="',
            b"'",
            b"9999-99-99",
        ),
        *(
            b"\xed\xa0\x80",
            b"\xe2\x80\xae\0",
            b'<?xml version="1.1" encoding="utf-16"?>',
            b" \t\r\n",
            b"EDEX",
        ),
    )
)


@given(cuts=st.lists(st.tuples(places, places, PIECES | st.binary(max_size=8)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=300)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(cuts: list[tuple[int, int, bytes]]) -> None:
    data = FILE
    for start, end, piece in cuts:
        data = data[:start] + piece + data[end:]

    with suppress(RosterFileError):
        assert isinstance(parse(data), Roster)


@given(cuts=st.lists(st.tuples(places, st.integers(0, 40), PIECES), min_size=1, max_size=3))
@settings(deadline=None, max_examples=300)
def test_a_slightly_damaged_file_is_read_or_refused_and_nothing_else(
    cuts: list[tuple[int, int, bytes]],
) -> None:
    data = FILE
    for start, length, piece in cuts:
        data = data[:start] + piece + data[start + length :]

    with suppress(RosterFileError):
        assert isinstance(parse(data), Roster)
