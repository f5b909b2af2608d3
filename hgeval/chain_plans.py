"""Whether all who help a family share one analysis and one plan (C11): what the region itself wrote down of each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import rates
from hgeval.params import Study

SHARED = ("one_analysis", "one_plan")


def shared_work(
    families: pd.DataFrame, plans: pd.DataFrame, config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    """C11: families with one analysis, and with one plan, among those of which that was written down (Wilson).

    What was not filled in is unknown, not "no". tests/reference/wilson.csv.
    """
    rows = families[["family_id", "region"]].merge(plans, on="family_id", how="inner")
    parts = [
        rates.shares(
            rows.assign(flag=rows[name]), measure=name, flag="flag", by=("region",), level=config.level,
            all_regions=list(codes),
        ) for name in SHARED
    ]
    return pd.concat(parts, ignore_index=True)
