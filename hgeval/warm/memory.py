"""How much memory a process has, and may have: its own, and its part of what forked processes share."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MIB = 1 << 20
LEAST = 512  # MiB
RESERVED = 1280  # MiB that the libraries reserve and hardly use: 1024 by Arrow, which the system counts all the same
_GROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def kib() -> int:
    """Of this process now: its proportional set size, or where the system does not tell the largest resident size."""
    found = pss("self")
    with suppress(ImportError):
        import resource

        return found or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found


def pss(pid: int | str) -> int:
    """Proportional set size in KiB of a process; 0 where it has ended or the system does not tell."""
    with suppress(OSError, StopIteration), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


def share(processes: int) -> int:
    """MiB for each of so many processes beside each other: its part of the machine or container; 0 where unknown."""
    found = [int(text) for text in map(_text, _GROUPS) if text.isdigit()]
    with suppress(AttributeError, ValueError, OSError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return max(LEAST, min(found) // MIB // processes) if found else 0


def bound(mib: int) -> None:
    """From here on this process, and those it starts, get a MemoryError above so many MiB, about; 0 for no bound.

    What Arrow itself holds is only counted above the part that it reserves.
    """
    with suppress(ImportError, ValueError, OSError):  # a system that cannot do it, or a stricter bound of its own
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, ((mib + RESERVED) * MIB if mib else hard, hard))


def bounded() -> int:
    """The MiB that this process may have; 0 without a bound."""
    with suppress(ImportError):
        import resource

        most = resource.getrlimit(resource.RLIMIT_DATA)[0]
        return 0 if most == resource.RLIM_INFINITY else most // MIB - RESERVED
    return 0


def _text(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(encoding="ascii").strip()
    return ""
