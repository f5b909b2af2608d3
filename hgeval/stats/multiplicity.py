"""Many tests at once: p-values adjusted for their number, each naming how many were adjusted together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats

METHODS = {
    "bonferroni": "bonferroni", "holm": "holm", "hochberg": "simes-hochberg", "hommel": "hommel", "bh": "fdr_bh",
    "by": "fdr_by",
}  # fmt: skip


def adjust(
    rows: pd.DataFrame, *, p: str = "p", method: str = "holm", measure: str = "test", family: Sequence[str] = (),
    groups: Sequence[str] = (), size: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """p-values adjusted for the number of tests, in the order given, with that number in the group column `family`.

    rows: one row a test. method: holm (Holm 1979) or bonferroni for questions fixed beforehand, hochberg (1988) and
    hommel (1988) for tests that are not negatively related, bh (Benjamini & Hochberg 1995) and by (Benjamini &
    Yekutieli 2001) for exploring. family: columns whose values divide the tests into families; none: all are one. size:
    number of tests of the family where more were done than are given. A missing p stays missing and does not count.
    Raises EstimateError for a p not between 0 and 1, an unknown method or a size under the number given. Reference
    case multiplicity.
    """
    if method not in METHODS:
        raise EstimateError(f"Deze methode is er niet voor veel toetsen. Bekend zijn: {', '.join(METHODS)}.")
    chances = arrays.columns(rows, [p])[0]
    estimate.need(rows, family)
    if ((chances < 0) | (chances > 1)).any():
        raise EstimateError("Een p-waarde ligt tussen 0 en 1. Controleer de kolom met p-waarden.")
    alone = np.zeros(len(rows), dtype="int64")
    home = np.asarray(rows.groupby(list(family), dropna=False, observed=True).ngroup()) if family else alone
    adjusted, number = np.full(len(rows), np.nan), np.zeros(len(rows), dtype="int64")
    for each in np.unique(home):
        member = home == each
        adjusted[member], number[member] = _family(chances[member], method, size)
    cells = arrays.named(rows, list(dict.fromkeys([*groups, *family])), measure=measure, method=method, p=adjusted)
    return estimate.frame(cells.assign(family=number), [*dict.fromkeys([*groups, *family]), "family"])


def _family(chances: Floats, method: str, size: int | None) -> tuple[Floats, int]:
    """The adjusted p-values of one family, and its size; tests done elsewhere count as p = 1."""
    known = np.isfinite(chances)
    number = int(known.sum()) if size is None else size
    if number < known.sum():
        raise EstimateError("Er zijn meer toetsen dan de opgegeven omvang. Geef size voor alle toetsen samen.")
    found = np.full(len(chances), np.nan)
    if known.any():
        from statsmodels.stats.multitest import multipletests

        padded = np.append(chances[known], np.ones(number - int(known.sum())))
        found[known] = multipletests(padded, method=METHODS[method])[1][: int(known.sum())]
    return found, number
