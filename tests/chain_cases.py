"""Small studies of meldingen and families for the tests of the chain report."""

import datetime as dt

import pandas as pd

from hgeval.params import Division, Study, Wave
from hgeval.schema_chain import PLANS
from hgeval.schema_study import FAMILIES, MELDINGEN
from hgeval.settings_chain import Chain

TODAY = dt.date(2025, 12, 31)
_DATES = {column.name for table in (FAMILIES, MELDINGEN, PLANS) for column in table.columns if column.kind == "date"}


def config(**chain):
    return Study(
        name="proef", division=Division(kind="veilig_thuis", year=2022), reference_date=TODAY, chain=Chain(**chain),
        waves=[Wave(code="T1", months=0), Wave(code="T2", months=12), Wave(code="T3", months=18)],
    )


def typed(rows, table):
    frame = pd.DataFrame(rows, columns=list(table.names))
    dates = {name: pd.to_datetime(frame[name]).astype("datetime64[s]") for name in frame if name in _DATES}
    texts = {name: frame[name].astype("str") for name in frame if name not in _DATES}
    return frame.assign(**dates, **texts)


def meldingen(*rows):
    """Meldingen of (received, assessed) with more as a dict at the end; in VT02, each with a name of its own."""
    found = []
    for at, (received, assessed, *more) in enumerate(rows):
        about = {"melding_id": f"M{at:04d}", "region": "VT02", "received_on": received, "assessed_on": assessed}
        found.append(about | (more[0] if more else {}))
    return typed(found, MELDINGEN)


def families(*rows):
    """Families of (reported, start of help) with more as a dict at the end; in VT02."""
    found = []
    for at, (reported, helped, *more) in enumerate(rows):
        about = {"family_id": f"G{at:04d}", "region": "VT02", "reported_on": reported, "intervention_on": helped,
                 "intervention": "casemanagement"}
        found.append(about | (more[0] if more else {}))
    return typed(found, FAMILIES)


def plans(*rows):
    """Plans of (first talk, plan) with more as a dict at the end; of the families of `families` in their order."""
    found = []
    for at, (talk, plan, *more) in enumerate(rows):
        about = {"family_id": f"G{at:04d}", "first_contact_on": talk, "plan_on": plan}
        found.append(about | (more[0] if more else {}))
    frame = typed(found, PLANS)
    flags = {name: pd.array([row.get(name) for row in found], dtype="boolean") for name in ("one_analysis", "one_plan")}
    return frame.assign(**flags)


def lasting(days, *, open_after=(), start="2025-01-01", region="VT02"):
    """Meldingen of one day that were assessed after so many days, and others that are still open after so many."""
    first = pd.Timestamp(start)
    ready = [(first, first + pd.Timedelta(days=each), {"region": region}) for each in days]
    today = pd.Timestamp(TODAY)
    return meldingen(*ready, *[(today - pd.Timedelta(days=each), None, {"region": region}) for each in open_after])


def one(frame, **equals):
    """The one row with these values."""
    for name, value in equals.items():
        frame = frame[frame[name] == value]
    (row,) = frame.to_dict("records")
    return row
