"""Where the repository's own folders are, from whatever folder a notebook runs in."""

from __future__ import annotations

import os
from pathlib import Path

from hgeval.errors import StudyError

_CHECKOUT = Path(__file__).resolve().parents[1]


def root() -> Path:
    """The checkout that holds `params/`, `data/` and `notebooks/`: HGEVAL_HOME, else the package's parent."""
    home = os.environ.get("HGEVAL_HOME")
    return Path(home) if home else _CHECKOUT


def params_dir() -> Path:
    """Settings: reports, disclosure rule, wording, study defaults."""
    return root() / "params"


def notebooks_dir() -> Path:
    """One notebook a report."""
    return root() / "notebooks"


def reference_dir() -> Path:
    """Published figures and region tables."""
    return root() / "data" / "reference"


def study_dir(study: str | Path) -> Path:
    """The folder of a study: a path from here or from the checkout, or the name of a folder in `data/`.

    Raises StudyError where neither exists.
    """
    here = Path(study).expanduser()
    for folder in (here, root() / here, root() / "data" / here):
        if (folder / "study.yml").is_file():
            return folder.resolve()
    raise StudyError(
        f"Geen studie gevonden in {str(study)!r}. Verwacht: een map met daarin study.yml. "
        "Geef het pad van uw studiemap, of de naam van een map naast of in data/."
    )
