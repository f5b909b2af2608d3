"""Random-intercept logistic regression: lme4's numbers, an integral by brute force, and its edges."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import integrate, special, stats

from hgeval.errors import EstimateError
from hgeval.stats import intercepts, terms

ASKED = {"outcome": "y", "covariates": ["period"], "group": "herd"}


def cbpp():
    rows = case("glmm_logit").rows
    return rows.assign(period=rows["period"].astype(str))


def test_reference_glmm_logit():
    told = case("glmm_logit")
    found, theirs = intercepts.logit(cbpp(), **ASKED), told.expected["agq25"]
    told.same(list(by_term(found).values()), list(theirs["coef"].values()))
    told.same(list(by_term(found, "se").values()), list(theirs["se"].values()))
    told.same(one(found, measure="sd"), theirs["sd"])
    told.same(one(found, measure="log_likelihood"), theirs["loglik"])
    told.same(one(found, measure="icc_latent"), told.expected["icc_latent"])
    told.same(one(found, measure="median_odds_ratio"), told.expected["mor"])
    modes = by_term(found, measure="conditional_mode")
    told.same([modes[name] for name in theirs["ranef"]], list(theirs["ranef"].values()))
    told.same(list(by_term(found, "se", measure="conditional_mode").values()), theirs["ranef_condsd"])


def test_reference_glmm_logit_laplace():
    told = case("glmm_logit")
    design = terms.build(cbpp(), outcome="y", covariates=["period"], cluster="herd")
    found, theirs = intercepts.fit(design, 1), told.expected["laplace"]
    told.same(found.coef, list(theirs["coef"].values()))
    told.same(found.se, list(theirs["se"].values()))
    told.same([found.sd, found.loglik], [theirs["sd"], theirs["loglik"]])
    told.same(found.modes, list(theirs["ranef"].values()))
    told.same(found.mode_sd, theirs["ranef_condsd"])


def pairs():
    """Families of two, where Laplace is biased and every region is small."""
    random = np.random.default_rng(8)
    g = np.repeat(range(150), 2)
    x = random.normal(size=300)
    y = random.random(300) < special.expit(-0.3 + 0.6 * x + 1.2 * random.normal(size=150)[g])
    return pd.DataFrame({"g": g, "x": x, "y": y.astype(int)})


def brute_force(rows, coef, sd):
    """The log likelihood by integrating each family with a general integrator."""
    total = 0.0
    for _, part in rows.groupby("g"):
        linear, y = coef[0] + coef[1] * part["x"].to_numpy(), part["y"].to_numpy()

        def chance(u, linear=linear, y=y):
            return np.exp(stats.norm.logpdf(u) + special.log_expit((2 * y - 1) * (linear + sd * u)).sum())

        total += np.log(integrate.quad(chance, -10, 10, epsabs=1e-13, limit=200)[0])
    return total


def test_the_likelihood_is_that_of_brute_force_and_is_highest_there():
    found = intercepts.logit(pairs(), outcome="y", covariates=["x"], group="g")
    coef, sd = list(by_term(found).values()), one(found, measure="sd")
    top = brute_force(pairs(), coef, sd)
    assert_allclose(one(found, measure="log_likelihood"), top, rtol=1e-8)
    for moved in ([coef[0] + 0.01, coef[1], sd], [coef[0], coef[1] - 0.01, sd], [coef[0], coef[1], sd + 0.02],
                  [coef[0], coef[1], sd - 0.02]):  # fmt: skip
        assert brute_force(pairs(), moved[:2], moved[2]) < top


def test_laplace_is_biased_for_families_of_two():
    design = terms.build(pairs(), outcome="y", covariates=["x"], cluster="g")
    assert intercepts.fit(design, 1).sd < 0.9 * intercepts.fit(design, 25).sd


@pytest.mark.parametrize("points", [1, 2, 14])
def test_too_few_points_are_refused(points):
    with pytest.raises(EstimateError, match="15"):
        intercepts.logit(cbpp(), points=points, **ASKED)


def test_15_points_are_enough_and_more_change_nothing():
    few, many = (intercepts.logit(cbpp(), points=points, **ASKED) for points in (15, 41))
    assert_allclose(few["value"], many["value"], rtol=1e-6)


def test_statsmodels_still_gets_the_random_intercept_wrong():
    """Its variational standard errors are half of what they are, or less. Mended when this fails."""
    from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

    rows = cbpp()
    design = terms.build(rows, outcome="y", covariates=["period"], cluster="herd")
    herds = np.equal.outer(design.codes, np.arange(15)).astype(float)
    model = BinomialBayesMixedGLM(design.y, design.x, herds, np.zeros(15, dtype=int))
    np.random.seed(3)  # its start
    theirs = np.asarray(model.fit_vb().fe_sd)
    assert abs(theirs[0] / case("glmm_logit").expected["agq25"]["se"]["(Intercept)"] - 1) > 0.3


def test_groups_that_do_not_differ_give_plain_logistic_regression():
    rows = pd.DataFrame({"y": [0, 1, 1, 0, 1] * 8, "x": [0, 0, 1, 1, 1] * 8, "g": np.repeat(range(8), 5)})
    found = intercepts.logit(rows, outcome="y", covariates=["x"], group="g")
    assert one(found, measure="sd") == 0 and np.isnan(one(found, "se", measure="sd"))
    assert_allclose(list(by_term(found).values()), [0, np.log(2)], atol=1e-9)
    assert_allclose(by_term(found, "se")["x"], np.sqrt(1 / (16 / 4) + 1 / (24 * 2 / 9)), rtol=1e-9)
    assert set(pick(found, measure="conditional_mode")["value"]) == {0.0}


@pytest.mark.parametrize("change", [{"y": 0}, {"g": 1}, {"y": "x"}])
def test_no_estimate_is_missing(change):
    """No events at all, one group, an outcome that a covariate separates."""
    rows = pairs().assign(x=lambda each: (each["x"] > 0).astype(int))
    rows = rows.assign(**{name: rows[value] if value == "x" else value for name, value in change.items()})
    found = intercepts.logit(rows, outcome="y", covariates=["x"], group="g")
    assert found[found["measure"] != "conditional_mode"]["value"].isna().all()
    assert pick(found, measure="conditional_mode")["value"].isna().all()
