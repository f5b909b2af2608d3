"""A region of three municipalities with rows as released, to work out by hand."""

import pandas as pd

from hgeval import rates
from hgeval.finance import INCIDENTS, LINE, PEOPLE

REGION = "VT03"
TOWNS = {"GM0034": 600, "GM0050": 300, "GM0171": 100}  # Almere, Zeewolde, Noordoostpolder
LINES = (("K01", "vast", 90.0, "ja"), ("K02", "variabel", 10.0, "nee"))


def lines(rows=LINES, year="2024"):
    given = [{"measure": LINE, "region": REGION, "year": year, "line": line, "nature": nature, "payer": "zvw",
              "basis": "per_inwoner", "service_named": service, "value": value, "method": "amount"}
             for line, nature, value, service in rows]
    groups = ("year", "line", "nature", "payer", "basis", "service_named")
    return rates.frame(given, groups=groups).assign(status="shown")


def people(towns=TOWNS):
    given = [{"measure": PEOPLE, "region": REGION, "municipality": town, "value": number, "method": "published"}
             for town, number in towns.items()]
    return rates.frame(given, groups=("municipality",)).assign(status="shown")


def meldingen(counts, total=None):
    """counts: by municipality the visible counts of the years 2021 and on; None is hidden."""
    every = dict(counts) | ({"total": total} if total else {})
    given = [{"measure": INCIDENTS, "region": REGION, "municipality": town, "year": str(2021 + at), "value": number,
              "method": "count"} for town, numbers in every.items() for at, number in enumerate(numbers)]
    frame = rates.frame(given, groups=("municipality", "year"))
    hidden = frame["value"].isna()
    return frame.assign(status=hidden.map({True: "suppressed", False: "rounded"}))


def agreements(agreed, realised, year="2024", kind="prestatie", unit="dossier"):
    """One agreement of the region as `chain_agreements.own` is released: realised in fives, or hidden."""
    frame = pd.DataFrame({"region": [REGION], "year": [year], "kind": [kind], "unit": [unit], "status": ["shown"]},
                         dtype="str")
    numbers = {"promised": pd.array([agreed], dtype="Int64"), "realised": pd.array([realised], dtype="Int64")}
    return frame.assign(**numbers)


def joined(*parts):
    return pd.concat(parts, ignore_index=True)
