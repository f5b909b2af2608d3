"""The weights and working definitions of the report on divisions, from `params/divisions.yml`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from hgeval import paths, strict_yaml
from hgeval.settings import Model, validate

FILE = "divisions.yml"


class Weights(Model):
    """How much each group of criteria counts; only the proportions matter."""

    nearby: float = Field(ge=0)
    expert: float = Field(ge=0)
    partners: float = Field(ge=0)
    manageable: float = Field(ge=0)

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not sum(self.model_dump().values()):
            raise ValueError("ten minste één gewicht boven 0")
        return self


class Rules(Model):
    """What the source leaves open. Every number is a working definition."""

    weights: Weights
    volume: float = Field(gt=0)  # reports a year
    duty_cost: float = Field(gt=0)  # euro a region and year
    specialist_share: float = Field(gt=0, le=1)  # of the reports
    specialists: int = Field(ge=1, le=100)  # per region
    cases: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=6)]  # per specialist and year
    step: float = Field(ge=0.05, le=0.5)
    draws: int = Field(ge=100, le=100_000)
    seed: int = Field(ge=0)

    @model_validator(mode="after")
    def _steps_fill_one(self) -> Self:
        if abs(1 / self.step - round(1 / self.step)) > 1e-9:
            raise ValueError("een stap die precies in 1 past, zoals 0.1 of 0.25")
        return self


def rules() -> Rules:
    """The rules as the file gives them. Raises ParameterError naming file, line and setting."""
    data, lines = strict_yaml.read(paths.params_dir() / FILE)
    return validate(Rules, data, file=FILE, lines=lines)
