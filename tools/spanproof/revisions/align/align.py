"""Alignment of a text with its revision: where each character went, what else it could be, which passages moved."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.revisions.align.mapping import Bools, CharacterMap, MapBuilder
from spanproof.revisions.align.matching import Box, Tokens, shared, tokens

_SEEDS = (6, 1)
"""How many tokens in a row a moved passage must share with its new place: 6, or 1 if it has fewer."""
_RIVAL_PLACES = 4


@dataclass(frozen=True)
class Alignment:
    """What became of a text.

    Attributes:
        mapping: of the whole old text.
        taken: for each character of the new text, whether an unchanged one of the old text became it.
        rivals: maps of old text that could as well be the other of two equal neighbours: in "the the cat", where one
            "the" was put in, nobody can tell which of the two is new.
        moves: maps of text that is gone from its place into new text that came in elsewhere, perhaps several of one
            passage.
    """

    mapping: CharacterMap
    taken: Bools
    rivals: tuple[CharacterMap, ...]
    moves: tuple[CharacterMap, ...]


def align(old: str, new: str) -> Alignment:
    """Align a text with its revision, in time about linear where they share most of their words."""
    known: dict[str, int] = {}
    a, b = tokens(old, known), tokens(new, known)
    mapping, rivals, unrelated = _mapped(a, b, (0, len(a.ids), 0, len(b.ids)))
    taken = np.zeros(len(new), np.bool_)
    for low, high in zip(mapping.starts[mapping.same].tolist(), mapping.ends[mapping.same].tolist(), strict=True):
        taken[low:high] = True
    return Alignment(mapping, taken, tuple(rivals), tuple(_moves(a, b, unrelated)))


def _mapped(a: Tokens, b: Tokens, box: Box) -> tuple[CharacterMap, list[CharacterMap], list[Box]]:
    """Return the map of a range of tokens into another, and its rivals.

    The boxes come last whose two sides have nothing in common.
    """
    blocks, copies = shared(a, b, box)
    builder = MapBuilder.of(a, b, box[0], box[1])
    unrelated = builder.add(blocks, box[2], box[3])
    rivals = []
    for i, j, n in copies:
        if n > 0:
            other = MapBuilder.of(a, b, i, i + n)
            other.add([(i, j, n)], j, j + n)
            rivals.append(other.built())
    return builder.built(), rivals, unrelated


def _moves(a: Tokens, b: Tokens, unrelated: Sequence[Box]) -> Iterator[CharacterMap]:
    """Yield maps of passages that are gone from their place into those that came in, where they share tokens in a row.

    Comparing each gone passage with each new one would cost their product. So the shingles (tokens in a row) of the
    new passages are indexed, and a gone passage is only compared with the few new ones that share most shingles with
    it; a shingle that many places have, as "of the", says nothing and isn't counted.
    """
    gone = [(i, k) for i, k, _, _ in unrelated if a.weight[k] > a.weight[i]]
    came = [(j, m) for _, _, j, m in unrelated if b.weight[m] > b.weight[j]]
    if not gone or not came:
        return
    homes: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for width in _SEEDS:
        for home, (j, m) in enumerate(came):
            for at in range(j, m - width + 1):
                homes[tuple(b.ids[at : at + width])].add(home)
    for i, k in gone:
        width = next((width for width in _SEEDS if width <= k - i), 0)
        votes = Counter[int]()
        for at in range(i, k - width + 1):
            places = homes.get(tuple(a.ids[at : at + width]), set())
            if width and len(places) <= _RIVAL_PLACES:
                votes.update(places)
        for home, _ in votes.most_common(_RIVAL_PLACES):
            mapping, rivals, _ = _mapped(a, b, (i, k, *came[home]))
            yield from (mapping, *rivals)
