"""The vendor's operations as the documents print them, copied a second time on purpose.

`specs/` says the same for the client. Both copies are made from the documents by hand, and a contract test
compares them, so that a slip in one of them shows. All facts here are [O] unless marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXT, JSON = "text/plain", "application/json"

_BASE = ("startTime", "endTime", "locale", "reportFormat", "reportMetrics")
_COMMON = (
    *_BASE, "businessHourType", "enableBusinessHour", "priorities", "smartViewId", "timezone",
    "timezoneOffset", "workqueueIds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One report: what it takes, besides companyKey, and how.

    `media` maps each method to what its answer is called. `form` says that its POST reads the form body and
    of the query only companyKey and the `in_query` names; every other operation reads the query alone.
    """

    parameters: tuple[str, ...]
    media: Mapping[str, str]
    form: bool = False
    in_query: frozenset[str] = frozenset()
    path: str = ""
    required: frozenset[str] = field(default=frozenset({"startTime", "endTime"}))

    def travels_in_form(self, name: str, method: str) -> bool:
        """Say whether the operation looks for this parameter in the form body."""
        return self.form and method == "POST" and name not in self.in_query


def _post(*extra: str, media: str = TEXT) -> Endpoint:
    return Endpoint((*_COMMON, *extra), {"POST": media})


ENDPOINTS: Mapping[str, Endpoint] = {
    "raw_agent_states": _post("teamIds"),
    "combined": _post(),
    # GET is not declared; the dev kit's first example and a real client use it [K, C].
    "conversation": Endpoint((*_COMMON, "conversationReportType"), {"POST": TEXT, "GET": TEXT}),
    "conversation_actions": Endpoint(_COMMON, {"POST": TEXT, "GET": JSON}, form=True),
    "conversation_history_action": Endpoint(
        (*_COMMON, "raiselimit"), {"POST": TEXT}, form=True, in_query=frozenset({"raiselimit"})
    ),
    "raw_expert_help": _post(),
    "author": _post(media=JSON),
    "incoming_post": _post(),
    "response": _post(),
    # teamIds: not declared for these two, but named for them by the generic operation's text.
    "response_approval": _post("includeDisabled", "teamIds"),
    "team_performance": _post("includeDisabled", "teamIds"),
    "team_performance_interval": Endpoint(
        (*_COMMON, "includeDisabled", "timeInterval", "teamIds"),
        {"POST": TEXT},
        required=frozenset({"startTime", "endTime", "timeInterval"}),
    ),
    "user": Endpoint(
        (*_BASE, "agentId", "teamId", "includeDisabled"), {"POST": JSON, "GET": JSON}, form=True
    ),
    # Only the guide knows it, and only its path's pattern [G].
    "raw_brand_posts": Endpoint(_BASE, {"POST": JSON}, path="marketing/"),
}
"""Every report by its id."""


def find(segments: tuple[str, ...]) -> str | None:
    """Return the report that the path parts after `/api/public/reports/report/` name, or None."""
    name = segments[-1]
    if name in ENDPOINTS and "/".join(segments) == ENDPOINTS[name].path + name:
        return name
    return None
