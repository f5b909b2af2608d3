"""The cells of one notebook, run in this very process, which was forked for nothing else.

The shell is the one a stock kernel has; only its messages are kept instead of sent over a socket. So the notebook that
comes out is the same, and a kernel's connections, threads and heartbeat are saved.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import ExecutionResult, InteractiveShellABC
from jupyter_client.session import Session
from nbformat.v4 import output_from_msg
from traitlets import Any as AnyTrait
from traitlets.config import Config

from hgeval.warm import memory

Message: TypeAlias = dict[str, Any]
OUTPUTS = ("stream", "display_data", "execute_result", "error")
_BACKEND = "module://matplotlib_inline.backend_inline"  # as a stock kernel sets it


class Late(BaseException):
    """A cell took longer than it may; not an Exception, so that a notebook does not catch it by accident."""


class Kept(Session):
    """A session that keeps its messages."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.messages: list[Message] = []

    def send(self, stream: object, msg_or_type: Any, content: Any = None, *rest: Any, **more: Any) -> Message:
        msg: Message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        self.messages.append(msg)
        return msg


class Shell(ZMQInteractiveShell):
    """A stock kernel's shell without sockets."""

    kernel = AnyTrait()

    def enable_gui(self, gui: str | None = None) -> None:
        self.active_eventloop = gui


InteractiveShellABC.register(Shell)


class Stream:
    """What a cell prints, in the order of its other output."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, name: str, session: Kept, number: int) -> None:
        self.name, self._session, self._number = name, session, number

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        last = self._session.messages[-1:]
        if last and last[0]["msg_type"] == "stream" and last[0]["content"]["name"] == self.name:
            last[0]["content"]["text"] += text
        elif text:
            self._session.send(None, "stream", {"name": self.name, "text": text})
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._number


def run(cells: list[dict[str, Any]], *, timeout: float) -> Iterator[dict[str, Any]]:
    """Run the code cells of a notebook until one fails; yields what to tell the one who waits.

    cells: each with its `number` and `source`. Told is first that a cell begins, then its outputs and execution count,
    and whether it took longer than `timeout` seconds.
    """
    session = Kept()
    shell = _shell(session)
    yield {"language_info": IPythonKernel.language_info}
    with _printing(session) as drain:
        for cell in cells:
            yield {"begun": cell["number"]}
            session.messages.clear()
            failed = _run(shell, cell["source"], timeout)
            drain()
            yield {
                "number": cell["number"], "outputs": _outputs(session), "late": isinstance(failed, Late),
                "execution_count": shell.execution_count - 1,
            }
            if failed is not None:
                return


def _shell(session: Kept) -> Shell:
    os.environ.setdefault("MPLBACKEND", _BACKEND)
    settings = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
    shell = Shell.instance(config=settings, kernel=None, compiler_class=XCachingCompiler)
    hook: Any = shell.displayhook  # both are a kernel's own, of which the shell only knows the base
    publisher: Any = shell.display_pub
    hook.session = publisher.session = session
    hook.topic = b"execute_result"
    return shell


def _run(shell: Shell, source: str, timeout: float) -> BaseException | None:
    """What a cell failed of; nothing if it did not."""

    def late(*_: object) -> None:
        raise Late

    run_cell: Callable[..., ExecutionResult] = shell.run_cell
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        result = run_cell(source, store_history=True)
    except SystemExit as fault:
        return fault
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    failed: BaseException | None = result.error_before_exec or result.error_in_exec
    return failed


def _outputs(session: Kept) -> list[dict[str, Any]]:
    """The messages as a notebook stores them: an update replaces what it updates, a clearing clears."""
    outputs: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for message in session.messages:
        message = session.unpack(session.pack(message))  # bytes and dates become text, as on their way from a kernel
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            outputs.clear()
            continue
        shown = content.get("transient", {}).get("display_id")
        if kind == "update_display_data" and shown in places:
            outputs[places[shown]] |= {"data": content["data"], "metadata": content["metadata"]}
        elif kind in OUTPUTS:
            if shown:
                places[shown] = len(outputs)
            outputs.append(dict(output_from_msg(message)))
    return outputs


@contextmanager
def _printing(session: Kept) -> Iterator[Callable[[], None]]:
    """Printed text becomes output, also what a library writes past Python; yields what collects the latter."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        files = {"stdout": (1, out), "stderr": (2, err)}
        before = {name: os.dup(number) for name, (number, _) in files.items()}
        own = {name: getattr(sys, name) for name in files}
        for name, (number, file) in files.items():
            os.dup2(file.fileno(), number)
            setattr(sys, name, Stream(name, session, number))

        def drain() -> None:
            for name, (_, file) in files.items():
                file.seek(0)
                text = file.read().decode("utf-8", "replace")
                file.seek(0)
                file.truncate()
                Stream(name, session, 0).write(text)

        try:
            yield drain
        finally:
            for name, (number, _) in files.items():
                os.dup2(before[name], number)
                os.close(before[name])
                setattr(sys, name, own[name])


def main() -> None:
    """Read an order from the input, and answer it line by line on the output, in JSON."""
    order = json.load(sys.stdin)
    memory.bound(order["memory"])
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        for told in run(order["cells"], timeout=order["timeout"]):
            answers.write(json.dumps(told) + "\n")
            answers.flush()
