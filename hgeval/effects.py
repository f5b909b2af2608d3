"""Did the violence stop: response first, then outcomes per wave, for all regions and the country at once.

Only "stopped after" is measured here, never "stopped by": there is no control group. A wave is named by its code in
the group column `wave`. Every function wants the regions to report on, so that a region without families is a row.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import cohort, rates
from hgeval.params import Study

_BY_WAVE = ("region", "wave")


def response(families: pd.DataFrame, levels: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O15: families measured at the first wave among those invited, and measured later among those (Wilson).

    A measured family was asked, also where `invited` says it was not.
    """
    first = config.waves[0].code
    measured = families["family_id"].isin(levels.loc[(levels["wave"] == first) & levels["level"].notna(), "family_id"])
    asked = families.assign(wave=first, flag=measured)[families["invited"].fillna(False) | measured]
    started = _since_first(cohort.wide(levels, config), config)
    stayed = started.assign(flag=started["after"].notna())[started["before"].notna()]
    return pd.concat(
        [
            _shares(_at(asked, config.wave_codes[:1]), "response", config, regions),
            _shares(stayed, "retention", config, regions),
        ],
        ignore_index=True,
    )


def measured_share(
    families: pd.DataFrame, levels: pd.DataFrame, config: Study, regions: Sequence[str]
) -> pd.DataFrame:
    """C1: closed families with a known outcome at a later wave, among those for whom that wave was due (Wilson)."""
    today = pd.Timestamp(config.reference_date)
    known = levels.loc[levels["level"].notna(), ["family_id", "wave"]]
    reported, closed = (pd.to_datetime(families.reindex(columns=[name])[name]) for name in ("reported_on", "closed_on"))
    parts = [families.iloc[:0].assign(wave="", flag=False)]
    for wave in config.waves[1:]:
        due = (closed <= today) & (reported + pd.DateOffset(months=wave.months) <= today)
        measured = families["family_id"].isin(known.loc[known["wave"] == wave.code, "family_id"])
        parts.append(families.assign(wave=wave.code, flag=measured)[due])
    return _shares(_at(pd.concat(parts), config.wave_codes[1:]), "measured_share", config, regions)


def no_violence(levels: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O4: families without violence among all families measured at the wave (Wilson)."""
    flag = (levels["level"] == cohort.NONE).astype("boolean")
    return _shares(_at(levels.assign(flag=flag), config.wave_codes), "no_violence", config, regions)


def frequent_or_severe(levels: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O5: families with frequent or severe violence among all families measured at the wave (Wilson)."""
    flag = (levels["level"] >= cohort.FREQUENT).astype("boolean")
    return _shares(_at(levels.assign(flag=flag), config.wave_codes), "frequent_or_severe", config, regions)


def stopped(wide: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O1, O2: no violence at a later wave among families with violence at the first, both known (Wilson)."""
    rows = _since_first(wide, config)
    return _shares(rows.assign(flag=_stopped(rows)), "stopped", config, regions)


def durably_stopped(wide: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O3: no violence at two successive later waves, named by the last of them, all three known (Wilson)."""
    rows = _since_first(wide, config)
    earlier = rows.groupby("family_id")["after"].shift()
    flag = ((rows["after"] == cohort.NONE) & (earlier == cohort.NONE)).astype("boolean")
    known = (rows["before"] > cohort.NONE) & rows["after"].notna() & earlier.notna()
    rows = rows.assign(flag=flag.where(known.fillna(False)))
    successive = config.wave_codes[2:]
    return _shares(_at(rows[rows["wave"].isin(successive)], successive), "durably_stopped", config, regions)


def direction(wide: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O6: each direction's share of the families with violence at the first wave, both waves known (Wilson)."""
    parts = _since_first(wide, config)
    rows = _one_row_a_class(parts.assign(found=parts["direction"]), "direction", cohort.DIRECTIONS)
    return _shares(rows, "direction", config, regions, by=(*_BY_WAVE, "direction"))


def incidents(levels: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """O7: median and quartiles of incidents a year per wave (Hyndman and Fan 1996, type 7)."""
    known = _at(levels[levels["incidents"].notna()], config.wave_codes)
    cells = rates.counts(known, measure="incidents", by=_BY_WAVE, all_regions=regions)
    everyone = pd.concat([known, known.assign(region=rates.NATIONAL)]).astype({"wave": "str"})
    by_cell = everyone.groupby(list(_BY_WAVE))["incidents"]
    for name, share in (("low", 0.25), ("value", 0.5), ("high", 0.75)):
        found = by_cell.quantile(share).rename(name)
        cells = cells.drop(columns=name).merge(found, on=list(_BY_WAVE), how="left", validate="1:1")
    return rates.frame(cells.assign(events=pd.NA, level=pd.NA, method="median_iqr"), groups=("wave",))


def bounds(wide: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """The share that stopped if of all who left none had stopped, and if all had (Horowitz and Manski 2000).

    n is every family with violence at the first wave; "as observed", as if leavers were stayers, is `stopped`.
    """
    rows = _since_first(wide, config)
    rows = rows[(rows["before"] > cohort.NONE).fillna(False)]
    observed = _stopped(rows)
    return pd.concat(
        [
            _shares(rows.assign(flag=observed.fillna(gone)), f"stopped_{name}", config, regions, method="share")
            for name, gone in (("worst", False), ("best", True))
        ],
        ignore_index=True,
    )


def leavers(wide: pd.DataFrame, config: Study, regions: Sequence[str]) -> pd.DataFrame:
    """Severity at the first wave of the families that stayed and that left before a later wave (Wilson)."""
    rows = _since_first(wide, config)
    rows = rows[rows["before"].notna()]
    stayed = rows["after"].notna().map({True: "blijver", False: "uitvaller"})
    found = pd.cut(rows["before"].astype("int64"), [-1, cohort.NONE, cohort.INCIDENTAL, cohort.SEVERE],
                   labels=list(cohort.SEVERITIES)).astype("str")
    rows = rows.assign(found=found, stayed=pd.Categorical(stayed, ["blijver", "uitvaller"]))
    rows = _one_row_a_class(rows, "severity", cohort.SEVERITIES)
    return _shares(rows, "first_severity", config, regions, by=(*_BY_WAVE, "stayed", "severity"))


def _since_first(wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a family and later wave: the level before and after, and the direction."""
    first, *later = config.wave_codes
    about = wide[["family_id", "region"]].assign(before=wide[f"level_{first}"])
    parts = [
        about.assign(wave=code, after=wide[f"level_{code}"], direction=cohort.direction(wide, config, wave=code))
        for code in later
    ]
    nothing = about.iloc[:0].assign(wave="", after=about["before"].iloc[:0], direction="")
    return _at(pd.concat([nothing, *parts], ignore_index=True), tuple(later))


def _stopped(rows: pd.DataFrame) -> pd.Series:
    """Missing where nothing could stop, or where it is not known whether it did."""
    return (rows["after"] == cohort.NONE).astype("boolean").where((rows["before"] > cohort.NONE).fillna(False))


def _at(rows: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """The rows with the waves that must all be reported on, also those without a single row."""
    return rows.assign(wave=pd.Categorical(rows["wave"].astype("str"), list(codes)))


def _one_row_a_class(rows: pd.DataFrame, name: str, classes: Sequence[str]) -> pd.DataFrame:
    """Every row once for each class, flagged where that is the class found; missing where none was."""
    found = rows["found"]
    flags = {each: (found == each).astype("boolean").where(found.notna()) for each in classes}
    every = pd.concat([rows.assign(**{name: each}, flag=flag) for each, flag in flags.items()], ignore_index=True)
    return every.assign(**{name: pd.Categorical(every[name], list(classes))})


def _shares(
    rows: pd.DataFrame, measure: str, config: Study, regions: Sequence[str], *, by: Sequence[str] = _BY_WAVE,
    method: str = "wilson",
) -> pd.DataFrame:
    return rates.shares(
        rows, measure=measure, flag="flag", by=by, level=config.level, method=method, all_regions=list(regions)
    )
