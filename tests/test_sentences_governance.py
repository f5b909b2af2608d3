"""Key messages and questions on who does what: the unknown apart, and a question only where its rule holds."""

from types import SimpleNamespace

import pandas as pd
import pytest
from exhibit_cases import reader
from governance_cases import NA, REGIONS, study, table

from hgeval import disclosure, governance, reference
from hgeval import governance_direction as direction
from hgeval import governance_registers as registers
from hgeval import sentences_governance as sentences

NAMES = {f"VT0{number}": f"Regio {number}" for number in range(1, 7)}
CONFIG = SimpleNamespace(reference_date=pd.Timestamp("2025-12-31").date())
ITEMS = reference.checklist_items()
FLAGS = "region task owner family_contact case_director may_ask_reports override_power"


def lists(region="VT01", **states):
    """All points of the lists arranged, but for these: W1=["niet", "deels"] changes its first two."""
    found = ITEMS[["checklist", "item"]].assign(status="geregeld")
    for checklist, changed in states.items():
        at = found.index[found["checklist"] == checklist][: len(changed)]
        found.loc[at, "status"] = changed
    return [[region, *row] for row in found.values.tolist()]


def directed(**changed):
    tasks = reference.direction_tasks()
    fine = dict(zip(tasks["task"], tasks["tier"].map({"proces": "zvh"}).fillna("ggd"), strict=True))
    rows = [["VT01", task, changed.get(task, owner), False, True, True, True] for task, owner in fine.items()]
    return [row for row in rows if row[2]]


def told(make, *, points=(), tasks=(), goals=(), rules=(), region="VT01", **more):
    case = reader(region, names=NAMES)
    known, held = study(points), table("direction", list(tasks), FLAGS)
    aims = table("goals", list(goals), "region goal number year source")
    against = table("contradictions", list(rules), "region number domain_a domain_b solved mandated")

    def own(frame):
        return disclosure.release_answers(frame, case).where(region=region)

    if make is sentences.short:
        more["country"] = disclosure.release_totals(governance.arranged(known, regions=REGIONS), case)
    none = table("checklist_items", [], "checklist")
    return list(make(
        own(governance.points(known, none, regions=REGIONS)), case, source="demo",
        tasks=own(direction.tasks(known, held, regions=REGIONS)),
        conflicts=own(direction.conflict_counts(known, held, regions=REGIONS)),
        goals=own(registers.goal_counts(known, aims, regions=REGIONS)),
        contradictions=own(registers.contradiction_counts(known, against, regions=REGIONS, config=CONFIG)), **more,
    ).sentences)


GOOD, BARE = ["VT01", "D1", 1, 2026, "x"], ["VT01", "D2", NA, 2026, "x"]
OPEN, SOLVED, HANGS = (["VT01", code, "zorg", "wonen", solved, mandated] for code, solved, mandated in (
    ("1", False, False), ("2", True, True), ("3", NA, NA)))


def test_the_five_messages():
    found = told(
        sentences.short, points=lists(W1=["niet", "deels", "onbekend"], W6=["deels"]), goals=[GOOD, BARE],
        tasks=directed(B01="niemand", C01="onbekend"), rules=[OPEN, SOLVED, HANGS],
    )
    assert found == [
        "Van de 7 wettelijke taken van Veilig Thuis zijn er 4 geregeld. Deels: 1, niet: 1, niet bekend: 1.",
        "Van de 15 punten van toezicht zijn er 14 geregeld. Deels: 1, niet: 0, niet bekend: 0.",
        "Van de 2 doelen in de regiovisie hebben er 1 een getal, een jaar en een bron.",
        "Van de 11 taken in de regie hebben er 9 precies één eigenaar. Niet bekend: 1. Knelpunten die wij vonden: 1.",
        "Regels van zorg en veiligheid die elkaar tegenspreken: 3. Open: 1, opgelost: 1, niet bekend: 1.",
    ]


def test_what_was_not_delivered_is_not_told():
    assert told(sentences.short, goals=[GOOD]) == [
        "Van de 1 doelen in de regiovisie hebben er 1 een getal, een jaar en een bron."]


def test_a_region_without_consent_hears_so_and_how_it_is_in_the_country():
    rows = [*lists("VT01", W1=["niet"]), *lists("VT02"), *lists("VT04", W1=["geregeld"])]
    assert told(sentences.short, points=rows, region="VT04") == [
        "Van deze regio hebben wij geen antwoorden die we mogen laten zien.",
        "In 1 van de 2 regio's die het weten, is dit geregeld: een meldpunt dat iedereen kan vinden en bereiken. "
        "Van wat wij tonen, is geen punt minder vaak geregeld.",
    ]
    (alone,) = told(sentences.short, region="VT04")
    assert alone == "Van deze regio hebben wij geen antwoorden die we mogen laten zien."


FINE = {"points": lists(), "tasks": directed(), "goals": [GOOD], "rules": [SOLVED]}


def asked(**changed):
    return told(sentences.questions, **(FINE | changed))


def test_where_all_is_arranged_no_question_follows():
    assert asked() == ["Uit deze antwoorden volgt geen vraag."]
    assert told(sentences.questions) == ["Van deze regio hebben wij geen antwoorden die we mogen laten zien."]


MELDPUNT = "een meldpunt dat iedereen kan vinden en bereiken"
ADVIES = "advies en informatie aan melders en inwoners"


@pytest.mark.parametrize(("changed", "says"), [
    ({"points": lists(W1=["niet"])}, f"omdat 1 van de 7 taken deels of niet geregeld zijn: {MELDPUNT}."),
    ({"points": lists(W1=["niet", "deels"])}, f"2 van de 7 taken deels of niet geregeld zijn: {MELDPUNT}; {ADVIES}."),
    ({"points": lists(W1=["niet"] * 3)}, f"zijn: {MELDPUNT}; {ADVIES}; en andere."),
    ({"points": lists(W1=["onbekend"])}, "omdat het bij 1 van de 66 punten niet bekend is."),
    ({"points": lists(W2=["niet"], W3=["deels"])},
     "2 van de 35 punten deels of niet geregeld zijn: voorlichting geven en kennis vergroten; genoeg plaatsen"),
    ({"points": lists(W4=["deels"])}, "omdat dit met 1 van de 6 partners deels of niet geregeld is: vrouwenopvang."),
    ({"points": lists(W6=["niet"])}, "omdat 1 van de 15 punten deels of niet geregeld zijn: het college heeft"),
    ({"points": lists(C9=["niet"])}, "Wat gaat voor als er te weinig mensen of geld is?"),
    ({"tasks": directed(B01="niemand")}, "1 van de 11 taken geen eigenaar of meer dan één hebben: beleid maken."),
    ({"tasks": [*directed(), ["VT01", "B01", "gi", NA, NA, NA, NA]]}, "meer dan één hebben: beleid maken."),
    ({"tasks": [[*row[:6], False] for row in directed()]},
     "omdat wij dit vonden: casusregisseur mag niet doorzetten. Aantal keren: 1."),
    ({"goals": [GOOD, BARE]}, "omdat bij 1 van de 2 doelen een getal, jaar of bron ontbreekt."),
    ({"rules": [OPEN, SOLVED]}, "omdat 1 van de 2 regels nog openstaan. Zonder één eigenaar die mag besluiten: 1."),
])
def test_each_rule_asks_one_question_with_its_reason(changed, says):
    (question,) = asked(**changed)
    assert says in question and "U ziet deze vraag, omdat" in question


@pytest.mark.parametrize("changed", [
    {"tasks": [row for row in directed() if row[1] != "B01"]}, {"rules": [HANGS]},
    {"tasks": [[*row[:3], NA, NA, NA, NA] for row in directed()]},
])
def test_what_is_unknown_or_has_no_rule_asks_nothing(changed):
    assert asked(**changed) == ["Uit deze antwoorden volgt geen vraag."]


def test_the_first_six_in_the_order_that_is_told():
    found = asked(
        points=lists(W1=["niet", "onbekend"], W4=["niet"], W6=["niet"], C9=["niet"]), goals=[BARE], rules=[OPEN],
        tasks=[[*row[:6], False] for row in directed(B01="niemand")],
    )
    assert len(found) == 6
    first = ["Wie regelt", "Wie wordt", "Wat moet", "Met welke", "Wat is er", "Wat gaat"]
    assert all(question.startswith(start) for question, start in zip(found, first, strict=True))
