"""``flair:MODEL``: sequence taggers of Flair, sentence by sentence."""

import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import regex

from spanproof.systems.labels import warn_of_unknown
from spanproof.systems.model_files import digest, model_path, saved_tags
from spanproof.systems.ner import LIMITS, Find, Tagger
from spanproof.systems.system import Family, PartialAnswer, Source, System
from spanproof.text.segmentation import Extent, sentences, tokens
from spanproof.text.tags import Labelled

_VERSION = "0.15.1"
_FILES = ("pytorch_model.bin", "final-model.pt", "best-model.pt")
# Flair takes some of these characters out of a text, and shifts what follows.
_UNSEEN = regex.compile(r"[\s\p{C}\p{M}\p{Z}]*")


def placed(text: str, words: Sequence[str], start: int, end: int) -> list[Extent]:
    """Return where the tokens of a part of a text stand; tokens that show nothing are left out.

    Args:
        text: the text.
        words: the tokens of the part, as segtok cuts it.
        start: where the part begins (code points).
        end: where it ends (code points, half open).

    Returns:
        The extents of the tokens, or those of :func:`~spanproof.text.segmentation.tokens` where a token doesn't stand
        in the text in their order.
    """
    extents, offset = list[Extent](), start
    for word in words:
        low = text.find(word, offset, end)
        if low < 0 or regex.search(r"\w", text, pos=offset, endpos=low):
            extents = tokens(text, start, end)
            break
        offset = low + len(word)
        extents.append((low, offset))
    return [extent for extent in extents if not _UNSEEN.fullmatch(text, *extent)]


def _spans(extents: Sequence[Extent], sentence: Any, layer: str) -> Iterator[Labelled]:
    for span in sentence.get_spans(layer):
        low, high = extents[span.tokens[0].idx - 1][0], extents[span.tokens[-1].idx - 1][1]
        yield low, high, span.get_label(layer).value


def _load(file: Path, name: str) -> Find:
    sentence_of = import_module("flair.data").Sentence
    split = import_module("flair.tokenization").SegtokTokenizer().tokenize
    model = import_module("flair.models").SequenceTagger.load(file)
    warn_of_unknown(model.label_dictionary.get_items(), name)

    def find(source: Source) -> Iterator[Labelled]:
        for start, end in sentences(source.text, source.language):
            extents = placed(source.text, split(source.text[start:end]), start, end)
            if not extents:
                continue
            sentence = sentence_of([source.text[low:high] for low, high in extents])
            try:
                model.predict(sentence)
            except Exception as error:  # Whatever its embeddings raise of a sentence.
                why = f"{type(error).__name__}: {error}"
                warnings.warn(f"{source.id}: the sentence {start}:{end}: {why}", PartialAnswer, stacklevel=2)
                continue
            yield from _spans(extents, sentence, model.label_type)

    return find


def make(model: str) -> System:
    """Return the system of a model: a file or its folder, or a name on the Hub that is on this machine.

    Raises:
        ValueError: it is neither, or no model with names among its labels.
    """
    path, name = model_path(model), f"flair:{model}"
    file = path if path.is_file() else next((path / name for name in _FILES if (path / name).is_file()), None)
    if file is None:
        raise ValueError(f"{path} has none of {', '.join(_FILES)}: no model of Flair")
    tagger = Tagger(
        name=name,
        version=f"{_VERSION}-{digest(file)}",
        licence="MIT",
        tags=sorted(saved_tags(file)),
        limits="Opening a model runs code in its file, so open only models that you trust. Sentences are those of "
        "sentencex, and each is read alone. Tokens are those of segtok. Characters that aren't seen, such as "
        "zero-width ones, and marks that stand alone aren't tokens. A sentence on which it fails is left out. "
        f"{LIMITS}",
        requires=("torch>=2.13,<2.14", "transformers==4.57.6", "datasets==4.4.*", f"flair=={_VERSION}"),
        open=partial(_load, file, name),
    )
    return tagger.system()


FAMILY = Family("flair", "MODEL", "a sequence tagger of Flair: a file, a folder, or NAME@REVISION", make)
