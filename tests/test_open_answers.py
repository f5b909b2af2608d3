"""What points at a person in an open answer is found, what only looks like it is not, and no text is ever quoted."""

import pandas as pd
import pytest
from study_files import study

from hgeval import load, open_answers

HITS = {
    "open-naam": [
        "Vraag het de heer Jansen.", "Mevrouw De Vries belt terug.", "Dhr. P. van den Berg weet dit.",
        "mw. El Amrani doet mee", "A.B. Pietersen is projectleider", "Overleg met J. de Boer-Smit",
    ],
    "open-mail": ["Mail naar j.jansen@gemeente.nl graag", "info+x@sub.veiligthuis.org"],
    "open-telefoon": ["Bel 06-12345678.", "0612345678", "(030) 230 60 90", "+31 6 12 34 56 78", "0031 30 2306090",
                      "+31 (0)30 2306090", "038 4 22 22 22", "tel:0800-2000123 nee, 070 340 79 11"],
    "open-bsn": ["BSN 111222333", "nummer 123456782.", "1234.56.782", "10000008"],
    "open-rekening": ["NL91ABNA0417164300", "op NL91 ABNA 0417 1643 00 graag",
                      "rekening NL91 ABNA 0417 1643 00 TNV ABCD"],
    "open-adres": ["3511 LX 12", "1234AB, 5", "woont in 3511LX", "Kerkstraat 12 is te klein"],
}
MISSES = {
    "open-naam": [
        "De heer des huizes doet mee.", "Mevrouw of meneer wordt gehoord.", "Wij willen een naam.",
        "De VNG en het OM helpen.", "Er is 1 regisseur. De gemeente betaalt.", "zie bijlage B. de rest volgt",
    ],
    "open-mail": ["Wij werken @ de regio.", "prijs@", "wethouder en raad"],
    "open-telefoon": ["Sinds 2015 en 2016 gebeurt dit.", "0,5 fte is te weinig", "van 01-01-2024 tot 31-12-2024",
                      "1.000.000 euro", "012345678", "€ 250 000 per jaar", "2024-0123456789 is een zaaknummer"],
    "open-bsn": ["111222334", "123456789", "000000000", "2015 2016", "12345678", "telefoon 0612345678"],
    "open-rekening": ["NL92ABNA0417164300", "AB12 CDEF GHIJ", "VT02 doet mee"],
    "open-adres": ["in 2024 is dit zo", "2015 en later", "1000 SS", "0123 AB", "artikel 4.1.1 Wmo 2015",
                   "de straat 12 op"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HITS.items() for text in texts])
def test_what_points_at_a_person_is_found(kind, text):
    assert open_answers.KINDS[kind][1](text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in MISSES.items() for text in texts])
def test_what_looks_like_it_is_not(kind, text):
    assert not open_answers.KINDS[kind][1](text)


@pytest.mark.parametrize(("digits", "expected"), [
    ("111222333", True), ("123456782", True), ("123456783", False), ("000000000", False), ("010000008", True),
])
def test_the_eleven_test(digits, expected):
    """111222333: 9+8+7+12+10+8+9+6-3 = 66 = 6 x 11."""
    assert open_answers.is_bsn(digits) is expected


@pytest.mark.parametrize(("text", "expected"), [
    ("GB82 WEST 1234 5698 7654 32", True),  # the example of ISO 13616
    ("GB82 WEST 1234 5698 7654 33", False), ("NL91", False),
])
def test_the_97_test(text, expected):
    assert open_answers.is_iban(text) is expected


def test_the_check_says_where_and_what_and_never_the_text(tmp_path):
    folder = study(tmp_path, survey_regions_csv=(
        "region;publicatie_ok;knelpunt_open;steun_open\n"
        "VT02;ja;Geld;Vraag het de heer Jansen, 06-12345678\n"
        "VT03;ja;Mail a@b.nl;-9\n"
    ))
    found = load.check(folder).findings
    found = found[found["rule"].str.startswith("open-")]
    assert list(found[["file", "row", "column", "rule"]].itertuples(index=False, name=None)) == [
        ("survey_regions.csv", 2, "steun_open", "open-naam"),
        ("survey_regions.csv", 2, "steun_open", "open-telefoon"),
        ("survey_regions.csv", 3, "knelpunt_open", "open-mail"),
    ]
    assert set(found["severity"]) == {"waarschuwing"}
    assert found["message"].iloc[0] == (
        "In deze tekst lijkt een naam te staan. Haal weg wat een persoon aanwijst."
    )
    assert not found.astype("str").apply(lambda cells: cells.str.contains("Jansen|12345|a@b")).any(axis=None)


def test_an_empty_column_has_no_findings(tmp_path):
    folder = study(tmp_path, survey_regions_csv="region;publicatie_ok\nVT02;ja\n")
    assert not pd.Series(load.check(folder).findings["rule"]).str.startswith("open-").any()
