"""``transformers:MODEL``: token classifiers of the library transformers, over texts of any length.

The windows are ours: the stride of its pipeline cuts names at window edges, knows no BIOES, and takes for a part of a
word each token whose surface is longer or shorter than its text, as of decomposed letters.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems.ner import (
    LIMITS,
    Found,
    decoded,
    digest,
    foreign,
    labels,
    layers,
    place,
    predicts,
    tells,
    trimmed,
)
from spanproof.systems.system import Annotations, Family, Predict, Source, System
from spanproof.text.segmentation import Extent

_VERSION = "5.23"
_LONGEST = 512
_INSIDE = regex.compile(r"(?V1)[\w--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]")
_UNSEEN = regex.compile(r"[\p{M}\p{Cf}]*")
_MARKS = regex.compile(r"\p{M}*")

Window = tuple[Sequence[Extent], Sequence[str]]
"""The tokens of a part of a text: their offsets in the text, their tags."""


def owned(lengths: Sequence[int], overlap: int) -> list[Extent]:
    """Of windows with so many tokens, each beginning in the last tokens of the one before: which tokens are whose.

    The first half of an overlap is the earlier window's, the second the later's: each token has one window, and as
    much of the text on both sides as there can be.
    """
    half, last = overlap // 2, len(lengths) - 1
    return [(half if k else 0, length if k == last else length - overlap + half) for k, length in enumerate(lengths)]


def joined(windows: Sequence[Window], overlap: int) -> list[Found]:
    """The tokens of a text with their tags, each once."""
    shares = zip(windows, owned([len(tags) for _, tags in windows], overlap), strict=True)
    return [(*offsets[k], tags[k]) for (offsets, tags), (first, end) in shares for k in range(first, end)]


def words(text: str, tokens: Sequence[Found]) -> Iterator[Found]:
    """The tokens put together to words, each with the tag of its first token.

    A word is a run of letters, digits and marks; in scripts without spaces, and of other characters, a token is one.
    """
    held: Found | None = None
    for low, high, tag in tokens:
        start, end = trimmed(text, low, high)
        if start >= end:
            continue
        match = _MARKS.match(text, end)
        end = match.end() if match else end
        if held is not None and (start < held[1] or _one_word(text, held[1], start)):
            held = (held[0], max(held[1], end), held[2])
            continue
        if held is not None:
            yield held
        held = (start, end, tag)
    if held is not None:
        yield held


def _one_word(text: str, end: int, start: int) -> bool:
    """Whether a token that ends and one that starts here are of one word, whatever unseen lies between."""
    unseen = _UNSEEN.fullmatch(text, end, start)
    return bool(unseen and _INSIDE.match(text, end - 1) and _INSIDE.match(text, start))


def _size(tokenizer: Any, model: Any) -> int:
    """How many tokens the model takes at once, those that the tokenizer adds included."""
    limits = [tokenizer.model_max_length]
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions:
        # RoBERTa and its like count positions from behind that of padding.
        tables = (each for each in model.modules() if getattr(each, "num_embeddings", None) == positions)
        taken = [each.padding_idx + 1 for each in tables if each.padding_idx is not None]
        limits.append(positions - max(taken, default=0))
    known = [int(each) for each in limits if 0 < each < 10**6]
    return min(known, default=_LONGEST)


def _loaded(folder: Path) -> tuple[Any, Any]:
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
    """What gives the windows of a text, and how many tokens of one are in the next."""
    torch = import_module("torch")
    size = _size(tokenizer, model)
    room = size - tokenizer.num_special_tokens_to_add()
    if room < 4:
        raise ValueError(f"its window is {size} tokens, too few for a text")
    overlap, names = room // 4, model.config.id2label

    def windows(text: str) -> list[Window]:
        wanted = {"truncation": True, "max_length": size, "stride": overlap, "return_overflowing_tokens": True}
        given = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True, **wanted)
        found = list[Window]()
        for k, added in enumerate(given["special_tokens_mask"]):
            inputs = {name: torch.tensor([given[name][k]]) for name in tokenizer.model_input_names if name in given}
            with torch.inference_mode():
                best = model(**inputs).logits[0].argmax(-1).tolist()
            own = [i for i, special in enumerate(added) if not special]
            offsets = given["offset_mapping"][k]
            found.append(([(offsets[i][0], offsets[i][1]) for i in own], [names[best[i]] for i in own]))
        return found

    return windows, overlap


def make(model: str) -> System:
    """The system of a model: a folder, or a name on the Hub that is on this machine.

    Raises:
        ValueError: it is neither, or no token classifier with names among its labels.
    """
    folder, name = place(model), f"transformers:{model}"
    try:
        config = json.loads((folder / "config.json").read_bytes())
        classifies = any(each.endswith("ForTokenClassification") for each in config["architectures"])
        tags = list(config["id2label"].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder} has no config.json with the labels of a model: {error}") from None
    if not classifies:
        raise ValueError(f"{', '.join(config['architectures'])} is no token classifier")
    known = labels(tags)

    def open_(_: Registries) -> Predict:
        foreign(tags, name)
        windows, overlap = _tagger(*_loaded(folder))

        def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
            for source in sources:
                tokens = joined(windows(source.text), overlap)
                yield layers(source, decoded(words(source.text, tokens)))

        return predict

    return System(
        name=name,
        version=f"{_VERSION}-{digest(folder)}",
        licence="Apache-2.0",
        weights="as its card says",
        predicts=predicts(known),
        limits="A text that is longer than the model takes is read in windows, which share a quarter of their tokens; "
        "each token is judged in the window in whose midst it stands. A word, a run of letters and digits, has the "
        f"label of its first token. {LIMITS}",
        open=open_,
        requires=("torch>=2.13,<2.14", f"transformers=={_VERSION}.*"),
        tells=tells(tags),
        in_sample=("dates.value",) if "dates" in predicts(known) else (),
    )


FAMILY = Family("transformers", "MODEL", "a token classifier of transformers: a folder, or NAME@REVISION", make)
