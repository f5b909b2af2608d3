"""All regions at once, against the loop that one would write first: seconds for many families.

    python benchmarks/regions.py --families 3000,300000,3000000

Both give each region the share that stopped with its interval and design effect, and the share to be expected of its
families. The loop takes one region at a time, with statsmodels; ours counts all of them together. No time counts unless
the numbers are equal.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from statsmodels.api import GLM
from statsmodels.api import families as links
from statsmodels.stats.proportion import proportion_confint

from hgeval import casemix, effects, params, paths, rates

REGIONS = [f"VT{number:02}" for number in range(1, 27)]
MIX = ("start", "prior_reports", "partner_violence", "substance_use")


def drawn(size: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """families and wide, as `cohort` gives them, with violence at the first wave in all."""
    rng = np.random.default_rng(seed)
    region = rng.integers(0, len(REGIONS), size)
    worker = region * 1_000_000 + rng.integers(0, max(2, size // 26 // 25), size)
    ids = pd.Series(np.arange(size)).astype("str")
    severe = rng.random(size)
    calm = rng.random(size) < 0.15 + 0.2 * severe
    families = pd.DataFrame({
        "family_id": ids, "intervention": "geen", "prior_reports": pd.array(rng.integers(0, 4, size), dtype="Int64"),
        "partner_violence": pd.array(rng.random(size) < 0.4, dtype="boolean"),
        "substance_use": pd.array(rng.random(size) < 0.4, dtype="boolean"),
    })
    wide = pd.DataFrame({
        "family_id": ids, "region": np.array(REGIONS, dtype=object)[region], "cluster": pd.Series(worker).astype("str"),
        "intervention": "geen", "level_T1": pd.array(1 + (severe > 0.5) + (severe > 0.8), dtype="Int64"),
        "level_T2": pd.array(np.where(calm, 0, 1), dtype="Int64"),
        "incidents_T1": pd.array(np.full(size, 30.0), dtype="Float64"),
        "incidents_T2": pd.array(np.where(calm, 0.0, 12.0), dtype="Float64"),
    })
    return families, wide.astype({"region": "str", "intervention": "str"})


def ours(families: pd.DataFrame, wide: pd.DataFrame, config: params.Study) -> pd.DataFrame:
    shares = effects.stopped(wide, config, REGIONS)
    found = shares[shares["region"] != rates.NATIONAL].set_index("region")
    hoped = casemix.expected(families, wide, config).set_index("region")["value"]
    return found[["value", "low", "high"]].assign(expected=hoped).sort_index().astype("float64")


def loop(families: pd.DataFrame, wide: pd.DataFrame) -> pd.DataFrame:
    rows = wide.merge(families.drop(columns="intervention"), on="family_id")
    rows["stopped"] = (rows["level_T2"] == 0).astype("float64")
    mix = rows.assign(start=rows["level_T1"].astype("str"), prior_reports=rows["prior_reports"].clip(upper=2))
    x = pd.get_dummies(mix[list(MIX)].astype("str"), drop_first=True, dtype="float64").assign(one=1.0)
    rows["expected"] = GLM(rows["stopped"].to_numpy(), x.to_numpy(), family=links.Binomial()).fit().fittedvalues
    surplus, strangers, found = 0.0, 0.0, {}
    for region in REGIONS:
        own = rows[rows["region"] == region]
        by_worker = own.groupby("cluster")["stopped"].agg(["sum", "size"])
        p, count = own["stopped"].mean(), len(by_worker)
        if count > 1:
            surplus += ((by_worker["sum"] - p * by_worker["size"]) ** 2).sum() * count / (count - 1)
            strangers += p * (1 - p) * len(own) ** 2 / (len(own) - 1)
    deff = max(1.0, round(surplus / strangers, 2))
    for region in REGIONS:
        own = rows[rows["region"] == region]
        n, events = len(own), own["stopped"].sum()
        low, high = proportion_confint(events / deff, n / deff, method="wilson")
        found[region] = (events / n, low, high, own["expected"].mean())
    return pd.DataFrame.from_dict(found, orient="index", columns=["value", "low", "high", "expected"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", type=lambda text: [int(size) for size in text.split(",")],
                        default=[3_000, 300_000, 3_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    config = params.study(paths.study_dir("demo")).model_copy(
        update={"waves": params.study(paths.study_dir("demo")).waves[:2]}
    )
    print("| gezinnen | lus per regio (s) | alle regio's samen (s) | sneller |\n|---|---|---|---|")
    for size in given.families:
        families, wide = drawn(size)
        ways = {"loop": lambda: loop(families, wide), "ours": lambda: ours(families, wide, config)}  # noqa: B023
        taken: dict[str, list[float]] = {name: [] for name in ways}
        made = {}
        for number in range(given.rounds if size < 1_000_000 else 1):
            for name in list(ways)[:: 1 if number % 2 == 0 else -1]:
                started = time.perf_counter()
                made[name] = ways[name]()
                taken[name].append(time.perf_counter() - started)
        np.testing.assert_allclose(made["ours"], made["loop"], rtol=1e-6)
        slow, quick = min(taken["loop"]), min(taken["ours"])
        print(f"| {size:,} | {slow:.2f} | {quick:.2f} | {slow / quick:.1f} |".replace(",", "."), flush=True)


if __name__ == "__main__":
    main()
