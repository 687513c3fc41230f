"""XML as a tree of elements that know their line: the one parser of every XML that a stranger wrote.

A file declares nothing (no entities, no default values) and nothing is fetched: what it says must stand in it. So a
DOCTYPE that only names a definition elsewhere is passed over, and one with declarations of its own is refused.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

DEPTH = 256
"""How deep elements may lie in each other, as in libxml2."""

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
"""How files begin that are written."""

_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?\bencoding\s*=\s*["']""")
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML 1.0 can't hold, not even as a number."""

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})
_EMPTY = "_x_"
_CODED = re.compile("_x([0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})_")
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131"
_NO_NAME = re.compile(rf"^[^{_LETTER}_]|[^{_LETTER}_0-9.-]|_(?=x(?:[0-9A-Fa-f]{{8}}|[0-9A-Fa-f]{{4}})_)")


class XmlError(ValueError):
    """A file isn't XML as it is read here.

    Attributes:
        line: the line, from 1; None where the whole file is meant.
    """

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(slots=True)
class Element:
    """An element: its name as it is written, its attributes, the line of its start, and what is in it."""

    name: str
    attributes: dict[str, str]
    line: int
    content: list["Element | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Element"]:
        """Yield the elements directly in this one."""
        return (part for part in self.content if isinstance(part, Element))

    def text(self) -> str:
        """Return all characters in this element and in those below it."""
        return "".join(part if isinstance(part, str) else part.text() for part in self.content)


class _Tree:
    """What the parser calls; the elements that are open lie on a stack."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.open = [Element("", {}, 0)]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) > DEPTH:
            raise XmlError(self.parser.CurrentLineNumber, f"elements lie deeper than {DEPTH} in each other")
        element = Element(name, attributes, self.parser.CurrentLineNumber, [])
        self.open[-1].content.append(element)
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].content.append(text)

    def doctype(self, name: str, _system: str | None, _public: str | None, declares: int) -> None:
        if declares:
            problem = f"the DOCTYPE of {name} declares something itself; expected one without [...]"
            raise XmlError(self.parser.CurrentLineNumber, problem)
        raise _Doctype(self.parser.CurrentByteIndex)


class _Doctype(Exception):  # noqa: N818
    """A DOCTYPE ends at a byte; it is no error."""


def parse(content: bytes) -> Element:
    """Parse a file of XML.

    Args:
        content: the whole file, in UTF-8, UTF-16 with a byte order mark, or the 8-bit encoding that it declares.

    Returns:
        The outermost element. Ends of lines are line feeds, as XML demands.

    Raises:
        XmlError: what is wrong, and at which line.
    """
    try:
        plain = in_utf8(content)
    except UnicodeError as error:
        raise XmlError(None, f"not UTF-16: {error}; expected UTF-8") from error
    if plain is content:
        _demand_encoding(content)
    return _parsed(plain, None if plain is content else "utf-8")


def in_utf8(content: bytes, errors: str = "strict") -> bytes:
    """Return the content of a file in UTF-8 where it is in UTF-16; any other as it is.

    Args:
        content: the content, or the head of it.
        errors: what becomes of bytes that aren't UTF-16, as in ``bytes.decode``.

    Raises:
        UnicodeError: it seems to be UTF-16 and isn't.
    """
    wide = next((name for mark, name in _WIDE.items() if content.startswith(mark)), None)
    return content if wide is None else content.decode(wide, errors).encode("utf-8", "replace")


def _parsed(content: bytes, encoding: str | None) -> Element:
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    tree = _Tree(parser)
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.characters
    parser.StartDoctypeDeclHandler = tree.doctype
    try:
        parser.Parse(content, True)
    except _Doctype as doctype:
        return _parsed(_without_doctype(content, doctype.args[0] + 1), encoding)
    except expat.ExpatError as error:
        problem = f"not XML: {expat.ErrorString(error.code)} at column {error.offset + 1}"
        raise XmlError(error.lineno, problem) from error
    except XmlError:
        raise
    except (ValueError, LookupError) as error:
        raise XmlError(1, f"the encoding can't be read: {error}; expected UTF-8") from error
    return next(tree.open[0].elements())


def _without_doctype(content: bytes, end: int) -> bytes:
    """Blank the DOCTYPE out: where one names a file, the parser lets entities that nobody declares vanish."""
    start = max(content.rfind(b"<!DOCTYPE", 0, end), 0)
    return content[:start] + re.sub(rb"[^\n]", b" ", content[start:end]) + content[end:]


def _demand_encoding(content: bytes) -> None:
    """Raise an error where bytes are of an encoding that the file doesn't say."""
    if _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf")):
        return
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise XmlError(
            content.count(b"\n", 0, error.start) + 1,
            f"not UTF-8: byte 0x{content[error.start]:02x}; expected UTF-8, or an XML declaration with the encoding",
        ) from error


def escaped(text: str) -> str:
    """Return a text as the content of an element; it reads as the same characters."""
    return text.translate(_TEXT)


def start_tag(name: str, attributes: dict[str, str], end: str = ">") -> str:
    """Return the start of an element as it is written.

    Args:
        name: the name of the element, a name of XML.
        attributes: values by names of XML.
        end: how it ends: ``/>`` for an element with nothing in it.
    """
    return f"<{name}" + "".join(f' {key}="{value.translate(_VALUE)}"' for key, value in attributes.items()) + end


def encoded_name(name: str, reserved: tuple[str, ...] = ()) -> str:
    """Return any string as a name of XML: a character that no name has is its number, ``_x0020_`` for a blank.

    So does ISO/IEC 9075-14 (SQL/XML), "Mapping SQL identifiers to XML Names"; :func:`decoded_name` is the inverse.

    Args:
        name: the string.
        reserved: names that mean something else; one of these is written with its first character as a number.
    """
    if name in reserved or name == _EMPTY:
        return _number(name[0]) + encoded_name(name[1:]) if name[1:] else _number(name[0])
    return _NO_NAME.sub(lambda sign: _number(sign[0]), name) or _EMPTY


@functools.lru_cache
def decoded_name(name: str) -> str:
    """Return the string that :func:`encoded_name` made a name of; any other name as it is."""
    if name == _EMPTY:
        return ""
    return _CODED.sub(lambda sign: chr(number) if (number := int(sign[1], 16)) < 0x110000 else sign[0], name)


def _number(character: str) -> str:
    return f"_x{ord(character):04X}_" if ord(character) < 1 << 16 else f"_x{ord(character):08X}_"
