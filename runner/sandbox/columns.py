"""The sandbox's columns per report: first the documented ones, spelt as documented, then the sandbox's OWN.

No document lists the columns of any report. What stands under OWN is invented for practice, in the vendor's
style of naming, and is no fact about the vendor: never copy it into `specs/`. The one exception in kind is
ASSIGNEE_ID: the guide names the column "Assignee ID", but not its API name.
"""

from __future__ import annotations

from collections.abc import Mapping

KNOWN: Mapping[str, tuple[str, ...]] = {
    "raw_agent_states": ("agent_name", "agent_email", "agent_id"),  # [O]
    "conversation": ("CONVERSATION_ID", "STATUS"),  # [G]
}
"""Columns that a document names for one report."""

GENERIC = ("TIME_ZONE",)
"""Columns that a document names for no report in particular [G]; here every report has them."""

JSON_ONLY: Mapping[str, tuple[str, ...]] = {
    "user": (
        "TOTAL_CONSOLE_LOGGED_IN_TIME_MILLIS",
        "TOTAL_GREEN_STATE_TIME_MILLIS",
        "TOTAL_YELLOW_STATE_TIME_MILLIS",
        "TOTAL_RED_STATE_TIME_MILLIS",
        "TOTAL_MOBILE_TIME_MILLIS",
    ),
}
"""Documented columns that only JSON files have [U]."""

_ABOUT = ("PRIORITY", "NETWORK", "LANGUAGE", "WORK_QUEUE_ID", "WORK_QUEUE", "TEAM_ID", "TEAM")
_AGENT = ("AGENT_ID", "AGENT_NAME", "AGENT_EMAIL")
_POST = ("AUTHOR_ID", "AUTHOR_HANDLE", "CONTENT", "CHARACTERS")

OWN: Mapping[str, tuple[str, ...]] = {
    "raw_agent_states": (
        "team_id", "team_name", "state", "start_time", "end_time", "duration_millis", "device",
    ),
    "combined": ("CONVERSATION_ID", "POST_ID", "DIRECTION", "POST_TIME", *_ABOUT, *_AGENT, *_POST),
    "conversation": (
        "ASSIGNEE_ID", "ASSIGNEE_NAME", "CREATED_TIME", "CLOSED_TIME", "FIRST_RESPONSE_TIME",
        "FIRST_RESPONSE_MILLIS", "HANDLE_MILLIS", *_ABOUT, "AUTHOR_ID", "AUTHOR_HANDLE", "INCOMING_POSTS",
        "RESPONSES", "TAGS", "SUBJECT",
    ),
    "conversation_actions": (
        "CONVERSATION_ID", "ACTION_ID", "ACTION", "ACTION_TIME", "DETAIL", *_AGENT, *_ABOUT,
    ),
    "conversation_history_action": (
        "CONVERSATION_ID", "ACTION_ORDER", "ACTION", "ACTION_TIME", "ACTOR_TYPE", "DETAIL", *_AGENT, *_ABOUT,
    ),
    "raw_expert_help": (
        "CONVERSATION_ID", "HELP_REQUEST_ID", "REQUESTED_TIME", "ANSWERED_TIME", "WAIT_MILLIS", "EXPERT_TEAM",
        "QUESTION", "ANSWER", *_AGENT, *_ABOUT,
    ),
    "author": (
        "AUTHOR_ID", "AUTHOR_HANDLE", "NETWORK", "LANGUAGE", "POSTS", "CONVERSATIONS", "FIRST_POST_TIME",
        "LAST_POST_TIME", "FOLLOWERS",
    ),
    "incoming_post": ("CONVERSATION_ID", "POST_ID", "POST_TIME", "POST_ORDER", *_ABOUT, *_POST),
    "response": (
        "CONVERSATION_ID", "RESPONSE_ID", "RESPONSE_TIME", "RESPONSE_ORDER", "RESPONSE_MILLIS", *_ABOUT,
        *_AGENT, "RESPONDED_TO_POST_ID", "CONTENT", "CHARACTERS",
    ),
    "response_approval": (
        "CONVERSATION_ID", "RESPONSE_ID", "REQUESTED_TIME", "DECIDED_TIME", "DECISION", "APPROVER_ID",
        "APPROVER_NAME", "CONTENT", *_AGENT, *_ABOUT,
    ),
    "team_performance": (
        "TEAM_ID", "TEAM", *_AGENT, "RESPONSES", "CONVERSATIONS", "AVERAGE_RESPONSE_MILLIS",
        "LONGEST_RESPONSE_MILLIS", "WITHIN_ONE_HOUR_PERCENT",
    ),
    "team_performance_interval": (
        "INTERVAL_START", "INTERVAL_END", "TEAM_ID", "TEAM", "RESPONSES", "CONVERSATIONS",
        "AVERAGE_RESPONSE_MILLIS", "LONGEST_RESPONSE_MILLIS", "WITHIN_ONE_HOUR_PERCENT",
    ),
    "user": (
        "USER_ID", "USER_NAME", "USER_EMAIL", "TEAM_ID", "TEAM", "ROLE", "ENABLED", "TOTAL_LOGGED_IN_TIME",
        "TOTAL_AVAILABLE_TIME",
    ),
    "raw_brand_posts": (
        "POST_ID", "POST_TIME", "NETWORK", "CAMPAIGN", "CONTENT", "LIKES", "SHARES", "COMMENTS", *_AGENT,
    ),
}  # fmt: skip
"""The sandbox's own columns. Invented."""


def columns(report: str, format: str) -> tuple[str, ...]:
    """Return the columns of a report's file in `format` (csv, json), in order."""
    return (
        *KNOWN.get(report, ()),
        *GENERIC,
        *OWN[report],
        *(JSON_ONLY.get(report, ()) if format == "json" else ()),
    )


def all_columns(report: str) -> tuple[str, ...]:
    """Return the columns of a report in the order in which its rows are made."""
    return columns(report, "json")
