"""Requests: what is encoded can be decoded, and order does not matter where it must not."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.catalog import Report, load
from runner.request import body, request, target

MODEST = settings(max_examples=80, deadline=None)
IDS = st.lists(st.integers(1, 10**9), min_size=1, max_size=5, unique=True)
COLUMNS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    min_size=1,
    max_size=5,
    unique=True,
)
PARAMETERS = st.fixed_dictionaries(
    {"startTime": st.integers(10**12, 10**13 - 1), "endTime": st.integers(10**12, 10**13 - 1)},
    optional={
        "reportMetrics": COLUMNS,
        "priorities": st.lists(st.integers(0, 5), min_size=1, unique=True),
        "workqueueIds": IDS,
        "smartViewId": st.integers(1, 10**9),
        "timezoneOffset": st.integers(-43_200_000, 50_400_000),
        "timezone": st.sampled_from(["America/Chicago", "Etc/GMT+12", "UTC"]),
        "enableBusinessHour": st.booleans(),
        "locale": st.sampled_from(["en", "de"]),
    },
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
REPORTS = st.sampled_from(["conversation", "conversation_actions", "author"])


def _report(name: str) -> Report:
    found = load().report(name)
    assert found is not None
    return found


@MODEST
@given(REPORTS, PARAMETERS, KEYS)
def test_what_is_sent_can_be_read_back(name: str, parameters: dict[str, Any], key: str) -> None:
    """A server that decodes query and form finds the key first and then the pairs, each exactly once."""
    one = request(_report(name), _report(name).operation(None), parameters)
    sent = target(one, key)
    strict: dict[str, Any] = {"keep_blank_values": True, "strict_parsing": True}
    assert parse_qsl(urlsplit(sent).query, **strict) == [("companyKey", key), *one.query]
    assert parse_qsl(body(one).decode(), **strict if one.form else {}) == list(one.form)
    assert sent.isascii()
    assert "+" not in sent
    assert " " not in sent


@MODEST
@given(REPORTS, PARAMETERS, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(name: str, parameters: dict[str, Any], random: Any) -> None:
    """Two manifests that differ in the order of their keys ask for the same thing."""
    shuffled = list(parameters.items())
    random.shuffle(shuffled)
    operation = _report(name).operation(None)
    assert request(_report(name), operation, dict(shuffled)) == request(_report(name), operation, parameters)


@MODEST
@given(REPORTS, PARAMETERS, st.uuids())
def test_the_key_leaves_no_trace(name: str, parameters: dict[str, Any], key: Any) -> None:
    """A request never holds the companyKey, before or after it was sent with one."""
    one = request(_report(name), _report(name).operation(None), parameters)
    before = one.digest
    target(one, str(key))
    assert str(key) not in repr(one)
    assert "companyKey" not in repr(one)
    assert one.digest == before
