"""The only door to a reader: an estimate becomes a `Released`, with small numbers hidden and the rest rounded.

How it is hidden stands in `hiding`; here is what may pass at all. Percentages, intervals and ratios are computed again
from the rounded counts, because an exact percentage with its interval gives the count back. The practice is that of
Statistics Netherlands in its Veilig Thuis tables: counts in fives, nothing under ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from hgeval import benchmark, disclosure_rule, hiding, interventions, methods, modelled, monitor, outcomes, rates
from hgeval.disclosure_groups import FREE_TEXT, IDENTIFIERS, refuse_groups
from hgeval.disclosure_rule import Rule
from hgeval.doors import Derived, Door, Reader, Regions, Seen
from hgeval.errors import DisclosureError
from hgeval.rates import NATIONAL
from hgeval.schema_survey import SURVEY_TABLES
from hgeval.shared import Function
from hgeval.types import Record

# What may be computed from visible numbers; another function could add numbers nobody released.
DERIVES = (benchmark.funnel, benchmark.precision, interventions.ladder, monitor.known, monitor.imposed)
WHOLE = "total"  # the group of all groups together, as the survey's frames name it
STATUSES = ("shown", "rounded", "suppressed", "suppressed_with", "derived", "none")
_NUMBERS = ("n", "events", "value", "low", "high")
_ANSWER_KEYS = ("region", "element", "partner", "criterion", "line", "layer", "partner_region")
_ANSWERS = {name for table in SURVEY_TABLES for name in table.names if table.name.startswith("survey_")}
# What the survey's own frames derive from a region's answers.
_ANSWERS |= {"presence", "uncovered", "score", "density", "agreed", "relevant", "met", "partly", "unmet", "unknown"}
_CASES = {"casussen_mda", "casussen_verwacht"}
_KEY = object()


class Released:
    """Estimates a reader may see. Only this module makes one; hidden numbers are missing in `frame`.

    It tells its case which regions' rows were read, so that a report is made again when they change, and only then.
    """

    __slots__ = ("_derived", "_frame", "_seen", "origin", "profile")
    _derived: Derived
    _frame: pd.DataFrame
    _seen: Sequence[tuple[Seen, Regions]]
    origin: Record
    profile: str

    def __init__(
        self, frame: pd.DataFrame, profile: str, origin: Record, *, derived: Derived,
        seen: Iterable[tuple[Seen, Regions]] = (), key: object = None,
    ) -> None:
        if key is not _KEY:
            raise DisclosureError("Een cijfer wordt alleen vrijgegeven door disclosure.release.")
        object.__setattr__(self, "_frame", frame.reset_index(drop=True))
        object.__setattr__(self, "_seen", tuple(seen))
        object.__setattr__(self, "_derived", derived)
        object.__setattr__(self, "profile", profile)
        object.__setattr__(self, "origin", dict(origin))

    def __setattr__(self, name: str, value: object) -> None:
        raise DisclosureError("Een vrijgegeven cijfer kan niet worden veranderd.")

    @property
    def frame(self) -> pd.DataFrame:
        """A copy, so that no change reaches a reader."""
        for told, regions in self._seen:
            told(regions)
        return self._frame.copy()

    def where(self, **equals: object) -> Released:
        """The rows whose columns have these values (a value, or a list of values)."""
        frame, seen = self._frame, self._seen
        for column, wanted in equals.items():
            values = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
            frame = frame[frame[column].isin(values)]
            if column == "region":
                asked = frozenset(map(str, values))
                seen = [(told, asked if old is None else asked & old) for told, old in seen]
        return Released(frame, self.profile, self.origin, derived=self._derived, seen=seen, key=_KEY)

    def derive(self, function: Callable[[pd.DataFrame], pd.DataFrame]) -> Released:
        """What one of hgeval's own functions makes of the visible numbers; it can publish nothing new."""
        if not any(function is known for known in DERIVES):
            names = ", ".join(f"{known.__module__.removeprefix('hgeval.')}.{known.__name__}" for known in DERIVES)
            raise DisclosureError(f"derive neemt alleen een bekende functie van hgeval: {names}.")
        frame = self._derived(function, self.frame)
        return Released(frame, self.profile, self.origin, derived=self._derived, key=_KEY)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"Released({len(self)} rijen, profiel {self.profile})"


def join(*parts: Released) -> Released:
    """Several releases under each other. Raises DisclosureError where their rule or study differs."""
    first = parts[0]
    if any((part.profile, part.origin) != (first.profile, first.origin) for part in parts):
        raise DisclosureError("Cijfers met een andere regel of uit een andere studie kunnen niet in één tabel.")
    frame, seen = pd.concat([part._frame for part in parts]), [each for part in parts for each in part._seen]
    return Released(frame, first.profile, first.origin, derived=first._derived, seen=seen, key=_KEY)


def release(estimates: pd.DataFrame | Function, case: Reader) -> Released:
    """Estimates under the case's rule.

    estimates: the estimate frame (`rates.COLUMNS` with group columns of text after `region`); or the function that
    gives it, such as effects.stopped, which is then computed once for all regions (`shared`).
    Raises DisclosureError for a column, a group or a method that the rule does not know, and under a rule for the
    own region for counts that were not checked together with all others.
    """
    return _through(estimates, case, of_estimates)


def words(case: Reader) -> Released:
    """A release without a single number, for an exhibit of words only."""
    nothing = pd.DataFrame({"status": []}, dtype="str")
    return Released(nothing, _rule(case).profile, case.origin, derived=case.derived, key=_KEY)


def release_published(figures: pd.DataFrame | Function, case: Reader) -> Released:
    """Figures that Statistics Netherlands or another source published already; their own status stays."""
    # real, whatever the study beside it
    return _through(figures, case, of_published, synthetic=False, published=True)


def release_methods(found: pd.DataFrame | Function, case: Reader) -> Released:
    """How the methods do on examples from the literature and on simulated studies; not a word about a family."""
    return _through(found, case, of_methods, synthetic=False, published=True, examples=True)


def release_totals(totals: pd.DataFrame | Function, case: Reader) -> Released:
    """Totals of the needs survey, where the region is the respondent: a frame, or the function that gives it.

    A total is hidden where fewer than `min_unnamed` regions stand in it without their name: the
    named ones taken off, it would tell their answer. So it would where all of them answered alike.
    A hidden part takes the whole with it, or the other parts would give it away. `unnamed` and
    `unnamed_events` stay inside.
    """
    return _through(totals, case, of_totals)


def release_answers(answers: pd.DataFrame | Function, case: Reader) -> Released:
    """Answers by the region's name: only where it consents, or for its own eyes; cases follow the count rule too."""
    return _through(answers, case, of_answers)


def _through(asked: pd.DataFrame | Function, case: Reader, door: Door, **origin: object) -> Released:
    """What the door lets through, and how the case is told what was read of it."""
    rule = _rule(case)
    if callable(asked):
        frame, told = case.once(asked, door)
        seen = [(told, None)]
    else:
        frame, seen = door(asked, case), []
        case.saw("study")
    return Released(frame, rule.profile, case.origin | origin, derived=case.derived, seen=seen, key=_KEY)


def of_estimates(estimates: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release` shows."""
    rule = _rule(case)
    groups, estimates = _groups(estimates, case), estimates.reset_index(drop=True)
    model = modelled.is_model(estimates)
    exact = ~model & ~estimates["measure"].isin(outcomes.ROUNDED)
    own = (estimates["region"] == case.region) & _own_eyes(case) & exact
    parts = [hiding.under(estimates[~own & ~model], rule.public()), modelled.under(estimates[model], rule.public())]
    if own.any():
        parts.append(hiding.exactly(estimates[own], case.plan(estimates["measure"].unique()), rule, rule.public()))
    return _shown(pd.concat(parts).reindex(estimates.index), groups)


def of_published(figures: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_published` shows: rows that were published, and nothing else."""
    year = case.config.division.year
    known = monitor.figures(year, kind=case.config.division.kind)
    if list(figures) != list(known) or len(figures.merge(known, on=list(known))) != len(figures):
        raise DisclosureError(
            f"release_published neemt alleen cijfers die al gepubliceerd zijn: rijen van monitor.figures({year})."
        )
    return figures


def of_methods(found: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_methods` shows: rows that `methods` itself makes, from no study at all."""
    _rule(case)
    for known in (methods.compared(), methods.overview(), methods.coverage()):
        if list(found) == list(known) and len(found.merge(known, on=list(known))) == len(found):
            return found.assign(status="shown")
    raise DisclosureError("release_methods neemt alleen rijen die hgeval/methods.py zelf maakt.")


def of_totals(totals: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_totals` shows."""
    rule = _rule(case)
    _refuse_totals(totals)
    few = (totals["unnamed"].between(1, rule.min_unnamed - 1) | _alike(totals)).astype(bool)
    # With one hidden part as with more: another table, of fewer regions, may show just those parts.
    few |= _whole(totals) & few.groupby(totals["measure"]).transform("any")
    frame = totals.drop(columns=["unnamed", "unnamed_events"])
    people = frame["method"] == "count"  # cases are people; all else counts regions or euros
    frame.loc[people, "events"] = hiding.count(frame.loc[people, "events"], rule.public())
    frame.loc[people, ["n", "value"]] = frame.loc[people, "events"]
    # n goes too: less the named regions it would tell who answered
    frame.loc[few, [name for name in (*_NUMBERS, "answered") if name in frame]] = pd.NA
    status = np.select([few | (people & frame["events"].isna()), people], ["suppressed", "rounded"], "shown")
    return frame.assign(status=status)


def of_answers(answers: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_answers` shows."""
    rule = _rule(case)
    _refuse_answers(answers)
    own = (answers["region"] == case.region) & _own_eyes(case)
    named = (answers["consent"] == "ja") | own
    frame = answers.drop(columns="consent").copy()
    for column in _CASES & set(frame):
        frame[column] = hiding.count(frame[column], rule.public())
    return frame[named].assign(status="shown")  # without a row for the others: dots would tell "total" from "nee"


# Each door by what a notebook calls it.
DOORS: dict[str, Door] = {
    "release": of_estimates, "release_published": of_published, "release_methods": of_methods,
    "release_totals": of_totals, "release_answers": of_answers,
}


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
    """Shares of regions in which every unnamed region answered the same, or all but one did.

    All but one: that one knows its own answer, and so those of all others. And hiding only "all the same" would say
    so by the dot.
    """
    unnamed, having = totals["unnamed"], totals["unnamed_events"]
    return (totals["method"] == "share") & (unnamed > 0) & ((having <= 1) | (having >= unnamed - 1))


def _whole(totals: pd.DataFrame) -> pd.Series:
    """Rows that add up the rows beside them."""
    texts: list[str] = list(totals.select_dtypes("str").columns)
    groups = [column for column in texts if column not in rates.COLUMNS]
    return (totals[groups] == WHOLE).any(axis=1)


def _refuse_answers(answers: pd.DataFrame) -> None:
    """Only what a region answered as a region passes here, or what follows from it."""
    texts = FREE_TEXT & set(answers.columns)
    if texts:
        raise DisclosureError(f"Open antwoorden komen niet in een rapport: {', '.join(sorted(texts))}.")
    known = _ANSWERS | {*_ANSWER_KEYS, "consent"}
    strange = [
        column
        for column in answers.columns
        if column in IDENTIFIERS or (column not in known and not pd.api.types.is_bool_dtype(answers[column]))
    ]
    if strange:
        raise DisclosureError(
            f"Dit zijn geen antwoorden van een regio: {', '.join(strange)}. Gebruik disclosure.release voor gezinnen."
        )


def _rule(case: Reader) -> Rule:
    """The case's rule, if it is the one that stands in the file."""
    if case.rule != disclosure_rule.rule(case.rule.profile):
        raise DisclosureError(f"Deze regel staat niet in {disclosure_rule.FILE}. Pas een regel alleen daar aan.")
    return case.rule


def _groups(estimates: pd.DataFrame, case: Reader) -> list[str]:
    missing = [column for column in rates.COLUMNS if column not in estimates]
    if missing:
        raise DisclosureError(f"Dit is geen tabel met schattingen; kolommen ontbreken: {', '.join(missing)}.")
    groups = [column for column in estimates.columns if column not in rates.COLUMNS]
    refuse_groups(estimates, groups, waves=case.config.wave_codes)
    return groups


def _shown(frame: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    first = ["measure", "region", *groups]
    return frame[[*first, *(column for column in rates.COLUMNS if column not in first), "status"]]
