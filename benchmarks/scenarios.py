"""Studies drawn from a known model, as an estimator sees them, with the truth that it should come close to.

Each is the model of `hgeval simulate` with a few parameters of its own. Unlike in a study, severity is a column: so
that what is left of a bias is the method's, and not what nobody measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from hgeval import reference, simulate_families, simulate_measurements, simulate_truth
from hgeval.simulate_model import Model, stream

FAMILIES = 3250
OUTLIER = "VT18"  # a large region, of some 486 families with violence at T1 in the scenario in which it differs
SIZES = {"outlier": 4870}
SAME = {"dropout": "usual", "hidden": "usual"}  # the same families, of whom others answer
_PLAIN = {
    "invited": 1.0, "respond_t1": (50.0, 0.0, 0.0),  # everyone at the first wave
    "respond_t2": (1.62, -0.25, -0.25, 0.0), "respond_t3": (1.45, -0.25, -0.25, 0.0), "respond_t3_missed_t2": 0.0,
}
MODELS = {
    # nobody drops out for what happened to the violence
    "usual": Model(**_PLAIN),
    # who has much to bear drops out much more often
    "dropout": replace(Model(**_PLAIN), respond_t2=(1.0, -1.2, -1.0, 0.0)),
    # and so does who still has violence, which no table tells
    "hidden": replace(Model(**_PLAIN), respond_t2=(1.6, -0.8, -0.6, -1.6)),
    # nor do regions give other help to the same families
    "alike": replace(Model(**_PLAIN), region_sd=0.0, severity_shift_sd=0.0, preference_sd=0.0),
    # regions of a size that is known: else the one that differs might be a small one in many a study
    "outlier": replace(Model(**_PLAIN), size_sd=0.0, region_sd=0.2, severity_shift_sd=0.0, outlier=(OUTLIER, 1.2)),
    "no effect": replace(Model(**_PLAIN), effects=dict.fromkeys(Model().effects, 0.0)),
}


@dataclass(frozen=True, eq=False)  # one study is only itself, so that what was made of it can be kept
class Drawn:
    """families: one row a family with violence at T1 (or a panel), of this scenario, and the number of the study.

    Columns: region, worker, severity, substance, prior, poverty (numbers), intervention (number), stopped_T2 and
    stopped_T3 (0 or 1, also of who did not answer), seen_T2 and seen_T3 (whether it was measured).
    """

    families: pd.DataFrame
    scenario: str
    seed: int

    @property
    def truth(self) -> dict:
        """As in truth.json; made when it is asked for."""
        return _truth(SAME.get(self.scenario, self.scenario), self.seed)


def draw(name: str, seed: int) -> Drawn:
    """One study of that scenario; the same seed gives the same families."""
    drawn, rows = _people(SAME.get(name, name), seed)
    present = simulate_measurements.response(drawn, seed=seed, model=MODELS[name])
    told = rows.assign(**{f"seen_{wave}": present[wave] for wave in ("T2", "T3")})
    return Drawn(told[drawn.latent["violence_T1"]].reset_index(drop=True), name, seed)


@lru_cache(maxsize=2)  # of the scenarios between those that share
def _people(name: str, seed: int) -> tuple[simulate_families.Families, pd.DataFrame]:
    """The families, and what an estimator may see of each."""
    size = SIZES.get(name, FAMILIES)
    regions, latent = simulate_families.unseen(_country(), families=size, seed=seed, model=MODELS[name])
    place = latent["place"].to_numpy()
    table = pd.DataFrame({
        "region": regions["region"].to_numpy()[place], "worker": 1000 * place + latent["worker"], "invited": True,
    })
    rows = table[["region", "worker"]].assign(**{
        "severity": latent["severity"], "substance": latent["substance_use"].astype("float64"),
        "prior": (latent["prior_reports"] > 0).astype("float64"), "poverty": latent["poverty"].astype("float64"),
        "intervention": latent["delivered"],
        **{f"stopped_{wave}": (~latent[f"violence_{wave}"]).astype("float64") for wave in ("T2", "T3")},
    })
    return simulate_families.Families(table, latent, regions), rows


@lru_cache(maxsize=2)
def _truth(name: str, seed: int) -> dict:
    return simulate_truth.truth(_people(name, seed)[0], model=MODELS[name])


def panel(seed: int, *, treated: int, regions: int = 26, periods: int = 8, rho: float = 0.6) -> pd.DataFrame:
    """Half-years of regions without any effect: each region's own level, the country's course, and noise that lasts.

    Columns: region, period, treated (0 or 1, from halfway on in the first so many regions), y.
    """
    rng = stream(seed, "panel")
    noise = np.zeros((regions, periods))
    noise[:, 0] = rng.standard_normal(regions) / np.sqrt(1 - rho**2)
    for at in range(1, periods):
        noise[:, at] = rho * noise[:, at - 1] + rng.standard_normal(regions)
    y = noise + rng.standard_normal((regions, 1)) + rng.standard_normal(periods)
    region, period = (axis.ravel() for axis in np.indices(y.shape))
    on = ((region < treated) & (period >= periods // 2)).astype("float64")
    return pd.DataFrame({"region": region, "period": period, "treated": on, "y": y.ravel()})


@lru_cache
def _country() -> pd.DataFrame:
    return reference.regions(2022).astype({"population": "int64", "municipalities": "int64"})
