"""How the work with the families of the synthetic study began: first talk, plan, one analysis and one plan.

Its own random numbers: the tables of the other modules stay as they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval.simulate_model import expit, stream, text
from hgeval.types import Floats

LAST_DAY = "2025-12-31"
_RECORDED = 0.92  # of the families
_TALK, _PLAN = (1.4, 3.0), (2.0, 2.0)  # how far towards the start of help, as shares of the time that is left
_LOGITS = {"one_analysis": 0.3, "one_plan": 0.6}
_REGION_SD = 0.5
_NO_HELP_DAYS = 21.0


def tables(families: pd.DataFrame, *, seed: int) -> dict[str, pd.DataFrame]:
    """The one table: a row for most families."""
    random = stream(seed, "plans")
    size = len(families)
    reported = families["reported_on"].astype("datetime64[s]")
    wait = (families["intervention_on"].astype("datetime64[s]") - reported).dt.days
    days = wait.astype("float64").fillna(pd.Series(random.exponential(_NO_HELP_DAYS, size), index=families.index))
    talk = np.floor(days * random.beta(*_TALK, size))
    plan = talk + np.floor((days - talk) * random.beta(*_PLAN, size))
    found = pd.DataFrame({"family_id": text(families["family_id"])})
    for name, after in (("first_contact_on", talk), ("plan_on", plan)):
        date = (reported + pd.to_timedelta(after, unit="D")).astype("datetime64[s]")
        found[name] = date.where((date <= pd.Timestamp(LAST_DAY)) & ~((name == "plan_on") & wait.isna()))
    for name, logit in _LOGITS.items():
        chance = expit(_floats(logit + families["region"].map(_shifts(families["region"], random))))
        found[name] = pd.Series(random.random(size) < chance).astype("boolean")
    return {"plans": found[random.random(size) < _RECORDED].reset_index(drop=True)}


def _floats(values: pd.Series) -> Floats:
    found: Floats = values.to_numpy(dtype="float64")
    return found


def _shifts(regions: pd.Series, random: np.random.Generator) -> dict[str, float]:
    names = sorted(regions.unique())
    return dict(zip(names, _REGION_SD * random.standard_normal(len(names)), strict=True))
