"""Interventions beside each other: as found, set alike, and how sure that is. By hand, and against a known truth."""

import numpy as np
import pandas as pd
import pytest
from casemix_cases import CONFIG, ONE_WAVE, TWO_WAVES, cells, study
from estimate_rows import one, pick
from scipy.special import ndtri

from hgeval import interventions, rates
from hgeval.stats import propensity

NAMES = ("intervention", "region", "T1", "T2")
MEASURES = ["apart", "apart_overlap", "evalue", "imbalance", "detectable"]


def arms(*parts: tuple, **more) -> pd.DataFrame:
    """Families of (intervention, how many, of how many it stopped), regions and poverty in turn."""
    rows = cells(*((many, name, "VT01", 1, level) for name, n, events in parts
                   for many, level in ((events, 0), (n - events, 1))), names=NAMES)
    at = np.arange(len(rows))
    return rows.assign(region=np.where(at % 2, "VT01", "VT02"), poverty=at // 2 % 2 == 1, **more)


def compared(rows: pd.DataFrame, config=TWO_WAVES) -> pd.DataFrame:
    return interventions.compared(*study(rows, config), config)


def stopped(rows: pd.DataFrame, config=TWO_WAVES) -> pd.DataFrame:
    return interventions.stopped(*study(rows, config), config)


def test_the_share_that_stopped_by_what_was_given_for_the_country():
    rows = arms(("huisverbod", 40, 10), ("geen", 20, 8))
    more = cells((9, pd.NA, "VT01", 1, 0), (9, "geen", "VT01", 0, 0), (9, "geen", "VT01", 1, pd.NA), names=NAMES)
    found = stopped(pd.concat([rows, more], ignore_index=True))
    assert list(found) == ["measure", "region", "wave", "intervention", *rates.COLUMNS[2:]]
    assert found[["region", "wave", "intervention", "n", "events"]].to_numpy().tolist() == [
        ["NL", "T2", "geen", 20, 8], ["NL", "T2", "huisverbod", 40, 10]]
    low, high = rates.wilson(8, 20)
    assert found.loc[0, ["value", "low", "high", "method"]].tolist() == [0.4, low[0], high[0], "wilson"]


def test_families_of_one_worker_that_are_alike_widen_the_interval_of_their_intervention():
    """Twenty workers of two families, ten a region, alike: deff 2.11 as in test_effects; `geen` has strangers."""
    pairs = cells((10, "huisverbod", "VT01", 1, 0), (10, "huisverbod", "VT01", 1, 1), (10, "huisverbod", "VT02", 1, 0),
                  (10, "huisverbod", "VT02", 1, 1), (40, "geen", "VT01", 1, 0), (40, "geen", "VT01", 1, 1), names=NAMES)
    pairs["worker"] = [f"w{at // 2}" if at < 40 else None for at in range(len(pairs))]
    found = stopped(pairs).set_index("intervention")
    assert found["method"].to_dict() == {"geen": "wilson", "huisverbod": "wilson_deff2.11"}
    low, high = rates.wilson(20 / 2.11, 40 / 2.11)
    assert found.loc["huisverbod", ["low", "high"]].tolist() == pytest.approx([low[0], high[0]])


def test_each_later_wave_has_its_own_row():
    rows = arms(("huisverbod", 40, 10), ("geen", 20, 8)).assign(T3=0)
    rows.loc[rows["intervention"] == "geen", "T3"] = pd.NA
    found = stopped(rows.astype({"T3": "Int64"}), CONFIG)
    assert found[["wave", "intervention", "n", "events"]].to_numpy().tolist() == [
        ["T2", "geen", 20, 8], ["T2", "huisverbod", 40, 10], ["T3", "huisverbod", 40, 40]]


def test_no_families_one_wave_or_no_column_is_no_row():
    rows = arms(("huisverbod", 120, 60), ("geen", 120, 60))
    for given, config in ((rows.iloc[:0], TWO_WAVES), (rows, ONE_WAVE), (rows.drop(columns="intervention"), TWO_WAVES)):
        families, wide = study(given, config)
        found = interventions.stopped(families, wide, config)
        assert len(found) == 0 and list(found) == ["measure", "region", "wave", "intervention", *rates.COLUMNS[2:]]
        found = interventions.compared(families, wide, config)
        assert len(found) == 0
        assert list(found) == ["measure", "region", "wave", "intervention", "against", "design", *rates.COLUMNS[2:]]
        assert len(interventions.ladder(found)) == 0 and "evidence" in interventions.ladder(found)


def test_families_that_were_alike_differ_by_what_was_found():
    """60 of 120 beside 60 of 200: 20 points; on the ratio 5/3 an E-value of 5/3 + sqrt(5/3 x 2/3) = 2.721."""
    found = compared(arms(("huisverbod", 120, 60), ("geen", 200, 60)))
    assert found["measure"].tolist() == MEASURES
    assert found["method"].tolist() == [*["model_difference"] * 2, *["model_ratio"] * 2, "model_difference"]
    about = found[["region", "wave", "intervention", "against", "design"]].drop_duplicates()
    assert about.to_numpy().tolist() == [["NL", "T2", "huisverbod", "geen", "alike"]]
    assert set(found["n"]) == {320} and set(found["events"]) == {120}
    assert one(found, measure="apart") == pytest.approx(0.2, abs=1e-6)
    assert one(found, measure="apart_overlap") == pytest.approx(0.2, abs=1e-6)
    assert one(found, measure="evalue") == pytest.approx(5 / 3 + np.sqrt(5 / 3 * 2 / 3), abs=1e-4)
    low = one(found, "low", measure="apart")
    ratio = (0.3 + low) / 0.3
    assert one(found, "low", measure="evalue") == pytest.approx(ratio + np.sqrt(ratio * (ratio - 1)), rel=1e-9)
    # strangers: error sqrt(.25 / 120 + .21 / 200) = 0.05598
    assert (one(found, "high", measure="apart") - low) / 2 / ndtri(0.975) == pytest.approx(0.05598, rel=0.02)
    # smallest share above 30% of 200 that 120 would show with 80%: by two sample sizes, some 15 points
    assert 0.14 < one(found, measure="detectable") < 0.17
    assert found.loc[found["measure"].isin(["imbalance", "detectable"]), "high"].isna().all()


def test_the_interval_is_the_one_with_corrected_errors(monkeypatch):
    whole = propensity.differences

    def marked(*args, **asked):
        found = whole(*args, **asked)
        return found.assign(low=found["low"].mask(found["method"] == "aipw_kauermann_carroll", -0.5))

    monkeypatch.setattr(propensity, "differences", marked)
    assert one(compared(arms(("huisverbod", 120, 60), ("geen", 200, 60))), "low", measure="apart") == -0.5


def test_the_one_that_most_families_got_is_what_the_others_are_compared_with():
    found = compared(arms(("huisverbod", 120, 60), ("geen", 110, 40), ("casemanagement", 130, 50)))
    assert set(found["against"]) == {"casemanagement"}
    assert sorted(set(found["intervention"])) == ["geen", "huisverbod"]
    assert len(found) == 2 * len(MEASURES)
    n = {name: set(rows["n"]) for name, rows in found.groupby("intervention")}
    assert n == {"geen": {240}, "huisverbod": {250}}


def test_every_comparison_more_widens_the_interval():
    two = compared(arms(("huisverbod", 120, 60), ("geen", 200, 60)))
    three = compared(arms(("huisverbod", 120, 60), ("geen", 200, 60), ("casemanagement", 120, 40)))
    assert set(two["level"]) == {0.95} and three["level"].astype(float).tolist() == pytest.approx([0.975] * 10)
    half = [(one(found, "high", measure="apart", intervention="huisverbod") - one(
        found, "low", measure="apart", intervention="huisverbod")) / 2 for found in (two, three)]
    assert half[1] / half[0] == pytest.approx(ndtri(0.9875) / ndtri(0.975), rel=0.01)


@pytest.mark.parametrize(("n", "made"), [(100, True), (99, False)])
def test_fewer_than_a_hundred_families_are_not_compared(n, made):
    rows = arms(("huisverbod", n, 40), ("geen", 200, 60))
    assert (len(compared(rows)) > 0) is made
    more = compared(pd.concat([rows, arms(("casemanagement", 120, 40))], ignore_index=True))
    assert ("huisverbod" in set(more["intervention"])) is made
    assert more["level"].iloc[0] == pytest.approx(0.975 if made else 0.95)
    unknown = cells((50, "huisverbod", "VT01", 1, pd.NA), (50, "huisverbod", "VT01", 0, 0), names=NAMES)
    assert (len(compared(pd.concat([rows, unknown], ignore_index=True))) > 0) is made


@pytest.mark.parametrize(("events", "made"), [
    (10, True), (9, False), (0, False), (110, True), (111, False), (120, False),
])
def test_an_intervention_of_which_the_count_is_hidden_is_not_compared(events, made):
    """Beside the share of the other, which is shown, the difference would tell it; all or none stopped too."""
    assert (len(compared(arms(("huisverbod", 120, events), ("geen", 200, 60)))) > 0) is made


def test_one_intervention_has_nothing_to_be_compared_with():
    assert len(compared(arms(("huisverbod", 300, 60)))) == 0
    assert len(stopped(arms(("huisverbod", 300, 60)))) == 1


def test_one_region_and_families_whose_worker_is_not_known():
    rows = arms(("huisverbod", 120, 60), ("geen", 200, 60)).assign(region="VT01")
    found = compared(rows)
    assert one(found, measure="apart") == pytest.approx(0.2, abs=1e-6)
    own = compared(rows.assign(worker=[f"w{at}" for at in range(320)]))
    pd.testing.assert_frame_equal(found, own)
    shared = compared(rows.assign(worker=[f"w{at // 10}" for at in range(320)]))  # ten by ten alike

    def width(each: pd.DataFrame) -> float:
        return one(each, "high", measure="apart") - one(each, "low", measure="apart")

    assert width(shared) > 1.5 * width(found)
    assert one(shared, measure="apart") == pytest.approx(0.2, abs=1e-6)


def test_where_families_live_is_no_difference_between_interventions():
    """A fifth stopped in VT01 and three fifths in VT02, whatever was given; crude 52% beside 27%."""
    parts = [("geen", "VT01", 300, 60), ("huisverbod", "VT01", 60, 12), ("geen", "VT02", 60, 36),
             ("huisverbod", "VT02", 240, 144)]
    rows = cells(*((many, name, region, 1, level) for name, region, n, events in parts
                   for many, level in ((events, 0), (n - events, 1))), names=NAMES)
    found = compared(rows.assign(poverty=np.arange(len(rows)) % 2 == 1))
    assert abs(one(found, measure="apart")) < 0.05 and abs(one(found, measure="apart_overlap")) < 0.05
    crude = stopped(rows).set_index("intervention")["value"].astype(float)
    assert crude.to_dict() == pytest.approx({"geen": 96 / 360, "huisverbod": 0.52})


def test_families_of_which_nothing_is_known_were_not_set_alike():
    """The difference as it was found, and no claim that it tells the interventions apart."""
    found = compared(arms(("huisverbod", 120, 60), ("geen", 200, 60)).drop(columns="poverty"))
    assert one(found, measure="apart") == pytest.approx(0.2, abs=1e-6)
    assert found.loc[found["measure"] == "imbalance", ["value", "low"]].isna().all(axis=None)
    assert interventions.ladder(found)["evidence"].tolist() == ["niet te onderscheiden"]


def test_the_last_wave_is_the_one_compared_and_input_stays():
    rows = arms(("huisverbod", 120, 60), ("geen", 200, 60))
    rows = rows.assign(T3=rows["T2"], T2=1)
    families, wide = study(rows, CONFIG)
    before = families.copy(), wide.copy()
    found = interventions.compared(families, wide, CONFIG)
    assert set(found["wave"]) == {"T3"} and one(found, measure="apart") == pytest.approx(0.2, abs=1e-6)
    interventions.stopped(families, wide, CONFIG)
    pd.testing.assert_frame_equal(families, before[0])
    pd.testing.assert_frame_equal(wide, before[1])


def confounded(size=4000, seed=20_261) -> pd.DataFrame:
    """Severe violence gets systeemtherapie more often and stops less often. Therapy adds exactly 10 points, a
    huisverbod nothing; families of the regions differ in how violent it was."""
    rng = np.random.default_rng(seed)
    region = rng.integers(0, 5, size)
    start = 1 + rng.binomial(2, 0.3 + 0.08 * region)
    poor = rng.random(size) < 0.2 + 0.15 * start
    chances = np.array([[0.15, 0.15, 0.7], [0.35, 0.2, 0.45], [0.65, 0.15, 0.2]])[start - 1]
    at = (rng.random(size)[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    arm = np.array(["systeemtherapie", "huisverbod", "geen"])[at]
    chance = 0.75 - 0.2 * start - 0.05 * poor + 0.1 * (at == 0)
    return pd.DataFrame({
        "region": [f"VT0{each}" for each in region], "T1": start, "T2": np.where(rng.random(size) < chance, 0, start),
        "intervention": arm, "poverty": poor, "worker": [f"w{each}" for each in rng.integers(0, 400, size)],
    })


def test_a_known_truth_comes_out_where_the_crude_difference_is_wrong():
    rows = confounded()
    found, crude = compared(rows), stopped(rows).set_index("intervention")["value"].astype(float)
    reference = found["against"].iloc[0]
    truth = {"systeemtherapie": 0.1, "huisverbod": 0.0, "geen": 0.0}
    assert reference == "geen" or reference == "systeemtherapie"
    for name in set(found["intervention"]):
        for measure in ("apart", "apart_overlap"):
            row = pick(found, measure=measure, intervention=name).iloc[0]
            se = (row["high"] - row["low"]) / 2 / ndtri((1 + row["level"]) / 2)
            assert abs(row["value"] - (truth[name] - truth[reference])) < 3 * se, (name, measure)
            assert 0.01 < se < 0.04
    therapy = pick(found, measure="apart", intervention="systeemtherapie" if reference == "geen" else "geen").iloc[0]
    wrong = abs((crude["systeemtherapie"] - crude["geen"]) - 0.1)
    se = (therapy["high"] - therapy["low"]) / 2 / ndtri((1 + therapy["level"]) / 2)
    assert wrong > 3 * se and crude["systeemtherapie"] < crude["geen"]  # therapy would seem to do harm
    # not alike before, alike after
    mixed = pick(found, measure="imbalance")
    assert (mixed["value"].astype(float).max() > 0.5) and (mixed["low"].astype(float) < 0.1).all()


def row(*, low=0.05, value=0.1, high=0.15, evalue=2.0, left=0.05, n=320, name="huisverbod") -> pd.DataFrame:
    """The released numbers of one intervention."""
    numbers = {"apart": (value, low, high), "apart_overlap": (value, low, high), "evalue": (3.0, evalue, None),
               "imbalance": (0.6, left, None), "detectable": (0.15, None, None)}
    rows = [{"measure": measure, "region": "NL", "wave": "T2", "intervention": name, "against": "geen",
             "design": "alike", "n": n, "value": found[0], "low": found[1], "high": found[2], "method": "model_ratio"}
            for measure, found in numbers.items()]
    return rates.frame(rows, groups=["wave", "intervention", "against", "design"]).assign(status="rounded")


def evidence(**numbers) -> str:
    (found,) = interventions.ladder(row(**numbers))["evidence"].fillna("?")
    return found


@pytest.mark.parametrize(("limit", "told"), [
    (1.0, "zwak"), (1.49, "zwak"), (1.5, "redelijk"), (2.49, "redelijk"), (2.5, "sterk"), (9.0, "sterk"),
])
def test_how_sure_it_is_depends_on_what_it_takes_to_undo_it(limit, told):
    assert evidence(evalue=limit) == told
    assert evidence(low=-0.15, value=-0.1, high=-0.05, evalue=limit) == told


@pytest.mark.parametrize(("low", "high", "apart"), [
    (0.01, 0.2, True), (0.0, 0.2, False), (-0.01, 0.2, False), (-0.2, 0.0, False), (-0.2, -0.01, True),
])
def test_an_interval_that_holds_no_difference_is_not_apart(low, high, apart):
    assert (evidence(low=low, high=high, evalue=3.0) == "sterk") is apart
    assert (evidence(low=low, high=high, evalue=3.0) == "niet te onderscheiden") is not apart


@pytest.mark.parametrize(("left", "told"), [
    (0.1, "sterk"), (0.11, "niet te onderscheiden"), (None, "niet te onderscheiden"),
])
def test_families_that_stayed_unlike_are_not_told_apart(left, told):
    assert evidence(left=left, evalue=3.0) == told


def test_a_hidden_difference_has_no_evidence():
    assert evidence(low=None, value=None, high=None, evalue=None, left=None, n=None) == "?"


@pytest.mark.parametrize("lacks", ["value", "low", "high"])
def test_a_difference_that_could_not_be_computed_says_so(lacks):
    """Without one of its limits there is no claim, whatever the rest says."""
    assert evidence(**{lacks: None}, evalue=9.0) == "niet uit te rekenen"
    assert evidence(value=None, low=None, high=None, evalue=None, left=None) == "niet uit te rekenen"


def test_an_unknown_e_value_is_not_a_weak_one():
    assert evidence(evalue=None) == "niet te bepalen"
    assert evidence(evalue=1.0) == "zwak"
    # and where there is nothing to be sure of, that is not the reason
    assert evidence(evalue=None, low=-0.01) == "niet te onderscheiden"
    assert evidence(evalue=None, left=0.11) == "niet te onderscheiden"


def test_the_ladder_has_one_row_an_intervention_with_its_own_numbers():
    both = pd.concat([row(name="systeemtherapie", evalue=3.0), row(name="huisverbod", evalue=1.2)])
    found = interventions.ladder(both)
    assert found[["intervention", "evidence", "measure"]].to_numpy().tolist() == [
        ["systeemtherapie", "sterk", "apart"], ["huisverbod", "zwak", "apart"]]
    assert list(found) == [*row(), "evidence", "follow_up", "dropout"] and set(found["status"]) == {"rounded"}
    assert found["follow_up"].tolist() == ["T2", "T2"] and found["dropout"].isna().all()


def counts(*cells: tuple) -> pd.DataFrame:
    """Released counts of (intervention, measured, of how many)."""
    rows = [{"measure": "measured_of_help", "region": "NL", "wave": "T2", "intervention": name, "n": n,
             "events": events, "method": "share"} for name, events, n in cells]
    return rates.frame(rows, groups=["wave", "intervention"]).assign(status="rounded")


@pytest.mark.parametrize(("cells", "told"), [
    ([("huisverbod", 60, 100), ("geen", 200, 300)], 0.35),  # 260 of 400
    ([("huisverbod", 60, 105), ("geen", 205, 300)], 0.35),  # 265 of 405: 34.6%
    ([("huisverbod", 100, 100), ("geen", 300, 300)], 0.0),
    ([("huisverbod", None, 100), ("geen", 200, 300)], None), ([("huisverbod", 60, 100)], None),
    ([("huisverbod", 60, 100), ("geen", 200, 300), ("casemanagement", 0, 500)], 0.35),
])
def test_the_drop_out_of_both_groups_follows_from_the_counts(cells, told):
    found = interventions.ladder(pd.concat([row(), counts(*cells)], ignore_index=True))["dropout"]
    assert [None if pd.isna(each) else each for each in found] == [told]


def test_of_how_many_the_last_wave_is_known_by_what_was_given():
    """Ten of the huisverbod left at the last wave; who had no violence at the start does not count."""
    rows = arms(("huisverbod", 40, 10), ("geen", 20, 8)).assign(T3=0).astype({"T3": "Int64"})
    rows.loc[:9, "T3"] = pd.NA
    more = cells((9, pd.NA, "VT01", 1, 0), (9, "geen", "VT01", 0, 0), names=NAMES).assign(T3=0)
    found = interventions.measured(*study(pd.concat([rows, more], ignore_index=True), CONFIG), CONFIG)
    assert list(found) == ["measure", "region", "wave", "intervention", *rates.COLUMNS[2:]]
    assert found[["measure", "region", "wave", "intervention", "n", "events", "method"]].to_numpy().tolist() == [
        ["measured_of_help", "NL", "T3", "geen", 20, 20, "share"],
        ["measured_of_help", "NL", "T3", "huisverbod", 40, 30, "share"]]
    assert found[["low", "high"]].isna().all(axis=None)


def test_without_families_waves_or_interventions_there_is_no_drop_out():
    rows = arms(("huisverbod", 120, 60), ("geen", 120, 60))
    for given, config in ((rows.iloc[:0], TWO_WAVES), (rows, ONE_WAVE), (rows.drop(columns="intervention"), TWO_WAVES)):
        found = interventions.measured(*study(given, config), config)
        assert len(found) == 0 and list(found) == ["measure", "region", "wave", "intervention", *rates.COLUMNS[2:]]


def test_what_the_evidence_rests_on_is_one_row_an_intervention():
    both = pd.concat([row(name="systeemtherapie", evalue=None), row(name="huisverbod", evalue=1.2, left=0.07)])
    found = interventions.strength(both).set_index("intervention")
    names = ["n", "evalue", "evalue_limit", "unlike", "unlike_left"]
    assert found.loc["huisverbod", names].tolist() == [320, 3.0, 1.2, 0.6, 0.07]
    assert pd.isna(found.loc["systeemtherapie", "evalue_limit"]) and len(found) == 2


def test_the_ladder_of_what_was_computed_can_be_climbed():
    """60 of 120 beside 60 of 200: the limit 9 points, the ratio 1.3 and the E-value of it 1.9."""
    found = interventions.ladder(compared(arms(("huisverbod", 120, 60), ("geen", 200, 60))))
    assert found["evidence"].tolist() == ["redelijk"]
    found = interventions.ladder(compared(arms(("huisverbod", 120, 36), ("geen", 200, 60))))
    assert found["evidence"].tolist() == ["niet te onderscheiden"]


def test_an_answer_that_one_intervention_never_saw_stop_counts_as_the_commonest():
    """Twelve of 120 without help, poverty unknown, of whom none stopped: a logit of them has no maximum."""
    rows = arms(("huisverbod", 160, 60), ("geen", 120, 40)).astype({"poverty": "boolean"})
    odd = rows.index[(rows["intervention"] == "geen") & (rows["T2"] == 1)][:12]
    rows.loc[odd, "poverty"] = pd.NA
    found = pick(compared(rows), measure="apart")
    assert found[["value", "low", "high"]].notna().all(axis=None)
    commonest = rows["poverty"].value_counts().index[0]
    plain = pick(compared(rows.assign(poverty=rows["poverty"].fillna(commonest))), measure="apart")
    pd.testing.assert_frame_equal(found, plain)


def test_an_answer_that_every_intervention_saw_both_ways_stays():
    rows = arms(("huisverbod", 160, 60), ("geen", 120, 40)).astype({"poverty": "boolean"})
    both = [group.index[0] for _, group in rows.groupby(["intervention", "T2"])]
    rows.loc[both, "poverty"] = pd.NA
    merged = rows.assign(poverty=rows["poverty"].fillna(rows["poverty"].value_counts().index[0]))
    value, other = (pick(compared(each), measure="apart")["value"].iloc[0] for each in (rows, merged))
    assert value != pytest.approx(other, abs=1e-9)
