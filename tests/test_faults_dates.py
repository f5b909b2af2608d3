"""Dates and waves that go wrong in practice; each test is named after its case."""

import datetime as dt

import pandas as pd
import pytest
from study_files import HEADER, ROW, families, faults, message, rules, study, table, workbook

from hgeval import load

MEASURED = "family_id;wave;informant;measured_on;window_months;psychological;physical;sexual"


def dated(folder, *dates, settings=""):
    rows = [f"F{at};VT02;;{date};ja;;;" for at, date in enumerate(dates)]
    return study(folder, settings=settings, families_csv=families(*rows))


def measurements(*rows: str) -> str:
    return "\n".join([MEASURED, *rows]) + "\n"


def two_families(folder, *rows: str):
    return study(folder, families_csv=families(ROW, ROW.replace("F1", "F2")), measurements_csv=measurements(*rows))


def test_b31_the_third_of_april(tmp_path):
    found = table(dated(tmp_path, "03-04-2025", "3-4-2025"), "families")["reported_on"]
    assert found.tolist() == [pd.Timestamp("2025-04-03")] * 2
    assert found.dtype == "datetime64[s]"


def test_b32_other_notations_are_faults_not_guesses(tmp_path):
    folder = dated(tmp_path, "03-04-2025", "2025-04-03", "45000", "04/03/2025", "now", "today", "NaT", "31-02-2025")
    wanted = {3: "datum", 4: "datum-getal", 5: "datum", 6: "datum", 7: "datum", 8: "datum", 9: "datum"}
    assert faults(folder) == [(row, "reported_on", rule) for row, rule in wanted.items()]
    found = load.check(folder).findings
    texts = found.loc[found["rule"] == "datum", "message"]
    assert texts.str.contains("31-12-2025").all() and texts.str.contains("study.yml").all()
    assert found.loc[texts.index[texts.str.contains('Zet date: "%Y-%m-%d"')], "row"].tolist() == [3]
    assert "los getal" in message(folder, "datum-getal")


def test_b32_the_declared_notation(tmp_path):
    folder = dated(tmp_path, "2025-04-03", settings='formats:\n  date: "%Y-%m-%d"\n')
    assert table(folder, "families")["reported_on"].tolist() == [pd.Timestamp("2025-04-03")]
    assert "2025-12-31" in message(dated(tmp_path, "03-04-2025", settings='formats:\n  date: "%Y-%m-%d"\n'), "datum")


def test_b32_a_number_in_a_date_column_of_a_workbook(tmp_path):
    rows = [["F1", "VT02", None, 45000, "ja"], ["F2", "VT02", None, dt.datetime(2025, 4, 3, 13, 5), True]]
    folder = study(tmp_path, families_xlsx=workbook(HEADER.split(";")[:5], *rows))
    assert faults(folder) == [(2, "reported_on", "datum-getal")]
    assert load.check(folder).tables["families"]["reported_on"][1] == pd.Timestamp("2025-04-03")


@pytest.mark.parametrize(
    ("date", "rule"),
    [
        ("03-04-25", "datum-jaartal"),
        ("1-1-68", "datum-jaartal"),
        ("01-01-1900", "datum-te-vroeg"),
        ("01-01-0001", "datum-te-vroeg"),
        ("31-12-1989", "datum-te-vroeg"),
        ("01-01-2026", "datum-na-peildatum"),
        ("31-12-2026", "datum-na-peildatum"),
        ("01-01-2027", "datum-ver-weg"),
        ("03-04-2205", "datum-ver-weg"),
    ],
)
def test_b33_dates_that_cannot_be(tmp_path, date, rule):
    assert faults(dated(tmp_path, date)) == [(2, "reported_on", rule)]


def test_b33_the_edges_are_allowed(tmp_path):
    assert rules(dated(tmp_path, "01-01-1990", "31-12-2025")) == set()


def test_b33_messages_say_what_to_do(tmp_path):
    folder = dated(tmp_path, "03-04-25", "01-01-1900", "01-01-2026", "01-01-2027")
    assert "hele jaar" in message(folder, "datum-jaartal")
    assert "voor 1990" in message(folder, "datum-te-vroeg")
    assert "Kijk of dat klopt" in message(folder, "datum-na-peildatum")
    assert "reference_date" in message(folder, "datum-ver-weg")


def test_b33_an_end_before_its_start(tmp_path):
    header = "melding_id;region;received_on;kind;assessed_on;closed_on"
    rows = ["M1;VT02;03-04-2025;onbekend;02-04-2025;", "M2;VT02;03-04-2025;onbekend;03-04-2025;03-04-2025"]
    folder = study(tmp_path, meldingen_csv="\n".join([header, *rows]) + "\n")
    assert faults(folder) == [(2, "assessed_on", "einde-voor-begin")]
    assert "received_on" in message(folder, "einde-voor-begin")


def test_b49_a_later_wave_without_the_first(tmp_path):
    folder = two_families(tmp_path, "F1;t2;kind;;12;0;0;0", "F1;T3;kind;;6;0;0;0", "F2;T1;kind;;12;1;0;0")
    assert faults(folder) == [(2, "wave", "eerste-meting")]
    assert "T1" in message(folder, "eerste-meting")


def test_b49_swapped_waves(tmp_path):
    folder = two_families(
        tmp_path,
        "F1;T2;kind;03-04-2024;12;0;0;0",
        "F1;T1;kind;03-04-2025;12;0;0;0",
        "F2;T1;kind;03-04-2024;12;1;0;0",
    )
    assert faults(folder) == [(2, "measured_on", "meting-volgorde")]
    assert "verwisseld" in message(folder, "meting-volgorde")


def test_b49_two_waves_on_one_day(tmp_path):
    folder = two_families(
        tmp_path,
        "F1;T1;kind;03-04-2024;12;0;0;0",
        "F1;T2;kind;03-04-2024;12;0;0;0",
        "F1;T2;ouder_a;03-04-2024;12;0;0;0",
    )
    assert faults(folder) == [(3, "measured_on", "meting-volgorde")]


def test_b49_a_wave_that_is_not_in_the_settings(tmp_path):
    folder = two_families(tmp_path, "F1;T1;kind;;12;0;0;0", "F1;T9;kind;;12;0;0;0", "F3;T1;kind;;12;0;0;0")
    assert faults(folder) == [(3, "wave", "meetmoment"), (4, "family_id", "verwijzing")]
    assert "T1, T2, T3" in message(folder, "meetmoment")
    assert "families" in message(folder, "verwijzing")
