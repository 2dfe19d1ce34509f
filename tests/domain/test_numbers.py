from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.domain.numbers import read_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("38", "38"),
        (" 38 ", "38"),
        ("038", "38"),
        ("1234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,50", "1234.5"),
        ("1\u202f234", "1234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1'234", "1234"),
        ("12 000", "12000"),
        ("0,5", "0.5"),
        ("0.125", "0.125"),
        ("1,25", "1.25"),
        ("1234567", "1234567"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("+3", "3"),
        ("-0", "0"),
        ("٣٨", "38"),
        ("٣٫٥", "3.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("۳۸", "38"),
        ("३८", "38"),
        ("৩৮", "38"),
        ("３８", "38"),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, number: str) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "many",
        "12 or 13",
        "12-13",
        "1e3",
        "0x1F",
        "1.2.3",
        ".5",
        "5.",
        "½",
        "∞",
        "NaN",
        "--3",
        "3 days",
        "1,2,3",
        "9" * 13,
    ]
    + ["1 " * 30, "1_000", "\x00", "3²"],
)
def test_what_is_no_number_is_not_guessed_at(written: str) -> None:
    assert read_number(written) is None


@pytest.mark.parametrize("written", ["1,234", "1.234", "16.000", "-1,234"])
def test_thousands_that_could_be_a_decimal_mark_are_asked_again(written: str) -> None:
    assert read_number(written) is None


def test_the_unit_may_stand_behind_the_number() -> None:
    assert read_number("3 days", unit="days") == "3"
    assert read_number("3 Days", unit="days") == "3"
    assert read_number("38 %", unit="%") == "38"
    assert read_number("3 weeks", unit="days") is None


@given(st.text(max_size=50))
def test_nothing_that_can_be_written_breaks_it(written: str) -> None:
    number = read_number(written)
    assert number is None or read_number(number) == number


def test_what_was_read_can_be_read_again() -> None:
    assert read_number("1.2340") == read_number("1,23400") == "1.2340"
    assert read_number("1.2340") == read_number(read_number("1.2340") or "")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_decimal_is_read_as_itself(number: Decimal) -> None:
    read = read_number(f"{number:f}")
    assert read is not None and Fraction(read) == Fraction(number)
