import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.certificate import certificate_of, texts_of
from spanproof.checks.verifier.verify import verify
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA, case

KINDS = ("shift", "bytes", "white space collapsed", "edits", "paragraph", "tokens", "surfaces", "another text", "slips")


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_check_proves_is_verified(kind: str) -> None:
    for number in range(3):
        corpus = Corpus.of(case(kind, number).documents, SCHEMA)
        proofs = certificate_of(corpus)
        written = json.loads(json.dumps(proofs.value))
        assert verify(written, texts_of(corpus)) == []
        assert proofs.stated <= proofs.proved
        assert bool(written["proofs"]) == bool(proofs.stated)


def test_a_sound_corpus_has_nothing_to_prove() -> None:
    proofs = certificate_of(Corpus.of(case("no drift", 1).documents, SCHEMA))
    assert (proofs.proved, proofs.stated, proofs.value["proofs"]) == (0, 0, [])
    assert certificate_of(Corpus.of([])).value["proofs"] == []


@pytest.fixture
def drifted(tmp_path: Path) -> tuple[str, ...]:
    """The paths of a schema and of a corpus whose offsets count bytes, and where its certificate is to be."""
    schema, corpus = tmp_path / "names.schema.json", tmp_path / "names.jsonl"
    schema.write_text(json.dumps(SCHEMA.json))
    corpus.write_text("".join(json.dumps(document) + "\n" for document in case("bytes", 1).documents))
    return str(corpus), str(schema), str(tmp_path / "proof.json")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments])


def test_a_certificate_is_written_and_recounted_before_and_after_the_correction(drifted: tuple[str, ...]) -> None:
    corpus, schema, proof = drifted
    checked = run("check", corpus, "--schema", schema, "--certificate", proof)
    assert checked.exit_code == 1
    spans = len(case("bytes", 1).documents[0]["names"])
    for _ in ("before", "after"):
        verified = run("verify", proof, corpus, "--schema", schema)
        assert verified.exit_code == 0
        assert verified.output.startswith("verified: 1 model, which place")
        run("check", corpus, "--schema", schema, "--fix")
    assert f"of {spans} spans" in checked.output or "spans whose correction is proved" in checked.output


def test_a_forged_certificate_is_refuted_and_another_file_unusable(drifted: tuple[str, ...]) -> None:
    corpus, schema, proof = drifted
    run("check", corpus, "--schema", schema, "--certificate", proof)
    stated = json.loads(Path(proof).read_text())
    stated["proofs"][0]["witnesses"] += 1
    Path(proof).write_text(json.dumps(stated))
    refuted = run("verify", proof, corpus, "--schema", schema)
    assert refuted.exit_code == 1
    assert "refuted: expected 0 parameters and" in refuted.output
    for content in ("{", "[]", '{"certificate": "spanproof", "version": 2}', "[" * 100_000):
        Path(proof).write_text(content)
        unusable = run("verify", proof, corpus, "--schema", schema)
        assert (unusable.exit_code, "Traceback" in unusable.output) == (2, False)
    assert run("verify", proof + ".none", corpus, "--schema", schema).exit_code == 2
    assert run("verify", proof, corpus + ".none", "--schema", schema).exit_code == 2
