"""The only door to a reader: an estimate becomes a `Released`, with small numbers hidden and the rest rounded.

What may pass at all stands in `keepers`, and how it is hidden in `hiding`. Percentages, intervals and ratios are
computed again from the rounded counts, because an exact percentage with its interval gives the count back. The practice
is that of Statistics Netherlands in its Veilig Thuis tables: counts in fives, nothing under ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from hgeval import benchmark, interventions, keepers, monitor, shared, survey_quality
from hgeval.doors import Derived, Door, Reader, Regions, Seen
from hgeval.errors import DisclosureError
from hgeval.shared import Function
from hgeval.types import Record

# What may be computed from visible numbers; another function could add numbers nobody released.
DERIVES = (
    benchmark.funnel, benchmark.precision, interventions.ladder, monitor.known, monitor.imposed,
    survey_quality.quadrants,
)
STATUSES = ("shown", "rounded", "suppressed", "suppressed_with", "derived", "none")
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
    Raises DisclosureError for a column, a group or a method that the rule does not know, under a rule for the own
    region for counts that were not checked together with all others, and for numbers of a model that no function of
    hgeval made: a count under the name of such a number would pass unrounded.
    """
    own = callable(estimates) and shared.ours(estimates)
    return _through(estimates, case, keepers.of_estimates if own else keepers.of_counts)


def words(case: Reader) -> Released:
    """A release without a single number, for an exhibit of words only."""
    nothing = pd.DataFrame({"status": []}, dtype="str")
    return Released(nothing, keepers.rule_of(case).profile, case.origin, derived=case.derived, key=_KEY)


def release_published(figures: pd.DataFrame | Function, case: Reader) -> Released:
    """Figures that Statistics Netherlands or another source published already; their own status stays."""
    # real, whatever the study beside it
    return _through(figures, case, keepers.of_published, synthetic=False, published=True)


def release_methods(found: pd.DataFrame | Function, case: Reader) -> Released:
    """How the methods do on examples from the literature and on simulated studies; not a word about a family."""
    return _through(found, case, keepers.of_methods, synthetic=False, published=True, examples=True)


def release_totals(totals: pd.DataFrame | Function, case: Reader) -> Released:
    """Totals of the needs survey, where the region is the respondent: a frame, or the function that gives it.

    A total is hidden where fewer than `min_unnamed` regions stand in it without their name: the
    named ones taken off, it would tell their answer. So it would where all of them answered alike.
    A hidden part takes the whole with it, or the other parts would give it away. `unnamed` and
    `unnamed_events` stay inside.
    """
    return _through(totals, case, keepers.of_totals)


def release_answers(answers: pd.DataFrame | Function, case: Reader) -> Released:
    """Answers by the region's name: only where it consents, or for its own eyes; cases follow the count rule too."""
    return _through(answers, case, keepers.of_answers)


def release_budget(amounts: pd.DataFrame | Function, case: Reader) -> Released:
    """What the reader's own region spends or agreed as a region, in euros: never another region's."""
    return _through(amounts, case, keepers.of_budget).where(region=case.region)


def release_public(figures: Function, case: Reader) -> Released:
    """Figures of areas and who lives there, by a function of hgeval that reads public tables only.

    Raises DisclosureError for a frame, or for a function that reads a table of families, meldingen or answers.
    """
    if not (callable(figures) and shared.ours(figures) and set(shared.reads(figures)) <= keepers.PUBLIC):
        raise DisclosureError(
            "release_public neemt alleen een functie van hgeval die niets dan openbare tabellen leest. "
            "Gebruik disclosure.release."
        )
    return _through(figures, case, keepers.of_public)


def _through(asked: pd.DataFrame | Function, case: Reader, door: Door, **origin: object) -> Released:
    """What the door lets through, and how the case is told what was read of it."""
    rule = keepers.rule_of(case)
    if callable(asked):
        frame, told = case.once(asked, door)
        seen = [(told, None)]
    else:
        frame, seen = door(asked, case), []
        case.saw("study")
    return Released(frame, rule.profile, case.origin | origin, derived=case.derived, seen=seen, key=_KEY)
