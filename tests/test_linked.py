"""Kinds of families: who stands in exactly the same cells of all tables."""

import numpy as np
import pandas as pd

from hgeval import effects, linked, monitor_own, outcomes
from hgeval.cohort import levels as levels_of
from hgeval.cohort import wide as wide_of
from hgeval.linked import NOTHING
from hgeval.rates import Units


def units(measure, rows, by=("wave",), method="wilson"):
    frame = pd.DataFrame(rows, columns=["unit", "region", *by, "flag"]).astype({"flag": "boolean"})
    return Units(measure, frame, by, method)


STOPPED = units("stopped", [("a", "X", "T2", True), ("b", "X", "T2", False), ("c", "Y", "T2", True)])
RETAINED = units(
    "retention", [("a", "X", "T2", True), ("b", "X", "T2", True), ("c", "Y", "T2", True), ("d", "X", "T2", False)]
)


def test_a_cell_counts_its_n_its_events_and_the_rest():
    found = linked.link([STOPPED, RETAINED])
    counts = found.counts("X")
    cells = found.cells.set_index("measure")
    assert counts[cells.loc["stopped", ["n", "events", "rest"]].tolist()].tolist() == [2, 1, 1]
    assert counts[cells.loc["retention", ["n", "events", "rest"]].tolist()].tolist() == [3, 2, 1]
    assert cells["cell"].tolist() == ["wave=T2", "wave=T2"]


def test_counts_of_the_same_families_are_one_count():
    """Who stayed is who is known to have stopped or not: an exact number of one gives the other."""
    found = linked.link([STOPPED, RETAINED])
    cells = found.cells.set_index("measure")
    assert cells.loc["stopped", "n"] == cells.loc["retention", "events"]
    assert len(found.sums) == 5  # a and b and c; a and c; b; all; d


def test_families_in_the_same_cells_are_of_one_kind():
    found = linked.link([STOPPED, RETAINED])
    assert found.sums.shape[1] == 3  # a with c; b; d
    assert {region: sorted(sizes.tolist()) for region, sizes in found.sizes.items()} == {"X": [1, 1, 1], "Y": [0, 0, 1]}


def test_a_region_without_families_counts_nobody():
    assert linked.link([STOPPED]).counts("Z").tolist() == [0, 0, 0]


def test_an_unknown_outcome_is_in_no_count():
    rows = [("a", "X", "T2", True), ("b", "X", "T2", None)]
    found = linked.link([units("stopped", rows)])
    assert found.counts("X")[found.cells.loc[0, ["n", "events", "rest"]].tolist()].tolist() == [1, 1, 0]


def test_a_number_that_stands_alone_has_no_parts():
    found = linked.link([units("reports", [("a", "X", "T2", True), ("b", "X", "T2", True)], method="count")])
    assert found.cells.loc[0, ["events", "rest"]].tolist() == [NOTHING, NOTHING]
    assert found.counts("X")[found.cells.loc[0, "n"]] == 2


def test_no_units_link_nothing():
    found = linked.link([units("stopped", [])])
    assert found.cells.empty and found.counts("X").tolist() == []


def test_the_name_of_a_cell_does_not_depend_on_the_order_of_its_groups():
    frame = pd.DataFrame({"wave": ["T2"], "direction": ["gestopt"]})
    names = {linked.cell_names(frame, groups)[0] for groups in (["wave", "direction"], ["direction", "wave"])}
    assert names == {"direction=gestopt|wave=T2"}
    assert linked.cell_names(frame, []).tolist() == [""]


def test_the_order_of_the_rows_changes_nothing():
    shuffled = [Units(each.measure, each.rows.iloc[::-1], each.by, each.method) for each in (STOPPED, RETAINED)]
    one, other = linked.link([STOPPED, RETAINED]), linked.link(shuffled)
    assert np.array_equal(one.sums, other.sums)
    pd.testing.assert_frame_equal(one.cells, other.cells)
    assert all(np.array_equal(one.sizes[region], other.sizes[region]) for region in ("X", "Y"))


def test_every_estimate_of_the_demo_is_a_count_over_its_kinds(demo_case):
    """What is guarded is what is counted: for every region, measure and group."""
    config, families, regions = demo_case.config, demo_case.table("families"), list(demo_case.regions["region"])
    levels = levels_of(families, demo_case.table("measurements"), config)
    wide, meldingen = wide_of(levels, config), demo_case.table("meldingen")
    of_levels = (effects.no_violence, effects.frequent_or_severe, effects.incidents)
    of_wide = (effects.stopped, effects.durably_stopped, effects.direction, effects.bounds, effects.leavers)
    frames = [make(families, levels, config, regions) for make in (effects.response, effects.measured_share)]
    frames += [make(levels, config, regions) for make in of_levels] + [make(wide, config, regions) for make in of_wide]
    together = linked.link(outcomes.every(families, levels, config)), linked.link(monitor_own.units(meldingen))
    for found, estimates in [*((together[0], each) for each in frames), (
        together[1], monitor_own.reports(meldingen, codes=regions)
    )]:
        groups = [name for name in ("wave", "direction", "stayed", "period", "kind") if name in estimates]
        rows = estimates[estimates["region"] != "NL"].assign(cell=linked.cell_names(estimates, groups))
        rows = rows.merge(found.cells, on=["measure", "cell"], suffixes=("", "_at"), validate="m:1")
        assert set(rows["measure"]) == set(estimates["measure"])
        for row in rows.to_dict("records"):
            counts = found.counts(row["region"])
            if row["method"] != "per_10000":
                assert counts[row["n_at"]] == row["n"]
            if row["method"] != "median_iqr":
                assert counts[row["events_at"] if row["events_at"] != NOTHING else row["n_at"]] == row["events"]
