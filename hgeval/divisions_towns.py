"""The municipalities of the country with their area in each division that hgeval itself knows."""

from __future__ import annotations

import pandas as pd

from hgeval import reference
from hgeval.schema_divisions import CURRENT, SOURCE_OPTIONS

YEAR = 2023  # of the municipalities
PARTNERS = {  # those who work in areas of their own, and the column of those
    "veilig_thuis": "region", "veiligheidsregio": "safety_region", "ggd": "ggd_region", "jeugdregio": "youth_region",
    "centrumgemeente": "centre_municipality", "provincie": "province",
}
# The column of `towns` that holds the areas of each of hgeval's own divisions.
AREAS = {name: ({"bureau_jeugdzorg": "bureau_jeugdzorg"} | PARTNERS)[name] for name in (*SOURCE_OPTIONS, CURRENT)}


def towns() -> pd.DataFrame:
    """Every municipality with its area in each division that hgeval knows, and `bureau_jeugdzorg`: an approximation.

    A Bureau Jeugdzorg served a province, or one of the three city regions that lay in one.
    """
    frame = reference.municipalities(YEAR)
    cities = reference.table("city_regions.csv").set_index("municipality")["area"]
    return frame.assign(bureau_jeugdzorg=frame["code"].map(cities).fillna(frame["province"]))
