"""Firth's logistic regression: the endometrial cancer data, tables of four cells by hand, and separation."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import optimize, stats

from hgeval.errors import EstimateError
from hgeval.stats import firth

ASKED = {"outcome": "HG", "covariates": ["NV", "PI", "EH"]}


def test_reference_firth():
    told = case("firth")
    found = firth.logit(told.rows, **ASKED)
    told.same(list(by_term(found, method="firth_wald").values()), list(told.expected["coef"].values()))
    told.same(list(by_term(found, "se", method="firth_wald").values()), list(told.expected["se"].values()))


def test_reference_published_firth_endometrial():
    """Heinze & Schemper 2002: NV 2.929, PI -0.035, EH -2.604."""
    found = by_term(firth.logit(case("firth").rows, **ASKED), method="firth_profile")
    assert [round(found[name], 3) for name in ("NV", "PI", "EH")] == [2.929, -0.035, -2.604]


def height(x, y, coef):
    """Penalised log likelihood, written out."""
    p = 1 / (1 + np.exp(-x @ coef))
    return (y * np.log(p) + (1 - y) * np.log(1 - p)).sum() + np.linalg.slogdet(x.T @ (p * (1 - p) * x.T).T)[1] / 2


def test_limits_are_where_the_profile_has_fallen():
    """A general optimiser over the other coefficients, at each limit and at nothing."""
    rows = case("firth").rows
    found = firth.logit(rows, **ASKED)
    x, y = np.column_stack([np.ones(len(rows)), rows[ASKED["covariates"]]]), rows["HG"].to_numpy()
    coef = np.array(list(by_term(found, method="firth_wald").values()))
    top = height(x, y, coef)
    assert_allclose(one(found, measure="log_likelihood"), top)

    def profile(term, value):
        rest = [each for each in range(4) if each != term]

        def lower(free):
            at = np.zeros(4)
            at[term], at[rest] = value, free
            return -height(x, y, at)

        return -optimize.minimize(lower, coef[rest], method="Nelder-Mead",
                                  options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000}).fun  # fmt: skip

    for term in (1, 3):
        row = pick(found, method="firth_profile").iloc[term]
        for limit in (row["low"], row["high"]):
            assert_allclose(2 * (top - profile(term, limit)), stats.chi2.ppf(0.95, 1), rtol=1e-6)
        assert_allclose(row["statistic"], 2 * (top - profile(term, 0.0)), rtol=1e-6)
        assert_allclose(row["p"], stats.chi2.sf(row["statistic"], 1))


@pytest.mark.parametrize("cells", [(5, 0, 3, 4), (6, 0, 0, 7), (2, 3, 4, 1), (1, 0, 0, 1)])
def test_a_table_of_four_cells_is_a_half_added_to_each(cells):
    """Firth's estimate of a saturated table is that of the table with .5 in each cell more (Heinze & Schemper)."""
    a, b, c, d = cells
    rows = pd.DataFrame({"x": np.repeat([1, 1, 0, 0], cells), "y": np.repeat([1, 0, 1, 0], cells)})
    found = by_term(firth.logit(rows, outcome="y", covariates=["x"]), method="firth_wald")
    assert_allclose(found["x"], np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))), rtol=1e-8)


def test_an_interval_under_separation_has_both_ends():
    rows = pd.DataFrame({"x": np.repeat([1, 0], 10), "y": np.repeat([1, 0], 10)})
    row = pick(firth.logit(rows, outcome="y", covariates=["x"]), method="firth_profile", term="x")
    assert 0 < row["low"].item() < row["value"].item() < row["high"].item()


def test_no_events_at_all_has_an_answer():
    found = firth.logit(pd.DataFrame({"y": [0] * 9}), outcome="y", covariates=[])
    assert_allclose(by_term(found, method="firth_wald")["(intercept)"], np.log(0.5 / 9.5), rtol=1e-8)


def test_a_constant_column_is_missing_and_the_rest_stands():
    rows = case("firth").rows.assign(constant=1)
    found = firth.logit(rows, outcome="HG", covariates=["NV", "constant", "PI", "EH"])
    assert pick(found, term="constant")[["value", "low", "se", "p"]].isna().all(axis=None)
    assert_allclose(by_term(found, method="firth_wald")["EH"], case("firth").expected["coef"]["EH"], rtol=1e-6)


def test_scales_of_columns_do_not_matter():
    rows = case("firth").rows
    far = rows.assign(PI=rows["PI"] * 1e5 + 3e6)
    ours, theirs = (by_term(firth.logit(each, **ASKED), "high", method="firth_profile") for each in (far, rows))
    assert_allclose([ours["NV"], ours["PI"] * 1e5], [theirs["NV"], theirs["PI"]], rtol=1e-5)


def test_an_outcome_of_more_than_two_is_refused():
    with pytest.raises(EstimateError, match="0 en 1"):
        firth.logit(case("firth").rows, outcome="PI", covariates=["EH"])
