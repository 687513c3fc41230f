"""``flair:MODEL``: sequence taggers of Flair, sentence by sentence."""

import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems.ner import LIMITS, Found, digest, foreign, labels, layers, place, predicts, saved_tags, tells
from spanproof.systems.system import Annotations, Family, PartialAnswer, Predict, Source, System
from spanproof.text.segmentation import Extent, sentences, tokens

_VERSION = "0.15.1"
_FILES = ("pytorch_model.bin", "final-model.pt", "best-model.pt")
# Flair takes some of these out of a text, and shifts what follows.
_UNSEEN = regex.compile(r"[\s\p{C}\p{M}\p{Z}]*")


def placed(text: str, given: Sequence[str], start: int, end: int) -> list[Extent]:
    """Where the tokens of a part of a text stand; our own tokens where those aren't the text's, in its order.

    Tokens of nothing that is seen are left out.
    """
    found, at = list[Extent](), start
    for each in given:
        low = text.find(each, at, end)
        if low < 0 or regex.search(r"\w", text, pos=at, endpos=low):
            found = tokens(text, start, end)
            break
        at = low + len(each)
        found.append((low, at))
    return [span for span in found if not _UNSEEN.fullmatch(text, *span)]


def _spans(extents: Sequence[Extent], sentence: Any, layer: str) -> Iterator[Found]:
    for span in sentence.get_spans(layer):
        low, high = extents[span.tokens[0].idx - 1][0], extents[span.tokens[-1].idx - 1][1]
        yield low, high, span.get_label(layer).value


def _open(file: Path, name: str) -> Predict:
    sentence_of = import_module("flair.data").Sentence
    split = import_module("flair.tokenization").SegtokTokenizer().tokenize
    model = import_module("flair.models").SequenceTagger.load(file)
    foreign(model.label_dictionary.get_items(), name)

    def found(source: Source) -> Iterator[Found]:
        for start, end in sentences(source.text, source.language):
            extents = placed(source.text, split(source.text[start:end]), start, end)
            if not extents:
                continue
            sentence = sentence_of([source.text[low:high] for low, high in extents])
            try:
                model.predict(sentence)
            except Exception as error:  # whatever its embeddings raise of a sentence
                why = f"{type(error).__name__}: {error}"
                warnings.warn(f"{source.id}: the sentence {start}:{end}: {why}", PartialAnswer, stacklevel=2)
                continue
            yield from _spans(extents, sentence, model.label_type)

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        return (layers(source, found(source)) for source in sources)

    return predict


def make(model: str) -> System:
    """The system of a model: a file or its folder, or a name on the Hub that is on this machine.

    Raises:
        ValueError: it is neither, or no model with names among its labels.
    """
    path = place(model)
    file = path if path.is_file() else next((path / each for each in _FILES if (path / each).is_file()), None)
    if file is None:
        raise ValueError(f"{path} has none of {', '.join(_FILES)}: no model of Flair")
    tags, name = saved_tags(file), f"flair:{model}"
    known = labels(tags)

    def open_(_: Registries) -> Predict:
        return _open(file, name)

    return System(
        name=name,
        version=f"{_VERSION}-{digest(file)}",
        licence="MIT",
        weights="as its card says",
        predicts=predicts(known),
        limits="Opening a model runs what its file says: only one of somebody trusted. Sentences are those of "
        "sentencex, read without the ones around them, tokens those of segtok; what isn't seen, as zero-width "
        f"characters and marks alone, is no token. A sentence on which it fails is left out. {LIMITS}",
        open=open_,
        requires=("torch>=2.13,<2.14", "transformers==4.57.6", "datasets==4.4.*", f"flair=={_VERSION}"),
        tells=tells(tags),
        in_sample=("dates.value",) if "dates" in predicts(known) else (),
    )


FAMILY = Family("flair", "MODEL", "a sequence tagger of Flair: a file, a folder, or NAME@REVISION", make)
