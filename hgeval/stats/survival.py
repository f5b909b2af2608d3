"""Time to a repeat report: the share without one, the median, the mean within a horizon, and whether groups differ.

All groups at once, so one call does every region. Beyond a group's last follow-up its curve stays as it was there; the
measure `at_risk` says how many families a point of the curve still rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import estimate, risksets
from hgeval.stats.risksets import Floats, Steps

CLOSE = 1.5e-8  # this close to a height, the curve is at it


def curve(
    rows: pd.DataFrame, *, time: str, event: str, at: Sequence[float], by: Sequence[str] = (), level: float = 0.95
) -> pd.DataFrame:
    """Share without the event at each time of `at`, with a log-log interval, and who is then still followed.

    rows: one a family; `time` in any unit from 0, `event` 1 or 0 (0: not followed further), `by` the groups, of which
    `region` is one. Group column `at`. Where all or none are left, the limits are not determined. Raises
    EstimateError for a time below 0 or another event. Kaplan and Meier 1958; Greenwood 1926; Kalbfleisch and
    Prentice 1980; tests/reference/km_logrank.csv.
    """
    told, groups, table, size = _steps(rows, time, event, by)
    share, greenwood = _curve(table)
    died = risksets.within(table.group, table.events[:, 0])
    code = np.repeat(np.arange(len(groups)), len(at))
    moment = np.tile(np.asarray(at, dtype="float64"), len(groups))
    place = risksets.last_upto(table, code, moment)
    value, spread, events = (_pick(column, place, start) for column, start in ((share, 1), (greenwood, 0), (died, 0)))
    low, high = loglog(value, spread, level)
    keys = groups.iloc[code].reset_index(drop=True).assign(at=np.tile(risksets.whole_times(at), len(groups)))
    shares = keys.assign(
        measure="survival", n=size[code], events=events, value=value, low=low, high=high, level=level,
        method="kaplan_meier_loglog", se=_se(value, spread),
    )
    followed = _left(told, time, by, groups, code, moment)
    left = keys.assign(measure="at_risk", n=size[code], value=followed, method="count")
    return estimate.frame(pd.concat([shares, left], ignore_index=True), [*_beside(by), "at"])


def medians(
    rows: pd.DataFrame, *, time: str, event: str, by: Sequence[str] = (), level: float = 0.95
) -> pd.DataFrame:
    """Time by which half have had the event: `quantiles` at a half; tests/reference/km_logrank.csv."""
    return quantiles(rows, time=time, event=event, share=0.5, by=by, level=level).assign(measure="median")


def quantiles(
    rows: pd.DataFrame, *, time: str, event: str, share: float, by: Sequence[str] = (), level: float = 0.95
) -> pd.DataFrame:
    """Time by which this share have had the event; its limits are where the curve's log-log limits cross the rest.

    Not determined where the curve, or a limit, stays above the rest (1 - share). A curve that lies at it gives the
    middle of that stretch. Brookmeyer and Crowley 1982. Errors as `curve`, and for a share that is not inside 0 and 1.
    """
    if not 0 < share < 1:
        raise EstimateError("Het deel waarvan de tijd wordt gevraagd, ligt tussen 0 en 1. Kies zo'n deel, zoals 0.9.")
    told, groups, table, size = _steps(rows, time, event, by)
    left, greenwood = _curve(table)
    lines = (left, *loglog(left, greenwood, level))
    value, lower, upper = (_crossing(table, line, len(groups), 1 - share) for line in lines)
    return estimate.frame(
        groups.assign(
            measure="quantile", n=size, events=_deaths(table, len(groups)), value=value, low=lower, high=upper,
            level=level, method="kaplan_meier_loglog",
        ),
        _beside(by),
    )


def restricted_mean(
    rows: pd.DataFrame, *, time: str, event: str, tau: float, by: Sequence[str] = (), level: float = 0.95
) -> pd.DataFrame:
    """Mean time without the event within the first `tau` (area under the curve), with its standard error.

    Irwin 1949; Klein and Moeschberger 2003; tests/reference/km_logrank.csv. Errors as `curve`.
    """
    told, groups, table, size = _steps(rows, time, event, by)
    mean, se = _area(table, len(groups), float(tau))
    z = special.ndtri((1 + level) / 2)
    return estimate.frame(
        groups.assign(
            measure="rmst", n=size, events=_deaths(table, len(groups)), value=mean, se=se, low=mean - z * se,
            high=mean + z * se, level=level, method="kaplan_meier_area",
        ),
        _beside(by),
    )


def log_rank(rows: pd.DataFrame, *, time: str, event: str, group: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Whether the groups differ in time to the event, every moment counting alike (Mantel 1966; Peto and Peto 1972).

    One row for each of `by`: statistic (chi-squared), df, p. Not determined without two groups at risk at an event.
    tests/reference/km_logrank.csv. Errors as `curve`.
    """
    return _test(rows, time, event, group, by, rho=0, method="log_rank")


def peto(rows: pd.DataFrame, *, time: str, event: str, group: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """As `log_rank`, but early events count for more, by the share without the event just before (Peto and Peto 1972).

    The G-rho family with rho 1 (Harrington and Fleming 1982); tests/reference/km_logrank.csv. Errors as `curve`.
    """
    return _test(rows, time, event, group, by, rho=1, method="peto_peto")


def loglog(share: Floats, spread: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of a share without the event: symmetric for log(-log(share)); NaN where the share is 0 or 1.

    spread: the variance of the share over the share squared (Greenwood's sum).
    """
    inside = (share > 0) & (share < 1)
    safe, z = np.where(inside, share, 0.5), special.ndtri((1 + level) / 2)
    width = z * np.sqrt(np.where(inside, spread, 0.0)) / np.log(safe)
    low, high = safe ** np.exp(-width), safe ** np.exp(width)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _steps(
    rows: pd.DataFrame, time: str, event: str, by: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame, Steps, risksets.Whole]:
    told = risksets.followed(rows, time=time, event=event, by=by)
    codes, groups = risksets.groups(told, by)
    table = risksets.steps(told[time].to_numpy(), told[event].to_numpy(dtype="int64"), codes)
    return told, groups, table, np.bincount(codes, minlength=len(groups))


def _curve(table: Steps) -> tuple[Floats, Floats]:
    """The share without the event and Greenwood's sum after each entry; the sum is NaN once nobody is left."""
    died, left = table.events[:, 0], table.at_risk - table.events[:, 0]
    part = np.where(left > 0, died / (table.at_risk * np.where(left > 0, left, 1.0)), np.nan)
    return risksets.survival(table.at_risk, died, table.group), risksets.within(table.group, np.where(died, part, 0.0))


def _se(share: Floats, spread: Floats) -> Floats:
    return np.where(share > 0, share * np.sqrt(np.where(share > 0, spread, 0.0)), np.nan)


def _pick(column: Floats, place: risksets.Whole, start: float) -> Floats:
    return np.asarray(np.r_[column, float(start)][place])  # -1, before the first time, is the start


def _left(
    told: pd.DataFrame, time: str, by: Sequence[str], groups: pd.DataFrame, code: risksets.Whole, moment: Floats
) -> Floats:
    """How many are followed up to this moment or longer."""
    codes, _ = risksets.groups(told, by)
    times = {each: np.sort(told[time].to_numpy()[codes == each]) for each in range(len(groups))}
    before = moment * (1 - risksets.ENOUGH)
    early = [np.searchsorted(times[each], when) for each, when in zip(code, before, strict=True)]
    return np.array([len(times[each]) - gone for each, gone in zip(code, early, strict=True)], dtype="float64")


def _crossing(table: Steps, line: Floats, count: int, height: float) -> Floats:
    """First time of each group at which the line is at this height or below; the middle of a stretch at it."""
    found, ends = np.full(count, np.nan), np.r_[table.first[1:], len(table.time)]
    for code in range(count):
        y, x = line[table.first[code] : ends[code]], table.time[table.first[code] : ends[code]]
        reached = np.flatnonzero(y <= height + CLOSE)
        if len(reached):
            below = np.flatnonzero(y < height - CLOSE)
            until = x[below[0]] if len(below) else x[-1]
            flat = abs(y[reached[0]] - height) <= CLOSE
            found[code] = (x[reached[0]] + until) / 2 if flat else x[reached[0]]
    return found


def _area(table: Steps, count: int, tau: float) -> tuple[Floats, Floats]:
    share, _ = _curve(table)
    died, left = table.events[:, 0], table.at_risk - table.events[:, 0]
    inside = table.time <= tau
    part = np.where(left > 0, died / (table.at_risk * np.where(left > 0, left, 1.0)), 0.0) * inside
    ends = np.r_[table.group[1:] != table.group[:-1], True][: len(table.time)]
    until = np.where(ends, tau, np.minimum(np.r_[table.time[1:], tau][: len(table.time)], tau))
    pieces = share * np.maximum(until - np.minimum(table.time, tau), 0.0)
    total = np.bincount(table.group, weights=pieces, minlength=count)
    after = total[table.group] - risksets.within(table.group, pieces) + pieces  # area from this entry's time on
    variance = np.bincount(table.group, weights=after**2 * part, minlength=count)
    return total + np.minimum(table.time[table.first], tau), np.sqrt(variance)


def _deaths(table: Steps, count: int) -> Floats:
    return np.bincount(table.group, weights=table.events[:, 0], minlength=count)


def _beside(by: Sequence[str]) -> list[str]:
    return [name for name in by if name != "region"]


def _test(
    rows: pd.DataFrame, time: str, event: str, group: str, by: Sequence[str], *, rho: int, method: str
) -> pd.DataFrame:
    told = risksets.followed(rows, time=time, event=event, by=[*by, group])
    strata, names = risksets.groups(told, by)
    arms, count = pd.factorize(told[group], sort=True)[0], told[group].nunique()
    kinds = np.where(told[event].to_numpy() == 1, arms + 1, 0)
    table = risksets.steps(told[time].to_numpy(), kinds, strata, max(count, 1))
    risk = _at_risk(told[time].to_numpy(), arms, strata, table, count)
    excess, spread, expected = _differences(table, risk, rho, len(names))
    found = [_chi_squared(*each) for each in zip(excess, spread, expected, strict=True)]
    answers = pd.DataFrame(found, columns=["statistic", "df", "p"])
    every = names.assign(
        measure="difference_in_time", n=np.bincount(strata, minlength=len(names)), method=method,
        events=np.bincount(table.group, weights=table.events.sum(axis=1), minlength=len(names)),
    )
    return estimate.frame(pd.concat([every, answers], axis=1), _beside(by))


def _at_risk(time: Floats, arms: Any, strata: risksets.Whole, table: Steps, count: int) -> Floats:
    """How many of each arm are followed at each entry of the table: (entries, arms)."""
    found = np.zeros((len(table.time), max(count, 1)))
    for arm in range(count):
        mine = arms == arm
        size = np.bincount(strata[mine], minlength=len(table.first))
        place = risksets.last_upto(table, strata[mine], time[mine])
        gone = risksets.within(table.group, np.bincount(place, minlength=len(table.time)).astype("float64"))
        found[:, arm] = size[table.group] - risksets.before(table.group, gone, 0.0)
    return found


def _differences(table: Steps, risk: Floats, rho: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Observed less expected events (strata, arms), their covariance, and the expected events."""
    died, total = table.events.sum(axis=1), table.at_risk
    share = risksets.survival(total, died, table.group)
    weight = risksets.before(table.group, share, 1.0) ** rho
    part = risk / total[:, None]
    ties = np.where(total > 1, died * (total - died) / np.where(total > 1, total - 1, 1.0), 0.0) * weight**2
    spread = -part[:, :, None] * part[:, None, :]
    spread[:, np.arange(part.shape[1]), np.arange(part.shape[1])] += part
    expected = died[:, None] * part * weight[:, None]
    excess, covariance = np.zeros((count, part.shape[1])), np.zeros((count, part.shape[1], part.shape[1]))
    hoped = np.zeros((count, part.shape[1]))
    np.add.at(excess, table.group, table.events * weight[:, None] - expected)
    np.add.at(covariance, table.group, spread * ties[:, None, None])
    np.add.at(hoped, table.group, expected)
    return excess, covariance, hoped


def _chi_squared(excess: Floats, spread: Floats, expected: Floats) -> tuple[float, float, float]:
    counted = np.flatnonzero(expected > 0)[1:]  # the groups' differences sum to 0: one of them says nothing new
    if not len(counted) or np.linalg.matrix_rank(spread[np.ix_(counted, counted)]) < len(counted):
        return np.nan, np.nan, np.nan
    value = float(excess[counted] @ np.linalg.solve(spread[np.ix_(counted, counted)], excess[counted]))
    return value, float(len(counted)), float(stats.chi2.sf(value, len(counted)))
