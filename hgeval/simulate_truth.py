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
    of_region = {str(region): own for region, own in latent.groupby("region")}
    known = families.regions.set_index("region").to_dict("index")
    return {
        "model": asdict(model),
        "national": _share(by_region.sum()) | {"realised": _realised(latent)},
        "regions": {
            str(region): _share(sums) | {"realised": _realised(of_region[str(region)])}
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


def _realised(latent: pd.DataFrame) -> Record:
    """Counts of the drawn families, answered or not."""
    violent = latent[latent["violence_T1"]]
    calm = {wave: int((~latent[f"violence_{wave}"]).sum()) for wave in ("T1", "T2", "T3")}
    stopped = {wave: int((~violent[f"violence_{wave}"]).sum()) for wave in ("T2", "T3")}
    return {"families": len(latent), "at_risk": len(violent), "no_violence": calm, "stopped": stopped}


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
