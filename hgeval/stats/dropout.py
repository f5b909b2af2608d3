"""The two ways to repair drop-out, as lean cores: weigh those who stayed, or draw the answers of those who left.

Arrays in, numbers out, fit to run thousands of times. Waves are columns (n, k) of 0, 1 or NaN, the last the one that
is asked for; `group` (n,) is 0 to count-1, and every group gets its share from one model for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from hgeval.stats import logistic, rubin
from hgeval.stats.logistic import Floats

Whole = np.ndarray[Any, np.dtype[Any]]
CYCLES = 5  # rounds of imputing in turn, where families came back after a missed wave
FEWER = 4  # patterns are fitted once each where there are this many times fewer of them than families


class Stage(NamedTuple):
    """One wave's drop-out: x (n, p) of all, who could stay, who did, and the penalty (p,)."""

    x: Floats
    before: np.ndarray[Any, np.dtype[np.bool_]]
    stayed: np.ndarray[Any, np.dtype[np.bool_]]
    penalty: Floats


class Shares(NamedTuple):
    """Share, its standard error and degrees of freedom per group, and how many families the weights are worth."""

    value: Floats
    se: Floats
    df: Floats
    effective: Floats


def stages(x: Floats, waves: Floats, *, penalty: Floats | None = None) -> list[Stage]:
    """Who stayed at each wave, given covariates and answers until then; who once left does not come back here."""
    held = np.zeros(x.shape[1]) if penalty is None else penalty
    before, found = np.ones(len(x), dtype="bool"), []
    for wave in range(waves.shape[1]):
        stayed = before & ~np.isnan(waves[:, wave])
        known = np.where(before[:, None], waves[:, :wave], 0.0)
        found.append(Stage(np.hstack([x, known]), before, stayed, np.r_[held, np.zeros(wave)]))
        before = stayed
    return found


def weighted(
    steps: Sequence[Stage], outcome: Floats, group: Whole, count: int, *,
    clusters: np.ndarray[Any, Any] | None = None, strata: Whole | None = None,
) -> Shares:
    """Shares among those who stayed, each weighted by one over the chance to stay (Hajek); no steps: equal weights.

    The error counts that the chances were estimated: on all groups together, so that one group's families move
    another's share. By cluster with factor G/(G-1) of the group's own clusters. Of one group, the families may be a
    draw within each of its `strata` (codes), which are all there: how strata differ is then no error (Cochran 1977).
    NaN where a pattern never stays.
    """
    stayed = steps[-1].stayed if steps else ~np.isnan(outcome)
    weight, y, pulls, moves = stayed.astype("float64"), np.where(stayed, outcome, 0.0), [], []
    for step in steps:
        if (step.stayed == step.before).all():
            continue
        model = fit(step.x[step.before], step.stayed[step.before] * 1.0, step.penalty)
        chance = np.ones(len(y))
        chance[step.before] = model.chances
        weight = weight / chance
        pulls.append((step.x, chance))
        score = np.zeros(step.x.shape)
        score[step.before] = logistic.scores(model, step.x[step.before], step.stayed[step.before] * 1.0, step.penalty)
        moves.append(score @ model.bread)
    total = np.bincount(group, weights=weight, minlength=count)
    some = np.where(total > 0, total, np.nan)
    value = np.bincount(group, weights=weight * y, minlength=count) / some
    own = weight * (y - np.where(np.isnan(value), 0.0, value)[group])
    slopes = [logistic.sums(-(own * (1 - chance))[:, None] * x, group, count) for x, chance in pulls]
    slope = np.hstack(slopes) if slopes else np.zeros((count, 0))
    move = np.hstack(moves) if moves else np.zeros((len(y), 0))
    if strata is not None and count == 1:
        place, of = _cells(strata, np.arange(len(y)) if clusters is None else clusters)
        variance, df = _within(np.bincount(place, weights=own + move @ slope[0], minlength=len(of)), of)
    else:
        variance, df = _spread(own, slope, move, weight > 0, group, count, clusters)
    squares = np.bincount(group, weights=weight**2, minlength=count)
    effective = np.where(squares > 0, total**2 / np.where(squares > 0, squares, 1.0), np.nan)
    return Shares(value, logistic.root(variance) / some, df, effective)


def imputed(
    x: Floats, waves: Floats, groups: Sequence[tuple[Whole, int]], *, seed: int, imputations: int = 20,
    penalty: Floats | None = None, clusters: np.ndarray[Any, Any] | None = None,
    strata: Whole | None = None,
) -> list[Shares]:
    """Shares of the last wave with the gaps drawn `imputations` times from a logit, pooled by Rubin's rules.

    groups: one or more ways to divide the families, as `group` and `count`; shares for each. Each draw takes its own
    coefficients first, and then the answers; each wave is drawn from the covariates and the waves before it, and
    where families came back from all other waves in turn. strata: as in `weighted`, where all are one group. NaN
    under separation.
    """
    random, held = np.random.default_rng(seed), np.zeros(x.shape[1]) if penalty is None else penalty
    ones = np.arange(len(x)) if clusters is None else clusters
    layered = [strata is not None and count == 1 for _, count in groups]
    cells = [
        _cells(strata, ones) if strata is not None and each else None if clusters is None else _cells(group, clusters)
        for each, (group, _) in zip(layered, groups, strict=True)
    ]
    drawn: list[list[Shares]] = [[] for _ in groups]
    models: dict[int, logistic.Fit] = {}
    for _ in range(imputations):
        full = _filled(x, waves, held, random, models)
        for found, (group, count), cell, within in zip(drawn, groups, cells, layered, strict=True):
            found.append(_plain(full, group, count, cell, within))
    return [_pooled(found) for found in drawn]


def fit(x: Floats, events: Floats, penalty: Floats) -> logistic.Fit:
    """A logit, fitted on distinct patterns of the covariates where there are few; the chances are of every row."""
    code, first = _patterns(x)
    if FEWER * len(first) > len(x):
        return logistic.fit(x, events, penalty=penalty)
    model = logistic.fit(
        x[first], np.bincount(code, weights=events), np.bincount(code).astype("float64"), penalty=penalty
    )
    return model._replace(chances=model.chances[code])


def _patterns(x: Floats) -> tuple[Whole, Whole]:
    """Code of each row's pattern, and a row of each; gives up, each row its own, where there are many."""
    code: Whole = np.zeros(len(x), dtype="int64")
    for column in x.T:
        words, known = pd.factorize(column)
        code = pd.factorize(code * len(known) + words)[0].astype("int64")
        if FEWER * (code.max(initial=0) + 1) > len(x):
            return np.arange(len(x)), np.arange(len(x))
    return code, np.unique(code, return_index=True)[1]


def _spread(
    own: Floats, slope: Floats, move: Floats, used: np.ndarray[Any, np.dtype[np.bool_]], group: Whole, count: int,
    clusters: np.ndarray[Any, Any] | None,
) -> tuple[Floats, Floats]:
    """Variance of each group's sum: its own families (the used ones), and through the models those of every group."""
    if clusters is None:
        mixed = logistic.sums(own[:, None] * move, group, count)
        alone, held = (np.bincount(group, weights=each, minlength=count) for each in (own**2, used * 1.0))
        factor = np.ones(count)
    else:
        labels, many = logistic.coded(clusters)
        cells, place = np.unique((group * many + labels)[used], return_inverse=True)
        summed, of = np.bincount(place, weights=own[used], minlength=len(cells)), cells // many
        move = logistic.sums(move, labels, many)
        mixed = logistic.sums(summed[:, None] * move[cells % many], of, count)
        alone, held = (np.bincount(of, weights=each, minlength=count) for each in (summed**2, np.ones(len(of))))
        factor = np.where(held > 1, held / np.where(held > 1, held - 1, 1), np.nan)
    through = np.einsum("gp,pq,gq->g", slope, move.T @ move, slope)
    return factor * (alone + 2 * (slope * mixed).sum(axis=1) + through), np.maximum(held - 1, 0.0)


def _cells(group: Whole, clusters: np.ndarray[Any, Any]) -> tuple[Whole, Whole]:
    """Each family's cell of group (or stratum) and cluster, and the group of each cell."""
    labels, many = logistic.coded(clusters)
    place, known = pd.factorize(group * many + labels)
    return place.astype("int64"), known // many


def _within(sums: Floats, of: Whole) -> tuple[Floats, Floats]:
    """Variance of the total of these sums, one a cluster of stratum `of`, and its degrees of freedom, (1,) each.

    A lone cluster of a stratum is set against all clusters (Lumley 2010: "adjust"), which is rather too much than too
    little. NaN where every stratum has one.
    """
    held = np.bincount(of)[of].astype("float64")
    alone = held == 1
    middle = np.where(alone, sums.mean(), np.bincount(of, weights=sums)[of] / held)
    factor = held / np.where(alone, 1.0, held - 1)
    df = len(sums) - len(np.unique(of))
    variance = float(factor @ (sums - middle) ** 2) if df else np.nan
    return np.array([variance]), np.array([float(df)])


def _plain(
    outcome: Floats, group: Whole, count: int, cells: tuple[Whole, Whole] | None, layered: bool = False
) -> Shares:
    """Shares of an outcome without gaps, with the error of its clusters; layered: of one group, within strata."""
    size = np.bincount(group, minlength=count).astype("float64")
    value = np.bincount(group, weights=outcome, minlength=count) / np.where(size > 0, size, np.nan)
    if cells is None:
        return Shares(value, logistic.root(value * (1 - value) / size), np.maximum(size - 1, 0.0), size)
    place, of = cells
    summed = np.bincount(place, weights=outcome - value[group], minlength=len(of))
    if layered:
        variance, df = _within(summed, of)
        return Shares(value, logistic.root(variance) / size, df, size)
    held = np.bincount(of, minlength=count).astype("float64")
    factor = np.where(held > 1, held / np.where(held > 1, held - 1, 1.0), np.nan)
    variance = factor * np.bincount(of, weights=summed**2, minlength=count) / size**2
    return Shares(value, logistic.root(variance), np.maximum(held - 1, 0.0), size)


def _pooled(found: Sequence[Shares]) -> Shares:
    values, errors = (np.stack([getattr(each, name) for each in found]) for name in ("value", "se"))
    pooled = rubin.pool(values, errors**2, found[0].df)
    return Shares(pooled.value, pooled.se, np.where(np.isnan(pooled.df), found[0].df, pooled.df), found[0].effective)


def _filled(
    x: Floats, waves: Floats, held: Floats, random: np.random.Generator, models: dict[int, logistic.Fit]
) -> Floats:
    """The last wave without gaps, drawn once. models: what was fitted on rows without gaps, to use again."""
    gaps, full = np.isnan(waves), waves.copy()
    every = range(waves.shape[1])
    for wave in every:
        whole = not gaps[~gaps[:, wave], :wave].any()
        _draw(x, full, gaps[:, wave], wave, list(range(wave)), held, random, models if whole else {})
    for _ in range(CYCLES if (gaps[:, :-1] & ~gaps[:, 1:]).any() else 0):
        for wave in every:
            _draw(x, full, gaps[:, wave], wave, [each for each in every if each != wave], held, random, {})
    return np.asarray(full[:, -1])


def _draw(
    x: Floats, full: Floats, gap: np.ndarray[Any, np.dtype[np.bool_]], wave: int, others: list[int], held: Floats,
    random: np.random.Generator, models: dict[int, logistic.Fit],
) -> None:
    """Draw one wave's gaps into `full`, from a model on the other waves; kept in `models` for the next time."""
    if not gap.any():
        return
    if wave not in models:
        penalty, told = np.r_[held, np.zeros(len(others))], full[~gap, wave]
        # Where all who stayed answered alike, a model has no answer for those who left.
        alike = not len(told) or (told == told[0]).all()
        rows = np.hstack([x[~gap], full[~gap][:, others]])
        models[wave] = fit(rows, np.full(len(told), np.nan) if alike else told, penalty)
    model = models[wave]
    if np.isnan(model.bread).any():
        full[gap, wave] = np.nan
        return
    values, turned = np.linalg.eigh(model.bread)
    drawn = model.coefficients + turned @ (np.sqrt(np.maximum(values, 0.0)) * random.standard_normal(len(values)))
    line = x[gap] @ drawn[: x.shape[1]] + full[gap][:, others] @ drawn[x.shape[1] :]
    full[gap, wave] = random.random(len(line)) < special.expit(line)
