"""Exact counts beside hidden ones: whoever compares all tables never pins a small count down."""

import itertools

import numpy as np
import pandas as pd
import pytest

from hgeval import complement, disclosure_rule, linked
from hgeval.complement import WIDTH
from hgeval.rates import Units

OWN = disclosure_rule.rule("exact10")
PUBLIC = OWN.public()
CLASSES = ("gestopt", "afgenomen", "gelijk")


def table(counts, measure="direction"):
    """Families of one region, each in one of the classes: a table of shares that add up."""
    found = [name for name, count in zip(CLASSES, counts, strict=True) for _ in range(count)]
    rows = pd.DataFrame({"unit": [f"f{at}" for at in range(len(found))], "region": "X", "found": found})
    every = pd.concat([rows.assign(direction=name, flag=(rows["found"] == name)) for name in CLASSES])
    return Units(measure, every.astype({"flag": "boolean"}).reset_index(drop=True), ("direction",), "share")


def exact(*units, region="X"):
    return complement.plan(linked.link(units), region, OWN, PUBLIC)


def fits(counts, plan):
    """Every three counts that agree with what is printed, found by trying them all; nothing of the code is used."""
    total = sum(counts)

    def options(count, *, shown):
        hidden_in_public = count < 10 or total - count < 10
        if 1 <= count < 10:
            return range(1, 10)
        if shown:
            return [count]
        if hidden_in_public:
            return range(0, 10) if count < 10 else range(10, total + 1)
        nearest = 5 * round(count / 5)
        return range(max(nearest - 2, 10), nearest + 3)

    totals = [total] if plan["n_exact"].any() else range(5 * round(total / 5) - 2, 5 * round(total / 5) + 3)
    each = [options(count, shown=flag) for count, flag in zip(counts, plan["events_exact"], strict=True)]
    return [found for found in itertools.product(*each) if sum(found) in totals]


@pytest.mark.parametrize("counts", [
    counts for counts in itertools.product([0, 1, 4, 9, 10, 12, 13, 27], repeat=3) if sum(counts) >= 20
])
def test_every_small_count_keeps_five_values_or_as_many_as_in_public(counts):
    plan = exact(table(counts)).set_index("cell").loc[[f"direction={name}" for name in CLASSES]]
    nothing = plan.assign(n_exact=False, events_exact=False)
    printed, public = fits(counts, plan), fits(counts, nothing)
    assert counts in printed
    for at, count in enumerate(counts):
        if 1 <= count < 10:
            values = {found[at] for found in printed}
            assert len(values) >= min(WIDTH, len({found[at] for found in public}))


def test_without_a_small_count_everything_is_exact():
    assert exact(table((20, 13, 31)))[["n_exact", "events_exact"]].all(axis=None)


def test_a_lone_small_class_takes_another_count_with_it():
    plan = exact(table((4, 40, 31))).set_index("cell")
    assert not plan.loc["direction=gestopt", "events_exact"]
    assert not plan[["n_exact", "events_exact"]].all(axis=None)
    assert plan[["n_exact", "events_exact"]].any(axis=None)


def test_what_two_tables_tell_together_is_seen():
    """Alone either table may be exact; together the difference of their totals is a small count of the third."""
    rows = pd.DataFrame({"unit": [f"f{at}" for at in range(60)], "region": "X"})
    asked = Units("response", rows.assign(flag=pd.array([True] * 56 + [False] * 4, dtype="boolean")), (), "share")
    known = Units("measured", rows[:56].assign(flag=pd.array([True] * 30 + [False] * 26, dtype="boolean")), (), "share")
    assert exact(known)[["n_exact", "events_exact"]].all(axis=None)
    both = exact(asked, known).set_index("measure")
    assert not (both.loc["response", "n_exact"] and both.loc["measured", "n_exact"])


def test_the_counts_of_the_plan_are_the_ones_it_looked_at():
    plan = exact(table((4, 40, 31))).set_index("cell")
    assert plan["n"].tolist() == [75, 75, 75]
    assert plan["events"].to_dict() == {"direction=gestopt": 4, "direction=afgenomen": 40, "direction=gelijk": 31}


def test_no_tables_no_plan():
    empty = table((0, 0, 0))
    assert list(exact(empty)) == list(complement.PLAN)
    assert exact(empty).empty


def test_a_region_without_families_has_nothing_to_hide():
    plan = exact(table((4, 40, 31)), region="Y")
    assert (plan["n"] == 0).all() and plan["n_exact"].all()


def test_the_public_interval_of_a_count_holds_it_and_nothing_that_rounds_elsewhere():
    for count in range(10, 80):
        known = complement.Knowledge(np.ones((1, 1)), np.array([count]), np.zeros(1), np.full(1, np.inf))
        complement._learn_public(known, 0, OWN, PUBLIC)
        nearest = 5 * round(count / 5)
        assert (known.low[0], known.high[0]) == (nearest - 2, nearest + 2)


def test_whole_families_allow_less_than_parts_of_them():
    """Three pairs of kinds with odd sums: by halves there is a table, by whole families there is not."""
    known = complement.Knowledge(
        np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1], [1, 0, 0]]), np.array([2, 2, 2, 1]), np.zeros(4),
        np.array([3.0, 3, 3, 9]),
    )
    assert known.width(3, (0, 2), whole=True) <= known.width(3, (0, 2), whole=False)
    assert known.width(3) == 4


def fives(count):
    """What the public table prints of a count."""
    return 5 * round(count / 5) if count >= 10 else None


def test_a_refusal_tells_nothing():
    """Two regions that look alike in public and in what is let in are decided alike, whatever is refused."""
    seen = {}
    for counts in itertools.product([3, 6], range(18, 23), range(28, 33)):
        plan = exact(table(counts)).set_index("cell").loc[[f"direction={name}" for name in CLASSES]]
        told = [count if ok else fives(count) for count, ok in zip(counts, plan["events_exact"], strict=True)]
        whole = sum(counts) if plan["n_exact"].all() else fives(sum(counts))
        public = (*map(fives, counts), fives(sum(counts)))
        flags = (*plan["events_exact"], plan["n_exact"].all())
        seen.setdefault(public, []).append(((*counts, sum(counts)), (*told, whole), flags))
    compared = 0
    for group in seen.values():
        for (true, _, flags), (other, _, theirs) in itertools.permutations(group, 2):
            if all(mine == its for mine, its, ok in zip(true, other, flags, strict=True) if ok):
                assert flags == theirs
                compared += 1
    assert compared > 20
