"""A rule applied to estimates: small counts hidden, the others rounded, and everything else computed from those."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from hgeval import linked, outcomes, rates
from hgeval.disclosure_rule import Settings
from hgeval.errors import DisclosureError

HIDDEN = ("suppressed", "suppressed_with")  # the statuses of a row without its numbers: too small, or beside such a row
METHODS = ("wilson", "share", "count", "per_10000", "median_iqr")


def under(estimates: pd.DataFrame, rule: Settings) -> pd.DataFrame:
    """The rows under one rule: small counts gone, the others rounded and their share computed again."""
    unknown = set(rates.plain(estimates["method"])) - set(METHODS)
    if unknown:
        raise DisclosureError(f"De onthullingsregel kent deze methode niet: {', '.join(sorted(unknown))}.")
    frame = estimates.copy()
    small = _small(frame, rule)
    people = frame["method"] != "per_10000"  # the n of a rate is the published number of inhabitants
    frame.loc[people, "n"] = _sizes(frame.loc[people], rule)
    frame["events"] = _round(frame["events"], rule.rounding).mask(small)
    frame["status"] = np.where(small, "suppressed", "rounded" if rule.rounding > 1 else "shown")
    return _computed_again(frame, small, rule)


def exactly(estimates: pd.DataFrame, plan: pd.DataFrame, own: Settings, public: Settings) -> pd.DataFrame:
    """The reader's own rows: exact where the plan of all tables together allows it, and as in public elsewhere.

    plan: `complement.plan` of the region. Raises DisclosureError for a row that is not in it: nobody looked at what
    such a row tells beside the others.
    """
    allowed = _planned(estimates, plan)
    whole = (estimates["events"] == estimates["n"]).fillna(False) & rates.plain(estimates["method"]).isin(rates.SHARES)
    allowed = allowed.mask(whole & ~allowed.all(axis=1), False)  # one rounded beside one exact: a part above its whole
    mine, theirs = under(estimates, own), under(estimates, public)
    frame = mine.copy()
    for name in ("n", "events"):
        frame[name] = mine[name].where(allowed[f"{name}_exact"] | (mine["method"] == "per_10000"), theirs[name])
    small = mine["status"] == "suppressed"
    frame["events"] = frame["events"].mask(small)
    gone = frame["events"].isna() & ~small & (frame["method"] != "median_iqr")
    exact = allowed["n_exact"] & allowed["events_exact"]
    frame["status"] = np.select([small, gone, exact], ["suppressed", "suppressed_with", "shown"], "rounded")
    return _computed_again(frame, small | gone, own)


def _sizes(frame: pd.DataFrame, rule: Settings) -> pd.Series:
    """How many each row is of. That a region has nobody says that it delivered nothing; that none of its families is of
    a kind says something of each of them, and is as small a count as nine."""
    none = (frame["n"] == 0).fillna(False).astype(bool) & frame["measure"].isin(outcomes.OF_KIND) & rule.hide_zero
    return count(frame["n"], rule).mask(none)


def nearest(number: int, base: int) -> int:
    """The nearest multiple of base; a half goes up, as in `_round`."""
    return math.floor(number / base + 0.5) * base


def count(counts: pd.Series, rule: Settings) -> pd.Series:
    """A count that stands alone: rounded, and hidden from 1 up to the minimum."""
    return _round(counts, rule.rounding).mask(_below(counts, rule, zero=False))


def fewest(frame: pd.DataFrame, rule: Settings) -> pd.Series:
    """How many families a row of this measure and method needs before it says how families fare; 0 for a count."""
    about_families = (rates.plain(frame["method"]) == "wilson") | frame["measure"].isin(outcomes.BOUNDS)
    outcome = about_families & ~frame["measure"].isin(outcomes.COVERAGE)
    numbers = np.select([frame["method"] == "median_iqr", outcome], [rule.min_quantile, rule.min_outcome], 0)
    return pd.Series(numbers, index=frame.index)


def _planned(estimates: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """For each row what the plan says of it, if its counts are the ones that the plan looked at."""
    rows = estimates.assign(cell=linked.cell_names(estimates, rates.group_columns(estimates)))
    found = rows[["measure", "cell"]].merge(plan, on=["measure", "cell"], how="left", validate="m:1")
    found.index = estimates.index
    empty = found["n"].isna() & (estimates["events"].fillna(estimates["n"]) == 0)  # a cell that nobody is in
    of_n = (estimates["n"] == found["n"]) | (estimates["method"] == "per_10000")
    of_events = (estimates["events"] == found["events"]) | (estimates["method"] == "median_iqr")
    strange = ~(empty | (of_n & of_events).fillna(False).astype(bool))
    if strange.any():
        raise DisclosureError(
            "Deze cijfers zijn niet samen met de andere tabellen gecontroleerd: "
            f"{', '.join(sorted(set(estimates.loc[strange, 'measure'])))}. Onder dit profiel mogen alleen de maten van "
            "hgeval, van alle gezinnen of meldingen van de regio. Gebruik het profiel cbs5."
        )
    return found[["n_exact", "events_exact"]].astype("boolean").fillna(True).astype(bool)


def _computed_again(frame: pd.DataFrame, hidden: pd.Series, rule: Settings) -> pd.DataFrame:
    frame = rates.recompute(frame)
    quantile = frame["method"] == "median_iqr"
    for column in ("value", "low", "high"):
        frame.loc[quantile, column] = _round(frame.loc[quantile, column], rule.rounding)
    frame.loc[hidden, ["value", "low", "high"]] = pd.NA
    return frame


def _small(frame: pd.DataFrame, rule: Settings) -> pd.Series:
    """Rows with a count under the rule's minimum: the events, what is left of n, or n itself."""
    is_share = rates.plain(frame["method"]).isin(rates.SHARES)
    events = (frame["method"] != "median_iqr") & _below(frame["events"], rule)
    rest = is_share & _below(frame["n"] - frame["events"], rule)
    few = is_share & _below(frame["n"], rule, zero=False)
    unsure = (frame["n"] < fewest(frame, rule)).fillna(True)
    return (events | rest | few | unsure).astype(bool)


def _below(counts: pd.Series, rule: Settings, *, zero: bool | None = None) -> pd.Series:
    lowest = 0 if (rule.hide_zero if zero is None else zero) else 1
    return counts.between(lowest, rule.min_count - 1).fillna(False).astype(bool)


def _round(numbers: pd.Series, base: int) -> pd.Series:
    rounded: pd.Series = np.floor(numbers / base + 0.5) * base
    return rounded.astype(numbers.dtype)
