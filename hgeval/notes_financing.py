"""What stands under the tables of the report on who pays what: which numbers are not there, and why."""

from __future__ import annotations

from hgeval import layout, monitor, wording
from hgeval.disclosure import Released
from hgeval.finance_contributions import CONTRIBUTION, NARROW, RANGE, RANGED
from hgeval.layout import Reader
from hgeval.wording import message

PUBLIC = "meldingen"  # the measure of `monitor.figures`


def without_answers(uncovered: Released, case: Reader) -> list[str]:
    """Says that there is no answer of the region that may be shown, where there is none."""
    frame = layout.visible(uncovered)
    return [] if (frame["region"] == case.region).any() else [message("no_answers")]


def without_dossiers(dossiers: Released, case: Reader) -> list[str]:
    """Says that no agreement on dossiers may be shown, where there is none."""
    frame = layout.visible(dossiers)
    return [] if (frame["region"] == case.region).any() else [message("financing_no_dossiers")]


def to_the_cent(paid: Released, case: Reader) -> list[str]:
    """The columns of the keys that were divided to the cent."""
    return [f"by_{key}" for key in ("inhabitant", *RANGED) if key not in _open(paid, case)]


def without_cents(paid: Released, case: Reader) -> list[str]:
    """Says of which keys that was not done, and why."""
    keys = [wording.column(f"by_{key}").lower() for key in _open(paid, case)]
    if not keys:
        return []
    if not (layout.visible(paid)["measure"] == RANGE).any():
        return [message("financing_no_counts")]
    return [message("financing_no_cents", what=wording.series(keys), part=wording.points(NARROW))]


def public_source(published: Released, case: Reader) -> list[str]:
    """Where the public number of meldingen stands, which is real whatever the study; nothing where there is none.

    published: `monitor.figures`.
    """
    frame = layout.visible(published)
    own = frame[(frame["region"] == case.region) & (frame["measure"] == PUBLIC) & frame["value"].notna()]
    return [message("financing_public", source=monitor.source(own))] if len(own) else []


def _open(paid: Released, case: Reader) -> list[str]:
    """The keys without an amount to the cent."""
    frame = layout.visible(paid)
    towns = frame[(frame["region"] == case.region) & (frame["measure"] == CONTRIBUTION)]
    return [key for key in RANGED if len(towns) and towns[f"by_{key}"].isna().any()]
