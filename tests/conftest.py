"""What several tests share: the synthetic study as the repository keeps it."""

import pytest

from hgeval import paths


@pytest.fixture(scope="session")
def demo_folder():
    return paths.root() / "data" / "demo"


@pytest.fixture(scope="session")
def demo_case():
    from hgeval import case  # not at the top: a fault in it must not take every other test down

    return case.open("demo", region="VT02")
