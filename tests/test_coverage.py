"""The promises of the methods on two hundred drawn studies: kept, within what so few can tell, and broken by the naive.

The table of two thousand is in data/reference/coverage.csv (make coverage).
"""

import dataclasses
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from hgeval import reference, simulate_families, simulate_measurements, simulate_truth

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import coverage  # noqa: E402
import promises  # noqa: E402
import scenarios  # noqa: E402

STUDIES = 200
WIDE = 3  # simulation errors


@pytest.fixture(scope="module")
def few():
    """All scenarios of a study at once: some share their families."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        yield coverage.run(STUDIES, workers=len(os.sched_getaffinity(0)))


@pytest.mark.parametrize("scenario", coverage.SCENARIOS)
def test_promises_are_kept_and_only_by_methods_that_make_them(few, scenario):
    found = few[few["scenario"] == scenario]
    wide = WIDE * found["mcse"]
    kept = (found["value"] >= found["lowest"] - wide) & (found["value"] <= found["highest"] + wide)
    main = found["number"].isin(["coverage", "alarm"])
    assert not list(found.loc[~kept & ~found["naive"], ["method", "number", "value"]].itertuples(index=False))
    assert not list(found.loc[kept & main & found["naive"], ["method", "value"]].itertuples(index=False))


def test_the_same_number_draws_the_same_study():
    one, other = (scenarios.draw("usual", 7) for _ in range(2))
    pd.testing.assert_frame_equal(one.families, other.families)
    assert one.truth == other.truth
    pd.testing.assert_frame_equal(scenarios.panel(7, treated=3), scenarios.panel(7, treated=3))
    assert not scenarios.draw("usual", 8).families.equals(one.families)


def test_who_answers_is_all_that_scenarios_of_the_same_families_differ_in():
    one, other = (scenarios.draw(name, 7) for name in ("usual", "dropout"))
    same = [name for name in one.families if name != "seen_T2"]
    pd.testing.assert_frame_equal(one.families[same], other.families[same])
    assert one.truth == other.truth
    model = scenarios.MODELS["dropout"]
    assert other.families["seen_T2"].mean() < one.families["seen_T2"].mean() - 0.1
    assert dataclasses.replace(model, respond_t2=scenarios.MODELS["usual"].respond_t2) == scenarios.MODELS["usual"]


def test_families_are_those_of_a_study():
    """Without the columns that only a study has: the same people, workers and answers."""
    known = (reference.regions(2022), reference.municipalities(2022))
    regions, towns = (each.astype({"population": "int64"}) for each in known)
    model = scenarios.MODELS["usual"]
    whole = simulate_families.draw(regions, towns, families=scenarios.FAMILIES, seed=7, model=model)
    at = whole.latent["violence_T1"].to_numpy()
    ours, theirs = scenarios.draw("usual", 7), whole.table[at].reset_index(drop=True)
    assert ours.families["region"].tolist() == theirs["region"].tolist()
    pairs = pd.DataFrame({"ours": ours.families["worker"], "theirs": theirs["worker"]}).drop_duplicates()
    assert pairs["ours"].is_unique and pairs["theirs"].is_unique
    assert ours.truth == simulate_truth.truth(whole, model=model)
    seen = simulate_measurements.response(whole, seed=7, model=model)["T2"][at]
    assert ours.families["seen_T2"].tolist() == seen.tolist()


def test_the_region_that_differs_has_the_families_it_should():
    sizes = [(scenarios.draw("outlier", seed).families["region"] == scenarios.OUTLIER).sum() for seed in range(7, 12)]
    assert min(sizes) > 470 and max(sizes) < 505


def test_a_scenario_is_what_it_says():
    hidden = scenarios.draw("hidden", 7).families
    stayed = hidden[hidden["seen_T2"]]["stopped_T2"].mean()
    assert stayed > hidden["stopped_T2"].mean() + 0.05
    far = scenarios.draw("outlier", 7).families.groupby("region")["stopped_T2"].mean()
    assert far[scenarios.OUTLIER] > far.drop(scenarios.OUTLIER).mean() + 0.15
    treated = scenarios.panel(7, treated=3).groupby("region")["treated"].max()
    assert treated.sum() == 3


def test_the_table_of_two_thousand_is_of_these_promises():
    table = pd.read_csv(coverage.TABLE)
    told = {(promise.name, promise.scenario, promise.naive) for promise in promises.PROMISES}
    assert set(table[["method", "scenario", "naive"]].itertuples(index=False, name=None)) == told
    assert set(table["studies"]) == {2000}
    main = table["number"].isin(["coverage", "alarm"])
    assert not table.loc[main & table["naive"], "kept"].any()
