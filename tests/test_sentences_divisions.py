"""What is said of divisions: every message, on both sides of its rule, and never which one to take."""

import pandas as pd
import pytest
from exhibit_cases import reader

from hgeval import case, disclosure, divisions, rates, sentences_divisions
from hgeval.params import Division
from hgeval.press import texts

YEAR = {"2013"}  # of the source; the notebook names it
DEPENDS = "Welke indeling het best past, hangt af van wat u het belangrijkst vindt."


def through(rows, here, *groups):
    """Rows as they come out of the door for public figures."""
    frame = rates.frame(pd.DataFrame(rows).assign(region="NL", method="computed"), groups=groups)
    return disclosure.Released(frame.assign(status="shown"), "cbs5", here.origin, derived=here.derived,
                               key=disclosure._KEY)


def options(here, **verdicts):
    return through([{"measure": "division_regions", "option": name, "verdict": verdict, "value": 25}
                    for name, verdict in verdicts.items()], here, "option", "verdict")


def broken(here, *rows):
    return through([{"measure": "division_broken", "option": option, "hard_rule": rule, "who": "x", "value": value}
                    for option, rule, value in rows] or {"measure": [], "option": [], "hard_rule": [], "who": [],
                                                         "value": []}, here, "option", "hard_rule", "who")


def wins(here, today=(0.5, 0.6), **shares):
    rows = [("options", name, way, share) for name, both in shares.items()
            for way, share in zip(("grid", "drawn"), both, strict=True)]
    rows += [("with_current", "veilig_thuis", way, share)
             for way, share in zip(("grid", "drawn"), today, strict=True)]
    return through([{"measure": "division_wins", "field": field, "option": option, "weighting": way, "value": share,
                     "n": 286 if way == "grid" else 5000} for field, option, way, share in rows], here,
                   "field", "option", "weighting")


def alone(here, **best):
    rows = [(group, option) for group, names in best.items() for option in names.split("|")]
    return through([{"measure": "division_most", "field": "options", "weight_group": group, "option": option,
                     "value": 100} for group, option in rows], here, "field", "weight_group", "option")


def in_short(here=None, *, verdicts=None, wrong=(), today=(0.5, 0.6), best=None, **shares):
    here = here or reader("NL")
    verdicts = verdicts or {"centrumgemeente": "mogelijk", "veiligheidsregio": "mogelijk"}
    shares = shares or {"centrumgemeente": (0.25, 0.2), "veiligheidsregio": (0.75, 0.8)}
    return sentences_divisions.in_short(
        options(here, **verdicts), here, broken=broken(here, *wrong), wins=wins(here, today, **shares),
        alone=alone(here, **(best or {"nearby": "centrumgemeente", "expert": "veiligheidsregio"})), source="demo",
    )


def test_the_five_messages():
    shown = in_short()
    assert list(shown.sentences) == [
        DEPENDS,
        "Indelingen die voldoen aan de drie eisen uit het stuk van de VNG (2013): 2 van de 2.",
        "Bij 75 tot 80 procent van de manieren om te wegen gaan de meeste punten naar veiligheidsregio's. Bij de "
        "andere manieren gaan zij naar centrumgemeenten.",
        "Telt maar één groep criteria, dan hangt het van die groep af wie de meeste punten heeft. Dichtbij: "
        "centrumgemeenten; deskundig en dag en nacht: veiligheidsregio's.",
        "Doet de indeling van nu mee, dan krijgt zij bij 50 tot 60 procent de meeste punten. Zij lijkt sterk op de "
        "veiligheidsregio's, en heeft een voorsprong: elke regio van nu blijft heel.",
    ]
    assert not texts.unknown_number(shown.payload, YEAR)


@pytest.mark.parametrize(("rule", "said"), [
    ("once", "Jeugdregio's: dat kan niet, want 3 gemeenten liggen in meer dan één regio."),
    ("several", "Jeugdregio's: dat kan niet, want 3 regio's hebben maar één gemeente."),
    ("whole", "Jeugdregio's: dat kan niet, want 3 gemeenten horen bij geen regio."),
])
def test_what_the_law_forbids_is_told_with_the_rule(rule, said):
    verdicts = {"centrumgemeente": "mogelijk", "jeugdregio": "wettelijk_niet_mogelijk"}
    shown = in_short(verdicts=verdicts, wrong=[("jeugdregio", rule, 3)])
    assert shown.sentences[1].endswith(f"(2013): 1 van de 2. {said}")
    assert not texts.unknown_number(shown.payload, YEAR)


def test_of_more_that_are_not_possible_only_the_names_are_told():
    verdicts = {"jeugdregio": "wettelijk_niet_mogelijk", "eigen": "wettelijk_niet_mogelijk"}
    wrong = [("jeugdregio", "several", 2), ("eigen", "once", 1), ("eigen", "whole", 1)]
    assert in_short(verdicts=verdicts, wrong=wrong).sentences[1].endswith(
        "Niet mogelijk zijn: jeugdregio's; eigen. Waarom staat hieronder.")


def test_no_message_has_more_than_two_sentences():
    wrong = [("jeugdregio", "several", 2)]
    for told in in_short(verdicts={"jeugdregio": "wettelijk_niet_mogelijk"}, wrong=wrong).sentences:
        assert told.count(". ") + told.count("? ") <= 1


def test_an_option_that_never_has_the_most_points_is_not_told():
    told = in_short(centrumgemeente=(0, 0), veiligheidsregio=(1, 1)).sentences[2]
    assert told == "Bij 100 procent van de manieren om te wegen gaan de meeste punten naar veiligheidsregio's."
    some = in_short(centrumgemeente=(0, 0.01), veiligheidsregio=(1, 0.99)).sentences[2]
    assert some.endswith("Bij de andere manieren gaan zij naar centrumgemeenten.")


@pytest.mark.parametrize(("other", "clear"), [((0.5, 0.4), False), ((0.55, 0.4), False), ((0.49, 0.4), True)])
def test_an_option_is_only_named_first_where_both_ways_of_weighing_say_so(other, clear):
    """The one has half or more of the weightings by both ways; the other must stay under that by both."""
    told = in_short(centrumgemeente=(0.5, 0.6), veiligheidsregio=other).sentences[2]
    assert told.startswith("Bij 50 tot 60 procent" if clear else "Geen indeling heeft duidelijk vaker")
    assert clear or told.endswith("Dit gaat over centrumgemeenten en veiligheidsregio's.")


def test_equals_share_a_group_and_the_same_winner_everywhere_is_told_once():
    best = {"nearby": "jeugdregio", "expert": "veiligheidsregio|centrumgemeente", "partners": "jeugdregio"}
    assert in_short(best=best).sentences[3].endswith(
        "Dichtbij: jeugdregio's; deskundig en dag en nacht: veiligheidsregio's en centrumgemeenten; past bij partners: "
        "jeugdregio's.")
    same = in_short(best={"nearby": "jeugdregio", "expert": "jeugdregio"}).sentences[3]
    assert same == "Welke groep criteria ook alleen telt: de meeste punten gaan naar jeugdregio's."


@pytest.mark.parametrize(("year", "kind", "said"), [
    (2022, "veilig_thuis", True), (2023, "veilig_thuis", False), (2022, "gemeente", False),
])
def test_a_study_of_an_earlier_year_says_so(year, kind, said):
    here = reader("NL")
    here.config.division = Division(kind="veilig_thuis", year=year).model_copy(update={"kind": kind})
    told = sentences_divisions.years(here)
    assert told == (["De andere rapporten van deze studie gebruiken nog de indeling van 2022."] if said else [])


def fits(here, **nested):
    """How much of the inhabitants' areas of the youth regions lies in one region of each of these."""
    rows = [{"measure": "division_nesting", "option": option, "area_of": "jeugdregio", "value": 0.9}
            for option in nested] or {"measure": [], "option": [], "area_of": [], "value": []}
    frame = rates.frame(pd.DataFrame(rows).assign(region="NL", method="computed"), groups=("option", "area_of"))
    frame = frame.assign(nesting=0.9, nested=list(nested.values()), counterparts=1.0, status="shown")
    return disclosure.Released(frame, "cbs5", here.origin, derived=here.derived, key=disclosure._KEY)


def questions(*, wrong=(), whole=0.6, uncertain=0, own=True, missing=(), nested=None, **shares):
    here = reader("NL")
    shares = shares or {"centrumgemeente": (0, 0), "veiligheidsregio": (1, 1)}
    kept = [{"measure": "division_continuity", "option": option, "weight_group": "partners", "value": value}
            for option, value in (("centrumgemeente", whole), ("veiligheidsregio", 0.8), ("jeugdregio", 0.1))]
    sure = [{"measure": "division_certainty", "centre_status": "uncertain", "value": uncertain, "n": 342}]
    over = [{"measure": "division_passed_over", "field": "options", "criterion": name, "reason": reason, "value": 1}
            for name, reason in missing]
    return sentences_divisions.questions(
        options(here, veiligheidsregio="mogelijk", **({"eigen": "mogelijk"} if own else {})), here,
        broken=broken(here, *wrong), wins=wins(here, **shares), criteria=through(kept, here, "option", "weight_group"),
        partners=fits(here, **(nested or {})), certainty=through(sure, here, "centre_status"), source="demo",
        passed_over=through(
            over or {"measure": [], "field": [], "criterion": [], "reason": [], "value": []}, here,
            "field", "criterion", "reason"),
    )


def test_no_rule_no_question():
    assert questions().sentences == ("Uit deze cijfers volgt geen vraag.",)
    assert questions(whole=0.5, missing=[("load", "same")]).sentences == ("Uit deze cijfers volgt geen vraag.",)


@pytest.mark.parametrize(("finding", "said"), [
    ({"centrumgemeente": (0.1, 0.2), "veiligheidsregio": (0.9, 0.8)},
     "Wat vindt u samen het belangrijkst? U ziet deze vraag, omdat 2 indelingen bij een eigen weging de meeste "
     "punten hebben."),
    ({"wrong": [("jeugdregio", "several", 2), ("eigen", "once", 1), ("eigen", "whole", 1)]},
     "Wat verandert u als u deze indeling toch wilt: jeugdregio's en eigen? U ziet deze vraag, omdat zij niet voldoet "
     "aan de eisen uit het stuk van 2013."),
    ({"wrong": [("jeugdregio", "several", 2)], "nested": {"eigen": 1.0, "veiligheidsregio": 1.0}},
     "Is dit een goed alternatief voor jeugdregio's: eigen? U ziet deze vraag, omdat jeugdregio's volgens het stuk uit "
     "2013 niet mogelijk zijn. Deze indeling is dat wel, en houdt hun regio's heel."),
    ({"wrong": [("jeugdregio", "several", 2)], "nested": {"eigen": 0.999}},
     "Wat verandert u als u deze indeling toch wilt: jeugdregio's? U ziet deze vraag, omdat zij niet voldoet aan de "
     "eisen uit het stuk van 2013."),
    ({"whole": 0.49}, "Welke samenwerking wilt u zeker houden? U ziet deze vraag, omdat bij deze indeling veel grenzen "
                      "veranderen: centrumgemeenten. Voor 49 procent van de inwoners blijft de regio van nu heel."),
    ({"uncertain": 20}, "Bij welke centrumgemeente hoort uw gemeente? U ziet deze vraag, omdat dat van 20 van de 342 "
                        "gemeenten onzeker is."),
    ({"own": False}, "Heeft u een eigen voorstel? U ziet deze vraag, omdat de studie geen tabel divisions heeft."),
    ({"missing": [("distance", "missing"), ("load", "same")]},
     "Kunt u van elke indeling aanleveren wat nog ontbreekt? U ziet deze vraag, omdat dit nu niet meetelt: afstand tot "
     "het kantoor."),
])
def test_each_question_follows_from_its_finding(finding, said):
    shown = questions(**finding)
    assert shown.sentences == (said,)
    assert not texts.unknown_number(shown.payload, YEAR)


def test_the_demo_gets_five_messages():
    here = case.open("demo")
    asked = {"options": divisions.options, "broken": divisions.broken, "wins": divisions.wins,
             "alone": divisions.alone}
    given = {name: disclosure.release_public(function, here) for name, function in asked.items()}
    shown = sentences_divisions.in_short(given.pop("options"), here, **given, source="demo")
    assert len(shown.sentences) == 5 and shown.sentences[0] == DEPENDS
    assert not texts.unknown_number(shown.payload, YEAR)
