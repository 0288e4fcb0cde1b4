"""A partition's request as others write it: a curl command, an address, a Hurl file. Pure.

Secrets are variables. Whatever a value holds, a shell reads it as this value.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.errors import visible
from runner.partition import Partition
from runner.profiles import SANDBOX_URL, Profile, Reference
from runner.request import Pairs, body, encoded

SERVED = "http://127.0.0.1:8080"
"""Where `care-export sandbox --port 8080` answers: the sandbox in memory has no address of its own."""


@dataclass(frozen=True, slots=True)
class Account:
    """How a profile's host and secrets are written; `prefix` keeps those of several profiles apart."""

    base_url: str
    company_key: Reference
    username: Reference
    password: Reference
    prefix: str

    def name(self, what: str) -> str:
        """Return the name of a variable of its own."""
        return f"{self.prefix}{what}"


def accounts(profiles: Sequence[Profile], base_url: str | None) -> dict[str, Account]:
    """Return the account of each profile, by its name; `base_url` takes the place of theirs."""
    several = len(profiles) > 1
    return {
        one.name: Account(
            base_url or (SERVED if one.base_url == SANDBOX_URL else one.base_url),
            one.company_key,
            one.username,
            one.password,
            re.sub(r"\W+", "_", f"{one.name}_", flags=re.ASCII) if several else "",
        )
        for one in profiles
    }


def hint(known: Mapping[str, Account]) -> str:
    """Return how one starts what answers at the sandbox's address; empty where nobody is sent there."""
    there = any(one.base_url == SERVED for one in known.values())
    return f"At {SERVED} answers the sandbox: care-export sandbox --port 8080" if there else ""


def _started(known: Mapping[str, Account]) -> Iterator[str]:
    """Yield the hint as a remark, which a shell, Hurl and import pass over."""
    if one := hint(known):
        yield f"# {one}"


def curl(partitions: Sequence[Partition], known: Mapping[str, Account]) -> Iterator[str]:
    """Yield lines for a shell: a command for each request, and in remarks how one goes on by hand."""
    yield from _started(known)
    yield from _each(partitions, known, _curl)
    user = _user(known[partitions[0].profile])
    yield from (
        "",
        "# Each answer holds a statusUrl. Ask for it until runnerState is CLOSED and detail COMPLETED:",
        f'#   curl -sS -u {user} "$STATUS_URL"',
        "# Then fetch the file. -L follows to the storage, and leaves the password behind:",
        f'#   curl -sS -L -u {user} -o FILE "$DOWNLOAD_URL"',
    )


def url(partitions: Sequence[Partition], known: Mapping[str, Account]) -> Iterator[str]:
    """Yield lines of text: method and address, and where there is a form, its text below."""
    yield from _started(known)
    yield from _each(partitions, known, _url)


def hurl(partitions: Sequence[Partition], known: Mapping[str, Account]) -> Iterator[str]:
    """Yield the lines of a Hurl file that goes the whole way: create, ask until it is done, fetch."""
    yield from _started(known)
    yield "# Run it with: hurl \\"
    for account in known.values():
        for what, reference in _secrets(account):
            yield f"#   --variable {account.name(what)}={_shell(reference)} \\"
    yield "#   THIS_FILE"
    yield ""
    yield from _each(partitions, known, _hurl)


def _each(
    partitions: Sequence[Partition],
    known: Mapping[str, Account],
    lines: Callable[[Partition, Account], Iterator[str]],
) -> Iterator[str]:
    """Yield the lines of each partition, with a remark before it that says what it is."""
    for index, one in enumerate(partitions):
        yield from ("",) if index else ()
        yield visible(f"# {one.id}: {one.report}, {one.window.in_words()}")
        yield from lines(one, known[one.profile])


def _secrets(account: Account) -> tuple[tuple[str, Reference], ...]:
    return (
        ("company_key", account.company_key),
        ("username", account.username),
        ("password", account.password),
    )


def _shell(reference: Reference) -> str:
    """Return a secret as a shell gets it: from a variable, from a file, or the sandbox's own."""
    match reference.kind:
        case "env":
            return f'"${reference.name}"'
        case "file":
            return f'"$(cat {shlex.quote(reference.name)})"'
        case _:
            return shlex.quote(reference.name)


def _user(account: Account) -> str:
    return f"{_shell(account.username)}:{_shell(account.password)}"


def _curl(one: Partition, account: Account) -> Iterator[str]:
    """Yield one command. curl itself encodes the company key, since only it sees it."""
    asked = one.request
    address = account.base_url + asked.path + (f"?{encoded(asked.query)}" if asked.query else "")
    key = f"companyKey={_shell(account.company_key)}"
    yield f"curl -sS -u {_user(account)}{'' if asked.method == 'GET' else f' -X {asked.method}'} \\"
    if asked.form:
        # -G would take the form into the address too.
        yield f"  --url-query {key} \\"
        yield f"  --data {shlex.quote(body(asked).decode())} \\"
    else:
        yield f"  -G --data-urlencode {key} \\"
    yield f"  {shlex.quote(address)}"


def _url(one: Partition, account: Account) -> Iterator[str]:
    """Yield method and address; then the form."""
    asked, reference = one.request, account.company_key
    key = {"env": f"${{{reference.name}}}", "file": "[COMPANY_KEY]"}.get(reference.kind, reference.name)
    query = f"&{encoded(asked.query)}" if asked.query else ""
    yield f"{asked.method} {account.base_url}{asked.path}?companyKey={key}{query}"
    if asked.form:
        yield body(asked).decode()


def _hurl(one: Partition, account: Account) -> Iterator[str]:
    """Yield the three requests of a job in Hurl's own form."""
    asked = one.request
    user = f"{{{{{account.name('username')}}}}}: {{{{{account.name('password')}}}}}"
    yield f"{asked.method} {account.base_url}{asked.path}"
    yield "[QueryStringParams]"
    yield f"companyKey: {{{{{account.name('company_key')}}}}}"
    yield from _pairs(asked.query)
    if asked.form:
        yield "[FormParams]"
        yield from _pairs(asked.form)
    yield from (
        "[BasicAuth]",
        user,
        "HTTP 200",
        "[Captures]",
        'status_url: jsonpath "$.result.statusUrl"',
        "",
    )
    yield from ("GET {{status_url}}", "[BasicAuth]", user, "[Options]", "retry: 200", "retry-interval: 5000")
    yield from ("HTTP 200", "[Captures]", 'download_url: jsonpath "$..downloadUrl" nth 0', "[Asserts]")
    yield from ('jsonpath "$..detail" includes "COMPLETED"', "")
    yield from ("GET {{download_url}}", "[BasicAuth]", user, "[Options]", "location: true", "HTTP 200")


def _pairs(pairs: Pairs) -> Iterator[str]:
    for name, value in pairs:
        yield f"{name}: {re.sub(r'[^A-Za-z0-9_./,:;+=@*()!~-]', _escaped, value)}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):x}}}"
