"""What a notebook opens: one study, one region, one rule, or one clear sentence."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from hgeval import case
from hgeval.errors import ParameterError, RegionError, StudyError
from hgeval.schema import TABLES


def test_the_demo_opens_for_a_region_and_for_the_country(demo_case):
    assert (demo_case.region, demo_case.region_name, demo_case.synthetic) == ("VT02", "Drenthe", True)
    assert demo_case.origin == {"study": "demo", "synthetic": True, "region": "VT02"}
    assert len(demo_case.regions) == 26
    assert case.open("demo").region_name == "Nederland"


def test_a_study_opens_by_its_path_from_any_folder(demo_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert case.open(str(demo_folder), region="VT20").region_name == "Utrecht"
    assert case.open("demo", region="VT20").region_name == "Utrecht"


@pytest.mark.parametrize("region", ["VT27", "VT99", "utrecht", ""])
def test_a_region_of_another_year_or_none_at_all_is_refused(region):
    with pytest.raises(RegionError, match="Onbekende regio .* in de indeling van 2022. Bekend zijn: VT01, VT02"):
        case.open("demo", region=region)


def test_an_unknown_study_or_profile_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"Geen studie gevonden .* Verwacht: een map met daarin study\.yml"):
        case.open(str(tmp_path))
    with pytest.raises(ParameterError, match="onbekend profiel"):
        case.open("demo", profile="alles")


def test_a_table_the_study_does_not_have_is_there_without_rows(demo_case):
    without = case.Case(
        config=demo_case.config,
        tables={},
        region="VT02",
        region_name="Drenthe",
        regions=demo_case.regions,
        rule=demo_case.rule,
        data="0" * 64,
    )
    for name, table in TABLES.items():
        frame = without.table(name)
        assert isinstance(frame, pd.DataFrame) and len(frame) == 0
        assert set(table.names) <= set(frame.columns)


def test_the_source_of_a_table_is_the_study_s_own_words_or_its_name(demo_case):
    assert demo_case.source("measurements") == demo_case.config.sources["measurements"]
    assert demo_case.source("onbekend") == "Voorbeeldstudie (verzonnen gegevens), tabel onbekend"


def test_the_provenance_names_study_data_rule_and_version():
    here = case.open("demo", region="VT02")
    line = re.compile(r"studie demo, gegevens ([0-9a-f]{12}), regio VT02, regel cbs5, hgeval \d")
    nothing = line.match(here.provenance())[1]
    here.has("families")
    assert line.match(here.provenance())[1] != nothing  # it follows what was read


def test_a_study_of_some_regions_says_what_it_calls_nederland(demo_case):
    assert demo_case.coverage() == []
    families = demo_case.table("families")
    some = replace(demo_case, tables={"families": families[families["region"].isin(["VT01", "VT02"])]})
    assert some.coverage() == ["Nederland is hier: de 2 van de 26 regio's met gezinnen in deze studie."]
    assert replace(demo_case, tables={}).coverage() == []
