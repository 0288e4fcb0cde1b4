"""Newman, Postman's own runner, carries out what `show --as postman` writes, and what `import` reads.

`make tools` brings it. Where it is missing, what it did once is still tested, in
`tests/contract/test_foreign_samples.py`; in a CI that is not enough (`tests/tools.py`).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from runner.errors import Exit
from runner.sandbox.accounts import Account
from runner.sandbox.clock import START_MS, ScaledClock, VirtualClock
from runner.sandbox.server import Served, serve
from tests import foreign
from tests.e2e.launch import care_export, environment
from tests.foreign import FOLDER
from tests.tools import tool

A_DAY_MS = 86_400_000
"""In Chicago, June ends only hours after the sandbox's calendar begins."""
KEY = "ACME-COMPANY-KEY-1"
PEOPLE = (
    Account("analyst@acme.example", "hunter2-hunter2", KEY),
    Account("someone.else@acme.example", "not-in-the-manifest", KEY),
)
"""Who asks in `postman.json`: the collection's own user, and one request's."""


def newman(folder: Path, *arguments: str) -> dict[str, Any]:
    """Let Newman carry out a collection in a folder; return its report, in which nothing has failed."""
    report = folder / "report.json"
    command = [tool("newman"), "run", *arguments, "-r", "json", "--reporter-json-export", str(report)]
    ended = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, timeout=110)
    run: dict[str, Any] = json.loads(report.read_text())["run"]
    # It holds tokens and the header of Basic.
    report.unlink()
    assert ended.returncode == 0, run["failures"]
    return run


def environment_for_newman(folder: Path) -> str:
    """Return the environment as Newman understands it.

    What Postman exports is switched off by `enabled`; Newman looks at `disabled` alone, and would use it
    (postmanlabs/newman, issue 2986).
    """
    kept = json.loads((FOLDER / "environment.json").read_bytes())
    kept["values"] = [one | {"disabled": not one["enabled"]} for one in kept["values"]]
    (folder / "environment.json").write_text(json.dumps(kept))
    return str(folder / "environment.json")


def creates(served: Served) -> list[tuple[Any, ...]]:
    """Return method, path, query and form of each create that a sandbox saw, without the company's key."""
    with build_opener(ProxyHandler({})).open(f"{served.api_origin}/__sandbox/requests") as answer:
        seen = json.load(answer)
    return sorted(
        (one["method"], one["path"], _pairs(one["query"]), _pairs(one["form"]))
        for one in seen
        if one["path"].startswith("/api/public/reports/report/") and one["status"] == 200
    )


def _pairs(pairs: Any) -> list[tuple[str, str]]:
    """Return pairs in order, without the company's key."""
    return sorted((name, value) for name, value in pairs if name != "companyKey")


def test_newman_goes_the_whole_way(tmp_path: Path) -> None:
    """Create, ask until it is done, go to the storage without the password: the bytes of a run of ours."""
    shutil.copy(FOLDER / "newman.yaml", tmp_path)
    with serve(seed=1, clock=ScaledClock(60, START_MS, time.monotonic)) as served:
        shown = care_export(
            tmp_path, "show", "newman.yaml", "--as", "postman", "--base-url", served.api_origin
        )
        (tmp_path / "collection.json").write_text(shown.stdout)
        run = newman(tmp_path, "collection.json", "--env-var", "pollEveryMs=500")
    fetched = {
        one["item"]["name"]: bytes(one["response"]["stream"]["data"])
        for one in run["executions"]
        if one["item"]["name"].startswith("fetch ")
    }
    assert care_export(tmp_path, "run", "newman.yaml").returncode == Exit.DONE
    made = {path.read_bytes() for path in (tmp_path / "exports").rglob("*.*") if path.is_file()}
    assert set(fetched.values()) == made
    assert len(made) == 2


def test_import_asks_for_what_newman_asks_for(tmp_path: Path) -> None:
    """A collection made by hand after the vendor's guide: its manifest makes the very creates of Newman."""
    collection = str(FOLDER / "postman.json")
    with serve(accounts=PEOPLE, clock=VirtualClock(START_MS + A_DAY_MS)) as served:
        base = f"base={served.api_origin}/api/public"
        newman(
            tmp_path, collection, "-e", environment_for_newman(tmp_path), "--env-var", base, "--folder", "Raw"
        )
        asked = creates(served)
    imported = care_export(tmp_path, "import", collection, "--environment", str(FOLDER / "environment.json"))
    requests = [one.request for one in foreign.planned(imported.stdout)]
    assert asked == sorted((one.method, one.path, _pairs(one.query), _pairs(one.form)) for one in requests)
    assert [(len(query), len(form)) for _, _, query, form in asked] == [(6, 0), (0, 5)]
