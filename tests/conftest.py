"""What several tests share: the synthetic study as the repository keeps it, and figures before they are bytes."""

import pytest

from hgeval import paths


@pytest.fixture(scope="session")
def demo_folder():
    return paths.root() / "data" / "demo"


@pytest.fixture(scope="session")
def demo_case():
    from hgeval import case  # not at the top: a fault in it must not take every other test down

    return case.open("demo", region="VT02")


@pytest.fixture
def coarse(monkeypatch):
    """Fewer dots: what is drawn is the same, and the tests take less time."""
    from hgeval import figures_style

    monkeypatch.setattr(figures_style, "DPI", 40)


@pytest.fixture
def drawn(monkeypatch):
    """A list that the figures come into as matplotlib has them, instead of only their bytes."""
    from hgeval import figures_style

    found, to_png = [], figures_style.to_png
    monkeypatch.setattr(figures_style, "to_png", lambda figure: found.append(figure) or to_png(figure))
    return found
