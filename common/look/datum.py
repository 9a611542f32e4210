"""A datum of a game or of a date, and all that a date should have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from common.calendar.games import Game
from common.cloud.ports import Row
from common.eastern import eastern
from common.look.decided import was_decided
from common.look.wanted import Wanted

State = Literal["there", "late", "waiting", "missing"]


@dataclass(frozen=True)
class Coming:
    """What comes next for a datum that is not there.

    Attributes:
        what: `under way`, a run is asking for it; `next`, a slot to come will ask for it, unless it
            comes before; `paused`, the workflows that would are paused; `given up`, none will.
        workflow: whose run or slot it is, or which are paused; empty where none will ask.
        slot: of that run, or the slot to come, aware; None for the other two.
        remedy: for what was given up, the command that asks for it, or why none can.
    """

    what: Literal["under way", "next", "paused", "given up"]
    workflow: str = ""
    slot: datetime | None = None
    remedy: str = ""

    @property
    def words(self) -> str:
        """The same in words."""
        when = f"{eastern(self.slot):%m-%d %H:%M}" if self.slot else ""
        match self.what:
            case "under way":
                return f"the run of {self.workflow} of {when} is asking for it"
            case "next":
                return f"next asked for at {when} by {self.workflow}"
            case "paused":
                are = "are" if " and " in self.workflow else "is"
                return f"not asked for while {self.workflow} {are} paused"
            case "given up":
                return f"given up: no workflow asks for it again; {self.remedy}"


@dataclass(frozen=True)
class Datum:
    """One datum of a game or of a date.

    Attributes:
        wanted: the scraper whose data it is, and the workflows that collect it.
        state: `there`; `late`, it came after its time limit (`Wanted.late_after`); `missing`, it is
            late or an attempt since it was due has failed; `waiting` otherwise.
        due: when it is expected, aware; None while the game's time is not known.
        late_after: after when it is late, aware; None as well then.
        when: when it first came, aware.
        by: the scraper that brought it, which may be an alternative.
        why: a sentence about a datum that is late, missing or waited for.
        flows: the workflows whose decisions tell more of one that is lacking.
        tries: the log's rows of the attempts, the oldest first.
        coming: what comes next for one that is missing or waited for; None while no time of it is
            known.
    """

    wanted: Wanted
    state: State
    due: datetime | None
    late_after: datetime | None = None
    when: datetime | None = None
    by: str = ""
    why: str = ""
    flows: tuple[str, ...] = ()
    tries: tuple[Row, ...] = ()
    coming: Coming | None = None

    @property
    def scraper(self) -> str:
        """The scraper that the workflows name."""
        return self.wanted.scraper


@dataclass(frozen=True)
class Covered:
    """A game with its data."""

    game: Game
    data: tuple[Datum, ...]


@dataclass(frozen=True)
class DateCoverage:
    """What a date has.

    Attributes:
        day: the Eastern date.
        games: its games in order of tip-off, without the postponed ones.
        postponed: the games that were moved away.
        data: what is collected once for the date.
        off: scrapers that the deployment leaves out, because their source is off.
        decisions: those about the date, in order of their slots.
        listed: the first and the last date of the schedule's games; None where it has none.
        blind: why none of it is known, in words; empty where it is.
    """

    day: date
    games: tuple[Covered, ...]
    postponed: tuple[Game, ...]
    data: tuple[Datum, ...]
    off: tuple[str, ...] = ()
    decisions: tuple[Row, ...] = ()
    listed: tuple[date, date] | None = None
    blind: str = ""

    @property
    def is_listed(self) -> bool:
        """Whether the schedule reaches the date, so that no game means that none is played."""
        return self.listed is not None and self.listed[0] <= self.day <= self.listed[1]

    @property
    def is_lacking(self) -> bool:
        """Whether it misses what the system was to collect.

        Where no slot of the date was decided, as before the first deployment, that is what is
        collected after its games, by a later date's slots.
        """
        was_up = was_decided(self.decisions, self.day)
        missing = (one for one, _ in self.troubles() if one.state == "missing")
        return any(one.wanted.moment == "after" or was_up for one in missing)

    @property
    def missing(self) -> int:
        """How many data are missing."""
        return sum(one.state == "missing" for one, _ in self.troubles())

    def troubles(self) -> Iterator[tuple[Datum, Game | None]]:
        """Yield what is late or missing, of the date and of its games."""
        yield from ((one, None) for one in self.data if one.state in ("late", "missing"))
        for covered in self.games:
            for one in covered.data:
                if one.state in ("late", "missing"):
                    yield one, covered.game

    def causes(self) -> Iterator["Cause"]:
        """Yield what is late or missing by its scraper and what comes next, with its games."""
        grouped: dict[tuple[State, str, Coming | None], list[tuple[Datum, Game | None]]] = {}
        for one, game in self.troubles():
            grouped.setdefault((one.state, one.scraper, one.coming), []).append((one, game))
        for (state, scraper, coming), cases in grouped.items():
            games = tuple(game for _, game in cases if game)
            yield Cause(state, scraper, games, cases[0][0].why, coming)


@dataclass(frozen=True)
class Cause:
    """What several games lack of one scraper's data.

    Attributes:
        state: `late` or `missing`.
        scraper: whose data it is.
        games: the games that lack it; none where it is about the date itself.
        why: the reason of the first of them.
        coming: what comes next for each of them.
    """

    state: State
    scraper: str
    games: tuple[Game, ...]
    why: str
    coming: Coming | None = None
