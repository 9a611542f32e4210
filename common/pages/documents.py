"""What is looked at as JSON holds it, for the pages and the commands alike; times are ISO 8601."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line loads this before it knows its command
    from common.cloud.ports import Row
    from common.look.datum import Coming, DateCoverage, Datum
    from common.look.run_life import RunLife, Task
    from common.look.runs import Run
    from common.look.why import Explained

Document = dict[str, Any]


def iso(instant: "datetime | None") -> str | None:
    """Write an instant."""
    return instant.isoformat() if instant else None


def of_coverage(found: "DateCoverage") -> Document:
    """Describe what a date has."""
    return {
        "date": f"{found.day}",
        "listed": found.is_listed,
        "blind": found.blind or None,
        "games": [
            {
                "game_id": covered.game.game_id,
                "game": f"{covered.game.away}@{covered.game.home}",
                "tipoff": iso(covered.game.tipoff),
                "data": [of_datum(one) for one in covered.data],
            }
            for covered in found.games
        ],
        "date_data": [of_datum(one) for one in found.data],
        "postponed": [game.game_id for game in found.postponed],
        "off": list(found.off),
    }


def of_lacking(found: "DateCoverage") -> Document:
    """Describe what a date lacks."""
    causes = [
        {
            "state": one.state,
            "scraper": one.scraper,
            "games": [game.game_id for game in one.games],
            "why": one.why,
            "coming": of_coming(one.coming),
        }
        for one in found.causes()
        if one.state == "missing"
    ]
    return {"date": f"{found.day}", "lacking": found.missing, "causes": causes}


def of_datum(one: "Datum") -> Document:
    """Describe a datum."""
    return {
        "scraper": one.scraper,
        "state": one.state,
        "due": iso(one.due),
        "late_after": iso(one.late_after),
        "when": iso(one.when),
        "by": one.by,
        "why": one.why,
        "coming": of_coming(one.coming),
    }


def of_coming(one: "Coming | None") -> Document | None:
    """Describe what comes next for a datum; None where nothing is to come, or no time is known."""
    return {**vars(one), "slot": iso(one.slot)} if one else None


def of_row(row: "Row", *names: str) -> Document:
    """Describe some columns of a row."""
    held = ((name, row[name]) for name in names)
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in held
    }


def of_run(run: "Run") -> Document:
    """Describe a run."""
    made = run.decision
    return {
        "execution_id": run.execution_id,
        "decision_id": made["decision_id"],
        "workflow": made["workflow_name"],
        "slot": iso(made["slot"]),
        "forced": made["forced"],
        "target_date": f"{made['target_date']}",
        "games": len(made["game_ids"]),
        "state": run.state,
        "progress": run.progress,
        "error": run.ended["error_message"] if run.ended else None,
    }


def of_life(life: "RunLife") -> Document:
    """Describe a run with its steps and tasks."""
    return {
        **of_run(life.run),
        "decided": iso(life.decided),
        "started": iso(life.started),
        "finished": iso(life.run.ended["finished_at"]) if life.run.ended else None,
        "steps": [
            {
                "step": step.number,
                "instead_of": list(step.instead_of),
                "tasks": [_of_task(task) for task in step.tasks],
            }
            for step in life.steps
        ],
    }


def _of_task(task: "Task") -> Document:
    names = ("outcome", "records_processed", "gcs_path", "error_message", "duration_seconds")
    held = of_row(task.row, *names, "triggered_at", "logged_at") if task.row else {}
    return {"scraper": task.scraper, "about": task.about, "reported": task.reported, **held}


def of_explained(made: "Explained") -> Document:
    """Describe a decision with its rules, and what would have led to another one."""
    from common.review.explain import shown  # noqa: PLC0415 - as above

    row = made.row
    return {
        "decision_id": row["decision_id"],
        "workflow": row["workflow_name"],
        "slot": iso(row["slot"]),
        **{name: row[name] for name in ("action", "reason_code", "reason")},
        "rules": [
            {
                "asks": rule.asks,
                "held": rule.held,
                "facts": {name: shown(fact) for name, fact in rule.facts.items()},
            }
            for rule in made.rules
        ],
        "flips": list(made.flips),
    }
