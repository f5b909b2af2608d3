"""Killed at any moment: no half report, nobody left behind, and the next build gives what an undisturbed one does."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from press_home import make, with_cell

from hgeval.warm import ONE_THREAD

POINTS = 100
WORK = "_ = sum(range(3_000_000))"  # a moment in which a notebook can be hit


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("gedood")
        home = make(base / "home", patch)
        nbformat.write(with_cell(WORK), home / "notebooks" / "good.ipynb")
        script = Path(__file__).with_name("killing.py")
        done = subprocess.run(
            [sys.executable, str(script), str(base / "uit"), "20261122", str(POINTS)], env=os.environ | ONE_THREAD,
            capture_output=True, text=True, check=False, cwd=base,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_nothing_is_wrong_after_any_of_a_hundred_kills(points):
    assert len(points) == POINTS
    assert [(number, point) for number, point in enumerate(points) if point["wrong"]] == []


def test_the_kills_fell_everywhere(points):
    """At the press and at what it started; before the first report was there, and between two of them."""
    killed = Counter(point["killed"] for point in points)
    assert killed["press"] >= 25 and killed["worker"] >= 10 and killed["notebook"] >= 10, killed
    of_press = {point["made"] for point in points if point["killed"] == "press"}
    assert len(of_press) >= 3, of_press
