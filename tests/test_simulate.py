"""The synthetic study: the same every time, like the published figures, and true to the truth beside it."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from hgeval import (
    paths,
    reference,
    simulate,
    simulate_families,
    simulate_measurements,
    simulate_meldingen,
    simulate_money,
)
from hgeval.schema import TABLES
from hgeval.schema_study import ACTS, SEVERE_ACTS
from hgeval.simulate_model import Model, pick, stream

DEMO = {"families": 3250, "seed": 2022, "year": 2022}
REFERENCE_DATE = pd.Timestamp("2025-12-31")


@pytest.fixture(scope="module")
def demo():
    return simulate.study(**DEMO)


@pytest.fixture(scope="module")
def folder(demo, tmp_path_factory):
    made = tmp_path_factory.mktemp("made") / "demo"
    simulate.write(made, demo)
    return made


@pytest.fixture(scope="module")
def drawn():
    return _drawn(families=3250, seed=2022)


def _drawn(*, families, seed):
    regions = reference.regions(2022).astype({"population": "int64", "municipalities": "int64"})
    towns = reference.municipalities(2022).astype({"population": "int64"})
    return simulate_families.draw(regions, towns, families=families, seed=seed, model=Model())


def _levels(measurements):
    """Level of violence per family and wave, worked out here from the definition: the most any informant tells."""
    rows = measurements.assign(**{name: measurements[name].fillna(0) for name in ACTS})
    rows = rows.assign(**{name: measurements[name].fillna(False) for name in SEVERE_ACTS})
    most = rows.groupby(["family_id", "wave"])[[*ACTS, *SEVERE_ACTS, "window_months"]].max()
    incidents = (most[list(ACTS)].sum(axis=1) * 12 / most["window_months"]).astype(float)
    severe = most[list(SEVERE_ACTS)].any(axis=1).astype(bool)
    level = np.select([severe, incidents >= 22, incidents > 0], [3, 2, 1], 0)
    return pd.DataFrame({"incidents": incidents, "level": level}, index=most.index).reset_index()


def _text(folder, table):
    return pd.read_csv(folder / f"{table}.csv", sep=";", dtype=str, keep_default_na=False)


# --- the same every time ---------------------------------------------------------------------------


def test_two_writes_give_the_same_bytes(demo, folder, tmp_path):
    simulate.write(tmp_path / "elders" / "nog-een", simulate.study(**DEMO))
    again = {path.name: path.read_bytes() for path in (tmp_path / "elders" / "nog-een").iterdir()}
    assert again == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(again) == {"study.yml", "truth.json", *(f"{name}.csv" for name in TABLES)}


def test_demo_in_the_repository_is_what_the_code_makes(folder):
    kept = paths.root() / "data" / "demo"
    for path in folder.iterdir():
        assert (kept / path.name).read_bytes() == path.read_bytes(), path.name
    assert sum(path.stat().st_size for path in kept.iterdir() if path.is_file()) < 2_700_000  # not what a build keeps


def test_another_seed_gives_another_study(demo):
    other = simulate.study(**(DEMO | {"seed": 2023}))
    assert not other.tables["families"].equals(demo.tables["families"])
    assert not other.tables["survey_elements"].equals(demo.tables["survey_elements"])


def test_a_table_drawn_alone_is_the_one_in_the_study(demo, drawn):
    towns = reference.municipalities(2022).astype({"population": "int64"})
    alone = simulate_meldingen.table(drawn, towns, seed=2022)
    pd.testing.assert_frame_equal(alone, demo.tables["meldingen"])
    regions = reference.regions(2022).astype({"population": "int64"})
    pd.testing.assert_frame_equal(simulate_money.tables(regions, seed=2022)["covenants"], demo.tables["covenants"])


def test_the_order_of_the_region_table_does_not_matter(drawn):
    regions = reference.regions(2022).astype({"population": "int64"}).iloc[::-1]
    towns = reference.municipalities(2022).astype({"population": "int64"})
    turned = simulate_families.draw(regions, towns, families=3250, seed=2022, model=Model())
    pd.testing.assert_frame_equal(turned.table, drawn.table)


def test_streams_differ_by_part_and_by_seed():
    draws = {stream(seed, part).integers(2**60) for seed in (1, 2) for part in ("families", "course")}
    assert len(draws) == 4
    assert stream(1, "families").integers(2**60) == stream(1, "families").integers(2**60)


def test_pick_follows_the_weights():
    drawn = pick(stream(1, "pick"), np.tile([1.0, 0.0, 3.0], (40_000, 1)))
    # three in four, give or take four standard errors
    assert np.bincount(drawn, minlength=3)[1] == 0
    assert (drawn == 2).mean() == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 40_000))


# --- like the published figures --------------------------------------------------------------------


def test_regions_have_sizes_as_in_reality(demo):
    counts = demo.tables["families"]["region"].value_counts()
    assert len(counts) == 26 and counts.sum() == 3250
    assert 20 <= counts.min() <= 24  # so that small cells occur
    population = reference.regions(2022).set_index("region")["population"].astype(float)
    assert np.corrcoef(counts.sort_index(), population.sort_index())[0, 1] > 0.7


def test_small_cells_occur(demo):
    measured = demo.tables["measurements"].merge(demo.tables["families"][["family_id", "region"]])
    cells = _levels(measured).merge(demo.tables["families"][["family_id", "region"]])
    counts = cells.groupby(["region", "wave", "level"]).size()
    assert (counts < 10).sum() >= 20
    meldingen = demo.tables["meldingen"]
    assert (meldingen.groupby(["region", meldingen["received_on"].dt.year, "kind"]).size() < 10).any()


def test_violence_is_as_in_the_cohort_study(demo):
    levels = _levels(demo.tables["measurements"])
    none = levels["level"].eq(0).groupby(levels["wave"]).mean()
    assert none["T1"] == pytest.approx(0.065, abs=0.015)  # about 2,000 families: two standard errors are 0.011
    assert none["T3"] == pytest.approx(0.30, abs=0.04)  # about 1,200 families: three standard errors are 0.04
    assert none["T1"] < none["T2"] < none["T3"]
    last = levels[levels["wave"] == "T3"]
    assert 0.50 < (last["level"] >= 2).mean() < 0.60  # "more than half still frequent or severe"
    first = levels.loc[levels["wave"] == "T1", "incidents"]
    assert first.mean() == pytest.approx(71, abs=12)
    assert first.var() > 20 * first.mean() and first.median() < 0.7 * first.mean()  # overdispersed, with a heavy tail


def test_response_is_as_in_the_cohort_study(demo):
    families, measurements = demo.tables["families"], demo.tables["measurements"]
    counts = measurements.groupby("wave")["family_id"].nunique()
    assert families["invited"].mean() == pytest.approx(0.90, abs=0.02)
    assert counts["T1"] / families["invited"].sum() == pytest.approx(0.70, abs=0.03)
    assert counts["T3"] / counts["T1"] == pytest.approx(0.57, abs=0.04)
    assert measurements["family_id"].isin(families.loc[families["invited"], "family_id"]).all()


def test_case_mix_is_as_published(demo):
    families = demo.tables["families"]
    assert families["child_abuse"].mean() == pytest.approx(0.50, abs=0.03)
    assert families["partner_violence"].mean() == pytest.approx(0.38, abs=0.03)
    assert (families["child_abuse"] & families["partner_violence"]).any()
    assert families["substance_use"].mean() > 0.40
    assert families["poverty"].mean() == pytest.approx(0.50, abs=0.03)
    assert families["prior_reports"].gt(0).mean() == pytest.approx(0.38, abs=0.03)
    assert families["children"].mean() == pytest.approx(978 / 576, abs=0.2)
    per_worker = families.groupby("worker").size()
    assert per_worker.mean() == pytest.approx(25, abs=2)
    assert families.dropna(subset=["provider"]).groupby("worker")["provider"].nunique().eq(1).all()


def test_meldingen_are_as_published(demo):
    meldingen = demo.tables["meldingen"]
    kinds = meldingen["kind"].value_counts(normalize=True)
    published = {"eerste_melding": 0.319, "hermelding": 0.381, "vervolgmelding": 0.285, "onbekend": 0.015}
    for kind, share in published.items():
        assert kinds[kind] == pytest.approx(share, abs=0.015), kind
    assert meldingen["reporter"].eq("politie_justitie").mean() == pytest.approx(0.672, abs=0.02)
    assert meldingen["route"].eq("onderzoek").mean() == pytest.approx(0.058, abs=0.015)
    assert 3 <= len(meldingen) / len(demo.tables["families"]) <= 4
    on_time = (meldingen["assessed_on"] - meldingen["received_on"]).dt.days <= 5
    assert 0.3 < on_time.mean() < 0.8  # far below the sector's own 90%
    assert set(meldingen["received_on"].dt.year) == {2023, 2024, 2025}


def test_dates_of_a_melding_follow_each_other(demo):
    meldingen = demo.tables["meldingen"]
    steps = ["received_on", "assessed_on", "investigation_started_on", "investigation_closed_on", "closed_on"]
    for earlier, later in zip(steps, steps[1:], strict=False):
        assert not (meldingen[later] < meldingen[earlier]).any(), later
    assert not (meldingen[steps] > REFERENCE_DATE).any().any()
    assert meldingen["outcome"].notna().equals(meldingen["investigation_closed_on"].notna())
    assert meldingen.loc[meldingen["assessed_on"].isna(), ["safety", "route"]].isna().all().all()
    assert meldingen["received_on"].is_monotonic_increasing


def test_repeats_are_vervolgmelding_only_while_involved(demo):
    known = demo.tables["meldingen"].dropna(subset=["family_id"])
    start = known.merge(demo.tables["families"][["family_id", "reported_on"]])
    first = start[start["received_on"] == start["reported_on"]].groupby("family_id")["closed_on"].first()
    later = start[start["received_on"] > start["reported_on"]]
    ended = later["received_on"] > later["family_id"].map(first)
    assert later["kind"].eq("hermelding").equals(ended) and ended.any() and not ended.all()


# --- true to the truth beside it -------------------------------------------------------------------


def test_without_drop_out_the_data_show_the_truth():
    drawn = _drawn(families=20_000, seed=5)
    everyone = pd.DataFrame(True, index=drawn.table.index, columns=list(simulate_measurements.WAVES))
    measured = simulate_measurements.table(drawn, everyone, seed=5, model=Model())
    levels = _levels(measured).pivot(index="family_id", columns="wave", values="level")
    levels = levels.join(drawn.table.set_index("family_id")["region"])
    at_risk = levels[levels["T1"] > 0]
    known = simulate.truth(drawn, model=Model())
    for wave in ("T2", "T3"):
        stopped = at_risk[wave].eq(0)
        assert int(stopped.sum()) == known["national"]["realised"]["stopped"][wave]
        # four standard errors, widened for families that share a worker (design effect about 1.9)
        assert stopped.mean() == pytest.approx(known["national"]["stopped"][wave], abs=0.016)
        shares = {region: part["stopped"][wave] for region, part in known["regions"].items()}
        z = [_z(found, shares[region]) for region, found in stopped.groupby(at_risk["region"])]
        assert np.mean(np.square(z)) < 3  # 1.9 expected over 26 regions; a truth without region effects gives about 10


def _z(found, share):
    return (found.mean() - share) / np.sqrt(share * (1 - share) / len(found))


def test_truth_integrates_over_worker_and_family():
    model = Model()
    spread = float(np.hypot(0.4, 0.8))
    own = simulate_families.shares(np.array([-1.0, 0.5]), spread=spread, model=model)

    def mean(function):
        return integrate.quad(lambda u: function(u) * stats.norm.pdf(u, scale=spread), -9, 9)[0]

    def chance(logit):
        return 1 / (1 + np.exp(-logit))

    for place, logit in enumerate((-1.0, 0.5)):
        later = logit - model.stop_t2 + model.stop_t3
        assert own["T2"][place] == pytest.approx(mean(lambda u, at=logit: chance(at + u)), abs=1e-8)
        both = mean(lambda u, at=logit, to=later: chance(at + u) * chance(to + u + model.stayed_calm))
        assert own["durable"][place] == pytest.approx(both, abs=1e-8)
        anew = mean(lambda u, at=logit, to=later: (1 - chance(at + u)) * chance(to + u))
        assert own["T3"][place] == pytest.approx(both + anew, abs=1e-8)


def test_confounding_by_indication_hides_the_effect(demo):
    drawn = _drawn(families=40_000, seed=3)
    severity = drawn.latent.groupby(drawn.table["intervention"])["severity"].mean()
    assert severity["huisverbod"] > severity["systeemtherapie"] > severity["reguliere_hulp"] > severity["geen"]
    violent = drawn.latent["violence_T1"]
    stopped = (~drawn.latent["violence_T2"])[violent].groupby(drawn.table["intervention"][violent]).mean()
    crude = stopped["huisverbod"] - stopped["reguliere_hulp"]
    true = simulate.truth(drawn, model=Model())["interventions"]["huisverbod"]["difference"]["T2"]
    assert true > 0.03 and crude < true - 0.02  # families with a huisverbod were worse off to begin with


def test_what_was_assigned_is_not_always_delivered(demo):
    families = demo.tables["families"]
    assert families["assigned"].eq(families["intervention"]).mean() == pytest.approx(0.86, abs=0.04)
    preference = pd.crosstab(families["region"], families["assigned"], normalize="index")["casemanagement"]
    assert preference.max() - preference.min() > 0.2


def test_drop_out_depends_on_the_violence_itself(drawn):
    present = simulate_measurements.response(drawn, seed=2022, model=Model())
    began = present["T1"]
    stayed = present["T3"][began].groupby(drawn.latent["violence_T3"][began]).mean()
    assert stayed[True] < stayed[False] - 0.05
    seen = (~drawn.latent["violence_T3"])[present["T3"]].mean()
    assert seen > (~drawn.latent["violence_T3"])[began].mean() + 0.01  # who stays makes it look better than it is
    assert not present.loc[~began].any().any()


def test_truth_file_says_what_was_drawn(folder, demo):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert (truth["seed"], truth["families"], truth["division"]["year"]) == (2022, 3250, 2022)
    assert sorted(truth["regions"]) == sorted(demo.tables["families"]["region"].unique())
    for part in (truth["national"], *truth["regions"].values()):
        assert 0 < part["stopped_durably"] < part["stopped"]["T2"] < part["stopped"]["T3"] < 1
    sizes = {region: part["realised"]["families"] for region, part in truth["regions"].items()}
    assert sizes == demo.tables["families"]["region"].value_counts().to_dict()
    assert truth["interventions"]["reguliere_hulp"]["difference"] == {"T2": 0.0, "T3": 0.0}
    differences = {name: part["difference"]["T3"] for name, part in truth["interventions"].items()}
    assert sorted(differences, key=differences.get) == [
        "geen", "reguliere_hulp", "casemanagement", "huisverbod", "systeemtherapie",
    ]
    assert truth["model"]["respond_t3"][3] < 0
