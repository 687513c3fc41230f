"""The image of a text in its revision: where each character went, drawn from the runs of tokens that both share.

What lies between two runs is drawn token by token or cluster by cluster (Levenshtein), if it is the same passage still.
Offsets are code points, half open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
import regex
from rapidfuzz.distance import Levenshtein

from spanproof.revisions.align.matching import Box, Run, Tokens
from spanproof.text.folding import fold

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_CLUSTER_CELLS = 16_000_000
_RELATED = 0.4  # unrelated prose of equal length agrees in about 0.25 of its clusters
_PAIR_CELLS = 4_000
_SIMILAR = 0.5


@dataclass(frozen=True)
class Image:
    """Where the characters of old[low : low + n] went: new[starts[k] : ends[k]], both -1 where one is gone.

    ``same`` says which are unchanged but for normal form, shape of mark and white space.
    """

    low: int
    starts: Ints
    ends: Ints
    same: Bools

    def covers(self, offset: int) -> bool:
        """Whether this image speaks of a character at all, gone or not."""
        return self.low <= offset < self.low + len(self.starts)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The hull of what is left of a span: its start goes with what follows it, its end with what precedes it."""
        window = slice(max(0, start - self.low), max(0, end - self.low))
        if window.stop <= len(self.starts) and self.starts[window.start] >= 0 <= self.starts[window.stop - 1]:
            return int(self.starts[window.start]), int(self.ends[window.stop - 1])
        left = np.flatnonzero(self.starts[window] >= 0)
        if not len(left):
            return None
        return int(self.starts[window][left[0]]), int(self.ends[window][left[-1]])

    def similarity(self, start: int, end: int) -> float:
        """The share of a span that is unchanged, of the longer of its two forms."""
        placed = self.place(start, end)
        if placed is None:
            return 0.0
        window = slice(max(0, start - self.low), end - self.low)
        same = self.same[window]
        kept = int(same.sum())
        fresh = int(np.clip(self.ends[window] - self.starts[window], 1, None)[same].sum())
        return kept / max(1, kept + max(end - start - kept, placed[1] - placed[0] - fresh))

    def support(self, start: int, end: int, width: int) -> int:
        """How many of the ``width`` characters on each side of a span are unchanged."""
        before = self.same[max(0, start - self.low - width) : max(0, start - self.low)]
        return int(before.sum() + self.same[max(0, end - self.low) : max(0, end - self.low + width)].sum())


@dataclass(frozen=True)
class Drawing:
    """The image of old tokens [i : k] while it is drawn, into arrays of its own."""

    a: Tokens
    b: Tokens
    i: int
    k: int
    starts: Ints
    ends: Ints
    same: Bools

    @classmethod
    def of(cls, a: Tokens, b: Tokens, i: int, k: int) -> "Drawing":
        """An image without anything on it."""
        size = a.at[k] - a.at[i]
        return cls(a, b, i, k, np.full(size, -1, np.int64), np.full(size, -1, np.int64), np.zeros(size, np.bool_))

    def image(self) -> Image:
        """What has been drawn."""
        return Image(self.a.at[self.i], self.starts, self.ends, self.same)

    def draw(self, runs: Sequence[Run], low: int, high: int) -> list[Box]:
        """Draws runs of equal tokens and the related gaps between them; the unrelated gaps come back as boxes."""
        loose = []
        edges = [(self.i, low, 0), *runs, (self.k, high, 0)]
        for (x, y, n), (u, v, m) in pairwise(edges):
            gap = (x + n, u, y + n, v)
            if (x + n < u or y + n < v) and not self._gap(gap):
                loose.append(gap)
            self._run(u, v, m)
        return loose

    def _run(self, i: int, j: int, n: int) -> None:
        a, b = self.a, self.b
        if a.text[a.at[i] : a.at[i + n]] == b.text[b.at[j] : b.at[j + n]]:
            self._same(a.at[i], a.at[i + n], b.at[j])
            return
        for p, q in zip(range(i, i + n), range(j, j + n), strict=True):
            old, new = a.token(p), b.token(q)
            if old == new:
                self._same(a.at[p], a.at[p + 1], b.at[q])
            elif fold(old) in (" ", "…"):
                self._whole(a.at[p], a.at[p + 1], b.at[q], b.at[q + 1], True)
            else:
                self._clusters(a.at[p], old, b.at[q], new)

    def _same(self, low: int, high: int, to: int) -> None:
        at = slice(low - self.a.at[self.i], high - self.a.at[self.i])
        self.starts[at] = np.arange(to, to + high - low)
        self.ends[at] = self.starts[at] + 1
        self.same[at] = True

    def _whole(self, low: int, high: int, start: int, end: int, same: bool) -> None:
        at = slice(low - self.a.at[self.i], high - self.a.at[self.i])
        self.starts[at], self.ends[at], self.same[at] = start, end, same

    def _gap(self, gap: Box) -> bool:
        """Draws what was replaced, if it is the same passage still: one token by one, or clusters mostly alike."""
        i, k, j, m = gap
        if i == k or j == m:
            return False
        old, new = self.a.text[self.a.at[i] : self.a.at[k]], self.b.text[self.b.at[j] : self.b.at[m]]
        # What was put into a word cuts it in two; paired token by token, one of the two would be lost.
        several = 1 < (k - i) * (m - j) <= _PAIR_CELLS and not _one_change(old, new)
        pairs = self._alike(gap) if several else []
        if pairs:
            for (p, q), (r, t) in pairwise([(i - 1, j - 1), *pairs, (k, m)]):
                self._gap((p + 1, r, q + 1, t))
                if r < k and self.a.ids[r] == self.b.ids[t]:
                    self._run(r, t, 1)
                elif r < k:
                    self._gap((r, r + 1, t, t + 1))
            paired = sum(self.a.weight[p + 1] - self.a.weight[p] for p, _ in pairs)
            return paired >= _RELATED * max(self.a.weight[k] - self.a.weight[i], self.b.weight[m] - self.b.weight[j])
        return self._clusters(self.a.at[i], old, self.b.at[j], new, k - i == m - j == 1)

    def _alike(self, gap: Box) -> list[tuple[int, int]]:
        """Pairs of similar tokens in order, those with the most in common; none if that is the lesser part."""
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

    def _clusters(self, low: int, old: str, to: int, new: str, related: bool = False) -> bool:
        """Draws old text at ``low`` on new text at ``to``, cluster by cluster; whether the two are related at all."""
        if len(old) * len(new) > _CLUSTER_CELLS:
            if related:
                self._whole(low, low + len(old), to, to + len(new), False)
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
                    self._same(at[p], at[p + 1], into[q])
                else:
                    self._whole(at[p], at[p + 1], into[q], into[q + 1], o.tag == "equal")
        return related


def _one_change(old: str, new: str) -> bool:
    """Whether one text is the other with something put in at one place, and at no other place it could be."""
    same = min(len(old), len(new))
    prefix = next((k for k in range(same) if old[k] != new[k]), same)
    suffix = next((k for k in range(same) if old[-1 - k] != new[-1 - k]), same)
    return prefix + suffix == same < max(len(old), len(new))


def _in_common(old: str, new: str) -> float:
    """What a pair of tokens is worth: the characters that they share, 0 if those are too few."""
    if not (old[0].isalnum() and new[0].isalnum()):
        return 0.1 if old == new else 0.0
    return Levenshtein.normalized_similarity(old, new, score_cutoff=_SIMILAR) ** 2 * len(old)
