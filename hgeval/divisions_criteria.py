"""What a division is like: each criterion as one number for each option.

The criteria and their formulas are working definitions, each worked by hand in tests/test_divisions_criteria.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from hgeval.divisions_rules import Rules
from hgeval.divisions_towns import PARTNERS
from hgeval.schema_divisions import CURRENT

# Each criterion: its group of weights, and whether more is better.
CRITERIA = {
    "towns": ("nearby", False), "distance": ("nearby", False),
    "volume": ("expert", True), "expertise": ("expert", True),
    "congruence": ("partners", True), "continuity": ("partners", True),
    "duty_cost": ("manageable", False), "balance": ("manageable", True), "money_fit": ("manageable", True),
    "load": ("manageable", False),
}
GROUPS = tuple(dict.fromkeys(group for group, _ in CRITERIA.values()))
UNCERTAIN = "uncertain"  # `centre_status` of a municipality that may belong to another centrumgemeente
_KEY = ["option", "area"]
_SAME = 1e-9


def criteria(found: pd.DataFrame, rules: Rules, *, rate: float) -> pd.DataFrame:
    """Every criterion of every option: a row an option, a column a criterion; missing where it has no meaning.

    found: as `divisions_table.countable` gives it. rate: reports per inhabitant and year.
    """
    fitted = congruence(found)
    partners = fitted[fitted["partner"] != CURRENT]  # of today's division continuity tells
    columns = {
        "towns": towns(found), "distance": distance(found), "volume": volume(found, rules, rate=rate),
        "expertise": expertise(found, rules, rate=rate).groupby("option")["value"].mean(),
        "congruence": partners.groupby("option")[["nesting", "nested"]].mean().mean(axis=1),
        "continuity": continuity(found), "duty_cost": duty_cost(found, rules), "balance": balance(found),
        "money_fit": money_fit(found), "load": load(found),
    }
    return pd.DataFrame(columns).reindex(found["option"].unique()).rename_axis("option")


def people(found: pd.DataFrame) -> pd.Series:
    """Inhabitants of each region."""
    return found.groupby(_KEY)["population"].sum().astype("float64")


def towns(found: pd.DataFrame) -> pd.Series:
    """The municipalities of the region in the middle."""
    return found.groupby(_KEY)["municipality"].nunique().groupby("option").median().astype("float64")


def distance(found: pd.DataFrame) -> pd.Series:
    """Kilometres to the region's seat, of the mean inhabitant; missing where one municipality has no distance."""
    weighed = (found["distance_km"].astype("float64") * found["population"].astype("float64")).groupby(found["option"])
    sums = weighed.sum(min_count=1) / found.groupby("option")["population"].sum().astype("float64")
    return sums.where(found["distance_km"].notna().groupby(found["option"]).all())


def distances(found: pd.DataFrame) -> pd.DataFrame:
    """How far people live from the seat: a row an option, where every municipality has that distance, or seat.

    half_km and nine_km: half, and nine in ten, of the inhabitants live as near as that or nearer; far_km: the farthest
    municipality; seat_share: the inhabitants who live in the municipality of the seat.
    """
    known = found["distance_km"].notna().groupby(found["option"]).transform("all")
    near = found[known].sort_values(["option", "distance_km"])
    reached = near.groupby("option")["population"].cumsum() / near.groupby("option")["population"].transform("sum")
    columns = {name: near[reached.astype("float64") >= share - _SAME].groupby("option")["distance_km"].first()
               for name, share in (("half_km", 0.5), ("nine_km", 0.9))}
    at_seat = found["population"].where(found["seat"] == found["municipality"], 0).groupby(found["option"]).sum()
    share = at_seat.astype("float64") / found.groupby("option")["population"].sum().astype("float64")
    told = pd.DataFrame(columns | {"far_km": near.groupby("option")["distance_km"].max(),
                                   "seat_share": share.where(found["seat"].notna().groupby(found["option"]).all())})
    return told.reindex(found["option"].unique()).rename_axis("option").astype("Float64")


def volume(found: pd.DataFrame, rules: Rules, *, rate: float) -> pd.Series:
    """Share of the regions with as many expected reports as the rules ask, or more."""
    enough = people(found) * rate >= rules.volume
    return enough.groupby("option").mean()


def expertise(found: pd.DataFrame, rules: Rules, *, rate: float) -> pd.DataFrame:
    """Chance that there are enough cases for every specialist, of the mean inhabitant: option, cases, value.

    Cases that need a specialist are Poisson with the expected number; a curve over `cases`, since nobody gave a norm.
    """
    inhabitants = people(found)
    expected = inhabitants * rate * rules.specialist_share
    parts = []
    for cases in rules.cases:
        chance = pd.Series(special.gammainc(cases * rules.specialists, expected), index=expected.index)
        mean = (chance * inhabitants).groupby("option").sum() / inhabitants.groupby("option").sum()
        parts.append(mean.rename("value").reset_index().assign(cases=str(cases)))
    return pd.concat(parts, ignore_index=True)


def congruence(found: pd.DataFrame) -> pd.DataFrame:
    """How each option fits the areas of each partner: option, partner, nesting, nested, counterparts.

    nesting: share of the inhabitants in the largest part of their region that lies in one area of the partner;
    nested: the same the other way round; counterparts: areas of the partner per region, on average.
    """
    parts = [_congruence(found, column).assign(partner=partner) for partner, column in PARTNERS.items()]
    return pd.concat(parts, ignore_index=True)


def _congruence(found: pd.DataFrame, column: str) -> pd.DataFrame:
    shared = found.groupby([*_KEY, column])["population"].sum().astype("float64")
    total = shared.groupby("option").sum()
    return pd.DataFrame({
        "nesting": shared.groupby(_KEY).max().groupby("option").sum() / total,
        "nested": shared.groupby(["option", column]).max().groupby("option").sum() / total,
        "counterparts": shared.groupby(_KEY).size().groupby("option").mean(),
    }).reset_index()


def continuity(found: pd.DataFrame) -> pd.Series:
    """Share of the inhabitants whose Veilig Thuis region of today lies in one region."""
    per = found.groupby(["option", "region"])
    whole = per["population"].sum().astype("float64").where(per["area"].nunique() == 1, 0.0)
    return whole.groupby("option").sum() / found.groupby("option")["population"].sum().astype("float64")


def duty_cost(found: pd.DataFrame, rules: Rules) -> pd.Series:
    """Fixed costs of being there day and night, per inhabitant of the country."""
    inhabitants = people(found).groupby("option")
    return rules.duty_cost * inhabitants.size() / inhabitants.sum()


def balance(found: pd.DataFrame) -> pd.Series:
    """One minus the Gini coefficient of the regions' inhabitants: 1 where all regions are as large."""
    return 1 - people(found).groupby("option").agg(lambda sizes: gini(sizes.tolist()))


def gini(sizes: Sequence[float]) -> float:
    """Gini coefficient (Gini 1912): half the mean difference between two, as a part of the mean."""
    values = np.sort(np.asarray(sizes, dtype="float64"))
    ranks = 2 * np.arange(1, len(values) + 1) - len(values) - 1
    return float((ranks * values).sum() / (len(values) * values.sum()))


def money_fit(found: pd.DataFrame, *, certain: bool = False) -> pd.Series:
    """Share of the inhabitants in regions that have to do with exactly one centrumgemeente.

    certain: without the municipalities of which that is uncertain; their inhabitants do count.
    """
    asked = found[found["centre_status"] != UNCERTAIN] if certain else found
    centres = asked.groupby(_KEY)["centre_municipality"].nunique()
    inhabitants = people(found)
    one = inhabitants.where(centres.reindex(inhabitants.index) == 1, 0.0)
    return one.groupby("option").sum() / inhabitants.groupby("option").sum()


def load(found: pd.DataFrame) -> pd.Series:
    """Municipalities and centrumgemeenten that a region has to do with, on average."""
    per = found.groupby(_KEY)
    parties = per["municipality"].nunique() + per["centre_municipality"].nunique()
    return parties.groupby("option").mean()
