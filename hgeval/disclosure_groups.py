"""What may stand beside a number as its group: a class that hgeval has a word for, never something from the data."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

import pandas as pd

from hgeval import reference, wording
from hgeval.errors import DisclosureError
from hgeval.schema import TABLES

IDENTIFIERS = frozenset({"family_id", "melding_id", "worker", "provider", "cluster", "informant"})
FREE_TEXT = frozenset(column.name for table in TABLES.values() for column in table.columns if column.kind == "text")
_CHOICES = frozenset(choice for table in TABLES.values() for column in table.columns for choice in column.choices)
TOWN = "municipality"
_YEARS = re.compile(r"((19|20)\d{2}(H[12]|-(19|20)\d{2})?)?")


def refuse_groups(estimates: pd.DataFrame, groups: Sequence[str], *, waves: Collection[str]) -> None:
    """A group is a class of families: text, from a closed list.

    The list: answers of the schema, words under `labels` in wording.yml, waves of the study, municipalities, years
    and half-years.
    Raises DisclosureError for anything else; an identifier or a number under another name would pass unseen.
    """
    for column in groups:
        if column in IDENTIFIERS or column in FREE_TEXT:
            raise DisclosureError(f"De kolom {column!r} wijst personen aan en mag niet naar buiten. Laat haar weg.")
        values = estimates[column]
        if not (pd.api.types.is_string_dtype(values) or isinstance(values.dtype, pd.CategoricalDtype)):
            raise DisclosureError(
                f"De kolom {column!r} is geen groep (tekst). Getallen gaan alleen als schatting naar buiten."
            )
        named = {*waves, *_towns()} if column == TOWN else waves
        if not all(_known(str(value), named) for value in values.dropna().unique()):
            raise DisclosureError(
                f"De kolom {column!r} heeft waarden waar hgeval geen woord voor heeft. Zo komt iets uit de gegevens "
                f"ongezien in een rapport. Geef elke groep een naam in {wording.FILE}, onder labels."
            )


def _known(value: str, named: Collection[str]) -> bool:
    labelled = any(value in words for words in wording.texts().labels.values())
    return labelled or value in _CHOICES or value in named or bool(_YEARS.fullmatch(value))


@cache
def _towns() -> frozenset[str]:
    return frozenset(reference.municipalities()["code"])
