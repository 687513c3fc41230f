"""Tiny real models, made in the environments of their systems, and what systems say with them."""

import hashlib
import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import spanproof
from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.systems import environments
from spanproof.systems.system import System
from spanproof.testing.strategies import documents, texts
from support import drawn
from support.systems_here import interpreter

LETTERS = st.text("ab é漢ÀÉ’.-\u0301\u00ad\u200b\ufe0f🎉👍🏽 \n", max_size=40) | texts()


def partition(text: str, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """The extents between the cuts of a text, as tokens of whatever tokenizer."""
    return list(pairwise(sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})))


def saved(content: object) -> bytes:
    """What torch wrote before 1.6, and Stanza still does: three pickles before that of the content."""
    return b"".join(pickle.dumps(each) for each in (1, 2, None, content))


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
    """Makes a model in the environment of a system, or copies the one that the same script made there before."""
    python = interpreter(system)
    made_of = json.dumps([code, system.requires, *map(version, ("torch", "transformers")), sys.version_info[:2]])
    kept = environments.cache("SPANPROOF_SYSTEMS_CACHE", "systems") / "toy-models"
    kept /= hashlib.sha256(made_of.encode()).hexdigest()[:16]
    with environments.locked(kept):
        if not kept.exists():
            command = [python, "-P", "-c", code, path]
            done = subprocess.run(command, capture_output=True, text=True, env=environments.variables())
            assert done.returncode == 0, done.stderr[-3000:]
            half = kept.with_suffix(".half")
            copied(path, half)
            half.rename(kept)
        copied(kept, path)


def copied(source: Path, target: Path) -> None:
    """Copies a file or the whole of a folder over what is there."""
    if source.is_file():
        shutil.copyfile(source, target)
    else:
        shutil.copytree(source, target, dirs_exist_ok=True)


def hostile() -> list[dict[str, Any]]:
    """Articles over hard Unicode."""
    return [{**gold, "id": f"hostile-{k}"} for k, gold in enumerate(drawn(documents(), 40))]


def plain(name: str, text: str) -> dict[str, Any]:
    return {"id": name, "text": text, "language": "en", "dct": {"value": "2025-02-26"}}


def answers(system: System, given_: Sequence[dict[str, Any]], out: Path) -> dict[str, dict[str, Any]]:
    """What a system says of documents, in a process of its own; of articles it is proved."""
    corpus = [*hostile(), *given_]
    told = run(system, Corpus.of(corpus), out)
    log = next(iter((out / "runs").glob("*.log")), None)
    assert told.problem is None, log.read_text("utf-8", "replace")[-3000:] if log else told.problem
    made = {each["id"]: each for each in read(told.path, Schema.article()).documents()}
    assert list(made) == [each["id"] for each in corpus]
    articles = [made[each["id"]] for each in corpus if each["id"].startswith("hostile-")]
    errors = [
        each for each in spanproof.check(Corpus.of(articles, Schema.article())).findings if each.severity == "error"
    ]
    assert [each for each in errors if each.code != "SP108"] == []  # tokens of a model may cut emoji
    return made


def said(made: dict[str, Any]) -> list[tuple[int, int, str]]:
    found = [(each["start"], each["end"], each["label"]) for each in made["entities"]]
    return sorted([*found, *((each["start"], each["end"], each["type"]) for each in made["dates"])])
