"""Studies drawn from a known model, as an estimator sees them, with the truth that it should come close to.

Each is the model of `hgeval simulate` with a few parameters of its own. Unlike in a study, severity is a column: so
that what is left of a bias is the method's, and not what nobody measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hgeval import reference, simulate_families, simulate_measurements, simulate_truth
from hgeval.simulate_model import Model, stream

FAMILIES = 3250
OUTLIER = "VT18"  # the largest region, of some 490 families in the scenario in which it differs
SIZES = {"outlier": 4250}
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
    "alike": replace(Model(**_PLAIN), region_sd=0.0, severity_shift_sd=0.0),
    "outlier": replace(Model(**_PLAIN), region_sd=0.2, severity_shift_sd=0.0, outlier=(OUTLIER, 1.2)),
    "no effect": replace(Model(**_PLAIN), effects=dict.fromkeys(Model().effects, 0.0)),
}


@dataclass(frozen=True, eq=False)  # one study is only itself, so that what was made of it can be kept
class Drawn:
    """families: one row a family with violence at T1; truth: as in truth.json.

    Columns: region, worker, severity, substance, prior, poverty (numbers), intervention (number), stopped_T2 and
    stopped_T3 (0 or 1, also of who did not answer), seen_T2 and seen_T3 (whether it was measured).
    """

    families: pd.DataFrame
    truth: dict


def draw(name: str, seed: int) -> Drawn:
    """One study of that scenario; the same seed gives the same families."""
    model, regions, towns = MODELS[name], *_country()
    drawn = simulate_families.draw(regions, towns, families=SIZES.get(name, FAMILIES), seed=seed, model=model)
    present, latent = simulate_measurements.response(drawn, seed=seed, model=model), drawn.latent
    rows = pd.DataFrame({
        "region": drawn.table["region"].to_numpy(), "worker": drawn.table["worker"].to_numpy(),
        "severity": latent["severity"], "substance": latent["substance_use"].astype("float64"),
        "prior": (latent["prior_reports"] > 0).astype("float64"), "poverty": latent["poverty"].astype("float64"),
        "intervention": latent["delivered"],
        **{f"stopped_{wave}": (~latent[f"violence_{wave}"]).astype("float64") for wave in ("T2", "T3")},
        **{f"seen_{wave}": present[wave] for wave in ("T2", "T3")},
    })
    return Drawn(rows[latent["violence_T1"]].reset_index(drop=True), simulate_truth.truth(drawn, model=model))


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


def _country() -> tuple[pd.DataFrame, pd.DataFrame]:
    regions = reference.regions(2022).astype({"population": "int64", "municipalities": "int64"})
    return regions, reference.municipalities(2022).astype({"population": "int64"})
