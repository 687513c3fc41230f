"""Files that hold something else than documents of a schema: rows of another table, labels that lost their names.

A file of these isn't read, and says so once: a finding for each of its members would say no more, and what a number
stands for can't be known.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanproof.corpus.documents import Batch, ReadError, batch_of
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema

_SHOWN = 4
"""Members that a message names."""


def documents_among(batches: Iterable[Batch], path: str, schema: Schema, instead: str = "") -> Iterator[Batch]:
    """Yield the batches of a file; of one whose first rows are no documents of the schema only why it isn't read.

    Args:
        batches: what was read.
        path: the file; empty for what was in memory.
        schema: what a document is.
        instead: what else to check where rows are of another table, such as the folder that the file is in.
    """
    judged = False
    for batch in batches:
        if not judged and batch.columns.num_rows:
            judged = True
            if why := refusal(batch, schema, instead):
                yield batch_of([], schema, errors=(*batch.errors, ReadError(path, None, why)))
                return
        yield batch


def refusal(batch: Batch, schema: Schema, instead: str = "") -> str:
    """Say why the file of which these are the first rows isn't read; empty where they are documents of the schema."""
    return _without_names(batch, schema) or _of_another_table(batch, schema, instead)


def _without_names(batch: Batch, schema: Schema) -> str:
    """Say that labels are numbers, where all of them are; empty otherwise."""
    if all(row in batch.unlisted for row in batch.raw):
        return ""  # a number isn't held by a column of names
    numbers: dict[str, None] = {}
    for row in range(batch.columns.num_rows):
        for place, value in _labels(batch.document(row), schema.canonical.root, ""):
            if not isinstance(value, int) or isinstance(value, bool):
                return ""
            numbers[place] = None
    if not numbers:
        return ""
    return (
        f"holds numbers where the schema has names: {_listed(numbers)}. Which name a number stands for isn't in the "
        "file, so nothing in it was checked; expected names, or what keeps them beside ids of labels: the dataset "
        "as `datasets` loads it, its Parquet, or its folder by `save_to_disk`"
    )


def _labels(value: Any, node: Node, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the values that should be one of some names and not null, each with its place, ``entities[].label``."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in node.fields:
                yield from _labels(member, node.fields[name], f"{place}.{name}" if place else name)
    elif isinstance(value, list) and node.items is not None:
        for item in value:
            yield from _labels(item, node.items, f"{place}[]")
    elif node.kind == "string" and not node.nullable and any(isinstance(name, str) for name in node.enum):
        yield place, value


def _of_another_table(batch: Batch, schema: Schema, instead: str) -> str:
    """Say that rows are no documents, where all lack most of what the schema requires and are mostly something else."""
    if schema.lens is not None or not (batch.raw or batch.unlisted):
        return ""
    required = {name for name, node in schema.root.fields.items() if node.required}
    lacking, others = dict.fromkeys(sorted(required)), dict[str, None]()
    for row in range(batch.columns.num_rows):
        document = batch.document(row)
        if not isinstance(document, Mapping):
            return ""
        unlisted = [name for name in document if name not in schema.root.fields]
        missing = required - document.keys()
        if 2 * len(missing) <= len(required) or 2 * len(unlisted) <= len(document):
            return ""
        others |= dict.fromkeys(unlisted)
        lacking = {name: None for name in lacking if name in missing}
    return (
        f"holds no documents of the schema: they lack {_listed(lacking)} and have {_listed(others)}, which the schema "
        f"doesn't list. Nothing of them was checked; expected {instead or 'documents, or their schema with --schema'}"
    )


def _listed(names: Mapping[str, None]) -> str:
    first = ", ".join(list(names)[:_SHOWN])
    return f"{first} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else first
