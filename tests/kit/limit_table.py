"""Writes the tables of docs/limits.md from the limits and the judged reasons."""

from collections.abc import Iterator, Mapping

from common.cloud import limits
from common.errors import LASTING_REASONS, TRANSIENT_REASONS


def limit_rows(given: tuple[limits.Limit, ...]) -> Iterator[str]:
    """Yield a row for each limit: number, what is counted (linked), what we do."""
    for one in given:
        yield f"| {one.most:,} | [{one.unit}]({one.link}) | {one.then} |"


def reason_rows(given: Mapping[str, str]) -> Iterator[str]:
    """Yield a row for each reason of BigQuery: name and why."""
    for name, why in given.items():
        yield f"| `{name}` | {why} |"


def every_row() -> dict[str, list[str]]:
    """Return the rows of each table by the heading above it."""
    return {
        "BigQuery": [*limit_rows(limits.BIGQUERY)],
        "Pub/Sub": [*limit_rows(limits.PUBSUB)],
        "Cloud Storage": [*limit_rows(limits.STORAGE)],
        "Reasons of BigQuery that pass": [*reason_rows(TRANSIENT_REASONS)],
        "Reasons of BigQuery that stay": [*reason_rows(LASTING_REASONS)],
    }


if __name__ == "__main__":
    for heading, rows in every_row().items():
        print(f"## {heading}", *rows, sep="\n")  # noqa: T201 - its purpose
