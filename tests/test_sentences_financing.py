"""Key messages and questions on who pays what: what is said on both sides of every limit."""

import ast
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from disclosure_cases import ORIGIN, reader
from finance_cases import TOWNS, agreements, joined, lines, meldingen, people
from survey_cases import table
from test_finance_lines import country

from hgeval import (
    chain_agreements,
    disclosure,
    disclosure_rule,
    finance,
    finance_contributions,
    finance_dossiers,
    finance_du,
    finance_lines,
    monitor,
    notes_financing,
    paths,
    sentences_financing,
    survey_money,
    wording,
)
from hgeval.press import texts

A, B, C = TOWNS
KNOWN = {A: [200, 300, 500], B: [200, 100, 200], C: [100, 100, 300]}
WARNING = (
    "Let op: bij betalen per melding betaalt een gemeente meer als er vaker wordt gemeld. "
    "Vaker melden betekent niet altijd meer geweld."
)
EURO = "€\N{NO-BREAK SPACE}"


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


def dossiers(*parts):
    return let_in(joined(*parts)).derive(finance_dossiers.per_dossier)


def public(value, year="2023", measure="meldingen"):
    return let_in(pd.DataFrame({"measure": [measure], "region": ["VT03"], "period": [year],
                                "value": pd.array([value], dtype="Float64"), "status": ["rounded"]}))


NOT_PUBLISHED = public(None)


def told(*parts, agreed=()):
    found = given(*parts)
    return list(sentences_financing.summary(
        found.pop("paid"), case(), source="demo", dossiers=dossiers(*parts, *agreed), **found,
    ).sentences)


def needs(*lines):
    """Cost lines of the needs survey: euros, and what of them nobody covers."""
    frame = pd.DataFrame(list(lines), columns=["kosten_bedrag", "uncovered"], dtype="Float64")
    return let_in(frame.assign(region="VT03", status="shown"))


def asked(*parts, uncovered=(), published=NOT_PUBLISHED):
    found = given(*parts)
    shown = sentences_financing.questions(
        found.pop("paid"), case(), source="demo", needs=needs(*uncovered), incidents=let_in(joined(*parts)),
        published=published, **found,
    )
    return list(shown.sentences)


def test_the_five_messages():
    assert told(lines(), people(), meldingen(KNOWN), country()) == [
        f"In 2024 gaf deze regio {EURO}100 uit aan de aanpak. Dat is {EURO}0,10 per inwoner. "
        f"In alle regio's samen is dat {EURO}0,20 per inwoner.",
        "Bij 1 van de 2 kostenregels staat voor welke dienst het geld is.",
        "Gemeenten die bij de sleutel per melding zeker meer betalen dan per inwoner: 1 van de 3. Zeker minder: 2.",
        "Het grootste zekere verschil heeft Noordoostpolder: per melding tussen 146 en 154 procent meer dan per "
        "inwoner.",
        WARNING,
    ]


def test_dossiers_take_the_place_of_the_services_and_never_stand_alone():
    """100 euros over 20 dossiers as shown: 18 to 22."""
    found = told(lines(), people(), meldingen(KNOWN), country(), agreed=[agreements(agreed=25, realised=20)])
    assert len(found) == 5 and found[1] == (
        f"Alle kosten van 2024, gedeeld door het aantal dossiers af: tussen {EURO}4,54 en {EURO}5,56. "
        "Dat is geen prijs van een dossier: er zit ook ander werk in."
    )


def test_less_is_told_with_its_ends_in_order():
    (most,) = [each for each in told(lines(), people({A: 600, B: 390, C: 10}), meldingen(
        {A: [600], B: [200], C: [10]})) if "grootste" in each]
    assert most == ("Het grootste zekere verschil heeft Zeewolde: per melding tussen 36 en 37 procent minder dan per "
                    "inwoner.")


def test_why_it_cannot_be_said_is_told_with_how_often():
    (found,) = [each for each in told(lines(), people(), meldingen({A: [20], B: [10], C: [None]})) if "Niet te" in each]
    assert found == ("Gemeenten die bij de sleutel per melding zeker meer betalen dan per inwoner: 0 van de 3. Zeker "
                     "minder: 0. Niet te zeggen: 3. Hun aantallen meldingen zijn afgerond of te klein.")


@pytest.mark.parametrize(("parts", "last"), [
    ((lines().iloc[:0], people(), meldingen(KNOWN)),
     "Wij hebben geen kosten van deze regio. Daarom weten wij niet wie wat betaalt."),
    ((lines(), people()),
     "Wij kennen van geen gemeente genoeg meldingen. Een bijdrage per melding is daarom niet te berekenen."),
    ((lines(), people({A: 600}), meldingen({A: [20]})), "Deze regio is één gemeente. Er is niets te verdelen."),
])
def test_what_cannot_be_told(parts, last):
    assert told(*parts)[-1] == last


@pytest.mark.parametrize(("base", "words"), [
    (1999, "ten minste 10 procent meer"), (2001, ""), (2444, ""), (2446, "ten minste 10 procent minder"),
])
def test_the_key_is_a_question_from_a_certain_ten_percent_on(base, words):
    """C has 21.9978 to 22.0022 per cent of the meldingen: 10 per cent more than 19.998, and 10 less than 24.447."""
    counts, towns = {A: [10_000], B: [68_000], C: [22_000]}, {A: 1000, B: 9000 - base, C: base}
    found = [each for each in asked(lines([("K01", "vast", 1e6, "ja")]), people(towns), meldingen(counts))
             if "Past betalen per melding" in each and "Noordoostpolder" in each]
    assert found == ([f"Past betalen per melding bij deze regio? U ziet deze vraag, omdat Noordoostpolder dan {words} "
                      "betaalt dan per inwoner."] if words else [])


@pytest.mark.parametrize(("counts", "question"), [([4000, 6010, 5000], True), ([4000, 6000, 5000], False)])
def test_the_years_are_a_question_from_a_certain_twenty_percent_on(counts, question):
    """A and B share 10,000 meldingen a year: B pays 60, 40 and 50 of 100 euros, a variation of 20 per cent or less."""
    numbers = {A: counts, B: [10_000 - count for count in counts]}
    found = asked(lines([("K01", "vast", 1e6, "ja")]), people({A: 500, B: 500}), meldingen(numbers))
    assert [each for each in found if "schommelt" in each] == ([
        "Wat doet u als een bijdrage elk jaar anders is? U ziet deze vraag, omdat die van Zeewolde per melding "
        "ten minste 20 procent schommelt."] if question else [])


@pytest.mark.parametrize(("amount", "words"), [
    (250.0, "Waarom kost het hier meer"), (240.0, ""), (160.0, ""), (150.0, "Waarom kost het hier minder"),
])
def test_costs_are_a_question_a_quarter_beside_all_regions(amount, words):
    """20 cents per inhabitant in all regions; here 1000 inhabitants."""
    found = asked(lines([("K01", "vast", amount, "ja")]), people(), meldingen(KNOWN), country())
    said = [each for each in found if each.startswith("Waarom")]
    assert (said[0].startswith(words) if words else not said)


def test_lines_without_a_service_uncovered_costs_and_hidden_counts_are_questions():
    found = asked(lines(), people(), meldingen(KNOWN | {C: [None, 100, 300]}),
                  uncovered=[(40_000, 10_000), (10_000, 2_500), (9_999, None)])
    assert found[-3:] == [
        "Waarvoor is het geld? U ziet deze vraag, omdat bij 1 van de 2 kostenregels geen dienst staat.",
        "Wie betaalt de kosten van MDA++ (werken met hulp, zorg en justitie samen) die nu niemand dekt? "
        f"U ziet deze vraag, omdat het gaat om {EURO}12.500 van de {EURO}50.000 per jaar. "
        "Dat staat in de behoeftepeiling.",
        "Levert de regio alle meldingen aan? "
        "U ziet deze vraag, omdat bij 1 van de 3 gemeenten een jaar minder dan tien meldingen telt.",
    ]


@pytest.mark.parametrize(("count", "question"), [(900, True), (905, False), (1200, False)])
def test_a_public_figure_that_is_ten_percent_higher_is_a_question_instead(count, question):
    counts = meldingen(KNOWN | {C: [None, 100, 300]}, total=[500, 500, count])
    found = [each for each in asked(lines(), people(), counts, published=public(1000)) if each.startswith("Levert")]
    assert found == (["Levert de regio alle meldingen aan? U ziet deze vraag, omdat de studie er over 2023 ongeveer "
                      "900 heeft. Het CBS (Centraal Bureau voor de Statistiek) telde er 1.000."] if question else
                     ["Levert de regio alle meldingen aan? U ziet deze vraag, omdat bij 1 van de 3 gemeenten een jaar "
                      "minder dan tien meldingen telt."])


@pytest.mark.parametrize(("count", "year", "words"), [
    (900, "2023", "De studie heeft dus maar een deel. Met alle meldingen kan de verdeling anders zijn."),
    (905, "2023", "Dat is ongeveer evenveel."), (1095, "2023", "Dat is ongeveer evenveel."),
    (1100, "2023", "De studie telt er dus meer. Kijk of beide hetzelfde tellen."),
    (900, "2020", ""), (None, "2023", ""),
])
def test_the_study_s_meldingen_beside_the_public_figure(count, year, words):
    (found,) = sentences_financing.part_of_all(
        let_in(meldingen(KNOWN, total=[500, 500, count])), case(), published=public(1000, year), source="demo",
    ).sentences
    assert found == (
        f"In 2023 heeft de studie ongeveer {wording.number(count)} meldingen uit de gemeenten van deze regio. "
        f"Het CBS (Centraal Bureau voor de Statistiek) telde er 1.000. {words}" if words else
        "Wij hebben niet van hetzelfde jaar het aantal meldingen in de studie en het openbare aantal. "
        "Wij weten dus niet of de studie alle meldingen heeft."
    )


def test_another_public_figure_is_not_that_of_meldingen():
    assert sentences_financing._beside_public(let_in(meldingen(KNOWN, total=[5, 5, 900])),
                                              public(1000, measure="adviezen"), case()) is None


@pytest.mark.parametrize("uncovered", [[(5000, 0)], [(5000, None)], []])
def test_where_nothing_stands_out_there_is_no_question(uncovered):
    even = {A: [600] * 3, B: [300] * 3, C: [100] * 3}
    found = asked(lines([("K01", "vast", 200.0, "ja")]), people(), meldingen(even), country(), uncovered=uncovered)
    assert found == ["Uit deze cijfers volgt volgens onze regels geen vraag."]


@pytest.mark.parametrize(("counts", "columns", "said"), [
    (KNOWN, ["by_inhabitant", "by_incident", "by_mixed"], []),
    ({A: [20], B: [20], C: [20]}, ["by_inhabitant", "by_mixed"],
     ["Tot op de cent staat hier niet: per melding. Het hoogste mogelijke bedrag van een gemeente is daar meer dan 20 "
      "procent hoger dan het laagste."]),
])
def test_only_narrow_keys_have_a_column_of_cents(counts, columns, said):
    paid = given(lines(), people(), meldingen(counts))["paid"]
    assert notes_financing.to_the_cent(paid, case()) == columns
    assert notes_financing.without_cents(paid, case()) == said


def test_without_counts_only_the_key_per_inhabitant_stands():
    paid = given(lines(), people())["paid"]
    assert notes_financing.to_the_cent(paid, case()) == ["by_inhabitant"]
    assert notes_financing.without_cents(paid, case()) == [
        "Wij kennen van geen gemeente genoeg meldingen. Daarom staat hier alleen de bijdrage per inwoner."]


def test_without_costs_there_is_nothing_to_explain():
    paid = given(lines().iloc[:0], people(), meldingen(KNOWN))["paid"]
    assert notes_financing.without_cents(paid, case()) == []


def test_the_public_number_is_told_to_be_real(demo_case):
    published = disclosure.release_published(monitor.figures, demo_case)
    for region, known in (("VT20", True), ("VT07", False)):
        notes = notes_financing.public_source(published, replace(demo_case, region=region))
        assert [note.startswith("Het openbare aantal is echt. Het komt uit: CBS StatLine") for note in notes] == [
            True] * known


def test_without_agreements_it_is_told_so():
    parts = (lines(), people())
    assert notes_financing.without_dossiers(dossiers(*parts), case()) == [wording.message("financing_no_dossiers")]
    assert notes_financing.without_dossiers(dossiers(*parts, agreements(agreed=25, realised=20)), case()) == []


def test_a_region_without_consent_is_told_so():
    empty = survey_money.uncovered_answers({}, regions=pd.DataFrame({"region": ["VT03"]}, dtype="str"))
    here = case()
    shown = disclosure.release_answers(empty, here)
    assert notes_financing.without_answers(shown, here) == [wording.message("no_answers")]
    consent = {"survey_regions": table("survey_regions", [["VT03", "ja"]], "region publicatie_ok"),
               "survey_costs": table("survey_costs", [["VT03", "K01", 100.0, 50]],
                                     "region line kosten_bedrag kosten_ongedekt")}
    known = survey_money.uncovered_answers(consent, regions=pd.DataFrame({"region": ["VT03"]}, dtype="str"))
    assert known[["betaler", "uncovered"]].to_numpy().tolist() == [["onbekend", 50], ["total", 50]]
    assert notes_financing.without_answers(disclosure.release_answers(known, here), here) == []


def test_every_region_s_sentences_pass_the_press(demo_case):
    names = dict(zip(demo_case.regions["region"], demo_case.regions["name"], strict=True))
    for region, name in names.items():
        here = replace(demo_case, region=region, region_name=name)
        found = of_demo(here)
        known = {part for text in texts.settings(here.config, region, name) for part in texts._NUMBER.findall(text)}
        beside = {"incidents": found.pop("incidents"),
                  "published": disclosure.release_published(monitor.figures, here)}
        asked_for = disclosure.release_answers(survey_money.cost_answers, here)
        for shown in (
            sentences_financing.summary(**found, case=here, source="demo"),
            sentences_financing.part_of_all(case=here, **beside, source="demo"),
            sentences_financing.questions(**without(found, "dossiers"), **beside, case=here, needs=asked_for,
                                          source="demo"),
        ):
            assert not texts.unknown_number(shown.payload, known, []), (region, shown.sentences)
            assert len(shown.sentences) <= (5 if shown.id == "in-het-kort" else 6)
            assert not [each for each in shown.sentences if wording.longest(each) > wording.MOST_WORDS + 3]


def without(found, *names):
    return {name: each for name, each in found.items() if name not in names}


def of_demo(here):
    budget = disclosure.release_budget(finance.budget, here)
    towns = disclosure.release_public(finance.populations, here).where(region=here.region)
    counted = disclosure.release(finance.incidents, here).where(region=here.region)
    spent = disclosure.release_totals(finance.spent, here)
    return {
        "paid": disclosure.join(budget, towns, counted).derive(finance_contributions.contributions),
        "lines": disclosure.join(budget, towns, spent).derive(finance_lines.cost_lines),
        "named": budget.derive(finance_lines.named), "incidents": counted,
        "dossiers": disclosure.join(budget, disclosure.release_answers(chain_agreements.own, here).where(
            region=here.region)).derive(finance_dossiers.per_dossier),
    }


def test_the_notebook_tells_the_limits_of_the_code():
    notebook = nbformat.read(paths.notebooks_dir() / "financing.ipynb", as_version=4)
    told = " ".join(" ".join(cell.source for cell in notebook.cells).split())
    rule = disclosure_rule.rule().public()
    assert f"is 0 tot en met {rule.min_count - 1}" in told and f"Onder de {rule.min_count}" in told
    assert f"meer dan {finance_contributions.NARROW:.0%}".replace("%", " procent") in told
    assert finance_contributions.YEARS == 3 and finance_contributions.SWINGING == 10
    assert f"verschil van {sentences_financing.LARGE:.0%}".replace("%", " procent") in told
    assert f"schommeling van {sentences_financing.SWING:.0%}".replace("%", " procent") in told
    assert f"studie {sentences_financing.PART:.0%}".replace("%", " procent") in told
    assert f"per inwoner die {sentences_financing.BESIDE:.0%}".replace("%", " procent") in told
    for cell in notebook.cells:
        assert cell.cell_type != "code" or ast.parse(cell.source)
    assert finance_du.SOURCE.startswith("Wetten.nl, BWBR0027383")
