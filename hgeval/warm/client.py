"""Who asks a parent for a child: starts a parent if there is none, and holds on to what it got."""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from hgeval.warm import ONE_THREAD, SOCKET

_SAFE_TO_FORK = ONE_THREAD | {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_lock = threading.Lock()
_own: dict[int, Parent] = {}  # by process, so that a fork of ours does not take over ours


def available() -> bool:
    """Whether this system can fork a process with its descriptors safely; elsewhere kernels start as usual."""
    return sys.platform == "linux"


class Parent:
    """A parent of our own, in a folder that only this user can enter; ends with us, whatever we die of.

    preload: modules to load beside the libraries.
    """

    def __init__(
        self, folder: Path | None = None, environment: dict[str, str] | None = None, *, preload: Sequence[str] = ()
    ) -> None:
        place = Path(folder or tempfile.mkdtemp(prefix="hgeval-warm-"))
        self._made = None if folder else place
        self.address = str(place / "warm")
        self._environment, self._preload, self._lock = environment, preload, threading.Lock()
        self.process = self._started()

    def keep(self) -> None:
        """Start it anew if it has died."""
        with self._lock:
            if self.process.poll() is not None:
                self._let_go()
                self.process = self._started()

    def _let_go(self) -> None:
        with suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()

    def _started(self) -> subprocess.Popen[bytes]:
        Path(self.address).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            os.chmod(self.address, 0o600)  # before anyone can connect; a mask would hold for every thread of ours
            listener.listen(128)
            command = [sys.executable, "-P", "-m", "hgeval.warm.parent", str(listener.fileno()), *self._preload]
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[listener.fileno()],
                env=(self._environment or os.environ) | _SAFE_TO_FORK, start_new_session=True,
            )

    def close(self) -> None:
        """Let go; every child ends too."""
        self._let_go()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        Path(self.address).unlink(missing_ok=True)
        if self._made:
            shutil.rmtree(self._made, ignore_errors=True)


def usual() -> str:
    """Where a parent listens: the one in the environment, or else our own, started when first asked for."""
    given = os.environ.get(SOCKET)
    if given:
        return given
    with _lock:
        if os.getpid() not in _own:
            _own[os.getpid()] = parent = Parent()
            atexit.register(parent.close)
    _own[os.getpid()].keep()
    return _own[os.getpid()].address


def _umask() -> int:
    """The mask of this process, which can only be read by setting it: one thread at a time, or it would stay lost."""
    with _lock:
        mask = os.umask(0o077)
        os.umask(mask)
    return mask


class Child:
    """A forked process, used as a `subprocess.Popen`; it is killed when nobody holds this any more."""

    stdin: TextIO | None = None  # they are the caller's
    stdout: TextIO | None = None
    stderr: TextIO | None = None

    def __init__(
        self, work: str, arguments: list[str], *, environment: dict[str, str], folder: str,
        streams: tuple[int, int, int], address: str | None = None,
    ) -> None:
        """streams: the descriptors of its input, output and error output; address: of the parent, if not the usual.

        Raises OSError where no parent answers.
        """
        self.returncode: int | None = None
        order = {
            "work": work, "arguments": arguments, "environment": environment, "folder": folder, "umask": _umask(),
        }
        self._line = socket.socket(socket.AF_UNIX)
        self._answers = self._line.makefile("rb")
        try:
            self._line.connect(address or usual())
            data = json.dumps(order).encode() + b"\n"
            sent = socket.send_fds(self._line, [data], list(streams))
            self._line.sendall(data[sent:])
            self.pid: int = json.loads(self._answers.readline() or b"{}")["pid"]
        except (OSError, KeyError, ValueError) as fault:
            self._close()
            raise ConnectionError("the parent of the kernels does not answer") from fault

    def fileno(self) -> int:
        """Readable once the child has ended."""
        return self._line.fileno()

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._line], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is not None:
            return self.returncode
        if not select.select([self._line], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return self._read()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _read(self) -> int:
        """The child's status; without one the parent itself died, and the child with it."""
        status: int = -signal.SIGKILL
        with suppress(OSError, ValueError):
            status = json.loads(self._answers.readline())["status"]
        self.returncode = status
        self._close()
        return status

    def _close(self) -> None:
        self._answers.close()
        self._line.close()
