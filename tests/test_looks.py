"""What a look from outside sees: any change of a file, without reading it."""

import os

import pytest

from hgeval import looks


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1;2\n")
    return path


def again(path, change):
    """The look before and after a change that leaves size and time as they were."""
    before, times = looks.at([path])[0], path.stat()
    change(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (times.st_size, times.st_mtime_ns)
    return before, looks.at([path])[0]


def replaced(path):
    other = path.with_name("b.csv")
    other.write_text("3;4\n")
    os.replace(other, path)


@pytest.mark.parametrize("change", [lambda path: path.write_text("3;4\n"), replaced])
def test_a_change_that_hides_behind_an_old_time_is_seen(file, change):
    before, after = again(file, change)
    assert before != after


def test_another_file_with_the_same_times_is_seen(file, monkeypatch):
    """A copy that brings all its times along is still another file."""
    before, real = looks.at([file])[0], os.stat
    seen = real(file)
    values = [*seen[:1], seen.st_ino + 1, *seen[2:]]
    extra = {"st_mtime_ns": seen.st_mtime_ns, "st_ctime_ns": seen.st_ctime_ns}
    monkeypatch.setattr(looks.os, "stat", lambda path: os.stat_result(values, extra))
    assert looks.at([file])[0] != before


def test_names_sizes_and_the_newest_count(file, tmp_path):
    other = tmp_path / "c.csv"
    other.write_text("1;2\n")
    assert looks.at([file])[0] != looks.at([other])[0]
    assert looks.at([file, other]) == looks.at([str(file), str(other)])
    newest = max(file.stat().st_ctime_ns, other.stat().st_ctime_ns)
    assert looks.at([file, other])[1] == newest
    assert not looks.sure(newest) and looks.sure(newest - looks.SURE_AFTER - 10**9)


def test_hidden_files_and_byte_code_do_not_count(tmp_path):
    for name in (".hidden/x.csv", "__pycache__/x.pyc", "b/z.csv", "a.csv", ".y.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert list(looks.files(tmp_path)) == [str(tmp_path / "a.csv"), str(tmp_path / "b" / "z.csv")]
