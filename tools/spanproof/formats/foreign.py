"""Files of annotations in a syntax that isn't read: what they look like, so that a message can name it."""

import re
from pathlib import Path

from spanproof.formats.content import opened

_HEAD = 1 << 16
_MARKS = (
    ("WebAnno TSV of another version than 3", re.compile(r"\A(?:#FORMAT=WebAnno TSV (?!3)| # webanno\.)")),
    ("a web page (HTML), such as a server sends instead of a file", re.compile(r"(?i)\A\s*<(?:!doctype html|html)\b")),
    ("a pointer of Git LFS instead of its file (`git lfs pull` gets that)", re.compile(r"\Aversion https://git-lfs")),
    ("TEI XML", re.compile(r"\A\s*<[^\n]*(?:\n[^\n]*){0,20}?<(?:\w+:)?TEI(?:Corpus)?\b")),
    ("XML of another format", re.compile(r"\A\s*<[?\w!]")),
)
_BINARY = {
    b"\x78\x9c": "something that is packed with zlib, and no DocBin of spaCy",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF-": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3\0": "a database of SQLite",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "something that is packed with bzip2",
    b"\xfd7zXZ": "something that is packed with xz",
    b"ARROW1": "an Arrow file (a stream, as `datasets` saves it, would be read)",
}


def foreign_syntax(path: Path) -> str | None:
    """Say what a file looks like by its first 64 KiB; None where it is like nothing that is known.

    Args:
        path: the file.

    Raises:
        OSError: it can't be read.
    """
    with opened(path) as file:
        head = file.read(_HEAD)
    for magic, name in _BINARY.items():
        if head.startswith(magic):
            return name
    text = head.decode("utf-8", "replace")
    return next((name for name, mark in _MARKS if mark.search(text)), None)
