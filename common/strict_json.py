"""JSON as others read it: Python's own parser also takes NaN and Infinity, and makes them of 1e999.

https://www.rfc-editor.org/rfc/rfc8259#section-6
"""

import json
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn

Pairs = Callable[[list[tuple[str, Any]]], Any]
_SHOWN = 80


def loads(text: bytes | str, pairs: Pairs | None = None) -> Any:  # noqa: ANN401 - JSON of any form
    """What a JSON text holds.

    Args:
        text: UTF-8 where it is bytes.
        pairs: makes an object of its names and values; None makes a dict.

    Raises:
        ValueError: it is no JSON, is nested too deep, or holds a number that JSON cannot.
    """
    try:
        return _decoder(pairs).decode(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deep") from None


@lru_cache(maxsize=4)
def _decoder(pairs: Pairs | None) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=pairs, parse_constant=_no_number, parse_float=_finite)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:_SHOWN]} is too large")
    return number
