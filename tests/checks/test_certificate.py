import html
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.certificate import certificate_of, texts_of
from spanproof.checks.fix import fix
from spanproof.checks.verifier.verify import UnusableError, verify
from spanproof.checks.verifier.writing import SURFACES
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import KINDS, SCHEMA, case
from spanproof.text.drift.units import UNITS, Unit
from spanproof.text.letters import Letters

UNPROVED = ("another text", "slips")


def names_of(corpus: Corpus) -> dict[tuple[str, str], Any]:
    """The spans of a corpus in the schema of the open world, by document and identifier."""
    return {(document["id"], item["id"]): item for document in corpus.documents() for item in document["names"]}


def all_that_is_mended_is_certified(kind: str, numbers: range) -> None:
    """Asserts that what a fix changes in cases is all in their certificate, which is verified."""
    for number in numbers:
        corpus = Corpus.of(case(kind, number).documents, SCHEMA)
        proofs, after = certificate_of(corpus), names_of(fix(corpus).corpus)
        assert proofs.stated == proofs.proved == sum(item != after[name] for name, item in names_of(corpus).items())
        assert bool(proofs.value["proofs"]) == bool(proofs.stated)
        if proofs.stated:
            assert verify(json.loads(json.dumps(proofs.value)), texts_of(corpus)) == []


PROVED = [kind for kind in KINDS if kind not in UNPROVED]


@pytest.mark.parametrize("kind", PROVED)
def test_all_that_a_fix_mends_is_certified_and_verified(kind: str) -> None:
    all_that_is_mended_is_certified(kind, range(1))


@pytest.mark.full
@pytest.mark.parametrize("kind", PROVED)
def test_all_that_a_fix_mends_in_many_cases_is_certified_and_verified(kind: str) -> None:
    all_that_is_mended_is_certified(kind, range(1, 12))


COUNTED = {
    "crlf-as-one": "\r\n",
    "nfc": "e\u0301",
    "nfkc": "\ufb01",
    "graphemes": "e\u0301 👍🏽 ",
    "graphemes-old": "क्षि ",
    "html-decoded": "&amp; &lt;",
    "json-decoded": '\\" \\n ',
    "csv-decoded": '""',
    "percent-decoded": "%20 ",
    "csv": '"',
    "sql": "'",
    "lower-case": "İ",
    "upper-case": "ß",
    "ascii-typography": "… ",
    "ascii": "ß€",
    "marks-dropped": "e\u0301 ",
    "format-dropped": "\u200b",
    "white-space": "   ",
    "empty-lines": "\n\n\n",
    "trailing-space": "  \n",
    "indents": "\n    ",
    "tabs": "\t",
    "html-apostrophes": "&'",
    "tags": "<b>so</b> ",
    "markdown": "**so** ",
    "notes": "[12] ",
    "misread": "Ã¼ ",
    "composed": "ड\u093c ",
    "quote-marks": "\n> > ",
    "readings": "《とう》",
    "columns": "北é",
    "urls": "https://example.org/ so ",
    "treebank": '("so") ',
    "double-byte": "北é",
    "umlauts": "ä",
    "tabs-four": "\t",
    "html-apostrophes-hex": "&'",
    "html-quotes": '&"',
}
"""What a text holds that a unit counts in its own way; another one holds some of all."""
BEFORE = {"bom-added": "\ufeff", "leading-space": "    ", "white-space-stripped": " "}


@pytest.mark.parametrize(
    "unit", [unit for unit in UNITS if not unit.name.endswith("-has-blank")], ids=lambda unit: unit.name
)
def test_proofs_of_every_unit_are_verified(unit: Unit) -> None:
    piece, text, places = COUNTED.get(unit.name, "é\n<&>😀 ½ "), BEFORE.get(unit.name, ""), []
    for k in range(24):
        name = f"{('Kemal', 'Vala', 'Izmir', 'Oslo', 'Porto')[k % 5]}{k * k}"
        text += f"he{'l' * (k % 3)} met {piece * (k % 4)} "
        places.append((len(text), len(text) + len(name)))
        text += name + " so "
    counted = unit.count(Letters(text))
    assert counted
    items = [
        {"id": f"{low}", "start": int(counted.start[low]), "end": int(counted.end[high]), "text": text[low:high]}
        for low, high in places
    ]
    corpus = Corpus.of([{"id": "a", "text": text, "names": [{**item, "label": "NAME"} for item in items]}], SCHEMA)
    proofs = certificate_of(corpus)
    assert proofs.stated == proofs.proved > 12
    assert verify(json.loads(json.dumps(proofs.value)), texts_of(corpus)) == []
    assert verify(json.loads(json.dumps(proofs.value)), texts_of(fix(corpus).corpus)) == []


@pytest.mark.parametrize("kind", UNPROVED)
def test_what_has_no_cause_has_no_certificate(kind: str) -> None:
    proofs = certificate_of(Corpus.of(case(kind, 0).documents, SCHEMA))
    assert (proofs.proved, proofs.value["proofs"]) == (0, [])


def test_a_sound_corpus_has_nothing_to_prove() -> None:
    proofs = certificate_of(Corpus.of(case("no drift", 1).documents, SCHEMA))
    assert (proofs.proved, proofs.stated, proofs.value["proofs"]) == (0, 0, [])
    assert certificate_of(Corpus.of([])).value["proofs"] == []
    for nothing in ([], [{"texts": []}], [{"texts": [{"placed": []}]}]):
        with pytest.raises(UnusableError, match="the certificate holds no proofs"):
            verify({**proofs.value, "proofs": nothing}, {})


NAMED = ("O'Neil & Co", 'the "Bar"', "Zoë Lindß", "Ana  Silva", "Müller's “Ñ”", "İzmir", 'Łódź < "Oslo"', "fin 'Ö'\tBo")


ENCODE: dict[str, Callable[[str], str]] = {
    "html-decoded-surfaces": html.escape,
    "json-decoded-surfaces": lambda words: json.dumps(words)[1:-1],
    "csv-decoded-surfaces": lambda words: words.replace('"', '""'),
}


PUT = {"misread-surfaces": "Ã¼", "composed-surfaces": "ड\u093c"}
LOST = PUT | {"format-dropped-surfaces": "\xad", "tatweel-dropped-surfaces": "\u0640", "lines-joined-surfaces": "\n"}


@pytest.mark.parametrize("writing", [*SURFACES])
def test_proofs_of_how_surfaces_are_written_are_verified(writing: str) -> None:
    special = {"nfc-surfaces": "NFD", "marks-dropped-surfaces": "NFD", "nfkc-surfaces": "NFKD"}.get(writing)
    names = [name.replace("fin", "\ufb01n") for name in NAMED]
    if special:
        names = [unicodedata.normalize(special, name) for name in names]
    names = [name[:2] + LOST.get(writing, "") + name[2:] for name in names]
    if encode := ENCODE.get(writing):
        names = [encode(name) for name in names]
    text, items = "", []
    for k, name in enumerate([*names, *names[::-1]]):
        text += f"word{k} " * (1 + k % 3)
        items.append({"id": f"{k}", "start": len(text), "end": len(text) + len(name), "label": "NAME"})
        items[-1]["text"] = SURFACES[writing](name)
        text += name + " , "
    corpus = Corpus.of([{"id": "a", "text": text, "names": items}], SCHEMA)
    proofs = certificate_of(corpus)
    assert proofs.stated == proofs.proved >= 2
    assert verify(json.loads(json.dumps(proofs.value)), texts_of(corpus)) == []


@pytest.mark.parametrize(
    "altered",
    [
        lambda words: words[:6],
        lambda words: words if len(words) <= 5 else words[:5] + "…",
        lambda words: f'"{words}"',
        lambda words: f"«{words}»",
        lambda words: f"\t{words}\n",
    ],
)
def test_proofs_of_surfaces_that_were_altered_are_verified(altered: Callable[[str], str]) -> None:
    text, items = "", []
    for k, name in enumerate(NAMED):
        text += f"word{k} "
        items.append({"id": f"{k}", "start": len(text), "end": len(text) + len(name), "text": altered(name)})
        text += name + ", "
    corpus = Corpus.of([{"id": "a", "text": text, "names": [{**item, "label": "NAME"} for item in items]}], SCHEMA)
    proofs = certificate_of(corpus)
    assert proofs.stated == proofs.proved >= 5
    value = json.loads(json.dumps(proofs.value))
    assert verify(value, texts_of(corpus)) == []
    assert verify(value, texts_of(fix(corpus).corpus)) == []
    value["proofs"][0]["model"]["surface"] = {"before": "(", "behind": ")"}
    assert verify(value, texts_of(corpus)) != []
    value["proofs"][0]["model"]["surface"] = {"cut": "(", "mark": ")"}
    with pytest.raises(UnusableError, match="expected units, frame, end and surface of known names"):
        verify(value, texts_of(corpus))


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
        assert verified.output.endswith("are proved by 1 model\n")
        run("check", corpus, "--schema", schema, "--fix")
    moved = re.search(r"proofs of (\d+) of \1 spans whose correction is proved", checked.output)
    assert moved
    assert spans - 5 < int(moved[1]) <= spans  # the offsets of the first may be the same in bytes


def test_a_forged_certificate_is_refuted_and_another_file_unusable(drifted: tuple[str, ...]) -> None:
    corpus, schema, proof = drifted
    run("check", corpus, "--schema", schema, "--certificate", proof)
    stated = json.loads(Path(proof).read_text())
    stated["proofs"][0]["witnesses"] += 1
    Path(proof).write_text(json.dumps(stated))
    refuted = run("verify", proof, corpus, "--schema", schema)
    assert refuted.exit_code == 1
    assert "witnesses: expected " in refuted.output
    for content in ("{", "[]", '{"certificate": "spanproof", "version": 2}', "[" * 100_000):
        Path(proof).write_text(content)
        unusable = run("verify", proof, corpus, "--schema", schema)
        assert (unusable.exit_code, "Traceback" in unusable.output) == (2, False)
    for paths in ((proof + ".none", corpus), (proof, corpus + ".none")):
        missing = run("verify", *paths, "--schema", schema)
        assert missing.exit_code == 2
        assert "Errno" not in missing.output
        assert missing.output.count(".none: ") == 1
    undone = run("check", "--undo", proof + ".none")
    assert (undone.exit_code, undone.output) == (2, f"spanproof: {proof}.none: No such file or directory\n")


def test_two_proofs_of_one_text_are_verified_before_and_after_the_correction() -> None:
    text, items = "", []
    for k in range(60):
        text += "é😀 " if k % 2 else f"word{k} "
        name, before = f"Name{k}", text
        counted = len(before.encode("utf-8")) if k % 2 else len(before.encode("utf-16-le")) // 2
        items.append({"id": f"{k}", "start": counted, "end": counted + len(name), "text": name, "label": "NAME"})
        text += name + " , "
    corpus = Corpus.of([{"id": "a", "text": text, "names": items}], SCHEMA)
    proofs = certificate_of(corpus)
    value = json.loads(json.dumps(proofs.value))
    assert len(value["proofs"]) == 2
    for one in (corpus, fix(corpus).corpus):
        assert verify(value, texts_of(one)) == []
    value["proofs"][1]["texts"][0]["placed"].pop()
    assert verify(value, texts_of(fix(corpus).corpus)) != []
