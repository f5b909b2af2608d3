"""One region's own answer beside the number of regions, and numbers of one thing beside each other: one table for two.

Made of visible numbers only (`Released.derive`), so nothing new is published here.
"""

from __future__ import annotations

import pandas as pd

from hgeval import rates

KEYS = ("element", "partner", "criterion", "line", "items", "layer")  # what a row is about
_ESTIMATE = (*rates.COLUMNS, "status", "consent")
_SCALES = {"scale_now": ("schaal_nu", "now"), "scale_wished": ("schaal_wens", "wished")}
_COSTS = {"uncovered_eur_per_inhabitant": "inhabitant", "uncovered_eur_per_case": "case"}
_LISTED = {"respondent": "invuller_functie", "tuned_with": "afstemming", "privacy_covenant": "privacyconvenant",
           "partner_role": "partner_rol", "partner_mandate": "partner_mandaat"}


def beside(released: pd.DataFrame) -> pd.DataFrame:
    """The rows of the country, with the region's own answers in the columns that the country does not fill.

    released: totals, and under them the answers of one region; those have no method. of_all: the value of the
    country, for a heading that says so beside a number of the region.
    """
    of_country = released["method"].notna()
    country, own = released[of_country], released[~of_country]
    (key,) = (name for name in KEYS if name in released and country[name].notna().all())
    answers = own.set_index(key).reindex(country[key]).set_axis(country.index)
    answered = [name for name in answers if name not in _ESTIMATE and own[name].notna().any()]
    beside = country.drop(columns=answered).join(answers[answered])
    return beside.assign(of_all=beside["value"]) if "value" in beside else beside


def scales(released: pd.DataFrame) -> pd.DataFrame:
    """One row a scale: the part of the elements that is arranged on it now, and for which it is found best."""
    parts = [
        _column(released, measure, by, "scale", {"value": f"{name}_share", "n": f"regions_{name}"})
        for measure, (by, name) in _SCALES.items()
    ]
    return _wide(parts, "scale")


def costs(released: pd.DataFrame) -> pd.DataFrame:
    """One row a cost line: what nobody covers, per inhabitant and per case, and of how many regions that is."""
    parts = [
        _column(released, measure, "line", "line", {"value": f"per_{name}", "n": f"regions_{name}"})
        for measure, name in _COSTS.items()
    ]
    return _wide(parts, "line")


def listed(released: pd.DataFrame) -> pd.DataFrame:
    """Answers to several questions under each other: the question is the measure, and `answer` what was chosen."""
    answer = pd.Series(pd.NA, index=released.index, dtype="str")
    for measure, name in _LISTED.items():
        if name in released:
            answer = answer.mask(released["measure"] == measure, released[name])
    return released.assign(answer=answer)


def _column(released: pd.DataFrame, measure: str, by: str, key: str, names: dict[str, str]) -> pd.DataFrame:
    rows = released[released["measure"] == measure].rename(columns={by: key, **names})
    return rows.set_index(key)[list(names.values())]


def _wide(parts: list[pd.DataFrame], key: str) -> pd.DataFrame:
    """The columns beside each other; a row is hidden where none of its numbers is shown, and away if of nobody."""
    rows = pd.concat(parts, axis=1).rename_axis(key).reset_index()
    numbers = rows.drop(columns=key)
    hidden = numbers.isna().all(axis=1)
    nobody = ~hidden & (numbers.fillna(0) == 0).all(axis=1)
    found = rows.assign(method="share", status=hidden.map({True: "suppressed", False: "shown"}))
    return found[~nobody].reset_index(drop=True)
