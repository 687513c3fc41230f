"""Scores in memory: pipelines of spaCy and transformers, functions, tags of a dataset, two corpora on a task."""

from pathlib import Path
from typing import Any

import datasets
import pytest

import spanproof
from spanproof.metrics import plain
from support.documents import ROOT

GOLD = ROOT / "annotations" / "gold"
TEXTS = ["Ana met Bo in Rio.", "😀 Bo of Acme saw Rio."]
SPANS = [[(0, 3, "PER"), (8, 10, "PER"), (14, 17, "LOC")], [(2, 4, "PER"), (8, 12, "ORG"), (17, 20, "LOC")]]
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]


def exact(*arguments: Any, **options: Any) -> float | None:
    return spanproof.score(*arguments, **{"resamples": 0, **options}).find("exact").value


def test_a_pipeline_of_spacy_is_asked_text_by_text() -> None:
    spacy = pytest.importorskip("spacy")
    pipe = spacy.blank("en")
    patterns = [{"label": "PERSON", "pattern": name} for name in ("Ana", "Bo")]
    pipe.add_pipe("entity_ruler").add_patterns([*patterns, {"label": "LOC", "pattern": "Rio"}])
    assert exact(TEXTS, SPANS, pipe) == pytest.approx(2 * 2 / (6 + 5), abs=1e-6)
    found = spanproof.score(TEXTS, SPANS, pipe, renamed={"PERSON": "PER"}, resamples=10)
    assert found.find("exact").value == pytest.approx(2 * 5 / (6 + 5), abs=1e-6)
    assert "|labels:own,map(PERSON=PER)|" in found.find("exact").signature
    assert found.find("exact", part="ORG").value == 0


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
@pytest.mark.filterwarnings("ignore")
def test_a_pipeline_of_transformers_is_read_with_and_without_aggregation() -> None:
    """A model of random weights; its tags, laid together by hand, are what is scored."""
    hf, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")
    tokenizers = pytest.importorskip("tokenizers")
    torch.manual_seed(1)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "Ana", "met", "Bo", "in", "Rio", "of", "Acme", "saw", "."]
    inner = tokenizers.Tokenizer(tokenizers.models.WordPiece({w: k for k, w in enumerate(words)}, unk_token="[UNK]"))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    inner.post_processor = tokenizers.processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = hf.PreTrainedTokenizerFast(tokenizer_object=inner, **special)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    model = hf.BertForTokenClassification(hf.BertConfig(vocab_size=13, id2label=dict(enumerate(NAMES)), **sizes)).eval()
    pipes = {way: hf.pipeline("token-classification", model, tokenizer=tokenizer, aggregation_strategy=way)
             for way in ("none", "simple")}  # fmt: skip
    every = hf.pipeline("token-classification", model, tokenizer=tokenizer, ignore_labels=[])
    pieces = [every(text) for text in TEXTS]
    assert "O" in {piece["entity"] for row in pieces for piece in row} != {"O"}
    spans = [plain.spans([p["entity"] for p in row], [(p["start"], p["end"]) for p in row]) for row in pieces]
    assert exact(TEXTS, spans, pipes["none"]) == 1
    groups = [[(g["start"], g["end"], g["entity_group"]) for g in pipes["simple"](text)] for text in TEXTS]
    assert exact(TEXTS, groups, pipes["simple"]) == 1
    assert (exact(TEXTS, SPANS, pipes["simple"]) or 0) < 1


def test_pieces_that_were_left_out_part_those_around_them() -> None:
    tags = [("B-PER", 1, 0, 3), ("I-PER", 3, 8, 10), ("I-PER", 4, 14, 17)]
    said = [{"entity": tag, "index": k, "start": start, "end": end} for tag, k, start, end in tags]
    assert exact(TEXTS[:1], [[(0, 3, "PER"), (8, 17, "PER")]], lambda text: said) == 1


def test_numbers_of_a_dataset_are_read_with_their_names() -> None:
    features = datasets.Features(
        tokens=datasets.List(datasets.Value("string")), ner_tags=datasets.List(datasets.ClassLabel(names=NAMES))
    )
    rows = {"tokens": [["Ana", "Silva", "met", "Bo"], ["Rio"]], "ner_tags": [[1, 2, 0, 1], [3]]}
    data = datasets.Dataset.from_dict(rows, features)
    names = data.features["ner_tags"].feature.names
    assert exact(data["tokens"], data["ner_tags"], data["ner_tags"], names=names) == 1
    said = {"Ana Silva met Bo": [(0, 9, "PER")], "Rio": [(0, 3, "LOC")]}
    assert exact(data["tokens"], data["ner_tags"], said.__getitem__, names=names) == pytest.approx(0.8)
    with pytest.raises(ValueError, match=r"1 is the number of a label; expected its name, or names="):
        exact(data["tokens"], data["ner_tags"], data["ner_tags"])
    with pytest.raises(ValueError, match="7 isn't a label of 7 names"):
        exact([["Ana"]], [[7]], [[1]], names=NAMES)
    by_number = [[{"start": 0, "end": 3, "label": 0}]]
    assert exact(["Ana"], by_number, by_number, names=["PER"]) == 1


def test_what_can_t_be_scored_is_refused_with_what_is_right() -> None:
    shifted = [[(start + 1, end + 1, label) for start, end, label in spans] for spans in SPANS]
    refused: list[tuple[tuple[Any, ...], str]] = [
        ((TEXTS, SPANS, shifted), "6 of 6 do if"),
        ((TEXTS, SPANS, SPANS[:1]), "2 texts have 2 of gold and 1 predictions"),
        ((TEXTS, SPANS[:1], lambda text: []), "2 texts have 1 of gold and 2 predictions"),
        ((TEXTS, SPANS, lambda text: [(0, 99, "PER")]), "ends past the text"),
        ((TEXTS, [[], []], lambda text: []), "has no spans in 2 documents; expected gold with some"),
        ((GOLD, GOLD, "poems"), "'poems' isn't a task"),
    ]
    for arguments, reason in refused:
        with pytest.raises(ValueError, match=reason):
            exact(*arguments)
    for wrong in ((str(GOLD), SPANS, lambda text: []), (Path("a"), SPANS, SPANS), (TEXTS, SPANS, 3)):
        with pytest.raises(TypeError, match="expected a list of"):
            exact(*wrong)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([3.5], r"3\.5 isn't a span; expected \(start, end, label\)"),
        ([{"start": None, "end": 3, "entity_group": "PER"}], "isn't a span; expected"),
        ([(0, 3)], r"\(0, 3\) isn't a span; expected \(start, end, label\), or an object"),
        ([{"start": 0, "end": 3}], "isn't a span; its label is None, expected a name or its number"),
        (None, "the spans of a text are None; expected a list of them, empty for none"),
        ("PER", "the spans of a text are 'PER'; expected a list of them"),
    ],
)
def test_an_answer_of_another_type_is_refused(answer: object, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        exact(TEXTS, SPANS, lambda text: answer)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"renamed": ["PERSON"]}, r"renamed: \['PERSON'\]; expected Mapping"),
        ({"renamed": "PERSON=PER"}, "renamed: 'PERSON=PER'; expected Mapping"),
        ({"renamed": {"PERSON": None}}, "renamed: {'PERSON': None}; expected Mapping"),
        ({"labels": ["PER"]}, r"labels: \['PER'\]; expected str or Mapping"),
        ({"names": "PER"}, "names is 'PER'; expected a list of names"),
        ({"names": 3}, "names: 3; expected Sequence"),
    ],
)
def test_an_option_of_another_type_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        exact(TEXTS, SPANS, SPANS, **options)


def test_labels_that_gold_lacks_are_told_or_refused() -> None:
    other = [[(start, end, "PERSON" if label == "PER" else label) for start, end, label in of] for of in SPANS]
    found = spanproof.score(TEXTS, SPANS, other, resamples=0)
    assert ["PERSON (3)" in doubt for doubt in found.doubts] == [True]
    none = [[(start, end, label.lower()) for start, end, label in of] for of in SPANS]
    with pytest.raises(ValueError, match="gold has none of its labels"):
        exact(TEXTS, SPANS, none)
    for renamed, reason in (({"PERSN": "PER"}, "no prediction has the label"), ({"PERSON": "Per"}, "gold doesn't")):
        with pytest.raises(ValueError, match=reason):
            exact(TEXTS, SPANS, other, renamed=renamed)
    document = {"id": "a", "text": "Ana", "entities": [{"start": 0, "end": 3, "label": "PER"}]}
    with pytest.raises(ValueError, match="no prediction has the label PERSON"):
        exact([document], [document], "entities", renamed={"PERSON": "PER"})


def test_a_model_that_finds_nothing_is_told() -> None:
    found = spanproof.score(TEXTS, SPANS, lambda text: [], resamples=5)
    assert found.find("exact").value == 0
    assert found.doubts == ["has no spans in the 2 documents that it answers: all lists are empty"]


def test_two_corpora_on_a_task_pass_the_check_first() -> None:
    document = {"id": "a", "text": "Ana", "entities": [{"start": 0, "end": 3, "label": "PER"}]}
    assert spanproof.score([document], [document], "entities", resamples=0).find("exact").value == 1
    other = {**document, "entities": [{"start": 0, "end": 3, "label": "PERSON"}]}
    mapped = spanproof.score([document], [other], "entities", renamed={"PERSON": "PER"}, resamples=0)
    assert mapped.find("exact").value == 1
    with pytest.raises(ValueError, match="ends past the text"):
        spanproof.score([document], [{**document, "entities": [{"start": 0, "end": 9, "label": "PER"}]}], "entities")


def test_tags_of_a_text_without_tokens_are_no_empty_answer() -> None:
    with pytest.raises(ValueError, match="tags of a text without tokens"):
        exact(TEXTS, SPANS, [["B-PER", "O"], ["O"]])
