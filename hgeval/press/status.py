"""What a build would make now, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hgeval.press import build, freshness, manifest
from hgeval.press import jobs as planning

_MOST = 6  # reports named for one reason, and reasons named for one report


@dataclass(frozen=True)
class Status:
    """The reports asked for: how many there are, and of those that are not up to date why not."""

    total: int
    stale: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (region, report) -> reasons
    names: dict[str, str] = field(default_factory=dict)  # of regions

    def text(self) -> str:
        """For the one who typed the command: each reason once, with the reports it is true of."""
        lines = [f"{self.total} rapporten: {self.total - len(self.stale)} bijgewerkt, {len(self.stale)} niet."]
        grouped: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for name, why in self.stale.items():
            grouped.setdefault(tuple(why), []).append(name)
        for reasons, reports in grouped.items():
            told = [f"{region} ({self.names[region]}) {report}" for region, report in reports]
            lines += [f"  {each[0].upper()}{each[1:]}" for each in _some(reasons)] + [f"    {', '.join(_some(told))}"]
        return "\n".join(lines)


def look(
    study: str | Path, *, reports: Iterable[str] | None = None, regions: Iterable[str] | None = None,
    out: str | Path = Path("reports"), profile: str = "cbs5",
) -> Status:
    """How the reports in a folder stand beside the study as it is now. Nothing is made or changed.

    Raises an HgevalError for a wrong setting, region or study, as `build.run` does.
    """
    setting, out = build.setting(study, profile), Path(os.path.abspath(out))
    todo = planning.plan(
        setting.folder, known=setting.regions, profile=profile, reports=reports, regions=regions,
    )
    old, fresh = manifest.read(out), freshness.Freshness(setting.here, setting.settings, out)
    entries = old.by_job() if old else {}
    found = {job.name: fresh.why(job, entries.get(job.name)) for job in todo}
    stale = {name: why for name, why in found.items() if why}
    return Status(len(todo), stale, {job.region: job.region_name for job in todo})


def _some(names: Iterable[str]) -> list[str]:
    found = list(names)
    return [*found[:_MOST], *([f"en nog {len(found) - _MOST}"] if len(found) > _MOST else [])]
