"""The page about measuring: its recipes are taken from it and run; and what they call, against independent packages."""

import json
import os
import random
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import click
import numpy as np
import pytest
import regex
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nervaluate import Evaluator
from scorch import scores as scorch
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as seqeval

from spanproof.cli.bench import bench
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.metrics import plain
from spanproof.metrics.score import score
from spanproof.schema.schema import Schema
from spanproof.systems.ner import annotations
from spanproof.systems.registry import systems
from spanproof.systems.system import Source
from spanproof.testing.strategies import texts
from spanproof.text.tags import spans_of_tags
from support.documents import ROOT
from support.pages import DOCS

PAGE = DOCS / "how-to" / "measure-systems.md"
GOLD = ROOT / "annotations" / "gold"
SPACY = systems().find("spacy-sm")
LABELS = ("A", "B", "C")
SENTENCES = ("Ana Silva met Bo in Rio.", "😀 Bo of Acme saw Rio.", "In Rio, Ana Silva left Acme.")
NAMES = MappingProxyType({"Ana Silva": "PER", "Bo": "PER", "Rio": "LOC", "Acme": "ORG"})
TAGS = ("O", *(f"{kind}-{label}" for label in ("PER", "LOC", "ORG") for kind in "BI"))
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
PIECES = (
    *SPECIAL,
    "An",
    "##a",
    "Sil",
    "##va",
    "B",
    "##o",
    "R",
    "##i",
    "Ac",
    "##me",
    "met",
    "in",
    "In",
    "of",
    "saw",
    ".",
)

Span = tuple[int, int, str]
Pair = tuple[list[list[Span]], list[list[Span]]]


def blocks(language: str) -> dict[str, str]:
    """The code of the page by the heading that it stands under."""
    pattern = regex.compile(r"^#+ (?P<name>[^\n]+)$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", regex.M | regex.S)
    found, heading = dict[str, str](), ""
    for match in pattern.finditer(PAGE.read_text("utf-8")):
        heading = match["name"] or heading
        if match["language"] == language:
            assert heading not in found, heading
            found[heading] = match["code"]
    return found


def names(text: str) -> list[Span]:
    return [(m.start(), m.end(), NAMES[m[0]]) for m in regex.finditer(r"\L<names>", text, names=list(NAMES))]


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(bench, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "json" in arguments else result.stdout


def test_no_recipe_is_longer_than_ten_lines() -> None:
    found = blocks("python")
    assert len(found.pop("A task for inspect-ai").splitlines()) <= 30  # It is a whole file.
    assert len(found) == 6
    assert max(len(code.splitlines()) for code in found.values()) <= 10


def test_the_recipe_of_a_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    code, given_ = blocks("python")["A pipeline in memory"], dict[str, Any]()
    exec(code, given_)
    assert f"{code}```\n\n```\n{capsys.readouterr().out}```" in PAGE.read_text("utf-8")
    predicted = [[(start, end, "PER") for start, end, _ in given_["pipe"](text)] for text in given_["texts"]]
    found = plain.score(given_["texts"], given_["gold"], predicted, resamples=0).scores
    assert given_["f1"] == {one.part or "all": one.value for one in found if one.measure == "exact"}
    assert given_["f1"]["PER"] == 1


def test_the_recipe_of_a_metric_that_computes() -> None:
    made: dict[str, Any] = {}
    exec(blocks("python")["A metric with `compute`"], made)
    references = [{"text": text, "spans": names(text)} for text in SENTENCES]
    right = [names(text) for text in SENTENCES]
    found = made["SpanF1"]().compute(predictions=right, references=references)
    assert found == {"precision": 1, "recall": 1, "f1": 1, "low": round(0.025 ** (1 / 9), 6), "high": 1}
    worse = [[span for span in right[0] if span[2] != "LOC"], *right[1:]]
    found = made["SpanF1"]().compute(predictions=worse, references=json.loads(json.dumps(references)))
    assert found["f1"] == pytest.approx(2 * 8 / (9 + 8), abs=1e-6)
    assert (found["precision"], found["recall"]) == (1, pytest.approx(8 / 9, abs=1e-6))
    assert found["low"] <= found["f1"] <= found["high"]


def tagged(text: str, offsets: list[tuple[int, int]]) -> list[int]:
    found = [0] * len(offsets)
    for start, end, label in names(text):
        held = [k for k, (low, high) in enumerate(offsets) if start <= low < high <= end]
        for k in held:
            found[k] = TAGS.index(f"{'B' if k == held[0] else 'I'}-{label}")
    return found


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
@pytest.mark.filterwarnings("ignore")
def test_the_recipe_of_a_trainer(tmp_path: Path) -> None:
    """A BERT of two layers learns three sentences, and what the recipe says of its logits is what seqeval says."""
    torch = pytest.importorskip("torch")
    hf = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    tokenizers = pytest.importorskip("tokenizers")
    inner = tokenizers.Tokenizer(tokenizers.models.WordPiece({p: k for k, p in enumerate(PIECES)}, unk_token="[UNK]"))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    inner.post_processor = tokenizers.processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = hf.PreTrainedTokenizerFast(tokenizer_object=inner, **special)
    encoded = tokenizer(list(SENTENCES), return_offsets_mapping=True)
    offsets = encoded.pop("offset_mapping")
    labels = [tagged(text, where) for text, where in zip(SENTENCES, offsets, strict=True)]
    data = [{"input_ids": ids, "labels": tags} for ids, tags in zip(encoded["input_ids"], labels, strict=True)]
    made: dict[str, Any] = {}
    exec(blocks("python")["A Trainer of transformers"], made)
    hf.set_seed(0)
    torch.set_num_threads(1)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = hf.BertConfig(vocab_size=len(PIECES), id2label=dict(enumerate(TAGS)), **sizes)
    options = {"report_to": "none", "use_cpu": True, "disable_tqdm": True, "save_strategy": "no"}
    trainer = hf.Trainer(
        hf.BertForTokenClassification(config),
        hf.TrainingArguments(str(tmp_path), max_steps=60, learning_rate=5e-3, **options),
        hf.DataCollatorForTokenClassification(tokenizer),
        train_dataset=data,
        eval_dataset=data,
        compute_metrics=made["metric"](config.id2label, SENTENCES, [*map(names, SENTENCES)], offsets),
    )
    before = trainer.evaluate()
    trainer.train()
    after = trainer.evaluate()
    parts = {key.removeprefix("eval_") for key in after} & {"micro", "macro", "PER", "LOC", "ORG"}
    assert parts == {"micro", "macro", "PER", "LOC", "ORG"}
    assert before["eval_micro"] < 0.5 < after["eval_micro"] == after["eval_PER"] == 1
    said = np.random.default_rng(0).normal(size=(3, max(map(len, labels)) + 2, len(TAGS)))  # padded further than needed
    for k, row in enumerate(labels):
        said[k, range(len(row)), row] += 3
    found = trainer.compute_metrics(SimpleNamespace(predictions=said))
    kept = [[k for k, (low, high) in enumerate(where) if low < high] for where in offsets]
    gold = [[TAGS[row[k]] for k in some] for row, some in zip(labels, kept, strict=True)]
    guess = [[TAGS[row[k]] for k in some] for row, some in zip(said.argmax(-1), kept, strict=True)]
    expected = seqeval(gold, guess, average="micro")[2]
    assert found["micro"] == pytest.approx(expected, abs=1e-6)
    assert 0 < expected < 1


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """A folder with gold, and predictions of which one lacks every tenth name, one every second."""
    documents = list(read(GOLD).documents())
    JSONL.write(tmp_path / "gold.jsonl", documents, Schema.article())
    for name, every in (("before", 10), ("same", 10), ("now", 2)):
        made = deepcopy(documents)
        for document in made:
            del document["entities"][::every]
        JSONL.write(tmp_path / f"{name}.jsonl", made, Schema.article())
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["A test that fails when F1 falls", "A test that fails when two systems differ"])
def test_the_recipes_of_pytest(recipe: str, predictions: Path) -> None:
    (predictions / "test_system.py").write_text(blocks("python")[recipe], "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_system.py"]
    path = os.pathsep.join(each for each in sys.path if each)

    def tested() -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""}
        return subprocess.run(command, cwd=predictions, env=env, capture_output=True, text=True)

    failing = tested()
    assert failing.returncode == 1, failing.stdout
    assert "AssertionError" in failing.stdout
    (predictions / "same.jsonl").replace(predictions / "now.jsonl")
    passing = tested()
    assert passing.returncode == 0, passing.stdout
    assert "1 passed" in passing.stdout


@pytest.mark.slow
def test_the_recipe_of_a_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is installed as the page says: a module, and an entry point in the metadata of its distribution."""
    heading = "A system of your own"
    points = tomllib.loads(blocks("toml")[heading])["project"]["entry-points"]["spanproof.systems"]
    ((name, place),) = points.items()
    folder = tmp_path / "site"
    (folder / "mine-1.dist-info").mkdir(parents=True)
    (folder / f"{place.partition(':')[0]}.py").write_text(blocks("python")[heading], "utf-8")
    (folder / "mine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
    (folder / "mine-1.dist-info" / "entry_points.txt").write_text(f"[spanproof.systems]\n{name} = {place}\n")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(each for each in sys.path if each))
    assert f"{name}-1 " in run("systems")
    run("run", name, "--corpus", GOLD, "--out", tmp_path / "out", "--resamples", 1)
    found = [span for document in read(tmp_path / "out" / f"{name}.jsonl").documents() for span in document["entities"]]
    assert found
    assert all(span["label"] == "MONEY" and span["text"][0] == "$" and span["text"][1].isdigit() for span in found)
    made: dict[str, Any] = {}
    exec(blocks("python")[heading], made)
    text = "😀 It cost $1,250.50, or $x, then $3."
    (said,) = made["predict"]([Source("a", text)])
    assert [text[span["start"] : span["end"]] for span in said["entities"]] == ["$1,250.50", "$3"]


@pytest.mark.slow
def test_the_figures_of_the_page_are_those_of_a_run(tmp_path: Path) -> None:
    if SPACY.missing:
        pytest.skip(SPACY.missing)
    text = run("run", "spacy-sm", "gazetteer", "--corpus", GOLD, "--out", tmp_path / "out")
    known = {" ".join(line.split()) for line in text.splitlines()}
    page = PAGE.read_text("utf-8")
    block = page[page.index("```\nentities, ") + 4 :].partition("```")[0]
    rows = [" ".join(line.split()) for line in block.splitlines() if regex.search(r"\d\.\d\d\d|^signature", line)]
    assert len(rows) == 6
    assert set(rows) <= known


def test_every_command_of_the_page_is_one() -> None:
    for line in PAGE.read_text("utf-8").splitlines():
        for command in regex.findall(r"spanproof bench ([a-z]+)", line):
            assert bench.get_command(click.Context(bench), command) is not None, line


@st.composite
def annotated(draw: st.DrawFn) -> tuple[list[str], Pair]:
    made = draw(st.lists(texts(), max_size=4))
    sides: Pair = ([], [])
    for text in made:
        for side in sides:
            ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), st.sampled_from(("", *LABELS)))
            side.append([(min(a, b), max(a, b), f"L{c}") for a, b, c in draw(st.lists(ends, max_size=4)) if a != b])
    return made, sides


@given(annotated())
def test_spans_over_any_texts_are_scored_by_label(given_: tuple[list[str], Pair]) -> None:
    made, (gold, predicted) = given_
    found = plain.score(made, gold, predicted, resamples=0)
    held = [{(k, *span) for k, spans in enumerate(side) for span in spans} for side in (gold, predicted)]
    assert found.find("exact").n == tuple(sum(map(len, side)) for side in (gold, predicted))
    if all(len(set(map(tuple, spans))) == len(spans) for side in (gold, predicted) for spans in side):
        right, wanted = len(held[0] & held[1]), len(held[0]) + len(held[1])
        assert found.find("exact").value == (pytest.approx(2 * right / wanted, abs=1e-6) if wanted else None)
    labels = {label for side in held for *_, label in side}
    assert {each.part for each in found.scores if each.measure == "exact"} - {"macro", None} == labels
    assert plain.score(made, gold, gold, resamples=0).find("exact").value in (1, None)


def flat(rng: random.Random, length: int) -> list[Span]:
    edges = sorted(rng.sample(range(length + 1), 6))
    return [(a, b, rng.choice(LABELS)) for a, b in zip(edges[::2], edges[1::2], strict=True) if rng.random() < 0.8]


def cases(n: int) -> Iterator[tuple[list[str], Pair]]:
    rng = random.Random(11)
    for _ in range(n):
        gold = [flat(rng, 12) for _ in range(3)]
        predicted = [[*dict.fromkeys(span for span in spans if rng.random() < 0.8)] for spans in gold]
        predicted[rng.randrange(3)] = flat(rng, 12)
        yield ["a b c d e f."] * 3, (gold, predicted)


@pytest.mark.slow
def test_spans_are_scored_as_nervaluate_scores_them() -> None:
    for made, sides in cases(100):
        found = plain.score(made, *sides, resamples=0)
        both = [[[{"label": c, "start": a, "end": b - 1} for a, b, c in spans] for spans in side] for side in sides]
        expected = Evaluator(*both, tags=list(LABELS), loader="dict").evaluate()
        for measure, theirs in (("exact", "strict"), ("boundary", "exact")):
            ours = found.find(measure)
            other = expected["overall"][theirs]
            assert (ours.precision or 0, ours.recall or 0, ours.value or 0) == pytest.approx(
                (other.precision, other.recall, other.f1), abs=1e-6
            )


PREFIXES = {"BIO": "BI", "BIOES": "BIES"}
"""Schemes that seqeval knows too."""


@st.composite
def tag_rows(draw: st.DrawFn) -> list[list[list[str]]]:
    """Gold and predicted tags of some texts, of one scheme, right or wrong in form."""
    prefixes = PREFIXES[draw(st.sampled_from(sorted(PREFIXES)))]
    tags = st.sampled_from(["O", *(f"{prefix}-{label}" for prefix in prefixes for label in LABELS)])
    rows = st.lists(tags, min_size=10, max_size=10)
    return draw(st.lists(st.lists(rows, min_size=3, max_size=3), min_size=2, max_size=2))


@given(tag_rows())
def test_tags_are_scored_as_seqeval_scores_them_by_default(rows: list[list[list[str]]]) -> None:
    """Each piece is a character, with empty ones between that don't count."""
    offsets = [(k // 2, (k + 1) // 2) for k in range(20)]
    spread = [[[tag for tag in row for _ in range(2)] for row in side] for side in rows]
    gold, predicted = ([plain.spans(row, offsets) for row in side] for side in spread)
    found = plain.score(["abcdefghij"] * 3, gold, predicted, resamples=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for ours in found.scores:
            if ours.measure == "exact" and ours.part in (None, "macro"):
                expected = seqeval(*rows, average=ours.part or "micro", zero_division=0)[:3]
                assert (ours.precision or 0, ours.recall or 0, ours.value or 0) == pytest.approx(expected, abs=1e-6)


@given(tag_rows())
def test_tags_are_scored_as_a_file_of_predictions_with_the_same_tags(rows: list[list[list[str]]]) -> None:
    """The other documented way: a corpus of what a system made of the tags, as the adapters of models make it."""
    text, offsets = "abcdefghij", [(k, k + 1) for k in range(10)]
    names = dict(zip(LABELS, ("PERSON", "ORG", "GPE"), strict=True))
    tags = [[[tag[:2] + names.get(tag[2:], "") for tag in row] for row in side] for side in rows]
    corpora = []
    for side in tags:
        documents = []
        for k, row in enumerate(side):
            tokens = ((*extent, tag) for extent, tag in zip(offsets, row, strict=True))
            made = annotations(Source(str(k), text), spans_of_tags(tokens))
            documents.append({"id": str(k), "text": text, "entities": [], "quotes": [], "dates": [], **made})
        corpora.append(Corpus.of(documents))
    gold, predicted = ([plain.spans(row, offsets) for row in side] for side in tags)
    one, other = (
        {
            each.part: (each.value, each.precision, each.recall)
            for each in scores.scores
            if each.measure == "exact" and each.variant == "strict" and each.part != "macro"
        }
        for scores in (plain.score([text] * 3, gold, predicted, resamples=0), score(*corpora, "entities", resamples=0))
    )
    assert one == other


def test_tags_hold_pieces_together() -> None:
    offsets = [(0, 0), (0, 2), (2, 3), (4, 9), (10, 12), (0, 0)]
    tags = ["I-A", "B-A", "I-A", "I-A", "I-B", "B-B", "B-C"]
    assert plain.spans(tags, offsets) == [(0, 9, "A"), (10, 12, "B")]
    assert plain.spans(["O", "B-A", "B-A", "O", "I-A", "O"], offsets) == [(0, 2, "A"), (2, 3, "A"), (10, 12, "A")]
    assert plain.spans(["B-A", "O", "I-A", "B-B"], [(0, 3), (0, 0), (4, 9), (0, 0)]) == [(0, 9, "A")]
    assert plain.spans([], []) == []
    assert plain.spans(["B-is-part-of"], [(3, 4)]) == [(3, 4, "is-part-of")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: plain.spans(["O"], [(0, 1), (1, 2)]), "the piece 1:2 has no tag"),
        (lambda: plain.spans(["LABEL_1"], [(0, 1)]), "'LABEL_1' isn't a tag"),
        (lambda: plain.spans(["B-"], [(0, 1)]), "'B-' isn't a tag"),
        (lambda: plain.score(["ab"], [[]], []), "predicted has 0 lists of spans; expected 1"),
        (lambda: plain.score(["ab", ""], [[]], [[], []]), "gold has 1 lists of spans; expected 2"),
        (lambda: plain.score(["ab", "ab"], [[], []], [[], [(1, 3, "A")]]), "2 /spans/0: 1 to 3 isn't a span"),
    ],
)
def test_what_can_t_be_scored_is_refused(asked: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=regex.escape(said)):
        asked()


def test_spans_are_triples_or_objects_and_nothing_else() -> None:
    triple = (0, 2, "A")
    as_object = {"start": 0, "end": 2, "label": "A"}
    assert plain.score(["ab"], [[as_object]], [[triple]], resamples=0).find("exact").value == 1
    wrong: list[tuple[Any, str]] = [
        (None, "predicted[0] is None; expected a list of spans (start, end, label), empty for none"),
        ([(0, 2)], "(0, 2) isn't a span; expected (start, end, label), or an object with these members"),
        (as_object, "predicted[0] is {'start': 0, 'end': 2, 'label': 'A'}; expected a list of spans"),
        ([{"start": 0, "end": 2}], "predicted[0][0]: the label is None; expected a string"),
        ([(0, 2, 7)], "predicted[0][0]: the label is 7; expected a string"),
    ]
    for spans, said in wrong:
        with pytest.raises(TypeError, match=regex.escape(said)):
            plain.score(["ab"], [[triple]], [spans])


def test_labels_of_ontonotes_are_all_counted_and_may_be_one() -> None:
    """By default dates would be left out where all labels are of OntoNotes; and one label has a score of its own."""
    found = plain.score(["Ana, Monday"], [[(0, 3, "PERSON"), (5, 11, "DATE")]], [[(5, 11, "DATE")]], resamples=0)
    assert found.find("exact").n == (2, 1)
    assert found.find("exact", part="DATE").value == 1
    one = plain.score(["Ana"], [[(0, 3, "PERSON")]], [[(0, 3, "PERSON")]], resamples=0)
    assert one.find("exact", part="PERSON").value == 1
    counted: Any = (np.int64(0), np.int64(1), "A")
    assert plain.score(["a"], [[counted]], [[(0, 1, "A")]], resamples=0).find("exact").value == 1


def clusters(documents: list[dict[str, Any]], layer: str, member: str) -> list[set[tuple[str, int, int]]]:
    found: dict[str, set[tuple[str, int, int]]] = {}
    for document in documents:
        for each in document[layer]:
            if each[member] is not None:
                found.setdefault(each[member], set()).add((document["id"], each["start"], each["end"]))
    return list(found.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "layer", "member"), [("clusters", "entities", "entity_id"), ("utterances", "quotes", "utterance")]
)
def test_the_command_score_measures_what_is_put_together(task: str, layer: str, member: str, tmp_path: Path) -> None:
    """Gold has 1; of a copy in which every third thing stands alone and every seventh is lost, scorch says the same."""
    same = run("score", GOLD, GOLD, "--task", task, "--resamples", 2, "--output", "json")["boards"][0]
    ((_, perfect),) = same["scores"].items()
    assert {each["value"] for each in perfect} == {1}
    gold = list(read(GOLD).documents())
    damaged = deepcopy(gold)
    for document in damaged:
        for k, each in enumerate(document[layer]):
            each[member] = f"alone-{document['id']}-{k}" if k % 3 == 0 else each[member]
        del document[layer][::7]
    JSONL.write(tmp_path / "damaged.jsonl", damaged, Schema.article())
    out = run("score", GOLD, tmp_path / "damaged.jsonl", "--task", task, "--resamples", 20, "--output", "json")
    found = {
        (each["measure"], each["part"]): each
        for each in out["boards"][0]["scores"]["damaged"]
        if each["variant"] == "strict"
    }
    key, response = (clusters(documents, layer, member) for documents in (gold, damaged))
    for name, theirs in (("MUC", scorch.muc), ("B³", scorch.b_cubed), ("CEAF-e", scorch.ceaf_e)):
        recall, precision, f1 = theirs(key, response)
        ours = found[f"{name} across", None]
        assert (ours["recall"], ours["precision"], ours["value"]) == pytest.approx((recall, precision, f1), abs=1e-5)
        low, high = ours["interval"]
        assert 0 < low <= high < 1
    if task == "utterances":
        pairs = [
            {frozenset(pair) for cluster in side for pair in combinations(cluster, 2) if pair[0][0] != pair[1][0]}
            for side in (key, response)
        ]
        expected = 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1]))
        assert found["links across", None]["value"] == pytest.approx(expected, abs=1e-6)
        assert 0 < expected < 1
    else:
        assert 0 < found["LEA within", None]["value"] < found["LEA within", "common"]["value"] < 1


def test_the_command_score_says_clusters_in_words() -> None:
    text = run("score", GOLD, GOLD, "--task", "utterances", "--resamples", 2)
    assert "links across" in text
    assert "relaxed B³ across" in text
    assert score(read(GOLD), read(GOLD), "utterances", resamples=0).find("links across", "quotes.utterance").value == 1
