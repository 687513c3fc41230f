"""Corrections as patches: real git takes them from any folder, and what was written is taken back to the byte."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.patch import Patch, root_of
from spanproof.checks.undo import record, restored, undo_file

_LINE = st.text(st.sampled_from("ab \r\u2028\u00eb\\"), max_size=3).map(str.encode) | st.just(b"\xff")
TEXTS = st.lists(_LINE, max_size=8).map(b"\n".join)
CONTENTS = TEXTS | st.binary(max_size=200).map(lambda content: b"\0" + content)
NAMES = st.sampled_from(["a.jsonl", "with space.jsonl", "gen\u00e9.json", 'q"uote.json', "back\\slash.json"])


def patch_of(file: Path, before: bytes, after: bytes) -> Patch:
    return Patch(file, before, after, (), ())


@given(before=CONTENTS, after=CONTENTS, name=NAMES)
def test_a_written_patch_is_taken_back(
    before: bytes, after: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    file, undo = folder / name, folder / "undo.patch"
    file.write_bytes(before)
    patch = patch_of(file, before, after)
    record(patch, undo)
    patch.write()
    assert file.read_bytes() == after
    for one in restored(undo):
        one.write()
    assert file.read_bytes() == before
    assert [one.changed for one in restored(undo)] == [False]
    file.write_bytes(after + b"!")
    with pytest.raises(ValueError, match="changed since"):
        restored(undo)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"a": 1}\r\n{"b": 2}\nx\n', b'{"a": 1}\r\n{"b": 3}\nx\n'),
        (b"one\ntwo\nthree", b"two\nthree\nfour"),
        (b"", b"new\n"),
        (b"\xff bytes\n\xe2\x80\xa8 line\nold", b"\xff bytes\n\xe2\x80\xa8 line\nnew"),
        (b"PAR1\0\1" * 99, b"PAR1\0\2" * 70),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "with space.jsonl", 'q"uote.json'])
def test_git_applies_a_patch_whatever_folder_it_was_made_in(
    before: bytes, after: bytes, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "other").mkdir()
    subprocess.run(["git", "-c", "core.autocrlf=false", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "corpus" / name).write_bytes(before)
    monkeypatch.chdir(tmp_path / "other")
    patch = patch_of(Path("../corpus") / name, before, after)
    assert root_of(patch.file) == tmp_path.resolve()
    apply = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn"]
    content = patch.diff().encode("utf-8", "surrogateescape")
    subprocess.run([*apply, "-"], cwd=tmp_path, input=content, check=True)
    assert (tmp_path / "corpus" / name).read_bytes() == after
    subprocess.run([*apply, "-R", "-"], cwd=tmp_path, input=content, check=True)
    assert (tmp_path / "corpus" / name).read_bytes() == before


@pytest.mark.parametrize("linked", [False, True])
def test_a_file_is_restored_and_named_by_a_short_path(
    linked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep" / "down" / "corpus").mkdir(parents=True)
    folder = tmp_path / ("link" if linked else "deep/down/corpus")
    if linked:
        folder.symlink_to("deep/down/corpus")
    file, undo = folder / "a.jsonl", folder / "a.undo.patch"
    file.write_bytes(b"old\n")
    patch = patch_of(file, b"old\n", b"new\n")
    record(patch, undo)
    patch.write()
    monkeypatch.chdir(folder.parent)
    (one,) = restored(undo.relative_to(folder.parent))
    one.write()
    assert file.read_bytes() == b"old\n"
    assert ".." not in one.file.parts


def test_a_patch_is_kept_beside_the_corpus_and_never_in_a_dataset(tmp_path: Path) -> None:
    data = tmp_path / "dataset" / "data"
    data.mkdir(parents=True)
    assert undo_file(tmp_path / "my.jsonl") == tmp_path / "my.jsonl.undo-1.patch"
    (tmp_path / "my.jsonl.undo-1.patch").touch()
    assert undo_file(tmp_path / "my.jsonl") == tmp_path / "my.jsonl.undo-2.patch"
    assert undo_file(data / "a.parquet") == data / "a.parquet.undo-1.patch"
    (tmp_path / "dataset" / "README.md").touch()
    for corpus in (data / "a.parquet", data, tmp_path / "dataset"):
        assert undo_file(corpus) == tmp_path / "dataset.undo-1.patch"


def test_what_is_no_patch_of_ours_or_leads_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, undo = tmp_path / "a.jsonl", tmp_path / "a.jsonl.undo-1.patch"
    undo.write_text("diff --git a/x b/x\n")
    with pytest.raises(ValueError, match="no patch of corrections"):
        restored(undo)
    file.write_bytes(b"new")
    record(patch_of(file, b"old", b"new"), undo)
    whole = undo.read_text()
    undo.write_text(whole.replace("a/a.jsonl b/a.jsonl", "a/../a.jsonl b/../a.jsonl"))
    with pytest.raises(ValueError, match="damaged"):
        restored(undo)
    undo.write_text(whole.replace("-old", "-odd"))
    with pytest.raises(ValueError, match="damaged"):
        restored(undo)
