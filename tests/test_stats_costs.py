"""Costs: a gamma model, Fieller's limits by looking at every ratio, and ratios without limits."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import stats

from hgeval.errors import EstimateError
from hgeval.stats import costs

ASKED = {"arm": "arm", "cost": "cost", "effect": "eff"}
COSTS = {"outcome": "re78", "covariates": ["treat", "age", "educ", "married"]}


def test_reference_gamma_cost():
    told = case("gamma_cost")
    found, theirs = costs.gamma_log(told.rows, **COSTS), told.expected
    for method, column, name in (("gamma", "value", "coef"), ("gamma", "se", "se"), ("gamma_hc0", "se", "se_hc0")):
        told.same(list(by_term(found, column, method=method).values()), list(theirs[name].values()))
    told.same(one(found, measure="dispersion"), theirs["pearson_disp"])
    told.same(one(found, measure="deviance"), theirs["deviance"])


def test_reference_icer():
    told = case("icer")
    found, theirs = costs.icer(told.rows, willingness=told.params["lambda"], **ASKED), told.expected
    for measure, value, se in (("cost_difference", "dC", "se_dC"), ("effect_difference", "dE", "se_dE")):
        told.same([one(found, measure=measure), one(found, "se", measure=measure)], [theirs[value], theirs[se]])
    told.same(one(found, measure="covariance"), theirs["cov"])
    row = pick(found, measure="icer")
    told.same(row[["value", "low", "high"]].to_numpy(dtype=float)[0], [theirs["icer"], *theirs["fieller"]])
    assert row["method"].item() == "fieller"
    told.same(one(found, measure="fieller_a"), theirs["fieller_A"])
    told.same(one(found, measure="fieller_discriminant"), theirs["fieller_disc"])
    for each in theirs["nmb"]:
        benefit = pick(found, measure="net_benefit", willingness=str(each["lambda"]))
        ours = benefit[["value", "se", "low", "high"]].to_numpy(dtype=float)[0]
        told.same(ours, [each["nmb"], each["se"], *each["ci"]])
        told.same(one(found, measure="acceptability", willingness=str(each["lambda"])), each["ceac_normal"])


def arms(effects, seed=0, n=30):
    """Two arms of n with these chances of an effect."""
    random = np.random.default_rng(seed)
    arm = np.repeat([0, 1], n)
    effect = (random.random(2 * n) < np.array(effects)[arm]).astype(float)
    return pd.DataFrame({"arm": arm, "eff": effect, "cost": random.gamma(2, 800, 2 * n) + 700 * arm})


def kept_ratios(rows, ratios, level=0.95):
    """Which ratios r the data do not rule out: the difference of cost - r * effect is not sure to differ from 0."""
    on, off = (rows[rows["arm"] == each] for each in (1, 0))
    x, y = (part["cost"].to_numpy()[:, None] - part["eff"].to_numpy()[:, None] * ratios for part in (on, off))
    z = (x.mean(axis=0) - y.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) / len(x) + y.var(axis=0, ddof=1) / len(y))
    return np.abs(z) <= stats.norm.ppf((1 + level) / 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(0.2, 0.8), (0.5, 0.5), (0.4, 0.6), (0.8, 0.3)]))
def test_limits_hold_exactly_the_ratios_that_are_not_ruled_out(seed, effects):
    rows = arms(effects, seed)
    row = pick(costs.icer(rows, **ASKED), measure="icer")
    ratios = np.linspace(-1e6, 1e6, 4001) + 0.5
    kept = kept_ratios(rows, ratios)
    if row["method"].item() == "fieller":
        low, high = row[["low", "high"]].to_numpy(dtype=float)[0]
        edge = np.abs(kept_ratios(rows, np.array([low * (1 - 1e-7), high * (1 + 1e-7)])) * 1).sum()
        assert low < high and (kept == ((ratios >= low) & (ratios <= high))).all() and edge <= 2
    else:
        assert row[["low", "high"]].isna().all(axis=None)
        assert kept[0] or kept[-1]  # there are ratios without end among them


def test_no_sure_effect_has_no_limits_and_says_so():
    found = costs.icer(arms((0.5, 0.5), 1), willingness=[20_000], **ASKED)
    row = pick(found, measure="icer")
    assert row["method"].item() == "fieller_unbounded" and row[["low", "high"]].isna().all(axis=None)
    assert row["value"].notna().all()
    assert np.isfinite(one(found, "low", measure="net_benefit"))


def test_no_difference_of_effect_has_no_ratio():
    rows = pd.DataFrame({"arm": [0, 0, 1, 1], "eff": [0, 1, 1, 0], "cost": [10.0, 20, 30, 44]})
    found = costs.icer(rows, **ASKED)
    assert np.isnan(one(found, measure="icer")) and pick(found, measure="icer")["method"].item() == "fieller_unbounded"
    assert_allclose(one(found, measure="cost_difference"), 22)


@pytest.mark.parametrize("size", [0, 1])
def test_an_arm_of_none_or_one_has_no_limits(size):
    rows = arms((0.2, 0.8)).query("arm == 0 or index < 30 + @size")
    found = costs.icer(rows, willingness=[1000], **ASKED)
    assert pick(found, measure="icer")["method"].item() == "fieller_undefined"
    assert found[["low", "high", "se"]].isna().all(axis=None)
    assert pick(found, measure="acceptability")["value"].isna().all()
    assert pick(found, measure="icer")["value"].isna().item() == (size == 0)


def test_costs_and_effects_that_do_not_vary_have_no_chance():
    rows = pd.DataFrame({"arm": [0, 0, 1, 1], "eff": [0, 0, 1, 1], "cost": [10.0, 10, 30, 30]})
    found = costs.icer(rows, willingness=[25], **ASKED)
    assert_allclose(pick(found, measure="icer")[["value", "low", "high"]].to_numpy(dtype=float)[0], [20, 20, 20])
    assert pick(found, measure="acceptability")["value"].isna().all()


def test_acceptability_rises_to_the_chance_of_an_effect():
    found = costs.icer(arms((0.2, 0.8)), willingness=[0, 1e3, 1e4, 1e9], **ASKED)
    chances = pick(found, measure="acceptability")["value"].astype(float).to_numpy()
    assert (np.diff(chances) > 0).all()
    assert_allclose(chances[-1], stats.norm.cdf(one(found, "statistic", measure="effect_difference")), rtol=1e-4)


@pytest.mark.parametrize("cost", [0, -5])
def test_a_cost_of_nothing_is_refused(cost):
    rows = case("gamma_cost").rows.assign(re78=lambda each: each["re78"].where(each.index > 0, cost))
    with pytest.raises(EstimateError, match="boven 0"):
        costs.gamma_log(rows, **COSTS)


def test_arms_are_0_and_1():
    with pytest.raises(EstimateError, match="arm"):
        costs.icer(arms((0.2, 0.8)).assign(arm=2), **ASKED)
