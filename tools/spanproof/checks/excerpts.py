"""An excerpt of a text on a terminal: a line, cut to its width, and marks under the span."""

from spanproof.corpus.findings import Excerpt
from spanproof.table import cells
from spanproof.text.display import visible

WIDTH = 200
"""How wide an excerpt is at most where there is no terminal, in cells."""
_CUT = "…"


def shown(excerpt: Excerpt, width: int = WIDTH) -> tuple[str, str]:
    """Return the line of an excerpt and the line of marks under its span, as wide as a terminal shows them.

    What is wider is cut: round the span, and at the end of the span where that alone is wider.

    Args:
        excerpt: the text and the span in it.
        width: how many cells the line may have at most; at least 20.
    """
    characters = list(map(visible, excerpt.text))
    sizes = [cells(character) for character in characters]
    low, high = _window(sizes, excerpt.start, excerpt.end, max(width, 20))
    before, after = _CUT * (low > 0), _CUT * (high < len(characters))
    line = before + "".join(characters[low:high]) + after
    blank = len(before) + sum(sizes[low : excerpt.start])
    return line, " " * blank + "^" * max(1, sum(sizes[excerpt.start : min(excerpt.end, high)]))


def _window(sizes: list[int], start: int, end: int, width: int) -> tuple[int, int]:
    """Return which characters are shown, the first and the one after the last.

    Args:
        sizes: the cells of each character.
        start: the first of the span.
        end: the one after its last.
        width: how many cells there are.
    """
    if sum(sizes) <= width:
        return 0, len(sizes)
    room = width - 2  # for the marks of what is cut
    context = max(room // 6, (room - sum(sizes[start:end])) // 2)
    low = start
    while low and sum(sizes[low - 1 : start]) <= context:
        low -= 1
    high = low
    used = 0
    while high < len(sizes) and used + sizes[high] <= room:
        used += sizes[high]
        high += 1
    while low and used + sizes[low - 1] <= room:
        low -= 1
        used += sizes[low]
    return low, high
