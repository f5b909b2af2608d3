"""A study whose regions are municipalities: codes, checks, figures, reports and the index."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from study_files import HEADER, faults, message, study

from hgeval import case, load, monitor, params, reference, simulate
from hgeval.errors import ParameterError, RegionError
from hgeval.press import audit, manifest, site

TOWN = reference.TOWN
SETTINGS = "  kind: gemeente\n"


def towns(folder, *rows, table="families", header=HEADER):
    return study(folder, settings=SETTINGS, **{f"{table}_csv": "\n".join([header, *rows]) + "\n"})


def test_every_municipality_is_a_region_of_its_own():
    regions, listed = reference.regions(2023, kind=TOWN), reference.table("municipalities.csv")
    pd.testing.assert_frame_equal(regions.iloc[:0], reference.regions(2023).iloc[:0])
    assert dict(zip(regions["region"], regions["name"], strict=True)) == dict(
        zip(listed["code"], listed["name"], strict=True)
    )
    assert len(regions) == 342 and set(regions["municipalities"]) == {1}
    assert regions["population"].sum() == reference.regions(2023)["population"].sum()
    assert list(reference.population(regions["region"])) == list(regions["population"])
    pd.testing.assert_frame_equal(reference.tiles(2023, kind=TOWN), reference.tiles(2023).iloc[:0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: reference.regions(2022, kind=TOWN), "alleen van 2023"),
        (lambda: reference.tiles(2022, kind="provincie"), None),
        (lambda: reference.region_codes(pd.Series(["GM0363"]), year=2022, kind=TOWN), "gemeenten van 2022"),
        (lambda: reference.regions(2023, kind="provincie"), "Bekend zijn: veilig_thuis, gemeente"),
    ],
)
def test_a_year_or_a_kind_without_division(call, words):
    if words is None:
        assert not call().empty
        return
    with pytest.raises(RegionError, match=words):
        call()


def test_the_setting_names_the_kinds(tmp_path):
    assert params.study(study(tmp_path / "a", settings=SETTINGS)).division.kind == TOWN
    with pytest.raises(ParameterError, match="'veilig_thuis' of 'gemeente'"):
        params.study(study(tmp_path / "b", settings="  kind: provincie\n"))


def test_codes_of_regions_are_checked_as_those_of_municipalities(tmp_path):
    folder = towns(
        tmp_path, "F1;GM0363;GM0363;03-04-2025;ja;huisverbod;2;nee", "F2;0363;363;03-04-2025;ja;huisverbod;2;nee",
        "F3;GM0501;GM0501;03-04-2025;ja;huisverbod;2;nee", "F4;VT02;GM0363;03-04-2025;ja;huisverbod;2;nee",
        "F5;GM0363;GM1680;03-04-2025;ja;huisverbod;2;nee",
    )
    assert faults(folder) == [
        (4, "municipality", "gemeente-overgegaan"), (4, "region", "regio-overgegaan"), (5, "region", "regio"),
        (6, "municipality", "gemeente-buiten-regio"),
    ]
    assert "een code zoals GM0363" in message(folder, "regio") and "municipalities.csv" in message(folder, "regio")
    assert list(load.check(folder).tables["families"]["region"].fillna("-")) == [
        "GM0363", "GM0363", "GM1992", "-", "GM0363",
    ]


def test_the_survey_of_a_municipality(tmp_path):
    people = int(reference.regions(2023, kind=TOWN).set_index("region").loc["GM0088", "population"])
    header = "region;publicatie_ok;gemeenten_n;inwoners;partnerregios"
    right = towns(tmp_path / "a", f"GM0088;ja;1;{people};GM0363", table="survey_regions", header=header)
    assert faults(right) == []
    wrong = towns(tmp_path / "b", f"GM0088;ja;2;{people * 2};VT02", table="survey_regions", header=header)
    assert {rule for _, _, rule in faults(wrong)} == {"gemeenten-aantal", "inwoners-aantal", "regio"}
    assert "GM0363|GM0599" in message(wrong, "regio")


def test_what_is_not_published_of_a_municipality_is_said_not_made_up():
    frame, whole = monitor.figures(2023, kind=TOWN), monitor.figures(2023)
    assert not frame.duplicated(["measure", "region", "period", "kind"]).any()
    assert set(frame["measure"]) == set(whole["measure"])
    per_town = frame[frame["region"] == "GM0088"]
    assert set(per_town["measure"]) == set(whole["measure"]) and set(per_town["status"]) == {"none"}
    assert per_town["value"].isna().all()
    keep = ["measure", "region", "period", "kind", "value", "status"]
    national = [each.loc[each["region"] == "NL", keep].reset_index(drop=True) for each in (frame, whole)]
    pd.testing.assert_frame_equal(*national)
    example = frame[frame["region"] == "VT06"]
    assert set(example["measure"]) == {monitor.MONTHLY} and (example["status"] == "shown").all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gemeenten") / "studie"
    simulate.write(folder, simulate.study(families=2000, seed=3, year=2023, kind=TOWN), name="studie")
    return folder


def test_a_simulated_study_of_municipalities_is_without_faults(folder):
    loaded = load.study(folder)
    assert loaded.config.division == params.Division(kind=TOWN, year=2023)
    assert set(loaded.findings["rule"]) <= {"partnerregio-eenzijdig"}
    known = set(reference.regions(2023, kind=TOWN)["region"])
    assert set(loaded.tables["families"]["region"]) == set(loaded.tables["meldingen"]["region"]) == known
    families = loaded.tables["families"].dropna(subset="municipality")
    assert (families["municipality"] == families["region"]).all() and len(families) > 1900


def test_too_few_families_for_so_many_regions():
    with pytest.raises(ParameterError, match="2000 of meer"):
        simulate.study(families=1999, seed=3, year=2023, kind=TOWN)


def test_a_case_knows_its_municipality(folder):
    here = case.open(str(folder), region="GM0088")
    assert here.region_name == "Schiermonnikoog" and len(here.regions) == 342
    with pytest.raises(RegionError, match="VT02"):
        case.open(str(folder), region="VT02")


def test_the_index_lists_municipalities_and_has_no_map():
    build = manifest.Build(
        study="klein", study_title="Klein", synthetic=True, division_year=2023, division_kind=TOWN, profile="cbs5",
        reference_date="2025-12-31", own_eyes=False, data="nu", hgeval="0.1.0", commit="",
    )
    regions, tiles = reference.regions(2023, kind=TOWN), reference.tiles(2023, kind=TOWN)
    html = site.index(build, regions=regions, tiles=tiles, reports={})
    audit.check(html)
    soup = BeautifulSoup(html, "html.parser")
    assert "342 gemeenten van 2023" in soup.get_text() and len(soup.select(".regios > li")) == 342
    assert soup.select(".kaart a") == []
