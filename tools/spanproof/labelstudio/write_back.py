"""Pulled documents into the files that their corpus was read from, all else as it was."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.formats.files import replace_file
from spanproof.formats.registry import format_of
from spanproof.labelstudio.status import name_of
from spanproof.schema.node import Node
from spanproof.schema.paths import Document


def save(corpus: Corpus, documents: Mapping[str, Document]) -> list[Path]:
    """Writes documents, by name, in place: article files whole, lines of JSONL.

    Raises:
        ValueError: a document was read from a format that has no place of its own for it; nothing is written.
        OSError: a file can't be written.
    """
    places: dict[Path, dict[int, Document]] = {}
    for batch in corpus.batches:
        for (file, line), document in zip(batch.origin, batch.documents(), strict=True):
            name = name_of(document, corpus.schema)
            if name in documents and file is not None:
                places.setdefault(Path(file), {})[line or 0] = documents[name]
    for path in places:
        known = format_of(path)
        if known is None or known.name not in ("article", "jsonl"):
            raise ValueError(f"{path} can't be written in place; right is --out with a new file")
    for path, at in places.items():
        known = format_of(path)
        assert known is not None
        if known.name == "article":
            known.write(path, at.values(), corpus.schema)
            continue
        changes = {line: lambda old, new=new: _over(old, new, corpus.schema.root) for line, new in at.items()}
        replace_file(path, known.amend(path, changes, corpus.schema))
    return list(places)


def _over(old: Any, new: Any, node: Node | None) -> Any:
    """A value over an old one: members that may be left out and are null stay left out, unless the old one has them."""
    if isinstance(new, Mapping) and node is not None and node.fields:
        had = old if isinstance(old, Mapping) else {}
        named = [*(name for name in had if name in new), *(name for name in new if name not in had)]
        optional = {name for name, sub in node.fields.items() if not sub.required}
        return {
            name: _over(had.get(name), new[name], node.fields.get(name))
            for name in named
            if new[name] is not None or name in had or name not in optional
        }
    if isinstance(new, list) and node is not None and node.items is not None:
        return [_over(None, item, node.items) for item in new]
    return new
