"""Holidays as they were published, and terms across Easter, Christmas and weekends."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from dateutil.easter import easter as theirs

from hgeval import workdays

# As the government published them (rijksoverheid.nl, officiële feestdagen).
PUBLISHED = {
    2023: ["01-01", "04-07", "04-10", "04-27", "05-05", "05-18", "05-29", "12-25", "12-26"],
    2024: ["01-01", "03-29", "04-01", "04-27", "05-05", "05-09", "05-20", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "04-26", "05-05", "05-29", "06-09", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "04-27", "05-05", "05-14", "05-25", "12-25", "12-26"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_are_those_that_were_published(year):
    found = workdays.holidays(year)
    assert sorted(day.strftime("%m-%d") for day in found.values()) == PUBLISHED[year]


def test_easter_is_that_of_another_program_for_two_centuries():
    assert [workdays.easter(year) for year in range(1900, 2100)] == [theirs(year) for year in range(1900, 2100)]


def test_koningsdag_moves_from_a_sunday_only():
    assert workdays.holidays(2025)["Koningsdag"] == dt.date(2025, 4, 26)
    assert workdays.holidays(2024)["Koningsdag"] == dt.date(2024, 4, 27)  # a Saturday


@pytest.mark.parametrize(("which", "years"), [("yearly", [2024, 2025, 2026]), ("lustrum", [2025]), ("never", [])])
def test_the_fifth_of_may_is_a_choice(which, years):
    days = {year: workdays.holidays(year, liberation_day=which) for year in (2024, 2025, 2026)}
    assert [year for year, found in days.items() if "Bevrijdingsdag" in found] == years


def test_good_friday_is_a_choice():
    assert workdays.holidays(2024)["Goede Vrijdag"] == dt.date(2024, 3, 29)
    assert "Goede Vrijdag" not in workdays.holidays(2024, good_friday=False)


def ends(*starts, days=5, kind="working", **more):
    found = workdays.last_day(pd.Series(pd.to_datetime(list(starts))), days, kind=kind, **more)
    return [None if pd.isna(day) else day.strftime("%Y-%m-%d") for day in found]


@pytest.mark.parametrize(("start", "end"), [
    ("2024-06-03", "2024-06-10"),  # Monday to Monday
    ("2024-06-07", "2024-06-14"),  # Friday to Friday
    ("2024-06-08", "2024-06-14"),  # Saturday and Sunday: Monday is day one
    ("2024-06-09", "2024-06-14"),
    ("2024-12-20", "2024-12-31"),  # Christmas on Wednesday and Thursday
    ("2024-12-24", "2025-01-03"),  # and New Year
    ("2024-03-27", "2024-04-05"),  # Good Friday and Easter Monday
    ("2025-04-25", "2025-05-02"),  # Koningsdag fell on a Saturday
    ("2024-05-02", "2024-05-10"),  # Ascension; 5 May fell on a Sunday
    ("2026-04-30", "2026-05-08"),  # 5 May on a Tuesday
])
def test_five_working_days(start, end):
    assert ends(start) == [end]


def test_the_choices_move_a_term_and_calendar_days_count_all():
    assert ends("2026-04-30", liberation_day="lustrum") == ["2026-05-07"]
    assert ends("2024-03-27", good_friday=False) == ["2024-04-04"]
    assert ends("2024-12-24", kind="calendar") == ["2024-12-29"]  # a Sunday
    assert ends("2023-12-01", days=70, kind="calendar") == ["2024-02-09"]


def test_no_date_has_no_end_and_no_dates_are_no_dates():
    assert ends(None, "2024-06-03") == [None, "2024-06-10"]
    assert len(workdays.last_day(pd.Series([], dtype="datetime64[s]"), 5, kind="working")) == 0


def test_terms_count_back_to_the_days_they_are_of():
    start = pd.Series(pd.date_range("2023-01-01", "2026-12-31"))
    free = [day.isoformat() for year in range(2022, 2028) for day in workdays.holidays(year).values()]
    begun, end = (days.to_numpy().astype("datetime64[D]") for days in (start, workdays.last_day(start, 5,
                                                                                                  kind="working")))
    one = np.timedelta64(1, "D")
    assert (np.busday_count(begun + one, end + one, holidays=sorted(free)) == 5).all()
    assert np.is_busday(end, holidays=sorted(free)).all()
