"""``gliner:MODEL``: models of GLiNER, which find names of any label that is asked for, sentence by sentence."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from spanproof.schema.paths import Registries
from spanproof.systems.ner import LIMITS, Found, digest, layers, place, predicts
from spanproof.systems.system import Annotations, Family, PartialAnswer, Predict, Source, System
from spanproof.text.segmentation import Extent, sentences

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
    """Words in as few runs as there can be, of at most so many words and so much weight; one too heavy is alone."""
    start = held = 0
    for k, weight in enumerate(weights):
        if k > start and (k - start == most or held + weight > room):
            yield start, k
            start, held = k, 0
        held += weight
    if start < len(weights):
        yield start, len(weights)


def _room(model: Any, tokenizer: Any) -> int:
    """How many word pieces of a text the model takes at once, beside the labels that it is asked for."""
    encoder = getattr(model.config, "encoder_config", None)
    limits = (tokenizer.model_max_length, getattr(encoder, "max_position_embeddings", None) or 0, _LONGEST)
    prompt = sum(_weight(tokenizer, each) + 1 for each in _ASKED) + 4
    room = min(int(each) for each in limits if each > 0) - prompt
    if room < 16:
        raise ValueError(f"its window has room for {room} word pieces beside the labels, too few for a sentence")
    return room


def _weight(tokenizer: Any, word: str) -> int:
    return len(tokenizer(word, add_special_tokens=False)["input_ids"])


def _parts(source: Source, model: Any, room: int) -> Iterator[Extent]:
    """The sentences of a text, those that the model would truncate in pieces."""
    tokenizer, split = model.data_processor.transformer_tokenizer, model.data_processor.words_splitter
    for start, end in sentences(source.text, source.language):
        found = [(start + low, start + high) for _, low, high in split(source.text[start:end])]
        cut = list(pieces([_weight(tokenizer, source.text[a:b]) for a, b in found], model.config.max_len, room))
        if len(cut) > 1:
            why = "longer than the model takes, read in pieces: a name across two is lost"
            warnings.warn(f"{source.id}: the sentence {start}:{end} is {why}", PartialAnswer, stacklevel=2)
        yield from ((found[low][0], found[high - 1][1]) for low, high in cut)


def _open(folder: Path) -> Predict:
    model = import_module("gliner").GLiNER.from_pretrained(str(folder), local_files_only=True).eval()
    room = _room(model, model.data_processor.transformer_tokenizer)

    def found(source: Source) -> Iterator[Found]:
        parts = list(_parts(source, model, room))
        texts = [source.text[start:end] for start, end in parts]
        given = model.inference(texts, list(_ASKED), threshold=_THRESHOLD, flat_ner=True) if texts else ()
        for (start, _), answer in zip(parts, given, strict=True):
            yield from ((start + each["start"], start + each["end"], _ASKED[each["label"]]) for each in answer)

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        return (layers(source, found(source)) for source in sources)

    return predict


def make(model: str) -> System:
    """The system of a model: a folder, or a name on the Hub that is on this machine.

    Raises:
        ValueError: it is neither, or no model of GLiNER.
    """
    folder = place(model)
    if not (folder / "gliner_config.json").is_file():
        raise ValueError(f"{folder} has no gliner_config.json: no model of GLiNER")

    def open_(_: Registries) -> Predict:
        return _open(folder)

    asked = "; ".join(f"{label}: {words}" for words, label in _ASKED.items())
    return System(
        name=f"gliner:{model}",
        version=f"{_VERSION}-{digest(folder)}",
        licence="Apache-2.0",
        weights="as its card says",
        predicts=predicts(tuple(_ASKED.values())),
        limits=f"Asked for these labels, fixed beforehand ({asked}), with the threshold {_THRESHOLD}, flat, a sentence "
        "at a time; a sentence that is longer than the model takes is read in pieces, and a name across two is lost. "
        f"{LIMITS}",
        open=open_,
        requires=("torch>=2.13,<2.14", "transformers==5.16.*", f"gliner=={_VERSION}"),
        in_sample=("dates.value",),
    )


FAMILY = Family("gliner", "MODEL", "a model of GLiNER, asked for our labels: a folder, or NAME@REVISION", make)
