"""Rules between the answers of the needs survey."""

import pytest
from study_files import faults, message, rules, study

from hgeval import reference

ELEMENTS = "region;element;status;gereed_jaar;capaciteit_tekort;schaal_nu"


def elements(folder, *rows):
    return study(folder, survey_elements_csv="\n".join([ELEMENTS, *rows]) + "\n")


def test_elements_that_agree_with_their_status(tmp_path):
    folder = elements(
        tmp_path,
        "VT02;E01;aanwezig;-7;genoeg;lokaal",
        "VT02;E02;gepland;2026;;lokaal",
        "VT02;E03;afwezig;-7;-7;nvt",
        "VT02;E04;weet_niet;;;-8",
        "VT02;E05;;2026;;nvt",
    )
    assert rules(folder) == set()


@pytest.mark.parametrize(
    ("row", "column", "rule", "words"),
    [
        ("aanwezig;2026;;", "gereed_jaar", "jaar-klaar", "niet gepland"),
        ("afwezig;;genoeg;", "capaciteit_tekort", "afwezig-capaciteit", "(-7)"),
        ("afwezig;;;lokaal", "schaal_nu", "afwezig-schaal", "verbeter schaal_nu of status".capitalize()),
        ("aanwezig;;;nvt", "schaal_nu", "afwezig-schaal", "alleen dan"),
    ],
)
def test_elements_that_contradict_their_status(tmp_path, row, column, rule, words):
    folder = elements(tmp_path, f"VT02;E01;{row}")
    assert faults(folder) == [(2, column, rule)]
    assert words in message(folder, rule)


def test_role_and_mandate_of_a_partner_that_does_not_join(tmp_path):
    header = "region;partner;partner_betrokken;partner_rol;partner_mandaat"
    rows = ["VT02;om;nee_gewenst;regie;", "VT02;ggd;nee, niet nodig;;ja", "VT02;gi;ja_met_afspraak;regie;ja"]
    mapped = 'formats:\n  values:\n    partner_betrokken: {"nee, niet nodig": nee_niet_nodig}\n'
    folder = study(tmp_path, settings=mapped, survey_partners_csv="\n".join([header, *rows]) + "\n")
    assert faults(folder) == [(2, "partner_rol", "partner-doet-mee"), (3, "partner_mandaat", "partner-doet-mee")]
    assert "doet niet mee" in message(folder, "partner-doet-mee")


def regions(folder, *rows, header="region;publicatie_ok;partnerregios"):
    return study(folder, survey_regions_csv="\n".join([header, *rows]) + "\n")


def test_regions_that_name_each_other(tmp_path):
    folder = regions(tmp_path, "VT02;ja;vt03| VT04", "VT03;ja;VT02", "VT05;ja;-9", "VT06;ja;VT05")
    assert rules(folder) == set()  # VT04 and VT05 gave no answer of their own


def test_a_region_that_is_not_named_back(tmp_path):
    folder = regions(tmp_path, "VT02;ja;VT03", "VT03;ja;VT04")
    assert faults(folder) == [(2, "partnerregios", "partnerregio-eenzijdig")]
    assert "Vraag na" in message(folder, "partnerregio-eenzijdig")


def test_a_partner_region_that_is_unknown_or_merged(tmp_path):
    folder = regions(tmp_path, "VT02;ja;VT03|VT99", "VT03;ja;VT16|VT26|VT27")
    assert faults(folder) == [(2, "partnerregios", "regio")]
    assert "VT02|VT05" in message(folder, "regio")


@pytest.mark.parametrize(
    ("factor", "expected"), [(1.0, set()), (1.0099, set()), (0.9901, set()), (1.011, {"inwoners-aantal"})]
)
def test_inhabitants_within_one_percent(tmp_path, factor, expected):
    known = reference.regions(2023).set_index("region").loc["VT02"]
    row = f"VT02;ja;{known['municipalities']};{round(known['population'] * factor)}"
    folder = regions(tmp_path, row, header="region;publicatie_ok;gemeenten_n;inwoners")
    assert rules(folder) == expected
    if expected:
        assert "1 procent" in message(folder, "inwoners-aantal") and "CBS" in message(folder, "inwoners-aantal")


def test_the_number_of_municipalities(tmp_path):
    known = reference.regions(2023).set_index("region").loc["VT02", "municipalities"]
    folder = regions(tmp_path, f"VT02;ja;{known + 1}", header="region;publicatie_ok;gemeenten_n")
    assert faults(folder) == [(2, "gemeenten_n", "gemeenten-aantal")]
    assert "2023" in message(folder, "gemeenten-aantal")
