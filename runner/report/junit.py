"""PURE: a run as JUnit XML: a suite for each profile, a test case for each partition.

What everybody reads is written, in the order that the strictest readers want: no attribute or element that
only one of them knows. A file that is still to come counts as skipped: the exit code says that the run has
not ended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from runner.errors import Exit
from runner.report.outcome import Outcome
from runner.report.story import PHASES, Life
from runner.window import iso

SKIPPED = "E-UNFINISHED"
"""The code of a partition that nothing bad has happened to."""
VENDORS = (Exit.VENDOR, Exit.UNTRUSTED)
"""What the vendor did is a failure; everything else that goes wrong is an error."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(
    manifest: str,
    ended: Sequence[Outcome],
    lives: Mapping[str, Life],
    differences: Sequence[str],
    clean: Callable[[str], str],
) -> str:
    """Return the XML. `differences` are those from a lock that must not differ; `clean` makes texts fit."""
    root = Element("testsuites")
    for profile in dict.fromkeys(one.partition.profile for one in ended):
        several = [one for one in ended if one.partition.profile == profile]
        _suite(root, f"{manifest}/{profile}", several, lives, clean)
    if differences:
        suite = SubElement(root, "testsuite", name=f"{manifest}/lock")
        case = SubElement(suite, "testcase", name="the lock", classname=f"{manifest}.lock", time="0.000")
        found = SubElement(case, "failure", message="differs from the committed lock", type="E-DIFFERS")
        found.text = _fit("\n".join(clean(one) for one in differences))
        _counts(suite, tests=1, failures=1)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(
    root: Element,
    name: str,
    several: Sequence[Outcome],
    lives: Mapping[str, Life],
    clean: Callable[[str], str],
) -> None:
    suite = SubElement(root, "testsuite", name=_fit(clean(name)))
    for one in several:
        _case(suite, name, one, lives[one.partition.key], clean)
    kinds = [case[0].tag for case in suite if len(case)]
    _counts(
        suite,
        tests=len(several),
        failures=kinds.count("failure"),
        errors=kinds.count("error"),
        skipped=kinds.count("skipped"),
    )
    own = [lives[one.partition.key] for one in several]
    suite.set("time", f"{sum(_seconds(one) for one in own):.3f}")
    if begun := [life.spans[0].start for life in own if life.spans]:
        suite.set("timestamp", iso(min(begun) // 1000 * 1000, "UTC").removesuffix("Z"))


def _counts(suite: Element, *, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> None:
    for name, count in (("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)):
        suite.set(name, str(count))


def _case(suite: Element, name: str, one: Outcome, life: Life, clean: Callable[[str], str]) -> None:
    case = SubElement(suite, "testcase", name=_fit(clean(one.partition.id)))
    case.set("classname", _fit(clean(f"{name.replace('/', '.')}.{one.partition.export}")))
    case.set("time", f"{_seconds(life):.3f}")
    if one.exit != Exit.DONE:
        tag = "skipped" if one.code == SKIPPED else "failure" if one.exit in VENDORS else "error"
        found = SubElement(case, tag, message=_fit(clean(one.message)))
        if tag != "skipped":
            found.set("type", one.code)
            found.text = _fit(clean(f"{one.code}: {one.message}"))
    if one.warnings:
        SubElement(case, "system-err").text = _fit("\n".join(clean(said) for said in one.warnings))


def _seconds(life: Life) -> float:
    return sum(life.spent(phase) for phase in dict.fromkeys(PHASES.values())) / 1000


def _fit(text: str) -> str:
    """Write the characters that no XML may hold as escapes."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
