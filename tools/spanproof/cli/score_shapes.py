"""Which schema gold and each prediction have, and the command that shows the faults of one by it."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from spanproof.bench.soundness import CHECK
from spanproof.checks.judging import findings_of
from spanproof.checks.rules import CATALOGUE
from spanproof.cli.options import corpus_schema
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.recognition import recognised
from spanproof.formats.schemas import chosen_schema, stated_in
from spanproof.schema.node import Place, SchemaError
from spanproof.schema.schema import Schema

_SHAPE = "SP002"
"""The rule that a document has the shape of its schema."""


class ReadPrediction(NamedTuple):
    """A prediction.

    Attributes:
        path: where it is.
        corpus: what it holds.
        check: the command that shows all faults of it.
    """

    path: Path
    corpus: Corpus
    check: str


def schemas_of(file: Path | None, gold: Path, predicted: Sequence[Path]) -> list[Schema]:
    """Return the schema of gold and of each prediction: that of gold where they have its shape, else each its own.

    Args:
        file: the schema that was named for all; None where none was.
        gold: the reference.
        predicted: the predictions.
    """
    everything = [gold, *predicted]
    if file is None:
        try:
            chosen_schema(everything)
        except SchemaError:
            return [corpus_schema(None, [path]) for path in everything]
        if _have_no_layer_in_common(everything):
            return [corpus_schema(None, [path]) for path in everything]
    schema = corpus_schema(file, everything)
    if file is not None or schema.guess is not None:
        return [schema] * len(everything)
    return [schema, *(_own(path, schema) for path in predicted)]


def _have_no_layer_in_common(paths: Sequence[Path]) -> bool:
    """Whether no schema is stated, and what a prediction is taken for has other lists of spans than gold."""
    if stated_in(paths) is not None:
        return False
    gold, *others = (_layers(path) for path in paths)
    return bool(gold) and any(layers and not layers & gold for layers in others)


def _layers(path: Path) -> set[Place]:
    """Return the places of spans in what a file or folder is taken for; none where nothing known is like it."""
    try:
        known = recognised([path])
    except SchemaError:
        return set()
    return {node.place for node in known.spans} if known else set()


def _own(path: Path, schema: Schema) -> Schema:
    """Return the schema of a prediction: what it is taken for where no document of it has the shape of gold."""
    try:
        if stated_in([path]) is not None or (own := recognised([path])) is None or own.json == schema.json:
            return schema
        read_so = read(path, schema).load()
    except ValueError:
        return schema
    shapes = [rule for rule in CATALOGUE if rule.code == _SHAPE]
    shapeless = {finding.document for finding in findings_of(read_so, rules=shapes) if finding.severity == "error"}
    is_another = None in shapeless or len(shapeless) == len(read_so)
    return corpus_schema(None, [path]) if is_another else schema


def check_of(path: Path, gold: Path, schema: Schema, file: Path | None = None) -> str:
    """Return the command that shows all faults of a prediction by the schema by which it was judged.

    Args:
        path: the prediction.
        gold: the reference.
        schema: the schema of the prediction.
        file: the schema that was named for all; None where none was.
    """
    stated = file or (None if schema.guess else stated_in([gold, path]))
    words = [CHECK, shlex.quote(str(path))]
    return " ".join(words if stated is None else [*words, "--schema", shlex.quote(str(stated))])
