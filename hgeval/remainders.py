"""Classes of meldingen that add up to a whole: what the whole leaves beside the printed ones may tell a hidden count.

Counts in fives leave some room, for some numbers of classes too little: with two shown of three, a total and two parts
that were all rounded one way say that the third is 9. There the smallest class that is shown goes too ("a lone blank
takes a second"). That hangs on how many are shown and hidden, and not on the counts, so that the second blank tells
nothing itself; tests/test_remainders.py tries all tables. Only where another table narrows the whole are the counts
looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import hiding, monitor_own
from hgeval.disclosure_rule import Settings

LEAST = 3  # values that a hidden count keeps
Ends = tuple[int, int]
_NUMBERS = ["events", "value", "low", "high"]


def beside_the_whole(raw: pd.DataFrame, shown: pd.DataFrame, rule: Settings) -> pd.DataFrame:
    """The released rows, without the second classes that must go; a count that may be exact was looked at elsewhere.

    raw: the same rows before they were rounded, in the same order. rule: the public one, since everybody reads those.
    """
    parts = raw["measure"].map(monitor_own.is_own).astype(bool) & (raw["method"] == "share")
    if not parts.any():
        return shown
    public = hiding.under(raw[parts], rule).assign(true=raw.loc[parts, "events"])
    tables = public.groupby([raw.loc[parts, "region"], raw.loc[parts, "n"]], sort=False)  # of the same meldingen
    gone = [at for _, rows in tables for at in _second(rows, rule)]
    hidden = shown.index.isin(gone) & (shown["status"] == "rounded")
    found = shown.copy()
    found.loc[hidden, _NUMBERS] = pd.NA
    found["status"] = found["status"].mask(hidden, "suppressed_with")
    return found


def second(counts: Sequence[int | None], whole: Ends, rule: Settings) -> list[int]:
    """Which of the shown classes must go as well, by their place; counts: as printed, None for one that is hidden.

    whole: the least and the most that all of them may be together.
    """
    ends = [_ends(count, rule) for count in counts]
    small = [at for at, count in enumerate(counts) if count is None]
    shown = sorted((count, at) for at, count in enumerate(counts) if count is not None)
    gone = list[int]()
    too_few = bool(small) and _may_be_told(len(shown), len(small), rule)
    while shown and ((too_few and not gone) or any(_left(ends, at, whole) < LEAST for at in small)):
        _, at = shown.pop(0)
        ends[at] = (rule.min_count, whole[1])
        gone.append(at)
    return gone


def _may_be_told(shown: int, small: int, rule: Settings) -> bool:
    """Whether fewer than `LEAST` values may remain, whatever the counts: all hidden ones nothing, or all at their most.

    Printed counts are multiples of the base; so what a total and parts that are all rounded one way leave, follows.
    """
    down, up = rule.rounding // 2, (rule.rounding - 1) // 2
    nothing = (up + down * shown) % rule.rounding + 1
    most = ((rule.min_count - 1) * small + down + up * shown) % rule.rounding + 1
    return min(nothing, most) < LEAST


def _second(rows: pd.DataFrame, rule: Settings) -> list[int]:
    """Of all tables of the same meldingen: the rows that go. What any table says of the whole, it says for all."""
    size = rows["n"].iloc[0]
    if pd.isna(size) or size == 0:
        return []
    # one class that is nearly all of them hides the whole table, and itself
    tables = [part["events"] for _, part in rows.groupby("measure", sort=False)
              if not (part["events"].isna() & (part["true"] >= rule.min_count)).any()]
    counts = [[None if pd.isna(each) else int(each) for each in table] for table in tables]
    sums = [tuple(map(sum, zip(*(_ends(each, rule) for each in table), strict=True))) for table in counts]
    lows, highs = zip(_ends(int(size), rule), *sums, strict=True)
    whole = (max(lows), min(highs))
    return [table.index[at] for table, told in zip(tables, counts, strict=True) for at in second(told, whole, rule)]


def _ends(count: int | None, rule: Settings) -> Ends:
    """The least and the most that a printed count may be."""
    if count is None:
        return 0, rule.min_count - 1
    return max(rule.min_count, count - rule.rounding // 2), count + (rule.rounding - 1) // 2


def _left(ends: Sequence[Ends], at: int, whole: Ends) -> int:
    """How many values remain for one class, the others and the whole known as far as they are."""
    low, high = ends[at]
    others = [each for place, each in enumerate(ends) if place != at]
    most = whole[1] - sum(least for least, _ in others)
    least = whole[0] - sum(top for _, top in others)
    return min(high, most) - max(low, least) + 1
