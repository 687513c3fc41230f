"""What is proved of a corpus doesn't hang on how it is divided into batches, files, processes or machines."""

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks import evidence
from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.cli import main
from spanproof.corpus.documents import Batch, Corpus
from spanproof.formats.discovery import read
from spanproof.parsing.json import dump
from spanproof.testing.open_world.cases import KINDS, SCHEMA, case
from support import examples
from support.drifting import divided, document, drifting


def proved(corpus: Corpus) -> set[tuple[str | None, str]]:
    return {(one.document, one.json_path) for one in check(corpus).findings if one.level == "proved" and one.fix}


@settings(max_examples=examples(8), deadline=None)
@given(st.integers(1, 30), st.integers(1, 3), st.sampled_from(["UTF-16", "bytes"]))
def test_what_a_whole_corpus_proves_is_proved_in_batches_of_any_size(size: int, names: int, unit: str) -> None:
    documents = drifting(24, names, unit)
    whole = proved(divided(documents, len(documents)))
    assert len(whole) >= 20 * names
    assert proved(divided(documents, size)) >= whole


def test_a_small_last_batch_is_proved_as_the_others_are() -> None:
    documents = drifting(43, 1)
    fixed = fix(divided(documents, 40)).corpus
    right = [document(k, "sound", 1) for k in range(43)]
    assert list(fixed.documents())[40:] == right[40:]
    assert proved(divided(documents[40:], 3)) == set()


def test_a_cause_with_one_document_in_each_batch_is_found() -> None:
    documents = [document(k, "UTF-16" if k % 10 == 0 else "sound", 2) for k in range(200)]
    report = check(divided(documents, 10))
    assert {finding.cause.name for finding in report.findings if finding.cause} == {"utf-16"}
    assert Counter(finding.level for finding in report.findings)["proved"] >= 36


def test_files_of_different_causes_lose_nothing_of_what_each_proves_alone() -> None:
    files = [[document(k, unit) for k in range(low, low + 30)] for low, unit in ((0, "UTF-16"), (30, "bytes"))]
    alone = set[tuple[str | None, str]]().union(*(proved(divided(some, 30)) for some in files))
    together = divided([*files[0], *files[1]], 30)
    assert proved(together) >= alone
    right = [document(k, "sound") for k in range(60)]
    for before, after, sound in zip(itertools.chain(*files), fix(together).corpus.documents(), right, strict=True):
        names = zip(before["names"], after["names"], sound["names"], strict=True)
        assert all(now in (was, there) for was, now, there in names)


@pytest.mark.parametrize("seed", range(3))
def test_documents_of_other_causes_beside_a_frequent_one_are_put_on_no_wrong_place(seed: int) -> None:
    """Each has one span and is in a batch of its own, so that little speaks against the frequent cause."""
    kinds, right = random.Random(seed).choices(list(KINDS), k=4), [document(k, "sound", 1) for k in range(44)]
    broken = [case(kind, 4000 + 4 * seed + number) for number, kind in enumerate(kinds)]
    others = [{**one.documents[0], "id": f"o{number}"} for number, one in enumerate(broken)]
    others = [{**one, "names": one["names"][:1]} for one in others]
    fixed = list(fix(divided([*drifting(44, 1), *others], 1)).corpus.documents())
    assert sum(after == sound for after, sound in zip(fixed, right, strict=False)) > 40
    for before, after, one in zip(others, fixed[44:], broken, strict=True):
        for was, now, place in zip(before["names"], after["names"], one.places[0], strict=False):
            assert now == was or (now["start"], now["end"]) == place


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_of_a_few_documents_are_proved_by_all_of_them(tmp_path: Path, jobs: int) -> None:
    for k in range(20):
        (tmp_path / f"{k}.jsonl").write_text(dump(document(k, names=1)) + "\n")
    report = check(read(tmp_path, SCHEMA), jobs=jobs)
    assert Counter(finding.level for finding in report.findings)["proved"] == len(report.findings) > 15


def test_the_standard_input_is_read_once_and_proves_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spanproof.formats.blocks.BLOCK", 4000)
    (tmp_path / "my.schema.json").write_text(json.dumps(SCHEMA.json))
    lines = "".join(dump(one) + "\n" for one in drifting(23, 2))
    (tmp_path / "a.jsonl").write_text(lines)
    counts = []
    for path, content in ((str(tmp_path / "a.jsonl"), None), ("-", lines)):
        asked = ["check", path, "--schema", str(tmp_path / "my.schema.json"), "--output", "json"]
        result = CliRunner().invoke(main, asked, input=content)
        findings = json.loads(result.stdout)["findings"]
        counts.append(Counter(one["cause"]["level"] for one in findings))
    assert counts[0] == counts[1]
    assert counts[0]["proved"] > 40


class Batches:
    """Batches of which it is counted how often they are iterated."""

    def __init__(self, corpus: Corpus) -> None:
        self.known, self.times = tuple(corpus.batches), 0

    def __iter__(self) -> Iterator[Batch]:
        self.times += 1
        return iter(self.known)


@pytest.mark.parametrize(
    ("documents", "size", "times"),
    [
        ([document(k, "sound") for k in range(9)], 4, 1),
        ([document(k, names=8) for k in range(20)], 4, 1),
        ([document(k, names=1) for k in range(9)], 4, 2),
        ([document(k, names=1) for k in range(9)], 9, 1),
    ],
    ids=["sound", "proved in each batch", "left", "left in the only batch"],
)
def test_a_corpus_is_read_again_only_where_one_of_several_batches_leaves_something(
    documents: list[dict[str, Any]], size: int, times: int
) -> None:
    batches = Batches(divided(documents, size))
    check(replace(Corpus.of([], SCHEMA), batches=batches))
    assert batches.times == times


def test_what_can_be_iterated_once_is_judged_batch_by_batch() -> None:
    corpus = divided(drifting(20, 1), 4)
    once = replace(corpus, batches=iter(tuple(corpus.batches)))
    report = check(once)
    assert report.documents == 20
    assert not any(finding.level == "proved" for finding in report.findings)


def test_a_line_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{\n" + "".join(dump(document(k, names=1)) + "\n" for k in range(10)))
    (tmp_path / "b.jsonl").write_text("".join(dump(document(k, names=1)) + "\n" for k in range(10, 20)))
    codes = Counter(finding.code for finding in check(read(tmp_path, SCHEMA)).findings)
    assert codes["SP001"] == 1
    assert codes["SP106"] > 15


def test_an_interruption_while_evidence_is_sought_leaves_files_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(8):
        (tmp_path / f"{k}.jsonl").write_text(dump(document(k, names=1)) + "\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(evidence, "samples_of", interrupted)
    (schema := tmp_path.parent / "s.schema.json").write_text(json.dumps(SCHEMA.json))
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--schema", str(schema), "--fix"])
    assert result.exit_code == 130
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
