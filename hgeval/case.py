"""What a notebook opens: one study, seen by one region, under one disclosure rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from hgeval import (
    __version__,
    cohort,
    complement,
    disclosure_rule,
    linked,
    load,
    monitor_own,
    outcomes,
    paths,
    reference,
    wording,
)
from hgeval.errors import RegionError
from hgeval.params import Study
from hgeval.rates import NATIONAL, Units


@dataclass(frozen=True)
class Case:
    """A checked study with the region that reads it; `disclosure.release` takes it as the reader."""

    config: Study
    tables: dict[str, pd.DataFrame] = field(repr=False)
    region: str
    region_name: str
    regions: pd.DataFrame = field(repr=False)
    rule: disclosure_rule.Rule
    digest: str

    @property
    def synthetic(self) -> bool:
        return self.config.synthetic

    @property
    def origin(self) -> dict:
        """Where the numbers come from; stands in every exhibit."""
        return {"study": self.config.name, "synthetic": self.synthetic, "region": self.region}

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study; without rows where the study does not have it."""
        return self.tables[name] if name in self.tables else load.empty(name)

    def source(self, name: str) -> str:
        """The source line under an exhibit made from that table."""
        return self.config.sources.get(name) or f"{self.config.title or self.config.name}, tabel {name}"

    def coverage(self) -> list[str]:
        """What "Nederland" means in a study that does not have families of every region; nothing to say if it has."""
        measured = set(self.table("families")["region"])
        if not measured or measured >= set(self.regions["region"]):
            return []
        told = {"events": wording.number(len(measured)), "n": wording.number(len(self.regions))}
        return [wording.message("coverage", **told)]

    def plan(self, measures: Iterable[str]) -> pd.DataFrame:
        """Which counts of these measures may be exact for the region's own eyes, decided over all their tables."""
        of_meldingen = {monitor_own.is_own(measure) for measure in measures}
        parts = [self._plan_of_meldingen if each else self._plan_of_families for each in sorted(of_meldingen)]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def _plan_of_families(self) -> pd.DataFrame:
        families = self.table("families")
        levels = cohort.levels(families, self.table("measurements"), self.config)
        return self._plan(outcomes.every(families, levels, self.config))

    @cached_property
    def _plan_of_meldingen(self) -> pd.DataFrame:
        parts = [self._plan(units) for units in monitor_own.linked_units(self.table("meldingen"))]
        return complement.together(parts)

    def _plan(self, units: Iterable[Units]) -> pd.DataFrame:
        return complement.plan(linked.link(units), self.region, self.rule, self.rule.public())

    def provenance(self) -> str:
        """One line on which study, data, rule and version of hgeval made a report."""
        return (
            f"studie {self.config.name}, gegevens {self.digest[:12]}, regio {self.region}, "
            f"regel {self.rule.profile}, hgeval {__version__}"
        )


def open(study: str = "demo", *, region: str = NATIONAL, profile: str = "cbs5") -> Case:  # noqa: A001
    """The study as this region may see it; the whole country without a region.

    Raises StudyError, ParameterError, RegionError or DisclosureError, each with what to do.
    """
    loaded = load.study(paths.study_dir(study))
    year = loaded.config.division.year
    regions = reference.regions(year)
    names = dict(zip(regions["region"], regions["name"], strict=True)) | {NATIONAL: "Nederland"}
    if region not in names:
        known = ", ".join(code for code in names if code != NATIONAL)
        raise RegionError(f"Onbekende regio {region!r} in de indeling van {year}. Bekend zijn: {known}.")
    return Case(
        config=loaded.config,
        tables=loaded.tables,
        region=region,
        region_name=names[region],
        regions=regions,
        rule=disclosure_rule.rule(profile),
        digest=loaded.digest,
    )
