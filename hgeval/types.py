"""What values are called in annotations where a name says more than the type."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from pandas.api.typing import NAType

Number: TypeAlias = float | np.integer[Any] | NAType | None  # one cell of a column of numbers, missing or not
Record: TypeAlias = dict[str, Any]  # one row of a frame, or an object of JSON: its values are of several types
Row: TypeAlias = Any  # one row as `DataFrame.itertuples` gives it: an attribute for each column of that frame
