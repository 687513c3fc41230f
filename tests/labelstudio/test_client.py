"""What is sent in one request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.labelstudio.client import ClientError, batches, connect


@given(st.lists(st.integers(0, 3_000_000), max_size=30))
def test_batches_hold_all_in_order_and_are_small(sizes: list[int]) -> None:
    tasks = [{"data": {"k": k, "text": "x" * (size // 100)}} for k, size in enumerate(sizes * 5)]
    made = list(batches(tasks))
    assert [task for batch in made for task in batch] == tasks
    assert all(0 < len(batch) <= 100 for batch in made)


def test_large_tasks_go_alone() -> None:
    tasks = [{"data": {"text": "x" * 5_000_000}}] * 3
    assert [len(batch) for batch in batches(tasks)] == [1, 1, 1]


@pytest.mark.parametrize("token", ["", "secret\n", "sec ret", "secret\r\nHost: elsewhere", "secr\u00e9t", "\x00secret"])
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ClientError, match="that no token has") as raised:
        connect("http://127.0.0.1:9", token)
    assert "secr" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://[::1", "http://127.0.0.1:port", "file:///etc"]
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ClientError, match="expected http://HOST:PORT"):
        connect(url, "secret")


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(ClientError, match=r"the address of 127\.0\.0\.1 holds a user or a password") as raised:
        connect("http://ana:secret@127.0.0.1:9", "token")
    assert "secret" not in str(raised.value)
