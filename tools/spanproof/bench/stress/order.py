"""Paragraphs and sentences in another order; what a span or a quotation with its marks runs over stays together."""

from collections.abc import Iterable, Sequence
from random import Random

import regex

from spanproof.bench.stress.context import Given
from spanproof.bench.stress.rewriting import Piece, Rewriting
from spanproof.text import segmentation
from spanproof.text.segmentation import Extent

_PARAGRAPH = regex.compile(r"[^\r\n]*[^\s][^\r\n]*")
_LINE_END = regex.compile(r"\R")
_BESIDE = regex.compile(r"[\s\p{P}]*")
_BEFORE = regex.compile(r"(?r)[\s\p{P}]*")


def paragraphs(given: Given, rng: Random) -> Rewriting:
    """The lines of a text in another order; blank ones stay where they are."""
    blocks = _whole([match.span() for match in _PARAGRAPH.finditer(given.text)], _held(given))
    return _reordered(given.text, blocks, _shuffled(blocks, rng))


def sentences(given: Given, rng: Random) -> Rewriting:
    """The sentences of each line in another order."""
    language = given.document.get("language")
    cut = segmentation.sentences(given.text, language if isinstance(language, str) else "en")
    blocks = _whole(cut, _held(given))
    lines = list(_by_line(blocks, given.text))
    return _reordered(given.text, blocks, [block for line in lines for block in _shuffled(line, rng)])


def _held(given: Given) -> list[Extent]:
    """What must stay together: spans, a quotation with the marks and blanks round it."""
    held = list(given.extents)
    for node, span in given.spans:
        if node.quotation:
            before = _BEFORE.match(given.text, 0, span["start"])
            after = _BESIDE.match(given.text, span["end"])
            held.append((before.start() if before else span["start"], after.end() if after else span["end"]))
    return held


def _whole(blocks: Iterable[Extent], held: Sequence[Extent]) -> list[Extent]:
    """The blocks, joined where something that is held runs over their ends or no white space parts them."""
    made: list[Extent] = []
    for start, end in blocks:
        last = made[-1] if made else None
        if last and (start == last[1] or any(low < start and last[1] < high for low, high in held)):
            made[-1] = (last[0], end)
        else:
            made.append((start, end))
    return made


def _by_line(blocks: Sequence[Extent], text: str) -> Iterable[list[Extent]]:
    line: list[Extent] = []
    for block in blocks:
        if line and _LINE_END.search(text, line[-1][1], block[0]):
            yield line
            line = []
        line.append(block)
    yield line


def _shuffled(blocks: Sequence[Extent], rng: Random) -> list[Extent]:
    mixed = rng.sample(blocks, len(blocks))
    return mixed if mixed != list(blocks) else [*mixed[1:], *mixed[:1]]


def _reordered(text: str, blocks: Sequence[Extent], mixed: Sequence[Extent]) -> Rewriting:
    """The text with other blocks where the blocks were, what is between them as it was."""
    pieces, at = [], 0
    for (start, end), new in zip(blocks, mixed, strict=True):
        pieces += [Piece(at, start), Piece(*new)]
        at = end
    return Rewriting(text, tuple(piece for piece in (*pieces, Piece(at, len(text))) if piece.start < piece.end))
