"""``transformers:MODEL``: token classifiers of the library transformers, over texts of any length.

Texts are cut into windows here, not by the library: the stride of its pipeline cuts names at the edges of windows,
knows no BIOES, and takes every token whose surface is longer or shorter than its text (decomposed letters) for a part
of a word.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import regex

from spanproof.parsing.json import parse
from spanproof.systems.labels import warn_of_unknown
from spanproof.systems.model_files import digest, model_path
from spanproof.systems.ner import LIMITS, Find, Tagger
from spanproof.systems.system import Family, System
from spanproof.text.segmentation import Extent, stripped
from spanproof.text.tags import Labelled, spans_of_tags

_VERSION = "5.23"
_LONGEST = 512
_INSIDE = regex.compile(r"(?V1)[\w--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]")
_UNSEEN = regex.compile(r"[\p{M}\p{Cf}]*")
_MARKS = regex.compile(r"\p{M}*")

Window = tuple[Sequence[Extent], Sequence[str]]
"""The tokens of a part of a text: their offsets in the text, their tags."""


def owned(lengths: Sequence[int], overlap: int) -> list[Extent]:
    """Return the range of tokens (first, one after the last) that each of several overlapping windows decides.

    The first half of an overlap is decided by the earlier window, the second half by the later: every token is decided
    once, where it has as much text as possible on both sides.

    Args:
        lengths: how many tokens each window has.
        overlap: how many tokens at the end of a window are also the first of the next.
    """
    half, last = overlap // 2, len(lengths) - 1
    return [(half if k else 0, length if k == last else length - overlap + half) for k, length in enumerate(lengths)]


def joined(windows: Sequence[Window], overlap: int) -> list[Labelled]:
    """Return the tokens of a text with their tags, each once, from windows that overlap in so many tokens."""
    shares = zip(windows, owned([len(tags) for _, tags in windows], overlap), strict=True)
    return [(*offsets[k], tags[k]) for (offsets, tags), (first, end) in shares for k in range(first, end)]


def words(text: str, tokens: Sequence[Labelled]) -> Iterator[Labelled]:
    """Yield the words that tokens make up, each with the tag of its first token.

    A word is a run of letters, digits and marks; in scripts without spaces, and of other characters, each token is a
    word.
    """
    word: Labelled | None = None
    for low, high, tag in tokens:
        start, end = stripped(text, low, high)
        if start >= end:
            continue
        marks = _MARKS.match(text, end)
        end = marks.end() if marks else end
        if word is not None and (start < word[1] or _one_word(text, word[1], start)):
            word = (word[0], max(word[1], end), word[2])
            continue
        if word is not None:
            yield word
        word = (start, end, tag)
    if word is not None:
        yield word


def _one_word(text: str, end: int, start: int) -> bool:
    """Return whether a token that ends and one that starts here are of one word, whatever invisible lies between."""
    unseen = _UNSEEN.fullmatch(text, end, start)
    return bool(unseen and _INSIDE.match(text, end - 1) and _INSIDE.match(text, start))


def _size(tokenizer: Any, model: Any) -> int:
    """Return how many tokens the model takes at once, those that the tokenizer adds included."""
    limits = [tokenizer.model_max_length]
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions:
        # RoBERTa and its like count positions from the one after the position of padding.
        tables = (module for module in model.modules() if getattr(module, "num_embeddings", None) == positions)
        unused = [table.padding_idx + 1 for table in tables if table.padding_idx is not None]
        limits.append(positions - max(unused, default=0))
    # A tokenizer without a limit says 10**30.
    return min((int(limit) for limit in limits if 0 < limit < 10**6), default=_LONGEST)


def _model(folder: Path) -> tuple[Any, Any]:
    """Return the tokenizer and the model in a folder.

    Raises:
        ValueError: the tokenizer gives no offsets, or weights are missing, which would be random.
    """
    library = import_module("transformers")
    local = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = library.AutoTokenizer.from_pretrained(folder, **local)
    if not tokenizer.is_fast:
        raise ValueError(f"{folder}: its tokenizer isn't a fast one, so gives no offsets")
    tokenizer.truncation_side = "right"
    load = library.AutoModelForTokenClassification.from_pretrained
    model, report = load(folder, output_loading_info=True, **local)
    if report["missing_keys"]:
        raise ValueError(f"{folder} lacks the weights {', '.join(sorted(report['missing_keys']))}")
    return tokenizer, model.eval()


def _tagger(tokenizer: Any, model: Any) -> tuple[Callable[[str], list[Window]], int]:
    """Return the function that gives the tagged windows of a text, and how many tokens of a window the next has too."""
    torch = import_module("torch")
    size = _size(tokenizer, model)
    room = size - tokenizer.num_special_tokens_to_add()
    if room < 4:
        raise ValueError(f"its window is {size} tokens, too few for a text")
    overlap, names = room // 4, model.config.id2label

    def windows(text: str) -> list[Window]:
        cut = {"truncation": True, "max_length": size, "stride": overlap, "return_overflowing_tokens": True}
        encoded = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True, **cut)
        tagged = list[Window]()
        for k, specials in enumerate(encoded["special_tokens_mask"]):
            inputs = {n: torch.tensor([encoded[n][k]]) for n in tokenizer.model_input_names if n in encoded}
            with torch.inference_mode():
                best = model(**inputs).logits[0].argmax(-1).tolist()
            own = [i for i, special in enumerate(specials) if not special]
            offsets = encoded["offset_mapping"][k]
            tagged.append(([(offsets[i][0], offsets[i][1]) for i in own], [names[best[i]] for i in own]))
        return tagged

    return windows, overlap


def make(model: str) -> System:
    """Return the system of a model: a folder, or a name on the Hub that is on this machine.

    Raises:
        ValueError: it is neither, or no token classifier with names among its labels.
    """
    folder, name = model_path(model), f"transformers:{model}"
    try:
        config = parse((folder / "config.json").read_bytes())
        classifies = any(architecture.endswith("ForTokenClassification") for architecture in config["architectures"])
        tags = list(config["id2label"].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder} has no config.json with the labels of a model: {error}") from None
    if not classifies:
        raise ValueError(f"{', '.join(config['architectures'])} isn't a token classifier")
    tagger = Tagger(
        name=name,
        version=f"{_VERSION}-{digest(folder)}",
        licence="Apache-2.0",
        tags=tags,
        limits="A text that is too long for the model is read in windows that share a quarter of their tokens. Each "
        "token has the label that it gets in the window whose middle is nearest. A word (letters and digits in a row) "
        f"has the label of its first token. {LIMITS}",
        requires=("torch>=2.13,<2.14", f"transformers=={_VERSION}.*"),
        open=partial(_load, folder, tags, name),
    )
    return tagger.system()


def _load(folder: Path, tags: Sequence[str], name: str) -> Find:
    warn_of_unknown(tags, name)
    windows, overlap = _tagger(*_model(folder))
    return lambda source: spans_of_tags(words(source.text, joined(windows(source.text), overlap)))


FAMILY = Family("transformers", "MODEL", "a token classifier of transformers: a folder, or NAME@REVISION", make)
