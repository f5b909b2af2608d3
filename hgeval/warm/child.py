"""A child just after the fork: it becomes a process of its own, and then a kernel."""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal, NoReturn, TextIO, TypeAlias

Order: TypeAlias = dict[str, Any]  # the work, and the arguments, environment, folder and mask for it
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def become(order: Order, streams: Sequence[int], *, parent: int) -> NoReturn:
    """Do the work of an order in a session, environment and folder of its own, and end."""
    status = 1
    try:
        _settle(order, streams, parent)
        WORK[order["work"]](order)
        status = 0
    except SystemExit as fault:
        status = fault.code if isinstance(fault.code, int) else int(fault.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)  # nothing that the parent registered for its own end may run here


def kernel(order: Order) -> None:
    """A stock kernel, with the arguments that Jupyter gave for one."""
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *order["arguments"]]
    own = [f"--IPKernelApp.parent_handle={os.getppid()}"]
    if not any("hist_file" in argument for argument in order["arguments"]):
        own.append("--HistoryManager.hist_file=:memory:")  # many kernels, one file: that would wait on a lock
    IPKernelApp.launch_instance(argv=[*order["arguments"], *own])


def call(order: Order) -> None:
    """A function of ours without arguments, named as module:function."""
    module, _, name = order["arguments"][0].partition(":")
    if not module.startswith("hgeval."):
        raise ValueError("only our own functions")
    getattr(importlib.import_module(module), name)()


WORK: dict[str, Callable[[Order], None]] = {"kernel": kernel, "call": call}


def _settle(order: Order, streams: Sequence[int], parent: int) -> None:
    os.setsid()
    _die_with(parent)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _streams(streams)
    _path(order["environment"])
    os.environ.clear()
    os.environ.update(order["environment"], JPY_PARENT_PID=str(parent))
    time.tzset()
    os.chdir(order["folder"])
    os.umask(order["umask"])
    _random()
    gc.enable()


def _path(environment: dict[str, str]) -> None:
    """Where modules are found, as for a process that starts with this environment and not with the parent's."""
    before, now = (each.get("PYTHONPATH", "").split(os.pathsep) for each in (os.environ, environment))
    sys.path[:] = [*filter(None, now), *(place for place in sys.path if place not in before)]


def _die_with(parent: int) -> None:
    """Ask the system to end us with the parent, however that one dies."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    except (OSError, AttributeError):
        return  # not Linux: the kernel itself looks whether its parent is still there
    if os.getppid() != parent:
        os._exit(1)  # it died before we asked


def _streams(streams: Sequence[int]) -> None:
    """The client's input and output as ours, and nothing else of the parent left open."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdin, sys.stdout, sys.stderr = _text(0, "r"), _text(1, "w"), _text(2, "w", errors="backslashreplace")
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)


def _text(number: int, mode: Literal["r", "w"], errors: str = "strict") -> TextIO:
    return os.fdopen(number, mode, encoding="utf-8", errors=errors, closefd=False, buffering=1)


def _random() -> None:
    """Each child its own chance: numpy's would else be the same in all of them."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(None)
