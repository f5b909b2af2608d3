"""One build at a time, and a report's files move in together or the old ones stay (C56, E71, E74)."""

import json
import os

import pytest

from hgeval.errors import ReportError
from hgeval.press import place

FILES = ("VT01/data/good.xlsx", "VT01/data/good.csv", "VT01/good.html")


def stage(folder, text):
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def contents(out):
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*") if path.is_file()}


@pytest.fixture
def out(tmp_path):
    return stage(tmp_path / "out", "oud")


def test_all_files_move_in_together(out, tmp_path):
    place.move(stage(tmp_path / "nieuw", "nieuw"), out, FILES)
    assert contents(out) == dict.fromkeys(FILES, "nieuw")


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("first", [False, True])
def test_a_full_disk_at_any_file_leaves_what_was_there(out, tmp_path, monkeypatch, failing, first):
    if first:
        out = tmp_path / "leeg"
        out.mkdir()
    before, staged, real, calls = contents(out), stage(tmp_path / "nieuw", "nieuw"), os.replace, []

    def full(source, target):
        if staged in source.parents and "vorige" not in source.parts:
            calls.append(source)
            if len(calls) == failing + 1:
                raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(place.os, "replace", full)
    with pytest.raises(ReportError, match="No space left on device.*Het vorige blijft staan"):
        place.move(staged, out, FILES)
    assert contents(out) == before


def test_without_hard_links_the_old_files_are_copied(out, tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(place.os, "link", refused)
    place.move(stage(tmp_path / "nieuw", "nieuw"), out, FILES)
    assert contents(out) == dict.fromkeys(FILES, "nieuw")


def test_a_link_on_the_way_out_is_refused(out, tmp_path):
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir()
    (out / "VT02").symlink_to(elsewhere)
    with pytest.raises(ReportError, match=r"'VT02' in de map met rapporten is een verwijzing \(symlink\)"):
        place.move(stage(tmp_path / "nieuw", "nieuw"), out, [name.replace("VT01", "VT02") for name in FILES])
    assert list(elsewhere.iterdir()) == []


def test_an_output_folder_that_is_a_link_is_refused(out, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(out)
    with pytest.raises(ReportError, match=r"'link' is een verwijzing \(symlink\)"), place.claimed(link):
        pass
    assert contents(out) == dict.fromkeys(FILES, "oud")


def test_a_file_where_the_folder_should_be_is_explained(tmp_path):
    (tmp_path / "bestand").write_text("x")
    for out in (tmp_path / "bestand", tmp_path / "bestand" / "map"):
        with pytest.raises(ReportError, match="kan niet schrijven in de map.*Kies met --out"), place.claimed(out):
            pass


def test_a_second_build_hears_who_is_busy(out):
    with place.claimed(out):
        busy = rf"een andere bouw gebruikt de map 'out' al \(proces {os.getpid()} op "
        with pytest.raises(ReportError, match=busy), place.claimed(out):
            pass
        (out / ".hgeval-bouw.json").write_text("half")
        with pytest.raises(ReportError, match=r"gebruikt de map 'out' al\. Wacht"), place.claimed(out):
            pass
    with place.claimed(out):
        pass


def test_what_a_killed_build_left_is_cleared(out):
    (out / ".hgeval-bouw" / "3").mkdir(parents=True)
    (out / ".hgeval-bouw" / "3" / "half.html").write_text("half")
    (out / ".hgeval-bouw.json").write_text(json.dumps({"proces": 1, "machine": "x"}))
    with place.claimed(out) as staging:
        assert list(staging.iterdir()) == [] and staging.stat().st_mode & 0o077 == 0
    assert {path.name for path in out.iterdir()} == {"VT01", ".hgeval.lock"}


def test_a_text_is_replaced_at_once_or_not_at_all(out, tmp_path, monkeypatch):
    place.write(tmp_path, out, "index.html", "nieuw")
    assert (out / "index.html").read_text() == "nieuw"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(place.os, "replace", full)
    with pytest.raises(ReportError, match="No space left on device"):
        place.write(tmp_path, out, "index.html", "half")
    assert (out / "index.html").read_text() == "nieuw"


def test_only_named_files_are_taken_away(out):
    place.remove(out, ["VT01/good.html", "VT99/good.html"])
    assert set(contents(out)) == set(FILES[:2])
