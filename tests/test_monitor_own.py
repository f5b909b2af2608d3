"""The study's own meldingen: who is counted for each measure, and the numbers worked out by hand."""

import pandas as pd
import pytest
from disclosure_cases import reader

from hgeval import disclosure, monitor, monitor_own, rates
from hgeval.errors import EstimateError


def meldingen(**columns) -> pd.DataFrame:
    """Eight reports over two years: five in Drenthe, three in Twente."""
    dates = ["2022-01-10", "2022-06-01", "2022-12-31", "2023-02-02", "2023-12-01"]
    dates += ["2022-03-03", "2023-04-04", "2023-05-05"]
    given = {
        "melding_id": [f"M{number}" for number in range(8)],
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
    return monitor_own.reports(meldingen(), level=0.95)


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
    frame = monitor_own.reports(meldingen(received_on=dates), level=0.95)
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
    frame = monitor_own.reports(bare, level=0.95)
    assert {"own_by_reporter", "own_outcomes"} & set(frame["measure"]) == set()
    assert events(frame, "own_by_route", "VT02")["onbekend"] == 2


def test_all_regions_get_a_row():
    frame = monitor_own.reports(meldingen(), level=0.95, codes=["VT01", "VT02", "VT19"])
    none = frame[frame["region"] == "VT01"].set_index(["measure", "kind"])
    assert none.loc[("own_meldingen", "totaal"), "value"] == 0
    assert none.loc[("own_by_kind", "hermelding"), "n"] == 0
    assert pd.isna(none.loc[("own_by_kind", "hermelding"), "value"])


def test_a_region_outside_the_division_is_refused():
    with pytest.raises(EstimateError, match=r"regio's die niet in de indeling staan\. Controleer study\.yml"):
        monitor_own.reports(meldingen(), level=0.95, codes=["VT02"])


def test_a_study_without_meldingen():
    frame = monitor_own.reports(meldingen().iloc[:0], level=0.95, codes=["VT02"])
    assert frame["measure"].to_list() == ["own_meldingen"] * 2 + ["own_meldingen_per_10000"] * 2
    assert frame["value"].fillna(-1).to_list() == [0, 0, -1, -1]


def test_own_reports_leave_the_data_alone():
    given = meldingen()
    monitor_own.reports(given, level=0.95)
    pd.testing.assert_frame_equal(given, meldingen())


def test_own_reports_pass_the_door_with_small_numbers_hidden(own):
    released = disclosure.release(own, reader("exact10", plan=[own[own["region"] == "VT02"]])).frame
    assert released.loc[released["measure"] == "own_by_kind", "events"].isna().all()
    assert set(released["status"]) <= {"suppressed", "suppressed_with", "shown", "rounded"}


def test_every_number_is_a_count_of_its_units(own):
    """Of each measure, region and group: n are the units with a known flag, events those where it is true."""
    checked = []
    for each in monitor_own.units(meldingen()):
        assert list(each.rows) == ["unit", "region", *each.by, "flag"] and each.rows["flag"].dtype == "boolean"
        country = each.rows.assign(region="NL")
        cells = pd.concat([each.rows, country]).astype({"kind": "str"}).groupby(["region", "kind"])
        counted = cells["flag"].agg(n="count", events="sum")
        found = own[own["measure"] == each.measure].set_index(["region", "kind"])
        assert set(found["method"]) == {each.method}
        asked = ["events"] if each.method == "per_10000" else ["n", "events"]
        there = found[(found["n"] > 0) | found.index.isin(counted.index)].index
        expected = counted.reindex(there, fill_value=0)[asked].astype("Int64")
        pd.testing.assert_frame_equal(found.loc[there, asked], expected)
        checked.append(each.measure)
    assert checked == list(own["measure"].unique())


def test_a_melding_stands_once_beside_each_class_and_is_in_one():
    by_kind = next(each for each in monitor_own.units(meldingen()) if each.measure == "own_by_kind").rows
    assert by_kind.groupby("unit")["kind"].agg(list).map(tuple).unique().tolist() == [
        ("eerste_melding", "hermelding", "vervolgmelding", "onbekend")
    ]
    assert set(by_kind.groupby("unit")["flag"].sum()) == {1}
    second = by_kind[(by_kind["unit"] == "M1") & by_kind["flag"]]
    assert second[["region", "period", "kind"]].to_numpy().tolist() == [["VT02", "2022-2023", "hermelding"]]


def test_only_started_investigations_are_units_of_outcomes():
    outcomes = next(each for each in monitor_own.units(meldingen()) if each.measure == "own_outcomes").rows
    assert set(outcomes["unit"]) == {"M0", "M1", "M5"}
