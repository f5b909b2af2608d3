"""From what informants told to one level of violence per family and wave, and how it changed since the first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import distinct
from hgeval.errors import EstimateError
from hgeval.params import Study

# Level of violence in a family at one wave.
NONE, INCIDENTAL, FREQUENT, SEVERE = range(4)
_UNKNOWN = -1
DIRECTIONS = ("gestopt", "afgenomen", "gelijk", "toegenomen")

_FAMILY = ("region", "cluster", "intervention")
_CHILD_ACTS = ("neglect",)  # not asked about where there are no children: an empty answer is then no gap
_KEY = ["family_id", "wave"]
_DIGITS = 9  # counts a year are quotients; rounded so that 22 is 22 on both sides of a threshold


def levels(families: pd.DataFrame, measurements: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a family and wave: incidents a year and the level of violence by the informant rule.

    A level is missing when the family was not measured. Violence that was told counts, also if other questions were
    left open; no violence counts only when every act was asked of at least one informant.
    """
    told = _told(measurements, config)
    acts: list[str] = [act for act in config.acts if act in told and told[act].notna().any()]
    waves = _per_wave(told, acts, config).join(_about(families).set_index("family_id"), on="family_id", validate="m:1")
    if waves["region"].isna().any():
        raise EstimateError("Er zijn metingen van gezinnen zonder rij of regio in families. Vul die aan.")
    total, complete = _total(waves[acts], no_children=waves["no_children"])
    months = {wave.code: wave.months for wave in config.waves}
    waves["months"] = distinct.mapped(waves["wave"], lambda codes: codes.map(months)).astype("Int64")
    waves["incidents"] = total.astype("Float64").where((total > 0) | complete)
    waves["level"] = _level(total, complete, waves["severe"], config.thresholds.frequent)
    order = ["family_id", "region", "wave", "months", "informants", "incidents", "level", *_FAMILY[1:]]
    return waves.sort_values(["family_id", "months"], ignore_index=True)[order]


def wide(levels: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a family: level_<wave>, incidents_<wave> and measured_<wave> for every wave of the study."""
    about = levels.drop_duplicates("family_id").set_index("family_id")[list(_FAMILY)].sort_index()
    for name, dtype in (("level", pd.Int64Dtype()), ("incidents", pd.Float64Dtype())):
        table = levels.pivot(index="family_id", columns="wave", values=name).reindex(columns=config.wave_codes)
        about = about.join(table.astype(dtype).add_prefix(f"{name}_"))
    for code in config.wave_codes:
        about[f"measured_{code}"] = about[f"level_{code}"].notna().astype("boolean")
    return about.reset_index()


def direction(wide: pd.DataFrame, config: Study, *, wave: str) -> pd.Series:
    """What became of the violence since the first wave: gestopt, afgenomen, gelijk or toegenomen.

    Missing without violence at the first wave, or when either level is unknown. The level decides first; within one
    level the incidents a year do. Where those are unknown too, no change is known: gelijk. So the four classes add up
    to the families of `stopped`.
    """
    first = config.waves[0].code
    before, after = wide[f"level_{first}"], wide[f"level_{wave}"]
    was, now = wide[f"incidents_{first}"], wide[f"incidents_{wave}"]
    fewer = (now <= (was * config.thresholds.decreased).round(_DIGITS)) & (now < was)
    more = (now >= (was * config.thresholds.increased).round(_DIGITS)) & (now > was)
    stopped, decreased, same, increased = range(len(DIRECTIONS))
    chosen = np.select(
        [~_true((before > NONE) & after.notna()), _true(after == NONE), _true(after < before), _true(after > before),
         _true(fewer), _true(more)],
        [len(DIRECTIONS), stopped, decreased, increased, decreased, increased], same,
    )
    names = pd.Series([*DIRECTIONS, None], dtype="str")
    return distinct.spread(names, chosen).set_axis(wide.index).rename("direction")


def _told(measurements: pd.DataFrame, config: Study) -> pd.DataFrame:
    """The measurements that count: of the study's waves and, under that rule, of the main informant only."""
    counts = measurements["wave"].isin(config.wave_codes)
    if config.informant_rule == "main_informant":
        counts &= measurements["informant"] == config.main_informant
    return measurements[counts.fillna(False)]


def _per_wave(told: pd.DataFrame, acts: list[str], config: Study) -> pd.DataFrame:
    """One row a family and wave: each act a year over its informants, the severe list, how many informants."""
    # A year's count per informant first: two informants may have been asked about different windows.
    yearly = told[acts].astype("float64").mul(12).div(told["window_months"].astype("float64"), axis=0)
    rows = yearly.assign(severe=_severe(told, config), informants=told[acts].notna().any(axis=1).astype("Int64"))
    over = {"any": "max", "main_informant": "max", "mean": "mean"}[config.informant_rule]
    how = {**dict.fromkeys(acts, over), "severe": "any", "informants": "sum"}
    return rows.join(told[_KEY]).groupby(_KEY).agg(how).reset_index()


def _severe(told: pd.DataFrame, config: Study) -> pd.Series:
    """Whether the informant names an act of the severe list, however often; never averaged away."""
    named = [act for act in config.severe_acts if act in told]
    return told[named].fillna(False).astype("bool").any(axis=1)


def _about(families: pd.DataFrame) -> pd.DataFrame:
    about = families.reindex(columns=["family_id", "region", "worker", "provider", "intervention"]).astype("str")
    about["cluster"] = about["worker"].fillna(about["provider"])  # whom families share; strangers where it is not known
    children = families["children"] if "children" in families else pd.Series(pd.NA, families.index, dtype="Int64")
    return about.assign(no_children=(children == 0).fillna(False).astype("bool"))


def _total(per_act: pd.DataFrame, *, no_children: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Incidents a year over the known acts, and whether every act that applies is known."""
    known = per_act.notna()
    answered = known.any(axis=1)
    for act in _CHILD_ACTS:
        if act in known:
            known[act] |= no_children
    return per_act.sum(axis=1).round(_DIGITS), known.all(axis=1) & answered


def _level(total: pd.Series, complete: pd.Series, severe: pd.Series, frequent: float) -> pd.Series:
    chances = [severe, total >= frequent, total > 0, complete]
    found = np.select(chances, [SEVERE, FREQUENT, INCIDENTAL, NONE], _UNKNOWN)
    return pd.Series(found, index=total.index).astype("Int64").mask(found == _UNKNOWN)


def _true(condition: pd.Series) -> np.ndarray:
    return condition.fillna(False).to_numpy(dtype="bool")
