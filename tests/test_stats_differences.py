import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.optimize import minimize_scalar
from scipy.stats import chi2_contingency

from hgeval.errors import EstimateError
from hgeval.stats import differences


def numbers(found: pd.DataFrame, *names: str) -> np.ndarray:
    return found[list(names)].to_numpy(dtype=float, na_value=np.nan)


def theirs(expected: list[dict], name: str, width: int = 2) -> np.ndarray:
    """Numbers of a reference case; what has no end or is not defined is missing."""
    def one(cell):
        parts = cell if isinstance(cell, list) else [cell] * (1 if cell is not None else width)
        return [np.nan if part in (None, "Infinity") else part for part in parts]

    return np.array([one(each[name]) for each in expected], dtype=float)


def test_reference_prop_diff():
    known = case("prop_diff")
    for method in differences.DIFFERENCES:
        found = differences.difference(known.rows, method=method, level=known.params["conf"])
        known.same(numbers(found, "value"), theirs(known.expected, "rd"))
        known.same(numbers(found, "low", "high"), theirs(known.expected, f"rd_{method}"))
    for method in differences.RATIOS:
        found = differences.ratio(known.rows, method=method)
        known.same(numbers(found, "value"), theirs(known.expected, "rr"))
        known.same(numbers(found, "low", "high"), theirs(known.expected, f"rr_{method}"))
    found = differences.odds_ratio(known.rows)
    woolf, exact = (found[found["method"] == method] for method in ("woolf", "conditional_exact"))
    known.same(numbers(woolf, "value"), theirs(known.expected, "or_sample"))
    known.same(numbers(woolf, "low", "high"), theirs(known.expected, "or_woolf"))
    known.same(numbers(exact, "value"), theirs(known.expected, "or_cond_mle"))
    known.same(numbers(exact, "low", "high"), theirs(known.expected, "or_exact"))
    known.same(numbers(exact, "p"), theirs(known.expected, "fisher_p"))
    found = differences.tests(known.rows)
    plain, yates = (found[found["method"] == method] for method in ("chi2", "chi2_yates"))
    known.same(numbers(plain, "statistic"), theirs(known.expected, "chisq"))
    known.same(numbers(plain, "p"), theirs(known.expected, "chisq_p"))
    known.same(numbers(yates, "p"), theirs(known.expected, "chisq_cc_p"))


def test_reference_trend():
    known = case("trend")
    found = differences.several(known.rows, events="x", n="n", score="score").set_index("measure")
    known.same(found.loc["trend", ["statistic", "p"]].astype(float), [known.expected["chi2"], known.expected["p"]])
    same = found.loc["same_share", ["statistic", "p"]].astype(float)
    known.same(same, [known.expected["het_chi2"], known.expected["het_p"]])


def test_reference_published_newcombe1998_diff():
    printed = {"newcombe": (0.0524, 0.3339), "miettinen_nurminen": (0.0528, 0.3382), "mee": (0.0533, 0.3377)}
    for method, limits in printed.items():
        assert_allclose(np.ravel(differences.DIFFERENCES[method](56, 70, 48, 80, 0.95)), limits, atol=5e-5)


def test_reference_published_mdve():
    """Repeats after arrest, advice and separation (Sherman & Berk 1984): 5.74 with p .017, and 5.76 with p .056."""
    delivered = pd.DataFrame({"events": [18, 16, 23], "n": [136, 89, 89]})
    all_three = differences.several(delivered).iloc[0]
    assert_allclose([all_three["statistic"], all_three["p"], all_three["df"]], [5.76, 0.056, 2], atol=5e-3)
    assert round(all_three["p"], 3) == 0.056
    two = differences.tests(pd.DataFrame({"x1": [18], "n1": [136], "x2": [23], "n2": [89]})).iloc[0]
    assert round(two["statistic"], 2) == 5.74 and round(two["p"], 3) == 0.017


def test_statsmodels_still_gets_the_score_difference_wrong():
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(56, 70, 48, 80, compare="diff", method="score", correction=True)
    assert round(low, 4) == 0.0526 and round(high, 4) == 0.3440  # printed: .0528 and .3382


@pytest.mark.parametrize("counts", [(88, 301, 61, 275), (9, 10, 3, 10), (5, 56, 0, 29)])
def test_statsmodels_still_raises_on_the_score_difference(counts):
    from statsmodels.stats.proportion import confint_proportions_2indep

    with pytest.raises(ValueError), np.errstate(all="ignore"):
        confint_proportions_2indep(*counts, compare="diff", method="score", correction=True)
    assert np.isfinite(np.ravel(differences.miettinen_nurminen(*counts))).all()


PART = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=25, deadline=None)
@given(first=PART, second=PART, where=st.floats(-0.95, 0.95))
def test_the_score_uses_the_most_likely_shares(first, second, where):
    """The shares under p1 - p2 = d, found by maximising the likelihood, give the same score."""
    (a, m), (b, n) = first, second
    parts = [np.array([float(each)]) for each in (a, m, b, n)]

    def unlikely(q):
        p = q + where
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = [count * np.log(share) for count, share in ((a, p), (m - a, 1 - p), (b, q), (n - b, 1 - q)) if count]
        return -sum(logs)

    ends = max(0, -where), min(1, 1 - where)
    best = minimize_scalar(unlikely, bounds=ends, method="bounded", options={"xatol": 1e-12}).x
    best = min((best, *ends), key=unlikely)
    p, q = best + where, best
    variance = p * (1 - p) / m + q * (1 - q) / n
    if variance < 1e-8:
        return
    ours = differences._difference_score(np.array([where]), *parts)[0]
    assert_allclose(ours, (a / m - b / n - where) / np.sqrt(variance), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("method", ["newcombe", "miettinen_nurminen", "mee"])
@settings(max_examples=25, deadline=None)
@given(first=PART, second=PART)
def test_a_difference_interval_holds_the_difference_and_mirrors(method, first, second):
    interval = differences.DIFFERENCES[method]
    low, high = (limit[0] for limit in interval(*first, *second, 0.95))
    assert -1 - 1e-12 <= low <= first[0] / first[1] - second[0] / second[1] + 1e-9
    assert low <= high <= 1 + 1e-12
    other_low, other_high = (limit[0] for limit in interval(*second, *first, 0.95))
    assert_allclose([low, high], [-other_high, -other_low], atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(first=PART, second=PART)
def test_koopman_holds_the_ratio_and_mirrors(first, second):
    low, high = (limit[0] for limit in differences.koopman(*first, *second))
    other_low, other_high = (limit[0] for limit in differences.koopman(*second, *first))
    assert (low == 0) == (first[0] == 0) and np.isinf(high) == (second[0] == 0)
    if second[0]:
        assert low <= first[0] / first[1] / (second[0] / second[1]) * (1 + 1e-9) <= high * (1 + 1e-8)
        assert_allclose(high, 1 / other_low, rtol=1e-8) if other_low else None
    else:
        assert other_low == 0
    if low:
        assert_allclose(low, 1 / other_high, rtol=1e-8)


@settings(max_examples=25, deadline=None)
@given(first=PART, second=PART)
def test_a_ratio_of_one_is_in_koopman_when_pearson_does_not_refuse_it(first, second):
    low, high = (limit[0] for limit in differences.koopman(*first, *second))
    found = differences.tests(pd.DataFrame([dict(zip(("x1", "n1", "x2", "n2"), (*first, *second), strict=True))]))
    p = found["p"].astype(float).iloc[0]
    if abs(p - 0.05) > 1e-6:
        assert (low <= 1 <= high) == (not p < 0.05)


@settings(max_examples=25, deadline=None)
@given(first=PART, second=PART)
def test_scipy_gives_the_same_chi_square(first, second):
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    found = differences.tests(pd.DataFrame([dict(zip(("x1", "n1", "x2", "n2"), (*first, *second), strict=True))]))
    if first[0] + second[0] in (0, first[1] + second[1]):
        assert found[["statistic", "p"]].isna().all(axis=None)
        return
    for row, correction in zip(range(2), (False, True), strict=True):
        known = chi2_contingency(table, correction=correction)
        assert_allclose(numbers(found, "statistic", "p")[row], [known.statistic, known.pvalue], rtol=1e-9, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(parts=st.lists(PART, min_size=2, max_size=6))
def test_scipy_gives_the_same_chi_square_of_several(parts):
    rows = pd.DataFrame(parts, columns=["events", "n"])
    found = differences.several(rows).iloc[0]
    if rows["events"].sum() in (0, rows["n"].sum()):
        assert pd.isna(found["p"])
        return
    known = chi2_contingency([rows["events"], rows["n"] - rows["events"]], correction=False)
    assert_allclose([found["statistic"], found["p"]], [known.statistic, known.pvalue], rtol=1e-9, atol=1e-12)


def test_a_trend_over_two_groups_is_their_chi_square():
    rows = pd.DataFrame({"events": [5, 11], "n": [20, 25], "score": [1, 7]})
    found = differences.several(rows, score="score")
    assert_allclose(numbers(found, "statistic")[0], numbers(found, "statistic")[1])


def test_a_trend_over_one_score_and_a_test_of_one_group_are_missing():
    rows = pd.DataFrame({"events": [5, 11], "n": [20, 25], "score": [1, 1]})
    assert differences.several(rows, score="score")["p"].isna().tolist() == [False, True]
    alone = differences.several(rows.iloc[:1], score="score")
    assert alone[["statistic", "p"]].isna().all(axis=None)
    assert differences.several(rows.iloc[:0], score="score")["p"].isna().all()


def test_a_group_of_nobody_takes_no_part():
    rows = pd.DataFrame({"events": [5, 11, 0], "n": [20, 25, 0]})
    with_nobody, without = differences.several(rows), differences.several(rows[:2])
    assert_allclose(numbers(with_nobody, "statistic", "p"), numbers(without, "statistic", "p"))
    assert differences.several(rows)["df"].tolist() == [1]


def test_undefined_stays_missing():
    rows = pd.DataFrame({"x1": [0, 3, 0, None, 2], "n1": [0, 5, 8, 4, 5], "x2": [1, 0, 0, 1, 5], "n2": [5, 9, 9, 4, 5]})
    for method in differences.DIFFERENCES:
        found = numbers(differences.difference(rows, method=method), "value", "low", "high")
        assert np.isnan(found[[0, 3]]).all() and np.isfinite(found[[1, 2, 4]]).all()
    found = numbers(differences.ratio(rows), "value", "low", "high")
    assert np.isnan(found[[0, 3]]).all()
    assert np.isnan(found[1, [0, 2]]).all() and found[1, 1] > 0  # over none: only a lower end
    assert np.isnan(found[2, [0, 2]]).all() and found[2, 1] == 0
    found = differences.odds_ratio(rows)
    assert found.loc[[0, 2, 3, 5, 7, 8], ["value", "low", "high", "p"]].isna().all(axis=None)
    assert found.loc[9, "value"] == 0 and found.loc[9, "low"] == 0 and found.loc[9, "high"] > 0


def test_the_frame_names_region_groups_counts_and_method():
    rows = pd.DataFrame({"region": ["A"], "kind": ["ipv"], "x1": [3], "n1": [10], "x2": [5], "n2": [12]})
    before = rows.copy()
    found = differences.difference(rows, groups=["kind"], measure="stopped", level=0.9)
    told = found.loc[0, ["measure", "region", "kind", "n", "events", "method", "level"]].tolist()
    assert told == ["stopped", "A", "ipv", 22, 8, "newcombe", 0.9]
    assert_allclose(numbers(found, "se")[0], np.sqrt(0.3 * 0.7 / 10 + 5 / 12 * 7 / 12 / 12))
    pd.testing.assert_frame_equal(rows, before)


def test_bad_input_is_refused():
    rows = pd.DataFrame({"x1": [3], "n1": [2], "x2": [5], "n2": [12]})
    with pytest.raises(EstimateError, match="Bekend zijn: newcombe, miettinen_nurminen"):
        differences.difference(rows, method="score")
    with pytest.raises(EstimateError, match="deel is nooit groter"):
        differences.difference(rows)
    with pytest.raises(EstimateError, match="mist de kolommen n2"):
        differences.ratio(rows.drop(columns="n2"))
