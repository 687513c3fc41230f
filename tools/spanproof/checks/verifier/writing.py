"""How surfaces are written, told once more: in plain functions, a name each."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from spanproof.checks.verifier.counting import tokens
from spanproof.checks.verifier.units import (
    COMPOSED,
    ENTITY,
    JSON_ESCAPE,
    MISREAD,
    ascii_of,
    json_meant,
    read_aright,
    umlauts_of,
)


def _meant(pattern: str, decode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda words: re.sub(pattern, lambda match: decode(match.group()), words)


def _bare(words: str) -> str:
    parts = unicodedata.normalize("NFD", words)
    return unicodedata.normalize("NFC", "".join(c for c in parts if unicodedata.category(c) != "Mn"))


def _read_as(encoding: str) -> Callable[[str], str]:
    """Read UTF-8 in an encoding of single bytes; those that have no character there keep their number."""

    def read(words: str) -> str:
        content = words.encode("utf-8", "surrogatepass")
        return "".join(byte.to_bytes().decode(encoding, "ignore") or chr(byte) for byte in content)

    return read


def _lossy(last: str) -> Callable[[str], str]:
    """Write Latin letters and marks behind a character as question marks."""

    def is_lost(character: str) -> bool:
        name, kind = unicodedata.name(character, ""), unicodedata.category(character)
        return character > last and (name.startswith("LATIN ") or kind.startswith("P"))

    return lambda words: "".join("?" if is_lost(character) else character for character in words)


SURFACES: Mapping[str, Callable[[str], str]] = {
    "nfc-surfaces": lambda words: unicodedata.normalize("NFC", words),
    "nfd-surfaces": lambda words: unicodedata.normalize("NFD", words),
    "nfkc-surfaces": lambda words: unicodedata.normalize("NFKC", words),
    "nfkd-surfaces": lambda words: unicodedata.normalize("NFKD", words),
    "lower-case-surfaces": str.lower,
    "upper-case-surfaces": str.upper,
    "lower-case-turkish-surfaces": lambda words: words.replace("İ", "i").replace("I", "ı").lower(),
    "upper-case-turkish-surfaces": lambda words: words.replace("i", "İ").replace("ı", "I").upper(),
    "html-numeric-surfaces": lambda words: words.encode("ascii", "xmlcharrefreplace").decode("ascii"),
    "html-decoded-surfaces": _meant(ENTITY, html.unescape),
    "json-decoded-surfaces": _meant(JSON_ESCAPE, json_meant),
    "csv-decoded-surfaces": lambda words: words.replace('""', '"'),
    "html-surfaces": lambda words: html.escape(words, quote=False),
    "html-quotes-surfaces": lambda words: html.escape(words).replace("&#x27;", "&#39;"),
    "html-hex-surfaces": html.escape,
    "marks-dropped-surfaces": lambda words: "".join(c for c in words if unicodedata.category(c) != "Mn"),
    "accents-dropped-surfaces": _bare,
    "lower-case-bare-surfaces": lambda words: _bare("".join(map(str.lower, words))),
    "upper-case-bare-surfaces": lambda words: _bare(words.upper()),
    "latin-1-surfaces": _lossy("\u00ff"),
    "ascii-lossy-surfaces": _lossy("\u007f"),
    "underscores-surfaces": lambda words: re.sub(r"\s", "_", words),
    "misread-surfaces": _meant(MISREAD, read_aright),
    "composed-surfaces": _meant("|".join(COMPOSED), COMPOSED.__getitem__),
    "umlauts-surfaces": lambda words: "".join(map(umlauts_of, words)),
    "format-dropped-surfaces": lambda words: "".join(c for c in words if unicodedata.category(c) != "Cf"),
    "tatweel-dropped-surfaces": lambda words: "".join(
        c for c in words if c != "\u0640" and unicodedata.category(c) not in ("Mn", "Cf")
    ),
    "lines-joined-surfaces": lambda words: words.replace("\r", "").replace("\n", ""),
    "blanks-dropped-surfaces": lambda words: "".join(c for c in words if not c.isspace()),
    "white-space-surfaces": lambda words: re.sub(r"\s+", " ", words),
    "csv-surfaces": lambda words: words.replace('"', '""'),
    "json-surfaces": lambda words: json.dumps(words)[1:-1],
    "json-unicode-surfaces": lambda words: json.dumps(words, ensure_ascii=False)[1:-1],
    "ascii-surfaces": lambda words: "".join(map(ascii_of, words)),
    "tokens-surfaces": lambda words: " ".join(words[low:high] for low, high in tokens(words)),
    "mojibake": lambda words: words.encode("utf-8", "surrogatepass").decode("latin-1"),
    "mojibake-windows": _read_as("cp1252"),
    "mojibake-windows-1250": _read_as("cp1250"),
    "mojibake-windows-1251": _read_as("cp1251"),
    "mojibake-windows-1254": _read_as("cp1254"),
    "mojibake-latin-9": _read_as("iso8859-15"),
    "mojibake-mac": _read_as("mac-roman"),
}
"""How words of the text are written as a surface, by the name of the writing."""


def surface_of(written: Mapping[str, Any]) -> Callable[[str], str] | None:
    """Return how words are written as a surface; None if that isn't known here.

    Args:
        written: empty for words as they are; ``{"names": [...]}`` with names of :data:`SURFACES` that write them alike;
            ``{"cut": 5, "mark": "…"}`` for words that are cut after so many characters, with a mark behind;
            ``{"before": "«", "behind": "»"}`` for words with something before and behind them.
    """
    match written:
        case {"names": [str(name), *_], **rest} if not rest:
            return SURFACES.get(name)
        case {"cut": int(size), "mark": str(mark), **rest} if size > 0 and not rest:
            return lambda words: words if len(words) <= size else words[:size] + mark
        case {"before": str(before), "behind": str(behind), **rest} if not rest:
            return lambda words: before + words + behind
    return None if written else str
