from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import census


def row(found, measure, method):
    return found[(found["measure"] == measure) & (found["method"] == method)].reset_index(drop=True)


def floats(column):
    return column.to_numpy(dtype="float64", na_value=np.nan)


def test_reference_hypergeom_ci():
    told = case("hypergeom_ci")
    found = census.shares(told.rows, events="x", population="N", level="conf")
    theirs = pd.DataFrame(told.expected)
    exact, midp = row(found, "share", "hypergeometric"), row(found, "share", "hypergeometric_midp")
    total, bounds = row(found, "share_total", "hypergeometric"), row(found, "share_total", "nonresponse_bounds")
    told.same(floats(exact["low"]), theirs["p_lo"])
    told.same(floats(exact["high"]), theirs["p_hi"])
    told.same(floats(exact["se"]), theirs["se_fpc"])
    told.same(floats(total["low"]), theirs["M_lo"])
    told.same(floats(total["high"]), theirs["M_hi"])
    told.same(floats(total["value"]), theirs["M_hat"])
    told.same(floats(midp["low"]) * theirs["N"], theirs["M_lo_midp"])
    told.same(floats(midp["high"]) * theirs["N"], theirs["M_hi_midp"])
    told.same(np.column_stack([floats(bounds["low"]), floats(bounds["high"])]), np.array(theirs["manski"].tolist()))
    assert exact["level"].tolist() == told.rows["conf"].tolist()


def pmf(x, n, total, whole):
    return comb(total, x) * comb(whole - total, n - x) / comb(whole, n)


def test_the_exact_interval_never_covers_less_than_it_says_for_any_population_of_26():
    worst = 1.0
    for n in range(0, 27):
        low, high = census.hypergeometric(np.arange(n + 1), n, 26)
        for total in range(27):
            worst = min(worst, sum(
                pmf(x, n, total, 26) for x in range(n + 1) if n - x <= 26 - total and low[x] <= total <= high[x]
            ))
    assert 0.95 <= worst < 0.96  # and it is not simply everything


def test_the_midp_interval_does_cover_less_somewhere_and_wilson_with_correction_far_less():
    """Why the exact one is the default: the others are shorter because they sometimes miss."""
    worst, wilson = 1.0, 1.0
    for n in range(2, 26):
        low, high = census.hypergeometric_midp(np.arange(n + 1), n, 26)
        small = (n - 1) / (1 - n / 26)  # the sample that would be as sure without the correction
        lower, upper = rates.wilson(np.arange(n + 1) / n * small, np.full(n + 1, small))
        for total in range(27):
            chance = {x: pmf(x, n, total, 26) for x in range(n + 1) if n - x <= 26 - total}
            worst = min(worst, sum(p for x, p in chance.items() if low[x] <= total <= high[x]))
            wilson = min(wilson, sum(p for x, p in chance.items() if lower[x] <= total / 26 <= upper[x]))
    assert 0.85 < worst < 0.95 and wilson < 0.9


@given(st.data())
def test_the_interval_is_the_totals_that_a_test_does_not_reject(data):
    whole = data.draw(st.integers(1, 40))
    n = data.draw(st.integers(0, whole))
    x = data.draw(st.integers(0, n))
    kept = []
    for total in range(x, whole - n + x + 1):
        more = sum(pmf(k, n, total, whole) for k in range(x, min(n, total) + 1))
        less = sum(pmf(k, n, total, whole) for k in range(0, x + 1) if n - k <= whole - total)
        if more > 0.025 * (1 + 1e-9) and less > 0.025 * (1 + 1e-9):
            kept.append(total)
    low, high = census.hypergeometric(x, n, whole)
    assert (low[0], high[0]) == (min(kept), max(kept))
    inner = census.hypergeometric_midp(x, n, whole)
    assert low[0] <= inner[0][0] <= inner[1][0] <= high[0]


def test_a_chance_of_exactly_the_tail_is_rejected():
    # One of forty was asked and has it: were it the only one, the chance was 1 in 40, which is not above .025.
    low, high = census.hypergeometric(1, 1, 40)
    assert (low[0], high[0]) == (2, 40)


def test_nobody_answered_says_nothing_and_everybody_says_all():
    found = census.shares(pd.DataFrame({"events": [0, 7, 1], "n": [0, 26, 1], "population": 26}))
    exact = row(found, "share", "hypergeometric")
    assert pd.isna(exact["value"][0]) and (exact["low"][0], exact["high"][0]) == (0, 1)
    assert exact["low"][1] == exact["value"][1] == exact["high"][1] == 7 / 26 and exact["se"][1] == 0
    assert exact["se"].isna().tolist() == [True, False, True]


def test_one_of_one_and_missing_counts():
    found = census.shares(
        pd.DataFrame({"item": ["a", "b"], "events": [1, pd.NA], "n": [1, 3], "population": [1, 5]}), by=["item"]
    )
    exact = row(found, "share", "hypergeometric")
    assert exact["low"][0] == exact["high"][0] == 1
    assert exact.loc[1, ["value", "low", "high", "se"]].isna().all()
    assert exact["item"].tolist() == ["a", "b"] and exact["region"].tolist() == ["NL", "NL"]


def test_no_rows_give_no_rows():
    assert len(census.shares(pd.DataFrame({"events": [], "n": [], "population": []}))) == 0


@pytest.mark.parametrize("counts", [(3, 2, 26), (-1, 2, 26), (2, 27, 26), (1.5, 2, 26)])
def test_impossible_counts_are_told(counts):
    with pytest.raises(EstimateError, match="0 <= events <= n <= population"):
        census.hypergeometric(*counts)


def test_more_sure_is_wider_and_the_input_stays():
    rows = pd.DataFrame({"events": [5], "n": [20], "population": [26]})
    before = rows.copy()
    ninety, ninety_nine = (census.shares(rows, level=level) for level in (0.9, 0.99))
    assert (ninety["high"] - ninety["low"])[0] < (ninety_nine["high"] - ninety_nine["low"])[0]
    pd.testing.assert_frame_equal(rows, before)
    assert_allclose(float(ninety["se"][0]), np.sqrt((6 / 26) * 0.25 * 0.75 / 19))
