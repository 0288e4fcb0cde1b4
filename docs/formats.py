"""docs/manifest.md and docs/profiles.md: every key, from the JSON Schemas that the program judges with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.commands import coded

SCHEMAS = Path(__file__).resolve().parent.parent / "specs" / "schemas"
"""The schemas as they are written by hand: their keys stand in the order in which a person meets them."""
Schema = Mapping[str, Any]

_MANIFEST = """\
# The manifest

Made from `specs/schemas/manifest.v1.schema.json` by `make generate`; never edited by hand.

A manifest says which reports, for which period, into which files. It is YAML, version 1, and is committed.
Editors that know `yaml-language-server` complete it from the schema in its first line, and `validate` names
every problem at once:

`q1.yaml`:

<!-- file: q1.yaml -->
```yaml
version: 1
name: q1-2026
profiles: [sandbox]
timezone: America/Los_Angeles
period: 2026-Q1
output:
  directory: exports
  filename: "{{ manifest }}/{{ export }}/{{ start | month }}.{{ format }}"
defaults: {format: csv, split: month}
exports:
  - report: incoming_post
  - id: created
    report: conversation
    parameters: {conversationReportType: CREATED, priorities: [0, 1]}
    metrics: [CONVERSATION_ID, STATUS]
```

```console
$ care-export validate q1.yaml
q1.yaml: valid (2 exports, 6 partitions)
```
"""
_AFTER_MANIFEST = """\
## File names

`filename` is a template. Its variables are `manifest`, `export`, `report`, `profile`, `start`, `end`,
`format` and `index`, the number of the partition. Filters are `date`, `year`, `month`, `quarter` and `week`
for an instant, `last` for the last day before `end` (`{{ end | last | date }}`), and `lower`, `upper` and
`slug` for words. All names are known and compared before the first request: two files that would meet, also
on a system that takes `A` and `a` for the same, are refused.

## Windows

A period ends before its `end`, so two neighbouring windows never share an instant. A window longer than
three months is refused with the split that would fit. One that reaches back over 18 months, or ends in the
future, is refused by `plan` and `run`, but not by `validate`, so that a committed manifest stays valid;
`open: true` allows one that is not over.
"""
_PROFILES = """\
# Profiles

Made from `specs/schemas/profiles.v1.schema.json` by `make generate`; never edited by hand.

`profiles.yaml` lies where the command runs, or where `--profiles` says. It names companies, and holds
references to secrets, never secrets; so it is committed. [Secrets](howto/secrets.md) explains the
references. The profile `sandbox` is built in. A manifest that names no profile uses the one called
`default`, and the sandbox where there is none.

<!-- file: profiles.yaml -->
```yaml
version: 1
profiles:
  default:
    base_url: https://analytics-api.app.lithium.com
    company_key: ${CARE_COMPANY_KEY}
    username: ${CARE_USERNAME}
    password: file:/run/secrets/care-password
    limits: {requests_per_minute: 10, running: 1}
    on_unknown: stop
```
"""


def _schema(name: str) -> Schema:
    found: Schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return found


def manifest() -> str:
    """Return the page of the manifest."""
    schema = _schema("manifest.v1")
    export = schema["$defs"]["export"]
    return "\n".join(
        [
            _MANIFEST,
            *_section("At the top", schema, schema),
            *_section("output", schema["properties"]["output"], schema),
            *_section("defaults", schema["properties"]["defaults"], schema),
            *_section("exports", export, schema),
            "`care-export reports` lists the reports, `care-export reports REPORT` what one takes.",
            "",
            _AFTER_MANIFEST,
        ]
    )


def profiles() -> str:
    """Return the page of profiles."""
    schema = _schema("profiles.v1")
    profile = schema["$defs"]["profile"]
    return "\n".join(
        [
            _PROFILES,
            *_section("A profile", profile, schema),
            *_section("limits", profile["properties"]["limits"], schema),
        ]
    )


def _section(title: str, some: Schema, schema: Schema) -> Iterator[str]:
    """Return the table of an object's keys."""
    yield from (f"## {title}", "")
    if "description" in some and title not in ("At the top", "A profile"):
        yield from (some["description"], "")
    yield from ("| key | what it is |", "|---|---|")
    for key, value in some["properties"].items():
        needed = "**Required.** " if key in some.get("required", ()) else ""
        yield f"| `{key}` | {needed}{_words(value, schema)} |"
    yield ""


def _words(value: Schema, schema: Schema) -> str:
    """Return what a key is, and which values it may have."""
    whole = _resolved(value, schema)
    words = [whole.get("description", "")]
    if allowed := _allowed(whole):
        words.append(f"One of {allowed}.")
    if "minimum" in whole:
        words.append(f"{whole['minimum']:,} to {whole['maximum']:,}.")
    text = " ".join(word for word in words if word)
    return re.sub(r"\{\{.*\}\}", lambda found: coded(found[0]), text)


def _resolved(value: Schema, schema: Schema) -> Schema:
    """Return a schema with its reference followed; what stands beside the reference wins."""
    if "$ref" not in value:
        return value
    return {**schema["$defs"][value["$ref"].rpartition("/")[2]], **value}


def _allowed(whole: Schema) -> str:
    """Return the values that are allowed, where they are listed."""
    if "const" in whole:
        return f"`{whole['const']}`"
    values = [one for branch in (whole, *whole.get("anyOf", ())) for one in branch.get("enum", ())]
    numbers = [branch for branch in whole.get("anyOf", ()) if "minimum" in branch]
    listed = [f"`{one}`" for one in values]
    listed += [f"a number from {one['minimum']} to {one['maximum']}" for one in numbers]
    return ", ".join(listed)
