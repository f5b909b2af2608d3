"""One answer from several imputations: Rubin's rules with the degrees of freedom of Barnard and Rubin."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[Any]]


class Pooled(NamedTuple):
    """value, se and df of each pooled estimate, and the share of its variance that the gaps are to blame for."""

    value: Floats
    se: Floats
    df: Floats
    missing: Floats


def pool(values: Floats, variances: Floats, df_complete: Floats | float = np.inf) -> Pooled:
    """Pool m imputations, down the rows: values and variances (m, k), df_complete (k,) without any gap.

    Rubin 1987; Barnard and Rubin 1999; tests/reference/mi_pool.csv. Of one imputation nothing can be said: NaN.
    """
    m = len(values)
    if m < 2:
        nothing = np.full(values.shape[1], np.nan)
        return Pooled(values.mean(axis=0), nothing, nothing, nothing)
    within, between = variances.mean(axis=0), values.var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    known = total > 0
    part = np.where(known, (1 + 1 / m) * between / np.where(known, total, 1.0), np.nan)
    old = np.where(part > 0, (m - 1) / np.where(part > 0, part, 1.0) ** 2, np.inf)
    full = np.broadcast_to(np.asarray(df_complete, dtype="float64"), part.shape)
    finite = np.isfinite(full)
    plain = np.where(finite, full, 0.0)
    observed = np.where(finite, (plain + 1) / (plain + 3) * plain * (1 - part), np.inf)
    some = np.isfinite(old) | np.isfinite(observed)
    with np.errstate(divide="ignore"):
        df = np.where(some, 1 / (1 / old + 1 / observed), np.inf)
    return Pooled(values.mean(axis=0), np.sqrt(total), np.where(np.isnan(part), np.nan, df), part)
