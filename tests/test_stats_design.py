import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from hgeval.errors import EstimateError
from hgeval.stats import design

WORKERS, FLAGS = (None, "w1", "w2", "w3"), (True, False, None)
FAMILY = st.tuples(st.sampled_from("AB"), st.sampled_from(WORKERS), st.sampled_from(FLAGS))


def frame(families: list[tuple]) -> pd.DataFrame:
    rows = pd.DataFrame(families, columns=["region", "worker", "flag"])
    return rows.assign(flag=pd.array(rows["flag"], dtype="boolean"), worker=rows["worker"].astype("str"))


def by_hand(families: list[tuple]) -> tuple[float, float, float, float]:
    """Pooled surplus and its value among strangers, and the two mean squares of families and clusters, by loops."""
    surplus = simple = between = within = 0.0
    clusters_more = families_more = size = 0.0
    for region in "AB":
        known = [(n if worker is None else worker, flag) for n, (home, worker, flag) in enumerate(families)
                 if home == region and flag is not None]  # fmt: skip
        if not known:
            continue
        p = np.mean([flag for _, flag in known])
        parts = {each: [flag for worker, flag in known if worker == each] for each in {worker for worker, _ in known}}
        g, n = len(parts), len(known)
        if g > 1:
            surplus += g / (g - 1) * sum((sum(part) - p * len(part)) ** 2 for part in parts.values())
            simple += n**2 * p * (1 - p) / (n - 1)
        between += sum(len(part) * (np.mean(part) - p) ** 2 for part in parts.values())
        within += sum(len(part) * np.mean(part) * (1 - np.mean(part)) for part in parts.values())
        clusters_more, families_more = clusters_more + g - 1, families_more + n - g
        size += n - sum(len(part) ** 2 for part in parts.values()) / n
    deff = surplus / simple if simple else np.nan
    if not clusters_more or not families_more:
        return deff, np.nan
    b, w, m = between / clusters_more, within / families_more, size / clusters_more
    return deff, (b - w) / (b + (m - 1) * w) if b + (m - 1) * w else np.nan


@settings(max_examples=25, deadline=None)
@given(families=st.lists(FAMILY, max_size=25))
def test_pooled_design_effect_and_correlation_as_worked_by_loops(families):
    found = design.pooled(design.totals(frame(families), flag="flag", cluster="worker"))
    assert_allclose(found[["deff", "icc"]].to_numpy(dtype=float)[0], by_hand(families), rtol=1e-9, atol=1e-12)


def test_strangers_have_a_design_effect_of_exactly_one():
    rows = pd.DataFrame({"region": ["A"] * 5 + ["B"] * 4, "worker": None, "flag": [1, 0, 0, 1, 0, 1, 1, 0, 1]})
    found = design.effect(rows, flag="flag", cluster="worker")
    assert_allclose(found.loc[found["measure"] == "deff", "value"].astype(float), 1, rtol=1e-12)
    assert found.loc[found["measure"] == "icc", "value"].isna().all()


def test_families_that_come_in_equal_pairs_count_for_half():
    rows = pd.DataFrame({"region": "A", "worker": np.repeat(np.arange(40), 2), "flag": np.repeat([1, 0, 0, 1], 20)})
    found = design.effect(rows, flag="flag", cluster="worker").set_index(["measure", "region"])["value"]
    assert_allclose(found["deff", "NL"], 2 * 79 / 78)  # 40 / 39 x 40 against 80^2 / 79 / 4
    assert_allclose(found["icc", "NL"], 1)
    assert_allclose(found["effective_n", "A"], 39 * 80 / 79)


def test_a_design_effect_under_one_is_told_but_does_not_make_more_families():
    rows = pd.DataFrame({"region": "A", "worker": np.repeat(np.arange(10), 2), "flag": [1, 0] * 10})
    found = design.effect(rows, flag="flag", cluster="worker").set_index(["measure", "region"])["value"]
    assert found["deff", "NL"] == 0 and found["effective_n", "A"] == 20
    assert_allclose(found["icc", "NL"], -1)


def test_the_same_worker_name_in_two_regions_is_two_workers():
    rows = pd.DataFrame({"region": ["A", "A", "B", "B"], "worker": "w", "flag": [1, 0, 1, 1]})
    assert design.totals(rows, flag="flag", cluster="worker")["clusters"].tolist() == [1, 1]


def test_no_families_give_no_rows_and_no_number():
    rows = pd.DataFrame({"region": [], "worker": [], "flag": []})
    found = design.effect(rows, flag="flag", cluster="worker")
    assert found["value"].isna().all() and found["region"].tolist() == ["NL", "NL"]


def test_per_group_a_design_effect():
    rows = pd.DataFrame({
        "region": "A", "wave": ["T1"] * 4 + ["T2"] * 4, "worker": ["a", "a", "b", "b"] * 2,
        "flag": [1, 1, 0, 0, 1, 0, 1, 0],
    })  # fmt: skip
    found = design.effect(rows, flag="flag", cluster="worker", groups=["wave"])
    deff = found[(found["measure"] == "deff") & (found["region"] == "NL")]
    assert deff["wave"].tolist() == ["T1", "T2"]
    assert_allclose(deff["value"].astype(float), [3, 0])


def test_a_family_without_a_region_is_refused():
    rows = pd.DataFrame({"region": ["A", None], "worker": "w", "flag": [1, 0]})
    with pytest.raises(EstimateError, match="Niet elke rij heeft een regio"):
        design.effect(rows, flag="flag", cluster="worker")
    with pytest.raises(EstimateError, match="mist de kolommen worker"):
        design.effect(rows.drop(columns="worker"), flag="flag", cluster="worker")


def test_kish():
    assert_allclose(design.kish([2, 8, 20], [0.1, 0.05, 0.02]), [1.1, 1.35, 1.38])
