"""Where a kernel runs: a private folder, a socket nobody else can open, and an environment of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from traitlets.config import Config

import hgeval
from hgeval import paths
from hgeval.errors import ReportError
from hgeval.warm import ONE_THREAD

_SOCKET_BYTES = 90  # the system allows about 104 for the whole path, port number included
_KEPT = (
    "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT",
)
# One thread a kernel: the reports run beside each other. The rest makes equal input give equal bytes.
_FIXED = ONE_THREAD | {
    "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": "0",
    "PYTHONUNBUFFERED": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PLATFORM_DIRS": "1",
}


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder only this user can enter, gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="hgeval-"))
    except OSError as fault:
        why = fault.strerror
        raise ReportError(f"er is geen plaats voor tijdelijke bestanden ({why}). Maak schijfruimte vrij.") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(work: Path) -> dict[str, str]:
    """What a worker and its kernels see of the outside; the user's own Jupyter and plot settings stay out."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("HGEVAL_")}
    package = str(Path(hgeval.__file__).resolve().parents[1])
    places = {
        "HOME": work / "home", "TMPDIR": work / "tmp", "TEMP": work / "tmp", "TMP": work / "tmp",
        "MPLCONFIGDIR": work / "mpl", "IPYTHONDIR": work / "ipython", "JUPYTER_CONFIG_DIR": work / "jupyter",
        "JUPYTER_DATA_DIR": work / "jupyter", "JUPYTER_RUNTIME_DIR": work / "run",
    }
    for place in places.values():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept | _FIXED | {name: str(place) for name, place in places.items()} | {
        "HGEVAL_HOME": str(paths.root()),
        "PYTHONPATH": os.pathsep.join(filter(None, [package, kept.get("PYTHONPATH", "")])),
    }


def config(run: Path) -> Config:
    """Kernels over local sockets in that folder; a port on the network could be read by another user."""
    socket = run / "k"
    if len(os.fsencode(socket)) > _SOCKET_BYTES:
        raise ReportError(
            "het pad van de map voor tijdelijke bestanden is te lang voor een kernel. Zet TMPDIR op een korter pad."
        )
    return Config({"AsyncKernelManager": {"transport": "ipc", "ip": str(socket)}})
