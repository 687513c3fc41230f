"""How texts are counted and surfaces written, told once more: in plain functions, a name each."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote


def _each(width: Callable[[str], int]) -> Callable[[str], list[int]]:
    def widths(text: str) -> list[int]:
        known = {character: width(character) for character in set(text)}
        return [known[character] for character in text]

    return widths


def _tokens(text: str) -> list[int]:
    """Count the first character of each word or mark as one, all others as none."""
    words = [unicodedata.category(c)[0] in "LM" or unicodedata.category(c) in ("Nd", "Nl", "Pc") for c in text]
    joined = [word and before for word, before in zip(words, [False, *words], strict=False)]
    return [int(not c.isspace() and not inside) for c, inside in zip(text, joined, strict=True)]


def _plain_tokens(joined: bool) -> Callable[[str], list[int]]:
    """Count a run of letters, digits and underscores as one, and of other marks each or (``joined``) each run."""

    def widths(text: str) -> list[int]:
        kinds = [" " if c.isspace() else "word" if c.isalnum() or c == "_" else "mark" for c in text]
        before = [" ", *kinds]
        return [
            int(kind != " " and (kind != last or (kind == "mark" and not joined)))
            for kind, last in zip(kinds, before, strict=False)
        ]

    return widths


def _matched(pattern: str, width: int) -> Callable[[str], list[int]]:
    def widths(text: str) -> list[int]:
        places = {match.start() for match in re.finditer(pattern, text)}
        return [width if k in places else 1 for k in range(len(text))]

    return widths


_ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_JSON = rf'\\(?:["\\/bfnrt]|{_PAIR}|u[0-9a-fA-F]{{4}})'


def _meant(pattern: str, decode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda words: re.sub(pattern, lambda match: decode(match.group()), words)


def _decoded(pattern: str, decode: Callable[[str], str]) -> Callable[[str], list[int]]:
    def widths(text: str) -> list[int]:
        counted, last = list[int](), 0
        for match in re.finditer(pattern, text):
            meant, size = decode(match.group()), len(match.group())
            own = [1] * size if meant == match.group() else [len(meant)] + [0] * (size - 1)
            counted += [1] * (match.start() - last) + own
            last = match.end()
        return counted + [1] * (len(text) - last)

    return widths


def _json_meant(escaped: str) -> str:
    known = "/" if escaped == "\\/" else escaped.encode("ascii").decode("unicode_escape")
    return known.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


UNITS: Mapping[str, Callable[[str], list[int]]] = {
    "utf-16": _each(lambda c: len(c.encode("utf-16-le", "surrogatepass")) // 2),
    "utf-8": _each(lambda c: len(c.encode("utf-8", "surrogatepass"))),
    "crlf-as-one": _matched(r"\r(?=\n)", 0),
    "crlf-as-two": _matched(r"(?<!\r)\n", 2),
    "nfd": _each(lambda c: len(unicodedata.normalize("NFD", c))),
    "nfkd": _each(lambda c: len(unicodedata.normalize("NFKD", c))),
    "html": _each(lambda c: len(html.escape(c, quote=False))),
    "html-quotes": _each(lambda c: len(html.escape(c).replace("&#x27;", "'"))),
    "html-apostrophes": _each(lambda c: len(html.escape(c).replace("&#x27;", "&#39;"))),
    "html-apostrophes-hex": _each(lambda c: len(html.escape(c))),
    "html-numeric": _each(lambda c: 1 if c < "\x80" else len(str(ord(c))) + 3),
    "html-numeric-hex": _each(lambda c: 1 if c < "\x80" else len(hex(ord(c))) + 2),
    "json": _each(lambda c: len(json.dumps(c)) - 2),
    "json-unicode": _each(lambda c: len(json.dumps(c, ensure_ascii=False)) - 2),
    "html-decoded": _decoded(_ENTITY, html.unescape),
    "json-decoded": _decoded(_JSON, _json_meant),
    "csv-decoded": _decoded('""', lambda _: '"'),
    "percent-decoded": _decoded("(?:%[0-9A-Fa-f]{2})+", lambda escaped: unquote(escaped, errors="replace")),
    "tags": _decoded(r"</?[A-Za-z][^<>]*>|<!--(?:(?!-->)[\s\S])*-->", lambda _: ""),
    "notes": _decoded(r"\[\d{1,3}\]", lambda _: ""),
    "treebank": _each(lambda c: 5 if c in "()[]{}" else 2 if c in '"“”' else 1),
    "double-byte": _each(lambda c: 1 if c < "\x80" else 2),
    "umlauts": _each(lambda c: 1 + (c in "äöüÄÖÜßẞ")),
    "csv": _each(lambda c: 1 + (c == '"')),
    "sql": _each(lambda c: 1 + (c == "'")),
    "lower-case": _each(lambda c: len(c.lower())),
    "upper-case": _each(lambda c: len(c.upper())),
    "ascii-only": _each(lambda c: int(c < "\x80")),
    "astral-dropped": _each(lambda c: int(c <= "\uffff")),
    "format-dropped": _each(lambda c: int(unicodedata.category(c) != "Cf")),
    "percent": _each(lambda c: len(quote(c, safe=" ", errors="replace"))),
    "marks-dropped": _each(lambda c: int(unicodedata.category(c) != "Mn")),
    "blanks-dropped": _each(lambda c: int(not c.isspace())),
    "lines-joined": _each(lambda c: int(c not in "\r\n")),
    "white-space": _matched(r"(?<=\s)\s", 0),
    "tokens": _tokens,
    "tokens-marks": _plain_tokens(False),
    "tokens-runs": _plain_tokens(True),
    "bom-added": _matched(r"\A\ufeff", 0),
}
"""How many units each character of a text is, by the name of the unit."""


def _bare(words: str) -> str:
    parts = unicodedata.normalize("NFD", words)
    return unicodedata.normalize("NFC", "".join(c for c in parts if unicodedata.category(c) != "Mn"))


def _read_as(encoding: str) -> Callable[[str], str]:
    """Read UTF-8 in an encoding of single bytes; those that have no character there keep their number."""

    def read(words: str) -> str:
        content = words.encode("utf-8", "surrogatepass")
        return "".join(byte.to_bytes().decode(encoding, "ignore") or chr(byte) for byte in content)

    return read


SURFACES: Mapping[str, Callable[[str], str]] = {
    "": str,
    "nfc-surfaces": lambda words: unicodedata.normalize("NFC", words),
    "nfd-surfaces": lambda words: unicodedata.normalize("NFD", words),
    "nfkc-surfaces": lambda words: unicodedata.normalize("NFKC", words),
    "nfkd-surfaces": lambda words: unicodedata.normalize("NFKD", words),
    "lower-case-surfaces": str.lower,
    "upper-case-surfaces": str.upper,
    "lower-case-turkish-surfaces": lambda words: words.replace("İ", "i").replace("I", "ı").lower(),
    "upper-case-turkish-surfaces": lambda words: words.replace("i", "İ").replace("ı", "I").upper(),
    "html-numeric-surfaces": lambda words: words.encode("ascii", "xmlcharrefreplace").decode("ascii"),
    "html-decoded-surfaces": _meant(_ENTITY, html.unescape),
    "json-decoded-surfaces": _meant(_JSON, _json_meant),
    "csv-decoded-surfaces": lambda words: words.replace('""', '"'),
    "html-surfaces": lambda words: html.escape(words, quote=False),
    "html-quotes-surfaces": lambda words: html.escape(words).replace("&#x27;", "&#39;"),
    "html-hex-surfaces": html.escape,
    "marks-dropped-surfaces": lambda words: "".join(c for c in words if unicodedata.category(c) != "Mn"),
    "accents-dropped-surfaces": _bare,
    "format-dropped-surfaces": lambda words: "".join(c for c in words if unicodedata.category(c) != "Cf"),
    "tatweel-dropped-surfaces": lambda words: "".join(
        c for c in words if c != "\u0640" and unicodedata.category(c) not in ("Mn", "Cf")
    ),
    "lines-joined-surfaces": lambda words: re.sub(r"[\r\n]", "", words),
    "blanks-dropped-surfaces": lambda words: "".join(words.split()),
    "umlauts-surfaces": lambda words: re.sub(
        "[äöüÄÖÜßẞ]",
        lambda one: {"ß": "ss", "ẞ": "SS"}.get(one[0], unicodedata.normalize("NFD", one[0])[0] + "e"),
        words,
    ),
    "white-space-surfaces": lambda words: re.sub(r"\s+", " ", words),
    "csv-surfaces": lambda words: words.replace('"', '""'),
    "json-surfaces": lambda words: json.dumps(words)[1:-1],
    "json-unicode-surfaces": lambda words: json.dumps(words, ensure_ascii=False)[1:-1],
    "mojibake": lambda words: words.encode("utf-8", "surrogatepass").decode("latin-1"),
    "mojibake-windows": _read_as("cp1252"),
    "mojibake-windows-1250": _read_as("cp1250"),
    "mojibake-windows-1251": _read_as("cp1251"),
    "mojibake-windows-1254": _read_as("cp1254"),
    "mojibake-latin-9": _read_as("iso8859-15"),
    "mojibake-mac": _read_as("mac-roman"),
}
"""How words of the text are written as a surface, by the name of the writing."""


def surface_of(written: Any) -> Callable[[str], str] | None:
    """Return how words are written as a surface; None if that isn't known here.

    Args:
        written: a name of :data:`SURFACES`; ``["cut", 5, "…"]`` for words that are cut after so many characters, with a
            mark behind; ``["around", "«", "»"]`` for words with something before and behind them.
    """
    match written:
        case str(name):
            return SURFACES.get(name)
        case ["cut", int(size), str(mark)] if size > 0:
            return lambda words: words if len(words) <= size else words[:size] + mark
        case ["around", str(before), str(behind)]:
            return lambda words: before + words + behind
    return None
