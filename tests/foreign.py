"""What the tests of requests from other tools share: reading a text, judging it, going there and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from runner import document
from runner.catalog import load
from runner.foreign import shown, source, writing
from runner.foreign.call import Call, Reading, Remark
from runner.foreign.collection import collection
from runner.foreign.meaning import Asked, Judge
from runner.foreign.shown import Account
from runner.foreign.taken import Taken, taken
from runner.manifest import parse
from runner.partition import Partition
from runner.plan import plan
from runner.profiles import Profile, Reference
from runner.request import Pairs

KNOWN = load()
NOW_MS = 1_782_864_000_000
"""2026-07-01T00:00:00Z."""
HOST = "https://analytics-api.app.lithium.com"
REPORT = f"{HOST}/api/public/reports/report"
MAY = "startTime=1777593600000&endTime=1780271999999"
"""May 2026, UTC."""
ACME = Profile(
    "acme",
    HOST,
    Reference("env", "ACME_COMPANY_KEY"),
    Reference("env", "ACME_USERNAME"),
    Reference("env", "ACME_PASSWORD"),
)
FOLDER = Path(__file__).parent / "contract" / "foreign"
FORMS = ("curl", "url", "hurl", "postman")


def reading(text: str, file: str = "", **variables: str) -> Reading:
    """Return what is read in a text."""
    return source.of_text(text, file, variables)


def call(text: str) -> Call:
    """Return the one request of a text."""
    (one,) = reading(text).calls
    return one


def asked(text: str, now_ms: int = NOW_MS) -> Asked:
    """Return what the one request of a text asks for."""
    return Judge(KNOWN, now_ms).asked(call(text))


def said(one: Asked) -> list[str]:
    """Return what is wrong with a request, each as `about: message`."""
    return [f"{each.about}: {each.message}" for each in one.problems]


def noted(one: Asked) -> list[str]:
    """Return what is notable about a request."""
    return [f"{each.about}: {each.message}" for each in one.notes]


def took(text: str, timezone: str | None = None) -> Taken | tuple[Remark, ...]:
    """Return the one request of a text as an export, or the reasons why not."""
    return taken(asked(text), KNOWN, timezone)


def manifest_of(*several: Taken) -> str:
    """Return the manifest with these exports."""
    return writing.manifest(writing.numbered(several, [""] * len(several), str), "a test", str)


def planned(text: str, profile: Profile = ACME) -> tuple[Partition, ...]:
    """Return the partitions of a manifest's text, whatever day it is."""
    manifest = parse(document.read(text.encode(), "imported.yaml"), KNOWN)
    profiles = {one.id: (profile,) for one in manifest.exports}
    return plan(manifest, KNOWN, profiles, None, lambda partition: True).partitions


def written(form: str, partitions: Sequence[Partition], *profiles: Profile) -> str:
    """Return partitions in a form of `show`."""
    known: dict[str, Account] = shown.accounts(profiles or (ACME,), None)
    if form == "postman":
        return json.dumps(collection("test", partitions, known))
    return "\n".join({"curl": shown.curl, "url": shown.url, "hurl": shown.hurl}[form](partitions, known))


def creates(text: str) -> list[tuple[str, str, Pairs, Pairs]]:
    """Return method, path, query and form of each create in a text, sorted, without the company's key."""
    return [
        (one.method, one.url.path, _in_order(one.url.query), _in_order(one.form))
        for one in reading(text).calls
        if one.url.path.startswith("/api/public/reports/report/")
    ]


def _in_order(pairs: Pairs) -> Pairs:
    """Return pairs sorted by name; the order of a repeated name is kept."""
    return tuple(sorted((pair for pair in pairs if pair[0] != "companyKey"), key=lambda pair: pair[0]))
