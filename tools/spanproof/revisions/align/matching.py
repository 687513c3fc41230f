"""The tokens of two texts, and the runs of them that the texts share.

Patience first: what both have at their ends and their unique runs of tokens are anchors, and only what lies between is
compared token by token (LCS). Tokens are compared by their NFC, with quotation marks and dashes of one shape and all
white space alike.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import regex
from rapidfuzz.distance import Indel

from spanproof.text.folding import fold

Run = tuple[int, int, int]
"""Tokens old[i : i + n] are those of new[j : j + n]."""
Box = tuple[int, int, int, int]
"""Tokens old[i : k] against new[j : m], as (i, k, j, m)."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(rf"(?:(?=[\w\p{{M}}])(?![{_UNSPACED}])\X)+|(?:(?=\s)\X)+|\.{{3}}(?![\p{{M}}\p{{Cf}}])|\X")
_ASCII = regex.compile(r"\w+|\s+|\.{3}|[^\w\s]")
_SHINGLES = (8, 3, 1)
_CELLS = 100_000_000  # of a token comparison: 12 MB of bits
_STRAY = 8
_STOPS = (".", "!", "?", "…", "。")


@dataclass(frozen=True)
class Tokens:
    """A text's tokens: ``at`` their bounds, ``ids`` equal where they match, ``weight`` summed characters of words."""

    text: str
    at: Sequence[int]
    ids: Sequence[int]
    weight: Sequence[int]

    def token(self, k: int) -> str:
        """A token's characters."""
        return self.text[self.at[k] : self.at[k + 1]]


def tokens(text: str, known: dict[str, int]) -> Tokens:
    """The tokens of a text; ``known`` are the ids so far, and takes in the new ones."""
    found = (_ASCII if text.isascii() else _TOKEN).findall(text)
    folded = {token: fold(token) for token in set(found)}
    ids = [known.setdefault(folded[token], len(known)) for token in found]
    weights = {token: len(token) if token[0].isalnum() else 0 for token in folded}
    at, weight = accumulate(map(len, found), initial=0), accumulate((weights[t] for t in found), initial=0)
    return Tokens(text, list(at), ids, list(weight))


def shared(a: Tokens, b: Tokens, box: Box) -> tuple[list[Run], list[Run]]:
    """The runs that a range of tokens has in common with another, in order in both.

    Each pure insertion or deletion between them stands where sentences begin, if it can stand there as well. Where what
    was inserted is a copy of its neighbour, the other image of the old tokens comes back too, as runs.
    """
    found: list[Run] = []
    _match(a.ids, b.ids, box, found)
    return _slid(a, b, _without_strays(a, b, _joined(sorted(found)), box), box)


def _match(a: Sequence[int], b: Sequence[int], whole: Box, found: list[Run]) -> None:
    """Adds the runs that two ranges of tokens share, in order in both."""
    boxes = [whole]
    while boxes:
        i, k, j, m = boxes.pop()
        n = _common(a, b, i, j, min(k - i, m - j), 1)
        found.append((i, j, n))
        i, j = i + n, j + n
        n = _common(a, b, k - 1, m - 1, min(k - i, m - j), -1)
        k, m = k - n, m - n
        found.append((k, m, n))
        if i == k or j == m:
            continue
        anchors = next(filter(None, (_anchors(a, b, (i, k, j, m), width) for width in _SHINGLES)), [])
        if anchors:
            found += anchors
            edges = [(i, j, 0), *anchors, (k, m, 0)]
            boxes += [(x + n, u, y + n, v) for (x, y, n), (u, v, _) in pairwise(edges) if x + n < u and y + n < v]
        elif (k - i) * (m - j) <= _CELLS:
            blocks = Indel.opcodes(a[i:k], b[j:m])
            found += [(i + o.src_start, j + o.dest_start, o.src_end - o.src_start) for o in blocks if o.tag == "equal"]


def _common(a: Sequence[int], b: Sequence[int], i: int, j: int, most: int, step: int) -> int:
    n = 0
    while n < most and a[i + n * step] == b[j + n * step]:
        n += 1
    return n


def _anchors(a: Sequence[int], b: Sequence[int], box: Box, width: int) -> list[Run]:
    """Runs of ``width`` tokens that stand once on either side, the longest rising sequence of them."""
    i, k, j, m = box
    once = _once(b, j, m, width)
    pairs = [(x, once[shingle]) for shingle, x in _once(a, i, k, width).items() if shingle in once]
    tails: list[int] = []
    last: list[int] = []
    before = [-1] * len(pairs)
    for k_, (_, y) in enumerate(pairs):
        at = bisect_left(tails, y)
        before[k_] = last[at - 1] if at else -1
        tails[at : at + 1], last[at : at + 1] = [y], [k_]
    chain = []
    k_ = last[-1] if last else -1
    while k_ >= 0:
        chain.append((*pairs[k_], width))
        k_ = before[k_]
    return _joined(chain[::-1])


def _once(ids: Sequence[int], low: int, high: int, width: int) -> dict[tuple[int, ...], int]:
    shingles = [tuple(ids[k : k + width]) for k in range(low, high - width + 1)]
    counts = Counter(shingles)
    return {shingle: low + k for k, shingle in enumerate(shingles) if counts[shingle] == 1}


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Rising runs with those that touch or overlap made one, and what overlaps on one side alone cut off."""
    joined: list[Run] = []
    for i, j, n in runs:
        if joined:
            x, y, length = joined[-1]
            if i - j == x - y and i <= x + length:
                joined[-1] = (x, y, max(length, i + n - x))
                continue
            cut = max(0, x + length - i, y + length - j)
            i, j, n = i + cut, j + cut, n - cut
        if n > 0:
            joined.append((i, j, n))
    return joined


def _without_strays(a: Tokens, b: Tokens, runs: Sequence[Run], box: Box, times: int = 1) -> list[Run]:
    """Without the runs that are shorter than what was taken out and put in around them: chance words in new prose."""
    kept: list[Run] = []
    for k, (i, j, n) in enumerate(runs):
        x, y, length = runs[k - 1] if k else (box[0], box[2], 0)
        u, v = runs[k + 1][:2] if k + 1 < len(runs) else (box[1], box[3])
        lost = a.weight[i] - a.weight[x + length] + a.weight[u] - a.weight[i + n]
        came = b.weight[j] - b.weight[y + length] + b.weight[v] - b.weight[j + n]
        touches = (i == x + length or i + n == u) and (j == y + length or j + n == v)
        if touches or min(lost, came) == 0 or times * (a.weight[i + n] - a.weight[i]) > min(lost, came):
            kept.append((i, j, n))
    # Once more where some fell: what is left in a rewritten passage now stands in wider gaps.
    return kept if len(kept) == len(runs) else _without_strays(a, b, kept, box, _STRAY)


def _slid(a: Tokens, b: Tokens, runs: Sequence[Run], box: Box) -> tuple[list[Run], list[Run]]:
    """Runs with each pure insertion or deletion where sentences begin, if it can stand there as well.

    Also the other image of old tokens where what was inserted is a copy of its neighbour, as runs.
    """
    slid, copies = [(box[0], box[2], 0), *runs, (box[1], box[3], 0)], list[Run]()
    for k in range(len(slid) - 1):
        (x, y, n), (u, v, m) = slid[k : k + 2]
        if (x + n == u) == (y + n == v):
            continue
        side, low, high = (b, y + n, v) if x + n == u else (a, x + n, u)
        left = _common(side.ids, side.ids, low - 1, high - 1, n, -1)
        right = _common(side.ids, side.ids, low, high, m, 1)
        parts = {t: (_parts(side, low + t), _parts(side, high + t)) for t in range(-left, right + 1)}
        step = max(parts, key=lambda t: (min(parts[t]), sum(parts[t]), _after_space(side, low + t), -abs(t)))
        best = [t for t in parts if min(parts[t]) == min(parts[step])]
        swept = side.weight[low + best[-1]] - side.weight[low + best[0]]
        if side is b and 0 < side.weight[high] - side.weight[low] <= swept:
            copies.append((u + best[0], high + best[0], step - best[0]))
            copies.append((u + step, low + step, best[-1] - step))
        slid[k : k + 2] = [(x, y, n + step), (u + step, v + step, m - step)]
    return [run for run in slid if run[2] > 0], copies


def _parts(tokens: Tokens, k: int) -> int:
    """How much a bound before token ``k`` parts: texts, paragraphs, sentences, words."""
    if k == 0 or k == len(tokens.ids):
        return 4
    gap = k - 1 if _after_space(tokens, k) else k
    space = tokens.token(gap)
    if not space.isspace():
        return 0
    if "\n" in space or "\r" in space:
        return 3
    return 2 if tokens.text[max(0, tokens.at[gap] - 3) : tokens.at[gap]].rstrip("\"'”’»)").endswith(_STOPS) else 1


def _after_space(tokens: Tokens, k: int) -> bool:
    return k > 0 and tokens.token(k - 1).isspace()
