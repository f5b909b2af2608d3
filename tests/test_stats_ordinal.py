from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.stats import rankdata

from hgeval.errors import EstimateError
from hgeval.stats import ordinal


def test_reference_two_sample_ordinal():
    known = case("two_sample_ordinal")
    found = ordinal.two_samples(known.rows, score="score", group="group").set_index("method")
    tests = found[found["measure"] == "same_answers"]
    known.same(tests.loc["mann_whitney", "statistic"], known.expected["W"])
    for method, name in (("mann_whitney", "p_asym_nocc"), ("mann_whitney_cc", "p_asym_cc"),
                         ("mann_whitney_exact", "p_exact")):  # fmt: skip
        known.same(tests.loc[method, "p"], known.expected[name])
    known.same(tests.loc["kruskal_wallis", "statistic"], known.expected["kruskal"])
    sizes = found.set_index("measure")["value"]
    known.same(sizes["cliffs_delta"], known.expected["cliffs_delta"])
    known.same(sizes["prob_superiority"], known.expected["prob_superiority"])


def test_reference_ordinal_logit():
    known = case("ordinal_logit")
    terms = ["Infl", "Type", "Cont"]
    found = ordinal.proportional_odds(known.rows, outcome="Sat", terms=terms, weight="Freq").set_index("measure")
    coefficients, thresholds = found.loc["log_odds_ratio"].set_index("term"), found.loc["threshold"].set_index("term")
    ours = {each: each.replace("=", "") for each in coefficients.index}
    for term, name in ours.items():
        known.same(coefficients.loc[term, "value"], known.expected["coef"][name])
        known.same(coefficients.loc[term, "se"], known.expected["se"][name])
    assert set(ours.values()) == set(known.expected["coef"])
    for term in known.expected["thresholds"]:
        known.same(thresholds.loc[term, "value"], known.expected["thresholds"][term])
        known.same(thresholds.loc[term, "se"], known.expected["se"][term])
    known.same(found.loc["loglik", "value"], known.expected["loglik"])
    assert found.loc["loglik", "n"] == known.rows["Freq"].sum()


ANSWERS = st.lists(st.integers(1, 5), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(one=ANSWERS, other=ANSWERS)
def test_exact_and_sizes_as_enumerated(one, other):
    rows = pd.DataFrame({"score": one + other, "arm": ["a"] * len(one) + ["b"] * len(other)})
    found = ordinal.two_samples(rows, score="score", group="arm").set_index("method")
    gaps = np.subtract.outer(one, other)
    value = found.set_index("measure")["value"]
    assert_allclose(value["cliffs_delta"], np.sign(gaps).mean(), atol=1e-12)
    assert_allclose(value["prob_superiority"], ((gaps > 0) + (gaps == 0) / 2).mean(), atol=1e-12)
    p = found.loc["mann_whitney_exact", "p"]
    if len(set(one + other)) == 1:
        assert found.loc[["mann_whitney", "mann_whitney_exact", "kruskal_wallis"], "p"].isna().all()
        return
    ranks = rankdata(one + other)
    sums = np.array([sum(each) for each in combinations(ranks, len(one))])
    away = np.abs(sums - sums.mean())
    assert_allclose(p, np.mean(away >= abs(ranks[: len(one)].sum() - sums.mean()) - 1e-9))


@settings(max_examples=25, deadline=None)
@given(one=ANSWERS, other=ANSWERS)
def test_limits_hold_the_estimate_and_stay_possible(one, other):
    rows = pd.DataFrame({"score": one + other, "arm": ["a"] * len(one) + ["b"] * len(other)})
    found = ordinal.two_samples(rows, score="score", group="arm").set_index("measure")
    for measure, least in (("prob_superiority", 0), ("cliffs_delta", -1)):
        value, low, high = found.loc[measure, ["value", "low", "high"]]
        if not pd.isna(low):
            assert least <= low <= value + 1e-12 and value - 1e-12 <= high <= 1


def test_groups_entirely_apart_or_alone_have_no_limits():
    apart = pd.DataFrame({"score": [1, 1, 5, 5], "arm": list("aabb")})
    found = ordinal.two_samples(apart, score="score", group="arm").set_index("measure")
    assert found.loc["cliffs_delta", "value"] == -1 and pd.isna(found.loc["cliffs_delta", "low"])
    alone = ordinal.two_samples(apart.iloc[:2], score="score", group="arm")
    assert alone[["value", "statistic", "p"]].isna().all(axis=None)
    assert ordinal.two_samples(apart.iloc[:0], score="score", group="arm")["p"].isna().all()


def test_answers_in_words_count_by_their_order():
    words = pd.Categorical(["no", "bit", "yes", "no", None], ["no", "bit", "yes"], ordered=True)
    rows = pd.DataFrame({"score": words, "arm": ["a", "a", "b", "b", "b"]})
    found = ordinal.two_samples(rows, score="score", group="arm").set_index("measure")
    assert_allclose(found.loc["prob_superiority", "value"], (0 + 0.5 + 0 + 1) / 4)
    assert found.loc["prob_superiority", "n"] == 4


def test_no_exact_chance_for_very_many():
    rows = pd.DataFrame({"score": np.arange(ordinal.EXACT_UPTO + 1) % 5, "arm": ["a", "b", "b"] * 50 + ["a"]})
    found = ordinal.two_samples(rows, score="score", group="arm").set_index("method")
    assert pd.isna(found.loc["mann_whitney_exact", "p"]) and found.loc["mann_whitney", "p"] > 0


def test_three_groups_are_refused():
    with pytest.raises(EstimateError, match="Er zijn 3 groepen"):
        ordinal.two_samples(pd.DataFrame({"score": [1, 2, 3], "arm": list("abc")}), score="score", group="arm")


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_statsmodels_gives_the_same_model(seed):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    random = np.random.default_rng(seed)
    rows = pd.DataFrame({"x": random.normal(size=150), "z": random.integers(0, 2, 150)})
    latent = rows["x"] - 0.5 * rows["z"] + random.logistic(size=150)
    rows["answer"] = np.digitize(latent, [-1, 0, 1.5])
    known = OrderedModel(rows["answer"], rows[["x", "z"]], distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    found = ordinal.proportional_odds(rows, outcome="answer", terms=["x", "z"]).set_index("term")
    assert_allclose(found.loc[["x", "z"], "value"].astype(float), known.params[:2], rtol=1e-4, atol=1e-6)
    assert_allclose(found.loc[["x", "z"], "se"].astype(float), known.bse[:2], rtol=1e-3)
    assert_allclose(found["value"].iloc[-1], known.llf, rtol=1e-8)


def test_a_two_answer_model_of_one_class_is_the_odds_ratio():
    rows = pd.DataFrame({"answer": [0, 1, 0, 1], "kind": ["a", "a", "b", "b"], "n": [30, 10, 12, 18]})
    found = ordinal.proportional_odds(rows, outcome="answer", terms=["kind"], weight="n").set_index("term")
    assert_allclose(found.loc["kind=b", "value"], np.log(30 * 18 / (10 * 12)))
    assert_allclose(found.loc["kind=b", "se"], np.sqrt(1 / 30 + 1 / 10 + 1 / 12 + 1 / 18))
    assert_allclose(found.loc["0|1", "value"], np.log(30 / 10))
    expanded = rows.loc[rows.index.repeat(rows["n"])]
    again = ordinal.proportional_odds(expanded, outcome="answer", terms=["kind"])
    assert_allclose(again["value"].astype(float), found["value"].astype(float))


def test_thresholds_alone_are_the_shares():
    rows = pd.DataFrame({"answer": ["a", "b", "c"], "n": [10, 30, 60]})
    found = ordinal.proportional_odds(rows, outcome="answer", terms=[], weight="n")
    assert_allclose(found["value"].astype(float)[:2], [np.log(10 / 90), np.log(40 / 60)])


@pytest.mark.parametrize(
    "rows",
    [
        {"answer": [1, 1, 2, 2], "x": [0, 1, 5, 6]},  # x splits the answers
        {"answer": [1, 2, 1, 2], "x": [3, 3, 3, 3]},  # x does not vary
        {"answer": [1, 1, 1, 1], "x": [0, 1, 5, 6]},  # one answer
        {"answer": [None] * 4, "x": [0, 1, 5, 6]},
    ],
)
def test_a_likelihood_without_a_top_gives_no_number(rows):
    found = ordinal.proportional_odds(pd.DataFrame(rows), outcome="answer", terms=["x"])
    assert found[["value", "se", "low", "high", "p"]].isna().all(axis=None)
    assert "x" in found["term"].tolist()
