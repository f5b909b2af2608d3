"""Who is still followed at each time: the counts that every estimator of time to an event starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = np.ndarray[Any, np.dtype[Any]]
Whole = np.ndarray[Any, np.dtype[Any]]
ENOUGH = 1e-9  # two times this close, relative to their size, are the same time
STEPS, DONE = 50, 1e-11


class Steps(NamedTuple):
    """One entry per group and distinct time, sorted so: group (code), time, at_risk just before it, events by kind.

    first: where each group starts; events: (entries, kinds), how many had that kind of event at that time.
    """

    group: Whole
    time: Floats
    at_risk: Floats
    events: Floats
    first: Whole


def followed(rows: pd.DataFrame, *, time: str, event: str, by: Sequence[str], kinds: int = 1) -> pd.DataFrame:
    """The rows with a time, an event and a group. Raises EstimateError for a time below 0 or an unknown event."""
    estimate.need(rows, [time, event, *by])
    known = rows[[time, event, *by]].dropna().reset_index(drop=True)
    numbers = known.astype({time: "float64", event: "float64"})
    if not (np.isfinite(numbers[time]) & (numbers[time] >= 0)).all():
        raise EstimateError(f"De kolom {time} telt tijd vanaf 0. Er staat een tijd onder 0 of zonder einde.")
    allowed = list(range(kinds + 1))
    if not numbers[event].isin(allowed).all():
        told = ", ".join(str(each) for each in allowed)
        raise EstimateError(f"De kolom {event} mag alleen {told} zijn (0: niets gebeurd). Herstel de andere waarden.")
    return numbers


def groups(rows: pd.DataFrame, by: Sequence[str]) -> tuple[Whole, pd.DataFrame]:
    """Code of each row's group, and the groups as rows in sorted order; without `by` all rows are one group."""
    if not len(by):
        return np.zeros(len(rows), dtype="int64"), pd.DataFrame({"region": [rates.NATIONAL]})
    coded = rows.groupby(list(by), observed=True, sort=True)
    codes = coded.ngroup().to_numpy(dtype="int64")
    return codes, rows[list(by)].groupby(list(by), observed=True, sort=True).size().reset_index()[list(by)]


def steps(time: Floats, kind: Whole, group: Whole, kinds: int = 1) -> Steps:
    """Counts at each distinct time of each group; kind 0 is a family that was not followed further."""
    order = np.lexsort((time, group))
    at, of = time[order], group[order]
    new = np.r_[True, (np.diff(at) > ENOUGH * np.abs(at[1:])) | (np.diff(of) != 0)][: len(at)]
    starts = np.flatnonzero(new)
    had = (kind[order][:, None] == np.arange(1, kinds + 1)).astype("float64")
    size = np.bincount(of, minlength=1)
    ends = np.cumsum(size)
    counts = np.add.reduceat(had, starts, axis=0) if len(starts) else np.zeros((0, kinds))
    at_risk = (ends[of[starts]] - starts).astype("float64")
    return Steps(of[starts], at[starts], at_risk, counts, np.searchsorted(of[starts], np.arange(len(size))))


def within(group: Whole, numbers: Floats, how: str = "cumsum") -> Floats:
    """Running sum ("cumsum") or product ("cumprod") along the entries, begun anew in each group."""
    found = pd.DataFrame(numbers).groupby(group, sort=False).agg(how).to_numpy(dtype="float64")
    return found.reshape(numbers.shape)


def before(group: Whole, numbers: Floats, at_start: float) -> Floats:
    """Each entry's number just before it: that of the previous entry, and `at_start` in the first of a group."""
    moved = np.concatenate([numbers[:1], numbers[:-1]])
    moved[np.r_[True, np.diff(group) != 0][: len(group)]] = at_start
    return moved


def last_upto(table: Steps, group: Whole, at: Floats) -> Whole:
    """Index of the last entry of this group at or before this time; -1 where there is none."""
    found = np.empty(len(group), dtype="int64")
    ends = np.r_[table.first[1:], len(table.time)]
    for code in np.unique(group):
        begin, end, mine = table.first[code], ends[code], group == code
        times = table.time[begin:end]
        place = np.searchsorted(times, at[mine] * (1 + ENOUGH), side="right") - 1
        found[mine] = np.where(place >= 0, begin + place, -1)
    return found


def survival(at_risk: Floats, died: Floats, group: Whole) -> Floats:
    """Kaplan-Meier share without the event after each entry."""
    return within(group, 1 - died / at_risk, "cumprod")


def whole_times(at: Sequence[float]) -> list[Any]:
    """Times as a group column shows them: whole numbers where all of them are."""
    return [int(each) for each in at] if all(float(each).is_integer() for each in at) else [float(each) for each in at]


def concordance(time: Floats, event: Floats, score: Floats) -> float:
    """Share of comparable pairs in which the higher score had the event first; equal scores count half (Harrell 1982).

    Two events at one time are not comparable; an event and somebody not followed further at that time are.
    """
    order = np.lexsort((event, -time))  # last times first; at one time those not followed further before the events
    rank = np.unique(score[order], return_inverse=True)[1].astype("int64")
    block = np.unique(np.c_[-time[order], event[order]], axis=0, return_inverse=True)[1].ravel()
    begin = np.r_[0, np.flatnonzero(np.diff(block)) + 1][block] if len(block) else block
    happened = np.flatnonzero(event[order] == 1)
    fewer, alike = _counts(rank, happened, begin[happened])
    pairs = float(begin[happened].sum())
    return float((fewer.sum() + alike.sum() / 2) / pairs) if pairs else np.nan



def climb(
    count: int, slope: Callable[[Floats], tuple[Floats, Floats]], height: Callable[[Floats], float]
) -> tuple[Floats, Floats] | None:
    """Where a log partial likelihood of `count` coefficients is highest, and its information there; None for nowhere.

    slope: the gradient and the information at a point. Newton's method, with half a step where a whole one goes down.
    """
    at = np.zeros(count)
    reached = height(at)
    for _ in range(STEPS):
        gradient, information = slope(at)
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, gradient)
        if np.abs(step).max() <= DONE * (1 + np.abs(at).max()):
            return at + step, information
        part = 1.0
        while part > 1e-4 and height(at + part * step) < reached - 1e-9:
            part /= 2
        at = at + part * step
        reached = height(at)
    return None


def _counts(rank: Whole, who: Whole, upto: Whole) -> tuple[Whole, Whole]:
    """For each of `who`: how many of the first `upto` families rank lower, and how many rank alike."""
    found = [np.zeros(len(who), dtype="int64"), np.zeros(len(who), dtype="int64")]
    width, start = 1, np.zeros(len(who), dtype="int64")
    while width * 2 <= len(rank):
        width *= 2
    while width:  # the first `upto` families are a run of sorted blocks, each a power of two long
        take = (upto & width) > 0
        key = (np.arange(len(rank)) // width) * (len(rank) + 1) + rank
        ordered = np.sort(key)
        base = (start[take] // width) * (len(rank) + 1) + rank[who[take]]
        first = start[take] // width * width
        low, high = np.searchsorted(ordered, base), np.searchsorted(ordered, base, side="right")
        found[0][take] += low - first
        found[1][take] += high - low
        start = start + np.where(take, width, 0)
        width //= 2
    return found[0], found[1]
