"""Key messages and questions on the infrastructure: what is said on both sides of every rule."""

import pandas as pd
import pytest
from exhibit_cases import census, reader

from hgeval import disclosure, sentences_infrastructure, wording
from hgeval.press import texts
from hgeval.wording import banned

ELEMENTS = ["E01", "E02", "E06", "E10", "E12"]


TOTALS = (("E02", 10, 24, 0), ("E12", 1, 23, 0))
TEAM = "team MDA++, op afroep per gezin"


def infrastructure(flags, *, consent="ja", case=None, priority=None, total=TOTALS, **more):
    case = case or reader()
    answers = pd.DataFrame({
        "region": "VT02", "consent": consent, "element": ELEMENTS[: len(flags)],
        "present": pd.array([flag == "er" for flag in flags], dtype="boolean"),
        "gap": pd.array([None if flag == "?" else flag == "mist" for flag in flags], dtype="boolean"),
    }).astype({"region": "str", "consent": "str", "element": "str"})
    if priority:
        answers["prioriteit"] = pd.array(priority, dtype="Int64")
    release = disclosure.release_answers(answers, case)
    present, gaps = (census(list(total), case, measure=measure) for measure in ("present", "gap"))
    found = sentences_infrastructure.infrastructure(release, case, present=present, gaps=gaps, source="demo", **more)
    assert not texts.unknown_number(found.payload, set(), ()) and len(found.sentences) <= 5
    return found.sentences


def test_a_region_hears_what_it_has_and_lacks_and_how_many_have_that():
    assert list(infrastructure(["er", "mist", "er", "nee", "mist"])) == [
        "Van 5 onderdelen van MDA++ (werken met hulp, zorg en justitie samen) weten we of zij er zijn. Deze regio "
        "heeft er 2.",
        f"Nodig, maar er nog niet: 2 van de 5 onderdelen. Het gaat om: {TEAM}; alles onder één dak.",
        "Team MDA++, op afroep per gezin: dit is er in 10 van de 24 regio's die dit invulden.",
    ]


def test_of_more_than_three_gaps_the_first_are_named():
    told = infrastructure(["er", "mist", "mist", "mist", "mist"])
    assert told[1] == (f"Nodig, maar er nog niet: 4 van de 5 onderdelen. Het gaat om: {TEAM}; medische specialisten; "
                       "en andere.")


def test_the_gap_with_most_priority_comes_first():
    told = infrastructure(["er", "mist", "mist", "nee", "mist"], priority=[1, 3, None, 5, 4])
    assert told[1].startswith("Nodig, maar er nog niet: 3 van de 5 onderdelen. De meeste voorrang eerst: alles onder")
    assert told[1].endswith(f"{TEAM}; medische specialisten.")
    assert told[2] == "Alles onder één dak: dit is er in 1 van de 23 regio's die dit invulden."


def test_nothing_lacking_is_said_and_a_hidden_total_is_passed_over():
    assert list(infrastructure(["er", "er"]))[1:] == ["Van wat deze regio nodig vindt, ontbreekt niets."]
    told = infrastructure(["er", "mist", "er", "er", "mist"], total=[("E02", 10, 24, 2), ("E12", 1, 23, 0)])
    assert told[2] == "Alles onder één dak: dit is er in 1 van de 23 regio's die dit invulden."
    assert len(infrastructure(["er", "mist"], total=[("E02", 10, 24, 2)])) == 2


def test_what_it_costs_and_what_nobody_covers_is_told_of_the_total_only():
    told = infrastructure(["er"], costs=costs(["K01", 700.0, 100.0], ["total", 1500000.0, 250000.0]))
    assert told[-1].replace("\xa0", " ") == (
        "De regio vulde kosten van € 1.500.000 per jaar in voor MDA++. Daarvan dekt niemand € 250.000.")
    for lines in ([], [["total", None, 3.0]], [["total", 3.0, None]], [["K01", 3.0, 3.0]]):
        assert len(infrastructure(["er"], costs=costs(*lines))) == 2


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
def test_without_own_answers_it_says_so_and_tells_the_country(consent):
    frame = pd.DataFrame({"measure": "survey_response", "region": "NL", "table": ["survey_regions"], "n": 26,
                          "events": 24, "value": 24 / 26, "low": pd.NA, "high": pd.NA, "level": pd.NA,
                          "method": "share", "regions": 26, "unnamed": 0, "unnamed_events": 0})
    told = infrastructure(["er", "mist"], consent=consent, responses=disclosure.release_totals(frame, reader()))
    assert list(told) == [
        "De antwoorden van deze regio laten wij hier niet zien. De regio gaf daarvoor geen toestemming, of vulde "
        "niets in. Deze pagina gaat daarom over alle regio's samen.",
        "Van 24 van de 26 regio's mogen wij de antwoorden gebruiken.",
        "Van wat wij mogen tonen, is dit er het vaakst: team MDA++ (werken met hulp, zorg en justitie samen), op "
        "afroep per gezin, in 10 van de 24 regio's.",
        f"In 10 van de 24 regio's is dit nodig, maar is het er nog niet: {TEAM}.",
    ]
    hidden = infrastructure(["er"], consent=consent, total=[("E02", 10, 24, 2), ("E12", 0, 24, 0)])
    assert len(hidden) == 1  # hidden, or nowhere


def test_a_study_without_the_survey_says_so_and_asks_for_it():
    nobody = [(code, 0, 0, 0) for code in ELEMENTS]
    assert list(infrastructure([], total=nobody)) == [
        "In deze studie staan geen antwoorden die wij mogen gebruiken. Dit rapport kan daarom nog niets zeggen over "
        "MDA++ (werken met hulp, zorg en justitie samen)."]
    assert list(asked(consent="nee", total=nobody).sentences) == [
        "Wie levert de antwoorden op de behoeftepeiling aan? U ziet deze vraag, omdat die in deze studie ontbreken."]


def test_in_its_own_eyes_a_region_sees_itself_without_consent():
    told = infrastructure(["er", "mist"], consent="nee", case=reader(profile="exact10"))
    assert told[0].endswith("weten we of zij er zijn. Deze regio heeft er 1.")


def test_a_list_of_names_never_makes_a_sentence_too_long():
    long = ["kinderen en volwassenen, slachtoffers en plegers in beeld", "hulp, medisch en justitie doen alle drie mee"]
    assert sentences_infrastructure.few([*long, "drie fasen gevolgd"]) == "; ".join([*long, "drie fasen gevolgd"])
    assert sentences_infrastructure.few([*long, "één gedeelde analyse, een plan"]) == f"{long[0]}; {long[1]}; en andere"
    assert sentences_infrastructure.few(["a", "b", "c"]) == "a; b; c"
    assert sentences_infrastructure.few(["a", "b", "c", "d"]) == "a; b; c; en andere"
    assert sentences_infrastructure.few(["woord " * 21, "b"]) == f"{'woord ' * 21}; en andere"
    mda = ["kernteam of casusoverleg MDA", "coördinator MDA++", "acute opvang"]
    assert sentences_infrastructure.few(mda) == "kernteam of casusoverleg MDA; en andere"  # both are explained


# Where it is, and the country where its own answers are not shown


def answers(rows, columns, flags=(), case=None, consent="ja"):
    """A region's answers through the door; `flags` are yes, no or unknown."""
    frame = pd.DataFrame([["VT02", consent, *each] for each in rows], columns=["region", "consent", *columns.split()])
    types = {name: "boolean" if name in flags else "Int64" if name in ("kwaliteit_belang",) else
             "Float64" if name in ("uncovered", "kosten_bedrag") else "str" for name in frame}
    return disclosure.release_answers(frame.astype(types), case or reader())


def access(*rows, **more):
    return answers(rows, "element present partner_region usable", ("present", "usable"), **more)


def costs(*rows):
    return answers(rows, "line kosten_bedrag uncovered")


def reach(*rows):
    told = infrastructure(["er"], access=access(*rows))
    return told[2] if len(told) > 2 else ""


def test_what_is_neither_here_nor_at_a_partner_region_is_told_and_what_is_not_known():
    assert reach(["E01", True, None, True], ["E12", False, None, False], ["E02", False, None, None]) == (
        "Niet hier en niet bij een partnerregio: alles onder één dak. Dat is zo bij 1 van de 2 onderdelen waarvan we "
        f"het weten. Niet bekend is dat van: {TEAM}."
    )
    assert reach(["E01", True, None, True], ["E12", False, "VT01", True]) == (
        "Van 2 onderdelen weten we dat zij er zijn: hier, of bij een regio waarmee deze regio samenwerkt.")
    assert reach(["E12", True, None, None]) == "Niet bekend is dat van: alles onder één dak."
    assert reach() == ""


# Questions

OWN = [["E01", True, "te_weinig"], ["E02", False, None], ["E12", False, None], ["E10", False, "geen"]]
ACCESS = [["E01", True, None, True], ["E02", False, "VT01|VT03", True], ["E12", False, None, False],
          ["E10", False, None, None]]
QUALITY = [["Q01", "deels", 4], ["Q02", "nee", 3], ["Q03", "ja", 5], ["Q04", "weet_niet", 5], ["Q05", "nee", None]]
COSTS = [["K01", "tijdelijk", None], ["K02", "ja", 10.0], ["K03", "ja", 0.0], ["K04", None, None]]
PARTNERS = [["csg", "nee_gewenst"], ["om", "nee_niet_nodig"], ["politie", None]]
LINKS = [["VT01", True], ["VT03", False]]
NONE = {"gaps": (False, False, False, False), "own": [["E01", True, "genoeg"]], "quality": [["Q01", "ja", 5]],
        "costs": [["K03", "ja", 0.0]], "partners": [["om", "nee_niet_nodig"]], "links": [["VT01", True]]}


def asked(*, own=OWN, gaps=(False, True, True, True), quality=QUALITY, costs=COSTS, partners=PARTNERS, links=LINKS,
          consent="ja", total=(("E02", 10, 24, 0), ("E12", 14, 23, 2))):
    case, more = reader(), {"consent": consent}
    rows = [[*each[:2], gap, each[2]] for each, gap in zip(own, gaps, strict=False)]
    return sentences_infrastructure.questions(
        answers(rows, "element present gap capaciteit_tekort", ("present", "gap"), **more), case,
        access=access(*ACCESS, **more),
        quality=answers(quality, "criterion kwaliteit kwaliteit_belang", **more),
        costs=answers(costs, "line structureel uncovered", **more),
        partners=answers(partners, "partner partner_betrokken", **more),
        links=answers(links, "partner_region mutual", ("mutual",), **more), source="demo",
        gaps=census(list(total), case, measure="gap"),
    )


def test_each_rule_asks_its_question_and_says_why():
    shown = asked(links=NONE["links"])
    assert list(shown.sentences) == [
        "Welke afspraken kunt u hierover maken met een partnerregio? Het gaat om: team MDA++ (werken met hulp, zorg en "
        "justitie samen), op afroep per gezin. U ziet deze vraag, omdat dit bij u ontbreekt en een partnerregio het "
        "heeft. Dat is zo bij 1 van de 4 onderdelen.",
        "Wat is hier de eerste stap? Het gaat om: alles onder één dak. U ziet deze vraag, omdat dit bij u en bij uw "
        "partnerregio's ontbreekt. Dat is zo bij 1 van de 4 onderdelen.",
        "Waar komt meer capaciteit vandaan? Het gaat om: kernteam of casusoverleg MDA (werken met meer soorten hulp "
        "samen). U ziet deze vraag, omdat u te weinig capaciteit hebt. Dat is zo bij 1 van de 1 onderdelen die er al "
        "zijn.",
        "Wat is nodig om hieraan te voldoen? Het gaat om: één gezin, één plan, één regisseur. U ziet deze vraag, omdat "
        "u dit belangrijk vindt en nog niet haalt. Dat is zo bij 1 van de 3 criteria.",
        "Wie betaalt dit over een paar jaar? Het gaat om: coördinatie en regie; specialisten bij analyse en overleg. U "
        "ziet deze vraag, omdat het geld tijdelijk is of ontbreekt. Dat is zo bij 2 van de 3 kostenposten.",
        "Wie vraagt deze partners om mee te doen? Het gaat om: Centrum Seksueel Geweld. U ziet deze vraag, omdat u dat "
        "wilt en zij nog niet meedoen. Dat zijn 1 van de 2 partners.",
    ]
    assert not texts.unknown_number(shown.payload, set(), ())


def test_a_one_sided_link_is_asked_about():
    only = {name: NONE[name] for name in ("own", "gaps", "quality", "costs", "partners")}
    assert list(asked(**only).sentences) == [
        "Weten deze regio's dat u met hen samenwerkt? Het gaat om: Flevoland. U ziet deze vraag, omdat zij uw regio "
        "niet noemen. Dat is zo bij 1 van de 2 regio's."
    ]


@pytest.mark.parametrize(("name", "rows"), [
    ("quality", [["Q01", "deels", 4]]), ("quality", [["Q01", "nee", 5]]), ("costs", [["K01", "nee", None]]),
    ("costs", [["K01", "ja", 0.01]]), ("partners", [["csg", "nee_gewenst"]]), ("own", [["E01", True, "geen"]]),
])
def test_each_rule_fires_alone(name, rows):
    told = asked(**NONE | {name: rows}).sentences
    assert len(told) == 1 and "U ziet deze vraag, omdat" in told[0]


@pytest.mark.parametrize(("name", "rows"), [
    ("quality", [["Q01", "deels", 3]]), ("quality", [["Q01", "ja", 5]]), ("costs", [["K01", None, None]]),
    ("partners", [["csg", "ja_met_afspraak"]]), ("own", [["E01", True, "ruim"]]),
    ("own", [["E01", False, "geen"]]), ("own", [["E01", None, "te_weinig"]]),  # not there yet
    ("links", [["VT01", None]]),
])
def test_when_no_rule_fires_one_sentence_says_so(name, rows):
    assert list(asked(**NONE | {name: rows}).sentences) == ["Uit de antwoorden van deze regio volgt nu geen vraag."]


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
def test_without_answers_that_may_be_shown_the_country_and_consent_are_asked_about(consent):
    consent_asked = (
        "Wilt u hier de antwoorden van uw regio zien? Geef dan toestemming in de behoeftepeiling. U ziet deze vraag, "
        "omdat wij ze nu niet mogen tonen of niet hebben.")
    shown = asked(consent=consent)
    assert list(shown.sentences) == [
        "Is dit in uw regio ook nodig, en is het er? Het gaat om: team MDA++ (werken met hulp, zorg en justitie "
        "samen), op afroep per gezin. U ziet deze vraag, omdat het in 10 van de 24 regio's nodig is en ontbreekt.",
        consent_asked,
    ]
    assert not texts.unknown_number(shown.payload, set(), ())
    assert list(asked(consent=consent, total=[("E12", 14, 23, 2)]).sentences) == [consent_asked]


def test_at_most_six_questions_in_plain_words():
    told = asked().sentences
    assert len(told) == 6 and not [sentence for sentence in told if banned(sentence)]
    assert max(wording.longest(sentence) for sentence in told) <= wording.MOST_WORDS
