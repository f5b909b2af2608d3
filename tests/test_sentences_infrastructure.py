"""Key messages and questions on the infrastructure: what is said on both sides of every rule."""

import pandas as pd
import pytest
from exhibit_cases import census, reader

from hgeval import disclosure, sentences_infrastructure, wording
from hgeval.press import texts
from hgeval.wording import banned

ELEMENTS = ["E01", "E02", "E06", "E10", "E12"]


def infrastructure(flags, *, consent="ja", case=None, priority=None, total=(("E02", 10, 24, 0), ("E12", 1, 23, 0))):
    case = case or reader()
    answers = pd.DataFrame({
        "region": "VT02", "consent": consent, "element": ELEMENTS[: len(flags)],
        "present": pd.array([flag == "er" for flag in flags], dtype="boolean"),
        "gap": pd.array([None if flag == "?" else flag == "mist" for flag in flags], dtype="boolean"),
    }).astype({"region": "str", "consent": "str", "element": "str"})
    if priority:
        answers["prioriteit"] = pd.array(priority, dtype="Int64")
    release = disclosure.release_answers(answers, case)
    present = census(list(total), case)
    return sentences_infrastructure.infrastructure(release, case, present=present, source="demo").sentences


def test_a_region_hears_what_it_has_and_lacks_and_how_many_have_that():
    assert list(infrastructure(["er", "mist", "er", "nee", "mist"])) == [
        "Deze regio heeft 2 van de 5 onderdelen waarvan we het weten.",
        "Nodig, maar er nog niet: team MDA++ (werken met hulp, zorg en justitie samen), op afroep per gezin; alles "
        "onder één dak.",
        "Team MDA++, op afroep per gezin: dit is er in 10 van de 24 regio's die dit invulden.",
        "Alles onder één dak: dit is er in 1 van de 23 regio's die dit invulden.",
    ]


def test_more_than_three_gaps_are_counted():
    told = infrastructure(["er", "mist", "mist", "mist", "mist"])
    assert told[1].endswith("medische specialisten; crisisdienst, dag en nacht; en nog 1.")


def test_the_gap_with_most_priority_comes_first():
    told = infrastructure(["er", "mist", "mist", "nee", "mist"], priority=[1, 3, None, 5, 4])
    assert told[1].startswith("Nodig, maar er nog niet, met de meeste voorrang eerst: alles onder één dak; team MDA++")
    assert told[1].endswith("; medische specialisten.")
    assert told[2] == "Alles onder één dak: dit is er in 1 van de 23 regio's die dit invulden."


def test_nothing_lacking_is_said_and_a_hidden_total_explained():
    assert infrastructure(["er", "er"])[1] == "Van wat deze regio nodig vindt, ontbreekt niets."
    told = infrastructure(["er", "mist"], total=[("E02", 10, 24, 2)])
    assert told[2] == "Dit totaal tonen we niet: anders is het antwoord van een regio zonder naam uit te rekenen."


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
def test_a_region_that_does_not_agree_is_not_named(consent):
    told = infrastructure(["er", "mist"], consent=consent)
    assert list(told) == ["Van deze regio hebben wij geen antwoorden die we mogen laten zien."]


# What it can use, and the country where its own answers are not shown


def answers(rows, columns, flags=(), case=None, consent="ja"):
    """A region's answers through the door; `flags` are yes, no or unknown."""
    frame = pd.DataFrame([["VT02", consent, *each] for each in rows], columns=["region", "consent", *columns.split()])
    types = {name: "boolean" if name in flags else "Int64" if name in ("kwaliteit_belang",) else
             "Float64" if name == "uncovered" else "str" for name in frame}
    return disclosure.release_answers(frame.astype(types), case or reader())


def access(*rows, **more):
    return answers(rows, "element present partner_region usable", ("present", "usable"), **more)


def reach(*rows):
    case = reader()
    own = answers([["E01", True, False]], "element present gap", ("present", "gap"))
    return sentences_infrastructure.infrastructure(
        own, case, present=census([("E01", 10, 24, 0)], case), access=access(*rows), source="demo").sentences


def test_what_a_region_cannot_use_anywhere_is_told():
    assert reach(["E01", True, None, True], ["E12", False, None, False], ["E02", False, None, None])[-1] == (
        "Dit heeft de regio niet zelf, en ook niet bij een regio waarmee zij samenwerkt: alles onder één dak. "
        "Dat is zo bij 1 van de 2 onderdelen."
    )
    assert reach(["E01", True, None, True], ["E12", False, "VT01", True])[-1] == (
        "Alle 2 onderdelen waarvan we dit weten, kan deze regio gebruiken: zelf, of bij een regio waarmee zij "
        "samenwerkt."
    )
    assert len(reach(["E01", True, None, None])) == len(reach())  # nothing is known


def test_without_own_answers_the_country_is_told():
    case = reader()
    own = answers([["E01", True, False]], "element present gap", ("present", "gap"), consent="nee")
    frame = pd.DataFrame({"measure": "survey_response", "region": "NL", "table": ["survey_regions"], "n": 26,
                          "events": 24, "value": 24 / 26, "low": pd.NA, "high": pd.NA, "level": pd.NA,
                          "method": "share", "regions": 26, "unnamed": 0, "unnamed_events": 0})
    told = sentences_infrastructure.infrastructure(
        own, case, present=census([("E01", 10, 24, 0)], case), source="demo",
        responses=disclosure.release_totals(frame, case)).sentences
    assert list(told) == ["Van deze regio hebben wij geen antwoorden die we mogen laten zien.",
                          "Van 24 van de 26 regio's mogen wij de antwoorden gebruiken."]


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
          consent="ja"):
    case, more = reader(), {"consent": consent}
    rows = [[*each[:2], gap, each[2]] for each, gap in zip(own, gaps, strict=False)]
    return sentences_infrastructure.questions(
        answers(rows, "element present gap capaciteit_tekort", ("present", "gap"), **more), case,
        access=access(*ACCESS, **more),
        quality=answers(quality, "criterion kwaliteit kwaliteit_belang", **more),
        costs=answers(costs, "line structureel uncovered", **more),
        partners=answers(partners, "partner partner_betrokken", **more),
        links=answers(links, "partner_region mutual", ("mutual",), **more), source="demo",
    )


def test_each_rule_asks_its_question_and_says_why():
    shown = asked(links=NONE["links"])
    assert list(shown.sentences) == [
        "Kunt u dit gebruiken bij een andere regio: team MDA++ (werken met hulp, zorg en justitie samen), op afroep "
        "per gezin? U ziet deze vraag, omdat dit bij u ontbreekt, maar een regio waarmee u samenwerkt het heeft. Dat "
        "is zo bij 1 van de 4 onderdelen.",
        "Wat is de eerste stap voor: alles onder één dak? U ziet deze vraag, omdat dit bij u ontbreekt, en ook bij de "
        "regio's waarmee u samenwerkt. Dat is zo bij 1 van de 4 onderdelen.",
        "Waar komt meer capaciteit vandaan voor: kernteam of casusoverleg MDA (werken met meer soorten hulp samen); "
        "crisisdienst, dag en nacht? U ziet deze vraag, omdat u te weinig capaciteit hebt bij 2 van de 2 onderdelen.",
        "Wat is nodig om te voldoen aan: één gezin, één plan, één regisseur? U ziet deze vraag, omdat u dit belangrijk "
        "vindt en nog niet haalt: 1 van de 3 criteria.",
        "Wie betaalt dit over een paar jaar: coördinatie en regie; specialisten bij analyse en overleg? U ziet deze "
        "vraag, omdat het geld tijdelijk is of ontbreekt: bij 2 van de 3 posten.",
        "Wie vraagt deze partners om mee te doen: Centrum Seksueel Geweld? U ziet deze vraag, omdat u dat wilt en zij "
        "nog niet meedoen: 1 van de 2 partners.",
    ]
    assert not texts.unknown_number(shown.payload, set(), ())


def test_a_one_sided_link_is_asked_about():
    only = {name: NONE[name] for name in ("own", "gaps", "quality", "costs", "partners")}
    assert list(asked(**only).sentences) == [
        "Weten deze regio's dat u met hen samenwerkt: Flevoland? U ziet deze vraag, omdat uw regio niet in hun lijst "
        "staat. Dat is zo bij 1 van de 2."
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
    ("partners", [["csg", "ja_met_afspraak"]]), ("own", [["E01", True, "ruim"]]), ("links", [["VT01", None]]),
])
def test_when_no_rule_fires_one_sentence_says_so(name, rows):
    assert list(asked(**NONE | {name: rows}).sentences) == ["Uit de antwoorden van deze regio volgt nu geen vraag."]


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
def test_without_answers_that_may_be_shown_there_are_no_questions(consent):
    assert list(asked(consent=consent).sentences) == [
        "Deze vragen volgen uit de antwoorden van de regio zelf. Die mogen wij hier niet laten zien, of wij hebben ze "
        "niet."
    ]


def test_at_most_six_questions_in_plain_words():
    told = asked().sentences
    assert len(told) == 6 and not [sentence for sentence in told if banned(sentence)]
    assert max(wording.longest(sentence) for sentence in told) <= 22
