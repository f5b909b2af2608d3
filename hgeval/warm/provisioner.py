"""How Jupyter gets a warm kernel: everything as with a stock one, only the process comes from the parent."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from hgeval.warm import client

_LAUNCHERS = ("ipykernel_launcher", "ipykernel")


class WarmProvisioner(LocalProvisioner):
    """Forks kernels of Python; any other kernel, or a system that cannot fork, gets a stock process."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        arguments = _arguments(cmd)
        if arguments is None or not client.available():
            return await super().launch_kernel(cmd, **kwargs)
        with open(os.devnull, "rb") as nothing:
            child = client.Child(
                "kernel", arguments, environment=dict(kwargs.get("env") or os.environ),
                folder=os.fspath(kwargs.get("cwd") or os.getcwd()),
                streams=(nothing.fileno(), _stream(kwargs.get("stdout"), 1), _stream(kwargs.get("stderr"), 2)),
            )
        self.process = child  # type: ignore[assignment]  # it is used as a Popen
        self.pid = self.pgid = child.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """The end of the process, as soon as it is there and not at the next look."""
        if not isinstance(self.process, client.Child):
            return await super().wait()
        if self.process.poll() is None:
            loop, ended = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self.process.fileno(), ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self.process.fileno())
        status, self.process = self.process.wait(), None
        return status


def _arguments(cmd: list[str]) -> list[str] | None:
    """The kernel's own arguments, if this is how a stock kernel of this Python is started."""
    for at in range(len(cmd) - 1):
        if cmd[at] == "-m" and cmd[at + 1] in _LAUNCHERS and _same(cmd[0]):
            return cmd[at + 2 :]
    return None


def _same(program: str) -> bool:
    return program in ("python", "python3") or os.path.realpath(program) == os.path.realpath(sys.executable)


def _stream(given: Any, default: int) -> int:
    if given is None:
        return default
    return given if isinstance(given, int) else given.fileno()
