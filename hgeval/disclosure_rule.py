"""The disclosure rule and its floor, from `params/disclosure.yml`; a rule under the floor is refused."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hgeval import paths, strict_yaml
from hgeval.errors import DisclosureError, ParameterError
from hgeval.settings import Model, validate

FILE = "disclosure.yml"


class Floor(Model):
    """The weakest rule that may exist; the file may raise this floor, never lower it."""

    min_count: int = Field(ge=10)
    rounding: int = Field(ge=5)
    hide_zero: bool
    min_quantile: int = Field(ge=10)
    min_outcome: int = Field(ge=10)
    min_unnamed: int = Field(ge=3)


class Settings(Model):
    """One profile as the file gives it."""

    audience: Literal["public", "own_region"]
    rounding: int = Field(ge=1)
    min_count: int = Field(ge=1)
    hide_zero: bool
    min_quantile: int = Field(ge=1)
    min_outcome: int = Field(ge=1)
    min_unnamed: int = Field(ge=1)


class Rule(Settings):
    """A profile that is at least as strict as the floor; `public_settings` holds for everyone else's rows."""

    profile: str
    public_settings: Settings

    def public(self) -> Rule:
        """The rule for rows that are not the reader's own region's."""
        return Rule(**self.public_settings.model_dump(), profile=self.profile, public_settings=self.public_settings)


class _File(Model):
    default: str
    floor: Floor
    profiles: dict[str, Settings]


def rule(profile: str | None = None) -> Rule:
    """The rule of that name, or the default one.

    Raises ParameterError for an unknown profile, DisclosureError for one that is weaker than the floor.
    """
    data, lines = strict_yaml.read(paths.params_dir() / FILE)
    file: _File = validate(_File, data, file=FILE, lines=lines)
    name = file.default if profile is None else profile
    for known in (name, file.default):
        if known not in file.profiles:
            raise ParameterError(
                f"{FILE}: onbekend profiel {known!r}. Bekend zijn: {', '.join(sorted(file.profiles))}."
            )
    for each, settings in file.profiles.items():
        _above_floor(each, settings, file.floor)
    if file.profiles[file.default].audience != "public":
        raise DisclosureError(f"{FILE}: het standaardprofiel moet voor iedereen zijn (audience: public).")
    settings = file.profiles[name]
    return Rule(**settings.model_dump(), profile=name, public_settings=file.profiles[file.default])


def _above_floor(name: str, settings: Settings, floor: Floor) -> None:
    public = settings.audience == "public"
    held = set(Floor.model_fields) - (set() if public else {"rounding", "hide_zero", "min_outcome"})
    weak = [field for field in held if getattr(settings, field) < getattr(floor, field)]
    if weak:
        least = ", ".join(_least(field, getattr(floor, field)) for field in sorted(weak))
        raise DisclosureError(f"{FILE}: het profiel {name!r} is soepeler dan de ondergrens. Nodig: {least}.")


def _least(field: str, value: int | bool) -> str:
    return f"{field}: true" if value is True else f"{field} ten minste {value}"
