"""The figures of stats.nba.com's box scores, from a player's or a team's counts.

Shares are rounded to three places, as recorded.
"""

from typing import Any

from local.fake_sources.counts import Counts, Side

Payload = dict[str, Any]


def share(part: float, whole: float) -> float:
    """Return a share, rounded to three places; 0 of nothing."""
    return round(part / whole, 3) if whole else 0.0


def traditional(counts: Counts, side: Side) -> Payload:
    """Return what everybody counts."""
    return {
        "fieldGoalsMade": counts.made,
        "fieldGoalsAttempted": counts.tried,
        "fieldGoalsPercentage": share(counts.made, counts.tried),
        "threePointersMade": counts.threes,
        "threePointersAttempted": counts.threes_tried,
        "threePointersPercentage": share(counts.threes, counts.threes_tried),
        "freeThrowsMade": counts.free,
        "freeThrowsAttempted": counts.free_tried,
        "freeThrowsPercentage": share(counts.free, counts.free_tried),
        "reboundsOffensive": counts.offensive,
        "reboundsDefensive": counts.defensive,
        "reboundsTotal": counts.rebounds,
        "assists": counts.assists,
        "steals": counts.steals,
        "blocks": counts.blocks,
        "turnovers": counts.turnovers,
        "foulsPersonal": counts.fouls,
        "points": counts.points,
        "plusMinusPoints": float(side.margin),
    }


def _possessions(counts: Counts) -> float:
    """Return the usual estimate of possessions."""
    return counts.tried + 0.44 * counts.free_tried - counts.offensive + counts.turnovers


def advanced(counts: Counts, side: Side) -> Payload:
    """Return ratings, pace and shares of rebounds and assists."""
    total, own = side.total, _possessions(counts)
    played = round(_possessions(total)) if counts.minutes else 0
    offence, defence = (
        round(100 * share(points, played), 1) for points in (side.points, side.against)
    )
    used = share(own, _possessions(total))
    return {
        "estimatedOffensiveRating": offence,
        "offensiveRating": offence,
        "estimatedDefensiveRating": defence,
        "defensiveRating": defence,
        "estimatedNetRating": round(offence - defence, 1),
        "netRating": round(offence - defence, 1),
        "assistPercentage": share(counts.assists, total.made),
        "assistToTurnover": float(round(share(counts.assists, counts.turnovers), 2)),
        "assistRatio": round(100 * share(counts.assists, own + counts.assists), 1),
        "offensiveReboundPercentage": share(counts.offensive, total.rebounds),
        "defensiveReboundPercentage": share(counts.defensive, total.rebounds),
        "reboundPercentage": share(counts.rebounds, 2 * total.rebounds),
        "turnoverRatio": round(100 * share(counts.turnovers, own), 1),
        "effectiveFieldGoalPercentage": share(counts.made + counts.threes / 2, counts.tried),
        "trueShootingPercentage": share(
            counts.points, 2 * (counts.tried + 0.44 * counts.free_tried)
        ),
        "usagePercentage": used,
        "estimatedUsagePercentage": used,
        "estimatedPace": float(played),
        "pace": float(played),
        "pacePer40": round(played * 40 / 48, 2),
        "possessions": float(played),
        "PIE": share(counts.points, side.points + side.against),
    }


def team_advanced(counts: Counts, side: Side) -> Payload:
    """Return a team's advanced figures, which have one more than a player's."""
    found = advanced(counts, side)
    return {**found, "estimatedTeamTurnoverPercentage": found["turnoverRatio"]}


def usage(counts: Counts, side: Side) -> Payload:
    """Return the shares of the team's actions; a team has all of its own."""
    total = side.total
    shares = {
        "FieldGoalsMade": (counts.made, total.made),
        "FieldGoalsAttempted": (counts.tried, total.tried),
        "ThreePointersMade": (counts.threes, total.threes),
        "ThreePointersAttempted": (counts.threes_tried, total.threes_tried),
        "FreeThrowsMade": (counts.free, total.free),
        "FreeThrowsAttempted": (counts.free_tried, total.free_tried),
        "ReboundsOffensive": (counts.offensive, total.offensive),
        "ReboundsDefensive": (counts.defensive, total.defensive),
        "ReboundsTotal": (counts.rebounds, total.rebounds),
        "Assists": (counts.assists, total.assists),
        "Turnovers": (counts.turnovers, total.turnovers),
        "Steals": (counts.steals, total.steals),
        "Blocks": (counts.blocks, total.blocks),
        "BlocksAllowed": (0, 0),
        "PersonalFouls": (counts.fouls, total.fouls),
        "PersonalFoulsDrawn": (counts.fouls, total.fouls),
        "Points": (counts.points, total.points),
    }
    return {
        "usagePercentage": share(_possessions(counts), _possessions(total)),
        **{f"percentage{name}": share(*parts) for name, parts in shares.items()},
    }


def team_track(counts: Counts, _side: Side) -> Payload:
    """Return what the arena's cameras count of a team: no speed."""
    contested, contested_made = counts.tried // 3, counts.made // 3
    open_, open_made = counts.tried - contested, counts.made - contested_made
    return {
        "distance": round(counts.minutes * 0.075, 2),
        "reboundChancesOffensive": 2 * counts.offensive,
        "reboundChancesDefensive": 2 * counts.defensive,
        "reboundChancesTotal": 2 * counts.rebounds,
        "touches": counts.minutes + counts.assists,
        "secondaryAssists": counts.assists // 4,
        "freeThrowAssists": counts.assists // 4,
        "passes": counts.minutes - counts.turnovers,
        "assists": counts.assists,
        "contestedFieldGoalsMade": contested_made,
        "contestedFieldGoalsAttempted": contested,
        "contestedFieldGoalPercentage": share(contested_made, contested),
        "uncontestedFieldGoalsMade": open_made,
        "uncontestedFieldGoalsAttempted": open_,
        "uncontestedFieldGoalsPercentage": share(open_made, open_),
        "fieldGoalPercentage": share(counts.made, counts.tried),
        "defendedAtRimFieldGoalsMade": counts.fouls,
        "defendedAtRimFieldGoalsAttempted": 2 * counts.fouls,
        "defendedAtRimFieldGoalPercentage": share(counts.fouls, 2 * counts.fouls),
    }


def player_track(counts: Counts, side: Side) -> Payload:
    """Return what the cameras count of a player, the speed in miles an hour."""
    return {"speed": 4.3 if counts.minutes else 0.0, **team_track(counts, side)}
