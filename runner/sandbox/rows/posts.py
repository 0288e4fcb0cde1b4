"""Rows of incoming_post, response, combined, response_approval, raw_expert_help and author."""

from __future__ import annotations

from collections.abc import Iterator

from runner.sandbox import care, texts
from runner.sandbox.ask import Ask
from runner.sandbox.conversations import Conversation
from runner.sandbox.rows.facts import Fact, asked_for, both, posts, responses, stream
from runner.sandbox.rows.show import NOBODY, Show, about, who

Row = tuple[str, ...]


def _text(fact: Fact) -> str:
    language = fact.about.language
    return (texts.answered if fact.agent else texts.asked)(language, fact.number)


def _author(one: Conversation) -> tuple[str, str]:
    return str(one.author), texts.handle(one.author)


def incoming_post(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield what customers wrote in the window."""
    show = Show(ask)
    for fact in stream(ask, seed, posts):
        one, text = fact.about, _text(fact)
        yield (
            show.zone, str(one.id), str(fact.key), show(fact.at), str(fact.order + 1), *about(one),
            *_author(one), text, str(len(text)),
        )  # fmt: skip


def response(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield what agents answered in the window."""
    show = Show(ask)
    for fact in stream(ask, seed, responses):
        one, text = fact.about, _text(fact)
        yield (
            show.zone, str(one.id), str(fact.key), show(fact.at), str(fact.order + 1),
            str(fact.at - fact.since), *about(one), *who(one.agent), str(fact.key - 1), text, str(len(text)),
        )  # fmt: skip


def combined(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield posts and responses of the window in one list."""
    show = Show(ask)
    for fact in stream(ask, seed, both):
        one, text = fact.about, _text(fact)
        yield (
            show.zone, str(one.id), str(fact.key), "OUTGOING" if fact.agent else "INCOMING", show(fact.at),
            *about(one), *(who(fact.agent) if fact.agent else NOBODY), *_author(one), text, str(len(text)),
        )  # fmt: skip


def _approvals(one: Conversation) -> Iterator[Fact]:
    """Yield the responses that needed a second pair of eyes: about one in seven."""
    for fact in responses(one):
        if fact.number % 7 == 0:
            yield fact._replace(since=fact.at - 15_000 - fact.number % 5 * 1_000)


def response_approval(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield the approvals decided in the window; those of disabled agents only with includeDisabled."""
    show = Show(ask)
    approver = care.AGENTS[-1]
    for fact in stream(ask, seed, _approvals):
        one = fact.about
        if asked_for(one.agent, ask):
            decision = "REJECTED" if fact.number % 5 == 0 else "APPROVED"
            yield (
                show.zone, str(one.id), str(fact.key), show(fact.since), show(fact.at), decision,
                *who(approver)[:2], _text(fact), *who(one.agent), *about(one),
            )  # fmt: skip


def _help(one: Conversation) -> Iterator[Fact]:
    """Yield the questions that agents put to experts: about one conversation in eleven."""
    first = one.messages[0]
    if first.number % 11 == 0:
        asked = one.first_response - 18_000
        yield Fact(asked, one.id, one, one.agent, number=first.number, since=asked + 14_000)


def raw_expert_help(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield the help requests of the window, by the instant of asking."""
    show = Show(ask)
    for fact in stream(ask, seed, _help):
        one = fact.about
        yield (
            show.zone, str(one.id), f"H{one.id}", show(fact.at), show(fact.since), str(fact.since - fact.at),
            care.TEAMS[fact.number % 5].name, texts.subject(one.language, fact.number),
            texts.answered("en", fact.number), *who(one.agent), *about(one),
        )  # fmt: skip


def author(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield the authors who posted in the window [S], one row each, with counts over the window."""
    show = Show(ask)
    known: dict[int, list[Fact]] = {}
    for fact in stream(ask, seed, posts):
        known.setdefault(fact.about.author, []).append(fact)
    for number, facts in sorted(known.items()):
        one = facts[0].about
        yield (
            show.zone, *_author(one), one.network, one.language, str(len(facts)),
            str(len({fact.about.id for fact in facts})), show(facts[0].at), show(facts[-1].at),
            str(number * 7919 % 25_000),
        )  # fmt: skip
