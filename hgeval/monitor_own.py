"""The study's own meldingen: who is counted for each measure, and how many that are per region.

`reports` counts the rows of `units`, so what is counted and what a disclosure rule guards cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from hgeval import rates, reference
from hgeval.monitor import GROUPS, WHOLE
from hgeval.rates import Units
from hgeval.schema_study import MELDINGEN

_CHOICES = {"own_by_kind": "kind", "own_by_reporter": "reporter"}
_ASSESSED = {"own_by_safety": "safety", "own_by_route": "route"}
_OF_ONE_CASE = (*_ASSESSED, "own_outcomes")  # the answer to one leaves no choice in another
_UNKNOWN, _NOT_ASSESSED, _NOT_FINISHED = "onbekend", "nog_niet_beoordeeld", "nog_niet_klaar"


def is_own(measure: str) -> bool:
    """Whether a measure counts the study's own meldingen."""
    return measure.startswith("own_")


def linked_units(meldingen: pd.DataFrame) -> list[list[Units]]:
    """The units in groups that tell nothing of each other but their total, which stands in each."""
    every = list(units(meldingen))
    whole = [each for each in every if each.method != "share"]
    shares = [each for each in every if each.method == "share"]
    assessed = [each for each in shares if each.measure in _OF_ONE_CASE]
    alone = [[each] for each in shares if each.measure not in _OF_ONE_CASE]
    return [[*whole, *group] for group in (*alone, assessed)]


def units(meldingen: pd.DataFrame) -> Iterator[Units]:
    """Who is counted for each measure of `reports`: every melding, or every melding beside each class of a whole.

    A question that no melding answers is left out; what is not filled in counts as `onbekend`.
    """
    period = _period(meldingen["received_on"])
    about = meldingen[["region"]].assign(
        unit=meldingen["melding_id"], period=pd.Categorical([period] * len(meldingen), [period])
    )
    whole = _answered(about, pd.Series(WHOLE, index=about.index), [WHOLE])
    for measure, method in (("own_meldingen", "count"), ("own_meldingen_per_10000", "per_10000")):
        yield Units(measure, whole, GROUPS, method)
    for measure, answers, choices in _questions(meldingen):
        yield Units(measure, _answered(about, answers, choices), GROUPS, "share")


def reports(
    meldingen: pd.DataFrame, codes: Sequence[str] | None = None, *, level: float = 0.95
) -> pd.DataFrame:
    """The study's own meldingen per region and NL: number, yearly rate, and shares that add up to one whole.

    Rates have exact Poisson limits (Garwood 1936); tests/reference/poisson_exact.csv.
    """
    months = _months_covered(meldingen["received_on"])
    parts = [_counted(each, codes, months=months, level=level) for each in units(meldingen)]
    return pd.concat(parts, ignore_index=True)


def _counted(each: Units, codes: Sequence[str] | None, *, months: int, level: float) -> pd.DataFrame:
    by = ("region", *each.by)
    if each.method == "share":
        return rates.shares(each.rows, measure=each.measure, flag="flag", method="share", by=by, all_regions=codes)
    numbers = rates.counts(each.rows, measure=each.measure, by=by, all_regions=codes)
    return numbers if each.method == "count" else _per_inhabitant(numbers, months=months, level=level)


def _per_inhabitant(numbers: pd.DataFrame, *, months: int, level: float) -> pd.DataFrame:
    """The rate per 10.000 inhabitants a year over the whole months of the data."""
    own = numbers["region"] != rates.NATIONAL
    people = reference.population(numbers["region"]).astype("Float64")
    # A study of three regions says nothing per inhabitant of the others.
    counting = people[own & (numbers["events"] > 0)]
    person_years = people.where(own, counting.sum(skipna=False)) * months / 12
    rate = numbers.assign(n=person_years.round().astype("Int64"), level=level, method="per_10000")
    return rates.recompute(rate.astype(numbers.dtypes))


def _questions(meldingen: pd.DataFrame) -> Iterator[tuple[str, pd.Series, list[str]]]:
    """Each question with the answer of every melding it is about, and the answers to choose from."""
    years = meldingen["received_on"].dt.year.astype("Int64").astype("str")
    yield "own_by_year", years, sorted(years.dropna().unique())
    for measure, column in _CHOICES.items():
        if _filled(meldingen, column):
            yield measure, meldingen[column], list(MELDINGEN.column(column).choices)
    for measure, column in _ASSESSED.items():
        if _filled(meldingen, column):
            yield measure, _assessed(meldingen, column), [*MELDINGEN.column(column).choices, _NOT_ASSESSED]
    if _filled(meldingen, "outcome"):
        yield "own_outcomes", _outcomes(meldingen), [*MELDINGEN.column("outcome").choices, _NOT_FINISHED]


def _assessed(meldingen: pd.DataFrame, column: str) -> pd.Series:
    """Reports that still wait for their assessment are a kind of their own, so that nobody drops out of n."""
    answers = meldingen[column].astype("str")
    if not _filled(meldingen, "assessed_on"):
        return answers
    return answers.mask(answers.isna() & meldingen["assessed_on"].isna(), _NOT_ASSESSED)


def _outcomes(meldingen: pd.DataFrame) -> pd.Series:
    """Outcomes of all investigations that were started, the unfinished ones included."""
    started = meldingen["outcome"].notna()
    if "route" in meldingen:
        started |= (meldingen["route"] == "onderzoek").fillna(False).astype(bool)
    if "investigation_started_on" in meldingen:
        started |= meldingen["investigation_started_on"].notna()
    return meldingen.loc[started, "outcome"].astype("str").fillna(_NOT_FINISHED)


def _answered(about: pd.DataFrame, answers: pd.Series, choices: Sequence[str]) -> pd.DataFrame:
    """Every melding with an answer, once for each class, flagged where that is its class."""
    found = answers.astype("str").fillna(_UNKNOWN)
    kinds = [*choices, *({_UNKNOWN} & set(found) - set(choices))]
    rows = rates.one_row_a_class(about.loc[found.index].assign(found=found), "kind", kinds)
    return rows[["unit", "region", *GROUPS, "flag"]]


def _filled(meldingen: pd.DataFrame, column: str) -> bool:
    return column in meldingen and bool(meldingen[column].notna().any())


def _period(dates: pd.Series) -> str:
    years = sorted({str(date.year) for date in (dates.min(), dates.max()) if not pd.isna(date)})
    return "-".join(years)


def _months_covered(dates: pd.Series) -> int:
    """Calendar months from the first report to the last, both counted; none without dates."""
    if dates.notna().sum() == 0:
        return 0
    first, last = pd.Timestamp(dates.min()), pd.Timestamp(dates.max())
    return (last.year - first.year) * 12 + last.month - first.month + 1
