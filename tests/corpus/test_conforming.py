"""Documents as columns: at once they are what they are one by one, whatever is wrong with them."""

import copy
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from spanproof.corpus import conforming
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from support import examples
from support.documents import ROOT
from support.mutants import at, of_document, places

EXAMPLES = ROOT / "schema" / "examples"
JUNK: tuple[Any, ...] = (
    True, -1, 1.5, 3.0, 99, 2**31, -(2**31), 10**400, float("nan"), "x", "3", "", [1], {}, {"a": [None]}, None,
    "\ud800", "😀", "\0",
)  # fmt: skip
FILES = sorted(path for path in EXAMPLES.glob("*.json*") if not path.name.endswith(".schema.json"))


def canonical(name: str) -> tuple[list[Any], Schema]:
    (file,) = (path for path in FILES if path.stem == name)
    corpus = read(file, EXAMPLES / f"{name}.schema.json").load()
    return list(corpus.documents()), corpus.schema.canonical


def one_by_one(documents: Sequence[Any], schema: Schema) -> tuple[Any, dict[int, Any]]:
    fitted = [conforming.fitted(document, schema.root) for document in documents]
    raw = {k: document for k, (document, (_, whole)) in enumerate(zip(documents, fitted, strict=True)) if not whole}
    return conforming.columns_of([row or {} for row, _ in fitted], schema), raw


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_documents_are_the_same_at_once_and_one_by_one(name: str) -> None:
    documents, schema = canonical(name)
    draw = Random(name)
    for _ in range(examples(120)):
        some = copy.deepcopy(documents)
        k = draw.randrange(len(some))
        if draw.random() < 0.5:
            some[k], _, _ = of_document(some[k], draw)
        else:
            path = draw.choice([path for path, _ in places(some[k]) if path])
            at(some[k], path[:-1])[path[-1]] = draw.choice(JUNK)
        columns, raw = conforming.in_columns(some, schema)
        expected, expected_raw = one_by_one(some, schema)
        lowest = "-2147483648" in repr(some)  # which a column takes at once, and is kept whole one by one
        assert lowest or (columns.equals(expected) and repr(raw) == repr(expected_raw)), some[k]


@pytest.mark.parametrize("documents", [[], [None], [{}, None], [[]], [{1: 2}], [{"text": "x"}, {"text": object()}]])
def test_what_is_no_document_is_kept_whole(documents: list[Any]) -> None:
    _, schema = canonical("doccano")
    columns, raw = conforming.in_columns(documents, schema)
    assert columns.num_rows == len(documents)
    assert [*raw] == [k for k, document in enumerate(documents) if document not in ({}, {"text": "x"}, None)]
