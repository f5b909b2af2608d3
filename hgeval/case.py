"""What a notebook opens: one study, seen by one region, under one disclosure rule.

It keeps score of what was read: of which estimates, and of which regions. So a report is known by what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from hgeval import (
    __version__,
    complement,
    disclosure_rule,
    linked,
    monitor,
    monitor_own,
    outcomes,
    paths,
    prepared,
    reading,
    reference,
    store,
    surroundings,
    wording,
)
from hgeval.doors import Door, Seen
from hgeval.errors import RegionError
from hgeval.params import Study
from hgeval.rates import NATIONAL, Units
from hgeval.reading import Reading
from hgeval.shared import Function, Parts, Shared
from hgeval.types import Record


@dataclass(frozen=True)
class Case:
    """A checked study with the region that reads it; `disclosure.release` takes it as the reader.

    data: a digest of the whole study.
    """

    config: Study
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    region: str
    region_name: str
    regions: pd.DataFrame = field(repr=False)
    rule: disclosure_rule.Rule
    data: str

    @property
    def synthetic(self) -> bool:
        return self.config.synthetic

    @property
    def origin(self) -> Record:
        """Where the numbers come from; stands in every exhibit."""
        return {"study": self.config.name, "synthetic": self.synthetic, "region": self.region}

    @cached_property
    def shared(self) -> Shared:
        """What is computed once for all regions."""
        tables = self.tables
        return Shared(tables.quiet if isinstance(tables, _Watched) else tables, self.config, self.regions)

    @cached_property
    def reading(self) -> Reading:
        """What was read of the study so far."""
        return Reading(self)

    def once(self, function: Function, door: Door) -> tuple[pd.DataFrame, Seen]:
        """What this door lets through of the function's estimates; computed once for everyone under a public rule."""
        return self.reading.once(function, door)

    def saw(self, what: str) -> None:
        """Keep score that this was read, as `reading` names it."""
        self.reading.saw(what)

    def derived(self, function: Function, frame: pd.DataFrame) -> pd.DataFrame:
        """What the function makes of a released frame; computed once for all reports that show the same."""
        return self.shared.derived(function, frame)

    def picture(self, parts: Parts, make: Callable[[], bytes]) -> bytes:
        """A picture of released numbers, drawn once for all reports that show the same."""
        return self.shared.picture(parts, make)

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study, of all regions; without rows where the study does not have it."""
        self.saw(f"table {name}")
        return self.shared.table(name)

    def has(self, name: str) -> bool:
        """Whether the study has a table, with rows in it."""
        self.saw(f"has {name}")
        return self.shared.has(name)

    def source(self, name: str) -> str:
        """The source line under an exhibit made from that table."""
        return self.config.sources.get(name) or f"{self.config.title or self.config.name}, tabel {name}"

    def coverage(self) -> list[str]:
        """What "Nederland" means in a study that does not have families of every region; nothing to say if it has."""
        self.saw("coverage")
        measured = set(self.shared.estimate(reading.with_families)["region"])
        if not measured or measured >= set(self.regions["region"]):
            return []
        told = {"events": wording.number(len(measured)), "n": wording.number(len(self.regions))}
        return [wording.message("coverage", **told)]

    def plan(self, measures: Iterable[str]) -> pd.DataFrame:
        """Which counts of these measures may be exact for the region's own eyes, decided over all their tables."""
        of_meldingen = {monitor_own.is_own(measure) for measure in measures}
        parts = [self._plan_of_meldingen if each else self._plan_of_families for each in sorted(of_meldingen)]
        found: pd.DataFrame = pd.concat(parts, ignore_index=True)
        return found

    @cached_property
    def _plan_of_families(self) -> pd.DataFrame:
        self.reading.saw_tables(outcomes.every)
        return self._plan(outcomes.every(self.shared.table("families"), self.shared.levels, self.config))

    @cached_property
    def _plan_of_meldingen(self) -> pd.DataFrame:
        parts = [self._plan(units) for units in monitor_own.linked_units(self.table("meldingen"))]
        return complement.together(parts)

    def _plan(self, units: Iterable[Units]) -> pd.DataFrame:
        return complement.plan(linked.link(units), self.region, self.rule, self.rule.public())

    def provenance(self) -> str:
        """One line on which study, data read so far, rule and version of hgeval made a report."""
        said = store.key(self.config.model_dump_json(), sorted(self.reading.found.items()))
        return (
            f"studie {self.config.name}, gegevens {said[:12]}, regio {self.region}, "
            f"regel {self.rule.profile}, hgeval {__version__}"
        )


class _Watched(Mapping[str, pd.DataFrame]):
    """The tables of a study, for who goes to them directly: what is looked at is told."""

    def __init__(self, quiet: prepared.Tables, saw: Callable[[str], None]) -> None:
        self.quiet, self._saw = quiet, saw

    def __getitem__(self, name: str) -> pd.DataFrame:
        self._saw(f"table {name}")
        return self.quiet[name]

    def __iter__(self) -> Iterator[str]:
        for name in self.quiet:
            self._saw(f"has {name}")
            yield name

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        self._saw(f"has {name}")
        return name in self.quiet


def ready() -> None:
    """Read what every case needs, before the first is opened; what changes after is read again."""
    surroundings.digest()
    wording.texts()
    disclosure_rule.rule()
    for year in reference.years():
        monitor.figures(year)


def open(study: str = "demo", *, region: str = NATIONAL, profile: str = "cbs5") -> Case:  # noqa: A001
    """The study as this region may see it; the whole country without a region.

    Raises StudyError, ParameterError, RegionError or DisclosureError, each with what to do.
    """
    surroundings.look_again()
    found = prepared.study(paths.study_dir(study))
    year = found.config.division.year
    regions = reference.regions(year, kind=found.config.division.kind)
    names = dict(zip(regions["region"], regions["name"], strict=True)) | {NATIONAL: "Nederland"}
    if region not in names:
        known = ", ".join(code for code in names if code != NATIONAL)
        raise RegionError(f"Onbekende regio {region!r} in de indeling van {year}. Bekend zijn: {known}.")
    tables = _Watched(found.tables, lambda what: here.saw(what))
    here = Case(
        config=found.config, tables=tables, region=region, region_name=names[region], regions=regions,
        rule=disclosure_rule.rule(profile), data=found.digest,
    )
    return here
