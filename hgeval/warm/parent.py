"""The parent: one thread, no loop of Jupyter's. It loads the libraries, listens on a socket and forks.

A connection is a child's life: when the client lets go, the child is killed; when the child ends, the client is told
its status. The parent itself ends when whoever started it lets go of its input.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

from hgeval.warm import child, preload

LARGEST = 1 << 20  # bytes of an order: an environment and some arguments


class Parent:
    """Children by connection; the selector says which client, or which child, has something to tell."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self.listener, self.lifeline = listener, lifeline
        self.children: dict[socket.socket, int] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, self._accept)
        self.selector.register(lifeline, selectors.EVENT_READ, self._end)
        self.wake, told = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(told, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        self.selector.register(self.wake, selectors.EVENT_READ, self._reap)
        self.going = True

    def run(self) -> None:
        """Serve until the lifeline is let go; then nobody is left behind."""
        while self.going:
            for key, _ in self.selector.select():
                key.data(key.fileobj)
        for pid in self.children.values():
            _kill(pid)

    def _accept(self, listener: socket.socket) -> None:
        client, _ = listener.accept()
        try:
            order, streams = _order(client)
        except (OSError, ValueError, KeyError):
            client.close()
            return
        own = os.getpid()  # asked before the fork: a child whose parent is already dead would be told of another
        pid = os.fork()
        if pid == 0:
            self.selector.close()
            signal.set_wakeup_fd(-1)
            child.become(order, streams, parent=own)
        for stream in streams:
            os.close(stream)
        self.children[client] = pid
        self.selector.register(client, selectors.EVENT_READ, self._let_go)
        with suppress(OSError):
            client.sendall(json.dumps({"pid": pid}).encode() + b"\n")

    def _let_go(self, client: socket.socket) -> None:
        """The client closed its end, or died: its child goes too. It is reaped when it has ended."""
        with suppress(OSError):
            if client.recv(1):
                return
        self.selector.unregister(client)
        _kill(self.children[client])

    def _reap(self, wake: int) -> None:
        with suppress(BlockingIOError):
            os.read(wake, 4096)
        clients = {pid: client for client, pid in self.children.items()}
        while clients:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in clients:
                self._tell(clients.pop(pid), os.waitstatus_to_exitcode(status))

    def _tell(self, client: socket.socket, status: int) -> None:
        del self.children[client]
        with suppress(KeyError):
            self.selector.unregister(client)
        with suppress(OSError):
            client.sendall(json.dumps({"status": status}).encode() + b"\n")
        client.close()

    def _end(self, lifeline: int) -> None:
        if not os.read(lifeline, 1):
            self.going = False


def _order(client: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """What is asked, with the client's input, output and error streams; only our own user may ask."""
    credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    if struct.unpack("3i", credentials)[1] != os.getuid():
        raise ValueError("another user")
    client.settimeout(10)
    data, streams, _, _ = socket.recv_fds(client, LARGEST, 3)
    while not data.endswith(b"\n"):
        more = client.recv(LARGEST)
        if not more or len(data) > LARGEST:
            raise ValueError("half an order")
        data += more
    client.settimeout(None)
    order = json.loads(data)
    if order["work"] not in child.WORK or len(streams) != 3:
        raise ValueError("unknown work")
    return order, streams


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # it may not have a group of its own yet


def main() -> None:
    """Import what kernels need, then fork one for each that is asked for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the client, which then lets go
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    listener = socket.socket(fileno=int(sys.argv[1]))
    preload.load(sys.argv[2:])
    preload.freeze()
    Parent(listener, 0).run()


if __name__ == "__main__":
    main()
