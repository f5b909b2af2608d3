"""Families as the case-mix modules want them: one row each, with a level of violence at every wave."""

import pandas as pd

from hgeval.params import Study

CONFIG = Study.model_validate(
    {
        "name": "test", "division": {"year": 2022}, "reference_date": "2025-01-01",
        "waves": [{"code": "T1", "months": 0}, {"code": "T2", "months": 12}, {"code": "T3", "months": 18}],
    }
)
ONE_WAVE = CONFIG.model_copy(update={"waves": CONFIG.waves[:1]})
TWO_WAVES = CONFIG.model_copy(update={"waves": CONFIG.waves[:2]})
_LEVELS = ("T1", "T2", "T3")


def study(rows: pd.DataFrame, config: Study = TWO_WAVES) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of families and that of levels, of rows with region, a level for each wave, and what is known."""
    named = rows.reset_index(drop=True)
    named["family_id"] = pd.Series([f"f{at:05d}" for at in range(len(named))], dtype="str")
    worker = named["worker"] if "worker" in named else pd.Series(pd.NA, index=named.index)
    wide = pd.DataFrame({"family_id": named["family_id"], "region": named["region"].astype("str"),
                         "cluster": worker.astype("str"), "intervention": "geen"})
    for code in config.wave_codes:
        wide[f"level_{code}"] = named[code].astype("Int64")
    families = named.drop(columns=[code for code in _LEVELS if code in named]).astype({"region": "str"})
    return families, wide


def cells(*parts: tuple, names=("region", "T1", "T2")) -> pd.DataFrame:
    """So many rows of the same family: (number, values of `names`)."""
    return pd.DataFrame([values for number, *values in parts for _ in range(number)], columns=list(names))


def strata(region: str, *parts: tuple[int, int, int]) -> pd.DataFrame:
    """Families of a region: (level at the start, how many, of how many it stopped)."""
    return cells(*((many, region, start, level) for start, n, events in parts
                   for many, level in ((events, 0), (n - events, 1))))
