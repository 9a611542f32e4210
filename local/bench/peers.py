"""The chain beside what others take for it, in plain Python's time, as the README shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

from common.settings import ROOT
from local.bench.figures import row, short

README = ROOT / "README.md"
BEGIN = "<!-- peers: written by `python -m local bench --write` -->\n"
END = "<!-- end of peers -->\n"
PEERS = (
    ("plain Python", "1", "nothing: a crash loses the chain, a second start does it twice"),
    ("Celery", "2", "a queue and retries; a task may be done twice"),
    (
        "DBOS on Postgres",
        "4",
        "after a crash a chain goes on at its last step; one database to run",
    ),
    ("Luigi", "8", "a task whose output exists is not run again; a planner to run"),
)
"""What others took, and what each gives in return: of a run in November 2026 on two cores with
another plain chain of 13 ms; not repeated here."""
STACK = (
    "each row once after any crash, loss or duplicate, lost messages sent again, each decision with"
    " its reasons in BigQuery, sources asked politely; in the cloud no server to run"
)
COMPUTE = "what is computed for the same, beside plain Python in memory"


def peers_section(measured: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield row("The chain in", "times plain Python", "what that gives")
    yield row("---", "---:", "---")
    for name, times, gives in PEERS:
        yield row(f"{name} \\*" if times != "1" else name, times, gives)
    compute, chain = measured["compute"], measured["chain"]
    yield row("this project's local stack", short(chain["times_plain"]), STACK)
    yield row("this project's handlers in memory", short(compute["ratio"]), COMPUTE)


def with_peers(readme: str, measured: Mapping[str, Any]) -> str:
    """Return the README with the table written anew."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "".join((before, BEGIN, "\n".join(peers_section(measured)), "\n", END, after))
