"""The faults that a registry of ours may have: each is an error where it stands; what may be missing stops no build."""

import copy
import io
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from spanproof import check
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.publication.dataset import Dataset
from spanproof.publication.files import files
from support.documents import ROOT
from support.publication import FACTS, GOLD

Registries = dict[str, dict[str, Any]]
COMPARED = next(key for key, entry in GOLD.registries["utterances"].items() if entry.get("renderings"))


def pair(registries: Registries) -> dict[str, Any]:
    first: dict[str, Any] = registries["utterances"][COMPARED]["renderings"][0]
    return first


def corpus(change: Callable[[Registries], Any]) -> Corpus:
    registries = copy.deepcopy({name: dict(entries) for name, entries in GOLD.registries.items()})
    change(registries)
    return read(ROOT / "annotations" / "gold", registries=registries)


def errors(change: Callable[[Registries], Any]) -> list[tuple[str, str]]:
    """Returns the code of each error, and its place and message."""
    return [(f.code, f"{f.path}: {f.message}") for f in check(corpus(change)).findings if f.severity == "error"]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda r: pair(r).update(a="28c5c7bc61b1027f/q999"), "SP514", "28c5c7bc61b1027f/q999"),
        (lambda r: pair(r).update(kind="zzz"), "SP513", "expected one of verbatim"),
        (lambda r: r["utterances"][COMPARED].update(speaker="nobody-at-all"), "SP514", "nobody-at-all"),
        (lambda r: r["entities"]["doha"].update(type="BOGUS"), "SP513", "BOGUS"),
        (lambda r: r["entities"]["doha"].pop("name"), "SP513", "name"),
        (lambda r: r["utterances"][COMPARED].pop("gist"), "SP513", "gist"),
        (lambda r: r["entities"]["doha"].update(kind="city"), "SP513", "kind"),
    ],
)
def test_a_fault_is_an_error(change: Callable[[Registries], Any], code: str, says: str) -> None:
    found = errors(change)
    assert found
    assert all(one == code for one, _ in found)
    assert any(says in message for _, message in found), found


@pytest.mark.slow
def test_optional_members_may_be_missing_or_null_and_the_dataset_is_built() -> None:
    def without(registries: Registries) -> None:
        del pair(registries)["note"]
        del registries["entities"]["doha"]["description"]
        registries["entities"]["france"]["description"] = None
        key = next(key for key in registries["utterances"] if key != COMPARED)
        registries["utterances"][key].pop("renderings")

    assert errors(without) == []
    contents = files(Dataset.of(corpus(without), FACTS))
    rows = {row["entity_id"]: row for row in table(contents, "registry")}
    assert rows["doha"]["description"] is rows["france"]["description"] is None
    utterance = next(row for row in table(contents, "utterances") if row["utterance"] == COMPARED)
    assert utterance["pairs"][0]["note"] is None


def table(contents: dict[str, bytes], config: str) -> list[dict[str, Any]]:

    content = next(content for path, content in contents.items() if path.startswith(f"data/{config}/"))
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(content)).to_pylist()
    return rows
