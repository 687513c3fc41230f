"""Which files are a corpus, in which format, and what stands beside them."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Batch, Corpus, ReadError, batch_of
from spanproof.formats.article import ARTICLE
from spanproof.formats.format import Format
from spanproof.formats.json import parse
from spanproof.formats.jsonl import JSONL
from spanproof.formats.parquet import PARQUET
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema, article

FORMATS = (ARTICLE, JSONL, PARQUET)


def format_of(path: Path) -> Format | None:
    """The format of a file by its ending."""
    return next((known for known in FORMATS if path.name.lower().endswith(known.suffixes)), None)


def files(path: Path) -> list[Path]:
    """The files of a corpus: the path itself, or those of a folder that have a known ending, by name.

    Of a dataset folder they are the files of its default configuration: the one that the card marks, or its first.
    """
    if not path.is_dir():
        return [path]
    if is_publication(path):
        return _published(path)
    return sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith(".") and format_of(p))


def is_publication(path: Path) -> bool:
    """Whether a path is a dataset folder: a card and a folder of data."""
    return (path / "README.md").is_file() and (path / "data").is_dir()


def _published(folder: Path) -> list[Path]:
    import yaml

    parts = (folder / "README.md").read_text("utf-8", "replace").split("---\n", 2)
    try:
        entries = yaml.safe_load(parts[1])["configs"]
        chosen = next((entry for entry in entries if entry.get("default")), entries[0])
        splits = chosen["data_files"] if isinstance(chosen["data_files"], list) else [chosen["data_files"]]
        patterns = [split["path"] if isinstance(split, dict) else split for split in splits]
        return sorted(file for pattern in patterns for file in folder.glob(pattern))
    except (yaml.YAMLError, LookupError, TypeError, AttributeError, ValueError):
        return sorted(file for file in (folder / "data").rglob("*") if file.is_file() and format_of(file))


def stream(path: str | Path, schema: Schema) -> Iterator[Batch]:
    """Reads a file or a folder batch by batch; what can't be read stands in the batches' errors."""
    path = Path(path)
    found = files(path)
    if not path.exists():
        yield _unreadable(path, "there is no such file or folder", schema)
    elif not found:
        endings = ", ".join(suffix for known in FORMATS for suffix in known.suffixes)
        yield _unreadable(path, f"the folder holds no corpus; right are files that end in {endings}", schema)
    for file in found if path.exists() else ():
        known = format_of(file)
        if known is None:
            endings = ", ".join(suffix for known in FORMATS for suffix in known.suffixes)
            yield _unreadable(file, f"unknown kind of file; right is one that ends in {endings}", schema)
            continue
        try:
            yield from known.read(file, schema)
        except OSError as error:
            yield _unreadable(file, error.strerror or str(error), schema)


def _unreadable(path: Path, problem: str, schema: Schema) -> Batch:
    return batch_of([], schema, errors=(ReadError(str(path), None, problem),))


def read(path: str | Path, schema: Schema | None = None, registries: Registries | None = None) -> Corpus:
    """Reads a corpus whole: a JSONL or Parquet file, an article file, or a folder of such files.

    Reading doesn't judge: broken documents are read, and what can't be read is in ``Corpus.errors``.

    Args:
        path: the file or folder.
        schema: what a document is; the annotated article by default.
        registries: name to key to entry; found beside the corpus by default.
    """
    schema = schema or article()
    batches = tuple(stream(path, schema))
    if registries is None:
        registries, errors = beside(Path(path), schema)
        batches = (*batches, batch_of([], schema, errors=errors)) if errors else batches
    return Corpus(schema, batches, registries)


def beside(path: Path, schema: Schema) -> tuple[Registries, tuple[ReadError, ...]]:
    """The registries that a schema refers to, where ``<name>.json`` stands beside a corpus or above its folder."""
    targets = chain.from_iterable(node.get("refersTo") for node in schema.having("refersTo"))
    names = sorted({target[9:] for target in targets if target.startswith("registry:")})
    registries: dict[str, dict[str, Any]] = {}
    errors = []
    for name in names:
        file = companion(path, f"{name}.json")
        if file is None:
            continue
        try:
            content = parse(file.read_text("utf-8"))
            if not isinstance(content, dict):
                raise ValueError("a registry is an object of keys and entries")
            registries[name] = content
        except (OSError, ValueError) as error:
            errors.append(ReadError(str(file), None, str(error)))
    return registries, tuple(errors)


def companion(path: Path, name: str) -> Path | None:
    """A file that stands beside a corpus file, beside its folder, or in a dataset folder."""
    above = (path.parent,) if path.is_dir() else (path.parent, path.parent.parent)
    folders = (path, *above) if is_publication(path) else above
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
