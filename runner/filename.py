"""Templates of file names: `{{ field | filter }}` and plain text, and nothing else of Jinja.

A template is judged when it is compiled: its syntax tree may hold text, the names of our fields, and our
filters with constant arguments. Jinja's own sandbox bounds neither time nor memory, so loops, calls,
arithmetic and literals are refused before anything runs. What comes out is judged by `runner.paths`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from unicodedata import normalize

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from runner.paths import Collision, check_path, collisions
from runner.window import compact
from runner.zones import local, starts_day

__all__ = [
    "Collision", "Fields", "Moment", "Template", "TemplateProblem", "check_path", "collisions", "compile",
]  # fmt: skip

LONGEST = 1000
"""Characters in a template."""

_DIRECTIVES = "YmdHMSjGVu"


class TemplateProblem(ValueError):
    """A template cannot be used; `column` counts from 1 in the template's own text."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Moment:
    """An edge of a window: epoch milliseconds and a zone; written plainly, its day or its instant."""

    ms: int
    timezone: str

    def __str__(self) -> str:
        """Return the day where one begins here, else the instant in UTC without colons."""
        return self.day() if starts_day(self.ms, self.timezone) else compact(self.ms)

    def day(self) -> str:
        """Return the day of the zone that it lies in, as 2026-01-31."""
        return _date(self)


@dataclass(frozen=True, slots=True)
class Fields:
    """What a template can name; `end` is exclusive, `index` counts windows from 1."""

    manifest: str
    export: str
    report: str
    profile: str
    start: Moment
    end: Moment
    format: str
    index: int


@dataclass(frozen=True, slots=True)
class Template:
    """A template that passed the allow-list."""

    text: str
    uses: tuple[tuple[str, int], ...]
    """The fields it names, each with its column."""
    _compiled: jinja2.Template = field(repr=False, compare=False)

    def render(self, values: Fields) -> str:
        """Return the path it gives; TemplateProblem where a value would add a folder or a step up."""
        plain = {one.name: getattr(values, one.name) for one in fields(values)}
        for name, column in self.uses:
            value = str(plain[name])
            if "/" in value or "\\" in value or ".." in value:
                raise TemplateProblem(
                    f"{name} is {value!r}: only the template's own text may hold / or ..", column
                )
        return self._compiled.render(plain)


def compile(text: str) -> Template:
    """Return the template, judged; TemplateProblem with the column of what is not allowed."""
    if len(text) > LONGEST:
        raise TemplateProblem(f"the template has {len(text)} characters, {LONGEST} are allowed", LONGEST + 1)
    uses = tuple((_field(source, column), column) for source, column in _placeholders(text))
    return Template(text, uses, _ENVIRONMENT.from_string(text))


def _placeholders(text: str) -> Iterator[tuple[str, int]]:
    """Yield each `{{ ... }}` of the template with its column; TemplateProblem for any other mark of Jinja."""
    end = 0
    while found := _MARK.search(text, end):
        column = found.start() + 1
        if found[0] != "{{":
            raise TemplateProblem(f"{found[0]} is not allowed; {_FORM}", column)
        end = text.find("}}", found.end()) + 2
        if end == 1:
            raise TemplateProblem(f"{{{{ is not closed by }}}}; {_FORM}", column)
        yield text[found.start() : end], column


def _field(placeholder: str, column: int) -> str:
    """Return the field that a placeholder names, after judging its whole tree."""
    try:
        tree = next(_ENVIRONMENT.parse(placeholder).find_all(nodes.Output)).nodes[0]
    except (jinja2.TemplateSyntaxError, RecursionError):
        raise TemplateProblem(f"{placeholder[:60]!r} cannot be read; {_FORM}", column) from None
    applied = []
    while isinstance(tree, nodes.Filter) and tree.node is not None:
        applied.append(tree)
        tree = tree.node
    if not isinstance(tree, nodes.Name):
        raise TemplateProblem(f"{placeholder[:60]!r} is more than a field; {_FORM}", column)
    if tree.name not in _KINDS:
        raise TemplateProblem(f"unknown field {tree.name!r}; fields are {', '.join(_KINDS)}", column)
    kind = _KINDS[tree.name]
    for one in reversed(applied):
        kind = _filtered(one, kind, column)
    return tree.name


def _filtered(tree: nodes.Filter, kind: type, column: int) -> type:
    """Return what kind of value a filter gives, or refuse a filter that is unknown or does not fit."""
    known = _FILTERS.get(tree.name)
    if known is None:
        raise TemplateProblem(f"unknown filter {tree.name!r}; filters are {', '.join(_FILTERS)}", column)
    if known.takes is not kind:
        fits = "start and end" if known.takes is Moment else "text"
        raise TemplateProblem(f"the filter {tree.name} is for {fits}", column)
    if tree.kwargs or tree.dyn_args or tree.dyn_kwargs or len(tree.args) > (tree.name == "date"):
        raise TemplateProblem(f"the filter {tree.name} does not take these arguments", column)
    for argument in tree.args:
        pattern = argument.value if isinstance(argument, nodes.Const) else None
        if not isinstance(pattern, str) or re.search(f"%(?![{_DIRECTIVES}])", pattern):
            raise TemplateProblem(
                f"date takes one pattern in quotes, of text and {' '.join('%' + one for one in _DIRECTIVES)}",
                column,
            )
    return known.gives


def _date(moment: Moment, pattern: str = "%Y-%m-%d") -> str:
    """Write the moment's own date and time; the directives allowed mean the same in every language."""
    here = local(moment.ms, moment.timezone)
    return re.sub("%.", lambda directive: here.strftime(directive[0]), pattern)


def _quarter(moment: Moment) -> str:
    here = local(moment.ms, moment.timezone)
    return f"{here.year}-Q{(here.month + 2) // 3}"


def _slug(text: str) -> str:
    """Return letters and digits of any script in lower case, all else as single dashes."""
    return re.sub(r"[\W_]+", "-", normalize("NFKC", text).casefold()).strip("-")


@dataclass(frozen=True, slots=True)
class _Filter:
    """What a filter takes, gives and does."""

    takes: type
    gives: type
    apply: Callable[..., Moment | str]


_FILTERS: Mapping[str, _Filter] = {
    "date": _Filter(Moment, str, _date),
    "year": _Filter(Moment, str, lambda moment: _date(moment, "%Y")),
    "month": _Filter(Moment, str, lambda moment: _date(moment, "%Y-%m")),
    "quarter": _Filter(Moment, str, _quarter),
    "week": _Filter(Moment, str, lambda moment: _date(moment, "%G-W%V")),
    "last": _Filter(Moment, Moment, lambda moment: Moment(moment.ms - 1, moment.timezone)),
    "lower": _Filter(str, str, str.lower),
    "upper": _Filter(str, str, str.upper),
    "slug": _Filter(str, str, _slug),
}
"""Every filter; year, month, quarter and week write the words of a manifest's period."""

_KINDS: Mapping[str, type] = {
    one.name: Moment if one.name in {"start", "end"} else str for one in fields(Fields)
}
_MARK = re.compile(r"\{[{%#]")
_FORM = "write text and {{ field }} or {{ field | filter }}, as {{ start | date }}"


def _environment() -> SandboxedEnvironment:
    """Return a Jinja sandbox that knows our filters and nothing else."""
    # No escaping: file names are not HTML.
    made = SandboxedEnvironment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    made.globals.clear()
    made.tests.clear()
    made.filters = {name: one.apply for name, one in _FILTERS.items()}
    return made


_ENVIRONMENT = _environment()
