"""For whom a number is released, and the types of what lets it through and of who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import pandas as pd

from hgeval.disclosure_rule import Rule
from hgeval.params import Study
from hgeval.shared import Function
from hgeval.types import Record

Door = Callable[[pd.DataFrame, "Reader"], pd.DataFrame]
Regions = frozenset[str] | None  # of which the rows were read; None for all
Seen = Callable[[Regions], None]
Derived = Callable[[Function, pd.DataFrame], pd.DataFrame]


class Reader(Protocol):
    """For whom a number is released: the rule, the region that reads, the study it came from and its settings.

    plan: for the region's own eyes, which counts of these measures may be exact (`complement.plan`).
    once: what a door makes of a function's estimates, computed once for all regions, and what is told when it is read.
    saw: told of a frame that may have been made from anything in the study.
    derived: what a function makes of a released frame, computed once for all that show the same.
    """

    @property
    def rule(self) -> Rule: ...
    @property
    def region(self) -> str: ...
    @property
    def origin(self) -> Record: ...
    @property
    def config(self) -> Study: ...
    def plan(self, measures: Iterable[str]) -> pd.DataFrame: ...
    def once(self, function: Function, door: Door) -> tuple[pd.DataFrame, Seen]: ...
    def saw(self, what: str) -> None: ...
    def derived(self, function: Function, frame: pd.DataFrame) -> pd.DataFrame: ...
