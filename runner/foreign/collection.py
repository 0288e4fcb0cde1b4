"""Partitions as a Postman collection (2.1) that goes the whole way: create, ask until done, fetch. Pure.

Newman and Postman's own runner take it. They keep the password with every redirect to the same host name, so
the redirect to the storage is a request of its own, without credentials.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from runner.foreign.shown import Account, hint
from runner.partition import Partition
from runner.profiles import Reference

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_DESCRIPTION = (
    "Made by care-export show. Set companyKey, username and password in an environment. "
    "Save response keeps what the last request of each folder fetches."
)
_POLLS = 400
_POLL_MS = 5000

_GO = """\
// Runners of before 2023 know only the old name.
const go = (name) => (pm.execution || postman).setNextRequest(name);
"""
_CREATED = """\
let job = {};
try { job = pm.response.json().result || {}; } catch (error) { job = {}; }
pm.test("the export was accepted", () => pm.expect(Boolean(job.statusUrl)).to.eql(true));
pm.collectionVariables.set("statusUrl", job.statusUrl || "");
pm.collectionVariables.set("polls", "0");
if (!job.statusUrl) { go(%(after)s); }"""
_WAIT = 'setTimeout(() => {}, Number(pm.collectionVariables.get("pollEveryMs")));'
_POLLED = """\
let found = {};
try { found = pm.response.json().result || {}; } catch (error) { found = {}; }
if (Array.isArray(found)) { found = found[0] || {}; }
const state = found.result || {};
const link = (found.jobInfo || {}).downloadUrl || "";
const polls = Number(pm.collectionVariables.get("polls")) + 1;
pm.collectionVariables.set("polls", String(polls));
const well = state.runnerState === "CLOSED" && state.detail === "COMPLETED";
const going = pm.response.code === 429 || state.runnerState === "RUNNING" || (well && !link);
if (going && polls < Number(pm.collectionVariables.get("mostPolls"))) {
    go(pm.info.requestName);
} else {
    pm.test("the export is ready: CLOSED and COMPLETED", () => pm.expect(well && Boolean(link)).to.eql(true));
    pm.collectionVariables.set("downloadUrl", link);
    if (!well || !link) { go(%(after)s); }
}"""
_LED = """\
const where = pm.response.headers.get("Location") || "";
pm.test("the storage was named", () => pm.expect(where).to.match(/^https?:/));
pm.collectionVariables.set("fileUrl", where);
if (!where) { go(%(after)s); }"""
_FETCHED = """\
pm.test("the file came", () => pm.response.to.have.status(200));
go(%(after)s);"""


def collection(title: str, partitions: Sequence[Partition], known: Mapping[str, Account]) -> dict[str, Any]:
    """Return the collection; each partition is a folder of four requests."""
    names = [f"create {one.id}" for one in partitions]
    following = [*names[1:], None]
    return {
        "info": {
            "name": title,
            "description": " ".join(filter(None, (_DESCRIPTION, hint(known)))),
            "schema": SCHEMA,
        },
        "item": [
            _folder(one, known[one.profile], after) for one, after in zip(partitions, following, strict=True)
        ],
        "variable": [*_variables(known), *_own()],
    }


def _variables(known: Mapping[str, Account]) -> list[dict[str, str]]:
    """Return the variables of each account: its address; its secrets are empty, but for the sandbox's own."""
    found = []
    for one in known.values():
        found.append({"key": one.name("baseUrl"), "value": one.base_url})
        secrets = {"companyKey": one.company_key, "username": one.username, "password": one.password}
        found += [{"key": one.name(key), "value": _value(reference)} for key, reference in secrets.items()]
    return found


def _value(reference: Reference) -> str:
    return reference.name if reference.kind == "value" else ""


def _own() -> list[dict[str, str]]:
    """Return the variables with which a run remembers where it is."""
    known = {"pollEveryMs": str(_POLL_MS), "mostPolls": str(_POLLS), "polls": "0"}
    known |= {"statusUrl": "", "downloadUrl": "", "fileUrl": ""}
    return [{"key": key, "value": value} for key, value in known.items()]


def _folder(one: Partition, account: Account, after: str | None) -> dict[str, Any]:
    """Return the four requests of a partition; `after` is the name of the next partition's first one."""
    going = {"after": _script_text(after)}
    fetch = _item(f"fetch {one.id}", _get("fileUrl"), test=_GO + _FETCHED % going)
    fetch["request"]["auth"] = {"type": "noauth"}
    led = _item(f"ask for the file of {one.id}", _get("downloadUrl"), test=_GO + _LED % going)
    led["protocolProfileBehavior"] = {"followRedirects": False}
    return {
        "name": one.id,
        "description": f"{one.report}, {one.window.in_words()}; {one.window.in_utc()}",
        "auth": _auth(account),
        "item": [
            _item(f"create {one.id}", _create(one, account), test=_GO + _CREATED % going),
            _item(f"poll {one.id}", _get("statusUrl"), test=_GO + _POLLED % going, before=_WAIT),
            led,
            fetch,
        ],
    }


def _script_text(name: str | None) -> str:
    """Return a name as JavaScript; nothing ends the run."""
    return "null" if name is None else json.dumps(name)


def _auth(account: Account) -> dict[str, Any]:
    pairs = (("username", "username"), ("password", "password"))
    basic = [{"key": key, "value": f"{{{{{account.name(what)}}}}}", "type": "string"} for key, what in pairs]
    return {"type": "basic", "basic": basic}


def _item(name: str, request: dict[str, Any], test: str, before: str = "") -> dict[str, Any]:
    """Return a request with its scripts."""
    events = {"prerequest": before, "test": test}
    return {
        "name": name,
        "event": [
            {"listen": when, "script": {"type": "text/javascript", "exec": script.split("\n")}}
            for when, script in events.items()
            if script
        ],
        "request": request,
    }


def _get(variable: str) -> dict[str, Any]:
    return {"method": "GET", "header": [], "url": f"{{{{{variable}}}}}"}


def _create(one: Partition, account: Account) -> dict[str, Any]:
    """Return the request that makes the job. Postman encodes forms, but leaves an address as it is."""
    asked = one.request
    key = {"key": "companyKey", "value": f"{{{{{account.name('companyKey')}}}}}"}
    query = [key, *({"key": name, "value": quote(text, safe="")} for name, text in asked.query)]
    base = f"{{{{{account.name('baseUrl')}}}}}"
    raw = f"{base}{asked.path}?" + "&".join(f"{pair['key']}={pair['value']}" for pair in query)
    made: dict[str, Any] = {
        "method": asked.method,
        "header": [],
        "url": {"raw": raw, "host": [base], "path": asked.path.strip("/").split("/"), "query": query},
    }
    if asked.form:
        form = [{"key": name, "value": text, "type": "text"} for name, text in asked.form]
        made["body"] = {"mode": "urlencoded", "urlencoded": form}
    return made
