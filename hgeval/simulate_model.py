"""The model the synthetic study is drawn from: its parameters, its random streams and small draws.

Every number is made up; `Model` is calibrated so that the drawn study looks like the published figures
(Verwey-Jonker cohort 2: no violence 6.5% at the start and 30% after 18 months, 71 incidents a year).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hgeval.types import Floats, Ints

INTERVENTION_EFFECTS = {  # log odds of stopping, against reguliere_hulp
    "huisverbod": 0.35, "systeemtherapie": 0.70, "casemanagement": 0.25, "reguliere_hulp": 0.0, "geen": -0.40,
}


@dataclass(frozen=True)
class Model:
    """True parameters: logits and log rates, conditional on the family's own random effects."""

    # sizes: the smallest region gets this share of the mean, so that small cells occur
    size_sd: float = 0.25
    smallest: float = 0.176
    # spread of the random effects on the logit of stopping
    region_sd: float = 0.30
    outlier: tuple[str, float] = ("", 0.0)  # a region that differs by this much more
    worker_sd: float = 0.40
    family_sd: float = 0.80
    severity_shift_sd: float = 0.25  # region's mean severity
    # no violence at T1, T2, T3
    none_t1: float = -2.77
    none_t1_severity: float = -0.45
    stop_t2: float = -1.64
    stop_t3: float = -1.91
    stayed_calm: float = 2.3  # no violence at T2 makes no violence at T3 more likely
    calm_at_start: float = 1.6  # no violence at T1 likewise, at T2
    stop_severity: float = -0.55
    stop_substance: float = -0.30
    stop_prior: float = -0.20
    stop_poverty: float = -0.15
    effects: dict[str, float] = field(default_factory=lambda: dict(INTERVENTION_EFFECTS))
    # incidents a year of a family with violence
    log_rate: tuple[float, float, float] = (3.82, 3.78, 3.80)
    rate_severity: float = 0.45
    rate_family_sd: float = 0.80
    rate_wave_sd: float = 0.50
    rate_effect: float = -0.25  # of an intervention's effect on stopping
    # severe violence among families with physical violence
    severe: tuple[float, float, float] = (-1.0, -1.2, -1.2)
    severe_severity: float = 0.6
    # choice of the intervention (logits against reguliere_hulp), by indication and by region; severity itself is
    # in no table, so who adjusts for what is known removes part of the confounding only
    indication: dict[str, tuple[float, ...]] = field(default_factory=lambda: {
        # intercept, severity, partner violence, child abuse, reported on before, substance use
        "huisverbod": (-2.00, 0.80, 0.70, 0.0, 0.50, 0.40),
        "systeemtherapie": (-1.50, 0.40, 0.0, 0.40, 0.40, 0.30),
        "casemanagement": (-0.45, 0.30, 0.0, 0.20, 0.20, 0.10),
        "reguliere_hulp": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "geen": (-0.75, -0.60, 0.0, 0.0, -0.40, -0.30),
    })
    preference_sd: float = 0.50
    adherence: float = 1.95
    adherence_severity: float = -0.30
    adherence_substance: float = -0.40
    # response and drop-out; the last two depend on the violence at that very wave
    invited: float = 0.90
    respond_t1: tuple[float, float, float] = (0.97, -0.25, -0.25)  # intercept, severity, substance use
    respond_t2: tuple[float, float, float, float] = (1.62, -0.25, -0.25, -0.55)  # and violence at T2
    respond_t3: tuple[float, float, float, float] = (1.45, -0.25, -0.25, -0.55)  # and violence at T3
    respond_t3_missed_t2: float = -2.6


def stream(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part of the study; another part never shifts them."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(part.encode())])))


def expit(logit: Floats) -> Floats:
    """The chance of a logit."""
    return 1 / (1 + np.exp(-logit))


def pick(rng: np.random.Generator, weights: Floats) -> Ints:
    """One column number per row, drawn in proportion to the row's weights."""
    cumulative = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights))[:, None] * cumulative[:, -1:]
    found: Ints = (drawn >= cumulative).sum(axis=1).clip(max=weights.shape[1] - 1)
    return found


def choose(rng: np.random.Generator, weights: dict[str, float], size: int) -> np.ndarray:
    """`size` names drawn independently in proportion to their weights."""
    names = np.array(list(weights), dtype=object)
    shares = np.array(list(weights.values()), dtype=float)
    return names[rng.choice(len(names), size=size, p=shares / shares.sum())]


def codes(prefix: str, count: int, *, digits: int = 5) -> np.ndarray:
    """Pseudonyms prefix00001 and on, all of one width."""
    width = max(digits, len(str(count)))
    return np.array([f"{prefix}{number:0{width}d}" for number in range(1, count + 1)], dtype=object)


def text(values: ArrayLike) -> pd.Series:
    """Values as a column of text."""
    return pd.Series(np.asarray(values, dtype=object)).astype("str")


def lost(rng: np.random.Generator, values: pd.Series, share: float) -> pd.Series:
    """`values` with a random share left empty."""
    return values.mask(rng.random(len(values)) < share)


def dates(days: np.ndarray) -> pd.Series:
    """Days since 1970 as dates; NaN stays empty."""
    known = ~np.isnan(np.asarray(days, dtype=float))
    whole = np.where(known, days, 0).astype("int64")
    stamps = pd.Series(whole.astype("datetime64[D]").astype("datetime64[s]"))
    return stamps.where(known)


def day(date: str) -> int:
    """Days since 1970 of an ISO date."""
    return int(np.datetime64(date, "D").astype("int64"))
