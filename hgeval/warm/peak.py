"""How much memory this process has: its own, and its part of what forked processes share."""

from __future__ import annotations

from contextlib import suppress


def kib() -> int:
    """Proportional set size now, or where the system does not tell the largest resident size; 0 where unknown."""
    with suppress(OSError, ValueError), open("/proc/self/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    with suppress(ImportError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0
