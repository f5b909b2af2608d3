"""A small survey to count by hand, and the one row of a frame."""

import pandas as pd

from hgeval.schema import TABLES

NA = None


def table(name, rows, columns):
    """Rows as a typed frame; the columns that are not named are left out, as a study may."""
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    types = {"integer": "Int64", "decimal": "Float64", "year": "Int64"}
    frame = pd.DataFrame(rows, columns=columns.split())
    return frame.astype({column: types.get(kinds[column], "str") for column in frame})


def division(count):
    codes = [f"VT{number:02}" for number in range(1, count + 1)]
    return pd.DataFrame({"region": codes, "name": codes, "population": range(100_000, 100_000 * count + 1, 100_000)})


REGIONS = division(5)


def survey_tables():
    """Five regions: two named, one only in the total, one that says nee, one that is silent."""
    return {
        "survey_regions": table("survey_regions", [
            ["VT01", "ja", "VT02", 10, 20, "ja"],
            ["VT02", "ja", "VT01|VT03", 20, 20, "nee"],
            ["VT03", "alleen_in_totaal", "VT02", NA, 40, "in_de_maak"],
            ["VT04", "nee", "VT01", 1000, 1000, "ja"],
        ], "region publicatie_ok partnerregios casussen_mda casussen_verwacht privacyconvenant"),
        "survey_elements": table("survey_elements", [
            ["VT01", "E01", "aanwezig", 5, 4, "vt_regio", "vt_regio", "genoeg", "regionaal"],
            ["VT02", "E01", "gepland", 4, 3, "lokaal", "vt_regio", "geen", "regionaal"],
            ["VT03", "E01", "afwezig", 4, NA, "nvt", "landelijk", NA, "landelijk"],
            ["VT04", "E01", "afwezig", 5, 5, "lokaal", "landelijk", "geen", "landelijk"],
            ["VT01", "E02", "weet_niet", 5, 1, NA, "vt_regio", "te_weinig", NA],
            ["VT02", "E02", "afwezig", 3, 2, "nvt", "nvt", "geen", "regionaal"],
            ["VT03", "E02", "aanwezig", NA, 5, "lokaal", "nvt", "te_weinig", "regionaal"],
            ["VT04", "E02", "aanwezig", 1, 1, "lokaal", "lokaal", "ruim", "regionaal"],
        ], "region element status behoefte prioriteit schaal_nu schaal_wens capaciteit_tekort laag"),
        "survey_costs": table("survey_costs", [
            ["VT01", "K01", 1000, 50, "zvw=60|fonds=40", "zvw", "per_inwoner", "begroting", "ja"],
            ["VT01", "K02", 3000, 0, "zvw=100", "zvw", "anders", NA, "nee"],
            ["VT02", "K01", 2000, 100, "fonds=100", "wlz", "per_inwoner", "schatting", NA],
            ["VT02", "K02", 4000, NA, NA, NA, NA, "raming", "ja"],
            ["VT03", "K01", 4000, 25, "zvw=50|fonds=50", "zvw", "vast_bedrag", "begroting", "tijdelijk"],
            ["VT04", "K01", 9e9, 100, "wlz=100", "wlz", "anders", "raming", "nee"],
        ], "region line kosten_bedrag kosten_ongedekt betaler betaler_wens grondslag kosten_zekerheid structureel"),
        "survey_partners": table("survey_partners", [
            ["VT01", "politie", "ja_met_afspraak", "ja", 4],
            ["VT01", "om", "nee_niet_nodig", NA, NA],
            ["VT01", "csg", "nee_gewenst", "nee", 1],
            ["VT02", "politie", "ja_zonder_afspraak", "deels", 3],
            ["VT02", "om", "ja_met_afspraak", "nee", 5],
            ["VT03", "politie", "ja_met_afspraak", NA, 5],
            ["VT04", "politie", "nee_gewenst", "nee", 1],
        ], "region partner partner_betrokken partner_mandaat partner_tevreden"),
        "survey_quality": table("survey_quality", [
            ["VT01", "Q01", "ja", 5], ["VT01", "Q02", "deels", 4], ["VT01", "Q03", "weet_niet", 3],
            ["VT02", "Q01", "nee", 4], ["VT02", "Q02", "ja", 2],
            ["VT03", "Q01", "deels", NA],
            ["VT04", "Q01", "ja", 5], ["VT04", "Q03", "ja", 5],
        ], "region criterion kwaliteit kwaliteit_belang"),
    }


def row(frame, **group):
    """The one row of that group, as plain numbers."""
    for column, code in group.items():
        frame = frame[frame[column] == code]
    assert len(frame) == 1
    return frame.iloc[0]


def numbers(frame, **group):
    """n, events and how many of each are unnamed."""
    return tuple(row(frame, **group)[["n", "events", "unnamed", "unnamed_events"]])
