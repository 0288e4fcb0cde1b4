"""Each sample request that the vendor printed is reproduced by a manifest, byte for byte after sorting.

The samples are in `samples/vendor_requests.yaml`. One that cannot be right as printed is mended there, with
the defect named, or shown to be refused, or both.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from runner import document
from runner.catalog import load
from runner.errors import Refusal
from runner.manifest import Manifest, parse
from runner.plan import plan
from runner.profiles import Profile, Reference
from runner.request import Request, body, target

FILE = Path(__file__).parent / "samples" / "vendor_requests.yaml"
SAMPLES: list[Any] = document.read(FILE.read_bytes(), FILE.name).data["samples"]  # type: ignore[index,call-overload,assignment]
COMPANY = Profile(
    "company",
    "https://analytics-api.app.lithium.com",
    *(Reference("env", name) for name in ("COMPANY_KEY", "USERNAME", "PASSWORD")),
)
HOUR_MS = 3_600_000


def samples(key: str) -> list[Any]:
    """Return the samples that have this key, as parameters of a test."""
    return [pytest.param(one, id=one["id"]) for one in SAMPLES if key in one]


def manifest(export: dict[str, Any]) -> Manifest:
    """Return the manifest with this one export."""
    text = json.dumps({"version": 1, "name": "sample", "exports": [export]})
    return parse(document.read(text.encode(), "sample.json"), load())


def asked(export: dict[str, Any]) -> Request:
    """Return the one request that an export plans, an hour after the end of its window."""
    made = manifest(export)
    now = made.exports[0].window.end_ms + HOUR_MS
    (partition,) = plan(
        made, load(), {made.exports[0].id: (COMPANY,)}, now, lambda partition: False
    ).partitions
    return partition.request


def mended(printed: str, sample: dict[str, Any]) -> str:
    """Return a printed text without the defects that cannot be right, and with our own key."""
    for wrong, right in sample.get("mended", {}).items():
        printed = printed.replace(wrong, right)
    printed = re.sub("%[0-9a-f]{2}", lambda code: code[0].upper(), printed)
    return re.sub("companyKey=[^&]*", "companyKey=KEY", printed)


def in_order(text: str) -> str:
    """Return pairs sorted by name, the companyKey first, with the order of a repeated name kept."""
    pairs = sorted(text.split("&"), key=lambda pair: pair.split("=")[0])
    return "&".join(sorted(pairs, key=lambda pair: not pair.startswith("companyKey=")))


@pytest.mark.parametrize("sample", samples("export"))
def test_a_sample_is_reproduced(sample: dict[str, Any]) -> None:
    """Method, path, query and form are those of the sample, and nothing is added."""
    one = asked(sample["export"])
    path = f"/api/public/reports/report/{sample['export']['report']}"
    assert one.method == sample["method"]
    assert target(one, "KEY") == f"{path}?{in_order(mended(sample['query'], sample))}"
    assert body(one).decode() == in_order(mended(sample.get("form", ""), sample))


@pytest.mark.parametrize("sample", samples("refused"))
def test_a_sample_that_is_wrong_is_refused(sample: dict[str, Any]) -> None:
    """A manifest with the printed defect is refused in words that name it, before anything is sent."""
    with pytest.raises(Refusal) as refusal:
        manifest(sample["refused"]["export"])
    assert any(sample["refused"]["says"] in one.message for one in refusal.value.problems)


def test_every_sample_is_shown() -> None:
    """No sample is without a manifest, and what is mended or refused has its defect named."""
    for one in SAMPLES:
        assert {"export", "refused"} & set(one)
        assert "defect" in one or not {"mended", "refused"} & set(one)


def test_every_report_that_has_a_sample_is_here() -> None:
    """All reports but the marketing one, for which the vendor prints no sample, have one."""
    reports = {one.get("export", one.get("refused", {}).get("export"))["report"] for one in SAMPLES}
    assert set(load().reports) - reports == {"raw_brand_posts"}
