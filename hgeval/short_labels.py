"""Short texts that a region writes itself and a reader sees: none may say who a person is.

A bare name cannot be told from another word, so the manual says what to write. An address, a telephone number, a
number of nine digits, or a name after a title or initials can.
"""

from __future__ import annotations

import re

import pandas as pd

LONGEST_CODE, LONGEST = 20, {"checklist_items": 80, "goals": 120, "contradictions": 80}
MOST = max(LONGEST.values())  # characters of any such text
_LONG_NUMBER = r"\d(?:[\s.\-–/()]{0,3}\d){8,}"  # nine digits or more: a telephone number, a BSN
_ADDRESS = r"\S@|@\S|https?:|www\."
_PERSON = re.compile(f"{_LONG_NUMBER}|{_ADDRESS}|\\+\\s?31", re.IGNORECASE)
# A title or initials before a name, a postcode, a street with its number: capitals count here.
_NAMED = re.compile(
    r"\b(?:[Dd]e heer|[Mm]evrouw|[Mm]eneer|[Dd]hr\.?|[Mm]w\.?|[Ff]amilie|[Gg]ezin)\s+"
    r"(?:[A-Z]\.\s*)*(?:[a-z]{2,4}\s+){0,2}[A-Z]"
    r"|\b[A-Z]\.\s?(?:[A-Z]\.\s?)*(?:[a-z]{2,4}\s+){0,2}[A-Z][a-z]"
    r"|\b[1-9]\d{3}\s?[A-Z]{2}\b"
    r"|\w(?:straat|weg|laan|plein|gracht|kade|dijk|singel|hof)\s+\d"
)
_BREAKS = re.compile(r"[|\x00-\x1f]")  # a bar would split the cell


def points_at_someone(texts: pd.Series) -> pd.Series:
    """Where a text holds an address, a telephone number, nine digits in a row, or a name after a title or initials."""
    return _found(texts, _PERSON) | _found(texts, _NAMED)


def too_long(texts: pd.Series, most: int = MOST) -> pd.Series:
    """Where a text is longer than this, or holds a bar."""
    return (texts.str.len() > most).fillna(False).astype(bool) | _found(texts, _BREAKS)


def _found(texts: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    known = {text: bool(pattern.search(str(text))) for text in texts.dropna().unique()}
    return texts.map(known).eq(True).astype(bool)
