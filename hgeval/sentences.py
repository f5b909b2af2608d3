"""Key messages: fixed Dutch sentences, each said only where the released numbers allow it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import benchmark, claims, disclosure, layout, telling, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import HIDDEN, Reader
from hgeval.rates import NATIONAL
from hgeval.types import Row
from hgeval.wording import message


def effectiveness(
    stopped: Released, case: Reader, *, bounds: Released, source: str, expected: Released | None = None,
    wave: str = "", id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """Whether the violence stopped, at the last wave unless another is named, or else at the last one shown.

    Says the share, of how many families it is known, the comparison, the bounds, and that the cause is not known.
    expected: `casemix.expected` released, for a comparison with such families elsewhere.
    """
    codes = list(case.config.wave_codes[1:])
    asked = wave or codes[-1]
    until = codes[: codes.index(asked) + 1]
    rows = {code: telling.row(stopped, case.region, measure="stopped", wave=code) for code in until}
    told = next((code for code in reversed(rows) if telling.shown(rows[code])), asked)
    own = rows[told]
    ends = _ends(bounds, case.region, told)
    country = telling.row(stopped, NATIONAL, measure="stopped", wave=told) if case.region != NATIONAL else None
    first, *more = claims.stopped(own, ends, case, told)
    if told != asked:  # one message: why it is not of the wave that was asked for, and what there is
        first = f"{claims.why_not(rows[asked], case, asked, elsewhere=True)} {first}"
    found = [first, *more, *claims.missing(own, ends)]
    used = [rows[asked], *([own] if told != asked else []), *ends, country]
    if claims.certain(own) and case.region != NATIONAL:
        beside = disclosure.join(stopped, expected) if expected is not None else stopped
        placed = telling.row(beside.derive(benchmark.funnel), case.region, measure="stopped", wave=told)
        compared, chance = claims.compared(placed, country)
        found.append(compared)
        used += chance
    elif claims.certain(country):
        found.append(message("stopped_country", **claims.share(country, "share"), moment=claims.after(case, asked)))
    found += [message("no_cause")] if claims.certain(own) or claims.certain(country) else []
    return telling.exhibit(stopped, case, found, used, id=id, title=title, source=source, notes=notes)


def monitor(
    figures: Released, case: Reader, *, source: str, id: str = "in-het-kort", title: str = "In het kort",
    notes: Sequence[str] = (),
) -> Exhibit:
    """How many meldingen there were in the last year with a figure, per inhabitant, and what that does not mean."""
    frame = layout.visible(figures)
    place = layout.namer(case)("region", case.region)
    row = _last_year(frame, case.region)
    found, rows = list[str](), list[Row]()
    if not telling.shown(row):
        hidden = row is not None and row["status"] in HIDDEN
        found = [message("published_hidden" if hidden else "no_figure")]
        row, place = _last_year(frame, NATIONAL), "heel Nederland"
    if telling.shown(row):
        more, rows = _volume(frame, row, place)
        found = [*found, *more]
    told = [*found, message("volume")]
    return telling.exhibit(figures, case, told, rows, id=id, title=title, source=source, notes=notes)


def national(
    stopped: Released, case: Reader, *, survey: Released, source: str, bounds: Released | None = None,
    gaps: Released | None = None, expected: Released | None = None, wave: str = "", id: str = "in-het-kort",
    title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """Three messages on the country: the share that stopped, how many regions differ, and what the survey says.

    bounds: effects.bounds; survey: survey.response and gaps: survey.gaps, both through disclosure.release_totals.
    """
    code = wave or case.config.waves[-1].code
    row = telling.row(stopped, NATIONAL, measure="stopped", wave=code)
    ends = _ends(bounds, NATIONAL, code) if bounds is not None else []
    beside = disclosure.join(stopped, expected) if expected is not None else stopped
    placed = layout.visible(beside.derive(benchmark.funnel))
    asked, used = _asked(survey, gaps, case)
    placed = placed[placed["wave"] == code]
    told = [*claims.stopped(row, ends, case, code), *claims.missing(row, ends)]
    told += [message("no_cause")] if claims.certain(row) else []
    parts = (told, claims.regions(placed), asked)
    found = [" ".join(each) for each in parts if each]
    return telling.exhibit(stopped, case, found, [row, *ends, *used], id=id, title=title, source=source, notes=notes)


def unnamed(shown: Released, case: Reader) -> list[str]:
    """How many regions a table by name leaves out; without the number where it is so small that it tells who they are.

    One who wants to be counted only, one who refuses and one who did not take part are not told apart.
    """
    left = len(case.regions) - layout.visible(shown)["region"].nunique()
    if not left:
        return []
    few = left < case.rule.min_unnamed
    return [message("national_unnamed_few") if few else message("national_unnamed", n=wording.some_regions(left))]


def _ends(bounds: Released, region: str, wave: str) -> list[Row | None]:
    """The lowest and the highest that the share may be."""
    return [telling.row(bounds, region, measure=f"stopped_{name}", wave=wave) for name in ("worst", "best")]


def _asked(survey: Released, gaps: Released | None, case: Reader) -> tuple[list[str], list[Row]]:
    """How many regions took part in the survey, and the element that most of them need and do not have."""
    answered = telling.row(survey, NATIONAL, measure="survey_response", table="survey_regions")
    if not telling.shown(answered):
        return [], []
    counts = {name: telling.count(answered, name) for name in ("events", "n")}
    told, used = [message("national_answers", **counts)], [answered]
    rows = layout.visible(gaps).to_dict("records") if gaps is not None else []
    most = max(filter(telling.shown, rows), key=lambda row: row["events"] / row["n"], default=None)
    if most and most["events"]:
        what = layout.namer(case)("element", most["element"])
        counts = {name: telling.count(most, name) for name in ("events", "n")}
        told.append(message("national_gap", what=what, **counts))
        used.append(most)
    return [" ".join(told)], used


def _last_year(frame: pd.DataFrame, region: str) -> Row | None:
    """The region's newest year with a number; without one its newest row, if there is any."""
    rows = frame[(frame["region"] == region) & (frame["measure"] == "meldingen")].sort_values("period")
    known = rows[rows["value"].notna()]
    chosen = (known if len(known) else rows).tail(1).to_dict("records")
    return chosen[0] if chosen else None


def _volume(frame: pd.DataFrame, row: Row, place: str) -> tuple[list[str], list[Row]]:
    when = wording.period(row["period"])
    key = "count_derived" if row["status"] == "derived" else "count"
    found, used = [message(key, events=wording.number(row["value"]), place=place, period=when.rstrip("*"))], [row]
    per = frame[(frame["measure"] == "meldingen_per_10000") & (frame["period"] == row["period"])]
    shown = {each["region"]: each for each in per.to_dict("records") if telling.shown(each)}
    regions = dict.fromkeys((row["region"], NATIONAL))
    wanted = [shown[region] for region in regions if region in shown]
    if len(wanted) == len(regions):
        told = [telling.count(each, "value") for each in wanted]
        beside = {"country": told[1]} if len(told) > 1 else {}
        found.append(message("rate" if beside else "rate_only", rate=told[0], **beside))
        used += wanted
    if row["provisional"]:
        found.append(message("provisional"))
    return found, used
