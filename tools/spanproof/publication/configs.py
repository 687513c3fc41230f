"""The configurations of a dataset: the tables that are published, each derived from the corpus with its schema.

A string that must be one of a list is a ClassLabel, whose names are the list; every other type is that of the column.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from spanproof.corpus.documents import batch_of
from spanproof.formats import class_labels as labels
from spanproof.publication.annotations import AnnotationRows
from spanproof.publication.challenge import NAME as CHALLENGE
from spanproof.publication.challenge import ChallengeRows
from spanproof.publication.documents import Documents, UnpublishableError, named_layers
from spanproof.publication.entries import EntryRows
from spanproof.publication.facts import Facts
from spanproof.publication.names import config_name, plural, unused
from spanproof.publication.renderings import RenderingRows
from spanproof.publication.rows import label_names, plain
from spanproof.publication.tokens import TokenRows
from spanproof.schema.node import Json, Node, pointer
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Config:
    """One published table; ``schema`` says what a row is, its columns have the features in their metadata.

    ``layer`` is the name of the layer whose annotations are the rows; None where rows are something else.
    """

    name: str
    title: str
    schema: Schema
    table: pa.Table
    split: str
    layer: str | None = None

    @property
    def path(self) -> str:
        """The file of the table in the dataset."""
        return f"data/{self.name}/{self.split}-00000-of-00001.parquet"


@dataclass(frozen=True)
class _Plan:
    """A configuration before it has columns: what a row is, and the rows."""

    name: str
    title: str
    schema: Json
    rows: Iterable[Json]
    layer: str | None = None
    days: tuple[str, ...] = ()
    """Columns of strings that are published as days of the calendar."""


def configs(documents: Documents, registries: Registries, facts: Facts) -> tuple[Config, ...]:
    """Return every configuration of a dataset, the default one first; rows in the order of keys and of the text.

    They follow from the schema: the documents; each layer; tokens, where a layer can be tagged; what is quoted, where
    quotations refer to a registry of it; where the facts ask for it, ``challenge``. What has no rows is left out
    (``datasets`` can't load it), but for documents.

    Args:
        documents: those of a corpus that passes the check.
        registries: name to key to entry.
        facts: which configurations are wanted, what fields mean, what the split is called.

    Raises:
        UnpublishableError: the schema or a document has no place in columns.
        FactsError: the facts name a configuration or a field that there isn't.
    """
    plans = list(_plans(documents, registries, facts))
    chosen = facts.configurations([plan.name for plan in plans])
    configs = [_config(plan, facts) for plan in plans if plan.name in chosen]
    facts.require_fields(place for config in configs for place in _places(config))
    return tuple(config for config in configs if config is configs[0] or config.table.num_rows)


_CHANGED = "the text rewritten, with its annotations at their new offsets."


def _plans(documents: Documents, registries: Registries, facts: Facts) -> Iterator[_Plan]:
    layers = named_layers(documents.schema)
    name = unused(plural(documents.noun), layers)
    title = f"One row per {documents.noun}: the text with all its layers."
    yield _Plan(name, title, plain(documents.schema.root), documents.rows)
    taken = {name, *layers}
    for name, layer in layers.items():
        rows = AnnotationRows(documents, layer)
        sentence = ", with its sentence" if rows.sentence else ""
        title = f"One row per annotation of the layer {layer.name}{sentence}."
        yield _Plan(name, title, rows.schema, rows, layer.name, rows.days)
    if (tagged := TokenRows.of(documents)) is not None:
        name = unused("tokens", taken)
        taken.add(name)
        yield _Plan(name, tagged.schema["description"], tagged.schema, tagged)
    every = list(RenderingRows.every(documents, registries))
    for rendered in every:
        if (name := config_name(rendered.registry)) not in taken:
            taken.add(name)
            yield _Plan(name, rendered.schema["description"], rendered.schema, rendered)
    described = list(EntryRows.every(documents, registries, tuple(rendered.registry for rendered in every)))
    for entries in described:
        name = "registry" if len(described) == 1 else f"registry_{config_name(entries.registry.name)}"
        name = unused(name, taken)
        taken.add(name)
        yield _Plan(name, entries.schema["description"], entries.schema, entries)
    if CHALLENGE in facts.stated.get("configurations", ()) and CHALLENGE not in taken:
        changed = ChallengeRows(documents, registries)
        yield _Plan(
            CHALLENGE,
            f"One row per {documents.noun} and transformation that changes it: {_CHANGED}",
            changed.schema,
            changed,
        )


def _config(plan: _Plan, facts: Facts) -> Config:
    schema = Schema.of(facts.described(plan.name, plan.schema))
    if bare := next((place for place, node in schema.nodes.items() if node.kind == "object" and not node.fields), None):
        raise UnpublishableError(
            f"configuration {plan.name}: {pointer(bare)} is an object without members in the schema, which a table "
            "can't hold; expected properties that list them"
        )
    batch = batch_of(list(plan.rows), schema)
    if batch.raw:
        row = min(batch.raw)
        raise UnpublishableError(f"configuration {plan.name}: {batch.raw[row]} has no place in its columns")
    try:
        table = encoded(_dated(_used(batch.columns, schema), plan.days), schema)
    except ValueError as error:
        raise UnpublishableError(f"configuration {plan.name}: {error}") from error
    return Config(plan.name, plan.title, schema, table, facts.split, plan.layer)


def encoded(table: pa.Table, schema: Schema) -> pa.Table:
    """Return a table with its labels as ids, and what they mean in the metadata that ``datasets`` reads.

    Raises:
        ValueError: a label that isn't among those of the schema.
    """
    import datasets

    features = datasets.Features({f.name: _feature(f.type, schema.root.fields[f.name]) for f in table.schema})
    target, declared = features.arrow_schema, features.to_dict()
    columns = [labels.encoded(table[f.name].combine_chunks(), declared[f.name], f.type) for f in target]
    return pa.Table.from_arrays(columns, schema=target)


def _feature(kind: pa.DataType, node: Node) -> Any:
    import datasets

    if node.kind == "object":
        return {f.name: _feature(f.type, node.fields[f.name]) for f in kind}
    if node.items is not None:
        return datasets.List(_feature(kind.value_type, node.items))
    if names := label_names(node):
        return datasets.ClassLabel(names=list(names))
    return datasets.Value(str(kind).removesuffix("[day]"))  # datasets calls date32[day] date32


def _dated(table: pa.Table, days: tuple[str, ...]) -> pa.Table:
    """Return a table in which some columns of strings are days."""
    for name in days:
        table = table.set_column(table.schema.names.index(name), name, table[name].cast(pa.date32()))
    return table


def _used(batch: pa.RecordBatch, schema: Schema) -> pa.Table:
    """Return the columns without optional members that no row uses."""
    return pa.Table.from_struct_array(_kept(pa.StructArray.from_arrays(batch.columns, batch.schema.names), schema.root))


def _kept(array: pa.Array, node: Node) -> pa.Array:
    if node.items is not None:
        values = _kept(array.flatten(), node.items)
        mask = array.is_null() if array.null_count else None
        return pa.ListArray.from_arrays(array.offsets, values, mask=mask)
    if node.kind == "object":
        mask = array.is_null() if array.null_count else None
        members = dict(zip(node.fields, array.flatten(), strict=True))
        used = {n: a for n, a in members.items() if node.fields[n].required or a.null_count < len(a)}
        kept = used or members  # a struct without members has no place in a Parquet file
        arrays = [_kept(a, node.fields[n]) for n, a in kept.items()]
        return pa.StructArray.from_arrays(arrays, list(kept), mask=mask)
    return array


def _places(config: Config) -> Iterator[str]:
    """Yield the fields of a configuration by their paths: ``quotes.source.start``, ``articles.entities[].label``."""
    for place in config.schema.nodes:
        if place:
            yield f"{config.name}.{'.'.join(place)}".replace(".*", "[]")
