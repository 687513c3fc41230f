"""``gliner:MODEL``: models of GLiNER, which find names of any label that is asked for, sentence by sentence."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from spanproof.systems.model_files import digest, model_path
from spanproof.systems.ner import LIMITS, Find, Tagger
from spanproof.systems.system import Family, PartialAnswer, Source, System
from spanproof.text.segmentation import Extent, sentences
from spanproof.text.tags import Labelled

_VERSION = "0.2.29"
_THRESHOLD = 0.5
_LONGEST = 512
_ASKED: Mapping[str, str] = {
    "person": "PERSON",
    "nationality or religious or political group": "NORP",
    "building or facility": "FAC",
    "organization": "ORG",
    "country or city or state": "GPE",
    "location": "LOC",
    "product": "PRODUCT",
    "event": "EVENT",
    "work of art": "WORK_OF_ART",
    "law": "LAW",
    "language": "LANGUAGE",
    "amount of money": "MONEY",
    "quantity": "QUANTITY",
    "percentage": "PERCENT",
    "ordinal number": "ORDINAL",
    "cardinal number": "CARDINAL",
    "date": "DATE",
    "time": "TIME",
}


def pieces(weights: Sequence[int], most: int, room: int) -> Iterator[Extent]:
    """Yield the words of a sentence in as few pieces as the model can take: first word, and the one after the last.

    Args:
        weights: how many word pieces each word is.
        most: how many words the model takes at once.
        room: how many word pieces it takes at once; a word that is more is a piece by itself.
    """
    start = total = 0
    for k, weight in enumerate(weights):
        if k > start and (k - start == most or total + weight > room):
            yield start, k
            start, total = k, 0
        total += weight
    if start < len(weights):
        yield start, len(weights)


def _room(model: Any, tokenizer: Any) -> int:
    """Return how many word pieces of a text the model takes at once, beside the labels that it is asked for."""
    encoder = getattr(model.config, "encoder_config", None)
    limits = (tokenizer.model_max_length, getattr(encoder, "max_position_embeddings", None) or 0, _LONGEST)
    prompt = sum(_weight(tokenizer, label) + 1 for label in _ASKED) + 4
    room = min(int(limit) for limit in limits if limit > 0) - prompt
    if room < 16:
        raise ValueError(f"its window has room for {room} word pieces beside the labels, too few for a sentence")
    return room


def _weight(tokenizer: Any, word: str) -> int:
    return len(tokenizer(word, add_special_tokens=False)["input_ids"])


def _parts(source: Source, model: Any, room: int) -> Iterator[Extent]:
    """Yield the sentences of a text, those that the model would truncate in pieces."""
    tokenizer, split = model.data_processor.transformer_tokenizer, model.data_processor.words_splitter
    for start, end in sentences(source.text, source.language):
        words = [(start + low, start + high) for _, low, high in split(source.text[start:end])]
        weights = [_weight(tokenizer, source.text[low:high]) for low, high in words]
        cut = list(pieces(weights, model.config.max_len, room))
        if len(cut) > 1:
            why = "longer than the model takes, read in pieces: a name across two is lost"
            warnings.warn(f"{source.id}: the sentence {start}:{end} is {why}", PartialAnswer, stacklevel=2)
        yield from ((words[first][0], words[end - 1][1]) for first, end in cut)


def _load(folder: Path) -> Find:
    model = import_module("gliner").GLiNER.from_pretrained(str(folder), local_files_only=True).eval()
    room = _room(model, model.data_processor.transformer_tokenizer)

    def find(source: Source) -> Iterator[Labelled]:
        parts = list(_parts(source, model, room))
        texts = [source.text[start:end] for start, end in parts]
        answers = model.inference(texts, list(_ASKED), threshold=_THRESHOLD, flat_ner=True) if texts else ()
        for (start, _), answer in zip(parts, answers, strict=True):
            yield from ((start + span["start"], start + span["end"], _ASKED[span["label"]]) for span in answer)

    return find


def make(model: str) -> System:
    """Return the system of a model: a folder, or a name on the Hub that is on this machine.

    Raises:
        ValueError: it is neither, or no model of GLiNER.
    """
    folder = model_path(model)
    if not (folder / "gliner_config.json").is_file():
        raise ValueError(f"{folder} has no gliner_config.json: no model of GLiNER")
    asked = "; ".join(f"{label}: {words}" for words, label in _ASKED.items())
    tagger = Tagger(
        name=f"gliner:{model}",
        version=f"{_VERSION}-{digest(folder)}",
        licence="Apache-2.0",
        tags=tuple(_ASKED.values()),
        limits=f"It is asked for these labels, fixed beforehand: {asked}. The threshold is {_THRESHOLD}, and names "
        "don't nest. It reads a sentence at a time. A sentence that is too long for the model is read in pieces, and a "
        "name across two pieces is lost. "
        f"{LIMITS}",
        requires=("torch>=2.13,<2.14", "transformers==5.16.*", f"gliner=={_VERSION}"),
        open=partial(_load, folder),
    )
    return tagger.system()


FAMILY = Family("gliner", "MODEL", "a model of GLiNER, asked for our labels: a folder, or NAME@REVISION", make)
