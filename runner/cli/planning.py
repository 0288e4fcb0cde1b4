"""From a manifest to its plan: profiles are chosen here, with the environment and the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, cast

import click

from runner import catalog, document, profiles
from runner.cli.credentials import keep_out
from runner.cli.source import contents, load, unreadable
from runner.cli.world import environment, now_ms
from runner.errors import Exit
from runner.findings import Findings
from runner.judge import did_you_mean
from runner.manifest import Manifest
from runner.plan import Partition, Plan, plan
from runner.profiles import Profile

PROFILES = "profiles.yaml"
"""Where profiles are defined, in the current folder."""


@dataclass(frozen=True)
class Planned:
    """A plan, with the manifest it was made from, that manifest's path, and the profiles that it asks.

    `plan` holds the exports and the profile that were named by `--only` and `--profile`, `whole` all that the
    manifest asks for.
    """

    path: Path
    manifest: Manifest
    plan: Plan
    profiles: tuple[Profile, ...]
    whole: Plan


def planned(
    name: str,
    *,
    only: tuple[str, ...] = (),
    profile: str | None = None,
    profiles_file: str | None = None,
    proven: Callable[[Partition], bool] = lambda partition: False,
) -> Planned:
    """Return the plan of a manifest as of now, or of its exports named in `only` and of one `profile`.

    A `profile` that an export does not name takes the place of what it names. `proven` says whether a
    partition's file is already there and whole. From here on the profiles' credentials are kept out of all
    that is told. Refusals: 65 manifest, 66 no such file, 78 profiles; an unknown export is a usage error.
    """
    path, manifest = load(name)
    _refuse_unknown(only, manifest)
    known = defined(profiles_file)
    if profile is None:
        _refuse_undefined(manifest, known)
    chosen = _chosen(manifest, known, profile, environment())
    whole = plan(manifest, catalog.load(), chosen, now_ms(), proven)
    part = whole
    if only or profile:
        part = replace(
            whole,
            partitions=tuple(
                one
                for one in whole.partitions
                if (not only or one.export in only) and profile in (None, one.profile)
            ),
        )
    asked = {one.profile for one in part.partitions}
    every = {one.name: one for several in chosen.values() for one in several if one.name in asked}
    keep_out(every.values())
    return Planned(path, manifest, part, tuple(every.values()), whole)


def rehearsed(manifest: Manifest, profiles_file: str | None) -> Plan:
    """Return the plan of a manifest without regard to today, to the environment and to credentials.

    Where no profiles are defined here at all, those that the manifest names are taken on trust: it is valid
    without them.
    """
    known = defined(profiles_file)
    names = {name for export in manifest.exports for name in export.profiles or ()}
    trusted = known or {name: replace(profiles.sandbox(), name=name) for name in names}
    _refuse_undefined(manifest, trusted)
    chosen = _chosen(manifest, trusted, None, {})
    return plan(manifest, catalog.load(), chosen, None, lambda partition: True)


def defined(file: str | None) -> dict[str, Profile]:
    """Return the profiles of a file, or of profiles.yaml where that is there; none otherwise."""
    path = Path(file or PROFILES)
    try:
        content = contents(path)
    except FileNotFoundError as error:
        if file is None:
            return {}
        raise unreadable(path, error) from error
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return profiles.parse(document.read(content, str(path), Exit.PROFILES), catalog.schema("profiles.v1"))


def _chosen(
    manifest: Manifest, known: dict[str, Profile], profile: str | None, environ: Mapping[str, str]
) -> dict[str, tuple[Profile, ...]]:
    """Return the profiles that each export asks, by the export's id.

    Where it names `profile` itself, all that it names and that are defined here: a run of one company takes
    nothing of the others out of the lock.
    """
    chosen = {}
    for export in manifest.exports:
        names: Sequence[str] | None = export.profiles
        if profile is not None:
            others = [name for name in names or () if name in known or name == "sandbox"]
            names = others if profile in others else [profile]
        chosen[export.id] = profiles.choose(names, known, environ)
    return chosen


def _refuse_undefined(manifest: Manifest, known: Mapping[str, Profile]) -> None:
    """Refuse every profile that a manifest names and nobody has defined, each at its place."""
    read = manifest.document
    findings = Findings(read)
    for path in (one for one in read.places if one[-2:-1] == ("profiles",)):
        name: Any = reduce(getitem, path, cast(Any, read.data))
        if why := profiles.undefined(name, known):
            findings.refuse(path, why)
    findings.raise_if_refused(Exit.PROFILES)


def _refuse_unknown(only: tuple[str, ...], manifest: Manifest) -> None:
    """Refuse an export that the manifest does not have; name the ones that it has."""
    ids = [export.id for export in manifest.exports]
    for name in only:
        if name not in ids:
            hint = did_you_mean(name, ids)
            message = f"--only {name!r}: no such export{hint}; the exports are {', '.join(ids)}"
            raise click.UsageError(message, click.get_current_context())
