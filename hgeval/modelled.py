"""What may leave of a model: numbers of many families together, in whole percentages or coarser.

A number that a model makes of one region's outcomes gives its counts away as surely as a percentage with its interval
does. So of a region only what was expected of its families may leave, which no outcome of theirs went into; all else is
of the country, of enough families with and without the event, and rounded.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import rates
from hgeval.disclosure_rule import Settings
from hgeval.errors import DisclosureError

METHODS = ("model_share", "model_difference", "model_ratio")
DIGITS = 2  # whole percentages, and ratios in hundredths
BLIND = frozenset({"expected"})  # measures that no outcome of the region itself went into


def is_model(estimates: pd.DataFrame) -> pd.Series:
    """Which rows a model made."""
    return estimates["method"].isin(METHODS)


def under(estimates: pd.DataFrame, rule: Settings) -> pd.DataFrame:
    """The rows of models under a rule: hidden where they rest on few families, else rounded.

    What the model could not determine has the status "none": nobody hid it.
    Raises DisclosureError for a number of one region in which its own outcomes could be seen.
    """
    of_region = (estimates["region"] != rates.NATIONAL) & ~estimates["measure"].isin(BLIND)
    if of_region.any():
        raise DisclosureError(
            f"Deze uitkomsten van een model mogen alleen van het hele land zijn: "
            f"{', '.join(sorted(set(estimates.loc[of_region, 'measure'])))}. Laat de regio's weg."
        )
    n, events = estimates["n"], estimates["events"]
    few = (n < rule.min_quantile).fillna(True) | (events < rule.min_count) | (n - events < rule.min_count)
    small = few.fillna(False).astype(bool)
    frame = estimates.copy()
    step = _step(frame, rule)
    for name in ("value", "low", "high"):
        frame[name] = ((frame[name] / step).round() * step).round(DIGITS).mask(small)
    for name in ("n", "events"):
        frame[name] = (np.floor(frame[name] / rule.rounding + 0.5) * rule.rounding).astype("Int64").mask(small)
    known = np.where(frame["value"].isna(), "none", "rounded" if rule.rounding > 1 else "shown")
    return frame.assign(status=np.where(small, "suppressed", known))


def _step(frame: pd.DataFrame, rule: Settings) -> pd.Series:
    """What numbers are rounded to: hundredths; a share of few families coarser, or it gives their count in full."""
    of_counts = (frame["method"] == "model_share") & ~frame["measure"].isin(BLIND)
    finest = 10.0**-DIGITS
    coarse: pd.Series = np.ceil((rule.rounding / frame["n"]).fillna(0.0).clip(upper=1.0) / finest) * finest
    return coarse.clip(lower=finest).where(of_counts, finest)
