"""Reference numbers by case: the rows that an independent tool was given, and what it made of them.

`tests/reference/<case>.csv` and `.json`; what, by whom and under which licence: `tests/reference/SOURCES.md`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.testing import assert_allclose

FOLDER = Path(__file__).parent / "reference"


@dataclass(frozen=True)
class Case:
    """rows: the input; params: how it was asked; expected: numbers at 15 digits, None for what is undefined."""

    name: str
    rows: pd.DataFrame
    params: Any
    expected: Any
    rtol: float

    def same(self, ours: Any, theirs: Any, *, rtol: float | None = None) -> None:
        """Ours equals theirs to the case's own tolerance, or to another where the caller gives its reason."""
        assert_allclose(ours, theirs, rtol=rtol or self.rtol, atol=1e-12)


def case(name: str) -> Case:
    """The case of that name."""
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    rows = pd.read_csv(FOLDER / f"{name}.csv")
    return Case(name, rows, told.get("params") or {}, told["expected"], told["rtol"])
