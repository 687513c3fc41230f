"""Paragraphs and sentences in another order; what a span or a quotation with its marks runs over stays together."""

from collections.abc import Iterable, Sequence
from random import Random

import regex

from spanproof.revisions.transformations.context import Context
from spanproof.revisions.transformations.rewriting import Piece, Rewriting
from spanproof.text import segmentation
from spanproof.text.segmentation import Extent

_PARAGRAPH = regex.compile(r"[^\r\n]*[^\s][^\r\n]*")
_LINE_END = regex.compile(r"\R")
_BESIDE = regex.compile(r"[\s\p{P}]*")
_BEFORE = regex.compile(r"(?r)[\s\p{P}]*")


def paragraphs(context: Context, rng: Random) -> Rewriting:
    """Put the lines of a text into another order; blank ones stay where they are."""
    blocks = _joined([match.span() for match in _PARAGRAPH.finditer(context.text)], _inseparable(context))
    return _reordered(context.text, blocks, _shuffled(blocks, rng))


def sentences(context: Context, rng: Random) -> Rewriting:
    """Put the sentences of each line into another order."""
    language = context.document.get("language")
    cut = segmentation.sentences(context.text, language if isinstance(language, str) else "en")
    blocks = _joined(cut, _inseparable(context))
    lines = list(_by_line(blocks, context.text))
    return _reordered(context.text, blocks, [block for line in lines for block in _shuffled(line, rng)])


def _inseparable(context: Context) -> list[Extent]:
    """Return what must stay together: spans, and quotations with the marks and blanks round them."""
    extents = list(context.extents)
    for node, span in context.spans:
        if node.quotation:
            before = _BEFORE.match(context.text, 0, span["start"])
            after = _BESIDE.match(context.text, span["end"])
            extents.append((before.start() if before else span["start"], after.end() if after else span["end"]))
    return extents


def _joined(blocks: Iterable[Extent], inseparable: Sequence[Extent]) -> list[Extent]:
    """Return the blocks, joined where something inseparable runs over their ends or no white space parts them."""
    joined: list[Extent] = []
    for start, end in blocks:
        last = joined[-1] if joined else None
        if last and (start == last[1] or any(low < start and last[1] < high for low, high in inseparable)):
            joined[-1] = (last[0], end)
        else:
            joined.append((start, end))
    return joined


def _by_line(blocks: Sequence[Extent], text: str) -> Iterable[list[Extent]]:
    line: list[Extent] = []
    for block in blocks:
        if line and _LINE_END.search(text, line[-1][1], block[0]):
            yield line
            line = []
        line.append(block)
    yield line


def _shuffled(blocks: Sequence[Extent], rng: Random) -> list[Extent]:
    """Return blocks in another order, if there are two or more."""
    mixed = rng.sample(blocks, len(blocks))
    return mixed if mixed != list(blocks) else [*mixed[1:], *mixed[:1]]


def _reordered(text: str, blocks: Sequence[Extent], mixed: Sequence[Extent]) -> Rewriting:
    """Return the text with other blocks in the places of blocks, and what stands between them as it was."""
    pieces, last = [], 0
    for (start, end), block in zip(blocks, mixed, strict=True):
        pieces += [Piece(last, start), Piece(*block)]
        last = end
    return Rewriting(text, tuple(piece for piece in (*pieces, Piece(last, len(text))) if piece.start < piece.end))
