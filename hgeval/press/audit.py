"""The last look at a page before anyone else sees it: anything a reader must never meet fails the report."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from hgeval import paths
from hgeval.errors import ReportError

_PLACEHOLDER = re.compile(
    r"no description|geen beschrijving|^(image|figuur|figure|plot|grafiek)?\s*\d*$|\.(png|jpe?g|svg)$", re.I
)
_LOADS = ("src", "href", "srcset", "action", "formaction", "poster", "data", "background", "xlink:href")
_INSIDE = re.compile(r"(#|tel:|data:image/png;base64,|(?![a-z][a-z0-9+.-]*:|//|/|\\).)", re.I)
_STYLE_LOADS = re.compile(r"@import|url\s*\(\s*['\"]?(?!data:)", re.I)
_FAULT_TEXT = re.compile(r"Traceback \(most recent|\bipykernel_?\d*/|\w+Warning:|\bobject at 0x[0-9a-f]+")
_MACHINE = re.compile(r"(/home/|/Users/|[A-Za-z]:\\Users\\|file://)")


def check(html: str, *, private: Iterable[str] = ()) -> None:
    """Raise ReportError with every fault in the page."""
    faults = sorted(set(findings(html, private=private)))
    if faults:
        raise ReportError("de pagina is afgekeurd: " + "; ".join(faults) + ".")


def findings(html: str, *, private: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with the page, in Dutch, one sentence each."""
    soup = BeautifulSoup(html, "html.parser")
    yield from _frame(soup)
    yield from _outside(soup)
    yield from _images(soup)
    yield from _tables(soup)
    yield from _headings(soup)
    yield from _leaks(soup, private)


def _frame(soup: BeautifulSoup) -> Iterator[str]:
    if soup.html is None or soup.html.get("lang") != "nl":
        yield "de taal (lang) is niet nl"
    if soup.title is None or not soup.title.get_text(strip=True):
        yield "de titel ontbreekt"
    if soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"}) is None:
        yield "het beveiligingsbeleid (CSP) ontbreekt"
    for name in ("header", "main", "footer"):
        if len(soup.find_all(name)) != 1:
            yield f"er hoort precies één {name} te zijn"
    doubles = [name for name, times in Counter(tag["id"] for tag in soup.find_all(id=True)).items() if times > 1]
    if doubles:
        yield f"een id komt twee keer voor ({doubles[0]})"


def _outside(soup: BeautifulSoup) -> Iterator[str]:
    if soup.find(["script", "iframe", "object", "embed", "form", "link", "base"]):
        yield "er staat een script of ingesloten onderdeel in"
    if soup.body is not None and soup.body.find(["meta", "noscript", "dialog", "style", "title"]):
        yield "er staat een onderdeel in dat alleen in de kop van een pagina hoort, of dat niet mag"
    if any(name in tag.attrs for tag in soup.find_all(True) for name in ("ping", "srcset")):
        yield "er staat een adres in een attribuut dat naar buiten kan (ping, srcset)"
    for tag in soup.find_all(True):
        if any(name.lower().startswith("on") for name in tag.attrs):
            yield "er staat een script in een attribuut (on...)"
        if "style" in tag.attrs:
            yield "er staat opmaak in een attribuut (style), die het beveiligingsbeleid weigert"
        if any(not _INSIDE.match(str(tag[name]).strip()) for name in _LOADS if name in tag.attrs):
            yield "er staat een adres van buiten in; noem de bron in woorden"
    if any(_STYLE_LOADS.search(style.get_text()) for style in soup.find_all("style")):
        yield "de opmaak laadt iets van buiten"


def _images(soup: BeautifulSoup) -> Iterator[str]:
    for image in soup.find_all("img"):
        if _PLACEHOLDER.search(str(image.get("alt", "")).strip()):
            yield "een afbeelding heeft geen beschrijving (alt)"
        if not str(image.get("src", "")).startswith("data:"):
            yield "een afbeelding staat niet in de pagina zelf; toon alleen figuren die uit hgeval komen"


def _tables(soup: BeautifulSoup) -> Iterator[str]:
    for table in soup.find_all("table"):
        if table.caption is None or not table.caption.get_text(strip=True):
            yield "een tabel heeft geen bijschrift; zet boven een tabel in de tekst een regel die begint met 'Tabel'"
        if any(head.get("scope") not in ("col", "row", "colgroup", "rowgroup") for head in table.find_all("th")):
            yield "een kop in een tabel heeft geen scope"
        if not table.find("th"):
            yield "een tabel heeft geen koppen"


def _headings(soup: BeautifulSoup) -> Iterator[str]:
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    if levels.count(1) != 1:
        yield f"er hoort precies één titel (kop 1) te zijn, gevonden: {levels.count(1)}"
    if any(after > before + 1 for before, after in zip([1, *levels], levels, strict=False)):
        yield "een kop slaat een niveau over (bijvoorbeeld van ## naar ####)"
    if any(not tag.get_text(strip=True) for tag in soup.find_all(re.compile("^h[1-6]$"))):
        yield "een kop is leeg"


def _leaks(soup: BeautifulSoup, private: Iterable[str]) -> Iterator[str]:
    for tag in soup.find_all(src=re.compile("^data:")):
        del tag["src"]  # letters in an image's encoding could look like a path
    attributes = (str(value) for tag in soup.find_all(True) for value in tag.attrs.values())
    text = "\n".join([soup.get_text(), *attributes])
    if _FAULT_TEXT.search(text):
        yield "er staat een foutmelding of waarschuwing van Python in"
    if _MACHINE.search(text) or any(place in text for place in _places(private)):
        yield "er staat een pad van deze computer in"


def _places(private: Iterable[str]) -> set[str]:
    own = {tempfile.gettempdir(), str(Path.home()), sys.prefix, str(paths.root()), *private}
    return {place for place in own if len(place) > 4 and re.search(r"[/\\]", place)}
