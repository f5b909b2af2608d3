"""Assigned against delivered: the Minneapolis experiment, instruments by whole matrices, and no first stage."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import one, pick
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import instruments

ASKED = {"outcome": "y", "assigned": "z", "delivered": "d"}


def test_reference_iv_late():
    told = case("iv_late")
    found, theirs = instruments.late(told.rows, **ASKED), told.expected
    for measure, name in (("first_stage", "first_stage"), ("itt", "itt"), ("late", "late"), ("as_treated", "ols")):
        told.same(one(found, measure=measure, method="iid"), theirs[name])
    told.same(one(found, measure="late", method="hc0"), theirs["wald_check"])
    for method in ("iid", "hc0"):
        told.same(one(found, "se", measure="late", method=method), theirs[f"se_{method}"])


def test_reference_published_mdve():
    """Angrist 2006: first stage .786, intention to treat .114, late .145."""
    found = instruments.late(case("iv_late").rows, **ASKED)
    shown = [round(one(found, measure=name, method="iid"), 3) for name in ("first_stage", "itt", "late")]
    assert shown == [0.786, 0.114, 0.145]


def simulated(n=400, seed=4):
    random = np.random.default_rng(seed)
    age, z, hidden = random.normal(size=n), random.integers(0, 2, n), random.normal(size=n)
    d = (0.8 * z + 0.3 * age + 0.5 * hidden + random.normal(size=n) > 0.5).astype(int)
    return pd.DataFrame({"z": z, "d": d, "age": age, "y": d + age - hidden + random.normal(size=n)})


def test_covariates_stand_in_both_stages():
    rows = simulated()
    found = instruments.late(rows, covariates=["age"], **ASKED)
    x, z = (np.column_stack([np.ones(400), rows[name], rows["age"]]) for name in ("d", "z"))
    coef = np.linalg.solve(z.T @ x, z.T @ rows["y"])
    e = rows["y"].to_numpy() - x @ coef
    inside = np.linalg.inv(z.T @ x)
    assert_allclose(one(found, measure="late", method="iid"), coef[1], rtol=1e-10)
    assert_allclose(one(found, "se", measure="late", method="hc0"),
                    np.sqrt((inside @ (z.T * e**2) @ z @ inside.T)[1, 1]), rtol=1e-9)  # fmt: skip
    assert_allclose(one(found, "se", measure="late", method="iid"),
                    np.sqrt((inside @ z.T @ z @ inside.T)[1, 1] * (e**2).sum() / 397), rtol=1e-9)  # fmt: skip


def test_the_strength_is_the_square_of_t():
    found = instruments.late(simulated(), **ASKED)
    t = one(found, "statistic", measure="first_stage", method="iid")
    assert_allclose(one(found, measure="first_stage_f"), t**2)


def test_all_follow_the_assignment():
    rows = simulated().assign(d=lambda each: each["z"])
    found = instruments.late(rows, **ASKED)
    difference = rows.groupby("z")["y"].mean().diff().iloc[1]
    for measure in ("itt", "late", "as_treated"):
        assert_allclose(one(found, measure=measure, method="hc0"), difference)
    assert_allclose(one(found, measure="first_stage", method="iid"), 1)


def test_an_assignment_that_changes_nothing_has_no_late():
    rows = pd.DataFrame({"z": [0, 0, 1, 1] * 5, "d": [0, 1] * 10, "y": np.arange(20.0) ** 2 % 7})
    found = instruments.late(rows, **ASKED)
    assert pick(found, measure="late")[["value", "se", "low", "p"]].isna().all(axis=None)
    assert_allclose(one(found, measure="first_stage", method="iid"), 0, atol=1e-12)
    assert np.isfinite(one(found, measure="itt", method="iid"))


@pytest.mark.parametrize(("column", "missing"), [("z", ["first_stage", "itt", "late"]), ("d", ["as_treated", "late"])])
def test_a_constant_column_leaves_what_rests_on_it_missing(column, missing):
    found = instruments.late(simulated().assign(**{column: 1}), **ASKED)
    values = pick(found, method="iid").set_index("measure")["value"]
    assert set(values.index[values.isna()]) == set(missing)


def test_two_rows_have_a_value_and_no_error():
    found = instruments.late(pd.DataFrame({"z": [0, 1], "d": [0, 1], "y": [2.0, 5]}), **ASKED)
    assert_allclose(one(found, measure="late", method="iid"), 3)
    assert np.isnan(one(found, "se", measure="late", method="iid"))


def test_a_column_that_lacks_is_named():
    with pytest.raises(EstimateError, match="toegewezen"):
        instruments.late(simulated(), outcome="y", assigned="toegewezen", delivered="d")
