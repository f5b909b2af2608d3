"""What the tests of tables, figures and sentences share: a reader with three regions, and releases made for it."""

from types import SimpleNamespace

import pandas as pd
from disclosure_cases import ORIGIN, allowed

from hgeval import disclosure, disclosure_rule, keepers, rates
from hgeval.params import Thresholds, Wave

NAMES = {"VT01": "Amsterdam-Amstelland", "VT02": "Drenthe", "VT03": "Flevoland"}
WAVES = (
    Wave(code="T1", months=0, label="bij de start"), Wave(code="T2", months=12, label="na 12 maanden"),
    Wave(code="T3", months=18),
)


class Case(SimpleNamespace):
    """A reader whose families nobody who makes an exhibit may look at."""

    @property
    def tables(self):
        raise AssertionError("an exhibit looked at the families")


def reader(region="VT02", profile="cbs5", names=NAMES, waves=WAVES, few_known=0.5):
    config = SimpleNamespace(
        waves=list(waves), wave_codes=tuple(wave.code for wave in waves), thresholds=Thresholds(few_known=few_known)
    )
    regions = pd.DataFrame({"region": list(names), "name": list(names.values())}, dtype="str")
    return Case(
        rule=disclosure_rule.rule(profile), region=region, region_name=(names | {"NL": "Nederland"})[region],
        regions=regions, config=config, origin=ORIGIN,
        saw=lambda what: None, picture=lambda parts, make: make(),
        derived=lambda function, frame: function(frame),
    )


def estimates(rows, groups=("wave",)):
    """Shares of rows (measure, region, *groups, events, n)."""
    names = ["measure", "region", *groups, "events", "n"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], columns=names)
    return rates.recompute(rates.frame(frame.assign(level=0.95, method="wilson"), groups=groups))


def of_a_function(frame, case):
    """The release of a frame as if a function of hgeval had given it: only then a number of a model may pass."""
    rows = keepers.of_estimates(frame, case)
    return disclosure.Released(rows, case.rule.profile, case.origin, derived=case.derived, key=disclosure._KEY)


def released(rows, case, groups=("wave",)):
    frame = estimates(rows, groups)
    case.plan = lambda measures: allowed(frame[frame["region"] == case.region])
    return disclosure.release(frame, case)


def expected(shares, case, wave="T3", n=100):
    """What was expected of the families of these regions (by casemix.expected), through the door."""
    rows = [{"measure": "expected", "region": region, "wave": wave, "n": n, "value": value, "method": "model_share"}
            for region, value in shares.items()]
    return of_a_function(rates.frame(rows, groups=("wave",)), case)


def census(rows, case, measure="present"):
    """Totals of the needs survey of rows (element, events, n, unnamed)."""
    frame = pd.DataFrame(rows, columns=["element", "events", "n", "unnamed"])
    made = rates.frame(
        frame[["element", "events", "n"]].assign(measure=measure, region="NL", method="share"), groups=("element",)
    )
    return disclosure.release_totals(rates.recompute(made).assign(
        unnamed=frame["unnamed"], unnamed_events=0, regions=26), case)


def published(rows, case):
    """Figures as if published, of rows (measure, region, period, kind, value, status, provisional)."""
    names = ["measure", "region", "period", "kind", "value", "status", "provisional"]
    frame = pd.DataFrame(rows, columns=names).astype({"value": "Float64"})
    frame = frame.assign(
        n=pd.array([pd.NA] * len(frame), dtype="Int64"), events=frame["value"].round().astype("Int64"),
        low=pd.array([pd.NA] * len(frame), dtype="Float64"), high=pd.array([pd.NA] * len(frame), dtype="Float64"),
        level=pd.array([pd.NA] * len(frame), dtype="Float64"), method="published", source="CBS", note="",
    )
    origin = case.origin | {"synthetic": False, "published": True}
    return disclosure.Released(frame, case.rule.profile, origin, derived=case.derived, key=disclosure._KEY)


STOPPED = [
    ("stopped", "VT01", "T2", 15, 60), ("stopped", "VT01", "T3", 20, 50),
    ("stopped", "VT02", "T2", 15, 55), ("stopped", "VT02", "T3", 7, 41),  # 7 of 41: hidden everywhere
    ("stopped", "VT03", "T2", 20, 70), ("stopped", "VT03", "T3", 25, 60),
    ("stopped", "NL", "T2", 330, 1500), ("stopped", "NL", "T3", 345, 1150),
]
