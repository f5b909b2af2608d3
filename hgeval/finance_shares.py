"""An amount divided over municipalities to the cent, by the method of the largest remainder (Hamilton, Vinton 1850).

All is counted in whole cents, so no cent is lost or made. Properties that the tests hold: the parts add up to the
amount, each is within a cent of its exact part, and who weighs more never pays less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hgeval.errors import EstimateError

CENTS = 100


class Keys(NamedTuple):
    """The parts in cents by three keys; None where a key gives no answer."""

    inhabitant: list[int] | None
    incident: list[int] | None
    mixed: list[int] | None


def allocate(total: int, weights: Sequence[int]) -> list[int] | None:
    """Whole parts of a whole amount in proportion to whole weights; None where nothing weighs anything.

    What is left after rounding down goes one by one to the largest remainders; of equal ones to the first in the list.
    Raises EstimateError for a negative amount or weight.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise EstimateError(
            "Een bedrag of gewicht is kleiner dan 0. Verwacht: bedragen, inwoners en meldingen van 0 of meer. "
            "Controleer de tabel costs met hgeval check."
        )
    if total == 0:
        return [0] * len(weights)
    whole = sum(weights)
    if whole == 0:
        return None
    parts, remainders = [total * weight // whole for weight in weights], [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-remainders[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts


def by_keys(fixed: int, variable: int, *, people: Sequence[int], incidents: Sequence[int]) -> Keys:
    """C4: all by inhabitants, all by incidents, and mixed: what is fixed by inhabitants, the rest by incidents."""
    of_fixed, of_variable = allocate(fixed, people), allocate(variable, incidents)
    mixed = None
    if of_fixed is not None and of_variable is not None:
        mixed = [one + other for one, other in zip(of_fixed, of_variable, strict=True)]
    return Keys(allocate(fixed + variable, people), allocate(fixed + variable, incidents), mixed)


def cents(euros: float) -> int:
    """Euros as whole cents."""
    return round(euros * CENTS)
