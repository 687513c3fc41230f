"""The ways of counting offsets that are known by a name."""

import functools
import html
import html.entities
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

import regex

from spanproof.text.drift import counting
from spanproof.text.drift.counting import Counted
from spanproof.text.drift.misread import APART, COMPOSED, MISREAD, read_aright
from spanproof.text.letters import Letters


@dataclass(frozen=True)
class Unit:
    """A known way of counting.

    Attributes:
        name: the short name of the cause.
        statement: the cause in words.
        count: returns how a text is counted so; None if that is how it is counted anyway.
        sums: whether it can be one of several reasons that add up.
        width: how wide it counts a character; None where that depends on what stands beside it.
    """

    name: str
    statement: str
    count: Callable[[Letters], Counted | None]
    sums: bool = True
    width: Callable[[str], int] | None = None


_ASCII = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE"}
_ASCII |= {"œ": "oe", "Œ": "OE"}
_ASCII |= {"þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ı": "i", "…": "...", "€": "EUR", "£": "GBP", "×": "x", "•": "*"}
_ASCII |= dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′ʼ", "'") | dict.fromkeys("‐‑‒–—―−", "-")


@functools.lru_cache(maxsize=4096)
def ascii_of(character: str) -> str:
    """Return how a character is written in ASCII where that is usual; itself where it isn't."""
    if character.isascii():
        return character
    if character in _ASCII:
        return _ASCII[character]
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare if bare.isascii() else character


def _typography(character: str) -> int:
    return len(ascii_of(character)) if character in _ASCII and not character.isalpha() else 1


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def _html(character: str) -> int:
    return len(html.escape(character, quote=False))


def _html_quotes(character: str) -> int:
    return len(html.escape(character).replace("&#x27;", "'"))


def _html_apostrophes(character: str) -> int:
    return len(html.escape(character).replace("&#x27;", "&#39;"))


def _html_apostrophes_hex(character: str) -> int:
    return len(html.escape(character))


def _html_all(character: str) -> int:
    name = html.entities.codepoint2name.get(ord(character))
    return len(name) + 2 if name and character != '"' else 1


def _html_numeric(character: str) -> int:
    return 1 if character.isascii() else len(f"&#{ord(character)};")


def _html_hex(character: str) -> int:
    return 1 if character.isascii() else len(f"&#x{ord(character):x};")


def _json(character: str) -> int:
    return len(json.dumps(character)) - 2


def _json_unicode(character: str) -> int:
    return len(json.dumps(character, ensure_ascii=False)) - 2


def _utf16(character: str) -> int:
    return 1 + (character > "\uffff")


def _utf8(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def _percent(character: str) -> int:
    return len(quote(character, safe=" ", errors="replace"))


def _percent_blanks(character: str) -> int:
    return len(quote(character, safe="", errors="replace"))


ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
"""Matches what may be an entity of HTML."""
JSON_ESCAPE = r'\\(?:["\\/bfnrt]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4})'
"""Matches an escape of JSON, two that are a surrogate pair together."""


_JSON_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def decoded_json(escaped: str) -> str:
    """Return what an escape of JSON stands for."""
    if escaped[1] != "u":
        return _JSON_LETTERS.get(escaped[1], escaped[1])
    return bytes.fromhex(escaped.replace("\\u", "")).decode("utf-16-be", "surrogatepass")


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _width(name: str, statement: str, width: Callable[[str], int], *, sums: bool = True) -> Unit:
    kept = functools.lru_cache(maxsize=4096)(width)
    return Unit(name, f"offsets {statement}", counting.each(width), sums, kept)


def _without(name: str, statement: str, lost: Callable[[str], bool]) -> Unit:
    return _width(name, statement, lambda character: int(not lost(character)))


_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}


def umlauts_of(character: str) -> str:
    """Return how a character is written where umlauts are written out."""
    return _UMLAUTS.get(character, character)


def _double_byte(character: str) -> int:
    return 2 - character.isascii()


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 1 + (unicodedata.east_asian_width(character) in "WF")


_LATEX = dict.fromkeys("&%#_${}–“”„", 2) | {"—": 3, "…": 8}  # \&, --, ``, ---, \ldots{}


def _latex(character: str) -> int:
    return _LATEX.get(character, 1)


def _treebank(character: str) -> int:
    return 5 if character in "()[]{}" else 1 + (character in '"“”')


_TAG = r"</?[A-Za-z][^<>]*>|<!--(?:(?!-->)[\s\S])*-->"
_MARKDOWN = r"(?m)^(?:#{1,6}[ \t]+|>[ \t]?)|\*\*|`+|\[(?=[^\[\]\n]*\]\([^()\s]*\))|(?<=[^\s\[])\]\([^()\s]*\)"
_QUOTED = r"(?m)^(?:>[ \t]?)+"
_READINGS = r"《[^《》\n]*》|(?<=[㐀-鿿々])[（(][ぁ-ゖァ-ヺー]+[）)]"
_DECODED_HTML = counting.decoded(ENTITY, html.unescape)
_DECODED_JSON = counting.decoded(JSON_ESCAPE, decoded_json)
_DECODED_CSV = counting.decoded('""', lambda _: '"')
_DECODED_PERCENT = counting.decoded("(?:%[0-9A-Fa-f]{2})+", lambda escaped: unquote(escaped, errors="replace"))

UNITS = (
    _width("utf-16", "are UTF-16 code units", _utf16),
    _width("utf-8", "are UTF-8 bytes", _utf8),
    Unit("crlf-as-one", "offsets count each CR LF of the text as one", counting.dropped("\r(?=\n)")),
    Unit("crlf-as-two", "offsets count each line feed as CR LF", counting.added("(?<!\r)\n", 1)),
    Unit("nfc", "offsets were counted in the text normalised to NFC", counting.normal_form("NFC")),
    Unit("nfd", "offsets were counted in the text normalised to NFD", counting.normal_form("NFD")),
    Unit("nfkc", "offsets were counted in the text normalised to NFKC", counting.normal_form("NFKC")),
    Unit("nfkd", "offsets were counted in the text normalised to NFKD", counting.normal_form("NFKD")),
    Unit("graphemes", "offsets count grapheme clusters (characters as a reader sees them)", counting.graphemes),
    Unit("graphemes-old", "offsets count grapheme clusters of Unicode before 15.1", counting.old_graphemes),
    _width("html", "were counted with `&`, `<` and `>` escaped (`&amp;`)", _html),
    _width("html-quotes", 'were counted with `&`, `<`, `>` and `"` escaped (`&quot;`)', _html_quotes),
    _width("html-apostrophes", "were counted in HTML with quotes escaped (`&#39;`)", _html_apostrophes),
    _width("html-apostrophes-hex", "were counted in HTML with quotes escaped (`&#x27;`)", _html_apostrophes_hex),
    _width("html-all", "were counted with HTML's named entities (`&eacute;`)", _html_all),
    _width("json", "count the JSON source, all but ASCII escaped (`\\u00e9`)", _json),
    _width("json-unicode", 'count the JSON source (`\\n`, `\\"`)', _json_unicode),
    _width("html-numeric", "were counted with numeric entities for all but ASCII (`&#233;`)", _html_numeric),
    _width("html-numeric-hex", "were counted with hexadecimal entities for all but ASCII (`&#xe9;`)", _html_hex),
    Unit("html-decoded", "offsets were counted with HTML's entities decoded (`&amp;` as one)", _DECODED_HTML),
    Unit("json-decoded", "offsets were counted with JSON's escapes decoded (`\\n`, `\\u00e9` as one)", _DECODED_JSON),
    Unit("csv-decoded", "offsets count two double quotes as one (CSV)", _DECODED_CSV),
    Unit("percent-decoded", "offsets count the percent-decoded text (`%20` as one)", _DECODED_PERCENT),
    _width("csv", "count each double quote twice (CSV)", lambda character: 1 + (character == '"')),
    _width("sql", "count each apostrophe twice (SQL)", lambda character: 1 + (character == "'")),
    _width("percent", "count the percent-encoded text", _percent),
    _width("percent-blanks", "count the percent-encoded text, blanks too (`%20`)", _percent_blanks, sums=False),
    _width("latex", "were counted in LaTeX (`\\&`, `--`)", _latex),
    _width("utf-16-bytes", "are bytes of the text in UTF-16", lambda c: 2 * _utf16(c), sums=False),
    _width("utf-32-bytes", "are bytes of the text in UTF-32", lambda _: 4, sums=False),
    Unit(
        "misread",
        "offsets were counted before UTF-8 was read as Windows-1252 (`Ã¼` as one)",
        counting.decoded(MISREAD, read_aright),
    ),
    Unit(
        "composed", "offsets count letters such as `ड़` as one code point", counting.decoded(APART, COMPOSED.__getitem__)
    ),
    Unit("tags", "offsets count the text without its HTML tags", counting.dropped(_TAG)),
    Unit("markdown", "offsets count the text without its Markdown marks", counting.dropped(_MARKDOWN)),
    Unit("notes", "offsets were counted without note marks such as [12]", counting.dropped(r"\[\d{1,3}\]")),
    Unit("quote-marks", "offsets were counted without the quote marks of e-mail (`> `)", counting.dropped(_QUOTED)),
    Unit("readings", "offsets were counted without readings such as 《とうきょう》", counting.dropped(_READINGS)),
    Unit(
        "urls", "offsets count 23 characters for each web address, as Twitter does", counting.sized(r"https?://\S+", 23)
    ),
    Unit(
        "treebank",
        "offsets count brackets and quotes as the Penn Treebank writes them (`-LRB-`)",
        counting.where(re.compile(r"[()\[\]{}]"), counting.each(_treebank)),
    ),
    Unit(
        "double-byte",
        "offsets are bytes of an encoding with two bytes for each letter beyond ASCII, such as GBK",
        counting.where(_CJK, counting.each(_double_byte)),
    ),
    Unit(
        "columns",
        "offsets count columns on a screen, two for each wide character",
        counting.where(_CJK, counting.each(_columns)),
    ),
    _width(
        "umlauts", "were counted with umlauts written out (`ae`, `ss`)", lambda character: len(umlauts_of(character))
    ),
    _width("lower-case", "were counted in the lower-cased text", lambda character: len(character.lower())),
    _width("upper-case", "were counted in the upper-cased text", lambda character: len(character.upper())),
    _width("ascii", "were counted in the text written in ASCII", lambda character: len(ascii_of(character))),
    _width("ascii-typography", "were counted with typographic marks in ASCII (`...`)", _typography),
    _without("marks-dropped", "were counted without combining marks", _is_mark),
    _without("ascii-only", "were counted without the characters beyond ASCII", lambda c: not c.isascii()),
    _without("astral-dropped", "were counted without characters beyond U+FFFF", lambda c: c > "\uffff"),
    _without("format-dropped", "were counted without invisible characters", _is_invisible),
    _without("blanks-dropped", "count no white space", str.isspace),
    _without("lines-joined", "count no line ends", lambda c: c in "\r\n"),
    Unit("white-space", "offsets count each run of white space as one", counting.collapsed),
    Unit(
        "white-space-stripped",
        "offsets count each run of white space as one, none at the start",
        counting.collapsed_and_stripped,
    ),
    Unit("empty-lines", "offsets count empty lines as one line end", counting.dropped("(?P<keep>\n)\n+")),
    Unit("trailing-space", "offsets count no white space at the ends of lines", counting.without_trailing_space),
    Unit("indents", "offsets count no white space at the starts of lines", counting.without_indents),
    Unit("leading-space", "offsets were counted without the white space at the start of the text", counting.stripped),
    Unit("tabs", "offsets count the blanks that tabs stand for", counting.tabs(8)),
    Unit(
        "tabs-four", "offsets count the blanks that tabs stand for, with a stop at each fourth column", counting.tabs(4)
    ),
    Unit("bom-added", "offsets were counted before a byte order mark was added to the text", counting.without_bom),
    Unit("start-has-blank", "each start is that of the blank before the word", counting.start_has_blank),
    Unit("end-has-blank", "each end is that of the blank behind the word", counting.end_has_blank),
    Unit("tokens-joined", "offsets were counted in the tokens joined by one blank", counting.joined_tokens, sums=False),
    Unit("tokens", "offsets count tokens (words and marks), not characters", counting.tokens, sums=False),
    Unit("tokens-marks", "offsets count tokens, each combining mark as one", counting.plain_tokens, sums=False),
    Unit("tokens-runs", "offsets count tokens, marks in a row as one", counting.runs, sums=False),
    Unit("words", "offsets count words between white space, not characters", counting.words, sums=False),
)
"""All known units, from the specific to the general."""
BY_NAME = {unit.name: unit for unit in UNITS}
"""All known units by their names."""


def counted(letters: Letters) -> Iterator[tuple[tuple[Unit, ...], Counted]]:
    """Yield the ways in which a text can be counted, each once with all units that count so."""
    kept: dict[tuple[bytes, ...], tuple[list[Unit], Counted]] = {}
    for unit in UNITS:
        known = unit.count(letters)
        if known is None:
            continue
        ends = () if known.end is known.start or (known.end == known.start).all() else (known.end,)
        key = tuple(part.tobytes() for part in (known.start, *ends, known.starts, known.ends) if part is not None)
        kept.setdefault(key, ([], known))[0].append(unit)
    for units, known in kept.values():
        yield tuple(units), known
