"""Finds the file of each table in a study folder, reads it and matches its columns to the schema."""

from __future__ import annotations

import difflib
import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

from hgeval import params, readers_binary, readers_text, settings
from hgeval.columns import Table
from hgeval.findings import Findings, Place
from hgeval.schema import TABLES
from hgeval.sheets import Cells, Sheet

SUFFIXES = (".csv", ".xlsx", ".sav", ".parquet")  # nothing that can run code, nothing from elsewhere
STUDY_FILE = "study.yml"
_NO_ROWS = "Het bestand heeft een kop maar geen rijen. Vul het. Gooi de tabellen weg die u niet gebruikt."
_PERSONAL = re.compile(r"bsn|burgerservice|naam|namen|adres|geboorte|postcode|telefoon|e-?mail", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f"), " ")


@dataclass(frozen=True)
class Raw:
    """One table as read: the cells of each schema column that is there, and where they come from."""

    table: Table
    cells: dict[str, Cells]
    place: Place
    format: params.Format
    sha256: str


def read(folder: Path, table: Table, study: params.Study, found: Findings) -> Raw | None:
    """The file of one table, or None where there is none or it cannot be read."""
    form = table_format(study, table.name)
    path = locate(folder, table.name, study, found)
    if path is None:
        return None
    data = _bytes(path, found)
    sheet = _sheet(data, path, form, found) if data is not None else None
    if data is None or sheet is None:
        return None
    place = Place(path.name, sheet.rows, found)
    cells = _matched(sheet, table, form, place)
    if not len(sheet.rows):
        found.add("geen-rijen", _NO_ROWS, file=path.name)
        return None
    return Raw(table, cells, place, form, hashlib.sha256(data).hexdigest()) if cells else None


def table_format(study: params.Study, name: str) -> params.Format:
    """How a table's file is written: `formats`, with what its own entry under `files` says over it."""
    own = study.files[name].model_dump(exclude_unset=True, exclude={"file"}) if name in study.files else {}
    both = params.merge(study.formats.model_dump(exclude_unset=True), own)
    return settings.validate(params.Format, both, file=STUDY_FILE)


def locate(folder: Path, name: str, study: params.Study, found: Findings) -> Path | None:
    """The one file of a table: named in study.yml, or called after the table."""
    declared = study.files[name].file if name in study.files else ""
    if declared:
        return _declared(folder, declared, name, found)
    candidates = [path for path in _files(folder) if path.name.split(".")[0].casefold() == name]
    usable = [path for path in candidates if path.name.casefold() in {name + suffix for suffix in SUFFIXES}]
    if len(usable) > 1:
        names = ", ".join(path.name for path in usable)
        message = f"Deze tabel staat in {len(usable)} bestanden: {names}. Laat er één staan."
        found.add("bestand-dubbel", message, file=usable[0].name)
        return None
    for path in candidates:
        if path not in usable:
            _refuse_suffix(path.name, found)
    return usable[0] if usable else None


def _declared(folder: Path, declared: str, name: str, found: Findings) -> Path | None:
    if any(sign in declared for sign in "/\\:\0") or declared.startswith("."):
        message = f"Bij {name} staat geen kale bestandsnaam. Zet het bestand in de studiemap en noem alleen zijn naam."
        found.add("bestand-naam", message, file=STUDY_FILE)
        return None
    path = folder / declared
    if path.suffix.casefold() not in SUFFIXES:
        _refuse_suffix(declared, found)
        return None
    if not path.is_file():
        message = f"Dit bestand van {name} is er niet. Zet het in de studiemap, of verbeter de naam in study.yml."
        found.add("bestand-ontbreekt", message, file=declared)
        return None
    return path


def _bytes(path: Path, found: Findings) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        message = "Dit bestand is niet te openen. Sluit het in andere programma's, en kijk of u het mag lezen."
        found.add("bestand-stuk", message, file=path.name)
        return None


def _refuse_suffix(name: str, found: Findings) -> None:
    message = "Dit soort bestand wordt niet gelezen. Verwacht: .csv, .xlsx, .sav of .parquet, niet ingepakt."
    found.add("bestand-soort", message, file=name)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def report_strays(folder: Path, study: params.Study, found: Findings) -> None:
    """Warns of every data file that is no table, so that a name of one's own does not lose a table."""
    declared = {name: spec.file for name, spec in study.files.items() if spec.file}
    for path in _files(folder):
        stem = path.name.split(".")[0].casefold()
        read = path.name in declared.values() or (stem in TABLES and stem not in declared)
        if not read and path.suffix.casefold() in SUFFIXES:
            message = f"Dit bestand is niet gelezen.{_meant(stem)} Geef het de naam van een tabel, noem het in " \
                      "study.yml onder files, of haal het weg."
            found.add("bestand-onbekend", message, file=path.name)


def _meant(stem: str) -> str:
    near = difflib.get_close_matches(stem, TABLES, n=1, cutoff=0.8) or [name for name in TABLES if name in stem]
    return f" Bedoelt u {near[0]}?" if near and stem not in TABLES else ""


def is_absent(folder: Path, name: str, study: params.Study) -> bool:
    """Whether there is no file at all for a table; a file that cannot be read is there."""
    found = Findings()
    return locate(folder, name, study, found) is None and found.frame().empty


def _sheet(data: bytes, path: Path, form: params.Format, found: Findings) -> Sheet | None:
    suffix, file = path.suffix.casefold(), path.name
    if not data:
        found.add("bestand-leeg", "Het bestand is leeg (0 bytes). Vul het, of haal het uit de studiemap.", file=file)
        return None
    real = _real_type(data)
    if real and real[0] != suffix:
        message = f"De inhoud is {real[1]}, geen {suffix}-bestand. Sla het op als {suffix}, of hernoem het."
        found.add("bestand-type", message, file=file)
        return None
    if suffix == ".csv":
        return readers_text.read(data, file=file, delimiter=form.delimiter, encoding=form.encoding, found=found)
    if suffix == ".xlsx":
        return readers_binary.xlsx(data, file=file, sheet=form.sheet, found=found)
    return (readers_binary.sav if suffix == ".sav" else readers_binary.parquet)(data, file=file, found=found)


_SIGNS = (
    (b"$FL", ".sav", "een SPSS-bestand"), (b"PAR1", ".parquet", "een Parquet-bestand"),
    (b"\x1f\x8b", "", "een ingepakt bestand (gzip)"), (b"7z\xbc\xaf", "", "een ingepakt bestand (7z)"),
    (b"%PDF", "", "een PDF-bestand"), (b"\x80\x04\x95", "", "een pickle-bestand"),
)


def _real_type(data: bytes) -> tuple[str, str] | None:
    """The suffix that belongs to the first bytes, and the type in words; None where they tell nothing."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        return "", "een Excel-bestand met een wachtwoord" if locked else "een oud Excel-bestand (.xls)"
    if data.startswith(b"PK\x03\x04"):
        return _zip_type(data)
    for sign, suffix, words in _SIGNS:
        if data.startswith(sign):
            return suffix, words
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        return "", "een webpagina of XML"
    return None if re.search(rb"[\x00-\x08\x0e-\x1f]", start) else (".csv", "een tekstbestand")


def _zip_type(data: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            is_excel = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        is_excel = True  # damaged: left to the reader of XLSX to say so
    return (".xlsx", "een Excel-bestand (.xlsx)") if is_excel else ("", "een zip-bestand")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).translate(_INVISIBLE | _SPACES).strip()


def _matched(sheet: Sheet, table: Table, form: params.Format, place: Place) -> dict[str, Cells]:
    """The cells of each schema column; every fault of the header at once."""
    renamed = {_plain(old).casefold(): new for old, new in form.rename.items()}
    plain = [_plain(name) for name in sheet.header]
    meant = [renamed.get(name.casefold(), name.casefold()) for name in plain]
    known = [name if name in table.names else "" for name in meant]
    missing = [column.name for column in table.columns if column.required and column.name not in known]
    for name in missing:
        place.found.add("kolom-ontbreekt", f"Deze verplichte kolom van {table.name} ontbreekt. Voeg haar toe, of zet "
                        "in study.yml onder rename hoe zij heet.", file=place.file, column=name)
    for name in sorted({name for name in known if name and known.count(name) > 1}):
        place.found.add("kolom-dubbel", "Deze kolom staat er meer dan één keer. Laat er één staan.",
                        file=place.file, column=name)
    _report_others(sheet, known, plain, place, safe=not missing)
    _report_spelling(sheet.header, known, renamed, table, place)
    return {name: cells for name, cells in zip(known, sheet.columns, strict=True) if name}


def _report_others(sheet: Sheet, known: list[str], plain: list[str], place: Place, *, safe: bool) -> None:
    """Columns that are no part of the table. Without a sure header its names may be data: then by number."""
    for at, name in enumerate(known):
        if name:
            continue
        if plain[at]:
            message = f"Kolom {at + 1} staat niet in het overzicht van deze tabel en wordt niet ingelezen."
            if safe and _PERSONAL.search(plain[at]):
                message += " Haal haar weg: deze gegevens horen niet in een studie."
            place.found.add("kolom-onbekend", message, file=place.file, column=_printable(plain[at]) if safe else "")
        elif sheet.columns[at].text.str.strip().fillna("").ne("").any():
            message = f"Kolom {at + 1} heeft inhoud maar geen naam. Geef haar een naam, of haal haar weg."
            place.found.add("kolom-zonder-naam", message, file=place.file)


def _printable(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:60]


def _report_spelling(header: list[str], known: list[str], renamed: dict[str, str], table: Table, place: Place) -> None:
    for written, name in zip(header, known, strict=True):
        if name and written != name and _plain(written).casefold() not in renamed:
            message = "De naam is gelezen ondanks spaties of hoofdletters. Schrijf hem zoals in het overzicht."
            place.found.add("kop-schrijfwijze", message, file=place.file, column=name)
    found = [name for name in known if name]
    if found != sorted(found, key=table.names.index):
        place.found.add("kolom-volgorde", "De kolommen staan in een andere volgorde dan in het overzicht; ze zijn op "
                        "naam gelezen.", file=place.file)
