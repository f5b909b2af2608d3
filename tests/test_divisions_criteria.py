"""Every criterion worked by hand on a country of four municipalities in two regions."""

import pandas as pd
import pytest

from hgeval import divisions_criteria as criteria
from hgeval import divisions_rules

RATE = 0.01
# option x: region 1 is A (100 inhabitants) and B (300), region 2 is C (200) and D (400)
COUNTRY = pd.DataFrame({
    "option": "x", "area": ["1", "1", "2", "2"], "municipality": list("ABCD"), "population": [100, 300, 200, 400],
    "region": ["V1", "V1", "V1", "V2"], "safety_region": ["S1", "S1", "S2", "S2"], "youth_region": list("abcd"),
    "ggd_region": ["G1"] * 4, "centre_municipality": ["A", "A", "A", "D"], "province": ["P1", "P2", "P1", "P2"],
    "centre_status": ["confident", "probable", "probable", "uncertain"], "distance_km": [0.0, 10.0, 5.0, 20.0],
    "seat": ["A", "A", "D", "D"],
}).astype({"population": "Int64", "distance_km": "Float64"})


def rules(**changes):
    usual = divisions_rules.rules().model_dump() | {
        "volume": 5, "duty_cost": 500, "specialist_share": 0.5, "specialists": 1, "cases": [1, 2]}
    return divisions_rules.Rules(**(usual | changes))


def test_all_criteria_by_hand():
    found = criteria.criteria(COUNTRY, rules(), rate=RATE)
    assert list(found) == list(criteria.CRITERIA)
    assert found.loc["x"].to_dict() == pytest.approx({
        "towns": 2, "distance": 12, "volume": 0.5, "expertise": 0.817052, "congruence": 0.82, "continuity": 0.4,
        "duty_cost": 1, "balance": 0.9, "money_fit": 0.4, "load": 3.5,
    }, abs=1e-6)


@pytest.mark.parametrize(("partner", "nesting", "nested", "counterparts"), [
    ("veilig_thuis", 0.8, 0.8, 1.5),  # 400 of V1 and 400 of V2; region 2 lies in both
    ("veiligheidsregio", 1, 1, 1),
    ("jeugdregio", 0.7, 1, 2),  # the largest parts are B and D
    ("ggd", 1, 0.6, 1),  # 600 of the 1,000 live in region 2
    ("centrumgemeente", 0.8, 0.8, 1.5),
    ("provincie", 0.7, 0.6, 2),  # of P1 the 200 of C, of P2 the 400 of D
])
def test_how_the_regions_fit_each_partner(partner, nesting, nested, counterparts):
    found = criteria.congruence(COUNTRY).set_index("partner").loc[partner]
    assert [found["nesting"], found["nested"], found["counterparts"]] == pytest.approx([nesting, nested, counterparts])


@pytest.mark.parametrize(("least", "share"), [(4, 1), (4.1, 0.5), (6, 0.5), (6.1, 0)])
def test_four_and_six_reports_are_expected(least, share):
    assert criteria.volume(COUNTRY, rules(volume=least), rate=RATE)["x"] == share


def test_the_chance_of_enough_cases_is_poisson():
    """With 2 and 3 expected: 1 - e^-2 and 1 - e^-3; two or more 1 - 3e^-2 and 1 - 4e^-3; of 400 and 600 inhabitants."""
    found = criteria.expertise(COUNTRY, rules(), rate=RATE).set_index("cases")["value"]
    by_hand = {"1": 0.4 * 0.864665 + 0.6 * 0.950213, "2": 0.4 * 0.593994 + 0.6 * 0.800852}
    assert found.to_dict() == pytest.approx(by_hand, abs=1e-6)
    two = criteria.expertise(COUNTRY, rules(specialists=2, cases=[1]), rate=RATE)["value"]
    assert two[0] == pytest.approx(found["2"])  # one case for each of two is two cases


def test_how_far_people_live_by_hand():
    """By distance: 100 at 0, 200 at 5, 300 at 10 and 400 at 20 km. Of the 1,000, 500 live in A and D, the seats."""
    found = criteria.distances(COUNTRY)
    assert found.loc["x"].to_dict() == {"half_km": 10, "nine_km": 20, "far_km": 20, "seat_share": 0.5}
    near = criteria.distances(COUNTRY.assign(population=pd.array([300, 200, 400, 100], dtype="Int64")))
    assert near.loc["x"].to_dict() == {"half_km": 5, "nine_km": 10, "far_km": 20, "seat_share": 0.4}  # 900 within 10


@pytest.mark.parametrize(("column", "left"), [
    ("distance_km", {"seat_share"}), ("seat", {"half_km", "nine_km", "far_km"}),
])
def test_what_one_municipality_lacks_is_not_told(column, left):
    gone = COUNTRY.assign(**{column: COUNTRY[column].mask(COUNTRY["municipality"] == "D")})
    both = pd.concat([COUNTRY, gone.assign(option="y")], ignore_index=True)
    found = criteria.distances(both)
    assert found.loc["x"].notna().all() and set(found.columns[found.loc["y"].notna()]) == left


def test_distance_needs_every_municipality():
    gone = COUNTRY.assign(distance_km=COUNTRY["distance_km"].mask(COUNTRY["municipality"] == "D"))
    assert criteria.distance(COUNTRY)["x"] == 12 and pd.isna(criteria.distance(gone)["x"])
    none = COUNTRY.assign(distance_km=pd.array([pd.NA] * 4, dtype="Float64"))
    assert pd.isna(criteria.distance(none)["x"])


def test_the_middle_region_of_three():
    more = pd.concat([COUNTRY, COUNTRY.assign(area="3", municipality=list("EFGH"))])
    assert criteria.towns(COUNTRY)["x"] == 2 and criteria.towns(more)["x"] == 2
    assert criteria.towns(more[more["area"] != "1"])["x"] == 3


def test_money_without_the_uncertain():
    assert criteria.money_fit(COUNTRY)["x"] == 0.4
    assert criteria.money_fit(COUNTRY, certain=True)["x"] == 1  # without D region 2 has only centre A
    unsure = COUNTRY.assign(centre_status=["confident", "confident", "uncertain", "uncertain"])
    assert criteria.money_fit(unsure, certain=True)["x"] == 0.4  # of region 2 nothing is certain


def test_a_region_of_today_stays_whole_or_not():
    assert criteria.continuity(COUNTRY.assign(region=["V1", "V1", "V2", "V2"]))["x"] == 1
    assert criteria.continuity(COUNTRY.assign(region=["V1", "V2", "V2", "V1"]))["x"] == 0


@pytest.mark.parametrize(("sizes", "gini"), [
    ([7, 7, 7], 0), ([0, 0, 0, 1], 0.75), ([1, 2, 3, 4, 5], 4 / 15), ([600, 400], 0.1), ([5], 0),
])
def test_gini_by_hand(sizes, gini):
    assert criteria.gini(sizes) == pytest.approx(gini, abs=1e-12)


def test_options_do_not_touch_each_other():
    other = COUNTRY.assign(option="y", area=["1", "2", "1", "2"])
    both = criteria.criteria(pd.concat([other, COUNTRY]), rules(), rate=RATE)
    assert list(both.index) == ["y", "x"]
    pd.testing.assert_frame_equal(both.loc[["x"]], criteria.criteria(COUNTRY, rules(), rate=RATE))
    assert both.loc["y", "balance"] == pytest.approx(1 - (700 - 300) / 2000)


def test_every_criterion_has_a_group_and_every_group_a_weight():
    assert list(divisions_rules.Weights.model_fields) == list(criteria.GROUPS)
