"""Edits of a document: applied to a copy, and where paths lead after them."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanproof.corpus.edits import Edit, apply, moves
from spanproof.schema.paths import value_at

DOCUMENT = {"a": [{"n": k, "parts": [{"n": 10 * k + j} for j in range(3)]} for k in range(4)], "b": {"n": 99}}
PATHS = [
    *(("a", k) for k in range(4)),
    *(("a", k, "parts", j) for k in range(4) for j in range(3)),
    *(("a", k, "n") for k in range(4)),
    ("b",),
    ("b", "n"),
]


@given(st.sets(st.sampled_from(PATHS), max_size=6), st.sets(st.sampled_from([p for p in PATHS if p[-1] == "n"])))
def test_edits_change_a_copy_and_paths_lead_to_what_they_led_to(removed: set[Any], changed: set[Any]) -> None:
    before = copy.deepcopy(DOCUMENT)
    edits = [Edit(path, value=[path]) for path in sorted(changed)] + [Edit(path, remove=True) for path in removed]
    after, moved = apply(DOCUMENT, edits), moves(edits)
    assert before == DOCUMENT
    for path in PATHS:
        there = moved(path)
        assert (there is None) == any(path[: len(gone)] == gone for gone in removed)
        if there is not None and path[-1] == "n":
            assert value_at(after, there) == ([path] if path in changed else value_at(DOCUMENT, path))
        elif there is not None:
            assert value_at(after, there).get("n", path) in (value_at(DOCUMENT, path)["n"], [(*path, "n")], path)
