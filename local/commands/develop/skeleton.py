"""The files of a new scraper: its declaration, a made-up sample, and the test of both.

They work as they stand. The form is invented: it is to be replaced by that of a recording.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from types import MappingProxyType

from common.scrapers.model import Scope
from local.samples import DAY, EVENT_ID, GAME, TEAM

OWN_SOURCE = Template("""declare(
    SourceSpec(
        "$source",
        "$source",
        "https://$host.example",
    )
).name""")
"""The host is none that exists; the owner's name is to be written as people know it."""
DECLARATION = Template('''\
"""A skeleton: write here what it collects and from where, once it reads a recorded form."""

from collections.abc import Sequence
from datetime import datetime

from common.scrapers.agreement import distinct, same
from common.scrapers.model import $model_names
${imports}
SOURCE = $source
PATH = "/$path"


def _asked(target: Target) -> Sequence[str]:
    """Return what is asked about, with one call for each."""
    return $asked


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [Call(SOURCE, PATH, {"$scope": each}, each) for each in _asked(target)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    answers = [_read(body, target) for body in bodies]
    distinct("$scope", (about for about, _ in answers), target.scraper)
    items = [{**item, "$scope": about} for about, held in answers for item in held]
    return Parsed(items, len(items))


def _read(body: bytes, target: Target) -> tuple[str, list[Record]]:
    """Return what an answer is about, and its items, of which none may be lost."""
    where = target.scraper
    document = load(body, where)
    about = need(document, "$scope", str, where)
    if about not in _asked(target):
        raise ContractError(f"{where}: $scope is {about!r:.80}, asked was {_asked(target)!r:.80}")
    items = objects(need(document, "items", list, where), where)
    distinct("id", (need(item, "id", int, where) for item in items), where)
    same("total", need(document, "total", int, where), len(items), where)
    return about, items


SKELETON = Scraper(
    "$name",
    "$scope",
    _calls,
    _parse,
    off="a skeleton that waits for a recording",
    expects=Expectation($expects),
)
''')
TEST = Template('''\
"""The scraper reads its sample, and refuses an answer to another question."""

import json

import pytest

from common.scrapers import get
from common.scrapers.model import ContractError
from tests.kit.samples import bodies, document, target

NAME = "$name"


def test_the_sample_is_read_to_its_last_record() -> None:
    """Each item of the sample is a record, which names what it is about."""
    parsed = get(NAME).parse(bodies(NAME), target(NAME))
    assert parsed.count == 2
    assert parsed.records[0] == {
        "id": 1,
        "name": "First",
        "$scope": "$about",
    }


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("$scope", "another", "$scope is 'another'"),
        ("items", [{"id": 1}, {"id": 1}], "id 1 is there twice"),
        ("total", 3, "total is 3"),
        ("items", None, "items is None"),
    ],
)
def test_another_answer_is_refused(field: str, value: object, said: str) -> None:
    """An answer about something else, or one that lost or doubled an item, is no data."""
    spoilt = json.dumps({**document(NAME), field: value}).encode()
    with pytest.raises(ContractError, match=said):
        get(NAME).parse([spoilt], target(NAME))
''')
ROOM = '"""The scrapers of one owner, one declaration a file."""\n'


@dataclass(frozen=True)
class _Scoped:
    """What differs between the scopes.

    Attributes:
        asked: the expression of what is asked about.
        about: what the sample is about.
        expects: the arguments of the `Expectation`.
        step: the line of a workflow, with `$name` for the scraper.
        model_name: a further import from `common.scrapers.model`.
        imports: a further line of imports.
    """

    asked: str
    about: str
    expects: str
    step: str = "- scrapers: [$name]"
    model_name: str = ""
    imports: str = ""


SCOPES: Mapping[Scope, _Scoped] = MappingProxyType(
    {
        "date": _Scoped(
            "[target.target_date.isoformat()]", DAY.isoformat(), 'key=("id",), day="date"'
        ),
        "game": _Scoped(
            "[game_of(target).game_id]",
            GAME.game_id,
            'key=("id",), game="game"',
            step="- {scrapers: [$name], games: final}",
            model_name="game_of",
        ),
        "team": _Scoped(
            "asked_teams(target)",
            TEAM,
            'key=("team", "id")',
            imports="from common.scrapers.nba.teams import asked_teams\n",
        ),
        "event": _Scoped(
            "target.event_ids",
            EVENT_ID,
            'key=("event", "id")',
            step="- {scrapers: [$name], events_from: oddsa_events}",
        ),
    }
)


def files(name: str, folder: str, scope: Scope, source: str, *, is_new: bool) -> dict[str, str]:
    """Return the texts of a new scraper's files by their path in the project.

    Args:
        name: the scraper's name.
        folder: the room of its owner below `common/scrapers/`.
        scope: what one task collects.
        source: the source's name.
        is_new: whether the scraper's own file declares the source.
    """
    scoped = SCOPES[scope]
    sample = {scope: scoped.about, "total": 2, "items": _items()}
    return {
        f"common/scrapers/{folder}/{name}.py": _declaration(name, scope, source, is_new=is_new),
        f"tests/kit/samples/{name}.json": json.dumps(sample, indent=2) + "\n",
        f"tests/common/scrapers/{folder}/test_{name}.py": TEST.substitute(
            name=name, scope=scope, about=scoped.about
        ),
    }


def step_of(name: str, scope: Scope) -> str:
    """Return the line that a workflow's steps need to trigger the scraper."""
    return Template(SCOPES[scope].step).substitute(name=name)


def _declaration(name: str, scope: Scope, source: str, *, is_new: bool) -> str:
    scoped = SCOPES[scope]
    host = source.replace("_", "-")
    shape = "from common.scrapers.shape import load, need, objects\n"
    declared = "from common.scrapers.source import SourceSpec, declare\n" if is_new else ""
    return DECLARATION.substitute(
        name=name,
        scope=scope,
        asked=scoped.asked,
        expects=scoped.expects,
        path=name.replace("_", "-"),
        model_names=_imported(scoped.model_name),
        imports=f"{scoped.imports}{shape}{declared}",
        source=OWN_SOURCE.substitute(source=source, host=host) if is_new else f'"{source}"',
    )


def _imported(further: str) -> str:
    """Return the names that are imported from the model, as the formatter breaks them."""
    names = ["Call", "ContractError", "Expectation", "Parsed", "Record", "Scraper", "Target"]
    names += [further] if further else []
    return "(\n" + "".join(f"    {each},\n" for each in names) + ")"


def _items() -> list[dict[str, object]]:
    return [{"id": 1, "name": "First"}, {"id": 2, "name": "Second"}]
