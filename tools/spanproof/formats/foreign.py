"""Files of annotations in a syntax that isn't read: what they look like, so that a message can name it."""

import re
from pathlib import Path

from spanproof.formats.content import opened

_HEAD = 1 << 16
_OLDER = re.compile(
    r"\A(?:#FORMAT=WebAnno TSV (?!3)"
    r"| ?# (?:[\w$]+\.)+[\w$]+ \| "  # a layer and its features, as version 2 begins
    r"|#id=.*\r?\n#text=.*\r?\n\d+\t(?:[^\t\n]*\t){8})",
    re.ASCII,
)
_MARKS = (
    ("WebAnno TSV 1 or 2 (INCEpTION imports it, and exports WebAnno TSV 3, which would be read)", _OLDER),
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


def is_older_webanno(text: str) -> bool:
    """Say by its beginning whether a file is WebAnno TSV of a version before 3, whose columns are like CoNLL's."""
    return _OLDER.match(text) is not None


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
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    return next((name for name, mark in _MARKS if mark.search(text)), None)
