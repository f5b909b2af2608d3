"""The audit of a release: an attacker with all tables of a region, and an integer program.

He knows which combinations occur (a family that stopped was measured), which part of a hidden share is the small one,
and that what is hidden is 0 to 9, or 1 to 9 in the exact profile. Nothing of the code that decides is used here.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from hgeval import cohort, disclosure, disclosure_rule, effects, linked, outcomes

REGIONS = ("VT05", "VT20", "VT22")
LEAST = 5  # values that a small count keeps


@pytest.fixture(scope="module")
def study(demo_case):
    config, families = demo_case.config, demo_case.table("families")
    levels = cohort.levels(families, demo_case.table("measurements"), config)
    return demo_case, families, levels, linked.link(outcomes.every(families, levels, config)), {}


def frames(study):
    """What the effectiveness report releases."""
    case, families, levels, *_ = study
    config, codes = case.config, list(case.regions["region"])
    wide = cohort.wide(levels, config)
    of_wide = (effects.stopped, effects.durably_stopped, effects.direction, effects.bounds, effects.leavers)
    of_levels = (effects.no_violence, effects.frequent_or_severe, effects.incidents)
    return [
        effects.response(families, levels, config, codes), *(make(wide, config, codes) for make in of_wide),
        *(make(levels, config, codes) for make in of_levels),
    ]


def printed(study, region, profile):
    """The region's rows as printed, each with its true counts and the sums of families that they are."""
    case, _, _, together, known = study
    if (region, profile) in known:
        return known[region, profile]
    here = replace(case, region=region, rule=disclosure_rule.rule(profile))
    found = []
    for frame in frames(study):
        shown = disclosure.release(frame, here).frame
        groups = [name for name in ("wave", "direction", "stayed") if name in frame]
        rows = shown.assign(cell=linked.cell_names(shown, groups), true_n=frame["n"], true_events=frame["events"])
        found.append(rows[rows["region"] == region].merge(together.cells, on=["measure", "cell"], suffixes=("", "_at")))
    known[region, profile] = pd.concat(found, ignore_index=True)
    return known[region, profile]


class Attacker:
    def __init__(self, sums):
        self.sums = sums.astype(float)
        self.low, self.high = np.zeros(len(sums)), np.full(len(sums), np.inf)
        self.small = set()

    def learn(self, at, low, high):
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)

    def read(self, rows, *, rounded_to=5, lowest=0):
        for row in rows.to_dict("records"):
            exact = rounded_to == 1 and row["status"] == "shown"
            self._read(row["n_at"], row["n"], 1, exact=exact)
            if row["method"] == "median_iqr":
                continue
            rest = row["true_n"] - row["true_events"]
            self.small |= {
                at for at, true in [(row["n_at"], row["true_n"]), (row["events_at"], row["true_events"]),
                                    (row["rest"], rest)] if 1 <= true <= 9
            }
            if not pd.isna(row["events"]):
                self._read(row["events_at"], row["events"], lowest, exact=exact)
                for at in (row["events_at"], row["rest"]) if rounded_to > 1 else ():
                    self.learn(at, 10, np.inf)  # or it would be hidden
                continue
            for at, true in [(row["events_at"], row["true_events"]), (row["rest"], rest)]:
                if true <= 9 and not (row["status"] == "suppressed_with" and true == 0):
                    self.learn(at, lowest, 9)

    def _read(self, at, value, lowest, *, exact):
        if pd.isna(value):
            self.learn(at, lowest, 9)
        elif exact or value % 5 or value == 0:  # a number that is not in fives was not rounded
            self.learn(at, value, value)
        else:
            self.learn(at, value - 2, value + 2)

    def values(self, at):
        """How many values a count can still have."""
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * self.sums[at], constraints=LinearConstraint(self.sums, self.low, self.high),
                bounds=Bounds(0, np.inf), integrality=np.ones(self.sums.shape[1]),
            )
            assert found.status == 0
            ends.append(sign * round(found.fun))
        return ends[1] - ends[0] + 1


@pytest.mark.parametrize("region", REGIONS)
def test_no_small_count_comes_out_of_the_public_tables(study, region):
    attacker = Attacker(study[3].sums)
    attacker.read(printed(study, region, "cbs5"))
    assert attacker.small
    assert {at: left for at in attacker.small if (left := attacker.values(at)) < 2} == {}


@pytest.mark.parametrize("region", REGIONS)
def test_the_exact_tables_beside_the_public_ones_leave_five_values(study, region):
    """Or as many as the public tables leave by themselves, once it is known that nobody is not hidden there."""
    public, own = printed(study, region, "cbs5"), printed(study, region, "exact10")
    before, after = Attacker(study[3].sums), Attacker(study[3].sums)
    for attacker in (before, after):
        attacker.read(public)
        hidden = own[(own["status"] == "suppressed") & (own["method"] != "median_iqr")]
        for row in hidden.to_dict("records"):
            for at, true in [(row["events_at"], row["true_events"]), (row["rest"], row["true_n"] - row["true_events"])]:
                if 1 <= true <= 9:
                    attacker.learn(at, 1, 9)
    after.read(own, rounded_to=1, lowest=1)
    worse = {
        at: (left, had) for at in sorted(after.small)
        if (left := after.values(at)) < LEAST and left < (had := before.values(at))
    }
    assert worse == {}


def test_the_attacker_can_do_what_he_says(study):
    """Against tables without a rule he finds every small count; and one exact total too many is enough."""
    rows = printed(study, "VT20", "cbs5")
    exact = rows.assign(n=rows["true_n"], events=rows["true_events"].where(~rows["true_events"].between(1, 9)))
    attacker = Attacker(study[3].sums)
    attacker.read(exact.assign(status="shown"), rounded_to=1, lowest=1)
    assert sum(attacker.values(at) == 1 for at in attacker.small) > 3


def test_exact_tables_say_more_than_public_ones(study):
    """Else the profile would be safe by saying nothing."""
    shown = [(printed(study, region, "exact10")["status"] == "shown").mean() for region in ("VT05", "VT20")]
    assert shown[0] > 0.6 and shown[1] > 0.1
