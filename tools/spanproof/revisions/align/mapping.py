"""Where each character of a text went in its revision, from the matching blocks of tokens that both texts share.

What lies between two blocks is mapped token by token or grapheme cluster by cluster (Levenshtein), if it is the same
passage still. Offsets are code points, half open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
import regex
from rapidfuzz.distance import Levenshtein

from spanproof.revisions.align.matching import Block, Box, Tokens
from spanproof.text.folding import fold

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_CLUSTER_CELLS = 16_000_000
"""Old times new clusters that are compared at most: 4,000 of either; beyond that a gap is mapped as a whole."""
_RELATED = 0.4
"""The share that two passages must have in common to be one; unrelated prose of equal length shares about 0.25."""
_PAIR_CELLS = 4_000
"""Old times new tokens of a gap that are paired one by one at most; the table for it is filled in plain Python."""
_SIMILAR = 0.5
"""The least similarity (1 less the normalised edit distance) of two tokens, or share of paired words of a gap."""


@dataclass(frozen=True)
class CharacterMap:
    """Where the characters of ``old[low : low + n]`` went.

    Attributes:
        low: the first old character that is mapped.
        starts: for each of the n, the first new character that it became; -1 where it is gone.
        ends: for each of the n, the new character after the last that it became; -1 where it is gone.
        same: for each of the n, whether it is unchanged but for normal form, shape of quotation mark or dash, and kind
            of white space.
    """

    low: int
    starts: Ints
    ends: Ints
    same: Bools

    def covers(self, offset: int) -> bool:
        """Return whether an old character is mapped here at all, be it gone or not."""
        return self.low <= offset < self.low + len(self.starts)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the hull in the new text of what is left of a span of the old one; None where nothing is left.

        A start whose character is gone goes with the first character after it that isn't, an end with the last before.
        """
        window = slice(max(0, start - self.low), max(0, end - self.low))
        if window.stop <= len(self.starts) and self.starts[window.start] >= 0 <= self.starts[window.stop - 1]:
            return int(self.starts[window.start]), int(self.ends[window.stop - 1])
        left = np.flatnonzero(self.starts[window] >= 0)
        if not len(left):
            return None
        return int(self.starts[window][left[0]]), int(self.ends[window][left[-1]])

    def similarity(self, start: int, end: int) -> float:
        """Return the share of a span that is unchanged, of the longer of its old and new form; 0 where it is gone."""
        placed = self.place(start, end)
        if placed is None:
            return 0.0
        window = slice(max(0, start - self.low), end - self.low)
        same = self.same[window]
        kept = int(same.sum())
        fresh = int(np.clip(self.ends[window] - self.starts[window], 1, None)[same].sum())
        return kept / max(1, kept + max(end - start - kept, placed[1] - placed[0] - fresh))

    def support(self, start: int, end: int, width: int) -> int:
        """Return how many of the ``width`` old characters on each side of a span are unchanged."""
        before = self.same[max(0, start - self.low - width) : max(0, start - self.low)]
        return int(before.sum() + self.same[max(0, end - self.low) : max(0, end - self.low + width)].sum())


@dataclass(frozen=True)
class MapBuilder:
    """A map of the old tokens ``a[i : k]`` while it is made; the arrays are those of :class:`CharacterMap`."""

    a: Tokens
    b: Tokens
    i: int
    k: int
    starts: Ints
    ends: Ints
    same: Bools

    @classmethod
    def of(cls, a: Tokens, b: Tokens, i: int, k: int) -> "MapBuilder":
        """Return a map in which every character is gone."""
        size = a.at[k] - a.at[i]
        return cls(a, b, i, k, np.full(size, -1, np.int64), np.full(size, -1, np.int64), np.zeros(size, np.bool_))

    def built(self) -> CharacterMap:
        """Return what has been mapped."""
        return CharacterMap(self.a.at[self.i], self.starts, self.ends, self.same)

    def add(self, blocks: Sequence[Block], low: int, high: int) -> list[Box]:
        """Map blocks of equal tokens and the related gaps between them.

        Args:
            blocks: in rising order on both sides.
            low: first new token of the range that the old tokens are mapped into.
            high: new token after its last.

        Returns:
            The gaps whose two sides are no longer one passage; they stay gone.
        """
        unrelated = []
        edges = [(self.i, low, 0), *blocks, (self.k, high, 0)]
        for (x, y, n), (u, v, m) in pairwise(edges):
            gap = (x + n, u, y + n, v)
            if (x + n < u or y + n < v) and not self._add_gap(gap):
                unrelated.append(gap)
            self._add_block(u, v, m)
        return unrelated

    def _add_block(self, i: int, j: int, n: int) -> None:
        a, b = self.a, self.b
        if a.text[a.at[i] : a.at[i + n]] == b.text[b.at[j] : b.at[j + n]]:
            self._set_same(a.at[i], a.at[i + n], b.at[j])
            return
        for p, q in zip(range(i, i + n), range(j, j + n), strict=True):
            old, new = a.token(p), b.token(q)
            if old == new:
                self._set_same(a.at[p], a.at[p + 1], b.at[q])
            elif fold(old) in (" ", "…"):
                self._set_whole(a.at[p], a.at[p + 1], b.at[q], b.at[q + 1], True)
            else:
                self._add_clusters(a.at[p], old, b.at[q], new)

    def _set_same(self, low: int, high: int, to: int) -> None:
        at = slice(low - self.a.at[self.i], high - self.a.at[self.i])
        self.starts[at] = np.arange(to, to + high - low)
        self.ends[at] = self.starts[at] + 1
        self.same[at] = True

    def _set_whole(self, low: int, high: int, start: int, end: int, same: bool) -> None:
        at = slice(low - self.a.at[self.i], high - self.a.at[self.i])
        self.starts[at], self.ends[at], self.same[at] = start, end, same

    def _add_gap(self, gap: Box) -> bool:
        """Map what was replaced, if it is the same passage still; return whether it is.

        It is where one token became one, or enough of either side has a counterpart: paired tokens, equal clusters.
        """
        i, k, j, m = gap
        if i == k or j == m:
            return False
        old, new = self.a.text[self.a.at[i] : self.a.at[k]], self.b.text[self.b.at[j] : self.b.at[m]]
        # What was put into a word cuts it in two; paired token by token, one of the two would be lost.
        several = 1 < (k - i) * (m - j) <= _PAIR_CELLS and not _one_change(old, new)
        pairs = self._alike(gap) if several else []
        if pairs:
            for (p, q), (r, t) in pairwise([(i - 1, j - 1), *pairs, (k, m)]):
                self._add_gap((p + 1, r, q + 1, t))
                if r < k and self.a.ids[r] == self.b.ids[t]:
                    self._add_block(r, t, 1)
                elif r < k:
                    self._add_gap((r, r + 1, t, t + 1))
            paired = sum(self.a.weight[p + 1] - self.a.weight[p] for p, _ in pairs)
            return paired >= _RELATED * max(self.a.weight[k] - self.a.weight[i], self.b.weight[m] - self.b.weight[j])
        return self._add_clusters(self.a.at[i], old, self.b.at[j], new, k - i == m - j == 1)

    def _alike(self, gap: Box) -> list[tuple[int, int]]:
        """Return pairs of similar tokens in rising order that have the most characters in common together.

        ``best[p][q]`` is the most that old tokens from p on and new ones from q on can have in common, filled from the
        end (as for a longest common subsequence) and read off from the start. No pairs where that is less than half of
        the shorter side: then word by word is no way to read the change.
        """
        i, k, j, m = gap
        x, y = [fold(self.a.token(p)) for p in range(i, k)], [fold(self.b.token(q)) for q in range(j, m)]
        best = [[0.0] * (m - j + 1) for _ in range(k - i + 1)]
        gain = [[_in_common(old, new) for new in y] for old in x]
        for p in range(k - i - 1, -1, -1):
            for q in range(m - j - 1, -1, -1):
                together = gain[p][q] + best[p + 1][q + 1] if gain[p][q] else 0.0
                best[p][q] = max(together, best[p + 1][q], best[p][q + 1])
        least = min(self.a.weight[k] - self.a.weight[i], self.b.weight[m] - self.b.weight[j])
        if best[0][0] < max(1, _SIMILAR * least):
            return []
        pairs, p, q = [], 0, 0
        while p < k - i and q < m - j:
            if gain[p][q] and best[p][q] == gain[p][q] + best[p + 1][q + 1]:
                pairs.append((i + p, j + q))
                p, q = p + 1, q + 1
            elif best[p][q] == best[p + 1][q]:
                p += 1
            else:
                q += 1
        return pairs

    def _add_clusters(self, low: int, old: str, to: int, new: str, related: bool = False) -> bool:
        """Map old text to new text cluster by cluster, as an edit path of least cost has them; return whether they fit.

        Clusters, not code points, so that no span begins or ends inside one where a letter got its accent.

        Args:
            low: where the old text stands.
            old: its characters.
            to: where the new text stands.
            new: its characters.
            related: the two are known to be one passage, however little they share.
        """
        if len(old) * len(new) > _CLUSTER_CELLS:
            if related:
                self._set_whole(low, low + len(old), to, to + len(new), False)
            return related
        a, b = regex.findall(r"\X", old), regex.findall(r"\X", new)
        x, y = [*map(fold, a)], [*map(fold, b)]
        blocks = list(Levenshtein.opcodes(x, y))
        kept = sum(o.src_end - o.src_start for o in blocks if o.tag == "equal")
        changes = sum(o.tag != "equal" for o in blocks)
        related = related or kept >= _RELATED * max(len(x), len(y))
        if not related and changes > 1:  # a single insertion or deletion leaves the rest what it was
            return False
        at, into = [*accumulate(map(len, a), initial=low)], [*accumulate(map(len, b), initial=to)]
        for o in blocks:
            for p, q in zip(range(o.src_start, o.src_end), range(o.dest_start, o.dest_end), strict=False):
                if a[p] == b[q]:
                    self._set_same(at[p], at[p + 1], into[q])
                else:
                    self._set_whole(at[p], at[p + 1], into[q], into[q + 1], o.tag == "equal")
        return related


def _one_change(old: str, new: str) -> bool:
    """Return whether one text is the other with something put in, at one place and at no other that it could be.

    Equal prefix and suffix then cover the shorter text exactly; where they overlap, as for "aa" in "aaa", there are
    several such places.
    """
    same = min(len(old), len(new))
    prefix = next((k for k in range(same) if old[k] != new[k]), same)
    suffix = next((k for k in range(same) if old[-1 - k] != new[-1 - k]), same)
    return prefix + suffix == same < max(len(old), len(new))


def _in_common(old: str, new: str) -> float:
    """Return what a pair of tokens is worth: about the characters that they share, 0 if those are too few.

    The similarity is squared, so that one good pair is worth more than two halves of one; marks count a little, so that
    they only decide between pairings of words that are as good.
    """
    if not (old[0].isalnum() and new[0].isalnum()):
        return 0.1 if old == new else 0.0
    return Levenshtein.normalized_similarity(old, new, score_cutoff=_SIMILAR) ** 2 * len(old)
