"""A worker's answer holds no text of an error that is not ours: it could hold a value from the data (E73)."""

import json

import pytest
from press_home import FIXTURES, make

from hgeval.errors import ReportError
from hgeval.press import audit, engine, export, verify, worker
from hgeval.warm import memory

MARKER = "mevrouw-de-vries"


@pytest.fixture
def order(tmp_path, monkeypatch):
    make(tmp_path / "home", monkeypatch)
    monkeypatch.setattr(memory, "bound", lambda mib: None)  # this process is not a worker's own
    page = {
        "name": "good", "title": "Titel", "region": "VT02", "region_name": "Drenthe", "study_title": "Klein",
        "synthetic": True, "reference_date": "2025-12-31", "own_eyes": False, "rule_text": "Regel.", "version": "0.1",
    }
    return {
        "notebook": str(FIXTURES / "good.ipynb"), "parameters": {"study": "klein", "region": "VT02", "profile": "cbs5"},
        "run": str(tmp_path / "run"), "staged": str(tmp_path / "staged"), "timeout": 30, "memory": 0, "study": "klein",
        "private": [], "settings": [], "page": page,
        "files": {"page": "p.html", "workbook": "p.xlsx", "table": "p.csv"},
    }


@pytest.mark.parametrize("kind", [ValueError, KeyError, OSError, RuntimeError])
@pytest.mark.parametrize(
    ("module", "step"),
    [(engine, "execute"), (verify, "notebook"), (verify, "exhibits"), (export, "page"), (audit, "check")],
)
def test_the_text_of_a_foreign_error_never_reaches_the_answer(order, tmp_path, monkeypatch, module, step, kind):
    def breaks(*_, **__):
        raise kind(MARKER)

    for other in ((engine, "execute"), (verify, "notebook"), (verify, "exhibits"), (export, "page")):
        monkeypatch.setattr(*other, lambda *_, **__: "")
    monkeypatch.setattr(module, step, breaks)
    answer = worker.make(order)
    assert answer["status"] == "failed" and answer["reason"] and MARKER not in json.dumps(answer)
    assert not (tmp_path / "run").exists() and not (tmp_path / "staged").exists()


def test_the_text_of_our_own_error_is_told(order, monkeypatch):
    def breaks(*_, **__):
        raise ReportError("zeg dit.")

    monkeypatch.setattr(engine, "execute", breaks)
    assert worker.make(order)["reason"] == "zeg dit."


@pytest.mark.parametrize(("parameters", "expected"), [({"region": "VT03"}, "VT03"), ({}, "NL")])
def test_exhibits_must_be_of_the_region_that_was_asked_for(order, monkeypatch, parameters, expected):
    def seen(*_, region, **__):
        raise ReportError(region)

    monkeypatch.setattr(engine, "execute", lambda *_, **__: "")
    monkeypatch.setattr(verify, "notebook", lambda *_: ("", {}, 0))
    monkeypatch.setattr(verify, "exhibits", seen)
    order["parameters"] = {"study": "klein", "profile": "cbs5"} | parameters
    assert worker.make(order)["reason"] == expected
