"""The arguments and options that several verbs share, each declared once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from runner.cli import completions

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Decorator = Callable[[Decorated], Decorated]


def up_to(most: float) -> Callable[[click.Context, click.Parameter, float | None], float | None]:
    """Return the check of a finite number above 0, up to `most`; `nan`, `inf` and `1e400` are refused too."""

    def check(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
        if value is not None and not 0 < value <= most:
            raise click.BadParameter(f"{value} is not above 0 and up to {most:,.0f}", ctx, param)
        return value

    return check


_NUMBER = r"(\d+(?:\.\d+)?)"
_TIME = re.compile(rf"(?=.)(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?|{_NUMBER}", re.ASCII)
_UNITS_S = (3600, 60, 1, 1)
LONGEST_S = 86_400


def seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Read a time as 90s, 50m, 2h, 1h30m or plain seconds; above 0 and up to a day."""
    if value is None:
        return None
    read = _TIME.fullmatch(value)
    parts = read.groups(default="0") if read else ()
    length = sum(unit * float(part) for unit, part in zip(_UNITS_S, parts, strict=False))
    if not 0 < length <= LONGEST_S:
        raise click.BadParameter(f"{value!r} is no time up to a day, as 90s, 50m, 2h or 1h30m", ctx, param)
    return length


manifest: Decorator[Any] = click.argument(
    "manifest", metavar="MANIFEST", shell_complete=completions.manifests
)
"""A path, or a name under manifests/."""

only: Decorator[Any] = click.option(
    "--only",
    multiple=True,
    metavar="EXPORT",
    shell_complete=completions.exports,
    help="Only this export of the manifest; may be repeated.",
)

profile: Decorator[Any] = click.option(
    "--profile",
    metavar="NAME",
    shell_complete=completions.profiles,
    help="This profile, whatever the manifest names.",
)

profiles: Decorator[Any] = click.option(
    "--profiles",
    "profiles_file",
    metavar="FILE",
    shell_complete=completions.files,
    help="Where profiles are defined; without it, profiles.yaml of the current folder, if there is one.",
)

state: Decorator[Any] = click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=Path(".care-export"),
    show_default=True,
    metavar="DIR",
    help="Where the journal lies.",
)

out: Decorator[Any] = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder under which files are written or looked for; without it, the current one.",
)

jobs: Decorator[Any] = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    metavar="N",
    help="At most so many profiles at a time.",
)

deadline: Decorator[Any] = click.option(
    "--deadline",
    "--timeout",
    "deadline",
    callback=seconds,
    metavar="TIME",
    help="Be through in that time, as 50m or 1h30m: stop calmly with 75; the same command goes on.",
)

progress: Decorator[Any] = click.option(
    "--progress",
    type=click.Choice(["auto", "plain", "json", "none"]),
    default="auto",
    show_default=True,
    help="How to show what happens.",
)


variables = click.option(
    "--environment",
    "environment_file",
    metavar="FILE",
    help="The environment with the values of variables.",
)


def shape(first: str) -> Decorator[Any]:
    """Return the option `--format`: `first`, which is for people, or json."""
    return click.option(
        "--format",
        "shape",
        type=click.Choice([first, "json"]),
        default=first,
        show_default=True,
        help="For people, or for programs.",
    )
