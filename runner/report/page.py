"""The HTML report of a run: one file that needs no network and no script, made from the events alone.

Every text passes one door on its way into the page: secrets are masked, characters that play tricks are
written as escapes, and what is left is escaped as HTML. The page forbids itself everything but its own style.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from runner import __version__
from runner.codes import CODES
from runner.errors import Exit
from runner.events import Stored
from runner.partition import Partition, Plan
from runner.profiles import Profile
from runner.report.asked import Asked
from runner.report.axis import Axis, Bar, day_bars
from runner.report.outcome import Outcome, exit_of
from runner.report.series import Day, in_words
from runner.report.story import Life, Phase, Sitting, Story
from runner.report.words import duration, is_one, listed, many, part, size
from runner.track import UNKNOWN
from runner.window import iso

Clean = Callable[[str], str]
"""What makes a text fit to be shown: without secrets, without characters that play tricks."""

MOST_NAMED = 3
"""So many partitions are named in the heading of what became of them; a list has them all."""
MOST_ROWS = 50
"""A longer table is folded: what comes after it must not lie a hundred screens below."""
SHARE = {
    "length": "as long as the server said it is",
    "framing": "the transfer came to its proper end",
    "structure": "its form is whole; the server said nothing of its length",
    "checksum": "the checksum that the server gave",
}
"""What each proof of completeness is, in words."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows per day of one export of one profile: told by `column`, or `why` they cannot be told."""

    asked: Asked
    days: tuple[Day, ...]
    columns: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def said(self) -> list[str]:
        """What the chart shows, in words."""
        return in_words(self.days)

    @property
    def drawn(self) -> bool:
        """Whether a chart shows what the words do not: there are rows, and days to compare."""
        return len(self.days) > 1 and any(one.rows for one in self.days)

    @property
    def bars(self) -> list[Bar]:
        """The chart's bars."""
        return day_bars(self.days)

    @property
    def highest(self) -> int:
        """The rows of the largest day."""
        return max((one.rows or 0 for one in self.days), default=0)


@dataclass(frozen=True, slots=True)
class Told:
    """All that a report is made of. `differences` is None where no earlier lock is known."""

    plan: Plan
    profiles: tuple[Profile, ...]
    asked: tuple[Asked, ...]
    stories: Mapping[str, Story]
    ended: tuple[Outcome, ...]
    stored: Mapping[str, Stored]
    counted: tuple[Counted, ...]
    differences: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _Lane:
    """One profile's part of the timeline."""

    profile: Profile
    story: Story
    axis: Axis
    rows: tuple[tuple[Partition, Life], ...]

    @property
    def total(self) -> int:
        """Requests of this manifest's partitions."""
        return sum(self.story.requests.values())

    @property
    def most(self) -> int:
        """Requests in the busiest minute."""
        own, others = self.story.requests, self.story.others
        return max((own.get(one, 0) + others.get(one, 0) for one in {*own, *others}), default=0)

    @property
    def lasted(self) -> int:
        """How long the lane was at work, in ms."""
        return sum(end - start for start, end in self.story.sittings)

    @property
    def summary(self) -> str:
        """What its table says of all files, in one line."""
        lives = [life for _, life in self.rows]
        phases: list[tuple[str, Phase]] = [
            ("waited", "waiting"), ("at the vendor", "building"), ("download", "downloading"),
        ]  # fmt: skip
        told = [f"{words} {_range([one.spent(phase) for one in lives])}" for words, phase in phases]
        return f"All {many(len(lives), 'file')} of {self.profile.name}, one by one: {', '.join(told)}"

    @property
    def minutes(self) -> list[Bar]:
        """The chart of requests."""
        return self.axis.minutes(
            self.story.requests, self.story.others, max(self.profile.limits.requests_per_minute, self.most)
        )

    @property
    def limit_at(self) -> float:
        """Where the line of the limit lies, in percent from the top."""
        limit = self.profile.limits.requests_per_minute
        return round(100 - limit / max(limit, self.most) * 100, 2)


def page(told: Told, clean: Clean) -> str:
    """Return the report as HTML; the same story gives the same bytes."""

    def shown(value: object) -> object:
        return value if isinstance(value, Markup) or not isinstance(value, str) else clean(value)

    files = resources.files("runner.report")
    style = (files / "page.css").read_text()
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=shown, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["marked"] = lambda text: _marked(clean(text))
    environment.filters |= {
        "size": size,
        "many": many,
        "when": _when,
        "lasting": _lasting,
        "listed": listed,
        "part": part,
    }
    template = environment.from_string((files / "page.html.j2").read_text())
    return template.render(
        told=told,
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        lanes=_lanes(told),
        verdict=verdict(told.ended),
        bad=_bad(told.ended),
        codes=CODES,
        exit=exit_of(told.ended),
        total=_Total(told),
        proofs=SHARE,
        most_rows=MOST_ROWS,
        most_named=MOST_NAMED,
        version=__version__,
    )


def _marked(text: str) -> Markup:
    """Return a text of ours as HTML, where what stands between backticks is code."""
    parts = (escape(one) for one in text.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(one) if number % 2 else one for number, one in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class _Total:
    """The sums of the head of the page."""

    told: Told

    @property
    def done(self) -> int:
        """Files that are there."""
        return sum(one.exit == Exit.DONE for one in self.told.ended)

    @property
    def made_up(self) -> int:
        """Files whose rows the sandbox makes up."""
        return sum(one.partition.source == "sandbox" for one in self.told.ended)

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(one.rows for one in self.told.stored.values())

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(one.bytes for one in self.told.stored.values())

    @property
    def requests(self) -> int:
        """Requests of all lanes."""
        return sum(sum(one.requests.values()) for one in self.told.stories.values())

    @property
    def lasted(self) -> int:
        """How long the slowest lane was at work: lanes run beside each other."""
        lasting = [sum(end - start for start, end in one.sittings) for one in self.told.stories.values()]
        return max(lasting, default=0)


def _bad(ended: Sequence[Outcome]) -> dict[tuple[str, str], list[str]]:
    """Return the partitions that are not there, by code and message."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in ended:
        if one.exit != Exit.DONE:
            groups.setdefault((one.code, one.message), []).append(one.partition.id)
    return groups


def verdict(ended: Sequence[Outcome]) -> str:
    """Return one sentence on how it ended."""
    done = sum(one.exit == Exit.DONE for one in ended)
    left = sum(one.code == "E-UNFINISHED" for one in ended)
    unanswered = sum(one.code == UNKNOWN for one in ended)
    failed = len(ended) - done - left - unanswered
    if done == len(ended):
        return f"All {done:,} files are there and proven whole." if done > 1 else "The file is there, whole."
    said = [f"{failed:,} failed"] if failed else []
    said += [f"{unanswered:,} got no answer"] if unanswered else []
    said += [f"{left:,} {'is' if left == 1 else 'are'} still to come"] if left else []
    verb = "is" if is_one(done, len(ended)) else "are"
    return f"{part(done, len(ended), 'file')} {verb} there; {listed(said)}."


def _lanes(told: Told) -> list[_Lane]:
    lanes = []
    for profile in told.profiles:
        story = told.stories[profile.name]
        rows = tuple(
            (one, story.lives[one.key]) for one in told.plan.partitions if one.profile == profile.name
        )
        lanes.append(_Lane(profile, story, Axis(story.sittings), rows))
    return lanes


def _range(several: Sequence[int]) -> str:
    """Write the least and the most of several times in ms; both at once where they read the same."""
    return " to ".join(dict.fromkeys(_lasting(one) for one in (min(several), max(several))))


def _when(sitting: Sitting) -> str:
    """Write when a sitting was."""
    start, end = (iso(one // 1000 * 1000, "UTC").replace("T", " ").removesuffix("Z") for one in sitting)
    return f"{start} to {end[11:] if end[:10] == start[:10] else end} UTC"


def _lasting(milliseconds: int) -> str:
    return duration(milliseconds / 1000)
