"""Key messages: fixed Dutch sentences, each said only where the released numbers allow it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import benchmark, disclosure, layout, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import HIDDEN, Reader
from hgeval.rates import NATIONAL
from hgeval.telling import count as _count
from hgeval.telling import exhibit as _exhibit
from hgeval.telling import row as _row
from hgeval.telling import shown as _shown
from hgeval.types import Number, Row
from hgeval.wording import message

_COMPARED = {benchmark.LOWER: "lower_here", benchmark.ALIKE: "alike_here", benchmark.HIGHER: "higher_here"}


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
    rows = {code: _row(stopped, case.region, measure="stopped", wave=code) for code in codes[: codes.index(asked) + 1]}
    told = next((code for code in reversed(rows) if _shown(rows[code])), asked)
    own = rows[told]
    ends = [_row(bounds, case.region, measure=f"stopped_{name}", wave=told) for name in ("worst", "best")]
    country = _row(stopped, NATIONAL, measure="stopped", wave=told) if case.region != NATIONAL else None
    found = [] if told == asked else [_why_not(rows[asked], case, asked, elsewhere=True)]
    found += _stopped(own, ends, case, told)
    limits = [wording.points(end["value"]) for end in ends if _shown(end)]
    if _shown(own) and len(limits) == len(ends):
        found.append(message("bounds", low=limits[0], high=limits[1]))
    if _shown(own) and case.region != NATIONAL:
        beside = disclosure.join(stopped, expected) if expected is not None else stopped
        placed = _row(beside.derive(benchmark.funnel), case.region, measure="stopped", wave=told)
        found.append(_compared(placed, country))
    elif _shown(country):
        found.append(message("stopped_country", share=wording.points(country["value"]), moment=_after(case, asked)))
    found += [message("no_cause")] if _shown(own) or _shown(country) else []
    hoped = _row(expected, case.region, measure="expected", wave=told) if expected is not None else None
    used = [rows[asked], *([own] if told != asked else []), *ends, country, hoped]
    return _exhibit(stopped, case, found, used, id=id, title=title, source=source, notes=notes)


def monitor(
    figures: Released, case: Reader, *, source: str, id: str = "in-het-kort", title: str = "In het kort",
    notes: Sequence[str] = (),
) -> Exhibit:
    """How many meldingen there were in the last year with a figure, per inhabitant, and what that does not mean."""
    frame = layout.visible(figures)
    place = layout.namer(case)("region", case.region)
    row = _last_year(frame, case.region)
    found, rows = list[str](), list[Row]()
    if not _shown(row):
        hidden = row is not None and row["status"] in HIDDEN
        found = [message("published_hidden" if hidden else "no_figure")]
        row, place = _last_year(frame, NATIONAL), "heel Nederland"
    if _shown(row):
        more, rows = _volume(frame, row, place)
        found = [*found, *more]
    return _exhibit(figures, case, [*found, message("volume")], rows, id=id, title=title, source=source, notes=notes)


def national(
    stopped: Released, case: Reader, *, survey: Released, source: str, gaps: Released | None = None,
    expected: Released | None = None, wave: str = "", id: str = "in-het-kort", title: str = "In het kort",
    notes: Sequence[str] = (),
) -> Exhibit:
    """The country: the share that stopped, how many regions differ, and what the survey says.

    survey: survey.response, gaps: survey.gaps, both through disclosure.release_totals.
    """
    code = wave or case.config.waves[-1].code
    row = _row(stopped, NATIONAL, measure="stopped", wave=code)
    beside = disclosure.join(stopped, expected) if expected is not None else stopped
    placed = layout.visible(beside.derive(benchmark.funnel))
    asked, used = _asked(survey, gaps, case)
    found = [*_stopped(row, [], case, code), *_regions(placed[placed["wave"] == code]), message("no_cause"), *asked]
    return _exhibit(stopped, case, found, [row, *used], id=id, title=title, source=source, notes=notes)


def _stopped(row: Row | None, ends: Sequence[Row | None], case: Reader, code: str) -> list[str]:
    """The share that stopped and of how many families that is known, or why it is not said."""
    if not _shown(row):
        return [_why_not(row, case, code)]
    share, low, high = (wording.points(row[name]) for name in ("value", "low", "high"))
    found = [message("stopped", share=share, low=low, high=high, moment=_after(case, code))]
    worst = ends[0] if ends else None
    if worst and not pd.isna(worst["n"]):
        few = row["n"] < case.config.thresholds.few_known * worst["n"]
        counts = {"events": _count(row, "n"), "n": _count(worst, "n", about=False)}
        found.append(message("few_known" if few else "known", **counts))
    return found


def _compared(placed: Row | None, country: Row | None) -> str:
    """The region beside the country; between the two lines it differs, but chance alone may do that."""
    if placed is None or country is None or placed["position"] not in _COMPARED:
        return message("too_few_to_compare")
    key = _COMPARED[placed["position"]]
    if placed["position"] == benchmark.ALIKE and placed["beyond95"]:
        key = "perhaps_lower_here" if placed["value"] < placed["target"] else "perhaps_higher_here"
    hoped: Number = placed["expected"]
    such = "" if pd.isna(hoped) else message("such", expected=wording.points(hoped))
    return message(key, national=wording.points(country["value"]), such=such)


def _why_not(row: Row | None, case: Reader, code: str, *, elsewhere: bool = False) -> str:
    """Why there is no number: nothing known, too few families, or another number would come out."""
    if row is not None and row["status"] == "suppressed_with":
        return message("suppressed_with")
    if elsewhere:
        return message("suppressed_wave", moment=_after(case, code))
    if row is None or row["status"] not in HIDDEN or row["n"] == 0:
        return message("no_data")
    few: bool = pd.isna(row["n"]) or row["n"] < case.rule.min_outcome
    return message("suppressed" if few else "suppressed_part")


def _after(case: Reader, code: str) -> str:
    months = next(wave.months for wave in case.config.waves if wave.code == code)
    return f"na {months} {'maand' if months == 1 else 'maanden'}"


def _regions(placed: pd.DataFrame) -> list[str]:
    """In how many regions it differs, and of how many it cannot be said."""
    counts = placed["position"].value_counts().reindex(benchmark.POSITIONS, fill_value=0)
    known = counts[list(_COMPARED)].sum()
    if not known:
        return [message("too_few_to_compare")]
    lower, higher = counts[benchmark.LOWER], counts[benchmark.HIGHER]
    words = {"lower": lower, "higher": higher}
    told = {name: wording.number(count) if count else "geen" for name, count in words.items()}
    alike = message("regions_alike", n=wording.number(known))
    found = [message("regions_compared", n=wording.number(known), **told) if lower + higher else alike]
    others = [(benchmark.HIDDEN, "regions_hidden"), (benchmark.TOO_FEW, "regions_few")]
    beside = [message(key, n=wording.some_regions(counts[at])) for at, key in others if counts[at]]
    return [*found, *([" ".join(beside)] if beside else [])]


def _asked(survey: Released, gaps: Released | None, case: Reader) -> tuple[list[str], list[Row]]:
    """How many regions took part in the survey, and the element that most of them need and do not have."""
    answered = _row(survey, NATIONAL, measure="survey_response", table="survey_regions")
    if not _shown(answered):
        return [], []
    told, used = [message("survey_response", events=_count(answered, "events"), n=_count(answered, "n"))], [answered]
    rows = layout.visible(gaps).to_dict("records") if gaps is not None else []
    most = max(filter(_shown, rows), key=lambda row: row["events"] / row["n"], default=None)
    if most and most["events"]:
        what = layout.namer(case)("element", most["element"])
        told.append(message("census_gap", events=_count(most, "events"), n=_count(most, "n"), what=what))
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
    shown = {each["region"]: each for each in per.to_dict("records") if _shown(each)}
    regions = dict.fromkeys((row["region"], NATIONAL))
    wanted = [shown[region] for region in regions if region in shown]
    if len(wanted) == len(regions):
        told = [_count(each, "value") for each in wanted]
        beside = {"national": told[1]} if len(told) > 1 else {}
        found.append(message("rate" if beside else "rate_only", rate=told[0], **beside))
        used += wanted
    if row["provisional"]:
        found.append(message("provisional"))
    return found, used
