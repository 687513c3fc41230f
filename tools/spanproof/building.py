"""The journey of a build: a checked corpus becomes the Hugging Face dataset, which is loaded back and compared.

``dataset/`` is built, never edited: the Parquet file, the card with its configuration and counts. The same corpus gives
the same bytes.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from spanproof.checking import Report, Waiver, check, waivers_beside
from spanproof.corpus import Corpus
from spanproof.format import replace_file
from spanproof.formats import read
from spanproof.formats.parquet import parquet_bytes
from spanproof.schema import Node, Schema, article

VERSION = "0.1.0"
_CONFIG = "articles"
_PARQUET = f"data/{_CONFIG}/test-00000-of-00001.parquet"


class BuildError(Exception):
    """The corpus can't be built; ``report`` holds the findings that forbid it, ``exit_code`` is 1 or 2."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report
        self.exit_code = report.exit_code if report else 2


@dataclass(frozen=True)
class Built:
    """A dataset that was written and loaded back: where, which version, its rows and what the check said."""

    out: Path
    version: str
    table: pa.Table
    report: Report
    fingerprint: str


def published(table: pa.Table, schema: Schema) -> pa.Table:
    """The columns as published: optional members that no document uses are left out."""
    columns = {name: _used(table[name].combine_chunks(), node) for name, node in schema.root.fields.items()}
    return pa.table(columns)


def _used(array: pa.Array, node: Node) -> pa.Array:
    if node.items is not None and node.items.kind == "object":
        values = _used(array.flatten(), node.items)
        return pa.ListArray.from_arrays(array.offsets, values)
    if node.kind == "object":
        mask = array.is_null() if array.null_count else None
        members = dict(zip(node.fields, array.flatten(), strict=True))
        kept = {n: a for n, a in members.items() if node.fields[n].required or a.null_count < len(a)}
        arrays = [_used(a, node.fields[n]) for n, a in kept.items()]
        return pa.StructArray.from_arrays(arrays, list(kept), mask=mask)
    return array


def build(gold: str | Path, out: str | Path, *, waivers: tuple[Waiver, ...] | None = None) -> Built:
    """Builds the dataset of a corpus of articles in a folder, and proves it by loading it with ``datasets``.

    Args:
        gold: the corpus, as :func:`spanproof.read` takes it; it must pass the check (its waivers are found beside it).
        out: the folder of the dataset; its ``articles`` are left alone.
        waivers: findings that are right as they are, in place of those found.

    Raises:
        BuildError: the corpus doesn't pass, or what was loaded isn't what was built.
    """
    schema = article()
    corpus = read(gold, schema)
    try:
        report = check(corpus, waivers=waivers_beside(Path(gold)) if waivers is None else waivers)
    except ValueError as error:
        raise BuildError(str(error)) from error
    if report.exit_code:
        raise BuildError("not built: the corpus doesn't pass the check", report)
    table = published(corpus.table.sort_by("id"), schema)
    content = parquet_bytes(table)
    fingerprint = hashlib.sha256(content).hexdigest()
    out = Path(out)
    replace_file(out / _PARQUET, content)
    page = card(table, corpus, fingerprint, len(content), agreement(Path(gold).parent / "passes"))
    replace_file(out / "README.md", page.encode())
    loaded = load(out)
    if not loaded.equals(table.cast(loaded.schema)):
        raise BuildError("what datasets loads isn't what was built")
    return Built(out, VERSION, loaded, report, fingerprint)


def load(folder: Path) -> pa.Table:
    """The default configuration of a dataset folder as ``datasets`` loads it, from a cache of its own.

    A cache of its own, because the shared one is keyed by the card and the folder's name and can serve older rows.
    """
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset(str(folder.absolute()), split="test", cache_dir=cache, keep_in_memory=True)
        if str(loaded.info.version) != VERSION:
            raise BuildError(f"datasets reads version {loaded.info.version}, built was {VERSION}")
        table: pa.Table = loaded.data.table.combine_chunks()
    return table.replace_schema_metadata(None)


def label_counts(table: pa.Table, layer: str, member: str) -> Mapping[str, int]:
    """How many annotations of a layer have each value of a member, most frequent first."""
    values = table[layer].combine_chunks().flatten().field(member).to_pylist()
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


_LAYERS = (("zones", "type"), ("entities", "label"), ("quotes", "type"), ("dates", "type"), ("damage", "type"))


def summary(built: Built, *, color: bool = False) -> str:
    """What was loaded: a line an article, and the labels of each layer."""
    import io

    from rich.console import Console
    from rich.table import Table

    out = io.StringIO()
    console = Console(file=out, force_terminal=color, no_color=not color, width=100, highlight=False, soft_wrap=True)
    console.print(f"Loaded {built.table.num_rows} articles from {built.out}, version {built.version}:\n")
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("article")
    grid.add_column("created")
    for name in ("characters", *(layer for layer, _ in _LAYERS)):
        grid.add_column(name, justify="right")
    for row in _rows(built.table):
        counts = [f"{len(row[layer])}" for layer, _ in _LAYERS]
        grid.add_row(row["id"], row["dct"]["value"], f"{len(row['text']):,}", *counts)
    console.print(grid)
    console.print()
    for layer, member in _LAYERS:
        labels = ", ".join(f"{value} {n}" for value, n in label_counts(built.table, layer, member).items())
        console.print(f"[bold]{layer}[/bold]: {labels}")
    first = _rows(built.table)[0]
    quote = next(quote for quote in first["quotes"] if quote["type"] == "direct")
    console.print(f"\nFor example, quote {quote['id']} of {first['id']}:", style="bold")
    parts = [quote[part]["text"] for part in ("source", "cue") if quote[part]]
    said = " | ".join(parts) or quote["speaker"]
    console.print(f"  {said}: {quote['text']}", markup=False)
    return out.getvalue()


def agreement(passes: Path) -> str:
    """The agreement of the two passes behind a gold, as `spanproof agree --output markdown` prints it."""
    from spanproof.agree import agree_paths
    from spanproof.tables import as_markdown

    found = sorted(folder / "articles" for folder in passes.glob("*") if (folder / "articles").is_dir())
    return as_markdown(agree_paths(found[0], found[1])) if len(found) == 2 else "There are no two passes to compare.\n"


def card(table: pa.Table, corpus: Corpus, fingerprint: str, size: int, agreed: str) -> str:
    """The dataset card: the configuration that ``datasets`` reads, and what people read. Every number is computed."""
    import datasets
    import yaml

    from spanproof.card import TEXT

    features = datasets.Features.from_arrow_schema(table.schema)
    settings = {
        "license": "cc-by-4.0",
        "language": sorted(set(table["language"].to_pylist())),
        "pretty_name": "istanbul-talks",
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "tags": ["quotation-attribution", "timex3", "stand-off"],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "source_datasets": ["original"],
        "size_categories": ["n<1K"],
        "configs": [
            {
                "config_name": _CONFIG,
                "default": True,
                "version": VERSION,
                # Hashed into the cache key of datasets, so that a rebuilt folder is never served from an old cache.
                "description": f"sha256:{fingerprint[:16]}",
                "data_files": [{"split": "test", "path": f"data/{_CONFIG}/test-*"}],
            }
        ],
        "dataset_info": [
            {
                "config_name": _CONFIG,
                "features": features._to_yaml_list(),
                "splits": [{"name": "test", "num_bytes": table.nbytes, "num_examples": table.num_rows}],
                "download_size": size,
                "dataset_size": table.nbytes,
            }
        ],
    }
    layers = {layer: label_counts(table, layer, member) for layer, member in _LAYERS}
    counts = "\n".join(
        f"| {layer} | {sum(labels.values())} | {', '.join(f'{name} {n}' for name, n in labels.items())} |"
        for layer, labels in layers.items()
    )
    registries = {name: len(entries) for name, entries in sorted(corpus.registries.items())}
    body = TEXT.format(
        version=VERSION,
        articles=table.num_rows,
        characters=sum(map(len, table["text"].to_pylist())),
        counts=counts,
        fields=_fields(corpus.schema),
        agreement=agreed,
        registries=", ".join(f"{n} {name}" for name, n in registries.items()),
    )
    return f"---\n{yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)}---\n{body}"


def _fields(schema: Schema) -> str:
    lines = ["| field | type | meaning |", "| --- | --- | --- |"]
    for node in schema.root.walk():
        if node.place and node.place[-1] != "*" and (node.required or len(node.place) == 1):
            name = ".".join(node.place).replace(".*", "[]")
            kind = node.kind + (" or null" if node.nullable else "")
            lines.append(f"| `{name}` | {kind} | {node.get('description', '')} |")
    return "\n".join(lines)
