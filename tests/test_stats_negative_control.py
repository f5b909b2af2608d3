"""Differences where none can be: by hand, against least squares of a library, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from hgeval.errors import EstimateError
from hgeval.stats import negative_control


def drawn(n=300, seed=1):
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    arm = np.array(["a", "b", "c"])[np.clip(np.round(x + random.normal(size=n)), -1, 1).astype(int) + 1]
    return pd.DataFrame({
        "arm": arm, "x": x, "before": (random.random(n) < 1 / (1 + np.exp(-x))) * 1, "age": 30 + random.normal(size=n),
        "worker": random.integers(0, 20, n),
    })


ASKED = {"outcomes": ["before", "age"], "arm": "arm", "reference": "a"}


def test_without_covariates_it_is_a_difference_of_means():
    rows = drawn()
    found = negative_control.negative_controls(rows, **ASKED).set_index(["outcome", "term"])
    means, variances = rows.groupby("arm")[["before", "age"]].mean(), rows.groupby("arm")[["before", "age"]].var(ddof=0)
    size = rows.groupby("arm").size()
    for outcome in ("before", "age"):
        for arm in ("b", "c"):
            row = found.loc[(outcome, arm)]
            assert_allclose(row["value"], means[outcome][arm] - means[outcome]["a"])
            assert_allclose(row["se"], np.sqrt((variances[outcome] / size)[[arm, "a"]].sum()))


def test_with_covariates_and_clusters_it_is_robust_least_squares():
    from statsmodels.regression.linear_model import OLS

    rows = drawn()
    found = negative_control.negative_controls(rows, **ASKED, covariates=["x"], cluster="worker")
    x = np.c_[np.ones(len(rows)), rows["x"], rows["arm"] == "b", rows["arm"] == "c"].astype("float64")
    theirs = OLS(rows["before"].to_numpy(), x).fit(
        cov_type="cluster", cov_kwds={"groups": rows["worker"].to_numpy(), "use_correction": False}
    )
    ours = found[found["outcome"] == "before"]
    assert_allclose(ours["value"].astype("float64"), theirs.params[2:])
    assert_allclose(ours["se"].astype("float64"), theirs.bse[2:] * np.sqrt(20 / 19))


def test_it_sees_what_the_covariates_leave_and_no_more():
    rows = drawn(2000)
    crude = negative_control.negative_controls(rows, **ASKED)
    assert crude.set_index(["outcome", "term"])["p"]["before"]["c"] < 0.001
    assert crude[crude["outcome"] == "all"]["p"].iloc[0] < 0.001
    adjusted = negative_control.negative_controls(rows, **ASKED, covariates=["x"])
    assert adjusted["p"].min() > 0.01 and adjusted["df"].iloc[-1] == 4


def test_all_at_once_keeps_its_level():
    found = [negative_control.negative_controls(drawn(150, seed), **ASKED, covariates=["x"]) for seed in range(80)]
    assert np.mean([each["p"].iloc[-1] < 0.05 for each in found]) < 0.14  # error 0.024


def test_edges():
    rows = drawn()
    twice = ASKED | {"outcomes": ["age", "again"]}
    double = negative_control.negative_controls(rows.assign(again=rows["age"]), **twice)
    assert double["p"].isna().iloc[-1] and double["p"].notna().iloc[0]
    flat = negative_control.negative_controls(rows.assign(age=30), **ASKED)
    assert (flat[flat["outcome"] == "age"]["value"].abs() < 1e-9).all()
    given = negative_control.negative_controls(rows.assign(z=(rows["arm"] == "b") * 1), **ASKED, covariates=["z"])
    assert given.set_index(["outcome", "term"])["value"].isna()["before"]["b"]
    one = negative_control.negative_controls(rows.assign(worker=1), **ASKED, cluster="worker")
    assert one["se"].isna().all()
    with pytest.raises(EstimateError, match="vergelijkingsgroep"):
        negative_control.negative_controls(rows, **(ASKED | {"reference": "z"}))
