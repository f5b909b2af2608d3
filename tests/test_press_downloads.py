"""The numbers leave as numbers, text stays text (C53), and equal input gives equal bytes."""

import csv
import io
import zipfile

import openpyxl
import pytest
from press_home import payload, report

from hgeval.press import downloads

FORMULAS = ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


def book(*payloads, **over):
    return openpyxl.load_workbook(io.BytesIO(downloads.workbook(list(payloads), report(**over))))


def rows(*payloads, **over):
    text = downloads.table(list(payloads), report(**over)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_sheet_an_exhibit_after_a_guide():
    found = book(payload(), payload("figure"))
    assert found.sheetnames == ["Leeswijzer", "een-table", "een-figure"]
    sheet = found["een-table"]
    assert [cell.value for cell in sheet[1]][:1] == ["Bij 3 op de 10 stopte het"]
    heads = ["Regio", "Gezinnen", "Percentage", "Ondergrens", "Bovengrens", "Aantekening"]
    assert [cell.value for cell in sheet[3]] == heads
    assert [cell.value for cell in sheet[4]] == ["Drenthe", 40, 0.3, 0.18, 0.46, "afgerond"]
    assert [cell.value for cell in sheet[5]] == ["Nederland", ".", ".", ".", ".", "verborgen"]
    assert sheet["C4"].number_format == "0%"
    precise = payload(display=[["Drenthe", "400", "30,1%", "18,2%", "46,0%"], ["Nederland", *"...."]])
    assert book(precise)["een-table"]["C4"].number_format == "0.0%"
    assert [sheet["A7"].value, sheet["A8"].value] == ["Eén zin.", "Nog een zin."]


def test_the_guide_says_what_a_reader_needs():
    guide = {row[0].value: row[1].value for row in book(payload())["Leeswijzer"].iter_rows()}
    assert guide["Peildatum"] == "31 december 2025" and "een-table" in guide
    assert "verzonnen" in guide["Voorbeeldgegevens"] and "Een punt is geen nul" in guide["Een punt (.)"]
    assert "Niet verspreiden" in {row[0].value for row in book(payload(), own_eyes=True)["Leeswijzer"].iter_rows()}


def test_the_long_table_has_a_line_for_each_cell():
    found = rows(payload())
    assert len(found) == 2 * 5 + 2
    assert found[2] == {
        "onderdeel": "een-table", "titel": "Bij 3 op de 10 stopte het", "rij": "1", "kolom": "Percentage",
        "waarde": "0,3", "eenheid": "deel van 1", "aantekening": "afgerond", "bron": "de bron (voorbeeldgegevens)",
    }
    assert [row["waarde"] for row in found[6:10]] == ["."] * 4
    assert [row["kolom"] for row in found[10:]] == ["zin", "zin"]


def test_a_number_that_does_not_exist_has_no_line():
    census = payload(rows=[["VT02", 26, 0.5, None, None]], display=[["Drenthe", "26", "50%", "", ""]], status=["shown"])
    assert [row["kolom"] for row in rows(census)] == ["Regio", "Gezinnen", "Percentage", "zin", "zin"]


def test_a_provisional_figure_says_so():
    starred = payload(display=[["Drenthe", "40*", "30%", "18%", "46%"], ["Nederland", ".", ".", ".", "."]])
    assert rows(starred)[0]["aantekening"] == "afgerond, voorlopig"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(text):
    shown = [[text, "40", "30%", "18%", "46%"], ["x", *"...."]]
    hostile = payload(title=text, source=text, sentences=[text], display=shown)
    found = rows(hostile)
    assert found[0]["waarde"] == f"'{text}" and found[0]["titel"] == f"'{text}" and found[-1]["waarde"] == f"'{text}"
    sheet = book(hostile)["een-table"]
    assert sheet["A4"].data_type == "s" and sheet["A1"].data_type == "s"


def test_negative_numbers_stay_numbers():
    below = payload(rows=[["VT02", -40, -0.3, -0.5, 0.1], ["NL", None, None, None, None]])
    assert [row["waarde"] for row in rows(below)][1:5] == ["-40", "-0,3", "-0,5", "0,1"]
    assert book(below)["een-table"]["B4"].value == -40


def test_control_characters_and_delimiters_do_no_harm():
    odd = payload(display=[["a;b\"c\nd\x00\x1f", "40", "30%", "18%", "46%"], ["x", *"...."]])
    assert rows(odd)[0]["waarde"] == "a;b\"c\nd\x1f"
    assert book(odd)["een-table"]["A4"].value.startswith("a;b\"c\nd")


def test_sheet_names_are_what_a_spreadsheet_accepts():
    long = "een-heel-lange-naam-van-een-tabel-met-alles"
    names = downloads.sheet_names([long, long + "-2", "history", "leeswijzer", "a[b]:c"])
    assert len({name.lower() for name in names} | {"leeswijzer", "history"}) == 7
    assert all(len(name) <= 31 for name in names)
    assert names[0] == long[:31] and names[4] == "a-b--c"


def test_equal_input_gives_equal_bytes_without_a_clock():
    first, second = (downloads.workbook([payload()], report()) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2025-12-31T00:00:00Z" in archive.read("docProps/core.xml")
    assert downloads.table([payload()], report()) == downloads.table([payload()], report())


def test_the_table_opens_in_dutch_spreadsheets():
    raw = downloads.table([payload()], report())
    assert raw.startswith(b"\xef\xbb\xbfonderdeel;titel;rij;") and raw.endswith(b"\r\n")
