"""What families were like at the start, and what was to be expected of them: worked by hand."""

import numpy as np
import pandas as pd
import pytest
from casemix_cases import CONFIG, ONE_WAVE, TWO_WAVES, cells, strata, study
from estimate_rows import one, pick

from hgeval import casemix, rates

MIX = ["start", "children", "prior_reports", "partner_violence", "child_abuse", "parent_abuse", "substance_use",
       "poverty"]


def few(**columns) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Six families at three waves, with these columns; of the fifth no violence and of the last nothing is known."""
    rows = pd.DataFrame({
        "region": ["VT01", "VT01", "VT02", "VT02", "VT02", "VT03"], "T1": [1, 2, 3, 1, 0, pd.NA],
        "T2": [0, 1, pd.NA, 3, 0, 0], "T3": [2, 0, 0, pd.NA, 0, 0], "worker": ["w1", "w1", "w2", None, "w3", "w4"],
    })
    return study(rows.assign(**columns), CONFIG)


def test_only_families_with_violence_at_the_start_stand_in_it():
    found = casemix.at_start(*few(), CONFIG)
    assert found["family_id"].tolist() == ["f00000", "f00001", "f00002", "f00003"]
    assert found["region"].tolist() == ["VT01", "VT01", "VT02", "VT02"]
    assert found["start"].tolist() == ["1", "2", "3", "1"]
    assert found["cluster"].fillna("?").tolist() == ["w1", "w1", "w2", "?"]
    assert found["stopped_T2"].fillna(9).tolist() == [1, 0, 9, 0]
    assert found["stopped_T3"].fillna(9).tolist() == [0, 1, 1, 9]


def test_a_study_without_these_columns_knows_only_how_violent_it_was():
    found = casemix.at_start(*few(), CONFIG)
    assert list(found) == ["family_id", "region", "cluster", "start", "intervention", "assigned", "stopped_T2",
                           "stopped_T3"]
    assert found[["intervention", "assigned"]].isna().all(axis=None)
    assert casemix.columns(found) == ["start"]


def test_numbers_become_classes_on_both_sides_of_their_ends():
    found = casemix.at_start(*few(
        children=pd.array([0, 1, 2, 3, 9, 9], dtype="Int64"),
        prior_reports=pd.array([0, 1, 2, pd.NA, 9, 9], dtype="Int64"),
    ), CONFIG)
    assert found["children"].tolist() == ["0", "1", "2", "meer"]
    assert found["prior_reports"].tolist() == ["0", "1", "meer", "onbekend"]


def test_flags_become_words_and_not_known_is_one_of_them():
    found = casemix.at_start(*few(
        poverty=pd.array([True, False, pd.NA, True, True, True], dtype="boolean"),
        child_abuse=[True, False, True, False, True, True],
        substance_use=pd.array([pd.NA] * 6, dtype="boolean"),
    ), CONFIG)
    assert found["poverty"].tolist() == ["ja", "nee", "onbekend", "ja"]
    assert found["child_abuse"].tolist() == ["ja", "nee", "ja", "nee"]
    assert set(found["substance_use"]) == {"onbekend"}
    assert casemix.columns(found) == ["start", "child_abuse", "poverty"]  # what all share says nothing


def test_the_columns_stand_in_one_order_without_the_help_that_was_given():
    flags = dict.fromkeys(reversed(MIX[3:]), [True, False] * 3)
    found = casemix.at_start(*few(
        **flags, prior_reports=[0, 1] * 3, children=[0, 1] * 3, intervention=["geen", "huisverbod"] * 3,
        assigned=["huisverbod", "geen"] * 3,
    ), CONFIG)
    assert casemix.columns(found) == MIX
    assert found["intervention"].tolist() == ["geen", "huisverbod"] * 2
    assert found["assigned"].tolist() == ["huisverbod", "geen"] * 2


def test_a_study_without_families_or_with_one_wave():
    families, wide = few()
    found = casemix.at_start(families.iloc[:0], wide.iloc[:0], CONFIG)
    assert len(found) == 0 and {"start", "stopped_T2", "stopped_T3"} <= set(found)
    assert casemix.columns(found) == []
    found = casemix.at_start(*few(), ONE_WAVE)
    assert len(found) == 4 and not [name for name in found if name.startswith("stopped")]
    for function, groups in ((casemix.expected, ["wave"]), (casemix.dropout, ["wave", "repair"])):
        for config, rows in ((ONE_WAVE, slice(None)), (CONFIG, slice(0))):
            none = function(families.iloc[rows], wide.iloc[rows], config)
            assert len(none) == 0 and list(none) == ["measure", "region", *groups, *rates.COLUMNS[2:]]


def three(**more) -> pd.DataFrame:
    """Three regions of 50. Incidental at the start: 40 of 80 stopped; frequent: 14 of 70."""
    return pd.concat([
        strata("VT01", (1, 40, 25), (2, 10, 4)), strata("VT02", (1, 30, 10), (2, 20, 5)),
        strata("VT03", (1, 10, 5), (2, 40, 5)),
    ], ignore_index=True).assign(**more)


def test_expected_is_what_the_country_makes_of_such_families():
    """40 x 1/2 + 10 x 1/5 = 22 of 50; 30 x 1/2 + 20 x 1/5 = 19; 10 x 1/2 + 40 x 1/5 = 13: together the 54 that did."""
    found = casemix.expected(*study(three()), TWO_WAVES)
    assert list(found) == ["measure", "region", "wave", *rates.COLUMNS[2:]]
    assert found["value"].astype(float).tolist() == pytest.approx([0.44, 0.38, 0.26], rel=1e-9)
    assert found["region"].tolist() == ["VT01", "VT02", "VT03"] and found["n"].tolist() == [50] * 3
    assert set(found["measure"]) == {"expected"} and set(found["method"]) == {"model_share"}
    assert set(found["wave"]) == {"T2"}
    assert found[["events", "low", "high", "level"]].isna().all(axis=None)


def test_the_help_that_was_given_is_not_expected():
    plain = casemix.expected(*study(three()), TWO_WAVES)
    helped = three(intervention=np.where(three()["region"] == "VT01", "huisverbod", "geen"), assigned="huisverbod")
    pd.testing.assert_frame_equal(casemix.expected(*study(helped), TWO_WAVES), plain)


def test_only_families_of_which_it_is_known_are_expected_anything_of_each_wave_apart():
    rows = three().assign(T3=lambda each: each["T2"].astype("Int64").mask(each["region"] == "VT02"))
    found = casemix.expected(*study(rows, CONFIG), CONFIG)
    assert found.groupby("wave")["region"].agg(list).to_dict() == {"T2": ["VT01", "VT02", "VT03"]}  # T3: two regions
    rows.loc[(rows["region"] == "VT02").idxmax(), "T3"] = 0
    found = casemix.expected(*study(rows, CONFIG), CONFIG)
    assert pick(found, wave="T3").set_index("region")["n"].to_dict() == {"VT01": 50, "VT02": 1, "VT03": 50}
    # incidental 31 of 51 now, as it stopped in that one; frequent 9 of 50
    assert one(found, wave="T3", region="VT02") == pytest.approx(31 / 51, rel=1e-9)
    assert one(found, wave="T3", region="VT01") == pytest.approx((40 * 31 / 51 + 10 * 9 / 50) / 50, rel=1e-9)


def test_families_without_violence_or_of_which_nothing_is_known_change_nothing():
    more = cells((30, "VT01", 0, 0), (30, "VT02", 1, pd.NA), (30, "VT03", pd.NA, 0))
    plain = casemix.expected(*study(three()), TWO_WAVES)
    found = casemix.expected(*study(pd.concat([three(), more], ignore_index=True)), TWO_WAVES)
    pd.testing.assert_frame_equal(found, plain)


@pytest.mark.parametrize(("sizes", "made"), [((34, 33, 33), True), ((33, 33, 33), False)])
def test_no_model_is_made_of_fewer_than_a_hundred_families(sizes, made):
    rows = pd.concat([strata(f"VT0{at}", (1, n, 10)) for at, n in enumerate(sizes, start=1)], ignore_index=True)
    assert (len(casemix.expected(*study(rows), TWO_WAVES)) > 0) is made
    assert (len(casemix.dropout(*study(rows), TWO_WAVES)) > 0) is made


@pytest.mark.parametrize(("events", "made"), [
    ((4, 3, 3), True), ((3, 3, 3), False), ((0, 0, 0), False), ((50, 50, 50), False), ((47, 47, 47), False),
    ((46, 47, 47), True),
])
def test_no_model_is_made_where_too_few_stopped_or_did_not(events, made):
    """The national count would be hidden; the expected shares of the regions would add up to it."""
    rows = pd.concat([strata(f"VT0{at}", (1, 50, x)) for at, x in enumerate(events, start=1)], ignore_index=True)
    found = casemix.expected(*study(rows), TWO_WAVES)
    assert (len(found) > 0) is made
    assert (len(casemix.dropout(*study(rows), TWO_WAVES)) > 0) is made
    if made:  # all alike at the start, so of all the same is expected
        assert found["value"].astype(float).tolist() == pytest.approx([sum(events) / 150] * 3, rel=1e-9)


@pytest.mark.parametrize(("regions", "made"), [(1, False), (2, False), (3, True)])
def test_what_is_expected_of_one_of_two_regions_would_tell_of_the_other(regions, made):
    rows = pd.concat([strata(f"VT0{at}", (1, 60, 20), (2, 60, 15)) for at in range(regions)], ignore_index=True)
    assert (len(casemix.expected(*study(rows), TWO_WAVES)) > 0) is made
    assert len(casemix.dropout(*study(rows), TWO_WAVES)) > 0  # of the country alone


def recorded(*, gaps: int = 0) -> pd.DataFrame:
    """Four regions of 100; VT02, where it stopped in 7, never records poverty, and the others not for so many each."""
    rows = pd.concat([strata(f"VT0{at}", (1, 50, x), (2, 50, y)) for at, (x, y) in
                      enumerate([(30, 20), (4, 3), (30, 20), (25, 25)], start=1)], ignore_index=True)
    poor = pd.Series([True, False] * (len(rows) // 2), dtype="boolean")
    spread = rows.index.to_series() * 7 % 100 < gaps  # over those in which it stopped and in which it did not
    return rows.assign(poverty=poor.mask((rows["region"] == "VT02") | spread))


def test_a_characteristic_that_only_one_region_did_not_record_does_not_tell_its_own_share():
    """With it, what the model expects of VT02 is the 7 of 100 that is hidden: its class is nobody else's."""
    found = casemix.expected(*study(recorded()), TWO_WAVES)
    alike = casemix.expected(*study(recorded().drop(columns="poverty")), TWO_WAVES)
    pd.testing.assert_frame_equal(found, alike)
    assert one(found, region="VT02") == pytest.approx(157 / 400)
    for gaps in (2, 8):  # 100 of 106 and of 124 of that class are of VT02: still mostly its own share
        pd.testing.assert_frame_equal(casemix.expected(*study(recorded(gaps=gaps)), TWO_WAVES), alike)


def test_a_characteristic_that_several_regions_did_not_record_is_used():
    found = casemix.expected(*study(recorded(gaps=50)), TWO_WAVES)  # 100 of 250
    assert 0.1 < one(found, region="VT02") < 0.38


@pytest.mark.parametrize(("others", "used"), [(24, False), (25, True)])
def test_a_class_is_a_region_s_own_above_four_in_five(others, used):
    """100 of 124 is, 100 of 125 is not."""
    rows = recorded()
    rows.loc[rows.index[rows["region"] == "VT03"][:others], "poverty"] = pd.NA
    plain = casemix.expected(*study(rows.drop(columns="poverty")), TWO_WAVES)
    assert (one(casemix.expected(*study(rows), TWO_WAVES), region="VT02") != one(plain, region="VT02")) is used


def test_a_class_of_one_region_that_few_of_its_families_are_of_stays():
    """Fifty of the hundred: not most of them."""
    for unknown, used in ((50, True), (51, False)):
        rows = recorded()
        rows["poverty"] = pd.Series([True, False] * 200, dtype="boolean")
        rows.loc[rows.index[rows["region"] == "VT02"][:unknown], "poverty"] = pd.NA
        plain = casemix.expected(*study(rows.drop(columns="poverty")), TWO_WAVES)
        found = one(casemix.expected(*study(rows), TWO_WAVES), region="VT02")
        assert (found != one(plain, region="VT02")) is used, unknown


def test_order_and_input_stay():
    families, wide = study(three())
    before = families.copy(), wide.copy()
    plain = casemix.expected(families, wide, TWO_WAVES)
    turned = casemix.expected(families[::-1], wide[::-1], TWO_WAVES)
    pd.testing.assert_frame_equal(plain, turned, rtol=1e-9)
    casemix.dropout(families, wide, TWO_WAVES)
    pd.testing.assert_frame_equal(families, before[0])
    pd.testing.assert_frame_equal(wide, before[1])


def leaving(**more) -> pd.DataFrame:
    """200 families. Incidental: 90 of 100 stayed and 60 of them stopped; frequent: 30 of 100, and 5 of them."""
    return cells(
        (60, "VT01", 1, 0), (30, "VT01", 1, 2), (10, "VT01", 1, pd.NA), (5, "VT02", 2, 0), (25, "VT02", 2, 2),
        (70, "VT02", 2, pd.NA),
    ).assign(**more)


def repaired(rows: pd.DataFrame, config=TWO_WAVES) -> pd.DataFrame:
    return casemix.dropout(*study(rows, config), config)


def test_drop_out_is_told_under_every_assumption():
    """As found 65 of 120; with the same mix 1/2 x 60/90 + 1/2 x 5/30 = 5/12; none 65 of 200 and all 145 of 200."""
    found = repaired(leaving())
    assert list(found) == ["measure", "region", "wave", "repair", *rates.COLUMNS[2:]]
    shares = pick(found, measure="stopped_repaired").set_index("repair")
    assert list(shares.index) == ["complete_cases", "ipw", "mi", "none", "all"]
    values = shares["value"].astype(float).drop("mi").to_dict()
    assert values == pytest.approx({"complete_cases": 65 / 120, "ipw": 5 / 12, "none": 0.325, "all": 0.725}, rel=1e-9)
    assert shares.loc["mi", "value"] == pytest.approx(5 / 12, abs=0.05)
    assert shares["n"].to_dict() == {"complete_cases": 120, "ipw": 120, "mi": 200, "none": 200, "all": 200}
    assert set(shares["method"]) == {"model_share"} and set(found["wave"]) == {"T2"} and set(found["region"]) == {"NL"}
    within = shares.loc[["complete_cases", "ipw", "mi"], ["low", "value", "high"]].astype(float)
    assert (within["low"] < within["value"]).all() and (within["value"] < within["high"]).all()
    assert shares.loc[["none", "all"], ["low", "high"]].isna().all(axis=None)


def test_how_regions_differ_is_no_error_of_the_country():
    """90 of 100 beside 10 of 100: 2 x 100/99 x 9 within, and not 200/199 x 50."""
    rows = cells((90, "VT01", 1, 0), (10, "VT01", 1, 2), (10, "VT02", 1, 0), (90, "VT02", 1, 2))
    found = pick(repaired(rows), measure="stopped_repaired", repair="ipw")
    low, high = rates.wilson(0.5 * (worth := 0.25 * 200**2 / (18 * 100 / 99)), worth)
    assert found[["low", "high"]].to_numpy(dtype="float64").ravel() == pytest.approx([low[0], high[0]], rel=1e-9)


def test_how_different_leavers_must_be_before_the_conclusion_changes():
    """ipw 5/12 and its interval under a half or not: (1/2 - the nearest limit) over the 80 of 200 that left."""
    found = repaired(leaving())
    tip = pick(found, measure="tipping")
    (row,) = tip.to_dict("records")
    assert (row["repair"], row["method"], row["n"]) == ("ipw", "model_difference", 80)
    low, high = (one(found, column, measure="stopped_repaired", repair="ipw") for column in ("low", "high"))
    ways = [(0.5 - end) / 0.4 for end in (low, high)]
    assert row["value"] == pytest.approx(min(ways, key=abs), rel=1e-9)


def test_where_nobody_left_every_repair_says_the_same_and_there_is_nothing_to_tip():
    found = repaired(three()).set_index("repair")
    shares = found[found["measure"] == "stopped_repaired"]["value"].astype(float)
    assert shares.tolist() == pytest.approx([54 / 150] * 5, rel=1e-9)
    assert found.loc[found["measure"] == "tipping", "value"].isna().all()


def test_earlier_answers_repair_the_last_wave():
    """Who still had violence at T2 left more often, and of those who stayed it stopped in fewer by T3."""
    rows = cells((50, "VT01", 1, 0, 0), (10, "VT01", 1, 0, 1), (20, "VT01", 1, 0, pd.NA), (10, "VT01", 1, 1, 0),
                 (30, "VT01", 1, 1, 1), (80, "VT01", 1, 1, pd.NA), names=("region", "T1", "T2", "T3"))
    found = repaired(rows, CONFIG)
    assert set(found["wave"]) == {"T3"}
    # of the 80 in which it had stopped at T2 5 in 6, and of the other 120 1 in 4
    ipw = one(found, measure="stopped_repaired", repair="ipw")
    assert ipw == pytest.approx((80 * 5 / 6 + 120 / 4) / 200, rel=1e-9)
    assert one(found, measure="stopped_repaired", repair="complete_cases") == pytest.approx(0.6)


def test_the_same_draws_every_time():
    pd.testing.assert_frame_equal(repaired(leaving()), repaired(leaving()))


def test_families_whose_worker_is_not_known_are_strangers():
    none, own = repaired(leaving()), repaired(leaving(worker=[f"w{at}" for at in range(200)]))
    pd.testing.assert_frame_equal(none, own)
    shared = repaired(leaving(worker=[f"w{at // 10}" for at in range(200)]))

    def width(found: pd.DataFrame) -> float:
        return one(found, "high", repair="complete_cases") - one(found, "low", repair="complete_cases")

    assert width(shared) > 1.5 * width(none)  # ten by ten alike
