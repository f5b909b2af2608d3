"""Whether workers see enough cases to stay good at them, and whether a municipality has enough for a specialist.

There is no norm for how many cases are enough, so several numbers are shown side by side (werkdefinitie). Only the
cases in the study are counted: a worker may have others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from hgeval import chain_spans, monitor, rates, reference
from hgeval.params import Study

FEWEST_WORKERS = 3  # with fewer, a share of a region's cases is what one worker does
FEWEST_REGIONS = 3
KINDS = {"meldingen": ("meldingen", "totaal"), "onderzoeken": ("onderzoeken_by_outcome", "totaal")}
OVER = ("worker", "provider")


def below_minimum(families: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """C3: share of the cases that are with workers who see fewer than so many a year, for several numbers.

    Missing where one or two workers make up those under or those above.
    A worker's cases a year: those reported in the months of the study, times twelve over those months.
    """
    known = families[families["worker"].notna()]
    months = _months(families["reported_on"])
    yearly = known.groupby(["region", "worker"])["family_id"].transform("size") * 12 / max(months, 1)
    names = [str(each) for each in config.chain.minimum_cases]
    about = known[["region"]]
    parts = [about.iloc[:0].assign(minimum="", flag=False)]
    parts += [about.assign(minimum=each, flag=yearly < int(each)) for each in names]
    every = pd.concat(parts, ignore_index=True)
    every["minimum"] = pd.Categorical(every["minimum"], names)
    found = rates.shares(
        every, measure="below_minimum", flag="flag", by=("region", "minimum"), method="share", all_regions=list(codes),
    )
    few = _few_hands(known, yearly, names).reindex(pd.MultiIndex.from_frame(found[["region", "minimum"]]))
    few = few.eq(True).set_axis(found.index)
    told = found.assign(**{name: found[name].mask(few) for name in ("n", "events", "value")})
    return chain_spans.by_group(told, "minimum", names)


def same_hands(families: pd.DataFrame) -> pd.DataFrame:
    """C10: chance that two cases of one region are with the same worker, and with the same organisation.

    Herfindahl's index without the chance of meeting oneself (Simpson 1949), the mean over regions by their cases. Only
    of the country: of one region it would give its workers' numbers away.
    """
    rows = [_meeting(families, name) for name in OVER]
    return rates.frame(rows, groups=["over"])


def specialist(config: Study, regions: pd.DataFrame, year: int, kind: str) -> pd.DataFrame:
    """C3: municipalities of each region that would see enough cases a year for one specialist, with a chance of 80%.

    P(N >= m) for N Poisson with the inhabitants times the national rate, from public figures alone. n counts the
    municipalities of the region, events those with that chance or more.
    """
    towns = reference.municipalities(year, kind=kind)[["region", "population"]]
    chain, per_head = config.chain, _per_head(year)
    grid = pd.MultiIndex.from_product([list(per_head), chain.minimum_cases], names=["case", "minimum"])
    rows = towns.merge(grid.to_frame(index=False), how="cross")
    mean = rows["population"].astype("float64") * rows["case"].map(per_head)
    enough = pd.Series(stats.poisson.sf(rows["minimum"].to_numpy() - 1, mean), index=rows.index) >= chain.keeps
    cells = rows.assign(minimum=rows["minimum"].astype("str"), unit=1, enough=enough.astype("int64"))
    sums = cells.groupby(["region", "case", "minimum"], sort=False)[["unit", "enough"]].sum().reset_index()
    whole = sums.groupby(["case", "minimum"], sort=False)[["unit", "enough"]].sum().reset_index()
    found = pd.concat([sums, whole.assign(region=rates.NATIONAL)], ignore_index=True)
    named = found.rename(columns={"unit": "n", "enough": "events"}).assign(measure="keeps_specialist", method="share")
    known = named[named["region"].isin([*regions["region"], rates.NATIONAL])]
    told = rates.recompute(rates.frame(known, groups=["case", "minimum"]))
    told = chain_spans.by_group(told, "minimum", [str(each) for each in chain.minimum_cases])
    return chain_spans.by_group(told, "case", list(per_head))


def _few_hands(known: pd.DataFrame, yearly: pd.Series, names: Sequence[str]) -> pd.Series:
    """Per region and number: whether one or two workers make up one of its sides; their cases would be theirs alone."""
    about = known[["region", "worker"]].assign(yearly=yearly).drop_duplicates(["region", "worker"])
    every = about.merge(pd.DataFrame({"minimum": list(names)}, dtype="str"), how="cross")
    every["under"] = every["yearly"] < every["minimum"].astype("int64")
    hands = every.groupby(["region", "minimum", "under"]).size().unstack(fill_value=0)
    return ((hands > 0) & (hands < FEWEST_WORKERS)).any(axis=1)


def _per_head(year: int) -> dict[str, float]:
    """Yearly number per inhabitant in the country, of each kind of case, in the newest year published."""
    figures = monitor.figures(year, *dict.fromkeys(measure for measure, _ in KINDS.values()))
    known = figures[(figures["region"] == rates.NATIONAL) & figures["value"].notna()]
    people = float(reference.population(pd.Series([rates.NATIONAL])).iloc[0])
    found = {}
    for case, (measure, whole) in KINDS.items():
        rows = known[(known["measure"] == measure) & (known["kind"] == whole) & known["period"].str.fullmatch(r"\d{4}")]
        found[case] = float(rows.sort_values("period")["value"].iloc[-1]) / people
    return found


def _meeting(families: pd.DataFrame, name: str) -> dict[str, object]:
    size = families[families[name].notna()].groupby(["region", name]).size().astype("float64")
    total = size.groupby("region").sum()
    meet = (size * (size - 1)).groupby("region").sum() / (total * (total - 1)).where(total > 1)
    meet = meet if meet.notna().sum() >= FEWEST_REGIONS else meet * np.nan  # of one region it would be its own number
    weighed = float((meet * total).sum() / total[meet.notna()].sum()) if meet.notna().any() else np.nan
    return {
        "measure": "same_hands", "region": rates.NATIONAL, "over": name, "n": int(total.sum()), "value": weighed,
        "method": "model_share",
    }


def _months(dates: pd.Series) -> int:
    """Calendar months from the first report to the last, both counted; none without dates."""
    known = pd.to_datetime(dates).dropna()
    if known.empty:
        return 0
    first, last = known.min(), known.max()
    return int((last.year - first.year) * 12 + last.month - first.month + 1)
