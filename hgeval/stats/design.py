"""Design effect: how much less families say who share a worker or an organisation, than as many strangers would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate

_SUMS = ("residual", "simple", "between", "between_df", "within", "within_df", "squares")


def kish(size: Any, icc: Any) -> arrays.Floats:
    """Design effect 1 + (size - 1) x icc of clusters of one size (Kish 1965). Reference case power_mde.

    size: families a cluster; icc: intraclass correlation. An array of the longer of the two.
    """
    return np.asarray(1 + (arrays.floats(size) - 1) * arrays.floats(icc))


def totals(
    rows: pd.DataFrame, *, flag: str, cluster: str, region: str = "region", groups: Sequence[str] = ()
) -> pd.DataFrame:
    """What each region (and group) brings to the design effect, one row each: `region`, groups, n, events, clusters...

    rows: one row a family. flag: boolean, missing is not in n. cluster: the widest unit that families share (a worker,
    an organisation), within the region; missing is a cluster of its own. `residual` is the sum over clusters of the
    squared surplus of events over n x share, times G / (G - 1); `simple` is what it would be for strangers. A region
    of one cluster, or of one family, brings nothing to either. Raises EstimateError for a lacking column or region.
    """
    estimate.need(rows, [flag, cluster, region, *groups])
    known = rows[rows[flag].notna()]
    keys = ["region", *groups]
    if known[[region, *groups]].isna().to_numpy().any():
        raise EstimateError("Niet elke rij heeft een regio en een groep. Vul die kolommen in bij elke rij.")
    cell = known[[region, *groups]].set_axis(keys, axis=1).groupby(keys, observed=True)
    cell_of = np.asarray(cell.ngroup())
    names = cell.size().reset_index()[keys]
    sums = _sums(cell_of, _cluster_codes(known[cluster]), known[flag].to_numpy(dtype="float64"), len(names))
    return names.assign(**sums)


def pooled(found: pd.DataFrame, groups: Sequence[str] = ()) -> pd.DataFrame:
    """Design effect and intraclass correlation over all regions, one row a group: columns groups, deff, icc.

    found: rows of `totals`. Both are ratios of sums, so that a small region weighs little. Never cut off at 1 here:
    the interval does that. The correlation is the analysis-of-variance estimator within regions (Ridout et al. 1999);
    it may be negative, and is missing where no cluster has two families.
    """
    names = list(_SUMS)
    sums = found.groupby(list(groups), observed=True)[names].sum().reset_index() if groups else (
        found[names].sum().to_frame().T
    )
    deff = arrays.divide(sums["residual"], sums["simple"])
    between, within = (arrays.divide(sums[name], sums[f"{name}_df"]) for name in ("between", "within"))
    size = arrays.divide(sums["squares"], sums["between_df"])
    icc = arrays.divide(between - within, between + (size - 1) * within)
    return sums[list(groups)].assign(deff=deff, icc=icc)


def effect(
    rows: pd.DataFrame, *, flag: str, cluster: str, region: str = "region", groups: Sequence[str] = ()
) -> pd.DataFrame:
    """Design effect of a share as an estimate frame: measures deff, icc and effective_n.

    deff per region is the linearised variance of the share over its clusters, over the variance among strangers; the
    row of the country pools all regions and is the one to use (see `shares.clustered`). effective_n is n over the
    pooled design effect, which never counts as less than 1. Missing where it cannot be determined. Raises
    EstimateError. Kish (1965); Skinner, Holt & Smith (1989). Hand-worked in tests/test_stats_design.py.
    """
    found = totals(rows, flag=flag, cluster=cluster, region=region, groups=groups)
    whole = pooled(found, groups).assign(region=rates.NATIONAL)
    each = found.assign(measure="deff", method="linearised", value=arrays.divide(found["residual"], found["simple"]))
    joined = found.merge(whole[[*groups, "deff"]], on=list(groups)) if groups else (
        found.assign(deff=whole["deff"].iloc[0] if len(whole) else np.nan)
    )
    left = joined.assign(
        measure="effective_n", method="linearised_pooled", value=joined["n"] / np.maximum(joined["deff"], 1.0)
    )
    parts = [
        each,
        whole.assign(measure="deff", method="linearised_pooled", value=whole["deff"]),
        whole.assign(measure="icc", method="anova_pooled", value=whole["icc"]),
        left,
    ]
    kept = ["measure", "region", *groups, "n", "events", "value", "method"]
    return estimate.frame(pd.concat([part.reindex(columns=kept) for part in parts], ignore_index=True), groups)


def _cluster_codes(cluster: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A number a cluster; each missing one gets a number of its own."""
    codes = pd.factorize(cluster)[0].astype("int64")
    alone = codes < 0
    codes[alone] = codes.max(initial=0) + 1 + np.arange(int(alone.sum()))
    return codes


def _sums(cell: Any, cluster: Any, flag: arrays.Floats, cells: int) -> dict[str, Any]:
    """Sums per region of what its clusters bring."""
    pairs, members = pd.factorize(cell.astype("int64") * (int(cluster.max(initial=0)) + 1) + cluster)
    n, x = np.bincount(pairs).astype("float64"), np.bincount(pairs, flag)
    home = np.asarray(members, dtype="int64") // (int(cluster.max(initial=0)) + 1)

    def over(numbers: Any) -> Any:
        return np.bincount(home, numbers, minlength=cells)

    size, events, number = over(n), over(x), over(np.ones_like(n))
    p = events / size
    usable = number > 1
    surplus = over((x - p[home] * n) ** 2)
    return {
        "n": size.astype("int64"), "events": events.astype("int64"), "clusters": number.astype("int64"),
        "residual": np.where(usable, surplus * number / np.maximum(number - 1, 1), 0.0),
        "simple": np.where(usable, p * (1 - p) * size**2 / np.maximum(size - 1, 1), 0.0),
        "between": over(n * (x / n - p[home]) ** 2), "between_df": number - 1,
        "within": over(x * (1 - x / n)), "within_df": size - number,
        "squares": size - over(n**2) / size,
    }  # fmt: skip
