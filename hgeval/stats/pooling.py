"""Rubin's rules: one estimate out of the estimates of several imputed tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import estimate, terms
from hgeval.stats.terms import Codes, Floats

METHOD = "rubin_barnard_rubin"


def rubin(
    rows: pd.DataFrame, *, value: str, se: str, complete_df: float = np.inf, by: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimates of imputed tables pooled (Rubin 1987), with the degrees of freedom of Barnard & Rubin (1999).

    rows: one an imputed table, and a group of the columns `by`; complete_df: n - k of the model on a complete table,
    infinite for a large one. Rows a group: `pooled` (t), and within, between and total variance, relative_increase of
    variance and fraction_missing (the information that lacks). n is the number of tables; with one table all but the
    pooled value and the variance within is missing. Raises EstimateError for a se below 0 or a complete_df not above
    0. Reference case mi_pool.
    """
    terms.need_level(level)
    estimate.need(rows, [value, se, *by])
    if not complete_df > 0:
        raise EstimateError("complete_df is n - k van het model op een volledige tabel. Verwacht: meer dan 0.")
    whole = rows[[value, se, *by]].dropna()
    estimates, errors = terms.numbers(whole[value]), terms.numbers(whole[se])
    if (errors < 0).any():
        raise EstimateError(f"De kolom {se} is ergens kleiner dan 0. Een standaardfout is 0 of meer.")
    if whole.empty:
        raise EstimateError(f"Er is geen rij waarin {value} en {se} gevuld zijn. Geef de schatting van elke tabel.")
    keys = whole[list(by)] if by else pd.DataFrame({"all": np.zeros(len(whole), dtype="int64")})
    codes = np.asarray(keys.groupby(list(keys), observed=True, sort=True).ngroup(), dtype=np.int64)
    first = np.unique(codes, return_index=True)[1]
    names = keys.iloc[first][list(by)].reset_index(drop=True)
    parts = _pooled(estimates, errors**2, codes, complete_df, level)
    return terms.frame([part.drop(columns="term").assign(**names) for part in parts], groups=tuple(by))


def _pooled(values: Floats, variances: Floats, codes: Codes, complete_df: float, level: float) -> list[pd.DataFrame]:
    m = np.bincount(codes)
    mean, within = np.bincount(codes, values) / m, np.bincount(codes, variances) / m
    several = np.where(m > 1, m, np.nan)
    between = np.bincount(codes, (values - mean[codes]) ** 2) / (several - 1)
    extra = (1 + 1 / m) * between
    total = within + extra
    increase = np.divide(extra, within, out=np.full(len(m), np.nan), where=within > 0)
    df = _degrees(np.divide(extra, total, out=np.full(len(m), np.nan), where=total > 0), several, complete_df)
    finite = np.where(np.isfinite(df), df, 1.0)
    missing = (increase + np.where(np.isinf(df), 0.0, 2 / (finite + 3))) / (increase + 1)
    missing = np.where(np.isnan(df), np.nan, missing)
    names = [""] * len(m)
    numbers = {"within": within, "between": between, "total": total, "relative_increase": increase,
               "fraction_missing": missing}  # fmt: skip
    pooled = terms.table("pooled", names, mean, method=METHOD, se=np.sqrt(total), df=df, level=level)
    parts = [pooled, *(terms.table(name, names, each, method=METHOD) for name, each in numbers.items())]
    return [part.assign(n=m) for part in parts]


def _degrees(share: Floats, m: Floats, complete_df: float) -> Floats:
    """Degrees of freedom, share being the part of the variance that imputing adds."""
    plain = np.where(share > 0, share, 1.0)
    many = np.where(share > 0, (m - 1) / plain**2, np.where(np.isnan(share), np.nan, np.inf))
    if np.isinf(complete_df):
        return many
    seen = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    finite = np.where(np.isfinite(many), many, 1.0)
    return np.where(np.isinf(many), seen, np.where(np.isnan(many), np.nan, finite * seen / (finite + seen)))
