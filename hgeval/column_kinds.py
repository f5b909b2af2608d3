"""What the numbers of a column are (share, count, euro, days, ...): by a row's method or a column's name."""

from __future__ import annotations

import pandas as pd

from hgeval import rates, wording
from hgeval.schema import TABLES

OF_METHOD = {
    "wilson": "share", "share": "share", "per_10000": "rate", "count": "count", "median_iqr": "number",
    "weighted": "share", "amount": "euro", "model_share": "share", "model_difference": "difference",
    "model_ratio": "ratio", "precision": "points", "largest_remainder": "cents", "km_days": "days",
    "km_share": "share", "difference": "difference", "agreement": "ratio",
}  # fmt: skip
_ESTIMATES = {
    "value", "low", "high", "target", "crude", "expected", "least", "most", "low95", "high95", "low998", "high998",
    "of_all",
}
WHOLE = {"expected", "least", "most", "dropout", "cv_low", "cv_high"}  # shares without decimals, of however many
_KEYS = ("inhabitant", "incident", "mixed")  # ways to divide costs
_OPEN = [f"{key}_{end}" for key in _KEYS[1:] for end in ("low", "high")]  # what counts in fives leave open of two
_YEARS = [column.name for table in TABLES.values() for column in table.columns if column.kind == "year"]
_EUROS = [column.name for table in TABLES.values() for column in table.columns if column.unit == "euro"]
# Columns that stand beside an estimate, or of a region's own answers.
_NAMES = {
    "count": ["n", "events", "regions_inhabitant", "regions_case", "regions_now", "regions_wished"],
    "share": ["density", "dropout", "cv_low", "cv_high", "paid_share", "nesting", "nested", "reached",
              "important_share", "met_share", "now_share", "wished_share"],
    "ratio": ["evalue", "evalue_limit", "unlike", "unlike_left"],
    "text": _YEARS,
}
_NUMERIC = {  # where they hold numbers
    "euro": ["uncovered", *_OPEN, *(f"change_{end}" for end in _OPEN), "lowest", "highest", "each_promised", "each_low",
             "each_high", "per_inhabitant", "per_case", *_EUROS],
    "cents": ["each", "each_country", "each_inhabitant", *(f"by_{key}" for key in _KEYS),
              *(f"each_{end}" for end in _OPEN)],
    "difference": ["gap_share", *(f"share_{end}" for end in _OPEN)],
}
_BY_NAME = {name: kind for kind, names in _NAMES.items() for name in names}
_BY_NUMBER = {name: kind for kind, names in _NUMERIC.items() for name in names}


def kinds(frame: pd.DataFrame, name: str) -> list[str]:
    """What each cell of a column is; for an estimate its method says so, for a published figure its measure."""
    if name in _ESTIMATES and "method" in frame:
        by_row = zip(rates.plain(frame["method"]), frame["measure"], strict=True)
        return [OF_METHOD.get(method) or wording.measure(measure).value or "count" for method, measure in by_row]
    if name in _BY_NAME:
        return [_BY_NAME[name]] * len(frame)
    numeric = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
    return [_BY_NUMBER.get(name, "number") if numeric else "text"] * len(frame)
