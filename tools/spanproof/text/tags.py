"""Tags of tokens, as models and files of tokens give them, and the spans that they say."""

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import regex

Labelled = tuple[int, int, str]
"""Start and end (code points, half open) of a span or token, and its label or tag."""

_TAG = regex.compile(r"(?:(?P<position>[BIESLUM])[-_])?(?P<label>.+)", regex.DOTALL)
FIRST, LAST = frozenset("BSU"), frozenset("ESLU")
"""The positions that begin a span in any case, and those that end one."""
SCHEMES = {
    "IOB2": "BI", "IOB1": "BI", "BIOES": "BIES", "BILOU": "BILU", "BMES": "BMES", "labels alone": "",
}  # fmt: skip
"""The schemes of tags, each with the positions that it has beside ``O``; those that are commoner first."""


@functools.lru_cache(maxsize=1 << 12)  # a corpus has few tags
def parts_of_tag(tag: str) -> tuple[str, str]:
    """Return the position and the label in a tag: ``B`` and ``PER`` of ``B-PER``; the position is empty without one."""
    match = _TAG.fullmatch(tag)
    return (match["position"] or "", match["label"]) if match else ("", "O")


def spans_of_tags(tokens: Iterable[Labelled]) -> Iterator[Labelled]:
    """Yield the labelled spans that the tags of tokens say.

    The schemes are BIO (IOB1, IOB2), BIOES, BILOU, BMES, and labels alone, where equal neighbours are one span. The
    convention is that of conlleval, and of seqeval by default: a tag that continues nothing of its label begins a span,
    so that an ``I-PER`` after ``O`` or after ``B-LOC`` is one. Source: Tjong Kim Sang and Buchholz, Introduction to the
    CoNLL-2000 shared task: chunking, 2000, and its script conlleval. (The strict mode of seqeval drops such spans.)

    Args:
        tokens: tokens in the order of the text, each with its tag.
    """
    start = end = 0
    label = "O"
    for low, high, tag in tokens:
        position, following = parts_of_tag(tag)
        if label != "O" and (following != label or position in FIRST):
            yield start, end, label
            label = "O"
        if following != "O":
            start, end, label = (low if label == "O" else start), high, following
            if position in LAST:
                yield start, end, label
                label = "O"
    if label != "O":
        yield start, end, label


def scheme_of(sentences: Iterable[Sequence[str]]) -> str:
    """Return the scheme that the fewest tags of some sentences break; of several the commonest one.

    Args:
        sentences: the tags of each sentence.
    """
    pairs = Counter(pair for tags in sentences for pair in pairwise(["O", *tags, "O"]))
    return min(SCHEMES, key=lambda scheme: sum(number for pair, number in pairs.items() if repair(*pair, scheme)))


@functools.lru_cache(maxsize=1 << 12)
def repair(tag: str, following: str, scheme: str) -> str:
    """Say how a tag is read that breaks its scheme after another one; empty where it doesn't.

    The spans are always those of :func:`spans_of_tags`, whatever the scheme is.

    Args:
        tag: the tag before, ``O`` at the beginning of a sentence.
        following: the tag that is judged, ``O`` at the end of a sentence.
        scheme: one of :data:`SCHEMES`.
    """
    positions = SCHEMES[scheme]
    (position, label), (after, label_after) = parts_of_tag(tag), parts_of_tag(following)
    continues = label_after == label != "O" and position not in LAST and after not in FIRST
    if label_after != "O" and after not in [*(positions or [""])]:
        begins = "is read as part of the span before it" if continues else "is read as the beginning of a span"
        return f"{following} isn't a tag of {scheme}; it {begins}"
    if scheme == "IOB1":
        wrong = after == "B" and label_after != "O" and label != label_after
        begins = f"doesn't part two spans of {label_after}; it is read as the beginning of one"
        return f"{following} after {tag} {begins}" if wrong else ""
    if scheme == "labels alone":
        return ""
    if label_after != "O" and after not in FIRST and not continues:
        return f"{following} after {tag} doesn't continue a span; it is read as the beginning of one"
    unended = position in positions and label != "O" and position not in LAST and len(positions) > 2
    if unended and not (continues and after):
        return f"{tag} isn't ended before {following}; its span is read as ending there"
    return ""
