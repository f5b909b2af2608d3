"""What may be said of how families fare: a share with its families and its range, and a difference beyond chance.

Nothing is claimed of a row that lacks one of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import pandas as pd

from hgeval import benchmark, wording
from hgeval.layout import HIDDEN, Reader
from hgeval.telling import count, shown
from hgeval.types import Number, Row
from hgeval.wording import message

_COMPARED = {benchmark.LOWER: "lower_here", benchmark.ALIKE: "alike_here", benchmark.HIGHER: "higher_here"}
_RANGE = ("n", "value", "low", "high")  # without one of these a share of families is not said


def stopped(row: Row | None, ends: Sequence[Row | None], case: Reader, code: str) -> list[str]:
    """The share that stopped with its range and of how many families that is known, or why it is not said."""
    if not shown(row):
        return [why_not(row, case, code)]
    if not certain(row):
        return [message("no_range")]
    found = [message("stopped", **share(row, "share"), moment=after(case, code))]
    worst = ends[0] if ends else None
    if worst and not pd.isna(worst["n"]):
        few = row["n"] < case.config.thresholds.few_known * worst["n"]
        counts = {"events": count(row, "n"), "n": count(worst, "n", about=False)}
        found.append(message("few_known" if few else "known", **counts))
    return found


def missing(row: Row | None, ends: Sequence[Row | None]) -> list[str]:
    """Between what the share may be, whatever became of the families that it is not known of."""
    limits = [wording.points(end["value"]) for end in ends if shown(end)]
    if not certain(row) or len(limits) < 2:  # the lowest and the highest
        return []
    return [message("bounds", low=limits[0], high=limits[1])]


def share(row: Row, name: str) -> dict[str, str]:
    """A percentage under this name, with all that goes with it."""
    limits = {each: wording.points(row[each]) for each in ("low", "high")}
    return {name: wording.points(row["value"]), "n": count(row, "n")} | limits


def compared(placed: Row | None, country: Row | None) -> tuple[str, list[Row]]:
    """The region beside the country, and the row of what chance may do; between the two lines it may be chance alone.

    Nothing is claimed but from the country's share with its range and from the limits of chance.
    """
    if placed is None or not certain(country) or not _claims(placed):
        return message("too_few_to_compare"), []
    key = _COMPARED[placed["position"]]
    if placed["position"] == benchmark.ALIKE and placed["beyond95"]:
        key = "perhaps_lower_here" if placed["value"] < placed["target"] else "perhaps_higher_here"
    low, high = (wording.points(placed[name]) for name in ("least", "most"))
    mixed = not pd.isna(placed["expected"])
    hoped: Number = placed["expected"] if mixed else placed["target"]
    such = message("such", expected=wording.points(hoped), low=low, high=high)
    found = [message("country_here", **share(country, "national")),
             message(key, range=such if mixed else message("as_country", low=low, high=high))]
    chance = {"measure": benchmark.EXPECTED if mixed else "chance", "value": hoped, "events": pd.NA,
              "low": placed["least"], "high": placed["most"],
              "method": "model_share" if mixed else placed["method"], "status": "derived"}
    return " ".join(found), [placed | chance]


def _claims(placed: Row) -> bool:
    """Whether the row has a position, with the limits that it was made from."""
    return placed["position"] in _COMPARED and not any(pd.isna(placed[name]) for name in ("value", "least", "most"))


def why_not(row: Row | None, case: Reader, code: str, *, elsewhere: bool = False) -> str:
    """Why there is no number: nothing known, too few families, or another number would come out."""
    if row is not None and row["status"] == "suppressed_with":
        return message("suppressed_with")
    if elsewhere:
        return message("suppressed_wave", moment=after(case, code))
    if row is None or row["status"] not in HIDDEN or row["n"] == 0:
        return message("effect_no_data")
    few: bool = pd.isna(row["n"]) or row["n"] < case.rule.min_outcome
    return message("suppressed" if few else "suppressed_part")


def after(case: Reader, code: str) -> str:
    """How long after the start a wave was, in words."""
    months = next(wave.months for wave in case.config.waves if wave.code == code)
    return f"na {months} {'maand' if months == 1 else 'maanden'}"


def regions(placed: pd.DataFrame) -> list[str]:
    """In how many regions it differs, and of how many it cannot be said."""
    sure = placed[["value", "least", "most"]].notna().all(axis=1) | ~placed["position"].isin(_COMPARED)
    counts = placed.loc[sure, "position"].value_counts().reindex(benchmark.POSITIONS, fill_value=0)
    known = counts[list(_COMPARED)].sum()
    if not known:
        return [message("national_too_few")]
    lower, higher = counts[benchmark.LOWER], counts[benchmark.HIGHER]
    words = {"lower": lower, "higher": higher}
    told = {name: wording.number(many) if many else "geen" for name, many in words.items()}
    alike = [message("regions_alike", n=wording.number(known)), message("national_not_alike")]
    found = [message("regions_compared", n=wording.number(known), **told)] if lower + higher else alike
    others = [(benchmark.HIDDEN, "regions_hidden"), (benchmark.TOO_FEW, "regions_few")]
    beside = [message(key, n=wording.some_regions(counts[at])) for at, key in others if counts[at]]
    return [*found, *([" ".join(beside)] if beside else [])]


def certain(row: Row | None) -> TypeGuard[Row]:
    """Whether a share is shown with the families it is of and its range: without those it is not said."""
    return shown(row) and not any(pd.isna(row[name]) for name in _RANGE)
