"""The bench of the scheduler: its aims hold, its bound is one, and the page shows what it prints."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from bench.policies import fixed, lane_run, paced_run
from bench.schedule import BUILDS, LIMITS, Row, builds, grid, main, measured, table
from bench.vendor import Vendor, bound_s

PAGE = Path(__file__).parents[2] / "bench" / "SCHEDULE.md"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Return the cells with 12 and 60 jobs, of every policy."""
    return list(grid((12, 60)))


def test_the_aims_hold(rows: list[Row]) -> None:
    """Within a tenth of the bound from 60 jobs on, nothing rejected, nothing expired."""
    ours = [row for row in rows if row.policy == "ours"]
    assert max(row.ratio for row in ours if row.jobs >= 60) <= 1.10
    assert sum(row.rejections + row.expired for row in rows if row.policy.startswith("ours")) == 0


def test_where_requests_are_what_all_waits_for_none_is_wasted(rows: list[Row]) -> None:
    """Ten-second jobs end faster than the budget can fetch them: three requests for each, or nearly."""
    scarce = [row for row in rows if row.build == "10 s" and row.policy.startswith("ours")]
    assert max(row.requests_per_export for row in scarce) <= 3.2


def test_nobody_beats_the_bound(rows: list[Row]) -> None:
    """A ratio under 1 would mean that the bound is none."""
    assert min(row.ratio for row in rows) >= 1.0


def test_the_page_shows_what_the_bench_prints(rows: list[Row]) -> None:
    """SCHEDULE.md was made by this very program."""
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in table(iter(rows)) if line not in page] == []


def test_a_larger_bench_agrees_with_the_page() -> None:
    """One cell of many jobs, made anew, is the page's."""
    row = measured("ours", 360, "120 s", LIMITS[0])
    assert list(table(iter([row])))[-1] in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_list_for_programs_has_the_promised_names(capsys: pytest.CaptureFixture[str]) -> None:
    """FORMAT=json prints a list of rows, and nothing else."""
    main("json", (12,))
    found = json.loads(capsys.readouterr().out)
    assert [list(row) for row in found] == [[one.name for one in fields(Row)]] * len(found)
    assert {row["build"] for row in found} == set(BUILDS)


def test_log_normal_builds_are_the_same_every_time() -> None:
    """A figure that changes from run to run shows nothing; the mean is near two minutes."""
    times = builds("log-normal 120 s", 2000)
    assert times == builds("log-normal 120 s", 2000)
    assert 115_000 < sum(times) / len(times) < 125_000


def test_the_vendor_of_the_bench_can_say_no() -> None:
    """An engine that asks too much is refused and pushed out, and the bench counts it."""
    vendor = Vendor(LIMITS[0], builds("120 s", 6))
    assert [vendor.busy(0) for _ in range(21)][-1] == 60_000
    for number in range(6):
        vendor.create(number, 0)
    assert (vendor.refused, vendor.pushed_out) == (1, 1)
    assert vendor.lives(0, 120_000)
    assert not vendor.lives(0, 90_000_000)
    assert vendor.expired == 1


def test_the_bound_of_two_slots_and_three_jobs() -> None:
    """Three jobs of ten seconds in two slots take twenty."""
    assert bound_s(LIMITS[0], builds("10 s", 3)) == 20


def test_a_lane_survives_a_vendor_that_is_stricter_than_it_says() -> None:
    """With a queue that somebody else half fills, jobs are pushed out, come back, and all are fetched."""
    vendor = Vendor(LIMITS[0], builds("10 s", 12))
    vendor.builds = [600_000] * 2 + [10_000] * 12
    for number in (0, 1):
        vendor.create(number, 10 * 86_400_000)
    vendor.jobs = {}
    makespan, events = lane_run(vendor)
    assert makespan > 600_000
    assert sum(event.kind == "done" for event in events) == 14


def test_a_paced_engine_fetches_every_job() -> None:
    """The others are no men of straw: they fetch all, within their budget."""
    vendor = Vendor(LIMITS[0], builds("10 s", 12))
    assert paced_run(vendor, fixed(5)) > 60_000
    assert vendor.refused == 0
    assert asdict(measured("fixed 5 s", 12, "10 s", LIMITS[0]))["expired"] == 0
