"""A scan of open answers for what points at a person: names, addresses, numbers.

A finding says the file, the row, the column and the kind, never the text. It is a warning: no report shows an open
answer, but a study folder should not hold a person either. A name without a title, initials or a place beside it is
not found: nothing but a human reader tells it from a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from hgeval.findings import Place
from hgeval.schema import TABLES

_SURNAME = r"(?:(?:van|de|der|den|het|ter|ten|te|'t|op|in|el|al|ben)\s+){0,3}[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?"
_TITLE = (
    r"(?:[Dd]e\s+heer|[Dd]hr\.?|[Mm]evrouw|[Mm]evr\.?|[Mm]eneer|[Mm]w\.?|[Dd]rs?\.|[Mm]r\.|[Pp]rof\.|[Ii]r\.|[Ii]ng\.)"
)
_INITIALS = r"(?:[A-Z]\.\s?){1,4}"
_NAMES = re.compile(rf"(?<!\w)(?:{_TITLE}\s+(?:{_INITIALS}\s*)?{_SURNAME}|{_INITIALS}\s*{_SURNAME})")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_POSTCODE = re.compile(r"(?<![\w])[1-9]\d{3}\s?(?!SA|SD|SS)[A-Z]{2}(?:\s*,?\s*\d{1,5}\s?[a-zA-Z]?)?(?!\w)")
_STREETS = "straat|laan|weg|plein|gracht|kade|dijk|singel|hof|dreef"
_STREET = re.compile(rf"(?<!\w)[A-ZÀ-Ý][a-zà-ÿ]+(?:{_STREETS})\s+\d{{1,5}}(?!\d)")
_PHONE = re.compile(r"(?<![\w.,-])(?:\+31|0031|\(0\d{1,3}\)|0)[\s./-]?(?:\(0\)[\s./-]?)?\d(?:[\s./-]?\d){6,10}(?![\w])")
_NINE = re.compile(r"(?<![\w+])\d(?:[\s.-]?\d){7,8}(?![\w])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?(?!\w)")


def report(frames: dict[str, pd.DataFrame], places: dict[str, Place]) -> None:
    """A warning for each open answer and kind in which something points at a person; no value is changed."""
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if column.kind != "text":
                continue
            texts = frame[column.name]
            for rule, (what, found) in KINDS.items():
                hit = texts.map(found, na_action="ignore").eq(True)
                message = f"In deze tekst lijkt {what} te staan. Haal weg wat een persoon aanwijst."
                places[name].report(column.name, rule, hit, message)


def is_bsn(digits: str) -> bool:
    """The eleven-test of a burgerservicenummer: eight or nine digits, weights 9 to 2 and -1."""
    full = digits.zfill(9)
    total = sum(int(digit) * weight for digit, weight in zip(full, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return total % 11 == 0 and int(full) > 0


def is_iban(text: str) -> bool:
    """The 97-test of ISO 13616: the country and check digits to the end, letters as 10 to 35."""
    plain = text.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _has_bsn(text: str) -> bool:
    return any(is_bsn(_digits(hit)) for hit in _NINE.findall(text))


def _has_iban(text: str) -> bool:
    return any(is_iban(part) for hit in _IBAN.findall(text) for part in _shorter(hit))


def _shorter(hit: str) -> list[str]:
    """The match, and the match without words of capitals after it."""
    words = hit.split(" ")
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)]


def _has_phone(text: str) -> bool:
    """A Dutch number: ten digits from 0, or nine after +31; a year, an amount or a date has no such number."""
    return any(len(_national(_digits(hit))) == 9 for hit in _PHONE.findall(text))


def _national(digits: str) -> str:
    """The digits after the 0, or after the country's own number."""
    bare = digits.removeprefix("0031") if digits.startswith("0031") else digits
    return bare.removeprefix("31").removeprefix("0") if len(bare) >= 11 else bare.removeprefix("0")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _has(*patterns: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: any(pattern.search(text) for pattern in patterns)


# Rule of `findings` -> what it says, and how it is found.
KINDS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "open-naam": ("een naam", _has(_NAMES)),
    "open-mail": ("een e-mailadres", _has(_EMAIL)),
    "open-telefoon": ("een telefoonnummer", _has_phone),
    "open-bsn": ("een burgerservicenummer", _has_bsn),
    "open-rekening": ("een rekeningnummer", _has_iban),
    "open-adres": ("een adres", _has(_POSTCODE, _STREET)),
}
