"""The second hidden cell: an attacker who knows the rule and the total never pins a small cell down."""

import itertools

import pandas as pd

from hgeval import complement, rates


def hidden(counts):
    """Statuses after `protect` for classes with these counts, as the exact profile starts it."""
    total = sum(counts)
    rows = [
        {"measure": "m", "region": "VT02", "class": str(i), "n": total, "events": x, "level": 0.95, "method": "wilson"}
        for i, x in enumerate(counts)
    ]
    exact = rates.recompute(rates.frame(rows, groups=("class",)))
    status = ["suppressed" if 1 <= x < 10 else "shown" for x in counts]
    return complement.protect(exact.assign(status=status), exact, ["measure", "region"], 10)


def possible(frame, counts):
    """For each small cell: the values it may still have, by trying every table that fits what is shown."""
    total = frame["n"].iloc[0]
    least = 0 if pd.isna(total) else 10
    bottoms = {"suppressed": range(1, 10), "suppressed_with": range(least, sum(counts) + 1)}
    ranges = [bottoms.get(s, [x]) for s, x in zip(frame["status"], counts, strict=True)]
    fits = [c for c in itertools.product(*ranges) if pd.isna(total) or sum(c) == total]
    return [{c[i] for c in fits} for i, s in enumerate(frame["status"]) if s == "suppressed"]


def test_every_small_table_keeps_each_small_cell_within_at_least_five_values():
    for counts in itertools.product([0, 1, 3, 9, 10, 12, 25], repeat=3):
        frame = hidden(counts)
        for values in possible(frame, counts):
            assert len(values) >= complement.WIDTH, counts


def test_a_lone_small_cell_takes_the_smallest_shown_cells_with_it():
    assert [*hidden([3, 40, 16])["status"]] == ["suppressed", "shown", "suppressed_with"]


def test_nothing_small_hides_nothing():
    frame = hidden([10, 40, 16])
    assert [*frame["status"]] == ["shown"] * 3 and frame["events"].notna().all()


def test_zero_gives_no_protection_and_stays():
    assert [*hidden([3, 0, 16])["status"]] == ["suppressed", "shown", "suppressed_with"]


def test_where_no_cell_is_left_the_total_goes():
    frame = hidden([1, 0, 0])
    assert frame["n"].isna().all() and frame["events"].isna().all()
