"""How much memory a process has: its own, and its part of what forked processes share."""

from __future__ import annotations

from contextlib import suppress


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
