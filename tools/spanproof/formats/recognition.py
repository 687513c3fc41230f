"""What a corpus without a schema is taken for, by what its records hold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from spanproof.corpus.records import WrittenRecord
from spanproof.formats.class_labels import decoded, features_of
from spanproof.formats.content import content_at, opened
from spanproof.formats.folders import files
from spanproof.formats.leaf import Leaf, LocatedDocument, documents_in
from spanproof.formats.leaves import FORMATS, LEAVES, leaf_in
from spanproof.formats.parquet import rows_in
from spanproof.formats.registry import format_in
from spanproof.formats.sampling import Sample, sample
from spanproof.formats.unchecked import (
    TWICE,
    counted_records,
    key_of,
    looked_at,
    not_read_of,
    still_unchecked_of,
    unchecked_of,
    unchecked_of_stand_off,
)
from spanproof.parsing.json import parse
from spanproof.schema.guess import Guess
from spanproof.schema.node import Json, SchemaError
from spanproof.schema.open_shapes import key_among
from spanproof.schema.paths import objects, spans_in
from spanproof.schema.schema import Schema
from spanproof.schema.shapes import Fit, fits, is_article, is_stripped, is_web_annotation, may_be_stand_off

_FIRST = 200
"""Records by which annotated articles are known; all are looked at to tell other shapes."""
_OF_A_FILE = 50
"""Documents of a file of a known syntax that are looked at for their labels."""
_NEAREST = 3


class UnrecognisedError(SchemaError):
    """Nothing known is like these records; the message says what is nearest, and what it lacks."""


def recognised(paths: Sequence[Path]) -> Schema | None:
    """Return the schema of what corpora are taken for, with what it doesn't state in ``Schema.guess``.

    None where they are of annotated articles, or where nothing of them can be read.

    Args:
        paths: files and folders, all of one shape; ``-`` is the standard input.

    Raises:
        UnrecognisedError: they are like nothing that is known.
    """
    if (leaves := _leaves(paths)) is not None:
        return _of_leaves(paths, leaves)
    together = recognised_in(records_in(paths), ", ".join(map(str, paths)))
    if together is None or together.guess is None or together.key or len(paths) == 1:
        return together
    keys = {key_among(some, together.written.get("properties", {})) for path in paths if (some := _objects(path))}
    return _keyed(together, key) if len(keys) == 1 and (key := keys.pop()) else together


def _objects(path: Path) -> list[Mapping[str, Any]]:
    """Return the first records of a corpus that are objects."""
    return [record for record in islice(records_in([path]), _FIRST) if isinstance(record, Mapping)]


def _keyed(schema: Schema, key: str) -> Schema:
    """Return the schema of corpora of the same records, with the member that identifies these in each of them."""
    json: dict[str, Any] = {**schema.written, "key": key}
    json["properties"] = {key: {"type": "string", "minLength": 1}, **json["properties"]}
    guess = schema.guess
    if guess:
        left = tuple(
            tuple(one for one in sentences if not one.startswith(TWICE))
            for sentences in (guess.unchecked, guess.still_unchecked)
        )
        guess = replace(guess, unchecked=left[0], still_unchecked=left[1], possible_key=None)
    return replace(Schema.of(json), guess=guess)


def recognised_in(records: Iterable[Any], shown: str = "the documents") -> Schema | None:
    """Return the schema of what records are taken for; see :func:`recognised`.

    Args:
        records: values as files have them. They are gone through once.
        shown: where they are, for a message.

    Raises:
        UnrecognisedError: they are like nothing that is known.
    """
    others = iter(records)
    first = [*islice(others, _FIRST)]
    _demand_texts(first, shown)
    if not first or is_article(first):
        return None
    some = sample(chain(first, others))
    if may_be_stand_off(first) and sum(map(Schema.stand_off().judge.decider.is_valid, first)) * 2 > len(first):
        return _of_stand_off(some, shown)
    shapes = fits(some.records, some.weights)
    best = shapes[0]
    if best.json is None or best.share * 2 < 1:
        raise UnrecognisedError(_unlike(shown, some.number, shapes))
    labels = _labels(best.json, some.records)
    if labels is None:
        raise UnrecognisedError(
            f"{shown}: could be {best.title}, but there is no span in {counted_records(some.number)}, so nothing shows "
            "that it is; expected spans, or --schema FILE"
        )
    by = f"the form of {best.share * some.number:,.0f} of {counted_records(some.number)}"
    unchecked, still = unchecked_of(best, some, labels), still_unchecked_of(best, some)
    guess = Guess(best.title, by, unchecked, still, key_of(best, some), not_read_of(best, some), best.unread)
    return replace(Schema.of(best.json), guess=guess)


def _demand_texts(first: Sequence[Any], shown: str) -> None:
    """Raise an error for annotations without their texts, and for those that another reader has to read."""
    if any(map(is_stripped, first)):
        raise UnrecognisedError(
            f"{shown}: annotations without their texts, as `spanproof strip` makes them: nothing of them is proved; "
            "expected documents with texts: `spanproof join` puts these back first"
        )
    if 2 * sum(map(is_web_annotation, first)) > len(first):
        raise UnrecognisedError(
            f"{shown}: Web Annotations (W3C), which select parts of a source and don't hold its text: nothing of them "
            "can be proved; expected documents that hold their texts"
        )
    if any(isinstance(record, Mapping) and "%FEATURE_STRUCTURES" in record for record in first):
        raise UnrecognisedError(
            f"{shown}: a UIMA CAS in JSON, which isn't read; expected its XMI, which INCEpTION exports too, and "
            "`cas.to_xmi` of dkpro-cassis writes"
        )


def _of_stand_off(some: Sample, shown: str) -> Schema:
    """Return what records are taken for that are stand-off documents, as ``spanproof convert`` writes them."""
    schema, decider = Schema.stand_off(), Schema.stand_off().judge.decider
    labels = _labels(schema.written, some.records)
    if labels is None:
        expected = "expected spans, or --schema FILE"
        raise UnrecognisedError(f"{shown}: stand-off documents, but there is no span in them; {expected}")
    valid = sum(weight for record, weight in zip(some.records, some.weights, strict=True) if decider.is_valid(record))
    by = f"the form of {valid:,.0f} of {counted_records(some.number)}"
    return replace(schema, guess=Guess("stand-off documents", by, unchecked_of_stand_off(labels, looked_at(some))))


def _leaves(paths: Sequence[Path]) -> list[Leaf] | None:
    """Return the formats of annotations of all files, each once; None where none is of one.

    Raises:
        UnrecognisedError: some are, some aren't.
    """
    known = Counter(name for path in paths for file in files(path) if (name := _name(file)))
    if not known.keys() & FORMATS.keys():
        return None
    if known.keys() - FORMATS.keys():
        shown = ", ".join(map(str, paths))
        counts = ", ".join(f"{number:,} {name}" for name, number in known.most_common())
        raise UnrecognisedError(f"{shown}: files of several shapes ({counts}); expected those of one")
    return [leaf for leaf in LEAVES if leaf.name in known]


def _name(file: Path) -> str:
    try:
        known = format_in(file)
    except OSError:
        return ""
    return known.name if known else ""


def _of_leaves(paths: Sequence[Path], leaves: Sequence[Leaf]) -> Schema:
    """Return what files of annotations are taken for: their syntax says it, whatever is in them."""
    records: list[Any] = []
    broken, whole = False, True
    every = [file for path in paths for file in files(path)]
    for file in every:
        with suppress(OSError):
            fault, read = _take_documents(file, leaves, records)
            broken, whole = broken or fault, whole and read
        if len(records) >= _FIRST and any(record["spans"] for record in records):
            whole &= file == every[-1]
            break
    schema = Schema.stand_off()
    title = " and ".join(leaf.title for leaf in leaves)
    if records and not broken and not any(record["spans"] for record in records):
        shown = ", ".join(map(str, paths))
        raise UnrecognisedError(
            f"{shown}: {title}, but there is no span in {counted_records(len(records))}, so nothing can be proved; "
            "expected spans, or --schema FILE"
        )
    labels = (_labels(schema.written, records) if records else None) or Counter[str]()
    whitespace = [f"white space (the text is rebuilt: {leaf.reconstructed})" for leaf in leaves if leaf.reconstructed]
    unread = (leaf.unread for leaf in leaves if leaf.unread)
    where = "" if whole else f" in the first {counted_records(len(records))}"
    unchecked = (*unchecked_of_stand_off(labels, where), *whitespace, *unread)
    evidence = "syntax" if records or any(map(_is_told_by_content, every[:_FIRST])) else "ending"
    by = f"the {evidence} of {len(every):,} file{'' if len(every) == 1 else 's'}"
    return replace(schema, guess=Guess(title, by, unchecked))


def _take_documents(file: Path, leaves: Sequence[Leaf], records: list[Any]) -> tuple[bool, bool]:
    """Add the first documents of a file to others; say whether something is unreadable, and whether these are all."""
    broken, most = False, len(records) + _OF_A_FILE
    for one in (one for leaf in leaves if leaf.name == _name(file) for one in documents_in(leaf, file)):
        if isinstance(one, LocatedDocument):
            records.append(one.document)
        else:
            broken |= not one.repaired
        if len(records) == most:
            return broken, False
    return broken, True


def _is_told_by_content(file: Path) -> bool:
    """Say whether what is in a file shows its format; an empty or broken one is taken for what its ending says."""
    with suppress(OSError):
        return leaf_in(file) is not None
    return False


def records_in(paths: Sequence[Path]) -> Iterator[Any]:
    """Yield the records of files of JSON and rows, as they are written; what can't be read is left to the check.

    Args:
        paths: files and folders.
    """
    for file in (file for path in paths for file in files(path)):
        with suppress(OSError, ValueError):
            yield from _records(file)


def _records(file: Path) -> Iterator[Any]:
    known = format_in(file)
    if known is None:
        return
    if known.name == "jsonl":
        with opened(file) as lines:
            for line in lines:
                with suppress(ValueError):
                    # Each goes as soon as it isn't needed: a long one would be in memory several times.
                    text = line.decode("utf-8-sig")
                    del line
                    record = parse(text, lone_surrogates=True)
                    del text
                    yield record
                    del record
    elif known.name == "article":
        content = parse(content_at(file), lone_surrogates=True)
        yield from content if isinstance(content, list) else [content]
    elif known.name == "parquet":
        yield from rows_in(file)
    elif known.name == "arrow":
        with pa.memory_map(str(file)) as source, pa.ipc.open_stream(source) as stream:
            for batch in stream:
                yield from decoded(batch.to_struct_array(), features_of(stream.schema)).to_pylist()


def _labels(json: Json, records: Sequence[Any]) -> Counter[str] | None:
    """Count the labels of the spans in records; None where there is no span."""
    schema = Schema.of(json)
    lens = None if schema.lens is None or schema.lens.same else schema.lens
    documents = (
        records if lens is None else [one for record in records for one in WrittenRecord.of(record, lens).documents]
    )
    if not any(next(spans_in(document, schema), None) for document in documents):
        return None
    values = (
        labelled.get(node.label)
        for document in documents
        for _, node, labelled in objects(document, schema.root)
        if node.label
    )
    return Counter(value for value in values if isinstance(value, str))


def _unlike(shown: str, number: int, shapes: Sequence[Fit]) -> str:
    nearest = "\n".join(f"  {fit.title}\n    {_lacking(fit)}" for fit in shapes[:_NEAREST])
    looked = f"{counted_records(number)} fit{'s' if number == 1 else ''} no known shape"
    schema = "a schema of your own (`check --schema FILE`)"
    return f"{shown}: {looked}; expected {schema}, or one of these, which are nearest:\n{nearest}"


def _lacking(fit: Fit) -> str:
    return f"lacks {'; '.join(fit.lacking[:4])}" if fit.lacking else f"only {fit.share:.0%} of them have it"
