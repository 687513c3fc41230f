"""Models that label names: windows, tags and labels as pure functions, and tiny real models in their environments."""

import json
import pickle
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.label_sets import TABLES
from spanproof.schema.schema import article
from spanproof.systems import environments
from spanproof.systems.adapters import flair, gliner, stanza, transformers
from spanproof.systems.adapters.transformers import joined, owned, words
from spanproof.systems.labels import NAMES, label_set_of, labels_of, layers_of, ontonotes_label, warn_of_unknown
from spanproof.systems.model_files import digest, model_path, saved_tags
from spanproof.systems.ner import annotations
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, PartialAnswer, Source, System
from spanproof.testing.strategies import documents, texts
from spanproof.text import segmentation
from support.predictions import predicted
from support.systems_here import interpreter

TAGS = st.sampled_from(("O", "B-PER", "I-PER", "E-PER", "S-PER", "B-LOC", "I-LOC", "U-LOC", "L-LOC", "ORG", "B-X", ""))
KINDS = st.sampled_from(("PER", "LOC", "work_of_art"))
LETTERS = st.text("ab é漢ÀÉ’.-\u0301\u00ad\u200b\ufe0f🎉👍🏽 \n", max_size=40) | texts()


def partition(text: str, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """The extents between the cuts of a text, as tokens of whatever tokenizer."""
    return list(pairwise(sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})))


def saved(content: object) -> bytes:
    """What torch wrote before 1.6, and Stanza still does: three pickles before that of the content."""
    return b"".join(pickle.dumps(each) for each in (1, 2, None, content))


# Labels


@pytest.mark.parametrize(
    ("given_", "right"),
    [
        ("PER", "PERSON"),
        ("per", "PERSON"),
        ("Person", "PERSON"),
        ("location", "LOC"),
        ("GPE", "GPE"),
        ("MISC", "NORP"),
        ("work of art", "WORK_OF_ART"),
        ("WORK-OF-ART", "WORK_OF_ART"),
        ("Organisation", "ORG"),
        ("DATE", "DATE"),
        ("DATE_TIME", "DATE"),
        ("SET", "SET"),
        ("LABEL_0", None),
        ("", None),
    ],
)
def test_a_label_is_led_to_ontonotes(given_: str, right: str | None) -> None:
    assert ontonotes_label(given_) == right


@pytest.mark.parametrize(
    ("tags", "table"),
    [
        (("O", "B-PER", "I-PER", "B-LOC", "B-ORG"), "three"),
        (("B-PER", "B-LOC", "B-ORG", "B-MISC"), "conll-4"),
        (("PER", "LOC", "ORG", "NRP"), "three"),
        (("PER", "LOC", "ORG", "GPE", "FAC"), "ace-5"),
        ((*NAMES, "DATE"), "ontonotes-16"),
    ],
)
def test_what_labels_tell_apart(tags: Sequence[str], table: str) -> None:
    assert label_set_of(tags) == table
    assert table in TABLES
    assert ("dates" in layers_of(labels_of(tags))) == ("DATE" in tags)


def test_a_model_without_labels_of_names_is_none() -> None:
    with pytest.raises(ValueError, match="none of its labels"):
        layers_of(labels_of(("O", "LABEL_1", "B-CHEESE")))


def test_strange_labels_are_named_once() -> None:
    with pytest.warns(PartialAnswer, match="CHEESE, LABEL_1") as told:
        warn_of_unknown(("O", "B-CHEESE", "I-CHEESE", "LABEL_1", "B-PER"), "mine")
    assert len(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_unknown(("O", "B-PER", "S-MISC"), "mine")


@given(documents(), st.data())
def test_whatever_a_model_labels_is_sound(gold: dict[str, Any], data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, 10**4), max_size=8))
    kinds = st.sampled_from(("PER", "DATE", "TIME", "WORK_OF_ART", "CHEESE"))
    found = [(*extent, data.draw(kinds)) for extent in partition(gold["text"], cuts)]
    known = (*NAMES, "DATE", "TIME")
    system = System("x", "1", "MIT", None, layers_of(known), "-", lambda _: lambda _: ())
    answer = annotations(Source(gold["id"], gold["text"], "en", gold["dct"] and gold["dct"]["value"]), found)
    made = predicted(gold, answer, system, article())
    assert len(made["entities"]) + len(made["dates"]) == sum(
        kind != "CHEESE" and bool(gold["text"][low:high].strip()) for low, high, kind in found
    )
    assert all(each["text"] == each["text"].strip() for each in (*made["entities"], *made["dates"]))


# Windows and words


@given(st.integers(0, 200), st.integers(4, 40))
def test_each_token_is_judged_once_and_never_at_an_inner_edge(count: int, room: int) -> None:
    overlap = room // 4
    starts = list(range(0, max(1, count - overlap), room - overlap))
    windows = [([(k, k + 1) for k in range(s, min(s + room, count))], list[str]()) for s in starts]
    tagged = [(offsets, [f"{w}:{low}" for low, _ in offsets]) for w, (offsets, _) in enumerate(windows)]
    found = joined(tagged, overlap)
    assert [low for low, _, _ in found] == list(range(count))
    for k, (first, end) in enumerate(owned([len(tags) for _, tags in tagged], overlap)):
        assert k == 0 or first == overlap // 2
        assert k == len(tagged) - 1 or end == room - overlap + overlap // 2


@given(LETTERS, st.lists(st.integers(0, 10**4), max_size=20), st.data())
def test_words_are_whole_apart_and_tagged_as_they_begin(text: str, cuts: list[int], data: st.DataObject) -> None:
    tokens = [(*extent, str(k)) for k, extent in enumerate(partition(text, cuts))]
    doubled = [each for each in tokens for _ in range(data.draw(st.integers(1, 2)))]  # several of one character
    found = list(words(text, doubled))
    assert all(0 <= low < high <= len(text) and text[low:high] == text[low:high].strip() for low, high, _ in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    for low, high, tag in found:
        start, end, _ = tokens[int(tag)]
        assert start <= low < end
        assert not regex.fullmatch(r"[a-zé]{2}", text[low - 1 : low + 1] if low else "")
        assert not regex.fullmatch(r"[a-zé]{2}", text[high - 1 : high + 1])
        assert not regex.match(r"\p{M}", text[high : high + 1])
    covered = {k for low, high, _ in found for k in range(low, high)}
    assert {k for k, letter in enumerate(text) if regex.match(r"[\w--\p{M}]", letter, regex.V1)} <= covered


@pytest.mark.parametrize(
    ("stated", "positions", "padding", "right"),
    [(512, 512, None, 512), (10**30, 514, 1, 512), (512, 514, 1, 512), (10**30, 0, None, 512), (128, 512, None, 128)],
)
def test_a_window_is_what_tokenizer_and_positions_allow(
    stated: int, positions: int, padding: int | None, right: int
) -> None:
    tables = [SimpleNamespace(num_embeddings=30_000, padding_idx=1), SimpleNamespace()]
    tables.append(SimpleNamespace(num_embeddings=positions, padding_idx=padding))
    model = SimpleNamespace(config=SimpleNamespace(max_position_embeddings=positions), modules=lambda: tables)
    assert transformers._size(SimpleNamespace(model_max_length=stated), model) == right


def test_a_script_without_spaces_keeps_its_tokens() -> None:
    text = "李明在北京 Aná Co."
    tokens = [(0, 2, "B"), (2, 3, "O"), (3, 5, "C"), (5, 7, "D"), (7, 9, "E"), (10, 12, "F"), (12, 13, "G")]
    assert [(text[low:high], tag) for low, high, tag in words(text, tokens)] == [
        ("李明", "B"),
        ("在", "O"),
        ("北京", "C"),
        ("Aná", "D"),
        ("Co", "F"),
        (".", "G"),
    ]


# Files


def test_tags_are_read_from_a_file_and_nothing_of_it_is_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "sprung",)

    content = {"tags": ["O", "B-PER", "S-MISC", "E-PER", "B-nonsense", "O", b"S-LOC"], "trap": Trap()}
    new, old, other = (tmp_path / name for name in ("new.pt", "old.pt", "other.pt"))
    with zipfile.ZipFile(new, "w") as archive:
        archive.writestr("new/data.pkl", pickle.dumps(content))
    old.write_bytes(saved(content))
    other.write_bytes(b"no pickle")
    assert saved_tags(new) == saved_tags(old) == {"B-PER", "S-MISC", "S-LOC"}
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(ValueError, match="no file that torch saved"):
        saved_tags(other)


def test_a_changed_model_has_another_digest(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights").write_bytes(b"12")
    first = digest(folder)
    assert digest(folder) == first
    (folder / ".lock").write_bytes(b"")
    assert digest(folder) == first
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "model.pyc").write_bytes(b"1")
    assert digest(folder) == first
    (folder / "weights").write_bytes(b"21")
    second = digest(folder)
    (folder / "weights").rename(folder / "other")
    assert len({first, second, digest(folder)}) == 3


def test_a_model_that_isn_t_here_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("transformers", "gliner", "flair"):
        with pytest.raises(MissingSystemError, match="hf download no-one/nothing --revision v1"):
            systems().find(f"{name}:no-one/nothing@v1")
    for path in ("/no/such", "./no/such", "two words"):
        with pytest.raises(ValueError, match="no name of the Hub"):
            model_path(path)
    for name in ("transformers", "gliner", "flair"):
        with pytest.raises(MissingSystemError, match=regex.escape(str(tmp_path))):
            systems().find(f"{name}:{tmp_path}")


def test_a_model_of_the_hub_is_its_snapshot_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    cached, commit = tmp_path / "models--no-one--toy", "0" * 40
    for folder in ("blobs", "refs", f"snapshots/{commit}"):
        (cached / folder).mkdir(parents=True)
    (cached / "refs" / "main").write_text(commit)
    for name, blob in (("config.json", "b" * 40), ("other.json", "c" * 40)):
        (cached / "blobs" / blob).write_text(json.dumps({"architectures": ["XForTokenClassification"], "id2label": {}}))
        (cached / "snapshots" / commit / name).symlink_to(cached / "blobs" / blob)
    snapshot = model_path("no-one/toy")
    assert snapshot == model_path(f"no-one/toy@{commit}") == cached / "snapshots" / commit
    first = digest(snapshot)
    (cached / "blobs" / ("c" * 40)).write_text("{}")  # never happens: a blob is named by its hash, and not read again
    assert digest(snapshot) == first
    with pytest.raises(ValueError, match="hf download no-one/toy --revision v2"):
        model_path("no-one/toy@v2")
    with pytest.raises(ValueError, match="none of its labels"):
        transformers.make("no-one/toy")


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"architectures": ["BertForMaskedLM"], "id2label": {"0": "B-PER"}}, "no token classifier"),
        ({"architectures": ["BertForTokenClassification"], "id2label": {"0": "LABEL_0"}}, "none of its labels"),
        ({"architectures": None, "id2label": {}}, "no config.json with the labels"),
    ],
)
def test_a_folder_that_is_no_tagger_of_names_is_refused(tmp_path: Path, config: object, problem: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=problem):
        transformers.make(str(tmp_path))


# GLiNER's pieces, Flair's tokens, Stanza's folders


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 9), st.integers(1, 30))
def test_pieces_are_all_words_in_order_and_fit(weights: list[int], most: int, room: int) -> None:
    found = list(gliner.pieces(weights, most, room))
    assert [k for low, high in found for k in range(low, high)] == list(range(len(weights)))
    assert all(high - low <= most and (sum(weights[low:high]) <= room or high - low == 1) for low, high in found)
    for (low, high), _ in pairwise(found):
        assert high - low == most or sum(weights[low : high + 1]) > room


@given(LETTERS, st.lists(st.integers(0, 10**4), max_size=20))
def test_tokens_of_a_text_are_found_where_they_are(text: str, cuts: list[int]) -> None:
    extents = [(low, high) for low, high in partition(text, cuts) if text[low:high].strip()]
    found = flair.placed(text, [text[low:high] for low, high in extents], 0, len(text))
    seen = [each for each in extents if regex.search(r"[^\s\p{C}\p{M}\p{Z}]", text[each[0] : each[1]])]
    assert found == seen


@given(LETTERS, st.lists(st.text("ab. \u200b", max_size=3), max_size=9), st.integers(0, 9))
def test_tokens_that_are_not_the_text_s_are_replaced(text: str, strange: list[str], start: int) -> None:
    low = min(start, len(text))
    found = flair.placed(text, strange, low, len(text))
    assert all(low <= one[0] < one[1] <= len(text) for one in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert flair.placed(text, ["no such token"], low, len(text)) == [
        each
        for each in segmentation.tokens(text, low, len(text))
        if regex.search(r"[^\s\p{C}\p{M}\p{Z}]", text[each[0] : each[1]])
    ]


def test_stanza_without_models_says_so_and_with_them_what_they_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    assert stanza.make("english").version.endswith("-none")
    (tmp_path / "resources.json").write_text('{"en": ')
    with pytest.raises(ValueError, match=r"resources\.json isn't JSON"):
        stanza.make("english")
    listed = {"english": {"alias": "en"}, "en": {"packages": {"default": {"ner": "toy"}}}, "xx": {"packages": {}}}
    (tmp_path / "resources.json").write_text(json.dumps(listed))
    assert stanza.make("en").version.endswith("-none")
    for unknown in ("xx", "tlh"):
        with pytest.raises(ValueError, match=f"no tagger of names for '{unknown}'"):
            stanza.make(unknown)
    (tmp_path / "en" / "ner").mkdir(parents=True)
    (tmp_path / "en" / "ner" / "toy.pt").write_bytes(saved(["B-PER", "S-LOC", "S-ORG", "B-MISC"]))
    system = stanza.make("english")
    assert not system.version.endswith("-none")
    assert (system.tells, list(system.predicts)) == ("conll-4", ["entities"])


def test_a_text_on_which_stanza_fails_is_told_and_the_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def pipeline(text: str) -> SimpleNamespace:
        if "!" in text:
            raise RuntimeError("too loud")
        return SimpleNamespace(ents=[SimpleNamespace(start_char=0, end_char=3, type="PER")])

    tagger = SimpleNamespace(get_known_tags=lambda: ["PER"])
    made = Mock(side_effect=pipeline, processors={"ner": tagger})
    monkeypatch.setitem(sys.modules, "stanza", SimpleNamespace(Pipeline=lambda *_, **__: made))
    predict = stanza.make("en").open({})
    with pytest.warns(PartialAnswer, match="b: the whole text: RuntimeError: too loud") as told:
        found = list(predict([Source("a", "Ana"), Source("b", "Ana!"), Source("c", "\n")]))
    assert len(told) == 1
    assert found == [{"entities": [{"start": 0, "end": 3, "label": "PERSON"}]}, {}, {}]


def test_stanza_without_models_names_the_command_that_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise FileNotFoundError("no resources")

    monkeypatch.setitem(sys.modules, "stanza", SimpleNamespace(Pipeline=lacking))
    with pytest.raises(MissingSystemError, match=r"no resources.*stanza\.download\('en'"):
        stanza.make("en").open({})


# Real models, tiny, made here, in the environments of their systems

BERT = """
import random, sys
import torch, transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

folder, window = sys.argv[1], 32
torch.manual_seed(0)
torch.set_num_threads(1)
chance = random.Random(0)
names = [("Ana", "PER"), ("Ana Silva", "PER"), ("Ana Maria Silva Robinson", "PER"), ("Çağrı", "PER"), ("Rio", "LOC")]
names += [("Acme Works", "ORG"), ("Monday", "DATE"), ("Brie", "CHEESE")]
others = "the a we they met saw talks went on in to of and said word 🎉 👍🏽 , . ! café naïve 2025 tomorrow".split()
tags = ["O", *(f"{place}-{kind}" for kind in ("PER", "LOC", "ORG", "DATE", "CHEESE") for place in "BI")]
known = [*others, *(name for name, _ in names)]
inner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
inner.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=True)
inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
special = ["[CLS]", "[SEP]", "[PAD]", "[UNK]"]
letters = sorted({letter for each in known for letter in each})
trainer = trainers.WordPieceTrainer(vocab_size=70, special_tokens=special, initial_alphabet=letters)
inner.train_from_iterator(known, trainer)
inner.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 1)])
named = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
fast = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=window, **named)
model = transformers.BertForTokenClassification(transformers.BertConfig(
    vocab_size=inner.get_vocab_size(), hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
    intermediate_size=96, max_position_embeddings=window, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    id2label=dict(enumerate(tags)), label2id={tag: k for k, tag in enumerate(tags)}, pad_token_id=2,
))

def example():
    ids, right = [], []
    while len(ids) < window:
        name, kind = chance.choice(names) if chance.random() < 0.3 else (chance.choice(others), None)
        found = inner.encode(name, add_special_tokens=False)
        ids += found.ids
        right += [0 if kind is None else tags.index(f"{'I' if word else 'B'}-{kind}") for word in found.word_ids]
    start = chance.randrange(len(ids) - window + 3)
    return [0, *ids[start : start + window - 2], 1], [-100, *right[start : start + window - 2], -100]

optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
for step in range(200):
    ids, right = zip(*(example() for _ in range(32)))
    loss = model(input_ids=torch.tensor(ids), labels=torch.tensor(right)).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.save_pretrained(folder)
fast.save_pretrained(folder)
"""

GLINER = """
import shutil, sys
from pathlib import Path
import torch, transformers
from gliner import GLiNER, GLiNERConfig
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

folder = Path(sys.argv[1])
backbone = folder / "backbone"
torch.manual_seed(0)
letters = [chr(code) for code in range(33, 127)]
pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters)]
inner = Tokenizer(models.WordPiece({piece: k for k, piece in enumerate(pieces)}, unk_token="[UNK]"))
inner.normalizer = normalizers.BertNormalizer(lowercase=False)
inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
inner.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
named = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
fast = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=512, **named)
fast.save_pretrained(backbone)
sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
transformers.BertModel(transformers.BertConfig(vocab_size=len(pieces), **sizes)).save_pretrained(backbone)
config = GLiNERConfig(model_name=str(backbone), hidden_size=32, max_len=384, max_width=4, dropout=0.0)
GLiNER.from_config(config).save_pretrained(folder)
shutil.rmtree(backbone)
"""

STANZA = """
import json, sys
from pathlib import Path
import torch
from stanza.models import ner_tagger, tokenizer
from stanza.models.common.vocab import CharVocab, CompositeVocab
from stanza.models.ner.trainer import Trainer as Tagger
from stanza.models.ner.vocab import MultiVocab
from stanza.models.tokenization.trainer import Trainer as Tokenizer
from stanza.models.tokenization.vocab import Vocab

home = Path(sys.argv[1])
torch.manual_seed(0)
toys = {"tokenize": "toy", "ner": "toy"}
about = {"tokenize": {"toy": {}}, "ner": {"toy": {}}, "packages": {"default": toys}, "lang_name": "English"}
(home / "resources.json").write_text(json.dumps({"en": about}))
for name in toys:
    (home / "en" / name).mkdir(parents=True)
vocab = Vocab(data=[[(chr(code), 0) for code in range(32, 127)]], lang="en")
args = vars(tokenizer.build_argparse().parse_args([]))
args |= {"vocab_size": len(vocab), "emb_dim": 8, "hidden_dim": 8, "lang": "en", "use_dictionary": False}
args |= {"feat_funcs": ["space_before", "capitalized", "numeric"], "feat_dim": 3, "shorthand": "en_toy"}
Tokenizer(args=args, vocab=vocab, device="cpu").save(str(home / "en" / "tokenize" / "toy.pt"))
tags = [f"{place}-{kind}" for kind in ("PER", "LOC", "DATE") for place in "BIES"]  # without O: each word is named
args = vars(ner_tagger.build_argparse().parse_args(["--shorthand", "en_toy"]))
args |= {"word_emb_dim": 0, "use_peft": False, "bert_finetune": False, "bert_hidden_layers": None, "lang": "en"}
args |= {"charlm": False, "char_emb_dim": 8, "char_hidden_dim": 8, "hidden_dim": 8, "bert_model": None}
letters = CharVocab([[("Ana",), ("met",), ("Rio",)]], "en")
both = MultiVocab({"char": letters, "tag": CompositeVocab([[[[tag]]] for tag in tags], "en", idx=0, sep=None)})
Tagger(args=args, vocab=both, device="cpu").save(str(home / "en" / "ner" / "toy.pt"))
"""

FLAIR = """
import random, sys
import torch
from flair.data import Dictionary, Sentence
from flair.embeddings import OneHotEmbeddings
from flair.models import SequenceTagger

torch.manual_seed(0)
chance = random.Random(0)
names = {"Ana": "PER", "Robinson": "PER", "Rio": "LOC", "Monday": "DATE", "Brie": "CHEESE"}
words = [*names, *"we met in on the talks said . , 🎉 and saw".split()]
kinds, vocabulary = Dictionary(add_unk=False), Dictionary()
kinds.span_labels = True
for kind in dict.fromkeys(names.values()):
    kinds.add_item(kind)
for word in words:
    vocabulary.add_item(word)
embeddings = OneHotEmbeddings(vocabulary, embedding_length=16)
model = SequenceTagger(embeddings, kinds, "ner", use_rnn=False, use_crf=False, reproject_embeddings=False)

def sentence():
    made = Sentence([chance.choice(words) for _ in range(8)])
    for k, token in enumerate(made.tokens):
        if token.text in names:
            made[k : k + 1].add_label("ner", names[token.text])
    return made

optimizer = torch.optim.Adam(model.parameters(), lr=5e-2)
for step in range(60):
    loss, count = model.forward_loss([sentence() for _ in range(8)])
    optimizer.zero_grad()
    (loss / count).backward()
    optimizer.step()
model.eval()
model.save(sys.argv[1])
"""


def built(system: System, code: str, path: Path) -> None:
    """Makes a model in the environment of a system; without one, and without a network, there is none."""
    python = interpreter(system)
    done = subprocess.run(
        [python, "-P", "-c", code, path], capture_output=True, text=True, env=environments.variables()
    )
    assert done.returncode == 0, done.stderr[-3000:]


def hostile() -> list[dict[str, Any]]:
    """Articles over hard Unicode, always the same."""
    found = list[dict[str, Any]]()

    @settings(max_examples=40, database=None, derandomize=True)
    @given(documents())
    def gather(gold: dict[str, Any]) -> None:
        found.append({**gold, "id": f"hostile-{len(found)}"})

    gather()
    return found


def plain(name: str, text: str) -> dict[str, Any]:
    return {"id": name, "text": text, "language": "en", "dct": {"value": "2025-02-26"}}


def answers(system: System, given_: Sequence[dict[str, Any]], out: Path) -> dict[str, dict[str, Any]]:
    """What a system says of documents, in a process of its own; of articles it is proved."""
    corpus = [*hostile(), *given_]
    told = run(system, Corpus.of(corpus), out)
    log = next(iter((out / "runs").glob("*.log")), None)
    assert told.problem is None, log.read_text("utf-8", "replace")[-3000:] if log else told.problem
    made = {each["id"]: each for each in read(told.path, article()).documents()}
    assert list(made) == [each["id"] for each in corpus]
    articles = [made[each["id"]] for each in corpus if each["id"].startswith("hostile-")]
    errors = [each for each in spanproof.check(Corpus.of(articles, article())).findings if each.severity == "error"]
    assert [each for each in errors if each.code != "SP108"] == []  # tokens of a model may cut emoji
    return made


def said(made: dict[str, Any]) -> list[tuple[int, int, str]]:
    found = [(each["start"], each["end"], each["label"]) for each in made["entities"]]
    return sorted([*found, *((each["start"], each["end"], each["type"]) for each in made["dates"])])


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("bert")
    config = {"architectures": ["BertForTokenClassification"], "id2label": {"0": "B-PER"}}
    (folder / "config.json").write_text(json.dumps(config))
    built(transformers.make(str(folder)), BERT, folder)
    edges = [plain(f"edge-{k}", f"{'🎉 ' * k}Ana Maria Silva Robinson{' word' * 45}") for k in range(45)]
    parts = [plain(f"part-{k}", part) for k, part in enumerate(PARTS)]
    pairs = [
        plain(f"pair-{k}-{n}", f"{one}{FAR}{other}") for k, one in enumerate(PARTS) for n, other in enumerate(PARTS)
    ]
    system = transformers.make(str(folder))
    assert (system.tells, list(system.predicts)) == ("three", ["entities", "dates"])
    return answers(
        system, [*edges, *parts, *pairs, plain("empty", ""), plain("blank", " \n ")], tmp_path_factory.mktemp("o")
    )


FAR = f" {'word ' * 60}"
PARTS = (
    "the talks , we met Ana Silva in Rio .",
    "🎉 Ana\u0301 met C\u0327ag\u0306rı on Monday ! 👍🏽",
    "Acme Works said Ana saw Brie",
    "we went to the café in 2025",
)


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
def test_a_name_at_any_window_edge_is_one_and_whole(tagged: dict[str, dict[str, Any]]) -> None:
    for k in range(45):
        start = 2 * k
        assert said(tagged[f"edge-{k}"]) == [(start, start + len("Ana Maria Silva Robinson"), "PERSON")], k


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
def test_what_lies_far_apart_is_answered_as_alone(tagged: dict[str, dict[str, Any]]) -> None:
    for k, one in enumerate(PARTS):
        for n in range(len(PARTS)):
            shift = len(one) + len(FAR)
            right = [(low + shift, high + shift, kind) for low, high, kind in said(tagged[f"part-{n}"])]
            assert said(tagged[f"pair-{k}-{n}"]) == [*said(tagged[f"part-{k}"]), *right]


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
def test_names_of_astral_and_decomposed_texts_are_whole(tagged: dict[str, dict[str, Any]]) -> None:
    names = {k: [PARTS[k][low:high] for low, high, _ in said(tagged[f"part-{k}"])] for k in range(4)}
    assert names == {
        0: ["Ana Silva", "Rio"],
        1: ["Ana\u0301", "C\u0327ag\u0306rı", "Monday"],
        2: ["Acme Works", "Ana"],
        3: [],
    }
    (monday,) = tagged["part-1"]["dates"]
    assert (monday["value"], monday["anchor"]) == ("2025-02-24", "dct")
    assert said(tagged["empty"]) == said(tagged["blank"]) == []


@pytest.mark.slow
@pytest.mark.xdist_group("gliner")
def test_gliner_reads_the_whole_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "gliner_config.json").write_text("{}")
    built(gliner.make(str(tmp_path)), GLINER, tmp_path)
    long = plain("long", f"the talks {'😀 word' * 700}. Ana met Bo.")
    made = answers(gliner.make(str(tmp_path)), [long, plain("empty", "")], tmp_path / "out")
    found = said(made["long"])  # of random weights, so of spans everywhere
    assert found[-1][0] > 0.9 * len(long["text"])
    assert all(other[0] - one[1] < 400 for one, other in pairwise(found))
    assert said(made["empty"]) == []


@pytest.mark.slow
@pytest.mark.xdist_group("stanza")
def test_stanza_keeps_its_offsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(home))
    built(stanza.make("en"), STANZA, home)
    system = stanza.make("en")
    assert not system.version.endswith("-none")
    assert dict(system.predicts)["entities"] == ("PERSON", "LOC")
    made = answers(system, [plain("one", "😀 Ana met Rio. " * 30), plain("empty", " ")], tmp_path / "out")
    assert said(made["one"])
    assert said(made["empty"]) == []


@pytest.mark.slow
@pytest.mark.xdist_group("flair")
def test_flair_finds_names_behind_what_it_takes_out(tmp_path: Path) -> None:
    file = tmp_path / "toy.pt"
    file.write_bytes(saved(["B-PER"]))
    built(flair.make(str(file)), FLAIR, file)
    text = "we\u200b met \ufeffAna\u200b in Rio . 🎉 \ufe0f on Monday\u2028Robinson said Brie ."
    system = flair.make(str(file))
    made = answers(system, [plain("one", text), plain("empty", "")], tmp_path / "out")["one"]
    assert [(text[low:high], kind) for low, high, kind in said(made)] == [
        ("Ana", "PERSON"),
        ("Rio", "LOC"),
        ("Monday", "DATE"),
        ("Robinson", "PERSON"),
    ]
    assert system.tells == "three"
