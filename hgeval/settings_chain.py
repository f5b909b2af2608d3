"""The settings of the chain report: terms, norms and the numbers of cases that are looked at."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from hgeval.settings import Model
from hgeval.workdays import Kind, Liberation

# Those that wording.yml has words for.
MINIMUMS = (5, 10, 15, 20, 25, 30, 40, 50)
WITHIN = (7, 14, 28, 42, 56, 70, 84)


class Chain(Model):
    """Terms and norms of the chain report (working definitions, but for the terms)."""

    assessment_days: int = Field(default=5, ge=1, le=60)
    assessment_kind: Kind = "working"
    investigation_weeks: int = Field(default=10, ge=1, le=52)
    liberation_day: Liberation = "yearly"
    good_friday: bool = True
    ambition_assessment: float = Field(default=0.9, gt=0, le=1)  # share on time that the sector strove for in 2019
    ambition_investigation: float = Field(default=0.8, gt=0, le=1)
    repeat_days: int = Field(default=365, ge=30, le=1095)
    help_days: Annotated[list[int], Field(min_length=1)] = [28, 42]  # within which help starts, as agreements have it
    minimum_cases: Annotated[list[int], Field(min_length=1)] = [5, 10, 20, 30]
    keeps: float = Field(default=0.8, ge=0.5, lt=1)  # chance of enough cases from which a town can keep a specialist

    @field_validator("minimum_cases", "help_days")
    @classmethod
    def _known_and_in_order(cls, numbers: list[int], info: ValidationInfo) -> list[int]:
        known = MINIMUMS if info.field_name == "minimum_cases" else WITHIN
        if numbers != sorted(set(numbers)) or not set(numbers) <= set(known):
            raise ValueError(f"getallen die oplopen, uit {', '.join(map(str, known))}")
        return numbers
