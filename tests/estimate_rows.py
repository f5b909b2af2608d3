"""Looking up numbers in an estimate frame."""

import pandas as pd


def pick(found: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    """The rows with these values in these columns."""
    for name, value in wanted.items():
        found = found[found[name] == value]
    return found


def one(found: pd.DataFrame, column: str = "value", **wanted: str) -> float:
    """The number of the only such row; missing as NaN."""
    (number,) = pick(found, **wanted)[column]
    return float("nan") if pd.isna(number) else float(number)


def by_term(found: pd.DataFrame, column: str = "value", **wanted: str) -> dict[str, float]:
    """The numbers of these coefficients by their term; missing as NaN."""
    rows = pick(found, **({"measure": "coefficient"} | wanted))
    return dict(zip(rows["term"], rows[column].astype("float64"), strict=True))
