"""Workbooks, SPSS, Parquet and files under another name that go wrong; each test is named after its case."""

import datetime as dt
import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from study_files import HEADER, ROW, families, faults, message, rules, study, table, workbook

from hgeval import load


def ole(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + name.encode("utf-16-le") + b"\0" * 500


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("families.csv", families(ROW))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("families_csv", workbook(["family_id"]), "een Excel-bestand (.xlsx)"),
        ("families_csv", b"<html><table><tr><td>x", "een webpagina"),
        ("families_xlsx", b"\n<html><table><tr><td>x", "een webpagina"),
        ("families_xlsx", ole("EncryptedPackage"), "met een wachtwoord"),
        ("families_xlsx", ole("Workbook"), "een oud Excel-bestand (.xls)"),
        ("families_xlsx", families(ROW), "een tekstbestand"),
        ("families_sav", families(ROW), "een tekstbestand"),
        ("families_xlsx", zipped(), "een zip-bestand"),
        ("families_csv", b"\x1f\x8b\x08\x00rest", "ingepakt"),
        ("families_parquet", b"$FL2@(#) SPSS", "een SPSS-bestand"),
    ],
)
def test_a25_a_file_under_another_name(tmp_path, name, data, words):
    folder = study(tmp_path, **{name: data})
    assert faults(folder) == [(None, "", "bestand-type")]
    assert words in message(folder, "bestand-type")


def two_sheets(book):
    book.create_sheet("toelichting").append(["uitleg"])


def sheet_rows(*values):
    return HEADER.split(";"), ["F1", "VT02", "GM1680", dt.datetime(2025, 4, 3), "ja", "huisverbod", *values]


def test_a26_two_sheets(tmp_path):
    data = workbook(*sheet_rows(2, "nee"), change=two_sheets)
    folder = study(tmp_path, families_xlsx=data)
    assert faults(folder) == [(None, "", "werkblad")]
    assert "2 werkbladen gevonden, verwacht 1" in message(folder, "werkblad")
    named = study(tmp_path, settings="files:\n  families:\n    sheet: families\n", families_xlsx=data)
    assert table(named, "families")["children"].tolist() == [2]
    wrong = study(tmp_path, settings="files:\n  families:\n    sheet: gezin\n", families_xlsx=data)
    assert "is er niet" in message(wrong, "werkblad")


def test_a26_a_merged_header(tmp_path):
    header = ["family_id", "region", None, "reported_on", "invited"]
    folder = study(tmp_path, families_xlsx=workbook(header, ["F1", "VT02", "x", dt.date(2025, 4, 3), "ja"]))
    assert faults(folder) == [(None, "", "kolom-zonder-naam")]
    assert "Kolom 3 heeft inhoud maar geen naam" in message(folder, "kolom-zonder-naam")


def test_a26_a_formula_without_its_outcome(tmp_path):
    folder = study(tmp_path, families_xlsx=workbook(*sheet_rows("=1+1", "nee")))
    assert faults(folder) == [(2, "", "formule")]
    assert "kolom G" in message(folder, "formule") and "sla het op" in message(folder, "formule")


def test_a26_a_formula_that_failed(tmp_path):
    folder = study(tmp_path, families_xlsx=workbook(*sheet_rows("#N/A", "nee")))
    assert faults(folder) == [(2, "children", "excel-fout")]
    assert "Herstel de formule" in message(folder, "excel-fout")


def test_a26_dates_counted_from_1904(tmp_path):
    def from_1904(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    folder = study(tmp_path, families_xlsx=workbook(*sheet_rows(2, "nee"), change=from_1904))
    assert table(folder, "families")["reported_on"].tolist() == [pd.Timestamp("2025-04-03")]


@pytest.mark.parametrize("name", ["families_csv.gz", "families_zip", "families_xls", "families_pkl"])
def test_a27_packed_and_other_kinds_of_file(tmp_path, name):
    folder = study(tmp_path, **{name: b"x"})
    assert faults(folder) == [(None, "", "bestand-soort")]
    assert "niet ingepakt" in message(folder, "bestand-soort")


def spss(folder, frame, **more):
    path = folder / "bron.sav"
    pyreadstat.write_sav(frame, path, **more)
    data = path.read_bytes()
    path.unlink()
    return data


FAMILY = {"family_id": ["F1", "F2"], "region": ["VT02", "VT02"], "invited": [1.0, 0.0]}
DATES = {"reported_on": pd.to_datetime(["2025-04-03", "2025-04-04"])}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:100],
        lambda data: data[: len(data) // 2],
        lambda data: data[:4] + b"\xff" * 500,
        lambda data: data[:176],
    ],
)
def test_a28_a_damaged_spss_file(tmp_path, spoil):
    data = spss(tmp_path, pd.DataFrame(FAMILY | DATES))
    folder = study(tmp_path, families_sav=spoil(data))
    assert faults(folder) in ([(None, "", "bestand-stuk")], [(None, "", "bestand-type")])
    assert rules(folder) <= {"bestand-stuk", "bestand-type"}


def test_a28_random_bytes(tmp_path):
    noise = np.random.default_rng(1).bytes(2000)
    for suffix in ("sav", "xlsx", "parquet"):
        folder = study(tmp_path / suffix, **{f"families_{suffix}": noise})
        assert faults(folder) == [(None, "", "bestand-stuk")]
        assert "beschadigd" in message(folder, "bestand-stuk")


def test_a29_spss_labels_and_kinds_of_missing(tmp_path):
    frame = pd.DataFrame(
        {
            "region": ["VT02", "VT03", "VT04", "VT05"],
            "criterion": [1.0, 1.0, 1.0, 1.0],
            "kwaliteit": [1.0, 2.0, 8.0, 9.0],
            "kwaliteit_belang": [5.0, -8.0, np.nan, 99.0],
        }
    )
    labels = {
        "criterion": {1.0: "Q01"},
        "kwaliteit": {1.0: "Ja", 2.0: "deels", 8.0: "Weet niet", 9.0: "geen antwoord"},
        "kwaliteit_belang": {1.0: "niet", 5.0: "zeer"},
    }
    ranges = {"kwaliteit": [{"lo": 8, "hi": 9}], "kwaliteit_belang": [99, -8]}
    data = spss(tmp_path, frame, variable_value_labels=labels, missing_ranges=ranges)
    folder = study(tmp_path, survey_quality_sav=data)
    assert faults(folder) == [(4, "kwaliteit_belang", "soort-ontbrekend")]
    loaded = load.study(folder)
    quality, missing = loaded.tables["survey_quality"], loaded.missing["survey_quality"]
    assert quality["criterion"].unique().tolist() == ["Q01"]
    assert quality["kwaliteit"].tolist()[:2] == ["ja", "deels"] and quality["kwaliteit"].isna().tolist()[2:] == [
        True,
        True,
    ]
    assert quality["kwaliteit_belang"].isna().tolist() == [False, True, True, True]
    assert list(missing.itertuples(index=False, name=None)) == [
        (2, "kwaliteit", "-8"),
        (3, "kwaliteit", "-9"),
        (1, "kwaliteit_belang", "-8"),
        (3, "kwaliteit_belang", "99"),
    ]


def test_a29_an_spss_code_without_label_is_no_answer(tmp_path):
    frame = pd.DataFrame({"region": ["VT02"], "criterion": ["Q01"], "kwaliteit": [3.0]})
    folder = study(tmp_path, survey_quality_sav=spss(tmp_path, frame))
    assert faults(folder) == [(1, "kwaliteit", "keuze")]
    mapped = 'files:\n  survey_quality:\n    values:\n      kwaliteit: {"3": nee}\n'
    folder = study(tmp_path, settings=mapped, survey_quality_sav=spss(tmp_path, frame))
    assert table(folder, "survey_quality")["kwaliteit"].tolist() == ["nee"]


def test_a29_spss_dates_and_flags(tmp_path):
    families_table = table(study(tmp_path, families_sav=spss(tmp_path, pd.DataFrame(FAMILY | DATES))), "families")
    assert families_table["reported_on"].tolist() == list(DATES["reported_on"])
    assert families_table["invited"].tolist() == [True, False]


def parquet(table_, **more) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table_, stream, **more)
    return stream.getvalue()


def typed_families() -> pa.Table:
    return pa.table(
        {
            "family_id": pa.array([9007199254740993, None], pa.int64()),
            "region": pa.array(["VT02", "VT03"]).dictionary_encode(),
            "reported_on": pa.array([dt.date(2025, 4, 3)] * 2),
            "invited": [True, False],
            "children": pa.array([2, None], pa.int8()),
        }
    )


def test_a30_typed_parquet_is_taken_exactly(tmp_path):
    folder = study(tmp_path, families_parquet=parquet(typed_families()))
    assert faults(folder) == [(2, "family_id", "leeg")]
    frame = load.check(folder).tables["families"]
    assert frame["family_id"][0] == "9007199254740993"
    assert frame["region"].tolist() == ["VT02", "VT03"]
    assert frame["reported_on"].dtype == "datetime64[s]" and frame["invited"].tolist() == [True, False]


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a30_parquet_cut_off(tmp_path, keep):
    data = parquet(typed_families())
    assert faults(study(tmp_path, families_parquet=data[: int(len(data) * keep)])) == [(None, "", "bestand-stuk")]


def test_a30_one_flipped_byte_in_a_page_with_a_checksum(tmp_path):
    values = pa.table(
        {
            "region": ["VT02"] * 50,
            "year": [2024] * 50,
            "line": [str(n) for n in range(50)],
            "amount": [float(n) for n in range(50)],
        }
    )
    data = parquet(values, write_page_checksum=True, compression="none", use_dictionary=False)
    at = data.index(np.float64(17).tobytes())
    spoilt = data[: at + 6] + bytes([data[at + 6] ^ 1]) + data[at + 7 :]
    assert faults(study(tmp_path, costs_parquet=data)) == []
    assert faults(study(tmp_path, costs_parquet=spoilt)) == [(None, "", "bestand-stuk")]


def test_a30_parquet_with_lists(tmp_path):
    values = typed_families().append_column("worker", pa.array([["a"], ["b"]]))
    folder = study(tmp_path, families_parquet=parquet(values))
    assert (None, "", "kolom-soort") in faults(folder)
    assert "Kolom 6" in message(folder, "kolom-soort")
