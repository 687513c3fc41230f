"""Alignment of a text with its revision: where each character went, what else it could be, which passages moved."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.revisions.align.mapping import Bools, Drawing, Image
from spanproof.revisions.align.matching import Box, Tokens, shared, tokens

_SEEDS = (6, 1)
_RIVAL_PLACES = 4


@dataclass(frozen=True)
class Alignment:
    """``image`` is that of the whole text; ``taken`` says which characters of the new text it accounts for.

    ``rivals`` are images of old text that could as well be the other of two equal neighbours; ``moves`` are images of
    text that is gone from its place in new text that came in elsewhere, perhaps several of one passage.
    """

    image: Image
    taken: Bools
    rivals: tuple[Image, ...]
    moves: tuple[Image, ...]


def align(old: str, new: str) -> Alignment:
    """Aligns a text with its revision, in time about linear where they share most of their words."""
    known: dict[str, int] = {}
    a, b = tokens(old, known), tokens(new, known)
    image, rivals, loose = _drawn(a, b, (0, len(a.ids), 0, len(b.ids)))
    taken = np.zeros(len(new), np.bool_)
    for low, high in zip(image.starts[image.same].tolist(), image.ends[image.same].tolist(), strict=True):
        taken[low:high] = True
    return Alignment(image, taken, tuple(rivals), tuple(_moves(a, b, loose)))


def _drawn(a: Tokens, b: Tokens, box: Box) -> tuple[Image, list[Image], list[Box]]:
    """The image of a range of tokens in another, its rivals, and the boxes that aren't related."""
    runs, copies = shared(a, b, box)
    drawing = Drawing.of(a, b, box[0], box[1])
    loose = drawing.draw(runs, box[2], box[3])
    rivals = []
    for i, j, n in copies:
        if n > 0:
            other = Drawing.of(a, b, i, i + n)
            other.draw([(i, j, n)], j, j + n)
            rivals.append(other.image())
    return drawing.image(), rivals, loose


def _moves(a: Tokens, b: Tokens, loose: Sequence[Box]) -> Iterator[Image]:
    """Images of passages that are gone from their place in those that came in, where they share runs of words."""
    gone = [(i, k) for i, k, _, _ in loose if a.weight[k] > a.weight[i]]
    came = [(j, m) for _, _, j, m in loose if b.weight[m] > b.weight[j]]
    if not gone or not came:
        return
    homes: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for width in _SEEDS:
        for home, (j, m) in enumerate(came):
            for at in range(j, m - width + 1):
                homes[tuple(b.ids[at : at + width])].add(home)
    for i, k in gone:
        width = next((width for width in _SEEDS if width <= k - i), 0)
        seeds = Counter[int]()
        for at in range(i, k - width + 1):
            places = homes.get(tuple(a.ids[at : at + width]), set())
            if width and len(places) <= _RIVAL_PLACES:
                seeds.update(places)
        for home, _ in seeds.most_common(_RIVAL_PLACES):
            image, rivals, _ = _drawn(a, b, (i, k, *came[home]))
            yield from (image, *rivals)
