"""The rows of each report, streamed: tuples of text in the order of the columns, from an ask and a seed.

The same ask and seed bring the same rows on every machine. For additive reports the rows of a window are
those of its parts, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from runner.sandbox.ask import Ask
from runner.sandbox.rows.agent_rows import raw_agent_states, user
from runner.sandbox.rows.brand import raw_brand_posts
from runner.sandbox.rows.conversation_rows import (
    conversation,
    conversation_actions,
    conversation_history_action,
)
from runner.sandbox.rows.posts import (
    author,
    combined,
    incoming_post,
    raw_expert_help,
    response,
    response_approval,
)
from runner.sandbox.rows.team_rows import team_performance, team_performance_interval

Row = tuple[str, ...]

_REPORTS: Mapping[str, Callable[[Ask, int], Iterator[Row]]] = {
    one.__name__: one
    for one in (
        raw_agent_states, combined, conversation, conversation_actions, conversation_history_action,
        raw_expert_help, author, incoming_post, response, response_approval, team_performance,
        team_performance_interval, user, raw_brand_posts,
    )
}  # fmt: skip


def rows(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield the rows that are asked for, with every column of the report."""
    return _REPORTS[ask.report](ask, seed)
