"""Text cells to numbers, years and dates by the declared marks; what does not fit is a finding and missing."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from hgeval.columns import Column
from hgeval.findings import Place
from hgeval.sheets import DATE, NUMBER, ROUNDED, TEXT

EARLIEST = pd.Timestamp("1990-01-01")  # before this a date is a placeholder or a slip of the pen
_SIGNS = r"(?i)[%€$£<>≥≤≈~±]|\b(?:ca|circa|euro|eur|ongeveer|procent|per|min|max)\b"
_CANONICAL = r"-?[0-9]+(?:\.[0-9]+)?"
_DIGITS = 15  # an amount or a count of more digits is a fault, and floats would round it
_EXAMPLE = dt.date(2025, 12, 31)


def decimals(
    column: Column, text: pd.Series, nature: np.ndarray, place: Place, *, decimal: str, thousands: str
) -> pd.Series:
    """Numbers as Float64."""
    plain = _plain_numbers(text, nature, decimal, thousands)
    _report_no_number(column, text, plain, place, f"een getal zoals 1{thousands}234{decimal}5")
    return _within(column, _floats(plain, column, place), place)


def integers(
    column: Column, text: pd.Series, nature: np.ndarray, place: Place, *, decimal: str, thousands: str
) -> pd.Series:
    """Whole numbers as Int64; a number with decimals is a finding."""
    plain = _plain_numbers(text, nature, decimal, thousands)
    _report_no_number(column, text, plain, place, f"een geheel getal zoals 1{thousands}234")
    broken = plain.str.contains(".", regex=False).fillna(False).astype(bool)
    place.report(column.name, "geheel-getal", broken, "Verwacht: een geheel getal, zonder cijfers achter de komma.")
    return _within(column, _floats(plain.mask(broken), column, place), place).astype("Int64")


def years(column: Column, text: pd.Series, nature: np.ndarray, place: Place) -> pd.Series:
    """Years of four digits as Int64."""
    fits = _fullmatch(text, "[0-9]{4}") & np.isin(nature, (TEXT, NUMBER))
    low, high = int(column.minimum or 1900), int(column.maximum or 2100)
    numbers = pd.to_numeric(text.where(fits)).astype("Int64")
    inside = fits & numbers.between(low, high).fillna(False).to_numpy(dtype=bool)
    message = f"Verwacht: een jaar van vier cijfers, van {low} t/m {high}."
    place.report(column.name, "jaar", text.notna() & ~inside, message)
    return numbers.where(inside)


def dates(
    column: Column, text: pd.Series, nature: np.ndarray, place: Place, *, form: str, latest: dt.date
) -> pd.Series:
    """Dates as datetime64[s], by the declared form or as real dates of the file."""
    written = text.where((nature == TEXT) & text.str.contains("[0-9]").fillna(False).astype(bool))
    found = _parsed(written, form)
    real = nature == DATE
    if real.any():
        found = found.where(~real, _parsed(text.where(real), "%Y-%m-%d"))
    _report_no_date(column, text, text.notna() & found.isna(), place, form)
    return _plausible(column, found, place, latest)


def _parsed(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").dt.normalize().astype("datetime64[s]")


def _plain_numbers(text: pd.Series, nature: np.ndarray, decimal: str, thousands: str) -> pd.Series:
    """Digits with a decimal point where the cell is a number; else missing."""
    point, group = re.escape(decimal), re.escape(thousands)
    grouped = f"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|" if thousands else ""
    fits = _fullmatch(text, f"-?(?:{grouped}[0-9]+)(?:{point}[0-9]+)?")
    plain = text.where(fits)
    if thousands:
        plain = plain.str.replace(thousands, "", regex=False)
    plain = plain.str.replace(decimal, ".", regex=False)
    typed = np.isin(nature, (NUMBER, ROUNDED)) & _fullmatch(text, _CANONICAL)
    return plain.where(~typed, text)


def _fullmatch(text: pd.Series, pattern: str) -> np.ndarray:
    return text.str.fullmatch(pattern).fillna(False).to_numpy(dtype=bool)


def _report_no_number(column: Column, text: pd.Series, plain: pd.Series, place: Place, example: str) -> None:
    bad = text.notna() & plain.isna()
    if not bad.any():
        return
    signs = bad & text.where(bad).str.contains(_SIGNS).fillna(False).astype(bool)
    message = f"Verwacht: {example}, zonder andere tekens of woorden. Haal die weg, of laat de cel leeg."
    place.report(column.name, "getal-tekens", signs, message)
    message = f"Verwacht: {example}. Verbeter de cel, laat haar leeg, of zet decimal en thousands in study.yml goed."
    place.report(column.name, "getal", bad & ~signs, message)


def _floats(plain: pd.Series, column: Column, place: Place) -> pd.Series:
    """Correctly rounded floats; Python's own conversion, as those of the data libraries are not always exact."""
    whole = plain.str.lstrip("-").str.replace(r"\..*$", "", regex=True).str.lstrip("0").str.len()
    large = whole.gt(_DIGITS).fillna(False).astype(bool)
    place.report(column.name, "getal-te-groot", large, f"Dit getal heeft meer dan {_DIGITS} cijfers. Verbeter het.")
    present = (plain.notna() & ~large).to_numpy(dtype=bool)
    numbers = np.full(len(plain), np.nan)
    numbers[present] = plain.to_numpy(dtype=object)[present].astype("float64")
    return pd.Series(pd.array(numbers, dtype="Float64"), index=plain.index).mask(~present)


def _within(column: Column, numbers: pd.Series, place: Place) -> pd.Series:
    outside = pd.Series(False, index=numbers.index)
    if column.minimum is not None:
        outside |= numbers.lt(column.minimum).fillna(False).astype(bool)
    if column.maximum is not None:
        outside |= numbers.gt(column.maximum).fillna(False).astype(bool)
    place.report(column.name, "bereik", outside, f"Verwacht: {_limits(column)}. Verbeter de cel.")
    return numbers.mask(outside)


def _limits(column: Column) -> str:
    parts = [f"ten minste {column.minimum:g}" if column.minimum is not None else ""]
    parts.append(f"ten hoogste {column.maximum:g}" if column.maximum is not None else "")
    return " en ".join(part for part in parts if part)


def _report_no_date(column: Column, text: pd.Series, bad: pd.Series, place: Place, form: str) -> None:
    if not bad.any():
        return
    example = f"Verwacht: een datum geschreven als {_EXAMPLE.strftime(form)}"
    wrong = text.where(bad)
    numbers = bad & _fullmatch(wrong, r"-?[0-9]+(?:[.,][0-9]+)?")
    short = bad & ~numbers & _fullmatch(wrong, r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2}")
    place.report(
        column.name, "datum-getal", numbers,
        f"{example}; dit is een los getal. Maak er in het rekenblad een datum van.",
    )
    place.report(
        column.name, "datum-jaartal", short,
        f"{example}, met een jaar van vier cijfers. Vul het hele jaar in.",
    )
    written = wrong.where(_fullmatch(wrong, "[0-9]{4}-[0-9]{2}-[0-9]{2}"))
    iso = _parsed(written, "%Y-%m-%d").notna()
    place.report(
        column.name, "datum", iso,
        f"{example}; deze begint met het jaar. Zet date: \"%Y-%m-%d\" onder formats in study.yml, of verbeter de cel.",
    )
    place.report(
        column.name, "datum", bad & ~numbers & ~short & ~iso,
        f"{example}, die bestaat. Verbeter de cel, of zet date in study.yml goed.",
    )


def _plausible(column: Column, found: pd.Series, place: Place, latest: dt.date) -> pd.Series:
    last = pd.Timestamp(latest)
    early, far = found < EARLIEST, found > last + pd.DateOffset(years=1)
    place.report(
        column.name, "datum-te-vroeg", early,
        f"Deze datum ligt voor {EARLIEST.year}. Verbeter haar, of laat de cel leeg.",
    )
    place.report(
        column.name, "datum-ver-weg", far,
        "Deze datum ligt meer dan een jaar na de peildatum. Verbeter haar, of zet reference_date in study.yml goed.",
    )
    place.report(
        column.name, "datum-na-peildatum", (found > last) & ~far,
        "Deze datum ligt na de peildatum van de studie. Kijk of dat klopt.",
    )
    return found.mask(early | far)
