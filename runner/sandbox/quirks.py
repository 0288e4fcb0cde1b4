"""How the sandbox behaves where the vendor's documents print several ways, or none: one switch each.

The defaults are what the documents print most often; a switch turns on what they print elsewhere, or what
they leave open. Names in parentheses are the ids of the reference's quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """The switches. All behaviour of the sandbox that tests need to vary without scripting a fault."""

    status_result: Literal["documented", "object", "list"] = "documented"
    """(result-object-or-array) documented: an object when ready, a list of one when running or failed."""
    early_download_url: frozenset[str] = frozenset({"user"})
    """(download-url-early) Reports whose create answer already carries a downloadUrl, as `user` does."""
    create_without_urls: bool = False
    """(missing-urls) Create answers have only the two ids, as in the generic endpoint's example."""
    details_not_detail: bool = False
    """(detail-vs-details) Status answers say `details`, as the deprecated jobs list does."""
    url_secret: Literal["documented", "token", "company_key"] = "documented"  # noqa: S105
    """(token-or-companykey) What URLs carry. documented: companyKey at creation, token afterwards."""
    empty_polls: int = 0
    """So many status answers after COMPLETED still have an empty downloadUrl, as the guide warns."""
    fail_reports: frozenset[str] = frozenset()
    """(pass-on-failure) Reports whose jobs end CLOSED and FAILED, under PASS."""
    overflow: bool = False
    """(overflow-not-an-http-error) Every job is pushed out, as by a full queue."""
    bucket_envelope: bool = False
    """(result-as-string) The bucket text comes in a whole FAIL envelope; else as printed, alone."""
    bucket_status: int = 400
    """The HTTP status of the bucket text; none is documented."""
    over_rate: Literal["429", "ignore"] = "429"
    """(rate-and-queue) Past 20 requests a minute: undocumented, 429 is the sandbox's own choice."""
    history_months: int | None = 18
    """How far back a window may reach; None: for ever."""
    text_content_type: bool = False
    """(response-media-type) All JSON answers are called text/plain."""
    no_content_length: bool = False
    """Files come without Content-Length (in chunks, over HTTP/1.1), and without an ETag."""
    bom: bool = False
    """CSV files begin with a byte order mark; nobody documents whether the vendor's do."""
