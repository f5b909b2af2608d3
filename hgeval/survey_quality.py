"""Quality criteria by how important they are and whether they are met, and how far the regions agree.

All numbers are of the country: a census of the regions, so without limits but for Cronbach's alpha, which is about the
questions as a scale.
"""

from __future__ import annotations

import pandas as pd

from hgeval import rates
from hgeval.codebook import ELEMENTS, QUALITY_CRITERIA
from hgeval.params import Study
from hgeval.stats import agreement, scales
from hgeval.survey_answers import EXTRA, UNNAMED, Tables, answers, beside, high, shares
from hgeval.survey_partners import quality_answers, quality_met

QUADRANTS = ("keep", "work", "settled", "wait")  # important and met, important only, met only, neither
DIGITS = 2  # of a measure of agreement: finer, it could be matched with answers
FEWEST_FOR_OMEGA = 30  # regions; under that the model of omega is too unsure
_CRITERION = {"criterion": tuple(QUALITY_CRITERIA)}
_WHOLE = 1 - 0.5 * 10**-DIGITS  # from here a measure of agreement is printed as 1: all answered alike


def importance(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion: regions that find it important (4 or 5)."""
    rows = quality_answers(tables, regions=regions)
    return shares(
        rows.assign(event=high(rows["kwaliteit_belang"])), measure="quality_important", regions=regions,
        levels=_CRITERION,
    )


def importance_performance(tables: Tables, *, regions: pd.DataFrame, config: Study) -> pd.DataFrame:
    """`importance`, `quality_met` and the paired difference under each other, for `quadrants`.

    important_from, met_from: the study's limits of the quadrants (thresholds), the same in every row.
    """
    parts = [function(tables, regions=regions) for function in (importance, quality_met, importance_gap)]
    limits = config.thresholds
    frame: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return frame.assign(important_from=limits.often_important, met_from=limits.often_met)


def importance_gap(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion: share that finds it important less share that meets it, of regions that answered both.

    No events: with n they would give both counts. Laid beside the two shares of all regions, it would tell the answers
    of those that gave only one: see `survey_answers.beside`. Hidden too where all unnamed regions, or all but one,
    pull to one side.
    """
    rows = quality_answers(tables, regions=regions)
    rows = rows.assign(important=high(rows["kwaliteit_belang"]))
    both, one = rows["important"].notna() & rows["met"].notna(), rows["important"].notna() ^ rows["met"].notna()
    pairs = rows[both].assign(pull=lambda frame: frame["important"].astype("Int64") - frame["met"].astype("Int64"))
    nameless = pairs[pairs["consent"] == UNNAMED]
    counts = pd.DataFrame({
        "n": pairs.groupby("criterion").size(), "sum": pairs.groupby("criterion")["pull"].sum(),
        "unnamed": nameless.groupby("criterion").size(), "pull": nameless.groupby("criterion")["pull"].sum(),
    }).reindex(list(QUALITY_CRITERIA)).fillna(0).astype("int64").rename_axis("criterion").reset_index()
    value = counts["sum"] / counts["n"].where(counts["n"] > 0)
    frame = rates.frame(counts[["criterion", "n"]].assign(
        measure="importance_gap", region=rates.NATIONAL, value=value, method="difference"), groups=["criterion"])
    one_way = (counts["unnamed"] > 0) & (counts["pull"].abs() >= counts["unnamed"] - 1)
    frame = frame.assign(
        answered=counts["n"], regions=len(regions), unnamed=counts["unnamed"].mask(one_way, 1), unnamed_events=0,
    ).astype(dict.fromkeys(EXTRA, "Int64"))
    left = rows[one].assign(event=lambda only: only["important"].fillna(~only["met"]))  # what the difference counts
    return beside(frame, left, groups=["criterion"])


def quadrants(shown: pd.DataFrame) -> pd.DataFrame:
    """One row a criterion of visible `importance_performance`: both shares, the difference, and the quadrant.

    The quadrant is missing where one of the two shares is hidden. Without a row where nobody answered at all.
    """
    names = {"quality_important": "important_share", "quality_met": "met_share", "importance_gap": "gap_share"}
    wide = shown.pivot(index="criterion", columns="measure", values="value").reindex(columns=list(names))
    wide = wide.reindex(shown["criterion"].unique()).rename(columns=names)
    important, met = (
        (wide[share] >= shown[limit].max()).astype("boolean")
        for share, limit in (("important_share", "important_from"), ("met_share", "met_from"))
    )
    place = 2 * (~important).astype("Int64") + (~met).astype("Int64")
    found = place.map(dict(enumerate(QUADRANTS)), na_action="ignore").astype("str")
    rows = wide.assign(quadrant=found, method="share", status="shown").reset_index().rename_axis(columns=None)
    return rows.iloc[:0] if (shown["n"] == 0).fillna(False).all() else rows


def priority_agreement(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Kendall's W with ties over the priorities of all elements, of the regions that gave one to each.

    From 0 (no order in common) to 1 (the same order). tests/reference/kendall_w.csv. It passes release_totals with
    its unnamed raters: one number of two decimals for fourteen scores of each of them. If all gave one order it would
    tell them all, so then it is hidden.
    """
    scores = _complete(tables, regions, "survey_elements", "element", "prioriteit", tuple(ELEMENTS))
    found = agreement.kendall_w(scores, items=list(ELEMENTS))
    (row,) = found[(found["measure"] == "w") & (found["method"] == "kendall_ties")].to_dict("records")
    return _one("priority_agreement", scores, regions, value=row["value"])


def importance_reliability(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Cronbach's alpha, with Feldt's limits, and omega, of the importance of all criteria.

    Of the regions that scored each criterion; omega only from FEWEST_FOR_OMEGA of them. Neither may be known where all
    answered alike: see `priority_agreement`. tests/reference/alpha_omega.csv.
    """
    items = list(QUALITY_CRITERIA)
    scores = _complete(tables, regions, "survey_quality", "criterion", "kwaliteit_belang", tuple(items))
    (alpha,) = scales.alpha(scores, items=items).query("measure == 'alpha' and method == 'cronbach'").to_dict("records")
    numbers = {name: alpha[name] for name in ("value", "low", "high", "level")}
    enough = len(scores) >= FEWEST_FOR_OMEGA
    omega = scales.omega(scores, items=items) if enough else scales.omega(scores.iloc[:0], items=items)
    (value,) = omega.loc[(omega["measure"] == "omega") & (omega["method"] == "ml_one_factor"), "value"]
    return pd.concat([
        _one("importance_alpha", scores, regions, **numbers), _one("importance_omega", scores, regions, value=value),
    ], ignore_index=True)


def _complete(
    tables: Tables, regions: pd.DataFrame, table: str, by: str, item: str, codes: tuple[str, ...]
) -> pd.DataFrame:
    """One row a region that answered the item for every code."""
    rows = answers(tables, table, regions=regions)
    wide = rows.pivot(index=["region", "consent"], columns=by, values=item).reindex(columns=list(codes))
    return wide.dropna().reset_index().rename_axis(columns=None).astype(dict.fromkeys(codes, "float64"))


def _one(measure: str, scores: pd.DataFrame, regions: pd.DataFrame, **numbers: float) -> pd.DataFrame:
    """The one row of a measure of agreement, rounded, over these raters."""
    known = {name: number for name, number in numbers.items() if not pd.isna(number)}
    rounded = {name: number if name == "level" else round(number, DIGITS) for name, number in known.items()}
    row = {"measure": measure, "region": rates.NATIONAL, "n": len(scores), "method": "agreement", **rounded}
    unnamed = int((scores["consent"] == UNNAMED).sum())
    alike = known.get("value", 0.0) >= _WHOLE and unnamed > 0
    extra = {"answered": len(scores), "regions": len(regions), "unnamed": 1 if alike else unnamed, "unnamed_events": 0}
    return rates.frame([row]).assign(**extra).astype(dict.fromkeys(EXTRA, "Int64"))
