"""The tokens of two texts, and the matching blocks: rows of tokens that both texts have.

The way is that of patience diff (Bram Cohen): the ends that both share, then rows of tokens that each text has exactly
once, are anchors; only what lies between them is compared token by token (longest common subsequence). Tokens are
compared by :func:`spanproof.text.folding.fold`: in the normal form NFC, with quotation marks and dashes of one shape
and all white space alike.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import regex
from rapidfuzz.distance import Indel

from spanproof.text.folding import fold

Block = tuple[int, int, int]
"""A matching block (i, j, n): the tokens ``old[i : i + n]`` are those of ``new[j : j + n]``."""
Box = tuple[int, int, int, int]
"""A range of either text (i, k, j, m): the tokens ``old[i : k]`` against ``new[j : m]``."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(rf"(?:(?=[\w\p{{M}}])(?![{_UNSPACED}])\X)+|(?:(?=\s)\X)+|\.{{3}}(?![\p{{M}}\p{{Cf}}])|\X")
_ASCII = regex.compile(r"\w+|\s+|\.{3}|[^\w\s]")
_SHINGLES = (8, 3, 1)
"""The widths of anchors in tokens, tried in turn: a long row is surer to be the same passage."""
_CELLS = 100_000_000
"""Old times new tokens that are compared one by one at most; the table of the comparison has a bit for each, 12 MB."""
_STRAY = 8
"""How many times longer than its surroundings a block must be, once a neighbour of it was dropped as a stray."""
_STOPS = (".", "!", "?", "…", "。")


@dataclass(frozen=True)
class Tokens:
    """The tokens of a text; joined, they are the text.

    Attributes:
        text: the text.
        at: the code point at which each begins, and the end of the text.
        ids: a number for each, the same for tokens that match.
        weight: how many characters of words stand before each, and in all; marks and white space weigh nothing.
    """

    text: str
    at: Sequence[int]
    ids: Sequence[int]
    weight: Sequence[int]

    def token(self, k: int) -> str:
        """Return the characters of a token."""
        return self.text[self.at[k] : self.at[k + 1]]


def tokens(text: str, known: dict[str, int]) -> Tokens:
    """Return the tokens of a text; ``known`` has the numbers given so far, and takes in the new ones."""
    pieces = (_ASCII if text.isascii() else _TOKEN).findall(text)
    folded = {token: fold(token) for token in set(pieces)}
    ids = [known.setdefault(folded[token], len(known)) for token in pieces]
    weights = {token: len(token) if token[0].isalnum() else 0 for token in folded}
    at, weight = accumulate(map(len, pieces), initial=0), accumulate((weights[t] for t in pieces), initial=0)
    return Tokens(text, list(at), ids, list(weight))


def shared(a: Tokens, b: Tokens, box: Box) -> tuple[list[Block], list[Block]]:
    """Return the matching blocks of two ranges of tokens, rising on both sides, and what could be matched otherwise.

    Args:
        a: the old tokens.
        b: the new tokens.
        box: the two ranges.

    Returns:
        The blocks, chosen so that each pure insertion or deletion stands where a sentence begins, if it can stand there
        as well; and, where what was put in is a copy of its neighbour, the blocks that match the old tokens to the
        other of the two.
    """
    blocks = _joined(sorted(_matches(a.ids, b.ids, box)))
    return _slid(a, b, _without_strays(a, b, blocks, box), box)


def _matches(a: Sequence[int], b: Sequence[int], whole: Box) -> Iterator[Block]:
    """Yield the matching blocks of two ranges of tokens, in any order.

    A stack of boxes, not recursion: a rewritten text nests them deeper than Python's stack.
    """
    boxes = [whole]
    while boxes:
        i, k, j, m = boxes.pop()
        n = _common(a, b, i, j, min(k - i, m - j), 1)
        yield i, j, n
        i, j = i + n, j + n
        n = _common(a, b, k - 1, m - 1, min(k - i, m - j), -1)
        k, m = k - n, m - n
        yield k, m, n
        if i == k or j == m:
            continue
        anchors = next(filter(None, (_anchors(a, b, (i, k, j, m), width) for width in _SHINGLES)), [])
        if anchors:
            yield from anchors
            edges = [(i, j, 0), *anchors, (k, m, 0)]
            boxes += [(x + n, u, y + n, v) for (x, y, n), (u, v, _) in pairwise(edges) if x + n < u and y + n < v]
        elif (k - i) * (m - j) <= _CELLS:
            for code in Indel.opcodes(a[i:k], b[j:m]):
                if code.tag == "equal":
                    yield i + code.src_start, j + code.dest_start, code.src_end - code.src_start


def _common(a: Sequence[int], b: Sequence[int], i: int, j: int, most: int, step: int) -> int:
    """How many tokens from i and j on are equal, forwards or (step -1) backwards."""
    n = 0
    while n < most and a[i + n * step] == b[j + n * step]:
        n += 1
    return n


def _anchors(a: Sequence[int], b: Sequence[int], box: Box, width: int) -> list[Block]:
    """Return rows of ``width`` tokens that stand exactly once on either side, as many as rise on both together.

    The longest increasing subsequence by patience sorting: ``tails[n]`` is the lowest new place at which n + 1 rising
    pairs can end, ``last[n]`` the pair that ends there, ``before`` the pair that precedes each.
    """
    i, k, j, m = box
    once = _once(b, j, m, width)
    pairs = [(x, once[shingle]) for shingle, x in _once(a, i, k, width).items() if shingle in once]
    tails: list[int] = []
    last: list[int] = []
    before = [-1] * len(pairs)
    for pair, (_, y) in enumerate(pairs):
        at = bisect_left(tails, y)
        before[pair] = last[at - 1] if at else -1
        tails[at : at + 1], last[at : at + 1] = [y], [pair]
    chain = []
    pair = last[-1] if last else -1
    while pair >= 0:
        chain.append((*pairs[pair], width))
        pair = before[pair]
    return _joined(chain[::-1])


def _once(ids: Sequence[int], low: int, high: int, width: int) -> dict[tuple[int, ...], int]:
    """Return the rows of ``width`` tokens that a range has exactly once, and where they begin."""
    shingles = [tuple(ids[k : k + width]) for k in range(low, high - width + 1)]
    counts = Counter(shingles)
    return {shingle: low + k for k, shingle in enumerate(shingles) if counts[shingle] == 1}


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Return rising blocks with those that touch or overlap made one, and what overlaps on one side alone cut off."""
    joined: list[Block] = []
    for i, j, n in blocks:
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


def _without_strays(a: Tokens, b: Tokens, blocks: Sequence[Block], box: Box, times: int = 1) -> list[Block]:
    """Return the blocks without strays: those shorter than what was taken out, and put in, around them.

    A rewritten passage shares an "and" or "the" with the old one by chance; a span on such a word would be carried into
    prose that has nothing to do with it. A block that adjoins a neighbour in the old text, and one in the new, is no
    stray.

    Args:
        a: the old tokens.
        b: the new tokens.
        blocks: rising on both sides.
        box: the ranges that they are in.
        times: how many times longer than its surroundings a block must be to be kept.
    """
    kept: list[Block] = []
    for k, (i, j, n) in enumerate(blocks):
        x, y, length = blocks[k - 1] if k else (box[0], box[2], 0)
        u, v = blocks[k + 1][:2] if k + 1 < len(blocks) else (box[1], box[3])
        lost = a.weight[i] - a.weight[x + length] + a.weight[u] - a.weight[i + n]
        came = b.weight[j] - b.weight[y + length] + b.weight[v] - b.weight[j + n]
        touches = (i == x + length or i + n == u) and (j == y + length or j + n == v)
        if touches or min(lost, came) == 0 or times * (a.weight[i + n] - a.weight[i]) > min(lost, came):
            kept.append((i, j, n))
    # Once more where some fell: what is left in a rewritten passage now stands in wider gaps.
    return kept if len(kept) == len(blocks) else _without_strays(a, b, kept, box, _STRAY)


def _slid(a: Tokens, b: Tokens, blocks: Sequence[Block], box: Box) -> tuple[list[Block], list[Block]]:
    """Return the blocks with each pure insertion or deletion where a sentence begins, if it can stand there as well.

    Of "A b. [A c.] A d." and "A b. A [c. A] d." an alignment may take either; people put in sentences, so the first is
    meant. The tokens between two blocks can slide left by as many tokens as end both, right by as many as begin both.
    Of all places, the best is where both ends part the text most (:func:`_parts`), then where they do so in sum, then
    behind white space, then nearest to where it was.

    The second list has blocks for the other reading of a copy: what was put in is no longer than the stretch over which
    it can slide among equally good places, so that the old tokens there may be either of two equal neighbours.
    """
    slid, copies = [(box[0], box[2], 0), *blocks, (box[1], box[3], 0)], list[Block]()
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
    return [block for block in slid if block[2] > 0], copies


def _parts(tokens: Tokens, k: int) -> int:
    """How much a bound before token k parts: 4 texts, 3 paragraphs, 2 sentences, 1 words, 0 nothing."""
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
