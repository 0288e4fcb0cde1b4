"""Where editors find the schema from which they complete a manifest."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

SCHEMA = "manifest.v1.schema.json"
COPY = "care-export.schema.json"
"""What the schema is called beside a manifest that lies outside of a checkout."""


def completing(manifest: Path) -> tuple[str, Path | None]:
    """Return the line for the top of a manifest, and where the schema has to be written for it, if anywhere.

    A checkout has the schema. Elsewhere a copy lies beside the manifest: the path of an installed one would
    mean nothing on another machine.
    """
    own = Path("generated", "schemas", SCHEMA)
    copy = manifest.parent / COPY
    here = Path(os.path.relpath(own, manifest.parent)).as_posix() if own.is_file() else COPY
    line = f"yaml-language-server: $schema={here}"
    return line, None if own.is_file() or copy.exists() else copy


def schema() -> str:
    """Return the schema's text."""
    return (resources.files("generated") / "schemas" / SCHEMA).read_text("utf-8")
