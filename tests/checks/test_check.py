"""The check of paths: progress, and what can not be opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.corpus.plugins import PluginError
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema


def test_progress_counts_documents(tmp_path: Path) -> None:
    JSONL.write(tmp_path / "a.jsonl", [sound(), sound(id="b", text="x")], Schema.article())
    done: list[int] = []
    check([tmp_path / "a.jsonl"], progress=done.append)
    assert done == [2]


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound()], Schema.article())

    def fails(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fails)
    assert [(f.code, f.file, f.message) for f in check([path]).findings] == [("SP001", str(path), "Permission denied")]


@rule("MY1", "elsewhere", "warning")
def looks_elsewhere(view: View) -> Iterator[Hit]:
    """A rule that looks for spans where the schema has none."""
    yield Hit(view.spans["ents", "*"].items, 0, "found")


@rule("MY2", "elsewhere-too", "warning")
def looks_for_other_objects(view: View) -> Iterator[Hit]:
    """A rule that looks for objects where the schema has none."""
    yield Hit(view.columns.items(("rels", "*")), 0, "found")


@rule("MY3", "elsewhere-again", "warning")
def looks_for_a_member(view: View) -> Iterator[Hit]:
    """A rule that looks for a member that spans don't have."""
    yield Hit(view.documents, 0, str(view.spans["entities", "*"].items.columns["cls"]))


def test_a_rule_that_looks_for_what_is_not_there_is_told_what_is() -> None:
    with pytest.raises(PluginError, match=r"no member is called 'rels'; expected one of .*entities"):
        check([sound()], rules=[looks_for_other_objects])
    with pytest.raises(PluginError, match=r"no member is called 'cls'; expected one of .*label"):
        check([sound()], rules=[looks_for_a_member])


def test_a_rule_that_looks_in_the_wrong_place_does_not_find_nothing() -> None:
    with pytest.raises(PluginError, match=r"at \('ents', '\*'\); expected one of .*\('entities', '\*'\)"):
        check([sound()], rules=[looks_elsewhere])


def test_the_error_of_a_rule_names_its_line_and_what_is_none() -> None:
    """A rule that reads stored words ends where a corpus has none; the message says so, and what to take instead."""

    @rule("MY104", "worded", "warning")
    def worded(view: View) -> Iterator[Hit]:
        """No span has stored words."""
        for spans in view.spans.values():
            assert spans.surface is None or spans.surface[0].as_py()
            yield from (Hit(spans.items, k, str(spans.surface[k])) for k in range(len(spans.start)))  # type: ignore[index]

    documents = [{"text": "Ana sat.", "spans": [{"start": 0, "end": 3}]}]
    with pytest.raises(PluginError, match=r"worded, line [0-9]+\) ends in TypeError: .*`spans.surface` is None: take"):
        check(documents, rules=[worded])
    (found,) = check([{"text": "Ana sat.", "spans": [{"start": 0, "end": 3, "text": "Ana"}]}], rules=[worded]).findings
    assert found.code == "MY104"
