"""What is sent in one request."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.labelstudio.client import batches


@given(st.lists(st.integers(0, 3_000_000), max_size=30))
def test_batches_hold_all_in_order_and_are_small(sizes: list[int]) -> None:
    tasks = [{"data": {"k": k, "text": "x" * (size // 100)}} for k, size in enumerate(sizes * 5)]
    made = list(batches(tasks))
    assert [task for batch in made for task in batch] == tasks
    assert all(0 < len(batch) <= 100 for batch in made)


def test_large_tasks_go_alone() -> None:
    tasks = [{"data": {"text": "x" * 5_000_000}}] * 3
    assert [len(batch) for batch in batches(tasks)] == [1, 1, 1]
