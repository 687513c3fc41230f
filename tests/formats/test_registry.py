"""Formats of other packages: found by their entry points, refused where they can't be used."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import spanproof
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Batch, ReadError, batch_of
from spanproof.corpus.plugins import PluginError
from spanproof.formats import registry
from spanproof.formats.format import Format
from spanproof.formats.registry import OURS, format_of, formats, with_offered
from spanproof.schema.schema import Schema


def read(path: Path, schema: Schema) -> Iterator[Batch]:
    try:
        document = json.loads(path.read_bytes()[::-1])
    except ValueError as error:
        yield batch_of([], schema, errors=(ReadError(str(path), None, str(error)),))
        return
    yield batch_of([document], schema, [(str(path), None)])


def write(path: Path, documents: Iterable[Any], _: Schema) -> None:
    (document,) = documents
    path.write_bytes(json.dumps(document).encode()[::-1])


def amend(path: Path, changes: Mapping[int, Callable[[Any], Any]], _: Schema) -> bytes:
    return json.dumps(changes[0](json.loads(path.read_bytes()[::-1]))).encode()[::-1]


class Offered:
    BACKWARDS = Format("backwards", (".nosj",), read, write, amend)
    TAKEN_NAME = Format("jsonl", (".lines",), read, write, amend)
    TAKEN_SUFFIX = Format("other", (".ndjson",), read, write, amend)
    NO_FORMAT = 3


def point(name: str) -> EntryPoint:
    return EntryPoint(name.lower(), f"{__name__}:Offered.{name}", registry.GROUP)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This module can be imported by its name, as that of an installed package."""
    import sys

    module = type(sys)(__name__)
    vars(module).update(Offered=Offered)
    monkeypatch.setitem(sys.modules, __name__, module)


@pytest.mark.usefixtures("here")
def test_a_format_of_another_package_is_read_written_and_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = with_offered([point("BACKWARDS")])
    assert known == (*registry.OURS, Offered.BACKWARDS)
    monkeypatch.setattr(registry, "formats", lambda: known)
    path = tmp_path / "a.nosj"
    document = dict(sound())
    spanproof.write([document], path)
    assert path.read_bytes().endswith(b"{")
    (read_back,) = spanproof.read(path).documents()
    assert {name: value for name, value in read_back.items() if value is not None} == document
    assert format_of(Path("A.NOSJ")) is Offered.BACKWARDS
    assert spanproof.check(path).exit_code == 0
    assert spanproof.check(tmp_path).documents == 1
    with pytest.raises(ValueError, match=r"\.nosj"):
        spanproof.write([document], tmp_path / "a.txt")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("TAKEN_NAME", "the format jsonl has this name or suffix already"),
        ("TAKEN_SUFFIX", "the format jsonl has this name or suffix already"),
        ("NO_FORMAT", "int; expected a Format"),
        ("NOWHERE", "AttributeError"),
    ],
)
def test_an_entry_point_that_gives_no_format_is_refused(name: str, problem: str) -> None:
    with pytest.raises(PluginError, match=f"entry point {name.lower()} = .*{problem}"):
        with_offered([point(name)])


def test_without_other_packages_the_formats_are_ours() -> None:
    assert set(registry.OURS) <= set(formats())
    assert format_of(Path("corpus.txt")) is None


@pytest.mark.parametrize("known", OURS, ids=lambda known: known.name)
def test_a_format_that_says_it_writes_no_correction_writes_none(known: Format) -> None:
    """And the others try to: they ask for the file."""
    with pytest.raises(ValueError if known.uncorrected else OSError, match=re.escape(known.uncorrected) or None):
        known.amend(Path("nowhere"), {0: lambda document: document}, Schema.stand_off())
