"""Which schema a corpus has: the one beside it, that of a dataset folder, or that of what it is taken for."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spanproof.formats.folders import is_publication, publication_of, schema_beside
from spanproof.formats.recognition import recognised
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema

SCHEMA = "schema.json"
"""The file of a dataset folder with the schema of its documents."""


def chosen_schema(paths: Sequence[Path]) -> Schema:
    """Return the schema of corpora for which none was named; every command and :func:`spanproof.read` ask here.

    Args:
        paths: files and folders that are read together, or compared; ``-`` is the standard input.

    Raises:
        SchemaError: what stands beside them can't be used, or there is none and they are like nothing that is known.
    """
    return stated_schema(paths) or recognised(paths) or Schema.article()


def stated_schema(paths: Sequence[Path]) -> Schema | None:
    """Return the schema that stands beside corpora, or that of a dataset folder among them; None where neither is.

    Raises:
        SchemaError: it can't be used, or there are several.
    """
    beside = schema_beside(paths)
    return published_schema(paths) if beside is None else Schema.read(beside)


def stated_in(paths: Sequence[Path]) -> Path | None:
    """Return the file that :func:`stated_schema` reads; None where there is none.

    Raises:
        SchemaError: several stand beside the corpora.
    """
    beside = schema_beside(paths)
    return beside or next(iter(_published(paths)), None)


def schema_of(schema: Schema | Mapping[str, Any] | str | Path) -> Schema:
    """Return a compiled schema of a schema, a JSON Schema, or a path.

    Raises:
        SchemaError: it can't be used; the message names the file or the place in the schema.
    """
    if isinstance(schema, Schema):
        return schema
    return Schema.of(schema) if isinstance(schema, Mapping) else Schema.read(schema)


def published_schema(paths: Iterable[Path]) -> Schema | None:
    """Return the schema of the dataset folders among paths or around their tables, their ``schema.json``.

    None where there is no such folder.

    Raises:
        SchemaError: it can't be used, or two folders have different ones.
    """
    files = _published(paths)
    schemas = [Schema.read(file) for file in files]
    for file, schema in zip(files, schemas, strict=True):
        if schema.json != schemas[0].json:
            raise SchemaError(f"{file} differs from {files[0]}; expected datasets of one schema")
    return schemas[0] if schemas else None


def _published(paths: Iterable[Path]) -> list[Path]:
    """Return the schemas of the dataset folders among paths or around their tables."""
    folders = dict.fromkeys(path if is_publication(path) else publication_of(path) for path in paths)
    return [file for folder in folders if folder is not None and (file := folder / SCHEMA).is_file()]
