"""The command line: check a study, make a synthetic one, build the reports.

Commands import what they need when they run, so that `hgeval --version` stays as quick as Python.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from hgeval import __version__
from hgeval.errors import HgevalError
from hgeval.warm import ONE_THREAD

Command = TypeVar("Command", bound=Callable[..., Any])
_FRESH = (
    "Maak alle gevraagde rapporten opnieuw, ook die al bijgewerkt zijn. Zonder --reports en --regions verdwijnen "
    "daarna de rapporten die niet meer gemaakt worden, als alles is gelukt."
)


class _Commands(click.Group):
    """A group that turns an error of ours into its one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HgevalError as fault:
            click.echo(f"Fout: {fault}", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hgeval")
def main() -> None:
    """Evaluatierapporten per Veilig Thuis-regio, uit een studiemap met gegevens."""


@main.command()
@click.argument("study")
@click.option("--json", "as_json", is_flag=True, help="De bevindingen als JSON in plaats van een tabel.")
def check(study: str, as_json: bool) -> None:
    """Controleer alle bestanden van STUDY en toon alle bevindingen tegelijk."""
    from hgeval import load, paths

    try:
        findings = load.check(paths.study_dir(study)).findings
    except HgevalError as fault:
        if not as_json:
            raise
        # a script that asked for JSON gets JSON, also where a setting stops the check before the first finding
        click.echo(json.dumps({"schema": 1, "errors": 1, "warnings": 0, "findings": [], "error": str(fault)},
                              ensure_ascii=False, indent=1))
        sys.exit(1)
    click.echo(load.findings_json(findings) if as_json else load.findings_text(findings))
    sys.exit(int((findings["severity"] == "fout").any()))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--families", type=click.IntRange(min=1), default=3250, show_default=True, help="Aantal gezinnen.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=2022, show_default=True, help="Zelfde getal, zelfde studie."
)
@click.option("--division", type=int, default=2022, show_default=True, help="Jaar van de regio-indeling.")
@click.option(
    "--kind", type=click.Choice(["veilig_thuis", "gemeente"]), default="veilig_thuis", show_default=True,
    help="Soort regio's; gemeente kan alleen met --division 2023.",
)
def simulate(folder: Path, families: int, seed: int, division: int, kind: str) -> None:
    """Maak in FOLDER een verzonnen studie, met de waarheid waaruit zij is getrokken ernaast."""
    from hgeval import simulate as simulation

    drawn = simulation.study(families=families, seed=seed, year=division, kind=kind)
    simulation.write(folder, drawn, name=simulation.name_of(folder))
    click.echo(f"Verzonnen studie met {families} gezinnen geschreven in {folder}.")


def _selection(command: Command) -> Command:
    """The study, and which of its reports a command is about."""
    parts = (
        click.argument("study"),
        click.option("--reports", default="", help="Alleen deze rapporten, met komma's ertussen."),
        click.option("--regions", default="",
                     help="Alleen deze regio's (codes zoals VT20, of NL), met komma's ertussen."),
        click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True,
                     help="Map van de rapporten."),
    )
    for part in reversed(parts):
        command = part(command)
    return command


@main.command()
@_selection
@click.option("--profile", default=None, help="Onthullingsregel: cbs5 (voor iedereen) of exact10 (eigen regio).")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Aantal rapporten tegelijk.  [standaard: alle kernen]"
)
@click.option(
    "--memory", type=click.IntRange(min=512), default=None, metavar="MIB",
    help="Geheugen dat één rapport mag gebruiken.  [standaard: zijn deel van de computer]",
)
@click.option("--fresh", is_flag=True, help=_FRESH)
@click.option("--no-warm", is_flag=True, help="Start elke kernel los, zoals Jupyter doet. Trager; dezelfde rapporten.")
@click.option(
    "--scheduler", default=None, metavar="ADRES",
    help="Laat een Dask-cluster de rapporten maken (tcp://machine:8786 of tls://...); --jobs telt dan niet.",
)
def build(
    study: str, reports: str, regions: str, out: Path, profile: str | None, jobs: int | None, memory: int | None,
    fresh: bool, no_warm: bool, scheduler: str | None,
) -> None:
    """Maak van STUDY de rapporten per regio, het landelijke rapport en de index."""
    chosen, places = _names(reports), _names(regions.upper())  # a code is a code, also as vt20
    from hgeval.press import glance

    said = "" if fresh else glance.said(study, out, (chosen, places, profile or "cbs5"))
    if said:
        click.echo(said)
        return
    for name, one in ONE_THREAD.items():  # before numpy loads: threads of a solver would wait for each other
        os.environ.setdefault(name, one)
    from hgeval.press.build import run

    result = run(
        study,
        reports=chosen,
        regions=places,
        out=out,
        profile=profile or "cbs5",
        jobs=jobs,
        memory=memory or 0,
        fresh=fresh,
        warm=not no_warm,
        scheduler=scheduler,
    )
    click.echo(result.summary())
    sys.exit(int(result.failed > 0))


@main.command()
@_selection
@click.option("--profile", default="cbs5", show_default=True, help="Onthullingsregel van de rapporten.")
def status(study: str, reports: str, regions: str, out: Path, profile: str) -> None:
    """Toon welke rapporten van STUDY niet bijgewerkt zijn, en waarom. Er wordt niets gemaakt."""
    from hgeval.press.status import look

    found = look(study, reports=_names(reports), regions=_names(regions.upper()), out=out, profile=profile)
    click.echo(found.text())


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def templates(folder: Path) -> None:
    """Schrijf in FOLDER een lege studie: een tabel met kopregel per soort gegevens, en study.yml."""
    from hgeval import dictionary

    dictionary.write_templates(folder)
    click.echo(f"Lege tabellen en study.yml geschreven in {folder}. Gooi de tabellen weg die u niet gebruikt.")


@main.command(name="dictionary")
def show_dictionary() -> None:
    """Toon het gegevenswoordenboek (de inhoud van data/README.md)."""
    from hgeval import dictionary

    click.echo(dictionary.markdown(), nl=False)


def _names(text: str) -> list[str] | None:
    return [name.strip() for name in text.split(",") if name.strip()] or None


if __name__ == "__main__":
    main()
