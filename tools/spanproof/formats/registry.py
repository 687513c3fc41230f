"""The formats that are known: ours, and those that other packages offer as entry points of ``spanproof.formats``.

An entry point names a :class:`spanproof.formats.format.Format`::

    [project.entry-points."spanproof.formats"]
    my-format = "my_package.lines:FORMAT"
"""

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from spanproof.corpus.plugins import PluginError, offered, points_of
from spanproof.formats import arrow, article, bioc_json, jsonl, parquet
from spanproof.formats.conll_columns import begins_with_bracket
from spanproof.formats.content import PACKED_ENDINGS, STANDARD_INPUT, opened, unpacked_name
from spanproof.formats.foreign import foreign_syntax
from spanproof.formats.format import Format
from spanproof.formats.leaves import FORMATS, LEAVES, leaf_in
from spanproof.parsing.json import parse
from spanproof.schema.schema import Schema

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "spanproof.formats"
OURS: tuple[Format, ...] = (article.FORMAT, jsonl.FORMAT, parquet.FORMAT, arrow.FORMAT, *FORMATS.values())
_UNSURE = (article.FORMAT, jsonl.FORMAT, *FORMATS.values(), None)
"""What a name alone doesn't say."""
_HEAD = 1 << 24


def with_offered(points: "Iterable[EntryPoint]") -> tuple[Format, ...]:
    """Return our formats and those of entry points.

    Args:
        points: entry points, each of which names a :class:`spanproof.formats.format.Format`.

    Raises:
        PluginError: an entry point can't be used, or its format takes a name or suffix that is taken.
    """
    formats = list(OURS)
    for where, format_ in offered(points, Format):
        for known in formats:
            if known.name == format_.name or set(known.suffixes) & set(format_.suffixes):
                raise PluginError(f"{where}: the format {known.name} has this name or suffix already")
        formats.append(format_)
    return tuple(formats)


@functools.cache
def formats() -> tuple[Format, ...]:
    """Return every known format.

    Raises:
        PluginError: an installed package offers something that is no usable format.
    """
    return with_offered(points_of(GROUP))


def format_of(path: Path) -> Format | None:
    """Return the format of a file by how its name ends, the longest such end; None where no format has such files."""
    name = path.name.lower()
    ends = [(len(end), known) for known in formats() for end in known.suffixes if name.endswith(end)]
    return max(ends, key=lambda pair: pair[0], default=(0, None))[1]


def format_in(path: Path, schema: Schema | None = None) -> Format | None:
    """Return the format of a file that is there: by its name, and where that doesn't say it, by its content.

    JSON Lines are often called ``.json``, and a list of records ``.jsonl``; annotations in text files have any ending.
    What is packed has the format of what is in it. None where neither name nor content are those of a format.

    Args:
        path: the file.
        schema: what was stated for it: one of other members than those of stand-off documents is about JSON as it is
            written, though a reader of annotations knows it.
    """
    named = format_of(path) or format_of(Path(unpacked_name(path)))
    if named not in _UNSURE or not (path.is_file() or path == STANDARD_INPUT):
        return named
    try:
        with opened(path) as file:
            head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
            first, _, others = head.partition(b"\n")
            if named is None and head.startswith(b"PAR1"):
                return parquet.FORMAT
            if named is None and head.startswith(b"\xff\xff\xff\xff"):
                return arrow.FORMAT
            if head[:1] not in (b"{", b"[") or begins_with_bracket(head):
                return _format_of_text(path, head, named)
            as_written = schema is not None and not {"text", "spans"} <= schema.written.get("properties", {}).keys()
            if not as_written and named in FORMATS.values() and (leaf := leaf_in(path)):
                return FORMATS[leaf.name]
            if not as_written and bioc_json.LEAF.recognises(head):
                return FORMATS[bioc_json.LEAF.name]
            if others.strip() and _is_json(first):
                return jsonl.FORMAT
            if named is jsonl.FORMAT:
                return article.FORMAT if others.strip() and _is_json(head + file.read()) else named
            return article.FORMAT
    except OSError:
        return named


def _format_of_text(path: Path, head: bytes, named: Format | None) -> Format | None:
    """Return the format of a file whose content doesn't begin as JSON, by its content, else its name."""
    if (leaf := leaf_in(path)) is not None:
        return FORMATS[leaf.name]
    if not head and named is article.FORMAT:
        return None
    broken = named in FORMATS.values() and head.startswith(b"<")  # it is for the reader to say what is wrong with it
    return named if broken or foreign_syntax(path) is None else None


def may_be_document(path: Path) -> bool:
    """Say whether a file of a folder is read as a document: by its name, or, where many kinds have it, its content."""
    name = unpacked_name(path)
    if format_of(path) or format_of(Path(name)):
        return True
    if not any(name.endswith(leaf.shared) for leaf in LEAVES):
        return False
    try:
        return (leaf := leaf_in(path)) is not None and name.endswith(leaf.shared)
    except OSError:
        return False


def is_read_alone(path: Path) -> bool:
    """Say whether a file is a document only where its folder has none of another format, by its name."""
    name = unpacked_name(path)
    return any(leaf.alone and name.endswith(leaf.shared) and not name.endswith(leaf.suffixes) for leaf in LEAVES)


def is_companion(path: Path) -> bool:
    """Say whether a file is read with one beside it, as the text of an ``.ann`` file is."""
    return any(
        path.name.endswith(ending) and path.with_name(f"{path.name.removesuffix(ending)}{suffix}{packed}").is_file()
        for leaf in LEAVES
        for ending in leaf.companions
        for suffix in leaf.suffixes
        for packed in ("", *PACKED_ENDINGS)
    )


def _is_json(content: bytes) -> bool:
    try:
        parse(content, lone_surrogates=True)
    except ValueError:
        return False
    return True


def endings() -> str:
    """Name how the files of all formats end: ``.json, .jsonl``."""
    return ", ".join(suffix for known in formats() for suffix in known.suffixes)
