"""Count models: MASS's numbers, statsmodels' other standard errors, and counts that do not vary enough."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import counts

ASKED = {"outcome": "Days", "covariates": ["Sex", "Eth", "Age", "Lrn"]}


def test_reference_counts_nb():
    told = case("counts_nb")
    theirs = told.expected
    poisson, nb = counts.poisson(told.rows, **ASKED), counts.negative_binomial(told.rows, **ASKED)
    names = ["(Intercept)" if term == "(intercept)" else term.replace("[", "").rstrip("]") for term in by_term(nb)]
    for found, method, column, name in (
        (poisson, "poisson", "value", "poisson"), (poisson, "poisson", "se", "poisson_se"),
        (poisson, "poisson_hc0", "se", "poisson_se_hc0"), (nb, "nb2", "value", "nb"), (nb, "nb2", "se", "nb_se"),
    ):  # fmt: skip
        told.same(list(by_term(found, column, method=method).values()), [theirs[name][term] for term in names])
    told.same(one(poisson, measure="dispersion"), theirs["disp"])
    told.same(one(nb, measure="theta"), theirs["theta"])
    told.same(one(nb, measure="log_likelihood"), theirs["nb_loglik"])


def test_quasi_poisson_widens_by_the_root_of_the_dispersion():
    found = counts.poisson(case("counts_nb").rows, **ASKED)
    plain, wide = (by_term(found, "se", method=name)["Sex[M]"] for name in ("poisson", "quasi_poisson"))
    assert_allclose(wide, plain * np.sqrt(one(found, measure="dispersion")))
    assert pick(found, method="quasi_poisson")["df"].eq(139).all()


def test_statsmodels_still_gets_other_negative_binomial_errors():
    """Observed information: up to some 3% from the expected information that MASS takes. Equal when this fails."""
    import statsmodels.api as sm

    rows = case("counts_nb").rows
    x = pd.get_dummies(rows[ASKED["covariates"]], drop_first=True, dtype=float)
    theirs = sm.NegativeBinomial(rows["Days"], sm.add_constant(x)).fit(disp=0, maxiter=200)
    ours = counts.negative_binomial(rows, **ASKED)
    assert_allclose(theirs.params["Sex_M"], by_term(ours)["Sex[M]"], rtol=1e-3)
    ratios = theirs.bse.to_numpy()[:-1] / np.array(list(by_term(ours, "se").values()))
    assert np.abs(ratios - 1).max() > 0.01


def test_theta_is_the_highest_point_and_the_sample_gives_it():
    """Without covariates: the likelihood written out, a little to both sides."""
    from scipy import stats

    y = np.array([0, 0, 1, 2, 2, 3, 5, 9, 14, 0, 1, 7])
    found = counts.negative_binomial(pd.DataFrame({"y": y}), outcome="y", covariates=[])
    theta, mean = one(found, measure="theta"), y.mean()
    assert_allclose(np.exp(by_term(found)["(intercept)"]), mean)

    def height(at):
        return stats.nbinom.logpmf(y, at, at / (at + mean)).sum()

    assert_allclose(one(found, measure="log_likelihood"), height(theta))
    assert height(theta) > max(height(theta * 1.01), height(theta / 1.01))
    assert_allclose(by_term(found, "se")["(intercept)"], np.sqrt((1 / mean + 1 / theta) / 12))


def test_counts_that_vary_less_than_poisson_have_no_theta():
    rows = pd.DataFrame({"y": [3, 4, 3, 4, 3, 4, 5, 4], "x": [0, 0, 0, 0, 1, 1, 1, 1]})
    found = counts.negative_binomial(rows, outcome="y", covariates=["x"])
    plain = counts.poisson(rows, outcome="y", covariates=["x"])
    assert np.isnan(one(found, measure="theta"))
    assert_allclose(list(by_term(found, "se").values()), list(by_term(plain, "se", method="poisson").values()))


def test_exposure_makes_rates():
    rows = pd.DataFrame({"y": [4, 6, 9, 21], "x": [0, 0, 1, 1], "years": [10.0, 10, 10, 20]})
    for found in (counts.poisson(rows, outcome="y", covariates=["x"], exposure="years"),
                  counts.negative_binomial(rows, outcome="y", covariates=["x"], exposure="years")):  # fmt: skip
        values = list(found[found["measure"] == "coefficient"]["value"][:2].astype(float))
        assert_allclose(np.exp(values), [0.5, 2], rtol=1e-3)
    plain = counts.poisson(rows, outcome="y", covariates=["x"], exposure="years")
    assert_allclose(by_term(plain, "se", method="poisson")["x"], np.sqrt(1 / 10 + 1 / 30))


def test_a_group_without_events_is_missing():
    rows = pd.DataFrame({"y": [3, 1, 0, 0], "x": [0, 0, 1, 1]})
    for found in (counts.poisson(rows, outcome="y", covariates=["x"]),
                  counts.negative_binomial(rows, outcome="y", covariates=["x"])):  # fmt: skip
        assert found[["value", "low", "high", "se", "p"]].isna().all(axis=None)


def test_only_zeros_are_missing():
    rows = pd.DataFrame({"y": [0, 0, 0]})
    assert counts.poisson(rows, outcome="y", covariates=[])["value"].isna().all()
    assert counts.negative_binomial(rows, outcome="y", covariates=[])["value"].isna().all()


def test_one_row_has_no_dispersion():
    found = counts.poisson(pd.DataFrame({"y": [4]}), outcome="y", covariates=[])
    assert_allclose(by_term(found, method="poisson")["(intercept)"], np.log(4))
    assert np.isnan(one(found, measure="dispersion")) and pick(found, method="quasi_poisson")["se"].isna().all()


@pytest.mark.parametrize(("change", "told"), [({"y": -1}, "kleiner dan 0"), ({"years": 0}, "meer dan 0")])
def test_bad_counts_are_refused(change, told):
    rows = pd.DataFrame({"y": [4, 6], "years": [1.0, 2]}).assign(**change)
    for model in (counts.poisson, counts.negative_binomial):
        with pytest.raises(EstimateError, match=told):
            model(rows, outcome="y", covariates=[], exposure="years")
