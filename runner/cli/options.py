"""The arguments and options that several verbs share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Decorator = Callable[[Decorated], Decorated]


def up_to(most: float) -> Callable[[click.Context, click.Parameter, float | None], float | None]:
    """Return the check of a finite number above 0, up to `most`; `nan`, `inf` and `1e400` are refused too."""

    def check(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
        if value is not None and not 0 < value <= most:
            raise click.BadParameter(f"{value} is not above 0 and up to {most:,.0f}", ctx, param)
        return value

    return check


manifest: Decorator[Any] = click.argument("manifest", metavar="MANIFEST")
"""A path, or a name under manifests/."""

only: Decorator[Any] = click.option(
    "--only", multiple=True, metavar="EXPORT", help="Only this export of the manifest; may be repeated."
)

profile: Decorator[Any] = click.option(
    "--profile", metavar="NAME", help="This profile, whatever the manifest names."
)

profiles: Decorator[Any] = click.option(
    "--profiles",
    "profiles_file",
    metavar="FILE",
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

timeout: Decorator[Any] = click.option(
    "--timeout",
    type=float,
    callback=up_to(86_400),
    metavar="SECONDS",
    help="Stop calmly after so long; run again to go on.",
)

progress: Decorator[Any] = click.option(
    "--progress",
    type=click.Choice(["auto", "plain", "json", "none"]),
    default="auto",
    show_default=True,
    help="How to show what happens.",
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
