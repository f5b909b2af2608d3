"""The monitor: published figures per region with their status, and the study's own meldingen."""

import pandas as pd
import pytest

from hgeval import disclosure, disclosure_rule, monitor, published, rates, reference
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


# --- the study's own meldingen -------------------------------------------------------------------------------------


def meldingen(**columns) -> pd.DataFrame:
    """Eight reports over two years: five in Drenthe, three in Twente."""
    dates = ["2022-01-10", "2022-06-01", "2022-12-31", "2023-02-02", "2023-12-01"]
    dates += ["2022-03-03", "2023-04-04", "2023-05-05"]
    given = {
        "region": ["VT02"] * 5 + ["VT19"] * 3,
        "received_on": pd.to_datetime(dates).astype("datetime64[s]"),
        "kind": ["eerste_melding", "hermelding", "hermelding", "vervolgmelding", None] + ["eerste_melding"] * 3,
        "reporter": ["politie_justitie"] * 4 + [None] + ["onderwijs", "omgeving", "onbekend"],
        "assessed_on": pd.to_datetime([*dates[:4], None, *dates[5:]]).astype("datetime64[s]"),
        "safety": ["acuut_onveilig", None, "niet_onveilig", "onbekend", None] + ["niet_onveilig"] * 3,
        "route": ["onderzoek", "onderzoek", "overdracht", None, None] + ["onderzoek", "einde", "einde"],
        "outcome": ["bevestigd", None, None, None, None, "weerlegd", None, None],
    } | columns
    frame = pd.DataFrame(given)
    texts = [name for name in ("kind", "reporter", "safety", "route", "outcome") if name in given]
    return frame.astype(dict.fromkeys(texts, "str"))


def events(frame, measure, region):
    rows = frame[(frame["measure"] == measure) & (frame["region"] == region)]
    return dict(zip(rows["kind"], rows["events"], strict=True))


@pytest.fixture(scope="module")
def own():
    return monitor.own_reports(meldingen(), level=0.95)


def test_shape_of_own_reports(own):
    assert list(own.columns) == ["measure", "region", "period", "kind", *rates.COLUMNS[2:]]
    assert set(own["period"]) == {"2022-2023"}
    assert own["measure"].unique().tolist() == [
        "own_meldingen", "own_meldingen_per_10000", "own_by_year", "own_by_kind", "own_by_reporter", "own_by_safety",
        "own_by_route", "own_outcomes",
    ]
    for _, rows in own.groupby(["measure", "kind"]):
        assert list(rows["region"]) == ["VT02", "VT19", "NL"]


def test_own_numbers(own):
    counts = own[own["measure"] == "own_meldingen"]
    assert set(counts["method"]) == {"count"}
    assert counts["events"].to_list() == counts["value"].to_list() == [5, 3, 8]


def test_own_rate_is_per_year_with_exact_limits(own):
    """24 months; Garwood's limits of 5 events are 1.6235 and 11.6683."""
    rate = own[(own["measure"] == "own_meldingen_per_10000") & (own["region"] == "VT02")].iloc[0]
    assert (rate["method"], rate["n"], rate["events"]) == ("per_10000", 2 * 494_766, 5)
    assert rate["value"] == pytest.approx(10_000 * 5 / (2 * 494_766))
    assert rate["low"] * rate["n"] / 10_000 == pytest.approx(1.6235, abs=5e-5)
    assert rate["high"] * rate["n"] / 10_000 == pytest.approx(11.6683, abs=5e-5)
    national = own[(own["measure"] == "own_meldingen_per_10000") & (own["region"] == "NL")].iloc[0]
    assert national["n"] == 2 * (494_766 + 631_436)


def test_own_rate_counts_the_months_of_the_data():
    dates = pd.to_datetime(["2022-03-31", "2022-03-01", "2022-04-01"] + ["2022-05-31"] * 5).astype("datetime64[s]")
    frame = monitor.own_reports(meldingen(received_on=dates), level=0.95)
    rate = frame[(frame["measure"] == "own_meldingen_per_10000") & (frame["region"] == "VT02")].iloc[0]
    assert rate["n"] == round(494_766 * 3 / 12)
    assert set(frame["period"]) == {"2022"}


def test_own_shares_add_up_to_their_whole(own):
    shares = own[own["method"] == "share"]
    whole = shares.groupby(["measure", "region"])[["events", "n"]].agg({"events": "sum", "n": "first"})
    assert (whole["events"] == whole["n"]).all()
    assert shares[["low", "high"]].isna().all(axis=None)
    country = shares[shares["region"] == "NL"].set_index(["measure", "kind"])["events"]
    regions = shares[shares["region"] != "NL"].groupby(["measure", "kind"])["events"].sum()
    assert (country == regions.reindex(country.index)).all()


def test_own_shares_by_question(own):
    assert events(own, "own_by_year", "VT02") == {"2022": 3, "2023": 2}
    assert events(own, "own_by_kind", "VT02") == {
        "eerste_melding": 1, "hermelding": 2, "vervolgmelding": 1, "onbekend": 1,
    }
    assert events(own, "own_by_reporter", "VT19") == {
        "politie_justitie": 0, "gezondheidszorg": 0, "onderwijs": 1, "jeugdhulp": 0, "andere_professional": 0,
        "direct_betrokkene": 0, "omgeving": 1, "onbekend": 1,
    }
    hermelding = own[(own["measure"] == "own_by_kind") & (own["kind"] == "hermelding") & (own["region"] == "VT02")]
    assert hermelding["value"].to_list() == [0.4]


def test_who_waits_for_an_assessment_stays_in_the_whole(own):
    assert events(own, "own_by_route", "VT02") == {
        "overdracht": 1, "voorwaarden_en_vervolg": 0, "onderzoek": 2, "raad_voor_de_kinderbescherming": 0, "einde": 0,
        "nog_niet_beoordeeld": 1, "onbekend": 1,
    }
    assert events(own, "own_by_safety", "VT02") == {
        "acuut_onveilig": 1, "structureel_onveilig": 0, "niet_onveilig": 1, "onbekend": 2, "nog_niet_beoordeeld": 1,
    }


def test_outcomes_count_the_unfinished_investigations(own):
    assert events(own, "own_outcomes", "VT02") == {
        "bevestigd": 1, "niet_bevestigd": 0, "weerlegd": 0, "afgebroken": 0, "nog_niet_klaar": 1,
    }
    outcome = own[(own["measure"] == "own_outcomes") & (own["region"] == "VT02")]
    assert set(outcome["n"]) == {2}


def test_every_own_kind_has_a_label(own):
    years = {"2022", "2023"}
    assert set(own["kind"]) - years <= set(monitor.labels())


def test_questions_nobody_answered_are_left_out():
    bare = meldingen(outcome=[None] * 8).drop(columns=["reporter", "assessed_on"])
    frame = monitor.own_reports(bare, level=0.95)
    assert {"own_by_reporter", "own_outcomes"} & set(frame["measure"]) == set()
    assert events(frame, "own_by_route", "VT02")["onbekend"] == 2


def test_all_regions_get_a_row():
    frame = monitor.own_reports(meldingen(), level=0.95, all_regions=["VT01", "VT02", "VT19"])
    none = frame[frame["region"] == "VT01"].set_index(["measure", "kind"])
    assert none.loc[("own_meldingen", "totaal"), "value"] == 0
    assert none.loc[("own_by_kind", "hermelding"), "n"] == 0
    assert pd.isna(none.loc[("own_by_kind", "hermelding"), "value"])


def test_a_region_outside_the_division_is_refused():
    with pytest.raises(EstimateError, match=r"regio's buiten de indeling\. Controleer study\.yml, division\."):
        monitor.own_reports(meldingen(), level=0.95, all_regions=["VT02"])


def test_a_study_without_meldingen():
    frame = monitor.own_reports(meldingen().iloc[:0], level=0.95, all_regions=["VT02"])
    assert frame["measure"].to_list() == ["own_meldingen"] * 2 + ["own_meldingen_per_10000"] * 2
    assert frame["value"].fillna(-1).to_list() == [0, 0, -1, -1]


def test_own_reports_leave_the_data_alone():
    given = meldingen()
    monitor.own_reports(given, level=0.95)
    pd.testing.assert_frame_equal(given, meldingen())


# --- the door to a reader ------------------------------------------------------------------------------------------


class Reader:
    region = "VT02"
    origin = {"study": "proef", "synthetic": True}

    def __init__(self, profile):
        self.rule = disclosure_rule.rule(profile)


def test_published_figures_pass_the_door_unchanged():
    figures = monitor.figures(2022)
    released = disclosure.release_published(figures, Reader("cbs5"))
    pd.testing.assert_frame_equal(released.frame, figures)


def test_own_reports_pass_the_door_with_small_numbers_hidden(own):
    released = disclosure.release(own, Reader("exact10"), partition="kind").frame
    assert released.loc[released["measure"] == "own_by_kind", "events"].isna().all()
    assert set(released["status"]) <= {"suppressed", "suppressed_with", "shown", "rounded"}


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
    assert list(monitor.breaks("VT06")) == ["2019-01", "2020-03"]
