"""Numbers in what an author writes around an exhibit: one that was counted there has not gone through the door.

A title such as f"{len(families)} gezinnen" carries a raw count past `disclosure`. So every number in such a text
must stand somewhere it cannot have come from the data: typed in the notebook, in the exhibit's own released cells,
in the settings of the study, or in the words of hgeval itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from nbformat import NotebookNode

from hgeval import published, wording
from hgeval.params import Study
from hgeval.schema import TABLES
from hgeval.types import Record

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")  # 1.234 is one number: neither its 1 nor its 234 is released with it
PER = wording.number(10_000)  # inhabitants
_COUNT_REGIONS = (
    "regions_compared", "regions_alike", "regions_hidden", "regions_few", "coverage", "own_gaps", "own_gaps_ordered",
    "ask_differ", "ask_without", "national_ask_on_time",
)
_SLOT = re.compile(r"\{[^{}]*\}")


def typed(executed: NotebookNode, settings: Iterable[str]) -> set[str]:
    """The numbers that stand in the notebook's own cells, as the author typed them, and in these settings."""
    return _numbers([*(cell.source for cell in executed.cells), *settings])


def settings(config: Study, *place: str) -> list[str]:
    """What a text may quote of the settings. No codes of waves: T1 to T3 would let any small number through."""
    waves = [text for wave in config.waves for text in (str(wave.months), wave.label)]
    study = [config.name, config.title, str(config.reference_date), str(config.division.year)]
    chain = config.chain
    shares = [wording.points(share) for share in (chain.ambition_assessment, chain.ambition_investigation)]
    told = [*config.sources.values(), *config.break_notes.values(), *waves, str(chain.repeat_days), *shares]
    return [*study, *told, *place]


def unknown_number(payload: Record, known: set[str], explained: Collection[str] = ()) -> bool:
    """Is there a number in the texts of this exhibit that is neither known nor released in its cells?

    explained: sentences about the study and the rule, which may stand as they are.
    """
    shown = _numbers(cell for row in payload["display"] for cell in row)
    released = shown | _numbers(str(cell) for row in payload["rows"] for cell in row if cell is not None)
    if _strange([payload["id"], payload["title"], payload["source"]], known | shown):
        return True
    if _strange(payload["notes"], known | shown):
        return True
    if payload["kind"] == "sentences":
        told = " ".join([*payload["sentences"], payload["alt"]])
        for sentence in sorted(explained, key=len, reverse=True):
            told = told.replace(sentence, " ")
        return not _numbers([_of_regions().sub(" ", told)]) <= known | released | _said(payload)
    return _strange([payload["alt"]], known | released | _counted(payload))


def _said(payload: Record) -> set[str]:
    """The numbers in the cells as a sentence says them: whole, with one decimal, or in points of a hundred."""
    numbers = [value for row in payload["rows"] for value in row if isinstance(value, int | float)]
    shares = [value for value in numbers if 0 <= value <= 1]
    plain = {wording.number(value, decimals) for value in numbers for decimals in (0, 1)}
    return plain | {wording.points(share) for share in shares} | {PER}


def ready() -> None:
    """Make the patterns once, before they are needed."""
    _of_regions()
    _own_phrases()


@cache
def _of_regions() -> re.Pattern[str]:
    """The fixed sentences that count regions or elements, which stand in no cell; not one of them counts families."""
    found = wording.texts().messages
    told = ["[^.!?]{1,400}?".join(map(re.escape, _SLOT.split(found[key]))) for key in _COUNT_REGIONS]
    more = r"\d+".join(map(re.escape, _SLOT.split(found["and_more"])))  # how many names a list leaves out
    return re.compile("|".join([*told, f"; {more}"]))


def _counted(payload: Record) -> set[str]:
    """What hgeval's own alternative text counts in the cells: the rows, those with a number, and those per position."""
    names = [column["name"] for column in payload["columns"]]
    rows = payload["rows"]
    known = [row for row in rows if "value" not in names or row[names.index("value")] is not None]
    places = [Counter(row[names.index("position")] for row in some) for some in (rows, known) if "position" in names]
    counts = [len(rows), len(known), len(rows) - len(known), 0]
    return {str(count) for count in (*counts, *(count for found in places for count in found.values()))}


def _strange(texts: Iterable[str], allowed: set[str]) -> bool:
    return not _numbers(_own_phrases().sub(" ", text) for text in texts) <= allowed


def _numbers(texts: Iterable[str]) -> set[str]:
    return {number for text in texts for number in _NUMBER.findall(text)}


@cache
def _own_phrases() -> re.Pattern[str]:
    """Hgeval's own phrases with a number in them. As a whole: the 10 of "per 10.000" may not free every 10."""
    sentences = {_filled(text) for text in wording.texts().messages.values()}
    phrases = {re.escape(text) for text in _own_texts() if re.search(r"\d", text) and len(text.split()) > 1}
    told = sorted(sentences | phrases, key=lambda part: (-len(part), part))
    return re.compile("|".join(rf"(?<!\w)(?:{part})(?!\d)" for part in told), re.IGNORECASE)


def _filled(template: str) -> str:
    """A pattern for a fixed sentence of hgeval, whatever released numbers and names it was filled in with."""
    return ".{1,80}?".join(re.escape(part) for part in _SLOT.split(template))


def _own_texts() -> Iterator[str]:
    own = wording.texts().model_dump(exclude={"messages", "banned"})
    yield from _strings(own)
    yield from (column.label for table in TABLES.values() for column in table.columns)
    yield from published.kind_labels().values()
    yield from (published.source_line(code) for code in published.statline_tables()["table"])
    yield from (published.MONTHLY_SOURCE, published.DU_SOURCE)
    breaks = published.break_notes()
    yield from (*breaks["note"], *breaks["source"], *published.huisverbod()["note"])
    yield from (f"vanaf {wording.period(month)}" for month in breaks["starts_on"].dt.strftime("%Y-%m"))


def _strings(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for part in found.values() if isinstance(found, dict) else found:
            yield from _strings(part)
