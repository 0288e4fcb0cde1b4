"""From JSON Schemas to pydantic models, by datamodel-code-generator: offline, no times, always the same."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datamodel_code_generator import InputFileType, LiteralType, generate
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import Formatter, PythonVersion

HEADER = "# Generated from specs/ by `make generate`; never edited by hand.\n# fmt: off\n# ruff: noqa\n"
BASE = (
    HEADER
    + '''"""What all generated models share."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen; its validator is built on first use, so that importing fourteen models costs nothing."""

    model_config = ConfigDict(frozen=True, defer_build=True)
'''
)
_IGNORED = ("x-message", "x-unknown", "x-secret", "if", "then", "else", "allOf", "propertyNames")
_END = "(?!\\n)"


def models(schemas: Mapping[str, Mapping[str, Any]], *, skip_root: bool = False) -> dict[str, str]:
    """Return Python text by file name, for schemas by module name, made by one call on one folder."""
    with tempfile.TemporaryDirectory() as folder:
        read, write = Path(folder, "in"), Path(folder, "out")
        read.mkdir()
        for name, schema in schemas.items():
            (read / f"{name}.json").write_text(json.dumps(_plain(schema)), encoding="utf-8")
        _generate(read, write, skip_root=skip_root)
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(write.glob("*.py"))}


def _plain(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a schema without what only the judge reads: models carry, they do not judge."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if isinstance(schema, str):
        return schema.removesuffix(_END) if schema.endswith("$" + _END) else schema
    if not isinstance(schema, Mapping):
        return schema
    if "else" in schema:  # the one form in which a request says "this range, or else one of these"
        kind, listed = {"type": schema["type"]}, schema["else"]["anyOf"][0]
        return {**_rest(schema), "anyOf": [{**kind, **listed}, {**kind, **schema["if"]}]}
    kept = {key: value for key, value in schema.items() if key not in _IGNORED}
    return {
        key: _named(value) if key in ("properties", "$defs") else _plain(value) for key, value in kept.items()
    }


def _rest(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key in ("title", "description")}


def _named(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return schemas by name; a name is never taken for a keyword."""
    return {name: _plain(one) for name, one in schemas.items()}


def _generate(read: Path, write: Path, *, skip_root: bool) -> None:
    generate(
        read,
        output=write,
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        base_class="generated.base.Model",
        custom_file_header=HEADER,
        disable_timestamp=True,
        formatters=[Formatter.BUILTIN],
        enum_field_as_literal=LiteralType.All,
        strict_nullable=True,
        strict_refs=True,
        allow_remote_refs=False,
        field_constraints=True,
        use_annotated=True,
        use_title_as_name=True,
        use_schema_description=True,
        use_field_description=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_double_quotes=True,
        use_subclass_enum=False,
        collapse_root_models=True,
        skip_root_model=skip_root,
    )
