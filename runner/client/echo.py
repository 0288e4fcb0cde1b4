"""PURE: what an answer repeats of our credentials is masked before anybody keeps it.

The journal outlives the run that knew the credentials: who tells of an answer later, after a change of the
password for example, cannot mask what it does not know. Only the addresses and ids of jobs stay as they came.
They are used as they are, and the addresses hold the company key.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from runner.answers import OVERFLOW, strict_json
from runner.client.outcome import Answer, Got
from runner.document import Json
from runner.profiles import Credentials
from runner.redact import Redactor, pair

_USED = ("statusUrl", "downloadUrl", "workflowId", "runId")
_STATE = re.compile("[A-Z_]{1,32}")
"""A bare word such as COMPLETED decides what becomes of a job, even where it is somebody's password too."""
_PHRASES = re.compile(rf"({OVERFLOW}|Too many buckets)")
"""So do these: who is called `exports` must not turn a full queue into a failed job."""


class Echo:
    """Keeps one profile's credentials out of what its server says."""

    def __init__(self, credentials: Credentials) -> None:
        both = credentials.username, credentials.password
        self._masked = Redactor((credentials.company_key, *both, *pair(*both)))

    def kept(self, answer: Answer) -> Answer:
        """Return an answer as it may be kept."""
        match answer:
            case Got(status, body, retry_after):
                return Got(status, self._body(body), retry_after)
            case other:
                return replace(other, message=self._masked(other.message))

    def _body(self, body: str) -> str:
        """Return a body with masks, byte for byte as it came where nothing had to be masked."""
        try:
            data = strict_json(body)
            masked = self._value(data, "")
        except (ValueError, RecursionError):
            return self._masked(body)
        return body if masked == data else json.dumps(masked)

    def _value(self, data: Json, name: str) -> Json:
        match data:
            case dict():
                return {key: self._value(value, key) for key, value in data.items()}
            case list():
                return [self._value(value, name) for value in data]
            case str() if name not in _USED and not _STATE.fullmatch(data):
                pieces = _PHRASES.split(data)
                return "".join(one if _PHRASES.fullmatch(one) else self._masked(one) for one in pieces)
            case _:
                return data
