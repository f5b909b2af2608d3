"""The regions side by side: words for places and for what was delivered, in the order of their names."""

import pandas as pd
import pytest
from disclosure_cases import reader as own_reader
from exhibit_cases import reader, released
from survey_cases import REGIONS, survey_tables

from hgeval import benchmark, disclosure, overview, tables
from hgeval.params import Study, Wave

STUDY = Study.model_construct(waves=(Wave(code="T1", months=0), Wave(code="T2", months=12)))


def families(**sizes):
    return pd.DataFrame({"region": [region for region, size in sizes.items() for _ in range(size)]}, dtype="str")


def test_each_measure_is_a_column_of_places():
    case = reader()
    placed = released([("stopped", "VT02", "T3", 30, 100), ("stopped", "VT01", "T3", 60, 100),
                       ("stopped", "NL", "T3", 300, 1000)], case).derive(benchmark.funnel)
    severe = released([("frequent_or_severe", "VT02", "T3", 10, 100), ("frequent_or_severe", "VT01", "T3", 5, 20),
                       ("frequent_or_severe", "NL", "T3", 300, 1000)], case)
    frame = disclosure.join(placed, severe.derive(benchmark.funnel)).derive(overview.signs).frame
    assert frame.to_dict("list") == {
        "region": ["VT02", "VT01"], "stopped": ["niet te onderscheiden", "hoger, zoals vaker"],
        "frequent_or_severe": ["lager, zoals vaker", "te weinig gegevens"], "status": ["derived", "derived"],
    }


def test_a_region_without_a_row_of_a_measure_has_too_few_families():
    placed = pd.DataFrame({"region": ["VT02", "VT01", "VT02"], "measure": ["a", "a", "b"],
                           "position": ["lager", "hoger", "hoger"],
                           "unusual": pd.array([True, False, None], dtype="boolean")})
    assert overview.signs(placed)["b"].tolist() == ["hoger", "te weinig gegevens"]
    # beyond chance, and no further than regions usually lie apart
    assert overview.signs(placed)["a"].tolist() == ["lager", "hoger, zoals vaker"]


def test_a_place_has_a_sign_a_word_and_a_colour():
    """Forty regions of 30%, so that one of 60 and one of 5 are beyond what is usual."""
    names = {f"VT{at:02}": f"regio {at}" for at in range(1, 43)}
    case = reader("NL", names=names)
    rows = [("stopped", name, "T3", 30, 100) for name in list(names)[2:]]
    rows += [("stopped", "VT01", "T3", 60, 100), ("stopped", "VT02", "T3", 10, 100)]
    rows += [("stopped", "NL", "T3", 1270, 4200)]
    placed = released(rows, case).derive(benchmark.funnel).derive(overview.signs)
    shown = tables.table(placed.where(region=["VT01", "VT02", "VT03"]), case, id="x", title="X", source="demo")
    assert {row[1] for row in shown.lines.display} == {"▲ hoger", "▼ lager", "Geen duidelijk verschil"}
    assert [column.label for column in shown.lines.columns] == ["Regio", "Geweld gestopt"]
    html = shown._repr_mimebundle_()[0]["text/html"]
    assert 'class="plaats hoger">▲ hoger<' in html and 'class="plaats lager">▼ lager<' in html


@pytest.mark.parametrize(("count", "word"), [(0, "te weinig"), (1, "te weinig"), (9, "te weinig"), (10, "genoeg")])
def test_what_is_hidden_and_what_is_not_there_is_too_few(count, word):
    levels = families(VT02=count, VT01=30).assign(wave="T2", level=pd.array([1] * (count + 30), dtype="Int64"))
    counts = overview.delivered(families(VT01=40), levels, families(VT02=12), STUDY, ["VT02", "VT01"])
    for profile in ("cbs5", "exact10"):
        found = disclosure.release(counts, own_reader(profile, region="VT02")).derive(overview.complete).frame
        assert found.set_index("region").loc["VT02"].to_dict() == {
            "families": "te weinig", "T1": "te weinig", "T2": word, "meldingen": "genoeg", "status": "derived"
        }
        assert found["region"].tolist() == ["VT02", "VT01"]


def test_an_answer_that_is_not_known_is_not_a_measurement():
    levels = families(VT02=12).assign(wave="T1", level=pd.array([None] * 12, dtype="Int64"))
    counts = overview.delivered(families(VT02=12), levels, families(), STUDY, ["VT02"])
    own = counts[counts["region"] == "VT02"].set_index("source")["n"]
    assert own.to_dict() == {"families": 12, "T1": 0, "T2": 0, "meldingen": 0}


def test_waves_are_headed_by_their_moment():
    case = reader()
    levels = families(VT02=12).assign(wave="T2", level=pd.array([1] * 12, dtype="Int64"))
    counts = overview.delivered(families(VT02=12), levels, families(VT02=12), case.config, ["VT02", "VT01"])
    complete = disclosure.release(counts, case).derive(overview.complete)
    shown = tables.table(complete, case, id="x", title="X", source="y")
    assert [column.label for column in shown.lines.columns] == [
        "Regio", "Gezinnen", "Bij de start", "Na 12 maanden", "Na 18 maanden", "Meldingen"
    ]
    no = "○ nee, of te weinig"
    assert shown.lines.display == (
        ("Drenthe", "● ja", no, "● ja", no, "● ja"), ("Amsterdam-Amstelland", no, no, no, no, no),
    )


def test_what_a_region_filled_in_is_shown_by_name_only_where_it_wants_to_be_named():
    """VT03 answers in the total only; VT04 says nee; VT05 is silent: nobody can tell those three apart."""
    names = REGIONS.assign(name=["e", "d", "c", "b", "a"])
    found = overview.answered(survey_tables(), regions=names).set_index("region")
    assert list(found.index) == ["VT05", "VT04", "VT03", "VT02", "VT01"]
    assert found["survey_elements"].tolist() == [False, False, True, True, True]
    assert not found["checklists"].any()
    assert found["consent"].tolist() == ["nee", "nee", "alleen_in_totaal", "ja", "ja"]
    made = overview.answered(survey_tables(), regions=REGIONS)
    for region, seen in (("NL", ["VT01", "VT02"]), ("VT04", ["VT01", "VT02"])):
        shown = disclosure.release_answers(made, own_reader("cbs5", region=region)).frame
        assert shown["region"].tolist() == seen and "consent" not in shown
    own = disclosure.release_answers(made, own_reader("exact10", region="VT04")).frame
    assert own["region"].tolist() == ["VT01", "VT02", "VT04"]


def test_what_was_filled_in_has_headings_in_words():
    case = reader("NL")
    made = disclosure.release_answers(overview.answered(survey_tables(), regions=REGIONS), case)
    shown = tables.table(made, case, id="x", title="X", source="y")
    assert [column.label for column in shown.lines.columns] == [
        "Regio", "De regio zelf", "Onderdelen", "Kosten", "Partners", "Kwaliteit", "Lijsten met taken"]
    assert shown.lines.display[0][:3] == ("Amsterdam-Amstelland", "ja", "ja")
