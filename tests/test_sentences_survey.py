"""Single numbers as sentences: what is said of each, what is passed over, and why there is nothing to say."""

import pandas as pd
import pytest
from exhibit_cases import reader

from hgeval import disclosure, rates, sentences_survey
from hgeval.press import texts

WHAT = {"id": "x", "title": "Een titel", "source": "demo"}
HIDDEN = "Dit totaal tonen we niet: anders is het antwoord van een regio zonder naam uit te rekenen."


def totals(measure, rows, by=None, method="share", answered=None):
    """Totals of rows (code, events, n, value, unnamed) through the door."""
    names = ["code", "events", "n", "value", "unnamed"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    made = rates.frame(frame.drop(columns="unnamed").rename(columns={"code": by or "code"}).assign(
        measure=measure, region="NL", method=method).drop(columns=[] if by else ["code"]), groups=(by,) if by else ())
    return disclosure.release_totals(made.assign(
        unnamed=frame["unnamed"], unnamed_events=0 if method == "share" else 3, regions=26,
        answered=frame["n"] if answered is None else answered,
    ).astype(dict.fromkeys(("unnamed", "unnamed_events", "regions", "answered"), "Int64")), reader())


def own(columns, *values, consent="ja"):
    frame = pd.DataFrame([["VT02", consent, *values]], columns=["region", "consent", *columns.split()])
    types = {name: "Int64" for name in columns.split()} | {"region": "str", "consent": "str"}
    return disclosure.release_answers(frame.astype(types), reader())


def said(exhibit):
    assert not texts.unknown_number(exhibit.payload, set(), ())
    return list(exhibit.sentences)


def test_each_part_that_is_shown_is_a_sentence():
    found = totals("scale_wish", [("smaller", 3, 24, 0.05, 5), ("same", 24, 24, 0.87, 2), ("larger", 6, 24, 0.08, 5)],
                   "scale_wish", "weighted")
    shown = sentences_survey.parts(found, reader(), say="infrastructure_scale_wish", by="scale_wish", **WHAT)
    assert said(shown) == ["Kleiner: bij 5 procent van de onderdelen (24 regio's).",
                           "Groter: bij 8 procent van de onderdelen (24 regio's)."]
    assert [row[2] for row in shown.payload["rows"]] == ["smaller", "larger"]  # the file says which part it is


@pytest.mark.parametrize(("rows", "told"), [
    ([("same", 24, 24, 0.87, 2)], HIDDEN), ([("same", 0, 0, pd.NA, 0)], "Hierover hebben wij geen antwoorden."),
])
def test_without_a_number_it_says_why(rows, told):
    found = totals("scale_wish", rows, "scale_wish", "weighted")
    assert said(sentences_survey.parts(found, reader(), say="infrastructure_scale_wish", by="scale_wish", **WHAT)) == [
        told]


def test_one_number_is_one_sentence():
    found = totals("one_sided", [("", 6, 15, 0.4, 0)])
    assert said(sentences_survey.one(found, reader(), say="infrastructure_one_sided", **WHAT)) == [
        "Van 15 regio's die wij mogen noemen, noemen er 6 een regio die hen niet noemt."]


def test_consent_counts_each_answer_apart():
    rows = [("ja", 16, 26, 16 / 26, 0), ("alleen_in_totaal", 7, 26, 7 / 26, 0), ("nee", 2, 26, 2 / 26, 0),
            ("niet_ingevuld", 1, 26, 1 / 26, 0)]
    assert said(sentences_survey.consent(totals("survey_consent", rows, "publicatie_ok"), reader(), **WHAT)) == [
        "Van de 26 regio's mogen wij er 16 bij naam noemen. Alleen in het totaal: 7. Helemaal niet: 2. "
        "Niet ingevuld: 1."]


@pytest.mark.parametrize(("value", "word", "printed"), [
    (0.0, "weinig", "0,00"), (0.49, "weinig", "0,49"), (0.5, "redelijk", "0,50"), (0.69, "redelijk", "0,69"),
    (0.7, "erg", "0,70"), (1.0, "erg", "1,00"),
])
def test_agreement_is_told_in_words_with_its_number(value, word, printed):
    found = totals("priority_agreement", [("", pd.NA, 15, value, 0)], method="agreement")
    assert said(sentences_survey.agreement(found, reader(), **WHAT)) == [
        f"De regio's zijn het {word} eens over wat voorrang moet krijgen. "
        f"Kendalls W is {printed}, uit de cijfers van 15 regio's."]


def test_a_hidden_agreement_is_not_told():
    found = totals("priority_agreement", [("", pd.NA, 15, 1.0, 1)], method="agreement")
    assert said(sentences_survey.agreement(found, reader(), **WHAT)) == [HIDDEN]


@pytest.mark.parametrize(("value", "told"), [
    (0.7, "De cijfers voor het belang van de criteria horen bij elkaar. Cronbachs alfa is 0,70"),
    (0.69, "De cijfers voor het belang van de criteria horen niet bij elkaar. Lees ze per criterium. Cronbachs alfa is "
     "0,69"),
])
def test_reliability_is_told_in_words_with_alpha_and_its_range(value, told):
    rows = [{"measure": "importance_alpha", "region": "NL", "n": 13, "value": value, "low": 0.2, "high": 0.85},
            {"measure": "importance_omega", "region": "NL", "n": 13, "value": pd.NA}]
    frame = rates.frame(pd.DataFrame(rows).assign(method="agreement")).assign(
        unnamed=5, unnamed_events=0, regions=26, answered=13)
    exhibit = sentences_survey.reliability(disclosure.release_totals(frame, reader()), reader(), **WHAT)
    assert said(exhibit) == [f"{told} (waarschijnlijk tussen 0,20 en 0,85), van 13 regio's."]
    known = frame.assign(value=pd.array([value, 0.8], dtype="Float64"))
    both = sentences_survey.reliability(disclosure.release_totals(known, reader()), reader(), **WHAT)
    assert said(both)[1] == "Omega, een ander getal daarvoor, is 0,80, van 13 regio's."
    few = disclosure.release_totals(frame.assign(unnamed=1), reader())
    hidden = sentences_survey.reliability(few, reader(), **WHAT)
    assert said(hidden) == [HIDDEN]


def cases(mda, expected, *, total=(771, 5), more=(9, 23, 0), consent="ja"):
    case = reader()
    country = totals("cases_mda", [("", total[0], total[0], total[0], total[1])], method="count", answered=23)
    return sentences_survey.cases(
        country, case, more=totals("cases_more", [("", *more[:2], more[0] / more[1], more[2])]),
        own=own("casussen_mda casussen_verwacht", mda, expected, consent=consent), **WHAT)


def test_cases_of_the_region_and_of_all_are_rounded_and_told():
    assert said(cases(53, 87)) == [
        "Deze regio had vorig jaar ongeveer 55 zaken.", "Deze regio verwacht ongeveer 85 zaken per jaar.",
        "In 23 regio's samen waren er vorig jaar ongeveer 770 zaken.",
        "Van de 23 regio's verwachten er 9 meer zaken dan vorig jaar."]


def test_where_nobody_answered_nothing_is_hidden():
    country = totals("cases_mda", [("", pd.NA, pd.NA, pd.NA, 0)], method="count", answered=0)
    told = sentences_survey.cases(country, reader(), more=totals("cases_more", [("", 0, 0, pd.NA, 0)]),
                                  own=own("casussen_mda casussen_verwacht", 53, 87, consent="nee"), **WHAT)
    assert said(told) == ["Hierover hebben wij geen antwoorden."]


def test_small_or_unknown_cases_and_those_of_another_are_not_told():
    assert said(cases(9, pd.NA, total=(771, 2), more=(9, 23, 2))) == [HIDDEN]
    assert said(cases(53, 87, total=(771, 2), more=(9, 23, 2), consent="nee")) == [HIDDEN]


def test_agreements_here_and_in_all_regions_together():
    country = totals("partner_density", [("", 2, 24, 0.38, 5)], method="weighted")
    told = sentences_survey.agreements(country, reader(), own=own("agreed relevant", 4, 14), **WHAT)
    assert said(told) == [
        "Deze regio heeft een afspraak met 4 van de 14 partners die zij nodig vindt.",
        "Alle regio's samen hebben een afspraak met 38 procent van de partners die zij nodig vinden (24 regio's)."]
    alone = sentences_survey.agreements(country, reader(), own=own("agreed relevant", 0, 0), **WHAT)
    assert len(alone.sentences) == 1  # it needs none


def test_criteria_are_counted_apart_and_never_one_mark():
    counts = own("met partly unmet unknown", 6, 5, 2, 1)
    assert said(sentences_survey.criteria(counts, reader(), **WHAT)) == [
        "Deze regio beoordeelde 14 criteria. Helemaal gehaald: 6. Deels: 5. Niet: 2. Weet niet: 1."]
    refused = own("met partly unmet unknown", 6, 5, 2, 1, consent="alleen_in_totaal")
    assert sentences_survey.criteria(refused, reader(), **WHAT) is None
