"""Text files and encodings that go wrong in practice; each test is named after its case."""

import pytest
from study_files import HEADER, ROW, costs, covenants_row, families, faults, message, rules, study, table

from hgeval import load


def party(folder):
    return table(folder, "covenants")["party"].tolist()


def test_a01_cp1252_with_semicolons_and_decimal_comma(tmp_path):
    folder = study(tmp_path, covenants_csv=covenants_row("Coöperatie Één").encode("cp1252"), costs_csv=costs("12,5"))
    assert party(folder) == ["Coöperatie Één"]
    assert table(folder, "costs")["amount"].tolist() == [12.5]


def test_a02_utf8_with_a_byte_order_mark(tmp_path):
    folder = study(tmp_path, covenants_csv=covenants_row("Één").encode("utf-8-sig"))
    assert party(folder) == ["Één"]
    assert rules(folder) == set()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a03_utf16_from_excel(tmp_path, encoding):
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    folder = study(tmp_path, covenants_csv=mark + covenants_row("Één").replace("\n", "\r\n").encode(encoding))
    assert party(folder) == ["Één"]


@pytest.mark.parametrize("spoilt", ["SÃºdwest", "â‚¬ 100", "coÃ¶peratie", "CafÃ©"])
def test_a04_letters_encoded_twice(tmp_path, spoilt):
    folder = study(tmp_path, covenants_csv=covenants_row(spoilt))
    assert faults(folder) == [(2, "", "tekencodering")]
    assert "UTF-8" in message(folder, "tekencodering")
    assert spoilt not in message(folder, "tekencodering")


def test_a04_utf8_declared_as_cp1252(tmp_path):
    folder = study(tmp_path, settings="formats:\n  encoding: cp1252\n", covenants_csv=covenants_row("Één"))
    assert rules(folder) == {"tekencodering"}


def test_a05_euro_dash_and_quotes_are_cp1252_never_latin_1(tmp_path):
    folder = study(tmp_path, covenants_csv=covenants_row("€ 5 – “ja”").encode("cp1252"))
    assert party(folder) == ["€ 5 – “ja”"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("coöperatie", "cp850"),
        ("één café in Zuid", "cp850"),
        ("financiën", "cp850"),
        ("reünie", "cp850"),
        ("één café in Zuid", "mac_roman"),
        ("financiële zaak", "mac_roman"),
        ("crèche", "mac_roman"),
    ],
)
def test_a06_dos_and_old_mac_letters_are_asked_about(tmp_path, text, encoding):
    folder = study(tmp_path, covenants_csv=covenants_row(text).encode(encoding))
    assert "encoding in study.yml" in message(folder, "tekencodering")


@pytest.mark.parametrize(
    "text", ["foto’s", "‘ja’", "5‰", "Dušan", "wacht…nee", "m²", "reünie – één", "À la carte", "café"]
)
def test_a06_proper_cp1252_is_not_suspected(tmp_path, text):
    assert party(study(tmp_path, covenants_csv=covenants_row(text).encode("cp1252"))) == [text]


def test_a06_a_byte_that_cp1252_does_not_have(tmp_path):
    folder = study(tmp_path, covenants_csv=covenants_row("x").encode() + b"VT02;2024;A2;prestatie;re\x81nie\n")
    assert faults(folder) == [(3, "", "tekencodering")]


def test_a07_the_first_line_sep_is_honoured(tmp_path):
    folder = study(tmp_path, families_csv="sep=;\r\n" + families(ROW, "F2;VT99;;03-04-2025;ja;;;"))
    assert faults(folder) == [(4, "region", "regio")]


def test_a07_a_sep_line_that_differs_from_the_settings(tmp_path):
    folder = study(tmp_path, families_csv="sep=,\n" + families(ROW).replace(";", ","))
    assert faults(folder) == [(1, "", "sep-regel")]
    assert table(folder, "families")["family_id"].tolist() == ["F1"]
    assert "gevolgd" in message(folder, "sep-regel")


def test_a08_comma_file_though_semicolon_declared(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW).replace(";", ","))
    assert faults(folder) == [(None, "", "scheidingsteken")]
    text = message(folder, "scheidingsteken")
    assert "1 kolom gevonden" in text and "puntkomma" in text and "komma" in text and "study.yml" in text


@pytest.mark.parametrize(
    ("written", "settings"),
    [
        ("1.234,50", ""),
        ("1234,5", ""),
        ("1 234,50", 'formats:\n  thousands: " "\n'),
        ("1,234.50", 'formats:\n  decimal: "."\n  thousands: ","\n'),
    ],
)
def test_a09_decimals_by_the_declared_marks(tmp_path, written, settings):
    assert table(study(tmp_path, settings=settings, costs_csv=costs(written)), "costs")["amount"].tolist() == [1234.5]


def test_a10_a_point_under_a_decimal_comma_is_thousands_or_a_fault(tmp_path):
    folder = study(tmp_path, costs_csv=costs("1.234"))
    assert table(folder, "costs")["amount"].tolist() == [1234]
    for written in ("1.23", "1.2345", "1234.5", "12.34.567", ".5", "5,", "1,2,3"):
        assert faults(study(tmp_path, costs_csv=costs(written))) == [(2, "amount", "getal")]


@pytest.mark.parametrize("written", ["12%", "€ 5", "< 5", "ca. 10", "circa 10", "5 euro", "±5"])
def test_a11_signs_in_a_number(tmp_path, written):
    folder = study(tmp_path, costs_csv=costs(written))
    assert faults(folder) == [(2, "amount", "getal-tekens")]
    text = message(folder, "getal-tekens")
    assert "1.234,5" in text and "Haal die weg" in text and written not in text


@pytest.mark.parametrize("written", ["-", "NA", "onbekend", "1e3", "½", "٣"])
def test_a11_no_number_at_all(tmp_path, written):
    assert faults(study(tmp_path, costs_csv=costs(written))) == [(2, "amount", "getal")]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "sav", "parquet"])
def test_a12_zero_bytes(tmp_path, suffix):
    folder = study(tmp_path, **{f"families_{suffix}": b""})
    assert faults(folder) == [(None, "", "bestand-leeg")]
    assert "0 bytes" in message(folder, "bestand-leeg")


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n", HEADER + "\n;;;;;;;\n\n"])
def test_a13_a_header_and_no_rows(tmp_path, content):
    folder = study(tmp_path, families_csv=content)
    assert (None, "", "geen-rijen") in faults(folder)
    assert "geen rijen" in message(folder, "geen-rijen")


def test_a14_a_last_line_cut_off(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW) + "F2;VT02;GM16")
    assert faults(folder) == [(3, "", "te-weinig-velden")]


def test_a15_an_unclosed_quote_to_the_end(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, 'F2;VT02;"GM1680;03-04-2025;ja;;;', ROW.replace("F1", "F3")))
    assert faults(folder) == [(3, "", "aanhalingsteken")]
    assert "niet gesloten" in message(folder, "aanhalingsteken")


def test_a15_an_unclosed_quote_that_swallows_rows(tmp_path):
    rows = [
        'F2;VT02;GM1680;03-04-2025;ja;"huisverbod;;',
        *(ROW.replace("F1", f"F{n}") for n in (3, 4)),
        'F5;VT02";1;nee',
    ]
    assert (3, "", "aanhalingsteken") in faults(study(tmp_path, families_csv=families(ROW, *rows)))


def test_a15_a_quote_in_the_middle_of_a_field(tmp_path):
    assert faults(study(tmp_path, families_csv=families(ROW, '"F2"x;VT02;;;ja;;;'))) == [(3, "", "aanhalingsteken")]


SURVEY = "region;publicatie_ok;knelpunt_open;steun_open"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a16_newline_and_delimiter_inside_an_answer(tmp_path, end):
    lines = [SURVEY, 'VT02;ja;"geld; en', 'tijd";geen', "VT99;ja;;"]
    folder = study(tmp_path, survey_regions_csv=end.join(lines) + end)
    assert faults(folder) == [(4, "region", "regio")]
    answers = load.check(folder).tables["survey_regions"]["knelpunt_open"]
    assert answers[0].replace("\r", "") == "geld; en\ntijd"


def test_a17_too_many_fields_in_one_row(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, ROW.replace("F1", "F2") + ";extra"))
    assert faults(folder) == [(3, "", "te-veel-velden")]
    assert "aanhalingstekens" in message(folder, "te-veel-velden")


def test_a18_every_row_one_field_too_many(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW + ";", ROW.replace("F1", "F2") + ";"))
    assert faults(folder) == [(None, "", "geen-rijen"), (None, "", "te-veel-velden")]
    assert "Alle rijen hebben 1 veld(en) meer" in message(folder, "te-veel-velden")


def test_a19_too_few_fields(tmp_path):
    folder = study(tmp_path, families_csv=families("F0;VT02;;03-04-2025;ja", ROW))
    assert faults(folder) == [(2, "", "te-weinig-velden")]
    assert "minder velden" in message(folder, "te-weinig-velden")


def test_a20_a_column_name_twice(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW + ";VT03", header=HEADER + "; Region"))
    assert (None, "region", "kolom-dubbel") in faults(folder)
    assert "Laat er één staan" in message(folder, "kolom-dubbel")


def test_a21_header_spaces_case_and_order(tmp_path):
    folder = study(tmp_path, families_csv="\u00a0Region ;FAMILY_ID;invited;reported_on;\nVT02;F1;ja;03-04-2025;\n")
    assert faults(folder) == [
        (None, "", "kolom-volgorde"),
        (None, "family_id", "kop-schrijfwijze"),
        (None, "region", "kop-schrijfwijze"),
    ]
    assert table(folder, "families")["family_id"].tolist() == ["F1"]


def test_a21_every_missing_column_at_once_and_unknown_ones_by_number(tmp_path):
    folder = study(tmp_path, families_csv="family_id;jansen\nF1;x\n")
    missing = [(None, name, "kolom-ontbreekt") for name in ("invited", "region", "reported_on")]
    assert faults(folder) == [(None, "", "kolom-onbekend"), *missing]
    assert "rename" in message(folder, "kolom-ontbreekt")


def test_a21_an_unknown_column_is_dropped(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW + ";geheim", header=HEADER + ";naam"))
    assert faults(folder) == [(None, "naam", "kolom-onbekend")]
    assert "naam" not in table(folder, "families")
    assert "niet ingelezen" in message(folder, "kolom-onbekend")


def test_a22_nul_bytes(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, "F\0002;VT02;;03-04-2025;ja;;;"))
    assert faults(folder) == [(3, "", "nul-teken")]


def test_a22_control_characters(tmp_path):
    folder = study(tmp_path, survey_regions_csv=f"{SURVEY}\nVT02;ja;te\x07kort;\nV\x1bT03;ja;;\n")
    assert faults(folder) == [(2, "knelpunt_open", "stuurteken-tekst"), (3, "region", "stuurteken")]
    assert load.check(folder).tables["survey_regions"]["knelpunt_open"][0] == "tekort"
    assert "weggehaald" in message(folder, "stuurteken-tekst")
    assert "Haal het weg" in message(folder, "stuurteken")


def test_a23_lines_that_end_in_a_carriage_return_only(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, "F2;VT99;;03-04-2025;ja;;;").replace("\n", "\r"))
    assert faults(folder) == [(3, "region", "regio")]


@pytest.mark.parametrize("key", ["Totaal", "F9"])
def test_a24_a_row_of_totals(tmp_path, key):
    folder = study(tmp_path, families_csv=families(ROW, f"{key};Totaal;;03-04-2025;ja;;9;"))
    assert rules(folder) <= {"totaalregel", "regio"}
    assert {row for row, *_ in faults(folder)} == {3}


def test_a24_totals_in_the_key(tmp_path):
    folder = study(tmp_path, costs_csv=costs("5") + "TOTAAL;2024;x;5\nVT02;2024;Totaal;5\n")
    assert faults(folder) == [(3, "region", "totaalregel"), (4, "line", "totaalregel")]
    assert "regel met totalen" in message(folder, "totaalregel")
