"""How much memory a process has and may have: read from the system, bounded where the system can."""

import os
import subprocess
import sys

import pytest

from hgeval.warm import memory


def test_a_process_has_its_own_part():
    assert 10_000 < memory.kib() < 10_000_000
    assert memory.pss(os.getpid()) == pytest.approx(memory.kib(), rel=0.2)
    assert memory.pss(2**22) == 0  # no such process


@pytest.mark.parametrize(("group", "processes", "expected"), [
    ("8589934592", 2, 4096), ("8589934592\n", 1, 8192), ("max", 4, 4096), (None, 4, 4096), ("1000", 2, memory.LEAST),
    ("8589934592", 100, memory.LEAST),
])
def test_a_share_is_of_the_container_or_of_the_machine(tmp_path, monkeypatch, group, processes, expected):
    pages = {"SC_PHYS_PAGES": 4 << 20, "SC_PAGE_SIZE": 4096}  # 16 GiB
    monkeypatch.setattr(memory.os, "sysconf", pages.__getitem__)
    monkeypatch.setattr(memory, "_GROUPS", (str(tmp_path / "memory.max"), str(tmp_path / "none")))
    if group:
        (tmp_path / "memory.max").write_text(group)
    assert memory.share(processes) == expected


def test_where_the_system_does_not_tell_there_is_no_share(monkeypatch):
    monkeypatch.setattr(memory, "_GROUPS", ())
    monkeypatch.delattr(memory.os, "sysconf")
    assert memory.share(2) == 0


@pytest.mark.parametrize(("mib", "said"), [(600, "600 MemoryError"), (0, "0 made")])
def test_above_its_bound_a_process_gets_an_error_and_goes_on(mib, said):
    code = (
        "import sys\nfrom hgeval.warm import memory\nmemory.bound(int(sys.argv[1]))\n"
        "try:\n    found = bytearray(2000 << 20) and 'made'\nexcept MemoryError as fault:\n"
        "    found = type(fault).__name__\nprint(memory.bounded(), found)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(mib)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said
