"""What is found wrong with one document, collected until all of it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field

from runner.document import Document, Path
from runner.errors import Exit, Problem, Refusal
from runner.judge import Found


@dataclass
class Findings:
    """The problems and warnings of one document, each once."""

    document: Document
    found: set[Problem] = field(default_factory=set)

    def refuse(self, path: Path, message: str, key: bool = False) -> None:
        """Note a problem with a value, or with its key."""
        self.found.add(self.document.problem(path, message, key=key))

    def warn(self, path: Path, message: str, key: bool = False) -> None:
        """Note a warning about a value, or about its key."""
        self.found.add(self.document.problem(path, message, warning=True, key=key))

    def add_judged(self, judged: frozenset[Found]) -> None:
        """Add what a schema found, but for places about which something better was said already."""
        told = {(one.line, one.column) for one in self.found if not one.warning}
        problems = {self.document.problem(path, message, key=key) for path, key, message in judged}
        self.found |= {one for one in problems if (one.line, one.column) not in told}

    def raise_if_refused(self, exit: Exit) -> None:
        """Raise a Refusal with everything found, where anything but warnings was."""
        count = sum(not one.warning for one in self.found)
        if count:
            problems = "1 problem" if count == 1 else f"{count} problems"
            raise Refusal(exit, f"{self.document.file} has {problems}", self.found)

    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings, sorted by place."""
        return tuple(sorted(one for one in self.found if one.warning))
