"""Pulled documents into the files that their corpus was read from, all else as it was."""

import fcntl
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.formats.registry import format_in
from spanproof.labelstudio.tasks import by_name
from spanproof.schema.node import Node
from spanproof.schema.paths import Document


@contextmanager
def unshared(corpus: Corpus, path: Path) -> Iterator[None]:
    """Let one process at a time write into a corpus, and only while its files hold what was read from them.

    Args:
        corpus: the corpus, as it was read.
        path: where it is.

    Raises:
        ValueError: another process is writing there, or the files hold something else now.
        OSError: they can't be read.
    """
    folder = os.open(path if path.is_dir() else path.parent, os.O_RDONLY)
    try:
        _lock(folder, path)
        now = read(path, corpus.schema)
        pairs = zip_longest(corpus.documents(), now.documents())
        origins = [[row for batch in version.batches for row in batch.origin] for version in (corpus, now)]
        if origins[0] != origins[1] or corpus.registries != now.registries or any(old != new for old, new in pairs):
            raise ValueError(
                f"{path} was changed since it was read, and nothing is written there; run the command again"
            )
        yield
    finally:
        os.close(folder)


def _lock(folder: int, path: Path) -> None:
    """Lock an open folder until it is closed; a file system that has no locks for folders goes without."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        right = "run the command again when that has ended"
        raise ValueError(f"another command is writing into {path}, and nothing is written there; {right}") from None
    except OSError:
        return


def save(corpus: Corpus, documents: Mapping[str, Document]) -> list[Path]:
    """Write documents into the files that they were read from; members that are as they were stay as they are written.

    Args:
        corpus: the corpus, as it was read from its files.
        documents: the documents that changed, by name.

    Returns:
        The files that were written, each whole or not at all.

    Raises:
        ValueError: a file is of no known format, or can't hold a document; nothing is written.
        OSError: a file can't be read or written.
    """
    changes: dict[Path, dict[int, Callable[[Any], Any]]] = {}
    positions: Counter[str] = Counter()
    named = iter(by_name(corpus).items())
    for batch in corpus.batches:
        rows = dict(enumerate(islice(named, batch.columns.num_rows)))
        pulled = {row: documents[name] for row, (name, _) in rows.items() if name in documents}
        records: dict[int, Any] = dict(batch.changed(pulled))
        for row, (file, line) in enumerate(batch.origin):
            at, _ = batch.within[row] if batch.within else (row, 0)
            if file is not None and row in pulled:
                change = (
                    partial(_replaced, records[at])
                    if records
                    else _change(rows[row][1], pulled[row], corpus.schema.root)
                )
                changes.setdefault(Path(file), {})[positions[file] + at if line is None else line] = change
        for file, count in Counter(file for file, _ in batch.origin if file is not None).items():
            positions[file] += len(batch.records) or count
    contents = {}
    for path, changed in changes.items():
        known = format_in(path)
        if known is None:
            raise ValueError(f"{path}: unknown kind of file; expected --out with a new file")
        contents[path] = known.amend(path, changed, corpus.schema)
    for path, content in contents.items():
        replace_file(path, content)
    return list(contents)


def rewritten(corpus: Corpus, documents: Mapping[str, Document]) -> Corpus:
    """Return a corpus with changed documents, its records in the shape in which they are written.

    Args:
        corpus: the corpus.
        documents: the documents that changed, by name.

    Raises:
        ShapeError: a document can't be said in the shape of its record.
    """
    names = iter(by_name(corpus))
    batches = []
    for batch in corpus.batches:
        own = enumerate(islice(names, batch.columns.num_rows))
        batches.append(
            batch.with_changes({row: documents[name] for row, name in own if name in documents}, corpus.schema)
        )
    return replace(corpus, batches=tuple(batches))


def alone(corpus: Corpus, documents: Mapping[str, Document]) -> Corpus:
    """Return some documents of a corpus as they changed, as :func:`rewritten` does, without the others.

    Of records that hold several documents they are taken out, and have the names of a canonical document: left in
    their record, they would stand beside others that somebody hasn't annotated.
    """
    if corpus.schema.lens is not None and corpus.schema.lens.documents:
        return Corpus.of(documents.values(), corpus.schema.canonical)
    records = zip(by_name(corpus), rewritten(corpus, documents).records(), strict=True)
    return Corpus.of([record for name, record in records if name in documents], corpus.schema)


def _replaced(written: Any, _: Any) -> Any:
    """Return a record in the place of another."""
    return written


def _change(old: Document, new: Document, root: Node) -> Callable[[Any], Any]:
    """Return the change of a document, as its file has it, that makes ``new`` of ``old`` and leaves all else alone."""
    changed = {name: value for name, value in new.items() if name not in old or old[name] != value}

    def change(written: Any) -> Any:
        kept = {name: value for name, value in written.items() if name in new or name not in old}
        return _over(kept, {**kept, **changed}, root)

    return change


def _over(old: Any, new: Any, node: Node | None) -> Any:
    """Return a value in the form of an old one.

    Members that may be left out and are null stay left out, unless the old value has them.
    """
    if new == old:
        return old
    if isinstance(new, Mapping) and node is not None and node.fields:
        before = old if isinstance(old, Mapping) else {}
        names = [*(name for name in before if name in new), *(name for name in new if name not in before)]
        optional = {name for name, member in node.fields.items() if not member.required}
        return {
            name: _over(before.get(name), new[name], node.fields.get(name))
            for name in names
            if new[name] is not None or name in before or name not in optional
        }
    if isinstance(new, list) and node is not None and node.items is not None:
        return [_over(None, item, node.items) for item in new]
    return new
