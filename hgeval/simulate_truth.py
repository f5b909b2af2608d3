"""The truth behind the synthetic study: what an estimate should come close to.

Shares are expected values before drop-out, over the families as drawn, with the effects of worker and
family integrated out (Gauss-Hermite); "realised" counts what then happened to these very families.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from hgeval.schema_study import INTERVENTIONS
from hgeval.simulate_families import Families, at_risk, effects, shares, stop_logit
from hgeval.simulate_model import Model
from hgeval.types import Record, Row

DIGITS = 6
REFERENCE = "reguliere_hulp"


def truth(families: Families, *, model: Model) -> Record:
    """True parameters, true shares per region and nationally, and true effects of the interventions."""
    latent = families.latent.assign(region=families.table["region"])
    risk = at_risk(latent, model)
    effect = effects(latent["delivered"].to_numpy(), model)
    expected = shares(stop_logit(latent, effect=effect, model=model), spread=_spread(model), model=model)
    rows = pd.DataFrame({"risk": risk} | {key: risk * share for key, share in expected.items()})
    by_region = rows.groupby(latent["region"], sort=True).sum()
    counted = _counted(latent)
    of_region = counted.groupby(latent["region"], sort=True).sum().to_dict("index")
    known = families.regions.set_index("region").to_dict("index")
    return {
        "model": asdict(model),
        "national": _share(by_region.sum()) | {"realised": _realised(counted.sum().to_dict())},
        "regions": {
            str(region): _share(sums) | {"realised": _realised(of_region[region])}
            | _effects(known[region])
            for region, sums in by_region.iterrows()
        },
        "interventions": _interventions(latent, risk, model),
    }


def _spread(model: Model) -> float:
    return float(np.hypot(model.worker_sd, model.family_sd))


def _share(sums: pd.Series) -> Record:
    stopped = {wave: round(float(sums[wave] / sums["risk"]), DIGITS) for wave in ("T2", "T3")}
    return {"stopped": stopped, "stopped_durably": round(float(sums["durable"] / sums["risk"]), DIGITS)}


def _effects(region: Row) -> dict[str, float]:
    return {name: round(float(region[name]), DIGITS) for name in ("region_effect", "severity_shift")}


def _counted(latent: pd.DataFrame) -> pd.DataFrame:
    """What became of each drawn family, answered or not, as columns of 0 and 1 to add up."""
    violent = latent["violence_T1"].to_numpy()
    calm = {wave: ~latent[f"violence_{wave}"].to_numpy() for wave in ("T1", "T2", "T3")}
    stopped = {f"stopped_{wave}": violent & calm[wave] for wave in ("T2", "T3")}
    found = {"families": np.ones(len(latent)), "at_risk": violent} | {f"calm_{wave}": calm[wave] for wave in calm}
    return pd.DataFrame(found | stopped, index=latent.index).astype("int64")


def _realised(sums: Row) -> Record:
    """Counts of the drawn families."""
    calm = {wave: int(sums[f"calm_{wave}"]) for wave in ("T1", "T2", "T3")}
    stopped = {wave: int(sums[f"stopped_{wave}"]) for wave in ("T2", "T3")}
    return {
        "families": int(sums["families"]), "at_risk": int(sums["at_risk"]), "no_violence": calm, "stopped": stopped,
    }


def _interventions(latent: pd.DataFrame, risk: np.ndarray, model: Model) -> Record:
    """Had every family with violence at T1 got this intervention: the share that stops, and the difference."""
    found: dict[str, dict[str, float]] = {}
    for number, name in enumerate(INTERVENTIONS):
        effect = effects(np.full(len(latent), number), model)
        every = shares(stop_logit(latent, effect=effect, model=model), spread=_spread(model), model=model)
        found[name] = {wave: float(np.average(every[wave], weights=risk)) for wave in ("T2", "T3")}
    return {
        name: {
            "log_odds": model.effects[name], "stopped": {wave: round(share, DIGITS) for wave, share in own.items()},
            "difference": {wave: round(own[wave] - found[REFERENCE][wave], DIGITS) for wave in own},
        }
        for name, own in found.items()
    }
