"""Tags of tokens, as models and files of tokens give them, and the spans that they say."""

from collections.abc import Iterable, Iterator

import regex

Labelled = tuple[int, int, str]
"""Start and end (code points, half open) of a span or token, and its label or tag."""

_TAG = regex.compile(r"(?:(?P<position>[BIESLUM])[-_])?(?P<label>.+)", regex.DOTALL)
_FIRST, _LAST = frozenset("BSU"), frozenset("ESLU")


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
        if label != "O" and (following != label or position in _FIRST):
            yield start, end, label
            label = "O"
        if following != "O":
            start, end, label = (low if label == "O" else start), high, following
            if position in _LAST:
                yield start, end, label
                label = "O"
    if label != "O":
        yield start, end, label
