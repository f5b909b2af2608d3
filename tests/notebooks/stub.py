"""What a notebook shows, as raw MIME bundles: the press is tested without the library behind it."""

from __future__ import annotations

import base64
import struct
import zlib

from IPython.display import display

MIME = "application/vnd.hgeval.released+json"
COLUMNS = [
    {"name": "region", "label": "Regio", "kind": "text"}, {"name": "n", "label": "Gezinnen", "kind": "count"},
    {"name": "value", "label": "Percentage", "kind": "share"}, {"name": "low", "label": "Ondergrens", "kind": "share"},
    {"name": "high", "label": "Bovengrens", "kind": "share"},
]


def payload(kind: str, name: str, region: str, *, profile: str = "cbs5", **over: object) -> dict:
    """A payload with a shown row, a hidden row and the country."""
    return {
        "schema": 1, "kind": kind, "id": name, "title": f"Bij 30% van de gezinnen in {region} stopte het geweld",
        "alt": f"Staven: in {region} stopte het geweld bij 30% van de gezinnen, landelijk bij 35,0%.",
        "source": "voorbeeldstudie, tabel families", "notes": ["Een noot bij de cijfers."],
        "profile": profile, "study": "klein", "region": region, "synthetic": True, "columns": COLUMNS,
        "rows": [[region, 40, 0.3, 0.18, 0.456789], ["VT03", None, None, None, None], ["NL", 900, 0.35, 0.32, 0.38]],
        "display": [[region, "40", "30%", "18%", "46%"], ["Flevoland", ".", ".", ".", "."],
                    ["Nederland", "900", "35,0%", "32,0%", "38,0%"]],
        "status": ["rounded", "suppressed", "rounded"], **over,
    }


def show(given: dict, *, png: bytes = b"") -> None:
    """Display a payload as an exhibit does."""
    data = {"text/plain": given["alt"], MIME: given}
    if given["kind"] == "figure":
        data["image/png"] = base64.b64encode(png or picture()).decode()
    display(data, raw=True)


def table(region: str, name: str = "een-tabel", **over: object) -> None:
    show(payload("table", name, region, **over))


def figure(region: str, name: str = "een-figuur", *, png: bytes = b"", **over: object) -> None:
    show(payload("figure", name, region, **over), png=png)


def sentences(region: str, name: str = "in-het-kort", **over: object) -> None:
    said = [f"In {region} stopte het geweld bij 30% van de gezinnen.", "Dat is niet te onderscheiden van Nederland."]
    show(payload("sentences", name, region, **{"sentences": said, **over}))


def picture(width: int = 8, height: int = 5) -> bytes:
    """A small grey PNG."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    parts = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), b"IDAT": zlib.compress(rows), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts.items()
    )
