"""The regions of the country: how they nest, add up and succeed each other."""

import re

import pandas as pd
import pytest

from hgeval import paths, reference
from hgeval.errors import RegionError

YEARS = (2022, 2023)


def spread(kind: str, over: str, year: int = 2023) -> dict[str, set[str]]:
    """Areas of one kind that lie in more than one area of another kind."""
    towns = reference.municipalities(year)
    found = {area: set(rows[over]) for area, rows in towns.groupby(kind)}
    return {area: others for area, others in found.items() if len(others) > 1}


def test_there_are_two_divisions():
    assert reference.years() == [2022, 2023]


@pytest.mark.parametrize(
    ("column", "number"),
    [("code", 342), ("name", 342), ("safety_region", 25), ("region", 25), ("youth_region", 42), ("ggd_region", 25),
     ("province", 12), ("centre_municipality", 35)],
)
def test_numbers_of_areas(column, number):
    towns = reference.municipalities()
    assert len(towns) == 342
    assert towns[column].nunique() == number
    assert towns[column].notna().all()


@pytest.mark.parametrize(("year", "number"), [(2022, 26), (2023, 25)])
def test_numbers_of_regions(year, number):
    regions = reference.regions(year)
    assert len(regions) == number == regions["region"].nunique() == reference.municipalities(year)["region"].nunique()
    assert list(regions.columns) == ["region", "name", "population", "municipalities"]
    assert regions["municipalities"].sum() == 342
    assert regions["population"].sum() == 17_475_908


def test_smallest_and_largest_region_by_municipalities():
    numbers = reference.regions(2023)["municipalities"]
    assert (numbers.min(), numbers.max()) == (6, 31)


def test_regions_over_several_safety_regions():
    assert spread("region", "safety_region") == {
        "VT06": {"VR08", "VR23"}, "VT15": {"VR20", "VR21"}, "VT17": {"VR10", "VR12"}, "VT27": {"VR21", "VR22"},
    }


def test_the_only_region_in_two_provinces():
    assert spread("region", "province") == {"VT06": {"PV25", "PV31"}}
    assert spread("safety_region", "province") == {}


def test_youth_regions_over_several_regions():
    assert spread("youth_region", "region") == {"JZ21": {"VT05", "VT20"}, "JZ24": {"VT09", "VT10"}}


def test_centre_municipalities_over_several_regions():
    arnhem, the_hague = "GM0202", "GM0518"
    assert spread("centre_municipality", "region") == {arnhem: {"VT05", "VT14"}, the_hague: {"VT09", "VT10"}}


def test_a_ggd_region_over_two_safety_regions():
    names = reference.areas().set_index("code")["name"]
    found = {names[code]: parts for code, parts in spread("ggd_region", "safety_region").items()}
    assert found["GGD Hart voor Brabant"] == {"VR20", "VR21"}


def test_how_sure_the_centre_municipality_is():
    assert dict(reference.municipalities()["centre_status"].value_counts()) == {
        "probable": 227, "confident": 95, "uncertain": 20,
    }


def test_a_centre_municipality_is_a_municipality():
    towns = reference.municipalities()
    assert set(towns["centre_municipality"]) <= set(towns["code"])


def test_every_area_has_a_name():
    areas, towns = reference.areas(), reference.municipalities()
    for kind, named in areas.groupby("kind"):
        assert set(named["code"]) == set(towns[kind])


def test_oost_brabant_is_the_sum_of_two():
    old, new = (reference.regions(year).set_index("region") for year in YEARS)
    both = old.loc[["VT16", "VT26"]]
    assert both["population"].sum() == new.loc["VT27", "population"] == 1_399_843
    assert both["municipalities"].sum() == new.loc["VT27", "municipalities"] == 31
    towns = reference.municipalities(2022).groupby("region")["safety_region"].unique()
    assert (towns["VT16"].tolist(), towns["VT26"].tolist()) == (["VR21"], ["VR22"])


def test_other_regions_are_the_same_in_both_years():
    old, new = (reference.municipalities(year).set_index("code")["region"] for year in YEARS)
    assert set(old[old != new]) == {"VT16", "VT26"}
    assert set(new[old != new]) == {"VT27"}


def test_population_of_regions_of_either_year():
    codes = pd.Series(["VT02", "VT16", "VT27", "NL", "XX"])
    assert reference.population(codes).to_list()[:4] == [494_766, 615_456, 1_399_843, 17_475_908]
    assert reference.population(codes).isna().to_list() == [False, False, False, False, True]


@pytest.mark.parametrize("year", YEARS)
def test_provinces_that_are_a_region(year):
    assert reference.same_area("province", year=year) == {
        "PV20": "VT08", "PV21": "VT04", "PV22": "VT02", "PV24": "VT03", "PV26": "VT20", "PV29": "VT23",
    }


def test_same_area_names_the_kinds_it_knows():
    with pytest.raises(RegionError, match=r"Bekend zijn: safety_region, youth_region, ggd_region, province\."):
        reference.same_area("waterschap", year=2023)


@pytest.mark.parametrize("year", YEARS)
def test_a_tile_each(year):
    tiles = reference.tiles(year)
    assert list(tiles["region"]) == list(reference.regions(year)["region"])
    assert not tiles.duplicated(["column", "row"]).any()
    assert tiles["column"].min() == tiles["row"].min() == 1


def test_tiles_lie_as_on_the_map():
    tiles = reference.tiles(2022).set_index("region")
    groningen, zeeland, limburg, nhn = (tiles.loc[code] for code in ("VT08", "VT23", "VT25", "VT17"))
    assert groningen["row"] < nhn["row"] < zeeland["row"] < limburg["row"]
    assert zeeland["column"] < nhn["column"] < limburg["column"] < groningen["column"]


def test_the_name_of_a_region_in_its_year():
    assert reference.region_name("VT15", year=2022) == "Noord-Brabant Midden"
    assert reference.region_name("VT15", year=2023) == "Midden-Brabant"
    assert reference.region_name("NL", year=2023) == "Nederland"


@pytest.mark.parametrize(
    ("code", "year", "found"),
    [("VT02", 2022, "VT02"), (" vt02 ", 2023, "VT02"), ("VT16", 2022, "VT16"), ("VT16", 2023, "VT27"),
     ("VT26", 2023, "VT27"), ("VT27", 2023, "VT27"), ("NL", 2022, "NL")],
)
def test_a_region_of_any_year(code, year, found):
    assert reference.resolve_region(code, year=year) == found
    assert reference.region_codes(pd.Series([code]), year=year).to_list() == [found]


def test_a_merged_region_names_its_parts():
    with pytest.raises(RegionError) as fault:
        reference.resolve_region("VT27", year=2022)
    assert str(fault.value) == (
        "De regio VT27 (Oost-Brabant) bestaat niet in de indeling van 2022. "
        "Toen waren het: VT16 (Brabant Noordoost) en VT26 (Zuidoost-Brabant). Kies een van deze."
    )


def test_an_unknown_region_names_the_known_ones():
    with pytest.raises(RegionError, match=r"^Onbekende regio VT99\. In de indeling van 2023 zijn bekend: VT01, VT02"):
        reference.resolve_region("VT99", year=2023)


def test_what_is_no_code_is_not_repeated():
    with pytest.raises(RegionError) as fault:
        reference.resolve_region("Jan Jansen", year=2022)
    assert str(fault.value).startswith("Onbekende regio. In de indeling van 2022 zijn bekend: VT01")
    assert str(fault.value).endswith("VT25, VT26.")


@pytest.mark.parametrize("year", [2021, 2024])
def test_a_year_without_division(year):
    message = f"Er is geen regio-indeling van {year}. Er zijn indelingen van 2022 en 2023. Kies een van deze jaren"
    for call in (reference.municipalities, reference.regions, reference.tiles):
        with pytest.raises(RegionError, match=message):
            call(year)
    with pytest.raises(RegionError, match=message):
        reference.resolve_region("VT02", year=year)


def test_codes_that_cannot_be_mapped_are_missing():
    codes = pd.Series(["VT27", "VT99", None, "vt16"], dtype="str")
    assert reference.region_codes(codes, year=2022).fillna("-").to_list() == ["-", "-", "-", "VT16"]
    towns = pd.Series(["GM0788", "GM9999", None, "Amsterdam", "363"], dtype="str")
    assert reference.municipality_codes(towns).fillna("-").to_list() == ["-", "-", "-", "-", "GM0363"]


@pytest.mark.parametrize("code", ["GM0363", "gm0363", "363", "0363", "GM0363    ", 363])
def test_ways_to_write_a_municipality(code):
    assert reference.resolve_municipality(code) == "GM0363"


@pytest.mark.parametrize(
    ("old", "new", "year"),
    [("GM0003", "GM1979", 2021), ("GM0370", "GM0439", 2022), ("GM0416", "GM1980", 2022), ("GM0457", "GM0363", 2022),
     ("GM0756", "GM1982", 2022), ("GM1685", "GM1991", 2022), ("GM0501", "GM1992", 2023)],
)
def test_merged_municipalities(old, new, year):
    assert reference.resolve_municipality(old) == new
    assert reference.municipality_map()[old] == new
    changed = reference.mergers().set_index("old_code")
    assert changed.loc[old, "year"] == year


def test_mergers_lead_to_municipalities_of_now():
    towns, changed = reference.municipalities(), reference.mergers()
    assert len(changed) == 21
    assert set(changed["new_code"]) <= set(towns["code"])
    assert not set(changed["old_code"]) & set(towns["code"])
    names = towns.set_index("code")["name"]
    assert (changed["new_name"] == changed["new_code"].map(names)).all()
    assert len(reference.municipality_map()) == 342 + 17


def test_a_municipality_that_was_split():
    assert reference.split_municipalities() == {"GM0788": ("GM0757", "GM0824", "GM0855", "GM0865")}
    with pytest.raises(RegionError) as fault:
        reference.resolve_municipality("788")
    assert str(fault.value) == (
        "De gemeente Haaren bestaat sinds 2021 niet meer. Zij is verdeeld over Boxtel (GM0757), Oisterwijk (GM0824), "
        "Tilburg (GM0855), Vught (GM0865). Vul per rij een van deze codes in."
    )


@pytest.mark.parametrize("code", ["GM9999", "Amsterdam", "", "GM03630", "٣٦٣"])
def test_an_unknown_municipality(code):
    with pytest.raises(RegionError, match=r"^Onbekende gemeentecode\. Verwacht: een code als GM0363") as fault:
        reference.resolve_municipality(code)
    assert not code or code not in str(fault.value)


def test_what_a_caller_changes_stays_with_the_caller():
    for read in (reference.municipalities, reference.areas, reference.mergers, reference.successors):
        mine = read()
        mine.iloc[:, 0] = "x"
        assert "x" not in set(read().iloc[:, 0])


def test_files_are_sorted_and_plain():
    for path in sorted(paths.reference_dir().glob("*.csv")):
        raw = path.read_bytes()
        assert b"\r" not in raw and raw.endswith(b"\n") and not raw.startswith(b"\xef\xbb\xbf"), path.name
    towns = reference.table("municipalities.csv")["code"]
    assert list(towns) == sorted(towns)


def test_the_sources_describe_every_file():
    text = (paths.reference_dir() / "SOURCES.md").read_text(encoding="utf-8")
    described = {name: int(rows) for name, rows in re.findall(r"^\| (\w+\.csv) \| (\d+) \|", text, flags=re.M)}
    assert described == {path.name: len(reference.table(path.name)) for path in paths.reference_dir().glob("*.csv")}
