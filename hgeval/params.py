"""Settings: the study, the reports and the disclosure rule, each a model that refuses what it does not know."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from hgeval import paths, strict_yaml
from hgeval.schema import TableName
from hgeval.schema_study import ACTS, SEVERE_ACTS, Act, SevereAct
from hgeval.settings import NAME, Model, validate
from hgeval.settings_chain import Chain
from hgeval.strict_yaml import Keys
from hgeval.types import Record

_EARLIEST, _LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
_SAMPLE = dt.date(2025, 12, 31)
_DEFAULTS = "params/study.yml"
ThemeCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")]
ThemeLabel = Annotated[str, Field(min_length=3, max_length=60)]


class Division(Model):
    """Which division of the country into regions, of which year."""

    kind: Literal["veilig_thuis", "gemeente"] = "veilig_thuis"
    year: int = Field(ge=2020, le=2100)


class Wave(Model):
    """One moment of measurement: its code in the data and the months since the report."""

    code: str = Field(min_length=1, max_length=10)
    months: int = Field(ge=0, le=120)
    label: str = ""


class Thresholds(Model):
    """Where one class ends and the next begins (working definitions)."""

    frequent: float = Field(default=22, gt=0)  # incidents a year
    decreased: float = Field(default=0.8, gt=0, le=1)  # share of the first wave's incidents
    increased: float = Field(default=1.2, ge=1)
    few_known: float = Field(default=0.5, ge=0, le=1)  # below this retention the report opens with a warning
    often_important: float = Field(default=0.75, gt=0, le=1)  # share of regions from which a criterion is important
    often_met: float = Field(default=0.5, gt=0, le=1)  # share of regions from which it is met


class Format(Model):
    """How a file is written; nothing of it is guessed."""

    delimiter: str = Field(default=";", min_length=1, max_length=1)
    decimal: Literal[",", "."] = ","
    thousands: Literal[".", ",", " ", ""] = "."
    date: str = "%d-%m-%Y"
    encoding: Literal["auto", "utf-8", "cp1252", "utf-16"] = "auto"
    sheet: str = ""
    rename: dict[str, str] = {}  # column in the file -> column in the schema
    values: dict[str, dict[str, str]] = {}  # column -> value in the file -> value in the schema

    @field_validator("date")
    @classmethod
    def _date_is_usable(cls, form: str) -> str:
        if not _reads_dates(form):
            raise ValueError('%d, %m en %Y, elk één keer, zoals "%d-%m-%Y"')
        return form

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("thousands en decimal mogen niet hetzelfde teken zijn")
        return self


def _reads_dates(form: str) -> bool:
    """Whether a date form has day, month and year once, and reads back what it writes."""
    parts = ["Y" if sign == "y" else sign for sign in re.findall("%(.?)", form, flags=re.DOTALL)]
    if not {"d", "m", "Y"} <= set(parts) <= set("dmYHIMSfp") or len(parts) != len(set(parts)):
        return False
    try:
        return dt.datetime.strptime(_SAMPLE.strftime(form), form).date() == _SAMPLE
    except ValueError:
        return False


class FileFormat(Format):
    """A table's own file; what it leaves out comes from `formats`, so only the two together are a whole format."""

    file: str = ""

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        return self


class Study(Model):
    """A study: `study.yml` over the defaults of `params/study.yml`."""

    name: str = Field(pattern=NAME)
    title: str = ""
    synthetic: bool = False
    division: Division
    reference_date: dt.date = Field(ge=_EARLIEST, le=_LATEST)
    waves: Annotated[list[Wave], Field(min_length=2, max_length=12)]
    informant_rule: Literal["any", "mean", "main_informant"] = "any"
    main_informant: Literal["ouder_a", "ouder_b", "kind"] = "ouder_a"
    acts: list[Act] = list(ACTS)
    severe_acts: list[SevereAct] = list(SEVERE_ACTS)
    thresholds: Thresholds = Thresholds()
    chain: Chain = Chain()
    level: float = Field(default=0.95, gt=0.5, lt=1)
    formats: Format = Format()
    files: dict[TableName, FileFormat] = {}
    sources: dict[TableName, str] = {}
    break_notes: dict[str, str] = {}  # region code -> what changed in the series
    themes: dict[ThemeCode, ThemeLabel] = {}  # of open answers, beside those of data/reference/themes.csv

    @field_validator("waves")
    @classmethod
    def _waves_in_order(cls, waves: list[Wave]) -> list[Wave]:
        months, codes = [wave.months for wave in waves], [wave.code for wave in waves]
        if months != sorted(set(months)) or len(set(codes)) != len(codes):
            raise ValueError("meetmomenten die oplopen in maanden, elk met een eigen code")
        return waves

    @field_validator("files")
    @classmethod
    def _marks_differ(cls, files: dict[str, FileFormat], info: ValidationInfo) -> dict[str, FileFormat]:
        shared = info.data.get("formats", Format()).model_dump(exclude_unset=True)
        for table, own in files.items():
            marks = Format.model_construct(**(shared | own.model_dump(exclude_unset=True)))
            if marks.thousands == marks.decimal:
                raise ValueError(f"thousands en decimal mogen niet hetzelfde teken zijn, ook niet samen bij {table}")
        return files

    @model_validator(mode="after")
    def _demo_is_made_up(self) -> Self:
        if self.name == "demo" and not self.synthetic:
            told = "de naam demo is voor verzonnen gegevens (synthetic: true); geef uw studie een andere naam"
            raise ValueError(told)
        return self

    @property
    def wave_codes(self) -> tuple[str, ...]:
        return tuple(wave.code for wave in self.waves)


class ReportSpec(Model):
    """One report of the batch: its notebook, its reader's title, what it is about and what it is made for."""

    notebook: str = Field(pattern=r"^[a-z][a-z0-9_]*\.ipynb$")
    title: str
    about: str = Field(min_length=20, max_length=200)  # one sentence on the index
    scope: Literal["region", "national"]
    explains: bool = False  # the others link to it, and it is made along with them
    @field_validator("about")
    @classmethod
    def _about_is_a_sentence(cls, about: str) -> str:
        if not re.fullmatch(r"[A-Z].*[.!?]", about):
            raise ValueError("een gewone zin, die begint met een hoofdletter en eindigt met een punt")
        return about


class Parameters(Model):
    """What a notebook is started with; the names are those of its parameters cell."""

    study: str = "demo"
    region: str = Field(default="VT02", pattern=r"^[A-Za-z0-9_-]{1,20}$")
    profile: str = "cbs5"


class NationalParameters(Model):
    """What a notebook about the whole country asks."""

    study: str = "demo"
    profile: str = "cbs5"


def study(folder: Path) -> Study:
    """The settings of the study in `folder`. Raises ParameterError naming file, line and setting."""
    defaults, standard = strict_yaml.read(paths.params_dir() / "study.yml", name=_DEFAULTS)
    own, lines = strict_yaml.read(folder / "study.yml")
    kept = {path for path in standard if _kept(path, defaults, own)} - set(lines)
    both = {path: standard[path] for path in kept} | lines
    return validate(Study, merge(defaults, own), file="study.yml", lines=both, origins=dict.fromkeys(kept, _DEFAULTS))


def _kept(path: Keys, base: object, over: object) -> bool:
    """Whether what stands at `path` in `base` is still there after `merge`."""
    for part in path:
        if not (isinstance(base, dict) and isinstance(over, dict)):
            return False
        if part not in over:
            return True
        base, over = base[part], over[part]
    return False


def reports() -> dict[str, ReportSpec]:
    """The reports of `params/reports.yml`, in its order."""
    file = "params/reports.yml"
    data, lines = strict_yaml.read(paths.params_dir() / "reports.yml", name=file)
    return {name: validate(ReportSpec, spec, file=file, lines=lines, under=(name,)) for name, spec in data.items()}


def merge(base: Record, over: Record) -> Record:
    """`over` laid on `base`; mappings are merged, all else is replaced."""
    both = dict(base)
    for key, value in over.items():
        nested = isinstance(value, dict) and isinstance(both.get(key), dict)
        both[key] = merge(both[key], value) if nested else value
    return both
