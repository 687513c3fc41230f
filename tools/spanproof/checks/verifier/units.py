"""The units in which offsets may be counted, a name each."""

import html
import html.entities
import json
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote, unquote

from spanproof.checks.verifier.counting import (
    Counting,
    decoded,
    each,
    found,
    graphemes,
    has_blank,
    joined_tokens,
    matched,
    normal_form,
    numbered,
    tabs,
    tokens,
    without,
    without_blanks,
    without_first_blanks,
)

ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
JSON_ESCAPE = rf'\\(?:["\\/bfnrt]|{_PAIR}|u[0-9a-fA-F]{{4}})'

_MARKS = {'"': "“”„‟«»″", "'": "‘’‚‛′ʼ", "-": "‐‑‒–—―−", "...": "…", "*": "•", "x": "×", "EUR": "€", "GBP": "£"}
_TYPOGRAPHY = {mark: plain for plain, marks in _MARKS.items() for mark in marks if not mark.isalpha()}
_LETTERS = dict(zip("øØłŁđĐðÐıʼ", "oOlLdDdDi'", strict=True))
_LETTERS |= {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"}


def json_meant(escaped: str) -> str:
    """Return what an escape of JSON stands for."""
    known = "/" if escaped == "\\/" else escaped.encode("ascii").decode("unicode_escape")
    return known.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def ascii_of(character: str) -> str:
    """Return how a character is written in ASCII where that is usual; itself where it isn't."""
    if usual := _TYPOGRAPHY.get(character, _LETTERS.get(character)):
        return usual
    parts = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return parts if parts.isascii() and not character.isascii() else character


def umlauts_of(character: str) -> str:
    """Return how German letters are written without umlauts."""
    if character not in "äöüÄÖÜßẞ":
        return character
    return {"ß": "ss", "ẞ": "SS"}.get(character) or unicodedata.normalize("NFD", character)[0] + "e"


_LATEX = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "{": r"\{", "}": r"\}", "–": "--", "—": "---"}
_LATEX |= {"“": "``", "”": "''", "„": ",,", "…": r"\ldots{}"}
_MANY = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
MISREAD = f"[\u00c2-\u00df]{_MANY}|[\u00e0-\u00ef]{_MANY}{_MANY}|[\u00f0-\u00f4]{_MANY}{_MANY}{_MANY}"
_EXCLUDED = [c for c in map(chr, range(0x900, 0xFB50)) if not 0xDFF < ord(c) < 0xFB1D]
COMPOSED = {two: c for c in _EXCLUDED for two in [unicodedata.normalize("NFD", c)] if len(two) == 2}
COMPOSED = {two: c for two, c in COMPOSED.items() if unicodedata.normalize("NFC", two) == two}


def read_aright(misread: str) -> str:
    """Return the character that was read as Windows-1252 or Latin-1 though it was UTF-8; else what was read."""
    content = b"".join(c.encode("latin-1" if c < "\u0100" else "cp1252") for c in misread)
    right = content.decode("utf-8", "replace")
    return misread if "\ufffd" in right else right


_MARKDOWN = r"(?m)^(?:#{1,6}[ \t]+|>[ \t]?)|\*\*|`+|\[(?=[^\[\]\n]*\]\([^()\s]*\))|(?<=[^\s\[])\]\([^()\s]*\)"


def _columns(character: str) -> int:
    shown = unicodedata.category(character) not in ("Mn", "Me", "Cf")
    return shown * (2 if unicodedata.east_asian_width(character) in ("W", "F") else 1)


def _named(character: str) -> int:
    name = html.entities.codepoint2name.get(ord(character), "")
    return len(f"&{name};") if name and character != '"' else 1


UNITS: Mapping[str, Counting] = {
    "utf-16": each(lambda c: len(c.encode("utf-16-le", "surrogatepass")) // 2),
    "utf-8": each(lambda c: len(c.encode("utf-8", "surrogatepass"))),
    "crlf-as-one": matched(r"\r(?=\n)", 0),
    "crlf-as-two": matched(r"(?<!\r)\n", 2),
    "nfc": normal_form("NFC"),
    "nfd": normal_form("NFD"),
    "nfkc": normal_form("NFKC"),
    "nfkd": normal_form("NFKD"),
    "graphemes": graphemes(),
    "graphemes-old": graphemes(r"(?<=[\p{Mn}\p{Cf}])\p{Lo}"),
    "html": each(lambda c: len(html.escape(c, quote=False))),
    "html-quotes": each(lambda c: len(html.escape(c).replace("&#x27;", "'"))),
    "html-apostrophes": each(lambda c: len(html.escape(c).replace("&#x27;", "&#39;"))),
    "html-apostrophes-hex": each(lambda c: len(html.escape(c))),
    "html-all": each(_named),
    "json": each(lambda c: len(json.dumps(c)) - 2),
    "json-unicode": each(lambda c: len(json.dumps(c, ensure_ascii=False)) - 2),
    "html-numeric": each(lambda c: 1 if c < "\x80" else len(str(ord(c))) + 3),
    "html-numeric-hex": each(lambda c: 1 if c < "\x80" else len(hex(ord(c))) + 2),
    "html-decoded": decoded(ENTITY, html.unescape),
    "json-decoded": decoded(JSON_ESCAPE, json_meant),
    "csv-decoded": decoded('""', lambda _: '"'),
    "percent-decoded": decoded("(?:%[0-9A-Fa-f]{2})+", lambda escaped: unquote(escaped, errors="replace")),
    "csv": each(lambda c: 1 + (c == '"')),
    "sql": each(lambda c: 1 + (c == "'")),
    "percent": each(lambda c: len(quote(c, safe=" ", errors="replace"))),
    "percent-blanks": each(lambda c: len(quote(c, safe="", errors="replace"))),
    "latex": each(lambda c: len(_LATEX.get(c, c))),
    "utf-16-bytes": each(lambda c: len(c.encode("utf-16-le", "surrogatepass"))),
    "utf-32-bytes": each(lambda c: len(c.encode("utf-32-le", "surrogatepass"))),
    "misread": decoded(MISREAD, read_aright),
    "composed": decoded("|".join(COMPOSED), lambda two: COMPOSED[two]),
    "tags": without(r"<!--(?:(?!-->)[\s\S])*-->|</?[A-Za-z][^<>]*>"),
    "markdown": without(_MARKDOWN),
    "notes": without(r"\[\d{1,3}\]"),
    "quote-marks": without(r"(?m)^>(?:[ \t]?>)*[ \t]?"),
    "readings": without(r"《[^《》\n]*》|(?<=[㐀-鿿々])[（(][ぁ-ゖァ-ヺー]+[）)]"),
    "urls": decoded(r"https?://\S+", lambda address: address if len(address) == 23 else "x" * 23),
    "treebank": each(lambda c: len("-LRB-") if c in "()[]{}" else 2 if c in '"“”' else 1),
    "double-byte": each(lambda c: 1 if c < "\x80" else 2),
    "columns": each(_columns),
    "umlauts": each(lambda c: len(umlauts_of(c))),
    "lower-case": each(lambda c: len(c.lower())),
    "upper-case": each(lambda c: len(c.upper())),
    "ascii": each(lambda c: len(ascii_of(c))),
    "ascii-typography": each(lambda c: len(_TYPOGRAPHY.get(c, c))),
    "marks-dropped": each(lambda c: int(unicodedata.category(c) != "Mn")),
    "ascii-only": each(lambda c: int(c < "\x80")),
    "astral-dropped": each(lambda c: int(c <= "\uffff")),
    "format-dropped": each(lambda c: int(unicodedata.category(c) != "Cf")),
    "blanks-dropped": each(lambda c: int(not c.isspace())),
    "lines-joined": each(lambda c: int(c not in "\r\n")),
    "white-space": matched(r"(?<=\s)\s", 0),
    "white-space-stripped": matched(r"(?<=\s)\s|\A\s", 0),
    "empty-lines": matched(r"(?<=\n)\n", 0),
    "trailing-space": without_blanks(before=False),
    "indents": without_blanks(before=True),
    "leading-space": without_first_blanks,
    "tabs": tabs(8),
    "tabs-four": tabs(4),
    "bom-added": matched(r"\A\ufeff", 0),
    "start-has-blank": has_blank(before=True),
    "end-has-blank": has_blank(before=False),
    "tokens-joined": joined_tokens,
    "tokens": numbered(tokens),
    "tokens-marks": numbered(found(r"\w+|[^\w\s]")),
    "tokens-runs": numbered(found(r"\w+|[^\w\s]+")),
    "words": numbered(found(r"\S+")),
}
"""How a text is counted, by the name of the unit."""
