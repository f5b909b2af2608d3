"""Time to a repeat report where something else can come first (a death, a move, a region that stops).

Shares with the event by Aalen-Johansen, and whether groups differ in them (Gray); the regression is in `subhazards`.
One minus Kaplan-Meier, which counts whoever moved as still able to be reported, is here only to show how far it is off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.stats import estimate, risksets
from hgeval.stats.risksets import Floats, Steps, Whole


def incidence(
    rows: pd.DataFrame, *, time: str, event: str, at: Sequence[float], causes: int = 2, by: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Share that has had each kind of event by each time of `at`, per group.

    rows: one a family; `time` from 0; `event` 0 (not followed further) or 1 to `causes`; `by` the groups, of which
    `region` is one. Group columns `cause` and `at`. The error counts ties as draws without putting back; limits by
    log(-log), not determined at a share of 0 or 1. Beyond the last follow-up a share stays as it was. Raises
    EstimateError for a time below 0 or another event. Aalen and Johansen 1978; Gray 1988;
    tests/reference/competing_risks.csv.
    """
    told, names, table, size = _steps(rows, time, event, by, causes)
    code = np.repeat(np.arange(len(names)), len(at))
    place = risksets.last_upto(table, code, np.tile(np.asarray(at, dtype="float64"), len(names)))
    parts = []
    for cause in range(causes):
        share, variance, had = (np.r_[column, 0.0][place] for column in _aalen_johansen(table, cause))
        se = np.sqrt(variance)
        low, high = _limits(share, se, level)
        keys = names.iloc[code].reset_index(drop=True)
        parts.append(keys.assign(
            measure="incidence", cause=cause + 1, at=np.tile(risksets.whole_times(at), len(names)), n=size[code],
            events=had, value=share, low=low, high=high, level=level, method="aalen_johansen", se=se,
        ))
    return estimate.frame(pd.concat(parts, ignore_index=True), [*_beside(by), "cause", "at"])


def naive_incidence(
    rows: pd.DataFrame, *, time: str, event: str, at: Sequence[float], causes: int = 2, by: Sequence[str] = ()
) -> pd.DataFrame:
    """One minus Kaplan-Meier per kind of event, the others taken as not followed further: too high, to compare with.

    tests/reference/competing_risks.csv. Arguments and errors as `incidence`.
    """
    told, names, table, size = _steps(rows, time, event, by, causes)
    code = np.repeat(np.arange(len(names)), len(at))
    place = risksets.last_upto(table, code, np.tile(np.asarray(at, dtype="float64"), len(names)))
    parts = []
    for cause in range(causes):
        share = np.r_[1 - risksets.survival(table.at_risk, table.events[:, cause], table.group), 0.0][place]
        had = np.r_[risksets.within(table.group, table.events[:, cause]), 0.0][place]
        parts.append(names.iloc[code].reset_index(drop=True).assign(
            measure="incidence_naive", cause=cause + 1, at=np.tile(risksets.whole_times(at), len(names)),
            n=size[code], events=had, value=share, method="one_minus_kaplan_meier",
        ))
    return estimate.frame(pd.concat(parts, ignore_index=True), [*_beside(by), "cause", "at"])


def gray(rows: pd.DataFrame, *, time: str, event: str, group: str, causes: int = 2) -> pd.DataFrame:
    """Whether groups differ in the share with each kind of event over time: statistic, df and p, a row for each cause.

    Not determined without two groups, or where the cause never happened. Gray 1988 (rho 0);
    tests/reference/competing_risks.csv. Errors as `incidence`.
    """
    told, names, table, size = _steps(rows, time, event, [group], causes)
    found = [_gray(told[time].to_numpy(), table, size, cause) for cause in range(causes)]
    tests = pd.DataFrame(found, columns=["statistic", "df", "p"]).assign(cause=np.arange(1, causes + 1))
    had = [(told[event] == cause).sum() for cause in range(1, causes + 1)]
    return estimate.frame(
        tests.assign(measure="difference_in_incidence", n=len(told), events=had, method="gray"), ["cause"]
    )


def _steps(
    rows: pd.DataFrame, time: str, event: str, by: Sequence[str], causes: int
) -> tuple[pd.DataFrame, pd.DataFrame, Steps, Whole]:
    told = risksets.followed(rows, time=time, event=event, by=by, kinds=causes)
    codes, names = risksets.groups(told, by)
    table = risksets.steps(told[time].to_numpy(), told[event].to_numpy(dtype="int64"), codes, causes)
    return told, names, table, np.bincount(codes, minlength=len(names))


def _aalen_johansen(table: Steps, cause: int) -> tuple[Floats, Floats, Floats]:
    """Share, its variance, and events so far of this cause, after each entry."""
    own, every, risk = table.events[:, cause], table.events.sum(axis=1), table.at_risk
    after = risksets.survival(risk, every, table.group)
    free = risksets.before(table.group, after, 1.0)
    share = risksets.within(table.group, free * own / risk)
    lasting = np.where(after > 0, 1 / np.where(after > 0, after, 1.0), 0.0)
    parts = np.zeros((len(risk), 3))
    for count, at_once in ((own, 1.0), (np.where(after > 0, every - own, 0.0), 0.0)):
        spread = free**2 * _without_putting_back(count, risk) * count / risk**2
        constant = at_once + share * lasting
        parts += np.stack([constant**2, constant * lasting, lasting**2], axis=1) * spread[:, None]
    one, two, three = risksets.within(table.group, parts).T
    variance = np.maximum(one - 2 * share * two + share**2 * three, 0.0)
    return share, variance, risksets.within(table.group, own)


def _without_putting_back(count: Floats, size: Floats) -> Floats:
    """Events at one time spread less than draws with putting back: 1 - (count - 1) / (size - 1), 1 up to one event."""
    several = count > 1
    return np.where(several, 1 - (count - 1) / np.where(several, size - 1, 1.0), 1.0)


def _limits(share: Floats, se: Floats, level: float) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    safe, z = np.where(inside, share, 0.5), special.ndtri((1 + level) / 2)
    width = z * np.where(inside, se, 0.0) / (safe * np.log(safe))
    low, high = safe ** np.exp(-width), safe ** np.exp(width)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _beside(by: Sequence[str]) -> list[str]:
    return [name for name in by if name != "region"]


def _gray(time: Floats, table: Steps, size: Whole, cause: int) -> tuple[float, float, float]:
    active = table.events.sum(axis=1) > 0
    times = np.unique(table.time[active])
    if len(size) < 2 or not len(times) or not table.events[:, cause].any():
        return np.nan, np.nan, np.nan
    risk, own, other, free, share = _side_by_side(table, size, times, cause)
    here, free_after = risk > 0, np.where(risk > 0, free * (1 - (own + other) / np.where(risk > 0, risk, 1.0)), free)
    weight = np.where(here, risk / np.where(free > 0, free, 1.0), 0.0)
    total, had = weight.sum(axis=1), own.sum(axis=1)
    excess = (own - had[:, None] * weight * (1 - share) / (weight * (1 - share)).sum(axis=1, keepdims=True)).sum(axis=0)
    pooled = np.cumsum(had / total)
    spread = _gray_spread(weight, own, other, risk, free, free_after, pooled)
    count = len(size) - 1
    if np.linalg.matrix_rank(spread[:count, :count]) < count:
        return np.nan, np.nan, np.nan
    value = float(excess[:count] @ np.linalg.solve(spread[:count, :count], excess[:count]))
    return value, float(count), float(stats.chi2.sf(value, count))


def _side_by_side(table: Steps, size: Whole, times: Floats, cause: int) -> tuple[Floats, ...]:
    """Per time and group: at risk, events of the cause and others, and just before it the share free and with it."""
    every = table.events.sum(axis=1)
    after = risksets.survival(table.at_risk, every, table.group)
    share, _, _ = _aalen_johansen(table, cause)
    shape = (len(times), len(size))
    risk, own, other, free, had = (np.zeros(shape) for _ in range(5))
    ends = np.r_[table.first[1:], len(table.time)]
    for code, count in enumerate(size):
        mine = slice(table.first[code], ends[code])
        place = np.searchsorted(table.time[mine], times)
        exact = np.r_[table.time[mine], np.inf][place] == times
        risk[:, code] = np.r_[table.at_risk[mine], 0.0][place]
        own[:, code] = np.r_[table.events[mine, cause], 0.0][place] * exact
        other[:, code] = np.r_[(every - table.events[:, cause])[mine], 0.0][place] * exact
        free[:, code] = np.r_[1.0, after[mine]][place] if count else 1.0
        had[:, code] = np.r_[0.0, share[mine]][place]
    return risk, own, other, free, had


def _gray_spread(
    weight: Floats, own: Floats, other: Floats, risk: Floats, free: Floats, free_after: Floats, pooled: Floats
) -> Floats:
    """Covariance of the groups' differences: what each event in group k adds to that of group i, squared and summed."""
    total, had = weight.sum(axis=1), own.sum(axis=1)
    count = weight.shape[1]
    direct = -weight[:, :, None] * weight[:, None, :] / total[:, None, None]
    direct[:, np.arange(count), np.arange(count)] += weight
    step = had / (total * (1 - np.r_[0.0, pooled[:-1]]))
    drift = np.cumsum(direct * step[:, None, None], axis=0)
    later = drift[-1] - drift
    here, several = risk > 0, had > 1
    lasting = np.where(free_after > 0, (1 - pooled)[:, None] / np.where(free_after > 0, free_after, 1.0), 0.0)
    safe = np.where(here, risk, 1.0)
    draws = np.where(here, total[:, None] * free - 1, 1.0)
    drawn = np.where(several[:, None] & (draws > 0), 1 - (had - 1)[:, None] / np.where(draws > 0, draws, 1.0), 1.0)
    chance = np.where(here, drawn * free * had[:, None] / (total[:, None] * safe), 0.0)
    move = direct + np.where(free_after > 0, 1 - lasting, 1.0)[:, None, :] * later
    spread = np.einsum("tik,tjk,tk->ij", move, move, chance)
    rare = np.where(here & (free_after > 0), _without_putting_back(other, risk) * free**2 * other / safe**2, 0.0)
    return np.asarray(spread + np.einsum("tik,tjk,tk->ij", later, later, rare * lasting**2))
