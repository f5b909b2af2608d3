import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import optimize, stats

from hgeval.errors import EstimateError
from hgeval.stats import shrinkage


def floats(column):
    return column.to_numpy(dtype="float64", na_value=np.nan)


def one(found, measure, method):
    rows = found[(found["measure"] == measure) & (found["method"] == method)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_reference_meta_shrinkage():
    told = case("meta_shrinkage")
    theirs = told.expected
    odds = shrinkage.logits(told.rows, region="study", events="y")
    told.same(odds["value"], theirs["yi"])
    told.same(odds["variance"], theirs["vi"])
    for name, numbers in theirs["methods"].items():
        found = shrinkage.random_effects(odds, method=name.lower())
        pooled, tau2 = one(found, "pooled", name.lower()), one(found, "tau2", name.lower())
        # The reference stopped its search for PM at 2.6e-5 from the root that its own EB, the same estimator, found.
        rtol = 3e-5 if name == "PM" else None
        told.same([pooled["value"], pooled["se"], tau2["value"]], list(numbers.values()), rtol=rtol)
    found = shrinkage.random_effects(odds)
    q, tau2 = one(found, "q", "reml"), one(found, "tau2", "reml")
    told.same([q["statistic"], q["p"]], [theirs["Q"], theirs["Q_p"]])
    told.same([one(found, "i2", "reml")["value"], one(found, "h2", "reml")["value"]], [theirs["I2"], theirs["H2"]])
    told.same([tau2["low"], tau2["high"]], theirs["tau2_qprofile"])
    hksj, wide = one(found, "pooled", "reml_hksj"), one(found, "prediction", "reml_hksj")
    told.same([hksj["se"], hksj["low"], hksj["high"]], [theirs["hksj_se"], *theirs["hksj_ci"]])
    told.same([wide["low"], wide["high"]], theirs["pi_knha_t"])
    plain = one(found, "prediction", "reml")
    told.same([plain["low"], plain["high"]], theirs["pi_z"])
    drawn = found[found["measure"] == "blup"]
    told.same(floats(drawn["value"]), theirs["blup_logit"])
    told.same(floats(drawn["se"]), theirs["blup_se"])


def test_paule_mandel_is_the_root_of_its_own_equation():
    """Why the tolerance of the reference is looser there: ours solves Q(tau2) = k - 1 to the last digit."""
    told = case("meta_shrinkage")
    odds = shrinkage.logits(told.rows, region="study", events="y")
    tau2 = one(shrinkage.random_effects(odds, method="pm"), "tau2", "pm")["value"]
    w = 1 / (odds["variance"] + tau2)
    mean = (w * odds["value"]).sum() / w.sum()
    assert_allclose((w * (odds["value"] - mean) ** 2).sum(), len(odds) - 1, rtol=1e-11)


def test_statsmodels_dersimonian_laird_is_ours():
    from statsmodels.stats.meta_analysis import combine_effects

    told = case("meta_shrinkage")
    odds = shrinkage.logits(told.rows, region="study", events="y")
    theirs = combine_effects(odds["value"].to_numpy(), odds["variance"].to_numpy(), method_re="dl")
    ours = shrinkage.random_effects(odds, method="dl")
    assert_allclose(one(ours, "pooled", "dl")["value"], theirs.mean_effect_re, rtol=1e-12)
    assert_allclose(one(ours, "tau2", "dl")["value"], theirs.tau2, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("method", ["ml", "reml"])
def test_the_likelihood_is_nowhere_higher(method, seed):
    random = np.random.default_rng(seed)
    v = random.uniform(0.05, 0.5, 8)
    y = random.normal(0, np.sqrt(v + 0.2))

    def loss(tau2):
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        found = ((w * (y - mean) ** 2).sum() - np.log(w).sum()) / 2
        return found + (np.log(w.sum()) / 2 if method == "reml" else 0)

    rows = pd.DataFrame({"region": range(8), "value": y, "variance": v})
    ours = one(shrinkage.random_effects(rows, method=method), "tau2", method)["value"]
    theirs = optimize.minimize_scalar(loss, bounds=(0, 10), method="bounded", options={"xatol": 1e-12})
    assert loss(ours) <= min(theirs.fun, loss(0.0)) + 1e-12


@pytest.mark.parametrize("method", sorted(shrinkage.TAU2))
def test_equal_regions_have_no_spread_and_are_drawn_wholly_to_the_mean(method):
    rows = pd.DataFrame({"region": list("abc"), "value": 0.4, "variance": [0.1, 0.2, 0.3]})
    found = shrinkage.random_effects(rows, method=method)
    tau2 = one(found, "tau2", method)
    assert tau2["value"] == 0 and pd.isna(tau2["low"])
    drawn = found[found["measure"] == "blup"]
    assert_allclose(floats(drawn["value"]), 0.4)
    assert_allclose(floats(drawn["se"]), np.sqrt(1 / (1 / 0.1 + 1 / 0.2 + 1 / 0.3)))
    assert one(found, "i2", method)["value"] == 0 and one(found, "h2", method)["value"] == 1


def test_a_region_of_which_little_is_known_is_drawn_further():
    rows = pd.DataFrame({"region": list("abcd"), "value": [1.0, 1.0, -1.0, -1.0], "variance": [0.01, 1.0, 0.01, 1.0]})
    found = shrinkage.random_effects(rows)
    drawn = found[found["measure"] == "blup"].set_index("region")["value"]
    assert 0.9 < drawn["a"] < 1 and 0 < drawn["b"] < drawn["a"]


def test_zero_cells_and_regions_without_families():
    rows = pd.DataFrame({"region": list("abcd"), "events": [0, 5, 3, 0], "n": [10, 5, 10, 0]})
    odds = shrinkage.logits(rows)
    assert_allclose(odds["value"][:3], [np.log(0.5 / 10.5), np.log(5.5 / 0.5), np.log(3 / 7)])
    assert_allclose(odds["variance"][:3], [1 / 0.5 + 1 / 10.5, 1 / 5.5 + 1 / 0.5, 1 / 3 + 1 / 7])
    found = shrinkage.random_effects(odds)
    without = shrinkage.random_effects(odds.iloc[:3])
    pd.testing.assert_frame_equal(found[found["region"] != "d"], without)
    assert found[found["region"] == "d"][["value", "low", "high", "se"]].isna().all().all()


def test_one_region_alone_has_no_spread():
    found = shrinkage.random_effects(pd.DataFrame({"region": ["a"], "value": [0.3], "variance": [0.1]}))
    assert found["value"].isna().all() and set(found["measure"]) == {"pooled", "tau2", "blup"}


def test_two_regions():
    found = shrinkage.random_effects(pd.DataFrame({"region": ["a", "b"], "value": [0.0, 2.0], "variance": [0.5, 0.5]}))
    assert_allclose(one(found, "tau2", "reml")["value"], 1.5)  # variance 2 of the values, less 0.5
    hksj = one(found, "pooled", "reml_hksj")
    assert_allclose(hksj["high"] - 1, stats.t.ppf(0.975, 1) * 1.0)


def test_what_cannot_be_is_told():
    rows = pd.DataFrame({"region": ["a", "b"], "value": [0.0, 2.0], "variance": [0.5, 0.0]})
    with pytest.raises(EstimateError, match="variantie"):
        shrinkage.random_effects(rows)
    with pytest.raises(EstimateError, match="Onbekende methode"):
        shrinkage.random_effects(rows, method="remll")
    with pytest.raises(EstimateError, match="deel is nooit groter"):
        shrinkage.logits(pd.DataFrame({"region": ["a"], "events": [3], "n": [2]}))
