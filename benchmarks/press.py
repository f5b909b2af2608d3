"""How fast the press is: the same reports in several ways, in one interleaved run on one machine.

    python benchmarks/press.py --regions 26 --rounds 3            all ways that are there, all scenarios
    python benchmarks/press.py --peers                            first install the peers, in build/peers
    python benchmarks/press.py --regions 25 --reports 5           125 reports; beyond three the notebooks come again

What stock kernels make is made first, untimed. After each measurement the outputs are compared with that, and the run
stops where they differ. Each round takes the ways in the opposite order of the one before. Printed is a table for the
README; every measurement stands in a CSV, with the machine. No test looks at a time.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import home
import memory
import peers
import table
import ways
from outputs import Different
from ways import Place

WORK = Path(__file__).parents[1] / "build" / "benchmark"
PLAN = "niets veranderd, {} rapporten"
_SETTLE = 2.5  # seconds: a file that was written just now is not trusted to be the same when it is read again


class Run:
    """One run of the command: where it works, what it makes, and the rows it has so far."""

    def __init__(self, work: Path, *, regions: int, reports: int) -> None:
        self.work, self.regions, self.reports = work, regions, reports
        self.rows: list[dict] = []
        shutil.rmtree(work, ignore_errors=True)

    def place(
        self, name: str, *, regions: int | None = None, reports: int | None = None, alone: bool = False
    ) -> Place:
        """A fresh home and output folder: nothing of an earlier way is left to profit from."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "out").mkdir(parents=True)
        made = home.make(folder / "home", reports=reports or self.reports, alone=alone)
        jobs = home.jobs(made, regions=regions or self.regions, reports=reports or self.reports)
        return Place(made, folder / "out", jobs)

    def reference(self, scenarios: list[str]) -> None:
        """What stock kernels make of each state of the home, each computing all of it; two at a time: not timed."""
        place, last = self.place("reference", alone=True), None
        for scenario in scenarios:
            home.change(place.home, scenario)
            if scenario == "nothing":
                continue
            out, jobs = self.work / "stock" / scenario, place.jobs
            if scenario == "notebook":  # the others stay as they were
                shutil.copytree(last, out)
                jobs = [job for job in jobs if job["notebook"] == jobs[0]["notebook"]]
            out.mkdir(parents=True, exist_ok=True)
            ways.in_processes(Place(place.home, out, jobs), "papermill", sys.executable, 2)
            last = out

    def measure(self, name: str, way: ways.Way, number: int, scenarios: list[str]) -> None:
        """A way in each scenario that applies to it, one after the other in the same home."""
        place, state = self.place("way", alone=way.alone), "cold"
        for scenario in scenarios if way.steps else scenarios[:1]:
            home.change(place.home, scenario)
            time.sleep(_SETTLE)
            state = state if scenario == "nothing" else scenario
            found = ways.measured(lambda: way.run(place))
            if way.check:
                way.check(place, self.work / "stock" / state)
            self.note(name, scenario, number, len(place.jobs), **found)

    def start(self, name: str, way: ways.Way, number: int) -> None:
        """What it costs to start anything at all, beside a build in which nothing changed."""
        place = self.place("way")
        self.note(name, "nothing", number, len(place.jobs), **ways.measured(lambda: way.run(place)))

    def note(self, way: str, scenario: str, number: int, reports: int, **found: float) -> None:
        row = {"scenario": scenario, "way": way, "round": number, "regions": self.regions, "reports": reports}
        self.rows.append(row | found)
        print(f"{scenario:9}{way:13}", *(f"{key} {value:.2f}" for key, value in found.items()), file=sys.stderr)

    def memory(self, chosen: list[str]) -> None:
        """PSS of each way, on its own: looking takes time. One region shows what one kernel and two workers need."""
        for name in chosen:
            place = self.place("way", regions=1, alone=ways.WAYS[name].alone)
            with memory.Sampler() as seen:
                ways.WAYS[name].run(place)
            ways.WAYS[name].check(place, self.work / "stock" / "cold")
            self.note(name, "memory", 0, len(place.jobs), pss_kernel=seen.kernel, pss_tree=seen.tree)

    def plan(self, reports: int, count: int) -> int:
        """The command where so many reports are up to date; returns how many there are, of all regions.

        Their files are links to those of one region that was really built, and the rest is real: the plan with its
        keys, the manifest, and the digests of all files.
        """
        like, regions = self.place("like", regions=1, reports=len(home.REGION_REPORTS)), len(home.all_regions())
        ways.WAYS["press_2"].run(like)
        many = self.place("many", regions=regions, reports=-(-reports // regions))
        ways.at_once([sys.executable, home.__file__, str(like.out), str(many.out)], env=many.env, folder=many.home)
        ways.WAYS["press_2"].run(many)  # of which nothing is timed: from here on everything stands as it will stay
        for number in range(count):
            for name, way in {**ways.STARTS, "press_2": ways.WAYS["press_2"]}.items():
                self.note(name, "plan", number, len(many.jobs), **ways.measured(lambda way=way: way.run(many)))
            said = (many.home / "said").read_text()
            if f"0 rapporten gemaakt, {len(many.jobs)} waren al bijgewerkt" not in said:
                raise Different(f"er is toch iets gemaakt: {said[:200]}")
        return len(many.jobs)


def machine() -> dict[str, object]:
    """What the numbers hold for."""
    info, cores = Path("/proc/cpuinfo"), len(os.sched_getaffinity(0))
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    tools = ("papermill", "nbconvert", "ipykernel", "pandas", "matplotlib")
    return {
        "cpu_model": models[0] if models else platform.machine(), "cores": cores, "ram_gib": round(ram, 1),
        "system": platform.system(), "python": platform.python_version(), **{name: version(name) for name in tools},
        "peers": " ".join(f"{name} {number}" for name, number in peers.installed()),
    }


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--regions", type=int, default=3, help="so many of the demo study's regions")
    parser.add_argument("--reports", type=int, default=len(home.REGION_REPORTS), help="so many reports a region")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--ways", type=_names, help=f"some of {','.join(ways.WAYS)}")
    parser.add_argument("--scenarios", type=_names, default=[*home.SCENARIOS], help=f"of {','.join(home.SCENARIOS)}")
    parser.add_argument("--plan", type=int, default=2000, help="reports in the large folder without changes; 0: none")
    parser.add_argument("--no-memory", action="store_true", help="leave out the pass that samples memory")
    parser.add_argument("--peers", action="store_true", help="install the peers first, with pip")
    parser.add_argument("--out", type=Path, default=WORK.parent / "benchmark.csv")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    return text.split(",")


def rounds(run: Run, chosen: list[str], scenarios: list[str], count: int) -> Iterator[None]:
    for number in range(count):
        for name in chosen if number % 2 == 0 else chosen[::-1]:
            run.measure(name, ways.WAYS[name], number, scenarios)
            yield
        if "nothing" in scenarios:
            for name, way in ways.STARTS.items():
                run.start(name, way, number)
        yield


def main() -> None:
    given = asked()
    if given.peers:
        peers.install()
    chosen = given.ways or [name for name in ways.usable() if name != "loop_alone"]
    scenarios = [name for name in home.SCENARIOS if name in {"cold", *given.scenarios}]
    run, titles, about = Run(WORK, regions=given.regions, reports=given.reports), dict(home.SCENARIOS), machine()
    run.reference(scenarios)
    for _ in rounds(run, chosen, scenarios, given.rounds):
        table.write(given.out, run.rows, about)
    if not given.no_memory:
        run.memory(chosen)
    if given.plan:
        titles["plan"] = PLAN.format(run.plan(given.plan, given.rounds))
    table.write(given.out, run.rows, about)
    told = {name: way.told for name, way in {**ways.WAYS, **ways.STARTS}.items()}
    print(", ".join(f"{name} {value}" for name, value in about.items() if value), end="\n\n")
    print(table.markdown(run.rows, told, titles, loop=ways.LOOP, floors=ways.FLOORS))
    shutil.rmtree(WORK, ignore_errors=True)


if __name__ == "__main__":
    main()
