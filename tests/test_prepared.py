"""A study that was checked before is opened without checking, and never when anything in it changed."""

import os
import shutil
import time

import pytest
from pandas.testing import assert_frame_equal

from hgeval import load, looks, prepared, store, surroundings
from hgeval.errors import StudyError


@pytest.fixture
def folder(demo_folder, tmp_path):
    home = tmp_path / "studie"
    shutil.copytree(demo_folder, home, ignore=shutil.ignore_patterns(store.FOLDER))
    return home


@pytest.fixture
def checks(monkeypatch):
    """How often a study was really read and checked."""
    found, study = [], load.study
    monkeypatch.setattr(load, "study", lambda home: found.append(home) or study(home))
    return found


def anew(folder):
    """As another process opens it."""
    prepared._last.clear()
    return prepared.study(folder)


def test_what_was_kept_is_exactly_what_was_checked(folder, checks):
    loaded = load.check(folder)
    prepared.study(folder)
    found = anew(folder)
    assert len(checks) == 1
    assert (found.config, found.digest, found.tables.digests) == (loaded.config, loaded.digest, loaded.files)
    assert set(found.tables) == set(loaded.tables)
    for name, frame in loaded.tables.items():
        assert_frame_equal(found.tables[name], frame)


def test_any_byte_that_changes_is_read_again(folder, checks):
    first = prepared.study(folder)
    path = folder / "families.csv"
    text = path.read_bytes()
    seen = path.stat()
    path.write_bytes(text[:-5] + text[-5:].replace(b"\n", b" "))  # as long as before
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))  # and as old
    assert anew(folder).digest != first.digest
    assert len(checks) == 2
    os.utime(path)
    assert anew(folder).digest != first.digest and len(checks) == 2  # known, though the file is newer


def test_what_was_taken_out_of_a_study_does_not_stay_behind(folder):
    prepared.study(folder)
    before = {path.name for path in (folder / store.FOLDER).glob("*.parquet")}
    path = folder / "families.csv"
    head, first, *rest = path.read_text().splitlines(keepends=True)
    path.write_text(head + "".join(rest))
    (folder / "measurements.csv").unlink()
    (folder / "meldingen.csv").unlink()
    (folder / "plans.csv").unlink()
    anew(folder)
    after = {path.name for path in (folder / store.FOLDER).glob("*.parquet")}
    assert after and not before & after
    anew(folder).tables["families"]


def test_other_settings_a_new_file_and_another_program_are_read_again(folder, checks, monkeypatch):
    prepared.study(folder)
    with (folder / "study.yml").open("a") as settings:
        settings.write("\n# een regel\n")
    anew(folder)
    (folder / "los.csv").write_text("x")  # may be a finding
    anew(folder)
    monkeypatch.setattr(surroundings, "program", lambda: "een andere")
    anew(folder)
    assert len(checks) == 4
    anew(folder)
    assert len(checks) == 4


def test_a_study_with_a_fault_is_refused_every_time(folder):
    prepared.study(folder)
    path = folder / "families.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")  # the same family twice
    for _ in range(2):
        with pytest.raises(StudyError, match="fout"):
            anew(folder)


def test_kept_tables_that_are_gone_are_made_again(folder, checks):
    prepared.study(folder)
    for path in (folder / store.FOLDER).glob("*.parquet"):
        path.unlink()
    assert len(anew(folder).tables["families"]) and len(checks) == 2
    victim = anew(folder)
    for path in (folder / store.FOLDER).glob("*.parquet"):
        path.write_bytes(b"")
    with pytest.raises(StudyError, match="er niet meer: intussen is de studie of hgeval veranderd"):
        victim.tables["measurements"]


def test_a_folder_that_cannot_be_written_is_read_as_it_is(folder, checks):
    (folder / store.FOLDER).write_text("")  # stands where the store would be
    assert len(prepared.study(folder).tables["families"])
    assert len(anew(folder).tables["families"]) and len(checks) == 2


def test_an_old_file_is_not_read_to_know_that_it_did_not_change(folder, monkeypatch):
    prepared.study(folder)
    monkeypatch.setattr(looks, "SURE_AFTER", 0)  # of a copy the system's own time cannot be set back
    time.sleep(0.01)
    anew(folder)
    monkeypatch.setattr(looks, "digest", lambda path: pytest.fail("read"))
    anew(folder)
    assert prepared.study(folder) is prepared.study(folder)
