"""Key messages of the chain report, and the questions that follow from its findings by stated rules.

How far the outcome is known comes first. A number of dossiers is never told without the outcome beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import claims, layout, wording
from hgeval.case import Case
from hgeval.chain_spans import ALL_ROUTES, ASSESSMENT, HELP, INVESTIGATION
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL
from hgeval.telling import count, exhibit, row, shown
from hgeval.types import Row
from hgeval.wording import message

_A_YEAR = 12  # months: the outcome at about this time after the report
_HALF = 0.5
_ASKED = {"on_time": "Of meldingen op tijd zijn beoordeeld", "days_median": "Hoe snel gezinnen hulp kregen",
          "repeat_within": "Hoe vaak een hermelding kwam", "stopped": "Of het geweld is gestopt",
          "measured_share": "Van hoeveel gezinnen met een afgesloten zaak we de uitkomst weten"}
_NORMED = {ASSESSMENT: ("ask_assess", "ambition_assessment"), INVESTIGATION: ("ask_investigate",
                                                                           "ambition_investigation")}
_PLURAL = {ASSESSMENT: "beoordelingen", INVESTIGATION: "onderzoeken"}
_NO_UNIT = "zaken"
_PUBLISHED = "inwoners en landelijke aantallen: CBS, bewerkt"

Told = tuple[list[str], list[Row | None]]


def chain(
    coverage: Released, case: Reader, *, on_time: Released, days: Released, repeats: Released, source: str,
    id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """Of how many the outcome is known; then on time, the time until help, and hermeldingen.

    coverage: effects.measured_share; on_time, days and repeats: those of chain_terms and chain_times.
    """
    parts = [_coverage(coverage, case), _on_time(on_time, case), _help(days, case), _repeats(repeats, case)]
    found = [sentence for told, _ in parts for sentence in told]
    rows = [used for _, each in parts for used in each]
    return exhibit(coverage, case, [*found, message("chain_not_outcome")], rows, id=id, title=title, source=source,
                   notes=notes)


def dossiers(
    agreements: Released, case: Reader, *, stopped: Released, source: str, id: str = "dossiers",
    title: str = "Dossiers af, en het geweld", notes: Sequence[str] = (),
) -> Exhibit:
    """C8: dossiers realised of those agreed, and always beside them whether the violence stopped.

    agreements: chain_agreements.last_year of a release; stopped: effects.stopped.
    """
    rows = [each for each in _own_agreements(agreements, case) if each["kind"] == "prestatie"]
    found = [_dossiers(each) for each in rows] or [message("chain_no_agreements")]
    wave = case.config.waves[-1]
    outcome = row(stopped, case.region, measure="stopped", wave=wave.code)
    none = outcome is None or _is_nobody(outcome)
    found += [_nothing("stopped")] if none else claims.stopped(outcome, [], case, wave.code)
    used = [_as_share(each) for each in rows if _known(each)]
    return exhibit(agreements, case, [*found, message("chain_never_alone")], [*used, outcome], id=id, title=title,
                   source=source, notes=notes)


def sources(case: Case) -> str:
    """Where the numbers of the questions come from: the study's tables that they rest on, and public figures."""
    told = dict.fromkeys(case.source(name) for name in ("meldingen", "families", "measurements", "covenants"))
    return "; ".join([*told, _PUBLISHED])


def questions(
    coverage: Released, case: Reader, *, on_time: Released, late: Released, waiting: Released, repeats: Released,
    agreements: Released, workers: Released, towns: Released, source: str, id: str = "wat-nu",
    title: str = "Vragen voor de regionale tafel", notes: Sequence[str] = (),
) -> Exhibit:
    """What the findings ask of the region, each with the numbers that raise it; the most pressing six."""
    every = [
        _ask_acute(late, case), _ask_coverage(coverage, case), *(_ask_on_time(on_time, case, step) for step in _NORMED),
        _ask_waiting(waiting, case), _ask_repeat(repeats, case), _ask_agreement(agreements, case),
        _ask_workers(workers, case), _ask_towns(towns, case),
    ]
    asked = [told for told in every if told is not None]
    found = [sentence for sentence, _ in asked] or [message("ask_nothing")]
    return exhibit(coverage, case, found, [used for _, each in asked for used in each], id=id, title=title,
                   source=source, notes=notes)


def _coverage(released: Released, case: Reader) -> Told:
    """C1, at the wave nearest to a year after the report; before any percentage."""
    own, moment = _measured(released, case)
    if not shown(own):
        country, _ = _measured(released, case, NATIONAL)
        return _no_number(own, country, "measured_share")
    told = {"events": count(own, "events"), "n": count(own, "n", about=False), "moment": moment}
    most_unknown = _few(own, case) and own["value"] < _HALF  # the setting may call more than half few as well
    return [message("chain_unknown" if most_unknown else "chain_known", **told)], [own]


def _on_time(released: Released, case: Reader) -> Told:
    own, country = (row(released, code, measure="on_time", step=ASSESSMENT) for code in (case.region, NATIONAL))
    if not shown(own):
        return _no_number(own, country, "on_time")
    found = message("chain_on_time", **claims.share(own, "share"))
    if case.region != NATIONAL and shown(country):
        found += " " + message("chain_on_time_country", **claims.share(country, "national"))
        return [found], [own, country]
    return [found], [own]


def _help(released: Released, case: Reader) -> Told:
    own, country = (row(released, code, measure="days_median", step=HELP, route=ALL_ROUTES)
                    for code in (case.region, NATIONAL))
    if not shown(own):
        return _no_number(own, country, "days_median")
    told = {"n": count(own, "n"), "days": wording.number(own["value"])}
    low, high = (wording.number(own[name]) for name in ("low", "high"))
    if wording.MISSING in (low, high):
        return [message("chain_help_plain", **told)], [own]
    return [message("chain_help", low=low, high=high, **told)], [own]


def _repeats(released: Released, case: Reader) -> Told:
    own, country = (row(released, code, measure="repeat_within") for code in (case.region, NATIONAL))
    if not shown(own):
        return _no_number(own, country, "repeat_within")
    days = wording.number(case.config.chain.repeat_days)
    return [message("chain_repeat", days=days, **claims.share(own, "share"))], [own]


def _no_number(own: Row | None, country: Row | None, measure: str) -> Told:
    """Why there is no number: nobody at all, too few in the whole study, or too few in this region."""
    if own is None or _is_nobody(own):
        return [_nothing(measure)], [own]
    everywhere = country is not None and not shown(country)
    return [message("chain_too_little" if everywhere else "chain_hidden", what=_ASKED[measure])], [own]


def _nothing(measure: str) -> str:
    return message("chain_nothing", what=_ASKED[measure])


def _is_nobody(own: Row) -> bool:
    return not pd.isna(own["n"]) and bool(own["n"] == 0)


def _dossiers(each: Row) -> str:
    if not _known(each):
        return message("chain_dossiers_hidden")
    return message("chain_dossiers", year=str(each["year"]), events=f"ongeveer {wording.number(each['realised'])}",
                   n=wording.number(each["promised"]))


def _ask_acute(late: Released, case: Reader) -> tuple[str, list[Row]] | None:
    """An acutely unsafe melding should never be late, so any number that may be shown asks."""
    own = row(late, case.region, measure="late_by_safety", safety="acuut_onveilig")
    if not shown(own) or not own["events"]:
        return None
    return message("ask_acute", events=count(own, "events"), n=count(own, "n", about=False)), [own]


def _ask_coverage(released: Released, case: Reader) -> tuple[str, list[Row]] | None:
    own, _ = _measured(released, case)
    if not shown(own) or not _few(own, case):
        return None
    return message("ask_outcome_known", events=count(own, "events"), n=count(own, "n", about=False)), [own]


def _ask_on_time(released: Released, case: Reader, step: str) -> tuple[str, list[Row]] | None:
    """Only where the whole range lies under the ambition."""
    own, (key, ambition) = row(released, case.region, measure="on_time", step=step), _NORMED[step]
    norm: float = getattr(case.config.chain, ambition)
    if not shown(own) or not own["high"] < norm:
        return None
    return message(key, norm=wording.points(norm), **claims.share(own, "share")), [own]


def _ask_waiting(released: Released, case: Reader) -> tuple[str, list[Row]] | None:
    steps = [row(released, case.region, measure="waiting", step=step) for step in _NORMED]
    seen = [each for each in steps if shown(each) and each["events"]]
    if not seen:
        return None
    most = max(seen, key=lambda each: each["events"])
    return message("ask_waiting", events=count(most, "events"), what=_PLURAL[most["step"]]), [most]


def _ask_repeat(released: Released, case: Reader) -> tuple[str, list[Row]] | None:
    """Only where the whole range lies above the country."""
    own = row(released, case.region, measure="repeat_within")
    country = row(released, NATIONAL, measure="repeat_within")
    if case.region == NATIONAL or not shown(own) or not shown(country) or not own["low"] > country["value"]:
        return None
    return message("ask_repeat", **claims.share(own, "share")), [own, country]


def _ask_agreement(released: Released, case: Reader) -> tuple[str, list[Row]] | None:
    """The agreement of which the smallest part was realised, if less than was agreed."""
    known = [each for each in _own_agreements(released, case) if _known(each)]
    least = min(known, key=_reached, default=None)
    if least is None or _reached(least) >= 1:
        return None
    what = f"{wording.label('kind', least['kind'])} {least['number']}, {least['year']}"
    unit: str = _NO_UNIT if pd.isna(least["unit"]) else wording.label("unit", least["unit"])
    told = message("ask_agreement", what=what, events=f"ongeveer {wording.number(least['realised'])}",
                   n=wording.number(least["promised"]), unit=unit)
    return " ".join([told, *([message("chain_least_reached")] if len(known) > 1 else [])]), [_as_share(least)]


def _ask_workers(released: Released, case: Reader) -> tuple[str, list[Row]] | None:
    """The lowest number that at least half of the cases are under."""
    for minimum in case.config.chain.minimum_cases:
        own = row(released, case.region, measure="below_minimum", minimum=str(minimum))
        if shown(own) and own["value"] >= _HALF:
            counts = {"events": count(own, "events"), "n": count(own, "n", about=False)}
            return message("ask_workers", minimum=str(minimum), **counts), [own]
    return None


def _ask_towns(released: Released, case: Reader) -> tuple[str, list[Row]] | None:
    """The lowest number of investigations for which less than half of the municipalities have enough."""
    for minimum in case.config.chain.minimum_cases:
        own = row(released, case.region, measure="keeps_specialist", case="onderzoeken", minimum=str(minimum))
        if shown(own) and own["value"] < _HALF:
            counts = {"events": wording.number(own["events"]), "n": wording.number(own["n"])}
            return message("ask_specialist", minimum=str(minimum), **counts), [own]
    return None


def _measured(released: Released, case: Reader, region: str = "") -> tuple[Row | None, str]:
    wave = min(case.config.waves[1:], key=lambda each: abs(each.months - _A_YEAR))
    return row(released, region or case.region, measure="measured_share", wave=wave.code), layout.moment(wave)


def _few(own: Row, case: Reader) -> bool:
    return bool(own["value"] < case.config.thresholds.few_known)


def _own_agreements(released: Released, case: Reader) -> list[Row]:
    frame = layout.visible(released)
    found: list[Row] = frame[frame["region"] == case.region].to_dict("records")
    return found


def _known(each: Row) -> bool:
    return not (pd.isna(each["realised"]) or pd.isna(each["reached"]))


def _reached(each: Row) -> float:
    """From the numbers that the reader sees: `reached` is rounded, and two that look alike may differ."""
    return float(each["realised"] / each["promised"])


def _as_share(each: Row) -> Row:
    """An agreement as a row of numbers: n is what was agreed, events what was realised of it."""
    return {
        "measure": "agreement_done", "region": each["region"], "period": each["year"], "n": each["promised"],
        "events": each["realised"], "value": each["reached"], "low": None, "high": None, "method": "share",
        "status": "rounded",
    }
