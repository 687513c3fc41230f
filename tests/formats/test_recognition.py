"""What a corpus without a schema is taken for, and that a check with that finds what one with a written schema does."""

import copy
import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.corpus.documents import Batch, Corpus, batch_of
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.discovery import read
from spanproof.formats.recognition import UnrecognisedError, recognised, recognised_in
from spanproof.formats.schemas import chosen_schema
from spanproof.schema.guess import Guess
from spanproof.schema.schema import Schema
from spanproof.testing.mutations import MUTATIONS
from support.documents import ROOT

EXAMPLES = ROOT / "schema" / "examples"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in EXAMPLES.glob("*.schema.json"))
POLICIES = {
    "SP201": "the set of labels",
    **dict.fromkeys(("SP205", "SP206", "SP208"), "overlap and order of spans"),
    **dict.fromkeys(("SP501", "SP504", "SP505"), "references and relations"),
}
"""Codes of what a corpus decides, each with how a check says that it didn't ask for it. All others are held to."""


def file_of(name: str) -> Path:
    (file,) = (path for path in EXAMPLES.iterdir() if path.stem == name and path.suffix != ".txt")
    return file


def written(name: str) -> tuple[Schema, list[Any]]:
    """The written schema of an example and its records; class numbers as the names that the schema gives them."""
    schema = Schema.read(EXAMPLES / f"{name}.schema.json")
    if name != "tokens-and-tags":
        batches = list(read(file_of(name), schema).batches)
        return schema, [one for batch in batches for one in as_written(batch)]
    changed = copy.deepcopy(dict(schema.written))
    tags = changed["properties"]["ner_tags"]
    names, tags["spanOf"]["tags"], tags["items"] = tags["spanOf"]["tags"], "BIO", {"type": "string"}
    records = [json.loads(line) for line in file_of(name).read_text("utf-8").splitlines()]
    return Schema.of(changed), [{**one, "ner_tags": [names[k] for k in one["ner_tags"]]} for one in records]


def as_written(batch: Batch) -> list[Any]:
    return [record.written for record in batch.records] or list(batch.documents())


def taken(records: list[Any], folder: Path) -> Schema:
    file = folder / "some.json"
    file.write_text(json.dumps(records), "utf-8")
    result = recognised([file])
    assert result is not None
    return result


def guess_of(records: list[Any], folder: Path) -> Guess:
    guess = taken(records, folder).guess
    assert guess is not None
    return guess


def broken(schema: Schema, records: list[Any]) -> Iterator[Any]:
    batch = batch_of(records, schema)
    if schema.lens and schema.lens.tagged:  # tags can say few faults of spans
        for tags in (["B-PER"], ["X"], [], None, "O", ["I-PER", "I-LOC", *["O"] * 8]):
            yield [{**records[0], "ner_tags": tags}, *records[1:]]
    for mutation in MUTATIONS:
        for row, document in enumerate(batch.documents()):
            after = mutation.breaks(document, schema.canonical, Random(f"{mutation.number}/{row}"))
            try:
                changed = batch.with_changes({row: after}, schema) if after is not None else None
            except ShapeError:
                continue
            if changed is not None:
                yield as_written(changed)


def places(records: list[Any], schema: Schema, guess: Guess) -> list[Any]:
    """Where a check finds what, but for policies, of each of which the guess has to say that it isn't asked for."""
    findings = check(Corpus(schema, (batch_of(records, schema),))).findings
    left_out = {POLICIES[finding.code] for finding in findings if finding.code in POLICIES}
    assert all(any(one.startswith(words) for one in guess.unchecked) for words in left_out)
    kept = [finding for finding in findings if finding.code not in POLICIES]
    return sorted((one.code, str(one.path if one.written is None else one.written)) for one in kept)


@pytest.mark.parametrize("name", NAMES)
def test_samples_have_the_findings_of_the_written_schema(name: str, tmp_path: Path) -> None:
    schema, records = written(name)
    inferred = taken(records, tmp_path)
    guess = guess_of(records, tmp_path)
    assert guess.by == f"the form of {len(records)} of {len(records)} record{'' if len(records) == 1 else 's'}"
    report = check(Corpus(inferred, (batch_of(records, inferred),)))
    assert (report.findings, report.spans > 0) == ((), True)
    tried = 0
    for changed in broken(schema, records):
        # A few broken documents among sound ones don't change what a corpus is taken for.
        assert guess_of([*records * 4, *changed], tmp_path).title == guess.title
        assert places(changed, inferred, guess) == places(changed, schema, guess)
        tried += 1
    assert tried > 3


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_what_it_took_the_file_for_and_what_it_did_not_check(name: str, tmp_path: Path) -> None:
    file = tmp_path / file_of(name).name
    if name == "tokens-and-tags":
        file.write_bytes(lines_of(name))
    else:
        for beside in (one for one in EXAMPLES.iterdir() if one.stem == name):
            (tmp_path / beside.name).write_bytes(beside.read_bytes())
    result = run("check", file)
    assert result.exit_code == 0
    assert f"{file}: no schema; read as " in result.stderr
    for policy in ("overlap", "the set of labels", "references", "must have"):
        assert policy in result.stderr
    before = result.stdout
    assert run("init", file).exit_code == 0
    place = file.with_name(f"{name}.schema.json")
    assert len(place.read_text("utf-8").splitlines()) <= 25
    again = run("check", file)
    assert (again.exit_code, again.stdout) == (0, before)
    assert "read as" not in again.stderr
    kept = place.read_bytes()
    assert run("init", file).exit_code == 2
    assert place.read_bytes() == kept
    assert run("init", file, "--replace").exit_code == 0


def test_a_schema_that_was_written_requires_what_all_records_have_and_not_as_null(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 3, "label": "PER", "note": "x"}, {"start": 8, "end": 10, "label": "PER"}]
    records = [
        {"id": "a", "text": "Ana met Bo.", "spans": spans, "source": "x", "by": "y"},
        {"id": "b", "text": "Ana met Bo.", "spans": spans, "source": None},
    ]
    file = tmp_path / "some.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    before = run("check", file)
    assert run("init", file).exit_code == 0
    schema = json.loads((tmp_path / "some.schema.json").read_text())
    assert {*schema["required"]} == {"id", "text", "spans"}
    assert {*schema["properties"]["spans"]["items"]["required"]} == {"start", "end", "label"}
    assert run("check", file).stdout == before.stdout
    file.write_text(file.read_text().replace('"id": "b", ', "", 1))
    assert "the document has no id; expected a unique string" in run("check", file).stdout


NOTHING = [
    ([{"a": 1}], "a list of objects with integers as start and end"),
    ([{"text": "Ana", "label": []}], "a list of objects with integers as start and end"),
    ([{"text": "Ana", "id": "d1"}], "a list of objects with integers as start and end"),
    ([{"tokenized_text": ["Ana"], "ner": []}], "no span"),
    ([{"tokens": ["Ana"], "ner_tags": [1]}], "the names of the class numbers in 'ner_tags'"),
    ([{"tokens": ["Ana"], "ner_tags": ["S-PER"]}], "another scheme"),
    ([17, "Ana", None, []], "which are nearest"),
    ([*[{"a": {"b": k}} for k in range(5)], {"text": "Ana", "spans": [{"start": 0, "end": 3}]}], "of them have it"),
    ([{"text": None, "label": [[0, 3, "PER"]]}], "a member with the text"),
]


@pytest.mark.parametrize("name", ["msg", "utterance", "line", "text", "was"])
def test_the_text_of_inner_objects_may_have_any_name(name: str, tmp_path: Path) -> None:
    turns = [
        {"role": "an agent of the house", name: text, "ents": [{"from": at, "to": at + 3, "value": words}]}
        for text, at, words in (("Hi, Ana.", 4, "Ana"), ("Is Bob in?", 3, "Bob"), ("Eve!", 0, "Eve"))
    ]
    guess = guess_of([{"conv_id": f"c{k}", "channel": "telephone", "turns": turns} for k in range(3)], tmp_path)
    assert f"of 'turns/*/{name}'" in guess.title
    assert not any("identifier" in unchecked for unchecked in guess.unchecked)


def test_a_string_beside_spans_that_lacks_their_words_is_no_text(tmp_path: Path) -> None:
    groups = [{"kind": "a long description of names", "ents": [{"start": 4, "end": 7, "words": "Ana"}]}]
    with pytest.raises(UnrecognisedError, match="a member with the text of 'groups/\\*/ents'"):
        taken([{"id": f"d{k}", "groups": groups} for k in range(3)], tmp_path)


@pytest.mark.parametrize(("records", "lack"), NOTHING, ids=str)
def test_what_it_cannot_tell_is_one_message(records: list[Any], lack: str, tmp_path: Path) -> None:
    with pytest.raises(UnrecognisedError, match="schema FILE") as refused:
        taken(records, tmp_path)
    assert lack in str(refused.value)
    result = run("check", tmp_path / "some.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) <= 7


def test_articles_are_articles_though_some_are_broken(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    lines = [sound(), {**sound(), "quotes": "none"}, {k: v for k, v in sound().items() if k not in ("dct", "sha256")}]
    file.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"a": 1}]), "utf-8")
    assert recognised([file]) is None
    assert run("check", file).exit_code == 1


NUMBERED = [
    {"tokens": ["Ana", "Lima", "met", "Rui"], "pos": [1, 1, 2, 1], "tags": [1, 2, 0, 1]},
    {"tokens": ["In", "Lisbon"], "pos": [4, 1], "tags": [0, 5]},
] * 3


def test_class_numbers_in_the_usual_order_are_tags_and_their_names_are_told_not_to_be_known(tmp_path: Path) -> None:
    guess = guess_of(NUMBERED, tmp_path)
    assert guess.title == "tokens with tags: BIO tags in 'tags' by number"
    (numbers,) = (one for one in guess.unchecked if "'tags'" in one)
    assert numbers.startswith(
        "what the numbers in 'tags' stand for (read as O, B-1, I-1, B-2, I-2 and so on, as 3 of 3"
    )
    report = check(NUMBERED)
    assert (report.spans, report.in_bounds, report.findings) == (9, 9, ())
    broken = check([*NUMBERED, {**NUMBERED[0], "tags": [1, 2, 0]}])
    assert [one.message for one in broken.findings] == ["has 3 tags for 4 tokens; expected one for each"]
    (tmp_path / "a.json").write_text(json.dumps(NUMBERED))
    assert run("init", tmp_path / "a.json").exit_code == 0
    assert run("check", tmp_path / "a.json").stdout == "6 documents, 9 spans: 9 in bounds only; no findings\n"


@pytest.mark.parametrize("tags", [[1, 0, 1], [1, 2, 0], [2, 0, 2], [1, 4, 0], [0, 0, 0], [1, 2, 2000], [3, 4, 5]])
def test_class_numbers_that_do_not_show_their_order_are_refused(tags: list[int], tmp_path: Path) -> None:
    with pytest.raises(UnrecognisedError, match="the names of the class numbers in 'tags'"):
        taken([{"tokens": ["Ana", "met", "Rui"], "tags": tags}, {"tokens": ["Rui"], "tags": [0]}], tmp_path)


def test_words_that_do_not_stand_in_the_text_are_told_not_to_be_checked(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 3, "word": "##na", "entity_group": "PER"}]
    guess = guess_of([{"text": "Ana met Bob.", "ner": spans}], tmp_path)
    assert any("whether 'word' of 'ner' are the words" in one for one in guess.unchecked)


def test_of_two_pairs_of_offsets_those_are_taken_at_which_the_words_stand(tmp_path: Path) -> None:
    tokens = [{"text": "Ana", "begin": 0, "end": 1, "charBegin": 0, "charEnd": 3}]
    other = [{"text": "met", "start": 4, "end": 7, "start_char": 1, "end_char": 2}]
    guess = guess_of([{"id": "d1", "text": "Ana met Bob.", "x": tokens, "y": other}], tmp_path)
    assert "'x' with charBegin, charEnd, text, of 'text'; 'y' with start, end, text, of 'text'" in guess.title
    assert "what begin, end of 'x' count" in guess.unchecked


def test_records_without_the_list_of_spans_are_counted(tmp_path: Path) -> None:
    records = [{"text": "Ana met Bob.", "spans": [[0, 3, "PER"]]}, {"text": "Nobody."}]
    assert "the spans of 1 of 2 records, which have no list 'spans'" in guess_of(records, tmp_path).unchecked


def test_members_that_no_schema_speaks_of_are_named(tmp_path: Path) -> None:
    record = {"text": "Ana met Bob.", "spans": [[0, 3, "PER"]], "links": [{"from": 1, "with": 2}], "n": 3}
    assert guess_of([record], tmp_path).unchecked[-1] == "the member 'links'"


PAIRS = [
    ("begin", "end"),
    ("BeginOffset", "EndOffset"),
    ("spanFrom", "spanTo"),
    ("x_start_pos", "x_stop_pos"),
    ("start_offset", "end_offset"),
    ("charBegin", "charEnd"),
    ("offset", "length"),
]


WHAT = ("start", "end", "words")
NAMES_OF_MEMBERS = st.sampled_from(["spans", "x", "näme", "Turns", "a/b"])


@st.composite
def nested(draw: st.DrawFn) -> tuple[Any, int, Any]:
    """A record with spans somewhere in it, how many there are, and the paths to start, end and words of the first."""
    pair, surface = draw(st.sampled_from(PAIRS)), draw(st.sampled_from(["text", "Text", "words_of_it", "cluster"]))
    spans = [
        {pair[0]: start, pair[1]: len(word) if "length" in pair else start + len(word), surface: word, "label": "V"}
        for start, word in ((4, "met"), (0, "Ana"), (8, "Bob"))
    ]
    layer, text = draw(NAMES_OF_MEMBERS), draw(st.sampled_from(["text", "Content", "sentence", "originalText"]))
    number = draw(st.integers(1, 3))
    holder = draw(st.sampled_from(["member", "list", "columns"]))
    inner: Any = {layer: spans[:number] if holder == "list" else {"target": spans[0]}}
    if holder == "columns":
        inner = {layer: {name: [one[name] for one in spans[:number]] for name in spans[0]}}
    path: tuple[Any, ...] = {"list": (layer, 0), "member": (layer, "target"), "columns": (layer,)}[holder]
    number = number if holder != "member" else 1
    ends = {what: (name, 0) if holder == "columns" else (name,) for what, name in zip(WHAT, spans[0], strict=False)}
    wraps = draw(st.lists(st.sampled_from(["member", "list"]), max_size=3))
    level = draw(st.integers(0, len(wraps)))  # the text is as deep as this
    for depth, wrap in enumerate([*wraps, "end"]):
        if depth == level:
            inner = {text: "Ana met Bob.", **inner}
        if wrap == "member":
            inner, path = {f"m{depth}": inner, "n": 1}, (f"m{depth}", *path)
        elif wrap == "list":
            inner, path, number = {f"l{depth}": [inner, inner]}, (f"l{depth}", 0, *path), 2 * number
    return inner, number, {what: (*path, *end) for what, end in ends.items()}


def changed(record: Any, path: tuple[Any, ...], value: Any) -> Any:
    holder = record = json.loads(json.dumps(record))
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return record


@given(nested())
def test_spans_are_found_whatever_they_are_called_and_wherever_they_are(sample: tuple[Any, int, Any]) -> None:
    record, number, paths = sample
    report = check([record, copy.deepcopy(record)])
    assert (report.proved, report.findings) == (2 * number, ())
    broken = check([record, changed(record, paths["start"], 5)])
    # Where one of two spans is wrong, the words may no longer be told to be that.
    assert broken.findings or broken.guess != report.guess


@settings(max_examples=15)
@given(nested(), st.integers(-9, 9), st.sampled_from(WHAT))
def test_a_schema_that_was_written_has_the_verdict_of_the_guess(
    sample: tuple[Any, int, Any], by: int, what: str
) -> None:
    """Of sound spans and of one that is wrong; it is read by a person."""
    record, _, paths = sample
    records = [record, changed(record, paths[what], "Zoë" if what == "words" else 4 + by), record]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "some.json")
        file.write_text(json.dumps(records), "utf-8")
        before = run("check", file)
        assert run("init", file).exit_code == 0
        written_schema = (Path(folder) / "some.schema.json").read_text("utf-8")
        after = run("check", file)
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout)
    assert len(written_schema.splitlines()) <= 25
    assert max(map(len, written_schema.splitlines())) <= 220


def shape(**members: Any) -> list[Any]:
    return [{"id": "a", **members}, {"id": "b", **members}]


SHAPES: dict[str, tuple[list[Any], str, int]] = {
    "tasks": (
        shape(data={"review": "Ana."}, predictions=[{"result": [{"value": {"start": 0, "end": 3, "labels": ["P"]}}]}]),
        "Label Studio tasks: 'predictions/*/result/*/value' with start, end, of 'data/review'", 0,
    ),
    "tasks among choices": (
        shape(data={"text": "Ana met."}, annotations=[{"result": [
            {"value": {"start": 0, "end": 3, "text": "Ana", "labels": ["P"]}},
            *[{"value": value} for value in ({"choices": ["good"]}, {"text": ["a note"]}, {"rating": 4})],
        ]}]),
        "Label Studio tasks: 'annotations/*/result/*/value' with start, end, text, of 'data/text'", 2,
    ),
    "tokens, ends after": (
        shape(tokens=["Ana", "met"], ents=[{"start": 1, "end": 2, "type": "V"}]),
        "'ents' with start, end, type, of 'tokens'", 0,
    ),
    "tokens, ends at": (
        shape(tokens=["Ana", "met"], ents=[{"start": 1, "end": 1, "type": "V"}]),
        "'ents' with start, end, type, of 'tokens'", 0,
    ),
    "columns": (
        shape(context="Ana met.", answers={"text": ["met", "Ana"], "answer_start": [4, 0]}),
        "'answers' with answer_start, text, of 'context'", 4,
    ),
    "a document a sentence": (
        shape(s=[{"text": "Ana.", "x": [[0, 3, "P"]]}, {"text": "Bob met.", "x": [[4, 7, "V"]]}]),
        "'s/*/x' with [start, end, label], of 's/*/text'", 0,
    ),
    "sentences of one text": (
        shape(text="Ana. Bob.", s=[
            {"start": 0, "end": 4, "text": "Ana.", "x": [{"start": 0, "end": 3, "text": "Ana"}]},
            {"start": 5, "end": 9, "text": "Bob.", "x": [{"start": 5, "end": 8, "text": "Bob"}]},
        ]),
        "'s' with start, end, text, of 'text'; 's/*/x' with start, end, text, of 'text'", 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_of_other_tools_are_told_apart(name: str) -> None:
    records, words, proved = SHAPES[name]
    report = check(records)
    assert report.guess is not None
    assert words in report.guess.title
    assert (report.findings, report.proved, report.spans > 0) == ((), proved, True)


def lines_of(name: str) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in written(name)[1])


def packed(name: str) -> bytes:
    content = lines_of("prodigy")
    return gzip.compress(content) if name.endswith(".gz") else pa.compress(content, "zstd", asbytes=True)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz", "a.jsonl.zst", "a.gz", "a"])
def test_packed_files_are_read_whatever_they_are_called(name: str, tmp_path: Path) -> None:
    content = packed(name) if name != "a" else lines_of("prodigy")
    (tmp_path / name).write_bytes(content)
    result = run("check", tmp_path / name)
    assert (result.exit_code, result.stdout) == (0, "2 documents, 28 spans: 23 proved, 5 in bounds only; no findings\n")
    if name != "a":
        assert "is packed" in run("check", tmp_path / name, "--fix").stderr
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        cut = run("check", tmp_path / name)
        assert cut.exit_code == 2
        assert "Truncated" in cut.stdout


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt", "a"])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_list_and_lines_are_told_apart_by_content(name: str, indent: int | None, tmp_path: Path) -> None:
    records = written("doccano")[1]
    for content in (json.dumps(records, indent=indent), "\n".join(map(json.dumps, records))):
        (tmp_path / name).write_text(content, "utf-8")
        if name == "a.jsonl" and indent is None and content.startswith("["):
            continue  # a line that is a list may be a record
        assert run("check", tmp_path / name).stdout.startswith("2 documents, 5 spans: 5 in bounds only; no findings")


def test_the_standard_input_is_a_file() -> None:
    result = CliRunner().invoke(main, ["check", "-"], input=lines_of("prodigy"))
    assert (result.exit_code, result.stdout) == (0, "2 documents, 28 spans: 23 proved, 5 in bounds only; no findings\n")
    result = CliRunner().invoke(main, ["check", "-"], input=b"")
    assert result.exit_code == 2
    assert CliRunner().invoke(main, ["init", "-"], input=lines_of("prodigy")).exit_code == 2


def test_a_cas_in_json_is_refused_with_the_way_out(tmp_path: Path) -> None:
    cas = {
        "%TYPES": {},
        "%FEATURE_STRUCTURES": [{"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaString": "Ana"}],
        "%VIEWS": {},
    }
    (tmp_path / "a.json").write_text(json.dumps(cas))
    result = run("check", tmp_path / "a.json")
    assert result.exit_code == 2
    assert "a UIMA CAS in JSON, which isn't read; expected its XMI" in result.stderr


FOREIGN = {
    "version.tsv": ("#FORMAT=WebAnno TSV 2\n", "WebAnno TSV 1 or 2 (INCEpTION imports it"),
    "second.tsv": (
        " # de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity | value\n#id=1\n#text=Ms. Haag plays .\n"
        "1-1\tMs.\tB-PER\t\n1-2\tHaag\tI-PER\t\n1-3\tplays\tO\t\n1-4\t.\tO\t\n",
        "WebAnno TSV 1 or 2",
    ),
    "first.tsv": (
        "#id=1\n#text=Ms. Haag plays .\n1\tMs.\t_\tNNP\tB-PER\tO\t3\tSUBJ\t_\t_\n"
        "2\tHaag\t_\tNNP\tI-PER\tO\t3\tSBJ\t_\t_\n3\tplays\t_\tVBD\tO\tO\t0\tROOT\t_\t_\n4\t.\t_\t.\tO\tO\t0\tROOT\t_\t_\n",
        "WebAnno TSV 1 or 2",
    ),
    "a.jsonl": ("PK\x03\x04", "a ZIP archive"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_syntax_is_named_in_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "below" / "deep").mkdir(parents=True)
    file = tmp_path / "below" / "deep" / name
    file.write_text(FOREIGN[name][0], "utf-8")
    result = run("check", file)
    assert result.exit_code == 2
    assert result.stdout.count("SP001") == 1
    assert f"looks like {FOREIGN[name][1]}" in result.stdout
    if name != "a.jsonl":
        assert f"looks like {FOREIGN[name][1]}" in run("check", tmp_path).stdout


def test_folders_are_read_to_any_depth_and_what_is_passed_over_is_said(tmp_path: Path) -> None:
    deep = tmp_path / "corpus" / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "some.jsonl").write_bytes(lines_of("prodigy"))
    (deep / "some.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "corpus" / "notes.md").write_text("Notes.")
    (tmp_path / "corpus" / ".hidden").write_text("{}")
    result = run("check", tmp_path / "corpus")
    assert result.stdout.startswith("2 documents, 28 spans")
    packed = "1 .zip (looks like a ZIP archive, which isn't read)"
    assert f"not read as documents: {packed}, 1 .md\n" in result.stderr
    assert run("init", tmp_path / "corpus").exit_code == 0
    assert (tmp_path / "corpus.schema.json").is_file()
    assert "; read as" not in run("check", tmp_path / "corpus").stderr


def test_files_of_several_shapes_are_refused_with_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_bytes(lines_of("prodigy"))
    (tmp_path / "some.ann").write_text("T1\tPerson 0 3\tAna\n")
    (tmp_path / "some.txt").write_text("Ana")
    result = run("check", tmp_path)
    assert result.exit_code == 2
    assert "files of several shapes" in result.stderr
    assert "1 jsonl" in result.stderr
    assert "1 brat" in result.stderr


def test_parquet_is_read_with_the_names_of_its_classes(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features({
        "tokens": datasets.List(datasets.Value("string")),
        "ner_tags": datasets.List(datasets.ClassLabel(names=["O", "B-PER", "I-PER"])),
    })  # fmt: skip
    rows = {"tokens": [["Ana", "Silva", "met"]], "ner_tags": [[1, 2, 0]]}
    datasets.Dataset.from_dict(rows, features).to_parquet(tmp_path / "some")
    result = run("check", tmp_path / "some")
    assert result.stdout == "1 document, 1 span: 1 in bounds only; no findings\n"
    assert "BIO tags in 'ner_tags'" in result.stderr


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.mark.parametrize("labels", [(12, 13), (["PER"], ["LOC"]), (12, 12)])
def test_spans_whose_labels_are_no_strings_may_stand_twice(labels: tuple[Any, Any]) -> None:
    spans = [{"start_offset": 0, "end_offset": 3, "label": label, "user": k} for k, label in enumerate(labels)]
    report = check([{"text": "Ana met Bob.", "annotations": spans}])
    assert report.guess is not None
    assert (report.findings, report.turned_off) == ((), {"SP203": 1})
    words = "which spans of 'annotations' occur twice, as their labels ('label') aren't strings"
    assert words in report.guess.unchecked


def test_words_that_stand_nowhere_in_the_text_are_a_fault(tmp_path: Path) -> None:
    """Annotations of another text aren't passed in bounds only."""
    span = {"start": 0, "end": 3, "text": "Zoe", "label": "PER"}
    file = tmp_path / "other.jsonl"
    file.write_text(json.dumps({"id": "a", "text": "Ana saw Bob.", "entities": [span]}), "utf-8")
    assert check(file).exit_code == 1


def test_what_it_was_taken_for_is_in_every_output(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_bytes(lines_of("prodigy"))
    report = check(file)
    assert report.guess is not None
    for statement in report.guess.statements:
        assert statement in str(report)
        assert statement in run("check", file).stderr
        assert statement in run("check", file, "--output", "github").stdout
    stated = json.loads(run("check", file, "--output", "json").stdout)["summary"]["guess"]
    assert (stated["title"], tuple(stated["unchecked"])) == (report.guess.title, report.guess.unchecked)
    (invocation,) = json.loads(run("check", file, "--output", "sarif").stdout)["runs"][0]["invocations"]
    notes = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert tuple(notes) == report.guess.statements
    assert run("init", file).exit_code == 0
    assert check(file).guess is None
    assert json.loads(run("check", file, "--output", "json").stdout)["summary"]["guess"] is None


@pytest.mark.parametrize("name", ["spacy", "doccano", "gliner"])
def test_every_door_takes_a_file_for_the_same(name: str, tmp_path: Path) -> None:
    records = written(name)[1]
    file = tmp_path / "some.json"
    file.write_text(json.dumps(records), "utf-8")
    guess = guess_of(records, tmp_path)
    assert check(file).guess == guess
    assert read(file).schema.guess == guess
    if all(isinstance(record, dict) for record in records):
        assert check(records).guess == guess
    for command in (
        ("show", file, "--out", tmp_path / "page.html"),
        ("agree", file, file, "--resamples", "2"),
        ("diff", file, file),
        ("bench", "score", file, file, "--task", "annotations", "--resamples", "2"),
    ):
        result = run(*command)
        assert result.exit_code == 0, result.output
        assert f"read as {guess.title}" in result.stderr


LATER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "words that stand elsewhere": ({"spans": [{"start": 0, "end": 3, "label": "PER", "text": "Bob"}]}, ["SP106"]),
    "another list": ({"spans": [], "more": [{"start": 4, "end": 99, "label": "PER"}]}, ["SP105"]),
    "other offsets": ({"spans": [{"begin": 4, "stop": 99, "label": "PER"}]}, ["SP101", "SP101"]),
    "triples": ({"spans": [[0, 3, "PER"]]}, ["SP002"]),
}


@pytest.mark.parametrize("number", [30, 3000])
@pytest.mark.parametrize("name", LATER)
def test_a_late_record_that_is_unlike_those_before_is_looked_at(name: str, number: int, tmp_path: Path) -> None:
    """Nothing of it is in bounds only because earlier ones didn't have it."""
    usual = {"text": "Ana met Bob.", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
    members, codes = LATER[name]
    file = tmp_path / "some.jsonl"
    lines = [*[usual] * number, {**usual, **members}, *[usual] * number]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    report = check(file)
    assert report.guess is not None
    assert report.guess.by.endswith(f" of {2 * number + 1:,} records")
    assert [finding.code for finding in report.findings] == codes


def test_labels_that_were_counted_in_a_part_of_the_records_are_told_as_that(tmp_path: Path) -> None:
    """Numbers of labels aren't told as those of all records where they aren't."""
    records = [{"text": "Ana.", "spans": [[0, 3, "PER"]]}] * 300
    assert "the set of labels (found in 200 of 300 records: PER 200)" in guess_of(records, tmp_path).unchecked
    rows = "".join(f"{number}|t|Ana\n{number}\t0\t3\tAna\tPER\tQ1\n\n" for number in range(60))
    (tmp_path / "a.pubtator").write_text(rows, "utf-8")
    guess = check(tmp_path / "a.pubtator").guess
    assert guess is not None
    assert "the set of labels (found in the first 50 records: PER 50)" in guess.unchecked


def test_records_beyond_the_kinds_that_are_looked_at_are_told(tmp_path: Path) -> None:
    records = [{"text": "Ana.", "spans": [[0, 3, "PER"]], f"x{k}": k} for k in range(2100)]
    guess = guess_of(records, tmp_path)
    assert guess.by == "the form of 2,100 of 2,100 records"
    assert guess.unchecked[-1] == "whether 100 records of further kinds have spans elsewhere"


@pytest.mark.parametrize("name", ["missing.jsonl", "empty", "z.jsonl", "z.conll", "z.ann", "broken.tml"])
def test_of_nothing_that_was_read_no_schema_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for file in ("z.jsonl", "z.conll", "z.ann"):
        (tmp_path / file).write_bytes(b"")
    (tmp_path / "broken.tml").write_text("<TimeML><TEXT>")
    result = run("init", tmp_path / name)
    assert (result.exit_code, [*tmp_path.glob("*.schema.json")]) == (2, [])
    assert name in result.output
    assert "annotated articles" not in result.output


def test_an_empty_file_is_told_by_its_ending_and_not_by_its_syntax(tmp_path: Path) -> None:
    (tmp_path / "z.conll").write_bytes(b"")
    (tmp_path / "a.conll").write_text("Ana B-PER\n")
    guesses = [chosen_schema([tmp_path / file]).guess for file in ("z.conll", "a.conll")]
    assert [guess and guess.by for guess in guesses] == ["the ending of 1 file", "the syntax of 1 file"]


def test_a_label_of_a_stranger_reorders_no_line(tmp_path: Path) -> None:
    (tmp_path / "odd.jsonl").write_text('{"text": "Ana", "entities": [[0, 3, "P\\u202eER\\u001b[2J"]]}\n')
    result = run("check", tmp_path / "odd.jsonl")
    assert "P<202E>ER<001B>[2J" in result.stderr
    assert not {"\u202e", "\u001b"} & {*result.output}


_SELECTED = {"source": "http://example.org/p", "selector": {"type": "TextPositionSelector", "start": 6, "end": 10}}
_COMMENT = "a comment that is long enough for the offsets"


@pytest.mark.parametrize(
    "record",
    [
        {"type": "Annotation", "body": _COMMENT, "target": _SELECTED},
        {"id": "h1", "text": _COMMENT, "target": [{**_SELECTED, "selector": [_SELECTED["selector"]]}]},
        {"@context": ["http://www.w3.org/ns/anno.jsonld"], "type": "AnnotationPage", "items": []},
        {"total": 1, "rows": [{"uri": "http://example.org/p", "text": _COMMENT, "target": [_SELECTED]}]},
    ],
)
def test_the_comment_of_a_web_annotation_is_not_its_text(record: Any) -> None:
    with pytest.raises(UnrecognisedError, match=r"Web Annotations \(W3C\)"):
        recognised_in([record, record])


@pytest.mark.parametrize("lost", ["letter", "lang", "rels", "mid", "cls"])
def test_a_schema_of_init_requires_every_member_that_all_records_and_spans_have(tmp_path: Path, lost: str) -> None:
    file = tmp_path / "letters.jsonl"
    span = {"mid": "m1", "cls": "PERSON", "from": 0, "to": 3, "surf": "Ana"}
    records = [{"letter": f"L{k}", "lang": "de", "body": "Ana sat.", "mentions": [span], "rels": []} for k in range(3)]
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    assert run("init", file).exit_code == 0
    assert run("check", file).exit_code == 0
    less = {name: value for name, value in span.items() if name != lost}
    records[1] = {name: value for name, value in {**records[1], "mentions": [less]}.items() if name != lost}
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    found = run("check", file)
    told = "letter\n  is missing" if lost == "letter" else f"'{lost}' is missing"
    assert (found.exit_code, told in found.output) == (1, True), found.output


TEXT = "Jörg Weiß wohnt in Köln; Jörg bleibt."
PLACES = [(0, 9, "PERSON"), (19, 23, "PLACE"), (25, 29, "PERSON")]
WAYS = ["object", "array", "columns"]


def with_strings(way: str, name: str, at: int, words: list[str], shift: int) -> dict[str, Any]:
    """A record whose spans have strings in a member of some name, or at a position of their arrays."""
    spans: Any = [{"start": start + shift, "end": end + shift, "label": label} for start, end, label in PLACES]
    spans = [{**span, name: word} for span, word in zip(spans, words, strict=True)]
    if way == "array":
        spans = [[one["start"], one["end"], one["label"], 0.5] for one in spans]
        spans = [[*one[:at], word, *one[at:]] for one, word in zip(spans, words, strict=True)]
    elif way == "columns":
        spans = {member: [span[member] for span in spans] for member in spans[0]}
    return {"text": TEXT, "spans": spans}


@settings(max_examples=40)
@given(
    st.sampled_from(WAYS),
    st.sampled_from(["value", "word", "mention", "covered_text", "zitat", "note", "quote"]),
    st.integers(2, 4),
    st.sampled_from([0, 1]),
    st.integers(0, 3),
)
def test_strings_of_spans_are_compared_with_the_text_or_told_as_unread(
    way: str, name: str, at: int, shift: int, others: int
) -> None:
    """Some, or all, are other words than those of the text; with the schema that init writes it is the same."""
    words = [TEXT[start:end] for start, end, _ in PLACES]
    record = with_strings(way, name, at, ["Anna Lang", "Hamm", "Eva"][:others] + words[others:], shift)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "some.jsonl"
        file.write_text(json.dumps(record) + "\n", "utf-8")
        guess = guess_of([record], Path(folder))
        told = any(repr(name) in one or f"position {at}" in one for one in guess.still_unchecked)
        assert guess.unchecked[-len(guess.still_unchecked) :] == guess.still_unchecked
        for has_schema in (False, True):
            result = run("check", file)
            if others == shift == 0:
                assert "3 proved" in result.output
            elif not told:
                assert result.output.count("stored surface is") or result.exit_code == 1, result.output
            # Where others are wrong, one that agrees by chance, as it may be, isn't called proved.
            assert told or "in bounds only" not in result.output or "with errors" in result.output
            if not has_schema:
                written = run("init", file)
                assert ("not checked with this schema either" in written.stderr) == bool(guess.still_unchecked)
                schema = json.loads(file.with_name("some.schema.json").read_text("utf-8"))
                assert schema.get("unchecked", []) == [*guess.still_unchecked]
            else:
                assert all(one in result.stderr for one in guess.still_unchecked)


@pytest.mark.parametrize("layer", [[[0, 9, "PERSON"], [19, 23, "PLACE"]], {"start": [0, 19], "end": [9, 23]}])
def test_words_in_a_list_beside_the_spans_are_told_as_unread(layer: Any, tmp_path: Path) -> None:
    record = {"text": TEXT, "spans": layer, "words": ["Anna", "Hamm"], "topics": ["a", "b", "c"]}
    unread = guess_of([record], tmp_path).still_unchecked
    assert any("'words', one for each of 'spans'" in one for one in unread)
    assert any(one == "the member 'topics'" for one in unread)


@pytest.mark.parametrize("values", [("accept", "reject"), ("She did.", "He did it."), ("Who?", "Where?")])
def test_a_verdict_or_an_answer_identifies_no_record(values: tuple[str, str], tmp_path: Path) -> None:
    records = [{"answer": value, "text": TEXT, "spans": [[0, 9, "PERSON"]]} for value in values]
    assert "no member such as `id` tells records apart" in str(guess_of(records, tmp_path).unchecked)


def test_a_member_that_may_identify_records_is_named_and_listed(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    lines = [{"az": f"{k} O 7", "n": k % 2, "text": TEXT, "spans": [[0, 9, "PERSON"]]} for k in range(3)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert """(if 'az' identifies it, write "key": "az" into a schema)""" in run("check", file).stderr
    assert run("init", file).exit_code == 0
    written = json.loads(file.with_name("some.schema.json").read_text("utf-8"))
    assert {"az", "n"} < {*written["required"]}
    assert written["properties"]["az"] == {"type": "string"}
    file.with_name("some.schema.json").write_text(json.dumps({**written, "key": "az"}))
    file.write_text(json.dumps(lines[0]) + "\n" + json.dumps(lines[0]) + "\n")
    assert "SP003" in run("check", file).output


@pytest.mark.parametrize("keyed", [True, False])
def test_records_that_mostly_share_texts_are_no_doubles_if_something_tells_them_apart(
    keyed: bool, tmp_path: Path
) -> None:
    context = f"{TEXT} It was long ago, in a town by the sea, where the winters are mild and the days are short."
    records = [
        {"n": 1, "context": context, "question": f"Who {k}?", "answers": {"text": ["Jörg"], "answer_start": [at]}}
        for k, at in enumerate([context.find("Jörg")] * 3)
    ]
    records = [{**record, **({"id": f"q{k}"} if keyed else {})} for k, record in enumerate(records)]
    report = check(records)
    assert {finding.code for finding in report.findings} == (set() if keyed else {"SP603"})
    statement = "whether 3 of 3 records, which share their text with others, are doubles"
    assert (statement in str(report.guess)) is keyed
    assert report.guess is not None
    assert statement not in str(report.guess.not_read)  # nothing is an annotation there
