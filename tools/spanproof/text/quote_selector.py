"""Quote selectors: the words that are stored with a span, its own and those before and after it.

The three members and their names are those of the TextQuoteSelector of the Web Annotation Data Model (W3C, 2017,
section 4.2.4), but that its ``exact`` is called ``text`` here.
"""

from collections.abc import Mapping
from typing import Any

MEMBERS = ("text", "prefix", "suffix")


def quote_selector(text: str, start: int, end: int, span: Mapping[str, Any]) -> dict[str, str]:
    """Return the quote selector of a span at these offsets of a text.

    Args:
        text: the text that the span is of.
        start: first code point of the span.
        end: code point after its last.
        span: the span as stored; prefix and suffix come out as long as the ones that it has, empty where it has none.

    Returns:
        The value of each of :data:`MEMBERS`. Prefix and suffix are shorter where the text begins or ends.
    """
    before, after = (len(span.get(name) or "") for name in ("prefix", "suffix"))
    return {
        "text": text[start:end],
        "prefix": text[max(0, start - before) : start],
        "suffix": text[end : end + after],
    }


def agrees(text: str, span: Mapping[str, Any], name: str) -> bool:
    """Return whether one member of a span's stored quote selector is empty or what the text has there.

    Args:
        text: the text that the span is of.
        span: the span as stored.
        name: which of :data:`MEMBERS`.

    Returns:
        False too where the span lacks an offset or the member, so that nothing can be compared.
    """
    start, end, stored = span.get("start"), span.get("end"), span.get(name)
    if start is None or end is None or stored is None:
        return False
    return stored in ("", quote_selector(text, start, end, span)[name])
