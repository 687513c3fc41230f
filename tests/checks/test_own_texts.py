"""Texts that are joined: what is told of each turn or sentence is what is told of it as a document of its own."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.certificate import certificate_of, texts_of
from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.checks.verifier.verify import verify
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from spanproof.testing.open_world.cases import KINDS, SCHEMA, case

INT, STRING = {"type": "integer"}, {"type": "string"}
Text = Mapping[str, Any]
"""A document of the open world."""


def names(binding: Any, **members: Any) -> dict[str, Any]:
    """The schema of a list of spans, whose identifiers aren't asked to be."""
    item = SCHEMA.written["properties"]["names"]["items"]
    properties = {**item["properties"], **members}
    return {"type": "array", "key": "id", "items": {**item, "spanOf": binding, "properties": properties}}


def schema(**properties: Any) -> Schema:
    return Schema.of({"type": "object", "key": "id", "documents": "", "properties": {"id": STRING, **properties}})


def turns(texts: Sequence[Text]) -> tuple[Schema, Any]:
    turn = {"type": "object", "properties": {"id": STRING, "said": STRING, "names": names({"text": "2/said"})}}
    said = [{"id": text["id"], "said": text["text"], "names": text["names"]} for text in texts]
    return schema(turns={"type": "array", "items": turn}), {"id": "a", "turns": said}


def sentences(texts: Sequence[Text]) -> tuple[Schema, Any]:
    binding = {"text": "/sentences", "joinedBy": "\n", "item": "sentence"}
    items = [{**item, "sentence": k} for k, text in enumerate(texts) for item in text["names"]]
    listed = {"type": "array", "items": STRING}
    return schema(sentences=listed, names=names(binding, sentence=INT)), {
        "id": "a",
        "sentences": [text["text"] for text in texts],
        "names": items,
    }


def spans_of(record: Any) -> dict[str, Any]:
    """The spans of a document, of turns or of sentences, by their identifiers."""
    listed = [record.get("names", ()), *(turn["names"] for turn in record.get("turns", ()))]
    return {item["id"]: (item["start"], item["end"], item["text"]) for some in listed for item in some}


def texts_of_kind(kind: str, numbers: Sequence[int]) -> list[Text]:
    """Documents of some cases, each with the spans whose offsets lie in its text: others have none in a joined text."""
    texts = []
    for number in numbers:
        for document in case(kind, number).documents:
            size, name = len(document["text"]), f"{number}-{document['id']}"
            inside = [item for item in document["names"] if 0 <= item["start"] <= size and 0 <= item["end"] <= size]
            items = [{**item, "id": f"{name}-{k}"} for k, item in enumerate(inside)]
            texts.append({**document, "id": name, "names": items})
    return texts


JOINED = (turns, sentences)
SOME = (
    ("sum of widths", 3, 20),
    ("bytes", 3, 80),
    ("edits", 2, 40),
    ("one span a document", 1, 35),
    ("no surfaces", 3, 0),
)
"""A kind, how many cases are joined, and how many spans are moved at least."""


def told(corpus: Corpus) -> dict[str | None, Any]:
    """What the check says of each span: the rule, the cause, how sure it is.

    One cause of a document is told in the same words everywhere, so that these aren't compared. Nor is how sure the
    correction of a double or of a blank at an edge is: it depends on whether any span of its document is misplaced, in
    whichever text.
    """
    findings = [finding for finding in check(corpus).findings if finding.severity == "error" and finding.id]
    return {
        one.id: (
            one.code,
            one.cause and (one.cause.name, one.cause.models),
            one.code not in ("SP203", "SP107") and one.level,
        )
        for one in findings
    }


def same_as_alone(kind: str, numbers: Sequence[int], joined: Callable[[Sequence[Text]], tuple[Schema, Any]]) -> int:
    """Asserts that joined texts are told and corrected as each would be alone; returns how many spans were moved."""
    texts = texts_of_kind(kind, numbers)
    alone, (one_schema, record) = Corpus.of(texts, SCHEMA), joined(texts)
    together = Corpus.of([record], one_schema)
    assert told(together) == told(alone)
    wanted = {id_: span for text in fix(alone).corpus.documents() for id_, span in spans_of(text).items()}
    (batch,) = fix(together).corpus.batches
    (written,) = batch.records
    assert spans_of(written.written) == wanted
    stored = {id_: span for text in texts for id_, span in spans_of(text).items()}
    proofs = certificate_of(together)
    assert proofs.stated == certificate_of(alone).stated
    if proofs.stated:
        assert verify(json.loads(json.dumps(proofs.value)), texts_of(together)) == []
    return sum(stored[id_] != span for id_, span in wanted.items())


@pytest.mark.parametrize("joined", JOINED)
@pytest.mark.parametrize(("kind", "cases", "least"), SOME)
def test_what_is_told_of_joined_texts_is_told_of_each_alone(
    joined: Callable[[Sequence[Text]], tuple[Schema, Any]], kind: str, cases: int, least: int
) -> None:
    assert same_as_alone(kind, range(cases), joined) >= least


def test_what_is_left_of_many_texts_is_not_proved_since_the_others_are_put_right() -> None:
    assert same_as_alone("length", range(3, 6), turns) >= 30


@pytest.mark.full
@pytest.mark.parametrize("joined", JOINED)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_of_many_joined_texts_is_told_of_each_alone(
    kind: str, joined: Callable[[Sequence[Text]], tuple[Schema, Any]]
) -> None:
    for number in range(4):
        same_as_alone(kind, range(3 * number, 3 * number + 3), joined)


def dialogue(number: int) -> Any:
    """A regular dialogue whose offsets are UTF-16 code units of each turn."""
    names = ("Ana Silva", "Bo Lund", "Rio", "Acme", "Rui Costa")
    said = []
    for k in range(4):
        first, second = names[(number + k) % 5], names[(number + 2 * k + 2 + (k > 2)) % 5]
        text = f"{'😀 ' * (k % 3)}I saw {first} today 🎉 near {second} number {number}{k}."
        items = []
        for name in dict.fromkeys((first, second)):
            low = len(text[: text.index(name)].encode("utf-16-le")) // 2
            items.append({"id": name, "start": low, "end": low + len(name), "text": name, "label": "NAME"})
        said.append({"id": f"{number}-{k}", "said": text, "names": items})
    return {"id": f"d{number}", "turns": said}


def test_units_that_are_counted_within_turns_are_named_corrected_and_certified(tmp_path: Path) -> None:
    corpus, proof, schema_file = (str(tmp_path / name) for name in ("talks.jsonl", "proof.json", "a.schema.json"))
    before = "".join(json.dumps(dialogue(number), ensure_ascii=False) + "\n" for number in range(6))
    Path(corpus).write_text(before, "utf-8")
    Path(schema_file).write_text(json.dumps(turns([])[0].written), "utf-8")

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, [*arguments, "--schema", schema_file])

    checked = run("check", corpus, "--show", "all", "--certificate", proof)
    assert (
        checked.output.count(
            "cause (proved): offsets are UTF-16 code units (24 of 24 texts agree; it fits all 6 wrong spans)"
        )
        == 6
    )
    assert checked.output.count("cause (") == 6
    diff = run("check", corpus, "--diff")
    assert diff.exit_code == 1
    assert diff.output.count("\n+{") == 6
    for _ in ("before", "after"):
        assert run("verify", proof, corpus).output.endswith("are proved by 1 model\n")
        assert "error" not in run("check", corpus, "--fix", "--ignore", "SP603").output
    after = [json.loads(line) for line in Path(corpus).read_text("utf-8").splitlines()]
    for turn in (turn for talk in after for turn in talk["turns"]):
        assert all(turn["said"][one["start"] : one["end"]] == one["text"] for one in turn["names"])


def test_a_correction_changes_one_text_so_that_what_is_refused_in_one_is_made_in_the_others() -> None:
    talk = {"id": "a", "turns": [turn for number in range(6) for turn in dialogue(number)["turns"]]}
    findings = [finding for finding in check(Corpus.of([talk], turns([])[0])).findings if finding.fix]
    assert len({id(finding.fix) for finding in findings}) == len({finding.path[1] for finding in findings}) > 20
    assert all(edit.path[:2] == finding.path[:2] for finding in findings for edit in finding.fix)


def test_a_span_is_not_put_where_another_one_stands_that_nothing_moves() -> None:
    for joined in JOINED:
        assert same_as_alone("paragraph", range(3, 4), joined) > 60
