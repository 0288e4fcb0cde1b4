"""Rows of raw_brand_posts: what the brand itself published. The report is legacy and unverified [G]."""

from __future__ import annotations

from collections.abc import Iterator

from runner.sandbox import calendar, care, texts
from runner.sandbox.ask import Ask
from runner.sandbox.calendar import HOUR_MS
from runner.sandbox.dice import Dice
from runner.sandbox.rows.show import Show, who


def raw_brand_posts(ask: Ask, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield the brand's posts of the window."""
    show = Show(ask)
    for day in range(calendar.day_of(ask.start_ms), calendar.day_of(ask.last_ms) + 1):
        for at, number, row in _posts(seed, day):
            if ask.start_ms <= at <= ask.last_ms:
                yield (show.zone, str(number), show(at), *row)


def _posts(seed: int, day: int) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return the posts of one day in order of time: instant, id, and what does not depend on the zone."""
    dice = Dice(seed, "brand posts", day)
    found = []
    for order in range(dice.between(1, 5)):
        at = calendar.midnight(day) + 8 * HOUR_MS + dice.between(0, 12 * HOUR_MS)
        row = (
            dice.weighted(care.NETWORKS), dice.pick(care.CAMPAIGNS), texts.brand(dice.between(0, 2**31)),
            *(str(dice.often_low(0, most)) for most in (9_000, 900, 300)), *who(dice.pick(care.AGENTS)),
        )  # fmt: skip
        found.append((at, day * 10 + order, row))
    return sorted(found)
