"""From a manifest, profiles and today to what is asked and where it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from runner import document
from runner.catalog import load
from runner.errors import Exit, Problem, Refusal
from runner.manifest import parse
from runner.plan import Partition, Plan, plan, to_json
from runner.profiles import Profile, Reference, sandbox

TODAY_MS = 1782864000000
"""2026-07-01T00:00:00Z."""

TOP = "version: 1\nname: q1\ntimezone: America/Los_Angeles\nperiod: 2026-Q1\n"
CREATED = "{id: created, report: conversation, parameters: {conversationReportType: CREATED}, split: month}"


def live(name: str, **changes: object) -> Profile:
    """Return a profile at the vendor's host."""
    made = Profile(
        name,
        "https://analytics-api.app.lithium.com",
        *(Reference("env", f"{name}_{one}".upper()) for one in ("company_key", "username", "password")),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def planned(
    *exports: str,
    top: str = TOP,
    profiles: Sequence[Profile] = (sandbox(),),
    now_ms: int | None = TODAY_MS,
    proven: Callable[[Partition], bool] = lambda partition: False,
    file: str = "manifests/q1.yaml",
) -> Plan:
    """Return the plan of a manifest with these exports, each in all of these profiles."""
    text = top + "exports:\n" + "".join(f"  - {one}\n" for one in exports)
    manifest = parse(document.read(text.encode(), file), load())
    chosen = {one.id: profiles for one in manifest.exports}
    return plan(manifest, load(), chosen, now_ms, proven)


def refused(*exports: str, top: str = TOP, **others: object) -> tuple[Problem, ...]:
    """Return the problems for which a plan is refused, with the exit code for data."""
    with pytest.raises(Refusal) as refusal:
        planned(*exports, top=top, **others)  # type: ignore[arg-type]
    assert refusal.value.exit is Exit.DATA
    assert all(not one.warning for one in refusal.value.problems)
    return refusal.value.problems


def named(template: str) -> str:
    """Return the top of a manifest with this template of file names."""
    return TOP + f'output: {{directory: out, filename: "{template}"}}\n'


def test_partitions_come_in_the_order_of_the_manifest() -> None:
    """Exports as written, then profiles as named, then windows in time; each has an id of its own."""
    found = planned(CREATED, "{report: author}", profiles=(live("b"), live("a")),
                    top=named("{{ profile }}/{{ export }}_{{ index }}"))  # fmt: skip
    assert [one.id for one in found.partitions] == [
        "created/b/2026-01-01_2026-02-01",
        "created/b/2026-02-01_2026-03-01",
        "created/b/2026-03-01_2026-04-01",
        "created/a/2026-01-01_2026-02-01",
        "created/a/2026-02-01_2026-03-01",
        "created/a/2026-03-01_2026-04-01",
        "author/b/2026-01-01_2026-04-01",
        "author/a/2026-01-01_2026-04-01",
    ]
    assert [one.output for one in found.partitions][2:4] == ["out/b/created_3", "out/a/created_1"]


def test_the_last_instant_on_the_wire_is_a_millisecond_before_the_end() -> None:
    """Windows are half-open for people; neighbouring requests never share an instant."""
    january, february, _ = planned(CREATED).partitions
    first, second = dict(january.request.query), dict(february.request.query)
    assert (january.window.start_ms, january.window.end_ms) == (1767254400000, 1769932800000)
    assert (first["startTime"], first["endTime"]) == ("1767254400000", "1769932799999")
    assert second["startTime"] == "1769932800000"


def test_a_partition_says_what_the_export_says() -> None:
    """Report, profile, format, columns and source are carried over."""
    (one,) = planned("{report: author, format: csv, metrics: [TIME_ZONE]}").partitions
    assert (one.export, one.report, one.profile, one.source) == ("author", "author", "sandbox", "sandbox")
    assert (one.format, one.metrics, one.labels) == ("csv", ("TIME_ZONE",), ())
    assert one.output == "exports/q1/author_2026-01-01_2026-04-01.csv"


@pytest.mark.parametrize(
    ("directory", "output"),
    [("out", "out/x"), ("./out", "out/x"), ("out/", "out/x"), (".", "x"), ("a/b", "a/b/x")],
)
def test_the_output_directory_is_part_of_the_path(directory: str, output: str) -> None:
    """However the folder is written, the path is plain and relative."""
    top = TOP + f"output: {{directory: {directory}, filename: x}}\n"
    assert planned("{report: author}", top=top).partitions[0].output == output


def test_the_key_depends_on_host_profile_and_request() -> None:
    """The journal knows a partition by where, as whom and what is asked, and by nothing else."""
    top = named("{{ profile }}{{ index }}")
    base, name, url = (
        planned("{report: author}", top=top, profiles=(profile,)).partitions[0]
        for profile in (live("a"), live("b"), live("a", base_url="https://other.example"))
    )
    assert len({base.key, name.key, url.key}) == 3
    moved = planned("{id: other, report: author}", top=named("z"), profiles=(live("a"),)).partitions[0]
    assert moved.key == base.key
    assert moved.id != base.id


def test_the_same_question_twice_is_two_jobs_and_a_warning() -> None:
    """A second equal request gets a key of its own, and the export that repeats is named."""
    found = planned("{id: one, report: author}", "{id: two, report: author}", "{id: three, report: author}")
    first, second, third = found.partitions
    assert (second.key, third.key) == (f"{first.key}#2", f"{first.key}#3")
    said = [one for one in found.warnings if "asks the same as the export 'one'" in one.message]
    assert [one.path for one in said] == ["exports[1].report", "exports[2].report"]


def test_windows_before_the_history_are_refused() -> None:
    """What begins more than 18 months before today on the profile's calendar is refused, at its period."""
    top = TOP.replace("2026-Q1", "2024-Q4")
    (problem,) = refused("{report: incoming_post, split: month}", top=top)
    assert (problem.path, problem.line) == ("period", 4)
    assert "October 2024 (America/Los_Angeles) begins more than 18 months before" in problem.message
    assert "today in the profile sandbox" in problem.message
    assert planned("{report: author}", top=TOP.replace("2026-Q1", "2025-Q1")).partitions


def test_windows_before_the_history_pass_where_their_files_are_proven() -> None:
    """A committed manifest stays runnable as long as its old files are there and whole."""
    top = TOP.replace("2026-Q1", "2024-Q4")
    assert planned("{report: author}", top=top, proven=lambda partition: True).partitions
    october = "incoming_post/sandbox/2024-10-01_2024-11-01"
    monthly = "{report: incoming_post, split: month}"
    problems = refused(monthly, top=top, proven=lambda one: one.id == october)
    assert "November 2024" in problems[0].message


def test_proof_is_asked_by_the_final_key() -> None:
    """The second of two equal requests is proven on its own, not by the first one's file."""
    keys = []
    top = TOP.replace("2026-Q1", "2024-Q4")
    planned(
        "{id: one, report: author}",
        "{id: two, report: author}",
        top=top,
        proven=lambda one: keys.append(one.key) is None,
    )
    assert len(set(keys)) == 2


def test_today_is_the_profiles_own() -> None:
    """The sandbox's calendar is fixed; a live profile has the clock's."""
    year_2030 = 1893456000000
    assert planned("{report: author}", now_ms=year_2030).partitions
    (problem,) = refused("{report: author}", profiles=(live("acme"),), now_ms=year_2030)
    assert problem.message.endswith("the API holds nothing before 2028-06-30")
    assert "2029-12-31, today;" in problem.message


def test_an_end_in_the_future_is_refused() -> None:
    """A window that is not over cannot be reproduced, so it needs `open: true`."""
    top = TOP.replace("2026-Q1", "2026-07")
    (problem,) = refused("{report: author}", top=top)
    assert "July 2026 (America/Los_Angeles) ends in the future" in problem.message
    assert "write open: true" in problem.message


def test_an_open_window_is_planned_with_a_warning_and_a_label() -> None:
    """With `open: true` only the parts that are not over carry the label."""
    top = TOP.replace("2026-Q1", "{start: 2026-06-01, end: 2026-08-01}").replace("America/Los_Angeles", "UTC")
    found = planned("{report: incoming_post, open: true, split: month}", top=top)
    assert [one.labels for one in found.partitions] == [(), ("open",)]
    (warning,) = (one for one in found.warnings if "is not over" in one.message)
    assert warning.path == "period"


def test_a_window_that_ends_now_is_over() -> None:
    """A window that ends at the very instant of today is complete."""
    top = TOP.replace("2026-Q1", "{start: 2026-06-01, end: 1782864000000}")
    assert planned("{report: author}", top=top).partitions


def test_without_today_nothing_depends_on_it() -> None:
    """A committed manifest stays valid: old, future and open windows pass, and none is labelled."""
    for period in ("2010-Q1", "2099-Q1"):
        top = TOP.replace("2026-Q1", period)
        (one,) = planned("{report: author, open: true}", top=top, now_ms=None).partitions
        assert one.labels == ()


def test_the_labels_of_an_export_go_with_its_files() -> None:
    """Parts that do not add up say so, each of them."""
    found = planned("{report: team_performance, split: month, split_anyway: true}").partitions
    assert len(found) == 3
    assert all("aggregate" in one.labels[0] for one in found)


def test_a_path_that_is_not_allowed_is_refused_where_its_template_stands() -> None:
    """The first bad path of each export is shown, with how many more there are."""
    problems = refused(CREATED, "{report: author, filename: 'fine.csv'}", top=named("../{{ index }}"))
    assert [one.path for one in problems] == ["output.filename"]
    assert "is no name" in problems[0].message
    assert problems[0].message.endswith("(and 2 more)")


@pytest.mark.parametrize("path", ["manifests/q1.yaml", "manifests/q1.lock.json", "profiles.yaml", "specs/x"])
def test_an_output_never_lies_over_what_a_run_needs(path: str) -> None:
    """The manifest, its lock, profiles.yaml and the program's own folders are kept."""
    top = TOP + f"output: {{directory: ., filename: {path}}}\n"
    (problem,) = refused("{report: author}", top=top)
    assert "lie over a file" in problem.message or "belongs to the program" in problem.message


def test_a_value_that_adds_a_folder_is_refused() -> None:
    """A name with two dots cannot become part of a path."""
    (problem,) = refused("{id: a..b, report: author}", top=named("{{ export }}.csv"))
    assert "only the template's own text" in problem.message
    assert "character 1 of the template" in problem.message


def test_collisions_within_an_export_are_refused() -> None:
    """A template that does not tell the windows apart is refused once, with the fields that would."""
    (problem,) = refused(CREATED, top=named("{{ export }}.csv"))
    assert problem.message.startswith("'out/created.csv' is written twice; put {{ start | date }}")
    assert problem.message.endswith("(and 1 more)")


def test_collisions_between_exports_name_the_other_one() -> None:
    """Two exports that write one file, also but for case, are refused at the second one."""
    (problem,) = refused(
        "{id: a, report: author, filename: x.csv}", "{id: b, report: response, filename: X.csv}", top=TOP
    )
    assert problem.path == "exports[1].filename"
    assert problem.message.endswith("(the other one is of the export 'a')")


def test_problems_of_every_kind_come_at_once() -> None:
    """Template values, paths, collisions and the calendar are all told in one refusal, sorted by place."""
    problems = refused(
        "{id: a..b, report: author, filename: '{{ export }}'}",
        "{id: late, report: author, period: 2026-08, filename: late.csv}",
        "{id: bad, report: author, filename: /x}",
        "{id: one, report: author, filename: same.csv}",
        "{id: two, report: response, filename: same.csv}",
    )
    assert [one.path for one in problems] == [
        "exports[0].filename",
        "exports[1].period",
        "exports[2].filename",
        "exports[4].filename",
    ]
    assert "'/x' is absolute" in problems[2].message


def test_a_problem_without_a_written_key_stands_at_the_export() -> None:
    """Where the default template collides, the export itself is the place."""
    problems = refused("{id: a, report: author}", "{id: A, report: response}")
    assert [one.path for one in problems] == ["exports[1]"]


def test_the_json_is_exactly_what_is_promised() -> None:
    """The plan as JSON has these keys, in this form, and no companyKey anywhere."""
    found = planned("{report: user, parameters: {agentId: [2, 1]}, format: csv}", profiles=(live("acme"),))
    plain = to_json(found)
    (one,) = found.partitions
    assert plain == {
        "manifest": "q1",
        "catalog_digest": load().digest,
        "partitions": [
            {
                "id": "user/acme/2026-01-01_2026-04-01",
                "export": "user",
                "report": "user",
                "profile": "acme",
                "window": {
                    "start_ms": 1767254400000,
                    "end_ms": 1775026800000,
                    "start": "2026-01-01T00:00:00-08:00",
                    "end": "2026-04-01T00:00:00-07:00",
                    "timezone": "America/Los_Angeles",
                },
                "request": {
                    "method": "POST",
                    "path": "/api/public/reports/report/user",
                    "query": [],
                    "form": [
                        ["agentId", "2"],
                        ["agentId", "1"],
                        ["endTime", "1775026799999"],
                        ["reportFormat", "csv"],
                        ["startTime", "1767254400000"],
                    ],
                },
                "request_digest": one.request.digest,
                "output": "exports/q1/user_2026-01-01_2026-04-01.csv",
            }
        ],
    }
    assert json.loads(json.dumps(plain)) == plain
    assert "companyKey" not in json.dumps(plain)
    assert "companyKey" not in repr(found)


def test_a_plan_is_the_same_every_time() -> None:
    """Equal inputs give an equal plan; its digests are those of manifest and catalogue."""
    first, again = planned(CREATED), planned(CREATED)
    assert first == again
    assert first.catalog_digest == load().digest
    commented = planned(CREATED, top="# a note\r\n" + TOP.replace("\n", "\r\n"))
    assert commented.manifest_digest == first.manifest_digest
