"""What a new machine installs: the three lists agree, and none names an index."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "nbconvert-core": "nbconvert", "seaborn-base": "seaborn"}


def pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    return dict(re.fullmatch(r"([a-z0-9-]+)>=([0-9.]+)", name).groups() for name in wanted)


def test_environment_yml_asks_for_what_pyproject_asks_for():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    asked = dict(item.split(">=") for item in conda if isinstance(item, str) and ">=" in item)
    assert asked.pop("python") == "3.11"
    assert {CONDA_NAMES.get(name, name): floor for name, floor in asked.items()} == pyproject()
    assert {"pip": ["-e ."]} in conda


def test_the_lock_has_every_dependency_with_hashes_and_no_index():
    lock = (ROOT / "requirements.lock").read_text()
    locked = dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", lock, flags=re.M))
    for name, floor in pyproject().items():
        assert [*map(int, locked[name].split("."))] >= [*map(int, floor.split("."))], name
    assert len(re.findall(r"^[a-z0-9-]+==", lock, flags=re.M)) <= lock.count("--hash=sha256:")
    options = [line for line in lock.splitlines() if line.startswith("-")]
    assert not options and "://" not in lock


def test_pandas_is_3_as_locked():
    import pandas

    assert int(pandas.__version__.split(".")[0]) >= 3
