"""The computed pieces of a card, as Markdown: what a template of one may name, and what the neutral card is made of."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from spanproof.publication import content
from spanproof.publication.configs import Config
from spanproof.publication.dataset import Dataset
from spanproof.publication.markdown import code, fence, table
from spanproof.publication.names import plural
from spanproof.publication.quickstart import FOLDER, Quickstart, variable
from spanproof.schema.node import Node

_MANY = 100
"""More documents, or labels of a layer, than this aren't listed one by one."""
FIELDS = "FIELDS.md"
"""The page with the fields of every configuration."""
_LABELS = (
    "In code, a label is a number; here and in the columns that repeat it by name it is its name. "
    "`[]` stands for the items of a list."
)
_READING = Path(__file__).with_name("reading.md")
_VERSIONS = Path(__file__).with_name("versions.md")


def pieces(dataset: Dataset) -> Mapping[str, str]:
    """Return every computed piece of a card by its name."""
    documents, facts = dataset.documents, dataset.facts
    quickstart = Quickstart.of(documents, dataset.configs, facts.get("repository") or FOLDER)
    texts = content.texts(documents)
    return {
        "title": facts.title or "A corpus without a name",
        "version": facts.get("version") or "not stated",
        "repository": facts.get("repository") or "not stated",
        "documents": str(len(documents.rows)),
        "characters": f"{sum(map(len, texts)):,}",
        "sentences": f"{_sentences(dataset):,}",
        "languages": ", ".join(dataset.languages) or "not stated",
        "quickstart": fence(quickstart.code, "python"),
        "printed": fence(quickstart.printed),
        "example": fence(quickstart.example, "json") if quickstart.example else "There is no annotation to show.",
        "shared": shared(dataset),
        "oddities": content.oddities(texts),
        "reading": reading(dataset),
        "configs": table(
            ("configuration", "rows", "a row"),
            ((f"`{c.name}`", c.table.num_rows, c.title) for c in dataset.configs),
        ),
        "counts": counts(dataset),
        "by_document": by_document(dataset),
        "registries": ", ".join(f"{len(entries)} {name}" for name, entries in sorted(dataset.registries.items())),
        "versions": versions(dataset),
        "citation": f"{fence(facts.citation)}\n\n{fence(facts.bibtex, 'bibtex')}"
        if facts.citation and facts.bibtex
        else "Not stated.",
    }


def fields_page(dataset: Dataset) -> str:
    """Return the page with a table of the fields of each configuration; it is too long for a card."""
    tables = "\n\n".join(fields(config, dataset.configs) for config in dataset.configs)
    return f"# Fields of every configuration\n\n{_LABELS}\n\n{tables}\n"


def _sentences(dataset: Dataset) -> int:
    documents = dataset.documents
    return sum(len(documents.sentences(k, member)) for k in range(len(documents.rows)) for member in documents.texts)


def counts(dataset: Dataset) -> str:
    """Return the annotations of each layer with their labels as a table."""
    rows = []
    for layer in dataset.documents.layers:
        labels = list(content.label_counts(dataset.documents)[layer.name].items())
        shown = ", ".join(f"{label} {n}" for label, n in labels[:_MANY])
        more = f" and {len(labels) - _MANY} other labels" if len(labels) > _MANY else ""
        rows.append((layer.name, content.annotations(layer, dataset.documents), f"{shown}{more}"))
    return table(("layer", "annotations", "by label"), rows)


def by_document(dataset: Dataset) -> str:
    """Return a table with a row a document: its characters and annotations; a sentence where there are many."""
    documents = dataset.documents
    if len(documents.rows) > _MANY:
        return f"There are more than {_MANY} {plural(documents.noun)}: they aren't listed here."
    times = content.created(documents)
    layers = [layer for layer in documents.layers if layer.name in dataset.configs[0].table.schema.names]
    rows = []
    for k in range(len(documents.rows)):
        characters = sum(len(documents.text(k, member) or "") for member in documents.texts)
        numbers = (content.counted(layer, documents, k) for layer in layers)
        shown = ("–" if number is None else number for number in numbers)
        time = [] if times is None else [times[k]]
        begins = documents.opening(k)
        rows.append((code(documents.named(k)), code(begins) if begins else "–", *time, f"{characters:,}", *shown))
    header = (
        documents.noun,
        "begins",
        *([] if times is None else ["created"]),
        "characters",
        *(layer.name for layer in layers),
    )
    return table(header, rows)


def reading(dataset: Dataset) -> str:
    """Return how one version is read from the Hub; nothing where no repository or version is stated."""
    facts, configs = dataset.facts, dataset.configs
    if not facts.get("repository") or not facts.get("version"):
        return ""
    name = configs[min(1, len(configs) - 1)].name
    stated = {member: facts.get(member) for member in ("repository", "version")}
    return (
        _READING.read_text("utf-8")
        .strip()
        .format(**stated, config=name, rows=variable(name, "rows"), split=facts.split)
    )


def versions(dataset: Dataset) -> str:
    """Return what versions mean; nothing where none is stated."""
    if not dataset.facts.get("version"):
        return ""
    return _VERSIONS.read_text("utf-8").strip()


def shared(dataset: Dataset) -> str:
    """Return how many of the entries that quotations render are rendered in several documents: ``7 of 58``."""
    for config in dataset.configs:
        if "renderings" in config.schema.root.fields:
            column = dataset.documents.reference
            rows = config.table["renderings"].to_pylist()
            several = sum(len({rendering[column] for rendering in row}) > 1 for row in rows)
            return f"{several} of {len(rows)}"
    return "none"


def fields(config: Config, others: Sequence[Config]) -> str:
    """Return a table of the fields of a configuration: type and meaning.

    Args:
        config: the configuration.
        others: all of them. A layer that has one of its own is one line where it is a column.
    """
    apart = {other.layer: other.name for other in others if other.layer and config.layer is None}
    lines: list[tuple[str, str, str]] = []
    for column in config.table.schema:
        node = config.schema.root.fields[column.name]
        own = list(_field(node, column.type, column.name))
        name, kind, meaning = own[0]
        inner = apart.get(column.name)
        lines += own if inner is None else [(name, kind, f"{meaning} Its members are as in {code(inner)}.".lstrip())]
    return f"## {config.name}\n\n{table(('field', 'type', 'meaning'), lines)}"


def _field(node: Node, kind: Any, name: str) -> Iterator[tuple[str, str, str]]:
    values = node.enum if node.kind == "string" else None
    shown = "date" if pa.types.is_date(kind) else node.kind
    named = f"label: {', '.join(str(value) for value in values if value is not None)}" if values else shown
    yield code(name), f"{named}{' or null' if node.nullable else ''}", node.description
    if node.items is not None:
        name, node, kind = f"{name}[]", node.items, kind.value_type
        if node.kind != "object":
            return
    if node.kind == "object":
        for member in kind:
            yield from _field(node.fields[member.name], member.type, f"{name}.{member.name}")
