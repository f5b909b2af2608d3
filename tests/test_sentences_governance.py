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


def told(make, *, points=(), tasks=(), goals=(), rules=(), region="VT01", profile="cbs5", **more):
    case = reader(region, profile=profile, names=NAMES)
    known, held = study(points), table("direction", list(tasks), FLAGS)
    aims = table("goals", list(goals), "region goal number year source")
    against = table("contradictions", list(rules), "region number domain_a domain_b solved mandated")

    def own(frame):
        return disclosure.release_answers(frame, case).where(region=region)

    more["country"] = disclosure.release_totals(governance.arranged(known, regions=REGIONS), case)
    if make is sentences.short:
        more["filled"] = disclosure.release_totals(
            governance.response(known, aims, held, against, regions=REGIONS), case)
        more["elsewhere"] = disclosure.release_totals(
            direction.conflict_regions(known, held, regions=REGIONS), case)
    none = table("checklist_items", [], "checklist")
    return list(make(
        own(governance.points(known, none, regions=REGIONS)), case, source="demo",
        tasks=own(direction.tasks(known, held, regions=REGIONS)),
        conflicts=own(direction.conflict_counts(known, held, regions=REGIONS)),
        goals=own(registers.goal_counts(known, aims, regions=REGIONS)),
        contradictions=own(registers.contradiction_counts(known, against, regions=REGIONS, config=CONFIG)), **more,
    ).sentences)


GOOD, BARE = ["VT01", "D1", 1, 2026, "x"], ["VT01", "D2", NA, 2026, "x"]
OPEN, SOLVED, HANGS, OWNED, UNSAID = (["VT01", code, "zorg", "wonen", *said] for code, *said in (
    ("1", False, False), ("2", True, True), ("3", NA, NA), ("4", False, True), ("5", False, NA)))


def test_the_five_messages():
    found = told(
        sentences.short, points=lists(W1=["niet", "deels", "onbekend"], W1B=["deels"], W6=["deels"]),
        goals=[GOOD, BARE], tasks=directed(B01="niemand", C01="onbekend"), rules=[OPEN, SOLVED, HANGS],
    )
    assert found == [
        "De wet geeft Veilig Thuis zeven taken, en noemt er daarna nog drie. "
        "Van deze 10: 6 geregeld, 2 deels, 1 niet en 1 niet bekend.",
        "Over het toezicht gaan 15 punten: 14 geregeld, 1 deels, 0 niet en 0 niet bekend.",
        "Doelen in de regiovisie: 2. Met een getal, een jaar en een bron: 1.",
        "Elke taak in de regie hoort één eigenaar te hebben. Dat is zo bij 9 van de 11 taken; niet bekend: 1. "
        "Knelpunten die wij vonden: 1.",
        "Regels van zorg en veiligheid die elkaar tegenspreken: 3. Open: 1, opgelost: 1, niet bekend: 1.",
    ]


def test_what_was_not_delivered_is_not_told():
    assert told(sentences.short, goals=[GOOD]) == [
        "Doelen in de regiovisie: 1. Met een getal, een jaar en een bron: 1."]


NOT_SHOWN = (
    "Van deze regio mogen wij geen antwoorden laten zien, of wij hebben ze niet. Wat u kunt doen, leest u verderop."
)
NOT_GIVEN = "Van uw regio hebben wij geen antwoorden. Wat u kunt doen, leest u verderop."
COUNTRY = " Hier staat wat wij van heel Nederland weten."
TWO = [*lists("VT01", W1=["niet"], W6=["niet"]), *lists("VT02"), *lists("VT04", W1=["geregeld"])]
ROLE = [["VT01", "P01", "zvh", True, NA, NA, NA], ["VT02", "P01", "zvh", True, NA, NA, NA]]


def test_a_region_without_consent_hears_so_and_how_it_is_in_the_country():
    assert told(sentences.short, points=TWO, tasks=ROLE, region="VT04") == [
        NOT_SHOWN + COUNTRY,  # how many filled it in stays hidden: none of those without a name may be counted
        "Van wat wij mogen tonen, is dit het minst vaak geregeld: een meldpunt dat iedereen kan vinden en bereiken. "
        "Het is er in 1 van de 2 regio's die het weten.",
        "Van de knelpunten in de regie die wij mogen tonen, komt dit het vaakst voor: wie het proces regisseert, heeft "
        "contact met gezinnen. Het is er in 2 van de 2 regio's die het weten.",
    ]
    assert told(sentences.short, region="VT04") == [NOT_SHOWN]


@pytest.mark.parametrize(("contact", "pushes", "says"), [
    (True, True, "wie het proces regisseert, heeft contact met gezinnen. Het is er in 2 van de 2 regio's"),
    (True, False, "wie het proces regisseert, heeft contact met gezinnen. Het is er in 2 van de 2 regio's"),
    (False, False, "casusregisseur mag niet doorzetten. Het is er in 1 van de 2 regio's"),
    (False, True, ""),  # found nowhere
])
def test_the_conflict_of_most_regions_is_told_if_there_is_one(contact, pushes, says):
    rows = [[region, "P01", "zvh", contact, NA, NA, NA] for region in ("VT01", "VT02")]
    rows += [["VT01", "C01", "ggz", NA, NA, NA, pushes], ["VT02", "C01", "ggz", NA, NA, NA, True]]
    found = told(sentences.short, points=TWO, tasks=rows, region="VT04")
    assert [says in sentence for sentence in found[2:]] == [True] * bool(says)


def test_others_hear_the_same_of_a_region_that_refuses_and_of_one_that_gave_nothing():
    points = [*TWO, ["VT03", "W1", "05", "niet"]]
    refused, nothing, in_total = (told(sentences.short, points=points, region=f"VT0{number}") for number in (4, 6, 3))
    assert refused == nothing == in_total and refused[0] == NOT_SHOWN + COUNTRY


def test_a_region_hears_for_its_own_eyes_that_it_gave_nothing():
    assert told(sentences.short, region="VT06", profile="exact10") == [NOT_GIVEN]
    assert told(sentences.questions, region="VT06", profile="exact10") == [
        "Wie vult de lijsten voor uw regio in? U ziet deze vraag, omdat wij geen antwoorden van uw regio hebben."]
    assert told(sentences.short, points=TWO, region="VT04", profile="exact10")[0].startswith("De wet geeft")


def test_how_many_filled_it_in_is_told_where_it_may_be():
    case = reader("VT06", names=NAMES)
    row = governance.response(study(TWO), *(table(name, [], "region") for name in (
        "goals", "direction", "contradictions")), regions=REGIONS).assign(events=3, unnamed=0, unnamed_events=0)
    (sentence, used), = sentences._filled(disclosure.release_totals(row, case).frame)
    assert sentence == "In heel Nederland vulden 3 van de 6 regio's de lijsten in, en mogen wij hun antwoorden tellen."
    assert [each["events"] for each in used] == [3]
    assert list(sentences._filled(disclosure.release_totals(row.assign(events=0), case).frame)) == []


def test_a_region_of_which_nothing_is_shown_is_asked_for_its_answers():
    assert told(sentences.questions, points=TWO, region="VT04") == [
        "Wilt u de antwoorden van deze regio hier zien? U ziet deze vraag, omdat wij er geen hebben die wij mogen "
        "tonen. Vul dan de lijsten in, en geef de makers van de studie toestemming.",
        "Wilt u de antwoorden eerst zelf bekijken? U ziet deze vraag, omdat dat ook zonder toestemming kan. De makers "
        "van de studie kunnen een rapport maken voor alleen uw regio.",
        "Hoe staat het bij u met wat in Nederland het minst vaak is geregeld: een meldpunt dat iedereen kan vinden en "
        "bereiken? U ziet deze vraag, omdat het er is in 1 van de 2 regio's die het weten.",
    ]


FINE = {"points": lists(), "tasks": directed(), "goals": [GOOD], "rules": [SOLVED]}


def asked(**changed):
    return told(sentences.questions, **(FINE | changed))


def test_where_all_is_arranged_no_question_follows():
    assert asked() == ["Uit deze antwoorden volgt geen vraag."]


MELDPUNT = "een meldpunt dat iedereen kan vinden en bereiken"
ADVIES = "advies en informatie aan melders en inwoners"


@pytest.mark.parametrize(("changed", "says"), [
    ({"points": lists(W1=["niet"])}, f"geregeld: {MELDPUNT} (niet geregeld). Het gaat om 1 van de 10 taken."),
    ({"points": lists(W1=["deels", "niet"])},  # what is not arranged comes first
     f"geregeld: {ADVIES} (niet geregeld); {MELDPUNT} (deels geregeld). Het gaat om 2 van de 10 taken."),
    ({"points": lists(W1B=["deels"])},
     "Wie regelt wat de wet vraagt, en wanneer? U ziet deze vraag, omdat nog niet alles is geregeld: beoordelen welke "
     "stappen na een melding nodig zijn (deels geregeld). Het gaat om 1 van de 10 taken."),
    ({"points": lists(W1=["deels"] * 2, W1B=["niet"] * 3)}, "; en nog 2. Het gaat om 5 van de 10 taken."),
    ({"points": lists(W1=["onbekend"])}, "omdat het bij 1 van de 66 punten niet bekend is."),
    ({"points": lists(W2=["deels"], W5=["niet"])},
     "geregeld: de centrumgemeente krijgt het geld en heeft de regie (niet geregeld); voorlichting geven en kennis "
     "vergroten (deels geregeld). Het gaat om 2 van de 24 punten."),
    ({"points": lists(W3=["deels"])},
     "Wat is er nodig voor de opvang? U ziet deze vraag, omdat nog niet alles is geregeld: genoeg plaatsen in de "
     "opvang bij ernstige bedreiging (deels geregeld). Het gaat om 1 van de 8 punten."),
    ({"points": lists(W4=["deels"])}, "geregeld: vrouwenopvang (deels geregeld). Het gaat om 1 van de 6 partners."),
    ({"points": lists(W6=["niet"])}, "aangewezen (niet geregeld). Het gaat om 1 van de 15 punten."),
    ({"points": lists(C9=["niet"])}, "Wat gaat voor als er te weinig mensen of geld is?"),
    ({"tasks": directed(B01="niemand")}, "heeft: beleid maken (geen eigenaar). Het gaat om 1 van de 11 taken."),
    ({"tasks": [*directed(), ["VT01", "B01", "gi", NA, NA, NA, NA]]}, "heeft: beleid maken (meer dan één). Het gaat"),
    ({"tasks": [*directed(C04="niemand"), *([["VT01", f"B0{at}", "gi", NA, NA, NA, NA] for at in (1, 2, 3, 4)])]},
     "heeft: doorzetten en besluiten om in te grijpen (geen eigenaar); beleid maken (meer dan één); de aanpak in de "
     "regio afspreken (meer dan één); en nog 2. Het gaat om 5 van de 11 taken."),
    ({"tasks": [[*row[:6], False] for row in directed()]},
     "omdat wij dit vonden: casusregisseur mag niet doorzetten. Aantal keren: 1."),
    ({"goals": [GOOD, BARE]}, "omdat bij 1 van de 2 doelen een getal, jaar of bron ontbreekt."),
    ({"rules": [OPEN, SOLVED]},
     "Wie besluit over regels die elkaar tegenspreken? U ziet deze vraag, omdat nog niet alles is opgelost. Nog "
     "open: 1 van de 2. Daarvan zonder één eigenaar die mag besluiten: 1, niet bekend: 0."),
    ({"rules": [OWNED, UNSAID]},
     "Nog open: 2 van de 2. Daarvan zonder één eigenaar die mag besluiten: 0, niet bekend: 1."),
    ({"rules": [OWNED, SOLVED]},
     "Wanneer lossen de eigenaars de regels op die elkaar tegenspreken? U ziet deze vraag, omdat nog niet alles is "
     "opgelost. Nog open: 1 van de 2. Elke open regel heeft één eigenaar die mag besluiten."),
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
    everything = asked(
        points=lists(W1=["niet", "onbekend"], W3=["niet"], W4=["niet"], W6=["niet"], C9=["niet"]), goals=[BARE],
        rules=[OPEN], tasks=[[*row[:6], False] for row in directed(B01="niemand")],
    )
    first = ["Wie regelt wat de wet", "Wat is er nodig voor de opvang", "Wie wordt", "Wat is er nodig om het toezicht",
             "Wat moet er in de regie", "Wie besluit"]
    assert [question.startswith(start) for question, start in zip(everything, first, strict=True)] == [True] * 6
    others = asked(points=lists(W1=["onbekend"], W2=["niet"], W4=["niet"], C9=["niet"]), goals=[BARE])
    then = ["Met welke partners", "Hoe maakt u", "Wat gaat voor", "Wat regelt u eerst", "Wie zoekt uit"]
    assert [question.startswith(start) for question, start in zip(others, then, strict=True)] == [True] * 5
