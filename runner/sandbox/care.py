"""The sandbox's care team: teams, agents, work queues, networks, smart views. All invented.

Two teams are named as in the vendor's example of GET /teams [O]. Work queues 2, 15 and 21 are the ids of a
vendor sample. Mail addresses are at a domain that is reserved for examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from runner.sandbox.dice import weighted

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Team:
    """A team; `number` is the teamId that filters take, `uuid` is not."""

    number: int
    uuid: str
    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent. `left` is the first day (from 1970-01-01) on which the account is disabled, or None."""

    number: int
    name: str
    team: Team
    left: int | None = None

    @property
    def email(self) -> str:
        """The agent's address."""
        return f"agent{self.number}@example.com"

    def there(self, day: int) -> bool:
        """Say whether the account is enabled on that day."""
        return self.left is None or day < self.left


@dataclass(frozen=True, slots=True)
class Queue:
    """A work queue."""

    number: int
    name: str


NORTH = Team(6222, "4c1d5194-8946-4e7f-aa8e-6315b3379bf3", "North West", None)
SOUTH = Team(7031, "6af42c52-ff19-4b3b-bd0c-d4cf617f27f8", "South West", None)
CENTRAL = Team(
    7110, "0b0e3c55-52f0-4f6e-9d3e-2f0a54f1c7aa", "Central, Billing", "Invoices, refunds and plans"
)
EUROPE = Team(7204, "9a1f6a0e-7d33-4a86-8b5a-c8d40f6e1b02", "Europe", "German, French, Spanish and Turkish")
ESCALATIONS = Team(7350, "e7b6f3d8-1c92-4b57-a6f4-30c9d2e85b10", "Escalations", 'The "red phone"')
TEAMS = (NORTH, SOUTH, CENTRAL, EUROPE, ESCALATIONS)


def _days(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - _EPOCH).days


AGENTS = (
    Agent(1001, "Amara Cole", NORTH),
    Agent(1002, 'Maeve "Mo" O\'Neill', NORTH),
    Agent(1003, "Kenji Mori", NORTH),
    Agent(1004, "Ruth Adeyemi", NORTH),
    Agent(1005, "Tomás Vidal", NORTH, _days(2026, 2, 28)),
    Agent(1006, "Priya Raman", NORTH),
    Agent(1101, "Lucía Ferrer", SOUTH),
    Agent(1102, "Sam Whitlock, Jr.", SOUTH),
    Agent(1103, "Noor Haddad", SOUTH),
    Agent(1104, "Ines Duarte", SOUTH),
    Agent(1105, "Caleb Stone", SOUTH, _days(2025, 11, 1)),
    Agent(1201, "Mei Tan", CENTRAL),
    Agent(1202, "Oskar Lind", CENTRAL),
    Agent(1203, "Grace Boateng", CENTRAL),
    Agent(1204, "Dmitri Sorin", CENTRAL, _days(2026, 5, 16)),
    Agent(1301, "Jürgen Weiß", EUROPE),
    Agent(1302, "Chloé Marchand", EUROPE),
    Agent(1303, "Zeynep Aydın", EUROPE),
    Agent(1304, "Álvaro Núñez", EUROPE),
    Agent(1305, "Anke de Vries", EUROPE),
    Agent(1401, "Farah Idris", ESCALATIONS),
    Agent(1402, "Ben Okafor", ESCALATIONS),
)

GENERAL, BILLING, TECHNICAL, ORDERS, URGENT = (
    Queue(2, "General"), Queue(15, "Billing"), Queue(21, "Technical"), Queue(34, "Orders & delivery"),
    Queue(55, "Urgent"),
)  # fmt: skip
QUEUES = weighted((GENERAL, 30), (BILLING, 22), (TECHNICAL, 25), (ORDERS, 23))
NETWORKS = weighted(
    ("Facebook", 22),
    ("X", 18),
    ("Instagram", 14),
    ("WhatsApp", 16),
    ("Apple Messages", 9),
    ("SMS", 7),
    ("Web chat", 14),
)
LANGUAGES = weighted(("en", 66), ("es", 14), ("fr", 8), ("de", 8), ("tr", 4))
PRIORITIES = weighted((0, 5), (1, 10), (2, 20), (3, 40), (4, 17), (5, 8))
"""0 is the most urgent here (the sandbox's own choice)."""
TAGS = ("refund", "late", "outage", "praise", "plan change", "login", "damaged", "feature request")
CAMPAIGNS = ("Spring, refreshed", "Summer offers", "How-to Tuesdays", "Meet the team", "Year in review")


@dataclass(frozen=True, slots=True)
class SmartView:
    """What a smart view keeps. Nobody documents which views a company has; these are the sandbox's own."""

    number: int
    priorities: frozenset[int]
    languages: frozenset[str]


SMART_VIEWS = {
    one.number: one
    for one in (
        SmartView(301, frozenset({0, 1}), frozenset(LANGUAGES.items)),
        SmartView(302, frozenset(PRIORITIES.items), frozenset({"es", "fr", "de", "tr"})),
        SmartView(303, frozenset({4, 5}), frozenset({"en"})),
    )
}


def team_for(language: str, queue: Queue, half: float) -> Team:
    """Return the team that takes a conversation; `half` in [0, 1) decides between the two English ones."""
    if queue is URGENT:
        return ESCALATIONS
    if language != "en":
        return SOUTH if language == "es" and half < 0.6 else EUROPE
    if queue is BILLING:
        return CENTRAL
    return NORTH if half < 0.55 else SOUTH


def agents_of(team: Team, day: int) -> tuple[Agent, ...]:
    """Return the team's agents that are enabled on that day. Every team keeps at least one."""
    return tuple(one for one in AGENTS if one.team is team and one.there(day))
