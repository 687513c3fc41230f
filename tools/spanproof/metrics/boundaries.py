"""What guidelines differ in: the convention-free variant of a span, in which neither of two guidelines is punished.

Gold and prediction are trimmed by the same function of the text alone, so that spans which were equal stay equal: exact
and boundary matches never become fewer. That doesn't hold of overlap and tokens, which may lose the very words that the
two shared ("the" against "the Hague").
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import regex

from spanproof.arrays import Ints

Trim = Callable[[str], tuple[int, int]]
"""Of a surface: how many code points to take from its start and from its end; something always stays."""

DETERMINERS = ("the", "a", "an")
TITLES = (
    *("mr", "mr.", "mrs", "mrs.", "ms", "ms.", "dr", "dr.", "prof.", "professor", "sir", "gen.", "col.", "lt.", "sen."),
    *("president", "vice president", "prime minister", "foreign minister", "defense minister", "defence minister"),
    *("finance minister", "minister", "secretary", "secretary of state", "defense secretary", "chancellor", "senator"),
    *("ambassador", "governor", "king", "queen", "prince", "princess", "pope", "emir", "sheikh"),
)
_LEADING = regex.compile(r"(?i:\L<determiners>)\s+(?=\S)", determiners=DETERMINERS)
_TITLE = regex.compile(r"(?i:\L<titles>)\s+(?=\p{Lu})", titles=TITLES)
_POSSESSIVE = regex.compile(r"(?r)(?<=\w)(?:['’ʼ][sS]|(?<=[sS])['’ʼ])\Z")
_EDGE = regex.compile(r"[\s\"'“”„«»‘’‹›.,;:!?…]*")
_FAR_EDGE = regex.compile(r"(?r)[\s\"'“”„«»‘’‹›.,;:!?…]*\Z")


@lru_cache(1 << 16)
def name(surface: str) -> tuple[int, int]:
    """Trim a name or an expression of time: no leading articles and titles, no possessive ending.

    A title goes only before a capital: "Prime Minister Modi", not "Secretary of the Navy".
    """
    low = 0
    while leading := _LEADING.match(surface, low) or _TITLE.match(surface, low):
        low = leading.end()
    ending = _POSSESSIVE.search(surface, low)
    high = ending.start() if ending else len(surface)
    return (low, len(surface) - high) if low < high else (low, 0)


def content(surface: str) -> tuple[int, int]:
    """Trim what is said: no blanks, quotation marks and punctuation at its edges, where guidelines differ."""
    low = _EDGE.match(surface).end()
    return (low, len(surface) - _FAR_EDGE.search(surface).start()) if low < len(surface) else (0, 0)


def as_is(surface: str) -> tuple[int, int]:  # noqa: ARG001
    """Trim nothing: the span as it was annotated."""
    return 0, 0


def trimmed(text: str, start: Ints, end: Ints, trim: Trim) -> tuple[Ints, Ints]:
    """Return the starts and ends of spans after trimming.

    Args:
        text: what the offsets are of.
        start: of the spans, in code points, shape (spans,).
        end: likewise, half open.
        trim: what is taken from the edges of a span.
    """
    if trim is as_is:
        return start, end
    cuts = [trim(text[low:high]) for low, high in zip(start.tolist(), end.tolist(), strict=True)]
    left, right = np.array(cuts, np.int64).reshape(-1, 2).T
    return start + left, end - right


Variant = Literal["strict", "convention-free"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
TRIMS: Mapping[Variant, Trim] = MappingProxyType({"strict": as_is, "convention-free": name})
"""What each variant takes from the edges of names and expressions of time."""
