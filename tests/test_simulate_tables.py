"""The synthetic study as a folder: every table by the schema, the needs survey by its codebook."""

import re

import pandas as pd
import pytest

from hgeval import (
    divisions_table,
    divisions_towns,
    load,
    params,
    reference,
    simulate,
    simulate_divisions,
    simulate_survey,
)
from hgeval.errors import ParameterError, StudyError
from hgeval.schema import TABLES

REFERENCE_DATE = pd.Timestamp("2025-12-31")


@pytest.fixture(scope="module")
def demo():
    return simulate.study(families=3250, seed=2022, year=2022)


@pytest.fixture(scope="module")
def folder(demo, tmp_path_factory):
    made = tmp_path_factory.mktemp("made") / "demo"
    simulate.write(made, demo)
    return made


def _text(folder, table):
    return pd.read_csv(folder / f"{table}.csv", sep=";", dtype=str, keep_default_na=False)


# --- a study folder by the schema ------------------------------------------------------------------


@pytest.mark.parametrize("name", list(TABLES))
def test_table_holds_what_the_schema_says(folder, name):
    table, rows = TABLES[name], _text(folder, name)
    assert list(rows) == list(table.names)
    assert not rows.duplicated(list(table.key)).any() and len(rows)
    for column in table.columns:
        cells = rows[column.name]
        assert not (column.filled and cells.eq("").any()), column.name
        answers = cells[~cells.isin(["", "-7", "-8", "-9"])]
        _conforms(answers, column)


def _conforms(answers, column):
    patterns = {"date": r"\d\d-\d\d-20\d\d", "integer": r"\d+", "year": r"20\d\d", "decimal": r"\d+(,\d+)?",
                "flag": "ja|nee", "text": r"[A-Z][^;|]+\."}
    if column.kind in patterns:
        assert answers.str.fullmatch(patterns[column.kind]).all(), column.name
    if column.choices and column.kind in ("choice", "multi"):
        assert set(answers.str.split("|").explode().dropna()) <= set(column.choices), column.name
    if column.kind in ("integer", "decimal") and len(answers):
        numbers = answers.str.replace(",", ".").astype(float)
        assert numbers.min() >= (column.minimum or 0), column.name
        assert column.maximum is None or numbers.max() <= column.maximum, column.name
    if column.most:
        assert answers.str.split("|").str.len().max() <= column.most


def test_files_are_plain_text_in_one_fixed_form(folder):
    for path in folder.glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content and content.endswith(b"\n")
        assert not re.search(rb"(^|;)(nan|NaN|NaT|None|<NA>|True|False)(;|\n)", content), path.name
    assert re.search(r"\d+,\d\d?(;|$)", (folder / "costs.csv").read_text(encoding="utf-8"), re.M)


def test_settings_say_that_it_is_made_up(folder):
    config = params.study(folder)
    assert config.synthetic and config.name == "demo" and config.title == "Voorbeeldstudie (verzonnen gegevens)"
    assert config.division.year == 2022 and str(config.reference_date) == "2025-12-31"
    assert set(config.sources) == set(TABLES)
    assert all("verzonnen" in source for source in config.sources.values())


@pytest.mark.parametrize(("families", "seed", "year"), [(3250, 2022, 2022), (100, 1, 2022), (600, 2, 2023)])
def test_check_finds_no_fault(tmp_path, families, seed, year):
    simulate.write(tmp_path, simulate.study(families=families, seed=seed, year=year))
    found = load.check(tmp_path).findings
    # on purpose: some regions do not name each other as partner
    assert set(zip(found["severity"], found["rule"], strict=True)) == {("waarschuwing", "partnerregio-eenzijdig")}


def test_what_is_read_back_is_what_was_drawn(demo, folder):
    read = load.study(folder).tables
    for name, drawn in demo.tables.items():
        if not name.startswith("survey_"):
            pd.testing.assert_frame_equal(read[name].reset_index(drop=True), drawn)


def test_measurements_fit_their_families(demo):
    families = demo.tables["families"].set_index("family_id")
    rows = demo.tables["measurements"].join(families[["reported_on"]], on="family_id")
    assert rows.groupby("wave")["window_months"].unique().map(list).to_dict() == {"T1": [12], "T2": [12], "T3": [6]}
    days = (rows["measured_on"] - rows["reported_on"]).dt.days.groupby(rows["wave"]).agg(["min", "max"])
    assert days.loc["T1"].between(5, 40).all()
    assert days.loc["T2"].between(365 - 21, 365 + 21).all() and days.loc["T3"].between(548 - 28, 548 + 7).all()
    assert rows["measured_on"].notna().all()
    assert rows["measured_on"].max() <= REFERENCE_DATE
    assert families["reported_on"].min() >= pd.Timestamp("2023-07-01")
    assert families["reported_on"].max() <= pd.Timestamp("2024-06-30")
    told = rows.groupby(["family_id", "wave"])["informant"].nunique()
    assert told.gt(1).mean() > 0.3  # several informants, who do not all tell the same
    spread = rows.groupby(["family_id", "wave"])["psychological"].agg(["min", "max"])
    assert (spread["min"] < spread["max"]).mean() > 0.2


def test_municipalities_lie_in_the_region_of_the_row(demo):
    region = reference.municipalities(2022).set_index("code")["region"]
    for name in ("families", "meldingen"):
        rows = demo.tables[name].dropna(subset=["municipality"])
        assert rows["municipality"].map(region).eq(rows["region"]).all()


# --- the needs survey ------------------------------------------------------------------------------


def test_survey_regions_agree_with_the_division(folder):
    rows = _text(folder, "survey_regions").set_index("region")
    known = reference.regions(2022).set_index("region")
    assert rows["gemeenten_n"].astype(int).equals(known["municipalities"].astype("int64").rename("gemeenten_n"))
    assert rows["inwoners"].astype(int).equals(known["population"].astype("int64").rename("inwoners"))
    consent = rows["publicatie_ok"].value_counts()
    assert consent["ja"] == 16 and consent["alleen_in_totaal"] == 8 and consent["nee"] == 2
    assert not rows["afstemming"].str.contains(r"niemand\||\|niemand").any()


def test_some_links_between_regions_are_named_by_one_side(folder):
    named = _text(folder, "survey_regions").set_index("region")["partnerregios"].str.split("|").to_dict()
    links = {(one, other) for one, others in named.items() for other in others if other.startswith("VT")}
    mutual = {(one, other) for one, other in links if (other, one) in links}
    assert all(one != other for one, other in links)
    assert 0.5 < len(mutual) / len(links) < 1


def test_survey_elements_keep_the_codebook_rules(folder):
    rows = _text(folder, "survey_elements")
    assert len(rows) == 26 * 14
    ready = rows["gereed_jaar"].str.fullmatch(r"20\d\d")
    assert rows.loc[ready, "status"].eq("gepland").all() and ready.any()
    assert rows.loc[ready, "gereed_jaar"].astype(int).min() >= simulate_survey.SURVEY_YEAR
    assert rows["schaal_nu"].eq("nvt").equals(rows["status"].eq("afwezig"))
    absent = rows[rows["status"] == "afwezig"]
    assert absent["capaciteit_tekort"].eq("-7").all() and len(absent)
    assert rows["status"].eq("weet_niet").any() and rows["behoefte"].isin(["-8", "-9"]).any()


def test_survey_partners_have_a_role_only_if_they_join(folder):
    rows = _text(folder, "survey_partners")
    joins = rows["partner_betrokken"].str.startswith("ja")
    assert rows.loc[~joins, ["partner_rol", "partner_mandaat"]].eq("-7").all().all()
    assert not rows.loc[joins, ["partner_rol", "partner_mandaat"]].eq("-7").any().any()


def test_survey_payers_add_up_to_100(folder):
    shares = _text(folder, "survey_costs")["betaler"]
    shares = shares[~shares.isin(["-8", "-9"])]
    parts = shares.str.findall(r"=(\d+)").map(lambda found: sum(int(part) for part in found))
    assert parts.eq(100).all()
    assert shares.str.fullmatch(r"[a-z_]+=\d+(\|[a-z_]+=\d+)*").all()


def test_a_region_skips_whole_tables(folder):
    everyone = set(_text(folder, "survey_regions")["region"])
    missing = {name: everyone - set(_text(folder, name)["region"]) for name in simulate_survey.SILENT}
    assert {name: len(gone) for name, gone in missing.items()} == simulate_survey.SILENT
    assert missing["survey_quality"] == missing["survey_partners"] <= missing["survey_costs"]


# --- checklists and money --------------------------------------------------------------------------


def test_checklists_have_all_items_in_every_region(demo):
    items = demo.tables["checklists"].groupby("checklist")["item"].nunique().to_dict()
    assert items == {"W1": 7, "W1B": 3, "W2": 6, "W3": 8, "W4": 7, "W5": 3, "W6": 16, "W7": 12, "C9": 3, "C10": 3}
    assert len(demo.tables["checklists"]) == 26 * 66 + 9 * 2  # and two points of their own in nine regions


def test_costs_are_fixed_or_vary_with_the_line(demo):
    costs = demo.tables["costs"]
    assert costs.groupby("line")["nature"].nunique().eq(1).all()
    assert set(costs["year"]) == {2022, 2023, 2024} and set(costs["nature"]) == {"vast", "variabel"}
    population = reference.regions(2022).set_index("region")["population"].astype(float)
    a_head = costs.groupby(["region", "year"])["amount"].sum() / population.rename_axis("region")
    assert a_head.min() > 0.5 and a_head.max() < 4  # euro per inhabitant


# --- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [None, "name: echt\n", "name: echt\nsynthetic: false\n", "synthetic: [\n"])
def test_a_folder_with_other_files_is_left_alone(demo, tmp_path, settings):
    (tmp_path / "families.csv").write_text("van een ander", encoding="utf-8")
    if settings is not None:
        (tmp_path / "study.yml").write_text(settings, encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(StudyError, match="niet leeg.*nieuwe of lege map.*Kies een andere map; er is niets veranderd"):
        simulate.write(tmp_path, demo)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_is_not_a_folder(demo, tmp_path):
    (tmp_path / "bestand").write_text("iets", encoding="utf-8")
    with pytest.raises(StudyError, match="niet leeg"):
        simulate.write(tmp_path / "bestand", demo)


def test_an_earlier_synthetic_study_is_written_over(demo, tmp_path):
    simulate.write(tmp_path, simulate.study(families=100, seed=1, year=2023))
    assert len(_text(tmp_path, "families")) == 100
    simulate.write(tmp_path, demo)
    assert len(_text(tmp_path, "families")) == 3250
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


def test_too_few_families_and_a_negative_seed_are_refused():
    with pytest.raises(ParameterError, match="aantal gezinnen is te klein. Verwacht: 100 of meer"):
        simulate.study(families=99, seed=1, year=2022)
    with pytest.raises(ParameterError, match="negatief. Verwacht: 0 of meer"):
        simulate.study(families=100, seed=-1, year=2022)


def test_the_regions_of_2023_are_25():
    made = simulate.study(families=500, seed=1, year=2023)
    assert made.tables["families"]["region"].isin(reference.regions(2023)["region"]).all()
    assert len(made.tables["survey_regions"]) == 25


# --- the division it brings --------------------------------------------------------------------------


def test_the_division_of_the_demo_keeps_the_law(folder):
    rows, every = load.study(folder).tables["divisions"], divisions_towns.towns()
    found = divisions_table.members(rows, every)
    broken = divisions_table.offenders(found, every)
    assert simulate_divisions.NAME not in set(broken["option"])
    youth = every.set_index("code")["youth_region"]
    moved = rows[rows["area"] != rows["municipality"].map(youth)]
    assert sorted(moved["municipality"]) == ["GM0344", "GM0394"] and rows["area"].nunique() == 40


def test_a_seat_is_the_largest_municipality_of_its_area(folder):
    rows = load.study(folder).tables["divisions"]
    people = reference.municipalities().set_index("code")["population"]
    largest = rows.assign(people=rows["municipality"].map(people)).sort_values("people").groupby("area").tail(1)
    assert (largest["municipality"] == largest["seat"]).all() and (largest["distance_km"] == 0).all()
    assert (rows.loc[rows["municipality"] != rows["seat"], "distance_km"] > 2).all()
