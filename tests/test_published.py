"""The published figures: totals as printed, and the derived ones computed again."""

import math

import pandas as pd
import pytest

from hgeval import published, reference
from hgeval.errors import EstimateError


@pytest.fixture(scope="module")
def figures():
    return published.vt_figures()


def cell(figures, table, variable, *, area="NL", period="2023", characteristic="", unit="count"):
    wanted = {"table": table, "variable": variable, "area_code": area, "period": period,
              "characteristic": characteristic, "unit": unit}
    rows = figures
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows["value"].iloc[0]


def test_all_rows_are_there(figures):
    assert len(figures) == 777
    assert dict(figures["status"].value_counts()) == {"shown": 653, "secret": 108, "derived": 16}
    assert figures.loc[figures["status"] == "secret", "value"].isna().all()
    assert figures.loc[figures["status"] != "secret", "value"].notna().all()
    key = ["table", "period", "area_code", "characteristic", "variable", "unit"]
    assert not figures.duplicated([*key, "area_type"]).any()


def test_printed_counts_are_fives_of_at_least_ten(figures):
    counts = figures.query("unit == 'count' and status == 'shown'")["value"]
    assert (counts % 5 == 0).all()
    assert counts.min() == 10


def test_provisional_is_what_had_a_star(figures):
    assert set(figures.query("provisional")["period"]) == {"2020", "2023", "2023H1", "2025H1"}
    assert set(figures.query("not provisional")["table"]) == {"84852NED"}


def test_meldingen_of_2023_add_up(figures):
    of = {name: cell(figures, "85361NED", name) for name in (
        "Ontvangen meldingen totaal", "1e melding", "Hermelding totaal", "Vervolgmelding totaal", "Niet ingedeeld",
        "Hermelding meerdere betrokkenen bekend", "Hermelding één betrokkene bekend",
        "Vervolgmelding tijdens veiligheidsbeoordeling", "Vervolgmelding na veiligheidsbeoordeling",
        "Vervolgmelding tijdens monitoring",
    )}
    assert list(of.values()) == [127340, 40615, 48555, 36355, 1815, 43080, 5475, 16915, 12895, 6545]
    assert of["1e melding"] + of["Hermelding totaal"] + of["Vervolgmelding totaal"] + of["Niet ingedeeld"] == 127_340
    assert of["Hermelding totaal"] == 43080 + 5475
    assert of["Vervolgmelding totaal"] == 16915 + 12895 + 6545


@pytest.mark.parametrize(
    ("characteristic", "advice", "reports"),
    [("Totaal", 143210, 127340), ("Niet beroepsmatig totaal", 63200, 10230), ("Beroepsmatig totaal", 78035, 116520),
     ("Justitie en veiligheid: totaal", 8990, 85590), ("Gezondheidszorg: totaal", 12040, 10395),
     ("Onderwijs: totaal", 12650, 5400), ("Jeugdzorg: totaal", 10665, 2720)],
)
def test_who_asked_and_who_reported_in_2023(figures, characteristic, advice, reports):
    assert cell(figures, "84849NED", "Gestarte adviezen", characteristic=characteristic) == advice
    assert cell(figures, "84849NED", "Ontvangen meldingen", characteristic=characteristic) == reports


@pytest.mark.parametrize(
    ("table", "period", "characteristic", "total"),
    [("84852NED", "2020", "Veiligheidsbeoordeling: totaal", 127410), ("84849NED", "2025H1", "Totaal", 66270)],
)
def test_four_parts_of_the_country_add_up(figures, table, period, characteristic, total):
    rows = figures.query("table == @table and period == @period and characteristic == @characteristic")
    rows = rows[rows["variable"] == "Ontvangen meldingen"]
    assert rows.loc[rows["area_type"] == "LD", "value"].sum() == total
    assert rows.loc[rows["area_type"] == "NL", "value"].sum() == total


def test_halves_add_up_to_the_year_within_rounding(figures):
    rows = figures.query("table == '84852NED' and period in ['2020H1', '2020H2', '2020']")
    wide = rows.pivot(index="area_code", columns="period", values="value").dropna()
    assert len(wide) == 11
    assert ((wide["2020H1"] + wide["2020H2"] - wide["2020"]).abs() <= 5).all()


def test_three_regions_make_gelderland(figures):
    rows = figures.query("table == '84852NED' and period == '2023' and characteristic.str.endswith(': Totaal')")
    assert rows.loc[rows["area_type"] == "VT", "value"].to_list() == [3060, 2695, 2810]
    assert rows.loc[rows["area_type"] == "PV", "value"].to_list() == [8565]


def test_investigations_of_2023(figures):
    printed = {
        "Afgeronde onderzoeken totaal": [7350, 210, 255], "Niet voortijdig afgesloten": [5595, 150, 165],
        "Kindermishandeling bevestigd": [2900, 80, 60], "Kindermishandeling niet bevestigd": [1155, 35, 35],
        "Kindermishandeling weerlegd": [140, None, 10], "Partnergeweld bevestigd": [1500, 35, 30],
        "Partnergeweld niet bevestigd": [390, 10, 10],
    }
    rows = figures[figures["table"] == "84853NED"].set_index(["characteristic", "area_code"])["value"]
    for characteristic, numbers in printed.items():
        found = [rows[characteristic, area] for area in ("NL", "VT01", "VT08")]
        assert [None if pd.isna(number) else number for number in found] == numbers


def test_a_province_that_is_a_region_has_the_same_figures(figures):
    own = figures.copy()
    own["region"] = own["area_code"].replace(reference.same_area("province", year=2023))
    key = ["table", "period", "region", "characteristic", "variable", "unit"]
    both = own.query("area_type == 'PV'").merge(own.query("area_type == 'VT'"), on=key)
    assert len(both) == 5 * 3 + 2 * 4 + 2 * 3  # the first regions of the alphabet, in three tables
    assert (both["status_x"] == both["status_y"]).all()
    assert (both["value_x"].fillna(-1) == both["value_y"].fillna(-1)).all()


def test_derived_totals_agree_with_their_percentages(figures):
    """A total lies where count / percentage puts it, the percentage being printed to one decimal."""
    rows = figures[figures["table"] == "85361NED"]
    for derived in rows.query("status == 'derived'").itertuples():
        area = rows[rows["area_code"] == derived.area_code].query("variable.str.startswith('Vervolgmelding')")
        pairs = area.pivot(index="variable", columns="unit", values="value").dropna()
        low = max(row.count / (row.percent + 0.05) * 100 for row in pairs.itertuples())
        high = min(row.count / (row.percent - 0.05) * 100 for row in pairs.itertuples())
        assert abs(derived.low - low) <= 0.5 and abs(derived.high - high) <= 0.5
        assert derived.low <= derived.value <= derived.high


def test_a_filter_keeps_its_rows():
    rows = published.vt_figures("84849NED", period="2025H1", area_type="LD")
    assert len(rows) == 16
    assert set(rows["area"]) == {"Noord-Nederland", "Oost-Nederland", "West-Nederland", "Zuid-Nederland"}


def test_a_filter_for_nothing_names_what_there_is():
    with pytest.raises(EstimateError, match=r"Voor table is er geen '1'\. Bekend zijn: 84848NED, 84849NED"):
        published.vt_figures("1")
    with pytest.raises(EstimateError, match=r"Voor period is er geen '2019'\. Bekend zijn: 2020, 2020H1"):
        published.vt_figures(period="2019")


def test_source_lines():
    assert published.source_line("85361NED") == (
        "CBS StatLine 85361NED, Huiselijk geweld; meldingen naar eerdere betrokkenheid Veilig Thuis, regio (CC BY 4.0)"
    )
    assert set(published.statline_tables()["table"]) == set(published.vt_figures()["table"])
    with pytest.raises(EstimateError, match=r"^Onbekende StatLine-tabel\. Bekend zijn: 84848NED, "):
        published.source_line("x")


def test_meldingen_per_region_as_printed():
    known = published.vt_meldingen().set_index(["region", "year"])
    assert len(known) == 16
    assert known["value"].to_dict() == {
        ("NL", 2020): 127410, ("NL", 2023): 127340, ("VT02", 2020): 2205, ("VT02", 2023): 1905, ("VT03", 2020): 5515,
        ("VT03", 2023): 5960, ("VT04", 2020): 4245, ("VT04", 2023): 4215, ("VT05", 2023): 3060, ("VT06", 2023): 2695,
        ("VT08", 2020): 4195, ("VT08", 2023): 4230, ("VT14", 2023): 2810, ("VT20", 2020): 11430, ("VT20", 2023): 10890,
        ("VT23", 2023): 2390,
    }
    assert known["provisional"].to_dict() == {key: key[1] == 2023 for key in known.index}


def test_derived_meldingen_carry_the_bounds_of_the_figures(figures):
    provinces = {region: code for code, region in reference.same_area("province", year=2023).items()}
    known = published.vt_meldingen().query("status == 'derived'")
    assert set(known["basis"]) == {"percentage", "half_years"}
    source = figures.query("status == 'derived'").set_index("area_code")
    for row in known.query("basis == 'percentage'").itertuples():
        printed = source.loc[provinces[row.region]]
        assert (row.value, row.low, row.high) == (printed["value"], printed["low"], printed["high"])
    utrecht = known.query("basis == 'half_years'").iloc[0]
    assert utrecht["value"] == 5880 + 5550
    assert (utrecht["low"], utrecht["high"]) == (11425, 11435)


def test_huisverboden_of_the_country():
    bans = published.huisverbod().query("region == 'NL'")
    imposed = bans[bans["kind"] == "opgelegd"].set_index("period")["value"]
    assert imposed.to_dict() == {"2009": 2150, "2010": 2874, "2011": 3139, "2012": 3529, "2009-2012": 11692}
    assert imposed.drop("2009-2012").sum() == imposed["2009-2012"]
    extended = bans[bans["kind"] == "verlengd"].set_index("period")["value"]
    assert math.isclose(extended["2012"] / imposed["2012"], 0.385, abs_tol=5e-4)
    assert math.isclose(extended["2009"] / imposed["2009"], 0.279, abs_tol=5e-4)


def test_huisverboden_of_an_area_that_is_no_region_have_no_region():
    bans = published.huisverbod()
    assert len(bans) == 22
    assert set(bans["region"].dropna()) == {"NL", "VT14", "VT18"}
    assert (bans.loc[bans["value"].isin([100, 200, 20]), "status"] == "approximate").all()
    same = reference.same_area("safety_region", year=2023)
    assert {same["VR06"], same["VR17"]} == {"VT14", "VT18"}
    assert "VR08" not in same and "VR10" not in same


def test_monthly_advice_adds_up_to_the_printed_years():
    months = published.monthly_gelderland_zuid()
    assert len(months) == 39
    assert months.groupby("year")["adviezen"].sum().to_dict() == {2017: 3299, 2018: 4060, 2019: 4437, 2020: 1552}
    assert months["period"].iloc[[0, -1]].to_list() == ["2017-01", "2020-03"]
    assert months["period"].is_monotonic_increasing and months["period"].is_unique


def test_shelter_money_adds_up_to_the_legal_totals():
    money = published.du_vrouwenopvang()
    assert money.groupby("year")["amount"].sum().to_dict() == {
        2010: 2_400_001, 2011: 95_223_056, 2012: 105_552_057, 2013: 107_959_001,
    }
    assert money["centre_municipality"].nunique() == 35
    assert set(money["centre_municipality"]) == set(reference.municipalities()["centre_municipality"])


def test_break_notes_are_short_and_dated():
    notes = published.break_notes()
    assert (notes["starts_on"].dt.year == notes["year"]).all()
    known = {code for year in (2022, 2023) for code in reference.regions(year)["region"]}
    assert set(notes["region"]) <= known | {"NL"}
    assert notes["source"].notna().all()
    for note in notes["note"]:
        assert note.endswith(".") and all(len(sentence.split()) <= 20 for sentence in note.split(". "))


def test_break_notes_name_the_known_breaks():
    dates = published.break_notes().groupby("region")["starts_on"].agg(lambda days: {str(day.date()) for day in days})
    assert {"2019-01-01", "2020-03-15"} <= dates["NL"]
    assert dates["VT06"] == {"2020-06-01"}
    assert dates["VT27"] == {"2023-01-01"}
    swapped = published.break_notes().query("note.str.contains('verwisseld')")
    assert set(swapped["region"]) == {"VT13", "VT14"}


def test_measures_point_at_cells_that_exist(figures):
    key = ["table", "period", "characteristic", "variable"]
    asked = published.measures()
    found = asked.merge(figures[key].drop_duplicates(), on=key)
    assert len(found) == len(asked) == 66
    whole = asked[asked["of"] != ""].merge(asked, left_on=["measure", "of"], right_on=["measure", "kind"])
    assert len(whole) == (asked["of"] != "").sum()
