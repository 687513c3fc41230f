"""What a report shows: what no waiver covers, and what was found until a check was interrupted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks import render
from spanproof.checks.check import check
from spanproof.checks.examples import one_entity, sound
from spanproof.checks.report import CheckInterrupted, Seen, report_of
from spanproof.cli import main
from spanproof.corpus.documents import Batch, Corpus, batch_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.waivers import Waiver
from spanproof.schema.schema import Schema


def test_no_waiver_covers_what_could_not_be_read() -> None:
    unread = Finding("SP001", "error", "not JSON", file="a.jsonl", line=1)
    waiver = Waiver("SP001", "for the test")
    report = report_of([unread], Seen(), waivers=[waiver], ignore=["SP"])
    assert (report.findings, report.waived, report.exit_code) == ((unread,), (), 2)
    assert report_of([unread], Seen(), waivers=[waiver]).unused == (waiver,)


def faulty(count: int) -> list[Any]:
    return [sound(id=f"d{k}", **one_entity(1, 10, "Ana Silva")[0]) for k in range(count)]


class Interrupted:
    """Batches of a document each, before one of which Ctrl-C is pressed, while they are judged or read once more."""

    def __init__(self, documents: list[Any], at: int, *, again: bool = False) -> None:
        self.documents, self.at, self.again, self.readings = documents, at, again, 0

    def __iter__(self) -> Iterator[Batch]:
        self.readings += 1
        pressed = self.readings == 1 + self.again
        for k, document in enumerate(self.documents):
            if k == self.at and pressed:
                raise KeyboardInterrupt
            yield batch_of([document], Schema.article())


@pytest.mark.parametrize("at", range(4))
def test_an_interrupted_check_reports_what_it_found_and_never_as_if_that_were_all(at: int) -> None:
    documents = [sound(id="first"), *faulty(3)]
    waiver = Waiver("SP106", "for the test", document="d2")
    with pytest.raises(KeyboardInterrupt) as raised:
        check(Corpus(Schema.article(), Interrupted(documents, at), waivers=(waiver,)))
    assert isinstance(raised.value, CheckInterrupted)
    report = raised.value.report
    whole = check(Corpus.of(documents[:at]))
    assert [replace(one, row=None) for one in report.findings] == [
        replace(one, row=None) for one in whole.findings if one.code not in ("SP005", "SP007", "SP603")
    ]
    assert (report.documents, report.spans, report.proved) == (at, whole.spans, whole.proved)
    assert (report.exit_code, report.interrupted, report.unused, report.gone) == (130, True, (), 0)
    for name, write in render.OUTPUTS.items():
        assert "interrupted" in "".join(write(report)), name
    assert json.loads("".join(render.OUTPUTS["json"](report)))["summary"]["exit_code"] == 130
    assert not json.loads("".join(render.OUTPUTS["sarif"](report)))["runs"][0]["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("at", range(4))
def test_a_check_that_is_interrupted_while_it_reads_once_more_reports_what_was_judged_before(at: int) -> None:
    with pytest.raises(CheckInterrupted) as raised:
        check(Corpus(Schema.article(), Interrupted([sound(id="first"), *faulty(3)], at, again=True)))
    assert raised.value.report.documents == 1
    assert not raised.value.report.findings


@pytest.mark.parametrize("more", [(), ("--write-baseline", "known.json"), ("--add-waiver", "right")])
def test_ctrl_c_prints_what_was_found_and_writes_nothing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text("".join(json.dumps(document) + "\n" for document in faulty(2)))
    monkeypatch.setattr("spanproof.checks.pieces.findings_across", pressed)
    result = CliRunner().invoke(main, ["check", "a.jsonl", *more])
    assert result.exit_code == 130
    assert "2 documents" in result.stdout
    assert "interrupted" in result.stdout
    assert result.stderr.splitlines()[-1].startswith("spanproof: interrupted")
    assert [file.name for file in tmp_path.iterdir()] == ["a.jsonl"]


def pressed(*_: Any) -> Any:
    raise KeyboardInterrupt
