"""What is loaded and touched once, before the first fork. Libraries of others only: our own modules would go stale."""

from __future__ import annotations

import builtins
import gc
import importlib
import io
import random
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import SimpleNamespace

# What a notebook of ours imports in the end; parquet is not read, since that starts threads.
LIBRARIES = (
    "numpy", "pandas", "scipy.optimize", "scipy.special", "scipy.stats", "matplotlib.figure", "matplotlib.ticker",
    "matplotlib.patches", "matplotlib.font_manager", "matplotlib.backends.backend_agg", "seaborn", "babel.dates",
    "babel.lists", "babel.numbers", "pydantic", "yaml", "openpyxl", "pyreadstat",
)
KERNEL = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.core.completer", "IPython.core.magics",
    "IPython.core.pylabtools", "matplotlib_inline.backend_inline", "comm", "jupyter_client.session",
    "zmq.eventloop.zmqstream", "tornado.platform.asyncio", "hgeval.warm.cells",
)


def load(more: Sequence[str] = ()) -> None:
    """Import everything, draw one picture, and leave no trace of it.

    more: further modules, or functions (module:function) to call without arguments. Our own are among them only where
    the parent lives no longer than one command.
    """
    skip_grammar()
    with _as_in_a_kernel(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*LIBRARIES, *KERNEL, *more):
            module, _, function = name.partition(":")
            with suppress(ImportError):
                found = importlib.import_module(module)
                if function:
                    getattr(found, function)()
        _touch()
    _forget()


def skip_grammar() -> None:
    """Keep out a module that parses a grammar on import (more than a second), for a format that no notebook has."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: as if it were not there


def freeze() -> None:
    """Keep what is loaded out of the garbage collector, so that children share its pages."""
    gc.collect()
    gc.disable()
    gc.freeze()


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Libraries look around while they are imported: pandas prints less where it sees no kernel."""
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=True, config={})
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]


def _touch() -> None:
    """What is made on first use: fonts, the picture writer, Dutch numbers and dates, text columns."""
    import babel.dates
    import babel.numbers
    import pandas as pd
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    figure.add_subplot().plot([0, 1], label="a")
    figure.legend()
    figure.text(0, 0, "Ë 10%", weight="bold")
    FigureCanvasAgg(figure).print_png(io.BytesIO())
    babel.numbers.format_decimal(1.5, locale="nl")
    babel.dates.format_date(None, locale="nl")
    frame = pd.DataFrame({"a": ["x", "y"], "b": pd.array([1, None], dtype="Int64")})
    frame.astype({"a": "str"}).groupby("a")["b"].sum().reset_index().merge(frame, on="a", validate="1:1")


def _forget() -> None:
    """Settings, random state and warnings as they are in a process that has just begun."""
    import matplotlib

    matplotlib.rcdefaults()
    random.seed()
    for module in list(sys.modules.values()):
        with suppress(Exception):
            module.__dict__.pop("__warningregistry__", None)
