"""Whatever a manifest can ask for: shown in any form and read back, it is the same request.

A column's name holds no comma here: `A,B` in an address is read as two columns, which is what people mean.
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.errors import Refusal
from runner.foreign import shell, source, writing
from runner.foreign.call import Unread
from runner.foreign.meaning import Judge
from runner.foreign.taken import Taken, taken
from runner.partition import Partition
from tests import foreign
from tests.foreign import FORMS, KNOWN, NOW_MS

MODEST = settings(max_examples=60, deadline=None)
SIGNS = "&=+%#?/\"'$`\\;|<>~^!*()[]@:._-"
"""What shells, addresses, forms and templates make something of."""
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Z", "Cf", "Co", "Cn"], exclude_characters=",{}")
COLUMN = st.text(st.one_of(st.sampled_from(SIGNS), LETTERS), max_size=15).map(lambda text: f"C{text}".upper())
COLUMNS = st.lists(COLUMN, min_size=1, max_size=4, unique=True)
IDS = st.lists(st.integers(1, 10**9), min_size=1, max_size=4, unique=True)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "priorities": st.lists(st.integers(0, 5), min_size=1, unique=True),
    "workqueueIds": IDS,
    "teamIds": IDS,
    "teamId": IDS,
    "agentId": IDS,
    "smartViewId": st.integers(1, 10**9),
    "timezoneOffset": st.integers(-43_200_000, 50_400_000),
    "enableBusinessHour": st.booleans(),
    "includeDisabled": st.booleans(),
    "raiselimit": st.booleans(),
    "conversationReportType": st.sampled_from(["OPEN_AT_END", "CLOSED", "CREATED"]),
}
ZONES = st.sampled_from(["America/Chicago", "Etc/GMT+12", "UTC", "Pacific/Apia", None])


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    """Draw the one partition of a valid manifest."""
    report = draw(st.sampled_from(list(KNOWN.reports.values())))
    takes = {one.name for one in report.parameters}
    names = draw(st.sets(st.sampled_from(sorted(takes & set(VALUES)) or ["-"]))) - {"-"}
    parameters = {name: draw(VALUES[name]) for name in sorted(names)}
    if "timeInterval" in takes:
        parameters["timeInterval"] = 86_400_000
    start = draw(st.integers(1_700_000_000_000, 1_780_000_000_000))
    # Of one millisecond, both instants on the wire would be the same, which looks wrong and is said to be.
    end = start + draw(st.integers(2, 31 * 86_400_000))
    export: dict[str, Any] = {
        "report": report.id,
        "period": {"start": start, "end": end},
        "parameters": parameters,
    }
    if draw(st.booleans()):
        export["method"] = draw(st.sampled_from([one.method for one in report.operations]))
    for key, values in (("format", ["csv", "json"]), ("locale", ["en", "tr", "en_US"])):
        if draw(st.booleans()):
            export[key] = draw(st.sampled_from(values))
    if (zone := draw(ZONES)) is not None:
        export["timezone"] = zone
    if draw(st.booleans()):
        export["metrics"] = draw(COLUMNS)
    text = "version: 1\nexports:\n- " + writing.flow(export)
    try:
        return foreign.planned(text)[0]
    except Refusal:
        # A column may be a typo of a known one, or none at all.
        export.pop("metrics", None)
        return foreign.planned("version: 1\nexports:\n- " + writing.flow(export))[0]


@MODEST
@given(partitions(), st.sampled_from(FORMS))
def test_what_is_shown_is_read_back_the_same(partition: Partition, form: str) -> None:
    """Method, path, query and form: the same, for each form and whatever stands in it."""
    asked = partition.request
    shown = foreign.written(form, [partition])
    assert foreign.creates(shown) == [(asked.method, asked.path, asked.query, asked.form)]


@MODEST
@given(partitions(), st.sampled_from(FORMS))
def test_what_is_shown_becomes_the_same_manifest(partition: Partition, form: str) -> None:
    """Import takes it over without a change, and what its manifest asks for has the same digest."""
    (call, *_) = foreign.reading(foreign.written(form, [partition])).calls
    made = taken(Judge(KNOWN, NOW_MS).asked(call), KNOWN, None)
    assert isinstance(made, Taken), made
    assert made.changes == ()
    (again,) = foreign.planned(foreign.manifest_of(made))
    assert again.request == partition.request


@MODEST
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_words_quoted_for_a_shell_are_read_as_they_are(words: list[str]) -> None:
    """Our reading of a shell agrees with Python's quoting for one, for whatever text."""
    line = " ".join(shlex.quote(one) for one in ["curl", *words])
    line = line.replace("^", "'^'") if '^"' in line or line.endswith("^") else line
    assert shell.split(line.replace("\r\n", "\r \n")).commands[0][0] == "curl"


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    "curl ",
                    "'",
                    '"',
                    "$'",
                    "\\",
                    "\n",
                    "&",
                    "^",
                    "https://a/b?",
                    "x=",
                    "%",
                    "-d ",
                    "[Form]",
                    "{{",
                    "{",
                    ":",
                    "<",
                ]
            ),
            max_size=25,
        ).map("".join),
    )
)
def test_no_text_makes_the_reader_fall(text: str) -> None:
    """Whatever is pasted is read, or refused with a place; never a fault of ours, and never long work."""
    with suppress(Unread):
        for one in source.of_text(text, "").calls:
            Judge(KNOWN, NOW_MS).asked(one)
