"""Key messages and questions on who pays what: what is said on both sides of every limit."""

import ast
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from disclosure_cases import ORIGIN, reader
from finance_cases import TOWNS, joined, lines, meldingen, people
from survey_cases import table
from test_finance_lines import country

from hgeval import (
    disclosure,
    disclosure_rule,
    finance,
    finance_contributions,
    finance_du,
    finance_lines,
    paths,
    sentences_financing,
    survey_money,
    wording,
)
from hgeval.press import texts

A, B, C = TOWNS
KNOWN = {A: [200, 300, 500], B: [200, 100, 200], C: [100, 100, 300]}
WARNING = "Let op: betalen per melding straft een gemeente waar mensen goed melden."


def case():
    here = reader(region="VT03")
    regions = pd.DataFrame({"region": ["VT03"], "name": ["Flevoland"]}, dtype="str")
    return SimpleNamespace(**vars(here) | {"regions": regions, "region_name": "Flevoland",
                                           "config": SimpleNamespace(waves=(), wave_codes=())})


def let_in(frame):
    rule = disclosure_rule.rule("cbs5")
    return disclosure.Released(frame, rule.profile, ORIGIN, derived=lambda function, rows: function(rows),
                               key=disclosure._KEY)


def given(*parts):
    every = let_in(joined(*parts))
    return {"paid": every.derive(finance_contributions.contributions), "named": every.derive(finance_lines.named),
            "lines": every.derive(finance_lines.cost_lines)}


def told(*parts):
    found = given(*parts)
    return list(sentences_financing.summary(found.pop("paid"), case(), source="demo", **found).sentences)


def asked(*parts, uncovered=None):
    answers = pd.DataFrame({"region": ["VT03"], "betaler": ["total"], "uncovered": [uncovered]})
    found = given(*parts)
    shown = sentences_financing.questions(found.pop("paid"), case(), source="demo", uncovered=let_in(
        answers.astype({"uncovered": "Float64"}).assign(status="shown")), **found)
    return list(shown.sentences)


def test_the_five_messages():
    euro = "€\N{NO-BREAK SPACE}"
    assert told(lines(), people(), meldingen(KNOWN), country()) == [
        f"In 2024 gaf deze regio {euro}100 uit. Dat is {euro}0,10 per inwoner. "
        f"In alle regio's samen is dat {euro}0,20 per inwoner.",
        "Bij 1 van de 2 kostenregels staat voor welke dienst het geld is.",
        "Gemeenten die per melding zeker meer betalen dan per inwoner: 1 van de 3. Zeker minder: 2. "
        "Niet te zeggen: 0.",
        "Het grootste zekere verschil heeft Noordoostpolder: per melding 150 procent meer dan per inwoner "
        "(tussen 146 en 154 procent).",
        WARNING,
    ]


def test_less_is_told_with_its_ends_in_order():
    (most,) = [each for each in told(lines(), people({A: 600, B: 390, C: 10}), meldingen(
        {A: [600], B: [200], C: [10]})) if "grootste" in each]
    assert most == ("Het grootste zekere verschil heeft Zeewolde: per melding 37 procent minder dan per inwoner "
                    "(tussen 36 en 37 procent).")


def test_why_it_cannot_be_said_is_told_with_how_often():
    (found,) = [each for each in told(lines(), people(), meldingen({A: [20], B: [10], C: [None]})) if "Niet te" in each]
    assert found == ("Gemeenten die per melding zeker meer betalen dan per inwoner: 0 van de 3. Zeker minder: 0. "
                     "Niet te zeggen: 3. Daarvan is een aantal meldingen te klein om te tonen, of maakt de afronding "
                     "het onzeker.")


@pytest.mark.parametrize(("parts", "last"), [
    ((lines().iloc[:0], people(), meldingen(KNOWN)),
     "Wij hebben geen kosten van deze regio. Daarom weten wij niet wie wat betaalt."),
    ((lines(), people()),
     "Wij kennen van geen gemeente genoeg meldingen. Een bijdrage per melding is daarom niet te berekenen."),
    ((lines(), people({A: 600}), meldingen({A: [20]})), "Deze regio is één gemeente. Er is niets te verdelen."),
])
def test_what_cannot_be_told(parts, last):
    assert told(*parts)[-1] == last


@pytest.mark.parametrize(("base", "question"), [(200, False), (190, True), (250, True)])
def test_the_key_is_a_question_from_ten_percent_on(base, question):
    """C weighs 220 of 1000 meldingen: beside 200 inhabitants of 1000 that is 10 per cent, beside 190 more."""
    counts = {A: [10_000], B: [68_000], C: [22_000]}
    towns = {A: 100, B: 900 - base, C: base}
    found = [each for each in asked(lines(), people(towns), meldingen(counts)) if "Past betalen per melding" in each]
    assert bool(found) is (question or base == 200)
    if found:
        more = "meer" if base < 220 else "minder"
        share = {200: "10", 190: "16", 250: "12"}[base]
        assert found == ["Past betalen per melding bij deze regio? U ziet deze vraag, omdat Noordoostpolder dan "
                         f"{share} procent {more} betaalt."]


def test_under_ten_percent_the_key_is_no_question():
    counts, towns = {A: [10_000], B: [69_100], C: [20_900]}, {A: 100, B: 700, C: 200}
    found = asked(lines(), people(towns), meldingen(counts))
    assert not [each for each in found if "Past betalen per melding" in each]


@pytest.mark.parametrize(("counts", "question"), [([400, 600, 500], True), ([410, 600, 500], False)])
def test_the_years_are_a_question_from_twenty_percent_on(counts, question):
    """A and B share 1000 meldingen a year: A pays 40, 60 and 50 of 100 euros, a variation of 20 per cent."""
    numbers = {A: counts, B: [1000 - count for count in counts]}
    found = asked(lines(), people({A: 500, B: 500}), meldingen(numbers))
    said = [each for each in found if "schommelingen" in each]
    assert bool(said) is question
    if question:
        assert said == ["Hoe vangt u schommelingen op? U ziet deze vraag, omdat de bijdrage van Almere per melding "
                        "20 procent schommelt."]


@pytest.mark.parametrize(("amount", "words"), [
    (250.0, "Waarom kost het hier meer"), (240.0, ""), (160.0, ""), (150.0, "Waarom kost het hier minder"),
])
def test_costs_are_a_question_a_quarter_beside_all_regions(amount, words):
    """20 cents per inhabitant in all regions; here 1000 inhabitants."""
    found = asked(lines([("K01", "vast", amount, "ja")]), people(), meldingen(KNOWN), country())
    said = [each for each in found if each.startswith("Waarom")]
    assert (said[0].startswith(words) if words else not said)


def test_lines_without_a_service_uncovered_costs_and_hidden_counts_are_questions():
    found = asked(lines(), people(), meldingen(KNOWN | {C: [None, 100, 300]}), uncovered=12_500)
    assert found[-3:] == [
        "Waarvoor is het geld? U ziet deze vraag, omdat bij 1 van de 2 kostenregels geen dienst staat.",
        "Wie betaalt wat nu niemand dekt? U ziet deze vraag, omdat €\N{NO-BREAK SPACE}12.500 per jaar niet is gedekt.",
        "Levert de regio alle meldingen aan? "
        "U ziet deze vraag, omdat 1 van de 3 gemeenten een jaar met minder dan tien meldingen hebben.",
    ]


@pytest.mark.parametrize("uncovered", [0, None])
def test_where_nothing_stands_out_there_is_no_question(uncovered):
    even = {A: [600] * 3, B: [300] * 3, C: [100] * 3}
    found = asked(lines([("K01", "vast", 200.0, "ja")]), people(), meldingen(even), country(), uncovered=uncovered)
    assert found == ["Uit deze cijfers volgt volgens onze regels geen vraag."]


def test_a_region_without_consent_is_told_so():
    empty = survey_money.uncovered_answers({}, regions=pd.DataFrame({"region": ["VT03"]}, dtype="str"))
    here = case()
    shown = disclosure.release_answers(empty, here)
    assert sentences_financing.without_answers(shown, here) == [wording.message("no_answers")]
    consent = {"survey_regions": table("survey_regions", [["VT03", "ja"]], "region publicatie_ok"),
               "survey_costs": table("survey_costs", [["VT03", "K01", 100.0, 50]],
                                     "region line kosten_bedrag kosten_ongedekt")}
    known = survey_money.uncovered_answers(consent, regions=pd.DataFrame({"region": ["VT03"]}, dtype="str"))
    assert known[["betaler", "uncovered"]].to_numpy().tolist() == [["onbekend", 50], ["total", 50]]
    assert sentences_financing.without_answers(disclosure.release_answers(known, here), here) == []


def test_every_region_s_sentences_pass_the_press(demo_case):
    names = dict(zip(demo_case.regions["region"], demo_case.regions["name"], strict=True))
    for region, name in names.items():
        here = replace(demo_case, region=region, region_name=name)
        found = of_demo(here)
        known = {part for text in texts.settings(here.config, region, name) for part in texts._NUMBER.findall(text)}
        uncovered = disclosure.release_answers(survey_money.uncovered_answers, here)
        for shown in (
            sentences_financing.summary(found["paid"], here, lines=found["lines"], named=found["named"], source="demo"),
            sentences_financing.questions(**found, case=here, uncovered=uncovered, source="demo"),
        ):
            assert not texts.unknown_number(shown.payload, known, []), (region, shown.sentences)
            assert len(shown.sentences) <= (5 if shown.id == "in-het-kort" else 6)
            assert not [each for each in shown.sentences if wording.longest(each) > wording.MOST_WORDS + 3]


def of_demo(here):
    budget = disclosure.release_budget(finance.budget, here)
    towns = disclosure.release_public(finance.populations, here).where(region=here.region)
    counted = disclosure.release(finance.incidents, here).where(region=here.region)
    spent = disclosure.release_totals(finance.spent, here)
    return {
        "paid": disclosure.join(budget, towns, counted).derive(finance_contributions.contributions),
        "lines": disclosure.join(budget, towns, spent).derive(finance_lines.cost_lines),
        "named": budget.derive(finance_lines.named),
    }


def test_the_notebook_tells_the_limits_of_the_code():
    notebook = nbformat.read(paths.notebooks_dir() / "financing.ipynb", as_version=4)
    told = " ".join(" ".join(cell.source for cell in notebook.cells).split())
    rule = disclosure_rule.rule().public()
    assert f"telt als {rule.min_count // 2} meldingen in dat jaar" in told and f"Onder de {rule.min_count}" in told
    assert f"elk verborgen aantal 0 of {rule.min_count - 1}" in told and finance_contributions.YEARS == 3
    assert f"verschil van {sentences_financing.LARGE:.0%}".replace("%", " procent") in told
    assert f"schommeling van {sentences_financing.SWING:.0%}".replace("%", " procent") in told
    assert f"per inwoner die {sentences_financing.BESIDE:.0%}".replace("%", " procent") in told
    for cell in notebook.cells:
        assert cell.cell_type != "code" or ast.parse(cell.source)
    assert finance_du.SOURCE.startswith("Wetten.nl, BWBR0027383")
