"""Families as they were at the start, and what may be expected of them: the share that stops among such families.

What is known of a family before any help is its case mix. The help itself is not: a region that gives better help is
not to be compared with others that gave the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from hgeval import cohort, rates
from hgeval.params import Study
from hgeval.stats import attrition
from hgeval.stats import casemix as standard

CLASSES = {"children": (0, 1, 2), "prior_reports": (0, 1)}  # the ends of classes of a number: none, so many, more
FLAGS = ("partner_violence", "child_abuse", "parent_abuse", "substance_use", "poverty")
UNKNOWN = "onbekend"
FEWEST = 100  # families in the country, under which no model is fitted
EITHER = 10  # of them, with and without the event: a model of fewer would tell that hidden count
REGIONS = 3  # under which what is expected of one would tell what became of another
OWN = 0.8  # of the families of a class, above which the class is that region's own
HALF, SEED = 0.5, 20_261  # what a conclusion is drawn against; the draws of the imputations
_REPAIRS = {"share": "stopped_repaired", "tipping_point": "tipping"}


def at_start(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a family with violence at the first wave: region, cluster, interventions, its case mix and what became.

    The case mix stands in `columns`: words, of which one is that it is not known. `stopped_<wave>`: 1, 0 or missing.
    """
    first, *later = config.wave_codes
    rows = wide[(wide[f"level_{first}"] > cohort.NONE).fillna(False)].set_index("family_id")
    about = families.set_index("family_id").reindex(rows.index)
    found = rows[["region", "cluster"]].assign(start=rows[f"level_{first}"].astype("int64").astype("str"))
    for name in ("intervention", "assigned"):
        found[name] = about[name].astype("str") if name in about else pd.Series(pd.NA, rows.index, dtype="str")
    for name, ends in CLASSES.items():
        if name in about:
            found[name] = _classes(about[name], ends)
    for name in FLAGS:
        if name in about:
            found[name] = about[name].map({True: "ja", False: "nee"}).astype("str").fillna(UNKNOWN)
    for wave in later:
        level = rows[f"level_{wave}"]
        found[f"stopped_{wave}"] = (level == cohort.NONE).astype("Float64").where(level.notna())
    return found.reset_index()


def columns(rows: pd.DataFrame) -> list[str]:
    """The columns of the case mix that differ between families; how violent it was at the start comes first."""
    known = [name for name in ("start", *CLASSES, *FLAGS) if name in rows]
    return [name for name in known if rows[name].nunique() > 1]


def expected(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """What share of each region's families would have stopped, if such families did as they do in the whole country.

    Indirect standardisation (Breslow and Day 1987): one logit for the country, without the region and without the help
    that was given. One row a region and later wave, n the families it is known of; missing for a study with fewer
    than `FEWEST`, of `EITHER` outcome or of `REGIONS`. A characteristic that tells one region apart, such as one that
    only this region did not record, is left out: with it the model would repeat the region's own share.
    tests/reference/standardisation.csv.
    """
    rows = at_start(families, wide, config)
    parts = [part for wave in config.wave_codes[1:] for part in _expected(rows, wave)]
    return rates.frame(pd.concat(parts) if parts else [], groups=["wave"])


def dropout(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """What drop-out may have done to the share that stopped, at the last wave, for the country: every repair together.

    By `repair`: complete_cases (as if leavers were like stayers), ipw (like stayers with the same case mix and earlier
    answers), mi (the same by imputation), each with its interval; none and all (of the leavers it stopped). Measure
    `tipping`: by how much the share among leavers must differ from what ipw expects before the interval of ipw changes
    sides of a half. Regions are all there, so that how they differ is no error. None of them is known to be right:
    nobody can see in the data why families left. Stefanski and Boos 2002; Rubin 1987; Manski 1990;
    tests/test_stats_attrition.py.
    """
    rows = at_start(families, wide, config)
    outcomes_ = [f"stopped_{wave}" for wave in config.wave_codes[1:]]
    if not outcomes_ or not _enough(rows[outcomes_[-1]]):
        return rates.frame([], groups=["wave", "repair"])
    found = attrition.share_under_dropout(
        rows.assign(cluster=shared_or_alone(rows["cluster"])), outcome=outcomes_[-1], covariates=columns(rows),
        earlier=outcomes_[:-1], against=HALF, seed=SEED, cluster="cluster", stratum="region", level=config.level,
    )
    ends = found[found["method"] == "manski"]
    apart = [ends.assign(method=name, value=ends[end]) for name, end in (("none", "low"), ("all", "high"))]
    told = pd.concat([found[found["method"] != "manski"], *(each.drop(columns=["low", "high"]) for each in apart)])
    told = told[told["measure"].isin(_REPAIRS)].rename(columns={"method": "repair"})
    told = told.assign(
        method=told["measure"].map({"share": "model_share"}).fillna("model_difference"),
        measure=told["measure"].map(_REPAIRS), wave=config.wave_codes[-1],
    )
    return rates.frame(told[["measure", "region", "wave", "repair", "n", "value", "low", "high", "level", "method"]],
                       groups=["wave", "repair"])


def shared_or_alone(cluster: pd.Series) -> pd.Series:
    """With whom a family shares; one of its own where that is not known."""
    return cluster.fillna(pd.Series([f"\0{at}" for at in range(len(cluster))], index=cluster.index))


def _expected(families: pd.DataFrame, wave: str) -> Iterator[pd.DataFrame]:
    known = families[families[f"stopped_{wave}"].notna()]
    if not _enough(known[f"stopped_{wave}"]) or known["region"].nunique() < REGIONS:
        return
    flagged = known.assign(flag=known[f"stopped_{wave}"] == 1)
    mix = [name for name in columns(known) if not _tells_region(known, name)]
    found = standard.benchmark(flagged, event="flag", categories=mix)
    rows = found[found["measure"] == "expected"]
    yield rows.assign(value=rows["value"] / rows["n"], measure="expected", wave=wave, method="model_share")[
        ["measure", "region", "wave", "n", "value", "method"]
    ]


def _enough(stopped: pd.Series) -> bool:
    """Whether a model may be made: enough families of whom it is known, with and without the event."""
    return bool(stopped.notna().sum() >= FEWEST and min((stopped == 1).sum(), (stopped == 0).sum()) >= EITHER)


def _tells_region(rows: pd.DataFrame, name: str) -> bool:
    """Whether most families of some region are of a class that hardly any other region has."""
    both = pd.crosstab(rows["region"], rows[name])
    of_region, of_class = both.div(both.sum(axis=1), axis=0), both / both.sum(axis=0)
    return bool(((of_region > HALF) & (of_class > OWN)).to_numpy().any())


def _classes(numbers: pd.Series, ends: tuple[int, ...]) -> pd.Series:
    """The number itself up to the last of `ends`, and "meer" above it."""
    small = numbers.where(numbers <= ends[-1]).astype("Int64").astype("str")
    return small.mask((numbers > ends[-1]).fillna(False), "meer").fillna(UNKNOWN).astype("str")
