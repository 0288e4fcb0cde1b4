"""The order in which partitions are created is fair between exports."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from runner.fair import interleaved
from tests.unit.builders import partition

PLANS = st.lists(st.sampled_from("abcd"), max_size=40).map(
    lambda exports: [partition(f"{number}", export=export) for number, export in enumerate(exports)]
)


@given(PLANS)
def test_every_partition_is_there_once_and_in_its_exports_order(made: list) -> None:
    """It is a permutation, and within an export the plan's order stays."""
    order = interleaved(made)
    assert sorted(one.key for one in order) == sorted(one.key for one in made)
    for export in "abcd":
        assert [one for one in order if one.export == export] == [one for one in made if one.export == export]


@given(PLANS)
def test_no_export_runs_ahead_of_another_that_has_some_left(made: list) -> None:
    """At every moment the exports that are not through differ by one partition at most."""
    whole, seen = Counter(one.export for one in made), Counter()
    for one in interleaved(made):
        seen[one.export] += 1
        left = [seen[export] for export in whole if seen[export] < whole[export]]
        if left:
            assert max(seen.values()) - min(left) <= 1
