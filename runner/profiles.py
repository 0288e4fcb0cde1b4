"""PURE: profiles, each one company at one host with one user; credentials by reference, never by value.

The environment and files come in as arguments, so nothing here can read what it was not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from runner.document import Document
from runner.errors import Exit, Problem, Refusal
from runner.findings import Findings
from runner.judge import did_you_mean, found
from runner.manifest import judge_version
from runner.references import Readers, ReadFile, ReadKeyring, Reference, Unusable, read, reference
from runner.wording import kind

__all__ = [
    "PREFIX",
    "SANDBOX_TODAY_MS",
    "SANDBOX_URL",
    "Credentials",
    "Limits",
    "OnUnknown",
    "Profile",
    "ReadFile",
    "ReadKeyring",
    "Reference",
    "bad_address",
    "choose",
    "parse",
    "resolve",
    "sandbox",
    "undefined",
]

SANDBOX_URL = "https://sandbox.invalid"
"""Where the built-in sandbox answers: in memory only, since no host can have this name."""
SANDBOX_TODAY_MS = 1_782_864_000_000
"""Today in the sandbox's own calendar, 2026-07-01T00:00:00Z: fixed, so that examples hold in five years."""
PREFIX = "CARE_EXPORT_"

WHERE = "Profiles are defined in profiles.yaml, in the current folder; `sandbox` is built in."

OnUnknown = Literal["repeat", "stop"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the vendor allows one user: requests a minute [L], running and queued exports [B].

    `ahead` is how many exports wait at the vendor behind those that run; our own choice.
    """

    requests_per_minute: int = 20
    running: int = 2
    queued: int = 5
    ahead: int = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """One company at one host with one user. `today_ms` is a fixed calendar, None for the real one.

    `on_unknown` says what becomes of a create request whose answer never came, `notify` whom to tell how a
    run ended: a webhook, where its address is kept, or a command.
    """

    name: str
    base_url: str
    company_key: Reference
    username: Reference
    password: Reference
    limits: Limits = Limits()
    today_ms: int | None = None
    source: Literal["sandbox", "live"] = "live"
    on_unknown: OnUnknown = "repeat"
    notify: Reference | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets themselves; they are not in the repr."""

    company_key: str = field(repr=False)
    username: str = field(repr=False)
    password: str = field(repr=False)


def sandbox() -> Profile:
    """Return the built-in profile: no entry, no credentials and no network."""
    return Profile(
        "sandbox",
        SANDBOX_URL,
        Reference("value", "SANDBOX-COMPANY-KEY"),
        Reference("value", "sandbox@example.com"),
        Reference("value", "sandbox-password"),
        today_ms=SANDBOX_TODAY_MS,
        source="sandbox",
    )


def parse(document: Document, schema: Mapping[str, Any]) -> dict[str, Profile]:
    """Return the profiles of a profiles.yaml by name; Refusal (78) with every problem at once."""
    findings, data = Findings(document), document.data
    if not isinstance(data, dict):
        findings.refuse((), f"expected a mapping with the keys version and profiles, got {kind(data)}")
        findings.raise_if_refused(Exit.PROFILES)
    elif "version" in data:
        judge_version(data["version"], findings)
        findings.raise_if_refused(Exit.PROFILES)
    judged = found(data, schema)
    unsound = {path[:2] for path, _, _ in judged}
    for name, one in _entries(document):
        if ("profiles", name) not in unsound:
            findings.found.update(_faults(document, name, one))
    findings.add_judged(judged)
    findings.raise_if_refused(Exit.PROFILES)
    return {name: _profile(name, one) for name, one in _entries(document)}


def _entries(document: Document) -> list[tuple[str, dict[str, Any]]]:
    data: Any = document.data
    profiles = data.get("profiles") if isinstance(data, dict) else None
    return list(profiles.items()) if isinstance(profiles, dict) else []


def _faults(document: Document, name: str, data: Mapping[str, Any]) -> list[Problem]:
    """Return what the schema cannot see: the address, the limits against each other, the built-in name."""
    at = ("profiles", name)
    faults = []
    if name == "sandbox":
        faults.append(document.problem(at, "`sandbox` is built in; choose another name", key=True))
    if why := bad_address(data["base_url"]):
        faults.append(document.problem((*at, "base_url"), why))
    limits = Limits(**data.get("limits", {}))
    if limits.queued < limits.running:
        message = f"queued ({limits.queued}) counts the running ones too: at least {limits.running}"
        faults.append(document.problem((*at, "limits"), message))
    return faults


def bad_address(url: str) -> str:
    """Say why a text cannot be a profile's address; empty where it can. The text itself is never repeated."""
    if re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return "the address holds a space, a line break or a backslash"
    if re.search(r"[{}]", url):
        return "the address holds { or }: a variable stands there that has no value"
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return "the address is not a URL"
    if parts.scheme not in ("http", "https"):
        return "the address must begin with https://"
    if not parts.hostname or not port_is_fine:
        return "the address has no host, or no proper port"
    if "@" in parts.netloc:
        return "the address holds a user name or a password; they have keys of their own"
    if parts.path not in ("", "/") or parts.query or parts.fragment or url.endswith(("?", "#")):
        return "the address is scheme and host only: no path, no `?`, no `#`"
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        return "http:// would send the password in the clear; write https://"
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _profile(name: str, data: Mapping[str, Any]) -> Profile:
    company_key, username, password = (
        reference(data[one]) for one in ("company_key", "username", "password")
    )
    limits = Limits(**data.get("limits", {}))
    return Profile(
        name,
        data["base_url"].rstrip("/"),
        company_key,
        username,
        password,
        limits,
        on_unknown=data.get("on_unknown", "repeat"),
        notify=_notify(data.get("notify")),
    )


def _notify(data: str | list[str] | None) -> Reference | tuple[str, ...] | None:
    return reference(data) if isinstance(data, str) else tuple(data) if data else None


def choose(
    names: Sequence[str] | None, defined: Mapping[str, Profile], environ: Mapping[str, str]
) -> tuple[Profile, ...]:
    """Return the profiles that an export asks for by name, or, where it names none, the one that is meant.

    That is `default` of profiles.yaml; else the one that CARE_EXPORT_BASE_URL and its kin describe; else the
    sandbox. Refusal (78) for an unknown name, and where credentials are set but no address is.
    """
    if names is not None:
        return tuple(_named(name, defined) for name in names)
    if "default" in defined:
        return (defined["default"],)
    if f"{PREFIX}BASE_URL" in environ:
        return (_from_environment(environ[f"{PREFIX}BASE_URL"]),)
    if there := [name for name in ("COMPANY_KEY", "USERNAME", "PASSWORD") if f"{PREFIX}{name}" in environ]:
        raise Refusal(
            Exit.PROFILES,
            f"{PREFIX}{there[0]} is set, but {PREFIX}BASE_URL is not; nothing was sent",
            advice=f"Set {PREFIX}BASE_URL too, or unset {PREFIX}{there[0]} to practise with the sandbox.",
        )
    return (sandbox(),)


def _named(name: str, defined: Mapping[str, Profile]) -> Profile:
    if name == "sandbox":
        return sandbox()
    if why := undefined(name, defined):
        raise Refusal(Exit.PROFILES, why, advice=WHERE)
    return defined[name]


def undefined(name: str, defined: Mapping[str, Profile]) -> str:
    """Say that there is no such profile, with the closest name; empty where there is one."""
    if name in defined or name == "sandbox":
        return ""
    return f"there is no profile {name!r}{did_you_mean(name, [*defined, 'sandbox'])}"


def _from_environment(url: str) -> Profile:
    if why := bad_address(url):
        raise Refusal(Exit.PROFILES, f"{PREFIX}BASE_URL: {why}")
    names = ("COMPANY_KEY", "USERNAME", "PASSWORD")
    company_key, username, password = (Reference("env", f"{PREFIX}{name}") for name in names)
    return Profile("default", url.rstrip("/"), company_key, username, password)


def resolve(
    profile: Profile,
    environ: Mapping[str, str],
    read_file: ReadFile,
    read_keyring: ReadKeyring | None = None,
) -> Credentials:
    """Return the profile's secrets; Refusal (78) that names each variable or file, never what is in it."""
    readers = Readers(environ, read_file, read_keyring or _no_keyring)
    several = {
        "company key": profile.company_key,
        "user name": profile.username,
        "password": profile.password,
    }
    found: dict[str, str] = {}
    wrong: list[str] = []
    for what, one in several.items():
        try:
            found[what] = _fit(what, read(one, readers, secret=what != "user name"))
        except Unusable as error:
            wrong.append(f"the {what} cannot be used: {one} {error}")
    if wrong:
        raise Refusal(Exit.PROFILES, f"profile {profile.name}: {'; '.join(wrong)}", code="E-SECRET")
    return Credentials(found["company key"], found["user name"], found["password"])


def _fit(what: str, value: str) -> str:
    """Return a secret that the wire can carry. Raises Unusable."""
    if what == "user name" and ":" in value:
        raise Unusable("holds a colon, which Basic cannot carry")
    return value


def _no_keyring(service: str, user: str) -> str | None:
    """Stand for a keyring where none was given."""
    raise ImportError
