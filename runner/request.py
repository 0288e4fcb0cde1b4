"""One create request as it goes on the wire: method, path, and the pairs of its query and its form.

The values that a manifest asks for are carried through the report's generated model and written in the
vendor's styles [O]: lists as repeated pairs or as one comma list, booleans in lower case. The companyKey is
never part of a `Request`, so that no digest, plan, lock or log can hold it; `target` adds it at the last
moment.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from pydantic import BaseModel

if TYPE_CHECKING:
    from runner.catalog import Operation, Report
    from runner.document import Json

Pairs = tuple[tuple[str, str], ...]
"""Names and values as they are before percent-encoding, in the order of the wire."""


@dataclass(frozen=True, slots=True)
class Request:
    """A create request without the company's key.

    `query` and `form` are sorted by name; a repeated name keeps the order of its list. `digest` is the sha256
    of the canonical JSON of method, path, query and form: two equal digests ask for the same thing.
    """

    method: str
    path: str
    query: Pairs
    form: Pairs
    digest: str


def request(report: Report, operation: Operation, parameters: Mapping[str, Json]) -> Request:
    """Return the request of an operation of a report with these parameters, which a schema has judged.

    pydantic's ValidationError means that a value came here unjudged.
    """
    styles = {one.name: one.style for one in report.parameters}
    values = _carried(report.id, parameters)
    pairs = [pair for name in sorted(values) for pair in _written(name, values[name], styles[name])]
    query = tuple(pair for pair in pairs if pair[0] not in operation.form)
    form = tuple(pair for pair in pairs if pair[0] in operation.form)
    return Request(
        operation.method, report.path, query, form, digest([operation.method, report.path, query, form])
    )


def digest(parts: object) -> str:
    """Return the sha256, in hex, of the canonical JSON of plain data."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def target(request: Request, company_key: str) -> str:
    """Return path and query as sent, the companyKey first; all but unreserved characters are encoded."""
    return f"{request.path}?{encoded([('companyKey', company_key), *request.query])}"


def body(request: Request) -> bytes:
    """Return the form as `application/x-www-form-urlencoded`; empty where everything is in the query."""
    return encoded(request.form).encode("ascii")


def _carried(report_id: str, parameters: Mapping[str, Json]) -> dict[str, Json]:
    """Return the values that were given, as the report's generated model holds them."""
    name = "".join(part.capitalize() for part in report_id.split("_")) + "Request"
    # Only the reports that a manifest names are imported: fourteen models cost start-up time.
    model = cast(type[BaseModel], getattr(importlib.import_module(f"generated.requests.{report_id}"), name))
    carried = model.model_validate_json(json.dumps(dict(parameters)), strict=True)
    return carried.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _written(name: str, value: Json, style: str) -> Iterable[tuple[str, str]]:
    """Return the pairs of one parameter in its style: repeated, comma or single."""
    values = [_text(one) for one in value] if isinstance(value, list) else [_text(value)]
    if style == "comma":
        values = [",".join(values)]
    return ((name, one) for one in values)


def _text(value: Json) -> str:
    """Return a value as the vendor's samples write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as a query or a form; all but unreserved characters are encoded."""
    # Not urlencode: its "+" for a space is read as a plus by servers that decode a query by RFC 3986.
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
