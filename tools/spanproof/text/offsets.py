"""Maps between code points and the other units that people count in.

Each function takes a text to an array m: m[k] is the offset in code points of what is offset k in that unit, and -1
where k falls inside a code point (or a line end, or a cluster of the normal form). m has one entry more than the text
has units, so the end of the text is an offset too, and those of its offsets that aren't -1 rise. Lone surrogates are
code points like any other.
"""

import functools
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import regex

from spanproof.text.letters import code_points

Map = npt.NDArray[np.int64]
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CR, _LF = ord("\r"), ord("\n")
_JOINS = regex.compile(r"[^\p{GCB=Other}\p{GCB=Control}\p{GCB=CR}\p{GCB=LF}]")  # characters that can stand in clusters
_KEPT = 1 << 14  # characters and clusters whose maps are remembered
_SHORT = 64  # code points of a cluster that is remembered
_STREAM_SAFE = 30  # non-starters in a row that the Stream-Safe Text Format allows (UAX #15)


def utf16(text: str) -> Map:
    """Map UTF-16 code units (JavaScript, Java, .NET, Windows)."""
    return _spread(np.uint8(1) + (code_points(text) > 0xFFFF))


def utf8(text: str) -> Map:
    """Map UTF-8 bytes (C, Go, Rust)."""
    points = code_points(text)
    return _spread(np.uint8(1) + (points > 0x7F) + (points > 0x7FF) + (points > 0xFFFF))


def graphemes(text: str) -> Map:
    """Map extended grapheme clusters, what a reader calls a character (UAX #29; Swift, Azure's "text elements")."""
    points = code_points(text)
    joins = _of_each(points, _can_join) > 0
    certain = np.ones(len(points) + 1, np.bool_)
    # Rules that look further than two characters act through one that can join.
    certain[1:-1] = ~(joins[:-1] | joins[1:] | ((points[:-1] == _CR) & (points[1:] == _LF)))
    bounds = certain.nonzero()[0]
    inner: list[int] = []
    for k in np.flatnonzero(np.diff(bounds) > 1).tolist():
        start = int(bounds[k])
        part = text[start : bounds[k + 1]]
        inner += [start + end for end in (_kept_clusters if len(part) <= _SHORT else _clusters)(part)]
    certain[inner] = True
    return np.flatnonzero(certain)


@functools.lru_cache(_KEPT)
def _can_join(character: str) -> bool:
    return _JOINS.match(character) is not None


def _clusters(text: str) -> tuple[int, ...]:
    return tuple(cluster.end() for cluster in regex.finditer(r"\X", text))


_kept_clusters = functools.lru_cache(_KEPT)(_clusters)


def in_unit(text: str, unit: str) -> Map:
    """Map the offsets of a unit that a schema may name: code points, UTF-16, UTF-8 or graphemes."""
    if unit == "code point":
        return np.arange(len(text) + 1)
    return {"utf-16": utf16, "utf-8": utf8, "grapheme": graphemes}[unit](text)


def crlf_as_one(text: str) -> Map:
    """Map offsets that count each CR LF of the text as one; a CR or LF alone is one as well."""
    points = code_points(text)
    bounds = np.ones(len(points) + 1, np.bool_)
    bounds[1:-1] = (points[:-1] != _CR) | (points[1:] != _LF)
    return np.flatnonzero(bounds)


def crlf_as_two(text: str) -> Map:
    """Map offsets that count each LF as CR LF; a CR LF of the text stays one line end, and a CR alone counts once."""
    at = crlf_as_one(text)
    to = _spread(np.maximum(np.diff(at), 1 + (code_points(text)[at[:-1]] == _LF)))
    return np.where(to < 0, -1, at[to])


def normalised(text: str, form: Form) -> Map:
    """Map code points of the text's normal form (UAX #15).

    An offset k of the normal form is offset j of the text where the text can be parted: where the normal forms of
    text[:j] and text[j:], joined, are that of the text, and the first has length k. There is at most one such j.
    A cluster with more marks than any language writes (the bound of the Stream-Safe Text Format) is not parted.
    """
    points = code_points(text)
    parts = np.append(_of_each(points, functools.partial(_starts_anew, form)), 1)
    parts[0] = 1
    bounds = np.flatnonzero(parts)
    sizes = _of_each(points, lambda character: len(unicodedata.normalize(form, character)))[bounds[:-1]]
    clusters = np.flatnonzero(np.diff(bounds) > 1).tolist()
    parts_of = (text[bounds[k] : bounds[k + 1]] for k in clusters)
    maps = [(_kept_cluster if len(part) <= _SHORT else _cluster)(part, form) for part in parts_of]
    sizes[clusters] = [len(of) for of in maps]
    at = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    to = np.full(at[-1] + 1, -1, np.int64)
    to[at] = bounds
    for k, of in zip(clusters, maps, strict=True):
        to[at[k] + 1 : at[k + 1] + 1] = np.where(of < 0, -1, of + bounds[k])
    return to


@functools.lru_cache(_KEPT)
def _starts_anew(form: Form, character: str) -> bool:
    """Say whether a character is one that no normalisation joins to those before it.

    Of the starters, vowels and consonants of Hangul and signs of Indic scripts compose with those before them.
    """
    first = unicodedata.normalize("NFKD" if "K" in form else "NFD", character)[0]
    if first < "\u0300":
        return True
    category = unicodedata.category(first)
    rare = "\U00010000" <= first < "\U00020000" and category[0] != "S"
    return category[0] not in "MC" and not "\u1100" <= first <= "\u11ff" and not rare


def _cluster(text: str, form: Form) -> Map:
    """Map code points of the normal form of a short text, without the first."""
    to: list[int] = []
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


_kept_cluster = functools.lru_cache(_KEPT)(_cluster)


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


def _of_each(points: npt.NDArray[np.uint32], value: Callable[[str], int]) -> Map:
    """Return for each code point of a text what a function makes of it, which is asked once for each distinct one."""
    distinct, index = np.unique(points, return_inverse=True)
    return np.array([value(chr(point)) for point in distinct.tolist()], np.int64)[index]


def _spread(widths: npt.NDArray[Any]) -> Map:
    """Map units when code point i is widths[i] of them."""
    at = np.concatenate(([0], np.cumsum(widths, dtype=np.int64)))
    to = np.full(at[-1] + 1, -1, np.int64)
    to[at] = np.arange(len(at))
    return to
