"""The monitor: published figures per region with their status, and the study's own meldingen."""

import re

import pandas as pd
import pytest
from disclosure_cases import reader

from hgeval import disclosure, monitor, paths, published, rates, reference
from hgeval.errors import EstimateError

YEARS = (2022, 2023)


def row(measure, region, *, period="2023", kind="totaal", year=2023):
    frame = monitor.figures(year, measure)
    found = frame[(frame["region"] == region) & (frame["period"] == period) & (frame["kind"] == kind)]
    assert len(found) == 1
    return found.iloc[0]


# --- published figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_shape_of_the_figures(year):
    frame = monitor.figures(year)
    assert tuple(frame.columns) == monitor.COLUMNS
    assert [name for name in frame if name in rates.COLUMNS] == list(rates.COLUMNS)
    assert set(frame["method"]) == {"published"}
    assert set(frame["status"]) == {"shown", "rounded", "derived", "suppressed", "none"}
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "measure": "str", "region": "str", "period": "str", "kind": "str", "n": "Int64", "events": "Int64",
        "value": "Float64", "low": "Float64", "high": "Float64", "level": "Float64", "method": "str",
        "status": "str", "provisional": "bool", "source": "str", "note": "str",
    }


@pytest.mark.parametrize("year", YEARS)
def test_every_region_has_a_row_for_every_figure(year):
    frame = monitor.figures(year)
    regions = [*reference.regions(year)["region"], "NL"]
    assert not frame.duplicated(["measure", "region", "period", "kind"]).any()
    for _, rows in frame.groupby(["measure", "period", "kind"]):
        assert list(rows["region"]) == regions


@pytest.mark.parametrize("year", YEARS)
def test_hidden_and_absent_figures_have_no_number(year):
    frame = monitor.figures(year)
    no_number = frame["status"].isin(["none", "suppressed"])
    assert (frame["value"].isna() == no_number).all()
    assert (frame["events"].isna() == no_number).all()
    assert frame.loc[no_number, ["low", "high"]].isna().all(axis=None)
    assert (frame.loc[frame["status"] == "none", ["source", "note"]] == "").all(axis=None)
    assert (frame.loc[frame["status"] != "none", "source"] != "").all()


def test_meldingen_per_region():
    drenthe = row("meldingen", "VT02")
    assert (drenthe["value"], drenthe["status"], drenthe["provisional"]) == (1905, "rounded", True)
    assert drenthe["source"] == "CBS StatLine 84849NED"
    groningen = row("meldingen", "VT08")
    assert (groningen["value"], groningen["low"], groningen["high"]) == (4230, 4218, 4240)
    assert (groningen["status"], groningen["note"]) == ("derived", "onze berekening uit een aantal en een percentage")
    utrecht = row("meldingen", "VT20", period="2020")
    assert (utrecht["value"], utrecht["provisional"]) == (11430, False)
    assert utrecht["note"] == "onze optelling van twee halfjaren"
    assert row("meldingen", "VT01")["status"] == "none"
    assert row("meldingen", "NL")["value"] == 127_340


@pytest.mark.parametrize(
    ("region", "period", "printed"),
    [("VT02", "2023", 3.85), ("VT05", "2023", 4.36), ("VT06", "2023", 4.71), ("VT14", "2023", 3.38),
     ("VT08", "2023", 7.21), ("VT04", "2023", 6.47), ("VT03", "2023", 13.9), ("VT20", "2023", 8.0),
     ("VT23", "2023", 6.2), ("VT08", "2020", 7.15), ("VT04", "2020", 6.52), ("VT02", "2020", 4.46),
     ("VT03", "2020", 12.86), ("VT20", "2020", 8.4), ("NL", "2023", 7.29)],
)
def test_rates_to_the_printed_digits(region, period, printed):
    """Printed per 1,000 inhabitants to two decimals; ours are per 10.000."""
    rate = row("meldingen_per_10000", region, period=period)
    assert abs(rate["value"] / 10 - printed) <= 0.0051
    assert "1 april 2021" in rate["note"]
    assert rate["n"] == reference.population(pd.Series([region]))[0]


def test_a_rate_of_a_derived_number_keeps_its_bounds():
    rate = row("meldingen_per_10000", "VT03")
    assert rate["status"] == "derived"
    assert rate["low"] == pytest.approx(10_000 * 5952 / 428_808)
    assert rate["high"] == pytest.approx(10_000 * 5968 / 428_808)
    assert pd.isna(row("meldingen_per_10000", "VT02")["low"])


def test_earlier_involvement_of_the_country():
    """Percentages as CBS prints them in 85361NED."""
    printed = {
        "eerste_melding": 31.9, "hermelding": 38.1, "hermelding_meer_bekend": 33.8, "hermelding_een_bekend": 4.3,
        "vervolgmelding": 28.5, "vervolgmelding_tijdens_beoordeling": 13.3, "vervolgmelding_na_beoordeling": 10.1,
        "vervolgmelding_tijdens_monitoring": 5.1, "niet_ingedeeld": 1.4,
    }
    for kind, percent in printed.items():
        share = row("meldingen_by_involvement_share", "NL", kind=kind)
        assert abs(100 * share["value"] - percent) <= 0.05 + 1e-9
        assert share["n"] == 127_340
    assert row("meldingen_by_involvement", "NL", kind="hermelding")["events"] == 48_555


def test_vervolgmeldingen_of_a_region_that_is_a_province():
    share = row("meldingen_by_involvement_share", "VT03", kind="vervolgmelding")
    assert (share["value"], share["events"], share["status"]) == (0.375, 2235, "rounded")
    printed = row("meldingen_by_involvement_share", "VT08", kind="vervolgmelding_na_beoordeling")
    assert (printed["value"], printed["events"], printed["n"]) == (0.047, 200, 4230)
    assert row("meldingen_by_involvement", "VT13", kind="vervolgmelding")["status"] == "none"
    assert row("meldingen_by_involvement_share", "VT03", kind="hermelding")["status"] == "none"


def test_who_reports():
    assert row("meldingen_by_reporter", "NL", kind="politie_justitie")["value"] == 85_590
    share = row("meldingen_by_reporter_share", "NL", kind="politie_justitie")
    assert abs(100 * share["value"] - 67.2) <= 0.05
    assert row("adviezen_by_reporter", "VT02", kind="niet_beroepsmatig")["value"] == 1615
    assert row("meldingen_by_reporter", "VT02", kind="leerplicht")["status"] == "suppressed"
    assert row("meldingen_by_reporter_share", "VT02", kind="leerplicht")["status"] == "suppressed"
    assert row("meldingen_by_role", "VT09", kind="verpleegkundige")["value"] == 45
    assert row("meldingen_by_role", "VT23", kind="verpleegkundige")["value"] == 150


def test_what_happens_after_a_report():
    routes = {"vervolg_bij_veilig_thuis": 780, "overdracht": 2155, "geen_vervolg": 80, "regionaal_maatwerk": 10,
              "nog_niet_beoordeeld": 35}
    for kind, number in routes.items():
        assert row("meldingen_by_route", "VT05", kind=kind)["value"] == number
    assert sum(routes.values()) == row("meldingen_by_route", "VT05")["value"] == 3060
    assert row("meldingen_by_route", "VT14", kind="nog_niet_beoordeeld")["status"] == "suppressed"
    assert row("meldingen_by_safety_share", "VT06", kind="acuut_onveilig")["value"] == pytest.approx(110 / 2695)


def test_outcomes_of_investigations():
    confirmed = row("onderzoeken_by_outcome_share", "NL", kind="kindermishandeling_bevestigd")
    assert (confirmed["events"], confirmed["n"]) == (2900, 5595)
    whole = row("onderzoeken_by_outcome_share", "VT08", kind="niet_afgebroken")
    assert (whole["events"], whole["n"]) == (165, 255)
    assert row("onderzoeken_by_outcome", "VT01", kind="kindermishandeling_weerlegd")["status"] == "suppressed"
    assert row("onderzoeken_by_outcome", "VT02")["status"] == "none"


def test_advice_and_half_years():
    assert row("adviezen", "NL")["value"] == 143_210
    assert row("adviezen_per_10000", "VT02")["value"] == pytest.approx(10_000 * 2960 / 494_766)
    assert row("adviezen_half_year", "NL", period="2025H1")["value"] == 84_935
    assert row("meldingen_half_year", "NL", period="2025H1")["provisional"]
    assert row("meldingen_half_year", "VT03", period="2020H2")["value"] == 2755


def test_huisverboden():
    assert row("huisverbod", "NL", period="2012", kind="opgelegd")["value"] == 3529
    assert row("huisverbod", "NL", period="2010", kind="opgelegd")["status"] == "derived"
    assert row("huisverbod", "VT18", period="2009", kind="opgelegd_ministerie")["value"] == 445
    about = row("huisverbod", "VT14", period="2018", kind="opgelegd")
    assert (about["value"], about["status"], about["note"]) == (100, "rounded", "ongeveer; niet nagerekend")
    assert row("huisverbod", "VT06", period="2009", kind="opgelegd_ministerie")["status"] == "none"


def test_the_monthly_series_is_of_one_region():
    frame = monitor.figures(2022, "adviezen_per_month")
    known = frame[frame["status"] != "none"]
    assert set(known["region"]) == {"VT06"}
    assert known["value"].sum() == 3299 + 4060 + 4437 + 1552
    assert known["period"].iloc[[0, -1]].to_list() == ["2017-01", "2020-03"]


def test_parts_of_oost_brabant_get_no_figure_of_the_whole_or_of_later():
    frame = monitor.figures(2022)
    assert set(frame.loc[frame["region"].isin(["VT16", "VT26"]), "status"]) == {"none"}
    assert "VT27" not in set(frame["region"])
    new = monitor.figures(2023)
    assert not {"VT16", "VT26"} & set(new["region"])


def test_other_regions_have_the_same_figures_in_both_divisions():
    old, new = (monitor.figures(year).query("region not in ['VT16', 'VT26', 'VT27']") for year in YEARS)
    pd.testing.assert_frame_equal(old.reset_index(drop=True), new.reset_index(drop=True))


def test_an_unknown_measure_names_the_known_ones():
    with pytest.raises(EstimateError, match=r"^Onbekende maat\. Bekend zijn: adviezen, meldingen_half_year"):
        monitor.figures(2022, "meldingn")


def test_measures_are_those_of_the_figures():
    assert monitor.measures() == list(monitor.figures(2022)["measure"].unique())
    assert len(monitor.measures()) == len(set(monitor.measures())) == 23


def test_a_caller_cannot_change_the_figures():
    mine = monitor.figures(2022, "meldingen")
    mine["value"] = 0.0
    assert row("meldingen", "NL", year=2022)["value"] == 127_340


def test_every_kind_has_a_label():
    labels = monitor.labels()
    assert set(monitor.figures(2023)["kind"]) <= set(labels)
    assert labels["politie_justitie"] == "Politie en justitie"


def test_break_notes_of_a_region():
    notes = monitor.break_notes("VT06")
    assert set(notes["region"]) == {"NL", "VT06"}
    assert notes["starts_on"].is_monotonic_increasing
    chosen = monitor.break_notes("VT06", about=("meldcode", "corona"))
    assert chosen["starts_on"].dt.strftime("%Y-%m-%d").to_list() == ["2019-01-01", "2020-03-15"]
    assert set(monitor.break_notes("VT02")["region"]) == {"NL"}


# --- the door to a reader ------------------------------------------------------------------------------------------


def test_published_figures_pass_the_door_unchanged():
    figures = monitor.figures(2022)
    released = disclosure.release_published(figures, reader())
    pd.testing.assert_frame_equal(released.frame, figures)


def test_the_source_of_each_figure_is_a_table_we_know():
    sources = monitor.figures(2023).query("source.str.startswith('CBS')")["source"].str.removeprefix("CBS StatLine ")
    assert set(sources) == set(published.statline_tables()["table"])


def test_known_keeps_what_exists_and_one_row_where_a_region_has_nothing():
    figures = monitor.figures(2022, "meldingen_by_route")
    shown = monitor.known(figures)
    assert not (shown.loc[shown["region"] == "VT06", "status"] == "none").any()
    assert shown.loc[shown["region"] == "VT20", "status"].tolist() == ["none"]
    assert "NL" not in set(shown["region"])


def test_one_imposed_count_a_year_and_a_ministry_s_only_without_another():
    bans = monitor.imposed(monitor.figures(2023, "huisverbod"))
    found = bans[bans["region"].isin(["NL", "VT18"]) & (bans["status"] != "none")]
    assert list(zip(found["region"], found["period"], found["value"], strict=True)) == [
        ("VT18", "2009", 445), ("NL", "2009", 2150), ("NL", "2010", 2874), ("NL", "2011", 3139), ("NL", "2012", 3529),
    ]
    kept = monitor.imposed(monitor.known(monitor.figures(2023, "huisverbod")))
    assert kept.loc[kept["region"] == "VT20", "status"].tolist() == ["none"]


def test_breaks_are_named_by_their_month():
    breaks = monitor.breaks("VT06")
    assert list(breaks) == ["2016-01", "2019-01", "2020-03", "2020-06"]
    assert breaks["2020-06"].startswith("In 2020 legde de regio adviezen beter vast")
    assert list(monitor.breaks("VT02")) == ["2016-01", "2019-01", "2020-03"]
    assert breaks["2019-01"].startswith("Vanaf 2019 tellen alle regio's op een nieuwe manier.")
    assert " Op 1 januari 2019 werd de meldcode strenger." in breaks["2019-01"]
    assert list(monitor.breaks("VT06", about=["corona"])) == ["2020-03"]


# --- what stands under a table -------------------------------------------------------------------------------------


def figures_of(region, *measures):
    frame = monitor.figures(2022, *measures)
    return monitor.known(frame[frame["region"].isin([region, "NL"])])


@pytest.mark.parametrize(("region", "measure", "expected"), [
    ("VT20", "meldingen", ["84849NED", "84852NED", "85361NED"]),
    ("VT06", "meldingen", ["84849NED", "84852NED"]),
    ("VT06", "meldingen_by_safety", ["84852NED"]),
    ("VT20", "meldingen_by_safety", ["84852NED"]),  # no figure of its own
])
def test_the_source_is_that_of_the_rows_shown(region, measure, expected):
    tables = [published.source_line(table) for table in expected]
    assert monitor.source(figures_of(region, measure)) == "; ".join([*tables, "aantallen afgerond op vijf"])


def test_a_source_that_is_not_statline_says_nothing_of_rounding():
    assert monitor.source(figures_of("VT06", "adviezen_per_month")) == published.MONTHLY_SOURCE


def test_sources_of_another_publisher_stand_beside_each_other():
    bans = monitor.figures(2022, "huisverbod")
    found = bans[bans["region"].isin(["VT18", "NL"]) & (bans["period"] == "2009")]
    assert monitor.source(found) == (
        "WODC en Regioplan, evaluatie van de Wet tijdelijk huisverbod (2013); "
        "ministerie van Binnenlandse Zaken, inventarisatie (2010)"
    )


def first_words(notes):
    return [" ".join(note.split()[:3]) for note in notes]


@pytest.mark.parametrize(("region", "measure", "expected"), [
    ("VT20", "meldingen", ["In maart 2020"]),  # 2020 and 2023
    ("VT20", "meldingen_by_involvement", []),  # 2023 alone; no note about the division of the country
    ("VT15", "meldingen", ["In maart 2020", "Deze regio heet"]),
    ("VT15", "meldingen_by_involvement", []),
    ("VT16", "meldingen_by_route", ["Deze regio is"]),  # no figure, and why
    ("VT06", "adviezen_per_month", ["Vanaf 2019 tellen", "Op 1 januari", "In maart 2020"]),  # ends before June 2020
    ("VT06", "adviezen_half_year", ["In maart 2020", "In 2020 legde"]),
    ("VT16", "huisverbod", []),
])
def test_a_table_has_the_break_notes_that_touch_it(region, measure, expected):
    shown = figures_of(region, measure)
    if measure == "adviezen_half_year":
        shown = pd.concat([shown, shown.assign(period="2020H1", status="shown")])
    assert first_words(monitor.touching(shown, region)) == expected


@pytest.mark.parametrize(("region", "last", "expected"), [
    ("VT06", "2020-03", ["In 2020 legde"]),  # better registration is in these months already
    ("VT06", "2020-06", []),  # the chart has a line for it
    ("VT06", "2019-12", []),
    ("VT20", "2020-03", []),
])
def test_a_chart_tells_of_a_change_later_in_its_last_year(region, last, expected):
    months = pd.DataFrame({"measure": "adviezen_per_month", "region": region, "period": ["2019-01", last]})
    assert first_words(monitor.soon_after(months, region)) == expected


def test_months_that_are_counted_in_another_way_are_two_lines():
    months = monitor.figures(2022, "adviezen_per_month").query("status != 'none'")
    kinds = dict(zip(months["period"], months["kind"], strict=True))
    assert (kinds["2017-01"], kinds["2018-12"], kinds["2019-01"]) == ("tot_2019", "tot_2019", "vanaf_2019")
    assert monitor.labels()["tot_2019"] == "Voor 2019"
    changed = published.break_notes().query("region == 'NL' and about == 'alle' and year == 2019")
    assert changed["starts_on"].dt.strftime("%Y-%m").tolist() == [months.query("kind == 'vanaf_2019'")["period"].min()]


@pytest.mark.parametrize(("region", "told"), [
    ("VT07", ["meldingen", "adviezen"]), ("VT06", ["adviezen"]), ("VT02", []), ("VT11", []),
])
def test_a_region_with_figures_of_a_part_only_has_no_total(region, told):
    sentence = "Het CBS geeft voor deze regio geen totaal. Over een deel van de {} staan hieronder wel cijfers."
    found = [monitor.without_total(figures_of(region), region, of=of) for of in ("meldingen", "adviezen")]
    assert sum(found, []) == [sentence.format(of) for of in told]


def test_the_report_shows_every_published_measure_of_the_regions():
    """Its two halves: a count, or the share of it."""
    notebook = (paths.notebooks_dir() / "monitor.ipynb").read_text(encoding="utf-8")
    asked = set(re.findall(r'\\"([a-z_0-9]+)\\"', notebook))
    shown = {measure.removesuffix("_share").removesuffix("_per_10000") for measure in asked}
    left_out = {"adviezen_by_reporter"}  # known of one region only
    assert {name.removesuffix("_share").removesuffix("_per_10000") for name in monitor.measures()} - shown == left_out


@pytest.mark.parametrize(("period", "expected"), [
    ("2019-2020", ["In maart 2020"]), ("2018-2019", ["Vanaf 2019 tellen", "Op 1 januari"]), ("2021-2023", []),
    ("2020-02", []), ("2020-03", ["In maart 2020"]), ("2019", []), ("2020H2", []),
])
def test_a_break_touches_a_series_from_the_day_after_its_start_to_its_last_day(period, expected):
    own = pd.DataFrame({"measure": ["own_meldingen"], "region": ["VT16"], "period": [period]}, dtype="str")
    assert first_words(monitor.touching(own, "VT16")) == expected
