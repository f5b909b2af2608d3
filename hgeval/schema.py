"""What a study folder may hold: every table and column, the one description all else is made from.

The checks, the data dictionary, the empty templates and the synthetic study all read `TABLES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hgeval.columns import Table
from hgeval.schema_chain import CHAIN_TABLES
from hgeval.schema_divisions import DIVISION_TABLES
from hgeval.schema_governance import GOVERNANCE_TABLES
from hgeval.schema_study import STUDY_TABLES
from hgeval.schema_survey import SURVEY_TABLES

TABLES: dict[str, Table] = {
    table.name: table
    for table in (*STUDY_TABLES, *SURVEY_TABLES, *GOVERNANCE_TABLES, *DIVISION_TABLES, *CHAIN_TABLES)
}
if TYPE_CHECKING:
    TableName = str
else:  # only when it runs are the names known; the settings refuse any other
    TableName = Literal[tuple(TABLES)]
