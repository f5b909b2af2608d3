"""The numbers of a report as a workbook and as one long table; both come from the exhibits' payloads only."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from hgeval.press.export import Report, dutch_date
from hgeval.types import Plain, Record

_FORMULA = re.compile(r"^[=+\-@\t\r\n]")
_NOT_IN_SHEET = re.compile(r"[^a-z0-9-]")
_SHEET = 31
_GUIDE = "Leeswijzer"
_REMARKS = {
    "shown": "", "rounded": "afgerond", "derived": "berekend uit getoonde cijfers", "none": "geen cijfer",
    "suppressed": "verborgen", "suppressed_with": "verborgen",
}
_FORMATS = {
    "share": "0.0%", "whole share": "0%", "rate": "#,##0.0", "count": "#,##0", "euro": "€ #,##0", "number": "#,##0.0##",
    "points": "0%", "difference": "+0%;-0%;0%", "index": "0.00",
}
_CSV_HEAD = ("onderdeel", "titel", "rij", "kolom", "waarde", "eenheid", "aantekening", "bron")
_UNITS = {
    "share": "deel van 1", "rate": "per 10.000", "count": "aantal", "euro": "euro", "number": "getal", "text": "tekst",
    "points": "deel van 1", "difference": "deel van 1", "index": "getal",
}


def remark(status: str) -> str:
    """What a row's status means, in Dutch."""
    return _REMARKS[status]


def workbook(payloads: list[Record], report: Report) -> bytes:
    """One sheet an exhibit, after a sheet that says how to read them; equal input gives equal bytes."""
    buffer = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, safe) as book:
        book.set_properties({
            "title": report.heading, "subject": report.study_title, "author": f"hgeval {report.version}",
            "created": dt.datetime.fromisoformat(report.reference_date),
        })
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        styles = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        names = sheet_names(payload["id"] for payload in payloads)
        guide = book.add_worksheet(_GUIDE)
        guide.set_column(0, 0, 30, wrapped)
        guide.set_column(1, 1, 90, wrapped)
        for line, (left, right) in enumerate(_guide(payloads, names, report)):
            guide.write_string(line, 0, left, bold if not right else wrapped)
            guide.write_string(line, 1, right, wrapped)
        for payload, name in zip(payloads, names, strict=True):
            _sheet(book.add_worksheet(name), payload, bold, styles)
    return buffer.getvalue()


def sheet_names(ids: Iterable[str]) -> list[str]:
    """A name a spreadsheet accepts for each id, none twice."""
    taken = {_GUIDE.lower(), "history"}
    names = []
    for name in ids:
        short = base = _NOT_IN_SHEET.sub("-", name)[:_SHEET]
        number = 1
        while short in taken:
            number += 1
            short = f"{base[: _SHEET - 1 - len(str(number))]}-{number}"
        taken.add(short)
        names.append(short)
    return names


def _guide(payloads: list[Record], names: list[str], report: Report) -> list[tuple[str, str]]:
    lines = [
        (report.heading, ""),
        ("Studie", report.study_title),
        ("Peildatum", dutch_date(report.reference_date)),
        ("Gemaakt met", f"hgeval {report.version}"),
    ]
    if report.synthetic:
        invented = "De gezinnen en antwoorden in de studie zijn verzonnen. Trek er geen conclusies uit."
        lines.append(("Voorbeeldgegevens", invented))
    if report.own_eyes:
        lines.append(("Niet verspreiden", "Dit rapport is alleen voor de eigen regio."))
    lines += [
        ("Een punt (.)", "Het cijfer is te klein om te tonen, of onbekend. Een punt is geen nul."),
        ("Bescherming", report.rule_text),
        ("Percentages", "Een percentage staat als deel van 1, met de opmaak van een percentage."),
        ("", ""),
        ("Werkbladen", ""),
    ]
    sheets = zip(payloads, names, strict=True)
    return lines + [(name, f"{payload['title']} (bron: {payload['source']})") for payload, name in sheets]


def _sheet(sheet: Any, payload: Record, bold: Any, styles: dict[str, Any]) -> None:
    columns = payload["columns"]
    sheet.write_string(0, 0, payload["title"], bold)
    for at, column in enumerate(columns):
        sheet.write_string(2, at, column["label"], bold)
        widest = max([len(column["label"]), *(len(row[at]) for row in payload["display"])])
        sheet.set_column(at, at, min(60, max(10, widest + 2)))
    sheet.write_string(2, len(columns), "Aantekening", bold)
    sheet.set_column(len(columns), len(columns), 32)
    sheet.freeze_panes(3, 1)
    line = 2
    for line, (row, shown, status) in enumerate(_rows(payload), start=3):
        for at, column in enumerate(columns):
            cell = _value(row[at], shown[at], column["kind"])
            if isinstance(cell, str):
                sheet.write_string(line, at, cell)
            else:
                sheet.write_number(line, at, cell, styles.get(_style(column["kind"], shown[at])))
        sheet.write_string(line, len(columns), _remark(shown, status))
    for text in [*payload.get("sentences", []), *payload.get("notes", []), f"Bron: {payload['source']}"]:
        line += 1
        sheet.write_string(line + 1, 0, text)


def _style(kind: str, shown: str) -> str:
    """As many decimals as in the report: few families give a percentage without any."""
    return "whole share" if kind == "share" and "," not in shown else kind


def _rows(payload: Record) -> Iterable[tuple[list[Plain], list[str], str]]:
    return zip(payload["rows"], payload["display"], payload["status"], strict=True)


def _value(raw: Plain, shown: str, kind: str) -> str | int | float:
    """A number where there is one; else the text that is printed, so a hidden number is a dot here too."""
    return raw if isinstance(raw, int | float) and not isinstance(raw, bool) and kind != "text" else shown


def _remark(shown: list[str], status: str) -> str:
    provisional = any(cell.endswith("*") for cell in shown)
    return ", ".join(filter(None, [remark(status), "voorlopig" if provisional else ""]))


def table(payloads: list[Record], report: Report) -> bytes:
    """Every cell of every exhibit on a line of its own, as Dutch spreadsheets read it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_CSV_HEAD)
    for payload in payloads:
        source = payload["source"] + (" (voorbeeldgegevens)" if payload.get("synthetic") else "")
        for number, (row, shown, status) in enumerate(_rows(payload), start=1):
            for column, raw, text in zip(payload["columns"], row, shown, strict=True):
                if raw is None and not text:  # no such number exists, as with the range of a census
                    continue
                cell = (column["label"], _value(raw, text, column["kind"]), _UNITS.get(column["kind"], ""))
                line = (payload["id"], payload["title"], number, *cell, _remark(shown, status), source)
                writer.writerow([_csv_cell(part) for part in line])
        for sentence in payload.get("sentences", []):
            told = (payload["id"], payload["title"], "", "zin", sentence, "tekst", "", source)
            writer.writerow([_csv_cell(part) for part in told])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: str | int | float) -> str:
    """A number with a decimal comma; text that a spreadsheet would run as a formula stays text."""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(cell, int):
        return str(cell)
    text = cell.replace("\x00", "")
    return f"'{text}" if _FORMULA.match(text) else text
