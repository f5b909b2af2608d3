"""Whether another machine makes the same bytes as this one: same package, settings, Python, study and notebook."""

from __future__ import annotations

import platform
import socket
import zlib
from functools import cache
from typing import Any

from hgeval import __version__, looks, paths, prepared, surroundings
from hgeval.errors import HgevalError, ReportError

_CALLED = {
    "hgeval": "de versie van hgeval", "packages": "hgeval, zijn instellingen of een geïnstalleerd pakket",
    "python": "de versie van Python of het soort processor", "study": "de studie", "notebook": "het notebook",
}


def installed() -> dict[str, str]:
    """What the bytes depend on beside study and notebook; what packs pictures and workbooks comes with Python."""
    python = f"{platform.python_version()} {platform.machine()} {zlib.ZLIB_RUNTIME_VERSION}"
    return {"hgeval": __version__, "packages": surroundings.digest(), "python": python}


def check(order: dict[str, Any]) -> None:
    """Raise ReportError, with the name of this machine, where it has something else than the order expects.

    The study is read once by each process; as in a build on one machine, nobody may change it meanwhile.
    """
    here = f"op de machine {socket.gethostname()[:60]!r}"
    try:
        found = _found(order["parameters"]["study"]) | {"notebook": looks.digest(order["notebook"])}
    except OSError as fault:
        raise ReportError(f"{here} is het notebook niet te lezen ({fault.strerror}). {_advice()}") from None
    except HgevalError as fault:
        raise ReportError(f"{here} is de studie niet te gebruiken: {fault} {_advice()}") from None
    other = [called for name, called in _CALLED.items() if found[name] != order["expected"].get(name)]
    if other:
        raise ReportError(f"{here} is anders dan bij de bouw: {'; '.join(other)}. {_advice()}")


def _advice() -> str:
    return "Zet op elke machine dezelfde hgeval, pakketten, notebooks en studie klaar, op hetzelfde pad."


@cache
def _found(study: str) -> dict[str, str]:
    return installed() | {"study": prepared.study(paths.study_dir(study)).digest}
