"""Manifests read from text in tests, and what is said about them."""

from __future__ import annotations

import pytest

from runner import catalog, document, manifest
from runner.errors import Exit, Refusal
from runner.manifest import Export, Manifest

TOP = "version: 1\ntimezone: America/Los_Angeles\nperiod: 2026-01\nexports:\n"
"""The first four lines of a good manifest, up to its exports."""


def read(text: str | bytes, file: str = "q1.yaml") -> Manifest:
    """Return the manifest that a text is; Refusal where it is none."""
    content = text.encode() if isinstance(text, str) else text
    return manifest.parse(document.read(content, file), catalog.load())


def refused(text: str | bytes, file: str = "q1.yaml") -> str:
    """Return what is said, one line for each thing, about a manifest that must be refused with 65."""
    with pytest.raises(Refusal) as refusal:
        read(text, file)
    assert refusal.value.exit is Exit.DATA
    assert any(not one.warning for one in refusal.value.problems)
    return "\n".join(str(one) for one in refusal.value.problems)


def warned(text: str | bytes) -> str:
    """Return the warnings about a manifest that must be taken."""
    return "\n".join(str(one) for one in read(text).warnings)


def one(lines: str, report: str = "conversation", top: str = TOP) -> str:
    """Return a manifest with one export of these lines."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"{top}  - report: {report}\n{body}"


def export(lines: str, report: str = "conversation", top: str = TOP) -> Export:
    """Return the one export of a manifest with these lines."""
    return read(one(lines, report, top)).exports[0]
