"""What is said of divisions: every message, on both sides of its rule, and never which one to take."""

import pandas as pd
import pytest
from exhibit_cases import reader

from hgeval import case, disclosure, divisions, rates, sentences_divisions
from hgeval.press import texts

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
        "Mogelijk volgens de wet: 2 van de 2 indelingen.",
        "Wij wogen op 286 vaste en 5.000 willekeurige manieren. Zo vaak had een indeling de meeste punten. "
        "Centrumgemeenten: 20 tot 25 procent. Veiligheidsregio's: 75 tot 80 procent.",
        "Telt alleen ‘dichtbij’? Dan gaan de meeste punten naar centrumgemeenten. "
        "Telt alleen ‘deskundig en dag en nacht’? Dan gaan de meeste punten naar veiligheidsregio's.",
        "Doet de indeling van nu mee, dan krijgt zij bij 50 tot 60 procent van de wegingen de meeste punten.",
    ]
    assert not texts.unknown_number(shown.payload, set())


@pytest.mark.parametrize(("rule", "said"), [
    ("once", "Jeugdregio's: wettelijk niet mogelijk. Gemeenten in meer dan één regio: 3."),
    ("several", "Jeugdregio's: wettelijk niet mogelijk. Regio's met maar één gemeente: 3."),
    ("whole", "Jeugdregio's: wettelijk niet mogelijk. Gemeenten zonder regio: 3."),
])
def test_what_the_law_forbids_is_told_with_the_rule(rule, said):
    verdicts = {"centrumgemeente": "mogelijk", "jeugdregio": "wettelijk_niet_mogelijk"}
    shown = in_short(verdicts=verdicts, wrong=[("jeugdregio", rule, 3)])
    assert shown.sentences[1] == f"Mogelijk volgens de wet: 1 van de 2 indelingen. {said}"
    assert not texts.unknown_number(shown.payload, set())


def test_an_option_that_never_has_the_most_points_is_not_told():
    told = in_short(centrumgemeente=(0, 0), veiligheidsregio=(1, 1)).sentences[2]
    assert "Centrumgemeenten" not in told and told.endswith("Veiligheidsregio's: 100 procent.")
    assert "Centrumgemeenten: 0 tot 1 procent." in in_short(centrumgemeente=(0, 0.01)).sentences[2]


def test_groups_with_the_same_winner_stand_together_and_equals_share():
    best = {"nearby": "jeugdregio", "expert": "veiligheidsregio|centrumgemeente", "partners": "jeugdregio"}
    told = in_short(best=best)
    assert told.sentences[3] == (
        "Telt alleen ‘dichtbij’, of alleen ‘past bij partners’? Dan gaan de meeste punten naar jeugdregio's. "
        "Telt alleen ‘deskundig en dag en nacht’? Dan gaan de meeste punten naar veiligheidsregio's en "
        "centrumgemeenten.")


def questions(*, wrong=(), whole=0.6, uncertain=0, own=True, missing=(), **shares):
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
        certainty=through(sure, here, "centre_status"), source="demo", passed_over=through(
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
     "Wilt u deze indeling toch, en welke regio's gaan dan samen? U ziet deze vraag, omdat dit wettelijk niet mogelijk "
     "is: jeugdregio's en eigen."),
    ({"whole": 0.49}, "Welke samenwerking mag niet uit elkaar? U ziet deze vraag, omdat centrumgemeenten veel regio's "
                      "van nu opdelen. Heel blijft die van 49 procent van de inwoners."),
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
    assert not texts.unknown_number(shown.payload, set())


def test_the_demo_gets_five_messages():
    here = case.open("demo")
    asked = {"options": divisions.options, "broken": divisions.broken, "wins": divisions.wins,
             "alone": divisions.alone}
    given = {name: disclosure.release_public(function, here) for name, function in asked.items()}
    shown = sentences_divisions.in_short(given.pop("options"), here, **given, source="demo")
    assert len(shown.sentences) == 5 and shown.sentences[0] == DEPENDS
    assert not texts.unknown_number(shown.payload, set())
