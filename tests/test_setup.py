"""What a new machine installs: the three lists agree, and none names an index."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {
    "dask-core": "dask", "matplotlib-base": "matplotlib", "nbconvert-core": "nbconvert", "seaborn-base": "seaborn",
}


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
    locked = dict(reversed(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", lock, flags=re.M)))  # the oldest where two stand
    for name, floor in {**pyproject(), "hatchling": "1.27", "editables": "0.5"}.items():
        assert [*map(int, locked[name].split("."))] >= [*map(int, floor.split("."))], name
    assert len(re.findall(r"^[a-z0-9-]+==", lock, flags=re.M)) <= lock.count("--hash=sha256:")
    options = [line for line in lock.splitlines() if line.startswith("-")]
    assert not options and "://" not in lock


def test_pandas_is_3_as_locked():
    import pandas

    assert int(pandas.__version__.split(".")[0]) >= 3


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_the_lock_is_whole_on_every_python_and_system(python, system):
    """Whatever an installed package asks for there is in the lock: with hashes, pip refuses what is not."""
    names = {"linux": ("posix", "Linux"), "darwin": ("posix", "Darwin"), "win32": ("nt", "Windows")}
    where = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": system,
             "os_name": names[system][0], "platform_system": names[system][1], "extra": ""}
    lines = re.findall(r"^([a-z0-9-]+==[^\\\n]+)", (ROOT / "requirements.lock").read_text(), flags=re.M)
    wanted = [Requirement(line.strip()) for line in lines]
    locked = {canonicalize_name(each.name) for each in wanted if each.marker is None or each.marker.evaluate(where)}
    for name in sorted(locked):
        try:
            asks = distribution(name).requires or []
        except PackageNotFoundError:  # only installed elsewhere, so its needs are not known here
            continue
        asked = [Requirement(ask) for ask in asks]
        missing = {
            canonicalize_name(each.name) for each in asked if each.marker is None or each.marker.evaluate(where)
        } - locked
        assert not missing, name
