"""The text in a file of annotations: UTF-8, or an error that names the encoding that it seems to have."""

import codecs

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16",
}  # fmt: skip
_SURELY = 32
"""Bytes from which on every second one isn't zero by chance."""
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Bytes that are no character in cp1252."""


class LineError(ValueError):
    """A file can't be read on from a line; ``line`` is its number (from 1), None where it is the whole file."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.line = line


def decoded(content: bytes, *, keep_mark: bool = False) -> str:
    """Return the text of a file in UTF-8.

    Args:
        content: that of the file.
        keep_mark: whether a byte order mark is a character of the text, as where offsets count it.

    Raises:
        LineError: it is no UTF-8; the message names the encoding that it seems to be.
    """
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            raise LineError(f"is text in {name}; expected UTF-8")
    if _is_utf_16(content[:4096]) and (len(content) >= _SURELY or not keep_mark):
        raise LineError("is UTF-16 without a byte order mark; expected UTF-8")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LineError(f"not UTF-8: byte 0x{content[error.start]:02x}{_seeming(content, error.start)}", line) from None
    return text if keep_mark else text.removeprefix("\ufeff")


def encoded(text: str, document: str) -> bytes:
    """Return a text in UTF-8.

    Args:
        text: the text.
        document: the id of the document, for the message.

    Raises:
        ValueError: it has half of a surrogate pair.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{document}: has half of a surrogate pair at {error.start}, which no text file holds"
        ) from None


def _is_utf_16(head: bytes) -> bool:
    """Say whether every second byte is zero, but for a few, and hardly any other one."""
    zeros = sorted(half.count(0) / max(len(half), 1) for half in (head[::2], head[1::2]))
    return len(head) > 1 and zeros[0] < 0.1 and zeros[1] > 0.9


def _seeming(content: bytes, at: int) -> str:
    """Say what the bytes seem to be, by the first that is no UTF-8."""
    if content[at] == 0xED and content[at + 1 : at + 2] >= b"\xa0":
        return ", half of a surrogate pair; expected whole characters"
    if not content.decode(errors="ignore").isascii():
        return "; expected UTF-8"  # other characters are
    high = {byte for byte in content if byte >= 0x80}
    if high & _UNDEFINED:
        return "; expected UTF-8"
    latin = "" if any(byte < 0xA0 for byte in high) else "Latin-1 (ISO 8859-1), Latin-5 (ISO 8859-9), "
    seems = f"the file seems to be {latin}Windows-1252, Windows-1254 or similar"
    return f"; {seems}, and bytes can't tell which; expected UTF-8"
