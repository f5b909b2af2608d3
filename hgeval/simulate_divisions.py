"""The division that the synthetic study brings: the youth regions, with those of one municipality joined to another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import reference
from hgeval.simulate_model import stream, text

NAME = "samengevoegde jeugdregio's"
_NEAR, _WIDE = 2.0, 0.45  # kilometres: the least, and how unequal distances are
_MEAN = 18.0


def tables(*, seed: int) -> dict[str, pd.DataFrame]:
    """The one table: real municipalities, a made-up proposal, and distances that were drawn."""
    towns = reference.municipalities().astype({"population": "int64"})
    towns = towns.assign(area=_joined(towns)).sort_values(["area", "code"], ignore_index=True)
    largest = towns.loc[towns.groupby("area")["population"].idxmax()].set_index("area")["code"]
    seat = towns["area"].map(largest)
    drawn = _NEAR + _MEAN * np.exp(_WIDE * stream(seed, "divisions").standard_normal(len(towns)))
    distance = pd.Series(np.where(seat == towns["code"], 0.0, drawn)).round(1)
    return {"divisions": pd.DataFrame({
        "division": text(np.full(len(towns), NAME)), "municipality": text(towns["code"]), "area": text(towns["area"]),
        "seat": text(seat), "distance_km": distance.astype("Float64"),
    })}


def _joined(towns: pd.DataFrame) -> pd.Series:
    """Youth regions; one with a single municipality goes to the one with fewest inhabitants in its safety region."""
    sizes = towns.groupby("youth_region").agg(count=("code", "size"), people=("population", "sum"))
    alone = towns["youth_region"].map(sizes["count"]).eq(1)
    area = towns["youth_region"].copy()
    for at in towns.index[alone]:
        beside = towns[(towns["safety_region"] == towns.at[at, "safety_region"]) & ~alone]["youth_region"].unique()
        area[at] = sizes.loc[beside, "people"].idxmin()
    return area
