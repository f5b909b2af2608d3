"""Text cells of one column to typed values; every cell that does not fit is a finding and becomes missing."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from hgeval import cells_numbers, distinct
from hgeval.columns import MISSING_KINDS, Column, Table
from hgeval.findings import Place
from hgeval.params import Format
from hgeval.sheets import DATE, FLAG, NUMBER, OTHER, ROUNDED, TEXT, Cells

YES, NO = ("ja", "j", "1", "true", "waar"), ("nee", "n", "0", "false", "onwaar")
DTYPES = {"integer": "Int64", "year": "Int64", "decimal": "Float64", "flag": "boolean", "date": "datetime64[s]"}
_ODD: dict[int, str | None] = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009"), " ")
_ODD |= dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_CONTROL_IN_CODE = "[\x00-\x1f\x7f]"
_FORMULA_ERROR = r"#(?:N/A|N/B|(?:REF|VERW|DIV/0|DEEL/0|VALUE|WAARDE|NUM|GETAL|NULL|LEEG)!|(?:NAME|NAAM)\?)"
_TOTALS = {"totaal", "total", "eindtotaal", "som"}
_SHARES_OFF = 0.5  # rounded percentages need not sum to exactly 100


def empty(column: Column, size: int) -> pd.Series:
    """The column without a single value, in its own dtype."""
    one = pd.Series([None], dtype="object").astype(pd.api.types.pandas_dtype(DTYPES.get(column.kind, "str")))
    return distinct.spread(one, np.zeros(size, dtype="int64"))


def convert(
    column: Column, cells: Cells, *, table: Table, place: Place, form: Format, survey: bool, latest: dt.date
) -> tuple[pd.Series, pd.Series]:
    """The column's typed values and, where an answer is missing for a known reason, -7, -8 or -9.

    Every rule looks at one cell at a time, so cells with codes are converted once for each different value. Their
    second part has only the rows with a reason.
    """
    converted = partial(_converted, column, cells, table=table, form=form, survey=survey, latest=latest)
    if cells.codes is None:
        return converted(place=place)
    values, kinds = converted(place=replace(place, codes=cells.codes))
    rows = np.flatnonzero(kinds.notna().to_numpy()[cells.codes]) if kinds.notna().any() else np.empty(0, dtype="int64")
    return distinct.spread(values, cells.codes), distinct.spread(kinds, cells.codes[rows]).set_axis(rows)


def _converted(
    column: Column, cells: Cells, *, table: Table, place: Place, form: Format, survey: bool, latest: dt.date
) -> tuple[pd.Series, pd.Series]:
    text, faulty = _clean(column, cells.text, place)
    text, nature = _declared(column, text, cells, form)
    kinds = cells.kinds if cells.kinds is not None else pd.Series(np.nan, index=text.index, dtype="str")
    if survey:
        coded = text.isin(list(MISSING_KINDS))
        kinds, text = kinds.where(~coded, text), text.mask(coded)
    if column.filled:
        place.report(column.name, "leeg", text.isna() & ~faulty, "Deze cel mag niet leeg zijn. Vul haar.")
    if column.name in table.key:
        text = _without_totals(column, text, place)
    return _values(column, text, nature, place, form, latest), kinds


def _values(
    column: Column, text: pd.Series, nature: np.ndarray, place: Place, form: Format, latest: dt.date
) -> pd.Series:
    marks = {"decimal": form.decimal, "thousands": form.thousands}
    match column.kind:
        case "decimal":
            return cells_numbers.decimals(column, text, nature, place, **marks)
        case "integer":
            return cells_numbers.integers(column, text, nature, place, **marks)
        case "year":
            return cells_numbers.years(column, text, nature, place)
        case "date":
            return cells_numbers.dates(column, text, nature, place, form=form.date, latest=latest)
        case "code":
            return _codes(column, text, nature, place)
        case "choice":
            return _choices(column, text, place)
        case "flag":
            return _flags(column, text, place)
        case "multi":
            return _multi(column, text, place)
        case "shares":
            return _shares(column, text, place, form.decimal)
    return text


def _clean(column: Column, text: pd.Series, place: Place) -> tuple[pd.Series, pd.Series]:
    """Composed letters, plain spaces, nothing invisible, empty is missing; and which cells were refused."""
    text = text.reset_index(drop=True)
    odd = text.notna() & ~text.str.isascii().fillna(True).astype(bool)
    if odd.any():
        text = text.where(~odd, text[odd].map(_composed).reindex(text.index))
    text = text.str.strip(" \t\r\n")
    text = text.mask(text.eq(""))
    if column.kind == "text":
        control = text.str.contains(_CONTROL).fillna(False).astype(bool)
        place.report(
            column.name, "stuurteken-tekst", control,
            "Er stonden stuurtekens in deze tekst; ze zijn weggehaald.",
        )
        return text.str.replace(_CONTROL, "", regex=True) if control.any() else text, control & False
    control = text.str.contains(_CONTROL_IN_CODE).fillna(False).astype(bool)
    place.report(
        column.name, "stuurteken", control,
        "Er staat een stuurteken in deze cel, zoals een tab of een nieuwe regel. Haal het weg.",
    )
    error = text.str.fullmatch(_FORMULA_ERROR).fillna(False).astype(bool)
    place.report(
        column.name, "excel-fout", error,
        "De formule in deze cel geeft een fout. Herstel de formule, of laat de cel leeg.",
    )
    return text.mask(control | error), control | error


def _composed(value: str) -> str:
    return unicodedata.normalize("NFC", value).translate(_ODD)


def _plain(value: str) -> str:
    """How two ways of writing one choice are the same: case, spaces, dashes, points and apostrophes."""
    return re.sub(r"[\s\-/_]+", "_", re.sub(r"[.'’`]", "", value.casefold())).strip("_")


def _mapped(text: pd.Series, convert_one: Callable[[str], str | None]) -> pd.Series:
    """`convert_one` over the different texts, once each."""
    known = {value: convert_one(value) for value in text.dropna().unique()}
    return text.map(known).astype("str")


def _declared(column: Column, text: pd.Series, cells: Cells, form: Format) -> tuple[pd.Series, np.ndarray]:
    """Replaces what `values` in study.yml declares and, outside numbers, codes by the file's own value labels."""
    own = {_plain(old): new for old, new in form.values.get(column.name, {}).items()}
    labels = {} if column.kind in ("integer", "decimal", "year", "date") else cells.labels
    if not own and not labels:
        return text, cells.nature

    def meant(value: str) -> str | None:
        label = labels.get(value)
        return own.get(_plain(value)) or (own.get(_plain(label)) or label if label else None)

    replaced = _mapped(text, meant)
    return replaced.where(replaced.notna(), text), np.where(replaced.notna(), TEXT, cells.nature)


def _without_totals(column: Column, text: pd.Series, place: Place) -> pd.Series:
    totals = text.str.casefold().isin(_TOTALS)
    place.report(
        column.name, "totaalregel", totals,
        "Dit lijkt een regel met totalen. Haal haar weg: elke rij is één geval.",
    )
    return text.mask(totals)


def _codes(column: Column, text: pd.Series, nature: np.ndarray, place: Place) -> pd.Series:
    spoilt = text.str.fullmatch(r"[0-9][.,]?[0-9]*[eE]\+[0-9]+").fillna(False).astype(bool)
    typed = np.isin(nature, (NUMBER, ROUNDED))
    fraction = typed & text.str.contains(".", regex=False).fillna(False).to_numpy(dtype=bool)
    bad = (spoilt | np.isin(nature, (ROUNDED, DATE, FLAG, OTHER)) | fraction) & text.notna()
    place.report(
        column.name, "code-afgerond", bad,
        "Een rekenblad heeft van deze code een getal of datum gemaakt. Lever de kolom aan als tekst.",
    )
    return text.mask(bad)


def _choices(column: Column, text: pd.Series, place: Place) -> pd.Series:
    known = {_plain(choice): choice for choice in column.choices}
    found = _mapped(text, lambda value: known.get(_plain(value)))
    _report_choice(column, text.notna() & found.isna(), place)
    return found


def _report_choice(column: Column, bad: pd.Series, place: Place) -> None:
    listed = ", ".join(column.choices) if len(column.choices) <= 12 else "een van de waarden uit data/README.md"
    message = f"Verwacht: {listed}. Verbeter de cel, of zet de vertaling in study.yml onder values."
    place.report(column.name, "keuze", bad, message)


def _flags(column: Column, text: pd.Series, place: Place) -> pd.Series:
    known = dict.fromkeys(YES, "1") | dict.fromkeys(NO, "0")
    found = _mapped(text, lambda value: known.get(value.casefold()))
    message = "Verwacht: ja of nee. Verbeter de cel, of zet de vertaling in study.yml onder values."
    place.report(column.name, "ja-nee", text.notna() & found.isna(), message)
    return found.map({"1": True, "0": False}).astype("boolean")


def _multi(column: Column, text: pd.Series, place: Place) -> pd.Series:
    known = {_plain(choice): choice for choice in column.choices}
    order = {choice: at for at, choice in enumerate(column.choices)}

    def canonical(value: str) -> str | None:
        parts = [part.strip() for part in value.split("|")]
        if not known:  # codes of another list, such as regions
            return "|".join(sorted({part.upper() for part in parts if part}))
        plain = {_plain(part) for part in parts}
        if not plain <= set(known):
            return None
        return "|".join(sorted({known[part] for part in plain}, key=order.__getitem__))

    found = _mapped(text, canonical)
    _report_choice(column, text.notna() & found.isna(), place)
    if column.most:
        many = found.str.count(r"\|").ge(column.most).fillna(False).astype(bool)
        place.report(
            column.name, "keuzes-te-veel", many,
            f"Verwacht: ten hoogste {column.most} antwoorden. Haal er weg.",
        )
        found = found.mask(many)
    return found


def _shares(column: Column, text: pd.Series, place: Place, decimal: str) -> pd.Series:
    parsed = {value: _parts(value, column, decimal) for value in text.dropna().unique()}
    unreadable = text.notna() & text.map({value: parts is None for value, parts in parsed.items()}).eq(True)
    place.report(
        column.name, "verdeling", unreadable,
        f"Verwacht: percentages zoals {column.choices[0]}=60|{column.choices[1]}=40, met namen uit "
        "het overzicht, elk één keer.",
    )
    off = {value: parts is not None and abs(sum(parts.values()) - 100) > _SHARES_OFF for value, parts in parsed.items()}
    wrong_sum = text.map(off).eq(True)
    place.report(column.name, "verdeling-som", wrong_sum, "Deze percentages tellen niet op tot 100. Verbeter de cel.")
    written = {value: _joined(parts, column) for value, parts in parsed.items() if parts is not None}
    return text.mask(unreadable | wrong_sum).map(written).astype("str")


def _parts(value: str, column: Column, decimal: str) -> dict[str, float] | None:
    known = {_plain(choice): choice for choice in column.choices}
    parts: dict[str, float] = {}
    for part in value.split("|"):
        name, _, number = part.partition("=")
        choice = known.get(_plain(name))
        number = number.strip().removesuffix("%").strip()
        written = re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(decimal)}[0-9]+)?", number)
        if choice is None or choice in parts or not written:
            return None
        parts[choice] = float(number.replace(decimal, "."))
    return parts


def _joined(parts: dict[str, float], column: Column) -> str:
    return "|".join(f"{choice}={parts[choice]:g}" for choice in column.choices if choice in parts)
