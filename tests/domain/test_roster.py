import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.domain.roster import MOST_BYTES, FileFault, RosterError, RowFault, read_roster
from training.domain.spreadsheet import csv_file, guarded


def people(text: str | bytes) -> list[tuple[int, str, str | None, str | None]]:
    roster = read_roster(text if isinstance(text, bytes) else text.encode())
    assert not roster.bad
    return [(row.line, row.name, row.email, row.service_number) for row in roster.rows]


@pytest.mark.parametrize(
    "text",
    [
        "name,email,service_number\nMaria Sánchez,maria@un.example,\n",
        "Name;E-mail;Service number\r\nMaria Sánchez;MARIA@un.example;\r\n",
        "SERVICE_NUMBER\tEMAIL\tNAME\n\tmaria@un.example\tMaria  Sánchez",
        '\ufeffname,email\n"Maria Sánchez",maria@un.example',
        "name,email\rMaria Sánchez,maria@un.example\r",
    ],
)
def test_spreadsheets_of_many_countries_are_read(text: str) -> None:
    assert people(text) == [(2, "Maria Sánchez", "maria@un.example", None)]


def test_an_old_windows_file_is_read() -> None:
    assert people("name;service_number\nJosé Müller;ab 12-3".encode("cp1252")) == [(2, "José Müller", None, "AB12-3")]


def test_lines_are_those_of_the_file_although_rows_are_blank_or_span_lines() -> None:
    text = 'name,email\n\n"Maria\nSánchez",maria@un.example\n,,\nAli,ali@un.example\n'
    roster = read_roster(text.encode())
    assert [(bad.line, bad.fault) for bad in roster.bad] == [(3, RowFault.STRANGE_NAME)]
    assert [(row.line, row.name) for row in roster.rows] == [(6, "Ali")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",a@un.example,", RowFault.NO_NAME),
        ("x" * 121 + ",a@un.example,", RowFault.LONG_NAME),
        ("A\x07b,a@un.example,", RowFault.STRANGE_NAME),
        ("Ali,,", RowFault.NO_SIGN_IN_NAME),
        ("Ali,ali,", RowFault.BAD_EMAIL),
        ("Ali,,x", RowFault.BAD_SERVICE_NUMBER),
        ("Ali,,=1+1", RowFault.BAD_SERVICE_NUMBER),
        ("Ali,a@un.example,,more", RowFault.TOO_MANY_CELLS),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(row: str, fault: RowFault) -> None:
    roster = read_roster(f"name,email,service_number\nAnna,anna@un.example,\n{row}\nZoe,,ZZ-1".encode())
    assert [(bad.line, bad.fault) for bad in roster.bad] == [(3, fault)]
    assert [one.name for one in roster.rows] == ["Anna", "Zoe"]


def test_the_second_row_with_the_same_sign_in_name_is_bad_and_names_the_first() -> None:
    roster = read_roster(b"name,email,service_number\nA,a@x.example,N-1\nB,A@X.example,\nC,c@x.example,n-1\n")
    assert [(bad.line, bad.fault, bad.earlier) for bad in roster.bad] == [
        (3, RowFault.REPEATED, 2),
        (4, RowFault.REPEATED, 2),
    ]


def test_columns_that_are_not_read_are_named() -> None:
    assert read_roster(b"rank,name,email\nMajor,Ali,ali@x.example\n").ignored == ("rank",)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b" \n\n", FileFault.EMPTY),
        (b"name,email\n", FileFault.NO_ROWS),
        (b"Ali,ali@x.example\n", FileFault.NO_HEADER),
        (b"name\nAli\n", FileFault.NO_HEADER),
        (b"email,service_number\na@x.example,1\n", FileFault.NO_HEADER),
        (b"name,Name,email\nA,B,a@x.example\n", FileFault.SAME_COLUMN_TWICE),
        (b"PK\x03\x04\x00\x00workbook", FileFault.NO_TEXT),
        ("name,email\nAli,a@x.example".encode("utf-16"), FileFault.NO_TEXT),
        (b'name,email\n"Ali,ali@x.example\n', FileFault.QUOTES),
        (b"name,email\n" + b"x" * 200_000 + b",a@x.example", FileFault.QUOTES),
        (b"x" * (MOST_BYTES + 1), FileFault.TOO_LARGE),
        (b"name,email\n" + b"".join(b"P,p%d@x.example\n" % n for n in range(2001)), FileFault.TOO_MANY_ROWS),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, fault: FileFault) -> None:
    with pytest.raises(RosterError) as raised:
        read_roster(data)
    assert raised.value.fault == fault


def test_two_thousand_people_are_read() -> None:
    assert len(people(b"name,email\n" + b"".join(b"P,p%d@x.example\n" % n for n in range(2000)))) == 2000


LISTS = st.text(max_size=300).map(lambda text: b"name,email\n" + text.encode("utf-8", "ignore"))


@given(st.binary(max_size=300) | LISTS)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        roster = read_roster(data)
    except RosterError:
        return
    assert roster.rows or roster.bad
    assert all(row.name and row.sign_in_name for row in roster.rows)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠A1", "=c|'x'!A0", "-"],
)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ali", "-1", "+12.5", "-3,5", "a=b", "100", "|x"])
def test_words_and_numbers_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


def test_a_file_begins_with_the_mark_of_utf_8_and_quotes_what_needs_it() -> None:
    assert csv_file(["name"], [['a,"b"'], ["=1"]]) == b'\xef\xbb\xbfname\r\n"a,""b"""\r\n\'=1\r\n'
