"""The words stored with a span: its own, and those before and after it."""

from collections.abc import Mapping
from typing import Any

MEMBERS = ("text", "prefix", "suffix")


def evidence(text: str, start: int, end: int, span: Mapping[str, Any]) -> dict[str, str]:
    """What a text has there, of the words before and after as many characters as the span stores."""
    before, after = (len(span.get(name) or "") for name in ("prefix", "suffix"))
    return {
        "text": text[start:end],
        "prefix": text[max(0, start - before) : start],
        "suffix": text[end : end + after],
    }


def is_true(text: str, span: Mapping[str, Any], name: str) -> bool:
    """Whether what a span stores as one of these members is what the text has there, or nothing."""
    start, end, stored = span.get("start"), span.get("end"), span.get(name)
    if start is None or end is None or stored is None:
        return False
    return stored in ("", evidence(text, start, end, span)[name])
