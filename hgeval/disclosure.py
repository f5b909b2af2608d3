"""The only door to a reader: an estimate becomes a `Released`, with small numbers hidden and the rest rounded.

Percentages, intervals and ratios are computed again from the rounded counts, because an exact
percentage with its interval gives the count back. The practice is that of Statistics Netherlands
in its Veilig Thuis tables: counts in fives, nothing under ten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import pandas as pd

from hgeval import monitor, rates
from hgeval.complement import protect
from hgeval.disclosure_rule import Rule
from hgeval.errors import DisclosureError
from hgeval.schema import TABLES
from hgeval.schema_survey import SURVEY_TABLES

NATIONAL = "NL"
# Shares of the same families over and over: exact, one less another gives a hidden count back.
LINKED = frozenset((
    "response", "retention", "measured_share", "no_violence", "frequent_or_severe", "stopped", "durably_stopped",
    "direction", "stopped_worst", "stopped_best", "first_severity", "incidents",
))
WHOLE = "total"  # the group of all groups together, as the survey's frames name it
STATUSES = ("shown", "rounded", "suppressed", "suppressed_with", "derived", "none")
_NUMBERS = ("n", "events", "value", "low", "high")
_IDENTIFIERS = {"family_id", "melding_id", "worker", "provider", "informant"}
_FREE_TEXT = {column.name for table in TABLES.values() for column in table.columns if column.kind == "text"}
_ANSWER_KEYS = ("region", "element", "partner", "criterion", "line", "layer", "partner_region")
_ANSWERS = {name for table in SURVEY_TABLES for name in table.names if table.name.startswith("survey_")}
# What the survey's own frames derive from a region's answers.
_ANSWERS |= {"presence", "uncovered", "score", "density", "agreed", "relevant", "met", "partly", "unmet", "unknown"}
_CASES = {"casussen_mda", "casussen_verwacht"}
_PUBLISHED_EXTRA = ("period", "provisional", "source", "note", "status")
_KEY = object()


class Reader(Protocol):
    """For whom a number is released: the rule, the region that reads, and the study it came from."""

    rule: Rule
    region: str
    origin: dict


class Released:
    """Estimates a reader may see. Only this module makes one; hidden numbers are missing in `frame`."""

    __slots__ = ("_frame", "origin", "profile")

    def __init__(self, frame: pd.DataFrame, profile: str, origin: dict, *, key: object = None) -> None:
        if key is not _KEY:
            raise DisclosureError("Een cijfer wordt alleen vrijgegeven door disclosure.release.")
        object.__setattr__(self, "_frame", frame.reset_index(drop=True))
        object.__setattr__(self, "profile", profile)
        object.__setattr__(self, "origin", dict(origin))

    def __setattr__(self, name: str, value: object) -> None:
        raise DisclosureError("Een vrijgegeven cijfer kan niet worden veranderd.")

    @property
    def frame(self) -> pd.DataFrame:
        """A copy, so that no change reaches a reader."""
        return self._frame.copy()

    def where(self, **equals: object) -> Released:
        """The rows whose columns have these values (a value, or a list of values)."""
        frame = self._frame
        for column, wanted in equals.items():
            frame = frame[frame[column].isin(wanted if isinstance(wanted, list | tuple) else [wanted])]
        return Released(frame, self.profile, self.origin, key=_KEY)

    def derive(self, function: Callable[[pd.DataFrame], pd.DataFrame]) -> Released:
        """What one of hgeval's own functions makes of the visible numbers; it can publish nothing new."""
        if not getattr(function, "__module__", "").startswith("hgeval."):
            raise DisclosureError(
                "derive neemt alleen functies van hgeval zelf, want die zien alleen wat al zichtbaar is."
            )
        return Released(function(self.frame), self.profile, self.origin, key=_KEY)

    def __len__(self) -> int:
        return len(self._frame)

    def __repr__(self) -> str:
        return f"Released({len(self)} rijen, profiel {self.profile})"


def join(*parts: Released) -> Released:
    """Several releases under each other. Raises DisclosureError where their rule or study differs."""
    first = parts[0]
    if any((part.profile, part.origin) != (first.profile, first.origin) for part in parts):
        raise DisclosureError("Cijfers met een andere regel of uit een andere studie kunnen niet in één tabel.")
    return Released(pd.concat([part.frame for part in parts]), first.profile, first.origin, key=_KEY)


def release(estimates: pd.DataFrame, case: Reader, *, partition: str | None = None) -> Released:
    """Estimates under the case's rule.

    estimates: the estimate frame (`rates.COLUMNS` with group columns of text after `region`).
    partition: the group column whose rows add up to `n`; the exact profile then hides a second
        row of it where the first could be computed from the others.
    Raises DisclosureError for a column or a method that the rule does not know.
    """
    groups, estimates = _groups(estimates), estimates.reset_index(drop=True)
    exact = (estimates["region"] == case.region) & _own_eyes(case) & ~estimates["measure"].isin(LINKED)
    public = case.rule.public()
    parts = [_hide(estimates[~exact], public), _hide(estimates[exact], case.rule)]
    if _own_eyes(case) and partition:
        parts[1] = protect(parts[1], estimates[exact], [*_keys(groups, partition)], case.rule.min_count)
    frame = pd.concat(parts).reindex(estimates.index)
    return Released(_shown(frame, groups), case.rule.profile, case.origin, key=_KEY)


def release_published(figures: pd.DataFrame, case: Reader) -> Released:
    """Figures that Statistics Netherlands or another source published already; their own status stays."""
    allowed = {*rates.COLUMNS, *_PUBLISHED_EXTRA}
    groups = [column for column in figures if column not in allowed]
    _refuse_groups(figures, groups)
    strange = set(figures["measure"]) - set(monitor.measures())
    if strange or set(figures["method"]) - {"published"} or set(figures["status"]) - set(STATUSES):
        raise DisclosureError("release_published neemt alleen cijfers die al gepubliceerd zijn (method 'published').")
    origin = case.origin | {"synthetic": False, "published": True}  # real, whatever the study beside it
    return Released(figures, case.rule.profile, origin, key=_KEY)


def release_totals(totals: pd.DataFrame, case: Reader) -> Released:
    """Totals of the needs survey, where the region is the respondent.

    A total is hidden where fewer than `min_unnamed` regions stand in it without their name: the
    named ones taken off, it would tell their answer. So it would where all of them answered alike.
    A hidden part takes the whole with it, or the other parts would give it away. `unnamed` and
    `unnamed_events` stay inside.
    """
    _refuse_totals(totals)
    few = (totals["unnamed"].between(1, case.rule.min_unnamed - 1) | _alike(totals)).astype(bool)
    few |= _whole(totals) & few.groupby(totals["measure"]).transform("any")
    frame = totals.drop(columns=["unnamed", "unnamed_events"])
    people = frame["method"] == "count"  # cases are people; all else counts regions or euros
    frame.loc[people, "events"] = _count(frame.loc[people, "events"], case.rule.public())
    frame.loc[people, ["n", "value"]] = frame.loc[people, "events"]
    # n goes too: less the named regions it would tell who answered
    frame.loc[few, [name for name in (*_NUMBERS, "answered") if name in frame]] = pd.NA
    frame["status"] = np.select([few | (people & frame["events"].isna()), people], ["suppressed", "rounded"], "shown")
    return Released(frame, case.rule.profile, case.origin, key=_KEY)


def release_answers(answers: pd.DataFrame, case: Reader) -> Released:
    """Answers by the region's name: only where it consents, or for its own eyes; cases follow the count rule too."""
    _refuse_answers(answers)
    own = (answers["region"] == case.region) & _own_eyes(case)
    named = (answers["consent"] == "ja") | own
    frame = answers.drop(columns="consent").copy()
    for column in _CASES & set(frame):
        frame[column] = _count(frame[column], case.rule.public())
    frame = frame[named].assign(status="shown")  # without a row for the others: dots would tell "total" from "nee"
    return Released(frame, case.rule.profile, case.origin, key=_KEY)


def _own_eyes(case: Reader) -> bool:
    """Whether the reader sees one region of its own; the country is nobody's own region."""
    return case.rule.audience == "own_region" and case.region != NATIONAL


def _refuse_totals(totals: pd.DataFrame) -> None:
    """Only totals over regions pass here: families have their own rule."""
    census = totals["method"].isin(["share", "weighted", "amount"])
    over_regions = (totals["n"] <= totals["regions"]).fillna(True) | ~census
    if not ((totals["region"] == NATIONAL) & (census | (totals["method"] == "count")) & over_regions).all():
        raise DisclosureError(
            "release_totals neemt alleen landelijke tellingen van de behoeftepeiling. Gebruik disclosure.release."
        )


def _alike(totals: pd.DataFrame) -> pd.Series:
    """Shares of regions in which every unnamed region answered the same."""
    unnamed, having = totals["unnamed"], totals["unnamed_events"]
    return (totals["method"] == "share") & (unnamed > 0) & ((having == 0) | (having == unnamed))


def _whole(totals: pd.DataFrame) -> pd.Series:
    """Rows that add up the rows beside them."""
    groups = [column for column in totals.select_dtypes("str") if column not in rates.COLUMNS]
    return (totals[groups] == WHOLE).any(axis=1)


def _refuse_answers(answers: pd.DataFrame) -> None:
    """Only what a region answered as a region passes here, or what follows from it."""
    texts = _FREE_TEXT & set(answers.columns)
    if texts:
        raise DisclosureError(f"Open antwoorden komen niet in een rapport: {', '.join(sorted(texts))}.")
    known = _ANSWERS | {*_ANSWER_KEYS, "consent"}
    strange = [
        column
        for column in answers
        if column in _IDENTIFIERS or (column not in known and not pd.api.types.is_bool_dtype(answers[column]))
    ]
    if strange:
        raise DisclosureError(
            f"Dit zijn geen antwoorden van een regio: {', '.join(strange)}. Gebruik disclosure.release voor gezinnen."
        )


def _groups(estimates: pd.DataFrame) -> list[str]:
    missing = [column for column in rates.COLUMNS if column not in estimates]
    if missing:
        raise DisclosureError(f"Dit is geen tabel met schattingen; kolommen ontbreken: {', '.join(missing)}.")
    groups = [column for column in estimates if column not in rates.COLUMNS]
    _refuse_groups(estimates, groups)
    return groups


def _refuse_groups(estimates: pd.DataFrame, groups: list[str]) -> None:
    """A group names a class of families; a number or an identifier there would pass unseen."""
    for column in groups:
        if column in _IDENTIFIERS or column in _FREE_TEXT:
            raise DisclosureError(f"De kolom {column!r} wijst personen aan en mag niet naar buiten. Laat haar weg.")
        if not (
            pd.api.types.is_string_dtype(estimates[column]) or isinstance(estimates[column].dtype, pd.CategoricalDtype)
        ):
            raise DisclosureError(
                f"De kolom {column!r} is geen groep (tekst). Getallen gaan alleen als schatting naar buiten."
            )


def _keys(groups: list[str], partition: str) -> list[str]:
    if partition not in groups:
        raise DisclosureError(f"Onbekende groep {partition!r}; bekend zijn: {', '.join(groups) or 'geen'}.")
    return ["measure", "region", *(column for column in groups if column != partition)]


def _hide(estimates: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rows under one rule: small counts gone, the others rounded and their share computed again."""
    unknown = set(estimates["method"]) - {"wilson", "share", "count", "per_10000", "median_iqr"}
    if unknown:
        raise DisclosureError(f"De onthullingsregel kent deze methode niet: {', '.join(sorted(unknown))}.")
    frame = estimates.copy()
    small = _small(frame, rule)
    people = frame["method"] != "per_10000"  # the n of a rate is the published number of inhabitants
    frame.loc[people, "n"] = _count(frame.loc[people, "n"], rule)
    frame["events"] = _round(frame["events"], rule.rounding)
    frame.loc[small, ["events", "value", "low", "high"]] = pd.NA
    frame = rates.recompute(frame)
    quantile = frame["method"] == "median_iqr"
    for column in ("value", "low", "high"):
        frame.loc[quantile, column] = _round(frame.loc[quantile, column], rule.rounding)
    frame.loc[small, ["value", "low", "high"]] = pd.NA
    frame["status"] = np.where(small, "suppressed", "rounded" if rule.rounding > 1 else "shown")
    return frame


def _small(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    """Rows with a count under the rule's minimum: the events, what is left of n, or n itself."""
    is_share = frame["method"].isin(["wilson", "share"])
    events = _below(frame["events"], rule)
    rest = is_share & _below(frame["n"] - frame["events"], rule)
    few = is_share & _below(frame["n"], rule, zero=False)
    quantile = (frame["method"] == "median_iqr") & (frame["n"] < rule.min_quantile).fillna(True)
    small = (events & (frame["method"] != "median_iqr")) | rest | few | quantile
    return small.astype(bool)


def _below(counts: pd.Series, rule: Rule, *, zero: bool | None = None) -> pd.Series:
    lowest = 0 if (rule.hide_zero if zero is None else zero) else 1
    return counts.between(lowest, rule.min_count - 1).fillna(False).astype(bool)


def _count(counts: pd.Series, rule: Rule) -> pd.Series:
    """A count that stands alone: rounded, and hidden from 1 up to the minimum."""
    return _round(counts, rule.rounding).mask(_below(counts, rule, zero=False))


def _round(numbers: pd.Series, base: int) -> pd.Series:
    """To the nearest multiple of base; a half goes up."""
    return ((numbers / base + 0.5).apply(np.floor) * base).astype(numbers.dtype)


def _shown(frame: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    first = ["measure", "region", *groups]
    return frame[[*first, *(column for column in rates.COLUMNS if column not in first), "status"]]
