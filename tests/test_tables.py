"""Tables choose their columns by what the numbers are, and take nothing that was not released."""

import json

import pandas as pd
import pytest
from exhibit_cases import STOPPED, census, estimates, of_a_function, published, reader, released

from hgeval import benchmark, disclosure, rates, tables, wording
from hgeval.errors import DisclosureError, EstimateError, ParameterError
from hgeval.exhibits import MIME

HERE = {"id": "gestopt", "title": "Gestopt", "source": "demo"}


def names(exhibit):
    return [column["name"] for column in exhibit.payload["columns"]]


def test_shares_show_what_varies_then_counts_value_and_range():
    case = reader()
    shown = tables.table(released(STOPPED, case).where(region=["VT02", "NL"]), case, **HERE)
    assert names(shown) == ["region", "wave", "n", "events", "value", "low", "high"]
    html = shown._repr_mimebundle_()[0]["text/html"]
    row = next(line for line in html.split("<tr")[1:] if "Drenthe" in line and "12 maanden" in line)
    assert all(f">{cell}</t" in row for cell in ("Drenthe", "Na 12 maanden", "55", "27% (17% tot 40%)"))
    assert shown.notes[0] == ". = niet getoond of onbekend"


def test_a_census_shows_so_many_of_so_many():
    case = reader()
    shown = tables.table(census([("E01", 19, 26, 0), ("E02", 7, 24, 0)], case), case, **HERE)
    assert names(shown) == ["element", "events", "n", "value"]
    assert "19 van de 26" in shown._repr_mimebundle_()[0]["text/html"]


def test_a_count_or_published_figure_shows_itself():
    case = reader()
    figures = published([("meldingen", "VT02", "2023", "totaal", 1905, "rounded", True),
                         ("meldingen", "NL", "2023", "totaal", 127340, "rounded", True)], case)
    assert names(tables.table(figures, case, **HERE)) == ["region", "value"]


def test_a_median_shows_its_quartiles():
    case = reader()
    row = {"measure": "incidents", "region": "VT02", "n": 45, "value": 30.0, "low": 10.0, "high": 80.0,
           "method": "median_iqr"}
    shown = tables.table(disclosure.release(rates.frame([row]), case), case, **HERE)
    assert names(shown) == ["measure", "n", "value", "low", "high"]
    assert "Keren per jaar (middelste helft tussen)" in shown._repr_mimebundle_()[0]["text/html"]


def test_a_comparison_shows_its_position_in_words():
    case = reader()
    placed = released(STOPPED, case).where(wave="T2").derive(benchmark.funnel)
    shown = tables.table(placed, case, **HERE)
    assert names(shown)[-1] == "position"
    assert shown.payload["display"][0][-1] == "Geen duidelijk verschil"


def test_named_columns_come_in_their_order_and_no_others():
    case = reader()
    shown = tables.table(released(STOPPED, case), case, columns=["wave", "n", "events"], **HERE)
    assert names(shown) == ["wave", "n", "events"]
    with pytest.raises(EstimateError, match="Onbekende kolom: waarde"):
        tables.table(released(STOPPED, case), case, columns=["waarde"], **HERE)


FULL = ["region", "n", "value", "low", "high"]


@pytest.mark.parametrize(("columns", "absent"), [
    (FULL, ""), (["n", "events"], ""), (["value"], "n, low, high"), (["n", "value"], "low, high"),
    (["value", "low", "high"], "n"), (["n", "value", "low"], "high"),
])
def test_a_percentage_of_families_stands_beside_its_number_and_its_range(columns, absent):
    case = reader()
    if not absent:
        assert names(tables.table(released(STOPPED, case), case, columns=columns, **HERE)) == columns
        return
    with pytest.raises(EstimateError) as fault:
        tables.table(released(STOPPED, case), case, columns=columns, **HERE)
    assert str(fault.value) == (
        f"Een tabel met percentages van gezinnen heeft ook het aantal en de marge. Zet bij columns ook: {absent}.")


def test_so_do_a_comparison_and_what_a_model_made():
    case = reader()
    placed = released(STOPPED, case).where(wave="T2").derive(benchmark.funnel)
    whole = ["region", "n", "crude", "low", "high", "expected", "least", "most", "position"]
    assert names(tables.table(placed, case, columns=whole, **HERE)) == whole
    for gone in ("n", "low", "high", "least", "most"):
        with pytest.raises(EstimateError, match=f"Zet bij columns ook: {gone}.$"):
            tables.table(placed, case, columns=[name for name in whole if name != gone], **HERE)
    row = {"measure": "stopped_repaired", "region": "NL", "n": 200, "value": 0.3, "low": 0.2, "high": 0.4}
    for method in ("model_share", "model_difference"):
        model = of_a_function(rates.frame([row | {"method": method}]), case)
        assert names(tables.table(model, case, **HERE)) == ["measure", "n", "value", "low", "high"]
        with pytest.raises(EstimateError, match="Zet bij columns ook: n."):
            tables.table(model, case, columns=["value", "low", "high"], **HERE)


@pytest.mark.parametrize(("measure", "method"), [
    ("response", "wilson"), ("measured_of_help", "share"), ("stopped_worst", "share"),
])
def test_a_counted_response_and_a_bound_have_no_range(measure, method):
    case = reader("NL")
    rows = rates.recompute(estimates([(measure, "NL", "T3", 300, 1000)]).assign(method=method))
    shown = tables.table(disclosure.release(rows, case), case, columns=["events", "n", "value"], **HERE)
    assert names(shown) == ["events", "n", "value"]


def test_answers_show_all_columns_but_the_reader_s_own_region():
    case = reader()
    frame = pd.DataFrame({"region": ["VT02"], "consent": ["ja"], "element": ["E01"], "presence": ["gepland"]})
    assert names(tables.table(disclosure.release_answers(frame, case), case, **HERE)) == ["element", "presence"]


def test_nothing_but_a_release_becomes_a_table():
    with pytest.raises(DisclosureError, match="alleen cijfers die zijn vrijgegeven"):
        tables.table(estimates(STOPPED), reader(), **HERE)


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_a_hidden_number_leaves_no_trace(profile):
    """Whether 3 or 7 of the 41 families stopped, the table is the same."""
    case = reader(profile=profile)
    made = []
    for hidden in (3, 7):
        row = released([("stopped", "VT02", "T3", hidden, 41)], case)
        made.append(tables.table(row, case, **HERE)._repr_mimebundle_()[0])
    assert made[0] == made[1]
    assert made[0][MIME]["rows"][0][-4:] == [None] * 4 and made[0][MIME]["display"][0][-4:] == ["."] * 4


def shown_to(case, rows):
    return tables.table(released(rows, case), case, columns=["region", "n", "value", "low", "high"], **HERE).payload


def test_a_region_without_a_single_number_is_one_sentence_beside_the_country():
    told = "Van deze regio tonen we hier geen cijfer: een aantal gezinnen is te klein om te tonen, of nul."
    country = ("stopped", "NL", "T3", 300, 1000)
    rows = [("stopped", "VT02", "T2", 3, 7), ("stopped", "VT02", "T3", 7, 41), country]
    few = shown_to(reader(), rows)
    assert [row[:2] for row in few["display"]] == [["Drenthe", "40"], ["Nederland", "1.000"]]
    assert few["notes"][0] == told
    other = shown_to(reader(), [rows[0], ("stopped", "VT02", "T3", 20, 41), country])
    assert len(other["rows"]) == 3 and told not in other["notes"]
    national = shown_to(reader("NL"), rows)
    assert len(national["rows"]) == 3 and told not in national["notes"]
    alone = shown_to(reader(), rows[:1])
    assert alone["rows"] == [] and told not in alone["notes"]


def test_a_table_without_a_single_number_is_one_sentence():
    """Nothing but dots: the reader is told so once. With one number in it the dots stay where they are."""
    told = "Wij tonen deze cijfers niet: ze zijn te klein, of er valt een ander cijfer mee uit te rekenen."
    case = reader()
    none = tables.table(census([("E01", 1, 2, 1), ("E02", 2, 2, 1)], case), case, **HERE)
    assert none.lines.rows == () and none.notes == (told,) and told in none.alt
    assert none.payload["display"] == [] and none.payload["status"] == []
    half = tables.table(census([("E01", 1, 2, 1), ("E02", 19, 26, 0)], case), case, **HERE)
    assert len(half.lines.rows) == 2 and told not in half.notes and not _most(half)


def _most(shown):
    return [note for note in shown.notes if note.startswith("Niet getoond, omdat")]


def test_dots_that_fill_most_of_a_table_are_named_under_it():
    case = reader()
    rows = [("E01", 1, 2, 1), ("E02", 19, 26, 0), ("E03", 2, 2, 1)]
    shown = tables.table(census(rows, case), case, **HERE)
    assert [row[1:] for row in shown.payload["display"]] == [["19", "26", "73%"]]
    assert shown.payload["status"] == ["shown"]
    left = [wording.capital(wording.label("element", code)) for code in ("E01", "E03")]
    assert _most(shown) == [f"Niet getoond, omdat het cijfer te klein is of na te rekenen: {'; '.join(left)}."]


def test_rows_whose_name_holds_a_number_stay_in_the_table():
    """A number in a note would look as if it had been counted."""
    case = reader()
    rows = [("stopped", "VT02", "T2", 3, 7), ("stopped", "VT02", "T3", 3, 7), ("stopped", "VT02", "T1", 20, 41)]
    shown = tables.table(released(rows, case), case, **HERE)
    assert len(shown.lines.rows) == 3 and not _most(shown)


def test_a_region_without_a_published_figure_is_told_that_it_may_exist():
    case = reader()
    figures = published([("meldingen", "VT02", "", "totaal", pd.NA, "none", False),
                         ("meldingen", "NL", "2023", "totaal", 127340, "rounded", True)], case)
    shown = tables.table(figures, case, **HERE)
    assert shown.notes[0] == "Hierover hebben wij voor deze regio geen cijfer. Misschien is het wel gepubliceerd."
    assert shown.payload["display"] == [["Nederland", "2023*", "127.340"]]
    national = tables.table(figures, reader("NL"), **HERE)
    assert len(national.lines.rows) == 2


def test_a_table_with_nothing_but_absent_figures_is_the_sentence_alone():
    case = reader()
    none = [(measure, "VT02", "", "totaal", pd.NA, "none", False) for measure in ("meldingen", "adviezen")]
    shown = tables.table(published(none, case), case, **HERE)
    sentence = "Hierover hebben wij voor deze regio geen cijfer. Misschien is het wel gepubliceerd."
    assert shown.payload["rows"] == [] and shown.notes == (sentence,)
    assert shown.alt == f"Tabel zonder rijen: Gestopt. {sentence}"


def test_a_subject_without_a_figure_is_named_and_one_year_without_it_stays():
    case = reader()
    figures = published([("meldingen", "VT02", "2020", "totaal", pd.NA, "none", False),
                         ("meldingen", "VT02", "2023", "totaal", 1905, "rounded", True),
                         ("adviezen", "VT02", "", "totaal", pd.NA, "none", False)], case)
    shown = tables.table(figures, case, columns=["measure", "period", "value"], **HERE)
    assert shown.notes[0] == "Geen cijfer voor deze regio: adviezen."
    assert shown.payload["display"] == [["Meldingen", "2020", "geen cijfer"], ["Meldingen", "2023*", "1.905"]]


def test_what_rounding_in_print_leaves_open_is_not_called_likely():
    case = reader()
    figures = published([("meldingen", "VT02", "2023", "totaal", 1905, "derived", True)], case)
    frame = figures.frame.assign(low=1900.0, high=1910.0).astype(figures.frame.dtypes)
    figures = disclosure.Released(frame, figures.profile, figures.origin, derived=None, key=disclosure._KEY)
    shown = tables.table(figures, case, columns=["region", "value", "low", "high"], **HERE)
    assert ">Aantal (door afronding tussen)</th>" in shown._repr_mimebundle_()[0]["text/html"]


def test_an_empty_release_is_a_table_that_says_so():
    case = reader()
    shown = tables.table(released(STOPPED, case).where(region="VT99"), case, **HERE)
    assert shown.payload["rows"] == [] and shown.alt == "Tabel zonder rijen. Te weinig gegevens om te tonen: Gestopt"
    assert "geen cijfers om te tonen." in shown._repr_mimebundle_()[0]["text/html"]


def test_a_table_about_nobody_is_empty():
    """A study without that table: no column of noughts under the sentence that says so."""
    nobody = [("stopped", "VT02", "T2", 0, 0), ("stopped", "NL", "T2", 0, 0)]
    assert tables.table(released(nobody, reader()), reader(), **HERE).payload["rows"] == []


def test_two_tables_of_the_same_numbers_are_equal():
    case = reader()
    one, two = (tables.table(released(STOPPED, case), case, **HERE)._repr_mimebundle_() for _ in range(2))
    assert json.dumps(one) == json.dumps(two)


def test_hostile_names_stay_text():
    hostile = "<script>alert(1)</script>"
    case = reader(names={"VT01": hostile, "VT02": "=cmd|x", "VT03": r"$\foo$"})
    shown = tables.table(released(STOPPED, case), case, id="x", title=hostile, source=hostile)
    html = shown._repr_mimebundle_()[0]["text/html"]
    assert "<script" not in html and "&lt;script&gt;" in html
    assert r"$\foo$" in html and "=cmd|x" in html


def test_a_measure_without_a_name_says_where_to_add_it():
    case = reader()
    with pytest.raises(ParameterError, match="de maat 'nieuw' heeft nog geen naam"):
        tables.table(released([("nieuw", "VT02", "T2", 20, 60)], case), case, **HERE)
