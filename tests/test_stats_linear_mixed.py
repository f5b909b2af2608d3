"""Linear mixed model: sleepstudy, and what a balanced one-way table gives by hand."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import linear_mixed

ASKED = {"outcome": "Reaction", "covariates": ["Days"], "group": "Subject", "slopes": ["Days"]}


def test_reference_lmm():
    told = case("lmm")
    found = linear_mixed.reml(told.rows, **ASKED)
    coef, se, sd = by_term(found), by_term(found, "se"), by_term(found, measure="sd")
    names = {"(Intercept)": "(intercept)", "Days": "Days"}
    for theirs, ours in names.items():
        told.same(coef[ours], told.expected["coef"][theirs])
        told.same(se[ours], told.expected["se"][theirs])
        told.same(sd[ours], told.expected["sd"][f"Subject|{theirs}|NA"])
    told.same(sd["residual"], told.expected["sd"]["Residual|NA|NA"])
    told.same(one(found, measure="correlation"), told.expected["sd"]["Subject|(Intercept)|Days"])
    told.same(one(found, measure="log_likelihood", method="reml"), told.expected["reml"])
    told.same(one(found, measure="log_likelihood", method="ml"), told.expected["ml_loglik"])
    blup = pick(found, measure="prediction", term="(intercept)").set_index("group")["value"]
    told.same([blup[name] for name in told.expected["blup"]], list(told.expected["blup"].values()))


def test_reference_published_sleepstudy():
    """Printed in Bates et al. 2015, table of the sleepstudy model: 251.405 (6.825), 10.467 (1.546)."""
    found = linear_mixed.reml(case("lmm").rows, **ASKED)
    assert_allclose(list(by_term(found).values()), [251.405, 10.467], atol=5e-4)
    assert_allclose(list(by_term(found, "se").values()), [6.825, 1.546], atol=5e-4)
    assert_allclose(list(by_term(found, measure="sd").values()), [24.740, 5.922, 25.592], atol=1.5e-3)


def one_way():
    random = np.random.default_rng(3)
    g = np.repeat(range(12), 6)
    return pd.DataFrame({"g": g, "y": 5 + random.normal(size=12)[g] * 2 + random.normal(size=72)})


def test_a_balanced_table_gives_the_analysis_of_variance():
    rows = one_way()
    means = rows.groupby("g")["y"].mean()
    between, within = 6 * means.var(), rows.groupby("g")["y"].var().mean()
    found = linear_mixed.reml(rows, outcome="y", covariates=[], group="g")
    sd = by_term(found, measure="sd")
    assert_allclose([sd["(intercept)"], sd["residual"]], [np.sqrt((between - within) / 6), np.sqrt(within)], rtol=1e-5)
    assert_allclose(by_term(found, "se")["(intercept)"], np.sqrt(between / 72), rtol=1e-5)
    shrunk = (means - rows["y"].mean()) * (1 - within / between)
    assert_allclose(pick(found, measure="prediction")["value"].astype(float), shrunk, rtol=1e-4, atol=1e-6)
    assert len(pick(found, measure="correlation")) == 0


def test_groups_alike_have_an_sd_of_nothing_and_no_correlation():
    rows = pd.DataFrame({"g": np.repeat(range(6), 4), "x": [0.0, 1, 2, 3] * 6, "y": [1.0, 3, 2, 5] * 6})
    found = linear_mixed.reml(rows, outcome="y", covariates=["x"], group="g")
    sd = by_term(found, measure="sd")
    assert sd["(intercept)"] < 1e-3 * sd["residual"]
    both = linear_mixed.reml(rows, outcome="y", covariates=["x"], group="g", slopes=["x"])
    assert np.isfinite(list(by_term(both).values())).all()


def test_one_group_is_missing():
    found = linear_mixed.reml(one_way().assign(g=1), outcome="y", covariates=[], group="g")
    assert found["value"].isna().all()


@pytest.mark.parametrize("column", ["kind", "constant"])
def test_a_slope_needs_numbers_that_differ(column):
    rows = one_way().assign(kind=["a", "b"] * 36, constant=2.0)
    with pytest.raises(EstimateError, match=column):
        linear_mixed.reml(rows, outcome="y", covariates=[], group="g", slopes=[column])
