"""Did the violence stop: response first, then outcomes per wave, for all regions and the country at once.

Only "stopped after" is measured here, never "stopped by": there is no control group. Who counts is decided in
`outcomes`. Every function wants the codes of the regions to report on, so that a region without families is a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from hgeval import outcomes, rates
from hgeval.params import Study
from hgeval.stats import design


def response(families: pd.DataFrame, levels: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O15: families measured at the first wave among those invited, and measured later among those (Wilson)."""
    return _counted(outcomes.response(families, levels, config), config, codes)


def measured_share(
    families: pd.DataFrame, levels: pd.DataFrame, config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    """C1: closed families with a known outcome at a later wave, among those for whom that wave was due (Wilson)."""
    return _counted(outcomes.measured_share(families, levels, config), config, codes)


def no_violence(levels: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O4: families without violence among all families measured at the wave (Wilson)."""
    return _counted(outcomes.no_violence(levels, config), config, codes)


def frequent_or_severe(levels: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O5: families with frequent or severe violence among all families measured at the wave (Wilson)."""
    return _counted(outcomes.frequent_or_severe(levels, config), config, codes)


def stopped(wide: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O1, O2: no violence at a later wave among families with violence at the first, both known (Wilson)."""
    return _counted(outcomes.stopped(wide, config), config, codes)


def stopped_of_kind(
    families: pd.DataFrame, wide: pd.DataFrame, config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    """O2 apart for partner violence, child abuse and violence against parents; a family may be in several (Wilson)."""
    return _counted(outcomes.by_violence(families, wide, config), config, codes)


def durably_stopped(wide: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O3: no violence at two successive later waves, named by the last of them, all three known (Wilson)."""
    return _counted(outcomes.durably_stopped(wide, config), config, codes)


def durably_stopped_of_kind(
    families: pd.DataFrame, wide: pd.DataFrame, config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    """O3 apart for each kind of violence, as in `stopped_of_kind`; a family may be in several (Wilson)."""
    return _counted(outcomes.durably_by_violence(families, wide, config), config, codes)


def direction(wide: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O6: each direction's share of the families with violence at the first wave, both waves known (Wilson)."""
    return _counted(outcomes.direction(wide, config), config, codes)


def bounds(wide: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """The share that stopped if of all who left none had stopped, and if all had (Horowitz and Manski 2000).

    n is every family with violence at the first wave; "as observed", as if leavers were stayers, is `stopped`.
    """
    return _counted(outcomes.bounds(wide, config), config, codes)


def leavers(wide: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """Frequent or severe violence at the first wave, of families that stayed and that left by a later wave (Wilson)."""
    return _counted(outcomes.leavers(wide, config), config, codes)


def incidents(levels: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """O7: median and quartiles of incidents a year per wave (Hyndman and Fan 1996, type 7)."""
    (known,) = outcomes.incidents(levels, config)
    keys = ["region", *known.by]
    cells = rates.counts(known.rows, measure=known.measure, by=keys, all_regions=codes)
    everyone = pd.concat([known.rows, known.rows.assign(region=rates.NATIONAL)]).astype(dict.fromkeys(keys, "str"))
    by_cell = everyone.groupby(keys)["incidents"]
    for name, share in (("low", 0.25), ("value", 0.5), ("high", 0.75)):
        found = by_cell.quantile(share).rename(name)
        cells = cells.drop(columns=name).merge(found, on=keys, how="left", validate="1:1")
    return rates.frame(cells.assign(events=np.nan, level=np.nan, method=known.method), groups=known.by)


def _counted(units: Iterable[rates.Units], config: Study, codes: Sequence[str]) -> pd.DataFrame:
    parts = []
    for each in units:
        found = rates.shares(
            each.rows, measure=each.measure, flag="flag", by=("region", *each.by), level=config.level,
            method=each.method, all_regions=list(codes),
        )
        parts.append(_widened(found, each))
    return pd.concat(parts, ignore_index=True)


def _widened(shares: pd.DataFrame, units: rates.Units) -> pd.DataFrame:
    """Intervals of families that share a worker: as if there were n / deff, with one deff for all regions.

    Pooled, since a region has a handful of workers: its own design effect would be chance (benchmarks/coverage.py).
    """
    if units.method != "wilson" or "cluster" not in units.rows or shares.empty:
        return shares
    groups = list(units.by)
    pooled = design.pooled(design.totals(units.rows, flag="flag", cluster="cluster", groups=groups), groups)
    plain = pooled.astype(dict.fromkeys(groups, "str"))
    deff = shares[groups].merge(plain, on=groups, how="left", validate="m:1")["deff"]
    return rates.recompute(shares.assign(method=rates.widened(deff)))
