"""Who counts for each outcome, and of whom it is true: families one by one, before anything is counted.

`effects` counts these rows, and the exact disclosure profile looks at all of them together: so what is counted
and what is guarded cannot differ. A wave is named by its code in the group column `wave`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from hgeval import cohort, distinct
from hgeval.params import Study
from hgeval.rates import Units, one_row_a_class

COVERAGE = frozenset({"response", "retention", "measured_share"})  # how many were measured, not how they fare
# Kinds overlap: to audit them beside all the rest takes minutes. They stay in fives, for a region's own eyes too: what
# is left of a total then still has five possible values. So do the counts of the chain: they cut the same meldingen and
# families in yet other ways. Meldingen of a municipality: what each would pay is computed from them to the cent.
# Figures that a region brings count people whom no table of the study lists.
_OF_CHAIN = (
    "on_time", "late_by_safety", "waiting", "closed_without_family", "below_minimum", "one_analysis", "one_plan",
)
OF_KIND = frozenset({"stopped_of_kind", "durably_stopped_of_kind"})
ROUNDED = OF_KIND | {"delivered", "town_meldingen", "brought", *_OF_CHAIN}
BOUNDS = frozenset({"stopped_worst", "stopped_best"})
VIOLENCE = ("partner_violence", "child_abuse", "parent_abuse")
_BY_WAVE = ("wave",)
_WHO = ["family_id", "region"]
_CLUSTER = ["cluster"]


def every(families: pd.DataFrame, levels: pd.DataFrame, config: Study) -> Iterator[Units]:
    """The units of every outcome that may be exact for a region's own eyes, the most important first."""
    wide = cohort.wide(levels, config)
    for of_wide in (stopped, durably_stopped, bounds):
        yield from of_wide(wide, config)
    yield from response(families, levels, config)
    for of_levels in (no_violence, frequent_or_severe):
        yield from of_levels(levels, config)
    yield from direction(wide, config)
    yield from leavers(wide, config)
    yield from incidents(levels, config)
    yield from measured_share(families, levels, config)


def response(families: pd.DataFrame, levels: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O15: measured at the first wave among those invited, and measured later among those measured then.

    A measured family was asked, also where `invited` says it was not.
    """
    first = config.waves[0].code
    answered = levels.loc[(levels["wave"] == first) & levels["level"].notna(), "family_id"]
    measured = distinct.isin(families["family_id"], answered)
    asked = families[_WHO].assign(wave=first, flag=measured)[families["invited"].fillna(False) | measured]
    started = _since_first(cohort.wide(levels, config), config)
    stayed = started.assign(flag=started["after"].notna())[started["before"].notna()]
    yield _units("response", _at(asked, config.wave_codes[:1]))
    yield _units("retention", stayed)


def measured_share(families: pd.DataFrame, levels: pd.DataFrame, config: Study) -> Iterator[Units]:
    """C1: closed families with a known outcome at a later wave, among those for whom that wave was due."""
    today = pd.Timestamp(config.reference_date)
    known = levels.loc[levels["level"].notna(), ["family_id", "wave"]]
    reported, closed = (pd.to_datetime(families.reindex(columns=[name])[name]) for name in ("reported_on", "closed_on"))
    about = families[_WHO]  # without the rest, which would be copied for each wave
    parts = [about.iloc[:0].assign(wave="", flag=False)]
    for wave in config.waves[1:]:
        due = (closed <= today) & (reported + pd.DateOffset(months=wave.months) <= today)
        measured = distinct.isin(families["family_id"], known.loc[known["wave"] == wave.code, "family_id"])
        parts.append(about.assign(wave=wave.code, flag=measured)[due])
    yield _units("measured_share", _at(pd.concat(parts), config.wave_codes[1:]))


def no_violence(levels: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O4: no violence, among all families measured at the wave."""
    flag = (levels["level"] == cohort.NONE).astype("boolean")
    yield _units("no_violence", _at(levels.assign(flag=flag), config.wave_codes))


def frequent_or_severe(levels: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O5: frequent or severe violence, among all families measured at the wave."""
    flag = (levels["level"] >= cohort.FREQUENT).astype("boolean")
    yield _units("frequent_or_severe", _at(levels.assign(flag=flag), config.wave_codes))


def stopped(wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O1, O2: no violence at a later wave, among families with violence at the first; both known."""
    rows = _since_first(wide, config)
    yield _units("stopped", rows.assign(flag=_stopped(rows)))


def durably_stopped(wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O3: no violence at two successive later waves, named by the last of them; all three known."""
    successive = config.wave_codes[2:]
    yield _units("durably_stopped", _at(_durably(wide, config), successive))


def bounds(wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """Stopped, if of all who left none had stopped, and if all had; of every family with violence at the first."""
    rows = _since_first(wide, config)
    rows = rows[(rows["before"] > cohort.NONE).fillna(False)]
    observed = _stopped(rows)
    for name, gone in (("worst", False), ("best", True)):
        yield _units(f"stopped_{name}", rows.assign(flag=observed.fillna(gone)), method="share")


def by_violence(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """Stopped, apart for each kind of violence that the report was about; a family may be in several."""
    rows = _since_first(wide, config)
    every = _of_each_kind(families, rows.assign(flag=_stopped(rows)))
    yield _units("stopped_of_kind", _at(every, config.wave_codes[1:]), by=(*_BY_WAVE, "violence"))


def durably_by_violence(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """Durably stopped, apart for each kind of violence that the report was about; a family may be in several."""
    every = _of_each_kind(families, _durably(wide, config))
    yield _units("durably_stopped_of_kind", _at(every, config.wave_codes[2:]), by=(*_BY_WAVE, "violence"))


def direction(wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O6: each direction, among families with violence at the first wave; both waves known."""
    parts = _since_first(wide, config)
    rows = one_row_a_class(parts.assign(found=parts["direction"]), "direction", cohort.DIRECTIONS)
    yield _units("direction", rows, by=(*_BY_WAVE, "direction"))


def leavers(wide: pd.DataFrame, config: Study) -> Iterator[Units]:
    """Frequent or severe violence at the first wave, of the families that stayed and of those that left later."""
    rows = _since_first(wide, config)
    rows = rows[rows["before"].notna()]
    stayed = rows["after"].notna().map({True: "blijver", False: "uitvaller"})
    rows = rows.assign(flag=rows["before"] >= cohort.FREQUENT, stayed=pd.Categorical(stayed, ["blijver", "uitvaller"]))
    yield _units("first_severity", rows, by=(*_BY_WAVE, "stayed"))


def incidents(levels: pd.DataFrame, config: Study) -> Iterator[Units]:
    """O7: the families whose number of incidents a year is known, with that number."""
    known = levels[levels["incidents"].notna()].assign(flag=True)
    yield _units("incidents", _at(known, config.wave_codes), method="median_iqr", also=("incidents",))


def _units(
    measure: str, rows: pd.DataFrame, *, by: Sequence[str] = _BY_WAVE, method: str = "wilson", also: Sequence[str] = ()
) -> Units:
    kept = rows.assign(unit=rows["family_id"], flag=rows["flag"].astype("boolean"))
    also = [*also, *(name for name in _CLUSTER if name in rows)]
    return Units(measure, kept[["unit", "region", *by, "flag", *also]].reset_index(drop=True), tuple(by), method)


def _since_first(wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a family and later wave: the level before and after, and the direction."""
    first, *later = config.wave_codes
    about = wide[[*_WHO, *_CLUSTER]].assign(before=wide[f"level_{first}"])
    parts = [
        about.assign(wave=code, after=wide[f"level_{code}"], direction=cohort.direction(wide, config, wave=code))
        for code in later
    ]
    nothing = about.iloc[:0].assign(wave="", after=about["before"].iloc[:0], direction="")
    return _at(pd.concat([nothing, *parts], ignore_index=True), tuple(later))


def _durably(wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """The rows of the waves that follow another later one, flagged where there was no violence at either."""
    rows = _since_first(wide, config)
    earlier = rows.groupby("family_id")["after"].shift()
    flag = ((rows["after"] == cohort.NONE) & (earlier == cohort.NONE)).astype("boolean")
    known = (rows["before"] > cohort.NONE) & rows["after"].notna() & earlier.notna()
    flagged = rows.assign(flag=flag.where(known.fillna(False)))
    return flagged[flagged["wave"].isin(config.wave_codes[2:])]


def _of_each_kind(families: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows once for each kind of violence that the report on their family was about."""
    about = families.set_index("family_id")
    parts = [rows.iloc[:0].assign(violence="")]
    for name in VIOLENCE:
        if name in about:
            told = rows["family_id"].map(about[name]).fillna(False).astype("bool")
            parts.append(rows[told].assign(violence=name))
    every = pd.concat(parts, ignore_index=True)
    return every.assign(violence=pd.Categorical(every["violence"], list(VIOLENCE)))


def _stopped(rows: pd.DataFrame) -> pd.Series:
    """Missing where nothing could stop, or where it is not known whether it did."""
    return (rows["after"] == cohort.NONE).astype("boolean").where((rows["before"] > cohort.NONE).fillna(False))


def _at(rows: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """The rows with the waves that must all be reported on, also those without a single row."""
    named, waves = distinct.code(rows["wave"].astype("str"))
    known = pd.Categorical(waves, list(codes))
    return rows.assign(wave=pd.Categorical.from_codes(known.codes[named], known.categories))
