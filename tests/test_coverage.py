"""The promises of the methods on two hundred drawn studies: kept, within what so few can tell, and broken by the naive.

The table of two thousand is in data/reference/coverage.csv (make coverage).
"""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import coverage  # noqa: E402
import promises  # noqa: E402
import scenarios  # noqa: E402

STUDIES = 200
WIDE = 3  # simulation errors
SCENARIOS = list(dict.fromkeys(promise.scenario for promise in promises.PROMISES))


@pytest.fixture(scope="module")
def few():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        workers = len(os.sched_getaffinity(0))
        yield {name: coverage.run(STUDIES, scenarios=[name], workers=workers) for name in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_promises_are_kept_and_only_by_methods_that_make_them(few, scenario):
    found = few[scenario]
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


def test_a_scenario_is_what_it_says():
    usual, dropout, hidden = (scenarios.draw(name, 7).families for name in ("usual", "dropout", "hidden"))
    assert usual["seen_T2"].mean() > dropout["seen_T2"].mean()
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
