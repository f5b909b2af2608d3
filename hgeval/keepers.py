"""What each door of `disclosure` lets through: the checks on a frame, and the frame that a reader may see."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import disclosure_rule, hiding, methods, modelled, monitor, outcomes, rates
from hgeval.disclosure_groups import FREE_TEXT, IDENTIFIERS, refuse_groups
from hgeval.disclosure_rule import Rule
from hgeval.doors import Door, Reader
from hgeval.errors import DisclosureError
from hgeval.rates import NATIONAL
from hgeval.schema_survey import SURVEY_TABLES

WHOLE = "total"  # the group of all groups together, as the survey's frames name it
_NUMBERS = ("n", "events", "value", "low", "high")
_ANSWER_KEYS = ("region", "element", "partner", "criterion", "line", "layer", "partner_region", "items")
_ANSWERS = {name for table in SURVEY_TABLES for name in table.names if table.name.startswith("survey_")}
# What the survey's own frames derive from a region's answers.
_ANSWERS |= {"presence", "uncovered", "score", "density", "agreed", "relevant", "met", "partly", "unmet", "unknown"}
_ANSWERS |= {"asked", "given"}  # how many questions, and how many of them have an answer
_ANSWERS |= {"payer"}  # who pays a cost line, without the percentages
_ANSWERS -= {"question", "theme", "invuller_functie"}  # coded open answers are only counted; a function is a person
_CASES = {"casussen_mda", "casussen_verwacht"}
PUBLIC = frozenset({"divisions"})  # tables of a study that say nothing of a family, a melding or an answer


def of_estimates(estimates: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release` shows."""
    rule = rule_of(case)
    groups, estimates = _groups(estimates, case), estimates.reset_index(drop=True)
    model = modelled.is_model(estimates)
    exact = ~model & ~estimates["measure"].isin(outcomes.ROUNDED)
    own = (estimates["region"] == case.region) & _own_eyes(case) & exact
    parts = [hiding.under(estimates[~own & ~model], rule.public()), modelled.under(estimates[model], rule.public())]
    if own.any():
        parts.append(hiding.exactly(estimates[own], case.plan(estimates["measure"].unique()), rule, rule.public()))
    return _shown(pd.concat(parts).reindex(estimates.index), groups)


def of_counts(estimates: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release` shows of estimates that somebody else made: counts, and no number of a model."""
    if "method" in estimates and modelled.is_model(estimates).any():
        raise DisclosureError(
            "Cijfers van een model gaan alleen naar buiten als functie van hgeval, zoals casemix.expected. "
            "Geef de functie aan disclosure.release, niet de tabel."
        )
    return of_estimates(estimates, case)


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
    rule_of(case)
    for known in (methods.compared(), methods.overview(), methods.coverage()):
        if list(found) == list(known) and len(found.merge(known, on=list(known))) == len(found):
            return found.assign(status="shown")
    raise DisclosureError("release_methods neemt alleen rijen die hgeval/methods.py zelf maakt.")


def of_totals(totals: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_totals` shows."""
    rule = rule_of(case)
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
    rule = rule_of(case)
    _refuse_answers(answers)
    own = (answers["region"] == case.region) & _own_eyes(case)
    named = (answers["consent"] == "ja") | own
    frame = answers.drop(columns="consent").copy()
    for column in _CASES & set(frame):
        frame[column] = hiding.count(frame[column], rule.public())
    return frame[named].assign(status="shown")  # without a row for the others: dots would tell "total" from "nee"


def of_budget(amounts: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_budget` shows: euros of regions as organisations, nothing that counts people."""
    rule_of(case)
    _refuse_columns(amounts)
    if not set(amounts["method"]) <= {"amount"} or amounts["events"].notna().any():
        raise DisclosureError("release_budget neemt alleen bedragen (method amount), zonder aantallen mensen of zaken.")
    return _shown(amounts.assign(status="shown"), rates.group_columns(amounts))


def of_public(figures: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_public` shows."""
    rule_of(case)
    _refuse_columns(figures)
    return _shown(figures.assign(status="shown"), rates.group_columns(figures))


# Each door by what a notebook calls it.
DOORS: dict[str, Door] = {
    "release": of_estimates, "release_published": of_published, "release_methods": of_methods,
    "release_totals": of_totals, "release_answers": of_answers, "release_budget": of_budget,
    "release_public": of_public,
}


def _own_eyes(case: Reader) -> bool:
    """Whether the reader sees one region of its own; the country is nobody's own region."""
    return case.rule.audience == "own_region" and case.region != NATIONAL


def _refuse_totals(totals: pd.DataFrame) -> None:
    """Only totals over regions pass here: families have their own rule."""
    census = totals["method"].isin(["share", "weighted", "amount", "difference", "agreement"])
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


def rule_of(case: Reader) -> Rule:
    """The case's rule, if it is the one that stands in the file."""
    if case.rule != disclosure_rule.rule(case.rule.profile):
        raise DisclosureError(f"Deze regel staat niet in {disclosure_rule.FILE}. Pas een regel alleen daar aan.")
    return case.rule


def _refuse_columns(estimates: pd.DataFrame) -> None:
    """An estimate frame, without a column that points at people."""
    missing = [column for column in rates.COLUMNS if column not in estimates]
    if missing:
        raise DisclosureError(f"Dit is geen tabel met schattingen; kolommen ontbreken: {', '.join(missing)}.")
    persons = sorted((IDENTIFIERS | FREE_TEXT) & set(estimates))
    if persons:
        raise DisclosureError(f"Deze kolommen wijzen personen aan en mogen niet naar buiten: {', '.join(persons)}.")


def _groups(estimates: pd.DataFrame, case: Reader) -> list[str]:
    _refuse_columns(estimates)
    groups = [column for column in estimates.columns if column not in rates.COLUMNS]
    refuse_groups(estimates, groups, waves=case.config.wave_codes)
    return groups


def _shown(frame: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    first = ["measure", "region", *groups]
    return frame[[*first, *(column for column in rates.COLUMNS if column not in first), "status"]]
