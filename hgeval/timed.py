"""What may leave of times: days and shares from a survival curve, of enough cases, in whole days and percentages.

Such a number follows the cases one by one, so it would give counts away more finely than rounded counts do. Therefore
it is computed from groups of five (`chain_spans.grouped`), and only then may it leave: for every reader, the own region
too. A day that fewer than ten cases have before or after it stays hidden.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval.disclosure_rule import Settings
from hgeval.errors import DisclosureError

DAYS, SHARE = "km_days", "km_share"
METHODS = (DAYS, SHARE)


def is_timed(estimates: pd.DataFrame) -> pd.Series:
    """Which rows come from a survival curve."""
    return estimates["method"].isin(METHODS)


def under(estimates: pd.DataFrame, rule: Settings) -> pd.DataFrame:
    """The rows under a rule: hidden where they rest on few cases, else in whole days and percentages.

    Raises DisclosureError for counts that were not grouped before the curve was made.
    """
    n, events = estimates["n"].fillna(0), estimates["events"].fillna(0)
    if ((n % rule.rounding != 0) | (events % rule.rounding != 0)).any():
        raise DisclosureError(
            "Deze tijden zijn van gezinnen of meldingen één voor één gerekend. Er mogen alleen tijden naar buiten die "
            f"uit groepen van {rule.rounding} zijn gerekend, zoals die van chain_times."
        )
    few = (n < rule.min_quantile) | (events < rule.min_count) | (n - events < rule.min_count)
    small = (few | estimates["value"].isna()).astype(bool)
    frame = estimates.copy()
    for name in ("value", "low", "high"):
        frame[name] = _whole(frame[name], frame["method"]).mask(small)
    # under five cases there is no whole group: 0 would tell them from five to nine; in an empty study it is no secret
    least = 0 if rule.hide_zero and (n > 0).any() else 1
    frame["n"] = n.mask(n.between(least, rule.min_count - 1))
    frame["events"] = pd.NA  # the number itself says enough
    return frame.astype({"events": "Int64"}).assign(status=np.where(small, "suppressed", "rounded"))


def _whole(numbers: pd.Series, method: pd.Series) -> pd.Series:
    """Whole days and whole percentages; a half goes up."""
    times = method.map({DAYS: 1.0, SHARE: 100.0}).astype("float64")
    whole: pd.Series = np.floor((numbers * times).round(6) + 0.5)
    return (whole / times).astype("Float64")
