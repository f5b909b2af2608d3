"""What each door of `disclosure` lets through: the checks on a frame, and the frame that a reader may see."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import (
    answer_columns,
    disclosure_rule,
    governance_calamities,
    hiding,
    methods,
    modelled,
    monitor,
    outcomes,
    rates,
    remainders,
    short_labels,
    survey_answers,
    timed,
    town_counts,
)
from hgeval.disclosure_groups import FREE_TEXT, IDENTIFIERS, refuse_groups
from hgeval.disclosure_rule import Rule
from hgeval.doors import Door, Reader
from hgeval.errors import DisclosureError
from hgeval.rates import NATIONAL

WHOLE = "total"  # the group of all groups together, as the survey's frames name it
_NUMBERS = ("n", "events", "value", "low", "high")
_CALAMITIES = (*governance_calamities.CHAIN, governance_calamities.DAYS)
PUBLIC = frozenset({"divisions"})  # tables of a study that say nothing of a family, a melding or an answer


def of_estimates(estimates: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release` shows."""
    rule = rule_of(case)
    groups, estimates = _groups(estimates, case), estimates.reset_index(drop=True)
    if estimates["measure"].isin(_CALAMITIES).any():
        raise DisclosureError("Calamiteiten gaan alleen naar buiten met disclosure.release_calamities.")
    model, time = modelled.is_model(estimates), timed.is_timed(estimates)
    counted = ~model & ~time
    exact = counted & ~estimates["measure"].isin(outcomes.ROUNDED)
    own = (estimates["region"] == case.region) & _own_eyes(case) & exact
    of_all = rule.public()
    parts = [
        hiding.under(estimates[counted & ~own], of_all), modelled.under(estimates[model], of_all),
        timed.under(estimates[time], of_all),
    ]
    if own.any():
        parts.append(hiding.exactly(estimates[own], case.plan(estimates["measure"].unique()), rule, of_all))
    found = remainders.beside_the_whole(estimates, pd.concat(parts).reindex(estimates.index), of_all)
    if _own_eyes(case):
        found = town_counts.beside_the_total(estimates, found, case.region, of_all)
    return _shown(found, groups)


def of_counts(estimates: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release` shows of estimates that somebody else made: counts, and no number of a model."""
    if "method" in estimates and (modelled.is_model(estimates) | timed.is_timed(estimates)).any():
        raise DisclosureError(
            "Cijfers van een model of een curve gaan alleen naar buiten als functie van hgeval. "
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
    for column, of in answer_columns.DAYS.items():
        if column in frame:
            enough = (frame[of] >= rule.min_quantile).fillna(False)
            frame[column] = np.floor(frame[column].astype("Float64").where(enough) + 0.5)
    for column in answer_columns.CASES & set(frame):
        frame[column] = hiding.count(frame[column], rule.public())
    return frame[named].assign(status="shown")  # without a row for the others: dots would tell "total" from "nee"


def of_budget(amounts: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_budget` shows: euros of regions as organisations, nothing that counts people."""
    rule_of(case)
    _refuse_columns(amounts)
    if not set(amounts["method"]) <= {"amount"} or amounts["events"].notna().any():
        raise DisclosureError("release_budget neemt alleen bedragen (method amount), zonder aantallen mensen of zaken.")
    return _shown(amounts.assign(status="shown"), rates.group_columns(amounts))


def of_calamities(counts: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_calamities` shows: in fives and nothing under ten, whoever reads.

    A part stays hidden where its whole is: 12 reported beside 11 investigated would tell that one was not.
    """
    rule = rule_of(case)
    _refuse_columns(counts)
    of_regions = (counts["region"] != NATIONAL).all() and not counts.duplicated(["region", "year", "measure"]).any()
    if not (of_regions and set(counts["measure"]) <= set(_CALAMITIES)):
        raise DisclosureError("release_calamities neemt alleen calamiteiten per regio en jaar, zonder totalen.")
    frame = hiding.under(counts.drop(columns="consent"), rule.public())
    frame["status"] = frame["status"].mask(_behind_hidden(frame), "suppressed_with")
    frame.loc[frame["status"].isin(hiding.HIDDEN), list(_NUMBERS)] = pd.NA
    own = (counts["region"] == case.region) & _own_eyes(case)
    return _shown(frame[(counts["consent"] == "ja") | own], ["year"])


def of_public(figures: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """The frame that `release_public` shows."""
    rule_of(case)
    _refuse_columns(figures)
    return _shown(figures.assign(status="shown"), rates.group_columns(figures))


# Each door by what a notebook calls it.
DOORS: dict[str, Door] = {
    "release": of_estimates, "release_published": of_published, "release_methods": of_methods,
    "release_totals": of_totals, "release_answers": of_answers, "release_budget": of_budget,
    "release_public": of_public, "release_calamities": of_calamities,
}


def _behind_hidden(frame: pd.DataFrame) -> pd.Series:
    """Calamities of which the count that they are part of is not shown, or is not there."""
    chain, days = governance_calamities.CHAIN, governance_calamities.DAYS
    shown = frame.assign(shown=~frame["status"].isin(hiding.HIDDEN)).pivot(
        index=["region", "year"], columns="measure", values="shown")
    so_far = shown.reindex(columns=list(chain)).eq(True).cummin(axis=1)
    whole = frame["measure"].map(dict(zip(chain[1:], chain, strict=False)) | {days: chain[1]})
    cells = zip(frame["region"], frame["year"], whole, strict=True)
    behind = [not (pd.isna(of) or so_far.at[(region, year), of]) for region, year, of in cells]
    return pd.Series(behind, index=frame.index, dtype=bool)


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
    """Shares of regions in which the unnamed answered alike; hiding only "all the same" would say so by the dot."""
    return (totals["method"] == "share") & survey_answers.alike(totals["unnamed_events"], totals["unnamed"])


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
    known = answer_columns.ANSWERS | {*answer_columns.KEYS, "consent"}
    strange = [
        column
        for column in answers.columns
        if column in IDENTIFIERS or (column not in known and not pd.api.types.is_bool_dtype(answers[column]))
    ]
    written = [name for name in answer_columns.WRITTEN if name in answers and _unprintable(answers[name])]
    if written:
        raise DisclosureError(f"In deze kolom staat misschien een persoon: {', '.join(written)}. Controleer de studie.")
    if strange:
        raise DisclosureError(
            f"Dit zijn geen antwoorden van een regio: {', '.join(strange)}. Gebruik disclosure.release voor gezinnen."
        )


def _unprintable(texts: pd.Series) -> bool:
    """Whether one of these cannot be printed; the check of a study refuses them first."""
    return bool((short_labels.points_at_someone(texts) | short_labels.too_long(texts)).any())


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
