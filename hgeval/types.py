"""What values are called in annotations where a name says more than the type.

The command line reads this too: pandas and numpy are only for who checks the types.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pandas.api.typing import NAType

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[np.int64]"
Number: TypeAlias = "float | np.integer[Any] | NAType | None"  # one cell of a column of numbers, missing or not
Plain: TypeAlias = str | float | None  # one cell as JSON holds it; a float is a whole number or a bool as well
Record: TypeAlias = dict[str, Any]  # what JSON calls an object: its values are of several types
Row: TypeAlias = dict[Hashable, Any]  # one row of a frame, as `to_dict("records")` gives it
