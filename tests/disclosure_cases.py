"""Estimates of one cell and readers of one region, for the tests of what may leave."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from hgeval import disclosure_rule, linked, rates

ORIGIN = {"study": "demo", "synthetic": True}
CONFIG = SimpleNamespace(wave_codes=("T1", "T2", "T3"), division=SimpleNamespace(year=2022, kind="veilig_thuis"))


def reader(profile="cbs5", region="VT02", plan=()):
    """A reader; plan: estimate frames whose every count may be exact, as far as the exact profile is asked."""
    rule = disclosure_rule.rule(profile)
    found = pd.concat([allowed(frame) for frame in plan]) if len(plan) else allowed(share(0, 0)).iloc[:0]
    return SimpleNamespace(rule=rule, region=region, origin=ORIGIN, config=CONFIG, plan=lambda measures: found,
                           saw=lambda what: None, derived=lambda function, frame: function(frame))


def allowed(frame, *, exact=True):
    """A plan in which every cell of these rows has been looked at, and may be exact or not."""
    plan = frame[["measure", "n", "events"]].assign(n_exact=exact, events_exact=exact)
    return plan.assign(cell=linked.cell_names(frame, rates.group_columns(frame)))


def share(events, n, *, region="VT02", measure="stopped", method="wilson", **groups):
    row = {"measure": measure, "region": region, **groups, "n": n, "events": events, "level": 0.95, "method": method}
    return rates.recompute(rates.frame([row], groups=tuple(groups)))


def median(n):
    row = {
        "measure": "incidents", "region": "VT02", "n": n, "value": 71.3, "low": 22.4, "high": 148.0, "level": np.nan,
        "method": "median_iqr",
    }
    return rates.frame([row])


def only(found):
    (row,) = getattr(found, "frame", found).to_dict("records")
    return row
