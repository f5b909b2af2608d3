"""Whether the steps with a term in the law were on time, over all that came in: what is open and late counts as late.

What is open within its term is not on time and not late yet, and is left out. Shares have Wilson limits.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import chain_spans, rates
from hgeval.chain_spans import ASSESSMENT, TERMED
from hgeval.params import Study
from hgeval.schema_study import MELDINGEN

SAFETY = MELDINGEN.column("safety").choices


def on_time(meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """P10, P11: assessments and investigations within their term, of all meldingen and investigations that had to be.

    tests/reference/wilson.csv.
    """
    rows = _termed(meldingen, config)
    return _shares(rows.assign(flag=~rows["late"]), "on_time", "step", TERMED, config, codes)


def late_by_safety(meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """C9: late assessments among the meldingen that were assessed, for each safety class."""
    rows = _termed(meldingen, config)
    assessed = rows[(rows["step"] == ASSESSMENT) & rows["done"] & rows["safety"].isin(SAFETY)]
    return _shares(assessed.assign(flag=assessed["late"]), "late_by_safety", "safety", SAFETY, config, codes)


def waiting(meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """P12: what was past its term and still not ready on the reference date."""
    rows = _termed(meldingen, config)
    late = rows[~rows["done"] & rows["late"].fillna(False)]
    found = rates.counts(_with(late, "step", TERMED), measure="waiting", by=("region", "step"), all_regions=list(codes))
    return chain_spans.by_group(found, "step", TERMED)


def _termed(meldingen: pd.DataFrame, config: Study) -> pd.DataFrame:
    """The rows of steps with a term; `late` is missing while nobody can tell."""
    spans = chain_spans.of_meldingen(meldingen, config)
    rows = spans[spans["step"].isin(TERMED)].reset_index(drop=True)
    end = rows["start"] + pd.to_timedelta(rows["days"], unit="D")  # of what is open, the reference date
    late = (end > chain_spans.due(rows, config)).astype("boolean")
    return rows.assign(late=late.mask(~rows["done"] & ~late))


def _shares(
    rows: pd.DataFrame, measure: str, group: str, classes: Sequence[str], config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    found = rates.shares(
        _with(rows, group, classes), measure=measure, flag="flag", by=("region", group), level=config.level,
        all_regions=list(codes),
    )
    return chain_spans.by_group(found, group, classes)


def _with(rows: pd.DataFrame, group: str, classes: Sequence[str]) -> pd.DataFrame:
    return rows.assign(**{group: pd.Categorical(rows[group], list(classes))})
