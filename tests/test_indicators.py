"""What a region brings: a number, per inhabitant a year, and the country only where nobody lacks."""

import pandas as pd
import pytest
from exhibit_cases import of_a_function, reader
from study_files import rules, study

from hgeval import indicators, load, reference, tables, wording
from hgeval.schema_study import COUNTED

CODES = ["VT02", "VT03"]


def rows(*cells):
    names = ["region", "indicator", "period", "value", "status", "break_note"]
    frame = pd.DataFrame(cells, columns=names).astype({"value": "Int64"})
    return frame.astype(dict.fromkeys(("region", "indicator", "period", "status", "break_note"), "str"))


def one(frame, **equals):
    for name, value in equals.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_number_is_told_per_10000_inhabitants_a_year():
    people = reference.population(pd.Series(CODES)).tolist()
    found = indicators.brought(rows(("VT02", "huisverboden", "2024", 100, None, None),
                                    ("VT02", "huisverboden", "2024H1", 100, None, None)), codes=CODES)
    year, half = (one(found, period=period) for period in ("2024", "2024H1"))
    assert year["value"] == pytest.approx(100 / people[0] * 10_000)
    assert half["value"] == pytest.approx(2 * year["value"], rel=1e-4)
    assert half["n"] == round(people[0] / 2)


def test_the_country_is_there_where_every_region_brought_the_figure():
    both = [("VT02", "aangiften", "2024", 30, None, None), ("VT03", "aangiften", "2024", 50, "voorlopig", None)]
    alone = [("VT02", "aangiften", "2023", 30, None, None), ("VT03", "aangiften", "2023", None, None, None)]
    found = indicators.brought(rows(*both, *alone), codes=CODES)
    country = one(found, region="NL")
    assert country["period"] == "2024" and country["events"] == 80 and country["figure"] == "voorlopig"
    assert len(found) == 4  # a figure that is not there has no row


def test_a_break_is_told_and_the_words_of_it_are_not():
    found = indicators.brought(rows(("VT02", "adviezen", "2024", 30, None, "chats van Jan de Vries tellen mee"),
                                    ("VT02", "adviezen", "2023", 30, None, None)), codes=CODES)
    assert list(found.sort_values("period")["counting"]) == ["als_eerder", "anders_geteld"]
    assert not found.astype("str").apply(lambda column: column.str.contains("Vries")).any().any()


def test_a_region_of_another_division_is_not_counted():
    assert indicators.brought(rows(("VT99", "adviezen", "2024", 30, None, None)), codes=CODES).empty
    assert indicators.brought(load.empty("indicators"), codes=CODES).empty


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_numbers_leave_in_fives_and_none_below_ten_for_own_eyes_too(profile):
    case = reader(profile=profile)
    made = indicators.brought(rows(("VT02", "strafzaken", "2023", 9, None, None),
                                   ("VT02", "strafzaken", "2024", 42, None, None)), codes=CODES)
    shown = tables.table(of_a_function(made, case), case, id="andere", title="Andere", source="demo",
                         columns=["indicator", "period", "events", "value"])
    assert [row[2] for row in shown.payload["rows"]] == [None, 40]
    assert [column["label"] for column in shown.payload["columns"]][2:] == ["Aantal", "Per 10.000 inwoners"]
    assert shown.payload["rows"][1][3] == pytest.approx(40 / made["n"].iloc[1] * 10_000, rel=1e-5)


def test_every_figure_has_a_word_of_its_own():
    assert set(wording.texts().labels["indicator"]) == set(COUNTED)
    assert len({wording.label("indicator", code) for code in COUNTED}) == len(COUNTED)


@pytest.mark.parametrize(("period", "fault"), [("2024", False), ("2024H2", False), ("2024H3", True), ("24", True)])
def test_a_period_is_a_year_or_a_half_year(tmp_path, period, fault):
    text = f"region;period;indicator;value\nVT02;{period};adviezen;12\n"
    assert ("periode" in rules(study(tmp_path, indicators_csv=text))) is fault


@pytest.mark.parametrize(("line", "rule"), [
    ("VT02;2024;schoolverzuim;12;aantal", "keuze"), ("VT02;2024;adviezen;1,5;aantal", "geheel-getal"),
    ("VT02;2024;adviezen;12;procent", "keuze"), ("VT02;2024;adviezen;-1;aantal", "bereik"),
])
def test_what_is_no_count_of_a_known_kind_is_refused(tmp_path, line, rule):
    assert rules(study(tmp_path, indicators_csv=f"region;period;indicator;value;unit\n{line}\n")) == {rule}
