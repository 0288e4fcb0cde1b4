"""The auxiliary answers: time zones and teams."""

from __future__ import annotations

from typing import Any

from runner import zones
from runner.sandbox import calendar
from runner.sandbox.care import AGENTS, TEAMS
from runner.sandbox.rows.show import offset_in, offset_text


def timezones(now_ms: int) -> list[dict[str, Any]]:
    """Return all zones, westernmost first, in the shape of GET /config/timezones [O].

    The names are the sandbox's own choice, in one language: the vendor's come from tables that are not at
    hand.
    """
    found = [_timezone(name, now_ms) for name in zones.names()]
    return sorted(found, key=lambda one: (one["offsetMillis"], one["id"]))


def _timezone(name: str, now_ms: int) -> dict[str, Any]:
    offset = offset_in(name, now_ms)
    text = offset_text(offset).replace("UTC", "+00:00")
    short = zones.local(now_ms, name).tzname() or text
    full = f"GMT{text}" if name.startswith("Etc/") else name.rpartition("/")[2].replace("_", " ")
    return {"id": name, "name": full, "shortName": short, "offsetString": text, "offsetMillis": offset}


def teams(now_ms: int) -> list[dict[str, Any]]:
    """Return the teams in the shape of GET /teams [O]; only enabled agents count as members (own choice)."""
    today = calendar.day_of(now_ms)
    return [
        {
            "uuid": team.uuid,
            "teamId": team.number,
            "name": team.name,
            "description": team.description,
            "numberOfMembers": sum(one.team is team and one.there(today) for one in AGENTS),
        }
        for team in TEAMS
    ]
