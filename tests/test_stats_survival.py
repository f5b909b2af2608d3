"""Time to a repeat report without competing events: against R, by hand, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import survival

ASKED = {"time": "week", "event": "arrest"}


def followed(*pairs, **more):
    return pd.DataFrame(pairs, columns=["week", "arrest"]).assign(**more)


def numbers(frame, name):
    return frame[name].to_numpy(dtype="float64", na_value=np.nan)


def test_reference_km_logrank():
    told = case("km_logrank")
    asked = {name: told.params[name] for name in ("time", "event")}
    group, expected = told.params["group"], told.expected
    curve = survival.curve(told.rows, **asked, at=expected["at"], by=[group])
    medians = survival.medians(told.rows, **asked, by=[group])
    means = survival.restricted_mean(told.rows, **asked, tau=expected["tau"], by=[group])
    for name, theirs in expected["km"].items():
        ours = curve[(curve[group].astype("str") == name) & (curve["measure"] == "survival")]
        for column, key in (("value", "surv"), ("se", "se"), ("low", "lower"), ("high", "upper")):
            told.same(numbers(ours, column), np.array(theirs[key], dtype="float64"))
        assert (ours["n"] == theirs["n"]).all()
        middle = medians[medians[group].astype("str") == name]
        limits = np.array([*theirs["median"], *theirs["median_ci"]], dtype="float64")
        told.same(np.r_[numbers(middle, "value"), numbers(middle, "low"), numbers(middle, "high")], limits)
        mean = means[means[group].astype("str") == name]
        told.same([*numbers(mean, "value"), *numbers(mean, "se")], [theirs["rmst"], theirs["rmst_se"]])
    rank = survival.log_rank(told.rows, **asked, group=group)
    told.same([*numbers(rank, "statistic"), *numbers(rank, "p")], [expected["logrank_chi2"], expected["logrank_p"]])
    told.same(numbers(survival.peto(told.rows, **asked, group=group), "statistic"), expected["peto_chi2"])


def test_a_curve_by_hand_with_ties_and_censoring_at_an_event():
    rows = followed((1, 1), (2, 1), (2, 1), (2, 0), (4, 1), (5, 0))
    curve = survival.curve(rows, **ASKED, at=[0.5, 1, 2, 4, 9])
    shares = curve[curve["measure"] == "survival"]
    assert_allclose(numbers(shares, "value"), [1, 5 / 6, 1 / 2, 1 / 4, 1 / 4])
    assert list(shares["events"]) == [0, 1, 3, 4, 4]
    assert_allclose(numbers(curve[curve["measure"] == "at_risk"], "value"), [6, 6, 5, 2, 0])
    greenwood = np.array([0, 1 / 30, 1 / 30 + 2 / 15, 1 / 30 + 2 / 15 + 1 / 2])[[0, 1, 2, 3, 3]]
    assert_allclose(numbers(shares, "se"), np.array([1, 5 / 6, 1 / 2, 1 / 4, 1 / 4]) * np.sqrt(greenwood))
    assert np.isnan(numbers(shares, "low")[0]) and np.isnan(numbers(shares, "high")[0])  # nobody has had it: no limits


def test_a_median_on_a_stretch_at_a_half_is_its_middle():
    rows = followed((1, 1), (2, 1), (4, 1), (7, 1))
    assert numbers(survival.medians(rows, **ASKED), "value")[0] == 3.0
    held = followed((1, 1), (2, 1), (4, 0), (7, 0))
    assert numbers(survival.medians(held, **ASKED), "value")[0] == 4.5  # the curve ends at a half, at 7


def test_quantiles_by_hand_with_ties_and_censoring():
    """The curve is 5/6 from 1, 1/2 from 2, 1/4 from 4: a quarter have had it by 2, three quarters by 4."""
    rows = followed((1, 1), (2, 1), (2, 1), (2, 0), (4, 1), (5, 0))
    found = {share: numbers(survival.quantiles(rows, **ASKED, share=share), "value")[0]
             for share in (0.1, 0.25, 0.5, 0.75, 0.9)}
    assert found[0.1] == 1 and found[0.25] == 2
    assert found[0.5] == 3.0  # at a half from 2 until 4
    assert found[0.75] == 4.5 and np.isnan(found[0.9])  # the curve ends at a quarter, at 5


def test_a_quantile_at_a_half_is_the_median_with_its_limits():
    random = np.random.default_rng(4)
    rows = followed(*zip(random.integers(1, 30, 80), random.integers(0, 2, 80), strict=True))
    half, median = survival.quantiles(rows, **ASKED, share=0.5), survival.medians(rows, **ASKED)
    assert list(half["measure"]) == ["quantile"] and list(median["measure"]) == ["median"]
    pd.testing.assert_frame_equal(half.drop(columns="measure"), median.drop(columns="measure"))


@pytest.mark.parametrize("share", [0, 1, 1.5])
def test_a_share_that_is_no_part_is_refused(share):
    with pytest.raises(EstimateError, match="ligt tussen 0 en 1"):
        survival.quantiles(followed((1, 1)), **ASKED, share=share)


def test_all_have_the_event_at_once():
    rows = followed((3, 1), (3, 1), (3, 1))
    curve = survival.curve(rows, **ASKED, at=[2, 3]).iloc[:2]
    assert_allclose(numbers(curve, "value"), [1, 0])
    assert np.isnan(numbers(curve, "low")).all() and np.isnan(numbers(curve, "se")[1])
    assert numbers(survival.medians(rows, **ASKED), "value")[0] == 3
    mean = survival.restricted_mean(rows, **ASKED, tau=5)
    assert_allclose([numbers(mean, "value")[0], numbers(mean, "se")[0]], [3, 0])


@pytest.mark.parametrize("tau", [0.5, 1.0, 3.3, 6.0, 20.0])
def test_the_restricted_mean_is_the_area_under_the_curve(tau):
    random = np.random.default_rng(2)
    rows = followed(*zip(random.integers(1, 9, 40), random.integers(0, 2, 40), strict=True))
    grid = (np.arange(20000) + 0.5) * tau / 20000
    curve = survival.curve(rows, **ASKED, at=grid)
    area = numbers(curve[curve["measure"] == "survival"], "value").mean() * tau
    assert_allclose(numbers(survival.restricted_mean(rows, **ASKED, tau=tau), "value"), area, rtol=1e-3)


def test_a_log_rank_by_hand():
    rows = pd.concat([followed((1, 1), (3, 0), arm="a"), followed((2, 1), (4, 1), arm="b")])
    # Events at 1 (2 of 4 in a), 2 (1 of 3), 4 (0 of 1): expected in a 1/2 + 1/3, variance 1/4 + 2/9.
    found = survival.log_rank(rows, **ASKED, group="arm")
    assert_allclose(numbers(found, "statistic"), (1 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))
    # Peto and Peto weigh these by 1, 3/4 and 1/2, the share still without the event just before.
    early = survival.peto(rows, **ASKED, group="arm")
    assert_allclose(numbers(early, "statistic"), (1 / 2 - 3 / 4 / 3) ** 2 / (1 / 4 + 9 / 16 * 2 / 9))


def test_every_region_at_once_equals_each_alone():
    random = np.random.default_rng(3)
    rows = followed(*zip(random.exponential(9, 300), random.integers(0, 2, 300), strict=True))
    rows = rows.assign(region=random.choice(["VT01", "VT02", "VT03"], 300), arm=random.choice(list("abc"), 300))
    together = survival.log_rank(rows, **ASKED, group="arm", by=["region"])
    curves = survival.curve(rows, **ASKED, at=[1, 4], by=["region"])
    for region, part in rows.groupby("region"):
        alone = survival.log_rank(part, **ASKED, group="arm")
        assert_allclose(numbers(together[together["region"] == region], "statistic"), numbers(alone, "statistic"))
        one = survival.curve(part, **ASKED, at=[1, 4])
        assert_allclose(numbers(curves[curves["region"] == region], "value"), numbers(one, "value"))


def test_without_a_second_group_or_an_event_nothing_is_compared():
    rows = followed((1, 1), (2, 0), arm="a")
    assert survival.log_rank(rows, **ASKED, group="arm")["p"].isna().all()
    quiet = pd.concat([followed((1, 0), arm="a"), followed((2, 0), arm="b")])
    assert survival.log_rank(quiet, **ASKED, group="arm")["p"].isna().all()
    assert survival.medians(quiet, **ASKED)["value"].isna().all()
    assert (survival.curve(quiet, **ASKED, at=[1])["value"].iloc[0]) == 1


@pytest.mark.parametrize("wrong", [(-1, 1), (np.inf, 1), (1, 2)])
def test_a_time_or_event_that_cannot_be_is_refused(wrong):
    with pytest.raises(EstimateError):
        survival.curve(followed(wrong, (2, 0)), **ASKED, at=[1])
    with pytest.raises(EstimateError, match="mist de kolommen"):
        survival.curve(followed((1, 1)).drop(columns="week"), **ASKED, at=[1])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1)), min_size=1, max_size=25))
def test_a_curve_equals_the_product_over_times(pairs):
    rows, at = followed(*pairs), [0, 1, 3, 6]
    found = survival.curve(rows, **ASKED, at=at).iloc[: len(at)]
    time, event = rows["week"].to_numpy(), rows["arrest"].to_numpy()
    for value, when in zip(numbers(found, "value"), at, strict=True):
        moments = [each for each in sorted(set(time)) if each <= when]
        factors = [1 - event[time == each].sum() / (time >= each).sum() for each in moments]
        assert_allclose(value, np.prod(factors), atol=1e-12)
    low, high = numbers(found, "low"), numbers(found, "high")
    known = ~np.isnan(low)
    value = numbers(found, "value")
    assert (low[known] <= value[known]).all() and (value[known] <= high[known]).all()
