"""Working days: the Dutch public holidays of a year, and the last day of a term.

Easter is computed (Meeus 1991, Astronomical Algorithms, chapter 8); the holidays are those of the Algemene
termijnenwet, article 3. The days that a royal decree adds to them for some years are not known here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

Kind = Literal["working", "calendar"]
Liberation = Literal["yearly", "lustrum", "never"]
_SUNDAY, _LUSTRUM = 6, 5
_AFTER_EASTER = {"Paasmaandag": 1, "Hemelvaartsdag": 39, "Pinkstermaandag": 50}


def easter(year: int) -> dt.date:
    """Easter Sunday (Meeus 1991, the Gregorian calendar)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, part = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moved + 15) % 30
    weekday = (32 + 2 * part + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def holidays(year: int, *, liberation_day: Liberation = "yearly", good_friday: bool = True) -> dict[str, dt.date]:
    """The public holidays of a year by name, whatever day of the week they fall on.

    liberation_day: 5 May in every year, in years that end in 0 or 5 only (as many employers do), or never.
    """
    sunday, king = easter(year), dt.date(year, 4, 27)
    found = {"Nieuwjaarsdag": dt.date(year, 1, 1)}
    if good_friday:
        found["Goede Vrijdag"] = sunday - dt.timedelta(days=2)
    found |= {name: sunday + dt.timedelta(days=after) for name, after in _AFTER_EASTER.items()}
    found["Koningsdag"] = king - dt.timedelta(days=1) if king.weekday() == _SUNDAY else king
    if liberation_day == "yearly" or (liberation_day == "lustrum" and year % _LUSTRUM == 0):
        found["Bevrijdingsdag"] = dt.date(year, 5, 5)
    return found | {"Eerste Kerstdag": dt.date(year, 12, 25), "Tweede Kerstdag": dt.date(year, 12, 26)}


def last_day(
    start: pd.Series, days: int, *, kind: Kind, liberation_day: Liberation = "yearly", good_friday: bool = True
) -> pd.Series:
    """The last day on which something that came in on `start` is on time; the day after is day one.

    kind: "working" skips weekends and holidays; "calendar" counts every day, also where the last is a Sunday.
    """
    given = pd.to_datetime(start)
    if kind == "calendar":
        return given + pd.Timedelta(days=days)
    known = given.notna()
    begun = given[known].to_numpy().astype("datetime64[D]")
    free = _days(begun, days, liberation_day=liberation_day, good_friday=good_friday)
    # back to a working day first: what comes in on a Sunday has Monday as day one
    ends = np.busday_offset(begun, days, roll="backward", holidays=free)
    found = pd.Series(pd.NaT, index=given.index, dtype="datetime64[s]")
    found[known] = ends.astype("datetime64[s]")
    return found


def _days(begun: np.ndarray, days: int, *, liberation_day: Liberation, good_friday: bool) -> list[str]:
    """The holidays of every year that such a term may touch."""
    if not len(begun):
        return []
    first, last = (int(str(day)[:4]) for day in (begun.min(), begun.max() + np.timedelta64(2 * days + 31, "D")))
    years: Iterable[int] = range(first - 1, last + 1)
    each = (holidays(year, liberation_day=liberation_day, good_friday=good_friday) for year in years)
    return sorted({day.isoformat() for found in each for day in found.values()})
