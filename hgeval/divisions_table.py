"""Every division as one long table of municipalities, and which of the three hard rules each one breaks."""

from __future__ import annotations

import pandas as pd

from hgeval import reference
from hgeval.divisions_towns import AREAS, YEAR
from hgeval.schema_divisions import CURRENT, OWN_NAMES, SOURCE_OPTIONS

RULES = ("once", "several", "whole")
POSSIBLE, IMPOSSIBLE = "mogelijk", "wettelijk_niet_mogelijk"
_COLUMNS = ["option", "area", "municipality", "seat", "distance_km"]


def names() -> dict[str, str]:
    """What the areas of hgeval's own divisions are called, by code."""
    known = reference.municipalities(YEAR)
    found = dict(zip(known["code"], known["name"], strict=True))
    for frame, code in ((reference.areas(), "code"), (reference.regions(YEAR), "region"),
                        (reference.table("city_regions.csv"), "area")):
        found |= dict(zip(frame[code], frame["name"], strict=True))
    return found


def members(divisions: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """One row a division (`option`), area and municipality: the source's, then the user's from A to Z, then today's.

    every: as `divisions_towns.towns` gives it; its columns stand beside each row. Of a division that hgeval knows
    itself, a user brings no more than the seats and the distances.
    """
    rows = divisions.rename(columns={"division": "option"}).dropna(subset=["option", "area", "municipality"])
    rows = rows.sort_values(["option", "area", "municipality"]).drop_duplicates(["option", "area", "municipality"])
    of_ours = rows["option"].isin(OWN_NAMES)
    known = {name: _known(every, name, rows[of_ours]) for name in (*SOURCE_OPTIONS, CURRENT)}
    parts = [*(known[name] for name in SOURCE_OPTIONS), rows[~of_ours], known[CURRENT]]
    found = pd.concat([part.reindex(columns=_COLUMNS) for part in parts], ignore_index=True)
    typed = found.astype(dict.fromkeys(_COLUMNS[:4], "str") | {"distance_km": "Float64"})
    return typed.merge(every.rename(columns={"code": "municipality"}), on="municipality", how="inner", validate="m:1")


def _known(every: pd.DataFrame, name: str, brought: pd.DataFrame) -> pd.DataFrame:
    rows = every[[AREAS[name], "code"]].sort_values([AREAS[name], "code"])
    areas = rows.set_axis(["area", "municipality"], axis=1).assign(option=name)
    return areas.merge(brought.reindex(columns=_COLUMNS), on=["option", "area", "municipality"], how="left")


def offenders(found: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """What breaks a hard rule, one row each: option, rule, code of the municipality or area.

    once: a municipality in more than one region; several: a region of one municipality; whole: one in no region.
    """
    areas = found.groupby(["option", "municipality"])["area"].nunique()
    sizes = found.groupby(["option", "area"])["municipality"].nunique()
    grid = pd.MultiIndex.from_product([found["option"].unique(), every["code"]], names=["option", "municipality"])
    nowhere = grid[~grid.isin(areas.index)]
    broken = {"once": areas[areas > 1].index, "several": sizes[sizes < 2].index, "whole": nowhere}
    rows = [index.to_frame(index=False).set_axis(["option", "code"], axis=1).assign(rule=rule)
            for rule, index in broken.items()]
    return pd.concat(rows, ignore_index=True)[["option", "rule", "code"]].astype("str")


def verdicts(found: pd.DataFrame, broken: pd.DataFrame) -> pd.Series:
    """Whether the law allows each option, in the order of the table."""
    options = pd.Series(found["option"].unique(), dtype="str")
    wrong = options.isin(broken["option"])
    said = pd.Series(POSSIBLE, index=options.index).mask(wrong, IMPOSSIBLE)
    return said.set_axis(options).rename_axis("option").astype("str")


def countable(found: pd.DataFrame, broken: pd.DataFrame) -> pd.DataFrame:
    """The rows of options in which everyone lives in one region: of others no share of inhabitants has a meaning."""
    holes = broken.loc[broken["rule"].isin(("once", "whole")), "option"]
    return found[~found["option"].isin(holes)].reset_index(drop=True)
