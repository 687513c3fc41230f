"""Maps between code points and the other units that people count in.

Each function takes a text to an array m: m[k] is the offset in code points of what is offset k in that unit, and -1
where k falls inside a code point (or a line end, or a cluster of the normal form). m has one entry more than the text
has units, so the end of the text is an offset too, and those of its offsets that aren't -1 rise. Lone surrogates are
code points like any other.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import regex

Map = npt.NDArray[np.int64]
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CR, _LF = ord("\r"), ord("\n")
_STREAM_SAFE = 30  # non-starters in a row that the Stream-Safe Text Format allows (UAX #15)


def utf16(text: str) -> Map:
    """Map UTF-16 code units (JavaScript, Java, .NET, Windows)."""
    return _spread(np.uint8(1) + (_code_points(text) > 0xFFFF))


def utf8(text: str) -> Map:
    """Map UTF-8 bytes (C, Go, Rust)."""
    points = _code_points(text)
    return _spread(np.uint8(1) + (points > 0x7F) + (points > 0x7FF) + (points > 0xFFFF))


def graphemes(text: str) -> Map:
    """Map extended grapheme clusters, what a reader calls a character (UAX #29; Swift, Azure's "text elements")."""
    return np.array([0, *(cluster.end() for cluster in regex.finditer(r"\X", text))], np.int64)


def in_unit(text: str, unit: str) -> Map:
    """Map the offsets of a unit that a schema may name: code points, UTF-16, UTF-8 or graphemes."""
    if unit == "code point":
        return np.arange(len(text) + 1)
    return {"utf-16": utf16, "utf-8": utf8, "grapheme": graphemes}[unit](text)


def crlf_as_one(text: str) -> Map:
    """Map offsets that count each CR LF of the text as one; a CR or LF alone is one as well."""
    points = _code_points(text)
    bounds = np.ones(len(points) + 1, np.bool_)
    bounds[1:-1] = (points[:-1] != _CR) | (points[1:] != _LF)
    return np.flatnonzero(bounds)


def crlf_as_two(text: str) -> Map:
    """Map offsets that count each LF as CR LF; a CR LF of the text stays one line end, and a CR alone counts once."""
    at = crlf_as_one(text)
    to = _spread(np.maximum(np.diff(at), 1 + (_code_points(text)[at[:-1]] == _LF)))
    return np.where(to < 0, -1, at[to])


def normalised(text: str, form: Form) -> Map:
    """Map code points of the text's normal form (UAX #15).

    An offset k of the normal form is offset j of the text where the text can be parted: where the normal forms of
    text[:j] and text[j:], joined, are that of the text, and the first has length k. There is at most one such j.
    A cluster with more marks than any language writes (the bound of the Stream-Safe Text Format) is not parted.
    """
    to = [0]
    for start, end in _segments(text, form):
        segment = text[start:end]
        whole = unicodedata.normalize(form, segment)
        if whole == segment:  # any part of a normalised string is normalised, so it can be parted anywhere
            to.extend(range(start + 1, end + 1))
            continue
        inner = [-1] * len(whole)
        inner[-1] = end
        for cut in range(1, len(segment) if len(segment) <= _STREAM_SAFE else 1):
            before = unicodedata.normalize(form, segment[:cut])
            if before + unicodedata.normalize(form, segment[cut:]) == whole:
                inner[len(before) - 1] = start + cut
        to.extend(inner)
    return np.array(to, np.int64)


def _segments(text: str, form: Form) -> Iterator[tuple[int, int]]:
    """Part a text where normalisation can't act across: before each starter that doesn't compose with what precedes."""
    decomposed: Form = "NFKD" if "K" in form else "NFD"
    start = 0
    for at in range(1, len(text)):
        if text[at] >= "\u0300":  # below are only starters, and nothing composes with them from the left
            if unicodedata.combining(unicodedata.normalize(decomposed, text[at])[0]):
                continue
            apart = unicodedata.normalize(form, text[start:at]) + unicodedata.normalize(form, text[at])
            if unicodedata.normalize(form, text[start : at + 1]) != apart:
                continue
        yield start, at
        start = at
    if text:
        yield start, len(text)


def _code_points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _spread(widths: npt.NDArray[Any]) -> Map:
    """Map units when code point i is widths[i] of them."""
    at = np.concatenate(([0], np.cumsum(widths, dtype=np.int64)))
    to = np.full(at[-1] + 1, -1, np.int64)
    to[at] = np.arange(len(at))
    return to
