"""Columns of a tidy frame as a design matrix, and the coefficients of a model as rows of the estimate frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
INTERCEPT = "(intercept)"
_ALIASED = 1e-9  # what is left of a column beside the columns before it, as a part of that column


class Design(NamedTuple):
    """What a regression needs: rows sorted by cluster, and only the columns that do not follow from others.

    y, weights, offset: (n,); x: (n, k); codes: cluster of each row, ascending from 0; labels: name of each cluster;
    names: every term asked for, also one whose column follows from others; kept: which of them x has.
    """

    y: Floats
    x: Floats
    weights: Floats
    offset: Floats
    codes: Codes
    labels: pd.Index
    names: tuple[str, ...]
    kept: npt.NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def k(self) -> int:
        """Number of coefficients that are determined."""
        return int(self.x.shape[1])

    @property
    def starts(self) -> Codes:
        """First row of each cluster."""
        return np.flatnonzero(np.diff(self.codes, prepend=-1)).astype("int64")

    def spread(self, numbers: Floats) -> Floats:
        """Numbers per column of x as numbers per name; missing where a term is not determined."""
        found = np.full(len(self.names), np.nan)
        found[self.kept] = numbers
        return found


def build(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], cluster: str | None = None,
    weights: str | None = None, offset: str | None = None,
) -> Design:
    """The design of the rows in which all these columns are filled and the weight is not 0.

    A column of text or categories becomes one column a category, after the first (declared or sorted), named
    `column[category]`. offset: a column that is added to the linear predictor, as it is.
    Raises EstimateError for a column that lacks, no row that is complete, a number without end or a negative weight.
    """
    extra = [name for name in (cluster, weights, offset) if name is not None]
    used = list(dict.fromkeys([outcome, *covariates, *extra]))
    estimate.need(rows, used)
    whole = rows[used].dropna()
    if weights is not None:
        if (whole[weights] < 0).any():
            raise EstimateError("Een gewicht is kleiner dan 0. Verwacht: 0 of meer. Controleer de gewichten.")
        whole = whole[whole[weights] > 0]
    if whole.empty:
        raise EstimateError(
            f"Er is geen rij waarin {', '.join(used)} gevuld zijn. Een model heeft die nodig. Vul de kolommen aan."
        )
    codes, labels = pd.factorize(whole[cluster], sort=True) if cluster else (np.arange(len(whole)), pd.RangeIndex(0))
    order = np.argsort(codes, kind="stable")
    whole = whole.iloc[order]
    columns = {INTERCEPT: np.ones(len(whole))}
    for name in covariates:
        columns |= _columns(whole[name])
    x = np.column_stack(list(columns.values()))
    y = numbers(whole[outcome])
    kept = independent(x)
    ones, zeros = np.ones(len(y)), np.zeros(len(y))
    return Design(
        y, x[:, kept], numbers(whole[weights]) if weights else ones, numbers(whole[offset]) if offset else zeros,
        codes[order].astype("int64"), pd.Index(labels), tuple(columns), kept,
    )


def numbers(column: pd.Series) -> Floats:
    """A filled column as floats. Raises EstimateError for text and for numbers without end."""
    try:
        found = column.to_numpy(dtype="float64")
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise EstimateError(f"De kolom {column.name} heeft waarden die geen getal zijn. Geef een kolom met getallen.")
    return found


def need_binary(design: Design, outcome: str) -> None:
    """Raise EstimateError unless the outcome is 0 or 1 in every row."""
    if not np.isin(design.y, (0.0, 1.0)).all():
        raise EstimateError(f"De kolom {outcome} heeft andere waarden dan 0 en 1. Geef alleen 0 en 1.")


def need_level(level: float) -> None:
    """Raise EstimateError unless the level lies between 0 and 1."""
    if not 0 < level < 1:
        raise EstimateError("Het niveau van een interval ligt tussen 0 en 1, zoals 0.95. Geef zo'n niveau.")


def independent(x: Floats) -> npt.NDArray[np.bool_]:
    """Which columns do not follow from the columns before them; a column of zeros always does."""
    basis, kept = np.zeros((x.shape[0], 0)), np.zeros(x.shape[1], dtype=bool)
    for number, column in enumerate(x.T):
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)  # once more: what rounding left
        size = float(np.linalg.norm(rest))
        if size > _ALIASED * float(np.linalg.norm(column)):
            basis, kept[number] = np.column_stack([basis, rest / size]), True
    return kept


def table(
    measure: str, terms: Sequence[str], value: Any, *, method: str, n: int | None = None, se: Any = np.nan,
    df: Any = np.nan, level: float = np.nan,
) -> pd.DataFrame:
    """Numbers as rows of the estimate frame, one a term: with their limits, statistic and p-value where there is an se.

    df: degrees of freedom, infinite for the normal distribution; where missing or not above 0, so are the limits.
    """
    shape = len(terms)
    values, errors, freedom = (np.broadcast_to(np.asarray(each, dtype="float64"), shape) for each in (value, se, df))
    freedom = np.where((freedom > 0) & ~np.isnan(errors), freedom, np.nan)
    half = student_quantile(freedom, (1 + level) / 2) * errors
    statistic = np.divide(values, errors, out=np.full(shape, np.nan), where=errors > 0)
    return pd.DataFrame({
        "measure": measure, "term": pd.array(list(terms), dtype="str"), "n": np.nan if n is None else float(n),
        "events": np.nan, "value": values, "low": values - half, "high": values + half,
        "level": np.where(np.isnan(half), np.nan, level), "method": method, "se": errors,
        "df": np.where(np.isinf(freedom), np.nan, freedom), "statistic": statistic,
        "p": two_sided(statistic, freedom),
    })  # fmt: skip


def student_quantile(df: Any, share: Any) -> Floats:
    """Quantile of Student's t; of the normal distribution where df is infinite; missing where df is."""
    freedom, normal = np.asarray(df, dtype="float64"), special.ndtri(share)
    plain = np.where(np.isfinite(freedom), freedom, 1.0)
    return np.where(np.isnan(freedom), np.nan, np.where(np.isinf(freedom), normal, special.stdtrit(plain, share)))


def two_sided(statistic: Any, df: Any) -> Floats:
    """Two-sided p-value of a t statistic; of a normal one where df is infinite; missing where df is."""
    freedom, far = np.asarray(df, dtype="float64"), -np.abs(np.asarray(statistic, dtype="float64"))
    plain = np.where(np.isfinite(freedom), freedom, 1.0)
    p = 2 * np.where(np.isinf(freedom), special.ndtr(far), special.stdtr(plain, far))
    return np.where(np.isnan(freedom), np.nan, p)


def frame(tables: Sequence[pd.DataFrame], groups: Sequence[str] = ("term",)) -> pd.DataFrame:
    """Tables under each other as the estimate frame."""
    return estimate.frame(pd.concat(list(tables), ignore_index=True), groups)


def _columns(column: pd.Series) -> dict[str, Floats]:
    """One covariate as named columns of a design."""
    if pd.api.types.is_numeric_dtype(column.dtype):  # also true and false
        return {str(column.name): numbers(column)}
    declared = isinstance(column.dtype, pd.CategoricalDtype)
    levels = list(column.cat.categories) if declared else sorted(column.unique())
    return {f"{column.name}[{level}]": (column == level).to_numpy(dtype="float64") for level in levels[1:]}
