"""Makes ESPN's teams with their players; the second of those who never play is injured."""

from functools import cache
from typing import Any

from common.scrapers.espn.roster import IDS
from local.fake_sources.espn.teams import EspnTeam, athlete_id, espn_team, guid, player_page
from local.fake_sources.teams import Person, inactive, roster

Payload = dict[str, Any]
_POSITIONS = (
    ("1", "Point Guard", "PG"),
    ("2", "Shooting Guard", "SG"),
    ("5", "Small Forward", "SF"),
    ("7", "Power Forward", "PF"),
    ("9", "Center", "C"),
)
_TRICODES = {str(number): tricode for tricode, number in IDS.items()}


@cache
def team_roster(espn_id: str) -> Payload | None:
    """Make `/apis/site/v2/sports/basketball/nba/teams/{id}?enable=roster`; None for no team."""
    tricode = _TRICODES.get(espn_id)
    if tricode is None:
        return None
    its, hurt = espn_team(tricode), inactive(tricode)[-1]
    people = (*roster(tricode), *inactive(tricode))
    return {
        "team": {
            **_about(its),
            "athletes": [_athlete(person, is_injured=person == hurt) for person in people],
            "links": [_link("clubhouse", "team", _page(its), "Clubhouse")],
            "standingSummary": "1st in its division",
        }
    }


def _about(its: EspnTeam) -> Payload:
    return {
        "id": its.espn_id,
        "uid": its.uid,
        "slug": its.slug,
        "location": its.about.city,
        "name": its.about.name,
        "abbreviation": its.abbreviation,
        "displayName": its.about.full_name,
        "shortDisplayName": its.about.name,
        "color": its.colour,
        "alternateColor": its.alternate,
        "isActive": True,
        "logos": [
            {
                "href": f"https://a.espncdn.com/i/teamlogos/nba/500/{its.code}.png",
                "width": 500,
                "height": 500,
                "alt": "",
                "rel": ["full", "default"],
                "lastUpdated": "2024-06-25T21:17Z",
            }
        ],
        "record": {"items": [_record(*kind) for kind in _RECORDS]},
    }


_RECORDS = (("Overall Record", "total"), ("Home Record", "home"), ("Away Record", "road"))


def _record(words: str, kind: str) -> Payload:
    stats = [{"name": name, "value": 0.0} for name in ("gamesPlayed", "wins", "losses")]
    return {"description": words, "type": kind, "summary": "0-0", "stats": stats}


def _page(its: EspnTeam) -> str:
    return f"https://www.espn.com/nba/team/_/name/{its.code}/{its.slug}"


def _link(kind: str, of: str, address: str, text: str) -> Payload:
    return {
        "language": "en-US",
        "rel": [kind, "desktop", of],
        "href": address,
        "text": text,
        "shortText": text,
        "isExternal": False,
        "isPremium": False,
    }


def _athlete(person: Person, *, is_injured: bool) -> Payload:
    number = athlete_id(person)
    uid = f"s:40~l:46~a:{number}"
    picture = f"https://a.espncdn.com/i/headshots/nba/players/full/{number}.png"
    return {
        "id": number,
        "uid": uid,
        "guid": guid(uid),
        "type": "basketball",
        "alternateIds": {"sdr": number},
        "firstName": person.first,
        "lastName": person.last,
        "fullName": person.name,
        "displayName": person.name,
        "shortName": f"{person.first[0]}. {person.last}",
        **_body(person),
        "links": [_link("playercard", "athlete", player_page(person), "Player Card")],
        "birthPlace": {"city": "Marietta", "state": "GA", "country": "USA"},
        "college": {},
        "slug": person.slug,
        "headshot": {"href": picture, "alt": person.name},
        "jersey": str(person.rank + 1),
        "position": _position(person),
        "injuries": [_injury(person)] if is_injured else [],
        "linked": True,
        "teams": [{}],
        "experience": {"years": 3 + person.rank},
        "collegeAthlete": {},
        "active": True,
        "contract": _contract(),
        "eventLog": {},
        "status": {"id": "1", "name": "Active", "type": "active", "abbreviation": "Active"},
    }


def _body(person: Person) -> Payload:
    inches, pounds, age = 75 + person.rank, 195 + 5 * person.rank, 22 + person.rank
    return {
        "weight": float(pounds),
        "displayWeight": f"{pounds} lbs",
        "height": float(inches),
        "displayHeight": f"{inches // 12}' {inches % 12}\"",
        "age": age,
        "dateOfBirth": f"{2025 - age}-01-15T08:00Z",
    }


def _position(person: Person) -> Payload:
    number, name, short = _POSITIONS[person.rank % len(_POSITIONS)]
    return {
        "id": number,
        "name": name,
        "displayName": name,
        "abbreviation": short,
        "leaf": True,
    }


def _injury(person: Person) -> Payload:
    return {
        "id": str(490_000 + person.person_id % 1_000),
        "longComment": f"{person.last} will not play: his right knee is sore.",
        "shortComment": f"{person.last} will not play.",
        "status": "Out",
        "date": "2025-06-11T15:30Z",
        "athlete": {},
        "source": {"id": "1", "description": "basic/manual", "state": "basic"},
        "type": {
            "id": "4",
            "name": "INJURY_STATUS_OUT",
            "description": "out",
            "abbreviation": "O",
        },
        "details": {
            "fantasyStatus": {"description": "OUT", "abbreviation": "OUT"},
            "type": "Knee",
            "location": "Leg",
            "side": "Right",
            "returnDate": "2026-02-01",
        },
    }


def _contract() -> Payload:
    amounts = ("incomingTradeValue", "outgoingTradeValue", "salary")
    return {
        "birdStatus": 0,
        "baseYearCompensation": {"active": False},
        "poisonPillProvision": {"active": False},
        **dict.fromkeys(amounts, 2_092_344),
        "minimumSalaryException": False,
        "optionType": 0,
        "salaryRemaining": 0,
        "yearsRemaining": 2,
        "season": {},
        "tradeKicker": {"active": False, "percentage": 0.0, "value": 0, "tradeValue": 0},
        "tradeRestriction": False,
        "unsignedForeignPick": False,
        "active": True,
    }
