"""Text cells to typed values, one column at a time."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgeval import cells
from hgeval.columns import Column
from hgeval.findings import Findings, Place
from hgeval.params import Format
from hgeval.schema import TABLES
from hgeval.sheets import DATE, NUMBER, ROUNDED, of_series, of_text, of_values

LATEST = dt.date(2025, 12, 31)


def convert(column, values, *, form=None, survey=False, table="costs"):
    """The typed column, the kinds of missing, and the rules broken with the rows (from 1) they were broken in."""
    given_cells = of_text(pd.Series(values, dtype="str")) if isinstance(values, list) else values
    found = Findings()
    place = Place("x.csv", np.arange(1, len(given_cells.text) + 1), found)
    typed, kinds = cells.convert(
        column,
        given_cells,
        table=TABLES[table],
        place=place,
        form=form or Format(),
        survey=survey,
        latest=LATEST,
    )
    frame = found.frame()
    return typed, kinds, list(zip(frame["row"].tolist(), frame["rule"], strict=True))


AMOUNT = Column("amount", "decimal", "bedrag")
MARKS = [(",", "."), (".", ","), (",", " "), (".", " "), (",", ""), (".", "")]


def written(number: Decimal, decimal: str, thousands: str) -> str:
    """A number as a person writes it with these marks."""
    plain = f"{number:,f}" if thousands else f"{number:f}"
    return plain.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=4), min_size=1, max_size=8),
    marks=st.sampled_from(MARKS),
)
def test_decimals_round_trip_in_every_notation(numbers, marks):
    decimal, thousands = marks
    form = Format(decimal=decimal, thousands=thousands)
    typed, _, broken = convert(AMOUNT, [written(number, decimal, thousands) for number in numbers], form=form)
    assert broken == []
    assert typed.tolist() == [float(number) for number in numbers]


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.floats(min_value=-1e14, max_value=1e14, allow_subnormal=False), min_size=1, max_size=8))
def test_typed_numbers_come_through_exactly(numbers):
    typed, _, broken = convert(AMOUNT, of_values(numbers))
    assert broken == []
    assert typed.tolist() == numbers


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_no_text_makes_a_number_column_fail_or_say_nothing(texts):
    typed, _, broken = convert(AMOUNT, texts)
    rows = {row for row, _ in broken}
    blank = {at for at, text in enumerate(texts, 1) if not cells._composed(text).strip(" \t\r\n")}
    for at, value in enumerate(typed, 1):
        assert pd.notna(value) != (at in rows or at in blank)


def test_the_types_of_an_empty_table():
    types = {
        "code": "str",
        "text": "str",
        "choice": "str",
        "multi": "str",
        "shares": "str",
        "integer": "Int64",
        "year": "Int64",
        "decimal": "Float64",
        "flag": "boolean",
        "date": "datetime64[s]",
    }
    for kind, dtype in types.items():
        assert cells.empty(Column("x", kind, "x"), 2).dtype == dtype
        assert cells.empty(Column("x", kind, "x"), 2).isna().all()


@pytest.mark.parametrize(
    "kind", ["code", "text", "choice", "multi", "shares", "integer", "year", "decimal", "flag", "date"]
)
def test_a_column_of_blanks_is_missing_in_its_own_type(kind):
    column = Column("x", kind, "x", choices=("a", "b"))
    typed, kinds, broken = convert(column, ["", "  ", "\u00a0"])
    assert typed.isna().all() and kinds.isna().all() and broken == []
    assert typed.dtype == cells.empty(column, 3).dtype


@pytest.mark.parametrize(
    "kind", ["text", "choice", "multi", "shares", "integer", "decimal", "year", "flag", "date", "code"]
)
def test_kinds_of_missing_in_every_kind_of_survey_column(kind):
    column = Column("x", kind, "x", choices=("a", "b"), minimum=0)
    typed, kinds, broken = convert(column, ["-7", " -8 ", "-9"], survey=True)
    assert typed.isna().all() and kinds.tolist() == ["-7", "-8", "-9"] and broken == []
    typed, kinds, broken = convert(column, of_values([-7, -8.0, "-9"]), survey=True)
    assert typed.isna().all() and kinds.tolist() == ["-7", "-8", "-9"] and broken == []


def test_minus_eight_is_a_number_outside_the_survey():
    typed, kinds, broken = convert(AMOUNT, ["-8"])
    assert typed.tolist() == [-8] and kinds.isna().all() and broken == []


def test_choices_in_other_spellings():
    column = Column("x", "choice", "x", choices=("weet_niet", "nvt", "meer_vt_regios"))
    typed, _, broken = convert(column, ["Weet niet", "n.v.t.", "meer VT-regio's", "WEET_NIET", "weet"])
    assert typed.tolist()[:4] == ["weet_niet", "nvt", "meer_vt_regios", "weet_niet"]
    assert broken == [(5, "keuze")]


def test_too_many_answers():
    column = Column("x", "multi", "x", choices=("a", "b", "c", "d"), most=3)
    typed, _, broken = convert(column, ["a|b|c", "d|a|b|c", "a|a|b|b"])
    assert typed.tolist()[0] == "a|b|c" and typed.tolist()[2] == "a|b"
    assert broken == [(2, "keuzes-te-veel")]


@pytest.mark.parametrize(
    ("kind", "value", "rule"),
    [
        ("integer", dt.date(2025, 4, 3), "getal"),
        ("integer", True, "getal"),
        ("date", True, "datum"),
        ("date", 45000, "datum-getal"),
        ("code", dt.date(2025, 4, 3), "code-afgerond"),
        ("code", True, "code-afgerond"),
        ("year", 2024.5, "jaar"),
        ("decimal", dt.time(12, 30), "getal"),
        ("integer", 2.5, "geheel-getal"),
        ("choice", dt.date(2025, 4, 3), "keuze"),
    ],
)
def test_a_typed_cell_of_the_wrong_kind(kind, value, rule):
    typed, _, broken = convert(Column("x", kind, "x", choices=("a",)), of_values([value]))
    assert broken == [(1, rule)] and typed.isna().all()


def test_typed_cells_of_the_right_kind():
    assert convert(Column("x", "integer", "x"), of_values([3.0, 4]))[0].tolist() == [3, 4]
    assert convert(Column("x", "year", "x"), of_values([2024.0]))[0].tolist() == [2024]
    assert convert(Column("x", "flag", "x"), of_values([1, False, 0.0]))[0].tolist() == [True, False, False]
    assert convert(Column("x", "text", "x"), of_values([1.5, dt.date(2025, 4, 3)]))[0].tolist() == ["1.5", "2025-04-03"]


def test_natures_of_typed_columns():
    assert of_values([1, 1.5, 10**15, dt.datetime(2025, 1, 1), None]).nature.tolist()[:4] == [
        NUMBER,
        NUMBER,
        ROUNDED,
        DATE,
    ]
    whole = of_series(pd.Series([2**60 + 1, None], dtype="Int64"))
    assert whole.text[0] == str(2**60 + 1) and whole.nature[0] == NUMBER


def test_a_declared_value_wins_over_a_label():
    column = Column("x", "choice", "x", choices=("ja", "nee"))
    coded = of_values([1.0, 2.0, 3.0])
    labelled = type(coded)(coded.text, coded.nature, {"1": "Ja", "2": "misschien"})
    typed, _, broken = convert(column, labelled, form=Format(values={"x": {"Misschien": "nee", "3": "nee"}}))
    assert typed.tolist() == ["ja", "nee", "nee"] and broken == []


def test_labels_do_not_replace_numbers():
    coded = of_values([1.0, 10.0])
    labelled = type(coded)(coded.text, coded.nature, {"1": "onveilig", "10": "veilig"})
    assert convert(Column("x", "integer", "x"), labelled)[0].tolist() == [1, 10]
