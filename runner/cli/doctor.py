"""`care-export doctor`: is everything there that a run needs? Nothing is asked for but with --ask."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import tzdata

from runner import catalog, health, profiles
from runner.cli import completions, machine, options
from runner.cli.credentials import credentials
from runner.cli.lanes import beginning
from runner.cli.planning import PROFILES, defined
from runner.cli.reach import reach
from runner.cli.source import load
from runner.cli.streams import say, say_json
from runner.cli.world import environment, now_ms
from runner.client import Answer, Got, Missed, address, trusted
from runner.client.knock import Knock, knock
from runner.codes import CODES, code_of
from runner.document import Json
from runner.errors import Exit, Refusal, shortened
from runner.health import Finding, ok, warning, wrong
from runner.judge import did_you_mean
from runner.manifest import Manifest
from runner.profiles import Credentials, Profile
from runner.report.words import listed


@click.command()
@click.argument("manifest", metavar="[MANIFEST]", required=False, shell_complete=completions.manifests)
@options.profile
@options.profiles
@click.option(
    "--ask", is_flag=True, help="Also send one request with the credentials: the list of time zones."
)
@options.out
@options.state
@options.shape("table")
def doctor(
    manifest: str | None,
    profile: str | None,
    profiles_file: str | None,
    ask: bool,
    out: Path,
    state: Path,
    shape: str,
) -> int:
    """Look at address, clock, disk and folders, each with the fix.

    With MANIFEST, at the profiles and zones that it names. Without --ask no credentials are sent. Ends with
    0, or with the exit code that a run would end with.
    """
    findings = list(found(manifest, profile, profiles_file, ask=ask, out=out, state=state))
    if shape == "json":
        say_json([_shown(one) for one in findings])
    else:
        say("\n".join(lines(findings, shutil.get_terminal_size().columns)))
    return health.ending(findings)


def found(
    manifest: str | None, profile: str | None, profiles_file: str | None, *, ask: bool, out: Path, state: Path
) -> Iterator[Finding]:
    """Yield one finding after the other; what builds on something wrong is left out."""
    yield machine.versions()
    yield health.zone_data(tzdata.IANA_VERSION, datetime.fromtimestamp(now_ms() / 1000, UTC).year)
    known: Manifest | None = None
    try:
        if manifest is not None:
            _, known = load(manifest)
            yield ok("manifest", f"{manifest} is valid")
    except Refusal as refusal:
        yield _refused("manifest", refusal)
    try:
        chosen = _chosen(known, profile, profiles_file)
    except Refusal as refusal:
        yield _refused("profile", refusal)
        chosen = ()
    for one in chosen:
        yield from _of_profile(one, known, ask=ask)
        if one.source == "sandbox" and profile is None:
            yield from _passed_over(known, profiles_file)
    yield from machine.disks(out / (known.directory if known else ""), state)
    yield from machine.private(state)


def _refused(about: str, refusal: Refusal) -> Finding:
    """Return a refusal as what is wrong: its first problem, and how many more there are."""
    seen = "; ".join([refusal.message, *map(str, refusal.problems[:1])])
    more = f" (and {len(refusal.problems) - 1} more)" if len(refusal.problems) > 1 else ""
    return wrong(about, seen + more, refusal.advice or CODES[code_of(refusal)].advice, refusal.exit)


def _chosen(manifest: Manifest | None, profile: str | None, file: str | None) -> tuple[Profile, ...]:
    """Return the profiles that are meant, each once."""
    known = defined(file)
    asked = [(profile,)] if profile else [one.profiles for one in manifest.exports] if manifest else [None]
    several = [profiles.choose(names, known, environment()) for names in asked]
    return tuple({one.name: one for some in several for one in some}.values())


def _passed_over(manifest: Manifest | None, file: str | None) -> Iterator[Finding]:
    """Warn where companies are defined and the sandbox was looked at, though nobody named it."""
    named = manifest is not None and all(one.profiles for one in manifest.exports)
    there = [*defined(file)]
    if there and "default" not in there and not named:
        seen = (
            f"only the sandbox was looked at: {file or PROFILES} defines {listed(there, 5)}, but no default"
        )
        fix = f"Name one with --profile {there[0]}; a manifest says it with profiles: [{there[0]}]."
        yield warning("profiles", seen, fix)


def _of_profile(profile: Profile, manifest: Manifest | None, *, ask: bool) -> Iterator[Finding]:
    """Look at one company: what it is, its credentials, its address, and, when asked, what it answers."""
    name = f"profile {profile.name}"
    if profile.source == "sandbox":
        yield ok(name, "built in; it needs no credentials and no network")
        well = True
    else:
        yield ok(name, f"{profile.base_url}")
        reached = list(_reached(profile))
        yield from reached
        well = not any(one.level == "wrong" and one.about != "clock" for one in reached)
    try:
        known = credentials(profile)
    except Refusal as refusal:
        yield _refused("credentials", refusal)
        return
    if profile.source != "sandbox":
        where = ", ".join(map(str, dict.fromkeys((profile.company_key, profile.username, profile.password))))
        yield ok("credentials", f"all three can be had: {where}")
    if ask and well:
        yield from _asked(profile, known, manifest)


def _reached(profile: Profile) -> Iterator[Finding]:
    """Knock at the profile's address, without credentials."""
    there = address(profile.base_url)
    try:
        trust = trusted(environment())
    except Refusal as refusal:
        yield _refused("certificate", refusal)
        return
    seen = knock(there, trust, now_ms)
    yield from judged(seen, f"{there.host}:{there.port}", now_ms() / 1000)


def judged(seen: Knock, where: str, now_s: float) -> Iterator[Finding]:
    """Yield what a knock at `where` means."""
    if seen.step in ("name", "connection", "answer"):
        fix = "Check base_url and the network (a VPN?). The proxies of the environment are not used."
        yield wrong("address", f"{where}: {seen.why}", fix, Exit.UNFINISHED)
    elif seen.step == "certificate":
        yield wrong("certificate", f"{where}: {seen.why}", CODES["E-TLS"].advice, Exit.UNTRUSTED)
    else:
        yield ok("address", f"{where} answers")
    if seen.until is not None:
        ends = datetime.fromtimestamp(seen.until, UTC).date().isoformat()
        yield health.certificate(ends, seen.until - now_s)
    if seen.ahead_s is not None:
        yield health.clock(seen.ahead_s)


def _asked(profile: Profile, known: Credentials, manifest: Manifest | None) -> Iterator[Finding]:
    """Send the one request, with credentials: the cheapest that is documented."""
    client, _ = reach(profile, known, beginning(profile, 0))
    try:
        answer = client.poll(catalog.load().api.timezones_path)
    finally:
        client.close()
    zones = sorted({one.timezone for one in manifest.exports if one.timezone}) if manifest else []
    yield from answered(answer, zones)


def answered(answer: Answer, zones: Sequence[str]) -> Iterator[Finding]:
    """Yield what the answer to the list of time zones means, and which of `zones` it lacks."""
    match answer:
        case Got(200, body):
            yield ok("answer", "the server accepts the credentials")
            yield from _listed(body, zones)
        case Got(401 | 403 as status):
            seen = f"the server does not accept the credentials (HTTP {status})"
            yield wrong("answer", seen, CODES["E-CREDENTIALS"].advice, Exit.CREDENTIALS)
        case Got(429 | 503 as status):
            fix = "Ask again in a minute: others use the same user's requests."
            yield warning("answer", f"the server says that it is busy (HTTP {status})", fix)
        case Got(status):
            fix = "Check base_url: the list of time zones should be there."
            yield wrong("answer", f"the server answers HTTP {status}", fix, Exit.VENDOR)
        case Missed(_, code, message):
            yield wrong("answer", message, CODES[code].advice, Exit.UNFINISHED)
        case distrusted:
            yield wrong("answer", distrusted.message, CODES[distrusted.code].advice, Exit.UNTRUSTED)


def _listed(body: str, zones: Sequence[str]) -> Iterator[Finding]:
    """Compare zones with the vendor's list; one that it lacks may well be refused."""
    try:
        there = {str(one["id"]) for one in json.loads(body)["result"]}
    except (ValueError, TypeError, KeyError):
        fix = "A proxy may answer in the vendor's place; else the API has changed: report it."
        yield warning("zones", f"the answer is no list of time zones: {shortened(body, 60)!r}", fix)
        return
    lacking = [one for one in zones if one not in there]
    for one in lacking:
        fix = f"Write another timezone in the manifest{did_you_mean(one, there)}"
        yield warning("zones", f"the vendor's list of {len(there)} has no {one}", fix)
    if not lacking:
        yield ok("zones", f"the vendor's list of {len(there)} has {', '.join(zones) or 'them all'}")


def lines(findings: Sequence[Finding], width: int) -> Iterator[str]:
    """Yield the findings as a table, wrapped, and what it comes to."""
    wide = max(len(one.about) for one in findings)
    for level, about, words in health.told(findings):
        head = f"{level:7}  {about:{wide}}  "
        yield from textwrap.wrap(
            words,
            max(width, 50),
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_long_words=False,
            break_on_hyphens=False,
        )
    yield from ("", health.summary(findings))


def _shown(one: Finding) -> Json:
    """Return one finding for programs."""
    fix = one.fix or None
    return {"level": one.level, "about": one.about, "seen": one.seen, "fix": fix, "exit": int(one.exit)}
