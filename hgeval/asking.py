"""Questions for the regional table: each follows from a finding by a rule, and says which finding that is.

A question never says what to decide, and never more than the numbers beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import benchmark, claims, disclosure, layout, telling, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL
from hgeval.telling import row, shown
from hgeval.types import Row
from hgeval.wording import message

ID, TITLE = "wat-nu", "Vragen voor de regionale tafel"
OFTEN_SEVERE = 0.25  # from this share on it is asked what happens for families where violence stays severe
COUNTED_OTHERWISE = 0.25  # from this difference with the country on it is asked whether the region counts alike
NOT_FILLED_IN = 0.1  # from this share on it is asked who fills it in
SCATTERED = 0.1  # of the regions beyond the outer lines, where chance leaves one in five hundred
_DIFFERS = {benchmark.LOWER: "ask_lower", benchmark.HIGHER: "ask_higher"}


def effectiveness(
    stopped: Released, case: Reader, *, bounds: Released, severe: Released, source: str,
    expected: Released | None = None, id: str = ID, title: str = TITLE,
) -> Exhibit:
    """After whether the violence stopped, at the last wave: is it known, does it differ, what stays severe."""
    last = case.config.wave_codes[-1]
    own = row(stopped, case.region, measure="stopped", wave=last)
    start = row(bounds, case.region, measure="stopped_worst", wave=last)
    bad = row(severe, case.region, measure="frequent_or_severe", wave=last)
    beside = disclosure.join(stopped, expected) if expected is not None else stopped
    placed = row(beside.derive(benchmark.funnel), case.region, measure="stopped", wave=last)
    least = row(stopped.derive(benchmark.precision), case.region, measure="detectable", wave=last)
    found = [*_known(own, start, case), *_differs(placed, own), *_precise(placed, least), *_severe(bad)]
    return _asked(stopped, case, found, [own, start, least, bad], id=id, title=title, source=source)


def monitor(
    published: Released, case: Reader, *, own: Released, source: str, id: str = ID, title: str = TITLE,
) -> Exhibit:
    """After the figures of Veilig Thuis: is there one, is it counted alike, is it final, is it filled in.

    own: the study's own meldingen (`monitor_own.reports`).
    """
    frame = layout.visible(published)
    known = frame[(frame["region"] == case.region) & (frame["measure"] == "meldingen") & frame["value"].notna()]
    latest: Row | None = next(iter(known.sort_values("period").tail(1).to_dict("records")), None)
    found, used = [] if latest else [message("ask_no_figure")], [latest]
    if latest:
        rates = [row(published, region, measure="meldingen_per_10000", period=latest["period"])
                 for region in (case.region, NATIONAL)]
        found += _counted_alike(*rates)
        found += [message("ask_provisional", period=wording.period(latest["period"]).rstrip("*"))] * bool(
            latest["provisional"] is True
        )
        used += rates
    unknown = row(own, case.region, measure="own_by_kind", kind="onbekend")
    if shown(unknown) and unknown["value"] >= NOT_FILLED_IN:
        found.append(message("ask_filled_in", events=telling.count(unknown, "events"), n=telling.count(unknown, "n")))
        used.append(unknown)
    return _asked(published, case, found, used, id=id, title=title, source=source)


def national(
    stopped: Released, case: Reader, *, bounds: Released, severe: Released, on_time: Released, gaps: Released,
    source: str, expected: Released | None = None, id: str = ID, title: str = TITLE,
) -> Exhibit:
    """After the regions side by side: is it known, what stays severe, which differ, and what most of them lack.

    on_time: of one step, with where each region lies (`benchmark.funnel`).
    """
    last = case.config.wave_codes[-1]
    own = row(stopped, NATIONAL, measure="stopped", wave=last)
    start = row(bounds, NATIONAL, measure="stopped_worst", wave=last)
    bad = row(severe, NATIONAL, measure="frequent_or_severe", wave=last)
    beside = disclosure.join(stopped, expected) if expected is not None else stopped
    placed = layout.visible(beside.derive(benchmark.funnel))
    differ, told, without = _places(placed[placed["wave"] == last])
    found = [*_known(own, start, case), *_severe(bad)]
    found += [message("ask_differ", events=wording.number(differ), n=wording.number(told))] if differ else []
    found += [message("ask_without", n=wording.some_regions(without))] if without else []
    found += _scattered(*_places(layout.visible(on_time))[:2])
    rows = [each for each in layout.visible(gaps).to_dict("records") if shown(each) and each["events"]]
    most: Row | None = max(rows, key=lambda each: each["events"] / each["n"], default=None)
    if most:
        what = layout.namer(case)("element", most["element"])
        found.append(message("ask_gap", what=what, events=telling.count(most, "events"), n=telling.count(most, "n")))
    return _asked(stopped, case, found, [own, start, bad, most], id=id, title=title, source=source)


def _places(placed: pd.DataFrame) -> tuple[int, int, int]:
    """How many regions lie beyond the outer lines, of how many with a figure; and how many have too few."""
    places = placed["position"].value_counts().reindex(benchmark.POSITIONS, fill_value=0)
    differ, without = places[list(_DIFFERS)].sum(), places[benchmark.TOO_FEW]
    return int(differ), int(differ + places[benchmark.ALIKE]), int(without)


def _scattered(differ: int, told: int) -> list[str]:
    """More regions beyond the outer lines than chance leaves there: they may write it down in another way."""
    if not told or differ < SCATTERED * told:
        return []
    return [message("national_ask_on_time", events=wording.number(differ), n=wording.number(told))]


def _known(own: Row | None, start: Row | None, case: Reader) -> list[str]:
    """Of too few families of the start the outcome is known, or of so few that there is no figure."""
    if not shown(own):
        return [message("ask_measure")]
    if start is None or pd.isna(start["n"]) or own["n"] >= case.config.thresholds.few_known * start["n"]:
        return []
    return [message("ask_known", events=telling.count(own, "n"), n=telling.count(start, "n", about=False))]


def _differs(placed: Row | None, own: Row | None) -> list[str]:
    if placed is None or not shown(own) or placed["position"] not in _DIFFERS:
        return []
    return [message(_DIFFERS[placed["position"]], **claims.share(own, "share"))]


def _precise(placed: Row | None, least: Row | None) -> list[str]:
    """Nothing seen, and not much could have been seen."""
    if placed is None or placed["position"] != benchmark.ALIKE or least is None or pd.isna(least["value"]):
        return []
    return [message("ask_more_families", points=wording.points(least["value"]), n=telling.count(least, "n"))]


def _severe(bad: Row | None) -> list[str]:
    if not shown(bad) or bad["value"] < OFTEN_SEVERE:
        return []
    return [message("ask_severe", **claims.share(bad, "share"))]


def _counted_alike(own: Row | None, country: Row | None) -> list[str]:
    if not (shown(own) and shown(country)):
        return []
    apart = abs(own["value"] / country["value"] - 1)
    told = {"rate": telling.count(own, "value"), "country": telling.count(country, "value")}
    return [message("ask_counted_alike", **told)] if apart >= COUNTED_OTHERWISE else []


def _asked(
    released: Released, case: Reader, found: Sequence[str], rows: Sequence[Row | None], *, id: str, title: str,
    source: str,
) -> Exhibit:
    told = list(found) or [message("ask_nothing")]
    return telling.exhibit(released, case, told, rows, id=id, title=title, source=source, notes=())
