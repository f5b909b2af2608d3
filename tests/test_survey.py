"""Numbers worked out by hand on small surveys; whose answers count, and that nothing else shows them."""

import inspect

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from hgeval import rates, survey, survey_answers, survey_money, survey_partners
from hgeval.codebook import COST_LINES, ELEMENTS, PARTNERS, PAYERS, QUALITY_CRITERIA
from hgeval.errors import EstimateError
from hgeval.schema import TABLES

NA = None
MODULES = (survey, survey_partners, survey_money)
MEASURES = {
    f"{module.__name__}.{name}": function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}
NATIONAL = sorted(name for name in MEASURES if not name.endswith(("_answers", "_by_region", "_links")))
BY_REGION = sorted(set(MEASURES) - set(NATIONAL))


def table(name, rows, columns):
    """Rows as a typed frame; the columns that are not named are left out, as a study may."""
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    types = {"integer": "Int64", "decimal": "Float64", "year": "Int64"}
    frame = pd.DataFrame(rows, columns=columns.split())
    return frame.astype({column: types.get(kinds[column], "str") for column in frame})


def division(count):
    codes = [f"VT{number:02}" for number in range(1, count + 1)]
    return pd.DataFrame({"region": codes, "name": codes, "population": range(100_000, 100_000 * count + 1, 100_000)})


REGIONS = division(5)


@pytest.fixture(scope="module")
def answered():
    """Five regions: two named, one only in the total, one that says nee, one that is silent."""
    return {
        "survey_regions": table("survey_regions", [
            ["VT01", "ja", "VT02", 10, 20, "ja"],
            ["VT02", "ja", "VT01|VT03", 20, 20, "nee"],
            ["VT03", "alleen_in_totaal", "VT02", NA, 40, "in_de_maak"],
            ["VT04", "nee", "VT01", 1000, 1000, "ja"],
        ], "region publicatie_ok partnerregios casussen_mda casussen_verwacht privacyconvenant"),
        "survey_elements": table("survey_elements", [
            ["VT01", "E01", "aanwezig", 5, 4, "vt_regio", "vt_regio", "genoeg", "regionaal"],
            ["VT02", "E01", "gepland", 4, 3, "lokaal", "vt_regio", "geen", "regionaal"],
            ["VT03", "E01", "afwezig", 4, NA, "nvt", "landelijk", NA, "landelijk"],
            ["VT04", "E01", "afwezig", 5, 5, "lokaal", "landelijk", "geen", "landelijk"],
            ["VT01", "E02", "weet_niet", 5, 1, NA, "vt_regio", "te_weinig", NA],
            ["VT02", "E02", "afwezig", 3, 2, "nvt", "nvt", "geen", "regionaal"],
            ["VT03", "E02", "aanwezig", NA, 5, "lokaal", "nvt", "te_weinig", "regionaal"],
            ["VT04", "E02", "aanwezig", 1, 1, "lokaal", "lokaal", "ruim", "regionaal"],
        ], "region element status behoefte prioriteit schaal_nu schaal_wens capaciteit_tekort laag"),
        "survey_costs": table("survey_costs", [
            ["VT01", "K01", 1000, 50, "zvw=60|fonds=40", "zvw", "per_inwoner", "begroting", "ja"],
            ["VT01", "K02", 3000, 0, "zvw=100", "zvw", "anders", NA, "nee"],
            ["VT02", "K01", 2000, 100, "fonds=100", "wlz", "per_inwoner", "schatting", NA],
            ["VT02", "K02", 4000, NA, NA, NA, NA, "raming", "ja"],
            ["VT03", "K01", 4000, 25, "zvw=50|fonds=50", "zvw", "vast_bedrag", "begroting", "tijdelijk"],
            ["VT04", "K01", 9e9, 100, "wlz=100", "wlz", "anders", "raming", "nee"],
        ], "region line kosten_bedrag kosten_ongedekt betaler betaler_wens grondslag kosten_zekerheid structureel"),
        "survey_partners": table("survey_partners", [
            ["VT01", "politie", "ja_met_afspraak", "ja", 4],
            ["VT01", "om", "nee_niet_nodig", NA, NA],
            ["VT01", "csg", "nee_gewenst", "nee", 1],
            ["VT02", "politie", "ja_zonder_afspraak", "deels", 3],
            ["VT02", "om", "ja_met_afspraak", "nee", 5],
            ["VT03", "politie", "ja_met_afspraak", NA, 5],
            ["VT04", "politie", "nee_gewenst", "nee", 1],
        ], "region partner partner_betrokken partner_mandaat partner_tevreden"),
        "survey_quality": table("survey_quality", [
            ["VT01", "Q01", "ja", 5], ["VT01", "Q02", "deels", 4], ["VT01", "Q03", "weet_niet", 3],
            ["VT02", "Q01", "nee", 4], ["VT02", "Q02", "ja", 2],
            ["VT03", "Q01", "deels", NA],
            ["VT04", "Q01", "ja", 5], ["VT04", "Q03", "ja", 5],
        ], "region criterion kwaliteit kwaliteit_belang"),
    }


@pytest.fixture(scope="module")
def expected(answered):
    """What every question answers on that survey."""
    return {name: function(answered, regions=REGIONS) for name, function in MEASURES.items()}


@pytest.fixture
def tables(answered):
    """The same survey, for a test to change."""
    return {key: frame.copy() for key, frame in answered.items()}


def row(frame, **group):
    """The one row of that group, as plain numbers."""
    for column, code in group.items():
        frame = frame[frame[column] == code]
    assert len(frame) == 1
    return frame.iloc[0]


def numbers(frame, **group):
    """n, events and how many of each are unnamed."""
    return tuple(row(frame, **group)[["n", "events", "unnamed", "unnamed_events"]])


def test_every_question_is_found():
    assert {"hgeval.survey.gap_inhabitants", "hgeval.survey_money.uncovered"} <= set(NATIONAL)
    assert len(NATIONAL) == 35
    assert [name.split(".")[-1] for name in BY_REGION] == [
        "element_answers", "layer_answers", "mda_cases_by_region", "partner_links", "region_answers",
        "cost_answers", "density_by_region", "partner_answers", "quality_answers", "quality_by_region",
    ]


# Elements


@pytest.mark.parametrize(("measure", "element", "expected"), [
    ("present", "E01", (3, 1, 1, 0)),
    ("present", "E02", (2, 1, 1, 1)),  # VT01 does not know
    ("planned", "E01", (3, 1, 1, 0)),
    ("planned", "E02", (2, 0, 1, 0)),
    ("needed", "E01", (3, 3, 1, 1)),
    ("needed", "E02", (2, 1, 0, 0)),
    ("prioritised", "E01", (2, 1, 0, 0)),  # 4 counts, 3 does not
    ("prioritised", "E02", (3, 1, 1, 1)),
    ("gaps", "E01", (3, 2, 1, 1)),  # planned and absent are both not there
    ("gaps", "E02", (1, 0, 0, 0)),  # only VT02 answered both, and needs it at 3
    ("scale_mismatch", "E01", (2, 1, 0, 0)),  # nvt now: nothing to compare
    ("scale_mismatch", "E02", (0, 0, 0, 0)),  # nvt or missing on one side in each region
    ("shortage", "E01", (2, 1, 0, 0)),
    ("shortage", "E02", (2, 2, 1, 1)),  # "geen" of an absent element is not asked
    ("present", "E03", (0, 0, 0, 0)),
])
def test_elements(tables, measure, element, expected):
    assert numbers(getattr(survey, measure)(tables, regions=REGIONS), element=element) == expected


def test_a_total_has_the_columns_of_an_estimate_with_the_regions_beside_it(tables):
    present = survey.present(tables, regions=REGIONS)
    assert list(present) == [
        "measure", "region", "element", "n", "events", "value", "low", "high", "level", "method",
        "answered", "regions", "unnamed", "unnamed_events",
    ]
    assert list(present["element"]) == list(ELEMENTS)
    assert set(present["measure"]) == {"present"} and set(present["region"]) == {"NL"}
    assert set(present["method"]) == {"share"} and set(present["regions"]) == {5}
    assert present[["low", "high", "level"]].isna().all(axis=None)
    assert row(present, element="E01")["value"] == pytest.approx(1 / 3)
    assert row(present, element="E03")["value"] is pd.NA  # nobody answered: no 0
    assert (present["answered"] == present["n"]).all()


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("need_scores", {"element": "E01", "behoefte": "4"}, (3, 2, 1, 1)),
    ("need_scores", {"element": "E01", "behoefte": "5"}, (3, 1, 1, 0)),
    ("need_scores", {"element": "E02", "behoefte": "3"}, (2, 1, 0, 0)),
    ("priority_scores", {"element": "E02", "prioriteit": "5"}, (3, 1, 1, 1)),
    ("scale_wished", {"element": "E01", "schaal_wens": "vt_regio"}, (3, 2, 1, 0)),
    ("scale_wished", {"element": "E02", "schaal_wens": "vt_regio"}, (1, 1, 0, 0)),  # nvt is no wish
    ("layer_placed", {"element": "E01", "laag": "landelijk"}, (3, 1, 1, 1)),
    ("privacy_convenant", {"privacyconvenant": "in_de_maak"}, (3, 1, 1, 1)),
    ("privacy_convenant", {"privacyconvenant": "ja"}, (3, 1, 1, 0)),
])
def test_answers_counted(tables, measure, group, expected):
    assert numbers(getattr(survey, measure)(tables, regions=REGIONS), **group) == expected


def test_gap_inhabitants_of_named_regions_is_exact(tables):
    tables["survey_regions"].loc[2, "publicatie_ok"] = "ja"
    gap = row(survey.gap_inhabitants(tables, regions=REGIONS), element="E01")
    assert gap["value"] == pytest.approx((200_000 + 300_000) / 600_000)
    assert (gap["n"], gap["events"], gap["answered"], gap["method"]) == (3, 2, 3, "weighted")


def test_gap_inhabitants_does_not_tell_which_unnamed_region_has_the_gap():
    def share(gap_of_first, gap_of_second):
        elements = [["VT01", "E01", "afwezig", 5], ["VT02", "E01", "afwezig", gap_of_first],
                    ["VT03", "E01", "afwezig", gap_of_second]]
        return row(survey.gap_inhabitants({
            "survey_regions": table("survey_regions", [
                ["VT01", "ja"], ["VT02", "alleen_in_totaal"], ["VT03", "alleen_in_totaal"]], "region publicatie_ok"),
            "survey_elements": table("survey_elements", elements, "region element status behoefte"),
        }, regions=REGIONS), element="E01")["value"]

    assert share(5, 1) == share(1, 5) == pytest.approx((100_000 + 250_000) / 600_000)
    assert share(5, 5) == 1 and share(1, 1) == pytest.approx(1 / 6)


def test_a_layer_is_complete_when_all_its_elements_are_there():
    upper = ["E08", "E09", "E11", "E12"]
    rows = [["VT01", code, "aanwezig"] for code in upper]
    rows += [["VT02", code, "aanwezig"] for code in upper[:3]] + [["VT02", "E12", "gepland"]]
    rows += [["VT03", code, "aanwezig"] for code in upper[:3]] + [["VT03", "E12", "weet_niet"]]
    rows += [["VT04", "E08", "weet_niet"], ["VT04", "E09", "afwezig"]]
    survey_tables = {
        "survey_regions": table("survey_regions", [[f"VT0{n}", "ja"] for n in range(1, 5)], "region publicatie_ok"),
        "survey_elements": table("survey_elements", rows, "region element status"),
    }
    by_region = survey.layer_answers(survey_tables, regions=REGIONS).set_index("region")["complete"]
    assert by_region["VT01"] and not by_region["VT02"] and by_region["VT03"] is pd.NA and not by_region["VT04"]
    total = survey.layers_complete(survey_tables, regions=REGIONS)
    assert numbers(total, layer="bovenregionaal") == (3, 1, 0, 0)
    assert numbers(total, layer="regionaal") == (0, 0, 0, 0)


def test_elements_by_region_keep_the_answer_and_say_what_follows(tables):
    rows = survey.element_answers(tables, regions=REGIONS)
    assert "status" not in rows  # the release has a column of that name
    unknown = row(rows, region="VT01", element="E02")
    assert unknown["presence"] == "weet_niet" and unknown["present"] is pd.NA and unknown["gap"] is pd.NA
    gap = row(rows, region="VT02", element="E01")
    assert (gap["consent"], gap["planned"], gap["gap"], gap["scale_mismatch"], gap["shortage"]) == (
        "ja", True, True, True, True,
    )


# Coverage by partner regions


def coverage(links, present, consents=None):
    """Coverage of E01 by kind of link; regions that are not in `present` did not answer."""
    codes = ["VT01", "VT02", "VT03"]
    consents = consents or ["ja"] * 3
    named = [[code, consent, links.get(code)] for code, consent in zip(codes, consents, strict=True)]
    frame = survey.covered({
        "survey_regions": table("survey_regions", named, "region publicatie_ok partnerregios"),
        "survey_elements": table(
            "survey_elements", [[code, "E01", status] for code, status in present.items()], "region element status"
        ),
    }, regions=REGIONS)
    return {link: numbers(frame, element="E01", link=link)[:2] for link in survey.LINKS}


def test_a_mutual_partner_covers_in_each_way():
    found = coverage({"VT01": "VT02", "VT02": "VT01"}, {"VT01": "afwezig", "VT02": "aanwezig", "VT03": "afwezig"})
    assert found == {"own": (3, 1), "mutual": (3, 2), "either": (3, 2)}


@pytest.mark.parametrize("links", [{"VT01": "VT02"}, {"VT02": "VT01"}])
def test_a_link_named_by_one_side_covers_only_as_either(links):
    found = coverage(links, {"VT01": "afwezig", "VT02": "aanwezig", "VT03": "afwezig"})
    assert found == {"own": (3, 1), "mutual": (3, 1), "either": (3, 2)}


def test_a_region_that_names_itself_or_a_strange_code_is_not_covered_by_it():
    statuses = {"VT01": "afwezig", "VT02": "gepland", "VT03": "afwezig"}
    assert coverage({"VT01": "VT01|VT99"}, statuses, ["alleen_in_totaal", "ja", "ja"])["either"] == (3, 0)


def test_an_unknown_answer_of_the_partner_leaves_the_region_open():
    both = {"VT01": "VT02", "VT02": "VT01"}
    found = coverage(both, {"VT01": "afwezig", "VT02": "weet_niet", "VT03": "afwezig"})
    assert found == {"own": (2, 0), "mutual": (1, 0), "either": (1, 0)}
    assert coverage(both, {"VT02": "aanwezig"})["mutual"] == (2, 2)  # covered, whatever VT01 would answer


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
@pytest.mark.parametrize("status", ["aanwezig", "afwezig"])
def test_coverage_of_a_named_region_tells_nothing_of_an_unnamed_partner(consent, status):
    found = coverage(
        {"VT01": "VT02", "VT02": "VT01"}, {"VT01": "afwezig", "VT02": status, "VT03": "afwezig"}, ["ja", consent, "ja"],
    )
    own_of_unnamed = consent == "alleen_in_totaal" and status == "aanwezig"
    assert found["mutual"] == found["either"]
    assert found["either"] == ((2, 1) if own_of_unnamed else (2 if consent == "alleen_in_totaal" else 1, 0))


def test_the_country_is_covered_when_every_region_is(tables):
    everywhere = survey.covered({
        "survey_regions": table("survey_regions", [[f"VT0{n}", "ja"] for n in range(1, 6)], "region publicatie_ok"),
        "survey_elements": table(
            "survey_elements", [[f"VT0{n}", "E01", "aanwezig"] for n in range(1, 6)], "region element status"),
    }, regions=REGIONS)
    found = row(everywhere, element="E01", link="own")
    assert found["events"] == found["regions"] == 5


def test_partner_links_say_mutual_only_of_who_may_be_named(tables):
    links = survey.partner_links(tables, regions=REGIONS)
    assert list(links) == ["region", "consent", "partner_region", "mutual"]
    assert row(links, region="VT01", partner_region="VT02")["mutual"]
    assert row(links, region="VT02", partner_region="VT03")["mutual"] is pd.NA
    assert "VT04" not in set(links["region"])


# Response, consent and cases


def test_response_counts_usable_regions_of_all(tables):
    tables["survey_quality"]["kwaliteit"] = tables["survey_quality"]["kwaliteit"].mask(
        tables["survey_quality"]["region"] == "VT03", "weet_niet")
    response = survey.response(tables, regions=REGIONS)
    assert dict(zip(response["table"], response["events"], strict=True)) == {
        "survey_regions": 3, "survey_elements": 3, "survey_costs": 3, "survey_partners": 3, "survey_quality": 2,
    }
    assert set(response["n"]) == {5} and set(response["unnamed"]) == {0}


def test_consent_counts_every_region_also_who_says_no_or_nothing(tables):
    consent = survey.consent(tables, regions=REGIONS)
    assert dict(zip(consent["publicatie_ok"], consent["events"], strict=True)) == {
        "ja": 2, "alleen_in_totaal": 1, "nee": 1, "niet_ingevuld": 1,
    }
    assert set(consent["n"]) == {5}


def test_cases_add_up_over_the_regions_that_answered(tables):
    actual = row(survey.mda_cases(tables, regions=REGIONS))
    assert (actual["n"], actual["events"], actual["value"], actual["method"]) == (30, 30, 30, "count")
    assert (actual["answered"], actual["regions"], actual["unnamed"], actual["unnamed_events"]) == (2, 5, 0, 0)
    expected = row(survey.mda_cases_expected(tables, regions=REGIONS))
    assert (expected["value"], expected["answered"], expected["unnamed"], expected["unnamed_events"]) == (80, 3, 1, 40)


def test_cases_that_nobody_gave_are_missing_and_not_zero(tables):
    tables["survey_regions"]["casussen_mda"] = pd.array([pd.NA] * 4, dtype="Int64")
    cases = row(survey.mda_cases(tables, regions=REGIONS))
    assert cases["value"] is pd.NA and cases["n"] is pd.NA and cases["answered"] == 0


def test_cases_by_region_are_only_of_who_may_be_named(tables):
    cases = survey.mda_cases_by_region(tables, regions=REGIONS)
    assert list(cases) == list(rates.COLUMNS)
    assert [tuple(case) for case in cases[["region", "measure", "n", "events", "value"]].to_numpy()] == [
        ("VT01", "mda_cases", 10, 10, 10), ("VT02", "mda_cases", 20, 20, 20),
        ("VT01", "mda_cases_expected", 20, 20, 20), ("VT02", "mda_cases_expected", 20, 20, 20),
    ]


# Partners and quality


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("involvement", {"partner": "politie", "partner_betrokken": "ja_met_afspraak"}, (3, 2, 1, 1)),
    ("involvement", {"partner": "politie", "partner_betrokken": "ja_zonder_afspraak"}, (3, 1, 1, 0)),
    ("involvement", {"partner": "om", "partner_betrokken": "nee_niet_nodig"}, (2, 1, 0, 0)),
    ("mandates", {"partner": "politie", "partner_mandaat": "deels"}, (2, 1, 0, 0)),
    ("mandates", {"partner": "csg", "partner_mandaat": "nee"}, (0, 0, 0, 0)),  # does not take part
    ("satisfaction", {"partner": "politie"}, (3, 2, 1, 1)),
    ("quality_met", {"criterion": "Q01"}, (3, 1, 1, 0)),
    ("quality_met", {"criterion": "Q03"}, (0, 0, 0, 0)),
    ("quality_distribution", {"criterion": "Q01", "kwaliteit": "deels"}, (3, 1, 1, 1)),
    ("importance", {"criterion": "Q01"}, (2, 2, 0, 0)),
    ("importance", {"criterion": "Q02"}, (2, 1, 0, 0)),
])
def test_partners_and_quality(tables, measure, group, expected):
    assert numbers(getattr(survey_partners, measure)(tables, regions=REGIONS), **group) == expected


def test_density_is_agreements_over_relevant_partners(tables):
    by_region = survey_partners.density_by_region(tables, regions=REGIONS).set_index("region")
    assert by_region["density"].to_dict() == {"VT01": 0.5, "VT02": 0.5, "VT03": 1.0}
    whole = row(survey_partners.density(tables, regions=REGIONS))
    assert whole["value"] == pytest.approx(3 / 5)  # not the mean of the three
    assert (whole["n"], whole["events"], whole["method"]) == (3, 1, "weighted")


def test_a_region_without_relevant_partners_has_no_density(tables):
    partners = tables["survey_partners"]
    tables["survey_partners"] = partners[(partners["region"] == "VT01") & (partners["partner"] == "om")]
    assert survey_partners.density_by_region(tables, regions=REGIONS)["density"].isna().all()
    whole = row(survey_partners.density(tables, regions=REGIONS))
    assert whole["n"] == 0 and whole["value"] is pd.NA


def test_satisfaction_is_never_given_by_region(tables):
    assert "partner_tevreden" not in survey_partners.partner_answers(tables, regions=REGIONS)


def test_quality_score_counts_half_for_deels_and_leaves_out_weet_niet(tables):
    scores = survey_partners.quality_score(tables, regions=REGIONS)
    assert row(scores, criterion="Q01")["value"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert row(scores, criterion="Q02")["value"] == pytest.approx(0.75)
    assert row(scores, criterion="Q03")["value"] is pd.NA
    total = row(scores, criterion="total")
    assert total["value"] == pytest.approx((1 + 0.5 + 0 + 1 + 0.5) / 5)
    assert (total["n"], total["events"]) == (3, 0)


def test_quality_by_region(tables):
    regional = survey_partners.quality_by_region(tables, regions=REGIONS).set_index("region")
    assert list(regional.loc["VT01", ["met", "partly", "unmet", "unknown", "score"]]) == [1, 1, 0, 1, 0.75]
    assert regional.loc["VT02", "score"] == 0.5


# Money


def test_uncovered_euros(tables):
    money = survey_money.uncovered(tables, regions=REGIONS)
    first = row(money, line="K01")
    assert first["value"] == 500 + 2000 + 1000
    assert (first["n"], first["events"], first["method"]) == (3, 3, "amount")
    second = row(money, line="K02")  # VT02 gave no uncovered share: not counted, not 0
    assert (second["n"], second["events"], second["value"]) == (1, 0, 0)
    assert row(money, line="K03")["value"] is pd.NA
    total = row(money, line="total")
    assert (total["n"], total["events"], total["value"], total["answered"]) == (3, 3, 3500, 3)


def test_uncovered_per_inhabitant_and_per_case(tables):
    heads = survey_money.uncovered_per_inhabitant(tables, regions=REGIONS)
    assert row(heads, line="total")["value"] == pytest.approx(0.01)  # 3500 euros over 600.000 people, in cents
    cases = survey_money.uncovered_per_case(tables, regions=REGIONS)
    assert row(cases, line="K01")["value"] == pytest.approx(43.75)  # 3500 / (20 + 20 + 40)
    tables["survey_regions"].loc[0, "casussen_verwacht"] = pd.NA
    without = row(survey_money.uncovered_per_case(tables, regions=REGIONS), line="K01")
    assert (without["n"], without["value"]) == (2, 50.0)  # 3000 / 60: the region leaves both sums


def test_uncovered_per_no_cases_at_all_is_missing(tables):
    tables["survey_regions"]["casussen_verwacht"] = pd.array([0] * 4, dtype="Int64")
    assert survey_money.uncovered_per_case(tables, regions=REGIONS)["value"].isna().all()


def test_uncovered_by_certainty_adds_up_to_the_total(tables):
    money = survey_money.uncovered_by_certainty(tables, regions=REGIONS)
    values = dict(zip(money["kosten_zekerheid"], money["value"], strict=True))
    assert values == {"begroting": 1500, "raming": 0, "schatting": 2000, "niet_ingevuld": 0}
    assert set(money["n"]) == {3}
    assert row(money, kosten_zekerheid="begroting")["events"] == 2


def test_who_pays_now_is_weighted_by_the_amount(tables):
    payers = survey_money.payers_now(tables, regions=REGIONS)
    assert list(payers["payer"]) == list(PAYERS)
    assert row(payers, payer="zvw")["value"] == pytest.approx((600 + 3000 + 2000) / 10_000)
    assert row(payers, payer="fonds")["value"] == pytest.approx((400 + 2000 + 2000) / 10_000)
    assert (row(payers, payer="zvw")["n"], row(payers, payer="zvw")["events"]) == (3, 2)
    assert payers["value"].sum() == pytest.approx(1)


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("payers_wished", {"line": "K01", "betaler_wens": "zvw"}, (3, 2, 1, 1)),
    ("payers_wished", {"line": "K02", "betaler_wens": "wlz"}, (1, 0, 0, 0)),
    ("payment_basis", {"line": "K01", "grondslag": "per_inwoner"}, (3, 2, 1, 0)),
    ("structural", {"line": "K01", "structureel": "tijdelijk"}, (2, 1, 1, 1)),
])
def test_money_answers_counted(tables, measure, group, expected):
    assert numbers(getattr(survey_money, measure)(tables, regions=REGIONS), **group) == expected


@pytest.mark.parametrize(("amounts", "unnamed"), [
    ([1000, 1000, 100], 3),  # the third is exactly 10% of the largest
    ([1000, 1000, 99], 1),
    ([1000, 1, 1], 1),
    ([0, 0, 0], 1),  # the sum tells each of them
    ([1000, 1000], 1),
    ([NA, NA, NA], 0),
])
def test_a_sum_that_one_unnamed_region_dominates_counts_as_one(amounts, unnamed):
    codes = [f"VT0{number}" for number in range(2, 2 + len(amounts))]
    consent = [["VT01", "ja"], *([code, "alleen_in_totaal"] for code in codes)]
    costs = [[code, "K01", euros, 100] for code, euros in zip(["VT01", *codes], [9e6, *amounts], strict=True)]
    survey_tables = {
        "survey_regions": table("survey_regions", consent, "region publicatie_ok"),
        "survey_costs": table("survey_costs", costs, "region line kosten_bedrag kosten_ongedekt"),
    }
    for measure in (survey_money.uncovered, survey_money.uncovered_per_inhabitant):
        assert row(measure(survey_tables, regions=REGIONS), line="total")["unnamed"] == unnamed


def test_costs_by_region(tables):
    costs = survey_money.cost_answers(tables, regions=REGIONS)
    assert row(costs, region="VT01", line="K01")["uncovered"] == 500
    assert row(costs, region="VT02", line="K02")["uncovered"] is pd.NA


# Whose answers count


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"hgeval.survey.consent"}))
def test_a_region_that_says_nee_changes_nothing(answered, expected, name):
    without = {key: frame[frame["region"] != "VT04"] for key, frame in answered.items()}
    assert_frame_equal(expected[name], MEASURES[name](without, regions=REGIONS))


@pytest.mark.parametrize("name", ["survey.present", "survey.covered", "survey.partner_links", "survey_money.uncovered"])
@pytest.mark.parametrize("consent", [NA, "anders"])
def test_what_is_no_consent_is_a_nee(tables, expected, name, consent):
    tables["survey_regions"].loc[3, "publicatie_ok"] = consent
    assert_frame_equal(expected[f"hgeval.{name}"], MEASURES[f"hgeval.{name}"](tables, regions=REGIONS))


@pytest.mark.parametrize("name", BY_REGION)
def test_frames_by_region_carry_the_consent(expected, name):
    rows = expected[name]
    if name.endswith("mda_cases_by_region"):
        assert set(rows["region"]) == {"VT01", "VT02"}
    else:
        assert dict(zip(rows["region"], rows["consent"], strict=True)) == {
            "VT01": "ja", "VT02": "ja", "VT03": "alleen_in_totaal",
        }
    assert not {"knelpunt_open", "steun_open", "invuller_functie", "status"} & set(rows)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_order_of_rows_does_not_matter_and_the_input_stays(answered, expected, name):
    turned = {key: frame[::-1] for key, frame in answered.items()}
    before = {key: frame.copy() for key, frame in turned.items()}
    assert_frame_equal(expected[name], MEASURES[name](turned, regions=REGIONS))
    for key, frame in turned.items():
        assert_frame_equal(frame, before[key])


@pytest.mark.parametrize("measure", [
    survey.response, survey.consent, survey.present, survey.covered, survey.partner_links, survey_money.uncovered,
])
def test_a_region_outside_the_division_does_not_count(answered, measure):
    inside = division(2)
    kept = {key: frame[frame["region"] < "VT03"] for key, frame in answered.items()}
    assert_frame_equal(measure(answered, regions=inside), measure(kept, regions=inside))


def no_numbers(name, frame):
    """Every group of the schema stands there, with 0 answers and no value; a response of 0 is a value."""
    assert len(frame) and set(frame["regions"]) == {5}
    if name in ("hgeval.survey.response", "hgeval.survey.consent"):
        assert set(frame["answered"]) == {5}
    else:
        assert set(frame["answered"]) == {0} and frame["value"].isna().all()


@pytest.mark.parametrize("name", [
    "survey.response", "survey.present", "survey.need_scores", "survey.mda_cases", "survey.covered",
    "survey.gap_inhabitants", "survey.layers_complete", "survey_partners.density", "survey_partners.quality_score",
    "survey_money.uncovered", "survey_money.uncovered_per_case", "survey_money.uncovered_by_certainty",
    "survey_money.payers_now",
])
@pytest.mark.parametrize("change", ["absent", "untyped", "only consent"])
def test_without_usable_answers_there_are_no_numbers(tables, name, change):
    if change == "absent":
        tables = {}
    elif change == "untyped":
        tables = {key: pd.DataFrame(columns=list(frame)) for key, frame in tables.items()}
    else:
        tables = {"survey_regions": tables["survey_regions"][["region", "publicatie_ok"]]}
    no_numbers(f"hgeval.{name}", MEASURES[f"hgeval.{name}"](tables, regions=REGIONS))


@pytest.fixture(scope="module")
def unknown():
    """A survey in which every region may be named and knows nothing."""
    codes = REGIONS["region"]
    return {
        "survey_regions": table("survey_regions", [[code, "ja"] for code in codes], "region publicatie_ok"),
        "survey_elements": table(
            "survey_elements", [[code, each, "weet_niet"] for code in codes for each in ELEMENTS],
            "region element status"),
        "survey_costs": table(
            "survey_costs", [[code, each] for code in codes for each in COST_LINES], "region line"),
        "survey_partners": table(
            "survey_partners", [[code, each, NA] for code in codes for each in PARTNERS],
            "region partner partner_betrokken"),
        "survey_quality": table(
            "survey_quality", [[code, each, "weet_niet"] for code in codes for each in QUALITY_CRITERIA],
            "region criterion kwaliteit"),
    }


@pytest.mark.parametrize("name", sorted(set(NATIONAL) - {"hgeval.survey.consent"}))
def test_weet_niet_is_no_answer_anywhere(unknown, name):
    frame = MEASURES[name](unknown, regions=REGIONS)
    no_numbers(name, frame)
    assert set(frame["events"].fillna(0)) == {0}


@pytest.mark.parametrize("count", [25, 26])
def test_the_number_of_regions_is_that_of_the_division(count):
    codes = division(count)["region"]
    survey_tables = {
        "survey_regions": table("survey_regions", [[code, "ja"] for code in codes], "region publicatie_ok"),
        "survey_elements": table(
            "survey_elements", [[code, "E01", "aanwezig"] for code in codes[:19]], "region element status"),
    }
    found = row(survey.present(survey_tables, regions=division(count)), element="E01")
    assert (found["events"], found["n"], found["regions"]) == (19, 19, count)


@pytest.mark.parametrize("name", NATIONAL)
def test_shares_and_counts_follow_from_n_and_events(expected, name):
    frame = expected[name]
    assert set(frame["method"]) <= {"share", "count", "weighted", "amount"}
    computed = frame[frame["method"].isin(["share", "count"])]
    assert_frame_equal(rates.recompute(computed), computed)
    assert (frame["unnamed"] <= frame["answered"]).all()


def test_a_double_row_is_an_error_that_says_where(tables):
    tables["survey_elements"] = pd.concat([tables["survey_elements"]] * 2)
    with pytest.raises(EstimateError) as error:
        survey.present(tables, regions=REGIONS)
    assert str(error.value) == (
        "In de tabel survey_elements staat één onderdeel in één regio meer dan één keer: 8 rijen te veel. "
        "Verwacht: één rij per region en element. Controleer de studie met hgeval check."
    )


@pytest.mark.parametrize(("score", "expected"), [(3, False), (4, True), (5, True)])
def test_high_begins_at_four(score, expected):
    assert survey_answers.high(pd.Series([score], dtype="Int64"))[0] == expected
