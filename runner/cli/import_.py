"""`care-export import`: requests of other tools as a manifest. Nothing is sent; no secret is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from runner import catalog, document, folders, judge
from runner.catalog import Catalog
from runner.cli import foreign, options
from runner.cli.explain import known_zone
from runner.cli.streams import masked, say, secrets_in, shown, tell
from runner.cli.whole import put_new
from runner.cli.world import now_ms
from runner.errors import Exit, Refusal
from runner.foreign import words, writing
from runner.foreign.call import Remark, real
from runner.foreign.instants import TODAY
from runner.foreign.meaning import Asked, Judge
from runner.foreign.taken import Taken, slug, taken
from runner.foreign.variables import unknowns
from runner.manifest import parse
from runner.profiles import bad_address

_KINDS = {
    "status": "asks for the state of a job, which run does by itself",
    "download": "fetches the file of a job, which run does by itself",
    "teams": "lists teams; it is no export",
    "time zones": "lists time zones; it is no export",
    "jobs": "lists the jobs of a day; it is no export",
    "preflight": "is what a browser asks before it sends a request; it is no export",
    "other": "is no request of this API",
}


@dataclass
class _Sorted:
    """The requests of an input: taken over, passed over with the reason, and wrong with all problems."""

    taken: list[Taken] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, tuple[Remark, ...]]] = field(default_factory=list)


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option("--out", metavar="MANIFEST", help="Write the manifest here; without it, to standard output.")
@click.option(
    "--profiles-out", metavar="FILE", help="Write the profiles.yaml here too, which is else only shown."
)
@click.option(
    "--profile", metavar="NAME", help="What to call the company; without it, the default one is meant."
)
@click.option(
    "--timezone", metavar="ZONE", help="Where days begin, for requests that name no zone themselves."
)
@options.variables
def import_(
    file: str,
    out: str | None,
    profiles_out: str | None,
    profile: str | None,
    timezone: str | None,
    environment_file: str | None,
) -> int:
    """Write requests of Postman, curl and others as a manifest.

    FILE is a Postman collection (2.1), a Bruno file or folder, a HAR, an OpenCollection, a Hurl file, or text
    with URLs, curl lines and what a browser copies as fetch; - is standard input. Secrets become references
    and are written nowhere. A file that is there already is never overwritten.
    """
    known_zone(timezone)
    _refuse_names(out, profiles_out, profile)
    _refuse_taken(out, profiles_out)
    name, reading = foreign.lying(file, environment_file)
    known = catalog.load()
    asked = [Judge(known, now_ms()).asked(call) for call in reading.calls]
    found = _sorted(asked, known, timezone)
    page = words.Page(shutil.get_terminal_size().columns, masked)
    title = f" ({reading.title})" if reading.title else ""
    notes = (*reading.remarks, *_valueless(found.taken, reading.kind))
    _tell(f"{name}: {reading.kind}{title}", found, notes, page)
    if not found.taken:
        raise Refusal(Exit.DATA, f"nothing in {name} could be taken over", code="E-FOREIGN")
    companies = _companies(found.taken, profile)
    entries = writing.numbered(found.taken, [companies[_company(one.asked)] for one in found.taken], shown)
    text = writing.manifest(entries, f"{Path(name).name}{title}", shown)
    _proven(text, out or "manifest.yaml", known)
    _written(out, text)
    _profiles(companies, profiles_out, known, asked)
    return Exit.DATA if found.wrong else Exit.DONE


def _sorted(asked: Iterable[Asked], known: Catalog, timezone: str | None) -> _Sorted:
    """Return the requests by what becomes of them; what asks the same again is passed over."""
    found, seen = _Sorted(), dict[tuple[str, ...], str]()
    for one in asked:
        name = one.call.name or "the request"
        if one.endpoint.kind != "create":
            found.passed.append((name, _reason(one)))
            continue
        made = taken(one, known, timezone)
        if not isinstance(made, Taken):
            found.wrong.append((name, made))
            continue
        key = (made.partition.request.digest, *_company(one))
        if key in seen:
            found.passed.append((name, f"asks the same as {seen[key]}"))
            continue
        seen[key] = name
        found.taken.append(made)
    return found


def _reason(asked: Asked) -> str:
    """Say why a request is no export."""
    host = asked.call.url.host
    if asked.endpoint.kind == "other" and not asked.call.url.path.strip("/") and "{{" in host:
        return f"its address is the variable {host}, which a script sets"
    return _KINDS[asked.endpoint.kind]


def _tell(head: str, found: _Sorted, remarks: Sequence[Remark], page: words.Page) -> None:
    """Tell what was found, what was passed over and why, and what is wrong."""
    count = len(found.taken)
    tell(f"{head}: {count} export{'' if count == 1 else 's'} taken over")
    if found.passed:
        tell("passed over:")
        tell("\n".join(words.told([Remark(why, name) for name, why in found.passed], page)))
    for name, problems in found.wrong:
        tell(f"not taken over: {name}")
        tell("\n".join(words.told(problems, page)))
    if changed := [one for one in found.taken if one.changes]:
        tell("changed on the way (the manifest says why):")
        rows = [Remark(", ".join(one.changes), one.asked.call.name) for one in changed]
        tell("\n".join(words.told(rows, page)))
    rest = [*remarks, *_today(found.taken)]
    if rest:
        tell("worth knowing:")
        tell("\n".join(words.told(rest, page)))


def _valueless(found: Sequence[Taken], kind: str) -> Iterator[Remark]:
    """Yield which variables of hosts and keys have no value; without the host, the address is a guess."""
    calls = [one.asked.call for one in found]
    hosts = [name for call in calls for name in unknowns(call.url.host)]
    keys = [name for call in calls for name in unknowns(call.company_key())]
    collected = any(tool in kind for tool in ("Postman", "Bruno", "OpenCollection"))
    names = list(dict.fromkeys([*hosts, *(keys if collected else [])]))
    if names:
        fix = "give the environment file with --environment" if collected else "write the host in its place"
        verb = "has" if len(names) == 1 else "have"
        yield Remark(f"{' and '.join(names)} {verb} no value in it; {fix}", "variables")


def _today(found: Sequence[Taken]) -> list[Remark]:
    """Return what today says to the windows; it has no place in a manifest, which stays."""
    notes = (note for one in found for note in one.asked.notes if note.about == TODAY)
    return list(dict.fromkeys(notes))


def _company(asked: Asked) -> tuple[str, str]:
    """Return what tells companies apart: the address, and the key where it is no placeholder."""
    url, key = asked.call.url, real([asked.call.company_key()])
    scheme = url.scheme or "https"
    address = f"{scheme}://{url.host}" if url.host else ""
    return ("" if bad_address(address) else address), "".join(key)


def _companies(found: Sequence[Taken], profile: str | None) -> dict[tuple[str, str], str]:
    """Return the profile's name for each company: where there is one, the name that was given, if any."""
    keys = list(dict.fromkeys(_company(one.asked) for one in found))
    if len(keys) == 1:
        return {keys[0]: profile or ""}
    base = profile or "company"
    return {key: f"{base}-{number}" for number, key in enumerate(keys, 1)}


def _proven(text: str, name: str, known: Catalog) -> None:
    """Refuse to write a manifest that holds a secret, or that is not valid after all."""
    if secrets_in(text):
        raise Refusal(
            Exit.DATA,
            "a value of the request is the same text as one of its secrets; nothing was written",
            advice="Look for a user name, a password or a company key where another value should be.",
            code="E-FOREIGN",
        )
    parse(document.read(text.encode(), f"{slug(Path(name).stem) or 'manifest'}.yaml"), known)


def _refuse_names(out: str | None, profiles_out: str | None, profile: str | None) -> None:
    """Refuse names that cannot be those of files and of a profile, as usage errors."""
    context = click.get_current_context()
    for option, name in (("--out", out), ("--profiles-out", profiles_out)):
        if name is not None and (not name or name.endswith("/")):
            raise click.UsageError(f"{option} {name!r} names no file", context)
    if out and profiles_out and os.path.abspath(out) == os.path.abspath(profiles_out):
        raise click.UsageError("--out and --profiles-out name the same file", context)
    if profile == "sandbox":
        raise click.UsageError("--profile: `sandbox` is built in; choose another name", context)
    judged = judge.found({"profiles": [profile or "default"]}, catalog.schema("manifest.v1"))
    for wrong in (said for path, _, said in judged if path == ("profiles", 0)):
        raise click.UsageError(f"--profile: {wrong}", context)


def _refuse_taken(*names: str | None) -> None:
    """Refuse places where something is already, before anything is read."""
    for name in names:
        if name and os.path.lexists(name):
            raise Refusal(
                Exit.CANNOT_CREATE,
                f"{name} is there already; nothing was written",
                advice="Name a file that is not there; import never overwrites one.",
            )


def _written(out: str | None, text: str) -> None:
    """Write the manifest to its file, or to standard output."""
    if out is None:
        say(text.removesuffix("\n"))
        return
    _made(Path(out), text)
    tell(f"written: {out}; see what it asks for with `care-export plan {out}`")


def _made(path: Path, text: str) -> None:
    """Write a file that must not be there yet; its folder is made where it is missing."""
    folders.make(path.absolute().parent)
    put_new(path, text)


def _profiles(
    companies: dict[tuple[str, str], str], out: str | None, known: Catalog, asked: Sequence[Asked]
) -> None:
    """Show the profiles.yaml that goes with the manifest, or write it where asked; tell of secrets seen."""
    urls = {name or "default": key[0] for key, name in companies.items()}
    text = writing.profiles(urls, known.api.hosts[0].base_url)
    if out:
        _made(Path(out), text)
        tell(f"written: {out}; set the variables that it names")
    else:
        tell("profiles.yaml for it; set the variables that it names:")
        tell("\n".join(f"  {line}" for line in text.splitlines()))
    if found := words.rotate(asked):
        listed = ", ".join(found)
        tell(f"secrets in the input ({listed}) were not written. If others saw it, have them changed.")
