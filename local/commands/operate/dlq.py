"""`python -m local dlq`: looks at dead letters and brings them back after a fix.

Works on the kept stack, or with --project on a real one (Application Default Credentials; where
PUBSUB_EMULATOR_HOST is set, on that emulator). Looking leases letters for a moment and gives them
back; a letter is acknowledged only after its original was published again.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from common.cloud.publisher import GooglePublisher
from common.configuration.topology import Topology, load_topology
from common.entry.dead_letters import Letter, described, read_letter, resent
from common.errors import BadInputError, ConfigError, OrchestrationError
from common.settings import settings
from local.stack.config import KEPT_DEAD_LETTERS
from local.stack.driver import kept_stack

if TYPE_CHECKING:
    from google.pubsub_v1.services.subscriber import SubscriberClient

MOST = 1000
"""Letters looked at in one go."""
_LEASE_SECONDS = 600
"""Pub/Sub's longest: long enough to publish every letter before its lease ends."""
_PULL_SECONDS = 5.0
_SHOWN = 60
PIPED_WIDTH = 160
"""Of the table where it goes to a file or another program."""
STAYED = 1
"""Exit status when a letter asked for could not be replayed."""


class DeadLetters:
    """The dead letters of one project.

    Args:
        subscriber: Google's client.
        publisher: sends the originals.
        subscription: the full name of the one that holds the letters.
        topology: which function listens to which topic.
        at_once: an empty answer means that there is no more. Only an emulator's does; Pub/Sub
            itself may answer so although letters wait, and is given a moment.
    """

    def __init__(
        self,
        subscriber: "SubscriberClient",
        publisher: GooglePublisher,
        subscription: str,
        topology: Topology,
        *,
        at_once: bool = False,
    ) -> None:
        self._subscriber = subscriber
        self._publisher = publisher
        self._subscription = subscription
        self._topology = topology
        self._at_once = at_once

    @contextmanager
    def leased(self, most: int = MOST) -> Iterator[dict[str, Letter]]:
        """Hold up to `most` letters, by their lease; what is not acknowledged goes back.

        Raises:
            ConfigError: there is no such subscription, or it cannot be reached.
        """
        letters: dict[str, Letter] = {}
        try:
            while len(letters) < most and (pulled := self._pull(most - len(letters))):
                letters.update(pulled)
            yield letters
        finally:
            with suppress(ConfigError):  # unreachable: the leases end by themselves
                self._extend(list(letters), 0)

    def replay(self, lease: str, letter: Letter) -> str:
        """Publish a letter's original again, then acknowledge the letter; returns its topic.

        Raises:
            BadInputError: it cannot be published again; it stays.
            ConfigError: Pub/Sub refuses or does not answer; it stays, and so would the next.
        """
        again = resent(letter, self._topology)
        with _told(f"letter {letter.letter_id} to topic {again.topic}"):
            self._publisher.publish(again.topic, again.body, again.attributes)
            self._subscriber.acknowledge(subscription=self._subscription, ack_ids=[lease])
        return again.topic

    def _pull(self, most: int) -> dict[str, Letter]:
        from google.api_core.exceptions import DeadlineExceeded  # noqa: PLC0415 - heavy

        request = {
            "subscription": self._subscription,
            "max_messages": most,
            "return_immediately": self._at_once,
        }
        with _told(self._subscription):
            try:
                answer = self._subscriber.pull(request, timeout=_PULL_SECONDS)
            except DeadlineExceeded:  # Pub/Sub's way to say that nothing came
                return {}
        found = {one.ack_id: self._read(one.message) for one in answer.received_messages}
        self._extend(list(found), _LEASE_SECONDS)
        return found

    def _read(self, message: Any) -> Letter:  # noqa: ANN401 - the library has no types
        attributes = dict(message.attributes)
        at = datetime.fromisoformat(message.publish_time.isoformat())
        return read_letter(message.message_id, at, message.data, attributes, self._topology)

    def _extend(self, leases: list[str], seconds: int) -> None:
        if not leases:
            return
        with _told(self._subscription):
            self._subscriber.modify_ack_deadline(
                subscription=self._subscription, ack_ids=leases, ack_deadline_seconds=seconds
            )


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Turn the library's errors into one of ours, which names what was asked for."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError  # noqa: PLC0415 - heavy

    try:
        yield
    except (GoogleAPICallError, RetryError) as error:
        raise ConfigError(f"{what}: {error.message}; nothing is lost, run it again") from error


def connect(project: str | None) -> DeadLetters:
    """The dead letters of a real project, or of the kept stack.

    Raises:
        OrchestrationError: no project is named and no stack is kept.
    """
    chosen = settings()
    topology = load_topology(chosen.topology_file)
    host, prefix = chosen.pubsub_emulator_host, chosen.topic_prefix
    if project is None:
        stack = kept_stack()
        if stack is None:
            raise OrchestrationError(
                "no stack is up; start one with: python -m local day DATE --out DIR --keep; "
                "or name a Google Cloud project with --project"
            )
        project, prefix = str(stack.where["project"]), ""
        host = stack.environment["PUBSUB_EMULATOR_HOST"]
    return DeadLetters(
        _subscriber(host),
        GooglePublisher(project, host, topic_prefix=prefix),
        f"projects/{project}/subscriptions/{prefix}{KEPT_DEAD_LETTERS}",
        topology,
        at_once=host is not None,
    )


def _subscriber(host: str | None) -> "SubscriberClient":
    from local.stack.pubsub import clients  # noqa: PLC0415 - a client only when used

    if host:
        return clients(host)[1]
    from google.auth.exceptions import DefaultCredentialsError  # noqa: PLC0415 - heavy
    from google.pubsub_v1.services.subscriber import SubscriberClient  # noqa: PLC0415 - heavy

    try:
        return SubscriberClient()
    except DefaultCredentialsError as error:
        raise ConfigError(
            "no Google Cloud credentials; run: gcloud auth application-default login"
        ) from error


@click.group()
@click.option("--project", help="A Google Cloud project, in place of the kept stack.")
@click.pass_context
def dlq(context: click.Context, project: str | None) -> None:
    """Look at dead letters, and bring them back after a fix."""
    context.obj = project


@dlq.command("list")
@click.option("--function", help="Only those this function gave up.")
@click.option("--limit", type=click.IntRange(1, MOST), default=MOST, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, not a table.")
@click.pass_obj
def list_letters(project: str | None, function: str | None, *, limit: int, as_json: bool) -> None:
    """List what waits, oldest first; nothing is consumed."""
    with connect(project).leased(limit) as letters:
        found = _of(list(letters.values()), function)
    if as_json:
        click.echo(json.dumps([_summary(letter) for letter in found], indent=2))
    else:
        _print_table(found)


@dlq.command()
@click.argument("letter_id", metavar="ID")
@click.pass_obj
def show(project: str | None, letter_id: str) -> None:
    """Print one letter whole, with its original, as JSON."""
    with connect(project).leased() as letters:
        found = [letter for letter in letters.values() if letter.letter_id == letter_id]
    if not found:
        raise _unknown(letter_id)
    click.echo(json.dumps(described(found[0]), indent=2))


@dlq.command()
@click.argument("letter_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Every letter.")
@click.option("--function", help="Every letter of this function.")
@click.pass_obj
def replay(
    project: str | None, letter_id: str | None, function: str | None, *, everything: bool
) -> None:
    """Publish originals again with their original time; exit status 1 when one has to stay."""
    if sum((letter_id is not None, function is not None, everything)) != 1:
        raise click.UsageError("replay: give one of ID, --function NAME or --all")
    letters = connect(project)
    with letters.leased() as held:
        wanted = _of(list(held.values()), function)
        chosen = [one for one in wanted if letter_id in {None, one.letter_id}]
        leases = {letter.letter_id: lease for lease, letter in held.items()}
        if letter_id is not None and not chosen:
            raise _unknown(letter_id)
        stayed = sum(not _replayed(letters, leases[one.letter_id], one) for one in chosen)
    more = f"; {MOST} were looked at, run it again for more" if len(held) == MOST else ""
    click.echo(f"{len(chosen) - stayed} replayed, {stayed} stayed{more}")
    if stayed:
        sys.exit(STAYED)


def _replayed(letters: DeadLetters, lease: str, letter: Letter) -> bool:
    try:
        topic = letters.replay(lease, letter)
    except BadInputError as error:
        click.echo(f"stays     {letter.letter_id}  {_plain(str(error), 200)}")
        return False
    since = letter.published or letter.failed_at
    click.echo(f"replayed  {letter.letter_id}  to {topic}, of {since.isoformat()}")
    return True


def _of(letters: Sequence[Letter], function: str | None) -> list[Letter]:
    found = [letter for letter in letters if function in {None, letter.function}]
    return sorted(found, key=lambda letter: (letter.failed_at, letter.letter_id))


def _unknown(letter_id: str) -> BadInputError:
    return BadInputError(
        f"no dead letter {letter_id!r} waits; see: python -m local dlq list "
        "(another reader may hold it for up to ten minutes)"
    )


def _summary(letter: Letter) -> dict[str, object]:
    whole = described(letter)
    return {key: whole[key] for key in ("id", "function", "error_class", "failed_at", "error")}


def _print_table(letters: Sequence[Letter]) -> None:
    from rich.console import Console  # noqa: PLC0415 - rich only where it is shown
    from rich.markup import escape  # noqa: PLC0415 - same
    from rich.table import Table  # noqa: PLC0415 - same

    shown = Table("id", "function", "error class", "when (UTC)", "error")
    for letter in letters:
        when = f"{letter.failed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        texts = (letter.letter_id, letter.function or "?", letter.error_class, when, letter.error)
        shown.add_row(*(escape(_plain(text, _SHOWN)) for text in texts))
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPED_WIDTH)
    console.print(shown)
    console.print(f"{len(letters)} dead letter{'' if len(letters) == 1 else 's'}")


def _plain(text: str, longest: int) -> str:
    """Text that moves no cursor: whoever wrote the letter chose it."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
