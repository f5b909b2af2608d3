"""What is computed once is kept whole, private and exact, and never under another's name."""

import multiprocessing
import os
import stat
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from hgeval import store
from hgeval.store import Store

FRAME = pd.DataFrame({
    "region": pd.array(["VT01", None], dtype="str"), "n": pd.array([3, None], dtype="Int64"),
    "value": pd.array([0.1 + 0.2, None], dtype="Float64"), "x": [np.nan, 1e-300],
    "yes": pd.array([True, None], dtype="boolean"),
    "on": pd.to_datetime(pd.Series(["2024-02-29", None])).astype("datetime64[s]"),
})


def never():
    raise AssertionError("made again")


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "store")


def test_a_frame_comes_back_in_another_process_as_it_was_made(tmp_path, kept):
    assert_frame_equal(kept.frame("a", lambda: FRAME), FRAME)
    again = Store(tmp_path / "store")
    assert_frame_equal(again.frame("a", never), FRAME)


def test_a_change_of_what_was_given_does_not_reach_the_next(kept):
    given = kept.frame("a", lambda: FRAME)
    given.loc[0, "n"] = 99
    given["region"] = "VT09"
    assert_frame_equal(kept.frame("a", never), FRAME)


def test_other_parts_give_another_name():
    names = [store.key("a", "b"), store.key("ab"), store.key("a", ["b"]), store.key(["a"], "b"), store.key("b", "a")]
    assert len(set(names)) == len(names) and store.key("a", "b") == names[0]


@pytest.mark.parametrize("harm", [lambda data: data[:-7], lambda data: b"", lambda data: b"PAR1" + bytes(40)])
def test_half_an_entry_is_made_again(tmp_path, kept, harm):
    kept.frame("a", lambda: FRAME)
    path = tmp_path / "store" / "a.parquet"
    path.write_bytes(harm(path.read_bytes()))
    assert_frame_equal(Store(tmp_path / "store").frame("a", lambda: FRAME), FRAME)
    assert_frame_equal(Store(tmp_path / "store").frame("a", never), FRAME)


def test_one_changed_bit_in_a_page_is_seen(tmp_path, kept):
    frame = pd.DataFrame({"n": np.arange(1000) * 7919 % 1000})
    kept.frame("a", lambda: frame)
    path = tmp_path / "store" / "a.parquet"
    whole = path.read_bytes()
    for at in range(40, 400, 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert_frame_equal(Store(tmp_path / "store").frame("a", lambda: frame), frame)


def test_a_picture_is_drawn_once_and_a_damaged_one_again(tmp_path, kept):
    assert kept.picture("p", lambda: b"png") == b"png"
    assert kept.picture("p", never) == b"png"
    path = tmp_path / "store" / "p.png"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert kept.picture("p", lambda: b"png") == b"png"


def test_nobody_else_may_look_inside(tmp_path, kept):
    kept.frame("a", lambda: FRAME)
    kept.note("b", {"c": 1})
    kept.picture("p", lambda: b"png")
    folder = tmp_path / "store"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert kept.noted("b") == {"c": 1} and kept.noted("z") is None


def test_a_folder_that_cannot_be_made_costs_time_only(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (None, tmp_path / "file" / "store"):
        alone = Store(folder)
        assert_frame_equal(alone.frame("a", lambda: FRAME), FRAME)
        assert alone.picture("p", lambda: b"png") == b"png"
        alone.note("b", {})
        assert alone.noted("b") is None
        alone.sweep()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    Store(tmp_path / "link").frame("a", lambda: FRAME)
    assert not list((tmp_path / "elsewhere").iterdir())  # data is not written where a link leads


def test_reading_and_writing_start_no_thread(tmp_path):
    """A thread of Arrow that starts while its process ends takes it down; and who forks may have no second one."""
    code = (
        "import os, sys\nimport pandas as pd\nfrom pathlib import Path\nfrom hgeval.store import Store\n"
        "tasks = lambda: len(os.listdir('/proc/self/task'))\n"
        "frame = pd.DataFrame({name: range(200_000) for name in 'abcdefgh'})\n"
        "before, folder = tasks(), Path(sys.argv[1])\n"
        "Store(folder).frame('a', lambda: frame)\n"
        "Store(folder).frame('a', None)\n"
        "print(tasks() - before)"
    )
    call = [sys.executable, "-c", code, str(tmp_path / "store")]
    assert subprocess.run(call, capture_output=True, text=True, check=True).stdout == "0\n"


def _make(folder, told):
    def make():
        told.put(os.getpid())
        return FRAME

    Store(folder).frame("a", make)


def test_processes_that_ask_at_once_make_it_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    told = context.SimpleQueue()
    workers = [context.Process(target=_make, args=(tmp_path / "store", told)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told.get()
    assert told.empty() and [worker.exitcode for worker in workers] == [0, 0, 0]
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["a.parquet"]  # no locks, no halves


def test_what_nobody_asks_for_is_swept_away(tmp_path, kept):
    for name in ("old", "new"):
        kept.frame(name, lambda: FRAME)
    old = tmp_path / "store" / "old.parquet"
    os.utime(old, (1, 1))
    kept.sweep()
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["new.parquet"]
