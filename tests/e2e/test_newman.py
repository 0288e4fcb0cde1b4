"""Newman, Postman's own runner, carries out what `show --as postman` writes, against the served sandbox.

Where no Newman is on the PATH, and `NEWMAN` names none, what it did once is tested in its place, in
`tests/contract/test_foreign_samples.py`: Node is no part of this project's set-up.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from runner.errors import Exit
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import serve
from tests.e2e.launch import care_export, environment
from tests.foreign import FOLDER

NEWMAN = os.environ.get("NEWMAN") or shutil.which("newman")  # noqa: TID251 - where the tool is


@pytest.mark.skipif(not NEWMAN, reason="no Newman here; its record is tested instead")
def test_newman_goes_the_whole_way(tmp_path: Path) -> None:
    """Create, ask until it is done, go to the storage without the password: the bytes of a run of ours."""
    shutil.copy(FOLDER / "newman.yaml", tmp_path)
    with serve(seed=1, clock=ScaledClock(60, START_MS, time.monotonic)) as served:
        shown = care_export(
            tmp_path, "show", "newman.yaml", "--as", "postman", "--base-url", served.api_origin
        )
        (tmp_path / "collection.json").write_text(shown.stdout)
        report = tmp_path / "report.json"
        command = [str(NEWMAN), "run", "collection.json", "--env-var", "pollEveryMs=500"]
        command += ["-r", "json", "--reporter-json-export", str(report)]
        ended = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, timeout=110)
    run = json.loads(report.read_text())["run"]
    report.unlink()
    assert ended.returncode == 0, run["failures"]
    fetched = {
        one["item"]["name"]: bytes(one["response"]["stream"]["data"])
        for one in run["executions"]
        if one["item"]["name"].startswith("fetch ")
    }
    assert care_export(tmp_path, "run", "newman.yaml").returncode == Exit.DONE
    made = {path.read_bytes() for path in (tmp_path / "exports").rglob("*.*") if path.is_file()}
    assert set(fetched.values()) == made
    assert len(made) == 2
