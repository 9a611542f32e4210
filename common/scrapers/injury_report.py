"""The scraper of the league's injury report, a PDF whose name contains its time of publication.

Until 08:30 of 22 December 2025 reports came out at half past, and the name contained the hour
alone: `Injury-Report_2025-11-12_05PM.pdf` is the report of 05:30 PM. Since then they come out every
quarter of an hour, and the name contains the minutes too: `..._05_30PM.pdf` (scenario S8). For that
last report itself both names are tried (FS02). Names have changed without notice before: once the
day's report is due, those in the other form are tried too, so that whatever is published is found.
"""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from common.eastern import EASTERN, at
from common.scrapers.expectations import check_date
from common.scrapers.gamebook import check_pdf
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target

LAST_HOURLY = datetime(2025, 12, 22, 8, 30, tzinfo=EASTERN)
"""The last report whose name contains the hour alone."""
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
FOLDER = "/referee/injury/"
CANDIDATE_NAMES_MAX = 8
"""How many names are tried, the latest first: eight hours of old names, two hours of new ones."""
OTHER_NAMES_MAX = 4
"""How many names in the other form are tried after them."""
DUE = time(14)
"""Eastern; the first report of a game day comes out at 13:30 at the latest."""

COLUMNS = (
    "Game Date",
    "Game Time",
    "Matchup",
    "Team",
    "Player Name",
    "Current Status",
    "Reason",
)
KEYS = ("game_date", "game_time", "matchup", "team", "player", "status", "reason")
INHERITED_COLUMNS = 4
"""The number of leading columns that are written once and hold for the rows below."""
STATUSES = {"Available", "Probable", "Questionable", "Doubtful", "Out"}
NOT_SUBMITTED = "NOT YET SUBMITTED"
_MASTHEAD = re.compile(r"Injury Report:\s*(\d\d?)/(\d\d?)/(?:20)?(\d\d)\b")
_PAGE_FRAME = re.compile(r"Injury Report:.*|Page \d+ of \d+")
_BROKEN_WORD = re.compile(r"(?<=\w)- (?=\w)")  # "Two-" and "Way" are drawn apart
_INDENT_POINTS_MAX = 3.0
"""How far a cell may be indented from its heading."""

Word = tuple[float, float, str]
"""The x and y of a word in points, and its text."""


def file_name(published: datetime) -> str:
    """Name the report that was published at an Eastern instant.

    >>> file_name(datetime(2025, 11, 12, 17, 30, tzinfo=EASTERN))
    'Injury-Report_2025-11-12_05PM.pdf'
    """
    return _name(published, minutes=published > LAST_HOURLY)


def _name(published: datetime, *, minutes: bool) -> str:
    clock = published.strftime("%I_%M%p" if minutes else "%I%p")
    return f"Injury-Report_{published:%Y-%m-%d}_{clock}.pdf"


def candidates(day: date, now: datetime) -> list[str]:
    """List the names of a day's latest reports at `now`, the latest first.

    The list is empty before the first report of the day. It ends with names in the form of which
    no report is expected, once one is due.
    """
    midnight = datetime.combine(day, time(), EASTERN)
    until = min(now.astimezone(EASTERN), midnight + timedelta(hours=23, minutes=59))
    quarters = _every(QUARTER, max(midnight, LAST_HOURLY), until)
    hours = _every(HOUR, midnight + HOUR / 2, min(until, LAST_HOURLY))
    names = [
        *(_name(each, minutes=True) for each in reversed(quarters)),
        *(_name(each, minutes=False) for each in reversed(hours)),
    ]
    if now < at(day, DUE):
        return names[:CANDIDATE_NAMES_MAX]
    step, minutes = (HOUR, False) if until > LAST_HOURLY else (QUARTER, True)
    others = _every(step, midnight + HOUR / 2, until)[-OTHER_NAMES_MAX:]
    others_names = [_name(each, minutes=minutes) for each in reversed(others)]
    return [*names[:CANDIDATE_NAMES_MAX], *others_names]


def _every(step: timedelta, first: datetime, last: datetime) -> list[datetime]:
    """List the Eastern wall times from the first to the last, both included."""
    return [first + number * step for number in range((last - first) // step + 1)]


def _calls(target: Target, now: datetime) -> Sequence[Call]:
    return [
        Call("nba_injury", f"{FOLDER}{name}", {}, name)
        for name in candidates(target.target_date, now)
    ]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    check_pdf(bodies[0], target.scraper)
    pages = [*_pages(bodies[0])]
    check_date(_masthead(pages, target.scraper), target, "the report's masthead")
    rows = _rows(pages, target.scraper)
    for row in rows:
        _check(row, target.scraper)
    return Parsed(rows, len(rows))


def _pages(body: bytes) -> Iterator[list[list[Word]]]:
    """Read the lines of words of each page, in the order in which the file draws them."""
    from pypdf import PdfReader  # noqa: PLC0415 - 133 modules that no other scraper needs

    for page in PdfReader(io.BytesIO(body)).pages:
        lines: list[list[Word]] = []

        def visit(
            text: str,
            _cm: object,
            tm: list[float],
            _font: object,
            _size: object,
            lines: list[list[Word]] = lines,
        ) -> None:
            if not text.strip():
                return
            word = (tm[4], tm[5], text.strip())
            same_line = lines and abs(lines[-1][-1][1] - word[1]) < _INDENT_POINTS_MAX
            lines[-1].append(word) if same_line else lines.append([word])

        page.extract_text(visitor_text=visit)
        yield lines


def _masthead(pages: Sequence[list[list[Word]]], where: str) -> date:
    """Return the date of the report, as its first line gives it: `11/12/25 05:30 PM`."""
    for line in (line for page in pages for line in page):
        text = " ".join(word for _, _, word in line)
        if found := _MASTHEAD.match(text):
            month, day, year = map(int, found.groups())
            return date(2000 + year, month, day)
    raise ContractError(f"{where}: no line gives the report's date")


def _rows(pages: Sequence[list[list[Word]]], where: str) -> list[Record]:
    starts: list[float] = []
    rows: list[Record] = []
    last = len(COLUMNS)
    for line in (line for page in pages for line in page):
        text = " ".join(word for _, _, word in line)
        if _PAGE_FRAME.fullmatch(text):
            continue
        if text == " ".join(COLUMNS):
            starts = _starts(line)
            continue
        if not starts:
            raise ContractError(f"{where}: the table's heading is missing before {text!r:.80}")
        for x, _, word in line:
            column = max(0, sum(start <= x + _INDENT_POINTS_MAX for start in starts) - 1)
            if column < last:  # a step to the left begins a new row
                rows.append(dict.fromkeys(KEYS))
            rows[-1][KEYS[column]] = f"{rows[-1][KEYS[column]] or ''} {word}".strip()
            last = column
    return _filled_down(rows)


def _starts(heading: list[Word]) -> list[float]:
    """Find where each column begins; the words of its heading may be drawn apart or together."""
    starts, wanted = [], 0
    for x, _, text in heading:
        if text.split()[0] == COLUMNS[wanted].split()[0]:
            starts.append(x)
            wanted += 1
    return starts


def _filled_down(rows: list[Record]) -> list[Record]:
    """Give each row the date, time, matchup and team that are written once above it."""
    held: Record = {}
    for row in rows:
        held |= {key: row[key] for key in KEYS[:INHERITED_COLUMNS] if row[key]}
        row.update(held)
        row.update({key: _BROKEN_WORD.sub("-", text) for key, text in row.items() if text})
    return rows


def _check(row: Record, where: str) -> None:
    """Refuse a row whose values show that its columns were read wrong."""
    shown = {key: value for key, value in row.items() if value}
    if not re.fullmatch(r"\d\d/\d\d/\d{4}", row["game_date"] or ""):
        raise ContractError(f"{where}: game_date is {row['game_date']!r} in {shown}")
    if not re.fullmatch(r"[A-Z]{3}@[A-Z]{3}", row["matchup"] or ""):
        raise ContractError(f"{where}: matchup is {row['matchup']!r} in {shown}")
    if not row["team"]:
        raise ContractError(f"{where}: team is missing in {shown}")
    if row["player"] is None and row["reason"] != NOT_SUBMITTED:
        raise ContractError(f"{where}: player is missing in {shown}")
    if row["player"] is not None and row["status"] not in STATUSES:
        raise ContractError(f"{where}: status is {row['status']!r} in {shown}")


def _canary(target: Target) -> Call:
    """Return the call for the report of the evening before."""
    evening = datetime.combine(target.target_date - timedelta(days=1), time(17, 30), EASTERN)
    name = file_name(evening)
    return Call("nba_injury", f"{FOLDER}{name}", {}, name)


INJURY_REPORT = Scraper(
    "nbac_injury_report",
    "date",
    _calls,
    _parse,
    takes="first",
    always=True,
    due=DUE,
    canary=_canary,
)
