"""What stands in files before any format is read: encodings, and what is packed."""

import gzip
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats import content, jsonl
from spanproof.schema.schema import Schema

LINES = Schema.of({"type": "object", "properties": {"text": {"type": "string"}}})
ENCODINGS = {
    "cp1252": "Windows-1252", "cp1254": "Windows-1254", "latin-1": "Latin-1", "iso8859-9": "Latin-5",
    "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
}  # fmt: skip
LAYOUTS: dict[str, Callable[[list[Any]], str]] = {
    ".jsonl": lambda records: "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records),
    ".json": lambda records: json.dumps(records, ensure_ascii=False, indent=1),
    ".txt": lambda records: "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records),
}


def records_of(text: str, number: int) -> list[Any]:
    return [{"id": f"d{k}", "text": text, "spans": [[0, 3, "PER"]]} for k in range(number)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encodings")


@pytest.mark.parametrize("ending", LAYOUTS)
@settings(max_examples=30)
@given(st.text("äöéßñ a", min_size=1, max_size=20), st.integers(1, 5), st.sampled_from(sorted(ENCODINGS)))
def test_another_encoding_is_one_finding_that_names_it(
    place: Path, ending: str, text: str, number: int, encoding: str
) -> None:
    mark = "–" if encoding.startswith("cp") else "ü"
    lines = LAYOUTS[ending](records_of(f"Zoë {mark}{text}", number))
    file = place / f"some{ending}"
    file.write_bytes(lines.encode(encoding))
    report = check(file)
    (finding,) = (finding for finding in report.findings if finding.severity == "error")
    assert (finding.code, report.exit_code, report.documents) == ("SP001", 2, 0)
    assert ENCODINGS[encoding] in finding.message
    assert "expected UTF-8" in finding.message
    assert ("bytes can't tell which" in finding.message) == (not encoding.startswith("utf"))
    file.write_bytes(lines.encode())
    assert check(file).exit_code == 0


@given(st.lists(st.sampled_from([b'{"text": "a"}', '{"text": "\u00eb"}'.encode(), b'{"text": "\xeb"}']), min_size=1))
def test_whatever_lines_are_around_it_a_line_that_is_no_utf_8_is_an_error(lines: list[bytes]) -> None:
    """And each other line is a document: no line of a file goes by without a word."""
    with tempfile.TemporaryDirectory() as folder:
        (file := Path(folder) / "some.jsonl").write_bytes(b"\n".join(lines))
        batches = list(jsonl.FORMAT.read(file, LINES))
    errors = [error for batch in batches for error in batch.errors]
    wrong = [number for number, line in enumerate(lines, 1) if b"\xeb" in line]
    assert sum(batch.columns.num_rows for batch in batches) == len(lines) - len(wrong)
    assert [error.line for error in errors] == wrong[:1]
    assert len(wrong) < 2 or f"{len(wrong) - 1:,} more lines" in errors[0].problem


def test_a_line_of_another_encoding_is_no_guess_of_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    lines = LAYOUTS[".jsonl"](records_of("Zoë met Ana.", 3)).encode().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], lines[1].decode().encode("latin-1"), lines[2]]))
    report = check(file)
    (finding,) = report.findings
    assert (finding.line, finding.message) == (2, "not UTF-8: byte 0xeb; expected UTF-8")
    assert (report.documents, report.exit_code) == (2, 2)


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": lambda whole: bytes(pa.compress(whole, "zstd", asbytes=True)),
}


@pytest.mark.parametrize("ending", PACKINGS)
@pytest.mark.parametrize("filling", [b" ", b"[", b'{"text": "Ana", "spans": [[0, 3, "PER"]]}\n', b"0"])
def test_a_small_file_that_unpacks_to_more_than_any_text_is_refused(
    filling: bytes, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_ROOM", 1 << 16)
    for name in (f"some.jsonl{ending}", f"some.json{ending}"):
        file = tmp_path / name
        file.write_bytes(PACKINGS[ending](filling * ((1 << 21) // len(filling))))
        result = CliRunner().invoke(main, ["check", str(file)])
        assert result.exit_code == 2
        assert "when it is unpacked" in result.output
        assert "Traceback" not in result.output


@pytest.mark.parametrize("ending", PACKINGS)
def test_what_is_packed_as_texts_are_is_read_however_large(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_ROOM", 1)
    file = tmp_path / f"some.jsonl{ending}"
    file.write_bytes(PACKINGS[ending](LAYOUTS[".jsonl"](records_of("Zoë met Ana.", 50)).encode()))
    assert check(file).exit_code == 0


@pytest.mark.parametrize("command", [("check",), ("init",), ("score", "other.jsonl")])
def test_a_pipe_is_refused_and_never_waited_for(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.jsonl")
    Path("other.jsonl").write_text(LAYOUTS[".jsonl"](records_of("Ana", 3)))
    result = CliRunner().invoke(main, [*command, "pipe.jsonl"])
    assert result.exit_code == 2
    assert "is a pipe, which can be read only once; expected a file, or - for the standard input" in result.output
