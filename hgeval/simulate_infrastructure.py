"""The themes of the open answers of the synthetic study, as a researcher would code them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval.simulate_model import stream, text
from hgeval.simulate_survey import BOTTLENECKS, SUPPORT

_CODES = dict(zip((*BOTTLENECKS, *SUPPORT), (
    "K2", "K1", "K4", "K3", "K5", "K6", "K10", "K8", "K1", "K9", "K10",
), strict=True))
_ALSO = ("K7", "K11")  # a second theme that a coder saw in it
_SHARE_ALSO = 0.25


def themes(answers: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row a region, open question and theme; an answer that was not given has none."""
    rng = stream(seed, "survey_themes")
    columns = {"knelpunt": "knelpunt_open", "steun": "steun_open"}
    parts = [
        pd.DataFrame({"region": answers["region"], "question": question, "theme": answers[column].map(_CODES)})
        for question, column in columns.items()
    ]
    first = pd.concat(parts, ignore_index=True).dropna(subset="theme")
    more = first[rng.random(len(first)) < _SHARE_ALSO]
    more = more.assign(theme=rng.choice(np.array(_ALSO, dtype=object), len(more)))
    rows = pd.concat([first, more]).sort_values(["region", "question"], kind="stable", ignore_index=True)
    return pd.DataFrame({name: text(rows[name]) for name in ("region", "question", "theme")})
