"""Checks of a source's answer; every error names the scraper, the field and the value."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import from_json

from common.scrapers.model import ContractError, Record


def load(body: bytes, where: str) -> Any:  # noqa: ANN401 - JSON of any form
    """Parse the JSON of an answer.

    Raises:
        ContractError: the body is not JSON (NaN and Infinity are none), or it is an HTML page.
    """
    try:
        return from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "not JSON"
        raise ContractError(f"{where}: the answer is {kind} ({error})") from error


def need(holder: object, field: str, kind: type | tuple[type, ...], where: str) -> Any:  # noqa: ANN401 - JSON
    """Return `holder[field]`, which must be of the given type.

    Raises:
        ContractError: the holder is not an object, or the field is absent or of another type.
    """
    value = holder.get(field) if isinstance(holder, dict) else None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, (int, float))):
        raise ContractError(f"{where}: {field} is {value!r:.80}, not {_names(kind)}")
    return value


def objects(values: Iterable[object], where: str) -> list[Record]:
    """Return values as records.

    Raises:
        ContractError: one of them is not a JSON object.
    """
    found = []
    for value in values:
        if not isinstance(value, dict):
            raise ContractError(f"{where}: holds {value!r:.80}, not an object")
        found.append(value)
    return found


def result_set(document: object, name: str, columns: Sequence[str], where: str) -> list[Record]:
    """Return the rows of one of stats.nba.com's result sets, each by column name.

    Args:
        document: `{"resultSets": [{"name", "headers", "rowSet"}]}`.
        name: the name of the set.
        columns: the columns that must exist.
        where: names the scraper in errors.

    Raises:
        ContractError: the set or a column is missing, or a row does not fit the header.
    """
    sets = objects(need(document, "resultSets", list, where), where)
    chosen = next((each for each in sets if each.get("name") == name), None)
    if chosen is None:
        raise ContractError(f"{where}: no result set {name}; got {[s.get('name') for s in sets]}")
    headers = need(chosen, "headers", list, f"{where}.{name}")
    if len({str(header) for header in headers}) != len(headers):
        raise ContractError(f"{where}.{name}: headers name a column twice: {headers!r:.200}")
    missing = [column for column in columns if column not in headers]
    if missing:
        raise ContractError(f"{where}.{name}: headers lack {missing}")
    rows = need(chosen, "rowSet", list, f"{where}.{name}")
    if any(not isinstance(row, list) or len(row) != len(headers) for row in rows):
        raise ContractError(
            f"{where}.{name}: a row does not have the header's {len(headers)} columns"
        )
    return [dict(zip(map(str, headers), row, strict=True)) for row in rows]


def _names(kind: type | tuple[type, ...]) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(each.__name__ for each in kinds)
