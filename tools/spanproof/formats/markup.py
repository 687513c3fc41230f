"""Files of XML that are read as a tree, and formats with one document a file."""

import codecs
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from spanproof.formats.content import content_at, unpacked_name
from spanproof.formats.encoding import LineError, decoded
from spanproof.formats.files import replace_file
from spanproof.formats.losses import Document
from spanproof.parsing.xml import Element, XmlError, in_utf8, parse

_UNUSABLE = re.compile(r"[^\w.,=+@ -]")
_LONGEST = 200
"""Bytes of the name of a file, at most, without its ending."""
_OTHER = re.compile(
    rb"""\xff\xfe|\xfe\xff|<\0|\0<|(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\bencoding\s*=\s*["'](?!utf-?8)""", re.IGNORECASE
)
"""How XML begins that is in UTF-16, or declares another encoding than UTF-8."""
_START = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_NO_ELEMENT = re.compile(rb"<!--.*?-->|<!DOCTYPE[^>]*>", re.DOTALL)


def first_element(head: bytes) -> str | None:
    """Return the name of the outermost element of a file of XML, by its first bytes; None for other files."""
    content = in_utf8(head, "ignore").removeprefix(b"\xef\xbb\xbf").lstrip()
    start = _START.search(_NO_ELEMENT.sub(b"", content))
    return start[1].decode("ascii", "replace") if start and content.startswith(b"<") else None


def root_of(path: Path, *names: str) -> Element:
    """Return the outermost element of a file.

    Args:
        path: the file.
        names: what it may be called.

    Raises:
        LineError: it isn't XML, or other XML.
        OSError: it can't be read.
    """
    content = content_at(path)
    try:
        root = parse(content)
    except XmlError as error:
        if not _OTHER.match(content) or content.startswith(codecs.BOM_UTF32_LE):
            decoded(content)  # says what the bytes seem to be
        raise LineError(str(error), error.line) from None
    if root.name not in names:
        raise LineError(f"the outermost element is {root.name}; expected {' or '.join(names)}", root.line)
    return root


def name_of(path: Path, suffixes: Sequence[str]) -> str:
    """Return the name of a file without its ending, for a document whose file says no id."""
    name = unpacked_name(path)
    ending = next((suffix for suffix in suffixes if name.endswith(suffix)), Path(name).suffix)
    return path.name[: len(name) - len(ending)] or "-"


def write_each(documents: Sequence[Document], path: Path, ending: str, content_of: Callable[[Document], bytes]) -> None:
    """Write each document to a file of its own: one to the path if that has the ending, else all into a folder.

    Args:
        documents: the documents; their ids name the files in a folder.
        path: the file, or the folder.
        ending: how the files end, ``.tml``.
        content_of: the content of a document's file.

    Raises:
        ValueError: the path is a file, and there are several documents or none.
        OSError: a file can't be written.
    """
    if path.name.lower().endswith(ending):
        if len(documents) != 1:
            raise ValueError(f"{path}: would hold {len(documents)} documents; expected one a file, so a folder")
        replace_file(path, content_of(documents[0]))
        return
    for document in documents:
        content_of(document)  # each can be written before the first is
    for name, document in zip(_file_names([document["id"] for document in documents]), documents, strict=True):
        replace_file(path / f"{name}{ending}", content_of(document))


def _file_names(ids: Sequence[str]) -> list[str]:
    """Return a name for the file of each document: its id as far as a file can have that name."""
    names: dict[str, str] = {}
    for document in ids:
        usable = _UNUSABLE.sub("_", document).lstrip(". ").encode()[:_LONGEST].decode("utf-8", "ignore")
        stem = name = usable.rstrip(". ") or "_"
        number = 1
        while name.casefold() in names:
            number += 1
            name = f"{stem}-{number}"
        names[name.casefold()] = name
    return list(names.values())


def fill_ids(annotations: Sequence[dict[str, Any]]) -> None:
    """Give annotations whose id is None their label and a number as id."""
    taken = {annotation["id"] for annotation in annotations}
    numbers: dict[str, int] = {}
    for annotation in annotations:
        while annotation["id"] is None:
            label = annotation["label"]
            numbers[label] = numbers.get(label, 0) + 1
            name = f"{label}-{numbers[label]}"
            annotation["id"] = None if name in taken else name
