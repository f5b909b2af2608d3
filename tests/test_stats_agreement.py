import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import stats

from hgeval.errors import EstimateError
from hgeval.stats import agreement

# Four coders, twelve units, five values (Krippendorff 2011, section D); None where a coder was silent.
CODERS = list("ABCD")
CODED = pd.DataFrame({
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
})


def one(found, measure, method):
    rows = found[(found["measure"] == measure) & (found["method"] == method)]
    assert len(rows) == 1
    return rows.iloc[0]


def long(table):
    """A square table of two coders as tidy rows."""
    classes = list(table)
    return classes, pd.DataFrame([
        {"one": a, "two": b, "units": table.iloc[at][b]} for at, a in enumerate(classes) for b in classes
    ])


def of_table(numbers):
    classes, rows = long(pd.DataFrame(numbers, columns=[f"c{at}" for at in range(len(numbers))]))
    return agreement.kappa(rows, first="one", second="two", classes=classes, count="units")


def test_reference_kendall_w():
    told = case("kendall_w")
    theirs = told.expected
    found = agreement.kendall_w(told.rows, items=list(told.rows))
    w, f = one(found, "w", "kendall_ties"), one(found, "f", "kendall_ties")
    told.same([w["value"], w["value"]], [theirs["W"], theirs["vegan_W"]])
    told.same([w["statistic"], w["df"], w["p"]], [theirs["friedman_chi2"], theirs["df"], theirs["p_chi2"]])
    told.same(one(found, "w", "kendall")["value"], theirs["W_uncorrected"])
    told.same(f["statistic"], theirs["F"])
    assert f["p"] / theirs["p_F"] == pytest.approx(1, rel=told.rtol)  # it is 3e-15: no absolute tolerance
    told.same(one(found, "spearman", "mean_of_pairs")["value"], theirs["avg_spearman"])
    means = found[found["measure"] == "mean_rank"]
    assert means["item"].tolist() == list(told.rows)
    told.same(means["value"].astype(float), theirs["mean_rank"])


def test_reference_kappa():
    told = case("kappa")
    theirs = told.expected
    classes, rows = long(told.rows)
    found = agreement.kappa(rows, first="one", second="two", classes=classes, count="units")
    plain = one(found, "kappa", "cohen")
    told.same([plain["value"], plain["se"] ** 2], [theirs["kappa"], theirs["kappa_var"]])
    told.same(one(found, "kappa", "cohen_quadratic")["value"], theirs["weighted_quadratic"])
    told.same(one(found, "kappa", "cohen_linear")["value"], theirs["weighted_linear"])
    told.same(one(found, "agreement", "share")["value"], theirs["percent_agreement"])
    told.same(one(found, "gwet_ac1", "gwet")["value"], theirs["gwet_ac1"])
    told.same(one(found, "scott_pi", "scott")["value"], theirs["scott_pi"])


def test_the_reference_for_the_weighted_variance_is_wrong_and_ours_is_the_delta_method():
    """psych 2.2.9 takes row sums of weights times the row's own share where the formula averages over columns.

    Its number comes out exactly with that slip; the numerical delta method and statsmodels give ours.
    """
    told = case("kappa")
    classes, rows = long(told.rows)
    found = agreement.kappa(rows, first="one", second="two", classes=classes, count="units")
    table = told.rows.to_numpy(dtype=float)
    p, n = table / table.sum(), table.sum()
    apart = np.abs(np.subtract.outer(range(3), range(3))) / 2
    credit = 1 - apart**2

    def value(p):
        chance = (credit * np.outer(p.sum(axis=1), p.sum(axis=0))).sum()
        return ((credit * p).sum() - chance) / (1 - chance)

    def moved(i, j, by):
        there = p.copy()
        there[i, j] += by
        return value(there)

    slope = np.array([[(moved(i, j, 1e-6) - moved(i, j, -1e-6)) / 2e-6 for j in range(3)] for i in range(3)])
    variance = ((p * slope**2).sum() - (p * slope).sum() ** 2) / n
    ours = one(found, "kappa", "cohen_quadratic")["se"] ** 2
    assert_allclose(ours, variance, rtol=1e-7)

    here, there = p.sum(axis=1), p.sum(axis=0)
    agreed, chance = (credit * p).sum(), (credit * np.outer(here, there)).sum()
    slip = np.add.outer(credit @ there, here * credit.sum(axis=1))
    spread = (p * (credit * (1 - chance) - slip * (1 - agreed)) ** 2).sum()
    theirs = (spread - (agreed * chance - 2 * chance + agreed) ** 2) / (n * (1 - chance) ** 4)
    told.same(theirs, told.expected["weighted_var"])


def test_statsmodels_kappas_are_ours():
    from statsmodels.stats.inter_rater import cohens_kappa
    from statsmodels.stats.inter_rater import fleiss_kappa as theirs_fleiss

    told = case("kappa")
    classes, rows = long(told.rows)
    found = agreement.kappa(rows, first="one", second="two", classes=classes, count="units")
    for method, weights in (("cohen", None), ("cohen_linear", "linear"), ("cohen_quadratic", "quadratic")):
        theirs, ours = cohens_kappa(told.rows.to_numpy(), wt=weights), one(found, "kappa", method)
        assert_allclose([ours["value"], ours["se"]], [theirs.kappa, theirs.std_kappa], rtol=1e-12)
        assert_allclose([ours["low"], ours["high"]], [theirs.kappa_low, theirs.kappa_upp], rtol=1e-12)
    counts = case("fleiss_kappa").rows
    ours = one(agreement.fleiss_kappa(counts, classes=list(counts)), "kappa", "fleiss")["value"]
    assert_allclose(ours, theirs_fleiss(counts.to_numpy()), rtol=1e-12)


def test_reference_fleiss_kappa():
    told = case("fleiss_kappa")
    theirs = told.expected
    found = agreement.fleiss_kappa(told.rows, classes=list(told.rows))
    kappa = one(found, "kappa", "fleiss")
    told.same([kappa["value"], kappa["se"], kappa["statistic"]], [theirs["kappa"], theirs["se0"], theirs["z"]])
    told.same(one(found, "agreement", "fleiss")["value"], theirs["Pbar"])


def test_reference_published_fleiss_kappa():
    rows = case("fleiss_kappa").rows
    assert round(one(agreement.fleiss_kappa(rows, classes=list(rows)), "kappa", "fleiss")["value"], 3) == 0.210


@pytest.mark.parametrize(("metric", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_reference_published_krippendorff(metric, printed):
    found = agreement.krippendorff_alpha(CODED, coders=CODERS, metric=metric).iloc[0]
    assert round(found["value"], 3) == printed
    assert found["n"] == 11  # unit 12 has one coder


def test_krippendorff_by_the_coincidences_worked_by_hand():
    """40 codings that can be paired: 9, 13, 10, 5 and 3 of the five values; off the diagonal by hand.

    Unit 2 (2, 2, 3, 2): 2-3 three pairs each way over 3 = 1. Unit 6 (1, 2, 3, 4): each of six pairs 1/3 each way.
    Unit 8 (1, 1, 2, 1): 1-2 one each way.
    """
    total = np.array([9.0, 13, 10, 5, 3])
    off = {(1, 2): 4 / 3, (1, 3): 1 / 3, (1, 4): 1 / 3, (2, 3): 4 / 3, (2, 4): 1 / 3, (3, 4): 1 / 3}
    pairs = [(a, b) for a in range(1, 6) for b in range(a + 1, 6)]
    between = {(a, b): total[a - 1:b].sum() - (total[a - 1] + total[b - 1]) / 2 for a, b in pairs}
    for metric, distance in (
        ("nominal", lambda a, b: 1.0), ("ordinal", lambda a, b: between[a, b] ** 2),
        ("interval", lambda a, b: float(b - a) ** 2),
    ):
        observed = sum(2 * each * distance(a, b) for (a, b), each in off.items())
        expected = sum(2 * total[a - 1] * total[b - 1] * distance(a, b) for a, b in between)
        found = agreement.krippendorff_alpha(CODED, coders=CODERS, metric=metric)["value"][0]
        assert_allclose(found, 1 - 39 * observed / expected, rtol=1e-12)


def test_krippendorff_of_two_coders_without_gaps_is_scott_with_a_correction():
    rows = pd.DataFrame({"A": list("xxxyyzzx"), "B": list("xxyyyzxx")})
    alpha = agreement.krippendorff_alpha(rows, coders=["A", "B"])["value"][0]
    pi = one(agreement.kappa(rows, first="A", second="B", classes=list("xyz")), "scott_pi", "scott")["value"]
    assert_allclose(1 - alpha, (1 - pi) * (2 * 8 - 1) / (2 * 8))


def test_krippendorff_edges():
    same = pd.DataFrame({"A": ["x", "x"], "B": ["x", "x"]})
    assert pd.isna(agreement.krippendorff_alpha(same, coders=["A", "B"])["value"][0])
    perfect = pd.DataFrame({"A": ["x", "y"], "B": ["x", "y"]})
    assert agreement.krippendorff_alpha(perfect, coders=["A", "B"])["value"][0] == 1
    for nothing in (perfect.iloc[:0], perfect.assign(B=None)):
        found = agreement.krippendorff_alpha(nothing, coders=["A", "B"], metric="ordinal").iloc[0]
        assert pd.isna(found["value"]) and found["n"] == 0
    with pytest.raises(EstimateError, match="Onbekende maat"):
        agreement.krippendorff_alpha(perfect, coders=["A", "B"], metric="ratio")


def test_kappa_by_hand():
    found = of_table([[20, 5], [10, 15]])
    assert_allclose(one(found, "kappa", "cohen")["value"], (0.7 - 0.5) / 0.5)
    assert_allclose(one(found, "gwet_ac1", "gwet")["value"], (0.7 - 2 * 0.55 * 0.45) / (1 - 2 * 0.55 * 0.45))
    # Of two classes all weights are alike.
    assert_allclose(one(found, "kappa", "cohen_linear")["value"], 0.4)
    assert_allclose(one(found, "kappa", "cohen_quadratic")["se"], one(found, "kappa", "cohen")["se"])


def test_kappa_where_chance_alone_agrees_wholly_or_nobody_was_coded():
    found = of_table([[12, 0], [0, 0]])
    assert one(found, "agreement", "share")["value"] == 1
    assert found.loc[found["measure"] == "kappa", ["value", "low", "se"]].isna().all().all()
    assert pd.isna(one(found, "scott_pi", "scott")["value"])
    assert one(found, "gwet_ac1", "gwet")["value"] == 1  # here chance is 0: that is what AC1 is for
    assert of_table([[0, 0], [0, 0]])["value"].isna().all()


def test_perfect_agreement_and_open_units():
    rows = pd.DataFrame({"A": ["x", "y", None, "x"], "B": ["x", "y", "y", None]})
    found = agreement.kappa(rows, first="A", second="B", classes=["x", "y"])
    kappa = one(found, "kappa", "cohen")
    assert (kappa["value"], kappa["se"], kappa["n"]) == (1, 0, 2)
    with pytest.raises(EstimateError, match="opgegeven klassen"):
        agreement.kappa(rows, first="A", second="B", classes=["x"])
    one_class = agreement.kappa(rows.assign(A="x", B="x"), first="A", second="B", classes=["x"])
    assert pd.isna(one(one_class, "gwet_ac1", "gwet")["value"])


@given(st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=2, max_size=12))
def test_kendall_is_scipys_friedman(scores):
    rows = pd.DataFrame(scores, columns=list("abcd"))
    w = one(agreement.kendall_w(rows, items=list("abcd")), "w", "kendall_ties")
    if all(len(set(row)) == 1 for row in scores):
        assert pd.isna(w["value"]) and pd.isna(w["p"])
        return
    theirs = stats.friedmanchisquare(*(rows[name] for name in rows))
    assert_allclose([w["statistic"], w["p"]], [theirs.statistic, theirs.pvalue], rtol=1e-9, atol=1e-12)
    assert -1e-12 <= w["value"] <= 1 + 1e-12


def test_kendall_of_wholly_alike_one_and_no_raters():
    same = agreement.kendall_w(pd.DataFrame({"a": [1, 2], "b": [2, 3], "c": [5, 9]}), items=list("abc"))
    assert one(same, "w", "kendall_ties")["value"] == 1
    f = one(same, "f", "kendall_ties")
    assert pd.isna(f["statistic"]) and f["p"] == 0
    alone = agreement.kendall_w(pd.DataFrame({"a": [1], "b": [2], "c": [5]}), items=list("abc"))
    assert one(alone, "w", "kendall_ties")["value"] == 1 and alone["p"].isna().all()
    for rows in (pd.DataFrame({"a": [], "b": []}), pd.DataFrame({"a": [1.0, None], "b": [None, 2.0]})):
        assert agreement.kendall_w(rows, items=["a", "b"])["value"].isna().all()


def test_a_rater_who_tells_nothing_apart_counts_in_w_but_has_no_correlation():
    found = agreement.kendall_w(pd.DataFrame({"a": [1, 3], "b": [2, 3], "c": [4, 3]}), items=list("abc"))
    assert pd.isna(one(found, "spearman", "mean_of_pairs")["value"])
    assert_allclose(one(found, "w", "kendall_ties")["value"], 12 * 2 / (4 * 24 - 2 * 24))


def test_fleiss_edges():
    assert agreement.fleiss_kappa(pd.DataFrame({"x": [1, 0], "y": [0, 1]}), classes=["x", "y"])["value"].isna().all()
    same = agreement.fleiss_kappa(pd.DataFrame({"x": [3, 3], "y": [0, 0]}), classes=["x", "y"])
    assert one(same, "agreement", "fleiss")["value"] == 1 and pd.isna(one(same, "kappa", "fleiss")["value"])
    assert len(agreement.fleiss_kappa(pd.DataFrame({"x": [], "y": []}), classes=["x", "y"])) == 2
    with pytest.raises(EstimateError, match="evenveel beoordelaars"):
        agreement.fleiss_kappa(pd.DataFrame({"x": [3, 2], "y": [0, 0]}), classes=["x", "y"])
