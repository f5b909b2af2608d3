"""A region beside the country, and numbers beside each other: from visible numbers, each in its own row."""

import pandas as pd
from exhibit_cases import census, reader
from survey_cases import row

from hgeval import answer_tables, disclosure, survey_beside
from hgeval.derived import DERIVES


def own(consent="ja", case=None, **columns):
    """The answers of VT02 on E02 and E12 through the door."""
    frame = pd.DataFrame({"region": "VT02", "consent": consent, "element": ["E12", "E02"], **columns})
    return disclosure.release_answers(frame.astype({"region": "str", "consent": "str", "element": "str"}),
                                      case or reader())


COUNTRY = [("E01", 9, 24, 2), ("E02", 10, 24, 0), ("E12", 1, 23, 0)]


def test_the_region_stands_in_the_rows_of_the_country():
    answers = own(presence=["gepland", "aanwezig"], prioriteit=pd.array([5, None], dtype="Int64"))
    found = survey_beside.beside(disclosure.join(census(COUNTRY, reader()), answers).frame)
    assert list(found["element"]) == ["E01", "E02", "E12"]
    assert list(found["presence"].fillna("-")) == ["-", "aanwezig", "gepland"]
    assert list(found["prioriteit"].fillna(0)) == [0, 0, 5]
    assert list(found["events"].fillna(-1)) == [-1, 10, 1] and list(found["status"]) == ["suppressed", "shown", "shown"]
    assert set(found["region"]) == {"NL"} and list(found["of_all"].fillna(-1)) == list(found["value"].fillna(-1))


def test_a_column_that_the_region_did_not_fill_stays_that_of_the_country():
    country = census(COUNTRY, reader())
    mixed = disclosure.join(country, own(presence=["gepland", "aanwezig"])).frame
    mixed["partner_betrokken"] = "ja_met_afspraak"
    mixed.loc[mixed["method"].isna(), "partner_betrokken"] = pd.NA
    assert set(survey_beside.beside(mixed)["partner_betrokken"]) == {"ja_met_afspraak"}


def table(answers, case, country=COUNTRY):
    return answer_tables.beside(
        census(country, case), answers, case, id="x", source="demo", columns=["element", "presence", "events", "n"],
        title="In hoeveel regio's is dit er?", own_title="Is dit hier, en in hoeveel regio's?",
        notes=["Van allen."], own_notes=["Van de regio."])


def test_a_table_beside_shows_both_and_says_what_was_not_filled_in():
    shown = table(own(presence=["gepland", "aanwezig"]), reader())
    assert [line[:3] for line in shown.payload["display"]] == [
        ["Kernteam of casusoverleg MDA", "Niet ingevuld", "."],
        ["Team MDA++, op afroep per gezin", "Aanwezig", "10"], ["Alles onder één dak", "Gepland", "1"]]
    assert shown.title.startswith("Is dit hier") and shown.notes[:2] == ("Van de regio.", "Van allen.")


def test_an_own_answer_stays_where_the_country_is_hidden():
    """However many rows of the country are hidden: the answer of the region itself is no dot."""
    case = reader()
    frame = pd.DataFrame({"region": "VT02", "consent": "ja", "element": [row[0] for row in COUNTRY], "presence": "er"})
    answers = disclosure.release_answers(frame.astype("str"), case)
    shown = table(answers, case, [(code, 9, 24, 2) for code, *_ in COUNTRY])
    assert [line[1] for line in shown.payload["display"]] == ["Er"] * 3


def test_without_own_answers_only_the_country_is_shown():
    shown = table(own(consent="alleen_in_totaal", presence=["gepland", "aanwezig"]), reader())
    assert [column["name"] for column in shown.payload["columns"]] == ["element", "events", "n"]
    assert shown.title.startswith("In hoeveel") and "Van de regio." not in shown.notes
    case = reader(profile="exact10")
    its_own = table(own(consent="nee", case=case, presence=["gepland", "aanwezig"]), case)
    assert "presence" in [column["name"] for column in its_own.payload["columns"]]


def test_own_answers_are_a_table_or_nothing():
    what = {"id": "x", "title": "Wat antwoordde de regio?", "source": "demo", "columns": ["element", "presence"]}
    assert len(answer_tables.own(own(presence=["gepland", "aanwezig"]), reader(), **what).payload["rows"]) == 2
    assert answer_tables.own(own(consent="nee", presence=["gepland", "aanwezig"]), reader(), **what) is None


def visible(rows, columns):
    return pd.DataFrame(rows, columns=["measure", *columns, "n", "value", "status"]).assign(method="weighted")


def test_scales_stand_beside_each_other_and_a_hidden_one_is_hidden():
    found = survey_beside.scales(visible([
        ["scale_now", "lokaal", None, 24, 0.2, "shown"], ["scale_now", "landelijk", None, None, None, "suppressed"],
        ["scale_wished", None, "lokaal", 23, 0.1, "shown"],
        ["scale_wished", None, "landelijk", None, None, "suppressed"],
    ], ["schaal_nu", "schaal_wens"]))
    local = row(found, scale="lokaal")
    assert list(local[["now_share", "regions_now", "wished_share", "regions_wished", "status"]]) == [
        0.2, 24, 0.1, 23, "shown"]
    assert row(found, scale="landelijk")["status"] == "suppressed"


def test_a_row_of_nobody_is_left_out_and_one_of_nothing_is_not():
    found = survey_beside.costs(visible([
        ["uncovered_eur_per_inhabitant", "K01", 0, None, "shown"], ["uncovered_eur_per_case", "K01", 0, None, "shown"],
        ["uncovered_eur_per_inhabitant", "K02", 9, 0.0, "shown"], ["uncovered_eur_per_case", "K02", 0, None, "shown"],
    ], ["line"]))
    assert list(found["line"]) == ["K02"]


def test_costs_per_inhabitant_and_per_case_are_one_row_a_line():
    found = survey_beside.costs(visible([
        ["uncovered_eur_per_inhabitant", "K01", 20, 0.09, "shown"],
        ["uncovered_eur_per_case", "K01", 19, 1165, "shown"],
        ["uncovered_eur_per_inhabitant", "K03", None, None, "suppressed"],
        ["uncovered_eur_per_case", "K03", 5, 3.0, "shown"],
    ], ["line"]))
    assert list(found.loc[0, ["line", "per_inhabitant", "regions_inhabitant", "per_case", "regions_case"]]) == [
        "K01", 0.09, 20, 1165, 19]
    assert list(found["status"]) == ["shown", "shown"] and pd.isna(found.loc[1, "per_inhabitant"])


def test_answers_to_several_questions_are_listed_with_the_question():
    found = survey_beside.listed(visible([
        ["respondent", "anders", None, 24, 0.2, "shown"], ["tuned_with", None, "vt", 24, 0.5, "shown"],
    ], ["invuller_functie", "afstemming"]))
    assert list(zip(found["measure"], found["answer"], strict=True)) == [("respondent", "anders"), ("tuned_with", "vt")]


def test_only_these_may_be_derived():
    made = (survey_beside.beside, survey_beside.scales, survey_beside.costs, survey_beside.listed)
    assert all(function in DERIVES for function in made)
