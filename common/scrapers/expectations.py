"""The answers of all sources, held against what was asked: dates, games, teams and points.

A scraper declares in an `Expectation` which fields of its records show that. An answer about
something else breaks the contract; one that is about the right thing, but lacks a part of it or
disagrees with the schedule, is a mismatch, which is asked for again and never counts as collected.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from common.eastern import eastern_date
from common.messages.models import GameRef
from common.scrapers.model import (
    ContractError,
    Expectation,
    MismatchError,
    MissingGamesError,
    Parsed,
    Record,
    Target,
)
from common.scrapers.shape import need

SHOWN_MAX = 3
"""How many strange values an error shows."""


def hold(expectation: Expectation, target: Target, parsed: Parsed) -> None:
    """Hold the records of an answer against the question.

    Raises:
        ContractError: a record is of another date or, of a scraper of one game, another game.
        MismatchError: a record is there twice, a game that was asked for is missing, or points do
            not add up to those of the schedule, where the request has them.
    """
    where, records = target.scraper, parsed.records
    if expectation.key is not None:
        _check_distinct(records, expectation.key, where)
    if expectation.day:
        _check_values(records, expectation.day, target.target_date.isoformat(), where)
    if expectation.score and target.game and _score(target.game):
        _check_score(target.game, expectation.score(records, target.game), where)
    if not expectation.game:
        return
    if target.game:
        _check_values(records, expectation.game, target.game.game_id, where)
    by_game: dict[object, list[Record]] = defaultdict(list)
    for record in records:
        by_game[record.get(expectation.game)].append(record)
    _check_complete(target.asked, by_game, where)
    for game in target.asked:
        _check_points(expectation, game, by_game[game.game_id], where)


def check_date(found: date, target: Target, what: str) -> None:
    """Refuse an answer that is of another date than the one asked for.

    Args:
        found: the date that the answer gives.
        target: what was asked.
        what: names where the answer gives its date.

    Raises:
        ContractError: the dates differ; the text has both.
    """
    if found != target.target_date:
        raise ContractError(
            f"{target.scraper}: {what} is of {found}, asked was {target.target_date}"
        )


def of_asked_date(
    records: Iterable[Record], target: Target, *, name: str, field: str, read: Callable[[str], date]
) -> tuple[list[Record], tuple[str, ...]]:
    """Split off the records of other dates, for sources that answer with more than was asked.

    Args:
        records: the records.
        target: what was asked.
        name: the field that identifies a record.
        field: the field that holds its date or instant.
        read: returns the Eastern date of that field; raises ValueError for another form.

    Returns:
        The records of the date, and a warning for each of the others.

    Raises:
        ContractError: a date cannot be read; the text names record, field and value. The record
            may be of the date that was asked for, so it is not left out.
    """
    ours, warnings = [], []
    for record in records:
        where = f"{target.scraper}: {name} {record.get(name)!s:.80}"
        value = need(record, field, str, where)
        which = f"{where}: {field} is {value!r:.80}"
        try:
            found = read(value)
        except (ValueError, OverflowError) as error:
            raise ContractError(f"{which}, which is no date ({error})") from None
        if found == target.target_date:
            ours.append(record)
        else:
            warnings.append(f"{which}, of {found}; asked was {target.target_date}; left out")
    return ours, tuple(warnings)


def eastern_date_of(text: str) -> date:
    """Return the Eastern date of an instant such as `2025-11-13T00:10:00Z`.

    Raises:
        ValueError: the text is no instant, or has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("it has no offset from UTC")
    return eastern_date(instant)


def _check_distinct(records: Sequence[Record], key: Sequence[str], where: str) -> None:
    held = [tuple(map(record.get, key)) if key else record for record in records]
    texts = [*map(repr, held)]
    if len(set(texts)) == len(texts):
        return
    counts, named = Counter(texts), ", ".join(key) or "the record"
    twice = [value for value, number in counts.items() if number > 1]
    raise MismatchError(
        f"{where}: {len(twice)} of {len(counts)} are there more than once; {named}: {twice[0]:.80}"
    )


def _check_score(game: GameRef, found: tuple[int, int], where: str) -> None:
    if found != _score(game):
        raise MismatchError(
            f"{where}: game {game.game_id}: the score is {found[0]}:{found[1]}, "
            f"in the schedule {game.away_score}:{game.home_score}"
        )


def _score(game: GameRef) -> tuple[int, int] | None:
    """Return the final score of the schedule; None when the request has none."""
    if game.away_score is None or game.home_score is None:
        return None
    return game.away_score, game.home_score


def _check_values(records: Sequence[Record], field: str, asked: str, where: str) -> None:
    strange = {str(record.get(field)) for record in records} - {asked}
    if strange:
        shown = sorted(strange)[:SHOWN_MAX]
        raise ContractError(f"{where}: {field} holds {shown}, asked was {asked}")


def _check_complete(
    asked: Sequence[GameRef], by_game: Mapping[object, Sequence[Record]], where: str
) -> None:
    missing = [game.game_id for game in asked if game.game_id not in by_game]
    if missing:
        raise MissingGamesError(
            f"{where}: {len(missing)} of {len(asked)} games asked for are not in the answer: "
            f"{', '.join(missing)}"
        )


def _check_points(
    expectation: Expectation, game: GameRef, records: Sequence[Record], where: str
) -> None:
    field = expectation.points
    if not field:
        return
    points: dict[object, int] = defaultdict(int)
    for record in records:
        points[record.get(expectation.team)] += _number(record, field, where)
    known = _score(game)
    if known is None:
        return
    for team, score in zip((game.away, game.home), known, strict=True):
        if points[team] != score:
            raise MismatchError(
                f"{where}: game {game.game_id}: {team} has {points[team]} points, "
                f"in the schedule {score}"
            )
    if others := points.keys() - {game.away, game.home}:
        raise MismatchError(
            f"{where}: game {game.game_id}: {sorted(map(str, others))[:SHOWN_MAX]} are not its "
            f"teams {game.away} and {game.home}"
        )


def _number(record: Record, field: str, where: str) -> int:
    """Return the points of a record; a player who did not play has none."""
    value = record.get(field) or 0
    if not isinstance(value, int):
        raise ContractError(f"{where}: {field} is {value!r:.80}, not a whole number")
    return value
