"""What may be computed from visible numbers: a closed list, since any other could add numbers nobody released."""

from __future__ import annotations

from hgeval import (
    benchmark,
    chain,
    chain_agreements,
    finance_contributions,
    finance_dossiers,
    finance_lines,
    governance,
    interventions,
    monitor,
    overview,
    survey_beside,
    survey_quality,
)

DERIVES = (
    benchmark.funnel, benchmark.precision, *interventions.DERIVED, monitor.known, monitor.imposed, overview.complete,
    overview.signs, finance_contributions.contributions, finance_lines.cost_lines, finance_lines.named,
    finance_lines.by_payer, finance_lines.yearly, finance_dossiers.per_dossier, chain.advice_ratio,
    chain_agreements.last_year, governance.beside, governance.least, survey_quality.quadrants,
    survey_beside.beside, survey_beside.scales, survey_beside.costs, survey_beside.listed,
)  # fmt: skip
