"""Reading by blocks and by different values gives what the strict reader gives, cell by cell."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from study_files import families, study

from hgeval import cells, distinct, load, params, readers_blocks, readers_text, sheets
from hgeval.columns import Column, Table
from hgeval.findings import Findings, Place

SLOW = settings(deadline=None, max_examples=60)
SIGNS = st.sampled_from(["a", "b", ";", ",", "\n", "\r\n", "\r", '"', " ", "é", "€", "\ufeff", "\u2028", "\x1c", "0"])
FIELD = st.sampled_from(["", "a", " b", "ja", "é", "€ 1", "\ufeffx", "12,5", "\x85", "\u2028", "'", "=1"])


def rows_of(cells_):
    return cells_.text if cells_.codes is None else distinct.spread(cells_.text, cells_.codes)


def told(data, *, encoding="auto", delimiter=";", blocks=True):
    """Header, row numbers, cells and findings of a file, read in blocks where it can be or never."""
    found = Findings()
    with pytest.MonkeyPatch.context() as patch:
        if not blocks:
            patch.setattr(readers_blocks, "read", lambda *given, **more: None)
        sheet = readers_text.read(data, file="x.csv", delimiter=delimiter, encoding=encoding, found=found)
    if sheet is None:
        return None, found.frame()
    values = [rows_of(each).tolist() for each in sheet.columns]
    types = {str(rows_of(each).dtype) for each in sheet.columns} | {str(sheet.rows.dtype)}
    return (sheet.header, sheet.rows.tolist(), values, types), found.frame()


def same(data, **how):
    (one, its), (other, others) = told(data, **how), told(data, blocks=False, **how)
    assert one == other
    assert_frame_equal(its, others)


@SLOW
@given(st.lists(SIGNS, max_size=40).map("".join))
def test_any_text_is_read_as_the_strict_reader_does(text):
    same(("kop;naam\n" + text).encode("utf-8"))


@SLOW
@given(
    rows=st.lists(st.lists(FIELD, min_size=3, max_size=3), max_size=30), end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), delimiter=st.sampled_from(";,\t|"),
    tail=st.sampled_from(["", "\n", "\r\n\r\n"]), lead=st.sampled_from(["", "sep=;\n", "\n", ";;\n"]),
)
def test_plain_tables_are_read_as_the_strict_reader_does(rows, end, encoding, delimiter, tail, lead):
    lines = [delimiter.join(line) for line in [["x", "y", "z"], *rows]]
    same((lead + end.join(lines) + tail).encode(encoding), delimiter=delimiter)


def plain_file(rows, width=3):
    return "\n".join([";".join("abc"[:width]), *(";".join([f"r{at}", str(at % 7), ""][:width]) for at in range(rows))])


@pytest.mark.parametrize("block", [64, 1000, readers_blocks.BLOCK])
def test_blocks_of_any_size_give_the_same(monkeypatch, block):
    monkeypatch.setattr(readers_blocks, "BLOCK", block)
    monkeypatch.setattr(distinct, "_PENDING", 50)
    data = plain_file(3000).encode()
    assert readers_blocks.read(data, after=1, width=3, delimiter=";") is not None  # or this tests nothing
    same(data)
    (_, rows, values, _), _ = told(data)
    assert rows == list(range(2, 3002)) and values[0] == [f"r{at}" for at in range(3000)]


@pytest.mark.parametrize(
    "odd",
    ['r1;"1";', "r1;1", "r1;1;;", ";;", "", "r1\r;1;", "\ufeff;1;", f"{'x' * 140_000};1;"],
    ids=["quote", "short", "long", "empty row", "empty line", "lone return", "mark", "huge field"],
)
@pytest.mark.parametrize("at", [0, 1500])
def test_what_is_not_plain_is_left_to_the_strict_reader(odd, at, monkeypatch):
    monkeypatch.setattr(readers_blocks, "BLOCK", 200_000)
    head, *rows = plain_file(2000).split("\n")
    data = "\n".join([head, *rows[:at], odd, *rows[at:]]).encode()
    if not (odd.startswith("\ufeff") and at):
        assert readers_blocks.read(data, after=1, width=3, delimiter=";") is None
    same(data)


KINDS = [
    Column("x", "integer", "x", minimum=0, maximum=50), Column("x", "decimal", "x"), Column("x", "date", "x"),
    Column("x", "year", "x"), Column("x", "flag", "x"), Column("x", "code", "x", filled=True), Column("x", "text", "x"),
    Column("x", "choice", "x", choices=("aan", "uit")), Column("x", "multi", "x", choices=("aan", "uit"), most=1),
    Column("x", "shares", "x", choices=("aan", "uit")),
]
CELL = st.sampled_from([
    "", "1", "12", "1.234", "1,5", "-8", "99", "31-12-2024", "31-12-1024", "2024", "45000", "ja", "Nee", "aan",
    "Aan|uit", "aan=60|uit=40", "aan=60|uit=60", "#N/B", "Totaal", "x\ty", "1E+05", "\u200ba", "e\u0301", "€ 5", "0,10",
    "01-02-24",
])


@pytest.mark.parametrize("column", KINDS, ids=lambda column: column.kind)
@SLOW
@given(texts=st.lists(CELL, min_size=1, max_size=25), survey=st.booleans())
def test_converting_different_cells_gives_what_converting_every_cell_gives(column, texts, survey):
    table = Table("proef", "proef", "een rij", ("x",), (column,))
    every = sheets.of_text(pd.Series(texts, dtype="str"))
    codes, different = distinct.code(every.text)
    results = []
    for given_cells in (every, sheets.of_text(different, codes)):
        found = Findings()
        values, kinds = cells.convert(
            column, given_cells, table=table, place=Place("x.csv", np.arange(2, len(texts) + 2), found),
            form=params.Format(), survey=survey, latest=dt.date(2025, 12, 31),
        )
        results.append((values, kinds.dropna(), found.frame()))
    (values, kinds, found), (others, its, theirs) = results
    assert_series_equal(values, others)
    assert_series_equal(kinds, its, check_index_type=False)
    assert_frame_equal(found, theirs)


def test_missing_answers_keep_their_rows(tmp_path):
    text = "region;element;behoefte\n" + "".join(f"VT02;E{at:02d};{'-8' if at % 3 else '4'}\n" for at in range(1, 13))
    gone = load.check(study(tmp_path, survey_elements_csv=text)).missing["survey_elements"]
    assert gone["row"].tolist() == [0, 1, 3, 4, 6, 7, 9, 10] and set(gone["kind"]) == {"-8"}
    assert [str(dtype) for dtype in gone.dtypes] == ["Int64", "str", "str"]


PARQUET = {
    "text": pa.array(["a", None, "a", "", "é"]), "whole": pa.array([1, 2**60 + 1, None, 1, -3], pa.int64()),
    "real": pa.array([0.5, float("nan"), None, -0.0, 0.0]), "flag": pa.array([True, None, False, True, True]),
    "all_flags": pa.array([True, False, False, True, True]), "day": pa.array([dt.date(2024, 5, 1), None] * 2 + [None]),
    "moment": pa.array([dt.datetime(2024, 5, 1, 13), None] * 2 + [None], pa.timestamp("us")),
    "named": pa.array(["p", "q", None, "p", "p"]).dictionary_encode(), "nothing": pa.nulls(5),
    "clock": pa.array([dt.time(1), None, dt.time(1), None, dt.time(2)]),
}


@pytest.mark.parametrize("name", PARQUET)
def test_parquet_by_different_values_is_parquet_by_rows(name):
    from hgeval import readers_binary

    column = pa.chunked_array([PARQUET[name].slice(0, 3), PARQUET[name].slice(3)])
    plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    whole, coded = readers_binary._plain_cells(plain), readers_binary._parquet_cells(column)
    assert_series_equal(rows_of(coded), whole.text)
    at = coded.nature if coded.codes is None else coded.nature[coded.codes]
    assert at.tolist() == whole.nature.tolist()


def test_a_study_in_parquet_is_the_study_in_csv(tmp_path):
    rows = [f"F{at};VT0{at % 9 + 1};;0{at % 9 + 1}-04-2025;{'ja' if at % 2 else 'nee'};;{at % 5};" for at in range(40)]
    one = load.check(study(tmp_path / "csv", families_csv=families(*rows)))
    table = pa.Table.from_pandas(one.tables["families"][families().strip().split(";")], preserve_index=False)
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, row_group_size=7)
    two = load.check(study(tmp_path / "parquet", families_parquet=buffer.getvalue().to_pybytes()))
    assert one.findings.empty and two.findings.empty
    assert_frame_equal(one.tables["families"], two.tables["families"])


def test_parquet_columns_of_one_name_or_with_a_point(tmp_path):
    names = ["line", "region", "a.b", "year", "amount", "amount"]
    columns = [pa.array(each) for each in (["x"], ["VT02"], ["?"], [2024], [1.5], [2.5])]
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, names=names), buffer)
    found = load.check(study(tmp_path, costs_parquet=buffer.getvalue().to_pybytes())).findings
    assert set(found["rule"]) == {"kolom-dubbel", "kolom-onbekend", "kolom-volgorde"}


@SLOW
@given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=12), st.lists(st.sampled_from(["a", "c", None])))
def test_isin_and_mapped_are_those_of_pandas(values, among):
    given_values, others = pd.Series(values, dtype="str"), pd.Series(among, dtype="str")
    assert distinct.isin(given_values, others).tolist() == given_values.isin(others.dropna()).tolist()
    upper = distinct.mapped(given_values.set_axis(range(5, 5 + len(values))), lambda different: different.str.upper())
    assert_series_equal(upper, given_values.str.upper().set_axis(range(5, 5 + len(values))))


def test_a_place_of_different_values_reports_their_rows():
    found = Findings()
    place = replace(Place("x.csv", np.arange(2, 7), found), codes=np.array([0, 1, 0, 1, 2]))
    place.report("x", "keuze", [False, True, False], "Verbeter de cel.")
    assert found.frame()["row"].tolist() == [3, 5]
