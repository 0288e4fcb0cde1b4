"""`care-export show`: what a manifest asks for, as curl, Postman and others write it. Nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import click

from runner import catalog, profiles
from runner.cli import options
from runner.cli.planning import defined
from runner.cli.source import load
from runner.cli.streams import say
from runner.cli.world import environment
from runner.errors import Exit
from runner.foreign import shown
from runner.foreign.collection import collection
from runner.foreign.shown import Account
from runner.judge import did_you_mean
from runner.manifest import Manifest
from runner.partition import Partition, Plan
from runner.plan import plan
from runner.profiles import Profile, Reference, bad_address

_LINES: Mapping[str, Callable[[Sequence[Partition], Mapping[str, Account]], Iterator[str]]] = {
    "curl": shown.curl,
    "url": shown.url,
    "hurl": shown.hurl,
}


@click.command()
@options.manifest
@click.option(
    "--as",
    "form",
    type=click.Choice(["curl", "postman", "url", "hurl"]),
    default="curl",
    show_default=True,
    help="What to write it as.",
)
@click.option("--export", "exports", multiple=True, metavar="ID", help="Only this export; may be repeated.")
@click.option(
    "--partition", "partitions", multiple=True, metavar="ID", help="Only this file; `plan` names them."
)
@click.option("--base-url", metavar="URL", help="Where to ask, whatever the profile says.")
@options.profile
@options.profiles
def show(
    manifest: str,
    form: str,
    exports: tuple[str, ...],
    partitions: tuple[str, ...],
    base_url: str | None,
    profile: str | None,
    profiles_file: str | None,
) -> int:
    """Show each request of a manifest as a curl command, a Postman collection, an address or a Hurl file.

    Secrets are variables. What depends on today is left to plan and run.
    """
    _, read = load(manifest)
    if base_url and (why := bad_address(base_url)):
        raise click.UsageError(f"--base-url: {why}", click.get_current_context())
    chosen = _chosen(read, defined(profiles_file), profile)
    whole = plan(read, catalog.load(), chosen, None, lambda partition: True)
    wanted = _wanted(whole, exports, partitions)
    asked = {one.profile for one in wanted}
    every = {one.name: one for several in chosen.values() for one in several if one.name in asked}
    known = shown.accounts(list(every.values()), base_url.rstrip("/") if base_url else None)
    if form == "postman":
        say(json.dumps(collection(read.name, wanted, known), indent=2))
    else:
        say("\n".join(_LINES[form](wanted, known)))
    return Exit.DONE


def _chosen(
    manifest: Manifest, known: dict[str, Profile], profile: str | None
) -> dict[str, tuple[Profile, ...]]:
    """Return the profiles of each export; where none is defined, those that are named are taken on trust."""
    named = (profile,) if profile else None
    names = {*(named or ()), *(name for export in manifest.exports for name in export.profiles or ())}
    trusted = known or {name: _trusted(name) for name in names if name != "sandbox"}
    return {
        export.id: profiles.choose(named or export.profiles, trusted, environment())
        for export in manifest.exports
    }


def _trusted(name: str) -> Profile:
    """Return a profile at the documented host, with variables named after it."""
    word = "".join(one if one.isascii() and one.isalnum() else "_" for one in name.upper())
    made = replace(
        profiles.sandbox(), name=name, base_url=catalog.load().api.hosts[0].base_url, source="live"
    )
    return replace(
        made,
        company_key=Reference("env", f"{word}_COMPANY_KEY"),
        username=Reference("env", f"{word}_USERNAME"),
        password=Reference("env", f"{word}_PASSWORD"),
    )


def _wanted(whole: Plan, exports: Sequence[str], partitions: Sequence[str]) -> tuple[Partition, ...]:
    """Return the partitions that were asked for; an unknown one is a usage error with the nearest name."""
    for option, given, there in (
        ("--export", exports, {one.export for one in whole.partitions}),
        ("--partition", partitions, {one.id for one in whole.partitions}),
    ):
        for name in given:
            if name not in there:
                hint = did_you_mean(name, there) or f"; there are {', '.join(sorted(there)[:5])}"
                raise click.UsageError(f"{option} {name!r}: there is none{hint}", click.get_current_context())
    return tuple(
        one
        for one in whole.partitions
        if (not exports or one.export in exports) and (not partitions or one.id in partitions)
    )
