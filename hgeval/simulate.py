"""The synthetic study: draws every table from one known model, and writes it as a study folder with its truth."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hgeval import (
    __version__,
    reference,
    simulate_chain,
    simulate_divisions,
    simulate_families,
    simulate_governance,
    simulate_infrastructure,
    simulate_measurements,
    simulate_meldingen,
    simulate_money,
    simulate_survey,
    strict_yaml,
)
from hgeval.columns import Table
from hgeval.errors import ParameterError, StudyError
from hgeval.schema import TABLES
from hgeval.simulate_model import Model
from hgeval.simulate_truth import truth
from hgeval.types import Record

FEWEST = 100  # with fewer families some regions would have none
FEWEST_IN_TOWNS = 2000
TITLE = "Voorbeeldstudie (verzonnen gegevens)"
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Simulated:
    """A drawn study: its tables, typed but for the survey's answers, and the truth they were drawn from."""

    tables: dict[str, pd.DataFrame]
    truth: Record


def study(
    *, families: int, seed: int, year: int, kind: str = reference.VEILIG_THUIS, model: Model | None = None
) -> Simulated:
    """A synthetic study of `families` families over the regions of that kind and year.

    The same arguments give the same study.
    """
    fewest = FEWEST_IN_TOWNS if kind == reference.TOWN else FEWEST
    if families < fewest:
        raise ParameterError(f"Het aantal gezinnen is te klein. Verwacht: {fewest} of meer. Kies een groter aantal.")
    if seed < 0:
        raise ParameterError("Het startgetal (seed) is negatief. Verwacht: 0 of meer. Kies een ander getal.")
    model = model or Model()
    regions = reference.regions(year, kind=kind).astype({"population": "int64", "municipalities": "int64"})
    regions = regions.sort_values("region", ignore_index=True)
    municipalities = reference.municipalities(year, kind=kind).astype({"population": "int64"})
    drawn = simulate_families.draw(regions, municipalities, families=families, seed=seed, model=model)
    present = simulate_measurements.response(drawn, seed=seed, model=model)
    money = simulate_money.tables(regions, seed=seed)
    tables = {
        "families": drawn.table,
        "measurements": simulate_measurements.table(drawn, present, seed=seed, model=model),
        "meldingen": simulate_meldingen.table(drawn, municipalities, seed=seed),
        **money,
        **simulate_survey.tables(regions, reference.tiles(year, kind=kind), seed=seed),
        **simulate_governance.tables(regions, money["checklists"], seed=seed),
        **simulate_divisions.tables(seed=seed),
        **simulate_chain.tables(drawn.table, seed=seed),
    }
    tables["survey_themes"] = simulate_infrastructure.themes(tables["survey_regions"], seed=seed)
    about = {
        "about": "Verzonnen gegevens. Dit is het model waaruit zij zijn getrokken.", "version": __version__,
        "seed": seed, "families": families, "division": {"kind": kind, "year": year},
    }
    return Simulated(tables, about | truth(drawn, model=model))


def write(folder: Path, simulated: Simulated, *, name: str = "demo", title: str = TITLE) -> None:
    """The study as files in `folder`: study.yml, one CSV per table, and truth.json.

    Raises StudyError where the folder holds anything but an earlier synthetic study.
    """
    folder = Path(folder)
    _refuse_other(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # study.yml goes first: a run that is cut off leaves a folder the next run may write over
    _place(folder / "study.yml", _settings(simulated, name=name, title=title))
    for table, rows in simulated.tables.items():
        _place(folder / f"{table}.csv", _csv(rows, TABLES[table]))
    _place(folder / "truth.json", json.dumps(simulated.truth, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def name_of(folder: Path) -> str:
    """The name of a study in that folder: the folder's own, with only what a name may hold."""
    plain = unicodedata.normalize("NFKD", Path(folder).absolute().name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:_LONGEST_NAME] or "studie"


def _refuse_other(folder: Path) -> None:
    """Nothing a user made is ever written over."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if folder.is_dir() and _is_synthetic(folder / "study.yml"):
        return
    raise StudyError(
        "De map voor de voorbeeldstudie is niet leeg. Verwacht: een nieuwe of lege map, of een eerdere "
        "voorbeeldstudie (study.yml met synthetic: true). Kies een andere map; er is niets veranderd."
    )


def _is_synthetic(path: Path) -> bool:
    try:
        settings, _ = strict_yaml.read(path)
    except ParameterError:
        return False
    return settings.get("synthetic") == "true"


def _place(path: Path, content: str) -> None:
    """Whole file or none: a reader never sees half of it."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content.encode("utf-8"))
    os.replace(draft, path)


def _settings(simulated: Simulated, *, name: str, title: str) -> str:
    made, seed = "verzonnen gegevens, gemaakt met hgeval simulate", simulated.truth["seed"]
    sources = "".join(f"  {table}: {made}\n" for table in simulated.tables)
    division = simulated.truth["division"]
    return (
        f"# Voorbeeldstudie: alle gegevens zijn verzonnen (startgetal {seed}). "
        "De waarheid erachter staat in truth.json.\n"
        f"name: {name}\ntitle: {title}\nsynthetic: true\ndivision:\n  kind: {division['kind']}\n  "
        f"year: {division['year']}\n"
        f"reference_date: 2025-12-31\nsources:\n{sources}"
    )


def _csv(rows: pd.DataFrame, table: Table) -> str:
    """The rows as delimited text by the defaults of a study: ; between cells, a decimal comma, dd-mm-yyyy."""
    cells = pd.DataFrame({name: _cells(rows[name], table.column(name).kind) for name in rows.columns})
    return cells.to_csv(sep=";", index=False, lineterminator="\n", na_rep="")


def _cells(values: pd.Series, kind: str) -> pd.Series:
    """A column as text, whatever the computer's language."""
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "ja", False: "nee"}).astype("str")
    if pd.api.types.is_datetime64_any_dtype(values):
        days: pd.Series = values.dt.strftime("%d-%m-%Y")
        return days.astype("str")
    shown = values.astype("str")
    if kind == "decimal" and pd.api.types.is_numeric_dtype(values):
        return shown.str.removesuffix(".0").str.replace(".", ",", regex=False)
    return shown
