"""How surfaces may have been written: the renderings of a text in which they are looked for."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text import offsets
from spanproof.text.drift.misread import APART, COMPOSED, MISREAD, read_aright
from spanproof.text.drift.units import ENTITY, JSON_ESCAPE, ascii_of, decoded_json, umlauts_of
from spanproof.text.letters import Letters
from spanproof.text.segmentation import TOKEN


@dataclass(frozen=True)
class Rendering:
    """A text as it was written for its surfaces.

    Attributes:
        text: the text as rendered.
        at: the offset in it of each boundary of the text itself; never falling.
        whole: which boundaries lie within nothing that was written as one; None for all.
    """

    text: str
    at: Ints
    whole: Bools | None = None


def _as_it_is(letters: Letters) -> Rendering:
    return Rendering(letters.text, np.arange(len(letters.text) + 1))


@dataclass(frozen=True)
class _Each:
    """Renders each character of a text by itself."""

    written: Callable[[str], str]

    def __call__(self, letters: Letters) -> Rendering:
        known = {character: self.written(character) for character in letters.distinct}
        at = np.concatenate((np.zeros(1, np.int64), np.cumsum(letters.widths(lambda c: len(known[c])))))
        return Rendering("".join(map(known.__getitem__, letters.text)), at)


@dataclass(frozen=True)
class Writing:
    """A known way of writing surfaces.

    Attributes:
        name: the short name of the cause.
        statement: the cause in words.
        render: renders a text; by default as it is, where surfaces aren't parts of any rendering.
    """

    name: str
    statement: str
    render: Callable[[Letters], Rendering] = _as_it_is

    def can_hold(self, letters: Letters, surfaces: Iterable[str]) -> bool:
        """Say whether one of some surfaces has no character that the rendering of a text lacks."""
        if not isinstance(self.render, _Each):
            return True
        characters = set("".join(map(self.render.written, letters.distinct)))
        return any(map(characters.issuperset, surfaces))


def _normalised(form: offsets.Form) -> Callable[[Letters], Rendering]:
    def render(letters: Letters) -> Rendering:
        to = offsets.normalised(letters.text, form)
        # A boundary that the normal form lacks is that of the next one which it has.
        known = np.where(to >= 0, to, -1)
        units = np.flatnonzero(known >= 0)
        at = units[np.minimum(np.searchsorted(known[units], np.arange(len(letters.text) + 1)), len(units) - 1)]
        return Rendering(unicodedata.normalize(form, letters.text), at.astype(np.int64))

    return render


def _tokens(letters: Letters) -> Rendering:
    pieces, at, size, last = [], np.zeros(len(letters.text) + 1, np.int64), 0, 0
    for number, match in enumerate(TOKEN.finditer(letters.text)):
        low, high = match.span()
        at[last:low] = size
        size += int(number > 0)
        at[low:high] = np.arange(size, size + high - low)
        size, last = size + high - low, high
        pieces.append(match.group())
    at[last:] = size
    return Rendering(" ".join(pieces), at)


def _collapsed(letters: Letters) -> Rendering:
    blank = np.array([character.isspace() for character in letters.distinct], np.bool_)[letters.index]
    again = np.concatenate((np.zeros(1, np.bool_), blank[1:] & blank[:-1])) if blank.size else blank
    at = np.concatenate((np.zeros(1, np.int64), np.cumsum(~again)))
    written = "".join(" " if b else c for c, b, a in zip(letters.text, blank, again, strict=True) if not a)
    return Rendering(written, at)


@dataclass(frozen=True)
class _Decoded:
    """Renders each match of a pattern as what it stands for."""

    pattern: re.Pattern[str]
    decode: Callable[[str], str]

    def __call__(self, letters: Letters) -> Rendering:
        widths = np.ones(len(letters.text), np.int64)
        whole = np.ones(len(letters.text) + 1, np.bool_)
        pieces, last = list[str](), 0
        for match in self.pattern.finditer(letters.text):
            low, high = match.span()
            meant = self.decode(match.group())
            if meant != match.group():
                widths[low], widths[low + 1 : high] = len(meant), 0
                whole[low + 1 : high] = False
            pieces += (letters.text[last:low], meant)
            last = high
        at = np.concatenate((np.zeros(1, np.int64), np.cumsum(widths)))
        return Rendering("".join((*pieces, letters.text[last:])), at, whole)


def _html(character: str) -> str:
    return html.escape(character, quote=False)


def _lower(letters: Letters) -> Rendering:
    """Render a text in lower case as a whole, since a sigma at the end of a word is another letter there."""
    return Rendering(letters.text.lower(), _Each(str.lower)(letters).at)


_LOWER_I, _UPPER_I = {"I": "ı", "İ": "i"}, {"i": "İ", "ı": "I"}  # in Turkish and Azerbaijani


def _read_as(encoding: str) -> Callable[[Letters], Rendering]:
    """Render a text in UTF-8 as it reads in an encoding of single bytes; those that it lacks keep their number."""

    def misread(character: str) -> str:
        content = character.encode("utf-8", "surrogatepass")
        return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in content)

    return _Each(misread)


def _without_marks(character: str) -> str:
    return "" if unicodedata.category(character or " ") == "Mn" else character


def _visible(character: str) -> str:
    return "" if unicodedata.category(character) == "Cf" else character


def _bare(character: str) -> str:
    """Return a letter without its accent."""
    parts = unicodedata.normalize("NFD", character)
    return unicodedata.normalize("NFC", "".join(part for part in parts if unicodedata.category(part) != "Mn"))


def _lossy(encoding: str) -> Callable[[str], str]:
    """Render Latin letters and marks that an encoding lacks as question marks.

    Those of other scripts stay: where a whole word is lost, any other of its length is written alike.
    """

    def lossy(character: str) -> str:
        latin = unicodedata.name(character, "").startswith("LATIN ") or unicodedata.category(character)[0] == "P"
        return character.encode(encoding, "replace").decode(encoding) if latin else character

    return lossy


WRITINGS = (
    Writing("nfc-surfaces", "surfaces are normalised to NFC", _normalised("NFC")),
    Writing("nfd-surfaces", "surfaces are normalised to NFD", _normalised("NFD")),
    Writing("nfkc-surfaces", "surfaces are normalised to NFKC", _normalised("NFKC")),
    Writing("nfkd-surfaces", "surfaces are normalised to NFKD", _normalised("NFKD")),
    Writing("lower-case-surfaces", "surfaces are in lower case", _lower),
    Writing("upper-case-surfaces", "surfaces are in upper case", _Each(str.upper)),
    Writing(
        "lower-case-turkish-surfaces",
        "surfaces are in Turkish lower case (`ı` of `I`)",
        _Each(lambda c: _LOWER_I.get(c, c.lower())),
    ),
    Writing(
        "upper-case-turkish-surfaces",
        "surfaces are in Turkish upper case (`İ` of `i`)",
        _Each(lambda c: _UPPER_I.get(c, c.upper())),
    ),
    Writing(
        "html-decoded-surfaces",
        "surfaces have HTML's entities decoded (`&` of `&amp;`)",
        _Decoded(re.compile(ENTITY), html.unescape),
    ),
    Writing(
        "json-decoded-surfaces",
        "surfaces have JSON's escapes decoded (`\"` of `\\\"`)",
        _Decoded(re.compile(JSON_ESCAPE), decoded_json),
    ),
    Writing(
        "csv-decoded-surfaces",
        "surfaces have two double quotes as one (CSV)",
        _Decoded(re.compile('""'), lambda _: '"'),
    ),
    Writing(
        "misread-surfaces",
        "surfaces were written before UTF-8 was read as Windows-1252 (`ü` of `Ã¼`)",
        _Decoded(re.compile(MISREAD), read_aright),
    ),
    Writing(
        "composed-surfaces",
        "surfaces have letters such as `ड़` as one code point",
        _Decoded(re.compile(APART), COMPOSED.__getitem__),
    ),
    Writing("html-surfaces", "surfaces are from the escaped text (`&amp;`)", _Each(_html)),
    Writing(
        "html-quotes-surfaces",
        "surfaces are from the escaped text (`&amp;`, `&quot;`)",
        _Each(lambda c: html.escape(c).replace("&#x27;", "&#39;")),
    ),
    Writing("html-hex-surfaces", "surfaces are from the escaped text (`&amp;`, `&#x27;`)", _Each(html.escape)),
    Writing("json-surfaces", "surfaces are JSON source (`\\u00e9`)", _Each(lambda c: json.dumps(c)[1:-1])),
    Writing(
        "json-unicode-surfaces",
        "surfaces are JSON source (`\\n`, `\\\"`)",
        _Each(lambda c: json.dumps(c, ensure_ascii=False)[1:-1]),
    ),
    Writing("csv-surfaces", "surfaces have each double quote twice (CSV)", _Each(lambda c: '""' if c == '"' else c)),
    Writing(
        "html-numeric-surfaces",
        "surfaces have numeric entities for all but ASCII (`&#233;`)",
        _Each(lambda c: c if c.isascii() else f"&#{ord(c)};"),
    ),
    Writing("mojibake", "surfaces are UTF-8 read as Latin-1", _read_as("latin-1")),
    Writing("mojibake-windows", "surfaces are UTF-8 read as Windows-1252", _read_as("cp1252")),
    Writing("mojibake-windows-1250", "surfaces are UTF-8 read as Windows-1250", _read_as("cp1250")),
    Writing("mojibake-windows-1251", "surfaces are UTF-8 read as Windows-1251", _read_as("cp1251")),
    Writing("mojibake-windows-1254", "surfaces are UTF-8 read as Windows-1254", _read_as("cp1254")),
    Writing("mojibake-latin-9", "surfaces are UTF-8 read as Latin-9", _read_as("iso8859-15")),
    Writing("mojibake-mac", "surfaces are UTF-8 read as Mac Roman", _read_as("mac-roman")),
    Writing("marks-dropped-surfaces", "surfaces lack combining marks", _Each(_without_marks)),
    Writing("accents-dropped-surfaces", "surfaces lack accents", _Each(_bare)),
    Writing(
        "lower-case-bare-surfaces", "surfaces are in lower case without accents", _Each(lambda c: _bare(c.lower()))
    ),
    Writing(
        "upper-case-bare-surfaces", "surfaces are in upper case without accents", _Each(lambda c: _bare(c.upper()))
    ),
    Writing("latin-1-surfaces", "surfaces have ? for letters and marks that Latin-1 lacks", _Each(_lossy("latin-1"))),
    Writing("ascii-lossy-surfaces", "surfaces have ? for letters and marks that ASCII lacks", _Each(_lossy("ascii"))),
    Writing("underscores-surfaces", "surfaces have _ for blanks", _Each(lambda c: "_" if c.isspace() else c)),
    Writing("ascii-surfaces", "surfaces are written in ASCII", _Each(ascii_of)),
    Writing("umlauts-surfaces", "surfaces have umlauts written out (`ae`, `ss`)", _Each(umlauts_of)),
    Writing("format-dropped-surfaces", "surfaces lack invisible characters", _Each(_visible)),
    Writing(
        "tatweel-dropped-surfaces",
        "surfaces lack combining marks, lengthening strokes, and invisible characters",
        _Each(lambda c: "" if c == "\u0640" else _without_marks(_visible(c))),
    ),
    Writing("lines-joined-surfaces", "surfaces lack line ends", _Each(lambda c: "" if c in "\r\n" else c)),
    Writing("blanks-dropped-surfaces", "surfaces lack white space", _Each(lambda c: "" if c.isspace() else c)),
    Writing("white-space-surfaces", "surfaces have each run of white space as one blank", _collapsed),
    Writing("tokens-surfaces", "surfaces are tokens joined by single blanks", _tokens),
)  # fmt: skip
"""All known ways of writing surfaces, from the specific to the general."""
