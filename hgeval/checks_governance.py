"""Rules for the tables on who does what: texts that will be printed, known points and tasks, parts of a whole."""

from __future__ import annotations

import pandas as pd

from hgeval import reference, short_labels
from hgeval.findings import Place
from hgeval.schema_governance import NOBODY

Frames = dict[str, pd.DataFrame]
Places = dict[str, Place]

_PRINTED = {  # columns of which the reader sees the text
    "checklists": ("item",), "checklist_items": ("item", "label"), "goals": ("goal", "label"),
    "contradictions": ("number", "label"),
}
_PARTS = (("investigated", "reported"), ("with_measures", "investigated"))
_POINT = ["checklist", "item"]


def report(frames: Frames, places: Places) -> None:
    """Every rule between these cells; no value is changed."""
    for name, columns in _PRINTED.items():
        if name in frames:
            _printed(name, columns, frames[name], places[name])
    _points(frames, places)
    checks = {"direction": _direction, "contradictions": _contradictions, "calamities": _calamities}
    for name, check in checks.items():
        if name in frames:
            check(frames[name], places[name])


def _printed(name: str, columns: tuple[str, ...], frame: pd.DataFrame, place: Place) -> None:
    for column in columns:
        most = short_labels.LONGEST[name] if column == "label" else short_labels.LONGEST_CODE
        place.report(
            column, "tekst-persoon", short_labels.points_at_someone(frame[column]),
            "Deze tekst komt in het rapport. Er lijkt een adres, telefoonnummer of BSN in te staan. Haal dat weg.",
        )
        place.report(
            column, "tekst-lang", short_labels.too_long(frame[column], most),
            f"Deze tekst komt in het rapport. Verwacht: ten hoogste {most} tekens, zonder streep (|). Kort haar in.",
        )


def _points(frames: Frames, places: Places) -> None:
    """A point is one of ours, or one that the study describes itself."""
    listed = _pairs(reference.checklist_items())
    if "checklist_items" in frames:
        mine = _pairs(frames["checklist_items"])
        message = "Dit punt staat al in data/reference/checklist_items.csv. Kies een andere code."
        places["checklist_items"].report("item", "punt-bekend", mine.isin(listed), message)
        listed = pd.concat([listed, mine])
    if "checklists" in frames:
        frame = frames["checklists"]
        strange = frame[_POINT].notna().all(axis=1) & ~_pairs(frame).isin(listed.dropna())
        message = "Dit punt staat niet in de lijst en telt niet mee. Verbeter de code, of beschrijf het punt in de " \
                  "tabel checklist_items."
        places["checklists"].report("item", "punt-onbekend", strange, message)


def _pairs(frame: pd.DataFrame) -> pd.Series:
    return frame["checklist"].astype("str") + " " + frame["item"].astype("str")


def _direction(frame: pd.DataFrame, place: Place) -> None:
    known = reference.direction_tasks()["task"]
    message = f"Verwacht: {', '.join(known)}. De taken staan in data/reference/direction_tasks.csv."
    place.report("task", "taak", frame["task"].notna() & ~frame["task"].isin(known), message)
    owners = frame.groupby(["region", "task"])["owner"]
    both = (frame["owner"] == NOBODY) & (owners.transform("count") > 1)
    message = "Deze taak heeft hier geen eigenaar, en in een andere rij wel een antwoord. Haal een van de twee weg."
    place.report("owner", "niemand-en-ander", both.fillna(False), message)


def _contradictions(frame: pd.DataFrame, place: Place) -> None:
    message = "De twee domeinen zijn hetzelfde. Noem de twee domeinen die elkaar tegenspreken."
    place.report("domain_b", "domein-zelfde", (frame["domain_a"] == frame["domain_b"]).fillna(False), message)


def _calamities(frame: pd.DataFrame, place: Place) -> None:
    for part, whole in _PARTS:
        message = f"Dit aantal is groter dan {whole}. Verbeter een van de twee."
        place.report(part, "deel-van-geheel", (frame[part] > frame[whole]).fillna(False), message)
