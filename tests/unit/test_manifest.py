"""The manifest: what is inherited, what is sent, and what is said about each part of it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from runner import catalog, document, manifest
from runner.catalog import Catalog, Together
from runner.columns import by_convention
from runner.errors import Refusal
from tests.reading import TOP, export, one, read, refused, warned

FULL = """\
version: 1
name: q1-2026
profiles: [acme, beta]
timezone: America/Los_Angeles
period: 2026-Q1
output: {directory: out, filename: "{{ profile }}/{{ export }}.csv"}
defaults: {format: csv, locale: en, split: month, open: true, parameters: {priorities: [0, 1]}}
exports:
  - id: created
    report: conversation
    metrics: [CONVERSATION_ID, Status, Time Zone]
    parameters: {conversationReportType: CREATED}
  - report: raw_agent_states
    period: 2026-01-15
    timezone: Europe/Berlin
    profiles: [sandbox]
    format: json
    locale: tr
    split: none
    open: false
    filename: "{{ export }}.json"
    parameters: {priorities: [2], timezoneOffset: 0}
"""


def changed(report: str = "conversation", **changes: Any) -> Catalog:
    """Return the catalogue with something else about one report."""
    real = catalog.load()
    reports = {**real.reports, report: replace(real.reports[report], **changes)}
    return replace(real, reports=MappingProxyType(reports))


def said_with(known: Catalog, text: str) -> str:
    """Return what is said about a manifest by another catalogue."""
    with pytest.raises(Refusal) as refusal:
        manifest.parse(document.read(text.encode(), "q1.yaml"), known)
    return "\n".join(str(each) for each in refusal.value.problems)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CARE_PASSWORD=hunter2-1", "got text"),
        (
            "curl -u me:hunter2-1 https://host/a",
            "got text; `care-export import` makes a manifest of requests that other tools wrote",
        ),
        (
            '{"info": {}, "item": []}',
            "missing key 'version'; `care-export import` makes a manifest of requests that other tools wrote",
        ),
    ],
)
def test_a_file_of_another_kind_is_not_repeated(text: str, said: str) -> None:
    """What is no manifest at all may hold secrets; what makes one of it is named where that is known."""
    (line,) = refused(text).splitlines()
    assert line.endswith(said)
    assert "hunter2" not in line


def test_what_is_written_is_what_is_sent() -> None:
    """Names, output and every key of an export come from the manifest; UI names become API names."""
    found = read(FULL)
    assert (found.version, found.name, found.directory, found.warnings) == (1, "q1-2026", "out", ())
    first = found.exports[0]
    assert (first.id, first.report.id, first.profiles, first.path) == (
        "created",
        "conversation",
        ("acme", "beta"),
        ("exports", 0),
    )
    assert first.window.label() == "2026-01-01_2026-04-01"
    assert first.period_words == "1 January to 31 March 2026 (America/Los_Angeles)"
    assert first.metrics == ("CONVERSATION_ID", "STATUS", "TIME_ZONE")
    assert dict(first.parameters) == {
        "conversationReportType": "CREATED",
        "priorities": [0, 1],
        "locale": "en",
        "reportFormat": "csv",
        "timezone": "America/Los_Angeles",
        "reportMetrics": ["CONVERSATION_ID", "STATUS", "TIME_ZONE"],
    }
    assert (first.format, first.split, first.open, first.split_anyway) == ("csv", "month", True, False)
    assert (first.method, first.filename, first.labels) == (None, "{{ profile }}/{{ export }}.csv", ())


def test_an_export_overrides_what_it_inherits() -> None:
    """Keys of `defaults`, and period, timezone, profiles and filename, can be said again in an export."""
    second = read(FULL).exports[1]
    assert (second.id, second.profiles, second.timezone) == (
        "raw_agent_states",
        ("sandbox",),
        "Europe/Berlin",
    )
    assert second.window.label() == "2026-01-15_2026-01-16"
    assert (second.format, second.split, second.open) == ("json", "none", False)
    assert second.filename == "{{ export }}.json"
    assert dict(second.parameters) == {
        "priorities": [2],
        "timezoneOffset": 0,
        "locale": "tr",
        "reportFormat": "json",
    }


def test_what_is_not_written_is_not_sent() -> None:
    """No format, no locale, and a zone only where the report takes one; the default format is json."""
    bare = read(
        "version: 1\nexports:\n  - report: user\n    period: {start: 1551441600000, end: 1551441600001}\n"
    )
    (only,) = bare.exports
    assert dict(only.parameters) == {}
    assert (only.format, only.timezone, only.profiles, only.window.timezone) == ("json", None, None, "UTC")
    assert (bare.name, bare.directory) == ("q1", "exports")
    assert only.filename == "{{ manifest }}/{{ export }}_{{ start }}_{{ end }}.{{ format }}"
    assert "timezone" not in export("", report="user").parameters
    assert export("").parameters["timezone"] == "America/Los_Angeles"


def test_a_zone_among_the_parameters_wins() -> None:
    """A timezone or timezoneOffset among the parameters keeps the manifest's zone out of the request."""
    assert export("parameters: {timezone: Asia/Tokyo}").parameters["timezone"] == "Asia/Tokyo"
    assert "timezone" not in export("parameters: {timezoneOffset: 3600000}").parameters
    assert "unknown timezone 'Asia/Tokio'" in refused(one("parameters: {timezone: Asia/Tokio}"))


def test_several_companies_get_a_folder_each() -> None:
    """Without a template of its own, an export for several profiles keeps their files apart."""
    assert "/{{ profile }}/" in export("profiles: [a, b]").filename
    assert "profile" not in export("profiles: [a]").filename


def test_json_manifests_work() -> None:
    """A manifest may be JSON; its name is the file's without the ending."""
    found = read(
        '{"version": 1, "timezone": "UTC", "exports": [{"report": "user", "period": 2026}]}'.replace(
            "2026", '"2026-01"'
        ),
        "a/b.json",
    )
    assert found.name == "b"


@pytest.mark.parametrize("version", ["0", "-1", "2", "true", "'1'", "~", "[1]"])
def test_version_comes_first(version: str) -> None:
    """A version that is not 1 is the only thing that is told."""
    assert len(refused(f"version: {version}\nnonsense: 1\n").splitlines()) == 1


def test_versions_have_their_fix() -> None:
    """A newer version asks for an upgrade, an older one for 1."""
    assert refused("version: 2") == "q1.yaml:1:10: version: version 2 needs a newer care-export: upgrade"
    assert refused("version: 0") == "q1.yaml:1:10: version: there is no version 0; write version: 1"


def test_every_problem_comes_at_once_sorted_by_place() -> None:
    """Form and meaning are judged together, in every export; a place is told about once."""
    said = refused(
        "version: 1\nexprots: 1\nexports:\n  - report: conversations\n    format: xlsx\n"
        "  - 5\n  - report: user\n    metrics: [1, TOTAL_MOBILE_TIME_MILIS]\n"
        "    parameters: {priorities: 5}\n"
    )
    assert [line.split(": ")[0:2] for line in said.splitlines()] == [
        ["q1.yaml:2:1", "exprots"],
        ["q1.yaml:4:5", "exports[0]"],
        ["q1.yaml:4:13", "exports[0].report"],
        ["q1.yaml:5:13", "exports[0].format"],
        ["q1.yaml:6:5", "exports[1]"],
        ["q1.yaml:7:5", "exports[2]"],
        ["q1.yaml:8:15", "exports[2].metrics[0]"],
        ["q1.yaml:8:18", "exports[2].metrics[1]"],
        ["q1.yaml:9:18", "exports[2].parameters.priorities"],
    ]


def test_the_refusal_counts_its_problems() -> None:
    """The message of a refusal says how many problems there are, warnings aside."""
    for text, message in (
        (one("format: x"), "q1.yaml has 1 problem"),
        (one("format: x\nlocale: x"), "q1.yaml has 2 problems"),
    ):
        with pytest.raises(Refusal) as refusal:
            read(text)
        assert refusal.value.message == message


@pytest.mark.parametrize(
    "text",
    [
        "version: 1",
        "version: 1\nexports: 5",
        "version: 1\nexports: [5]",
        "version: 1\nexports: []",
        "version: 1\nexports: [{report: 5, id: 6}]",
        one("metrics: {a: b}"),
        one("period: []"),
        one("parameters: 5"),
        one("profiles: acme"),
        one("filename: 5"),
        one("timezone: 5"),
        one("timezone: ''"),
        one("metrics: [5, ~]"),
        one("", top="version: 1\ndefaults: 5\noutput: 5\nexports:\n"),
        one("id: 5"),
        one("split: {}"),
        one("method: 1"),
        one("", top=TOP.replace("exports", "name: 5\nexports")),
        one("period: 5"),
        one("period: {start: [], end: 1}"),
        one("period: ~"),
        one("", top=TOP.replace("exports", "output: {directory: 5}\nexports")),
    ],
)
def test_wrong_forms_are_refused_without_a_stumble(text: str) -> None:
    """Whatever stands in the place of a list, a mapping or a text is a problem with a place."""
    assert "q1.yaml:" in refused(text)


def test_a_files_name_must_be_able_to_name_it() -> None:
    """Without `name`, the file's own name is taken, and must have the form of one."""
    assert read(GOOD, "manifests/März 2026.yaml").name == "März 2026"
    assert "the file's name 'a&b' cannot name the manifest; write name:" in refused(GOOD, "x/a&b.yaml")
    assert read(f"name: fine\n{GOOD}", "x/a&b.yaml").name == "fine"


GOOD = one("")


def test_ids_are_unique() -> None:
    """Two exports of one report need an id; so do three."""
    text = TOP + "  - report: user\n  - report: user\n  - {report: author, id: user}\n"
    assert refused(text).count("two exports are called 'user' (first at line 5)") == 2


def test_the_digest_is_of_what_is_said() -> None:
    """Line ends, comments, quotes and order of keys do not change the digest; a value does."""
    digest = read(GOOD).digest
    assert read("# hi\n" + GOOD.replace("period: 2026-01", "period: '2026-01'")).digest == digest
    assert read(GOOD.replace("2026-01", "2026-02")).digest != digest
    numbers = "period: {start: 1551441600000, end: '1551441600001'}"
    quoted = "period: {start: '1551441600000', end: 1551441600001}"
    assert read(one(numbers)).digest == read(one(quoted)).digest


# Reports, columns


def test_reports_are_known_by_their_titles_too() -> None:
    """Who writes the UI's name of a report is told its id; who writes nonsense, what there is."""
    assert "did you mean conversation?" in refused(one("", report="Raw Conversation"))
    assert "known are author, combined, conversation," in refused(one("", report="zzz"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Time Zone", "TIME_ZONE"),
        ("Assignee ID", "ASSIGNEE_ID"),
        ("First Response (min.)", "FIRST_RESPONSE_MIN"),
        ("Größe", "GRÖSSE"),
        ("a/b", "A_B"),
        ("--", ""),
    ],
)
def test_ui_names_become_api_names(text: str, name: str) -> None:
    """The vendor writes Time Zone as TIME_ZONE [G]: upper case, and _ for what is no letter or digit."""
    assert by_convention(text) == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Assignee ID", "'Assignee ID' is sent as ASSIGNEE_ID, as the vendor writes Time Zone as TIME_ZONE"),
        ("assigneeId", "'assigneeId' is sent as ASSIGNEEID"),
        ("ASSIGNEE_ID", "'ASSIGNEE_ID' is not a known column and is sent as it is"),
        ("STATUSES", "'STATUSES' is not a known column"),
    ],
)
def test_unlisted_columns_pass_with_a_warning(text: str, words: str) -> None:
    """No public list is complete, so an unknown column is sent; the warning says how."""
    assert words in warned(one(f"metrics: [{text}]"))


@pytest.mark.parametrize(
    ("report", "text", "words"),
    [
        ("conversation", "status", "did you mean STATUS?"),
        ("conversation", "Status ", "did you mean STATUS?"),
        ("conversation", "STATSU", "did you mean STATUS?"),
        ("conversation", "Conversation Id", "did you mean CONVERSATION_ID?"),
        ("conversation", "CONVERSTION_IDS", "did you mean CONVERSATION_ID?"),
        ("conversation", "TIMEZONE", "did you mean TIME_ZONE?"),
        ("raw_agent_states", "Agent Name", "did you mean agent_name?"),
        ("raw_agent_states", "AGENT_IDX", "did you mean agent_id?"),
        (
            "response",
            "CONVERSATION_ID",
            "not of response as far as is known; if it has one by that name too, write 'Conversation ID'",
        ),
        ("conversation", "--", "'--' is no column name"),
        ("conversation", "", "'' is no column name"),
        ("conversation", "a\\x1b[2J", "no column name"),
    ],
)
def test_typos_in_columns_are_refused(report: str, text: str, words: str) -> None:
    """What is a letter or two away from a known column, or another report's, is no request worth."""
    assert words in refused(one(f'metrics: ["{text}"]', report))


def test_another_report_s_column_passes_by_its_ui_name() -> None:
    """No list is complete, so what is refused as an API name is taken, with a warning, as a UI name."""
    (export,) = read(one("metrics: [Conversation ID]", "response")).exports
    assert export.metrics == ("CONVERSATION_ID",)


def test_columns_repeat_by_their_api_names() -> None:
    """A UI name and the API name that it stands for are one column."""
    said = refused(one("metrics: [Assignee ID, STATUS, ASSIGNEE_ID]"))
    assert "exports[0].metrics[2]: 'ASSIGNEE_ID' is asked for twice, here and as number 1" in said


def test_a_complete_list_is_the_last_word() -> None:
    """Where the spec says that a list is complete, an unknown column is refused."""
    known = changed(metrics_complete=True)
    assert "conversation has no column 'FOO'; care-export reports conversation lists them" in said_with(
        known, one("metrics: [FOO]")
    )
    assert "did you mean 'CONVERSATION_ID'?" in said_with(known, one("metrics: [CONVERSATION_KEY]"))


def test_columns_of_json_files_need_json() -> None:
    """A column that is in JSON files only is refused for CSV, and fine where no format is written."""
    text = "metrics: [TOTAL_MOBILE_TIME_MILLIS]"
    assert "is in json files only: write format: json" in refused(one(f"{text}\nformat: csv", "user"))
    assert warned(one(text, "user")) == ""


def test_columns_of_defaults_are_judged_for_each_export() -> None:
    """A column in `defaults` stands there once, and is judged for every report that inherits it."""
    top = TOP.replace("exports", "defaults: {metrics: [STATUS]}\nexports")
    assert read(one("", top=top)).exports[0].metrics == ("STATUS",)
    assert "defaults.metrics[0]: 'STATUS' is a column of conversation, not of user" in refused(
        one("", "user", top)
    )


# Parameters


@pytest.mark.parametrize(
    ("report", "parameters", "words"),
    [
        ("conversation", "{priorites: [0]}", "unknown parameter 'priorites'; did you mean 'priorities'?"),
        (
            "conversation",
            "{reportMetric: [A]}",
            "did you mean 'reportMetrics'? (write it as metrics, beside parameters)",
        ),
        ("conversation", "{zzz: 1}", "unknown parameter 'zzz'; conversation takes businessHourType, "),
        (
            "user",
            "{teamIds: [1]}",
            "user does not take 'teamIds'; raw_agent_states, response_approval, team_performance, "
            "team_performance_interval take it; did you mean 'teamId'?",
        ),
        (
            "author",
            "{raiselimit: true}",
            "author does not take 'raiselimit'; conversation_history_action takes it",
        ),
        (
            "conversation",
            "{reportFormat: csv}",
            "'reportFormat' is no parameter of a manifest: write it as format",
        ),
        ("conversation", "{startTime: 1}", "'startTime' is no parameter of a manifest: write it as period"),
        ("conversation", "{priorities: [0, 0]}", "the number 0 stands in this list already"),
        ("conversation", "{priorities: 1}", "expected a list of whole numbers, got the number 1; write [1]"),
        ("conversation", "{smartViewId: '5'}", "got text '5'; write it without quotes"),
        ("conversation", "{timeInterval: '86400000'}", "got text '86400000'; write it without quotes"),
        ("conversation", "{conversationReportType: created}", "did you mean 'CREATED'?"),
        ("conversation", "{priorities: ~}", "expected a list of whole numbers, got nothing"),
        (
            "team_performance_interval",
            "{}",
            "team_performance_interval needs the parameter timeInterval: 300000, ",
        ),
        (
            "conversation",
            "{businessHourType: true, enableBusinessHour: false}",
            "businessHourType needs enableBusinessHour",
        ),
        (
            "conversation",
            "{businessHourType: true, enableBusinessHour: 1}",
            "businessHourType needs enableBusinessHour",
        ),
    ],
)
def test_parameters_are_judged_by_their_report(report: str, parameters: str, words: str) -> None:
    """An unknown parameter, another report's, a wrong value or a broken rule is told with the fix."""
    assert words in refused(one(f"parameters: {parameters}", report))


@pytest.mark.parametrize(
    ("report", "lines", "words"),
    [
        (
            "conversation",
            "parameters: {timeInterval: 86400000}",
            "timeInterval is not declared for conversation",
        ),
        (
            "conversation",
            "locale: en_US",
            "'en_US' is in vendor samples, but not declared: en, es, fr, de, tr are",
        ),
        (
            "conversation",
            "parameters: {timezone: UTC, timezoneOffset: 0}",
            "timezone and timezoneOffset together",
        ),
        ("conversation", "method: GET", "GET is not declared for conversation."),
    ],
)
def test_what_only_samples_carry_is_a_warning(report: str, lines: str, words: str) -> None:
    """What vendor samples send and no document declares is allowed, with a warning."""
    assert words in warned(one(lines, report))


def test_rules_that_hold_are_silent() -> None:
    """Parameters that fit together draw neither problem nor warning."""
    assert warned(one("parameters: {businessHourType: false, enableBusinessHour: true}", "author")) == ""


def test_what_decides_the_rows_is_not_left_unsaid() -> None:
    """Without conversationReportType closed conversations are missing: a warning, unless it is written."""
    said = warned(one(""))
    assert "q1.yaml:5:13: exports[0].report: warning: conversationReportType is not written" in said
    assert "so the API takes OPEN_AT_END. " in said
    assert warned(one("parameters: {conversationReportType: CLOSED}")) == ""


def test_a_rule_may_refuse() -> None:
    """A pair that a spec calls an error is refused, on the later of the two."""
    known = changed(rules=(Together(("smartViewId", "priorities"), "error", "not both", "O"),))
    lines = "parameters: {priorities: [1], smartViewId: 5, conversationReportType: CLOSED}"
    assert said_with(known, one(lines)) == "q1.yaml:6:18: exports[0].parameters.priorities: not both"


def test_parameters_of_defaults_are_for_every_export() -> None:
    """A default that a report does not take is refused where it stands, naming the report."""
    top = TOP.replace("exports", "defaults: {parameters: {priorities: [1]}}\nexports")
    assert "q1.yaml:4:25: defaults.parameters.priorities: user does not take 'priorities'" in refused(
        one("", "user", top)
    )


def test_a_report_without_a_key_of_ours() -> None:
    """A key that stands for a parameter is refused where the report has no such parameter."""
    real = catalog.load().reports["conversation"]
    known = changed(parameters=tuple(each for each in real.parameters if each.name != "locale"))
    assert "exports[0].locale: conversation takes no locale: leave it out" in said_with(
        known, one("locale: en")
    )


def test_methods_are_those_of_the_report() -> None:
    """GET is refused where the report has none."""
    assert export("method: GET", "user").method == "GET"
    assert "author takes POST, not GET" in refused(one("method: GET", "author"))


# Buckets, windows, splits


@pytest.mark.parametrize(
    ("period", "interval", "words"),
    [
        ("2026-01", 3_600_000, "for one month, write 86400000, 604800000"),
        ("2026-W05", 604_800_000, "for one week, write 28800000, 43200000, 86400000"),
    ],
)
def test_buckets_fit_the_window(period: str, interval: int, words: str) -> None:
    """A month and a week take only some lengths of buckets [O]; the message lists them."""
    lines = f"period: {period}\nparameters: {{timeInterval: {interval}}}"
    assert words in refused(one(lines, "team_performance_interval"))


@pytest.mark.parametrize(
    ("period", "interval"),
    [
        ("2026-01", 86_400_000),
        ("2026-W05", 28_800_000),
        ("2026-01-15", 300_000),
        ("2026-01", 604_800_001),
        ("2026-Q1", 604_800_000),
    ],
)
def test_buckets_that_fit_are_silent(period: str, interval: int) -> None:
    """Days, documented lengths and monthly buckets pass."""
    lines = f"period: {period}\nparameters: {{timeInterval: {interval}}}"
    assert warned(one(lines, "team_performance_interval")) == ""


def test_buckets_of_long_windows_are_a_warning() -> None:
    """For more than a month nothing is documented: short buckets are allowed with a warning."""
    lines = "period: 2026-Q1\nparameters: {timeInterval: 14400000}"
    assert "over 90 days these may be too many buckets" in warned(one(lines, "team_performance_interval"))


@pytest.mark.parametrize(
    ("period", "interval", "words"),
    [
        ("2026-Q1", 3_600_000, "these are 2159: for 90 days, write 86400000, 604800000, or a `split`"),
        (
            "{start: 2026-01-01, end: 2026-01-04}",
            300_000,
            "these are 864: for 3 days, write 3600000, 7200000, 14400000, 28800000, 43200000, 86400000",
        ),
    ],
)
def test_more_buckets_than_the_printed_error_counts_are_refused(
    period: str, interval: int, words: str
) -> None:
    """The vendor refuses 745; more of them need not be sent to know. The message has the lengths that fit."""
    lines = f"period: {period}\nparameters: {{timeInterval: {interval}}}"
    said = refused(one(lines, "team_performance_interval"))
    assert "the vendor refuses 745 buckets, and " + words in said
    assert "parameters.timeInterval" in said


def test_buckets_are_judged_by_the_parts_of_a_split() -> None:
    """What counts is the window of each request, not the whole period."""
    lines = "period: 2026-Q1\nsplit: month\nsplit_anyway: true\nparameters: {timeInterval: 3600000}"
    assert "for one month, write" in refused(one(lines, "team_performance_interval"))


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("period: 2026-13", "exports[0].period: "),
        ("period: {start: 2026-13-01, end: 2026-02-01}", "exports[0].period.start: "),
        ("period: {start: 2026-02-01, end: 2026-01-01}", "exports[0].period.end: "),
        ("timezone: Nowhere/Land", "exports[0].timezone: "),
    ],
)
def test_a_period_is_told_at_its_own_place(lines: str, place: str) -> None:
    """The problem of a start, an end or a zone stands there, and not at the export."""
    assert f": {place}" in refused(one(lines))


def test_a_missing_period_or_zone_says_what_to_write() -> None:
    """An export without a period, and a date without a zone, are told what is missing."""
    assert refused("version: 1\nexports:\n  - report: user\n") == (
        "q1.yaml:3:5: exports[0]: missing key 'period': write it here or at the top, as period: 2026-01"
    )
    assert "name a timezone" in refused(one("", top="version: 1\nperiod: 2026-01\nexports:\n"))


def test_periods_of_one_problem_are_told_once() -> None:
    """What many exports inherit is one problem, at the place where it is written."""
    text = TOP.replace("2026-01", "2026-13") + "  - report: user\n  - report: author\n"
    assert refused(text) == "q1.yaml:3:9: period: 2026-13 is not in the calendar"


ADDS_UP = "parameters: {conversationReportType: CREATED}"


def test_only_what_adds_up_is_split() -> None:
    """A snapshot, averages and buckets cannot be split; the reason is the spec's. What adds up can."""
    quarter = "period: 2026-Q1\nsplit: month"
    assert export(f"{quarter}\n{ADDS_UP}").labels == ()
    for report, kind in (("conversation", "snapshot"), ("team_performance", "aggregate")):
        said = refused(one(quarter, report))
        assert f"exports[0].split: {report} cannot be split ({kind}). " in said
        assert catalog.load().reports[report].composition.reason in said
    assert "(bucketed)" in refused(
        one(f"{quarter}\nparameters: {{timeInterval: 86400000}}", "team_performance_interval")
    )


def test_split_anyway_is_labelled() -> None:
    """Who insists gets the split, and a label on each file; one window needs neither."""
    (label,) = export("period: 2026-Q1\nsplit: month\nsplit_anyway: true").labels
    assert label.startswith("split although the parts do not add up (snapshot): ")
    assert export("split: month").labels == ()


def test_a_split_needs_a_zone() -> None:
    """Epoch milliseconds need no zone, a split does: it is made where days begin."""
    lines = f"period: {{start: 1551441600000, end: 1554120000000}}\nsplit: week\n{ADDS_UP}"
    assert "exports[0].split: a split is made where days begin: name a timezone" in refused(
        one(lines, top="version: 1\nexports:\n")
    )


def test_windows_are_counted_before_they_are_made() -> None:
    """A split into more windows than anyone waits for is refused."""
    lines = f"period: {{start: 2001-12-01, end: 2200-01-01}}\n{ADDS_UP}\nsplit: "
    for step in ("day", "1", "week"):
        assert "windows; at most 10000" in refused(one(lines + step))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            f"period: 2026\n{ADDS_UP}",
            "exports[0].period: 2026 (America/Los_Angeles) is longer than 3 months, the most "
            "that the API takes; write split: quarter",
        ),
        (f"period: 2025\n{ADDS_UP}\nsplit: 92", "exports[0].split: "),
        ("period: 2026", "write a shorter period, as its parts do not add up (snapshot)"),
        ("period: 2026\nsplit_anyway: true", "write split: quarter"),
    ],
)
def test_long_windows_are_refused_with_the_split_that_fits(lines: str, words: str) -> None:
    """The API takes three months [J, S]; the message names the split, or says why none fits."""
    assert words in refused(one(lines))


def test_long_windows_without_a_zone_ask_for_one() -> None:
    """Where no zone is named, the split that fits needs one."""
    lines = f"period: {{start: 1551441600000, end: 1564120000000}}\n{ADDS_UP}"
    assert "name a timezone and write split: quarter" in refused(one(lines, top="version: 1\nexports:\n"))


def test_over_ninety_days_is_a_warning() -> None:
    """Two pages of the vendor disagree, so 91 days pass with a warning, and 90 without."""
    assert "is longer than 90 days; one page of the vendor takes 3 months, another 90 days" in warned(
        one(f"period: 2026-Q2\n{ADDS_UP}")
    )
    assert warned(one(f"period: 2026-Q1\n{ADDS_UP}")) == ""


# Templates, secrets, variables


def test_templates_are_judged_where_they_stand() -> None:
    """A template's syntax is judged here, wherever the template is written."""
    top = TOP.replace("exports", "output: {filename: '{{ nope }}'}\nexports")
    assert "output.filename: unknown field 'nope'" in refused(one("", top=top))
    assert "(at character 3 of the template)" in refused(one("filename: 'x {{ 1 + 1 }}'"))


@pytest.mark.parametrize("key", ["companyKey", "company_key", "username", "password"])
@pytest.mark.parametrize(
    "text",
    [
        "{key}: hunter2\n{good}",
        "{good}    parameters: {{{key}: hunter2}}\n",
        "{good}    metrics: [{{{key}: hunter2}}]\n",
        "{good}    {key}: [hunter2]\n",
    ],
)
def test_credentials_never_stand_in_a_manifest(key: str, text: str) -> None:
    """Wherever a credential is written, it is told on its key once, and its value is not shown."""
    said = refused(text.format(key=key, good=GOOD))
    assert said.count(f"{key} never stands in a manifest; write it in profiles.yaml, as a reference") == 1
    assert "hunter2" not in said


@pytest.mark.parametrize("lines", ["id: a${HOME}", "metrics: ['${X}']", "parameters: {timezone: '${TZ}'}"])
def test_no_variable_is_put_in(lines: str) -> None:
    """A manifest says the same on every machine: `${` is refused in every text."""
    assert "variables are not put in here" in refused(one(lines))
