"""Opening a corpus: which files are its documents, and what stands beside them."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from spanproof.corpus.documents import Corpus, ReadError, demand_readable
from spanproof.corpus.waivers import Waiver, waivers_of
from spanproof.formats import article, parquet
from spanproof.formats.folders import is_publication, publication_of
from spanproof.formats.other_rows import documents_among
from spanproof.formats.recognition import recognised_in
from spanproof.formats.registry import endings, format_in, format_of
from spanproof.formats.schemas import chosen_schema, schema_of
from spanproof.formats.sources import Files
from spanproof.parsing.arguments import demanding
from spanproof.parsing.json import parse
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema

Openable = Corpus | str | Path | Sequence[str | Path] | Iterable[Mapping[str, Any]]
"""What can be opened as a corpus: paths, documents in memory (also as ``datasets`` loads them), or a corpus itself."""
_EXPECTED = "expected a Corpus, a path, several paths, or a list of documents (objects)"


@demanding("schema", "registries")
def read(
    paths: str | Path | Sequence[str | Path],
    schema: Schema | Mapping[str, Any] | str | Path | None = None,
    registries: Registries | None = None,
) -> Corpus:
    """Open files and folders as one corpus.

    The documents are read whenever the corpus is iterated; ``.load()`` reads them into memory once. Reading doesn't
    judge: broken documents are read, and what can't be read is in ``Corpus.errors`` (and is a finding of the check).
    Registries and ``waivers.json`` are found beside each path.

    Args:
        paths: a file, a folder of files, a dataset folder with a card, or several of these.
        schema: what a document is: a schema, a JSON Schema as a mapping, or the path of a schema file. By default that
            which stands beside the corpus, that of a dataset folder, or what the corpus is taken for by its content:
            ``corpus.schema.guess`` says what that is, and is None for annotated articles.
        registries: name of the registry to key to entry; those found beside the paths by default.

    Returns:
        The corpus, with its schema, registries, waivers, and the dataset folders among the paths.

    Raises:
        TypeError: ``paths`` is a table.
        SchemaError: the schema can't be used, or none is given and nothing known is like the content.
    """
    _demand_no_table(paths)
    if not isinstance(paths, Iterable | Path):
        raise TypeError(f"{_EXPECTED}, got {type(paths).__name__}")
    places = list(dict.fromkeys(map(Path, [paths] if isinstance(paths, str | Path) else paths)))
    compiled = chosen_schema(places) if schema is None else schema_of(schema)
    errors: dict[ReadError, None] = {}
    files: Mapping[str, Mapping[str, str]] = {name: {} for name in compiled.registries}
    if registries is None:
        registries, files = _registries_beside(places, compiled, errors)
    waivers = _waivers_beside(places, errors)
    batches = Files(tuple(places), compiled, tuple(errors))
    partial = any(place.is_file() and format_in(place, compiled) is article.FORMAT for place in places)
    return Corpus(compiled, batches, registries, waivers, tuple(filter(is_publication, places)), files, partial)


@demanding("path")
def write(corpus: Openable, path: str | Path) -> None:
    """Write the documents of a corpus into one file, whole or not at all.

    Args:
        corpus: the documents; or what :func:`read` takes, or documents of the annotated article.
        path: the file; its ending says in which format (``.jsonl``, ``.parquet``, ``.json`` for one article).

    Raises:
        ValueError: the ending is of no format, something of the corpus couldn't be read (it would be lost), or the
            format can't hold the documents.
        OSError: the file can't be written.
    """
    opened, file = as_corpus(corpus).load(), Path(path)
    known = format_of(file)
    if known is None:
        raise ValueError(f"{file}: unknown kind of file; expected one that ends in {endings()}")
    demand_readable(opened)
    known.write(file, opened.records(), opened.schema)


def as_corpus(openable: Openable, schema: Schema | None = None) -> Corpus:
    """Return a corpus of what can be opened as one; a corpus stays what it is.

    Args:
        openable: a corpus, a path, several paths, or documents.
        schema: what a document is, where ``openable`` isn't a corpus already; by default what it is taken for.

    Raises:
        TypeError: it is nothing of the kind; the message says what was expected.
        SchemaError: no schema is given, and nothing known is like the content.
    """
    if isinstance(openable, Corpus):
        return openable
    if isinstance(openable, str | Path):
        return read(openable, schema)
    if (tables := arrow_tables(openable)) is not None:
        rows = (row for table in tables for row in parquet.rows_of(table))
        compiled = schema or recognised_in(rows) or Schema.article()
        batches = (documents_among(parquet.batches_of(table, compiled), "", compiled) for table in tables)
        return Corpus(compiled, tuple(batch for read_ones in batches for batch in read_ones))
    _demand_no_table(openable)
    if isinstance(openable, Iterable) and not isinstance(openable, Mapping | bytes):
        items: list[Any] = list(openable)
        if items and all(isinstance(item, str | Path) for item in items):
            return read(items, schema)
        if all(isinstance(item, Mapping) for item in items):
            corpus = Corpus.of(items, schema or recognised_in(items))
            return replace(corpus, batches=tuple(documents_among(corpus.batches, "", corpus.schema)))
    shown = type(openable).__name__
    raise TypeError(f"{_EXPECTED}, got {shown}")


def _demand_no_table(openable: Any) -> None:
    """Raise TypeError for a table in memory: what can be iterated of one are the names of its columns."""
    if hasattr(openable, "columns"):
        ways = "`to_dict('records')` of pandas, `to_dicts()` of polars or `to_pylist()` of pyarrow"
        raise TypeError(f"{_EXPECTED}, got a table ({type(openable).__name__}); its rows as documents are {ways}")


def arrow_tables(openable: Any) -> Sequence[pa.Table] | None:
    """Return the tables of what ``datasets.load_dataset`` gives, each split one; None for anything else.

    They have the features in their metadata, by which ids of labels are read as names.
    """
    loaded = sys.modules.get("datasets")  # nobody has one of these who hasn't imported it
    if loaded is None:
        return None
    splits = list(openable.values()) if isinstance(openable, loaded.DatasetDict) else [openable]
    if not splits or not all(isinstance(split, loaded.Dataset) for split in splits):
        return None
    return [
        split.with_format("arrow")[:].replace_schema_metadata(split.features.arrow_schema.metadata) for split in splits
    ]


def _registries_beside(
    paths: Sequence[Path], schema: Schema, errors: dict[ReadError, None]
) -> tuple[Registries, Mapping[str, Mapping[str, str]]]:
    """Return the registries that a schema refers to, entries of one name together, and the file of each entry.

    Args:
        paths: the files and folders of the corpus.
        schema: the schema.
        errors: takes what can't be read. A registry that can't be isn't among the files.
    """
    registries: dict[str, dict[str, Any]] = {}
    files: dict[str, dict[str, str]] = {name: {} for name in schema.registries}
    for path in paths:
        entries_of, unreadable = beside(path, schema)
        errors.update(dict.fromkeys(unreadable))
        for name, entries in entries_of.items():
            registries.setdefault(name, {}).update(entries)
            files[name].update(dict.fromkeys(entries, str(companion(path, f"{name}.json"))))
    lost = {Path(error.path).stem for error in errors}
    return registries, {name: entries for name, entries in files.items() if name not in lost}


def _waivers_beside(paths: Sequence[Path], errors: dict[ReadError, None]) -> tuple[Waiver, ...]:
    """Return the waivers in ``waivers.json`` beside paths, each once; errors take what can't be read."""
    waivers: dict[Waiver, None] = {}
    for file in dict.fromkeys(filter(None, (companion(path, "waivers.json") for path in paths))):
        try:
            waivers.update(dict.fromkeys(waivers_of(parse(file.read_bytes()))))
        except (OSError, ValueError) as error:
            errors[ReadError(str(file), None, str(error))] = None
    return tuple(waivers)


def beside(path: Path, schema: Schema) -> tuple[Registries, tuple[ReadError, ...]]:
    """Return the registries that a schema refers to, and what of them can't be read.

    A registry is ``<name>.json`` beside a corpus or above its folder.
    """
    registries: dict[str, dict[str, Any]] = {}
    errors = []
    for name in schema.registries:
        file = companion(path, f"{name}.json")
        if file is None:
            continue
        try:
            content = parse(file.read_bytes())
            if not isinstance(content, dict):
                raise ValueError("a registry is an object of keys and entries")
            registries[name] = content
        except (OSError, ValueError) as error:
            errors.append(ReadError(str(file), None, str(error)))
    return registries, tuple(errors)


def companion(path: Path, name: str) -> Path | None:
    """Return a file beside a corpus file, in or beside a folder of them, or in a dataset folder; None without one.

    A table of a dataset folder, ``data/CONFIGURATION/FILE``, is of that folder.
    """
    above = (path, path.parent) if path.is_dir() else (path.parent, path.parent.parent)
    whole = publication_of(path) if path.is_file() else None
    folders = (path, *above) if is_publication(path) else (*above, *([whole] if whole else []))
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
