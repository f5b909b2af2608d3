"""Linear mixed model: scores of one family or region over time, with a level and slopes of their own."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import glm, terms
from hgeval.stats.terms import Design, Floats

METHOD = "reml"
_NOTHING = 1e-6  # an sd under this part of the residual one is 0, and no correlation with it is determined


def reml(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], group: str, slopes: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Linear mixed model by restricted maximum likelihood (Laird & Ware 1982), statsmodels' MixedLM.

    slopes: columns of numbers whose slope differs by group, beside the intercept. Rows: `coefficient` a term (Wald,
    normal); `sd` of the intercept, of each slope and of the residual; `correlation` of two of them, named "a, b";
    `log_likelihood` under reml and under ml; `prediction` of the group's deviation (BLUP), a term and `group`.
    In units of the outcome. Missing where there is no estimate (one group). Raises EstimateError for columns that
    lack or are no numbers. Reference case lmm.
    """
    terms.need_level(level)
    design = terms.build(rows, outcome=outcome, covariates=list(dict.fromkeys([*covariates, *slopes])), cluster=group)
    kept = [name for name, is_kept in zip(design.names, design.kept, strict=True) if is_kept]
    missing = [name for name in slopes if name not in kept]
    if missing:
        raise EstimateError(
            f"Een helling per groep kan alleen bij een kolom met verschillende getallen. Dat is {missing[0]} niet."
        )
    own = [terms.INTERCEPT, *slopes]
    random = design.x[:, [kept.index(name) for name in own]]
    found = _fit(design, random) if len(design.starts) > 1 and design.n > design.k else None
    groups = [str(each) for each in design.labels]
    parts = _fixed(design, found, level) + _variances(own, found, design.n)
    deviations = np.full((len(groups), len(own)), np.nan)
    if found is not None:
        deviations = np.stack([np.asarray(found.random_effects[number]) for number in range(len(groups))])
    for number, name in enumerate(own):
        part = terms.table("prediction", [name] * len(groups), deviations[:, number], method="blup")
        parts.append(part.assign(group=pd.array(groups, dtype="str"), n=np.bincount(design.codes)))
    plain = [part if "group" in part else part.assign(group="") for part in parts]
    return terms.frame(plain, groups=("term", "group"))


def _fixed(design: Design, found: Any, level: float) -> list[pd.DataFrame]:
    nothing = np.full(design.k, np.nan)
    with np.errstate(invalid="ignore"):  # a variance below 0 has no root, and is missing
        coef, se = (nothing, nothing) if found is None else (np.asarray(found.fe_params), np.asarray(found.bse_fe))
    likelihoods = {METHOD: np.nan, "ml": np.nan} if found is None else {METHOD: float(found.llf), "ml": _ml(found)}
    rows = [glm.table(design, coef, se, method=METHOD, level=level)]
    return rows + [
        terms.table("log_likelihood", [""], number, method=name, n=design.n) for name, number in likelihoods.items()
    ]


def _ml(found: Any) -> float:
    refit = _quietly(found.model.endog, found.model.exog, found.model.groups, found.model.exog_re, reml=False)
    return np.nan if refit is None else float(refit.llf)


def _variances(own: list[str], found: Any, n: int) -> list[pd.DataFrame]:
    cov = np.full((len(own), len(own)), np.nan) if found is None else np.asarray(found.cov_re, dtype="float64")
    left = np.nan if found is None else float(np.sqrt(found.scale))
    sd = np.sqrt(np.diag(cov))
    pairs = [(first, second) for second in range(len(own)) for first in range(second)]
    known = sd > _NOTHING * left
    correlations = [cov[a, b] / (sd[a] * sd[b]) if known[a] and known[b] else np.nan for a, b in pairs]
    return [
        terms.table("sd", [*own, "residual"], [*sd, left], method=METHOD, n=n),
        terms.table("correlation", [f"{own[a]}, {own[b]}" for a, b in pairs], correlations, method=METHOD, n=n),
    ]


def _fit(design: Design, random: Floats) -> Any:
    return _quietly(design.y, design.x, design.codes, random, reml=True)


def _quietly(y: Floats, x: Floats, codes: Any, random: Floats, *, reml: bool) -> Any:
    """The model, or None where no optimiser of statsmodels finds one."""
    import statsmodels.api as sm  # not at the top: it takes seconds

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # that a variance is 0 is an answer, and what fails is missing
        try:
            model = sm.MixedLM(y, x, groups=codes, exog_re=random)
            found = model.fit(reml=reml, method=["bfgs", "cg", "powell"], gtol=1e-8)
            return found if np.isfinite(found.llf) else None  # llf is worked out only when asked for
        except (np.linalg.LinAlgError, ValueError):
            return None


