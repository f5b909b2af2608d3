"""Dutch for readers: numbers, dates and lists, and the labels and fixed sentences of `params/wording.yml`."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial
from pathlib import Path
from string import Formatter
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from hgeval import paths, published, strict_yaml
from hgeval.codebook import COST_LINES, ELEMENTS, PARTNERS, QUALITY_CRITERIA
from hgeval.errors import ParameterError
from hgeval.schema import TABLES
from hgeval.settings import Model, validate
from hgeval.slots import TEMPLATES, obliged
from hgeval.types import Number

FILE = "wording.yml"
MISSING = "."  # the sign of Statistics Netherlands for unknown, too unsure or secret
MOST_WORDS = 20  # in one sentence
_NL = Locale("nl")
_SURVEY_LABELS = {"element": ELEMENTS, "line": COST_LINES, "partner": PARTNERS, "criterion": QUALITY_CRITERIA}
_SHARED = {  # columns that use the words of another one
    "scale": "schaal_nu", "betaler": "payer", "betaler_wens": "payer", "schaal_wens": "schaal_nu", "grondslag": "basis",
    "laag": "layer", "assigned": "intervention", "owners": "owner", "domain_b": "domain_a",
}
_PERIODS = {"H": "halfjaar", "K": "kwartaal", "Q": "kwartaal"}

Sign: TypeAlias = Literal["missing", "provisional", "rounded", "partly"]


class Measure(Model):
    """What a measure is called, what it counts, and how its value is printed where the method leaves that open."""

    label: str
    unit: str = ""
    value: Literal["", "share", "count", "rate", "euro", "number"] = ""


class Texts(Model):
    """`params/wording.yml`."""

    measures: dict[str, Measure]
    columns: dict[str, str]
    labels: dict[str, dict[str, str]]
    messages: dict[str, str]
    signs: dict[Sign, str]
    abbreviations: dict[str, str]
    banned: list[str]


def texts() -> Texts:
    """The wording file. Raises ParameterError that names file, line and fault."""
    path = f"{paths.root()}/params/{FILE}"  # looked up for every word: a whole Path takes as long as the look
    try:
        changed = os.stat(path).st_mtime_ns
    except OSError:
        changed = 0
    return _read(path, changed)


@cache
def _read(name: str, _changed: int) -> Texts:
    path = Path(name)
    data, lines = strict_yaml.read(path)
    found = validate(Texts, data, file=path.name, lines=lines)
    faults = [
        f"{path.name}, regel {lines.get(('messages', key), 1)}: {fault}"
        for key in sorted(set(found.messages) | set(TEMPLATES))
        for fault in _template_faults(key, found)
    ]
    if faults:
        raise ParameterError("\n".join(faults))
    return found


def _template_faults(key: str, found: Texts) -> list[str]:
    if key not in TEMPLATES:
        return [f"onbekende zin {key!r}. Bekend zijn: {', '.join(sorted(TEMPLATES))}."]
    if key not in found.messages:
        return [f"de zin {key!r} ontbreekt onder messages. Vul haar in."]
    template, known = found.messages[key], TEMPLATES[key]
    try:
        parts = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        return [f"in de zin {key!r} horen accolades bij elkaar: {{naam}}."]
    if any(form or how or name not in known for name, form, how in parts):
        return [f"de zin {key!r} mag alleen deze namen tussen accolades hebben: {', '.join(sorted(known)) or 'geen'}."]
    absent = [f"{{{name}}}" for name in obliged(key) if name not in {part[0] for part in parts}]
    if absent:
        return [f"de zin {key!r} geeft een cijfer over gezinnen zonder het aantal of de marge. "
                f"Zet er ook bij: {', '.join(absent)}."]
    hard = banned(template, found.banned)
    if hard:
        return [f"in de zin {key!r} staan verboden woorden: {', '.join(hard)}. Kies gewone woorden, zonder oorzaak."]
    if longest(template) > MOST_WORDS:
        return [f"de zin {key!r} is te lang. Gebruik ten hoogste {MOST_WORDS} woorden per zin."]
    return []


def message(key: str, **values: str) -> str:
    """The fixed sentence of that name, filled in."""
    if key not in TEMPLATES:
        raise ParameterError(f"{FILE}: onbekende zin {key!r}. Bekend zijn: {', '.join(sorted(TEMPLATES))}.")
    return texts().messages[key].format_map(values)


def measure(code: str) -> Measure:
    """What a measure is called. Raises ParameterError where the file does not say."""
    known = texts().measures
    whole = known.get(code.removesuffix("_share"))
    if whole and code not in known:
        return Measure(label=f"{whole.label}, deel van het geheel", unit=whole.unit, value="share")
    found = known.get(code)
    if found is None:
        raise ParameterError(f"{FILE}: de maat {code!r} heeft nog geen naam. Voeg haar toe onder measures.")
    return found


def label(column: str, code: object) -> str:
    """A code in the reader's words; a code from a list nobody wrote words for stays as it is."""
    if column == "measure":
        return measure(str(code)).label
    if column == "period":
        return period(code)
    lists = texts().labels
    known = lists.get("any", {}) | (published.kind_labels() if column == "kind" else _SURVEY_LABELS.get(column, {}))
    known |= lists.get(_SHARED.get(column, ""), {}) | lists.get(column, {})
    return known.get(str(code), str(code))


def column(name: str) -> str:
    """The heading of a column: from the file, else from the schema, else of the measure that it is about."""
    own, measures = texts().columns.get(name), texts().measures
    described = (each.label for table in TABLES.values() for each in table.columns if each.name == name)
    about = capital(measures[name].label) if name in measures else name.replace("_", " ")
    return own or next(described, about)


def sign(name: Sign) -> str:
    """What a sign in a table stands for."""
    return texts().signs[name]


def explain(sentences: Iterable[str]) -> list[str]:
    """The sentences, with each abbreviation explained where it is first used."""
    told: set[str] = set()
    found = []
    for sentence in sentences:
        for short, meaning in sorted(texts().abbreviations.items(), key=lambda pair: -len(pair[0])):
            pattern = rf"(?<![\w+]){re.escape(short)}(?![\w+])"
            if short not in told and re.search(pattern, sentence):
                sentence = re.sub(pattern, partial(_explained, meaning), sentence, count=1)
                told.add(short)
        found.append(sentence)
    return found


def _explained(meaning: str, hit: re.Match[str]) -> str:
    return f"{hit[0]} ({meaning})"


def banned(text: str, words: Iterable[str] | None = None) -> list[str]:
    """The words in a text that the file says readers do not know, or that claim a cause."""
    listed = texts().banned if words is None else words
    return [word for word in listed if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)]


def longest(text: str) -> int:
    """Words in the longest sentence of a text."""
    return max(len(sentence.split()) for sentence in re.split(r"(?<=[.!?:])\s+", text))


def capital(text: str) -> str:
    """The text with a capital, as a sentence begins."""
    return "Eén" + text[3:] if text.startswith("één") else text[:1].upper() + text[1:]


def number(value: Number, decimals: int = 0) -> str:
    """1.234,5: decimal comma, thousands point, a half rounded away from zero."""
    return MISSING if pd.isna(value) else _decimal(_exact(value), decimals)


def points(value: Number, *, n: Number = None, signed: bool = False) -> str:
    """A share (0-1) in percent without the word: no decimals where it is of fewer than a hundred, else one.

    signed: with a plus or a minus before it, as differences are printed.
    """
    if pd.isna(value):
        return MISSING
    text = _decimal(_exact(value) * 100, 0 if pd.isna(n) or n < 100 else 1)
    return f"+{text}" if signed and text.lstrip("-0,") and text[0] != "-" else text


def percent(value: Number, *, n: Number = None) -> str:
    """A share as a percentage with its sign, in as many decimals as n families allow."""
    return MISSING if pd.isna(value) else f"{points(value, n=n)}%"


def euro(value: Number) -> str:
    """Whole euros, with cents under a hundred; nothing is € 0."""
    if pd.isna(value):
        return MISSING
    return _euros(value, 2 if -100 < value < 100 and value else 0)


def cents(value: Number) -> str:
    """Euros to the cent, however many."""
    return MISSING if pd.isna(value) else _euros(value, 2)


def date(value: dt.date) -> str:
    """A date as 9 maart 2025, or the sign of a missing one."""
    return MISSING if pd.isna(value) else format_date(value, format="d MMMM y", locale=_NL)


def period(code: object) -> str:
    """2023, 2023H1, 2023K2 or 2023-03, with or without *, in words."""
    found = re.fullmatch(r"(\d{4})(?:([HKQ])([1-4])|-(0[1-9]|1[0-2]))?(\**)", str(code))
    if not found:
        return str(code)
    year, part, which, month, stars = found.groups()
    if month:
        return f"{format_date(dt.date(int(year), int(month), 1), format='MMMM', locale=_NL)} {year}{stars}"
    return f"{which}e {_PERIODS[part]} {year}{stars}" if part else f"{year}{stars}"


def series(items: Iterable[str]) -> str:
    """a, b en c."""
    return format_list(list(items), locale=_NL)


def some_regions(count: int) -> str:
    """1 regio, 2 regio's."""
    return f"{number(count)} regio" + ("" if count == 1 else "'s")


def _euros(value: float | np.integer[Any], decimals: int) -> str:
    form = "¤\N{NO-BREAK SPACE}#,##0.00" if decimals else "¤\N{NO-BREAK SPACE}#,##0"
    return format_currency(_rounded(_exact(value), decimals), "EUR", format=form, locale=_NL, currency_digits=False)


def _decimal(value: Decimal, decimals: int) -> str:
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(_rounded(value, decimals), format=form, locale=_NL)


def _exact(value: float | np.integer[Any]) -> Decimal:
    return Decimal(repr(round(float(value), 10)))


def _rounded(exact: Decimal, decimals: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0  # + 0: no minus before a zero
